/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Whole scenarios: what a file and settings make, and every mistake at its line. */
#include "models/scenario/scenario.h"
#include "sim/config/value.h"
#include "tests/tap/tap.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static char *file_with(const char *name, const char *bytes, gssize length)
{
    char *path = g_build_filename(folder, name, NULL);

    g_assert_true(g_file_set_contents(path, bytes, length, NULL));
    return path;
}

static struct scenario *load_good(const char *bytes, const char *const *settings)
{
    char *path = file_with("good.ini", bytes, -1);
    GError *error = NULL;
    struct scenario *scenario = scenario_load(path, settings, &error);

    g_assert_no_error(error);
    g_assert_cmpstr(scenario->config.name, ==, "good");
    g_free(path);
    return scenario;
}

/* Loads and expects exactly these messages, in which FILE stands for the path. */
static void refuse(const char *bytes, gssize length, const char *const *settings, int code,
                   const char *expected)
{
    char *path = file_with("bad.ini", bytes, length);
    char **parts = g_strsplit(expected, "FILE", -1);
    char *message = g_strjoinv(path, parts);
    GError *error = NULL;

    g_assert_null(scenario_load(path, settings, &error));
    g_assert_cmpstr(error->message, ==, message);
    g_assert_error(error, CONFIG_ERROR, code);
    g_clear_error(&error);
    g_free(message);
    g_strfreev(parts);
    g_free(path);
}

static void test_defaults(void)
{
    struct scenario *s = load_good("# all as it comes\n", NULL);

    g_assert_cmpint(s->ue_count, ==, 100000);
    g_assert_cmpint(s->run_end, ==, INT64_C(3600000000000));
    g_assert_cmpuint(s->run_seed, ==, 1);
    g_assert_cmpint(s->run_engine, ==, 0);
    g_assert_true(s->ue_muk_expired == 0.1);
    g_assert_true(s->pull_rate == 1000);
    g_assert_cmpint(s->core_rate, ==, INT64_C(10000000000));
    g_assert_cmpint(s->hss_service_time.kind, ==, DISTRIBUTION_LOGNORMAL);
    g_assert_cmpstr(s->operator_mcc, ==, "001");
    g_assert_cmpstr(s->fault_drop, ==, "");
    scenario_free(s);
    scenario_free(NULL);
}

static void test_values(void)
{
    const char *const settings[] = {"ue.count=2k", "fault.drop = pull@1, msk/7@1-2", "ue.count=3k", NULL};
    struct scenario *s =
        load_good("\xef\xbb\xbf# mark in front, CR LF, blanks\r\n[ue]\r\n  count =  1_000 \r\ncells=10\r\n"
                  "[pull]\nrate = 2k/s\n[bsf]\nservice_time = uniform(1ms,3ms)",
                  settings);

    g_assert_cmpint(s->ue_count, ==, 3000);
    g_assert_cmpint(s->ue_cells, ==, 10);
    g_assert_true(s->pull_rate == 2000);
    g_assert_cmpint(s->bsf_service_time.b_ns, ==, 3000000);
    g_assert_cmpstr(s->fault_drop, ==, "pull@1, msk/7@1-2");
    scenario_free(s);
}

/* The canonical text is a scenario, and the same one. */
static void test_canonical(void)
{
    struct scenario *s = load_good("[pull]\nrate=120/min\n[ue]\ncount = 1_000\n", NULL);
    char *text = config_text(&s->config), *text_again;
    struct scenario *again = load_good(text, NULL);

    text_again = config_text(&again->config);
    g_assert_cmpstr(text, ==, text_again);
    g_assert_cmpint(again->ue_count, ==, 1000);
    g_assert_true(g_str_has_prefix(text, "[run]\nseed = 1\nengine = native\n"));
    g_assert_nonnull(strstr(text, "\n\n[ue]\ncount = 1_000\n"));
    g_assert_nonnull(strstr(text, "\nrate = 120/min\n"));
    for (unsigned i = 0; i < scenario_schema.count; i++)
        g_assert_cmpstr(scenario_value_text(s, &scenario_schema.keys[i]), ==,
                        scenario_value_text(again, &scenario_schema.keys[i]));
    g_free(text);
    g_free(text_again);
    scenario_free(s);
    scenario_free(again);
}

