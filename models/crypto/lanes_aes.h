/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Milenage for up to LANES subscribers at once; lanes.h says what holds for all functions on lanes. */
#ifndef MODELS_CRYPTO_LANES_AES_H
#define MODELS_CRYPTO_LANES_AES_H

#include "models/crypto/lanes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* milenage_ck_ik() of the lanes: CK || IK, which is Ks, to each of ck_iks[]. Each lane counts as one key set
 * and its blocks, whatever key was set before. */
void lanes_milenage_ck_ik(struct crypto *crypto, unsigned count, const uint8_t *const ks[],
                          const uint8_t *const opcs[], const uint8_t *const rands[], uint8_t *const ck_iks[]);

#ifdef __cplusplus
}
#endif

#endif
