/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Offered load: formulas by values worked out by hand, jobs of a UE in each state against a run of one, links
 * against the bytes that a run puts on them, cases that once went unnamed. */
#include "models/load_private.h"
#include "models/storm_private.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>
#include <string.h>

#define close_to(value, expected, tolerance) g_assert_cmpfloat_with_epsilon(value, expected, tolerance)

static struct load load_of(struct scenario *scenario)
{
    struct load load;

    load_of_scenario(scenario, &load);
    scenario_free(scenario);
    return load;
}

/* --- formulas ------------------------------------------------------------------------------------------- */

/* Nobody bootstraps: a UE costs the BM-SC a pull, a challenge, a request, an MSK message and an ACK. */
static void test_plain(void)
{
    struct load load = load_of(fixture_scenario("ue.count=1000", "pull.rate=500/s", "bmsc.workers=2",
                                                "bmsc.mikey_time=fixed(100us)", NULL));
    const struct load_server_load *bmsc = &load.server[LOAD_BMSC];

    close_to(bmsc->jobs_per_ue, 5, 1e-9);
    close_to(bmsc->work_s, 3 * 100e-6 + 1e-3 + 2e-3, 1e-12);
    close_to(bmsc->offered_ratio, 500 * 3.3e-3 / 2, 1e-9);
    close_to(bmsc->capacity_ues_per_s, 2 / 3.3e-3, 1e-6);
    g_assert_cmpfloat(bmsc->workers_min, ==, 2);
    close_to(bmsc->time_min_s, 1000 * 3.3e-3 / 2, 1e-9);
    close_to(load.pulls_s, 999 / 500.0, 1e-9);
    g_assert_cmpfloat(load.server[LOAD_HSS].work_s, ==, 0);
    g_assert_cmpfloat(load.server[LOAD_HSS].offered_ratio, ==, 0);
    g_assert_true(isinf(load.server[LOAD_HSS].capacity_ues_per_s));
    g_assert_cmpstr(load.bottleneck, ==, "BM-SC");
    g_assert_cmpint(load.verdict, ==, LOAD_CALM);
    g_assert_cmpfloat(load.keyed_ratio, ==, 1);
}

/* A quarter bootstraps: two GETs, a Zh and a Zn request each; all of it by shares, not by chance. */
static void test_shares(void)
{
    struct load load = load_of(fixture_scenario("ue.count=100k", "ue.cells=100", "ue.muk_expired=25%",
                                                "gba.lifetime=3650d", "hss.workers=3", NULL));

    close_to(load.job[LOAD_bsf_get].per_ue, 0.25, 0.0005);
    close_to(load.job[LOAD_bsf_response].per_ue, 0.25, 0.0005);
    close_to(load.job[LOAD_bsf_zn].per_ue, 0.25, 0.0005);
    close_to(load.server[LOAD_BSF].work_s, 0.25 * (2 * 5e-3 + 2e-3 + 100e-6), 1e-5);
    close_to(load.server[LOAD_HSS].offered_ratio, 1000 * 0.25 * 10e-3 / 3, 0.002);
}

/* Half of the lifetime of the keys passes while pulls go out, so a quarter of them expires on the way. */
static void test_expiry(void)
{
    struct load load = load_of(fixture_scenario("ue.count=18k", "ue.cells=100", "gba.lifetime=1h",
                                                "pull.rate=10/s", "run.end=2h", NULL));

    close_to(load.job[LOAD_hss_zh].per_ue, 0.25, 0.002);
}

/* Each pull is lost by 10 %, and so is each MSK message and each ACK. */
static void test_loss(void)
{
    struct load load = load_of(fixture_scenario("ue.count=100k", "ue.cells=100", "access.loss=10%", NULL));
    double again = 1 - 0.9 * 0.9;

    close_to(load.job[LOAD_bmsc_pull].per_ue, 1 + 0.1 + 0.01, 0.02);
    close_to(load.job[LOAD_bmsc_msk].per_ue, 1 + again + again * again + again * again * again, 0.03);
}

