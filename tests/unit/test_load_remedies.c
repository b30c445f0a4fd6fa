/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What helps a storm, before it runs: formulas by values made by hand, storms with each remedy against their
 * runs, and what the reckoning costs. */
#include "models/load_play.h"
#include "models/storm_private.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>
#include <string.h>

#define SETTINGS_MAX                         14
#define close_to(value, expected, tolerance) g_assert_cmpfloat_with_epsilon(value, expected, tolerance)

static struct scenario *scenario_with(const char *const settings[SETTINGS_MAX])
{
    const char *s[SETTINGS_MAX] = {NULL};

    for (unsigned i = 0; i < SETTINGS_MAX - 1 && settings[i]; i++)
        s[i] = settings[i];
    return fixture_scenario(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12],
                            NULL);
}

static struct load load_of(const char *const settings[SETTINGS_MAX])
{
    struct scenario *scenario = scenario_with(settings);
    struct load load;

    load_of_scenario(scenario, &load);
    scenario_free(scenario);
    return load;
}
#define LOAD_OF(...) load_of((const char *const[SETTINGS_MAX]){__VA_ARGS__})

/* --- dead work ------------------------------------------------------------------------------------------ */

/* Zn requests alone, 1000 a second, each of 4 ms for one worker; a queue of 10 000 takes 40 s, the BM-SC
 * waits 5. */
#define DEAD "ue.count=20k", "ue.cells=20", "ue.muk_ahead=100%", "bsf.workers=1", "bsf.zn_time=fixed(4ms)"

static void dead(const char *setting, bool is, double full_queue_s)
{
    struct load load = LOAD_OF(DEAD, setting);
    char **warnings = load_warnings(&load);
    bool told = false;

    for (char **warning = warnings; *warning; warning++)
        told = told || g_str_has_prefix(*warning, "dead work");
    g_strfreev(warnings);
    g_test_message("%s", setting);
    g_assert_cmpint(load.server[LOAD_BSF].dead_work, ==, is);
    g_assert_cmpint(told, ==, is);
    close_to(load.server[LOAD_BSF].full_queue_s, full_queue_s, 1e-9);
}

static void test_dead_work(void)
{
    dead("bsf.drop_late=no", true, 40);
    dead("bsf.drop_late=yes", false, 40);
    dead("bsf.queue_time_limit=4s", false, 4);
    dead("bsf.queue_time_limit=6s", true, 6);
    dead("bsf.queue_time_limit=50s", true, 40);
    /* Once no more than so many wait, the oldest comes first: 1000 are 4 s of work, 1500 are 6. */
    dead("bsf.newest_first=1000", false, 40);
    dead("bsf.newest_first=1500", true, 40);
}

/* The HSS reports, and what comes to it all heeds that. */
static void test_dead_work_reports(void)
{
#define ZH                                                                                                   \
    "ue.count=20k", "ue.cells=20", "ue.muk_expired=100%", "bsf.workers=40", "hss.workers=1",                 \
        "hss.service_time=fixed(10ms)"
    g_assert_true(LOAD_OF(ZH, "hss.overload_wait=0s").server[LOAD_HSS].dead_work);
    g_assert_false(LOAD_OF(ZH, "hss.overload_wait=4s").server[LOAD_HSS].dead_work);
    g_assert_true(LOAD_OF(ZH, "hss.overload_wait=6s").server[LOAD_HSS].dead_work);
}

/* --- formulas ------------------------------------------------------------------------------------------- */

/* What comes at t waits (offered - 1) t; from L / (offered - 1) on that is above L, and told so when its turn
 * comes. The first comes 0.3 s after its pull. */
