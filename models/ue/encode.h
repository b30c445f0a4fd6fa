/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Encode: what a UE sends. Pure but for the HA1 of its credentials, which is put into the exchange's
 * secrets. Each writes into out, which has the room that its comment says, and returns the length. */
#ifndef MODELS_UE_ENCODE_H
#define MODELS_UE_ENCODE_H

#include "models/content.h"
#include "models/identity.h"
#include "models/ue/secrets.h"
#include "models/ue/state.h"
#include "models/ue/verify.h"

#define UE_GET_BYTES       1000
#define UE_POST_BYTES      600 /* without the keys that it asks for */
#define UE_AUTH_POST_BYTES 1100
#define UE_POST_KEY_BYTES  100

/* A request of the exchange, of the action's kind; out: of ue_request_bytes(), which has room for the keys of
 * all services of the deployment. now_ns: simulated time, for the Date. */
size_t ue_request_bytes(enum message_kind kind, unsigned services);
size_t ue_encode_request(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                         const struct ue_action *action, uint8_t *out);
/* The ACK of an MSK message that was opened (TS 33.246 §6.4.5.2); out: of ue_ack_bytes(). */
size_t ue_ack_bytes(const struct ue_mikey_opened *opened);
struct ue_ack_job {
    const struct ue_mikey_opened *opened;
    uint8_t *out; /* of `capacity` bytes */
    size_t capacity;
    size_t length; /* what was made */
};
/* Makes `count` of them, LANES at most. */
void ue_encode_ack(const struct key_store *keys, unsigned count, struct ue_ack_job jobs[]);
/* What the ACK of a content answers, as if it had been opened; auth: the authentication key of the MSK
 * message. texts: what *out has views of. */
struct ue_ack_texts {
    struct identity_text b_tid;
    uint8_t ts[4];
};
void ue_ack_opened(const struct key_store *keys, const struct content_ack *content, const struct key_muk *key,
                   const uint8_t auth[20], struct ue_ack_texts *texts, struct ue_mikey_opened *out);

/* A POST on Ua, whoever sends it. */
struct ue_post {
    int64_t sent_ns;
    uint8_t asked;       /* set of services */
    const uint8_t *rand; /* of the MUK's AV; NULL: no credentials */
    const char *ha1;     /* 32 characters, of that MUK */
    struct ue_digest digest;
};
struct ue_post_job {
    struct ue_post post;
    uint8_t *out; /* of `capacity` bytes */
    size_t capacity;
    size_t length; /* what was made */
};
/* Makes `count` of them, LANES at most: all with credentials, or none. */
void ue_encode_post(const struct key_store *keys, unsigned count, struct ue_post_job jobs[]);

/* encode_ub.c: a GET of the exchange. */
size_t ue_encode_get(const struct key_store *keys, int64_t now_ns, const struct ue_seen *ue,
                     const struct ue_action *action, uint8_t *out);
/* Fills in cnonce, nonce, opaque, nc and response of credentials; views of *digest and of the response. */
struct digest_fields;
void ue_credentials(const struct ue_digest *digest, struct bytes response, struct digest_fields *c);

#endif