/* The queue grows by what comes in beyond what is done: 1000 - 250 a second, to 10 000 in 13.3 s. It takes
 * 40 s to work off, and the BM-SC waits 5. */
static void test_overflow(void)
{
    struct load load = load_of(fixture_scenario("ue.count=20k", "ue.cells=20", "ue.muk_ahead=100%",
                                                "bsf.workers=1", "bsf.zn_time=fixed(4ms)", NULL));
    const struct load_server_load *bsf = &load.server[LOAD_BSF];

    close_to(bsf->offered_ratio, 4, 1e-6);
    close_to(bsf->full_queue_s, 40, 1e-9);
    g_assert_cmpfloat(bsf->patience_s, ==, 5);
    g_assert_cmpstr(bsf->patience_key, ==, "diameter.timeout");
    close_to(bsf->dead_queue, 1250, 1e-6);
    g_assert_true(bsf->dead_work);
    close_to(bsf->full_s, 10000 / 750.0, 0.4);
    close_to(bsf->queue_max, 10000, 20);
    g_assert_cmpint(load.verdict, ==, LOAD_COLLAPSED);
    g_assert_cmpstr(load.bottleneck, ==, "BSF");
}

/* A burst over 100 s: 2.0736 times the mean at 40 s; so what is offered 60 % on average is 124 % there, and a
 * queue builds up that is gone before the last. */
static void test_burst(void)
{
    struct load load = load_of(fixture_scenario("ue.count=20k", "ue.cells=20", "pull.rate=200/s",
                                                "pull.pacing=burst", "ue.muk_expired=1", "bsf.workers=20",
                                                "hss.workers=1", "hss.service_time=fixed(3ms)", NULL));

    close_to(load.server[LOAD_HSS].offered_ratio, 0.6, 1e-4);
    close_to(load.pull_peak_per_s, 414.72, 1e-9);
    close_to(load.offered_peak_ratio, 0.6 * 2.0736, 1e-3);
    close_to(load.pulls_s, 100, 1e-9);
    g_assert_cmpint(load.verdict, ==, LOAD_OVERLOADED);
    /* Work comes in faster than it is done where 60 x^2 (1-x)^3 * 0.6 > 1: from x = 0.2639 to 0.5474. By the
     * distribution that is 0.5485 of the 60 s of work, less the 28.35 s of that time. */
    close_to(load.server[LOAD_HSS].wait_max_s, 4.55, 0.5);
    g_assert_cmpfloat(load.recovery_s, <, 1);
}

static void test_cut_off(void)
{
    struct load load = load_of(fixture_scenario("ue.count=1000", "pull.rate=100/s", "run.end=5s", NULL));

    g_assert_cmpint(load.verdict, ==, LOAD_CUT_OFF);
    close_to(load.keyed_ratio, 0.5, 0.05);
}

/* --- jobs of a UE against a run ------------------------------------------------------------------------- */

