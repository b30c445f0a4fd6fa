/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages on a stream. ns-3 carries the bytes; the messages themselves stay in their sender's list until the
 * other end has handed their last byte over. Nothing is copied on the way in but the start of a message that
 * came in pieces. */
#include "sim/net/ns3/internal.h"

#define PACE_NS 2

/* --- out ------------------------------------------------------------------------------------------------ */

static void ns3_stream_note_kind(struct ns3_conn *conn, const struct net_message *message)
{
    if (!conn->sent_kinds)
        conn->sent_kinds = g_array_new(FALSE, FALSE, sizeof(struct ns3_sent));
    const GArray *kinds = conn->sent_kinds;
    uint64_t start = kinds->len ? g_array_index(kinds, struct ns3_sent, kinds->len - 1).end : 0;
    struct ns3_sent sent = {start + message->length, message->kind};
    g_array_append_val(conn->sent_kinds, sent);
}

bool ns3_tcp_send(struct net_region *at, struct net_conn handle, struct net_message *message)
{
    struct ns3_net *net = ns3_net_of(at);
    struct ns3_conn *conn = ns3_conn_live(net, handle);

    g_assert(message->length > 0 && message->length <= message->capacity);
    net->ledger[message->kind].sent++;
    if (!conn || conn->flags & CONN_CLOSING) {
        net->ledger[message->kind].lost++;
        ns3_message_free(net, message);
        return false;
    }
    message->next = NULL;
    if (conn->head)
        conn->tail->next = message;
    else
        conn->head = message;
    conn->tail = message;
    if (!conn->cursor)
        conn->cursor = message;
    if (net->access.named)
        ns3_stream_note_kind(conn, message);
    ns3_stream_push(conn);
    return true;
}

static void ns3_stream_on_paced(void *user, uint64_t generation)
{
    struct ns3_conn *conn = user;

    if (conn->generation != generation)
        return;
    conn->pacer = 0;
    ns3_stream_push(conn);
}

/* ns-3 sends a nanosecond after it was called, and all that it has by then: messages of one instant, and
 * those that wait for the connection, would become one segment. So it gets them one by one. */
static bool ns3_stream_must_wait(struct ns3_conn *conn)
{
    int64_t now_ns = ns3c_now(conn->net->sim);

    if (conn->cursor_taken > 0 || conn->pacer)
        return conn->cursor_taken == 0;
    if (!(conn->flags & CONN_CONNECTED))
        return conn->cursor != conn->head;
    if (now_ns >= conn->free_ns)
        return false;
    if (ns3c_schedule(conn->net->sim, conn->free_ns - now_ns, ns3_stream_on_paced, conn, conn->generation,
                      &conn->pacer) != NS3C_OK)
        g_error("ns-3 takes no event: %s", ns3_why());
    return true;
}

void ns3_stream_push(struct ns3_conn *conn)
{
    if (!conn->tcp)
        return;
    while (conn->cursor) {
        if (ns3_stream_must_wait(conn))
            return;
        const struct net_message *message = conn->cursor;
        size_t left = message->length - conn->cursor_taken;
        size_t taken = ns3c_tcp_send(conn->tcp, message->bytes + conn->cursor_taken, left);

        conn->cursor_taken += (uint32_t)taken;
        if (taken < left)
            return;
        conn->cursor = message->next;
        conn->cursor_taken = 0;
        conn->free_ns = ns3c_now(conn->net->sim) + PACE_NS;
    }
    if (conn->flags & CONN_CLOSING && conn->flags & CONN_CONNECTED && !(conn->flags & CONN_SHUT)) {
        conn->flags |= CONN_SHUT;
        ns3c_tcp_shutdown(conn->tcp);
    }
    ns3_conn_touch(conn);
}

void ns3_stream_lose(struct ns3_conn *conn)
{
    while (conn->head) {
        struct net_message *message = conn->head;

        conn->head = message->next;
        conn->net->ledger[message->kind].lost++;
        ns3_message_free(conn->net, message);
    }
    conn->cursor = NULL;
}

unsigned ns3_stream_kind(const struct ns3_conn *conn, uint64_t offset, unsigned otherwise)
{
    if (!conn->sent_kinds)
        return otherwise;
    for (guint i = 0; i < conn->sent_kinds->len; i++) {
        const struct ns3_sent *sent = &g_array_index(conn->sent_kinds, struct ns3_sent, i);
        if (offset < sent->end)
            return sent->kind;
    }
    return otherwise;
}

