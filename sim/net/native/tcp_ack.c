/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: acknowledgments, round-trip times (RFC 6298), congestion control (RFC 5681, NewReno of RFC 6582). */
#include "sim/net/native/tcp.h"

#define CLOCK_GRANULARITY_NS      CLOCK_MILLISECOND
#define DUPLICATES_FOR_RETRANSMIT 3
#define BACKOFF_MAX               30

int64_t tcp_rto(const struct native_region *region, const struct tcp_conn *conn)
{
    const struct network_config *config = &region->native->config;
    int64_t rto_ns = config->rto_initial_ns;

    if (conn->srtt_ns) {
        int64_t spread_ns = 4 * conn->rttvar_ns;
        rto_ns = conn->srtt_ns + (spread_ns > CLOCK_GRANULARITY_NS ? spread_ns : CLOCK_GRANULARITY_NS);
        if (rto_ns < config->rto_min_ns)
            rto_ns = config->rto_min_ns;
    }
    for (unsigned i = 0; i < conn->retries && rto_ns < config->rto_max_ns; i++)
        rto_ns *= 2;
    return rto_ns < config->rto_max_ns ? rto_ns : config->rto_max_ns;
}

void tcp_time_segment(struct native_region *region, struct tcp_conn *conn, uint32_t end_seq)
{
    if (conn->timed_ns != CLOCK_NEVER)
        return;
    conn->timed_ns = region->base.now_ns;
    conn->timed_seq = end_seq;
}

static void tcp_measure(struct tcp_conn *conn, int64_t round_trip_ns)
{
    if (conn->srtt_ns == 0) {
        conn->srtt_ns = round_trip_ns > 0 ? round_trip_ns : 1;
        conn->rttvar_ns = round_trip_ns / 2;
        return;
    }
    int64_t error_ns = round_trip_ns - conn->srtt_ns;
    conn->rttvar_ns += ((error_ns < 0 ? -error_ns : error_ns) - conn->rttvar_ns) >> 2;
    conn->srtt_ns += error_ns >> 3;
    if (conn->srtt_ns < 1)
        conn->srtt_ns = 1;
}

/* Lets go of acknowledged messages, and sets the cursor to `nxt` if that was overtaken. */
static void tcp_advance_queue(struct native_region *region, struct tcp_conn *conn)
{
    while (conn->head && !seq_before(conn->una, conn->head_seq + conn->head->length)) {
        struct net_message *message = conn->head;
        conn->head = message->next;
        conn->head_seq += message->length;
        if (conn->cursor == message) {
            conn->cursor = conn->head;
            conn->cursor_offset = 0;
        }
        message_unref(region, message);
    }
    if (seq_before(conn->nxt, conn->una)) {
        conn->nxt = conn->una;
        conn->cursor = conn->head;
        conn->cursor_offset = (uint16_t)(conn->head ? conn->una - conn->head_seq : 0);
    }
}

/* By bytes (RFC 3465 with L = 1): an acknowledgment counts when a whole segment has come together; what was
 * sent before a timeout, not at all when the last of it is acknowledged. */
static void tcp_grow_window(const struct native_region *region, struct tcp_conn *conn, uint32_t acked)
{
    uint32_t mss = region->native->config.mss;
    uint32_t step = mss;
    uint32_t bytes = conn->acked_rest + acked;

    if (bytes < mss) {
        conn->acked_rest = (uint16_t)bytes;
        return;
    }
    conn->acked_rest = (uint16_t)(bytes % mss);
    if (seq_before(conn->una - acked, conn->recover) && conn->una - conn->recover < mss)
        return;
    if (conn->cwnd >= conn->ssthresh) {
        step = (uint32_t)((uint64_t)mss * mss / conn->cwnd);
        if (step == 0)
            step = 1;
    }
    if (conn->cwnd < TCP_CWND_MAX)
        conn->cwnd += step;
}

static uint32_t tcp_half_flight(const struct native_region *region, const struct tcp_conn *conn)
{
    uint32_t half = (conn->max - conn->una) / 2;
    uint32_t least = 2 * region->native->config.mss;

    return half > least ? half : least;
}

/* RFC 6582 section 3.2, steps 3 to 5; at the end of it cwnd is ssthresh. True if the timer is to run on: only
 * the first partial acknowledgment restarts it. */
