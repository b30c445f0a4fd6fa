/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Intervals against closed forms, and quantiles of runs in a folder. How often they hold what they are to
 * hold: test_study_coverage. */
#include "sim/study/evidence.h"
#include "sim/study/statistics.h"
#include "tests/tap/tap.h"
#include "tests/unit/study_fixture.h"

#include <math.h>

static const struct stats_column count = {"failures", "1", "", STATS_COUNT};
static const struct stats_column share = {"keyed_ratio", "ratio", "", STATS_SHARE};
static const struct stats_column mean = {"wait_mean_s", "s", "", STATS_MEAN};
static const struct stats_column extreme = {"duration_s", "s", "", STATS_EXTREME};
static const struct stats_column fixed = {"ues", "1", "", STATS_FIXED};

static void expect(const struct interval *interval, double low, double high)
{
    g_assert_null(interval->note);
    g_assert_cmpfloat_with_epsilon(interval->low, low, 1e-4);
    g_assert_cmpfloat_with_epsilon(interval->high, high, 1e-4);
}

static void expect_none(const struct interval *interval, double estimate, const char *note)
{
    g_assert_cmpstr(interval->note, ==, note);
    g_assert_true(isnan(interval->low) && isnan(interval->high));
    g_assert_true(interval->estimate == estimate || (isnan(estimate) && isnan(interval->estimate)));
}

/* Nothing in n runs: -ln(0.05) / n a run, and per UE where it is a share of them; Bonferroni makes 0.05
 * smaller. */
static void test_rule_of_three(void)
{
    const double none[10] = {0}, all[10] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};

    for (unsigned n = 2; n <= 10; n++) {
        struct interval some = interval_of(&count, none, n, 0, 1),
                        shares = interval_of(&share, all, n, 400, 1);
        struct interval looks = interval_of(&count, none, n, 0, 4);

        expect(&some, 0, 2.995732 / n);
        expect(&shares, 1 - 2.995732 / (400 * n), 1);
        expect(&looks, 0, -log(0.0125) / n);
    }
}

/* No more UEs have the key than there are; other counts have no such end. */
static void test_no_more_than_all(void)
{
    const struct stats_column ues = {"ues_keyed", "1", "", STATS_COUNT};
    const double all[3] = {50, 50, 50}, some[3] = {48, 50, 49};
    struct interval of_all = interval_of(&ues, all, 3, 50, 1), of_some = interval_of(&ues, some, 3, 50, 1);
    struct interval further = interval_further(&ues, some, 3, 50, 1),
                    other = interval_of(&count, some, 3, 50, 1);

    expect(&of_all, 50 - 2.995732 / 3, 50);
    g_assert_true(of_some.high == 50 && further.high == 50 && further.low < of_some.low);
    g_assert_cmpfloat(other.high, >, 51);
}

/* Clopper and Pearson: none of n, 1 - 0.05^(1/n); one of four, by tables of the beta distribution. */
static void test_flags(void)
{
    const struct stats_column flag = {"overloaded", "1", "", STATS_FLAG};
    const double none[5] = {0}, all[3] = {1, 1, 1}, some[4] = {0, 1, 0, 0};
    struct interval never = interval_of(&flag, none, 5, 0, 1), always = interval_of(&flag, all, 3, 0, 1);
    struct interval once = interval_of(&flag, some, 4, 0, 1);

    expect(&never, 0, 1 - pow(0.05, 1 / 5.0));
    expect(&always, pow(0.05, 1 / 3.0), 1);
    expect(&once, 0.0063, 0.8059);
    g_assert_cmpfloat(interval_further(&flag, some, 4, 0, 1).high, ==, 1);
}

/* Garwood's exact bounds of a Poisson mean: for 3 events 0.6187 to 8.7673 (tables of the chi-squared
 * distribution: half of the 2.5 % point for 6, of the 97.5 % point for 8 degrees of freedom, 1.2373 and
 * 17.5345). Student's t for two zeros and a three is wider above and is cut off at 0. */
static void test_counts(void)
{
    const double many[20] = {1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1};
    struct interval some = interval_of(&count, many, 20, 0, 1);

    g_assert_cmpfloat_with_epsilon(some.estimate, 0.15, 1e-9);
    expect(&some, 0, 8.76727 / 20);
}

/* Any number of events has bounds: they are within a few standard deviations, and do not end the process. */
static void test_many_events(void)
{
    for (double events = 10; events < 1e15; events *= 1.7) {
        double near_by[3] = {events, events + 1, events - 1};
        struct interval some = interval_of(&count, near_by, 3, 0, 1);

        g_assert_cmpfloat(some.low, <, events);
        g_assert_cmpfloat(some.high, >, events);
        g_assert_cmpfloat(some.high - some.low, <, 10 * sqrt(events) + 10);
    }
}

