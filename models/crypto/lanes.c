/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Hashes side by side: which unit, the padding of messages, and HMAC. What costs time is in the files of the
 * units; here are a few moves a block. */
#include "models/crypto/lanes.h"
#include "models/crypto/counts.h"

#include <assert.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#define SHA1_WORDS   5
#define SHA256_WORDS 8
#define MD5_WORDS    4
#define BLOCK        64
#define NEVER        (LANES + 1)

/* From how many lanes on a unit is quicker than OpenSSL one after another, with and without the processor's
 * SHA instructions. Measured by bench_crypto on short messages (EPYC Zen 5; without SHA instructions by
 * OPENSSL_ia32cap). */
static const uint8_t lanes_pay_from[2][3][LANES_HASHES] = {
    {
        [LANES_SCALAR] = {NEVER, NEVER, NEVER},
        [LANES_AVX2] = {4, 4, 4},
        [LANES_AVX512] = {3, 3, 3},
    },
    {
        [LANES_SCALAR] = {NEVER, NEVER, NEVER},
        [LANES_AVX2] = {4, 11, NEVER},
        [LANES_AVX512] = {3, 5, 7},
    },
};

#if defined(__x86_64__)
static const struct lanes_kernel *const lanes_kernels[] = {NULL, &lanes_avx2, &lanes_avx512};

enum lanes_unit lanes_best(void)
{
    const unsigned avx2 = __builtin_cpu_supports("avx2") != 0;
    const unsigned avx512 = (__builtin_cpu_supports("avx512f") != 0) &
                            (__builtin_cpu_supports("avx512bw") != 0) &
                            (__builtin_cpu_supports("avx512vl") != 0);

    return (enum lanes_unit)(avx2 + (avx2 & avx512));
}

/* Does OpenSSL hash by the processor's SHA instructions here? CPUID leaf 7. */
static bool lanes_has_sha(void)
{
    unsigned a = 0, b = 0, c = 0, d = 0;

    (void)__get_cpuid_count(7, 0, &a, &b, &c, &d);
    return (b >> 29 & 1) != 0;
}
#else
static const struct lanes_kernel *const lanes_kernels[] = {NULL};

enum lanes_unit lanes_best(void)
{
    return LANES_SCALAR;
}

static bool lanes_has_sha(void)
{
    return false;
}
#endif

void lanes_use(struct crypto *crypto, enum lanes_unit unit)
{
    const uint8_t *from = lanes_pay_from[lanes_has_sha()][unit];

    assert(unit <= lanes_best());
    crypto->lanes = lanes_kernels[unit];
    for (unsigned hash = 0; hash < LANES_HASHES; hash++)
        crypto->lanes_least[hash] = from[hash];
}

void lanes_use_always(struct crypto *crypto, enum lanes_unit unit)
{
    lanes_use(crypto, unit);
    for (unsigned hash = 0; hash < LANES_HASHES; hash++)
        crypto->lanes_least[hash] = unit == LANES_SCALAR ? NEVER : 1;
}

bool lanes_pay(const struct crypto *crypto, enum lanes_hash hash, unsigned count)
{
    assert(count >= 1 && count <= LANES);
    return count >= crypto->lanes_least[hash];
}

#define ALL4 UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX
const struct lanes_row lanes_all_active = {{ALL4, ALL4, ALL4, ALL4}};

static void lanes_fill(uint32_t (*words)[LANES], const uint32_t *values, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        for (unsigned lane = 0; lane < LANES; lane++)
            words[i][lane] = values[i];
}

static void lanes_feed_messages(struct lanes_feed *feed, unsigned count, const struct bytes messages[])
{
    feed->mark = 0x80;
    for (unsigned lane = 0; lane < count; lane++) {
        feed->at[lane] = messages[lane].at;
        feed->len[lane] = messages[lane].len;
    }
    for (unsigned lane = count; lane < LANES; lane++) {
        feed->at[lane] = messages[0].at;
        feed->len[lane] = 0;
    }
}

/* What is to know of a lane's padding (FIPS 180-4 §5.1, RFC 1321 §3.1). */
struct lanes_padding {
    struct lanes_row blocks;    /* with the length in the last one; 0 in lanes that are not used */
    struct lanes_row low, high; /* the length in bits */
    uint32_t most;              /* blocks of any lane */
};

static void lanes_pad(struct lanes_padding *padding, const struct lanes_feed *feed, unsigned count,
                      size_t before)
{
    padding->most = 0;
    for (unsigned lane = 0; lane < LANES; lane++) {
        const uint64_t bits = (uint64_t)(before + feed->len[lane]) * 8;
        const uint32_t blocks = (uint32_t)((feed->len[lane] + 1 + sizeof bits + BLOCK - 1) / BLOCK);

        padding->low.lane[lane] = (uint32_t)bits;
        padding->high.lane[lane] = (uint32_t)(bits >> 32);
        padding->blocks.lane[lane] = lane < count ? blocks : 0;
        if (padding->blocks.lane[lane] > padding->most)
            padding->most = blocks;
    }
}

