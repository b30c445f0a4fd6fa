/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: life and death of control blocks, and the calls of their owners. */
#include "sim/net/native/tcp.h"
#include "sim/net/purpose.h"

#define FIRST_CLIENT_PORT 49152U
#define CLIENT_PORTS      16384U
#define ISN_CLOCK_NS      4000
#define SSTHRESH_INITIAL  (UINT32_MAX / 2)

void tcp_init(struct native_region *region)
{
    pool_init(&region->conns, sizeof(struct tcp_conn));
    region->conn_serial = 0;
}

void tcp_clear(struct native_region *region)
{
    tcp_listen_clear(region);
    pool_clear(&region->conns);
}

/* RFC 6528, 3: a clock of 4 us, and a function of the connection and a secret. */
static uint32_t tcp_initial_sequence(const struct native_region *region, uint32_t host, uint32_t peer,
                                     uint16_t client_port)
{
    uint64_t index = (uint64_t)peer << 16 | client_port;
    uint64_t secret = random_u64(region->native->config.seed, host, NET_PURPOSE_ISN, index);

    return (uint32_t)secret + (uint32_t)(region->base.now_ns / ISN_CLOCK_NS);
}

struct tcp_conn *tcp_new(struct native_region *region, uint32_t host, uint32_t peer, uint16_t client_port)
{
    const struct network_config *config = &region->native->config;
    uint32_t index = pool_take(&region->conns);
    struct tcp_conn *conn = tcp_at(region, index);
    uint32_t serial = ++region->conn_serial;

    if (serial == 0) /* means free */
        serial = ++region->conn_serial;
    uint32_t first = tcp_initial_sequence(region, host, peer, client_port);
    *conn = (struct tcp_conn){
        .index = index,
        .generation = serial,
        .host = host,
        .peer = peer,
        .other = NET_CONN_NONE,
        .head_seq = first + 1,
        .una = first,
        .nxt = first,
        .max = first,
        .end = first + 1,
        .given = first + 1,
        .recover = first,
        .cwnd = config->initial_window * config->mss,
        .ssthresh = SSTHRESH_INITIAL,
        .timed_ns = CLOCK_NEVER,
        .rto_due_ns = CLOCK_NEVER,
        .rto_event_ns = CLOCK_NEVER,
        .ack_due_ns = CLOCK_NEVER,
        .idle_due_ns = CLOCK_NEVER,
        .hash_next = POOL_NONE,
        .wait_prev = POOL_NONE,
        .wait_next = POOL_NONE,
        .listener = TCP_NO_LISTENER,
    };
    region->counters[NETWORK_tcp_open]++;
    return conn;
}

static void tcp_free_queue(struct native_region *region, struct tcp_conn *conn)
{
    while (conn->head) {
        struct net_message *message = conn->head;
        conn->head = message->next;
        message_unref(region, message);
    }
}

void tcp_free(struct native_region *region, struct tcp_conn *conn)
{
    if (conn->listener != TCP_NO_LISTENER)
        tcp_listen_forget(region, conn);
    tcp_cancel_timers(region, conn);
    tcp_free_queue(region, conn);
    tcp_cut_clear(conn);
    tcp_free_received(region, conn);
    conn->generation = 0;
    conn->state = TCP_FREE;
    region->counters[NETWORK_tcp_open]--;
    pool_give(&region->conns, conn->index);
}

/* A failed connection is counted once: by its client. */
static void tcp_count_failure(struct native_region *region, const struct tcp_conn *conn, bool refused)
{
    if (conn->listener == TCP_NO_LISTENER)
        region->counters[refused ? NETWORK_tcp_refused : NETWORK_tcp_failed]++;
}

void tcp_fail(struct native_region *region, struct tcp_conn *conn, enum net_close_reason reason)
{
    const struct net_handlers *handlers = region->native->config.handlers;
    struct net_conn handle = tcp_handle(conn);
    uint32_t host = conn->host;
    uint64_t user = conn->user;
    bool owned = conn->listener == TCP_NO_LISTENER || conn->flags & CONN_ACCEPTED;
    bool notify = owned && !(conn->flags & CONN_OWNER_NOTIFIED);

    tcp_count_failure(region, conn, reason == NET_CLOSED_REFUSED);
    tcp_free(region, conn);
    if (notify)
        handlers->closed(&region->base, host, handle, user, reason);
}

