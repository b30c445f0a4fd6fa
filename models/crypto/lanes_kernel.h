/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the files of this room alone: what a vector unit does for lanes.c, and how lanes.c puts it together.
 * A unit's functions see vectors through memory only, so that their callers need none of its instructions. */
#ifndef MODELS_CRYPTO_LANES_KERNEL_H
#define MODELS_CRYPTO_LANES_KERNEL_H

#include "models/crypto/lanes.h"

enum lanes_hash { LANES_MD5, LANES_SHA1, LANES_SHA256, LANES_HASHES };

/* A block of 16 words of each lane, row by row: word[j][i] is word j of lane i. */
struct lanes_block {
    uint32_t word[16][LANES] __attribute__((aligned(64)));
};

/* Chaining values of a hash, the same way. */
struct lanes_state {
    uint32_t word[8][LANES] __attribute__((aligned(64)));
};

/* One word of each lane. */
struct lanes_row {
    uint32_t lane[LANES] __attribute__((aligned(64)));
};

/* Messages on their way into a hash. Lanes that are not used have length 0 (and any `at`). */
struct lanes_feed {
    const uint8_t *at[LANES];
    size_t len[LANES];
    uint8_t mark; /* the byte behind each message: 0x80, or 0 for a key */
};

struct lanes_kernel {
    /* Block `index` of each message: its bytes, behind its end the mark and zeros, big-endian words on
     * demand. */
    void (*load)(struct lanes_block *out, const struct lanes_feed *feed, size_t index, bool big_endian);
    /* The first `len` bytes (at most 32) of the words of each lane to its output. `words` has 8 rows, whether
     * all of them are asked for or not. */
    void (*store)(uint8_t *const out[], size_t len, unsigned count, const uint32_t (*words)[LANES],
                  bool big_endian);
    /* XORs `value` to all words. */
    void (*mix)(struct lanes_block *block, uint32_t value);
    /* Compression functions: lanes with 0 in `active` (others: ~0) keep their state. Lanes from `count` on
     * may be left out. */
    void (*compress[LANES_HASHES])(uint32_t (*state)[LANES], const struct lanes_block *block,
                                   const struct lanes_row *active, unsigned count);
};

#if defined(__x86_64__)
extern const struct lanes_kernel lanes_avx2, lanes_avx512;
#endif

/* Should `count` lanes of this hash go through the unit? */
bool lanes_pay(const struct crypto *crypto, enum lanes_hash hash, unsigned count);

extern const struct lanes_row lanes_all_active;

/* Prepares HMAC-SHA1 keys; lanes_hmac_sha1_prepare() without the count. */
void lanes_sha1_keys(const struct lanes_kernel *kernel, unsigned count, const uint8_t *const keys[],
                     size_t key_length, struct lanes_hmac_sha1 *out);
/* HMAC-SHA1 of one block a lane that has its padding already; five rows of `mac`. */
void lanes_sha1_block(const struct lanes_kernel *kernel, const struct lanes_hmac_sha1 *keys, unsigned count,
                      const struct lanes_block *block, uint32_t (*mac)[LANES]);

#endif