/* Clopper and Pearson, by their tables: 5 of 10 are 18.71 % to 81.29 %; and the largest numbers of a
 * study. */
static void test_share_table(void)
{
    struct interval half = interval_met(5, 10, 1), most = interval_met(9998, 9999, 50);

    g_assert_cmpfloat_with_epsilon(half.low, 0.1871, 1e-4);
    g_assert_cmpfloat_with_epsilon(half.high, 0.8129, 1e-4);
    g_assert_cmpfloat(most.low, >, 0.998);
    g_assert_cmpfloat(most.high, <, 1);
    g_assert_cmpfloat_with_epsilon(interval_met(10, 10, 1).low, pow(0.05, 0.1), 1e-9);
    g_assert_cmpfloat_with_epsilon(interval_met(0, 10, 1).high, 1 - pow(0.05, 0.1), 1e-9);
}

static void test_extremes(void)
{
    const double values[] = {5, 3, 9, 1, 7, 2, 8, 4, 6, 10};
    struct interval five = interval_of(&extreme, values, 5, 0, 1),
                    four = interval_of(&extreme, values, 4, 0, 1);
    struct interval ten = interval_of(&extreme, values, 10, 0, 1),
                    looks = interval_of(&extreme, values, 5, 0, 4);

    expect(&five, 1, 9);
    expect_none(&four, 4, interval_too_few);
    /* 1 - 2 (1 + 10) / 1024 = 97.9 %; a place further in it would be 89 %. */
    expect(&ten, 2, 9);
    g_assert_cmpfloat(ten.estimate, ==, 5.5);
    expect_none(&looks, 5, interval_too_few);
}

static void test_never_of_no_width(void)
{
    const double same[] = {0.25, 0.25, 0.25, 0.25, 0.25, 0.25}, lost[] = {1, (double)NAN, 2};
    struct interval means = interval_of(&mean, same, 6, 0, 1),
                    extremes = interval_of(&extreme, same, 6, 0, 1);
    struct interval one = interval_of(&mean, same, 1, 0, 1), no = interval_of(&count, lost, 3, 0, 1);
    struct interval said = interval_of(&fixed, same, 6, 0, 1);

    expect_none(&means, 0.25, interval_alike);
    expect_none(&extremes, 0.25, interval_alike);
    expect_none(&one, 0.25, interval_too_few);
    expect_none(&no, (double)NAN, interval_no_value);
    expect(&said, 0.25, 0.25);
}

/* Shares of runs: 0.05^(1/59) is the first above 95 %; of 1 in 10 Clopper and Pearson have 0.25 % to 44.5 %.
 * */
static void test_met(void)
{
    struct interval all = interval_met(59, 59, 1), less = interval_met(58, 58, 1),
                    one = interval_met(1, 10, 1);

    g_assert_cmpfloat(all.low, >=, 0.95);
    g_assert_cmpfloat(less.low, <, 0.95);
    expect(&one, 0.002529, 0.445016);
}

/* With no failure in n runs, a further run has none in 95 % of cases once 3/n is below -ln(0.95) = 0.0513:
 * from 59 on. */
static void test_further(void)
{
    const double none[60] = {0};
    struct interval few = interval_further(&count, none, 58, 0, 1),
                    many = interval_further(&count, none, 59, 0, 1);

    g_assert_cmpfloat(few.high, ==, 1);
    g_assert_cmpfloat(many.high, <, 1);
}

/* --- quantiles ------------------------------------------------------------------------------------------ */

static void add(struct pool *pool, const char *rows, double whole)
{
    char *text = g_strconcat("procedure,from_s,to_s,count\n", rows, NULL);

    g_assert_true(pool_add(pool, text, "key", whole));
    g_free(text);
}

/* Five runs of 100 samples: 50, 45, 55, 48, 52 of them below 1 s, as samples may that do not depend on each
 * other. The standard error of the pooled share is that of these counts, sd 3.8079 / sqrt(5) = 1.7029 of 100,
 * Student's t with 4 degrees of freedom 2.7764: the median is where 45.27 to 54.73 % lie below. Below 1 s
 * samples are 1 in each row of 20 ms, above 1 in each row of 20 ms too. */
