/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The cryptographic primitives, each counted: OpenSSL's SHA-1, SHA-256 and MD5, and AES-128 by the
 * processor's instructions, or by OpenSSL where it has none. A struct crypto belongs to one thread (region)
 * at a time. */
#ifndef MODELS_CRYPTO_CRYPTO_H
#define MODELS_CRYPTO_CRYPTO_H

#include "sim/base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What is counted, so that a bench can time the very same operations in a tight loop. */
enum crypto_operation {
    CRYPTO_HMAC_SHA1_KEY,  /* an HMAC-SHA1 key prepared: two blocks */
    CRYPTO_HMAC_SHA1,      /* one HMAC-SHA1 under a prepared key; bytes of the message */
    CRYPTO_HMAC_SHA1_ONCE, /* one HMAC-SHA1, key included; bytes of the message */
    CRYPTO_HMAC_SHA256,    /* one HMAC-SHA256, key included; bytes of the message */
    CRYPTO_MD5,            /* one MD5; bytes of the message */
    CRYPTO_SHA256,         /* one SHA-256; bytes of the message */
    CRYPTO_AES_KEY,        /* an AES-128 key prepared */
    CRYPTO_AES_BLOCKS,     /* one run of independent AES-128 blocks under a prepared key; bytes */
    CRYPTO_AES_CTR,        /* one AES-128-CTR run, key included; bytes */
    CRYPTO_OPERATIONS
};
extern const char *const crypto_operation_names[CRYPTO_OPERATIONS];

struct crypto_counts {
    uint64_t calls[CRYPTO_OPERATIONS];
    uint64_t bytes[CRYPTO_OPERATIONS];
};

struct crypto;

/* Aborts if OpenSSL cannot give its own standard algorithms or memory is out. */
struct crypto *crypto_new(void);
void crypto_free(struct crypto *crypto);
const struct crypto_counts *crypto_counts(const struct crypto *crypto);

/* HMAC-SHA1 under a key prepared once: inner and outer state, opaque to the caller. */
struct hmac_sha1_key {
    uint32_t state[2][5];
};
void hmac_sha1_prepare(struct crypto *crypto, struct bytes key, struct hmac_sha1_key *out);
/* HMAC over the concatenation of `count` parts. */
void hmac_sha1(struct crypto *crypto, const struct hmac_sha1_key *key, const struct bytes *parts,
               unsigned count, uint8_t mac[20]);
/* The same for a key that is used for this one message: cheaper than to prepare it. */
void hmac_sha1_once(struct crypto *crypto, struct bytes key, const struct bytes *parts, unsigned count,
                    uint8_t mac[20]);

/* HMAC-SHA-256 (RFC 2104, FIPS 180-4) of the parts in a row. */
void hmac_sha256(struct crypto *crypto, struct bytes key, const struct bytes *parts, unsigned count,
                 uint8_t mac[32]);

/* MD5 (RFC 1321) and SHA-256 (FIPS 180-4) of the parts in a row. */
void md5(struct crypto *crypto, const struct bytes *parts, unsigned count, uint8_t digest[16]);
void sha256(struct crypto *crypto, const struct bytes *parts, unsigned count, uint8_t digest[32]);

/* AES-128 in both directions under a long-lived key (nonces, RAND): made once, used often. */
struct crypto_cipher;
struct crypto_cipher *crypto_cipher_new(const uint8_t key[16]);
void crypto_cipher_free(struct crypto_cipher *cipher);
void crypto_cipher_encrypt(struct crypto *crypto, struct crypto_cipher *cipher, const uint8_t in[16],
                           uint8_t out[16]);
void crypto_cipher_decrypt(struct crypto *crypto, struct crypto_cipher *cipher, const uint8_t in[16],
                           uint8_t out[16]);

/* AES-128 encryption under a key that changes with every subscriber: set it, then encrypt `blocks` blocks.
 * Setting the key that was set last costs (and counts) nothing. in may equal out. */
void aes128_key(struct crypto *crypto, const uint8_t key[16]);
void aes128_blocks(struct crypto *crypto, const uint8_t *in, uint8_t *out, unsigned blocks);

/* AES-128 counter mode, big-endian 128-bit counter starting at iv. in may equal out. Sets the
 * key of aes128_blocks() too. */
void aes128_ctr(struct crypto *crypto, const uint8_t key[16], const uint8_t iv[16], const uint8_t *in,
                uint8_t *out, size_t len);

/* Constant-time comparison. */
bool crypto_equal(const void *a, const void *b, size_t len);

#ifdef __cplusplus
}
#endif

#endif