/* Hashes whole messages, of which `before` bytes are in the state already. */
static void lanes_absorb(const struct lanes_kernel *kernel, enum lanes_hash hash,
                         const struct lanes_feed *feed, unsigned count, size_t before,
                         uint32_t (*state)[LANES])
{
    const bool big_endian = hash != LANES_MD5;
    struct lanes_padding padding;
    struct lanes_block block;
    struct lanes_row active;

    lanes_pad(&padding, feed, count, before);
    for (uint32_t index = 0; index < padding.most; index++) {
        uint32_t *low = block.word[14 + big_endian], *high = block.word[15 - big_endian];

        kernel->load(&block, feed, index, big_endian);
        for (unsigned lane = 0; lane < LANES; lane++) {
            const uint32_t last = -(uint32_t)(index + 1 == padding.blocks.lane[lane]);

            active.lane[lane] = -(uint32_t)(index < padding.blocks.lane[lane]);
            low[lane] |= padding.low.lane[lane] & last;
            high[lane] |= padding.high.lane[lane] & last;
        }
        kernel->compress[hash](state, &block, &active, count);
    }
}

static void lanes_count(struct crypto *crypto, enum crypto_operation operation, unsigned count,
                        const struct bytes messages[])
{
    for (unsigned lane = 0; lane < count; lane++)
        crypto_count(crypto, operation, messages[lane].len);
}

void lanes_md5(struct crypto *crypto, unsigned count, const struct bytes messages[], uint8_t *const digests[])
{
    static const uint32_t start[MD5_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    struct lanes_feed feed;
    struct lanes_state state;

    if (!lanes_pay(crypto, LANES_MD5, count)) {
        for (unsigned lane = 0; lane < count; lane++)
            md5(crypto, messages + lane, 1, digests[lane]);
        return;
    }
    lanes_count(crypto, CRYPTO_MD5, count, messages);
    lanes_feed_messages(&feed, count, messages);
    lanes_fill(state.word, start, MD5_WORDS);
    lanes_absorb(crypto->lanes, LANES_MD5, &feed, count, 0, state.word);
    crypto->lanes->store(digests, 4 * MD5_WORDS, count, state.word, false);
}

/* The states behind the two key blocks of HMAC (RFC 2104 §2). */
static void lanes_keys(const struct lanes_kernel *kernel, enum lanes_hash hash, unsigned count,
                       const uint8_t *const keys[], size_t key_length, uint32_t (*inner)[LANES],
                       uint32_t (*outer)[LANES])
{
    struct lanes_feed feed;
    struct lanes_block block;

    assert(key_length <= BLOCK);
    feed.mark = 0;
    for (unsigned lane = 0; lane < LANES; lane++) {
        feed.at[lane] = lane < count ? keys[lane] : keys[0];
        feed.len[lane] = lane < count ? key_length : 0;
    }
    kernel->load(&block, &feed, 0, true);
    kernel->mix(&block, 0x36363636);
    kernel->compress[hash](inner, &block, &lanes_all_active, count);
    kernel->mix(&block, 0x36363636 ^ 0x5c5c5c5c);
    kernel->compress[hash](outer, &block, &lanes_all_active, count);
}

void lanes_sha1_keys(const struct lanes_kernel *kernel, unsigned count, const uint8_t *const keys[],
                     size_t key_length, struct lanes_hmac_sha1 *out)
{
    static const uint32_t start[SHA1_WORDS] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};

    lanes_fill(out->state[0], start, SHA1_WORDS);
    lanes_fill(out->state[1], start, SHA1_WORDS);
    lanes_keys(kernel, LANES_SHA1, count, keys, key_length, out->state[0], out->state[1]);
}

/* The block that the outer hash has behind the key block, but for the inner digest at its beginning. */
static void lanes_outer(struct lanes_block *block, unsigned words)
{
    memset(block->word[words], 0, (16 - words) * sizeof *block->word);
    for (unsigned lane = 0; lane < LANES; lane++) {
        block->word[words][lane] = 0x80000000;
        block->word[15][lane] = (BLOCK + 4 * words) * 8;
    }
}

void lanes_sha1_block(const struct lanes_kernel *kernel, const struct lanes_hmac_sha1 *keys, unsigned count,
                      const struct lanes_block *block, uint32_t (*mac)[LANES])
{
    struct lanes_block outer;

    lanes_outer(&outer, SHA1_WORDS);
    memcpy(outer.word, keys->state[0], sizeof keys->state[0]);
    kernel->compress[LANES_SHA1](outer.word, block, &lanes_all_active, count);
    memcpy(mac, keys->state[1], sizeof keys->state[1]);
    kernel->compress[LANES_SHA1](mac, &outer, &lanes_all_active, count);
}

