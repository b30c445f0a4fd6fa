/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: making segments and sending what the windows allow. */
#include "sim/net/native/tcp.h"

static struct packet *tcp_new_segment(struct native_region *region, const struct tcp_conn *conn, uint32_t seq,
                                      unsigned flags)
{
    struct packet *packet = packet_new(region);
    unsigned options = flags & TCP_SYN ? TCP_MSS_OPTION_BYTES : 0;

    *packet = (struct packet){
        .from = conn->host,
        .to = conn->peer,
        .seq = seq,
        .ack = flags & TCP_ACK ? conn->rcv_nxt : 0,
        .source = tcp_handle(conn),
        .target = conn->other,
        .from_port = conn->port,
        .to_port = conn->peer_port,
        .size = (uint16_t)(region->native->ip_header_bytes + TCP_HEADER_BYTES + options),
        .flags = (uint8_t)flags,
    };
    return packet;
}

/* Every segment that is sent acknowledges what has come so far. */
static void tcp_acknowledgment_sent(struct native_region *region, struct tcp_conn *conn)
{
    conn->flags &= (uint16_t)~CONN_ACK_NOW;
    conn->ack_count = 0;
    tcp_cancel_ack(region, conn);
}

void tcp_send_control(struct native_region *region, struct tcp_conn *conn, uint32_t seq, unsigned flags)
{
    if (flags & TCP_ACK)
        tcp_acknowledgment_sent(region, conn);
    packet_send(region, tcp_new_segment(region, conn, seq, flags));
}

void tcp_send_ack(struct native_region *region, struct tcp_conn *conn)
{
    tcp_send_control(region, conn, conn->nxt, TCP_ACK);
}

void tcp_send_reset_to(struct native_region *region, const struct packet *packet)
{
    struct packet *reset = packet_new(region);
    bool has_ack = packet->flags & TCP_ACK;
    unsigned phantom = (packet->flags & TCP_SYN ? 1 : 0) + (packet->flags & TCP_FIN ? 1 : 0);

    *reset = (struct packet){
        .from = packet->to,
        .to = packet->from,
        .seq = has_ack ? packet->ack : 0,
        .ack = has_ack ? 0 : packet->seq + packet->length + phantom,
        .source = packet->target,
        .target = packet->source,
        .from_port = packet->to_port,
        .to_port = packet->from_port,
        .size = (uint16_t)(region->native->ip_header_bytes + TCP_HEADER_BYTES),
        .flags = has_ack ? TCP_RST : TCP_RST | TCP_ACK,
    };
    packet_send(region, reset);
}

/* Puts as much of `length` bytes into the packet as are of its message; returns how much. */
static uint32_t tcp_load_packet(struct packet *packet, struct tcp_place from, uint32_t length)
{
    uint32_t left = from.message->length - from.offset;
    uint32_t part = length < left ? length : left;

    message_ref(from.message);
    packet->message = from.message;
    packet->offset = (uint16_t)from.offset;
    packet->length = (uint16_t)part;
    return part;
}

/* Sends a segment; returns the place behind it. */
static struct tcp_place tcp_send_data(struct native_region *region, struct tcp_conn *conn,
                                      struct tcp_place from, uint32_t seq, uint32_t length)
{
    struct packet *packet = tcp_new_segment(region, conn, seq, TCP_ACK), *last = packet;

    packet->size = (uint16_t)(packet->size + length);
    uint32_t part = tcp_load_packet(packet, from, length);
    while (part < length) {
        struct packet *more = packet_new(region);

        seq += part;
        length -= part;
        *more = (struct packet){.from = packet->from, .to = packet->to, .seq = seq, .flags = TCP_ACK};
        from = (struct tcp_place){from.message->next, 0};
        part = tcp_load_packet(more, from, length);
        last->flags |= PACKET_MORE;
        last->next = more;
        last = more;
    }
    from.offset += part;
    if (from.offset == from.message->length) {
        packet->flags |= TCP_PSH;
        from = (struct tcp_place){from.message->next, 0};
    }
    tcp_acknowledgment_sent(region, conn);
    packet_send(region, packet);
    return from;
}

static uint32_t tcp_send_window(const struct native_region *region, const struct tcp_conn *conn)
{
    uint32_t window = conn->cwnd;

    /* Limited transmit, RFC 3042: the first two duplicates allow a new segment each. */
    if (!(conn->flags & CONN_RECOVERY))
        window += conn->duplicate_acks * region->native->config.mss;
    return window < TCP_WINDOW ? window : TCP_WINDOW;
}

/* A segment is leaving that ends before end_seq. */
static void tcp_segment_sent(struct native_region *region, struct tcp_conn *conn, uint32_t end_seq)
{
    if (seq_before(conn->nxt, conn->max)) {
        region->counters[NETWORK_tcp_retransmissions]++;
    } else {
        tcp_time_segment(region, conn, end_seq);
        conn->max = end_seq;
    }
    conn->nxt = end_seq;
    if (conn->rto_due_ns == CLOCK_NEVER)
        tcp_set_rto(region, conn, tcp_rto(region, conn));
}

/* Sends the next segment if it fits into the window. One that could be longer waits until it can: RFC 9293,
 * 3.8.6.2.1. */
static bool tcp_send_next(struct native_region *region, struct tcp_conn *conn, uint32_t window)
{
    uint32_t seq = conn->nxt, data = conn->given - seq, mss = region->native->config.mss;

    if (seq != conn->una && seq - conn->una + (data < mss ? data : mss) > window)
        return false;
    struct tcp_place from = {conn->cursor, conn->cursor_offset};
    uint32_t length =
        seq_before(seq, conn->max) ? tcp_cut_again(region, conn, from) : tcp_cut_new(region, conn, from);

    tcp_segment_sent(region, conn, seq + length);
    from = tcp_send_data(region, conn, from, seq, length);
    conn->cursor = from.message;
    conn->cursor_offset = (uint16_t)from.offset;
    return true;
}

void tcp_push(struct native_region *region, struct tcp_conn *conn)
{
    uint32_t window = tcp_send_window(region, conn);

    while (conn->cursor) {
        if (conn->nxt == conn->given)
            conn->given += conn->cursor->length;
        if (!tcp_send_next(region, conn, window)) {
            conn->given = conn->end;
            break;
        }
    }
    if (conn->flags & CONN_CLOSING && conn->nxt == conn->end) {
        tcp_segment_sent(region, conn, conn->end + 1);
        tcp_send_control(region, conn, conn->end, TCP_FIN | TCP_ACK);
    }
    tcp_touch_idle(region, conn);
}

void tcp_send_oldest(struct native_region *region, struct tcp_conn *conn)
{
    region->counters[NETWORK_tcp_retransmissions]++;
    conn->timed_ns = CLOCK_NEVER;
    if (!conn->head) {
        tcp_send_control(region, conn, conn->end, TCP_FIN | TCP_ACK);
        return;
    }
    struct tcp_place from = {conn->head, conn->una - conn->head_seq};
    tcp_send_data(region, conn, from, conn->una, tcp_cut_sent(region, conn, from, conn->una));
}
