/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One connection, many requests. */
#include "models/diameter_peer.h"

#include <glib.h>

#define MESSAGE_BYTES 1024

void diameter_peer_init(struct diameter_peer *peer, uint32_t host, uint32_t other)
{
    *peer = (struct diameter_peer){.host = host, .peer = other, .conn = NET_CONN_NONE};
}

static struct net_message *encode(struct net_region *at, enum message_kind kind,
                                  const struct diameter_message *message)
{
    struct net_message *out = net_message(at, kind, MESSAGE_BYTES);
    size_t length = 0;
    enum wire_status status = diameter_encode(message, out->bytes, out->capacity, &length);

    g_assert(status == WIRE_OK);
    out->length = (uint32_t)length;
    return out;
}

void diameter_peer_send(struct net_region *at, struct diameter_peer *peer, enum message_kind kind,
                        const struct diameter_message *message)
{
    struct net_message *out;

    if (peer->conn.index == NET_CONN_NONE.index)
        peer->conn = net_tcp_connect(at, peer->host, peer->peer, DIAMETER_PORT, diameter_frame);
    out = encode(at, kind, message);
    out->mark_ns = at->now_ns + model_of(at)->world->scenario->diameter_timeout;
    net_tcp_send(at, peer->conn, out);
}

void diameter_answer(struct net_region *at, struct net_conn conn, enum message_kind kind,
                     const struct diameter_message *message)
{
    net_tcp_send(at, conn, encode(at, kind, message));
}

uint32_t diameter_session_value(struct bytes session_id)
{
    size_t at = session_id.len;
    uint64_t value;

    while (at > 0 && session_id.at[at - 1] != ';')
        at--;
    if (at == 0 ||
        wire_decimal_decode(bytes_of(session_id.at + at, session_id.len - at), &value) != WIRE_OK ||
        value > UINT32_MAX)
        return UINT32_MAX;
    return (uint32_t)value;
}

bool diameter_peer_closed(struct diameter_peer *peer, struct net_conn conn)
{
    if (!diameter_peer_is(peer, conn))
        return false;
    peer->conn = NET_CONN_NONE;
    return true;
}
