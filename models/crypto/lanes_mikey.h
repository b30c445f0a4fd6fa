/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of MIKEY for up to LANES messages at once; lanes.h says what holds for all functions on lanes. */
#ifndef MODELS_CRYPTO_LANES_MIKEY_H
#define MODELS_CRYPTO_LANES_MIKEY_H

#include "models/crypto/lanes.h"
#include "models/crypto/mikey_keys.h"

#ifdef __cplusplus
extern "C" {
#endif

/* mikey_keys(), or, if auth_only, mikey_auth_key() to `auth` of each out[], of PSKs of 32 bytes and RANDs of
 * 16. */
void lanes_mikey_keys(struct crypto *crypto, unsigned count, const uint8_t *const psks[],
                      const uint32_t csb_ids[], const uint8_t *const rands[], bool auth_only,
                      struct mikey_keys *const out[]);

/* mikey_crypt() of the lanes; in[i].len bytes to out[i], which may be in[i].at. Up to 32 bytes (an MSK with
 * its SALT and validity has 26) are quicker than more. */
void lanes_mikey_crypt(struct crypto *crypto, unsigned count, const struct mikey_keys *const keys[],
                       const uint32_t csb_ids[], const uint64_t tss[], const struct bytes in[],
                       uint8_t *const out[]);

#ifdef __cplusplus
}
#endif

#endif
