/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Connection ends: their life, and the calls of their owners. ns-3 does the protocol; here is what it does
 * not know: owners, messages, who is at the other end, and what has waited too long. */
#include "sim/net/ns3/internal.h"

struct ns3_conn *ns3_conn_new(struct ns3_net *net, uint32_t host, uint32_t peer_host)
{
    uint32_t index = pool_take(&net->conns);
    struct ns3_conn *conn = ns3_conn_at(net, index);

    *conn = (struct ns3_conn){
        .index = index,
        .generation = ns3_next_serial(net),
        .net = net,
        .host = host,
        .peer_host = peer_host,
        .listener = NS3_NO_LISTENER,
        .peer = NET_CONN_NONE,
        .due_ns = CLOCK_NEVER,
        .event_ns = CLOCK_NEVER,
    };
    return conn;
}

/* Events hold a pointer to the end, which may be gone before their time comes. */
static void ns3_conn_cancel_events(struct ns3_conn *conn)
{
    ns3c_cancel(conn->net->sim, conn->event);
    ns3c_cancel(conn->net->sim, conn->pacer);
    conn->event = conn->pacer = 0;
    conn->event_ns = CLOCK_NEVER;
}

static void ns3_conn_free(struct ns3_conn *conn)
{
    struct ns3_net *net = conn->net;

    ns3_stream_lose(conn);
    if (conn->flags & CONN_HASHED) {
        void *key = ns3_client_key(conn->host, conn->port);
        if (g_hash_table_lookup(net->clients, key) == conn)
            g_hash_table_remove(net->clients, key);
    }
    if (conn->sent_kinds)
        g_array_unref(conn->sent_kinds);
    ns3_conn_cancel_events(conn);
    conn->generation = 0;
    pool_give(&net->conns, conn->index);
}

static void ns3_conn_set_due(struct ns3_conn *conn, int64_t delay_ns);

/* A client that has only just connected: the server may have all it sent, and accept later. */
static bool ns3_conn_may_be_accepted(const struct ns3_conn *conn)
{
    return conn->flags & CONN_CLIENT && conn->flags & CONN_CONNECTED && conn->peer.generation == 0 &&
           conn->head;
}

/* ns-3 has no connection for this end any more. What it has sent may still reach the other end, if that
 * lives. */
static void ns3_conn_let_go(struct ns3_conn *conn)
{
    struct ns3_net *net = conn->net;
    struct ns3_conn *peer = ns3_conn_find(net, conn->peer);

    ns3_listen_release(conn);
    ns3_conn_cancel_events(conn);
    conn->tcp = NULL;
    conn->flags |= CONN_GONE;
    if (conn->partial)
        ns3_message_free(net, conn->partial);
    conn->partial = NULL;
    if (ns3_conn_may_be_accepted(conn)) {
        ns3_conn_set_due(conn, net->config.rto_initial_ns);
        return;
    }
    bool alone = !peer || peer->flags & CONN_GONE;
    if (peer && alone)
        ns3_conn_free(peer);
    if (alone || !conn->head)
        ns3_conn_free(conn);
}

/* A failed connection is counted once: by its client. */
static void ns3_conn_count_failure(const struct ns3_conn *conn, bool refused)
{
    if (conn->flags & CONN_CLIENT)
        conn->net->counters[refused ? NETWORK_tcp_refused : NETWORK_tcp_failed]++;
}

static void ns3_conn_fail(struct ns3_conn *conn, enum net_close_reason reason)
{
    struct ns3_net *net = conn->net;
    struct net_conn handle = ns3_conn_handle(conn);
    uint32_t host = conn->host;
    uint64_t user = conn->user;
    bool notify = !(conn->flags & CONN_OWNER_NOTIFIED);

    ns3_conn_count_failure(conn, reason == NET_CLOSED_REFUSED);
    ns3_conn_let_go(conn);
    if (notify)
        net->config.handlers->closed(ns3_enter(net, host, CALL_CLOSED, reason), host, handle, user, reason);
}

void ns3_conn_break(struct ns3_conn *conn, enum net_close_reason reason)
{
    if (conn->tcp)
        ns3c_tcp_reset(conn->tcp);
    ns3_conn_fail(conn, reason);
}

/* --- what has waited too long --------------------------------------------------------------------------- */

static void ns3_conn_on_due(void *user, uint64_t generation);