static void test_lines(void)
{
    refuse("# one\n"
           "stray = 1\n"
           "[ue]\n"
           "count = 1.5M\n"
           "\n"
           "cells = ten\n"
           "just words\n"
           "[pull\n"
           "; not a comment\n"
           "= 5\n"
           "count = 2\n"
           "[ue]\n"
           "attempts = 0\n",
           -1, NULL, CONFIG_ERROR_SYNTAX,
           "FILE:2: stray: stands before the first section, expected a line such as [ue] above it\n"
           "FILE:6: ue.cells: \"ten\" is not a number, expected a whole number such as 1500, 100k or 1.5M "
           "(k, M, "
           "G)\n"
           "FILE:7: \"just words\" is not understood, expected [section], key = value or # comment\n"
           "FILE:8: \"[pull\" is not understood, expected [section], key = value or # comment\n"
           "FILE:9: \"; not a comment\" is not understood, expected [section], key = value or # comment\n"
           "FILE:10: \"= 5\" is not understood, expected [section], key = value or # comment\n"
           "FILE:11: ue.count: given twice, first on line 4; expected once\n"
           "FILE:12: [ue]: given twice, first on line 3; expected once\n"
           "FILE:13: ue.attempts: \"0\" is out of range, expected 1 to 1000");
}

/* Each line that GKeyFile would stop at has one message, and does not hide what comes after it. */
static void test_strange_names(void)
{
#define NONSENSE " is not understood, expected [section], key = value or # comment\n"
    refuse("[u\033e]\n"
           "[ue]\n"
           "\033[31mcount = 5\n"
           "cou[nt = 5\n"
           "count[d e] = 5\n"
           "co\tunt = 5\n"
           "count[de] = 5\n"
           "attempts = 0\n",
           -1, NULL, CONFIG_ERROR_SYNTAX,
           "FILE:1: \"[u\033e]\"" NONSENSE "FILE:3: \"\033[31mcount = 5\"" NONSENSE
           "FILE:4: \"cou[nt = 5\"" NONSENSE "FILE:5: \"count[d e] = 5\"" NONSENSE
           "FILE:6: \"co\tunt = 5\"" NONSENSE "FILE:7: ue.count[de]: unknown key, did you mean ue.count?\n"
           "FILE:8: ue.attempts: \"0\" is out of range, expected 1 to 1000");
#undef NONSENSE
}

static void test_unknown(void)
{
    const char *const settings[] = {"ue.cuont=5", "eu.count=5", "count=5", "ue.count", "ue.count=x=y", NULL};

    refuse(
        "[bmcs]\nworkers = 3\n[bmsc]\nworker = 3\n[ue]\nrate = 5\ncount[de] = 7\n", -1, settings,
        CONFIG_ERROR_UNKNOWN,
        "FILE:1: [bmcs]: unknown section, did you mean [bmsc]?\n"
        "FILE:4: bmsc.worker: unknown key, did you mean bmsc.workers?\n"
        "FILE:6: ue.rate: unknown key, did you mean ue.count? There is pull.rate, core.rate\n"
        "FILE:7: ue.count[de]: unknown key, did you mean ue.count?\n"
        "-s ue.cuont=5: ue.cuont: unknown key, did you mean ue.count?\n"
        "-s eu.count=5: [eu]: unknown section, did you mean [ue]?\n"
        "-s count=5: expected SECTION.KEY=VALUE\n"
        "-s ue.count: expected SECTION.KEY=VALUE\n"
        "-s ue.count=x=y: ue.count: \"x=y\" is not a number, expected a whole number such as 1500, 100k or "
        "1.5M (k, M, G)");
}

