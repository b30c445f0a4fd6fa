/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what messages to the BM-SC say, and whether digests and MACs are right under the keys that they
 * name. Pure: reads state where a message answers to something, changes none. */
#ifndef MODELS_BMSC_VERIFY_H
#define MODELS_BMSC_VERIFY_H

#include "models/bmsc/secrets.h"
#include "models/bmsc/state.h"
#include "models/content.h"
#include "models/keys/keys.h"
#include "models/wire/mikey.h"

/* Reads a POST on Ua; now_ns: simulated time, for the age of its nonce. texts: views of the message, those
 * of enum bmsc_text, if it has credentials. */
void bmsc_verify_post(const struct key_store *keys, int64_t now_ns, struct bytes message,
                      struct bmsc_post *out, struct bytes texts[BMSC_TEXTS]);
/* The same without the BM-SC's state. False if it has no credentials, or nobody's; then, under HA1 of the
 * key that the B-TID names in the store, the proofs of `count` of them, LANES at most. */
struct bmsc_nonce_found {
    bool known, next;
    int64_t made_ns;
};
struct bmsc_post_found {
    struct bmsc_post post;
    struct bmsc_nonce_found nonce;
    char nonce_text[CONTENT_NONCE_BYTES], cnonce[CONTENT_CNONCE_BYTES];
};
bool bmsc_read_post_apart(const struct key_store *keys, struct bytes message, struct bmsc_post_found *out);
void bmsc_prove_posts(const struct key_store *keys, unsigned count, struct bmsc_post_found *const found[],
                      const char *const ha1s[]);
/* As bmsc_verify_post(), of a POST that came by its content. texts: views of *found. */
void bmsc_post_of_content(const struct deployment *deployment, int64_t now_ns,
                          const struct bmsc_post_found *found, struct bmsc_post *out,
                          struct bytes texts[BMSC_TEXTS]);
/* Is the response of a job's POST right under the session's key? long_texts: of the BM-SC. */
bool bmsc_verify_digest(const struct key_store *keys, const struct pool *long_texts,
                        const struct bmsc_session *session, const struct bmsc_job *job);
/* Reads a MIKEY ACK. */
void bmsc_verify_ack(const struct key_store *keys, const struct bmsc *bmsc, struct bytes message,
                     struct bmsc_ack_facts *out);
/* Its parts, without state. Reads it; false if it has not the shape of one, or nobody's IDr. *ack: views
 * of the message, *out: without service and proof. Then, under an authentication key, the proofs of
 * `count` of them, LANES at most. */
bool bmsc_read_ack(const struct key_store *keys, struct bytes message, struct mikey_message *ack,
                   struct bmsc_ack_facts *out);
struct bmsc_ack_job {
    struct bmsc_ack_facts *facts;
    const struct mikey_message *ack;
    const uint8_t *auth; /* 20 bytes */
};
void bmsc_prove_ack(const struct key_store *keys, unsigned count, struct bmsc_ack_job jobs[]);
/* The facts of an ACK that came by its content, of which *found was found under the key that the store has.
 * False if the BM-SC would look at it under another one: then its bytes have to be verified. */
bool bmsc_ack_of_content(const struct bmsc *bmsc, const struct content_ack *said,
                         const struct bmsc_ack_facts *found, struct bmsc_ack_facts *out);
/* Reads a BIA on Zn (TS 29.109 §5.2). */
void bmsc_verify_bia(const struct key_store *keys, struct bytes message, struct bmsc_bia_facts *out);

#endif
