/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Inside of struct crypto, for the files of this room alone: the one AES context that is re-keyed, and the counts. */
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

#endif
