/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception
 */
/* A study's folder: results read back and distrusted, tables to the byte, and
 * copies that must not change. */
#include "sim/study/collect.h"
#include "sim/study/csv_rows.h"
#include "sim/study/folder.h"
#include "tests/tap/tap.h"
#include "tests/unit/study_fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static const char two_points[] = "replications = 3\n[axis a]\npull.rate = 100/s, 200/s\n";

/* --- the CSV reader
 * -------------------------------------------------------------------------------------
 */

static void test_rows(void)
{
    const char *why = NULL;
    GPtrArray *rows = csv_rows("a,\"b, \"\"c\"\"\",\r\n\"x\ny\",,z\n", &why);
    char **row;

    g_assert_nonnull(rows);
    g_assert_cmpuint(rows->len, ==, 2);
    row = g_ptr_array_index(rows, 0);
    g_assert_cmpuint(g_strv_length(row), ==, 3);
    g_assert_cmpstr(row[1], ==, "b, \"c\"");
    g_assert_cmpstr(row[2], ==, "");
    row = g_ptr_array_index(rows, 1);
    g_assert_cmpstr(row[0], ==, "x\ny");
    g_assert_cmpstr(row[1], ==, "");
    g_ptr_array_unref(rows);
    for (const char *const *bad =
             (const char *const[]){"a,b", "a,\"b", "a\"b\n", "a,\"b\"c\n", "\"a\"\r", NULL};
         *bad; bad++) {
        g_assert_null(csv_rows(*bad, &why));
        g_assert_nonnull(why);
    }
    rows = csv_rows("", &why);
    g_assert_cmpuint(rows->len, ==, 0);
    g_ptr_array_unref(rows);
}

/* --- results
 * --------------------------------------------------------------------------------------------
 */

static GArray *read_all(const struct study_fixture *fixture, const struct study *study, bool any_version)
{
    const struct runs_wanted wanted = {1, study->replications, true, fixture->folder, any_version};

    return runs_list(study, &wanted, NULL);
}

static void expect_state(const struct study_fixture *fixture, const struct study *study,
                         enum result_state state, const char *why)
{
    GArray *runs = read_all(fixture, study, false);
    const struct result *result = &g_array_index(runs, struct study_run, 0).result;

    g_assert_cmpint(result->state, ==, state);
    if (why && !strstr(result->why, why))
        g_error("\"%s\" does not say \"%s\"", result->why, why);
    g_assert_true((result->metrics != NULL) == (state == RESULT_WHOLE));
    g_array_free(runs, TRUE);
}

/* Replaces the first `what` in a file by `by`. */
static void change(const struct study_fixture *fixture, const char *name, const char *what, const char *by)
{
    char *text = study_fixture_read(fixture, name), *at = strstr(text, what), *changed;

    g_assert_nonnull(at);
    *at = '\0';
    changed = g_strconcat(text, by, at + strlen(what), NULL);
    study_fixture_write(fixture, name, changed);
    g_free(changed);
    g_free(text);
}