static void test_overflow_by_time(void)
{
    struct load load = LOAD_OF(DEAD, "bsf.queue_time_limit=4500ms", "bmsc.workers=40");
    const struct load_server_load *bsf = &load.server[LOAD_BSF];

    close_to(bsf->offered_ratio, 4, 1e-6);
    close_to(bsf->full_s, 0.3 + 4.5 / 3 + 4.5, 0.1);
    g_assert_cmpfloat(bsf->wait_max_s, <=, 4.55);
    g_assert_cmpfloat(bsf->wait_max_s, >, 4.4);
    close_to(bsf->useful_ratio, 1, 0.01);
    g_assert_cmpint(load.verdict, ==, LOAD_OVERLOADED);
}

/* Two retries at once, then one a minute. */
static void test_budget(void)
{
    struct scenario *scenario =
        fixture_scenario("whatif.retry_budget=2", "whatif.retry_budget_refill=1min", NULL);
    const struct load_play play = {.s = scenario};
    struct load_ue ue = {.budget_s = 0};

    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 10), ==, 10);
    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 11), ==, 11);
    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 12), ==, 70);
    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 71), ==, 130);
    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 1000), ==, 1000);
    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 1001), ==, 1001);
    g_assert_cmpfloat(load_within_budget_s(&play, &ue, 1002), ==, 1060);
    scenario_free(scenario);
}

/* 30 jobs wait for another server: 10 s grow by 10 s for each 20. */
static void test_retry_after(void)
{
    struct scenario *scenario =
        fixture_scenario("bsf.retry_after=10s", "bsf.retry_after_grows=20", "bmsc.retry_after=7s", NULL);
    struct load_ue ue = {.draws = 0};
    struct load_play play = {.s = scenario, .ues = &ue, .each = 1};

    play.server[LOAD_BSF].asking = 30;
    g_assert_cmpfloat(load_retry_after_s(&play, LOAD_BSF, &ue), ==, 25);
    g_assert_cmpfloat(load_retry_after_s(&play, LOAD_BMSC, &ue), ==, 7);
    scenario_free(scenario);
    scenario = fixture_scenario("bsf.retry_after=10s", "bsf.retry_after_spread=50%", NULL);
    play.s = scenario;
    double least = 100, most = 0, sum = 0;
    for (unsigned i = 0; i < 1000; i++) {
        double after_s = load_retry_after_s(&play, LOAD_BSF, &ue);

        least = fmin(least, after_s);
        most = fmax(most, after_s);
        sum += after_s;
    }
    g_assert_cmpfloat(least, ==, 5);
    g_assert_cmpfloat(most, ==, 15);
    close_to(sum / 1000, 10, 0.3);
    scenario_free(scenario);
}

/* Where UEs wait for the budget, they come back once in the time that it takes to gain one retry. */
static void test_retries_bounded(void)
{
#define EAGER                                                                                                \
    "ue.count=4000", "ue.muk_expired=1", "pull.rate=400/s", "hss.workers=1", "hss.service_time=fixed(20ms)", \
        "hss.queue_limit=1", "bsf.workers=40", "bsf.retry_after=1s", "ue.retry_cap=1s", "ue.attempts=50"
    struct load eager = LOAD_OF(EAGER), budget = LOAD_OF(EAGER, "whatif.retry_budget=1");

    /* 1 s and the mean of what is drawn from 0 to 1 s. */
    close_to(eager.retry_wait_s, 1.5, 0.1);
    g_assert_cmpfloat(budget.retry_wait_s, >, 30);
    g_assert_cmpfloat(budget.retry_per_s, <=, 4000 / 30.0);
    g_assert_cmpfloat(budget.retries_per_ue, <, eager.retries_per_ue / 4);
}

/* user: what is to be left out; it becomes "" where it is. */
static void note_left_out(void *user, const struct load_line *line)
{
    const char **expected = user;

    if (strcmp(line->name, "left_out") == 0 && strcmp(line->text, *expected) == 0)
        *expected = "";
}

static void test_unsaid(void)
{
    const char *left_out = "bsf.newest_first";
    struct load load = LOAD_OF(DEAD, "bsf.newest_first=10");
    char **sentences = load_sentences(&load);

    g_assert_true(g_str_has_prefix(sentences[2], "That is reckoned first come first served"));
    g_assert_nonnull(strstr(sentences[2], "at the BSF only a run tells"));
    g_strfreev(sentences);
    load_lines(&load, note_left_out, &left_out);
    g_assert_cmpstr(left_out, ==, "");
}