/* What protocols carry in whole seconds is not cut to them without a word. */
static void test_whole_seconds(void)
{
    const char *const settings[] = {"gba.lifetime=1500ms", NULL};

#define WANTED                                                                                               \
    " is not a whole number of seconds, expected a duration in whole seconds such as 10s (s, min, h, d)"
    refuse("[bmsc]\nretry_after = 500ms\n[bsf]\nretry_after = 2.9s\n", -1, settings, CONFIG_ERROR_VALUE,
           "FILE:2: bmsc.retry_after: \"500ms\"" WANTED "\nFILE:4: bsf.retry_after: \"2.9s\"" WANTED
           "\n-s gba.lifetime=1500ms: gba.lifetime: \"1500ms\"" WANTED);
#undef WANTED
}

static const struct {
    const char *bytes, *expected;
} contradictory[] = {
    {"[ue]\ncount = 50\n", "FILE:2: ue.count: 50 is below ue.cells = 100, expected at least that"},
    {"[ue]\nplacement = even\ncell_variation = 1.5\n",
     "FILE:3: ue.cell_variation: cells cannot differ by ue.cell_variation = 1.5 where ue.placement = even "
     "deals "
     "the UEs out evenly, expected random, or no variation"},
    {"[ue]\ncells=51\ncount = 50\n", "FILE:2: ue.cells: 51 is above ue.count = 50, expected at most that"},
    {"[ue]\nmuk_expired=50%\nmuk_ahead=0.4\nmuk_unknown=0.2\n",
     "FILE:4: ue.muk_unknown: muk_expired + muk_ahead + muk_unknown + muk_unproven = 50% + 0.4 + 0.2 + 0 "
     "is more than all "
     "UEs, "
     "expected a sum of at most 1"},
    {"[run]\nepoch=2099-12-31T00:00:00Z\n[gba]\nlifetime=3650d\n",
     "FILE:2: run.epoch: keys made up to two lifetimes before run.epoch = 2099-12-31T00:00:00Z, and one "
     "after "
     "run.end = 1h, would go beyond 1968 or 2104, which Diameter cannot tell (gba.lifetime = 3650d), "
     "expected less"},
    {"[ue]\nretry_base=2min\n",
     "FILE:2: ue.retry_base: 2min is above ue.retry_cap = 64s, expected at most that"},
    {"[ue]\nretry_cap=10ms\n",
     "FILE:2: ue.retry_cap: 10ms is below ue.retry_base = 1s, expected at least that"},
    {"[bmsc]\nretry_after=2h\n",
     "FILE:2: bmsc.retry_after: 2h is above ue.retry_after_max = 1h, expected at most that"},
    {"[ue]\nretry_after_max=9999ms\n",
     "FILE:2: ue.retry_after_max: 9999ms is below bmsc.retry_after = 10s, expected at least that\n"
     "FILE:2: ue.retry_after_max: 9999ms is below bsf.retry_after = 10s, expected at least that"},
    {"[bsf]\nretry_after=2min\n[ue]\nretry_after_max=1min\n",
     "FILE:2: bsf.retry_after: 2min is above ue.retry_after_max = 1min, expected at most that"},
    {"[tcp]\nrto_min=2s\nrto_max=1s\n",
     "FILE:2: tcp.rto_min: 2s is above tcp.rto_max = 1s, expected at most that"},
    {"[tcp]\nrto_initial=1min\nrto_max=30s\n",
     "FILE:2: tcp.rto_initial: 1min is above tcp.rto_max = 30s, expected at most that"},
    {"[pull]\nstart=1h\n",
     "FILE:2: pull.start: the first pull (pull.start = 1h) would come after the end of the "
     "run (run.end = 1h), expected pull.start < run.end"},
    {"[run]\nend=1s\n", "FILE:2: run.end: the first pull (pull.start = 1s) would come after the end of the "
                        "run (run.end = 1s), expected pull.start < run.end"},
    {"[ue]\ncount=20M\n[access]\nip_version=4\n",
     "FILE:4: access.ip_version: 4 has addresses for 16777214 UEs (10/8), and ue.count = 20M, expected 6 "
     "or "
     "auto"},
    {"[operator]\nmcc=26a\nmnc=1x\n", "FILE:2: operator.mcc: \"26a\" is not a number, expected digits only\n"
                                      "FILE:3: operator.mnc: \"1x\" is not a number, expected digits only"},
    {"[tcp]\nmss=9kB\n[core]\nqueue_limit=9050B\n[access]\nqueue_limit=9059B\n",
     "FILE:6: access.queue_limit: 9059B cannot hold one TCP segment (tcp.mss = 9kB and 60 bytes of "
     "headers), "
     "expected more\n"
     "FILE:4: core.queue_limit: 9050B cannot hold one TCP segment (tcp.mss = 9kB and 60 bytes of "
     "headers), "
     "expected more"},
    {"[bmsc]\nmuk_lifetime=500ms\n",
     "FILE:2: bmsc.muk_lifetime: bmsc.muk_margin = 0s is not a second below the lifetime of a MUK "
     "(bmsc.muk_lifetime = 500ms): each new one would expire soon, expected a margin of less, or a "
     "longer "
     "lifetime"},
    {"[gba]\nlifetime=1h\n[bmsc]\nmuk_margin=1h\n",
     "FILE:4: bmsc.muk_margin: bmsc.muk_margin = 1h is not a second below the lifetime of a MUK "
     "(gba.lifetime "
     "= 1h): each new one would expire soon, expected a margin of less, or a longer lifetime"},
    {"[bmsc]\nmuk_lifetime=1h\nmuk_margin=1h\n",
     "FILE:3: bmsc.muk_margin: bmsc.muk_margin = 1h is not a second below the lifetime of a MUK "
     "(bmsc.muk_lifetime = 1h): each new one would expire soon, expected a margin of less, or a longer "
     "lifetime"},
};

