/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the files of this room alone: the inside of struct crypto, and the short cut that the MIKEY PRF takes. */
#ifndef MODELS_CRYPTO_COUNTS_H
#define MODELS_CRYPTO_COUNTS_H

#include "models/crypto/crypto.h"

#include <openssl/evp.h>

struct crypto {
    struct crypto_counts counts;
    EVP_CIPHER_CTX *aes; /* AES-128-ECB, encrypting */
    uint8_t aes_key[16]; /* the key that `aes` holds */
};

static inline void crypto_count(struct crypto *crypto, enum crypto_operation operation, size_t bytes)
{
    crypto->counts.calls[operation]++;
    crypto->counts.bytes[operation] += bytes;
}

/* HMAC-SHA1 of a message of `len` <= 55 bytes that its caller has put into one block: message, 0x80,
 * zeros, and in the last two bytes (64 + len) * 8. The block may be used again. */
void hmac_sha1_block(struct crypto *crypto, const struct hmac_sha1_key *key, const uint8_t block[64],
                     size_t len, uint8_t mac[20]);

#endif
