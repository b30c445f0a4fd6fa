/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The network as the models see it: UDP datagrams, messages on TCP connections, timers.
 *
 * An engine moves the bytes; the models never know which. Hosts are numbered: the servers of the core
 * first (0 .. servers-1), then the UEs (servers + n). Every host belongs to one region, and an engine
 * calls a model's handlers with the `struct net_region` of the host concerned; a handler touches only
 * state of that region and sends messages to reach any other.
 *
 * All calls are made with the region of the host that acts, from within one of its handlers or between two
 * runs. None fails: memory that runs out ends the process (sim/base/memory.h), and what goes wrong on the
 * way shows by closed(), by a timeout, or not at all. Times are nanoseconds of simulated time.
 *
 * Messages are reference-counted buffers that are written once, by their sender, and then only read: a
 * segment on a link is a view into the message it carries, never a copy.
 *
 * Where the region takes contents, a message may have a content instead of bytes: what it says, in the
 * models' own form, from which its bytes follow. Before such a message is delivered the engine has it
 * worked on, with others of its kind: its bytes are made and verified, many at a time, by
 * net_handlers.work(). A packet that a fault damages carries bytes again.
 *
 * `kind` of a message is the model's own small number (0 .. kinds-1), under which the ledger is kept: sent
 * + duplicated = received + rejected + lost + in flight, for every kind, at any time between windows. */
#ifndef SIM_NET_NET_H
#define SIM_NET_NET_H

