/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Orders that take no memory: the permutation is one, for every count, and no order is likelier than
 * another; the burst's instants are sorted draws from Beta(3,4). */
#include "sim/base/burst.h"
#include "sim/base/permutation.h"
#include "sim/base/random.h"
#include "tests/tap/tap.h"

#include <math.h>

/* --- permutation ---------------------------------------------------------------------------------------- */

static void test_bijection(void)
{
    static const uint32_t counts[] = {1, 2, 3, 4, 5, 7, 16, 17, 99, 100, 101, 1000, 4096, 65537, 100000};

    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        g_autofree uint8_t *seen = g_malloc0(counts[i]);
        struct permutation p;

        permutation_init(&p, counts[i], 42 + i);
        for (uint32_t place = 0; place < counts[i]; place++) {
            uint32_t number = permutation_at(&p, place);

            g_assert_cmpuint(number, <, counts[i]);
            g_assert_false(seen[number]);
            seen[number] = 1;
        }
    }
}

/* Counts that no table could hold: places of a sample get numbers of their own. */
static void test_large(void)
{
    static const uint32_t counts[] = {100000000, UINT32_MAX};

    for (unsigned i = 0; i < G_N_ELEMENTS(counts); i++) {
        GHashTable *seen = g_hash_table_new(NULL, NULL);
        struct permutation p;

        permutation_init(&p, counts[i], 1);
        for (uint32_t k = 0; k <= 1000; k++) {
            uint32_t place = k < 1000 ? k * (counts[i] / 1000) : counts[i] - 1,
                     number = permutation_at(&p, place);

            g_assert_cmpuint(number, <, counts[i]);
            g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(number)));
        }
        g_hash_table_unref(seen);
    }
}

/* Chi-square of counts that are all expected alike, in standard deviations from its mean. */
static double chi_square_off(const uint32_t *counts, uint32_t cells, double expected)
{
    double sum = 0;

    for (uint32_t i = 0; i < cells; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return fabs(sum - (cells - 1)) / sqrt(2.0 * (cells - 1));
}

/* Over many keys each of the 120 orders of five comes as often as another. */
static void test_orders_of_five(void)
{
    enum { KEYS = 24000, ORDERS = 120 };
    uint32_t counts[ORDERS] = {0};

    for (uint32_t key = 0; key < KEYS; key++) {
        uint32_t number[5], order = 0;
        struct permutation p;

        permutation_init(&p, 5, key);
        for (uint32_t i = 0; i < 5; i++)
            number[i] = permutation_at(&p, i);
        for (uint32_t i = 0; i < 5; i++) { /* Lehmer code */
            uint32_t smaller = 0;

            for (uint32_t j = i + 1; j < 5; j++)
                smaller += number[j] < number[i];
            order = order * (5 - i) + smaller;
        }
        counts[order]++;
    }
    g_assert_cmpfloat(chi_square_off(counts, ORDERS, (double)KEYS / ORDERS), <, 4);
}

/* Neighbours of an order are strangers: their distance, round the circle, is any. */
static void test_neighbours(void)
{
    enum { COUNT = 100003, BINS = 100 };
    uint32_t counts[BINS] = {0};
    struct permutation p;

    permutation_init(&p, COUNT, 7);
    for (uint32_t place = 0; place + 1 < COUNT; place++) {
        uint32_t a = permutation_at(&p, place), b = permutation_at(&p, place + 1);
        uint64_t distance = b > a ? b - a : (uint64_t)b + COUNT - a;

        counts[(distance - 1) * BINS / (COUNT - 1)]++;
    }
    g_assert_cmpfloat(chi_square_off(counts, BINS, (double)(COUNT - 1) / BINS), <, 4);
}

/* --- burst ---------------------------------------------------------------------------------------------- */

/* Beta(3,4) is the chance that three at least of six uniform draws lie below x. */
static double beta_3_4(double x)
{
    static const double choose[] = {1, 6, 15, 20, 15, 6, 1};
    double sum = 0;

    for (int j = 3; j <= 6; j++)
        sum += choose[j] * pow(x, j) * pow(1 - x, 6 - j);
    return sum;
}

static void test_share(void)
{
    for (int i = 1; i < 1000; i++) {
        double x = i / 1000.0;

        g_assert_cmpfloat(fabs(burst_instant(beta_3_4(x)) - x), <, 1e-6);
    }
    g_assert_cmpfloat(burst_instant(0), <, 1e-100);
    g_assert_cmpfloat(burst_instant(1), <=, 1);
    g_assert_cmpfloat(burst_instant(1), >, 1 - 1e-3);
}

/* Kolmogorov and Smirnov: n sorted draws are off their distribution by 1.95 / sqrt(n) in one case of 1000. */
static void test_draws(void)
{
    enum { COUNT = 20000 };

    for (uint64_t seed = 1; seed <= 5; seed++) {
        double last = 0, off = 0, sum = 0;
        struct burst burst;

        burst_init(&burst, COUNT);
        for (uint32_t k = 0; k < COUNT; k++) {
            double x = burst_next(&burst, random_u64(seed, 0, 0, k)), share = beta_3_4(x);

            g_assert_cmpfloat(x, >=, last);
            g_assert_cmpfloat(x, <=, 1);
            off = fmax(off, fmax((k + 1.0) / COUNT - share, share - (double)k / COUNT));
            sum += last = x;
        }
        g_assert_cmpfloat(off, <, 1.95 / sqrt(COUNT));
        g_assert_cmpfloat(off, >, 0.2 / sqrt(COUNT)); /* draws, not quantiles at equal distances */
        /* mean 3/7, variance 3/98 */
        g_assert_cmpfloat(fabs(sum / COUNT - 3.0 / 7), <, 4 * sqrt(3.0 / 98 / COUNT));
    }
}

/* The k-th of n sorted uniform draws has mean k/(n+1): of first, middle and last of a small burst. */
static void test_sorted(void)
{
    enum { COUNT = 3, RUNS = 20000 };
    double sum[COUNT] = {0};

    for (uint64_t seed = 0; seed < RUNS; seed++) {
        struct burst burst;

        burst_init(&burst, COUNT);
        for (uint32_t k = 0; k < COUNT; k++)
            sum[k] += beta_3_4(burst_next(&burst, random_u64(seed, 0, 0, k)));
    }
    for (uint32_t k = 0; k < COUNT; k++) /* standard deviation of each: below 0.23 */
        g_assert_cmpfloat(fabs(sum[k] / RUNS - (k + 1.0) / (COUNT + 1)), <, 4 * 0.23 / sqrt(RUNS));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/permutation/bijection", test_bijection);
    g_test_add_func("/permutation/large", test_large);
    g_test_add_func("/permutation/orders of five", test_orders_of_five);
    g_test_add_func("/permutation/neighbours", test_neighbours);
    g_test_add_func("/burst/share", test_share);
    g_test_add_func("/burst/draws", test_draws);
    g_test_add_func("/burst/sorted", test_sorted);
    return g_test_run();
}
