/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Study files: points, their order, seeds and settings; and what is said about every mistake. */
#include "models/scenario/scenario.h"
#include "sim/study/runs.h"
#include "tests/tap/tap.h"
#include "tests/unit/study_fixture.h"

#include <glib/gstdio.h>

static char *point_names(const struct study *study)
{
    GString *names = g_string_new(NULL);

    for (unsigned point = 1; point <= study->point_count; point++) {
        char *name = study_point_name(study, point);

        g_string_append_printf(names, "%s%s", point > 1 ? "|" : "", name);
        g_free(name);
    }
    return g_string_free(names, FALSE);
}

static void expect_points(const char *text, const char *expected)
{
    struct study_fixture fixture;
    struct study *study;
    char *names;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, text);
    names = point_names(study);
    g_assert_cmpstr(names, ==, expected);
    g_free(names);
    study_free(study);
    study_fixture_close(&fixture);
}

static void test_points(void)
{
    expect_points("", "the base");
    expect_points("[axis a]\npull.rate = 1/s, 2/s\n", "pull.rate=1/s|pull.rate=2/s");
    /* The first axis varies slowest, variants slowest of all, keys of an axis move in step. */
    expect_points(
        "[axis a]\npull.rate = 1/s, 2/s\n[variant x]\n[axis b]\nbmsc.workers = 1, 2\nbsf.workers = 5, "
        "6\n[variant y]\npull.start = 1s\n",
        "variant=x, pull.rate=1/s, bmsc.workers=1, bsf.workers=5|"
        "variant=x, pull.rate=1/s, bmsc.workers=2, bsf.workers=6|"
        "variant=x, pull.rate=2/s, bmsc.workers=1, bsf.workers=5|"
        "variant=x, pull.rate=2/s, bmsc.workers=2, bsf.workers=6|"
        "variant=y, pull.rate=1/s, bmsc.workers=1, bsf.workers=5|"
        "variant=y, pull.rate=1/s, bmsc.workers=2, bsf.workers=6|"
        "variant=y, pull.rate=2/s, bmsc.workers=1, bsf.workers=5|"
        "variant=y, pull.rate=2/s, bmsc.workers=2, bsf.workers=6");
    expect_points(
        "constraint = bmsc.workers != 2 and not variant == y\n[axis b]\nbmsc.workers = 1..3\n[variant "
        "x]\n[variant y]\n",
        "variant=x, bmsc.workers=1|variant=x, bmsc.workers=3");
    /* Any number of blanks before a name, and after the bracket. */
    expect_points("[axis   a]  \nbmsc.workers = 1, 2\n[variant  x]\n[variant y  z]\n",
                  "variant=x, bmsc.workers=1|variant=x, bmsc.workers=2|"
                  "variant=y z, bmsc.workers=1|variant=y z, bmsc.workers=2");
    /* Values may come again if another key of the axis differs; a distribution is more than its mean. */
    expect_points("[axis a]\nbmsc.workers = 1, 1\nbsf.workers = 1, 2\n",
                  "bmsc.workers=1, bsf.workers=1|bmsc.workers=1, bsf.workers=2");
    expect_points("[axis a]\nbmsc.service_time = exp(1ms), fixed(1ms)\n",
                  "bmsc.service_time=exp(1ms)|bmsc.service_time=fixed(1ms)");
    /* The constraint sees what the base says, and a distribution as its mean. */
    expect_points("constraint = ue.count == 2k and pull.rate * bmsc.service_time < bmsc.workers\n[axis a]\n"
                  "bmsc.service_time = exp(1ms), uniform(2ms, 6ms)\n",
                  "bmsc.service_time=exp(1ms)");
    /* A point that contradicts itself is none if the constraint drops it. */
    expect_points(
        "constraint = ue.cells <= ue.count\n[axis a]\nue.count = 10, 200\n[axis b]\nue.cells = 5, 50\n",
        "ue.count=10, ue.cells=5|ue.count=200, ue.cells=5|ue.count=200, ue.cells=50");
}