#include "sim/base/bytes.h"

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
#define NET_ATOMIC(type) type /* of the same size; only engines, which are C, touch what is atomic */
extern "C" {
#else
#include <stdatomic.h>
#define NET_ATOMIC(type) _Atomic(type)
#endif

#define NET_KINDS_MAX         24
#define NET_MESSAGE_BYTES_MAX 4000 /* what one message may hold */

struct net_engine;

/* What a model may touch while it handles an event. Engines embed it as first member of their own. */
struct net_region {
    const struct net_engine *engine;
    void *model;    /* the model's state of this region */
    int64_t now_ns; /* time of the event being handled */
    uint32_t index; /* region 0 holds the servers */
    bool contents;  /* messages may have a content instead of bytes */
};

/* A message. Obtained from net_message(), filled by the model, then given away to net_udp_send() or
 * net_tcp_send() (the caller's reference goes with it) or back with net_message_drop(). */
struct net_message {
    struct net_message *next; /* engine: in the sender's queue */
    int64_t mark_ns;          /* for measuring only: carried from sender to receiver, not on the wire */
    NET_ATOMIC(unsigned) refs;
    uint32_t length; /* bytes used; with a content: that it will have on the wire */
    uint16_t capacity;
    uint8_t kind;
    NET_ATOMIC(unsigned char) delivered; /* engine: for the ledger */
    NET_ATOMIC(unsigned char) work;      /* engine: of a message with a content */
    bool has_content;
    uint8_t bytes[] __attribute__((aligned(8))); /* or the content */
};

/* A TCP connection end, as its owner names it: the model of the host that it is on. Generations make a stale
 * handle harmless: calls on it do nothing. A copy of it is the same handle; there is nothing to free. */
struct net_conn {
    uint32_t index;
    uint32_t generation;
};
#define NET_CONN_NONE ((struct net_conn){UINT32_MAX, 0})

/* Whether both are the same end. */
static inline bool net_conn_equal(struct net_conn a, struct net_conn b)
{
    return a.index == b.index && a.generation == b.generation;
}

/* Where a message came from: valid during the handler's call only. */
struct net_delivery {
    uint32_t host; /* the receiver */
    uint32_t peer; /* the sender, by its source address */
    struct bytes bytes;
    const void *content; /* of a message that came as it was sent, worked on; the bytes have no address then,
                          * but a length. NULL: it came as bytes */
    int64_t mark_ns;
    uint8_t kind; /* what the sender called it; of a message without content for measuring only, a model
                   * decides by the bytes */
};

/* What the receiver makes of a message, for the ledger. */
enum net_verdict {
    NET_RECEIVED, /* it was understood, and counted on */
    NET_REJECTED  /* it was thrown away: damaged, not expected, or not allowed */
};

enum net_close_reason {
    NET_CLOSED_BY_PEER, /* FIN, everything before it was delivered; what is queued (also in closed() itself)
                         * is still sent, then this side is closed without the owner's doing */
    NET_CLOSED_REFUSED, /* RST in answer to SYN */
    NET_CLOSED_RESET,   /* RST later */
    NET_CLOSED_TIMEOUT, /* retransmissions or SYN retries exhausted, or idle too long */
    NET_CLOSED_PROTOCOL /* the stream could not be framed, or ended in the middle of a message */
};

/* Finds the first whole message in a stream. Returns its length in bytes if data holds it whole, 0 if more
 * bytes are needed, -1 if the stream cannot be a sequence of messages (the connection is then reset). A
 * message is NET_MESSAGE_BYTES_MAX long at most. */
typedef int64_t net_framer(struct bytes data);

/* What the models provide. Called in the order of time within a region. `at` is the region of `host`, its
 * clock set. Handlers may call anything of this header on any connection of their region; none is called from
 * within another. */
struct net_handlers {
    /* A datagram has come. d is valid during the call. */
    enum net_verdict (*datagram)(struct net_region *at, const struct net_delivery *d);
    /* One whole message of a stream. `user` is what net_tcp_set_user() set at this end, 0 before. The owner
     * of an accepted end learns of it by its first message. */
    enum net_verdict (*message)(struct net_region *at, const struct net_delivery *d, struct net_conn conn,
                                uint64_t user);
    /* The connection is gone, or, with NET_CLOSED_BY_PEER, the peer sends no more. At most once for an end.
     * Not called for one's own net_tcp_abort(), and after net_tcp_close() only if that fails. */
    void (*closed)(struct net_region *at, uint32_t host, struct net_conn conn, uint64_t user,
                   enum net_close_reason reason);
    /* A timer or timeout has come, with what it was set with. */
    void (*timer)(struct net_region *at, uint32_t host, uint32_t kind, uint64_t argument);
    /* Something will happen at this host soon: memory may be fetched, first (stage 0) what the host's number
     * leads to, then (1, 2) what that leads to; nothing may change. For a timer kind and argument are its
     * own, else NET_NO_TIMER and 0. May be NULL, and need not be called. */
    void (*prefetch)(struct net_region *at, uint32_t host, uint32_t kind, uint64_t argument, unsigned stage);
    /* Contents; both NULL: messages have none. write(): makes the bytes of a message that has one, its
     * length of them, without changing anything. work(): makes and verifies the bytes of `count` messages
     * of one kind (NET_WORK_MAX at most), and puts what was found into their contents. Returns how many it
     * has verified: the engine goes on with all or none. No region runs meanwhile, but other threads work
     * on other messages; thread: the number of this one, below network_config.threads; user:
     * network_config.user. */
    void (*write)(struct net_region *at, const struct net_message *message, uint8_t *out);
    unsigned (*work)(void *user, unsigned thread, unsigned kind, struct net_message *const messages[],
                     unsigned count);
};
#define NET_WORK_MAX 16
#define NET_NO_TIMER UINT32_MAX

/* A TCP port that a server listens on. */
struct net_listen {
    uint32_t host;
    uint16_t port;
    net_framer *framer;    /* of what the clients send */
    uint32_t backlog;      /* half-open and not yet accepted connections; one more is refused by RST */
    uint32_t accepted_max; /* connections open at a time (closing ones no longer count); further ones wait in
                            * the listen queue, and so does what they bring */
    int64_t idle_timeout_ns; /* an accepted connection without traffic is aborted; 0: never */
};

/* The engine's table, of the calls below by the same names. Use those. */
struct net_engine {
    struct net_message *(*message_new)(struct net_region *at, unsigned kind, size_t capacity);
    void (*message_drop)(struct net_region *at, struct net_message *message);
    void (*udp_send)(struct net_region *at, uint32_t from, uint32_t to, struct net_message *message);
    struct net_conn (*tcp_connect)(struct net_region *at, uint32_t from, uint32_t to, uint16_t port,
                                   net_framer *framer);
    void (*tcp_set_user)(struct net_region *at, struct net_conn conn, uint64_t user);
    bool (*tcp_send)(struct net_region *at, struct net_conn conn, struct net_message *message);
    void (*tcp_close)(struct net_region *at, struct net_conn conn);
    void (*tcp_abort)(struct net_region *at, struct net_conn conn);
    void (*timer_set)(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                      uint64_t argument);
    uint64_t (*timeout_set)(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                            uint64_t argument);
    void (*timeout_cancel)(struct net_region *at, uint64_t timeout);
};

/* A buffer for one message of up to `capacity` bytes (<= NET_MESSAGE_BYTES_MAX), length 0; what is in it is
 * not set. kind: below the network's `kinds`. The caller's, until it gives it away. */
static inline struct net_message *net_message(struct net_region *at, unsigned kind, size_t capacity)
{
    return at->engine->message_new(at, kind, capacity);
}

/* Gives back a message that will not be sent. The ledger does not know it. */
static inline void net_message_drop(struct net_region *at, struct net_message *message)
{
    at->engine->message_drop(at, message);
}

/* Sends the message as one datagram from host to host, from and to the one UDP port of the network. The
 * message is given away. If it is lost, nothing is called. */
static inline void net_udp_send(struct net_region *at, uint32_t from, uint32_t to,
                                struct net_message *message)
{
    at->engine->udp_send(at, from, to, message);
}

/* Opens a connection from a host of this region to a port of a server. What is sent on it waits until it is
 * up; if it does not come up closed() follows, never before this returns. framer: of what the server
 * sends. */
static inline struct net_conn net_tcp_connect(struct net_region *at, uint32_t from, uint32_t to,
                                              uint16_t port, net_framer *framer)
{
    return at->engine->tcp_connect(at, from, to, port, framer);
}

/* What message() and closed() get as `user` of this end from now on; 0 before. */
static inline void net_tcp_set_user(struct net_region *at, struct net_conn conn, uint64_t user)
{
    at->engine->tcp_set_user(at, conn, user);
}

/* Queues a message of one byte or more on the connection, which need not be up yet. The message is given
 * away. False (it is dropped, and counted as sent and lost) if the connection is gone or closed by this
 * end. */
static inline bool net_tcp_send(struct net_region *at, struct net_conn conn, struct net_message *message)
{
    return at->engine->tcp_send(at, conn, message);
}

/* Ends this side after everything queued (FIN); nothing more can be sent. Messages that the peer goes on
 * sending are still delivered. */
static inline void net_tcp_close(struct net_region *at, struct net_conn conn)
{
    at->engine->tcp_close(at, conn);
}

/* Drops the connection at once, with a RST. What waits to be sent is lost; what is on its way may still
 * arrive. */
static inline void net_tcp_abort(struct net_region *at, struct net_conn conn)
{
    at->engine->tcp_abort(at, conn);
}

/* Calls timer(host, kind, argument) after delay_ns >= 0. host: one of this region. Timers cannot be
 * cancelled. */
static inline void net_timer(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                             uint64_t argument)
{
    at->engine->timer_set(at, host, delay_ns, kind, argument);
}

/* As net_timer(), for what will most often be cancelled. Returns what net_timeout_cancel() takes. An engine
 * may be unable to cancel (returns 0 then): the argument carries a generation by which the model knows a
 * stale timeout. */
static inline uint64_t net_timeout(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                                   uint64_t argument)
{
    return at->engine->timeout_set(at, host, delay_ns, kind, argument);
}

/* Of a timeout of the same region; nothing happens if it has come, or was cancelled, before. */
static inline void net_timeout_cancel(struct net_region *at, uint64_t timeout)
{
    if (timeout != 0)
        at->engine->timeout_cancel(at, timeout);
}

#ifdef __cplusplus
}
#endif

#endif
