/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Encode: what the BM-SC sends. Pure. Each writes into out, which has the room that its parameter or its
 * comment says, and returns the length. */
#ifndef MODELS_BMSC_ENCODE_H
#define MODELS_BMSC_ENCODE_H

#include "models/bmsc/secrets.h"
#include "models/bmsc/state.h"
#include "models/keys/keys.h"

#define BMSC_401_BYTES       500
#define BMSC_REFUSAL_BYTES   256
#define BMSC_200_BYTES(keys) (1000 + 200 * (keys)) /* for the answers to so many keys */

/* 401 with the action's nonce. now_ns: simulated time, for the Date and the nonce. */
size_t bmsc_encode_challenge(const struct key_store *keys, int64_t now_ns, const struct bmsc_action *action,
                             uint8_t out[BMSC_401_BYTES]);
/* 200 to a job's POST. long_texts: of the BM-SC; session: of the UE. */
size_t bmsc_encode_success(const struct key_store *keys, int64_t now_ns, const struct pool *long_texts,
                           const struct bmsc_session *session, const struct bmsc_job *job,
                           const struct bmsc_action *action, uint8_t *out);
/* A refusal of the action's status. */
size_t bmsc_encode_refusal(const struct key_store *keys, int64_t now_ns, const struct bmsc_action *action,
                           uint8_t out[BMSC_REFUSAL_BYTES]);

/* The BIR of a job, into DIAMETER_BYTES; index: its own, which the answer brings back. */
size_t bmsc_encode_bir(const struct key_store *keys, const struct bmsc_job *job, uint32_t index,
                       uint8_t *out);

/* The length of every pull, and of every MSK message, of a deployment: names have one length each. */
size_t bmsc_pull_bytes(const struct deployment *deployment);
size_t bmsc_msk_bytes(const struct deployment *deployment);
/* The solicited pull of an action (TS 33.246 §6.3.2.2.4): Key Number 0, V not set, a KEMAC without data.
 * out: of `capacity` bytes, as are those of bmsc_encode_msk(). */
size_t bmsc_encode_pull(const struct key_store *keys, const struct bmsc_secrets *secrets,
                        const struct bmsc_action *action, uint8_t *out, size_t capacity);
/* The MSK message of an action. auth: the authentication key by which its ACK is recognised. */
size_t bmsc_encode_msk(const struct key_store *keys, const struct bmsc_secrets *secrets,
                       const struct bmsc_action *action, uint8_t *out, size_t capacity, uint8_t auth[20]);

#endif
