/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: from segments to whole messages.
 *
 * Segments wait in one sorted list, what hung together taken apart and without overlaps: from `done` to
 * `rcv_nxt` without a gap, then those that came early.
 * Nothing is copied while segments follow one another in the sender's message: the framer and the owner get a
 * view into that. Only a framed message that the sender wrote in pieces, or a damaged segment, is put
 * together. */
#include "sim/net/native/tcp.h"

static uint32_t tcp_segment_end(const struct packet *packet)
{
    return packet->seq + packet->length + (packet->flags & TCP_FIN ? 1 : 0);
}

void tcp_free_received(struct native_region *region, struct tcp_conn *conn)
{
    while (conn->rx) {
        struct packet *packet = conn->rx;
        conn->rx = packet->next;
        packet_free(region, packet);
    }
}

/* True if nothing lies beyond a gap. */
static bool tcp_advance_received(struct tcp_conn *conn)
{
    for (const struct packet *packet = conn->rx; packet; packet = packet->next) {
        if (seq_before(packet->seq, conn->rcv_nxt))
            continue;
        if (packet->seq != conn->rcv_nxt)
            return false;
        conn->rcv_nxt = tcp_segment_end(packet);
        if (packet->flags & TCP_FIN) {
            conn->flags |= CONN_PEER_FIN | CONN_ACK_NOW;
            if (!seq_before(conn->end, conn->max))
                conn->flags |= CONN_PASSIVE;
        }
    }
    return true;
}

/* Puts what is new of it into the list, and frees it if nothing is. Where segments were cut otherwise when
 * they were sent again, what lies within this one goes. */
static void tcp_insert_received(struct native_region *region, struct tcp_conn *conn, struct packet *packet)
{
    struct packet **place = &conn->rx;
    uint32_t from = packet->seq, end = tcp_segment_end(packet);

    if (seq_before(from, conn->rcv_nxt))
        from = conn->rcv_nxt;
    while (*place && !seq_before(from, (*place)->seq)) {
        if (seq_before(from, tcp_segment_end(*place)))
            from = tcp_segment_end(*place);
        place = &(*place)->next;
    }
    if (!seq_before(from, end)) {
        packet_free(region, packet);
        return;
    }
    if (seq_before(packet->seq, from)) {
        packet->offset = (uint16_t)(packet->offset + (from - packet->seq));
        packet->length = (uint16_t)(packet->length - (from - packet->seq));
        packet->seq = from;
    }
    while (*place && !seq_before(end, tcp_segment_end(*place))) {
        struct packet *within = *place;
        *place = within->next;
        packet_free(region, within);
    }
    if (*place && seq_before((*place)->seq, end))
        packet->length = (uint16_t)((*place)->seq - packet->seq);
    packet->next = *place;
    *place = packet;
}

/* Takes apart what hangs together. */
static void tcp_insert_each_received(struct native_region *region, struct tcp_conn *conn,
                                     struct packet *packet)
{
    while (packet) {
        struct packet *next = packet->flags & PACKET_MORE ? packet->next : NULL;

        packet->flags &= (uint8_t)~PACKET_MORE;
        tcp_insert_received(region, conn, packet);
        packet = next;
    }
}

bool tcp_receive(struct native_region *region, struct tcp_conn *conn, struct packet *packet)
{
    uint32_t seq = packet->seq, expected = conn->rcv_nxt;
    bool has_data = packet->length;
    const struct packet *last = packet;

    while (last->flags & PACKET_MORE)
        last = last->next;
    uint32_t end = tcp_segment_end(last);
    /* A window of TCP_WINDOW from the first byte not handed over; outside it, and what we have: only ACK. */
    if (!seq_before(expected, end) || end - conn->done > TCP_WINDOW) {
        conn->flags |= CONN_ACK_NOW;
        packet_free(region, packet);
        return false;
    }
    if (!conn->rx && seq == expected && last == packet) {
        packet->next = NULL;
        conn->rx = packet;
    } else {
        tcp_insert_each_received(region, conn, packet);
    }
    /* Out of order, or filling a gap: the sender must know at once (RFC 5681, 4.2). */
    bool in_order = !seq_before(expected, seq) && tcp_advance_received(conn) && conn->rcv_nxt == end;
    if (!in_order)
        conn->flags |= CONN_ACK_NOW;
    return in_order && has_data;
}

/* Bytes from `done` on that follow one another in the sender's memory. */
static struct bytes tcp_view_received(const struct tcp_conn *conn, bool *more)
{
    const struct packet *packet = conn->rx;
    struct bytes view = packet_payload(packet);
    uint32_t skip = conn->done - packet->seq;

    view.at += skip;
    view.len -= skip;
    for (packet = packet->next; packet && seq_before(packet->seq, conn->rcv_nxt) && packet->length;
         packet = packet->next) {
        struct bytes next = packet_payload(packet);
        if (next.at != view.at + view.len) {
            *more = true;
            return view;
        }
        view.len += next.len;
    }
    *more = false;
    return view;
}

static struct bytes tcp_gather_received(struct native_region *region, const struct tcp_conn *conn)
{
    uint32_t skip = conn->done - conn->rx->seq;
    size_t length = 0;

