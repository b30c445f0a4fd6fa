/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP of the native engine: RFC 9293 connections with NewReno congestion control (RFC 5681, 6582, 3042), the
 * timer of RFC 6298, delayed acknowledgments (RFC 1122 4.2.3.2), no options but MSS. Where the RFCs leave a
 * choice it is that of ns-3 3.37, to whose packets tests/unit/test_net_ns3.c holds it.
 *
 * A control block is one end of a connection and lives in its host's region. A message that finds room in
 * the window goes at once, in segments of its own; what has to wait for the window is a stream of bytes, and
 * segments are cut from it as long as can be (RFC 9293, 3.9.1.2). A packet names the control block it is for,
 * so ports need not be unique, and may be used again at once. */
#ifndef SIM_NET_NATIVE_TCP_H
#define SIM_NET_NATIVE_TCP_H

#include "sim/net/native/internal.h"

#define TCP_WINDOW      65535U
#define TCP_NO_LISTENER UINT8_MAX
#define TCP_CWND_MAX    (1U << 24)
/* In-order segments that are acknowledged together (RFC 1122 4.2.3.2). The count starts full, so the first of
 * a connection is acknowledged at once. */
#define TCP_SEGMENTS_PER_ACK 2

enum tcp_state { TCP_FREE, TCP_SYN_SENT, TCP_SYN_RCVD, TCP_OPEN, TCP_TIME_WAIT };

enum tcp_flag {
    CONN_CLOSING = 1 << 0,            /* the owner has closed: FIN after what is queued */
    CONN_FIN_ACKED = 1 << 1,          /* the peer has our FIN */
    CONN_PEER_FIN = 1 << 2,           /* we have the peer's FIN and all before it */
    CONN_PEER_FIN_DELIVERED = 1 << 3, /* the peer's FIN was handed over, after everything before it */
    CONN_PASSIVE = 1 << 4,            /* the peer's FIN came before ours was sent */
    CONN_ACCEPTED = 1 << 5,           /* listener's end: the owner may know of it */
    CONN_COUNTED = 1 << 6,            /* listener's end: takes one of accepted_max */
    CONN_WAITING = 1 << 7,            /* listener's end: in the wait list */
    CONN_ACK_NOW = 1 << 8,            /* to be acknowledged when the segment has been handled */
    CONN_HANDLING = 1 << 9,        /* the owner has a message: what it sends waits for the acknowledgment */
    CONN_IDLE_EVENT = 1 << 10,     /* an idle event is pending */
    CONN_RECOVERY = 1 << 11,       /* fast recovery until `recover` is acknowledged */
    CONN_OWNER_NOTIFIED = 1 << 12, /* the owner's closed() was called */
    CONN_PARTIAL = 1 << 13         /* in fast recovery: a partial acknowledgment has come */
};

struct tcp_conn {
    uint32_t index;      /* its own; the pool's when free */
    uint32_t generation; /* 0: free */
    uint32_t host, peer;
    struct net_conn other; /* the peer's control block, once known */
    uint64_t user;
    net_framer *framer;

    /* Sending: messages from `una` on; `cursor` holds the byte at `nxt`, NULL if that is behind them all. */
    struct net_message *head, *tail, *cursor;
    uint32_t head_seq;           /* of the first byte of head */
    uint32_t una, nxt, max, end; /* oldest unacknowledged, next, highest ever sent, behind the last queued */
    uint32_t given;              /* up to here segments are cut without looking where messages end */
    GArray *cuts;                /* where segments that are out end, see tcp_cut.c; NULL: as messages do */
    uint32_t cwnd, ssthresh, recover;
    uint32_t timed_seq;         /* this acknowledgment gives a round-trip time */
    int64_t timed_ns;           /* CLOCK_NEVER: nothing is timed */
    int64_t srtt_ns, rttvar_ns; /* srtt 0: nothing measured yet */

    /* Timers: when they are due, CLOCK_NEVER if not at all; when the pending event of rto and idle comes,
     * which may be earlier; and what cancels the events. */
    int64_t rto_due_ns, rto_event_ns, ack_due_ns, idle_due_ns;
    uint64_t rto_timeout, ack_timeout, idle_timeout;