static const struct {
    const char *name, *settings[5];
} states[] = {
    {"current", {NULL}},
    {"expired", {"ue.muk_expired=1"}},
    {"ahead", {"ue.muk_ahead=1"}},
    {"unknown", {"ue.muk_unknown=1"}},
    {"unproven", {"ue.muk_unproven=1"}},
    {"unproven-last-used", {"ue.muk_unproven=1", "pull.muk_rule=last_used"}},
    {"resync", {"ue.muk_expired=1", "ue.sqn_ahead=1"}},
    {"forgotten", {"ue.muk_expired=1", "bsf.session_lost=1"}},
    {"ahead-forgotten", {"ue.muk_ahead=1", "bsf.session_lost=1"}},
    {"preemptive", {"ue.preemptive=1"}},
    {"preemptive-stale", {"ue.preemptive=1", "bmsc.nextnonce_lifetime=0s"}},
    {"preemptive-expired", {"ue.preemptive=1", "ue.muk_expired=1", "bmsc.nextnonce_lifetime=30d"}},
    {"renegotiate", {"bmsc.renegotiate=1"}},
    {"renegotiate-ahead", {"bmsc.renegotiate=1", "ue.muk_ahead=1"}},
    {"renegotiate-preemptive", {"bmsc.renegotiate=1", "ue.preemptive=1"}},
    {"renegotiate-resync", {"bmsc.renegotiate=1", "ue.sqn_ahead=1", "bsf.session_lost=1"}},
    {"bmsc-lifetime", {"bmsc.muk_lifetime=1s"}},
    {"bmsc-margin", {"bmsc.muk_margin=86398s"}},
    {"nonce-expires", {"bmsc.renegotiate=1", "bmsc.nonce_lifetime=100ms"}},
    {"nonce-too-short", {"bmsc.nonce_lifetime=10ms", "ue.attempts=2"}},
    {"usim", {"ue.muk_expired=1", "ue.usim_time=fixed(200ms)"}},
    {"backoff", {"whatif.pull_backoff_wait=3s"}},
    {"zn-silent", {"ue.muk_ahead=1", "bsf.zn_time=fixed(6s)", "ue.attempts=2"}},
    {"zn-silent-503",
     {"ue.muk_ahead=1", "bsf.zn_time=fixed(6s)", "whatif.zn_timeout_status=503", "ue.attempts=3"}},
    {"zn-kept",
     {"ue.muk_ahead=1", "bsf.zn_time=fixed(6s)", "whatif.zn_timeout_status=503", "bmsc.late_answers=keep"}},
    {"zh-silent", {"ue.muk_expired=1", "hss.service_time=fixed(6s)", "ue.attempts=3"}},
    {"zh-kept", {"ue.muk_expired=1", "hss.service_time=fixed(6s)", "bsf.late_answers=keep"}},
    {"slow", {"bmsc.service_time=fixed(40s)", "ue.attempts=2"}}};

/* One UE, so that nothing is left to chance, and every message counts. */
static void test_state(gconstpointer which)
{
    const char *const *set = states[GPOINTER_TO_UINT(which)].settings;
    struct scenario *scenario = fixture_scenario(
        "run.seed=1", set[0] ? set[0] : "run.seed=1", set[0] && set[1] ? set[1] : "run.seed=1",
        set[0] && set[1] && set[2] ? set[2] : "run.seed=1",
        set[0] && set[1] && set[2] && set[3] ? set[3] : "run.seed=1", NULL);
    struct storm *storm = fixture_run(scenario);
    struct load_play play;

    load_play_run(&play, scenario, NULL, 1, NULL, 10000);
    for (unsigned kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        g_autofree char *metric = g_strdup_printf("books_%s_sent", storm_kind_names[kind]);

        if (play.messages[kind] != storm_metric(storm, metric))
            g_error("%s: %g expected, the run has %g", storm_kind_names[kind], play.messages[kind],
                    storm_metric(storm, metric));
    }
    g_assert_cmpfloat(play.keyed, ==, storm_metric(storm, "ues_keyed"));
    g_assert_cmpfloat(play.retries, ==, storm_metric(storm, "ue_retries"));
    load_play_clear(&play);
    storm_free(storm);
    scenario_free(scenario);
}

/* --- links ---------------------------------------------------------------------------------------------- */

static void same_bytes(const struct scenario *scenario)
{
    struct storm *storm = fixture_run(scenario);
    double ues = (double)scenario->ue_count, core = 0;
    struct load load;

    load_of_scenario(scenario, &load);
    for (unsigned i = LOAD_CORE_FROM_BMSC; i < LOAD_LINKS; i++)
        core += load.link[i].bytes_per_ue;
    close_to(load.link[LOAD_UPLINK].bytes_per_ue / (storm_metric(storm, "uplink_bytes") / ues), 1, 0.01);
    close_to(load.link[LOAD_DOWNLINK].bytes_per_ue / (storm_metric(storm, "downlink_bytes") / ues), 1, 0.01);
    close_to(core / (storm_metric(storm, "core_bytes") / ues), 1, 0.02);
    storm_free(storm);
}