/* One change each that makes a whole result a damaged one. */
static const struct {
    const char *file, *what, *by, *why;
} damages[] = {
    {"runs/p0001-r01/summary.csv", "wait_s", "wait", "its columns are not those"},
    {"runs/p0001-r01/summary.csv", "\n1,", "\n2,", "made with seed 2, expected 1"},
    {"runs/p0001-r01/summary.csv", "1.5,7", "x,7", "wait_s is \"x\", expected a number"},
    {"runs/p0001-r01/summary.csv", "1.5,7", "nan,7", "wait_s is \"nan\""},
    {"runs/p0001-r01/summary.csv", "1.5,7", "1.5", "columns"},
    {"runs/p0001-r01/summary.csv", "1.5,7,0.5\n", "1.5,7", "cut off"},
    {"runs/p0001-r01/summary.csv", "pull.rate", "pull.ratx", "columns"},
    {"runs/p0001-r01/manifest.json", "\n}\n", "", "manifest.json:6:"},
    {"runs/p0001-r01/manifest.json", "\n  \"version\": \"1.0\",", "",
     "manifest.json: it has no text \"version\""},
    {"runs/p0001-r01/manifest.json", "\"1.0\",", "\"1.0\", \"format\": 4,",
     "manifest.json: format 4, expected 3"},
    {"runs/p0001-r01/manifest.json", "\"1.0\",", "\"1.0\", \"format\": \"1\",",
     "its \"format\" is not a whole"},
    {"runs/p0001-r01/manifest.json", "\n  \"files\":", "\n  \"flies\":", "has no sizes of files"},
    {"runs/p0001-r01/manifest.json", "\"timeseries.csv\": 7", "\"timeseries.csv\" 7", "manifest.json:6:"},
    {"runs/p0001-r01/manifest.json", "\"timeseries.csv\"", "\"keylog.csv\"", "keylog.csv is missing"},
    {"runs/p0001-r01/manifest.json", ".csv\": 7", ".csv\": -7", "the size of timeseries.csv is not a number"},
    {"runs/p0001-r01/manifest.json", ".csv\": 7", ".csv\": \"7\"", "the size of timeseries.csv is not"},
    {"runs/p0001-r01/manifest.json", "\"files\": {", "\"files\": 7, \"x\": {", "is not an object of sizes"},
    {"runs/p0001-r01/manifest.json", "\"1.0\"", "1.0", "manifest.json: it has no text \"version\""},
    {"runs/p0001-r01/timeseries.csv", "time_s\n", "", "timeseries.csv has 0 bytes, expected 7"},
    /* Keys that the study leaves alone, a number and texts. */
    {"runs/p0001-r01/summary.csv", "2k", "3k", "made with ue.count = 3k, expected 2k"},
    {"runs/p0001-r01/summary.csv", "native", "nativf", "made with run.engine = nativf, expected native"},
    {"runs/p0001-r01/summary.csv", "exp(", "Exp(", "expected exp("}};

static void expect_manifest(const struct study_fixture *fixture, const struct study *study, char *manifest,
                            enum result_state state, const char *why)
{
    study_fixture_write(fixture, "runs/p0001-r01/manifest.json", manifest);
    expect_state(fixture, study, state, why);
    g_free(manifest);
}

/* Another program may have written the manifest again: any JSON that says the same is read as the same. */
static void test_manifests(const struct study_fixture *fixture, const struct study *study)
{
    static const char *const right[] = {
        "{\"version\":\"1.0\",\"files\":{\"summary.csv\":%zu,\"timeseries.csv\":"
        "7},\"wall_s\":1}",
        "{ \"files\" : {\"timeseries.csv\":7 ,\n\n\t\"summary.csv\" :\r\n%zu} , "
        "\"version\" : \"1.0\" }",
        "\n{\"fil\\u0065s\": {\"summary\\u002ecsv\": %zu}, \"version\": "
        "\"\\u0031.0\", \"x\": "
        "[[\"[{\\\"\"]]}"};
    static const char *const wrong[] = {
        "", "{", "[]", "7", "{} {", "{\"version\": \"1.0\"", "{\"version\": null}"};
    char *summary, *deep = g_strnfill(1000000, '[');

    study_fixture_result(fixture, study, 1, 1, "1.0", "1.5,7,0.5");
    summary = study_fixture_read(fixture, "runs/p0001-r01/summary.csv");
    for (size_t i = 0; i < G_N_ELEMENTS(right); i++) {
        char **parts = g_strsplit(right[i], "%zu", 2);

        expect_manifest(fixture, study, g_strdup_printf("%s%zu%s", parts[0], strlen(summary), parts[1]),
                        RESULT_WHOLE, NULL);
        g_strfreev(parts);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++)
        expect_manifest(fixture, study, g_strdup(wrong[i]), RESULT_DAMAGED, "manifest.json:");
    expect_manifest(fixture, study, deep, RESULT_DAMAGED, "brackets deep");
    g_free(summary);
}

