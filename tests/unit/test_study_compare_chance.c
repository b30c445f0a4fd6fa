/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Comparisons of made-up results: what is chance, what is too little to tell, and what is neither. */
#include "tests/tap/tap.h"
#include "tests/unit/compare_fixture.h"

#include <math.h>

/* That of the fixture, but wait_s is a median or a maximum. */
static struct study_host host_with(struct stats_column columns[3], enum stats_kind wait)
{
    static const struct stats_quantile median = {"wait_s", "wait", 0.5, NULL};
    struct study_host host = study_fixture_host;

    for (unsigned i = 0; i < 3; i++)
        columns[i] = study_fixture_host.metrics[i];
    columns[WAIT].kind = wait;
    host.metrics = columns;
    host.quantiles = &median;
    host.quantile_count = wait == STATS_QUANTILE;
    return host;
}

/* A run of a hundred samples of which half lie before and half behind wait_s, which reach so far to both
 * sides. */
static void write_samples(const struct study_fixture *f, const struct study *study, unsigned point,
                          unsigned replication, double wait_s, double reach_s)
{
    char *cells = g_strdup_printf("%g,10,0.5", wait_s), *run = study_run_name(point, replication),
         *name = g_strdup_printf("runs/%s/distribution.csv", run),
         *text = g_strdup_printf("procedure,from_s,to_s,count\nwait,%g,%g,50\nwait,%g,%g,50\n",
                                 wait_s - reach_s, wait_s, wait_s, wait_s + reach_s);

    study_fixture_result(f, study, point, replication, "1.0", cells);
    study_fixture_write(f, name, text);
    g_free(text);
    g_free(name);
    g_free(run);
    g_free(cells);
}

/* --- replications of several points --------------------------------------------------------------------- */

/* Two points of 4 replications; first: of them, the first of each point. */
static void write_points(const struct study_fixture *f, const char *seed, const unsigned first[2],
                         double shift_s)
{
    static const double waits[2][4] = {{2.0, 2.3, 1.9, 2.6}, {3.1, 3.0, 3.7, 3.2}};
    char *text = g_strconcat("replications = 4\n", seed, "[axis rate]\npull.rate = 100/s, 200/s\n", NULL);
    struct study *study = study_fixture_load(f, text);

    for (unsigned p = 0; p < 2; p++)
        for (unsigned r = first[p]; r <= 4; r++)
            write_samples(f, study, p + 1, r, waits[p][r - 1] + shift_s * r, 0.5);
    study_free(study);
    g_free(text);
}

struct over_all {
    unsigned pairs;
    double estimate, low, p;
    enum compare_met met;
    char *why;
};

static struct over_all over_all_of(enum stats_kind kind, const unsigned first_b[2])
{
    static const unsigned all[2] = {1, 1};
    struct study_fixture f[2];
    struct stats_column columns[3];
    const struct study_host host = host_with(columns, kind);
    struct compare_condition *condition = compare_condition_parse("wait_s > -1s", &host, NULL);
    const struct compare_result *result;
    struct both both;
    struct over_all out;

    for (unsigned i = 0; i < 2; i++) {
        study_fixture_open(&f[i]);
        write_points(&f[i], i ? "seed = 2\n" : "", i ? first_b : all, i ? 0.1 : 0);
    }
    both = compare_fixture_open_of(&host, f[0].folder, NULL, f[1].folder, NULL);
    result = compare_fixture_result(both.c->together, COMPARE_ALL_PAIRS, WAIT);
    out = (struct over_all){result->pairs,
                            result->difference.interval.estimate,
                            result->difference.interval.low,
                            result->difference.p,
                            COMPARE_NOT_MET,
                            NULL};
    out.met = compare_condition_met(both.c, condition, &out.why);
    compare_condition_free(condition);
    compare_fixture_close(&both);
    study_fixture_close(&f[0]);
    study_fixture_close(&f[1]);
    return out;
}

/* A replication that is missing at one point does not count over all of them, as if it were missing at
 * each; it does not put others together that have nothing to do with each other. */
static void test_missing_replication(void)
{
    static const enum stats_kind kinds[] = {STATS_MEAN, STATS_QUANTILE};
    static const unsigned at_one[2] = {2, 1}, at_both[2] = {2, 2}, nowhere[2] = {1, 1};

    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        struct over_all one = over_all_of(kinds[k], at_one), both = over_all_of(kinds[k], at_both),
                        whole = over_all_of(kinds[k], nowhere);

        g_assert_cmpuint(one.pairs, ==, 3);
        g_assert_cmpfloat(one.estimate, ==, both.estimate);
        g_assert_cmpfloat(one.p, ==, both.p);
        g_assert_true(one.low == both.low || (isnan(one.low) && isnan(both.low)));
        g_assert_cmpint(one.met, ==, both.met);
        g_assert_cmpstr(one.why, ==, both.why);
        g_assert_cmpuint(whole.pairs, ==, 4);
        if (kinds[k] == STATS_MEAN)
            g_assert_cmpfloat_with_epsilon(whole.estimate, 0.25, 1e-9);
        g_assert_cmpfloat(whole.estimate, !=, one.estimate);
        g_free(one.why);
        g_free(both.why);
        g_free(whole.why);
    }
}