    /* Receiving: packets from `done` on, sorted; those before `rcv_nxt` without a gap. */
    struct packet *rx;
    uint32_t rcv_nxt, done;

    uint32_t hash_next, wait_prev, wait_next;
    uint16_t port, peer_port;
    uint16_t cursor_offset;
    uint16_t flags;
    uint16_t acked_rest; /* acknowledged bytes that do not make a whole segment yet: tcp_grow_window() */
    uint8_t state, listener, duplicate_acks, retries, ack_count;
};

/* A place in the queue of messages. */
struct tcp_place {
    struct net_message *message;
    uint32_t offset;
};

/* Whether sequence number a comes before b (RFC 9293, 3.4). */
static inline bool seq_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

/* The control block of an index of the pool. */
static inline struct tcp_conn *tcp_at(const struct native_region *region, uint32_t index)
{
    return pool_at(&region->conns, index);
}

/* The live control block of a handle, or NULL. */
static inline struct tcp_conn *tcp_find(const struct native_region *region, struct net_conn handle)
{
    if (handle.index >= region->conns.top || handle.generation == 0)
        return NULL;
    struct tcp_conn *conn = tcp_at(region, handle.index);
    /* Of many connections none is in the cache: have all its lines fetched at once. */
    for (size_t line = FREE_LIST_ALIGNMENT; line < sizeof *conn; line += FREE_LIST_ALIGNMENT)
        __builtin_prefetch((const char *)conn + line, 1);
    return conn->generation == handle.generation ? conn : NULL;
}

/* The handle that its owner has. */
static inline struct net_conn tcp_handle(const struct tcp_conn *conn)
{
    return (struct net_conn){conn->index, conn->generation};
}

/* tcp_conn.c: life and death of control blocks */
/* Of a region: no connections; and frees what is left of them. */
void tcp_init(struct native_region *region);
void tcp_clear(struct native_region *region);
/* A control block for an end of `host`, its sequence numbers drawn, its state not yet set. The initial
 * sequence number is that of RFC 6528: a clock of 4 us, and a function of both hosts, the client's port and a
 * secret, the seed. */
struct tcp_conn *tcp_new(struct native_region *region, uint32_t host, uint32_t peer, uint16_t client_port);
/* Takes the end out of everything and frees it, silently. */
void tcp_free(struct native_region *region, struct tcp_conn *conn);
/* Frees the end and calls closed() of its owner, unless that one has closed or aborted it. */
void tcp_fail(struct native_region *region, struct tcp_conn *conn, enum net_close_reason reason);
/* After an acknowledged or received FIN: on to the next state. May free the end. */
void tcp_fin_progress(struct native_region *region, struct tcp_conn *conn);
/* The owner has nothing more to say: FIN after what is queued. Nothing happens the second time. */
void tcp_start_close(struct native_region *region, struct tcp_conn *conn);

/* net.h's calls. */
struct net_conn tcp_connect(struct net_region *at, uint32_t from, uint32_t to, uint16_t port,
                            net_framer *framer);
void tcp_set_user(struct net_region *at, struct net_conn handle, uint64_t user);
bool tcp_send(struct net_region *at, struct net_conn handle, struct net_message *message);
void tcp_close(struct net_region *at, struct net_conn handle);
void tcp_abort(struct net_region *at, struct net_conn handle);

/* tcp_output.c: sending */
/* A segment without data, and one that only acknowledges. */
void tcp_send_control(struct native_region *region, struct tcp_conn *conn, uint32_t seq, unsigned flags);
void tcp_send_ack(struct native_region *region, struct tcp_conn *conn);
/* Answers a segment that belongs to no connection. */
void tcp_send_reset_to(struct native_region *region, const struct packet *packet);
/* Sends what the windows allow, then FIN if the owner has closed. */
void tcp_push(struct native_region *region, struct tcp_conn *conn);
/* Sends the oldest unacknowledged segment again. */
void tcp_send_oldest(struct native_region *region, struct tcp_conn *conn);

