/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* AES-128 (FIPS 197) by the processor's instructions. To set a key takes 50 ns by EVP and one block 10, most
 * of it on the way to these instructions; here it is 10 and 3 (EPYC Zen 5). */
#include "models/crypto/aes_unit.h"
#include "models/crypto/counts.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("aes,sse4.1")))
#define ROUNDS 10

/* The next round key (FIPS 197 §5.2). SubWord(RotWord()) of the last word comes out of AESENCLAST, which is
 * quicker than AESKEYGENASSIST: of four equal columns ShiftRows changes nothing. */
TARGET INLINE __m128i aes_ni_next(__m128i key, int constant)
{
    const __m128i last = _mm_shuffle_epi8(key, _mm_set1_epi32(0x0c0f0e0d));
    const __m128i word = _mm_aesenclast_si128(last, _mm_set1_epi32(constant));

    key = _mm_xor_si128(key, _mm_slli_si128(key, 4));
    key = _mm_xor_si128(key, _mm_slli_si128(key, 8));
    return _mm_xor_si128(key, word);
}

static const int aes_ni_constants[ROUNDS] = {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0x1b, 0x36};

TARGET static void aes_ni_set(struct aes_key *key, const uint8_t bytes[16])
{
    __m128i *rounds = (__m128i *)(void *)key->rounds;
    __m128i round = _mm_loadu_si128((const void *)bytes);

    rounds[0] = round;
#pragma GCC unroll 10
    for (unsigned i = 0; i < ROUNDS; i++)
        rounds[i + 1] = round = aes_ni_next(round, aes_ni_constants[i]);
}

/* For decryption the round keys in the other order, those in between through InvMixColumns (§5.3.5). */
TARGET static void aes_ni_open(struct aes_key *key, const uint8_t bytes[16], bool encrypting)
{
    __m128i *rounds = (__m128i *)(void *)key->rounds;

    key->evp = NULL;
    aes_ni_set(key, bytes);
    if (encrypting)
        return;
    for (unsigned i = 0; i < ROUNDS / 2; i++) {
        const __m128i kept = rounds[i];

        rounds[i] = rounds[ROUNDS - i];
        rounds[ROUNDS - i] = kept;
    }
    for (unsigned i = 1; i < ROUNDS; i++)
        rounds[i] = _mm_aesimc_si128(rounds[i]);
}

/* `blocks`, a constant, side by side. */
TARGET INLINE void aes_ni_run(const struct aes_key *key, const uint8_t *in, uint8_t *out, unsigned blocks)
{
    const __m128i *rounds = (const __m128i *)(const void *)key->rounds;
    __m128i states[4];

#pragma GCC unroll 4
    for (unsigned i = 0; i < blocks; i++)
        states[i] = _mm_xor_si128(_mm_loadu_si128((const void *)(in + 16 * i)), rounds[0]);
#pragma GCC unroll 10
    for (unsigned round = 1; round < ROUNDS; round++)
#pragma GCC unroll 4
        for (unsigned i = 0; i < blocks; i++)
            states[i] = _mm_aesenc_si128(states[i], rounds[round]);
#pragma GCC unroll 4
    for (unsigned i = 0; i < blocks; i++)
        _mm_storeu_si128((void *)(out + 16 * i), _mm_aesenclast_si128(states[i], rounds[ROUNDS]));
}

TARGET static void aes_ni_encrypt(const struct aes_key *key, const uint8_t *in, uint8_t *out, unsigned blocks)
{
    for (; blocks >= 4; blocks -= 4, in += 64, out += 64)
        aes_ni_run(key, in, out, 4);
    if (blocks == 3)
        aes_ni_run(key, in, out, 3);
    else if (blocks == 2)
        aes_ni_run(key, in, out, 2);
    else if (blocks == 1)
        aes_ni_run(key, in, out, 1);
}

TARGET static void aes_ni_decrypt(const struct aes_key *key, const uint8_t in[16], uint8_t out[16])
{
    const __m128i *rounds = (const __m128i *)(const void *)key->rounds;
    __m128i state = _mm_xor_si128(_mm_loadu_si128((const void *)in), rounds[0]);

#pragma GCC unroll 10
    for (unsigned round = 1; round < ROUNDS; round++)
        state = _mm_aesdec_si128(state, rounds[round]);
    _mm_storeu_si128((void *)out, _mm_aesdeclast_si128(state, rounds[ROUNDS]));
}