static void test_links(void)
{
    static const char *const variants[][2] = {{"ue.muk_expired=0", "ue.muk_ahead=0"},
                                              {"ue.muk_expired=1", "ue.sqn_ahead=1"},
                                              {"ue.muk_expired=1", "bsf.session_lost=1"},
                                              {"ue.preemptive=1", "bmsc.renegotiate=1"},
                                              {"ue.muk_expired=1", "access.ip_version=6"}};

    for (unsigned i = 0; i < G_N_ELEMENTS(variants); i++) {
        struct scenario *scenario = fixture_scenario("ue.count=200", "ue.cells=5", "pull.rate=50/s",
                                                     variants[i][0], variants[i][1], NULL);

        same_bytes(scenario);
        scenario_free(scenario);
    }
}

/* 10 cells, 100 UEs/s: ten a second share an uplink. */
static void test_link_rate(void)
{
    struct load load = load_of(fixture_scenario("ue.count=1000", "ue.cells=10", "pull.rate=100/s",
                                                "access.uplink_rate=100kbit/s", NULL));
    const struct load_link_load *up = &load.link[LOAD_UPLINK];

    close_to(up->offered_ratio, 10 * 8 * (up->bytes_per_ue + 2 * up->packets_per_ue) / 100e3, 1e-9);
    close_to(up->capacity_ues_per_s, 100 / up->offered_ratio, 1e-6);
    g_assert_cmpfloat(up->offered_ratio, >, 1);
    g_assert_cmpstr(load.bottleneck, ==, "uplink");
    g_assert_cmpint(load.bottleneck_server, ==, -1);
}

/* --- cases ---------------------------------------------------------------------------------------------- */

/* 3 M UEs, a quarter bootstraps: 88 % is calm. At 600k and faster pulls the BSF is offered 107 %. */
static void test_operator(void)
{
    static const char *const plan[] = {"ue.muk_expired=25%", "bmsc.workers=6", "bmsc.service_time=exp(3ms)",
                                       "bsf.service_time=exp(5ms)", "hss.service_time=lognormal(10ms,0.5)"};
    struct load calm =
        load_of(fixture_scenario("ue.count=3M", "ue.cells=1200", "bsf.workers=4", "hss.workers=3", plan[0],
                                 plan[1], plan[2], plan[3], plan[4], NULL));
    struct load busy =
        load_of(fixture_scenario("ue.count=600k", "ue.cells=240", "bsf.workers=4", "hss.workers=4",
                                 "pull.rate=1400/s", plan[0], plan[1], plan[2], plan[3], plan[4], NULL));

    g_assert_cmpint(calm.verdict, ==, LOAD_CALM);
    g_assert_cmpstr(calm.bottleneck, ==, "HSS");
    close_to(calm.offered_max_ratio, 0.876, 0.005);
    g_assert_cmpint(busy.verdict, ==, LOAD_OVERLOADED);
    g_assert_cmpstr(busy.bottleneck, ==, "BSF");
    close_to(busy.offered_max_ratio, 1.067, 0.005);
    g_assert_cmpfloat(busy.keyed_ratio, <, 0.95);
}

/* The same storm, patience 5 s or 1 s: healthy, or an HSS that works for nobody for minutes. */
static void test_patience(void)
{
    static const char *const storm[] = {"ue.count=20k", "ue.cells=100", "ue.muk_expired=30%",
                                        "pull.rate=2000/s", "hss.workers=3"};
    struct load healthy = load_of(fixture_scenario(storm[0], storm[1], storm[2], storm[3], storm[4], NULL));
    struct load dead = load_of(
        fixture_scenario(storm[0], storm[1], storm[2], storm[3], storm[4], "diameter.timeout=1s", NULL));
    struct load eager =
        load_of(fixture_scenario(storm[0], storm[1], storm[2], storm[3], storm[4], "diameter.timeout=1s",
                                 "ue.attempts=100", "ue.retry_cap=4s", "bsf.retry_after=1s", NULL));

    g_assert_cmpint(healthy.verdict, ==, LOAD_OVERLOADED);
    g_assert_cmpfloat(healthy.keyed_ratio, >, 0.999);
    g_assert_cmpint(dead.verdict, ==, LOAD_COLLAPSED);
    g_assert_cmpint(eager.verdict, ==, LOAD_COLLAPSED);
    g_assert_cmpfloat(eager.server[LOAD_HSS].late_max_s, >, 300);
    g_assert_cmpfloat(eager.retry_ratio, >, 1);
}