static bool tcp_recover(struct native_region *region, struct tcp_conn *conn, uint32_t acked)
{
    uint32_t mss = region->native->config.mss;

    if (!seq_before(conn->una, conn->recover)) {
        conn->cwnd = conn->ssthresh;
        conn->flags &= (uint16_t)~CONN_RECOVERY;
        conn->recover = conn->una - acked; /* counts in full */
        tcp_grow_window(region, conn, acked);
        return false;
    }
    bool first = !(conn->flags & CONN_PARTIAL);
    conn->flags |= CONN_PARTIAL;
    conn->cwnd = (conn->cwnd > acked ? conn->cwnd - acked : 0) + mss;
    tcp_send_oldest(region, conn);
    return !first;
}

static void tcp_new_acknowledgment(struct native_region *region, struct tcp_conn *conn, uint32_t ack)
{
    uint32_t acked = ack - conn->una;

    if (conn->timed_ns != CLOCK_NEVER && !seq_before(ack, conn->timed_seq)) {
        tcp_measure(conn, region->base.now_ns - conn->timed_ns);
        conn->timed_ns = CLOCK_NEVER;
    }
    bool handshake = conn->state != TCP_OPEN;
    conn->una = ack;
    conn->retries = 0;
    conn->duplicate_acks = 0;
    tcp_advance_queue(region, conn);
    if (conn->cuts)
        tcp_cut_acknowledged(conn);
    if (conn->una == conn->end + 1)
        conn->flags |= CONN_FIN_ACKED;
    bool runs_on = false;
    if (conn->flags & CONN_RECOVERY)
        runs_on = tcp_recover(region, conn, acked);
    else if (!handshake)
        tcp_grow_window(region, conn, acked);
    if (conn->una == conn->max)
        conn->rto_due_ns = CLOCK_NEVER;
    else if (!runs_on)
        tcp_set_rto(region, conn, tcp_rto(region, conn));
}

static void tcp_duplicate_acknowledgment(struct native_region *region, struct tcp_conn *conn)
{
    uint32_t mss = region->native->config.mss;

    if (conn->flags & CONN_RECOVERY) {
        if (conn->cwnd < TCP_CWND_MAX)
            conn->cwnd += mss;
        return;
    }
    /* Duplicates caused by what was sent before the last recovery or timeout are no news: only beyond
     * `recover`, the end of that, they count (RFC 6582, 3.2). */
    if (!seq_before(conn->recover, conn->una))
        return;
    if (++conn->duplicate_acks < DUPLICATES_FOR_RETRANSMIT)
        return;
    conn->duplicate_acks = 0;
    conn->ssthresh = tcp_half_flight(region, conn);
    conn->cwnd = conn->ssthresh + DUPLICATES_FOR_RETRANSMIT * mss;
    conn->recover = conn->max;
    conn->flags = (uint16_t)((conn->flags | CONN_RECOVERY) & ~CONN_PARTIAL);
    /* The timer runs on (RFC 6298, 5.1). */
    tcp_send_oldest(region, conn);
}

void tcp_acknowledged(struct native_region *region, struct tcp_conn *conn, const struct packet *packet)
{
    uint32_t ack = packet->ack;

    if (seq_before(conn->una, ack)) {
        if (seq_before(conn->max, ack))
            return; /* of something never sent */
        tcp_new_acknowledgment(region, conn, ack);
    } else if (ack == conn->una && conn->una != conn->max && packet->length == 0 &&
               !(packet->flags & (TCP_SYN | TCP_FIN))) {
        tcp_duplicate_acknowledgment(region, conn);
    }
}

void tcp_collapse(struct native_region *region, struct tcp_conn *conn)
{
    if (conn->retries == 0)
        conn->ssthresh = tcp_half_flight(region, conn);
    conn->cwnd = region->native->config.mss;
    conn->flags &= (uint16_t)~CONN_RECOVERY;
    conn->duplicate_acks = 0;
    conn->recover = conn->max;
    if (conn->retries < BACKOFF_MAX)
        conn->retries++;
    conn->timed_ns = CLOCK_NEVER;
    conn->nxt = conn->una;
    conn->cursor = conn->head;
    conn->cursor_offset = (uint16_t)(conn->head ? conn->una - conn->head_seq : 0);
    tcp_set_rto(region, conn, tcp_rto(region, conn));
    tcp_push(region, conn);
}