static void test_contradictions(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(contradictory); i++)
        refuse(contradictory[i].bytes, -1, NULL, CONFIG_ERROR_CONTRADICTION, contradictory[i].expected);
}

/* Sections [at TIME] beyond the end: one mistake for each, whatever is in it; none for one that is empty. */
static void test_changes_too_late(void)
{
    const char *const settings[] = {"run.end=5min", NULL};

    refuse("[run]\nend=90s\n[at 2min]\nhss.workers=0\naccess.loss=1%\n[at 90s]\nhss.workers=1\n[at 3min]\n"
           "[at 89s]\nhss.workers=5\n",
           -1, NULL, CONFIG_ERROR_CONTRADICTION,
           "FILE:6: [at 90s]: is not before the end of the run (run.end = 90s), expected an earlier time\n"
           "FILE:3: [at 2min]: is not before the end of the run (run.end = 90s), expected an earlier time");
    scenario_free(load_good("[run]\nend=90s\n[at 2min]\nhss.workers=0\n", settings));
}

/* Servers may be left without workers for a time, not from the start. */
static void test_no_workers(void)
{
    struct scenario *s = load_good("[at 1s]\nhss.workers=0\nbsf.workers=0\nbmsc.workers=0\n", NULL);

    g_assert_cmpuint(s->config.timeline.count, ==, 3);
    g_assert_cmpint(s->hss_workers, ==, 20);
    scenario_free(s);
    refuse("[hss]\nworkers=0\n[at 1s]\nhss.workers=100001\nhss.queue_limit=1\n", -1, NULL, CONFIG_ERROR_VALUE,
           "FILE:2: hss.workers: \"0\" is out of range, expected 1 to 100k\n"
           "FILE:4: [at 1s] hss.workers: \"100001\" is out of range, expected 0 to 100k\n"
           "FILE:5: [at 1s] hss.queue_limit: cannot change during a run, expected one of hss.workers, "
           "hss.service_time");
}

