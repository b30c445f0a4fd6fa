/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of the native engine share: regions, links, packets, messages. Nobody else includes this. */
#ifndef SIM_NET_NATIVE_INTERNAL_H
#define SIM_NET_NATIVE_INTERNAL_H

#include "sim/base/clock.h"
#include "sim/base/pool.h"
#include "sim/base/random.h"
#include "sim/kernel/kernel.h"
#include "sim/kernel/threads.h"
#include "sim/net/access.h"
#include "sim/net/capture.h"
#include "sim/net/free_list.h"
#include "sim/net/message_class.h"
#include "sim/net/native/link.h"
#include "sim/net/native/native.h"

#define IPV4_HEADER_BYTES    20
#define IPV6_HEADER_BYTES    40
#define UDP_HEADER_BYTES     8
#define TCP_HEADER_BYTES     20
#define TCP_MSS_OPTION_BYTES 4

/* Index into the kernel's handler table. `entity` is the host concerned. */
enum event_kind {
    EVENT_ROUTER,    /* payload: a packet that arrives at the core router; argument: its size */
    EVENT_DELIVER,   /* payload: a packet that arrives at its host */
    EVENT_TIMER,     /* argument: the model's kind; payload: the model's argument itself */
    EVENT_TCP_TIMER, /* argument: index of the connection; payload: see tcp_timer.c */
    EVENT_ACCEPT,    /* argument: index of the listener */
    EVENT_KINDS
};

/* net_message.delivered: how the ledger counts the message's end. A message begins with the first. */
enum message_state {
    MESSAGE_LOOSE,     /* datagrams are counted packet by packet; a message that was never sent, not at all */
    MESSAGE_ON_STREAM, /* lost if its last reference goes now */
    MESSAGE_DELIVERED,
    MESSAGE_DAMAGED,    /* a packet's own copy with a flipped bit; `next` holds a reference to the original */
    MESSAGE_SEEN = 0x80 /* while messages in flight are counted: met already */
};

/* net_message.work: of one with a content. Who lets go of its last reference while it is listed leaves the
 * memory to the list. */
enum message_work { WORK_NONE, WORK_LISTED, WORK_DONE, WORK_ORPHANED };

enum packet_flag {
    TCP_FIN = 1,
    TCP_SYN = 2,
    TCP_RST = 4,
    TCP_PSH = 8,
    TCP_ACK = 16,
    PACKET_UDP = 32,     /* not TCP */
    PACKET_DAMAGED = 64, /* carries a MESSAGE_DAMAGED copy */
    PACKET_MORE = 128    /* `next` has more of the payload, of the sender's next message */
};
#define TCP_FLAGS (TCP_FIN | TCP_SYN | TCP_RST | TCP_PSH | TCP_ACK)

/* An IP packet: addresses, the fields of its transport header, and a view into the message it carries. One
 * cache line: with many UEs, a packet costs what the memory it touches costs. A segment of several messages
 * is as many of these, each of one message, that hang together until they are received. */
struct packet {
    struct packet *next;         /* see PACKET_MORE; in a receiver's list */
    struct net_message *message; /* NULL: no payload; holds a reference */
    uint32_t from, to;
    uint32_t seq, ack;
    struct net_conn source, target; /* control blocks of both ends as far as the sender knows */
    uint16_t from_port, to_port;
    uint16_t offset, length; /* payload in the message */
    uint16_t size;           /* IP bytes, of the whole packet */
    uint8_t flags;
};
_Static_assert(sizeof(struct packet) == FREE_LIST_ALIGNMENT, "a packet is a cache line");

/* Messages with a content in the order in which they were sent. */
struct work_list {
    struct net_message **messages;
    uint32_t count, capacity;
};

/* Those of one kind that wait for their work: from `first` on, the earliest to be delivered first. */
struct work_queue {
    struct work_entry {
        struct net_message *message;
        int64_t due_ns; /* it is not delivered before */
    } * entries;
    uint32_t first, count, capacity;
};

struct cell {
    struct link uplink, downlink;
    struct access_link up, down;
    uint32_t region;
};

struct server_links {
    struct link egress, ingress;
};

struct native_region {
    struct net_region base; /* first: what the models hold */
    struct native *native;
    struct kernel_region *kernel;
    struct free_list packets;
    struct free_list messages[MESSAGE_CLASSES];
    int64_t counters[NETWORK_COUNTER_COUNT];
    struct network_ledger ledger[NET_KINDS_MAX]; /* in_flight unused */
    struct pool conns;                           /* struct tcp_conn */
    uint32_t conn_serial;
    uint32_t bucket_count; /* a power of two; connections of listeners by client */
    uint32_t bucket_used;
    uint32_t *buckets;
    struct work_list sent;                  /* since the window before began */
    uint8_t scratch[NET_MESSAGE_BYTES_MAX]; /* a framed message that lies in several of the sender's */
};