static void test_clusters(void)
{
    static const unsigned below[] = {50, 45, 55, 48, 52};
    const double of[5] = {0};
    struct pool *pool = pool_new();
    struct interval median;

    for (unsigned r = 0; r < 5; r++) {
        GString *rows = g_string_new(NULL);

        g_string_append_printf(rows, "key,0,1,%u\nkey,1,2,%u\nother,0,9,1000\n", below[r], 100 - below[r]);
        add(pool, rows->str, 0);
        g_string_free(rows, TRUE);
    }
    median = pool_interval(pool, 0.5, of, 1);
    g_assert_cmpfloat_with_epsilon(median.estimate, 1, 1e-9);
    /* At 1 s the bounds of the share are 0.5 -+ 0.04728; at the ends, where all is certain, 0 and 1. */
    g_assert_cmpfloat_with_epsilon(median.low, 0.5 / 0.547282, 1e-4);
    g_assert_cmpfloat_with_epsilon(median.high, 1 + 0.047282 / 0.547282, 1e-4);
    pool_free(pool);
}

/* Of all UEs, some of which have no key. */
static void test_whole(void)
{
    const double of[3] = {0};
    struct pool *pool = pool_new();
    struct interval half, most;

    for (unsigned r = 0; r < 3; r++)
        add(pool, "key,0,1,40\nkey,1,2,40\n", 100);
    half = pool_interval(pool, 0.4, of, 1);
    g_assert_cmpfloat_with_epsilon(half.estimate, 1, 1e-9);
    most = pool_interval(pool, 0.9, of, 1);
    expect_none(&most, (double)NAN, "not reached");
    pool_free(pool);
}

/* Six samples say nothing of a thousandth; what is no table is refused. */
static void test_few_samples(void)
{
    const double of[2] = {0};
    struct pool *pool = pool_new();
    struct interval far;

    add(pool, "key,0,1,3\n", 0);
    add(pool, "key,0,1,2\nkey,1,2,1\n", 0);
    far = pool_interval(pool, 0.999, of, 1);
    g_assert_cmpstr(far.note, ==, interval_too_few);
    g_assert_true(pool_empty(pool) == false);
    for (const char *const *bad = (const char *const[]){"key,1,2,3", "key,1,2\n", "key,2,1,3\n",
                                                        "key,x,2,3\n", "key,1,2,3,4\n", NULL};
         *bad; bad++)
        g_assert_false(pool_add(pool, *bad, "key", 0));
    pool_free(pool);
}

/* All samples of a run are alike, so runs are places. */
static void add_places(struct pool *pool, const double *values, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        char *row = g_strdup_printf("key,%g,%g,100\n", values[i], values[i]);

        add(pool, row, 0);
        g_free(row);
    }
}

/* Of log(1 + value / 1.4), 1.4 being the estimate; chi-square, Student's t and the normal distribution from
 * tables, for 4 degrees of freedom. */
static void test_shifting(void)
{
    static const double values[] = {1.1, 1.3, 1, 1.4, 1.2};
    double places[5];
    struct statistics s;
    struct pool *pool = pool_new();
    struct interval of;

    add_places(pool, values, 5);
    g_assert_true(pool_shifts(pool, 0.9));
    of = pool_interval(pool, 0.9, values, 1);
    pool_places(pool, 0.9, 1.4, places);
    for (unsigned i = 0; i < 5; i++)
        g_assert_cmpfloat_with_epsilon(places[i], log1p(values[i] / 1.4), 1e-12);
    s = statistics_of(places, 5);
    g_assert_cmpfloat_with_epsilon(of.estimate, 1.4, 1e-9);
    g_assert_cmpfloat_with_epsilon(
        of.high, 1.4 * expm1(s.mean + s.sd * (1.281552 * sqrt(4 / 0.484419) + 2.776445 / sqrt(5))), 1e-5);
    g_assert_cmpfloat_with_epsilon(of.low, 1.1, 1e-9); /* of the shares, which are wider there */
    pool_free(pool);
}

/* Three runs that are twice as far from each other each leave open far more than anybody can use, and the
 * interval says so: to keep only the narrow ones would be to keep those that miss. */
static void test_shifting_far(void)
{
    static const double values[] = {1, 2, 4}, of[3] = {0};
    struct pool *pool = pool_new();
    struct interval found;

    add_places(pool, values, 3);
    found = pool_interval(pool, 0.9, of, 1);
    g_assert_null(found.note);
    g_assert_cmpfloat(found.high, >, 10 * 4);
    pool_free(pool);
}

