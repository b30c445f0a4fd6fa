/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Encode: what the BSF sends. Pure. Each writes into out, which has the room that its parameter says, and
 * returns the length. */
#ifndef MODELS_BSF_ENCODE_H
#define MODELS_BSF_ENCODE_H

#include "models/bsf/state.h"
#include "models/keys/keys.h"

#define BSF_401_BYTES     500
#define BSF_200_BYTES     1000
#define BSF_REFUSAL_BYTES 256

/* 401 with the job's challenge. now_ns: simulated time, for the Date. */
size_t bsf_encode_challenge(const struct key_store *keys, int64_t now_ns, const struct bsf_job *job,
                            uint8_t out[BSF_401_BYTES]);
/* 200 to the job's credentials, whose session ends at the action's expiry_ns. long_texts: of the BSF. */
size_t bsf_encode_success(const struct key_store *keys, int64_t now_ns, const struct pool *long_texts,
                          const struct bsf_job *job, const struct bsf_action *action,
                          uint8_t out[BSF_200_BYTES]);
/* A refusal of the action's status. */
size_t bsf_encode_refusal(const struct key_store *keys, int64_t now_ns, const struct bsf_action *action,
                          uint8_t out[BSF_REFUSAL_BYTES]);
/* The MAR of a job; index: its own, which the answer brings back. out: of DIAMETER_BYTES, as for the BIA. */
size_t bsf_encode_mar(const struct key_store *keys, const struct bsf_job *job, uint32_t index, uint8_t *out);
/* The BIA to a BIR. */
size_t bsf_encode_bia(const struct key_store *keys, const struct bsf_job *job,
                      const struct bsf_action *action, uint8_t *out);

#endif
