/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Listeners. ns-3 keeps half-open and waiting connections; they are accepted while not too many are open. */
#include "sim/net/ns3/internal.h"

/* The client's end of what was accepted, also if its owner has given it up just now; NULL if it is gone. */
static struct ns3_conn *ns3_listen_find_client(const struct ns3_net *net, uint32_t host, uint16_t port)
{
    struct ns3_conn *client = g_hash_table_lookup(net->clients, ns3_client_key(host, port));

    return client && client->peer.generation == 0 ? client : NULL;
}

/* Joins both ends. False if the client is gone. */
static bool ns3_listen_introduce(struct ns3_conn *conn)
{
    struct ns3c_address local, remote;

    ns3c_tcp_addresses(conn->tcp, &local, &conn->port, &remote, &conn->peer_port);
    conn->peer_host = ns3_host_find(conn->net, &remote);
    if (conn->peer_host == NS3_NO_HOST)
        return false;
    struct ns3_conn *client = ns3_listen_find_client(conn->net, conn->peer_host, conn->peer_port);
    if (!client)
        return false;
    client->peer = ns3_conn_handle(conn);
    conn->peer = ns3_conn_handle(client);
    return true;
}

/* The oldest one that waits; false if there is none. */
static bool ns3_listen_accept_one(struct ns3_listener *listener)
{
    struct ns3_net *net = listener->net;
    struct ns3_conn *conn = ns3_conn_new(net, listener->config.host, NS3_NO_HOST);

    if (ns3c_tcp_accept(listener->handle, &ns3_conn_events, conn, &conn->tcp) != NS3C_OK) {
        conn->generation = 0;
        pool_give(&net->conns, conn->index);
        return false;
    }
    if (!ns3_listen_introduce(conn)) {
        /* Its client has given up since: there is no other end. */
        ns3c_tcp_reset(conn->tcp);
        conn->generation = 0;
        pool_give(&net->conns, conn->index);
        return true;
    }
    conn->framer = listener->config.framer;
    conn->listener = listener->index;
    conn->flags = CONN_COUNTED | CONN_CONNECTED;
    listener->open++;
    ns3_conn_touch(conn);
    return true;
}

static void ns3_listen_accept_some(struct ns3_listener *listener)
{
    while (listener->open < listener->config.accepted_max && ns3_listen_accept_one(listener))
        ;
}

static void ns3_listen_on_incoming(void *user, struct ns3c_listener *handle)
{
    (void)handle;
    ns3_listen_accept_some(user);
}

static void ns3_listen_on_accept(void *user, uint64_t argument)
{
    struct ns3_listener *listener = user;

    (void)argument;
    listener->accepter = 0;
    ns3_listen_accept_some(listener);
}

void ns3_listen_release(struct ns3_conn *conn)
{
    if (!(conn->flags & CONN_COUNTED))
        return;
    struct ns3_net *net = conn->net;
    struct ns3_listener *listener = &net->listeners[conn->listener];

    conn->flags &= (uint16_t)~CONN_COUNTED;
    /* Only a full one has kept others waiting. */
    if (listener->open-- < listener->config.accepted_max || listener->accepter)
        return;
    if (ns3c_schedule(net->sim, 0, ns3_listen_on_accept, listener, 0, &listener->accepter) != NS3C_OK)
        g_error("ns-3 takes no event: %s", ns3_why());
}

bool ns3_listen_open(struct ns3_net *net, GError **error)
{
    uint32_t count = net->config.listen_count;

    g_assert(count < NS3_NO_LISTENER);
    net->listeners = g_new0(struct ns3_listener, count);
    for (uint32_t i = 0; i < count; i++) {
        struct ns3_listener *listener = &net->listeners[i];
        const struct net_listen *config = &net->config.listens[i];
        const struct ns3_host *host = &net->hosts[config->host];

        g_assert(ns3_is_server(net, config->host));
        *listener = (struct ns3_listener){.config = *config, .net = net, .index = (uint8_t)i};
        if (config->backlog == 0) /* refuses all: what ns-3 does without a listener */
            continue;
        if (ns3c_tcp_listen(host->node, &host->address, config->port, config->backlog, ns3_listen_on_incoming,
                            listener, &listener->handle) != NS3C_OK)
            return ns3_set_error(error, "TCP port of a server");
    }
    return true;
}

void ns3_listen_clear(struct ns3_net *net)
{
    for (uint32_t i = 0; net->listeners && i < net->config.listen_count; i++) {
        ns3c_cancel(net->sim, net->listeners[i].accepter);
        if (net->listeners[i].handle)
            ns3c_listener_close(net->listeners[i].handle);
    }
    g_free(net->listeners);
    net->listeners = NULL;
}
