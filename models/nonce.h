/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Digest nonces of the BM-SC that validate themselves, as RFC 2617 §3.2.1 leaves to the server: base64 of
 * one AES block over (time, serial, kind, zeros) under a key of the BM-SC's own. Nothing is stored for a
 * challenge; what was forged does not decrypt to zeros. Here, and not in its room, because a UE may hold
 * one of before the run: nonce_start(). */
#ifndef MODELS_NONCE_H
#define MODELS_NONCE_H

#include "models/keys/keys.h"

#define NONCE_TEXT_BYTES 24

enum nonce_kind {
    NONCE_CHALLENGE, /* of a 401: good for bmsc.nonce_lifetime */
    NONCE_NEXT       /* nextnonce of a 200, for a request to come: good for bmsc.nextnonce_lifetime */
};

/* made_ns: simulated time, below 0 if before the run. serial: rises with each nonce; 0 for those of before
 * the run. */
void nonce_seal(const struct key_store *keys, int64_t made_ns, uint32_t serial, enum nonce_kind kind,
                char out[NONCE_TEXT_BYTES]);
/* False: none of ours. */
bool nonce_open(const struct key_store *keys, struct bytes nonce, int64_t *made_ns, uint32_t *serial,
                enum nonce_kind *kind);
/* The nextnonce that a UE was given in its last exchange before the run, taken to be soon after the bootstrap
 * whose MUK the BM-SC knows. */
void nonce_start(const struct key_store *keys, uint32_t ue, char nonce[NONCE_TEXT_BYTES]);

#endif
