/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Encode: what the BM-SC sends. Pure. Each writes into out, which has the room that its parameter or its
 * comment says, and returns the length. */
#ifndef MODELS_BMSC_ENCODE_H
#define MODELS_BMSC_ENCODE_H

#include "models/bmsc/secrets.h"
#include "models/bmsc/state.h"
#include "models/content.h"
#include "models/crypto/mikey_keys.h"
#include "models/keys/keys.h"

#define BMSC_401_BYTES       500
#define BMSC_REFUSAL_BYTES   256
#define BMSC_200_BYTES(keys) (1000 + 200 * (keys)) /* for the answers to so many keys */

/* 401. */
size_t bmsc_encode_challenge(const struct key_store *keys, const struct content_challenge *content,
                             uint8_t out[BMSC_401_BYTES]);
/* A 200, whatever it answers. */
struct bmsc_success {
    int64_t sent_ns, expiry_ns;
    const char *ha1;                 /* 32 characters */
    struct bytes nonce, cnonce, uri; /* of the POST */
    uint32_t nc;
    uint32_t nonce_serial; /* of the next nonce; 0: none */
    unsigned key_count;
    const struct ua_key *keys;
};
struct bmsc_success_job {
    struct bmsc_success success;
    uint8_t *out;  /* of BMSC_200_BYTES() */
    size_t length; /* what was made */
};
/* Makes `count` of them, LANES at most. */
void bmsc_encode_success(const struct key_store *keys, unsigned count, struct bmsc_success_job jobs[]);
/* The 200 to a job's POST; views of the job. now_ns: simulated time, for the Date and the next nonce;
 * long_texts: of the BM-SC; session: of the UE. */
struct bmsc_success bmsc_success_of(const struct key_store *keys, int64_t now_ns,
                                    const struct pool *long_texts, const struct bmsc_session *session,
                                    const struct bmsc_job *job, const struct bmsc_action *action);
/* The same as a content; false if there is none that says it. */
bool bmsc_content_success(const struct deployment *deployment, int64_t now_ns, const struct pool *long_texts,
                          const struct bmsc_session *session, const struct bmsc_job *job,
                          const struct bmsc_action *action, struct content_success *out);
/* A refusal of the action's status. */
size_t bmsc_encode_refusal(const struct key_store *keys, int64_t now_ns, const struct bmsc_action *action,
                           uint8_t out[BMSC_REFUSAL_BYTES]);

/* The BIR of a job, into DIAMETER_BYTES; index: its own, which the answer brings back. */
size_t bmsc_encode_bir(const struct key_store *keys, const struct bmsc_job *job, uint32_t index,
                       uint8_t *out);

/* The length of every pull, and of every MSK message, of a deployment: names have one length each. */
size_t bmsc_pull_bytes(const struct deployment *deployment);
size_t bmsc_msk_bytes(const struct deployment *deployment);
/* What the pull or MSK message of an action says. */
struct content_mikey bmsc_content_mikey(const struct bmsc_action *action);
/* A solicited pull (TS 33.246 §6.3.2.2.4): Key Number 0, V not set, a KEMAC without data; or an MSK
 * message. */
struct bmsc_mikey_job {
    const struct content_mikey *content;
    const struct key_muk *muk; /* of the content's name */
    uint8_t *out;              /* of `capacity` bytes */
    size_t capacity;
    size_t length;           /* what was made: */
    struct mikey_keys mikey; /* auth: by which the ACK of an MSK message is recognised */
};
/* Makes `count` of them, LANES at most: all pulls, or all MSK messages. */
void bmsc_encode_mikey(const struct key_store *keys, unsigned count, struct bmsc_mikey_job jobs[]);

#endif