/* Nine of ten samples came: 90 % of all is beyond all that came. */
static void test_shifting_whole(void)
{
    static const double values[] = {1.1, 1.3, 1, 1.4, 1.2}, of[5] = {0};
    struct pool *pool = pool_new();
    struct interval last, before;

    for (unsigned i = 0; i < 5; i++) {
        char *row = g_strdup_printf("key,%g,%g,90\n", values[i], values[i]);

        add(pool, row, 100);
        g_free(row);
    }
    last = pool_interval(pool, 0.9, of, 1);
    g_assert_cmpfloat_with_epsilon(last.estimate, 1.4, 1e-9);
    g_assert_cmpfloat(last.high, >, 1.4);
    before = pool_interval(pool, 0.85, of, 1);
    g_assert_cmpfloat(before.high, >, 1.4);
    pool_free(pool);
}

/* Two runs that have samples show no spread, even if many more have none. */
static void test_few_places(void)
{
    static const double values[] = {1.1, 1.3}, of[4] = {0};
    double places[4];
    struct pool *pool = pool_new();
    struct interval found;

    add_places(pool, values, 2);
    add(pool, "", 0);
    add(pool, "other,1,2,3\n", 0);
    pool_places(pool, 0.5, 1, places);
    g_assert_true(isnan(places[2]) && isnan(places[3]));
    found = pool_interval(pool, 0.5, of, 1);
    expect_none(&found, 1.1, interval_too_few);
    pool_free(pool);
}

/* From the runs' folders; without their files there is no interval. */
static void test_evidence(void)
{
    static const struct stats_column metrics[] = {{"key_p50_s", "s", "", STATS_QUANTILE}};
    static const struct stats_quantile quantiles[] = {{"key_p50_s", "key", 0.5, NULL}};
    const struct study_host host = {
        .metrics = metrics, .metric_count = 1, .quantiles = quantiles, .quantile_count = 1, .version = "1"};
    const double values[] = {0.5, 0.75, 1};
    struct study_fixture fixture;
    struct evidence *evidence = evidence_new(&host);
    GError *error = NULL;
    struct interval with, without;

    study_fixture_open(&fixture);
    for (unsigned r = 0; r < 3; r++) {
        char *name = g_strdup_printf("%u/distribution.csv", r), *path = study_fixture_path(&fixture, name),
             *folder = g_path_get_dirname(path),
             *rows =
                 g_strdup_printf("procedure,from_s,to_s,count\nkey,0,1,%u\nkey,1,2,%u\n", 499 + r, 501 - r);

        study_fixture_write(&fixture, name, rows);
        evidence_add(evidence, &values[r], folder);
        g_free(rows);
        g_free(folder);
        g_free(path);
        g_free(name);
    }
    with = evidence_interval(evidence, 0, 1);
    g_assert_true(evidence_read(evidence, NULL));
    g_assert_null(with.note);
    g_assert_cmpfloat_with_epsilon(with.estimate, 1, 1e-9);
    g_assert_cmpfloat_with_epsilon(with.sd, 0.25, 1e-9);
    g_assert_true(with.low > 0.9 && with.high < 1.1 && with.low < with.high);
    evidence_add(evidence, &values[0], "/nowhere");
    without = evidence_interval(evidence, 0, 1);
    g_assert_cmpstr(without.note, ==, "no samples");
    g_assert_false(evidence_read(evidence, &error));
    g_assert_cmpstr(error->message, ==, "/nowhere/distribution.csv: No such file or directory");
    g_error_free(error);
    evidence_free(evidence);
    study_fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/interval/rule of three", test_rule_of_three);
    g_test_add_func("/interval/no more than all UEs", test_no_more_than_all);
    g_test_add_func("/interval/flags", test_flags);
    g_test_add_func("/interval/counts", test_counts);
    g_test_add_func("/interval/many events", test_many_events);
    g_test_add_func("/interval/share by tables", test_share_table);
    g_test_add_func("/interval/extremes", test_extremes);
    g_test_add_func("/interval/never of no width", test_never_of_no_width);
    g_test_add_func("/interval/share of runs", test_met);
    g_test_add_func("/interval/further run", test_further);
    g_test_add_func("/interval/clusters", test_clusters);
    g_test_add_func("/interval/of all UEs", test_whole);
    g_test_add_func("/interval/few samples", test_few_samples);
    g_test_add_func("/interval/shifting", test_shifting);
    g_test_add_func("/interval/shifting of all UEs", test_shifting_whole);
    g_test_add_func("/interval/shifting far", test_shifting_far);
    g_test_add_func("/interval/few places", test_few_places);
    g_test_add_func("/interval/evidence", test_evidence);
    return g_test_run();
}
