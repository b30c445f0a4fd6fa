/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the files of this room alone: the inside of struct crypto, and the short cuts that the MIKEY PRF and
 * HTTP Digest take. */
#ifndef MODELS_CRYPTO_COUNTS_H
#define MODELS_CRYPTO_COUNTS_H

#include "models/crypto/aes_unit.h"
#include "models/crypto/lanes_kernel.h"

#ifdef __cplusplus
extern "C" {
#endif

#define INLINE static inline __attribute__((always_inline))

/* HA2 of the texts that went into it last (digest_auth.c). */
#define HA2_TEXT_BYTES 1024
struct ha2_memo {
    uint16_t method_length, uri_length, body_length; /* 0, 0, 0: of nothing yet */
    char hex[32];
    uint8_t texts[HA2_TEXT_BYTES]; /* one behind the other */
};

struct crypto {
    struct crypto_counts counts;
    struct ha2_memo ha2[2]; /* of the last request and the last response with a body */
    const struct aes_unit *aes;
    struct aes_key aes_key;
    uint8_t aes_bytes[16];              /* what aes_key is made of */
    const struct lanes_kernel *lanes;   /* NULL: one after another */
    unsigned lanes_least[LANES_HASHES]; /* from how many lanes on it is used */
};

static inline void crypto_count(struct crypto *crypto, enum crypto_operation operation, size_t bytes)
{
    crypto->counts.calls[operation]++;
    crypto->counts.bytes[operation] += bytes;
}

/* The same for one call a lane, all of `bytes` bytes. */
static inline void crypto_count_lanes(struct crypto *crypto, enum crypto_operation operation, unsigned count,
                                      size_t bytes)
{
    crypto->counts.calls[operation] += count;
    crypto->counts.bytes[operation] += count * bytes;
}

/* memcpy() of what is mostly short, without a call: from four bytes on two moves that may overlap. */
INLINE void crypto_copy(uint8_t *to, const uint8_t *from, size_t len)
{
#define ENDS(size)                                                                                           \
    do {                                                                                                     \
        memcpy(to, from, size);                                                                              \
        memcpy(to + len - (size), from + len - (size), size);                                                \
    } while (0)
    if (len > 64) {
        memcpy(to, from, len);
    } else if (len >= 32) {
        ENDS(32);
    } else if (len >= 16) {
        ENDS(16);
    } else if (len >= 8) {
        ENDS(8);
    } else if (len >= 4) {
        ENDS(4);
    } else if (len > 0) {
        to[0] = from[0];
        to[len / 2] = from[len / 2];
        to[len - 1] = from[len - 1];
    }
#undef ENDS
}

/* MD5 of a text that stands in a buffer with MD5_PADDING bytes behind it, which are written. */
#define MD5_PADDING 72
void md5_padded(struct crypto *crypto, uint8_t *text, size_t len, uint8_t digest[16]);

/* Sixteen bytes as lower-case hexadecimal digits; a count as eight of them. */
void digest_hex16(const uint8_t bytes[16], char out[32]);
void digest_hex_count(uint32_t nc, char out[8]);

/* HMAC-SHA1 of a message of `len` <= 55 bytes that its caller has put into one block: message, 0x80,
 * zeros, and in the last two bytes (64 + len) * 8. The block may be used again. */
void hmac_sha1_block(struct crypto *crypto, const struct hmac_sha1_key *key, const uint8_t block[64],
                     size_t len, uint8_t mac[20]);

/* The IV of mikey_crypt(): its last two bytes count blocks from 0. */
struct mikey_keys;
void mikey_iv(const struct mikey_keys *keys, uint32_t csb_id, uint64_t ts, uint8_t iv[16]);

#ifdef __cplusplus
}
#endif

#endif
