/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lanes by AVX2: two registers of 8. */
#include "models/crypto/counts.h"
#include "models/crypto/lanes_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define UNIT(name)          lanes_##name##_avx2
#define TARGET              __attribute__((target("avx2")))
#define WIDTH               8
#define GROUPS              2
#define PIN(x)              __asm__("" : "+x"(x))
#define EACH(X, ...)        X(0, ##__VA_ARGS__) X(1, ##__VA_ARGS__)
#define ROTATE(x, n)        ((x) << (n) | (x) >> (32 - (n)))
#define CHOOSE(x, y, z)     ((((y) ^ (z)) & (x)) ^ (z))
#define SELECT(x, y, z)     (((x) & (z)) + ((y) & ~(z)))
#define PARITY(x, y, z)     ((y) ^ (z) ^ (x))
#define MAJORITY(x, y, z)   (((y) & (z)) | (((y) | (z)) & (x)))
#define EITHER_NOT(x, y, z) ((y) ^ ((x) | ~(z)))
#include "models/crypto/lanes_body.h"

/* Where block `index` of a message lies: in it, or, with mark and zeros behind what is left of it, in
 * `end`. */
static const uint8_t *lanes_piece_avx2(const struct lanes_feed *feed, unsigned lane, size_t start,
                                       uint8_t end[64])
{
    const size_t len = feed->len[lane];

    if (len >= start + 64)
        return feed->at[lane] + start;
    memset(end, 0, 64);
    if (len > start)
        crypto_copy(end, feed->at[lane] + start, (len - start) & 63); /* & 63: for the compiler's warning */
    if (len >= start)
        end[len - start] = feed->mark;
    return end;
}

TARGET static void lanes_load_avx2(struct lanes_block *out, const struct lanes_feed *feed, size_t index,
                                   bool big_endian)
{
    const __m256i reversed = REVERSED;
    uint8_t ends[LANES][64];
    const uint8_t *at[LANES];
    __m256i rows[8];

#pragma GCC unroll 16
    for (unsigned lane = 0; lane < LANES; lane++)
        at[lane] = lanes_piece_avx2(feed, lane, 64 * index, ends[lane]);
#pragma GCC unroll 16
    for (unsigned quarter = 0; quarter < 4; quarter++) {
        unsigned first_lane = quarter / 2 * 8, first_word = quarter % 2 * 8;

#pragma GCC unroll 16
        for (unsigned i = 0; i < 8; i++)
            rows[i] = _mm256_loadu_si256((const void *)(at[first_lane + i] + 4 * first_word));
        if (big_endian)
#pragma GCC unroll 16
            for (unsigned i = 0; i < 8; i++)
                rows[i] = _mm256_shuffle_epi8(rows[i], reversed);
        UNIT(turn_8)(rows);
#pragma GCC unroll 16
        for (unsigned i = 0; i < 8; i++)
            _mm256_store_si256((void *)(out->word[first_word + i] + first_lane), rows[i]);
    }
}

const struct lanes_kernel lanes_avx2 = {
    .load = lanes_load_avx2,
    .store = lanes_store_avx2,
    .mix = lanes_mix_avx2,
    .compress = {lanes_md5_avx2, lanes_sha1_avx2, lanes_sha256_avx2},
};
#endif