static void test_states(void)
{
    struct study_fixture fixture;
    struct study *study;
    char *path;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, two_points);
    expect_state(&fixture, study, RESULT_MISSING, NULL);
    study_fixture_write(&fixture, "runs/p0001-r01.failed", "timeout 600s\nmore\n");
    expect_state(&fixture, study, RESULT_FAILED, "timeout 600s");
    /* A result that came later counts. */
    study_fixture_result(&fixture, study, 1, 1, "1.0", "1.5,7,0.5");
    expect_state(&fixture, study, RESULT_WHOLE, NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(damages); i++) {
        study_fixture_result(&fixture, study, 1, 1, "1.0", "1.5,7,0.5");
        change(&fixture, damages[i].file, damages[i].what, damages[i].by);
        expect_state(&fixture, study, RESULT_DAMAGED, damages[i].why);
    }
    test_manifests(&fixture, study);
    /* Made at another point. */
    study_fixture_result(&fixture, study, 2, 1, "1.0", "1.5,7,0.5");
    char *other = study_fixture_read(&fixture, "runs/p0002-r01/summary.csv");
    study_fixture_result(&fixture, study, 1, 1, "1.0", "1.5,7,0.5");
    study_fixture_write(&fixture, "runs/p0001-r01/summary.csv", other);
    g_free(other);
    expect_state(&fixture, study, RESULT_DAMAGED, "made with pull.rate = 200/s, expected 100/s");
    study_fixture_result(&fixture, study, 1, 1, "0.9", "1.5,7,0.5");
    expect_state(&fixture, study, RESULT_OTHER, "0.9");
    path = study_fixture_path(&fixture, "runs/p0001-r01/manifest.json");
    g_assert_cmpint(g_unlink(path), ==, 0);
    expect_state(&fixture, study, RESULT_DAMAGED, "manifest.json");
    g_free(path);
    study_free(study);
    study_fixture_close(&fixture);
}

/* --- tables
 * ---------------------------------------------------------------------------------------------
 */

static void collect(const struct study_fixture *fixture, const struct study *study, bool any_version)
{
    GArray *runs = read_all(fixture, study, any_version);
    GError *error = NULL;

    g_assert_true(collect_write(study, runs, fixture->folder, &error));
    g_assert_no_error(error);
    g_array_free(runs, TRUE);
}

static void expect_file(const struct study_fixture *fixture, const char *name, const char *expected)
{
    char *text = study_fixture_read(fixture, name);

    g_assert_cmpstr(text, ==, expected);
    g_free(text);
}

/* Point 1 has 1, 2, 3 (and a fourth, beyond the study's number), point 2 one
 * run and a failure. The half-width of 1 2 3 4 is t(3) sd / 2 with t(3)
 * = 3.182446, sd = sqrt(5/3). */
