/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of GBA (TS 33.220 Annex B) and MBMS (TS 33.246 Annex F). */
#ifndef MODELS_CRYPTO_GBA_KEYS_H
#define MODELS_CRYPTO_GBA_KEYS_H

#include "models/crypto/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Ua security protocol identifier of MBMS, TS 33.220 Annex H; appended to the NAF's FQDN to give NAF_Id. */
#define GBA_UA_MBMS "\x01\x00\x00\x00\x01"

/* Ks_NAF = KDF(Ks, "gba-me", RAND, IMPI, NAF_Id), Ks = CK || IK; for GBA_ME this is the MUK. */
void gba_ks_naf(struct crypto *crypto, const uint8_t ks[32], const uint8_t rand[16], struct bytes impi,
                struct bytes naf_id, uint8_t ks_naf[32]);
/* TMPI without its domain, TS 33.220 §B.4: the first 24 octets of KDF(Ks, "gba-me", RAND, IMPI, BSF_Id),
 * BSF_Id being the BSF's name as in the B-TID and GBA_UA_TMPI. */
#define GBA_UA_TMPI    "\x01\x00\x00\x01\x00"
#define GBA_TMPI_BYTES 24
void gba_tmpi(struct crypto *crypto, const uint8_t ks[32], const uint8_t rand[16], struct bytes impi,
              struct bytes bsf_id, uint8_t tmpi[GBA_TMPI_BYTES]);
/* MRK = KDF(Ks_NAF, "mbms-mrk"). mrk may be ks_naf. */
void mbms_mrk(struct crypto *crypto, const uint8_t ks_naf[32], uint8_t mrk[32]);

#ifdef __cplusplus
}
#endif

#endif
