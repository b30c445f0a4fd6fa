/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Random draws: published vectors of the generator, our own functions against the C library's, every
 * distribution against its closed form, and exact values that no compiler may change. */
#include "sim/base/deterministic_math.h"
#include "sim/base/random.h"
#include "tests/tap/tap.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { SAMPLES = 20000, SEED = 5 };

/* Known answers of philox4x32-10 as Random123 publishes them (file kat_vectors). */
static void test_known_answers(void)
{
    static const struct {
        uint32_t counter[4], key[2], answer[4];
    } cases[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
         {UINT32_MAX, UINT32_MAX},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const uint32_t *counter = cases[i].counter, *answer = cases[i].answer;
        uint64_t seed = cases[i].key[0] | (uint64_t)cases[i].key[1] << 32;
        uint64_t index = counter[2] | (uint64_t)counter[3] << 32;
        struct random_block block = random_draw(seed, counter[0], counter[1], index);
        for (int word = 0; word < 4; word++)
            g_assert_cmphex(block.word[word], ==, answer[word]);
        g_assert_cmphex(random_u64(seed, counter[0], counter[1], index), ==,
                        answer[0] | (uint64_t)answer[1] << 32);
    }
}

/* Any length is a beginning of the same bytes, taken little-endian from one draw after another. */
static void test_bytes(void)
{
    uint8_t all[40];

    random_bytes(SEED, 1, 2, 3, all, sizeof all);
    for (size_t i = 0; i < sizeof all; i++) {
        struct random_block block = random_draw(SEED, 1, 2, 3 + i / 16);
        g_assert_cmphex(all[i], ==, block.word[i / 4 % 4] >> (8 * (i % 4)) & 0xff);
    }
    for (size_t length = 0; length < sizeof all; length++) {
        uint8_t part[sizeof all];
        memset(part, 0xa5, sizeof part);
        random_bytes(SEED, 1, 2, 3, part, length);
        g_assert_cmpmem(part, length, all, length);
        g_assert_cmphex(part[length], ==, 0xa5);
    }
}

static void test_unit(void)
{
    g_assert_cmpfloat(random_unit(0), ==, 0);
    g_assert_cmpfloat(random_unit(UINT64_C(1) << 63), ==, 0.5);
    g_assert_cmpfloat(random_unit(UINT64_C(1) << 11), ==, 0x1p-53);
    g_assert_cmpfloat(random_unit(UINT64_MAX), ==, 1 - 0x1p-53);
}

static void test_happens(void)
{
    int happened = 0;

    g_assert_false(random_happens(0, 0));
    g_assert_true(random_happens(UINT64_MAX, 1));
    for (uint32_t i = 0; i < SAMPLES; i++)
        happened += random_happens(random_u64(SEED, i, 0, 0), 0.3);
    g_assert_cmpfloat(fabs(happened - 0.3 * SAMPLES), <, 4 * sqrt(0.3 * 0.7 * SAMPLES));
}

static void test_below(void)
{
    int seen[7] = {0};

    g_assert_cmpuint(random_below(UINT64_MAX, UINT64_MAX), ==, UINT64_MAX - 1);
    g_assert_cmpuint(random_below(UINT64_MAX, 1), ==, 0);
    for (uint32_t i = 0; i < SAMPLES; i++)
        seen[random_below(random_u64(SEED, i, 0, 0), 7)]++;
    for (int i = 0; i < 7; i++)
        g_assert_cmpfloat(fabs(seen[i] - SAMPLES / 7.0), <, 4 * sqrt(SAMPLES / 7.0));
}

static void assert_close(double found, double expected)
{
    g_assert_cmpfloat(fabs(found - expected), <=, 1e-12 * fabs(expected));
}

static void test_log(void)
{
    g_assert_cmpfloat(deterministic_log(1), ==, 0);
    assert_close(deterministic_log(DBL_MIN), log(DBL_MIN));
    assert_close(deterministic_log(DBL_MAX), log(DBL_MAX));
    for (uint32_t i = 0; i < SAMPLES; i++) {
        double u = random_unit(random_u64(SEED, i, 0, 0));
        double wide = exp(1400 * u - 700), near_one = 1 + (u - 0.5) * 1e-3;
        assert_close(deterministic_log(wide), log(wide));
        assert_close(deterministic_log(near_one), log(near_one));
    }
}