struct listener {
    struct net_listen config;
    uint32_t half_open;
    uint32_t waiting; /* established, not accepted */
    uint32_t open;    /* accepted and not yet closed by their owner */
    uint32_t wait_head, wait_tail;
    bool accept_pending; /* an EVENT_ACCEPT is under way */
};

struct native {
    struct network network; /* first */
    struct network_config config;
    struct kernel *kernel;
    struct native_region *regions;
    uint32_t region_count;
    uint32_t ip_header_bytes;
    struct cell *cells;
    struct server_links *servers;
    struct listener *listeners;
    struct link_rate uplink, downlink, core;
    uint16_t *connections; /* by host: opened so far, modulo 2^16 */
    int64_t reached_ns;    /* every event before has run; regions may be ahead within a window */
    struct access access;
    struct free_list_depot packet_depot;
    struct free_list_depot message_depots[MESSAGE_CLASSES];
    struct work_queue work[NET_KINDS_MAX];
    GArray *work_groups;     /* struct work_group: of the window that begins */
    struct threads *threads; /* NULL: there is one */
    int64_t window_ns;       /* start of the window that runs, or ran last */
    uint64_t in_flight_key;  /* what the counts below belong to */
    int64_t in_flight[NET_KINDS_MAX];
};

/* The engine around a network. */
static inline struct native *native_of(const struct network *network)
{
    return (struct native *)network;
}

/* The engine's region around that of a model. */
static inline struct native_region *native_region_of(struct net_region *at)
{
    return (struct native_region *)at;
}

/* Is the host a server? */
static inline bool native_is_server(const struct native *native, uint32_t host)
{
    return host < native->config.topology.servers;
}

/* The cell of a UE. */
static inline struct cell *native_cell_of(const struct native *native, uint32_t host)
{
    return &native
                ->cells[net_topology_cell(&native->config.topology, host - native->config.topology.servers)];
}

/* ledger.c: the table's calls that only read */
void native_counters(const struct network *network, int64_t out[NETWORK_COUNTER_COUNT]);
void native_ledger(struct network *network, uint32_t kind, bool in_flight, struct network_ledger *out);
void native_queues(const struct network *network, struct network_queues *out);
void native_peaks(const struct network *network, struct network_peaks *out);

/* message.c: net.h's calls, and the end of a message whose last reference went */
struct net_message *message_new(struct net_region *at, unsigned kind, size_t capacity);
void message_drop(struct net_region *at, struct net_message *message);
void message_free(struct native_region *region, struct net_message *message);

/* One more holds the message. */
static inline void message_ref(struct net_message *message)
{
    atomic_fetch_add_explicit(&message->refs, 1, memory_order_relaxed);
}

/* The sole holder needs no locked instruction to let go. */
static inline void message_unref(struct native_region *region, struct net_message *message)
{
    if (atomic_load_explicit(&message->refs, memory_order_acquire) == 1 ||
        atomic_fetch_sub_explicit(&message->refs, 1, memory_order_acq_rel) == 1)
        message_free(region, message);
}

/* work.c: messages with a content */
void native_work_init(struct native *native);
/* One was given away to be sent. */
void native_work_add(struct native_region *region, struct net_message *message);
/* The window from start_ns to end_ns begins: has what may be delivered in it worked on. */
void native_work_begin(struct native *native, int64_t start_ns, int64_t end_ns);
/* Frees the lists; messages are left alone. */
void native_work_clear(struct native *native);
/* Of a message that arrives as it was sent: its content; NULL if it has bytes. That nobody has worked on it
 * ends the process. */
const void *native_content(const struct native_region *region, const struct net_message *message);

/* packet.c */
/* A packet, what is in it not set. */
struct packet *packet_new(struct native_region *region);
/* Frees it with all that hangs together, and lets go of messages. */
void packet_free(struct native_region *region, struct packet *packet);
/* Puts the packet on its first link; the packet is given away. */
void packet_send(struct native_region *region, struct packet *packet);
/* A packet of that size to that host has come to the router; it is not looked at unless it must be. */
void packet_at_router(struct native_region *region, struct packet *packet, uint32_t to, uint32_t size);

/* The part of its message, which has no content, that a packet carries, without what hangs on it. */
static inline struct bytes packet_payload(const struct packet *packet)
{
    if (!packet->message)
        return (struct bytes){NULL, 0};
    return bytes_of(packet->message->bytes + packet->offset, packet->length);
}

/* The message that the sender gave away, for the ledger. */
static inline struct net_message *packet_original(const struct packet *packet)
{
    return packet->flags & PACKET_DAMAGED ? packet->message->next : packet->message;
}

/* udp.c: net.h's call, and a datagram that has arrived, which is freed */
void udp_send(struct net_region *at, uint32_t from, uint32_t to, struct net_message *message);
void udp_input(struct native_region *region, struct packet *packet);

/* Enters the receiver's verdict into the ledger. */
static inline void native_ledger_verdict(struct native_region *region, unsigned kind,
                                         enum net_verdict verdict)
{
    if (verdict == NET_RECEIVED)
        region->ledger[kind].received++;
    else
        region->ledger[kind].rejected++;
}

#endif