/* See milenage.c. Round keys are made beside the first block, whose rounds wait for them. */
TARGET static void aes_ni_ck_ik(const uint8_t *const ks[], const uint8_t *const opcs[],
                                const uint8_t *const rands[], uint8_t *const ck_iks[])
{
    __m128i rounds[ROUNDS + 1][AES_LANES], opc[AES_LANES], temp[AES_LANES], ck[AES_LANES], ik[AES_LANES];

#define EACH_LANE _Pragma("GCC unroll 4") for (unsigned lane = 0; lane < AES_LANES; lane++)
    EACH_LANE
    {
        rounds[0][lane] = _mm_loadu_si128((const void *)ks[lane]);
        opc[lane] = _mm_loadu_si128((const void *)opcs[lane]);
        temp[lane] = _mm_xor_si128(opc[lane], _mm_loadu_si128((const void *)rands[lane]));
        temp[lane] = _mm_xor_si128(temp[lane], rounds[0][lane]);
    }
#pragma GCC unroll 10
    for (unsigned i = 1; i <= ROUNDS; i++)
        EACH_LANE
        {
            rounds[i][lane] = aes_ni_next(rounds[i - 1][lane], aes_ni_constants[i - 1]);
            temp[lane] = i < ROUNDS ? _mm_aesenc_si128(temp[lane], rounds[i][lane])
                                    : _mm_aesenclast_si128(temp[lane], rounds[i][lane]);
        }
    EACH_LANE
    {
        temp[lane] = _mm_xor_si128(temp[lane], opc[lane]);
        ck[lane] = _mm_xor_si128(_mm_shuffle_epi32(temp[lane], 0x39), _mm_set_epi32(0x02000000, 0, 0, 0));
        ik[lane] = _mm_xor_si128(_mm_shuffle_epi32(temp[lane], 0x4e), _mm_set_epi32(0x04000000, 0, 0, 0));
        ck[lane] = _mm_xor_si128(ck[lane], rounds[0][lane]);
        ik[lane] = _mm_xor_si128(ik[lane], rounds[0][lane]);
    }
#pragma GCC unroll 10
    for (unsigned i = 1; i < ROUNDS; i++)
        EACH_LANE
        {
            ck[lane] = _mm_aesenc_si128(ck[lane], rounds[i][lane]);
            ik[lane] = _mm_aesenc_si128(ik[lane], rounds[i][lane]);
        }
    EACH_LANE
    {
        ck[lane] = _mm_aesenclast_si128(ck[lane], _mm_xor_si128(rounds[ROUNDS][lane], opc[lane]));
        ik[lane] = _mm_aesenclast_si128(ik[lane], _mm_xor_si128(rounds[ROUNDS][lane], opc[lane]));
        _mm_storeu_si128((void *)ck_iks[lane], ck[lane]);
        _mm_storeu_si128((void *)(ck_iks[lane] + 16), ik[lane]);
    }
}

TARGET static void aes_ni_stream(const uint8_t *const keys[], uint8_t (*const ivs)[16], uint8_t (*out)[32])
{
    __m128i key[AES_LANES], first[AES_LANES], second[AES_LANES];

    EACH_LANE
    {
        key[lane] = _mm_loadu_si128((const void *)keys[lane]);
        first[lane] = _mm_xor_si128(key[lane], _mm_loadu_si128((const void *)ivs[lane]));
        second[lane] = _mm_xor_si128(first[lane], _mm_set_epi32(0x01000000, 0, 0, 0));
    }
#pragma GCC unroll 10
    for (unsigned i = 0; i < ROUNDS - 1; i++)
        EACH_LANE
        {
            key[lane] = aes_ni_next(key[lane], aes_ni_constants[i]);
            first[lane] = _mm_aesenc_si128(first[lane], key[lane]);
            second[lane] = _mm_aesenc_si128(second[lane], key[lane]);
        }
    EACH_LANE
    {
        key[lane] = aes_ni_next(key[lane], aes_ni_constants[ROUNDS - 1]);
        _mm_storeu_si128((void *)out[lane], _mm_aesenclast_si128(first[lane], key[lane]));
        _mm_storeu_si128((void *)(out[lane] + 16), _mm_aesenclast_si128(second[lane], key[lane]));
    }
}

static const struct aes_unit aes_ni = {
    .open = aes_ni_open,
    .set = aes_ni_set,
    .encrypt = aes_ni_encrypt,
    .decrypt = aes_ni_decrypt,
    .ck_ik = aes_ni_ck_ik,
    .stream = aes_ni_stream,
};

const struct aes_unit *aes_best(void)
{
    static const struct aes_unit *const units[2] = {&aes_evp, &aes_ni};

    return units[(__builtin_cpu_supports("aes") != 0) & (__builtin_cpu_supports("sse4.1") != 0)];
}
#else
const struct aes_unit *aes_best(void)
{
    return &aes_evp;
}
#endif
