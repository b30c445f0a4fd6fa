/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP: from segments to whole messages.
 *
 * Segments wait in one sorted list, what hung together taken apart and without overlaps: from `done` to
 * `rcv_nxt` without a gap, then those that came early.
 * Nothing is copied while segments follow one another in the sender's message: the framer and the owner get a
 * view into that. Only a framed message that the sender wrote in pieces, or a damaged segment, is put
 * together. Of a message with a content that comes as it was sent, there need not be any bytes. */
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

/* The packet behind this one, if its data are received without a gap; else NULL. */
static const struct packet *tcp_next_received(const struct tcp_conn *conn, const struct packet *packet)
{
    const struct packet *next = packet->next;

    return next && seq_before(next->seq, conn->rcv_nxt) && next->length ? next : NULL;
}

/* If what starts at `done` is a message with a content, that message, and whether all of it is there.
 * NULL: it is not, or something else follows in its middle; then bytes have to tell. */
static const struct net_message *tcp_content_received(const struct tcp_conn *conn, bool *whole)
{
    const struct packet *packet = conn->rx;
    const struct net_message *message = packet->message;

    if (!message->has_content || packet->offset + (conn->done - packet->seq) != 0)
        return NULL;
    uint32_t have = packet->length;
    while (have < message->length && (packet = tcp_next_received(conn, packet)) != NULL) {
        if (packet->message != message || packet->offset != have)
            return NULL;
        have += packet->length;
    }
    *whole = have == message->length;
    return message;
}

/* Bytes from `done` on that follow one another in the sender's memory. */
static struct bytes tcp_view_received(const struct tcp_conn *conn, bool *more)
{
    const struct packet *packet = conn->rx;
    struct bytes view = {NULL, 0};
    uint32_t skip = conn->done - packet->seq;

    *more = true;
    if (packet->message->has_content)
        return view;
    view = packet_payload(packet);
    view.at += skip;
    view.len -= skip;
    while ((packet = tcp_next_received(conn, packet)) != NULL) {
        if (packet->message->has_content || packet_payload(packet).at != view.at + view.len)
            return view;
        view.len += packet->length;
    }
    *more = false;
    return view;
}

/* Bytes of a packet's data from `skip` on. */
static void tcp_copy_received(struct native_region *region, const struct packet *packet, uint32_t skip,
                              uint8_t *to, size_t length)
{
    uint8_t written[NET_MESSAGE_BYTES_MAX];

    if (!packet->message->has_content) {
        memcpy(to, packet_payload(packet).at + skip, length);
        return;
    }
    region->native->config.handlers->write(&region->base, packet->message, written);
    memcpy(to, written + packet->offset + skip, length);
}

static struct bytes tcp_gather_received(struct native_region *region, const struct tcp_conn *conn)
{
    uint32_t skip = conn->done - conn->rx->seq;
    size_t length = 0;

    for (const struct packet *packet = conn->rx; packet && length < sizeof region->scratch;
         packet = tcp_next_received(conn, packet)) {
        size_t take = MIN(packet->length - skip, sizeof region->scratch - length);

        tcp_copy_received(region, packet, skip, region->scratch + length, take);
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

/* A message at `done` as the receiver's framer sees it. */
struct tcp_framed {
    int64_t length;      /* 0: not whole yet; -1: none can come */
    struct bytes view;   /* of that and more; without an address if there is a content */
    const void *content; /* NULL: bytes */
};

/* Hands over one framed message. Its packets are out of the list before: the owner may drop the
 * connection. */
static void tcp_hand_over(struct native_region *region, struct tcp_conn *conn,
                          const struct tcp_framed *framed)
{
    const struct packet *last = conn->rx;
    uint32_t end = conn->done + (uint32_t)framed->length;

    while (seq_before(last->seq + last->length, end))
        last = last->next;
    const struct net_delivery delivery = {
        .host = conn->host,
        .peer = conn->peer,
        .bytes = bytes_of(framed->view.at, (size_t)framed->length),
        .content = framed->content,
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

static struct tcp_framed tcp_frame_bytes(struct native_region *region, struct tcp_conn *conn)
{
    struct tcp_framed framed = {0};
    bool more;

    framed.view = tcp_view_received(conn, &more);
    framed.length = conn->framer(framed.view);
    if (framed.length == 0 && more) {
        framed.view = tcp_gather_received(region, conn);
        framed.length = conn->framer(framed.view);
    }
    if (framed.length > NET_MESSAGE_BYTES_MAX ||
        (framed.length == 0 && framed.view.len >= NET_MESSAGE_BYTES_MAX))
        framed.length = -1;
    g_assert(framed.length <= (int64_t)framed.view.len);
    return framed;
}

/* A message with a content is framed as its bytes would be: work() holds the framer to its length. */
static struct tcp_framed tcp_frame(struct native_region *region, struct tcp_conn *conn)
{
    bool whole;
    const struct net_message *message = tcp_content_received(conn, &whole);

    if (message == NULL)
        return tcp_frame_bytes(region, conn);
    if (!whole)
        return (struct tcp_framed){.length = 0};
    return (struct tcp_framed){.length = message->length, .content = native_content(region, message)};
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

        if (conn->done == data_end) {
            if (conn->flags & CONN_PEER_FIN)
                tcp_hand_over_fin(region, conn);
            return;
        }
        const struct tcp_framed framed = tcp_frame(region, conn);
        if (framed.length < 0 || (framed.length == 0 && conn->flags & CONN_PEER_FIN)) {
            tcp_break_stream(region, conn);
            return;
        }
        if (framed.length == 0)
            return;
        tcp_hand_over(region, conn, &framed);
        conn = tcp_find(region, handle);
        if (conn)
            conn->flags &= (uint16_t)~CONN_HANDLING;
    }
}
