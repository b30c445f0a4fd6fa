/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of the ns3 engine share: hosts, datagrams under way, connection ends. Nobody else includes
 * this. */
#ifndef SIM_NET_NS3_INTERNAL_H
#define SIM_NET_NS3_INTERNAL_H

#include "sim/base/clock.h"
#include "sim/base/pool.h"
#include "sim/kernel/sampler.h"
#include "sim/net/access.h"
#include "sim/net/capture.h"
#include "sim/net/free_list.h"
#include "sim/net/message_class.h"
#include "sim/net/ns3/ns3_network.h"

#define NS3_NO_HOST       UINT32_MAX
#define NS3_NO_LISTENER   UINT8_MAX
#define NS3_SCRATCH_BYTES ((size_t)64 * 1024)

struct ns3_net;

struct ns3_region {
    struct net_region base; /* first: what the models hold */
    struct ns3_net *net;
};

struct ns3_host {
    struct ns3_net *net;
    struct ns3c_node *node;
    struct ns3c_udp *udp;
    struct ns3c_address address;
    uint32_t index;
};

/* A datagram under way. Its tag in ns-3 is generation << 32 | index. */
struct ns3_flight {
    uint32_t index;      /* the pool's when free */
    uint32_t generation; /* 0: free */
    int64_t mark_ns;
    uint32_t copies; /* packets that are not yet delivered or lost */
    uint8_t kind;
};

/* A timer of the models. */
struct ns3_timer {
    uint32_t index;      /* the pool's when free */
    uint32_t generation; /* 0: free */
    uint32_t host, kind;
    uint64_t argument;
    uint64_t event; /* for ns3c_cancel() */
};

enum ns3_conn_flag {
    CONN_CLIENT = 1 << 0,
    CONN_CLOSING = 1 << 1,        /* the owner has closed: FIN after what is queued */
    CONN_SHUT = 1 << 2,           /* ... and ns-3 knows */
    CONN_PEER_FIN = 1 << 3,       /* the peer's FIN was handed over */
    CONN_OWNER_NOTIFIED = 1 << 4, /* the owner's closed() was called */
    CONN_COUNTED = 1 << 5,        /* listener's end: takes one of accepted_max */
    CONN_GONE = 1 << 6,        /* no connection any more; stays while the peer may still get what was sent */
    CONN_NOT_STARTED = 1 << 7, /* could not be started; closed() comes soon */
    CONN_HASHED = 1 << 8,      /* client's end, found by its address */
    CONN_CONNECTED = 1 << 9
};

/* One end of a connection. Messages stay with their sender until the receiver's end has them all: that is
 * what carries mark and kind across, and what the ledger counts as in flight. */
struct ns3_conn {
    uint32_t index;      /* the pool's when free */
    uint32_t generation; /* 0: free */
    struct ns3_net *net;
    struct ns3c_tcp *tcp;
    uint32_t host, peer_host;
    uint16_t port, peer_port;
    uint16_t flags;
    uint8_t listener;
    struct net_conn peer; /* the other end, once known */
    uint64_t user;
    net_framer *framer;

    /* Sent messages from the oldest undelivered one on; `cursor` is the first that ns-3 has not taken
     * whole. */
    struct net_message *head, *tail, *cursor;
    uint64_t head_offset; /* of head's first byte in the stream */
    uint32_t cursor_taken;
    int64_t free_ns; /* the next message goes then at the earliest */
    uint64_t pacer;  /* pending event that sends it, 0: none */

    uint64_t received;           /* bytes of the peer's stream handed over */
    struct net_message *partial; /* the start of a message, NULL if nothing waits */

    int64_t due_ns,
        event_ns; /* idle or half-closed too long; when the pending event comes, CLOCK_NEVER: none */
    uint64_t event;
    GArray *sent_kinds; /* struct ns3_sent; with faults only */
};

/* Where a message ended in its stream, for faults. */
struct ns3_sent {
    uint64_t end;
    uint8_t kind;
};

struct ns3_listener {
    struct net_listen config;
    struct ns3_net *net;
    struct ns3c_listener *handle;
    uint32_t open;     /* accepted and not yet closed by their owner */
    uint64_t accepter; /* pending event, 0: none */
    uint8_t index;
};

/* One direction of a cell's link. */
struct ns3_access_link {
    struct ns3_net *net;
    struct access_link link;
};

struct ns3_cell {
    struct ns3c_node *node;
    struct ns3c_device *up, *down; /* at the cell, at the router */
    struct ns3_access_link uplink, downlink;
};

struct ns3_server {
    struct ns3c_node *node;
    struct ns3c_device *egress, *ingress; /* at the server, at the router */
};

