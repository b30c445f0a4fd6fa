/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lanes by AVX-512 (foundation and bytes): 16 of them in one register, rotations and three-way boolean
 * functions one instruction each, and loads of parts of a block that touch no byte behind it. */
#include "models/crypto/counts.h"
#include "models/crypto/lanes_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define UNIT(name)   lanes_##name##_avx512
#define TARGET       __attribute__((target("avx512f,avx512bw,avx512vl")))
#define WIDTH        16
#define GROUPS       1
#define PIN(x)       __asm__("" : "+v"(x))
#define EACH(X, ...) X(0, ##__VA_ARGS__)
#define ROTATE(x, n) ((VECTOR)_mm512_rol_epi32((__m512i)(x), n))
#define TERNARY(x, y, z, table)                                                                              \
    ((VECTOR)_mm512_ternarylogic_epi32((__m512i)(x), (__m512i)(y), (__m512i)(z), table))
#define CHOOSE(x, y, z)     TERNARY(x, y, z, 0xca)
#define SELECT(x, y, z)     TERNARY(x, y, z, 0xe4)
#define PARITY(x, y, z)     TERNARY(x, y, z, 0x96)
#define MAJORITY(x, y, z)   TERNARY(x, y, z, 0xe8)
#define EITHER_NOT(x, y, z) TERNARY(x, y, z, 0x39)
#include "models/crypto/lanes_body.h"

/* 64 bytes of a message, or what is left of it, with the mark behind the last. */
TARGET static inline __attribute__((always_inline)) __m512i
lanes_piece_avx512(const struct lanes_feed *feed, unsigned lane, size_t start, __m512i mark)
{
    const size_t len = feed->len[lane];
    const size_t rest = len > start ? len - start : 0;
    const uint8_t *at = len > start ? feed->at[lane] + start : feed->at[lane];
    const __mmask64 held = rest < 64 ? ((__mmask64)1 << rest) - 1 : ~(__mmask64)0;
    const __mmask64 end = rest < 64 && len >= start ? (__mmask64)1 << rest : 0;

    return _mm512_mask_mov_epi8(_mm512_maskz_loadu_epi8(held, at), end, mark);
}

/* Rows of 16 words to columns: 32-bit and 64-bit pairs within quarters, then the quarters. */
TARGET static inline __attribute__((always_inline)) void lanes_turn_avx512(__m512i r[16])
{
    __m512i t[16];

#pragma GCC unroll 16
    for (unsigned i = 0; i < 8; i++) {
        t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 4; i++) {
        r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 4; i++) {
        t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
        t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
        t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
        t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 8; i++) {
        r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
        r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    }
}

TARGET static void lanes_load_avx512(struct lanes_block *out, const struct lanes_feed *feed, size_t index,
                                     bool big_endian)
{
    const __m512i reversed = _mm512_set4_epi32(0x0c0d0e0f, 0x08090a0b, 0x04050607, 0x00010203);
    const __m512i mark = _mm512_set1_epi8((char)feed->mark);
    __m512i rows[16];

#pragma GCC unroll 16
    for (unsigned lane = 0; lane < LANES; lane++)
        rows[lane] = lanes_piece_avx512(feed, lane, 64 * index, mark);
    if (big_endian)
#pragma GCC unroll 16
        for (unsigned lane = 0; lane < LANES; lane++)
            rows[lane] = _mm512_shuffle_epi8(rows[lane], reversed);
    lanes_turn_avx512(rows);
#pragma GCC unroll 16
    for (unsigned i = 0; i < 16; i++)
        _mm512_store_si512((void *)out->word[i], rows[i]);
}

const struct lanes_kernel lanes_avx512 = {
    .load = lanes_load_avx512,
    .store = lanes_store_avx512,
    .mix = lanes_mix_avx512,
    .compress = {lanes_md5_avx512, lanes_sha1_avx512, lanes_sha256_avx512},
};
#endif