static void test_tables(void)
{
    static const char runs_csv[] = "point,replication,seed,status,pull.rate,wait_s,ues_done,load_ratio\n"
                                   "1,1,1,done,100/s,1,10000000,0.1\n"
                                   "1,2,2,done,100/s,2,10000000,0.1\n"
                                   "1,3,3,done,100/s,3,10000000,0.1\n"
                                   "1,4,4,done,100/s,4,10000000,0.1\n"
                                   "2,1,1,done,200/s,1.25,3,0\n"
                                   "2,2,2,failed: exit 1,200/s,,,\n";
    struct study_fixture fixture;
    struct study *study;
    char *text, **lines, **cells;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, two_points);
    /* In an order of their own; the table does not tell. */
    study_fixture_write(&fixture, "runs/p0002-r02.failed", "exit 1\nwhatever it said\n");
    study_fixture_result(&fixture, study, 1, 4, "1.0", "4,10000000,0.1");
    study_fixture_result(&fixture, study, 2, 1, "1.0", "1.25,3,0");
    study_fixture_result(&fixture, study, 1, 2, "1.0", "2,1e7,0.1");
    study_fixture_result(&fixture, study, 1, 1, "1.0", "1,10000000,0.1");
    study_fixture_result(&fixture, study, 1, 3, "1.0", "3,10000000,0.1");
    collect(&fixture, study, false);
    expect_file(&fixture, "runs.csv", runs_csv);
    text = study_fixture_read(&fixture, "study.csv");
    lines = g_strsplit(text, "\n", -1);
    g_assert_cmpstr(lines[0], ==,
                    "point,pull.rate,n,wait_s_mean,wait_s_sd,wait_s_ci_low,wait_s_ci_high,wait_s_ci_note,"
                    "ues_done_mean,ues_done_sd,ues_done_ci_low,ues_done_ci_high,ues_done_ci_note,"
                    "load_ratio_mean,load_ratio_sd,load_ratio_ci_low,load_ratio_ci_high,load_ratio_ci_note");
    cells = g_strsplit(lines[1], ",", -1);
    g_assert_cmpuint(g_strv_length(cells), ==, 18);
    g_assert_cmpstr(cells[2], ==, "4");
    g_assert_cmpstr(cells[3], ==, "2.5");
    g_assert_cmpfloat_with_epsilon(g_ascii_strtod(cells[5], NULL), 2.5 - 3.182446 * 1.2909944 / 2, 1e-5);
    g_assert_cmpfloat_with_epsilon(g_ascii_strtod(cells[6], NULL), 2.5 + 3.182446 * 1.2909944 / 2, 1e-5);
    g_assert_cmpstr(cells[7], ==, "");
    /* None of four differs: at most 3 / 4 a run. */
    g_assert_cmpstr(cells[8], ==, "10000000");
    g_assert_cmpstr(cells[9], ==, "0");
    g_assert_cmpfloat_with_epsilon(g_ascii_strtod(cells[10], NULL), 1e7 + log(0.05) / 4, 1e-5);
    g_assert_cmpfloat_with_epsilon(g_ascii_strtod(cells[11], NULL), 1e7 - log(0.05) / 4, 1e-5);
    g_assert_cmpstr(cells[13], ==, "0.1");
    g_assert_cmpstr(cells[15], ==, "");
    g_assert_cmpstr(cells[17], ==, "all runs alike");
    g_assert_cmpstr(
        lines[2], ==,
        "2,200/s,1,1.25,,,,too few replications,3,,,,too few replications,0,,,,too few replications");
    g_assert_cmpstr(lines[3], ==, "");
    /* Again: not a byte differs. */
    collect(&fixture, study, false);
    expect_file(&fixture, "runs.csv", runs_csv);
    expect_file(&fixture, "study.csv", text);
    g_strfreev(cells);
    g_strfreev(lines);
    g_free(text);
    study_free(study);
    study_fixture_close(&fixture);
}

/* A metric without a value in one of three runs: no mean in study.csv, and its
 * interval is wide. */
static void test_no_value(void)
{
    struct collect_until until;
    struct study_fixture fixture;
    struct study *study;
    char *text, **lines;
    GArray *runs;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, "replications = 3\n");
    study_fixture_result(&fixture, study, 1, 1, "1.0", "1,7,0.5");
    study_fixture_result(&fixture, study, 1, 2, "1.0", ",7,0.5");
    study_fixture_result(&fixture, study, 1, 3, "1.0", "1,7,0.5");
    collect(&fixture, study, false);
    expect_file(&fixture, "runs.csv",
                "point,replication,seed,status,wait_s,ues_done,load_ratio\n1,1,1,"
                "done,1,7,0.5\n"
                "1,2,2,done,,7,0.5\n1,3,3,done,1,7,0.5\n");
    text = study_fixture_read(&fixture, "study.csv");
    lines = g_strsplit(text, "\n", -1);
    g_assert_true(g_str_has_prefix(lines[1], "1,3,,,,,no value in some run,7,0,6.001"));
    g_assert_true(g_str_has_suffix(lines[1], ",0.5,0,,,all runs alike"));
    runs = read_all(&fixture, study, false);
    g_assert_true(collect_until_parse("ci(wait_s) < 99%", study->host, &until, NULL));
    g_assert_false(collect_narrow(study, runs, 1, &until));
    /* 7 +- 3 / 3. */
    g_assert_true(collect_until_parse("ci(ues_done) < 14%", study->host, &until, NULL));
    g_assert_false(collect_narrow(study, runs, 1, &until));
    g_assert_true(collect_until_parse("ci(ues_done) < 15%", study->host, &until, NULL));
    g_assert_true(collect_narrow(study, runs, 1, &until));
    g_array_free(runs, TRUE);
    g_strfreev(lines);
    g_free(text);
    study_free(study);
    study_fixture_close(&fixture);
}

