/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Counter-based random draws: Philox4x32-10, and durations by inversion of their distribution. */
#include "sim/base/random.h"

#include "sim/base/deterministic_math.h"

#include <glib.h>
#include <string.h>

/* Constants of the generator: section 3.3 of the paper named in random.h. */
#define MULTIPLIER_0 UINT32_C(0xD2511F53)
#define MULTIPLIER_1 UINT32_C(0xCD9E8D57)
#define WEYL_0       UINT32_C(0x9E3779B9) /* golden ratio */
#define WEYL_1       UINT32_C(0xBB67AE85) /* sqrt(3) - 1 */

/* Longest duration a distribution gives, 146 years: an absurd draw must not overflow the clock. */
#define DURATION_NS_MAX (INT64_C(1) << 62)

/* One round, and the key of the next. Written out ten times, the rounds' moves of words cost nothing. */
#define ROUND                                                                                                \
    do {                                                                                                     \
        uint64_t product_0 = (uint64_t)MULTIPLIER_0 * c0;                                                    \
        uint64_t product_1 = (uint64_t)MULTIPLIER_1 * c2;                                                    \
        c0 = (uint32_t)(product_1 >> 32) ^ c1 ^ key_0;                                                       \
        c1 = (uint32_t)product_1;                                                                            \
        c2 = (uint32_t)(product_0 >> 32) ^ c3 ^ key_1;                                                       \
        c3 = (uint32_t)product_0;                                                                            \
        key_0 += WEYL_0;                                                                                     \
        key_1 += WEYL_1;                                                                                     \
    } while (0)

static inline __attribute__((always_inline)) struct random_block
random_philox(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index)
{
    uint32_t key_0 = (uint32_t)seed;
    uint32_t key_1 = (uint32_t)(seed >> 32);
    uint32_t c0 = entity, c1 = purpose, c2 = (uint32_t)index, c3 = (uint32_t)(index >> 32);

    ROUND;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    ROUND;
    return (struct random_block){{c0, c1, c2, c3}};
}

struct random_block random_draw(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index)
{
    return random_philox(seed, entity, purpose, index);
}

uint64_t random_u64(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index)
{
    struct random_block block = random_philox(seed, entity, purpose, index);

    return block.word[0] | (uint64_t)block.word[1] << 32;
}

/* Little-endian on every host. */
static inline void random_store(uint8_t bytes[16], struct random_block block)
{
    for (unsigned i = 0; i < 4; i++)
        block.word[i] = GUINT32_TO_LE(block.word[i]);
    memcpy(bytes, &block, sizeof block);
}

void random_bytes(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index, uint8_t *out,
                  size_t length)
{
    uint8_t last[16];

    for (; length >= sizeof last; length -= sizeof last, out += sizeof last)
        random_store(out, random_philox(seed, entity, purpose, index++));
    if (length > 0) {
        random_store(last, random_philox(seed, entity, purpose, index));
        memcpy(out, last, length);
    }
}

double random_unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

int random_happens(uint64_t bits, double share)
{
    return random_unit(bits) < share;
}

uint64_t random_below(uint64_t bits, uint64_t bound)
{
    g_assert(bound > 0);
    return (uint64_t)((unsigned __int128)bits * bound >> 64);
}

static int64_t random_duration(double ns)
{
    if (ns <= 0)
        return 0;
    return ns < (double)DURATION_NS_MAX ? (int64_t)(ns + 0.5) : DURATION_NS_MAX;
}

int64_t random_exponential(uint64_t bits, double mean_ns)
{
    /* 1 - u lies in (0, 1]: its logarithm always exists. */
    return random_duration(-mean_ns * deterministic_log(1 - random_unit(bits)));
}

static int64_t random_sample_lognormal(const struct distribution *d, uint64_t bits)
{
    double u = ((double)(bits >> 12) + 0.5) * 0x1p-52; /* neither 0 nor 1 */
    double z = deterministic_normal_quantile(u);

    return random_duration((double)d->a_ns * deterministic_exp(d->sigma * z - d->sigma * d->sigma / 2));
}

static int64_t random_sample_uniform(const struct distribution *d, uint64_t bits)
{
    g_assert(d->a_ns >= 0 && d->b_ns >= d->a_ns);
    return d->a_ns + (int64_t)random_below(bits, (uint64_t)(d->b_ns - d->a_ns) + 1);
}

int64_t distribution_sample(const struct distribution *d, uint64_t bits)
{
    switch (d->kind) {
    case DISTRIBUTION_EXP:
        return random_exponential(bits, (double)d->a_ns);
    case DISTRIBUTION_UNIFORM:
        return random_sample_uniform(d, bits);
    case DISTRIBUTION_LOGNORMAL:
        return random_sample_lognormal(d, bits);
    case DISTRIBUTION_FIXED:
        break;
    }
    return MAX(d->a_ns, 0);
}

/* sqrt(log(1 + v^2)), the root by way of exp and log: the same everywhere. */
double random_lognormal_sigma(double variation)
{
    double square = deterministic_log(1 + variation * variation);

    return square > 0 ? deterministic_exp(deterministic_log(square) / 2) : 0;
}

int64_t distribution_mean(const struct distribution *d)
{
    if (d->kind == DISTRIBUTION_UNIFORM)
        return d->a_ns + (d->b_ns - d->a_ns) / 2;
    return MAX(d->a_ns, 0);
}