static void test_exp(void)
{
    g_assert_cmpfloat(deterministic_exp(0), ==, 1);
    g_assert_cmpfloat(deterministic_exp(-709), ==, 0);
    g_assert_cmpfloat(deterministic_exp(-INFINITY), ==, 0);
    g_assert_cmpfloat(deterministic_exp(710), ==, DBL_MAX);
    assert_close(deterministic_exp(709), exp(709));
    assert_close(deterministic_exp(-708), exp(-708));
    for (uint32_t i = 0; i < SAMPLES; i++) {
        double u = random_unit(random_u64(SEED, i, 0, 0));
        assert_close(deterministic_exp(1400 * u - 700), exp(1400 * u - 700));
        assert_close(deterministic_exp(2 * u - 1), exp(2 * u - 1));
    }
}

/* The normal distribution function of the quantile gives the probability back; its slope says how far the
 * quantile may be off. Probabilities from 2^-53, the least that can be drawn, in all three approximations. */
static void test_normal_quantile(void)
{
    g_assert_cmpfloat(deterministic_normal_quantile(0.5), ==, 0);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        double u = random_unit(random_u64(SEED, i, 0, 0)) + 0x1p-54;
        double p = i % 2 ? u : exp(-36.7 * u);
        if (p >= 1)
            continue;
        double z = deterministic_normal_quantile(p);
        double density = exp(-z * z / 2) / sqrt(2 * G_PI);
        double excess = p < 0.5 ? erfc(-z / G_SQRT2) / 2 - p : 1 - p - erfc(z / G_SQRT2) / 2;
        g_assert_cmpfloat(fabs(excess / density), <=, 1e-12 * MAX(fabs(z), 1e-3));
    }
}

static const struct distribution fixed = {.kind = DISTRIBUTION_FIXED, .a_ns = 2000000};
static const struct distribution exponential = {.kind = DISTRIBUTION_EXP, .a_ns = 2000000};
static const struct distribution uniform = {.kind = DISTRIBUTION_UNIFORM, .a_ns = 1000000, .b_ns = 3000000};
static const struct distribution lognormal = {.kind = DISTRIBUTION_LOGNORMAL, .a_ns = 2000000, .sigma = 0.5};

static double exponential_cdf(double x)
{
    return -expm1(-x / 2e6);
}

static double uniform_cdf(double x)
{
    return CLAMP((x - 1e6) / 2e6, 0, 1);
}

static double lognormal_cdf(double x)
{
    return x <= 0 ? 0 : erfc(-(log(x / 2e6) + 0.125) / 0.5 / G_SQRT2) / 2;
}

static const struct shape {
    const char *path;
    const struct distribution *distribution;
    double variance;
    double (*cdf)(double x);
} shapes[] = {
    {"/random/shape/exponential", &exponential, 4e12, exponential_cdf},
    {"/random/shape/uniform", &uniform, 4e12 / 12, uniform_cdf},
    {"/random/shape/lognormal", &lognormal, 4e12 * 0.28402541668774150, lognormal_cdf}, /* e^(1/4) - 1 */
};

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* Largest distance of the sorted samples' steps from the distribution function. */
static double kolmogorov_smirnov(const int64_t *sorted, double (*cdf)(double x))
{
    double distance = 0;

    for (int i = 0; i < SAMPLES; i++) {
        double expected = cdf((double)sorted[i]);
        distance = MAX(distance, fabs((double)i / SAMPLES - expected));
        distance = MAX(distance, fabs((double)(i + 1) / SAMPLES - expected));
    }
    return distance;
}

static void test_shape(const void *data)
{
    const struct shape *shape = data;
    double mean = (double)distribution_mean(shape->distribution);
    double sum = 0, squares = 0;
    int64_t *samples = g_new(int64_t, SAMPLES);

    for (uint32_t i = 0; i < SAMPLES; i++) {
        samples[i] = distribution_sample(shape->distribution, random_u64(SEED, i, 0, 0));
        g_assert_cmpint(samples[i], >=, 0);
        sum += (double)samples[i];
        squares += ((double)samples[i] - mean) * ((double)samples[i] - mean);
    }
    qsort(samples, SAMPLES, sizeof *samples, compare);
    g_assert_cmpfloat(mean, ==, 2e6);
    g_assert_cmpfloat(fabs(sum / SAMPLES - mean), <, 3 * sqrt(shape->variance / SAMPLES));
    g_assert_cmpfloat(fabs(squares / SAMPLES / shape->variance - 1), <, 0.05);
    g_assert_cmpfloat(kolmogorov_smirnov(samples, shape->cdf), <, 1.63 / sqrt(SAMPLES)); /* 1 % level */
    g_free(samples);
}