void lanes_hmac_sha1_prepare(struct crypto *crypto, unsigned count, const uint8_t *const keys[],
                             size_t key_length, struct lanes_hmac_sha1 *out)
{
    if (lanes_pay(crypto, LANES_SHA1, count)) {
        crypto_count_lanes(crypto, CRYPTO_HMAC_SHA1_KEY, count, key_length);
        lanes_sha1_keys(crypto->lanes, count, keys, key_length, out);
        return;
    }
    for (unsigned lane = 0; lane < count; lane++) {
        struct hmac_sha1_key key;

        hmac_sha1_prepare(crypto, bytes_of(keys[lane], key_length), &key);
        for (unsigned i = 0; i < SHA1_WORDS; i++) {
            out->state[0][i][lane] = key.state[0][i];
            out->state[1][i][lane] = key.state[1][i];
        }
    }
}

static void lanes_sha1_messages(const struct lanes_kernel *kernel, const struct lanes_hmac_sha1 *keys,
                                unsigned count, const struct bytes messages[], uint8_t *const macs[])
{
    struct lanes_feed feed;
    struct lanes_block outer;
    struct lanes_state mac;

    lanes_feed_messages(&feed, count, messages);
    lanes_outer(&outer, SHA1_WORDS);
    memcpy(outer.word, keys->state[0], sizeof keys->state[0]);
    lanes_absorb(kernel, LANES_SHA1, &feed, count, BLOCK, outer.word);
    memcpy(mac.word, keys->state[1], sizeof keys->state[1]);
    kernel->compress[LANES_SHA1](mac.word, &outer, &lanes_all_active, count);
    kernel->store(macs, 4 * SHA1_WORDS, count, mac.word, true);
}

void lanes_hmac_sha1(struct crypto *crypto, const struct lanes_hmac_sha1 *keys, unsigned count,
                     const struct bytes messages[], uint8_t *const macs[])
{
    if (lanes_pay(crypto, LANES_SHA1, count)) {
        lanes_count(crypto, CRYPTO_HMAC_SHA1, count, messages);
        lanes_sha1_messages(crypto->lanes, keys, count, messages, macs);
        return;
    }
    for (unsigned lane = 0; lane < count; lane++) {
        struct hmac_sha1_key key;

        for (unsigned i = 0; i < SHA1_WORDS; i++) {
            key.state[0][i] = keys->state[0][i][lane];
            key.state[1][i] = keys->state[1][i][lane];
        }
        hmac_sha1(crypto, &key, messages + lane, 1, macs[lane]);
    }
}

void lanes_hmac_sha1_once(struct crypto *crypto, unsigned count, const uint8_t *const keys[],
                          size_t key_length, const struct bytes messages[], uint8_t *const macs[])
{
    struct lanes_hmac_sha1 prepared;

    if (!lanes_pay(crypto, LANES_SHA1, count)) {
        for (unsigned lane = 0; lane < count; lane++)
            hmac_sha1_once(crypto, bytes_of(keys[lane], key_length), messages + lane, 1, macs[lane]);
        return;
    }
    lanes_count(crypto, CRYPTO_HMAC_SHA1_ONCE, count, messages);
    lanes_sha1_keys(crypto->lanes, count, keys, key_length, &prepared);
    lanes_sha1_messages(crypto->lanes, &prepared, count, messages, macs);
}

void lanes_hmac_sha256(struct crypto *crypto, unsigned count, const uint8_t *const keys[], size_t key_length,
                       const struct bytes messages[], uint8_t *const macs[])
{
    static const uint32_t start[SHA256_WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    struct lanes_feed feed;
    struct lanes_block outer;
    struct lanes_state mac;

    if (!lanes_pay(crypto, LANES_SHA256, count)) {
        for (unsigned lane = 0; lane < count; lane++)
            hmac_sha256(crypto, bytes_of(keys[lane], key_length), messages + lane, 1, macs[lane]);
        return;
    }
    lanes_count(crypto, CRYPTO_HMAC_SHA256, count, messages);
    lanes_fill(outer.word, start, SHA256_WORDS);
    lanes_fill(mac.word, start, SHA256_WORDS);
    lanes_keys(crypto->lanes, LANES_SHA256, count, keys, key_length, outer.word, mac.word);
    lanes_outer(&outer, SHA256_WORDS);
    lanes_feed_messages(&feed, count, messages);
    lanes_absorb(crypto->lanes, LANES_SHA256, &feed, count, BLOCK, outer.word);
    crypto->lanes->compress[LANES_SHA256](mac.word, &outer, &lanes_all_active, count);
    crypto->lanes->store(macs, 4 * SHA256_WORDS, count, mac.word, true);
}
