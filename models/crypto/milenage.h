/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Milenage (TS 35.206) and the AUTN and AUTS arithmetic of TS 33.102 §6.3. SQN is 48 bits, in a uint64_t. */
#ifndef MODELS_CRYPTO_MILENAGE_H
#define MODELS_CRYPTO_MILENAGE_H

#include "models/crypto/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

struct milenage_vector {
    uint8_t mac_a[8]; /* f1 */
    uint8_t mac_s[8]; /* f1* */
    uint8_t res[8];   /* f2 */
    uint8_t ck[16];   /* f3 */
    uint8_t ik[16];   /* f4 */
    uint8_t ak[6];    /* f5 */
};

/* OPc = E_K(OP) xor OP. */
void milenage_opc(struct crypto *crypto, const uint8_t k[16], const uint8_t op[16], uint8_t opc[16]);
/* f1, f1*, f2, f3, f4, f5 at once: one key schedule, five blocks. */
void milenage_all(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                  uint64_t sqn, const uint8_t amf[2], struct milenage_vector *out);
/* f2 - f5 only (mac_a, mac_s untouched): what a USIM computes before it knows SQN. */
void milenage_f2345(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                    struct milenage_vector *out);
/* f1 and f1*. */
void milenage_f1(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                 uint64_t sqn, const uint8_t amf[2], uint8_t mac_a[8], uint8_t mac_s[8]);
/* CK and IK only: what is needed to have Ks again. */
void milenage_ck_ik(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                    uint8_t ck[16], uint8_t ik[16]);
/* f5*. */
void milenage_f5_star(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16],
                      const uint8_t rand[16], uint8_t ak_star[6]);

/* AUTN = (SQN xor AK) || AMF || MAC-A. */
void milenage_autn(uint64_t sqn, const uint8_t ak[6], const uint8_t amf[2], const uint8_t mac_a[8],
                   uint8_t autn[16]);
/* AUTS = (SQN_MS xor AK*) || MAC-S, MAC-S with AMF 0000. */
void milenage_auts(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16], const uint8_t rand[16],
                   uint64_t sqn_ms, uint8_t auts[14]);
/* The HSS's side: recovers SQN_MS; false if MAC-S is wrong. */
bool milenage_auts_open(struct crypto *crypto, const uint8_t k[16], const uint8_t opc[16],
                        const uint8_t rand[16], const uint8_t auts[14], uint64_t *sqn_ms);

#ifdef __cplusplus
}
#endif

#endif