static void test_limits(void)
{
    const struct distribution far = {.kind = DISTRIBUTION_EXP, .a_ns = INT64_MAX};
    const struct distribution wide = {.kind = DISTRIBUTION_LOGNORMAL, .a_ns = 1000, .sigma = 30};
    const struct distribution point = {.kind = DISTRIBUTION_UNIFORM, .a_ns = 7, .b_ns = 7};
    const struct distribution before = {.kind = DISTRIBUTION_FIXED, .a_ns = -1};

    g_assert_cmpint(distribution_sample(&far, UINT64_MAX), ==, INT64_C(1) << 62);
    g_assert_cmpint(distribution_sample(&wide, 0), ==, 0);
    g_assert_cmpint(distribution_sample(&point, UINT64_MAX), ==, 7);
    g_assert_cmpint(distribution_sample(&before, 0), ==, 0);
    g_assert_cmpint(distribution_sample(&fixed, UINT64_MAX), ==, 2000000);
    g_assert_cmpint(distribution_mean(&fixed), ==, 2000000);
    g_assert_cmpint(distribution_mean(&point), ==, 7);
}

/* Exact values: the same from gcc and clang at every optimisation level. */
static void test_golden(void)
{
    static const uint64_t bits[] = {
        0, 1, 1ULL << 63, UINT64_MAX, 0x0123456789abcdefULL, 0xfedcba9876543210ULL};
    static const struct {
        const struct distribution *distribution;
        int64_t sample[G_N_ELEMENTS(bits)];
    } cases[] = {
        {&exponential, {0, 0, 1386294, 73473601, 8909, 10832201}},
        {&uniform, {1000000, 1000000, 2000000, 3000000, 1008888, 2991112}},
        {&lognormal, {29112, 29112, 1764994, 107009248, 477113, 6529277}},
    };

    for (size_t d = 0; d < G_N_ELEMENTS(cases); d++)
        for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
            g_assert_cmpint(distribution_sample(cases[d].distribution, bits[i]), ==, cases[d].sample[i]);
    g_assert_true(deterministic_log(0.1) == -0x1.26bb1bbb55515p+1);
    g_assert_true(deterministic_log(12345.678) == 0x1.2d79559791e31p+3);
    g_assert_true(deterministic_exp(-10.5) == 0x1.cdfc263f6a0bap-16);
    g_assert_true(deterministic_exp(3.3) == 0x1.b1cd5e7807b7bp+4);
    g_assert_true(deterministic_normal_quantile(0x1p-53) == -0x1.06b48528cea51p+3);
    g_assert_true(deterministic_normal_quantile(0.01) == -0x1.29c5c4630ff0ep+1);
    g_assert_true(deterministic_normal_quantile(0.3) == -0x1.0c7e39582c5fap-1);
}

/* A sum over many draws: a difference in the last bit of any of them shows. */
static void test_golden_sum(void)
{
    static const struct distribution *const all[] = {&fixed, &exponential, &uniform, &lognormal};
    uint64_t sum = 0;

    for (uint32_t k = 0; k < G_N_ELEMENTS(all); k++)
        for (uint32_t i = 0; i < 100000; i++)
            sum = sum * 31 + (uint64_t)distribution_sample(all[k], random_u64(1, i, k, 0));
    g_assert_cmphex(sum, ==, UINT64_C(0x641d0c4acf67b7f3));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/random/known-answers", test_known_answers);
    g_test_add_func("/random/bytes", test_bytes);
    g_test_add_func("/random/unit", test_unit);
    g_test_add_func("/random/happens", test_happens);
    g_test_add_func("/random/below", test_below);
    g_test_add_func("/random/log", test_log);
    g_test_add_func("/random/exp", test_exp);
    g_test_add_func("/random/normal-quantile", test_normal_quantile);
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        g_test_add_data_func(shapes[i].path, &shapes[i], test_shape);
    g_test_add_func("/random/limits", test_limits);
    g_test_add_func("/random/golden", test_golden);
    g_test_add_func("/random/golden-sum", test_golden_sum);
    return g_test_run();
}