static void ns3_conn_schedule_due(struct ns3_conn *conn)
{
    struct ns3c *sim = conn->net->sim;

    conn->event_ns = conn->due_ns;
    if (ns3c_schedule(sim, conn->due_ns - ns3c_now(sim), ns3_conn_on_due, conn, conn->generation,
                      &conn->event) != NS3C_OK)
        g_error("ns-3 takes no event: %s", ns3_why());
}

/* Setting it forward costs nothing: the pending event finds the new time when it comes. */
static void ns3_conn_set_due(struct ns3_conn *conn, int64_t delay_ns)
{
    conn->due_ns = ns3c_now(conn->net->sim) + delay_ns;
    if (conn->event_ns <= conn->due_ns)
        return;
    ns3c_cancel(conn->net->sim, conn->event);
    ns3_conn_schedule_due(conn);
}

static void ns3_conn_on_due(void *user, uint64_t generation)
{
    struct ns3_conn *conn = user;

    if (conn->generation != generation)
        return;
    conn->event = 0;
    conn->event_ns = CLOCK_NEVER;
    if (conn->flags & CONN_GONE) {
        if (!ns3_conn_live(conn->net, conn->peer))
            ns3_conn_free(conn);
        return;
    }
    if (conn->due_ns > ns3c_now(conn->net->sim)) {
        ns3_conn_schedule_due(conn);
        return;
    }
    if (conn->flags & CONN_CLOSING && conn->flags & CONN_PEER_FIN)
        return; /* only the acknowledgment of our FIN is missing, which ns-3 waits for */
    /* What ns-3 still sends again it will give up by itself. */
    if (conn->flags & CONN_CLOSING && conn->tcp && ns3c_tcp_unacknowledged(conn->tcp) > 0)
        ns3_conn_set_due(conn, conn->net->config.rto_max_ns);
    else
        ns3_conn_break(conn, NET_CLOSED_TIMEOUT);
}

void ns3_conn_touch(struct ns3_conn *conn)
{
    struct ns3_net *net = conn->net;

    if (conn->flags & CONN_SHUT)
        /* Half-closed: the peer may go on for a while, but must not stay silent forever. */
        ns3_conn_set_due(conn, net->config.rto_max_ns);
    else if (conn->listener != NS3_NO_LISTENER && net->listeners[conn->listener].config.idle_timeout_ns > 0)
        ns3_conn_set_due(conn, net->listeners[conn->listener].config.idle_timeout_ns);
}

/* --- calls of ns-3 -------------------------------------------------------------------------------------- */

static void ns3_conn_on_connected(void *user, struct ns3c_tcp *tcp)
{
    struct ns3_conn *conn = user;

    (void)tcp;
    conn->flags |= CONN_CONNECTED;
    ns3_stream_push(conn);
    ns3_enter(conn->net, conn->host, CALL_CONNECTED, conn->port);
}

static void ns3_conn_on_received(void *user, struct ns3c_tcp *tcp)
{
    (void)tcp;
    ns3_stream_pull(user);
}

static void ns3_conn_on_sendable(void *user, struct ns3c_tcp *tcp)
{
    (void)tcp;
    ns3_stream_push(user);
}

/* The owner has nothing more to say: FIN after what is queued. */
static void ns3_conn_start_close(struct ns3_conn *conn)
{
    if (conn->flags & CONN_CLOSING)
        return;
    conn->flags |= CONN_CLOSING;
    ns3_listen_release(conn);
    ns3_stream_push(conn);
}

static void ns3_conn_on_peer_closed(void *user, struct ns3c_tcp *tcp)
{
    struct ns3_conn *conn = user;
    struct ns3_net *net = conn->net;
    struct net_conn handle = ns3_conn_handle(conn);

    (void)tcp;
    if (!ns3_stream_pull(conn))
        return;
    if (conn->partial) {
        ns3_conn_break(conn, NET_CLOSED_PROTOCOL);
        return;
    }
    conn->flags |= CONN_PEER_FIN;
    if (conn->flags & CONN_CLOSING)
        return;
    conn->flags |= CONN_OWNER_NOTIFIED;
    uint32_t host = conn->host;
    struct net_region *at = ns3_enter(net, host, CALL_CLOSED, NET_CLOSED_BY_PEER);
    net->config.handlers->closed(at, host, handle, conn->user, NET_CLOSED_BY_PEER);
    conn = ns3_conn_live(net, handle);
    if (conn)
        ns3_conn_start_close(conn);
}