/* tcp_cut.c: lengths of segments. Of one that goes out for the first time at `nxt`, from that place of the
 * queue on; of the one that went out at seq; of the one to be sent at `nxt` after a timeout. */
uint32_t tcp_cut_new(const struct native_region *region, struct tcp_conn *conn, struct tcp_place from);
uint32_t tcp_cut_sent(const struct native_region *region, const struct tcp_conn *conn, struct tcp_place from,
                      uint32_t seq);
uint32_t tcp_cut_again(const struct native_region *region, struct tcp_conn *conn, struct tcp_place from);
/* There is a list, and `una` has moved. */
void tcp_cut_acknowledged(struct tcp_conn *conn);
/* Forgets the list. */
void tcp_cut_clear(struct tcp_conn *conn);

/* tcp_ack.c: acknowledgments and congestion control */
void tcp_acknowledged(struct native_region *region, struct tcp_conn *conn, const struct packet *packet);
/* The retransmission timer has expired: back to one segment. */
void tcp_collapse(struct native_region *region, struct tcp_conn *conn);
/* The retransmission timeout as it is now, doubled for each retry. */
int64_t tcp_rto(const struct native_region *region, const struct tcp_conn *conn);
/* Takes the time of the segment that ends at end_seq, unless one is timed already. */
void tcp_time_segment(struct native_region *region, struct tcp_conn *conn, uint32_t end_seq);

/* tcp_input.c: a segment has arrived; it is freed */
void tcp_input(struct native_region *region, struct packet *packet);

/* tcp_receive.c: the received stream */
/* Puts a segment with data or FIN in its place; takes the packet. True if its acknowledgment may wait. */
bool tcp_receive(struct native_region *region, struct tcp_conn *conn, struct packet *packet);
/* Hands whole messages to the owner, and the peer's FIN. The end may be gone afterwards. */
void tcp_deliver(struct native_region *region, struct tcp_conn *conn);
/* Throws away all that was received and not handed over. */
void tcp_free_received(struct native_region *region, struct tcp_conn *conn);

/* tcp_listen.c */
/* Listeners of the configuration; and frees what a region has for them. */
void tcp_listen_init(struct native *native);
void tcp_listen_clear(struct native_region *region);
/* A SYN without ACK has come. */
void tcp_listen_syn(struct native_region *region, const struct packet *packet);
/* The handshake is complete. */
void tcp_listen_established(struct native_region *region, struct tcp_conn *conn);
/* The owner is done with an accepted end. */
void tcp_listen_release(struct native_region *region, struct tcp_conn *conn);
/* The end is being freed. */
void tcp_listen_forget(struct native_region *region, struct tcp_conn *conn);
/* EVENT_ACCEPT: those that wait, as long as there is room. */
void tcp_listen_accept(struct native_region *region, uint32_t listener);

/* tcp_timer.c */
enum tcp_timer { TCP_TIMER_RTO, TCP_TIMER_ACK, TCP_TIMER_IDLE };
#define TCP_TIMER_BITS 2
/* Retransmission, TIME_WAIT and FIN_WAIT_2 never need a timer at the same time: they share one. */
void tcp_set_rto(struct native_region *region, struct tcp_conn *conn, int64_t delay_ns);
/* As tcp_set_rto(), but without leaving an earlier event pending: for the last wait of a connection. */
void tcp_set_last(struct native_region *region, struct tcp_conn *conn, int64_t delay_ns);
/* The delayed acknowledgment. */
void tcp_set_ack(struct native_region *region, struct tcp_conn *conn);
void tcp_cancel_ack(struct native_region *region, struct tcp_conn *conn);
/* All timers of an end that is being freed. */
void tcp_cancel_timers(struct native_region *region, struct tcp_conn *conn);
/* Something came or went: an accepted end is not idle. */
void tcp_touch_idle(struct native_region *region, struct tcp_conn *conn);
/* EVENT_TCP_TIMER. */
void tcp_timer_event(struct native_region *region, const struct kernel_event *event);

#endif