/* All points are of the base scenario that was read with the study, even if the file changes or goes. */
static void test_base_changes(void)
{
    struct study_fixture fixture;
    struct study *study;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, "[axis a]\npull.start = 1s, 2s\n");
    study_fixture_write(&fixture, "base.ini", "[ue]\ncount = 7\n");
    for (unsigned point = 1; point <= 2; point++) {
        struct config *scenario = study_point_scenario(study, point, NULL);

        g_assert_cmpint(scenario_of(scenario)->ue_count, ==, 2000);
        config_free(scenario);
    }
    g_remove(study->base);
    struct config *scenario = study_point_scenario(study, 1, NULL);
    g_assert_nonnull(scenario);
    g_assert_cmpint(scenario_of(scenario)->pull_start, ==, 1000000000);
    config_free(scenario);
    study_free(study);
    study_fixture_write(&fixture, "base.ini", "[ue]\ncount = 7\n");
    study_fixture_close(&fixture);
}

static void test_settings(void)
{
    struct study_fixture fixture;
    struct study *study;
    char **settings, *joined, **words, *line;

    study_fixture_open(&fixture);
    study =
        study_fixture_load(&fixture, "[set]\nue.count = 500\npull.start = 1s\n[axis a]\n"
                                     "hss.service_time = uniform(1ms, 3ms)\n[variant v]\npull.start = 2s\n");
    settings = study_point_settings(study, 1);
    joined = g_strjoinv("|", settings);
    /* A variant overrides [set]. */
    g_assert_cmpstr(joined, ==, "ue.count=500|pull.start=2s|hss.service_time=uniform(1ms, 3ms)");
    words = run_command_words(study, "pullstorm", 1, NULL, 7, "it's/p0001-r01", false);
    line = run_command_text(words);
    char *expected =
        g_strdup_printf("pullstorm run %s -s ue.count=500 -s pull.start=2s -s "
                        "'hss.service_time=uniform(1ms, 3ms)' --seed 7 -o 'it'\\''s/p0001-r01' --quiet",
                        study->base);
    g_assert_cmpstr(line, ==, expected);
    g_free(expected);
    g_free(line);
    g_strfreev(words);
    g_free(joined);
    g_strfreev(settings);
    study_free(study);
    study_fixture_close(&fixture);
}

static void test_seeds(void)
{
    struct study_fixture fixture;
    struct study *study;
    GHashTable *seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    GHashTable *shared = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture, "seed = 5\n[axis a]\nbmsc.workers = 1..50\n");
    g_assert_cmpuint(study_seed(study, 1, 1), ==, 40001);
    g_assert_cmpuint(study_seed(study, 50, 1), ==, 40001);
    g_assert_cmpuint(study_seed(study, 1, 4), ==, 40004);
    study_free(study);
    /* Studies of different seeds share no run. */
    for (unsigned s = 0; s <= 3; s++) {
        char *text = g_strdup_printf("seed = %u\n", s);

        study = study_fixture_load(&fixture, text);
        for (unsigned r = 1; r <= STUDY_REPLICATIONS_MAX; r++) {
            uint64_t seed = study_seed(study, 1, r);

            g_assert_true(s != 1 || seed == r);
            g_assert_true(g_hash_table_add(shared, g_memdup2(&seed, sizeof seed)));
        }
        study_free(study);
        g_free(text);
    }
    g_hash_table_unref(shared);
    study = study_fixture_load(&fixture, "random_numbers = independent\n[axis a]\nbmsc.workers = 1..50\n");
    for (unsigned point = 1; point <= 50; point++)
        for (unsigned r = 1; r <= 50; r++) {
            uint64_t seed = study_seed(study, point, r);

            g_assert_cmpuint(seed, ==, study_seed(study, point, r));
            g_assert_true(g_hash_table_add(seen, g_memdup2(&seed, sizeof seed)));
        }
    g_hash_table_unref(seen);
    study_free(study);
    study_fixture_close(&fixture);
}

static void test_head(void)
{
    struct study_fixture fixture;
    struct study *study;

    study_fixture_open(&fixture);
    study = study_fixture_load(&fixture,
                               "title = T, \"t\"\ndescription = D\nreplications = 7\nseed = "
                               "18446744073709551615\ntimeout = 10min\nmemory = 4GB\nmetrics = wait_s , "
                               "load_ratio\n");
    g_assert_cmpstr(study->name, ==, "study");
    g_assert_cmpstr(study->title, ==, "T, \"t\"");
    g_assert_cmpstr(study->description, ==, "D");
    g_assert_cmpuint(study->replications, ==, 7);
    g_assert_cmpuint(study->seed, ==, UINT64_MAX);
    g_assert_cmpint(study->timeout_ns, ==, INT64_C(600000000000));
    g_assert_cmpint(study->memory_bytes, ==, INT64_C(4000000000));
    g_assert_cmpstr(study->metrics[1], ==, "load_ratio");
    g_assert_null(study->metrics[2]);
    study_free(study);
    study_fixture_close(&fixture);
}

