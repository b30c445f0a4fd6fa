/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The compression functions of MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4), one message a lane. Included
 * once by the file of each vector unit, which defines
 *
 *   UNIT(name), TARGET             the names of its functions, and the attribute that they carry
 *   WIDTH, GROUPS                  lanes in one of its registers, and registers for LANES lanes
 *   EACH(X, ...)                   X(group, ...) for each group
 *   ROTATE(x, n)                   to the left; n is a literal
 *   CHOOSE(x, y, z)                x ? y : z, bit by bit; x is the value that comes last
 *   SELECT(x, y, z)                z ? x : y, bit by bit; x comes last here too
 *   PIN(x)                         nothing, but the compiler does not add up across it in another order
 *   PARITY(x, y, z), MAJORITY(x, y, z), EITHER_NOT(x, y, z): y ^ (x | ~z)
 *
 * Vectors live in local variables of one function, and between functions in memory. */
typedef uint32_t UNIT(vector) __attribute__((vector_size(4 * WIDTH), may_alias));
#define VECTOR                 UNIT(vector)
#define ROW(words, row, group) (*(VECTOR *)((words)[row] + (group)*WIDTH))
#define BLOCK_ROW(row, group)  (*(const VECTOR *)(block->word[row] + (group)*WIDTH))
#define ACTIVE(group)          (*(const VECTOR *)(active->lane + (group)*WIDTH))

TARGET static void UNIT(mix)(struct lanes_block *block, uint32_t value)
{
    for (unsigned row = 0; row < 16; row++)
        for (unsigned group = 0; group < GROUPS; group++)
            ROW(block->word, row, group) ^= value;
}

/* MD5 waits for the step before all the time, so its groups take turns. What is not the step before's is
 * added first, and PIN() keeps it so (a block of 16 lanes by AVX-512: 124 ns against 153). */
#define MD5_STEP(g, f, a, b, c, d, k, s, t)                                                                  \
    a[g] += BLOCK_ROW(k, g) + (t);                                                                           \
    PIN(a[g]);                                                                                               \
    a[g] += f(b[g], c[g], d[g]);                                                                             \
    a[g] = ROTATE(a[g], s) + b[g];
#define MD5_FOUR(f, k0, k1, k2, k3, s0, s1, s2, s3, t0, t1, t2, t3)                                          \
    EACH(MD5_STEP, f, a, b, c, d, k0, s0, t0)                                                                \
    EACH(MD5_STEP, f, d, a, b, c, k1, s1, t1)                                                                \
    EACH(MD5_STEP, f, c, d, a, b, k2, s2, t2)                                                                \
    EACH(MD5_STEP, f, b, c, d, a, k3, s3, t3)
#define MD5_TAKE(g)                                                                                          \
    a[g] = ROW(state, 0, g);                                                                                 \
    b[g] = ROW(state, 1, g);                                                                                 \
    c[g] = ROW(state, 2, g);                                                                                 \
    d[g] = ROW(state, 3, g);
#define MD5_GIVE(g)                                                                                          \
    ROW(state, 0, g) += a[g] & ACTIVE(g);                                                                    \
    ROW(state, 1, g) += b[g] & ACTIVE(g);                                                                    \
    ROW(state, 2, g) += c[g] & ACTIVE(g);                                                                    \
    ROW(state, 3, g) += d[g] & ACTIVE(g);

