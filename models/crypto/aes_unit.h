/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the files of this room alone, and their tests: AES-128 by OpenSSL's EVP, and by the processor. */
#ifndef MODELS_CRYPTO_AES_UNIT_H
#define MODELS_CRYPTO_AES_UNIT_H

#include "models/crypto/crypto.h"

#include <openssl/evp.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A key in the form that its unit needs, for one direction. */
struct aes_key {
    EVP_CIPHER_CTX *evp;
    uint8_t rounds[11][16] __attribute__((aligned(16)));
};

#define AES_LANES 4

struct aes_unit {
    /* Makes a key; aes_close() gives back what it holds. Aborts if OpenSSL has no AES or no memory. */
    void (*open)(struct aes_key *key, const uint8_t bytes[16], bool encrypting);
    /* Another key in the place of one that encrypts. */
    void (*set)(struct aes_key *key, const uint8_t bytes[16]);
    /* in may equal out. */
    void (*encrypt)(const struct aes_key *key, const uint8_t *in, uint8_t *out, unsigned blocks);
    void (*decrypt)(const struct aes_key *key, const uint8_t in[16], uint8_t out[16]);
    /* Of AES_LANES lanes at once, or NULL: CK || IK of Milenage, and two blocks of key stream that begin at
     * `ivs`. */
    void (*ck_ik)(const uint8_t *const ks[], const uint8_t *const opcs[], const uint8_t *const rands[],
                  uint8_t *const ck_iks[]);
    void (*stream)(const uint8_t *const keys[], uint8_t (*const ivs)[16], uint8_t (*out)[32]);
};

extern const struct aes_unit aes_evp;
/* The quickest that this processor has. */
const struct aes_unit *aes_best(void);

void aes_close(struct aes_key *key);

/* crypto_new() and crypto_cipher_new() on a unit of one's choice. */
struct crypto *crypto_new_on(const struct aes_unit *unit);
struct crypto_cipher *crypto_cipher_new_on(const struct aes_unit *unit, const uint8_t key[16]);

#ifdef __cplusplus
}
#endif

#endif