/* --- in ------------------------------------------------------------------------------------------------- */

/* What the sender knows of a framed message: kind and mark of its message that holds the last byte, and all
 * its messages that end in it, taken out of its list. */
struct origin {
    struct net_message *ended;
    int64_t mark_ns;
    uint8_t kind;
};

static struct origin ns3_stream_take_origin(struct ns3_conn *sender, uint64_t end)
{
    struct origin origin = {NULL, 0, 0};
    struct net_message **place = &origin.ended;

    while (sender->head && sender->head_offset < end) {
        struct net_message *message = sender->head;

        origin.mark_ns = message->mark_ns;
        origin.kind = message->kind;
        if (sender->head_offset + message->length > end)
            break;
        sender->head_offset += message->length;
        sender->head = message->next;
        message->next = NULL;
        *place = message;
        place = &message->next;
    }
    return origin;
}

static void ns3_stream_hand_over(struct ns3_conn *conn, struct bytes bytes)
{
    struct ns3_net *net = conn->net;
    struct ns3_conn *sender = ns3_conn_find(net, conn->peer);
    struct origin origin = {NULL, 0, 0};

    conn->received += bytes.len;
    if (sender)
        origin = ns3_stream_take_origin(sender, conn->received);
    const struct net_delivery delivery = {
        .host = conn->host,
        .peer = conn->peer_host,
        .bytes = bytes,
        .mark_ns = origin.mark_ns,
        .kind = origin.kind,
    };
    struct net_region *at = ns3_enter(net, conn->host, CALL_MESSAGE, (uint64_t)origin.kind << 32 | bytes.len);
    /* The owner may end the connection. */
    enum net_verdict verdict =
        net->config.handlers->message(at, &delivery, ns3_conn_handle(conn), conn->user);
    while (origin.ended) {
        struct net_message *message = origin.ended;

        origin.ended = message->next;
        ns3_ledger_verdict(net, message->kind, verdict);
        ns3_message_free(net, message);
    }
}

static void ns3_stream_keep_partial(struct ns3_conn *conn, struct bytes rest)
{
    conn->partial = ns3_message_take(conn->net, 0, rest.len);
    memcpy(conn->partial->bytes, rest.at, rest.len);
    conn->partial->length = (uint32_t)rest.len;
}

/* Message by message; false if the end has gone meanwhile. */
static bool ns3_stream_deliver(struct ns3_conn *conn, struct bytes view)
{
    struct ns3_net *net = conn->net;
    struct net_conn handle = ns3_conn_handle(conn);

    while (view.len > 0) {
        int64_t length = conn->framer(view);

        if (length < 0 || length > NET_MESSAGE_BYTES_MAX ||
            (length == 0 && view.len >= NET_MESSAGE_BYTES_MAX)) {
            ns3_conn_break(conn, NET_CLOSED_PROTOCOL);
            return false;
        }
        if (length == 0) {
            ns3_stream_keep_partial(conn, view);
            return true;
        }
        g_assert((size_t)length <= view.len);
        ns3_stream_hand_over(conn, bytes_of(view.at, (size_t)length));
        if (!ns3_conn_live(net, handle))
            return false;
        view.at += length;
        view.len -= (size_t)length;
    }
    return true;
}

bool ns3_stream_pull(struct ns3_conn *conn)
{
    struct ns3_net *net = conn->net;

    while (conn->tcp && ns3c_tcp_readable(conn->tcp) > 0) {
        size_t have = 0, got;

        ns3_conn_touch(conn);
        if (conn->partial) {
            have = conn->partial->length;
            memcpy(net->scratch, conn->partial->bytes, have);
            ns3_message_free(net, conn->partial);
            conn->partial = NULL;
        }
        got = ns3c_tcp_receive(conn->tcp, net->scratch + have, NS3_SCRATCH_BYTES - have);
        if (got == 0)
            g_error("%s", ns3_why()); /* out of memory: it would stay readable forever */
        if (!ns3_stream_deliver(conn, bytes_of(net->scratch, have + got)))
            return false;
    }
    return true;
}