/* clang-format off */
TARGET static void UNIT(md5)(uint32_t (*state)[LANES], const struct lanes_block *block,
                             const struct lanes_row *active, unsigned count)
{
    VECTOR a[GROUPS], b[GROUPS], c[GROUPS], d[GROUPS];

    (void)count;
    EACH(MD5_TAKE)
    MD5_FOUR(CHOOSE, 0, 1, 2, 3, 7, 12, 17, 22, 0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee)
    MD5_FOUR(CHOOSE, 4, 5, 6, 7, 7, 12, 17, 22, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501)
    MD5_FOUR(CHOOSE, 8, 9, 10, 11, 7, 12, 17, 22, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be)
    MD5_FOUR(CHOOSE, 12, 13, 14, 15, 7, 12, 17, 22, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821)
    MD5_FOUR(SELECT, 1, 6, 11, 0, 5, 9, 14, 20, 0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa)
    MD5_FOUR(SELECT, 5, 10, 15, 4, 5, 9, 14, 20, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8)
    MD5_FOUR(SELECT, 9, 14, 3, 8, 5, 9, 14, 20, 0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed)
    MD5_FOUR(SELECT, 13, 2, 7, 12, 5, 9, 14, 20, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a)
    MD5_FOUR(PARITY, 5, 8, 11, 14, 4, 11, 16, 23, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c)
    MD5_FOUR(PARITY, 1, 4, 7, 10, 4, 11, 16, 23, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70)
    MD5_FOUR(PARITY, 13, 0, 3, 6, 4, 11, 16, 23, 0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05)
    MD5_FOUR(PARITY, 9, 12, 15, 2, 4, 11, 16, 23, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665)
    MD5_FOUR(EITHER_NOT, 0, 7, 14, 5, 6, 10, 15, 21, 0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039)
    MD5_FOUR(EITHER_NOT, 12, 3, 10, 1, 6, 10, 15, 21, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1)
    MD5_FOUR(EITHER_NOT, 8, 15, 6, 13, 6, 10, 15, 21, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1)
    MD5_FOUR(EITHER_NOT, 4, 11, 2, 9, 6, 10, 15, 21, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391)
    EACH(MD5_GIVE)
}
/* clang-format on */

/* A step waits for `a` (SHA-256: for `e` too) of the step before: what needs that is added last, and stays
 * so (a block of 16 lanes by AVX-512: SHA-1 81 ns against 151, SHA-256 153 against 207).
 *
 * Words of the schedule: the block's own, and those that follow from the last 16. */
#define SHA1_OWN(i) (w[i] = BLOCK_ROW(i, group))
#define SHA1_NEXT(i)                                                                                         \
    (w[(i)&15] ^= w[((i) + 13) & 15] ^ w[((i) + 8) & 15] ^ w[((i) + 2) & 15],                                \
     w[(i)&15] = ROTATE(w[(i)&15], 1))
#define SHA1_STEP(a, b, c, d, e, f, k, word)                                                                 \
    e += (word) + (k);                                                                                       \
    PIN(e);                                                                                                  \
    e += f(b, c, d);                                                                                         \
    PIN(e);                                                                                                  \
    e += ROTATE(a, 5);                                                                                       \
    b = ROTATE(b, 30);
#define SHA1_FIVE(f, k, w0, w1, w2, w3, w4, i)                                                               \
    SHA1_STEP(a, b, c, d, e, f, k, w0(i))                                                                    \
    SHA1_STEP(e, a, b, c, d, f, k, w1((i) + 1))                                                              \
    SHA1_STEP(d, e, a, b, c, f, k, w2((i) + 2))                                                              \
    SHA1_STEP(c, d, e, a, b, f, k, w3((i) + 3))                                                              \
    SHA1_STEP(b, c, d, e, a, f, k, w4((i) + 4))
#define SHA1_FIVE_OWN(i) SHA1_FIVE(CHOOSE, 0x5a827999, SHA1_OWN, SHA1_OWN, SHA1_OWN, SHA1_OWN, SHA1_OWN, i)
#define SHA1_FIVE_BOTH(i)                                                                                    \
    SHA1_FIVE(CHOOSE, 0x5a827999, SHA1_OWN, SHA1_NEXT, SHA1_NEXT, SHA1_NEXT, SHA1_NEXT, i)
#define SHA1_FIVE_NEXT(f, k, i) SHA1_FIVE(f, k, SHA1_NEXT, SHA1_NEXT, SHA1_NEXT, SHA1_NEXT, SHA1_NEXT, i)
#define SHA1_TWENTY_NEXT(f, k, i)                                                                            \
    SHA1_FIVE_NEXT(f, k, i)                                                                                  \
    SHA1_FIVE_NEXT(f, k, (i) + 5)                                                                            \
    SHA1_FIVE_NEXT(f, k, (i) + 10)                                                                           \
    SHA1_FIVE_NEXT(f, k, (i) + 15)