static const struct {
    const char *text, *message;
} mistakes[] = {
    {"[set]\nue.count = 1\n", "study.ini: no section [study]"},
    {"[study]\ntitle = x\n", "[study] base: missing"},
    {"[study]\nbase = nowhere.ini\n", "study.ini:2: [study] base: "},
    {"[study]\nbase = bad.ini\n", "bad.ini:2: ue.cuont: unknown key"},
    {"[study]\nbase = base.ini\nreplicatons = 3\n",
     "study.ini:3: [study] replicatons: unknown key, did you mean replications?"},
    {"[study]\nbase = base.ini\nreplications = 0\n", "out of range, expected 1 to 9999"},
    {"[study]\nbase = base.ini\nseed = -1\n", "[study] seed: \"-1\" is negative"},
    {"[study]\nbase = base.ini\nrandom_numbers = comon\n", "did you mean common?"},
    {"[study]\nbase = base.ini\ntimeout = 10\n", "[study] timeout: \"10\" has no unit"},
    {"[study]\nbase = base.ini\nmetrics = wait_s, wait\n", "wait: unknown metric, did you mean wait_s?"},
    {"[study]\nbase = base.ini\nconstraint = ue.cuont < 3\n",
     "[study] constraint: \"ue.cuont < 3\", at character 1: ue.cuont: unknown name, did you mean "
     "ue.count?"},
    {"[study]\nbase = base.ini\nconstraint = ue.count < 3\n",
     "[study] constraint: is false at each of the 1 points"},
    {"[study]\nbase = base.ini\nbase = base.ini\n",
     "study.ini:3: [study] base: given twice, first on line 2"},
    {"[study]\nbase = base.ini\n[set]\n[set]\n", "study.ini:4: [set]: given twice"},
    {"[study]\nbase = base.ini\n[variant a]\n[variant  a]\n",
     "study.ini:4: [variant a]: given twice, first on line 3"},
    {"[study]\nbase = base.ini\n[variant a ]\nue.count = 5\n",
     "study.ini:3: [variant a ]: its name ends with a blank"},
    {"[study]\nbase = base.ini\n[axes rate]\n",
     "study.ini:3: [axes rate]: unknown section, did you mean [axis NAME]?"},
    {"[study]\nbase = base.ini\n[ue]\ncount = 3\n",
     "a section of scenarios; here its keys stand in [set], as ue.count"},
    {"[study]\nbase = base.ini\n[axis]\nue.count = 3\n", "has no name, expected [axis NAME]"},
    {"[study]\nbase = base.ini\n[variant]\n", "has no name, expected [variant NAME]"},
    {"[study]\nbase = base.ini\n[axis a]\n", "[axis a]: has no key"},
    {"[study]\nbase = base.ini\n[axis a]\nue.cuont = 1\n",
     "study.ini:4: [axis a] ue.cuont: unknown key, did you mean ue.count?"},
    {"[study]\nbase = base.ini\n[axis a]\nue.backoff_max = 1s\n",
     "study.ini:4: [axis a] ue.backoff_max: no UE waits between a solicited pull and its request"},
    {"[study]\nbase = base.ini\nconstraint = ue.backoff_max > 1s\n", "ue.backoff_max: no UE waits between"},
    {"[study]\nbase = base.ini\n[axis a]\nue.count = 5..1\n",
     "[axis a] ue.count: \"5..1\": the range is empty"},
    {"[study]\nbase = base.ini\n[axis a]\nbmsc.workers = 1..0 step 1\n", "the range is empty"},
    {"[study]\nbase = base.ini\n[axis a]\nbmsc.workers = 1, 2\nbsf.workers = 1, 2, 3\n",
     "study.ini:5: [axis a] bsf.workers: 3 values, and bmsc.workers of the same axis has 2"},
    {"[study]\nbase = base.ini\n[axis a]\nbmsc.workers = 1, 1, 1\n",
     "study.ini:4: [axis a] bmsc.workers: value 2 (1) is value 1 again, expected points that differ"},
    {"[study]\nbase = base.ini\n[axis a]\nue.muk_expired = 0.1, 0.2, 10%\n",
     "value 3 (10%) is value 1 again"},
    {"[study]\nbase = base.ini\n[axis a]\nbmsc.workers = 1, 2, 1\nhss.service_time = exp(1ms), exp(2ms), "
     "exp(1000us)\n",
     "bmsc.workers: value 3 (1) is value 1 again, and so are the other keys of the axis"},
    {"[study]\nbase = base.ini\n[set]\nue.count = 5\n[axis a]\nue.count = 6\n",
     "study.ini:6: [axis a] ue.count: stands on line 4, too"},
    {"[study]\nbase = base.ini\n[axis a]\nue.count = 5\n[axis b]\nue.count = 6\n",
     "study.ini:6: [axis b] ue.count: stands on line 4, too"},
    {"[study]\nbase = base.ini\n[axis a]\nue.count = 5\n[variant v]\nue.count = 6\n",
     "study.ini:4: [axis a] ue.count: stands in a variant, too (line 6)"},
    {"[study]\nbase = base.ini\n[axis a]\nrun.seed = 1, 2\n",
     "[axis a] run.seed: a study gives every replication a seed"},
    {"[study]\nbase = base.ini\n[set]\nrun.seed = 1\n", "[set] run.seed: a study gives"},
    {"[study]\nbase = base.ini\n[axis e]\nrun.engine = native, ns4\n", "did you mean ns3?"},
    {"[study]\nbase = base.ini\n[axis e]\nrun.engine = native, ns3\n",
     "study.ini: point 2 (run.engine=ns3): run.engine: not compiled in"},
    {"[study]\nbase = base.ini\n[set]\nue.count = lots\n",
     "study.ini:4: [set] ue.count: \"lots\" is not a number"},
    {"[study]\nbase = base.ini\n[variant v]\nue.count = 0\n", "[variant v] ue.count: \"0\" is out of range"},
    {"[study]\nbase = base.ini\n[axis a]\nue.cells = 10, 5000\n", "study.ini: point 2 (ue.cells=5000): "},
    {"[study]\nbase = base.ini\n[axis a]\nue.cells = 10, 5000\n", "ue.cells: 5000 is above ue.count = 2k"},
    {"[study]\nbase = base.ini\n[axis a]\nue.count = 1..1000\n[axis b]\nbmsc.workers = 1..1000\n",
     "the axes cross in 1000000 points"},
    {"base = base.ini\n", "stands before the first section"},
    {"[study]\nbase = base.ini\nwhat\n", "study.ini:3: \"what\" is not understood"},
    {"[study]\nbase = base.ini\n"
     "123456789 123456789 123456789 123456789 123456789 123456789\303\244bc\n",
     "123456789\303\244\" is not understood"},
    {"", "is empty"},
};