static void ns3_conn_on_closed(void *user, struct ns3c_tcp *tcp, enum ns3c_tcp_end why)
{
    struct ns3_conn *conn = user;
    const uint16_t both = CONN_CLOSING | CONN_PEER_FIN;

    (void)tcp;
    conn->tcp = NULL;
    switch (why) {
    case NS3C_TCP_DONE:
        ns3_conn_let_go(conn);
        return;
    case NS3C_TCP_REFUSED:
        ns3_conn_fail(conn, NET_CLOSED_REFUSED);
        return;
    case NS3C_TCP_RESET:
        /* Both sides have sent everything: only the acknowledgment of our FIN is missing. */
        if ((conn->flags & both) == both && !conn->head)
            ns3_conn_let_go(conn);
        else
            ns3_conn_fail(conn, NET_CLOSED_RESET);
        return;
    case NS3C_TCP_TIMEOUT:
        ns3_conn_fail(conn, NET_CLOSED_TIMEOUT);
        return;
    }
}

const struct ns3c_tcp_events ns3_conn_events = {
    .connected = ns3_conn_on_connected,
    .received = ns3_conn_on_received,
    .sendable = ns3_conn_on_sendable,
    .peer_closed = ns3_conn_on_peer_closed,
    .closed = ns3_conn_on_closed,
};

/* --- calls of owners ------------------------------------------------------------------------------------ */

static void ns3_conn_start(struct ns3_conn *conn)
{
    struct ns3_net *net = conn->net;
    const struct ns3_host *from = &net->hosts[conn->host];
    struct ns3c_address local, remote;

    if (ns3c_tcp_connect(from->node, &from->address, 0, &net->hosts[conn->peer_host].address, conn->peer_port,
                         &ns3_conn_events, conn, &conn->tcp) != NS3C_OK) {
        conn->tcp = NULL;
        conn->flags |= CONN_NOT_STARTED;
        ns3_conn_set_due(conn, 0); /* closed() must not come before its owner has the handle */
        return;
    }
    uint16_t remote_port;
    ns3c_tcp_addresses(conn->tcp, &local, &conn->port, &remote, &remote_port);
    conn->flags |= CONN_HASHED;
    g_hash_table_insert(net->clients, ns3_client_key(conn->host, conn->port), conn);
}

struct net_conn ns3_tcp_connect(struct net_region *at, uint32_t from, uint32_t to, uint16_t port,
                                net_framer *framer)
{
    struct ns3_net *net = ns3_net_of(at);
    g_assert(from < net->host_count && to < net->host_count);
    struct ns3_conn *conn = ns3_conn_new(net, from, to);

    conn->flags = CONN_CLIENT;
    conn->peer_port = port;
    conn->framer = framer;
    net->counters[NETWORK_tcp_connections]++;
    ns3_conn_start(conn);
    return ns3_conn_handle(conn);
}

void ns3_tcp_set_user(struct net_region *at, struct net_conn handle, uint64_t user)
{
    struct ns3_conn *conn = ns3_conn_live(ns3_net_of(at), handle);

    if (conn)
        conn->user = user;
}

void ns3_tcp_close(struct net_region *at, struct net_conn handle)
{
    struct ns3_conn *conn = ns3_conn_live(ns3_net_of(at), handle);

    if (conn)
        ns3_conn_start_close(conn);
}

void ns3_tcp_abort(struct net_region *at, struct net_conn handle)
{
    struct ns3_conn *conn = ns3_conn_live(ns3_net_of(at), handle);

    if (!conn)
        return;
    if (conn->tcp)
        ns3c_tcp_reset(conn->tcp);
    ns3_conn_count_failure(conn, false);
    ns3_conn_let_go(conn);
}

void ns3_conns_clear(struct ns3_net *net)
{
    for (uint32_t i = 0; i < net->conns.top; i++) {
        struct ns3_conn *conn = ns3_conn_at(net, i);
        if (conn->generation == 0)
            continue;
        ns3_conn_cancel_events(conn);
        if (conn->tcp)
            ns3c_tcp_reset(conn->tcp);
        if (conn->sent_kinds)
            g_array_unref(conn->sent_kinds);
    }
}