/* clang-format off */
TARGET static void UNIT(sha1)(uint32_t (*state)[LANES], const struct lanes_block *block,
                              const struct lanes_row *active, unsigned count)
{
    for (unsigned group = 0; group * WIDTH < count; group++) {
        VECTOR a = ROW(state, 0, group), b = ROW(state, 1, group), c = ROW(state, 2, group);
        VECTOR d = ROW(state, 3, group), e = ROW(state, 4, group), w[16];

        SHA1_FIVE_OWN(0)
        SHA1_FIVE_OWN(5)
        SHA1_FIVE_OWN(10)
        SHA1_FIVE_BOTH(15)
        SHA1_TWENTY_NEXT(PARITY, 0x6ed9eba1, 20)
        SHA1_TWENTY_NEXT(MAJORITY, 0x8f1bbcdc, 40)
        SHA1_TWENTY_NEXT(PARITY, 0xca62c1d6, 60)
        ROW(state, 0, group) += a & ACTIVE(group);
        ROW(state, 1, group) += b & ACTIVE(group);
        ROW(state, 2, group) += c & ACTIVE(group);
        ROW(state, 3, group) += d & ACTIVE(group);
        ROW(state, 4, group) += e & ACTIVE(group);
    }
}
/* clang-format on */

#define SHA256_OWN(i)     (w[(i)&15] = BLOCK_ROW((i)&15, group))
#define SHA256_SMALL_0(x) PARITY(ROTATE(x, 25), ROTATE(x, 14), (x) >> 3)
#define SHA256_SMALL_1(x) PARITY(ROTATE(x, 15), ROTATE(x, 13), (x) >> 10)
#define SHA256_NEXT(i)                                                                                       \
    (w[(i)&15] += SHA256_SMALL_0(w[((i) + 1) & 15]) + w[((i) + 9) & 15] + SHA256_SMALL_1(w[((i) + 14) & 15]))
#define SHA256_STEP(a, b, c, d, e, f, g, h, k, word)                                                         \
    h += (word) + (k);                                                                                       \
    PIN(h);                                                                                                  \
    h += CHOOSE(e, f, g);                                                                                    \
    PIN(h);                                                                                                  \
    h += PARITY(ROTATE(e, 26), ROTATE(e, 21), ROTATE(e, 7));                                                 \
    d += h;                                                                                                  \
    h += MAJORITY(a, b, c);                                                                                  \
    PIN(h);                                                                                                  \
    h += PARITY(ROTATE(a, 30), ROTATE(a, 19), ROTATE(a, 10));
#define SHA256_FOUR(word, i, k0, k1, k2, k3)                                                                 \
    SHA256_STEP(a, b, c, d, e, f, g, h, k0, word(i))                                                         \
    SHA256_STEP(h, a, b, c, d, e, f, g, k1, word((i) + 1))                                                   \
    SHA256_STEP(g, h, a, b, c, d, e, f, k2, word((i) + 2))                                                   \
    SHA256_STEP(f, g, h, a, b, c, d, e, k3, word((i) + 3))
#define SHA256_FOUR_MORE(word, i, k0, k1, k2, k3)                                                            \
    SHA256_STEP(e, f, g, h, a, b, c, d, k0, word(i))                                                         \
    SHA256_STEP(d, e, f, g, h, a, b, c, k1, word((i) + 1))                                                   \
    SHA256_STEP(c, d, e, f, g, h, a, b, k2, word((i) + 2))                                                   \
    SHA256_STEP(b, c, d, e, f, g, h, a, k3, word((i) + 3))

