/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: listeners. A SYN makes a half-open end; with the handshake complete it waits to be accepted, which is
 * at once unless accepted_max are open. Ends are found by their client's address in a hash table, so that a
 * SYN that comes twice finds the end that the first one made. */
#include "sim/net/native/tcp.h"

#define BUCKETS_MIN 64U

void tcp_listen_init(struct native *native)
{
    native->listeners = g_new0(struct listener, native->config.listen_count);
    g_assert(native->config.listen_count < TCP_NO_LISTENER);
    for (uint32_t i = 0; i < native->config.listen_count; i++) {
        native->listeners[i].config = native->config.listens[i];
        native->listeners[i].wait_head = native->listeners[i].wait_tail = POOL_NONE;
        g_assert(native_is_server(native, native->config.listens[i].host));
    }
}

void tcp_listen_clear(struct native_region *region)
{
    g_free(region->buckets);
    region->buckets = NULL;
    region->bucket_count = region->bucket_used = 0;
}

static uint32_t *tcp_listen_bucket_of(const struct native_region *region, uint32_t peer, uint16_t peer_port)
{
    uint64_t key = (uint64_t)peer << 16 | peer_port;

    return &region
                ->buckets[(uint32_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (region->bucket_count - 1)];
}

static void tcp_listen_hash_add(struct native_region *region, struct tcp_conn *conn)
{
    uint32_t *bucket = tcp_listen_bucket_of(region, conn->peer, conn->peer_port);

    conn->hash_next = *bucket;
    *bucket = conn->index;
}

static void tcp_listen_hash_grow(struct native_region *region)
{
    uint32_t *old = region->buckets;
    uint32_t old_count = region->bucket_count;

    region->bucket_count = old_count ? old_count * 2 : BUCKETS_MIN;
    region->buckets = g_new(uint32_t, region->bucket_count);
    for (uint32_t i = 0; i < region->bucket_count; i++)
        region->buckets[i] = POOL_NONE;
    for (uint32_t i = 0; i < old_count; i++)
        for (uint32_t index = old[i]; index != POOL_NONE;) {
            struct tcp_conn *conn = tcp_at(region, index);
            index = conn->hash_next;
            tcp_listen_hash_add(region, conn);
        }
    g_free(old);
}

static void tcp_listen_hash_remove(struct native_region *region, const struct tcp_conn *conn)
{
    uint32_t *link = tcp_listen_bucket_of(region, conn->peer, conn->peer_port);

    while (*link != conn->index)
        link = &tcp_at(region, *link)->hash_next;
    *link = conn->hash_next;
    region->bucket_used--;
}

/* The end that an earlier copy of this SYN made. */
static struct tcp_conn *tcp_listen_find_twin(const struct native_region *region, const struct packet *syn)
{
    if (region->bucket_count == 0)
        return NULL;
    for (uint32_t index = *tcp_listen_bucket_of(region, syn->from, syn->from_port); index != POOL_NONE;) {
        struct tcp_conn *conn = tcp_at(region, index);
        if (conn->peer == syn->from && conn->peer_port == syn->from_port && conn->host == syn->to &&
            conn->port == syn->to_port && conn->other.index == syn->source.index &&
            conn->other.generation == syn->source.generation)
            return conn;
        index = conn->hash_next;
    }
    return NULL;
}

static uint8_t tcp_listen_find_listener(const struct native *native, uint32_t host, uint16_t port)
{
    for (uint32_t i = 0; i < native->config.listen_count; i++)
        if (native->listeners[i].config.host == host && native->listeners[i].config.port == port)
            return (uint8_t)i;
    return TCP_NO_LISTENER;
}

static void tcp_listen_open_half(struct native_region *region, const struct packet *syn, uint8_t index)
{
    struct listener *listener = &region->native->listeners[index];
    struct tcp_conn *conn = tcp_new(region, syn->to, syn->from, syn->from_port);

    conn->state = TCP_SYN_RCVD;
    conn->listener = index;
    conn->framer = listener->config.framer;
    conn->other = syn->source;
    conn->port = syn->to_port;
    conn->peer_port = syn->from_port;
    conn->rcv_nxt = conn->done = syn->seq + 1;
    listener->half_open++;
    if (region->bucket_used++ >= region->bucket_count)
        tcp_listen_hash_grow(region);
    tcp_listen_hash_add(region, conn);
    conn->nxt = conn->max = conn->una + 1;
    tcp_time_segment(region, conn, conn->nxt);
    tcp_send_control(region, conn, conn->una, TCP_SYN | TCP_ACK);
    tcp_set_rto(region, conn, tcp_rto(region, conn));
}

void tcp_listen_syn(struct native_region *region, const struct packet *packet)
{
    struct tcp_conn *twin = tcp_listen_find_twin(region, packet);

    if (twin && twin->state == TCP_SYN_RCVD) {
        region->counters[NETWORK_tcp_retransmissions]++;
        tcp_send_control(region, twin, twin->una, TCP_SYN | TCP_ACK);
        return;
    }
    if (twin) { /* open, so its client is: this one was on its way for long (RFC 9293, 3.10.7.4) */
        tcp_send_ack(region, twin);
        return;
    }
    uint8_t index = tcp_listen_find_listener(region->native, packet->to, packet->to_port);
    if (index == TCP_NO_LISTENER) {
        tcp_send_reset_to(region, packet);
        return;
    }
    const struct listener *listener = &region->native->listeners[index];
    if (listener->half_open + listener->waiting >= listener->config.backlog)
        tcp_send_reset_to(region, packet);
    else
        tcp_listen_open_half(region, packet, index);
}

static void tcp_listen_accept_end(struct native_region *region, struct listener *listener,
                                  struct tcp_conn *conn)
{
    listener->open++;
    conn->flags |= CONN_ACCEPTED | CONN_COUNTED;
    tcp_touch_idle(region, conn);
}

static void tcp_listen_wait_add(struct native_region *region, struct listener *listener,
                                struct tcp_conn *conn)
{
    conn->flags |= CONN_WAITING;
    conn->wait_prev = listener->wait_tail;
    conn->wait_next = POOL_NONE;
    if (listener->wait_tail == POOL_NONE)
        listener->wait_head = conn->index;
    else
        tcp_at(region, listener->wait_tail)->wait_next = conn->index;
    listener->wait_tail = conn->index;
    listener->waiting++;
}

static void tcp_listen_wait_remove(struct native_region *region, struct listener *listener,
                                   struct tcp_conn *conn)
{
    if (conn->wait_prev == POOL_NONE)
        listener->wait_head = conn->wait_next;
    else
        tcp_at(region, conn->wait_prev)->wait_next = conn->wait_next;
    if (conn->wait_next == POOL_NONE)
        listener->wait_tail = conn->wait_prev;
    else
        tcp_at(region, conn->wait_next)->wait_prev = conn->wait_prev;
    conn->flags &= (uint16_t)~CONN_WAITING;
    listener->waiting--;
}

void tcp_listen_established(struct native_region *region, struct tcp_conn *conn)
{
    struct listener *listener = &region->native->listeners[conn->listener];

    listener->half_open--;
    /* Nobody overtakes those who wait. */
    if (listener->open < listener->config.accepted_max && listener->waiting == 0)
        tcp_listen_accept_end(region, listener, conn);
    else
        tcp_listen_wait_add(region, listener, conn);
}

void tcp_listen_release(struct native_region *region, struct tcp_conn *conn)
{
    if (!(conn->flags & CONN_COUNTED))
        return;
    struct listener *listener = &region->native->listeners[conn->listener];
    conn->flags &= (uint16_t)~CONN_COUNTED;
    listener->open--;
    if (listener->waiting == 0 || listener->accept_pending)
        return;
    /* An event of its own, because an owner may be the caller: no owner's call is nested in another. */
    listener->accept_pending = true;
    kernel_schedule(region->kernel, 0, conn->host, EVENT_ACCEPT, conn->listener, NULL);
}

void tcp_listen_accept(struct native_region *region, uint32_t index)
{
    struct listener *listener = &region->native->listeners[index];

    listener->accept_pending = false;
    while (listener->waiting && listener->open < listener->config.accepted_max) {
        struct tcp_conn *conn = tcp_at(region, listener->wait_head);
        struct net_conn handle = tcp_handle(conn);

        tcp_listen_wait_remove(region, listener, conn);
        tcp_listen_accept_end(region, listener, conn);
        tcp_deliver(region, conn);
        conn = tcp_find(region, handle);
        if (!conn)
            continue;
        tcp_push(region, conn);
        tcp_fin_progress(region, conn);
    }
}

void tcp_listen_forget(struct native_region *region, struct tcp_conn *conn)
{
    struct listener *listener = &region->native->listeners[conn->listener];

    if (conn->state == TCP_SYN_RCVD)
        listener->half_open--;
    if (conn->flags & CONN_WAITING)
        tcp_listen_wait_remove(region, listener, conn);
    tcp_listen_release(region, conn);
    tcp_listen_hash_remove(region, conn);
}