void tcp_fin_progress(struct native_region *region, struct tcp_conn *conn)
{
    const struct network_config *config = &region->native->config;

    if (!(conn->flags & CONN_FIN_ACKED))
        return;
    if (!(conn->flags & CONN_PEER_FIN)) {
        /* Half-closed: the peer may go on for a while, but must not stay silent forever. */
        tcp_set_rto(region, conn, config->rto_max_ns);
        return;
    }
    /* What came in must be handed over first; tcp_deliver() comes here again. */
    if (!(conn->flags & CONN_PEER_FIN_DELIVERED))
        return;
    if (conn->flags & CONN_PASSIVE || config->time_wait_ns == 0) {
        if (conn->flags & CONN_ACK_NOW)
            tcp_send_ack(region, conn);
        tcp_free(region, conn);
        return;
    }
    conn->state = TCP_TIME_WAIT;
    tcp_set_last(region, conn, config->time_wait_ns);
}

void tcp_start_close(struct native_region *region, struct tcp_conn *conn)
{
    if (conn->flags & CONN_CLOSING)
        return;
    conn->flags |= CONN_CLOSING;
    tcp_listen_release(region, conn);
    /* From within a message only the FIN alone goes at once; behind data it waits like that. */
    if (conn->state == TCP_OPEN && !(conn->flags & CONN_HANDLING && conn->cursor))
        tcp_push(region, conn);
}

struct net_conn tcp_connect(struct net_region *at, uint32_t from, uint32_t to, uint16_t port,
                            net_framer *framer)
{
    struct native_region *region = native_region_of(at);
    uint32_t nth = ++region->native->connections[from];
    uint16_t client_port = (uint16_t)(FIRST_CLIENT_PORT + nth % CLIENT_PORTS);
    struct tcp_conn *conn = tcp_new(region, from, to, client_port);

    conn->state = TCP_SYN_SENT;
    conn->framer = framer;
    conn->port = client_port;
    conn->peer_port = port;
    region->counters[NETWORK_tcp_connections]++;
    conn->nxt = conn->max = conn->una + 1;
    tcp_time_segment(region, conn, conn->nxt);
    tcp_send_control(region, conn, conn->una, TCP_SYN);
    tcp_set_rto(region, conn, tcp_rto(region, conn));
    return tcp_handle(conn);
}

void tcp_set_user(struct net_region *at, struct net_conn handle, uint64_t user)
{
    struct tcp_conn *conn = tcp_find(native_region_of(at), handle);

    if (conn)
        conn->user = user;
}

bool tcp_send(struct net_region *at, struct net_conn handle, struct net_message *message)
{
    struct native_region *region = native_region_of(at);
    struct tcp_conn *conn = tcp_find(region, handle);

    g_assert(message->length > 0 && (message->has_content || message->length <= message->capacity));
    region->ledger[message->kind].sent++;
    if (!conn || conn->flags & CONN_CLOSING) {
        region->ledger[message->kind].lost++;
        message_unref(region, message);
        return false;
    }
    native_work_add(region, message);
    atomic_store_explicit(&message->delivered, MESSAGE_ON_STREAM, memory_order_relaxed);
    message->next = NULL;
    if (conn->head)
        conn->tail->next = message;
    else
        conn->head = message;
    conn->tail = message;
    if (!conn->cursor) {
        conn->cursor = message;
        conn->cursor_offset = 0;
    }
    conn->end += message->length;
    if (conn->state == TCP_OPEN && !(conn->flags & CONN_HANDLING))
        tcp_push(region, conn);
    return true;
}

void tcp_close(struct net_region *at, struct net_conn handle)
{
    struct native_region *region = native_region_of(at);
    struct tcp_conn *conn = tcp_find(region, handle);

    if (conn)
        tcp_start_close(region, conn);
}

void tcp_abort(struct net_region *at, struct net_conn handle)
{
    struct native_region *region = native_region_of(at);
    struct tcp_conn *conn = tcp_find(region, handle);

    /* In TIME_WAIT nothing is left to drop. */
    if (!conn || conn->state == TCP_TIME_WAIT)
        return;
    if (conn->state == TCP_OPEN)
        tcp_send_control(region, conn, conn->nxt, TCP_RST | TCP_ACK);
    tcp_count_failure(region, conn, false);
    tcp_free(region, conn);
}
