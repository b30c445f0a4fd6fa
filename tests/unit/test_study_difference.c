/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Paired differences and the correction for many, against values from elsewhere. */
#include "sim/study/difference.h"
#include "sim/study/statistics.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <string.h>

static const struct stats_column mean = {"mean_s", "s", "", STATS_MEAN};
static const struct stats_column count = {"count", "1", "", STATS_COUNT};
static const struct stats_column extreme = {"max_s", "s", "", STATS_EXTREME};
static const struct stats_column fixed = {"ues", "1", "", STATS_FIXED};

#define NEAR(value, expected)                                                                                \
    g_assert_cmpfloat_with_epsilon(value, expected, 1e-6 * fabs((double)(expected)) + 1e-12)

/* Sleep by two drugs, 10 patients: Student, The Probable Error of a Mean, Biometrika 6 (1908); the values are
 * those that R's t.test(paired = TRUE) gives of its data set "sleep". */
static const double drug_1[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
static const double drug_2[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};

static void test_student(void)
{
    struct difference d = difference_of(&mean, drug_1, drug_2, 10, 1);

    NEAR(d.interval.estimate, 1.58);
    NEAR(d.interval.low, 0.7001142);
    NEAR(d.interval.high, 2.4598858);
    NEAR(d.p, 0.00283289);
    g_assert_cmpuint(d.interval.n, ==, 10);
}

/* At either end of a quotient's interval the Student interval of B - quotient A just reaches 0. */
static void test_fieller(void)
{
    const double a[] = {10, 12, 9, 11, 10.5}, b[] = {11, 13.5, 9.2, 12.4, 11.9};
    struct difference d = difference_of(&mean, a, b, 5, 1);
    double ends[] = {d.relative_low, d.relative_high}, rest[5];

    NEAR(d.relative, 58.0 / 52.5 - 1);
    g_assert_cmpfloat(d.relative_low, <, d.relative);
    g_assert_cmpfloat(d.relative, <, d.relative_high);
    for (unsigned e = 0; e < 2; e++) {
        struct statistics s;

        for (unsigned i = 0; i < 5; i++)
            rest[i] = b[i] - (1 + ends[e]) * a[i];
        s = statistics_of(rest, 5);
        g_assert_cmpfloat_with_epsilon(e == 0 ? s.low : s.high, 0, 1e-9);
    }
}

/* Where A may be 0, its quotient has no bounds. */
static void test_no_quotient(void)
{
    const double a[] = {0, 5, 0, 0}, b[] = {3, 9, 4, 6}, none[] = {0, 0, 0, 0};
    struct difference d = difference_of(&mean, a, b, 4, 1);

    NEAR(d.relative, 22.0 / 5 - 1);
    g_assert_true(isnan(d.relative_low) && isnan(d.relative_high));
    d = difference_of(&mean, none, b, 4, 1);
    g_assert_true(isnan(d.relative));
    NEAR(d.interval.estimate, 5.5);
}

/* Five events in one of three runs, none in the others: a coin falls five times one way in 2/32 of cases. */
static void test_counts(void)
{
    const double none[] = {0, 0, 0}, some[] = {0, 0, 40}, few[] = {1, 0, 1}, each[] = {5, 5, 5},
                 one[] = {1, 1, 1};
    struct difference d = difference_of(&count, none, some, 3, 1);

    g_assert_cmpfloat(d.p, >, 0.4); /* Student: 0.42 */
    d = difference_of(&count, none, few, 3, 1);
    NEAR(d.p, 0.5); /* two events */
    g_assert_cmpfloat(d.interval.low, <, 0);
    d = difference_of(&count, none, each, 3, 1);
    NEAR(d.p, 2 * pow(0.5, 15));
    /* the rule of three: at most 3 of 3 runs' events might be missing or too many */
    NEAR(d.interval.low, 5 + log(0.05) / 3);
    NEAR(d.interval.high, 5 - log(0.05) / 3);
    d = difference_of(&count, none, one, 3, 1);
    NEAR(d.p, 0.25);
    g_assert_cmpfloat(d.interval.low, >=, 0); /* 1 - 2.996 / 3 */
    g_assert_cmpfloat(d.interval.low, <, 0.01);
}

/* Shares are events of so many UEs. */
static void test_shares(void)
{
    const struct stats_column share = {"ratio", "ratio", "", STATS_SHARE};
    const double a[] = {1, 1, 1, 1}, b[] = {0.999, 1, 1, 0.999};
    struct difference d = difference_of(&share, a, b, 4, 1000);

    NEAR(d.p, 0.5); /* two UEs */
    d = difference_of(&share, a, b, 4, 10000);
    g_assert_cmpfloat(d.p, >, 0.1); /* Student: 0.18 */
    g_assert_cmpfloat(d.interval.low, <, -0.0005);
    g_assert_cmpfloat(d.interval.high, >, 0); /* differences may be of either sign */
}

/* The median lies between the least and the largest of five in 1 - 2/32. */
static void test_extremes(void)
{
    const double a[] = {10, 10, 10, 10, 10, 10}, b[] = {11, 19, 13, 12, 15, 17};
    const double more[] = {12, 12, 12, 12, 12, 12}, mixed[] = {9.9, 16, 15, 14, 16, 16};
    struct difference d = difference_of(&extreme, a, b, 6, 1);

    g_assert_cmpfloat_with_epsilon(d.p, 0.0159381, 1e-7); /* t = 3.576237 with 5 degrees of freedom */
    NEAR(d.interval.estimate, 4);
    NEAR(d.interval.low, 1);
    NEAR(d.interval.high, 9);
    NEAR(d.relative, 0.4);
    NEAR(d.relative_high, 0.9);
    d = difference_of(&extreme, a, more, 6, 1); /* all by 2 */
    NEAR(d.p, 2.0 / 64);
    d = difference_of(&extreme, a, more, 5, 1); /* five coins are too few, however they fall */
    g_assert_true(isnan(d.p));
    d = difference_of(&extreme, a, mixed, 6, 1);
    NEAR(d.p, 0.05); /* Student: 0.006, but the median may be 0 */
    d = difference_of(&extreme, a, b, 4, 1);
    g_assert_true(isnan(d.p));
    g_assert_cmpstr(d.interval.note, ==, interval_too_few);
    d = difference_of(&extreme, b, b, 6, 1);
    NEAR(d.p, 1);
    g_assert_cmpstr(d.interval.note, ==, interval_alike);
}

/* An interval without width, for the middle ones are all the same: it is where it is. */
static void test_extremes_alike_in_the_middle(void)
{
    const double a[] = {5, 5, 5, 5, 5, 5, 5, 5, 5}, more[] = {7, 7, 7, 7, 7, 7, 7, 7, 12},
                 one[] = {5, 5, 5, 5, 5, 5, 5, 5, 6};
    struct difference d = difference_of(&extreme, a, more, 9, 1);

    g_assert_cmpstr(d.interval.note, ==, interval_alike);
    g_assert_cmpfloat(d.p, <, 0.01);
    d = difference_of(&extreme, a, one, 9, 1);
    g_assert_cmpstr(d.interval.note, ==, interval_alike);
    g_assert_cmpfloat(d.p, >, 0.05);
}

static void test_alike(void)
{
    const double a[] = {1, 2, 3}, more[] = {2, 3, 4};
    struct difference d = difference_of(&mean, a, a, 3, 1);

    NEAR(d.p, 1);
    g_assert_cmpstr(d.interval.note, ==, interval_alike);
    g_assert_true(isnan(d.interval.low));
    d = difference_of(&mean, a, more, 3, 1);
    g_assert_cmpfloat(d.p, ==, 0);
    d = difference_of(&fixed, a, a, 3, 1);
    NEAR(d.p, 1);
    d = difference_of(&fixed, a, more, 1, 1);
    g_assert_cmpfloat(d.p, ==, 0);
}

static void test_few(void)
{
    const double a[] = {4}, b[] = {5};
    struct difference d = difference_of(&mean, a, b, 1, 1);

    NEAR(d.interval.estimate, 1);
    NEAR(d.relative, 0.25);
    g_assert_true(isnan(d.p) && isnan(d.interval.low) && isnan(d.relative_low));
    g_assert_cmpstr(d.interval.note, ==, interval_too_few);
    d = difference_of(&mean, a, b, 0, 1);
    g_assert_true(isnan(d.a) && isnan(d.p) && isnan(d.interval.estimate));
}

/* --- quantiles ------------------------------------------------------------------------------------------ */

static const struct difference_pairs no_shift = {0, NULL, {(double)NAN, (double)NAN}};

static struct difference of_quantile(const struct interval *a, const struct interval *b, const double *shares,
                                     unsigned n)
{
    struct difference_pairs pairs = no_shift;
    struct difference found;

    pairs.n = n;
    pairs.contrasts = g_memdup2(shares, n * sizeof *shares);
    found = difference_of_quantile(a, b, &pairs);
    difference_pairs_clear(&pairs);
    return found;
}

/* Two means with their intervals, 3 and 5 with +-0.3 and +-0.4: of the difference +-0.5. */
static void test_pools(void)
{
    const struct interval a = {5, 3, 0, 2.7, 3.3, NULL}, b = {5, 5, 0, 4.6, 5.4, NULL};
    const double shares[] = {-0.1, -0.12, -0.11, -0.09, -0.1}, mixed[] = {-0.1, 0.1, 0.1, -0.1, 0};
    struct difference d = of_quantile(&a, &b, shares, 5);

    NEAR(d.interval.estimate, 2);
    NEAR(d.interval.low, 1.5);
    NEAR(d.interval.high, 2.5);
    NEAR(d.relative, 2.0 / 3);
    g_assert_cmpfloat(d.relative_low, <, d.relative);
    g_assert_cmpfloat(d.p, <, 1e-4);
    d = of_quantile(&a, &b, mixed, 5);
    NEAR(d.p, 1);
    d = of_quantile(&a, &a, shares, 5);
    NEAR(d.p, 0.05); /* its interval holds 0 */
    d = of_quantile(&a, &b, shares, 1);
    g_assert_true(isnan(d.p));
    NEAR(difference_of_pools(&a, &b, 2, &no_shift).estimate, -1);
    NEAR(difference_of_pools(&a, &b, 2, &no_shift).low, -1 - hypot(0.4, 0.6));
}

/* 3 +- 0.3, and 5 that is from 4.8 to 5.3 beside 3: 1.6 to 1.767 times as large. */
static void test_shifted_pools(void)
{
    const struct interval a = {5, 3, 0, 2.7, 3.3, NULL}, b = {5, 5, 0, 3, 9, NULL};
    double contrasts[] = {-0.1, -0.12, -0.11, -0.09, -0.1};
    const struct difference_pairs pairs = {5, contrasts, {4.8, 5.3}};
    struct difference d = difference_of_quantile(&a, &b, &pairs);
    struct interval twice = difference_of_pools(&a, &b, 2, &pairs);

    NEAR(d.interval.estimate, 2);
    NEAR(d.interval.low, 0.6 * 2.7);
    NEAR(d.interval.high, 2.3 / 3 * 3.3);
    NEAR(d.relative_low, 0.6);
    NEAR(d.relative_high, 2.3 / 3);
    g_assert_cmpfloat(d.p, <, 1e-4);
    NEAR(twice.low, -0.4 * 3.3);
    NEAR(twice.high, -0.7 / 3 * 2.7);
}

/* Pools in which all of a run's samples are alike. */
static struct pool *pool_of_places(const double *a, const double *b, unsigned n)
{
    struct pool *pool = pool_new();

    for (unsigned i = 0; i < 2 * n; i++) {
        const double *side = i < n ? a : b;
        char *text;

        if (!side)
            continue;
        text = g_strdup_printf("gba,%g,%g,100\n", side[i % n], side[i % n]);
        g_assert_true(pool_add(pool, text, "gba", 0));
        g_free(text);
    }
    return pool;
}

/* Of 0.99 in five pairs less than a run is beyond: places tell, of which each of B's is above A's. */
static void test_pairs_that_shift(void)
{
    static const double a[] = {1, 1.3, 1.1, 1.6, 1.2}, b[] = {2, 2.5, 2.3, 3, 2.2};
    struct pool *of_a = pool_of_places(a, NULL, 5), *of_b = pool_of_places(NULL, b, 5),
                *both = pool_of_places(a, b, 5);
    struct difference_pairs far = difference_pairs_of(of_a, of_b, both, 0.99, 1),
                            middle = difference_pairs_of(of_a, of_b, both, 0.5, 1);
    double sd, half;

    for (unsigned i = 0; i < 5; i++)
        NEAR(far.contrasts[i], log1p(a[i] / 3) - log1p(b[i] / 3));
    sd = statistics_of(far.contrasts, 5).sd;
    /* Student's t, the chi-square and the normal distribution, from tables */
    half = sd * hypot(2.776445 / sqrt(5), 2.326348 * (sqrt(4 / 0.484419) - 1));
    g_assert_cmpfloat_with_epsilon(far.b.low, 3 * expm1(log1p(1) - half), 1e-5);
    g_assert_cmpfloat_with_epsilon(far.b.high, 3 * expm1(log1p(1) + half), 1e-5);
    for (unsigned i = 0; i < 5; i++)
        NEAR(middle.contrasts[i], -1); /* all of A below, none of B */
    g_assert_true(isnan(middle.b.high));
    difference_pairs_clear(&far);
    difference_pairs_clear(&middle);
    pool_free(of_a);
    pool_free(of_b);
    pool_free(both);
}

/* B as far as 30 to 300 by the pairs, and within its own 3 to 9: no further from A's 2.7 to 3.3 than that. */
static void test_shifted_within_their_own(void)
{
    const struct interval a = {5, 3, 0, 2.7, 3.3, NULL}, b = {5, 5, 0, 4, 9, NULL};
    double contrasts[] = {-0.1, -0.12, -0.11, -0.09, -0.1};
    const struct difference_pairs wide = {5, contrasts, {1, 300}}, same = {5, contrasts, {3, 3}};
    struct difference d = difference_of_quantile(&a, &b, &wide);

    NEAR(d.interval.low, 4 - 3.3);
    NEAR(d.interval.high, 9 - 2.7);
    NEAR(d.relative_low, 4 / 3.3 - 1);
    NEAR(d.relative_high, 9 / 2.7 - 1);
    d = difference_of_quantile(&a, &a, &same);
    g_assert_cmpstr(d.interval.note, ==, interval_alike);
}

/* What is held against itself does not differ by a bit. */
static void test_shifted_and_itself(void)
{
    static const double a[] = {0.997982, 1.3, 1.1, 1.6, 1.2}, of[5] = {0};
    struct pool *of_a = pool_of_places(a, NULL, 5), *both = pool_of_places(a, a, 5);
    struct difference_pairs pairs = difference_pairs_of(of_a, of_a, both, 0.99, 1);
    struct interval interval = pool_interval(of_a, 0.99, of, 1);
    struct difference d = difference_of_quantile(&interval, &interval, &pairs);

    g_assert_null(interval.note);
    g_assert_cmpfloat(pairs.b.low, ==, interval.estimate);
    g_assert_cmpfloat(pairs.b.high, ==, interval.estimate);
    g_assert_cmpstr(d.interval.note, ==, interval_alike);
    NEAR(d.p, 1);
    difference_pairs_clear(&pairs);
    pool_free(of_a);
    pool_free(both);
}

/* Runs without samples are no runs whose samples all lie above: their pairs count for nothing. */
static void test_pairs_without_samples(void)
{
    static const double a[] = {1, 1.3, 1.1, 1.6};
    struct pool *of_a = pool_of_places(a, NULL, 4), *of_b = pool_new(), *both = pool_of_places(a, NULL, 4);
    const struct interval below = {4, -1, 0, -2, -0.5, NULL};
    struct difference_pairs pairs;

    for (unsigned i = 0; i < 4; i++)
        g_assert_true(pool_add(of_b, i % 2 ? "gba,0.1,0.1,3\n" : "", "gba", 0) &&
                      pool_add(both, i % 2 ? "gba,0.1,0.1,3\n" : "", "gba", 0));
    pairs = difference_pairs_of(of_a, of_b, both, 0.25, 1);
    g_assert_true(isnan(pairs.contrasts[0]) && isnan(pairs.contrasts[2]));
    NEAR(pairs.contrasts[1], 1); /* of both it is 1 s: A's second and fourth run lie above */
    NEAR(pairs.contrasts[3], 1);
    NEAR(difference_p_of_contrasts(pairs.contrasts, 4, &below), 1 - 2 / G_PI * atan(2 * statistics_t(1, 1)));
    difference_pairs_clear(&pairs);
    pool_free(of_a);
    pool_free(of_b);
    pool_free(both);
}

/* A side none of whose runs has samples: no pair tells anything. */
static void test_side_without_samples(void)
{
    static const double a[] = {1, 1.3, 1.1};
    const struct interval of_a = {3, 1.1, 0, 1, 1.3, NULL},
                          of_b = {3, 0, 0, (double)NAN, (double)NAN, "no samples"};
    struct pool *pool_a = pool_of_places(a, NULL, 3), *both = pool_of_places(a, NULL, 3);
    struct difference_pairs pairs;
    struct difference d;

    for (unsigned i = 0; i < 3; i++)
        g_assert_true(pool_add(both, "", "gba", 0));
    pairs = difference_pairs_of(pool_a, NULL, both, 0.5, 1);
    for (unsigned i = 0; i < 3; i++)
        g_assert_true(isnan(pairs.contrasts[i]));
    d = difference_of_quantile(&of_a, &of_b, &pairs);
    g_assert_cmpstr(d.interval.note, ==, "no samples");
    g_assert_true(isnan(d.p));
    difference_pairs_clear(&pairs);
    pool_free(pool_a);
    pool_free(both);
}

/* A side whose runs are all alike, as those of fixed service times are, ends where it begins; nothing is
 * said of one of too few runs. */
static void test_pools_without_ends(void)
{
    const struct interval a = {5, 3, 0, 2.7, 3.3, NULL},
                          alike = {5, 5, 0, (double)NAN, (double)NAN, interval_alike},
                          same = {5, 3, 0, (double)NAN, (double)NAN, interval_alike},
                          few = {5, 5, 0, (double)NAN, (double)NAN, interval_too_few};
    const double shares[] = {-0.1, -0.12, -0.11, -0.09, -0.1};
    struct difference d = of_quantile(&a, &alike, shares, 5);

    g_assert_null(d.interval.note);
    NEAR(d.interval.low, 1.7);
    NEAR(d.interval.high, 2.3);
    NEAR(d.relative_low, 5 / 3.3 - 1);
    NEAR(d.relative_high, 5 / 2.7 - 1);
    g_assert_cmpfloat(d.p, <, 1e-4);
    NEAR(of_quantile(&a, &same, shares, 5).p, 0.05); /* 3 +- 0.3 and 3 */
    d = of_quantile(&same, &alike, shares, 5);
    g_assert_cmpstr(d.interval.note, ==, interval_alike);
    g_assert_cmpfloat(d.p, <, 1e-4);
    NEAR(of_quantile(&same, &same, shares, 5).p, 0.05);
    d = of_quantile(&alike, &few, shares, 5);
    g_assert_cmpstr(d.interval.note, ==, interval_too_few);
    g_assert_true(isnan(d.p) && isnan(d.interval.low));
    d = of_quantile(&few, &a, shares, 5);
    g_assert_cmpstr(d.interval.note, ==, interval_too_few);
    g_assert_true(isnan(d.p));
}

/* All of A below all of B: no share tells more than the next, however few the pairs are. What tells is
 * how far apart the intervals are: where half of one of 95 % is t(0.975), 2 +- 0.5 is 4 t(0.975). */
static void test_equal_shares(void)
{
    const double shares[] = {-1, -1, -1, -1}, none[] = {0, 0, 0, 0};
    const struct interval near = {4, 2, 0, 1.5, 2.5, NULL}, mirrored = {4, -2, 0, -2.5, -1.5, NULL},
                          wide = {4, 2, 0, -0.5, 4.5, NULL},
                          alike = {4, 2, 0, (double)NAN, (double)NAN, interval_alike};
    const double t = 4 * statistics_t(3, 1), angle = atan(t / sqrt(3));

    /* Student's distribution with 3 degrees of freedom, in closed form */
    NEAR(difference_p_of_contrasts(shares, 4, &near), 1 - 2 / G_PI * (angle + sin(angle) * cos(angle)));
    NEAR(difference_p_of_contrasts(shares, 4, &mirrored), difference_p_of_contrasts(shares, 4, &near));
    g_assert_cmpfloat(difference_p_of_contrasts(shares, 4, &wide), >, 0.05);
    NEAR(difference_p_of_contrasts(shares, 4, &alike), 0);
    NEAR(difference_p_of_contrasts(none, 4, &wide), 1);
}

static void test_mean_of_intervals(void)
{
    const struct interval a = {5, 3, 0, 2, 5, NULL},
                          alike = {5, 5, 0, (double)NAN, (double)NAN, interval_alike},
                          few = {5, 5, 0, (double)NAN, (double)NAN, interval_too_few};
    struct interval sum = {0}, same = {0}, none = {0};

    difference_mean_add(&sum, &a, 2);
    difference_mean_add(&sum, &alike, 2);
    difference_mean_end(&sum, 4);
    g_assert_null(sum.note);
    NEAR(sum.estimate, 4);
    NEAR(sum.low, 3.5);
    NEAR(sum.high, 5);
    g_assert_cmpuint(sum.n, ==, 4);
    difference_mean_add(&same, &alike, 1);
    difference_mean_end(&same, 4);
    g_assert_cmpstr(same.note, ==, interval_alike);
    difference_mean_add(&none, &a, 2);
    difference_mean_add(&none, &few, 2);
    difference_mean_end(&none, 4);
    g_assert_cmpstr(none.note, ==, interval_too_few);
    g_assert_true(isnan(none.low) && isnan(none.high));
}

/* Samples 1 to 10 s and 11 to 20 s, one a second: half of all lie at or below 10 s, a quarter of what
 * might be. */
static void test_shares_below(void)
{
    GString *text = g_string_new("procedure,from_s,to_s,count\n");
    struct pool *pool = pool_new();
    double shares[2];

    for (unsigned i = 0; i < 20; i++)
        g_string_append_printf(text, "gba,%u,%u,1\n", i, i + 1);
    g_assert_true(pool_add(pool, text->str, "gba", 0) && pool_add(pool, text->str, "gba", 40));
    pool_shares(pool, 10, shares);
    NEAR(shares[0], 0.5);
    NEAR(shares[1], 0.25);
    pool_shares(pool, 10.5, shares); /* half of a row */
    NEAR(shares[0], 0.525);
    pool_free(pool);
    g_string_free(text, TRUE);
}

/* As many samples below in each run, however they are spread over rows: shares that differ in their last
 * bit alone would make a Student's t of rounding. */
static void test_same_shares(void)
{
    struct pool *pool = pool_new();
    double shares[3];

    g_assert_true(pool_add(pool, "gba,0,1,1\ngba,1,2,2\ngba,2,3,3\ngba,8,9,4\n", "gba", 0));
    g_assert_true(pool_add(pool, "gba,0,1,3\ngba,1,2,2\ngba,2,3,1\ngba,8,9,4\n", "gba", 0));
    g_assert_true(pool_add(pool, "gba,0,1,6\ngba,8,9,4\n", "gba", 0));
    pool_shares(pool, 4, shares);
    g_assert_true(statistics_alike(shares, 3));
    pool_free(pool);
}

/* --- many ----------------------------------------------------------------------------------------------- */

/* The 15 p of Benjamini and Hochberg's paper (J. R. Statist. Soc. B 57, 1995, 3.2), adjusted as R's p.adjust
 * does: four are below 0.05, where Bonferroni finds three. */
static void test_many(void)
{
    double p[] = {0.0095, 0.0001, (double)NAN, 0.0004, 0.0201, 0.0278, 0.0019, 0.0298,
                  0.0344, 0.0459, 0.3240,      0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
    const double adjusted[] = {0.035625, 0.0015,     (double)NAN, 0.003,  0.0603, 0.06385714,
                               0.0095,   0.06385714, 0.0645,      0.0765, 0.486,  0.58118182,
                               0.714875, 0.75323077, 0.81321429,  1};

    difference_adjust(p, G_N_ELEMENTS(p));
    for (size_t i = 0; i < G_N_ELEMENTS(p); i++)
        if (isnan(adjusted[i]))
            g_assert_true(isnan(p[i]));
        else
            g_assert_cmpfloat_with_epsilon(p[i], adjusted[i], 1e-8);
    difference_adjust(NULL, 0);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/difference/student", test_student);
    g_test_add_func("/study/difference/fieller", test_fieller);
    g_test_add_func("/study/difference/no-quotient", test_no_quotient);
    g_test_add_func("/study/difference/counts", test_counts);
    g_test_add_func("/study/difference/shares", test_shares);
    g_test_add_func("/study/difference/extremes", test_extremes);
    g_test_add_func("/study/difference/extremes-alike-in-the-middle", test_extremes_alike_in_the_middle);
    g_test_add_func("/study/difference/alike", test_alike);
    g_test_add_func("/study/difference/few", test_few);
    g_test_add_func("/study/difference/pools", test_pools);
    g_test_add_func("/study/difference/shifted-pools", test_shifted_pools);
    g_test_add_func("/study/difference/pairs-that-shift", test_pairs_that_shift);
    g_test_add_func("/study/difference/shifted-within-their-own", test_shifted_within_their_own);
    g_test_add_func("/study/difference/shifted-and-itself", test_shifted_and_itself);
    g_test_add_func("/study/difference/pairs-without-samples", test_pairs_without_samples);
    g_test_add_func("/study/difference/side-without-samples", test_side_without_samples);
    g_test_add_func("/study/difference/pools-without-ends", test_pools_without_ends);
    g_test_add_func("/study/difference/equal-shares", test_equal_shares);
    g_test_add_func("/study/difference/mean-of-intervals", test_mean_of_intervals);
    g_test_add_func("/study/difference/shares-below", test_shares_below);
    g_test_add_func("/study/difference/same-shares", test_same_shares);
    g_test_add_func("/study/difference/many", test_many);
    return g_test_run();
}