/* What is right at the border is no contradiction. */
static void test_borders(void)
{
    scenario_free(load_good(
        "[ue]\ncount=100\nmuk_expired=0.7\nmuk_ahead=0.1\nmuk_unknown=0.1\nmuk_unproven=10%\nretry_base=64s\n"
        "[tcp]\nrto_min=60s\nrto_initial=60s\nmss=1440B\n[access]\nqueue_limit=1500B\n",
        NULL));
    scenario_free(load_good("[ue]\ncount=16777214\n[access]\nip_version=4\n", NULL));
    scenario_free(load_good("[ue]\ncount=16777215\n[access]\nip_version=6\n", NULL));
    scenario_free(load_good("[pull]\nstart=3599999ms\n", NULL));
    scenario_free(load_good("[bmsc]\nretry_after=1h\n[bsf]\nretry_after=1h\n", NULL));
    scenario_free(
        load_good("[bmsc]\nretry_after=0s\n[bsf]\nretry_after=0s\n[ue]\nretry_after_max=0s\n", NULL));
}

static void refuse_path(const char *path, const char *expected)
{
    GError *error = NULL;

    g_assert_null(scenario_load(path, NULL, &error));
    g_assert_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE);
    g_assert_true(g_str_has_prefix(error->message, path));
    g_assert_cmpstr(error->message + strlen(path), ==, expected);
    g_clear_error(&error);
}

static void test_files(void)
{
    refuse("", 0, NULL, CONFIG_ERROR_SYNTAX, "FILE: is empty, expected sections such as [ue]");
    refuse("\xef\xbb\xbf\r\n \n", -1, NULL, CONFIG_ERROR_SYNTAX,
           "FILE: is empty, expected sections such as [ue]");
    refuse("[ue]\0count=1\n", 13, NULL, CONFIG_ERROR_SYNTAX,
           "FILE: holds NUL bytes, expected an INI file of sections");
    refuse("[ue]\n# \xe4\n", -1, NULL, CONFIG_ERROR_SYNTAX, "FILE:2: is not UTF-8 text");
    refuse("# one\r[ue]\rcount=1\r", -1, NULL, CONFIG_ERROR_SYNTAX,
           "FILE:1: a carriage return without a line feed, expected lines that end in LF or CR LF");
    refuse("[ue]\r\ncount=1000\r\r\n", -1, NULL, CONFIG_ERROR_SYNTAX,
           "FILE:2: a carriage return without a line feed, expected lines that end in LF or CR LF");
    refuse_path("/nonexistent/scenario.ini", ": No such file or directory");
    refuse_path(folder, ": is a directory, expected an INI file of sections");
    refuse_path("/dev/zero", ": is larger than 1 MiB, expected an INI file of sections");
}

/* How many mistakes a file with settings has; it has to have some. */
static unsigned mistakes(const char *bytes, const char *const *settings)
{
    char *path = file_with("bad.ini", bytes, -1);
    GError *error = NULL;
    unsigned count = 1;

    g_assert_null(scenario_load(path, settings, &error));
    for (const char *at = error->message; *at; at++) /* strchr() measures the rest, in some sanitizers */
        count += *at == '\n';
    g_error_free(error);
    g_free(path);
    return count;
}

/* As much as fits into a file: what grows by the square of it would take minutes here. All mistakes are
 * reported. */
static void test_many(void)
{
    static const char *const last[] = {"[ue]\n", "[s1]\n", "[ue]\n[ue]\n"};
    GString *sections = g_string_new(NULL), *keys = g_string_new("[ue]\n"), *twice = g_string_new("[ue]\n");
    GPtrArray *settings = g_ptr_array_new_with_free_func(g_free);
    unsigned count = 110000;

    for (unsigned i = 0; i < count; i++)
        g_string_append_printf(sections, "[s%x]\n", i);
    for (size_t i = 0; i < G_N_ELEMENTS(last); i++) {
        gsize length = sections->len;

        g_string_append(sections, last[i]);
        g_assert_cmpuint(mistakes(sections->str, NULL), ==, count + (i > 0));
        g_string_truncate(sections, length);
    }
    for (unsigned i = 0; i < 120000; i++) {
        g_string_append_printf(keys, "k%x=\n", i);
        g_string_append(twice, "cells=1\n");
        g_ptr_array_add(settings, g_strdup_printf("ue.k%x=1", i));
    }
    g_ptr_array_add(settings, NULL);
    g_assert_cmpuint(mistakes(keys->str, NULL), ==, 120000);
    g_assert_cmpuint(mistakes(twice->str, NULL), ==, 119999);
    g_assert_cmpuint(mistakes("[ue]\n", (const char *const *)settings->pdata), ==, 120000);
    g_ptr_array_unref(settings);
    g_string_free(sections, TRUE);
    g_string_free(keys, TRUE);
    g_string_free(twice, TRUE);
}