static void test_mistakes(void)
{
    struct study_fixture fixture;
    char *path;

    study_fixture_open(&fixture);
    study_fixture_write(&fixture, "bad.ini", "[ue]\ncuont = 3\n");
    path = study_fixture_path(&fixture, "study.ini");
    for (size_t i = 0; i < G_N_ELEMENTS(mistakes); i++) {
        GError *error = NULL;

        study_fixture_write(&fixture, "study.ini", mistakes[i].text);
        if (study_load(path, &study_fixture_host, &error))
            g_error("taken: %s", mistakes[i].text);
        if (!strstr(error->message, mistakes[i].message))
            g_error("\"%s\" does not say \"%s\"", error->message, mistakes[i].message);
        g_assert_true(error->domain == CONFIG_ERROR);
        g_error_free(error);
    }
    g_free(path);
    study_fixture_close(&fixture);
}

/* All mistakes are reported at once. */
static void test_all_at_once(void)
{
    struct study_fixture fixture;
    GError *error = NULL;
    char *path;

    study_fixture_open(&fixture);
    path = study_fixture_path(&fixture, "study.ini");
    study_fixture_write(&fixture, "study.ini",
                        "[study]\nbsae = base.ini\n[set]\nue.cuont = 1\n[axis a]\nue.count = 2..1\n");
    g_assert_null(study_load(path, &study_fixture_host, &error));
    g_assert_nonnull(strstr(error->message, "bsae"));
    g_assert_nonnull(strstr(error->message, "\n"));
    g_assert_nonnull(strstr(error->message, "ue.cuont"));
    g_assert_nonnull(strstr(error->message, "the range is empty"));
    g_error_free(error);
    g_free(path);
    study_fixture_close(&fixture);
}