/* clang-format off */
TARGET static void UNIT(sha256)(uint32_t (*state)[LANES], const struct lanes_block *block,
                                const struct lanes_row *active, unsigned count)
{
    for (unsigned group = 0; group * WIDTH < count; group++) {
        VECTOR a = ROW(state, 0, group), b = ROW(state, 1, group), c = ROW(state, 2, group);
        VECTOR d = ROW(state, 3, group), e = ROW(state, 4, group), f = ROW(state, 5, group);
        VECTOR g = ROW(state, 6, group), h = ROW(state, 7, group), w[16];

        SHA256_FOUR(SHA256_OWN, 0, 0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5)
        SHA256_FOUR_MORE(SHA256_OWN, 4, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5)
        SHA256_FOUR(SHA256_OWN, 8, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3)
        SHA256_FOUR_MORE(SHA256_OWN, 12, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174)
        SHA256_FOUR(SHA256_NEXT, 16, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc)
        SHA256_FOUR_MORE(SHA256_NEXT, 20, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da)
        SHA256_FOUR(SHA256_NEXT, 24, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7)
        SHA256_FOUR_MORE(SHA256_NEXT, 28, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967)
        SHA256_FOUR(SHA256_NEXT, 32, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13)
        SHA256_FOUR_MORE(SHA256_NEXT, 36, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85)
        SHA256_FOUR(SHA256_NEXT, 40, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3)
        SHA256_FOUR_MORE(SHA256_NEXT, 44, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070)
        SHA256_FOUR(SHA256_NEXT, 48, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5)
        SHA256_FOUR_MORE(SHA256_NEXT, 52, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3)
        SHA256_FOUR(SHA256_NEXT, 56, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208)
        SHA256_FOUR_MORE(SHA256_NEXT, 60, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2)
        ROW(state, 0, group) += a & ACTIVE(group);
        ROW(state, 1, group) += b & ACTIVE(group);
        ROW(state, 2, group) += c & ACTIVE(group);
        ROW(state, 3, group) += d & ACTIVE(group);
        ROW(state, 4, group) += e & ACTIVE(group);
        ROW(state, 5, group) += f & ACTIVE(group);
        ROW(state, 6, group) += g & ACTIVE(group);
        ROW(state, 7, group) += h & ACTIVE(group);
    }
}
/* clang-format on */

/* Bytes of words in the other order. */
#define REVERSED                                                                                             \
    _mm256_setr_epi8(3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10,   \
                     9, 8, 15, 14, 13, 12)

/* Rows of 8 words to columns. */
TARGET static inline __attribute__((always_inline)) void UNIT(turn_8)(__m256i r[8])
{
    __m256i t[8];

#pragma GCC unroll 16
    for (unsigned i = 0; i < 4; i++) {
        t[2 * i] = _mm256_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
        t[2 * i + 1] = _mm256_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 2; i++) {
        r[4 * i] = _mm256_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 1] = _mm256_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
        r[4 * i + 2] = _mm256_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
        r[4 * i + 3] = _mm256_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 4; i++) {
        t[i] = _mm256_permute2x128_si256(r[i], r[i + 4], 0x20);
        t[i + 4] = _mm256_permute2x128_si256(r[i], r[i + 4], 0x31);
    }
#pragma GCC unroll 16
    for (unsigned i = 0; i < 8; i++)
        r[i] = t[i];
}

TARGET static void UNIT(store)(uint8_t *const out[], size_t len, unsigned count,
                               const uint32_t (*words)[LANES], bool big_endian)
{
    const __m256i reversed = REVERSED;
    uint8_t turned[LANES][32] __attribute__((aligned(32)));
    __m256i rows[8];

    for (unsigned first = 0; first < count; first += 8) {
#pragma GCC unroll 8
        for (unsigned i = 0; i < 8; i++)
            rows[i] = _mm256_load_si256((const void *)(words[i] + first));
        UNIT(turn_8)(rows);
        if (big_endian)
#pragma GCC unroll 8
            for (unsigned i = 0; i < 8; i++)
                rows[i] = _mm256_shuffle_epi8(rows[i], reversed);
#pragma GCC unroll 8
        for (unsigned i = 0; i < 8; i++)
            _mm256_store_si256((void *)turned[first + i], rows[i]);
    }
    for (unsigned lane = 0; lane < count; lane++)
        crypto_copy(out[lane], turned[lane], len);
}