/* Packets of which each is named, doubled ones and late ones. */
static void test_packets_unsaid(void)
{
    const char *left_out =
        "access.duplicate access.late fault.drop fault.duplicate fault.delay fault.corrupt";
    struct load some = LOAD_OF("ue.count=10", "ue.cells=1", "fault.drop=pull@1"),
                all = LOAD_OF("ue.count=10", "ue.cells=1", "access.duplicate=1%", "access.late=1%",
                              "fault.drop=pull@1", "fault.duplicate=msk@1", "fault.delay=pull@1",
                              "fault.corrupt=pull@1");
    char **sentences = load_sentences(&some);

    g_assert_cmpstr(sentences[2], ==, "What fault.drop does only a run tells.");
    g_assert_null(sentences[3]);
    g_strfreev(sentences);
    load_lines(&all, note_left_out, &left_out);
    g_assert_cmpstr(left_out, ==, "");
}

/* --- against runs --------------------------------------------------------------------------------------- */

/* 60 bootstraps a second for ten seconds, 30 at the HSS; who waits more than 1 s comes again: 200 %. */
#define COLLAPSE                                                                                             \
    "ue.count=2000", "ue.cells=20", "ue.muk_expired=0.3", "pull.rate=200/s", "hss.workers=3",                \
        "hss.service_time=fixed(100ms)", "diameter.timeout=1s", "run.end=30min"
/* The same at the BSF, whom UEs ask: 20 bootstraps a second too many. */
#define COLLAPSE_BSF                                                                                         \
    "ue.count=2000", "ue.cells=20", "ue.muk_expired=0.3", "pull.rate=200/s", "bsf.workers=3",                \
        "bsf.service_time=fixed(50ms)", "ue.response_timeout=2s", "run.end=30min"
/* ... and where the BM-SC asks the BSF. */
#define COLLAPSE_ZN                                                                                          \
    "ue.count=2000", "ue.cells=20", "ue.muk_ahead=0.3", "pull.rate=200/s", "bsf.workers=3",                  \
        "bsf.zn_time=fixed(100ms)", "diameter.timeout=1s", "run.end=30min"

/* 250 bootstraps a second for forty seconds at an HSS that does 125: each that it takes it begins within 4 ms
 * of the time at which it is late, and is done 8 ms later. */
#define BRINK                                                                                                \
    "ue.count=20k", "ue.cells=20", "ue.muk_expired=0.5", "pull.rate=500/s", "bmsc.workers=20",               \
        "bsf.workers=20", "hss.workers=1", "hss.service_time=fixed(8ms)", "hss.drop_late=yes"

static const struct {
    const char *name, *settings[SETTINGS_MAX];
} storms[] = {{"none", {COLLAPSE}},
              {"drop late", {COLLAPSE, "hss.drop_late=yes"}},
              {"drop late, at the brink", {BRINK}},
              {"queueing time", {COLLAPSE, "hss.queue_time_limit=500ms"}},
              {"queueing time beyond patience", {COLLAPSE, "hss.queue_time_limit=3s"}},
              {"growing Retry-After", {COLLAPSE, "bsf.retry_after_grows=20", "bsf.retry_after_spread=0.5"}},
              {"overload reports", {COLLAPSE, "hss.overload_wait=500ms"}},
              {"retry budget", {COLLAPSE, "whatif.retry_budget=2"}},
              {"BSF, none", {COLLAPSE_BSF}},
              {"BSF, drop late", {COLLAPSE_BSF, "bsf.drop_late=yes"}},
              {"BSF, queueing time", {COLLAPSE_BSF, "bsf.queue_time_limit=1s"}},
              {"Zn, none", {COLLAPSE_ZN}},
              {"Zn, drop late", {COLLAPSE_ZN, "bsf.drop_late=yes"}},
              {"Zn, queueing time", {COLLAPSE_ZN, "bsf.queue_time_limit=500ms"}},
              {"Zn, growing Retry-After",
               {COLLAPSE_ZN, "whatif.zn_timeout_status=503", "bmsc.retry_after_grows=5",
                "bmsc.retry_after_spread=0.5"}},
              {"Zn, overload reports", {COLLAPSE_ZN, "bsf.overload_wait=500ms"}}};