/* A study with bytes changed, taken out or doubled at random: read or refused with a message, and nothing
 * else. */
static void test_hostile(void)
{
    static const char text[] =
        "[study]\nbase = base.ini\nreplications = 2\nconstraint = (bmsc.workers <= 4 * bsf.workers) and not "
        "variant == \"b\"\n[set]\nue.count = 300\n[axis a]\nbmsc.workers = 1..16 factor 2, 3..9 step "
        "3\n[axis "
        "b]\nue.muk_expired = 0%..100% in 5, 0.1%..1% in 3 geometric\nbsf.workers = 1..8\n[variant "
        "b]\n[variant "
        "c]\npull.start = 1s\n";
    GRand *random = g_rand_new_with_seed(1);
    struct study_fixture fixture;
    unsigned taken = 0;
    char *path;

    study_fixture_open(&fixture);
    path = study_fixture_path(&fixture, "study.ini");
    for (unsigned i = 0; i < 4000; i++) {
        GString *changed = g_string_new(text);
        GError *error = NULL;
        struct study *study;

        for (unsigned k = i % 4; k < 4; k++) {
            gsize at = (gsize)g_rand_int_range(random, 0, (gint32)changed->len);

            if (i % 3 == 0)
                changed->str[at] = (char)g_rand_int_range(random, 1, 127);
            else if (i % 3 == 1)
                g_string_erase(changed, (gssize)at, 1);
            else
                g_string_insert_len(changed, (gssize)at, text + at % 200, g_rand_int_range(random, 1, 30));
        }
        study_fixture_write(&fixture, "study.ini", changed->str);
        study = study_load(path, &study_fixture_host, &error);
        g_assert_true((study != NULL) == (error == NULL));
        g_assert_true(!error || g_utf8_validate(error->message, -1, NULL));
        taken += study != NULL;
        study_free(study);
        g_clear_error(&error);
        g_string_free(changed, TRUE);
    }
    /* Some changes are harmless; that most are not shows that they matter. */
    g_assert_cmpuint(taken, >, 10);
    g_assert_cmpuint(taken, <, 2000);
    g_rand_free(random);
    g_free(path);
    study_fixture_close(&fixture);
}

/* As much as fits into a file: what grows by the square of it would take minutes here. All mistakes are
 * reported. */
static void test_many(void)
{
    static const struct {
        const char *head, *line;
        unsigned count, mistakes; /* beside those of the points: that they were not looked at */
    } cases[] = {{"", "[a%x]\n", 120000, 120000},
                 {"", "[axis a%x]\n", 80000, 1},
                 {"[set]\n", "k%x=1\n", 50000, 50000},
                 {"[variant a]\n", "ue.cells=1\n", 80000, 79999},
                 {"[axis a]\n", "k%x=1\n", 20000, 20000}};
    struct study_fixture fixture;
    char *path;

    study_fixture_open(&fixture);
    path = study_fixture_path(&fixture, "study.ini");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *text = g_string_new("[study]\nbase = base.ini\n");
        char **parts = g_strsplit(cases[i].line, "%x", 2);
        GError *error = NULL;
        unsigned count = 1;

        g_string_append(text, cases[i].head);
        for (unsigned k = 0; k < cases[i].count; k++)
            if (parts[1])
                g_string_append_printf(text, "%s%x%s", parts[0], k, parts[1]);
            else
                g_string_append(text, parts[0]);
        study_fixture_write(&fixture, "study.ini", text->str);
        g_assert_null(study_load(path, &study_fixture_host, &error));
        for (const char *at = error->message; *at; at++) /* with AddressSanitizer strchr() looks to the end */
            count += *at == '\n';
        g_assert_cmpuint(count, ==, cases[i].mistakes);
        g_error_free(error);
        g_strfreev(parts);
        g_string_free(text, TRUE);
    }
    g_free(path);
    study_fixture_close(&fixture);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/points", test_points);
    g_test_add_func("/study/base-changes", test_base_changes);
    g_test_add_func("/study/settings", test_settings);
    g_test_add_func("/study/seeds", test_seeds);
    g_test_add_func("/study/head", test_head);
    g_test_add_func("/study/mistakes", test_mistakes);
    g_test_add_func("/study/all-at-once", test_all_at_once);
    g_test_add_func("/study/many", test_many);
    g_test_add_func("/study/hostile", test_hostile);
    return g_test_run();
}