    for (const struct packet *packet = conn->rx;
         packet && seq_before(packet->seq, conn->rcv_nxt) && length < sizeof region->scratch;
         packet = packet->next) {
        struct bytes part = packet_payload(packet);
        size_t room = sizeof region->scratch - length;
        size_t take = part.len - skip < room ? part.len - skip : room;

        if (part.len == 0)
            break;
        memcpy(region->scratch + length, part.at + skip, take);
        length += take;
        skip = 0;
    }
    return bytes_of(region->scratch, length);
}

/* Takes the packets out of the list that end at or before `done`; a packet that is needed further stays. */
static struct packet *tcp_take_done(struct tcp_conn *conn)
{
    struct packet *first = conn->rx;
    struct packet **place = &conn->rx;

    while (*place && (*place)->length && !seq_before(conn->done, (*place)->seq + (*place)->length))
        place = &(*place)->next;
    if (place == &conn->rx)
        return NULL;
    conn->rx = *place;
    *place = NULL;
    return first;
}

/* The owner's verdict on a framed message holds for every message of the sender that ended in it. */
static void tcp_ledger_taken(struct native_region *region, struct packet *taken, enum net_verdict verdict)
{
    while (taken) {
        struct packet *packet = taken;
        struct net_message *message = packet_original(packet);

        taken = packet->next;
        if (packet->offset + packet->length == message->length) {
            native_ledger_verdict(region, message->kind, verdict);
            atomic_store_explicit(&message->delivered, MESSAGE_DELIVERED, memory_order_relaxed);
        }
        packet_free(region, packet);
    }
}

/* Hands over one framed message. Its packets are out of the list before: the owner may drop the
 * connection. */
static void tcp_hand_over(struct native_region *region, struct tcp_conn *conn, struct bytes view)
{
    const struct packet *last = conn->rx;
    uint32_t end = conn->done + (uint32_t)view.len;

    while (seq_before(last->seq + last->length, end))
        last = last->next;
    const struct net_delivery delivery = {
        .host = conn->host,
        .peer = conn->peer,
        .bytes = view,
        .mark_ns = last->message->mark_ns,
        .kind = last->message->kind,
    };
    struct net_message *keep = last->message;

    message_ref(keep);
    conn->done = end;
    struct packet *taken = tcp_take_done(conn);
    conn->flags |= CONN_HANDLING;
    enum net_verdict verdict =
        region->native->config.handlers->message(&region->base, &delivery, tcp_handle(conn), conn->user);
    tcp_ledger_taken(region, taken, verdict);
    message_unref(region, keep);
}

/* Length of the message at `done` and a view of it; 0: not whole yet; -1: none can come. */
static int64_t tcp_frame(struct native_region *region, struct tcp_conn *conn, struct bytes *view)
{
    bool more;
    *view = tcp_view_received(conn, &more);
    int64_t length = conn->framer(*view);

    if (length == 0 && more) {
        *view = tcp_gather_received(region, conn);
        length = conn->framer(*view);
    }
    if (length > NET_MESSAGE_BYTES_MAX || (length == 0 && view->len >= NET_MESSAGE_BYTES_MAX))
        return -1;
    g_assert(length <= (int64_t)view->len);
    return length;
}

static void tcp_break_stream(struct native_region *region, struct tcp_conn *conn)
{
    tcp_send_control(region, conn, conn->nxt, TCP_RST | TCP_ACK);
    tcp_fail(region, conn, NET_CLOSED_PROTOCOL);
}

static void tcp_hand_over_fin(struct native_region *region, struct tcp_conn *conn)
{
    struct net_conn handle = tcp_handle(conn);

    conn->flags |= CONN_PEER_FIN_DELIVERED;
    tcp_free_received(region, conn);
    if (conn->flags & CONN_CLOSING)
        return;
    conn->flags |= CONN_OWNER_NOTIFIED;
    region->native->config.handlers->closed(&region->base, conn->host, handle, conn->user,
                                            NET_CLOSED_BY_PEER);
    conn = tcp_find(region, handle);
    if (conn)
        tcp_start_close(region, conn);
}

void tcp_deliver(struct native_region *region, struct tcp_conn *conn)
{
    struct net_conn handle = tcp_handle(conn);
    bool server = conn->listener != TCP_NO_LISTENER;

    while (conn && (!server || conn->flags & CONN_ACCEPTED) && !(conn->flags & CONN_PEER_FIN_DELIVERED)) {
        uint32_t data_end = conn->rcv_nxt - (conn->flags & CONN_PEER_FIN ? 1 : 0);
        struct bytes view;

        if (conn->done == data_end) {
            if (conn->flags & CONN_PEER_FIN)
                tcp_hand_over_fin(region, conn);
            return;
        }
        int64_t length = tcp_frame(region, conn, &view);
        if (length < 0 || (length == 0 && conn->flags & CONN_PEER_FIN)) {
            tcp_break_stream(region, conn);
            return;
        }
        if (length == 0)
            return;
        tcp_hand_over(region, conn, bytes_of(view.at, (size_t)length));
        conn = tcp_find(region, handle);
        if (conn)
            conn->flags &= (uint16_t)~CONN_HANDLING;
    }
}
