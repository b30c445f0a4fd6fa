/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What messages say: their contents (sim/net/net.h). Where the network takes them, a message is sent by its
 * content alone; its bytes are made of that, and read back by its receiver, many at a time (content_work.h).
 * Elsewhere the sender writes the bytes at once, of the same content. So a content has all that the bytes
 * depend on, by value: names of keys, numbers, texts; and behind it, in a message, stands what the receiver
 * found in the bytes: the facts that its verify.h gives. */
#ifndef MODELS_CONTENT_H
#define MODELS_CONTENT_H

#include "models/counters.h"
#include "models/keys/name.h"
#include "models/region.h"

/* A solicited pull or an MSK message. */
struct content_mikey {
    struct key_name key; /* under whose MUK */
    uint32_t counter;
    uint32_t csb_id; /* of an MSK message */
    uint8_t service;
    bool msk;
    uint64_t rand_index; /* of a pull: the draw of its RAND and CSB ID */
};

/* The ACK of an MSK message. */
struct content_ack {
    struct key_name key;
    uint32_t counter, csb_id;
    uint8_t service;
};

#define CONTENT_NONCE_BYTES  24 /* a nonce of the BM-SC */
#define CONTENT_CNONCE_BYTES 16 /* a cnonce of a UE */

/* A POST on Ua for the current MSKs of services. */
struct content_post {
    int64_t sent_ns;
    uint32_t ue;
    uint8_t asked; /* set of services */
    bool credentials;
    /* These, under HA1 of an AV's MUK, with the BM-SC's own opaque. */
    uint16_t av;
    uint32_t nc;
    char nonce[CONTENT_NONCE_BYTES], cnonce[CONTENT_CNONCE_BYTES];
};

/* A 401 on Ua. */
struct content_challenge {
    int64_t sent_ns; /* the nonce's time, too */
    uint32_t nonce_serial;
    bool stale;
};

/* A 200 on Ua that grants what a POST asked for. */
struct content_success {
    int64_t sent_ns, expiry_ns;
    struct key_name key; /* under whose HA1 */
    uint32_t nc;
    uint32_t nonce_serial; /* of the next nonce; 0: none */
    uint8_t asked;         /* set of services */
    char nonce[CONTENT_NONCE_BYTES], cnonce[CONTENT_CNONCE_BYTES];
};

/* What the receiver found: behind a content of that type. */
#define CONTENT_ALIGNED(bytes)       (((bytes) + 7) & ~(size_t)7)
#define CONTENT_FOUND(content, type) ((void *)((char *)(uintptr_t)(content) + CONTENT_ALIGNED(sizeof(type))))

/* What is the same for all messages of a kind that may have a content. */
struct content_kind {
    size_t content_bytes, found_bytes; /* 0: has none */
    /* Makes the bytes; returns their length. */
    size_t (*write)(const struct key_store *keys, const void *content, uint8_t out[NET_MESSAGE_BYTES_MAX]);
};

/* Bytes of a message's content and what is found. */
static inline size_t content_room(const struct content_kind *kind)
{
    return CONTENT_ALIGNED(kind->content_bytes) + kind->found_bytes;
}

/* Of a deployment: all names have one length each, so messages have, too. */
struct content_table {
    struct content_kind kinds[MESSAGE_KIND_COUNT];
    uint32_t ack_bytes;
    uint32_t challenge_bytes[2]; /* without and with stale */
    /* By number of services that are asked for: */
    uint32_t post_bytes[2][SERVICES_MAX + 1];    /* without and with credentials */
    uint32_t success_bytes[2][SERVICES_MAX + 1]; /* without and with a next nonce */
};

/* A message of `length` bytes to be sent by a content, which is copied. */
struct net_message *content_message(struct net_region *at, enum message_kind kind, uint32_t length,
                                    const void *content);
/* The bytes of a delivered message with a content, made anew in `bytes`. */
struct bytes content_bytes(const struct model_region *m, const struct net_delivery *d,
                           uint8_t bytes[NET_MESSAGE_BYTES_MAX]);

#endif
