/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Hashes side by side: up to LANES messages at once, one in each lane of the processor's vector registers.
 * The results and what is counted are those of the functions of crypto.h, called once for each lane. Where
 * that is quicker (few lanes, a processor without the instructions) it is what happens.
 *
 * In all of them 1 <= count <= LANES, and message i is the work of lane i. Messages may have any lengths,
 * each its own, but the longest sets the time for all: group messages of one kind. Nothing is read behind
 * the end of a message or a key. An output may lie over the inputs of its own lane. */
#ifndef MODELS_CRYPTO_LANES_H
#define MODELS_CRYPTO_LANES_H

#include "models/crypto/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

#define LANES 16

/* What works on the lanes, from the slowest to the quickest. */
enum lanes_unit { LANES_SCALAR, LANES_AVX2, LANES_AVX512 };

/* The quickest that this processor has. */
enum lanes_unit lanes_best(void);

/* Lanes of this struct crypto go through `unit` (at most lanes_best(), which is the default) where it pays:
 * for hashes and lane counts of which it is quicker than one after another. */
void lanes_use(struct crypto *crypto, enum lanes_unit unit);
/* The same whether it pays or not; for tests and measurements. */
void lanes_use_always(struct crypto *crypto, enum lanes_unit unit);

/* HMAC-SHA1 keys prepared once, one a lane: struct hmac_sha1_key, turned. */
struct lanes_hmac_sha1 {
    uint32_t state[2][5][LANES] __attribute__((aligned(64)));
};

/* Prepares keys of `key_length` bytes each, at most 64. Lanes from `count` on of `out` are undefined. */
void lanes_hmac_sha1_prepare(struct crypto *crypto, unsigned count, const uint8_t *const keys[],
                             size_t key_length, struct lanes_hmac_sha1 *out);
/* 20 bytes to each of macs[]. */
void lanes_hmac_sha1(struct crypto *crypto, const struct lanes_hmac_sha1 *keys, unsigned count,
                     const struct bytes messages[], uint8_t *const macs[]);
/* The same for keys that are used for this one message; counted as hmac_sha1_once(). */
void lanes_hmac_sha1_once(struct crypto *crypto, unsigned count, const uint8_t *const keys[],
                          size_t key_length, const struct bytes messages[], uint8_t *const macs[]);

/* HMAC-SHA-256 under keys of `key_length` bytes each, at most 64; 32 bytes to each of macs[]. */
void lanes_hmac_sha256(struct crypto *crypto, unsigned count, const uint8_t *const keys[], size_t key_length,
                       const struct bytes messages[], uint8_t *const macs[]);

/* 16 bytes to each of digests[]. */
void lanes_md5(struct crypto *crypto, unsigned count, const struct bytes messages[],
               uint8_t *const digests[]);

#ifdef __cplusplus
}
#endif

#endif