static void test_other_version(void)
{
    struct study_fixture fixture;
    struct study *study;
    GArray *runs;
    char *other;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, "");
    study_fixture_result(&fixture, study, 1, 1, "0.9", "1,2,3");
    change(&fixture, "runs/p0001-r01/summary.csv", "ues_done", "ues_gone");
    runs = read_all(&fixture, study, false);
    other = runs_other_version(runs);
    g_assert_cmpstr(other, ==, "p0001-r01: made by version 0.9");
    g_free(other);
    g_array_free(runs, TRUE);
    collect(&fixture, study, true);
    expect_file(&fixture, "runs.csv",
                "point,replication,seed,status,wait_s,ues_done,load_ratio\n1,1,1,"
                "done,1,,3\n");
    study_free(study);
    study_fixture_close(&fixture);
}

static void test_until(void)
{
    struct collect_until until;
    struct study_fixture fixture;
    struct study *study;
    GError *error = NULL;
    GArray *runs;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, two_points);
    study_fixture_result(&fixture, study, 1, 1, "1.0", "99,1,1");
    study_fixture_result(&fixture, study, 1, 2, "1.0", "101,1,0");
    study_fixture_result(&fixture, study, 2, 1, "1.0", "100,1,1");
    runs = read_all(&fixture, study, false);
    /* 99 and 101: half-width 12.706 sd / sqrt(2) = 12.706. */
    g_assert_true(collect_until_parse("ci(wait_s) < 12.8%", study->host, &until, &error));
    g_assert_true(collect_narrow(study, runs, 1, &until));
    g_assert_false(collect_narrow(study, runs, 2, &until));
    g_assert_true(collect_until_parse(" ci( wait_s )<=12.7 %", study->host, &until, &error));
    g_assert_false(collect_narrow(study, runs, 1, &until));
    g_assert_true(collect_until_parse("ci(ues_done) < 200%", study->host, &until, &error));
    g_assert_true(collect_narrow(study, runs, 1, &until));
    g_assert_true(collect_until_parse("ci(ues_done) < 0.000001%", study->host, &until, &error));
    g_assert_false(collect_narrow(study, runs, 1, &until));
    for (const char *const *bad = (const char *const[]){"ci(wait) < 2%", "wait_s < 2%", "ci(wait_s) > 2%",
                                                        "ci(wait_s) < 0%", "ci(wait_s) < 2", "", NULL};
         *bad; bad++) {
        g_assert_false(collect_until_parse(*bad, study->host, &until, &error));
        g_assert_true(error->domain == CONFIG_ERROR);
        g_clear_error(&error);
    }
    g_array_free(runs, TRUE);
    study_free(study);
    study_fixture_close(&fixture);
}

