/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what messages to the BSF say, who sent them, and whether their digests are right. Pure: reads
 * state where a message answers to something, changes none. */
#ifndef MODELS_BSF_VERIFY_H
#define MODELS_BSF_VERIFY_H

#include "models/bsf/state.h"
#include "models/keys/keys.h"

/* Reads a GET on Ub (TS 33.220 §4.5.2, TS 24.109 §4.2, RFC 3310). likely: the UE at the address that it
 * came from, which says where to look a TMPI up. */
void bsf_verify_ub(const struct key_store *keys, const struct bsf *bsf, struct bytes message, uint32_t likely,
                   struct bsf_ub_facts *out);
/* Reads a BIR on Zn (TS 29.109 §5.2). One that cannot be granted has an error as result. */
void bsf_verify_zn(const struct key_store *keys, struct bytes message, struct bsf_zn_facts *out);
/* Reads an MAA on Zh (TS 29.109 §4.2). */
void bsf_verify_maa(const struct key_store *keys, struct bytes message, struct bsf_maa_facts *out);

#endif