struct ns3_net {
    struct network network; /* first */
    struct net_engine engine;
    struct network_config config;
    struct ns3_options options;
    struct ns3c *sim;
    bool owns_sim;
    struct ns3_region *regions;
    uint32_t region_count;
    struct ns3_host *hosts;
    uint32_t host_count;
    GHashTable
        *by_address; /* of a placement: struct ns3c_address in hosts -> struct ns3_host; NULL: by formula */
    GPtrArray *end_nodes; /* struct ns3c_node *, each once; those that hosts live on */
    struct ns3_cell *cells;
    struct ns3_server *servers;
    struct ns3_listener *listeners;
    struct pool flights, timers, conns;
    uint32_t serial;     /* of the generations */
    GHashTable *clients; /* host << 16 | port -> struct ns3_conn, clients' ends */
    struct free_list messages[MESSAGE_CLASSES];
    int64_t counters[NETWORK_COUNTER_COUNT];     /* those counted here */
    struct network_ledger ledger[NET_KINDS_MAX]; /* in_flight as of in_flight_key */
    uint64_t in_flight_key;
    uint64_t fingerprint;
    struct access access;
    struct sampler sampler;
    uint32_t changed; /* changes of the configuration that were made */
    uint8_t *scratch; /* NS3_SCRATCH_BYTES: a stream being framed */
    uint8_t *wire; /* NS3_SCRATCH_BYTES: a packet being captured or damaged, also while a stream is framed */
};

/* The engine around a model's region, and around a network. */
static inline struct ns3_net *ns3_net_of(const struct net_region *at)
{
    return ((const struct ns3_region *)at)->net;
}

static inline struct ns3_net *ns3_net_of_network(const struct network *network)
{
    return (struct ns3_net *)network;
}

/* Is the host a server? */
static inline bool ns3_is_server(const struct ns3_net *net, uint32_t host)
{
    return host < net->config.topology.servers;
}

/* A generation that no live object has, never 0. */
static inline uint32_t ns3_next_serial(struct ns3_net *net)
{
    if (++net->serial == 0) /* means free */
        net->serial = 1;
    return net->serial;
}

/* Enters the receiver's verdict into the ledger. */
static inline void ns3_ledger_verdict(struct ns3_net *net, unsigned kind, enum net_verdict verdict)
{
    if (verdict == NET_RECEIVED)
        net->ledger[kind].received++;
    else
        net->ledger[kind].rejected++;
}

/* What happened at a host, for the fingerprint. */
enum ns3_call { CALL_DATAGRAM, CALL_MESSAGE, CALL_CONNECTED, CALL_CLOSED, CALL_TIMER };

/* Something happens at a host, which the fingerprint takes in. Returns the region of the host, its clock set:
 * for the handler that is called next, if one is. */
struct net_region *ns3_enter(struct ns3_net *net, uint32_t host, enum ns3_call call, uint64_t detail);

/* timer.c: the models' timers, net.h's calls; and cancels all that are pending */
void ns3_timer_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind, uint64_t argument);
uint64_t ns3_timeout_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                         uint64_t argument);
void ns3_timeout_cancel(struct net_region *at, uint64_t timeout);
void ns3_timers_clear(struct ns3_net *net);

/* message.c: net.h's calls */
struct net_message *ns3_message_new(struct net_region *at, unsigned kind, size_t capacity);
void ns3_message_drop(struct net_region *at, struct net_message *message);
/* The same without a region. */
struct net_message *ns3_message_take(struct ns3_net *net, unsigned kind, size_t capacity);
void ns3_message_free(struct ns3_net *net, struct net_message *message);

/* host.c: hosts, their addresses, and packets read for what they say about them */
void ns3_host_address(const struct ns3_net *net, uint32_t host, struct ns3c_address *out);
/* NS3_NO_HOST if no host has it. */
uint32_t ns3_host_find(const struct ns3_net *net, const struct ns3c_address *address);

struct ns3_parsed {
    uint32_t from, to; /* hosts */
    uint16_t from_port, to_port;
    uint32_t seq;
    uint32_t transport, payload; /* where they start; payload == size: none */
    uint32_t size;
    bool tcp;
    uint8_t flags;
};
enum ns3_tcp_flag { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_PSH = 8, TCP_ACK = 16 };
/* False for what is not UDP or TCP between two hosts. */
bool ns3_parse(const struct ns3_net *net, const struct ns3c_packet *packet, struct ns3_parsed *out);

/* settings.c: ns-3's attributes */
bool ns3_settings_apply(struct ns3_net *net, GError **error);
/* Those of a node that was made before. */
bool ns3_settings_node(const struct ns3_net *net, struct ns3c_node *node, GError **error);

/* topology.c: nodes, links, hosts */
bool ns3_topology_build(struct ns3_net *net, GError **error);
void ns3_topology_clear(struct ns3_net *net);
/* Sets error to the text of ns3c_error(); returns false. */
bool ns3_set_error(GError **error, const char *what);
/* Why it refused, in its words. Memory that is out ends the process here, as it does everywhere. */
const char *ns3_why(void);

/* trace_hooks.c: what is counted and captured as packets are sent and dropped */
void ns3_trace_hooks_set(struct ns3_net *net);
void ns3_trace_hooks_clear(struct ns3_net *net);