/* --- numbers and sentences ------------------------------------------------------------------------------ */

static void count_line(void *user, const struct load_line *line)
{
    GHashTable *seen = user;

    g_assert_true(g_hash_table_add(seen, g_strdup(line->name)));
    g_assert_true(line->unit && *line->unit && line->meaning && *line->meaning);
    g_assert_null(strchr(line->meaning, '"'));
    g_assert_cmpint(strcmp(line->unit, "text") == 0, ==, line->text != NULL);
}

static void test_lines(void)
{
    struct load load = load_of(fixture_scenario("ue.count=100", NULL));
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    load_lines(&load, count_line, seen);
    g_assert_true(g_hash_table_contains(seen, "bsf_offered_ratio"));
    g_assert_true(g_hash_table_contains(seen, "hss_zh_per_ue"));
    g_assert_true(g_hash_table_contains(seen, "downlink_capacity_ues_per_s"));
    g_assert_true(g_hash_table_contains(seen, "verdict"));
}

static void test_sentences(void)
{
    struct load calm = load_of(fixture_scenario("ue.count=100", "pull.rate=10/s", NULL));
    struct load bad =
        load_of(fixture_scenario("ue.count=20k", "ue.cells=20", "ue.muk_expired=1", "hss.workers=4", NULL));
    g_auto(GStrv) few = load_sentences(&calm), many = load_sentences(&bad), warnings = load_warnings(&bad);
    g_autofree char *all = g_strjoinv("\n", many);

    g_assert_cmpuint(g_strv_length(few), ==, 2);
    g_assert_cmpstr(few[1], ==, "Expected: calm.");
    g_assert_cmpuint(g_strv_length(many), ==, 2 + g_strv_length(warnings));
    g_assert_nonnull(strstr(all, "HSS is offered 250 %"));
    g_assert_nonnull(strstr(all, "dead work: a queue of hss.queue_limit takes the HSS 25 s"));
    g_assert_nonnull(strstr(all, "the storm feeds itself"));
}

/* 4 workers of 10 ms do 400 UEs a second. */
static void test_near_100(void)
{
    static const struct {
        const char *rate, *text;
    } cases[] = {{"pull.rate=401.2/s", "HSS 100.3 %;"},
                 {"pull.rate=400.05/s", "HSS more than 100 %;"},
                 {"pull.rate=400/s", "HSS 100 %;"},
                 {"pull.rate=399.95/s", "HSS more than 99.9 %;"},
                 {"pull.rate=398.8/s", "HSS 99.7 %;"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct load load = load_of(
            fixture_scenario("ue.count=2k", "ue.muk_expired=1", "hss.workers=4", cases[i].rate, NULL));
        g_auto(GStrv) sentences = load_sentences(&load);

        g_assert_nonnull(strstr(sentences[0], cases[i].text));
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/load/plain", test_plain);
    g_test_add_func("/load/shares", test_shares);
    g_test_add_func("/load/expiry", test_expiry);
    g_test_add_func("/load/loss", test_loss);
    g_test_add_func("/load/overflow", test_overflow);
    g_test_add_func("/load/burst", test_burst);
    g_test_add_func("/load/near-100", test_near_100);
    g_test_add_func("/load/cut-off", test_cut_off);
    for (unsigned i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *path = g_strconcat("/load/state/", states[i].name, NULL);

        g_test_add_data_func(path, GUINT_TO_POINTER(i), test_state);
    }
    g_test_add_func("/load/links", test_links);
    g_test_add_func("/load/link-rate", test_link_rate);
    g_test_add_func("/load/operator", test_operator);
    g_test_add_func("/load/patience", test_patience);
    g_test_add_func("/load/lines", test_lines);
    g_test_add_func("/load/sentences", test_sentences);
    return g_test_run();
}
