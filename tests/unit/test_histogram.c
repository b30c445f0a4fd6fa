/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Histogram: quantiles against the sorted samples, exact sums, merging in any grouping. */
#include "sim/base/random.h"
#include "sim/stats/histogram.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <stdlib.h>

enum { SAMPLES = 20001, SEED = 11 };

static const double quantiles[] = {0, 1e-9, 0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1 - 1e-9, 1};

static const struct distribution distributions[] = {
    {.kind = DISTRIBUTION_EXP, .a_ns = 3000000},
    {.kind = DISTRIBUTION_UNIFORM, .a_ns = 900, .b_ns = 5000},
    {.kind = DISTRIBUTION_LOGNORMAL, .a_ns = 20000000, .sigma = 3},
    {.kind = DISTRIBUTION_FIXED, .a_ns = 1500000001},
};

static int compare(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void draw_samples(const struct distribution *d, int64_t *samples)
{
    for (uint32_t i = 0; i < SAMPLES; i++)
        samples[i] = distribution_sample(d, random_u64(SEED, 0, 0, i));
}

static int64_t exact_quantile(const int64_t *sorted, double q)
{
    double rank = ceil(q * SAMPLES);

    return sorted[rank < 1 ? 0 : (size_t)rank - 1];
}

struct groups {
    const int64_t *sorted;
    size_t at;
    int64_t last_ns;
    unsigned per_octave;
};

/* The samples of the group are exactly those that follow in order. */
static void check_group(void *user, int64_t from_ns, int64_t to_ns, uint64_t count)
{
    struct groups *groups = user;

    g_assert_cmpint(from_ns, >, groups->last_ns);
    g_assert_cmpint(to_ns, >=, from_ns);
    if (from_ns >= HISTOGRAM_STEPS)
        g_assert_cmpint((to_ns - from_ns + 1) * groups->per_octave, <=, from_ns);
    g_assert_cmpuint(count, >, 0);
    for (uint64_t i = 0; i < count; i++, groups->at++) {
        g_assert_cmpint(groups->sorted[groups->at], >=, from_ns);
        g_assert_cmpint(groups->sorted[groups->at], <=, to_ns);
    }
    groups->last_ns = to_ns;
}

static void test_groups(void)
{
    int64_t *samples = g_new(int64_t, SAMPLES);

    for (size_t d = 0; d < G_N_ELEMENTS(distributions); d++) {
        struct histogram h;
        histogram_init(&h);
        draw_samples(&distributions[d], samples);
        for (size_t i = 0; i < SAMPLES; i++)
            histogram_add(&h, samples[i]);
        qsort(samples, SAMPLES, sizeof *samples, compare);
        for (unsigned per_octave = 1; per_octave <= HISTOGRAM_STEPS; per_octave *= 4) {
            struct groups groups = {samples, 0, -1, per_octave};
            histogram_each(&h, per_octave, check_group, &groups);
            g_assert_cmpuint(groups.at, ==, SAMPLES);
        }
        histogram_clear(&h);
    }
    g_free(samples);
}

static void test_quantiles(void)
{
    int64_t *samples = g_new(int64_t, SAMPLES);

    for (size_t d = 0; d < G_N_ELEMENTS(distributions); d++) {
        struct histogram h;
        histogram_init(&h);
        draw_samples(&distributions[d], samples);
        for (size_t i = 0; i < SAMPLES; i++)
            histogram_add(&h, samples[i]);
        qsort(samples, SAMPLES, sizeof *samples, compare);
        for (size_t i = 0; i < G_N_ELEMENTS(quantiles); i++) {
            int64_t exact = exact_quantile(samples, quantiles[i]);
            int64_t found = histogram_quantile(&h, quantiles[i]);
            g_assert_cmpfloat((double)llabs(found - exact), <=, 0.001 * (double)exact);
        }
        g_assert_cmpint(histogram_quantile(&h, 1), ==, samples[SAMPLES - 1]);
        g_assert_cmpint(h.max_ns, ==, samples[SAMPLES - 1]);
        histogram_clear(&h);
    }
    g_free(samples);
}

/* Every bucket edge: a value is never given as less, nor as more than 0.1 % above. */
static void test_edges(void)
{
    for (unsigned bit = 0; bit < 63; bit++) {
        for (int64_t step = -2; step <= 2; step++) {
            int64_t value = (int64_t)(UINT64_C(1) << bit) + step;
            struct histogram h;
            if (value < 0)
                continue;
            histogram_init(&h);
            histogram_add(&h, value);
            histogram_add(&h, INT64_MAX);
            int64_t found = histogram_quantile(&h, 0.5);
            g_assert_cmpint(found, >=, value);
            g_assert_cmpint(found - value, <=, value / 1000);
            g_assert_cmpint(histogram_quantile(&h, 0.51), ==, INT64_MAX);
            histogram_clear(&h);
        }
    }
}

/* A bucket that holds each of its values once: every quantile is right to 1 ns, where its upper edge would be
 * wrong by up to 1023. */
static void test_within_bucket(void)
{
    const int64_t from_ns = INT64_C(1) << 20;
    struct histogram h;

    histogram_init(&h);
    for (int64_t i = 0; i < 1024; i++)
        histogram_add(&h, from_ns + i);
    for (int64_t i = 0; i < 1024; i++)
        g_assert_cmpint(llabs(histogram_quantile(&h, (double)(i + 1) / 1024) - from_ns - i), <=, 1);
    histogram_clear(&h);
}

static void test_small_values_exact(void)
{
    struct histogram h;

    histogram_init(&h);
    for (int64_t value = 0; value < 1024; value++)
        histogram_add(&h, value);
    for (int64_t value = 0; value < 1024; value++)
        g_assert_cmpint(histogram_quantile(&h, (double)(value + 1) / 1024), ==, value);
    histogram_clear(&h);
}

static void test_sum(void)
{
    struct histogram h;

    histogram_init(&h);
    g_assert_cmpfloat(histogram_mean_s(&h), ==, 0);
    g_assert_cmpint(histogram_quantile(&h, 0.5), ==, 0);
    for (int i = 0; i < 6; i++) /* 6 (2^63 - 1) = 2 * 2^64 + 2^64 - 6 */
        histogram_add(&h, INT64_MAX);
    g_assert_cmpuint(h.sum_high, ==, 2);
    g_assert_cmpuint(h.sum_low, ==, UINT64_MAX - 5);
    g_assert_cmpfloat_with_epsilon(histogram_mean_s(&h), 9223372036.854775807, 1e-5);
    histogram_clear(&h);
    histogram_add(&h, 1000000000);
    histogram_add(&h, -5); /* counts as 0 */
    histogram_add(&h, 2000000000);
    g_assert_cmpuint(h.count, ==, 3);
    g_assert_cmpfloat(histogram_mean_s(&h), ==, 1);
    g_assert_cmpint(histogram_quantile(&h, 0), ==, 0);
    histogram_clear(&h);
}

static void assert_equal(const struct histogram *a, const struct histogram *b)
{
    g_assert_cmpuint(a->count, ==, b->count);
    g_assert_cmpuint(a->sum_high, ==, b->sum_high);
    g_assert_cmpuint(a->sum_low, ==, b->sum_low);
    g_assert_cmpint(a->max_ns, ==, b->max_ns);
    for (int i = 0; i < HISTOGRAM_OCTAVES; i++) {
        g_assert_true(!a->octave[i] == !b->octave[i]);
        if (a->octave[i])
            g_assert_cmpmem(a->octave[i], HISTOGRAM_STEPS * sizeof(uint32_t), b->octave[i],
                            HISTOGRAM_STEPS * sizeof(uint32_t));
    }
}

/* Four parts merged forwards and backwards give what one histogram of all gives. */
static void test_merge(void)
{
    enum { PARTS = 4 };
    struct histogram all, part[PARTS], forwards, backwards;

    histogram_init(&all);
    histogram_init(&forwards);
    histogram_init(&backwards);
    for (int i = 0; i < PARTS; i++)
        histogram_init(&part[i]);
    for (uint32_t i = 0; i < SAMPLES; i++) {
        uint64_t bits = random_u64(SEED, 1, 0, i);
        int64_t value = (int64_t)((bits >> 1) >> (bits % 63));
        histogram_add(&all, value);
        histogram_add(&part[i % PARTS], value);
    }
    for (int i = 0; i < PARTS; i++) {
        histogram_merge(&forwards, &part[i]);
        histogram_merge(&backwards, &part[PARTS - 1 - i]);
    }
    g_assert_cmpuint(all.sum_high, >, 0); /* the carry is part of the test */
    assert_equal(&all, &forwards);
    assert_equal(&all, &backwards);
    histogram_clear(&all);
    histogram_clear(&forwards);
    histogram_clear(&backwards);
    for (int i = 0; i < PARTS; i++)
        histogram_clear(&part[i]);
}

/* Three samples of a whole of five: the two that are missing are larger than all. */
static void test_of_whole(void)
{
    struct histogram h;

    histogram_init(&h);
    g_assert_cmpint(histogram_quantile_of(&h, 0, 5), ==, -1);
    g_assert_cmpint(histogram_quantile_of(&h, 0.5, 0), ==, -1);
    for (int64_t value = 10; value <= 30; value += 10)
        histogram_add(&h, value);
    g_assert_cmpint(histogram_quantile_of(&h, 0.2, 5), ==, 10);
    g_assert_cmpint(histogram_quantile_of(&h, 0.21, 5), ==, 20);
    g_assert_cmpint(histogram_quantile_of(&h, 0.6, 5), ==, 30);
    g_assert_cmpint(histogram_quantile_of(&h, 0.61, 5), ==, -1);
    g_assert_cmpint(histogram_quantile_of(&h, 1, 5), ==, -1);
    g_assert_cmpint(histogram_quantile_of(&h, 1, 3), ==, 30);
    histogram_clear(&h);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/histogram/groups", test_groups);
    g_test_add_func("/histogram/quantiles", test_quantiles);
    g_test_add_func("/histogram/of a whole", test_of_whole);
    g_test_add_func("/histogram/within_bucket", test_within_bucket);
    g_test_add_func("/histogram/edges", test_edges);
    g_test_add_func("/histogram/small-values-exact", test_small_values_exact);
    g_test_add_func("/histogram/sum", test_sum);
    g_test_add_func("/histogram/merge", test_merge);
    return g_test_run();
}