/* A name of half a file is not repeated for each line of the other half. */
static void test_long_names(void)
{
    char *name = g_strnfill(400000, 'x'), *shown = g_strnfill(60, 'x');
    GString *text = g_string_new(NULL), *expected = g_string_new(NULL);
    const char *why = "is not understood, expected [section], key = value or # comment";

    g_string_append_printf(text, "[ue]\ncount = 5\n[%s]\n%s = 1\n", name, name);
    for (unsigned i = 0; i < 300; i++)
        g_string_append(text, "cells\n");
    g_string_append_printf(expected, "FILE:3: \"[%.59s\" %s\nFILE:4: \"%s\" %s", shown, why, shown, why);
    for (unsigned i = 0; i < 300; i++)
        g_string_append_printf(expected, "\nFILE:%u: \"cells\" %s", i + 5, why);
    refuse(text->str, -1, NULL, CONFIG_ERROR_SYNTAX, expected->str);
    g_string_free(expected, TRUE);
    g_string_free(text, TRUE);
    g_free(shown);
    g_free(name);
}

/* What keys.def says must hold together: bounds that can be read, a default within them. */
static void test_table(void)
{
    for (unsigned i = 0; i < scenario_schema.count; i++) {
        const struct config_key *key = &scenario_schema.keys[i];
        struct config_value value;
        char *why = NULL;

        if (!config_value_parse(key, key->standard, &value, &why))
            g_error("%s.%s: %s", key->section, key->name, why);
        g_assert_true(scenario_key(key->section, key->name) == key);
        if (key->changes_from) {
            struct config_key changed = *key;

            g_assert_true(key->type != CONFIG_CHOICE && key->type != CONFIG_TEXT);
            changed.minimum = key->changes_from;
            g_assert_true(config_value_parse(&changed, key->standard, &value, &why));
        }
        g_assert_cmpuint(strlen(key->meaning), >, 0);
        g_assert_cmpuint(strlen(config_type_name(key->type)), >, 0);
        g_assert_cmpuint(strlen(config_type_unit(key->type)), >, 0);
    }
    g_assert_null(scenario_key("ue", "cuont"));
}

int main(int argc, char **argv)
{
    int status;

    tap_init(argc, argv);
    folder = g_dir_make_tmp("pullstorm-test-XXXXXX", NULL);
    g_test_add_func("/scenario/defaults", test_defaults);
    g_test_add_func("/scenario/values", test_values);
    g_test_add_func("/scenario/canonical", test_canonical);
    g_test_add_func("/scenario/lines", test_lines);
    g_test_add_func("/scenario/strange-names", test_strange_names);
    g_test_add_func("/scenario/unknown", test_unknown);
    g_test_add_func("/scenario/whole-seconds", test_whole_seconds);
    g_test_add_func("/scenario/contradictions", test_contradictions);
    g_test_add_func("/scenario/changes-too-late", test_changes_too_late);
    g_test_add_func("/scenario/no-workers", test_no_workers);
    g_test_add_func("/scenario/borders", test_borders);
    g_test_add_func("/scenario/files", test_files);
    g_test_add_func("/scenario/many", test_many);
    g_test_add_func("/scenario/long-names", test_long_names);
    g_test_add_func("/scenario/table", test_table);
    status = g_test_run();
    static const char *const names[] = {"good.ini", "bad.ini"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        char *path = g_build_filename(folder, names[i], NULL);

        g_remove(path);
        g_free(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return status;
}