static void test_given_up(void)
{
    static const struct {
        const char *states; /* of the replications: Done, Failed, Missing */
        unsigned last;      /* 0: not given up */
    } cases[] = {{"FFF", 3}, {"FFDFFF", 6}, {"DFFFD", 4}, {"FFDFF", 0}, {"FFMFF", 0}, {"FF", 0}, {"DDD", 0}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GArray *runs = g_array_new(FALSE, TRUE, sizeof(struct study_run));
        const struct study_run *failed;

        for (unsigned point = 1; point <= 3; point++)
            for (unsigned r = 1; r <= strlen(cases[i].states); r++) {
                char state = point == 2 ? cases[i].states[r - 1] : 'F';
                struct study_run run = {.point = point, .replication = r};

                run.result.state = state == 'F'   ? RESULT_FAILED
                                   : state == 'D' ? RESULT_WHOLE
                                                  : RESULT_MISSING;
                if (point == 2 || r < 3)
                    g_array_append_val(runs, run);
            }
        failed = collect_given_up(runs, 2);
        g_assert_cmpuint(failed ? failed->replication : 0, ==, cases[i].last);
        g_assert_null(collect_given_up(runs, 1));
        g_assert_null(collect_given_up(runs, 3));
        g_array_free(runs, TRUE);
    }
}

/* As many points as a study may have: what looks through all runs for each would take minutes. */
static void test_many_points(void)
{
    static double metrics[] = {1.5, 7, 0.5};
    const struct study study = {.host = &study_fixture_host};
    struct collect_until until = {.metric = 1, .share = 0.2};
    GArray *runs = g_array_new(FALSE, TRUE, sizeof(struct study_run));

    for (unsigned point = 1; point <= STUDY_POINTS_MAX; point++)
        for (unsigned r = 1; r <= 3; r++) {
            struct study_run run = {.point = point, .replication = r};

            run.result.state = RESULT_WHOLE;
            run.result.metrics = metrics;
            g_array_append_val(runs, run);
        }
    for (unsigned point = 1; point <= STUDY_POINTS_MAX; point++) {
        g_assert_true(collect_narrow(&study, runs, point, &until));
        g_assert_null(collect_given_up(runs, point));
    }
    g_array_free(runs, TRUE);
}

static void test_longest_first(void)
{
    struct study_fixture fixture;
    struct study *study;
    GArray *runs;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, "[axis a]\nue.count = 100, 300, 200\n[axis "
                                         "b]\nue.muk_expired = 0%, 50%\n");
    runs = read_all(&fixture, study, false);
    runs_longest_first(study, runs, runs);
    /* 300 at 50 %, 200 at 50 %, 300, 200 and 100 at 50 % (equal: in order), 100.
   */
    const unsigned order[] = {4, 6, 3, 2, 5, 1};
    for (unsigned i = 0; i < 6; i++)
        g_assert_cmpuint(g_array_index(runs, struct study_run, i).point, ==, order[i]);
    g_array_free(runs, TRUE);
    /* Point 1 was timed and is the slowest of those: 1.5 s; estimates follow. */
    study_fixture_result(&fixture, study, 1, 1, "1.0", "1,1,1");
    runs = read_all(&fixture, study, false);
    g_assert_cmpfloat(g_array_index(runs, struct study_run, 0).result.wall_s, ==, 1.5);
    g_array_free(runs, TRUE);
    study_free(study);
    study_fixture_close(&fixture);
}

/* --- the folder
 * -----------------------------------------------------------------------------------------
 */

