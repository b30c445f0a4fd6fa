/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A kept Diameter connection to a peer (RFC 6733 §2.1; the capabilities exchange is not simulated), opened
 * when first needed and again when it was lost. Requests that a lost connection takes with it are found by
 * their timeouts. */
#ifndef MODELS_DIAMETER_PEER_H
#define MODELS_DIAMETER_PEER_H

#include "models/region.h"
#include "models/wire/diameter.h"

struct diameter_peer {
    uint32_t host, peer; /* us, them */
    struct net_conn conn;
};

void diameter_peer_init(struct diameter_peer *peer, uint32_t host, uint32_t other);
/* Encodes and sends a request over the kept connection; its mark says when diameter.timeout ends. */
void diameter_peer_send(struct net_region *at, struct diameter_peer *peer, enum message_kind kind,
                        const struct diameter_message *message);
/* Encodes and sends an answer over the connection that the request came on. */
void diameter_answer(struct net_region *at, struct net_conn conn, enum message_kind kind,
                     const struct diameter_message *message);
/* The optional value at the end of a Session-Id (RFC 6733 §8.8), which an answer echoes: where we put the
 * index of the job that waits. (Not the hop-by-hop identifier, which must not come again while an answer may
 * still be under way.) UINT32_MAX if there is none. */
uint32_t diameter_session_value(struct bytes session_id);
/* To be told of closed connections; true if it was this one. */
bool diameter_peer_closed(struct diameter_peer *peer, struct net_conn conn);
static inline bool diameter_peer_is(const struct diameter_peer *peer, struct net_conn conn)
{
    return peer->conn.index == conn.index && peer->conn.generation == conn.generation;
}

#endif