/* --- what is too few, and what is alike ----------------------------------------------------------------- */

/* Twice the median, of runs that are all alike: they leave nothing open. */
static void test_doubled_median(void)
{
    static const double after[] = {20.3, 20.7, 20.1, 20.5};
    struct study_fixture f;
    struct stats_column columns[3];
    const struct study_host host = host_with(columns, STATS_QUANTILE);
    const struct compare_result *wait;
    struct study *study;
    struct both both;

    study_fixture_open(&f);
    study = study_fixture_load(&f, "replications = 4\n[axis workers]\nbmsc.workers = 3, 6\n");
    for (unsigned r = 0; r < 4; r++) {
        write_samples(&f, study, 1, r + 1, 10, 1);
        write_samples(&f, study, 2, r + 1, after[r], 5);
    }
    study_free(study);
    both = compare_fixture_open_of(&host, f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    wait = compare_fixture_result(both.c->results, 0, WAIT);
    g_assert_cmpfloat_with_epsilon(wait->difference.a, 10, 1e-9);
    g_assert_null(wait->difference.interval.note);
    g_assert_cmpfloat(wait->difference.interval.low, >, 9);
    g_assert_cmpint(wait->verdict, ==, COMPARE_DIFFERS);
    compare_fixture_judge(both.c, "wait_s > +5%", COMPARE_MET, "*wholly beyond");
    compare_fixture_judge(both.c, "wait_s > +150%", COMPARE_NOT_MET, "*");
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

/* A maximum of n pairs at two points, larger in each by 0.1 s and more. */
static struct both maxima(const struct study_fixture *f, const struct study_host *host, unsigned n)
{
    static const char *const before[] = {"1.0,2,", "1.3,2,", "1.1,2,", "1.2,2,", "1.4,2,", NULL},
                             *const after[] = {"1.1,2,", "1.5,2,", "1.4,2,", "1.4,2,", "1.7,2,", NULL};
    struct study *study = study_fixture_load(f, "replications = 5\n[axis workers]\nbmsc.workers = 3, 6\n"
                                                "[axis rate]\npull.rate = 100/s, 200/s\n");

    for (unsigned point = 1; point <= 4; point++)
        compare_fixture_runs(f, study, point, (point <= 2 ? before : after) + 5 - n);
    study_free(study);
    return compare_fixture_open_of(host, f->folder, "bmsc.workers == 3", f->folder, "bmsc.workers == 6");
}

/* Two to four pairs of a maximum may all be larger by chance, five may not; of two points, with what is
 * over both, five are too few as well. One pair is all that there is. */
static void test_few_maxima(void)
{
    struct study_fixture f;
    struct stats_column columns[3];
    const struct study_host host = host_with(columns, STATS_EXTREME);

    for (unsigned n = 1; n <= 5; n++) {
        struct both both;

        study_fixture_open(&f);
        both = maxima(&f, &host, n);
        g_assert_cmpuint(compare_fixture_result(both.c->results, 0, WAIT)->pairs, ==, n);
        compare_fixture_judge(both.c, "wait_s > 0", n == 1 ? COMPARE_MET : COMPARE_NOT_SURE,
                              n == 1 ? "*so the estimate decides"
                                     : "*no interval (too few replications), so it may be chance");
        compare_fixture_judge(both.c, "wait_s < 0", COMPARE_NOT_MET, "*");
        compare_fixture_close(&both);
        both = compare_fixture_open_of(&host, f.folder, "bmsc.workers == 3 and pull.rate == 100/s", f.folder,
                                       "bmsc.workers == 6 and pull.rate == 100/s");
        compare_fixture_judge(both.c, "wait_s > 0", n == 1 || n == 5 ? COMPARE_MET : COMPARE_NOT_SURE, "*");
        compare_fixture_close(&both);
        study_fixture_close(&f);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/compare/missing-replication", test_missing_replication);
    g_test_add_func("/study/compare/doubled-median", test_doubled_median);
    g_test_add_func("/study/compare/few-maxima", test_few_maxima);
    return g_test_run();
}