static void test_changed(void)
{
    struct study_fixture fixture;
    struct study *study;
    GError *error = NULL;
    char *dir, *run;

    study_fixture_open(&fixture);
    dir = study_fixture_path(&fixture, "out/deep");
    study = study_fixture_load(&fixture, two_points);
    g_assert_true(folder_fits(study, dir, &error));
    g_assert_false(g_file_test(dir, G_FILE_TEST_EXISTS));
    g_assert_true(folder_begin(study, dir, &error));
    g_assert_true(folder_begin(study, dir, &error));
    expect_file(&fixture, "out/deep/study.ini", study->text);
    expect_file(&fixture, "out/deep/base.ini", study->base_text);
    study_free(study);
    /* A comment is no change. */
    study = study_fixture_load(&fixture, "# ...\n\nreplications = 3\n[axis a]\npull.rate = 100/s, 200/s\n");
    g_assert_true(folder_begin(study, dir, &error));
    study_free(study);
    /* Nor is a point without a finished run. */
    study = study_fixture_load(&fixture, "replications = 3\n[axis a]\npull.rate = 100/s, 300/s\n");
    g_assert_true(folder_fits(study, dir, &error));
    run = g_build_filename(dir, "runs", "p0002-r01", NULL);
    g_assert_cmpint(g_mkdir(run, 0777), ==, 0);
    g_assert_false(folder_fits(study, dir, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION);
    g_assert_nonnull(
        strstr(error->message, "there \"pull.rate = 100/s, 200/s\", now \"pull.rate = 100/s, 300/s\""));
    g_assert_nonnull(
        strstr(error->message, "1 finished runs would not be of this study any more: p0002-r01"));
    g_clear_error(&error);
    study_free(study);
    study_fixture_write(&fixture, "base.ini", "[ue]\ncount = 3k\n");
    study = study_fixture_load(&fixture, two_points);
    g_assert_false(folder_begin(study, dir, &error));
    g_assert_nonnull(strstr(error->message, "base scenario has changed"));
    g_clear_error(&error);
    study_free(study);
    g_free(run);
    g_free(dir);
    study_fixture_close(&fixture);
}

static bool many_rows(struct csv *csv, const void *user, GError **error)
{
    bool good = true;

    for (int i = 0; i < 10000 && good; i++) {
        csv_text(csv, user);
        good = csv_row_end(csv, error);
    }
    return good;
}

/* A table that finds no room is reported by the name that it would have had. */
static void test_no_room(void)
{
    struct study_fixture fixture;
    struct rlimit before, small;
    GError *error = NULL;

    study_fixture_open(&fixture);
    char *path = g_build_filename(fixture.folder, "runs.csv", NULL);
    g_assert_cmpint(getrlimit(RLIMIT_FSIZE, &before), ==, 0);
    small = before;
    small.rlim_cur = 4096;
    signal(SIGXFSZ, SIG_IGN);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &small), ==, 0);
    bool good = folder_write_csv(fixture.folder, "runs.csv", many_rows, "a cell", &error);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    g_assert_false(good);
    char *expected = g_strdup_printf("%s: File too large", path);
    g_assert_cmpstr(error->message, ==, expected);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_clear_error(&error);
    g_free(expected);
    g_free(path);
    study_fixture_close(&fixture);
}

/* What cannot be looked at is not missing: a link to itself plays a disk that fails. */
static void test_not_told(void)
{
    static const char *const names[] = {"runs/p0001-r01", "runs/p0001-r01.failed", "runs"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        struct runs_wanted wanted = {.first = 1, .last = 3, .further = true};
        struct study_fixture fixture;
        struct study *study;
        GError *error = NULL;
        char *runs, *path;

        study_fixture_open(&fixture);
        study = study_fixture_load(&fixture, two_points);
        runs = study_fixture_path(&fixture, "runs");
        path = study_fixture_path(&fixture, names[i]);
        wanted.dir = fixture.folder;
        g_assert_true(strcmp(names[i], "runs") == 0 || g_mkdir(runs, 0777) == 0);
        g_assert_cmpint(symlink(path, path), ==, 0);
        g_assert_null(runs_list(study, &wanted, &error));
        g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_LOOP);
        g_assert_nonnull(strstr(error->message, path));
        g_error_free(error);
        study_free(study);
        study_fixture_close(&fixture);
        g_free(path);
        g_free(runs);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/csv-rows", test_rows);
    g_test_add_func("/study/states", test_states);
    g_test_add_func("/study/tables", test_tables);
    g_test_add_func("/study/no-value", test_no_value);
    g_test_add_func("/study/other-version", test_other_version);
    g_test_add_func("/study/until", test_until);
    g_test_add_func("/study/given-up", test_given_up);
    g_test_add_func("/study/many-points", test_many_points);
    g_test_add_func("/study/longest-first", test_longest_first);
    g_test_add_func("/study/changed", test_changed);
    g_test_add_func("/study/no-room", test_no_room);
    g_test_add_func("/study/not-told", test_not_told);
    return g_test_run();
}
