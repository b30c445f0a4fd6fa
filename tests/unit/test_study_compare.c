/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Comparisons of made-up results: what belongs together, what differs, which conditions are met. */
#include "tests/tap/tap.h"
#include "tests/unit/compare_fixture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STUDY "replications = 3\n[axis workers]\nbmsc.workers = 3, 6\n[axis rate]\npull.rate = 100/s, 200/s\n"

/* Four points: workers 3 and 6, rates 100 and 200. */
static void write_study(const struct study_fixture *fixture)
{
    static const char *const cells[][4] = {{"1.0,10,0.5", "1.2,12,0.5", "1.1,11,0.5", NULL},
                                           {"2.0,10,0.5", "2.2,12,0.5", "2.1,11,0.5", NULL},
                                           {"0.5,10,0.25", "0.72,12,0.25", "0.61,11,0.25", NULL},
                                           {"1.5,10,0.25", "1.71,12,0.25", "1.59,11,0.25", NULL}};
    struct study *study = study_fixture_load(fixture, STUDY);

    for (unsigned p = 0; p < 4; p++)
        compare_fixture_runs(fixture, study, p + 1, cells[p]);
    study_free(study);
}

/* --- what belongs together ------------------------------------------------------------------------------ */

static void test_points(void)
{
    struct study_fixture f;
    struct both both;
    const struct compare_result *wait;
    const struct compare_key *key;

    study_fixture_open(&f);
    write_study(&f);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    g_assert_cmpuint(both.c->pairs->len, ==, 2);
    g_assert_cmpstr(both.c->names, ==, "pull.rate");
    g_assert_cmpstr(g_array_index(both.c->pairs, struct compare_pair, 1).name, ==, "pull.rate=200/s");
    g_assert_cmpuint(both.c->keys->len, ==, 1);
    key = &g_array_index(both.c->keys, struct compare_key, 0);
    g_assert_cmpstr(key->key->name, ==, "workers");
    g_assert_cmpstr(key->a, ==, "3");
    g_assert_cmpstr(key->b, ==, "6");
    wait = compare_fixture_result(both.c->results, 0, WAIT);
    g_assert_cmpint(wait->verdict, ==, COMPARE_DIFFERS);
    g_assert_cmpuint(wait->difference.interval.n, ==, 3);
    g_assert_cmpfloat_with_epsilon(wait->difference.interval.estimate, -0.49, 1e-12);
    g_assert_cmpint(compare_fixture_result(both.c->results, 0, UES)->verdict, ==, COMPARE_ALIKE);
    wait = compare_fixture_result(both.c->together, COMPARE_ALL_PAIRS, WAIT); /* -0.5, -0.485, -0.5 */
    g_assert_cmpfloat_with_epsilon(wait->difference.interval.estimate, -0.495, 1e-12);
    g_assert_cmpfloat_with_epsilon(wait->difference.a, 1.6, 1e-12);
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

/* Variants of the same name belong together, even if the studies have them set other things. */
static void test_variants(void)
{
    struct study_fixture f[2];
    static const char *const cells[] = {"1,2,0.5", NULL};
    static const char *const texts[] = {
        "[variant calm]\n[variant lossy]\naccess.loss = 1%\n",
        "[variant lossy]\naccess.loss = 5%\n[variant other]\nue.count = 500\n"};
    struct both both;

    for (unsigned i = 0; i < 2; i++) {
        struct study *study;

        study_fixture_open(&f[i]);
        study = study_fixture_load(&f[i], texts[i]);
        compare_fixture_runs(&f[i], study, 1, cells);
        compare_fixture_runs(&f[i], study, 2, cells);
        study_free(study);
    }
    both = compare_fixture_open(f[0].folder, NULL, f[1].folder, NULL);
    g_assert_cmpuint(both.c->pairs->len, ==, 1);
    g_assert_cmpuint(both.c->alone_a, ==, 1);
    g_assert_cmpuint(both.c->alone_b, ==, 1);
    g_assert_cmpstr(both.c->names, ==, "variant");
    g_assert_cmpuint(both.c->keys->len, ==, 1);
    g_assert_cmpstr(g_array_index(both.c->keys, struct compare_key, 0).b, ==, "5%");
    g_assert_cmpuint(both.c->together->len, ==, 0);
    compare_fixture_close(&both);
    both = compare_fixture_open(f[0].folder, "variant == calm", f[0].folder, "variant == lossy");
    g_assert_cmpuint(both.c->pairs->len, ==, 1);
    g_assert_cmpuint(both.c->keys->len, ==, 1);
    compare_fixture_close(&both);
    study_fixture_close(&f[0]);
    study_fixture_close(&f[1]);
}

/* No seed in common: the runs are as good as any others, and are taken in their order. */
static void test_other_seeds(void)
{
    struct study_fixture f[2];
    static const char *const cells[] = {"1,2,0.5", "2,2,0.5", "3,2,0.5", NULL};
    struct both both;

    for (unsigned i = 0; i < 2; i++) {
        struct study *study;

        study_fixture_open(&f[i]);
        study = study_fixture_load(&f[i], i ? "replications = 2\nseed = 2\n" : "replications = 3\n");
        compare_fixture_runs(&f[i], study, 1, i ? cells + 1 : cells);
        study_free(study);
    }
    both = compare_fixture_open(f[0].folder, NULL, f[1].folder, NULL);
    g_assert_false(g_array_index(both.c->pairs, struct compare_pair, 0).by_seed);
    g_assert_cmpuint(g_array_index(both.c->pairs, struct compare_pair, 0).left_over, ==, 1);
    g_assert_cmpuint(compare_fixture_result(both.c->results, 0, WAIT)->pairs, ==, 2);
    compare_fixture_close(&both);
    study_fixture_close(&f[0]);
    study_fixture_close(&f[1]);
}

/* A run by itself, and a study of one point. */
static void test_runs(void)
{
    struct study_fixture f;
    struct both both;
    char *first, *third;

    study_fixture_open(&f);
    write_study(&f);
    first = study_fixture_path(&f, "runs/p0001-r01");
    third = study_fixture_path(&f, "runs/p0003-r01");
    both = compare_fixture_open(first, NULL, third, NULL);
    g_assert_cmpuint(both.c->pairs->len, ==, 1);
    g_assert_true(g_array_index(both.c->pairs, struct compare_pair, 0).by_seed);
    g_assert_cmpuint(both.c->keys->len, ==, 1);
    g_assert_cmpint(compare_fixture_result(both.c->results, 0, WAIT)->verdict, ==, COMPARE_UNTOLD);
    g_assert_true(isnan(compare_fixture_result(both.c->results, 0, WAIT)->difference.interval.low));
    compare_fixture_close(&both);
    both = compare_fixture_open(first, NULL, f.folder, "bmsc.workers == 6 and pull.rate == 100/s");
    g_assert_cmpuint(both.c->pairs->len, ==, 1);
    g_assert_cmpuint(g_array_index(both.c->pairs, struct compare_pair, 0).left_over, ==, 2);
    compare_fixture_close(&both);
    g_free(first);
    g_free(third);
    study_fixture_close(&f);
}

/* --- mistakes ------------------------------------------------------------------------------------------- */

static void refused(const char *path, const char *condition, const char *pattern)
{
    GError *error = NULL;
    struct compare_side *side = compare_side_read(path, condition, &study_fixture_host, &error);

    g_assert_null(side);
    g_assert_nonnull(error);
    compare_fixture_like(error->message, pattern);
    g_error_free(error);
}

static void refused_file(const struct study_fixture *f, const char *name, const char *text,
                         const char *pattern)
{
    char *path = study_fixture_path(f, "runs/p0001-r01"), *file = g_build_filename(path, name, NULL),
         *kept = NULL;

    g_assert_true(g_file_get_contents(file, &kept, NULL, NULL));
    g_assert_true(g_file_set_contents(file, text, -1, NULL));
    refused(path, NULL, pattern);
    g_assert_true(g_file_set_contents(file, kept, -1, NULL));
    g_free(kept);
    g_free(file);
    g_free(path);
}

static void test_no_results(void)
{
    struct study_fixture f;
    char *run, *nothing;

    study_fixture_open(&f);
    write_study(&f);
    run = study_fixture_path(&f, "runs/p0001-r01");
    nothing = study_fixture_path(&f, "runs");
    refused("/nowhere", NULL, "/nowhere: no such folder");
    refused(nothing, NULL, "*neither a run*nor a study*");
    refused(run, "point == 1", "*a single run; conditions choose points of a study");
    refused(f.folder, "bmsc.workers == 7", "*\"bmsc.workers == 7\" is true at none of the 4 points");
    refused(f.folder, "bmsc.worker == 7", "condition \"bmsc.worker == 7\": *bmsc.workers*");
    refused_file(&f, "manifest.json", "{\"version\": \"1.0\", \"format\": 1}", "*format 1, expected 3*");
    refused_file(&f, "manifest.json", "{}", "*manifest.json: *\"version\"");
    refused_file(&f, "summary.csv", "a,b\n1\n", "*a header and one row of as many cells");
    refused_file(&f, "summary.csv", "a,wait_s\n1,x\n", "*run.seed");
    refused_file(&f, "summary.csv", "run.seed,wait_s\n1,x\n", "*wait_s is \"x\", expected a number");
    refused_file(&f, "summary.csv", "run.seed,wait_s\n1,\"x\n", "*summary.csv: *quotation mark*");
    g_free(run);
    g_free(nothing);
    study_fixture_close(&f);
}

/* The folder of a run by itself is held against the sizes in its manifest, as those of a study are. */
static void test_damaged(void)
{
    struct study_fixture f;
    char *run, *file, *summary;

    study_fixture_open(&f);
    write_study(&f);
    run = study_fixture_path(&f, "runs/p0001-r01");
    file = g_build_filename(run, "timeseries.csv", NULL);
    summary = study_fixture_read(&f, "runs/p0001-r01/summary.csv");
    refused_file(&f, "timeseries.csv", "time", "*p0001-r01: damaged: timeseries.csv has 4 bytes, expected 7");
    memcpy(strstr(summary, "1.0,10,0.5"), "1.0,1\n\0", 7);
    refused_file(&f, "summary.csv", summary, "*a header and one row of as many cells");
    memcpy(strstr(summary, "1.0,1\n"), "1,2,3\n", 6);
    refused_file(&f, "summary.csv", summary, "*p0001-r01: damaged: summary.csv has * bytes, expected *");
    refused_file(&f, "manifest.json", "{\"version\": \"1.0\"}",
                 "*damaged: manifest.json has no sizes of files");
    g_assert_true(g_file_set_contents(file, "time_s\n", -1, NULL));
    study_fixture_write(&f, "runs/p0001-r01/manifest.json", "{\"version\": \"0.9\"}");
    compare_side_free(
        compare_side_read(run, NULL, &study_fixture_host, NULL)); /* as other versions wrote it */
    g_assert_cmpint(remove(file), ==, 0);
    study_fixture_write(&f, "runs/p0001-r01/manifest.json",
                        "{\"version\": \"0.9\", \"files\": {\"timeseries.csv\": 7}}");
    refused(run, NULL, "*p0001-r01: damaged: timeseries.csv is missing");
    g_free(summary);
    g_free(file);
    g_free(run);
    study_fixture_close(&f);
}

/* Files of another format are refused in a study, too, if the run is of a point that is meant. */
static void test_other_format(void)
{
    struct study_fixture f;
    struct compare_side *side;

    study_fixture_open(&f);
    write_study(&f);
    study_fixture_write(&f, "runs/p0002-r03/manifest.json", "{\"version\": \"0.9\", \"format\": 2}");
    refused(f.folder, NULL, "*p0002-r03/manifest.json: format 2, expected 3*");
    refused(f.folder, "point == 2", "*p0002-r03/manifest.json: format 2, expected 3*");
    side = compare_side_read(f.folder, "point != 2", &study_fixture_host, NULL);
    g_assert_nonnull(side);
    compare_side_free(side);
    study_fixture_close(&f);
}

static void unmatched(const char *path_a, const char *a, const char *path_b, const char *b,
                      const char *pattern)
{
    GError *error = NULL;
    struct compare_side *side_a = compare_side_read(path_a, a, &study_fixture_host, NULL),
                        *side_b = compare_side_read(path_b, b, &study_fixture_host, NULL);

    g_assert_null(compare_sides(side_a, side_b, NULL, &error));
    g_assert_nonnull(error);
    compare_fixture_like(error->message, pattern);
    g_error_free(error);
    compare_side_free(side_a);
    compare_side_free(side_b);
}

static void test_nothing_in_common(void)
{
    struct study_fixture f[2];
    struct study *study;
    static const char *const cells[] = {"1,2,0.5", NULL};
    static const char *const texts[] = {
        "[axis workers]\nbmsc.workers = 1..4\n[axis count]\nue.count = 500, 600\n",
        "[variant one]\n[variant same]\n[variant other]\nue.count = 500\n"};

    for (unsigned i = 0; i < 2; i++) {
        study_fixture_open(&f[i]);
        study = study_fixture_load(&f[i], texts[i]);
        for (unsigned point = 1; point <= 3; point++)
            compare_fixture_runs(&f[i], study, point + (i == 0 && point == 3 ? 2 : 0), cells);
        study_free(study);
    }
    unmatched(
        f[0].folder, "bmsc.workers <= 2", f[0].folder, "bmsc.workers > 2",
        "no point of A has its like in B: points belong together where they have the same *bmsc.workers*");
    unmatched(f[0].folder, "bmsc.workers <= 2", f[0].folder, "point == 4 or point == 5",
              "no two points that belong together have a finished run each");
    refused(f[0].folder, "point >= 6", "*: no run is finished where point >= 6");
    study_fixture_close(&f[0]);
    study_fixture_open(&f[0]);
    study = study_fixture_load(&f[0], "[axis count]\nue.count = 2k, 500\n");
    compare_fixture_runs(&f[0], study, 1, cells);
    study_free(study);
    unmatched(f[0].folder, NULL, f[1].folder, NULL, "point 1 (*) belongs to several points of *");
    unmatched(f[1].folder, NULL, f[0].folder, NULL, "point 1 (*) belongs to several points of *");
    study_fixture_close(&f[0]);
    study_fixture_close(&f[1]);
}

/* --- values that are not there -------------------------------------------------------------------------- */

static void test_lost(void)
{
    struct study_fixture f;
    struct study *study;
    static const char *const all[] = {"1,2,0.5", "2,2,0.5", "3,2,0.5", NULL};
    static const char *const some[] = {"1,2,0.5", ",2,0.5", "3,2,0.5", NULL};
    struct both both;
    const struct compare_result *wait;

    study_fixture_open(&f);
    study = study_fixture_load(&f, "replications = 3\n[axis workers]\nbmsc.workers = 3, 6\n");
    compare_fixture_runs(&f, study, 1, all);
    compare_fixture_runs(&f, study, 2, some);
    study_free(study);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    wait = compare_fixture_result(both.c->results, 0, WAIT);
    g_assert_cmpint(wait->verdict, ==, COMPARE_LOST);
    g_assert_cmpuint(wait->empty_b, ==, 1);
    g_assert_cmpuint(wait->pairs, ==, 3);
    g_assert_cmpuint(wait->difference.interval.n, ==, 2);
    compare_fixture_close(&both);
    both = compare_fixture_open(f.folder, "bmsc.workers == 6", f.folder, "bmsc.workers == 3");
    g_assert_cmpint(compare_fixture_result(both.c->results, 0, WAIT)->verdict, ==, COMPARE_GAINED);
    compare_fixture_close(&both);
    both = compare_fixture_open(f.folder, "bmsc.workers == 6", f.folder, "bmsc.workers == 6");
    g_assert_cmpint(compare_fixture_result(both.c->results, 0, WAIT)->verdict, ==, COMPARE_ALIKE);
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

/* --- conditions ----------------------------------------------------------------------------------------- */

/* wait_s: 100 -> 105, 110 -> 115.4, 120 -> 126: +5 % but for the second, which is a little less. */
static void test_conditions(void)
{
    struct study_fixture f;
    struct study *study;
    static const char *const before[] = {"100,2,0.5", "110,2,0.5", "120,2,0.5", NULL};
    static const char *const after[] = {"105,2,0.5", "115.4,2,0.5", "126,9,", NULL};
    struct both both;

    study_fixture_open(&f);
    study = study_fixture_load(&f, "replications = 3\n[axis workers]\nbmsc.workers = 3, 6\n");
    compare_fixture_runs(&f, study, 1, before);
    compare_fixture_runs(&f, study, 2, after);
    study_free(study);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    compare_fixture_judge(both.c, "wait_s > +4%", COMPARE_MET,
                          "wait_s > +4%: met: 110 -> 115.467; *wholly beyond");
    compare_fixture_judge(both.c, "wait_s > +4.9%", COMPARE_NOT_SURE, "*not sure*reaches back");
    compare_fixture_judge(both.c, "wait_s > +5%", COMPARE_NOT_MET, "*not met: 110 -> 115.467");
    compare_fixture_judge(both.c, " wait_s>+2s ", COMPARE_MET, "*met*");
    compare_fixture_judge(both.c, "wait_s > +5500ms", COMPARE_NOT_MET, "*");
    compare_fixture_judge(both.c, "wait_s < -1%", COMPARE_NOT_MET, "*");
    compare_fixture_judge(both.c, "wait_s >= 0", COMPARE_MET, "*");
    compare_fixture_judge(both.c, "wait_s > -1s", COMPARE_MET, "*");
    compare_fixture_judge(both.c, "ues_done > 0", COMPARE_NOT_SURE, "*");
    compare_fixture_judge(both.c, "load_ratio < -1%", COMPARE_MET,
                          "*no value in 1 of 3 runs of B (A: 0), which counts as worse");
    compare_fixture_close(&both);
    both = compare_fixture_open(f.folder, "bmsc.workers == 6", f.folder, "bmsc.workers == 3");
    compare_fixture_judge(both.c, "wait_s < -4%", COMPARE_MET, "*");
    compare_fixture_judge(both.c, "load_ratio < -1%", COMPARE_NOT_MET, "*no value in 1 runs of A*no worse");
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

/* One pair: the estimate decides, and does so exactly. */
static void test_one_pair(void)
{
    struct study_fixture f;
    struct study *study;
    static const char *const before[] = {"0.1,100,", NULL}, *const after[] = {"0.3,105,", NULL};
    struct both both;

    study_fixture_open(&f);
    study = study_fixture_load(&f, "replications = 1\n[axis workers]\nbmsc.workers = 3, 6\n");
    compare_fixture_runs(&f, study, 1, before);
    compare_fixture_runs(&f, study, 2, after);
    study_free(study);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    compare_fixture_judge(both.c, "ues_done > +5%", COMPARE_NOT_MET, "*");
    compare_fixture_judge(both.c, "ues_done >= +5%", COMPARE_MET,
                          "*no interval (too few replications), so the estimate decides");
    compare_fixture_judge(both.c, "wait_s > +200ms", COMPARE_NOT_MET, "*");
    compare_fixture_judge(both.c, "wait_s >= +0.2s", COMPARE_MET, "*");
    compare_fixture_judge(both.c, "wait_s <= +0.2s", COMPARE_MET, "*");
    compare_fixture_judge(both.c, "load_ratio > +5%", COMPARE_NOT_MET, "*no value on either side");
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

/* Of several points any may meet it; the intervals are wider for that. */
static void test_points_conditions(void)
{
    struct study_fixture f;
    struct both both;

    study_fixture_open(&f);
    write_study(&f);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    compare_fixture_judge(both.c, "wait_s < -40%", COMPARE_NOT_SURE, "*not sure, pull.rate=100/s: *");
    compare_fixture_judge(both.c, "wait_s < -10%", COMPARE_MET, "*: met, over all points: *");
    compare_fixture_judge(both.c, "wait_s < -60%", COMPARE_NOT_MET, "*");
    compare_fixture_judge(both.c, "load_ratio < -0.1", COMPARE_MET, "*met, over all points: *");
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

static void wrong_condition(const char *text, const char *pattern)
{
    GError *error = NULL;

    g_assert_null(compare_condition_parse(text, &study_fixture_host, &error));
    g_assert_nonnull(error);
    compare_fixture_like(error->message, pattern);
    g_error_free(error);
}

static void test_wrong_conditions(void)
{
    wrong_condition("wait_s", "\"wait_s\" is not right, expected METRIC*");
    wrong_condition("wait_s >", "*is not right*");
    wrong_condition("> +5%", "*is not right*");
    wrong_condition("waits_s > +5%", "unknown metric \"waits_s\", did you mean wait_s?");
    wrong_condition("wait_s > 5%",
                    "\"5%\" is no change of wait_s, which is a time (s); expected one with its sign*");
    wrong_condition("wait_s > +5MB", "\"+5MB\" is no change of wait_s*+2s");
    wrong_condition("ues_done > +2s", "*which is a count*or +5");
    wrong_condition("load_ratio > +", "*which is a share*or +0.02");
    wrong_condition("wait_s == +5%", "*is not right*");
}

/* --- tables --------------------------------------------------------------------------------------------- */

static char *table(bool (*rows)(struct csv *csv, const void *user, GError **error),
                   const struct comparison *c)
{
    char *text = NULL;
    struct csv *csv = csv_open_text(&text);

    g_assert_true(rows(csv, c, NULL) && csv_close(csv, NULL));
    return text;
}

static void test_tables(void)
{
    struct study_fixture f;
    struct both both;
    char *text, *expected;

    study_fixture_open(&f);
    write_study(&f);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    text = table(compare_csv_rows, both.c);
    compare_fixture_like(text,
                         "points,metric,unit,pairs,*,verdict,ci_note\nall,wait_s,s,3,0,0,1.6*,differs,\n*");
    g_assert_nonnull(strstr(text, "\npull.rate=100/s,ues_done,1,3,0,0,11,11,0,-"));
    free(text);
    text = table(compare_keys_rows, both.c);
    g_assert_cmpstr(text, ==, "key,unit,a,b\nbmsc.workers,1,3,6\n");
    free(text);
    text = table(compare_runs_rows, both.c);
    expected = g_strdup_printf("points,pair,side,point,replication,seed,folder\n"
                               "pull.rate=100/s,1,A,1,1,1,%s/runs/p0001-r01\n"
                               "pull.rate=100/s,1,B,3,1,1,%s/runs/p0003-r01\n*",
                               f.folder, f.folder);
    compare_fixture_like(text, expected);
    g_free(expected);
    free(text);
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

/* Runs that another version made than the first, and not only those that this one did not. */
static void test_other_versions(void)
{
    static const char *const versions[] = {"0.9", "1.0", "0.9", "0.8"};
    struct study_fixture f;
    struct study *study;
    struct both both;
    char *text;

    study_fixture_open(&f);
    study = study_fixture_load(&f, "replications = 4\n[axis workers]\nbmsc.workers = 3, 6\n");
    for (unsigned r = 0; r < 4; r++) {
        study_fixture_result(&f, study, 1, r + 1, versions[r], "1,2,0.5");
        study_fixture_result(&f, study, 2, r + 1, "0.9", "1,2,0.5");
    }
    study_free(study);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    g_assert_cmpstr(both.a->version, ==, "0.9");
    g_assert_cmpuint(both.a->other_version, ==, 2);
    g_assert_cmpuint(both.b->other_version, ==, 0);
    text = table(compare_sides_rows, both.c);
    compare_fixture_like(text, "side,*,version,other_version\nA,*,0.9,2\nB,*,0.9,0\n");
    free(text);
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

static void test_order(void)
{
    struct study_fixture f;
    static const unsigned expected[] = {2, 2, WAIT, WAIT, UES, UES};
    struct both both;
    GArray *order;

    study_fixture_open(&f);
    write_study(&f);
    both = compare_fixture_open(f.folder, "bmsc.workers == 3", f.folder, "bmsc.workers == 6");
    order = compare_in_order(both.c->results);
    /* load_ratio halves at both points, wait_s does not quite, ues_done stays */
    for (unsigned i = 0; i < 6; i++)
        g_assert_cmpuint(g_array_index(order, struct compare_result, i).metric, ==, expected[i]);
    g_array_free(order, TRUE);
    compare_fixture_close(&both);
    study_fixture_close(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/compare/points", test_points);
    g_test_add_func("/study/compare/variants", test_variants);
    g_test_add_func("/study/compare/other-seeds", test_other_seeds);
    g_test_add_func("/study/compare/runs", test_runs);
    g_test_add_func("/study/compare/no-results", test_no_results);
    g_test_add_func("/study/compare/damaged", test_damaged);
    g_test_add_func("/study/compare/other-format", test_other_format);
    g_test_add_func("/study/compare/nothing-in-common", test_nothing_in_common);
    g_test_add_func("/study/compare/lost", test_lost);
    g_test_add_func("/study/compare/conditions", test_conditions);
    g_test_add_func("/study/compare/one-pair", test_one_pair);
    g_test_add_func("/study/compare/points-conditions", test_points_conditions);
    g_test_add_func("/study/compare/wrong-conditions", test_wrong_conditions);
    g_test_add_func("/study/compare/tables", test_tables);
    g_test_add_func("/study/compare/other-versions", test_other_versions);
    g_test_add_func("/study/compare/order", test_order);
    return g_test_run();
}