/* access.c: what becomes of packets on the cells' links */
void ns3_access_open(struct ns3_net *net, uint32_t cell);
/* Of the message that a packet carries, or enum fault_control. */
unsigned ns3_access_kind(const struct ns3_net *net, const struct ns3c_packet *packet,
                         const struct ns3_parsed *p);

/* change.c: rates of links that change. access.c has the shares. */
/* When the next change of the configuration is due; CLOCK_NEVER: none is. */
int64_t ns3_change_next_ns(const struct ns3_net *net);
/* Makes all changes up to time_ns < CLOCK_NEVER inclusive. Every event before time_ns has run, none at it. */
void ns3_change_to(struct ns3_net *net, int64_t time_ns);

/* udp.c */
/* Opens the host's port. False and error if ns-3 refuses. */
bool ns3_udp_open(struct ns3_host *host, GError **error);
void ns3_udp_send(struct net_region *at, uint32_t from, uint32_t to, struct net_message *message);
/* The datagram of a tag; NULL if it is not under way. */
struct ns3_flight *ns3_flight_find(const struct ns3_net *net, uint64_t tag);
/* One packet of the datagram was thrown away. */
void ns3_flight_lose(struct ns3_net *net, uint64_t tag);

/* conn.c: life and death of connection ends, and the calls of their owners */
static inline struct ns3_conn *ns3_conn_at(const struct ns3_net *net, uint32_t index)
{
    return pool_at(&net->conns, index);
}

/* The handle that its owner has. */
static inline struct net_conn ns3_conn_handle(const struct ns3_conn *conn)
{
    return (struct net_conn){conn->index, conn->generation};
}

/* The end of a handle, gone ones included; NULL if there is none. */
static inline struct ns3_conn *ns3_conn_find(const struct ns3_net *net, struct net_conn handle)
{
    if (handle.index >= net->conns.top || handle.generation == 0)
        return NULL;
    struct ns3_conn *conn = ns3_conn_at(net, handle.index);
    return conn->generation == handle.generation ? conn : NULL;
}

/* As the models see it. */
static inline struct ns3_conn *ns3_conn_live(const struct ns3_net *net, struct net_conn handle)
{
    struct ns3_conn *conn = ns3_conn_find(net, handle);

    return conn && !(conn->flags & CONN_GONE) ? conn : NULL;
}

/* Key of `clients`. */
static inline void *ns3_client_key(uint32_t host, uint16_t port)
{
    return GSIZE_TO_POINTER((gsize)host << 16 | port);
}

/* What ns-3 calls for each end. */
extern const struct ns3c_tcp_events ns3_conn_events;
/* An end of `host`, not yet known to ns-3. */
struct ns3_conn *ns3_conn_new(struct ns3_net *net, uint32_t host, uint32_t peer_host);
/* Resets the connection and calls closed() of its owner. */
void ns3_conn_break(struct ns3_conn *conn, enum net_close_reason reason);
/* Something went to and fro: the end is not idle. */
void ns3_conn_touch(struct ns3_conn *conn);
/* Resets all that are left. */
void ns3_conns_clear(struct ns3_net *net);

/* net.h's calls. */
struct net_conn ns3_tcp_connect(struct net_region *at, uint32_t from, uint32_t to, uint16_t port,
                                net_framer *framer);
void ns3_tcp_set_user(struct net_region *at, struct net_conn handle, uint64_t user);
void ns3_tcp_close(struct net_region *at, struct net_conn handle);
void ns3_tcp_abort(struct net_region *at, struct net_conn handle);

/* stream.c: messages out and in */
bool ns3_tcp_send(struct net_region *at, struct net_conn handle, struct net_message *message);
/* Gives ns-3 what it has room for. */
void ns3_stream_push(struct ns3_conn *conn);
/* Reads what is there and hands over whole messages. False: the end may be gone now. */
bool ns3_stream_pull(struct ns3_conn *conn);
/* Counts all that is undelivered as lost. */
void ns3_stream_lose(struct ns3_conn *conn);
/* Kind of the message that holds that byte of what the end has sent, or `otherwise`. */
unsigned ns3_stream_kind(const struct ns3_conn *conn, uint64_t offset, unsigned otherwise);

/* listen.c: listeners of the configuration, opened and closed */
bool ns3_listen_open(struct ns3_net *net, GError **error);
/* The owner is done with an accepted end. */
void ns3_listen_release(struct ns3_conn *conn);
void ns3_listen_clear(struct ns3_net *net);

/* ledger.c: the table's calls that only read */
void ns3_counters(const struct network *network, int64_t out[NETWORK_COUNTER_COUNT]);
void ns3_ledger(struct network *network, uint32_t kind, bool in_flight, struct network_ledger *out);
void ns3_queues(const struct network *network, struct network_queues *out);
void ns3_peaks(const struct network *network, struct network_peaks *out);

#endif
