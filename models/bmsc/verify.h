/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what messages to the BM-SC say, and whether digests and MACs are right under the keys that they
 * name. Pure: reads state where a message answers to something, changes none. */
#ifndef MODELS_BMSC_VERIFY_H
#define MODELS_BMSC_VERIFY_H

#include "models/bmsc/secrets.h"
#include "models/bmsc/state.h"
#include "models/keys/keys.h"

/* Reads a POST on Ua; now_ns: simulated time, for the age of its nonce. texts: views of the message, those
 * of enum bmsc_text, if it has credentials. */
void bmsc_verify_post(const struct key_store *keys, int64_t now_ns, struct bytes message,
                      struct bmsc_post *out, struct bytes texts[BMSC_TEXTS]);
/* Is the response of a job's POST right under the session's key? long_texts: of the BM-SC. */
bool bmsc_verify_digest(const struct key_store *keys, const struct pool *long_texts,
                        const struct bmsc_session *session, const struct bmsc_job *job);
/* Reads a MIKEY ACK. */
void bmsc_verify_ack(const struct key_store *keys, const struct bmsc *bmsc, struct bytes message,
                     struct bmsc_ack_facts *out);
/* Reads a BIA on Zn (TS 29.109 §5.2). */
void bmsc_verify_bia(const struct key_store *keys, struct bytes message, struct bmsc_bia_facts *out);

#endif