static void against_run(gconstpointer data)
{
    unsigned i = GPOINTER_TO_UINT(data);
    struct scenario *scenario = scenario_with(storms[i].settings);
    struct load load;
    struct storm *storm = fixture_run(scenario);
    double keyed = storm_metric(storm, "ues_keyed_ratio"), recovery_s = storm_metric(storm, "recovery_s");

    load_of_scenario(scenario, &load);
    g_test_message("%s: expected %s, keyed %.3f, recovery %.1f s; was %s, %.3f, %.1f s", storms[i].name,
                   load_verdict_names[load.verdict], load.keyed_ratio, load.recovery_s,
                   load_verdict_names[storm_verdict(storm)], keyed, recovery_s);
    g_assert_cmpint(load.verdict, ==, storm_verdict(storm));
    close_to(load.keyed_ratio, keyed, strstr(storms[i].name, "brink") ? 0.07 : 0.04);
    g_assert_cmpfloat(fabs(load.recovery_s - recovery_s), <=, 0.2 * recovery_s + 1);
    storm_free(storm);
    scenario_free(scenario);
}

/* --- what it costs -------------------------------------------------------------------------------------- */

/* Storms that go on for long, of few UEs and of millions: 150 000 events a look, in four looks at most. */
static void test_cost(void)
{
    static const char *const storms_of[][SETTINGS_MAX] = {
        {"ue.count=2000", NULL},
        {EAGER, NULL},
        {COLLAPSE, "ue.attempts=100", "ue.retry_cap=4s", NULL},
        {COLLAPSE, "ue.attempts=100", "ue.retry_cap=4s", "hss.overload_wait=500ms", NULL},
        {"ue.count=10M", "ue.cells=1000", "pull.rate=10k/s", "ue.muk_expired=1", "run.end=10h",
         "hss.drop_late=yes", "ue.attempts=1000", "diameter.timeout=1s", NULL},
        {"ue.count=600k", "ue.cells=100", "pull.rate=1400/s", "bsf.workers=4", "hss.workers=4",
         "ue.muk_expired=0.4", "diameter.timeout=1s", "run.end=5h", NULL}};

    for (size_t i = 0; i < G_N_ELEMENTS(storms_of); i++) {
        struct load load = load_of(storms_of[i]);

        g_test_message("%zu: %" G_GUINT64_FORMAT " events, %s", i, load.events,
                       load_verdict_names[load.verdict]);
        g_assert_cmpuint(load.events, >, 1000);
        g_assert_cmpuint(load.events, <=, 4 * 150000 + 4);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/load/remedies/dead-work", test_dead_work);
    g_test_add_func("/load/remedies/dead-work-reports", test_dead_work_reports);
    g_test_add_func("/load/remedies/overflow-by-time", test_overflow_by_time);
    g_test_add_func("/load/remedies/budget", test_budget);
    g_test_add_func("/load/remedies/retry-after", test_retry_after);
    g_test_add_func("/load/remedies/retries-bounded", test_retries_bounded);
    g_test_add_func("/load/remedies/unsaid", test_unsaid);
    g_test_add_func("/load/remedies/packets-unsaid", test_packets_unsaid);
    for (unsigned i = 0; i < G_N_ELEMENTS(storms); i++) {
        char *path = g_strdup_printf("/load/remedies/run/%s", storms[i].name);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), against_run);
        g_free(path);
    }
    g_test_add_func("/load/remedies/cost", test_cost);
    return g_test_run();
}
