/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of GBA for up to LANES subscribers at once; lanes.h says what holds for all functions on lanes. */
#ifndef MODELS_CRYPTO_LANES_GBA_H
#define MODELS_CRYPTO_LANES_GBA_H

#include "models/crypto/lanes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* gba_ks_naf() of the lanes, for one NAF. */
void lanes_gba_ks_naf(struct crypto *crypto, unsigned count, const uint8_t *const kss[],
                      const uint8_t *const rands[], const struct bytes impis[], struct bytes naf_id,
                      uint8_t *const ks_nafs[]);
/* mbms_mrk() of the lanes. mrks[i] may be ks_nafs[i]. */
void lanes_mbms_mrk(struct crypto *crypto, unsigned count, const uint8_t *const ks_nafs[],
                    uint8_t *const mrks[]);

#ifdef __cplusplus
}
#endif

#endif
