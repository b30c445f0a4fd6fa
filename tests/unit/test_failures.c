/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Every failure of the procedure, provoked by a named fault or a scenario: each is seen in its counter, and
 * the UE gets its key all the same unless nothing can help. */
#include "tests/tap/tap.h"
#include "tests/unit/failures.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>

static void test_failure(const void *data)
{
    const struct failure *f = data;
    const char *const *s = f->settings;
    struct scenario *scenario = fixture_scenario(
        FAILURE_BASE, s[0], s[0] ? s[1] : NULL, s[0] && s[1] ? s[2] : NULL,
        s[0] && s[1] && s[2] ? s[3] : NULL, s[0] && s[1] && s[2] && s[3] ? s[4] : NULL, NULL);
    struct storm *storm = fixture_run(scenario);

    for (const struct expectation *e = f->expected; e->metric != NULL; e++)
        if (fixture_metric(storm, e->metric) != e->value)
            g_error("%s: %s is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT, f->name, e->metric,
                    fixture_metric(storm, e->metric), e->value);
    storm_free(storm);
    scenario_free(scenario);
}

/* One bit of one message, any message, anywhere in it: counted as a refusal of some kind or harmless, never
 * more. A damaged key never gets through, and nearly every exchange ends well all the same. */
static void test_damaged(const void *kind)
{
    static const char *const refusals[] = {
        "mikey_malformed",      "mikey_unknown_muk", "mikey_replayed",     "mikey_bad_mac", "http_malformed",
        "http_refused",         "digest_failed",     "diameter_malformed", "aka_failed",    "gba_resyncs",
        "http_401_renegotiate", "zn_unknown",        "tcp_failed",         "ue_timeouts",   "zn_timeouts",
        "zh_timeouts",          "ue_retries"};
    unsigned harmed = 0, keyed = 0;

    for (unsigned seed = 0; seed < 25; seed++) {
        g_autofree char *fault = g_strdup_printf("fault.corrupt=%s@1", (const char *)kind);
        g_autofree char *run_seed = g_strdup_printf("run.seed=%u", seed);
        struct scenario *scenario =
            fixture_scenario(fault, run_seed, "ue.muk_expired=100%", "run.end=1h", "gba.lifetime=100d", NULL);
        struct storm *storm = fixture_run(scenario);
        int64_t refused = 0;

        fixture_equal(storm, "packets_corrupted", 1);
        g_assert_cmpint(fixture_metric(storm, "digest_failed"), <=, 1); /* counted where it is found wrong */
        for (unsigned i = 0; i < G_N_ELEMENTS(refusals); i++)
            refused += fixture_metric(storm, refusals[i]);
        harmed += refused > 0;
        keyed += fixture_metric(storm, "ues_keyed") == 1;
        storm_free(storm);
        scenario_free(scenario);
    }
    g_assert_cmpuint(harmed, >, 2);
    g_assert_cmpuint(keyed, >, 10);
}

/* A user name of the right form that is nobody's B-TID: 200 UEs, so that several have just that damaged. */
static void test_damaged_b_tid(void)
{
    GString *fault = g_string_new("fault.corrupt=");

    for (unsigned ue = 0; ue < 200; ue++)
        g_string_append_printf(fault, "%sua_auth_post/%u@1", ue ? "," : "", ue);
    for (unsigned seed = 1; seed <= 3; seed++) {
        g_autofree char *run_seed = g_strdup_printf("run.seed=%u", seed);
        struct scenario *scenario = fixture_scenario(fault->str, run_seed, "ue.count=200", "run.end=1h",
                                                     "bmsc.service_time=exp(1ms)", NULL);
        struct storm *storm = fixture_run(scenario);

        fixture_equal(storm, "packets_corrupted", 200);
        fixture_equal(storm, "ues_keyed", 200);
        g_assert_cmpint(fixture_metric(storm, "http_401_renegotiate"), >, 0);
        storm_free(storm);
        scenario_free(scenario);
    }
    g_string_free(fault, TRUE);
}

/* Times of UEs that got the key have no value when none did: 0 would be the best of all. */
static void test_nobody_keyed(void)
{
    static const char *const times[] = {"time_to_key_mean_s", "time_to_key_p50_s", "time_to_key_p99_s",
                                        "time_to_key_max_s", "storm_duration_s"};
    struct scenario *scenario = fixture_scenario("ue.muk_unknown=100%", NULL);
    struct storm *storm = fixture_run(scenario);

    fixture_equal(storm, "ues_keyed", 0);
    for (unsigned i = 0; i < G_N_ELEMENTS(times); i++)
        g_assert_true(isnan(storm_metric(storm, times[i])));
    storm_free(storm);
    scenario_free(scenario);
}

/* UEs that lose patience get a new challenge while the answer to the last one waits at the BSF. */
static void test_challenge_replaced(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=300", "ue.muk_expired=100%", "bsf.workers=200", "bsf.service_time=exp(3s)",
                         "ue.response_timeout=4s", "ue.retry_base=1ms", "ue.retry_cap=1ms", "ue.attempts=60",
                         "run.end=2h", NULL);
    struct storm *storm = fixture_run(scenario);

    fixture_equal(storm, "ues_keyed", 300);
    g_assert_cmpint(fixture_metric(storm, "ue_timeouts"), >, 100);
    fixture_equal(storm, "digest_failed", 0);
    fixture_equal(storm, "books_ub_200_rejected", 0);
    storm_free(storm);
    scenario_free(scenario);
}

/* Many UEs against a server that is too small: refused, they come back, and all get their key. */
static void overload(const char *settings[4], const char *refusals)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=400", "pull.rate=100k/s", "ue.attempts=40", "run.end=1h", settings[0],
                         settings[1], settings[2], settings[3], NULL);
    struct storm *storm = fixture_run(scenario);

    fixture_equal(storm, "ues_keyed", 400);
    g_assert_cmpint(fixture_metric(storm, refusals), >, 20);
    g_assert_cmpint(fixture_metric(storm, "ue_retries"), >, 20);
    storm_free(storm);
    scenario_free(scenario);
}

static void test_bmsc_full(void)
{
    overload((const char *[]){"bmsc.workers=1", "bmsc.queue_limit=20", "bmsc.service_time=fixed(20ms)", NULL},
             "http_503");
}

static void test_bsf_full(void)
{
    overload((const char *[]){"bsf.workers=1", "bsf.queue_limit=20", "bsf.service_time=fixed(20ms)",
                              "ue.muk_expired=100%"},
             "ub_503");
}

static void test_bsf_full_zn(void)
{
    overload((const char *[]){"bsf.workers=1", "bsf.queue_limit=20", "bsf.zn_time=fixed(20ms)",
                              "ue.muk_ahead=100%"},
             "zn_busy");
}

static void test_hss_full(void)
{
    overload((const char *[]){"hss.workers=1", "hss.queue_limit=20", "hss.service_time=fixed(20ms)",
                              "ue.muk_expired=100%"},
             "zh_busy");
}

/* The queue of a server's link overflows: what UEs send is lost before the server, counted as dropped and
 * not as lost on the air; TCP and MIKEY send again, and all get their key. What the server sends is not
 * touched: no pull and no MSK message is lost. With room nothing is dropped, so it is that link and no
 * cell's. */
static void test_ingress_full(void)
{
    static const char *const limits[] = {"core.queue_limit=1MB", "core.queue_limit=3kB"};

    for (unsigned i = 0; i < G_N_ELEMENTS(limits); i++) {
        struct scenario *scenario =
            fixture_scenario("ue.count=1000", "ue.cells=50", "pull.rate=500/s", "core.rate=5.5Mbit/s",
                             "bmsc.workers=50", "ue.attempts=40", limits[i], NULL);
        struct storm *storm = fixture_run(scenario);
        bool full = i > 0;

        fixture_equal(storm, "ues_keyed", 1000);
        fixture_equal(storm, "packets_lost", 0);
        fixture_equal(storm, "books_pull_lost", 0);
        fixture_equal(storm, "books_msk_lost", 0);
        g_assert_cmpint(fixture_metric(storm, "packets_dropped") > 0, ==, full);
        g_assert_cmpint(fixture_metric(storm, "tcp_retransmissions") > 0, ==, full);
        g_assert_cmpint(fixture_metric(storm, "books_msk_ack_lost") > 0, ==, full);
        fixture_equal(storm, "msk_retransmissions", fixture_metric(storm, "books_msk_ack_lost"));
        storm_free(storm);
        scenario_free(scenario);
    }
}

static void test_listen_full(void)
{
    overload((const char *[]){"bmsc.listen_queue=10", "bmsc.connections=5", "bmsc.workers=1",
                              "bmsc.service_time=fixed(10ms)"},
             "tcp_refused");
}

static void test_acks_dropped(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=300", "pull.rate=100k/s", "bmsc.workers=1", "ue.attempts=60",
                         "bmsc.queue_limit=10", "bmsc.service_time=fixed(20ms)", NULL);
    struct storm *storm = fixture_run(scenario);

    g_assert_cmpint(fixture_metric(storm, "acks_dropped"), >, 0);
    fixture_equal(storm, "ues_keyed", 300);
    storm_free(storm);
    scenario_free(scenario);
}

/* Everything at once, at random: nothing breaks, the books balance (fixture_run checks), most get their
 * key. */
static void test_bad_radio(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=500", "ue.cells=10", "run.regions=4", "access.loss=10%",
                         "access.duplicate=5%", "access.late=5%", "ue.muk_expired=30%", "ue.muk_ahead=20%",
                         "ue.sqn_ahead=10%", "bsf.session_lost=20%", "tcp.mss=300B", "run.end=2h", NULL);
    struct storm *storm = fixture_run(scenario);

    g_assert_cmpint(fixture_metric(storm, "ues_keyed"), >, 490);
    g_assert_cmpint(fixture_metric(storm, "packets_lost"), >, 500);
    g_assert_cmpint(fixture_metric(storm, "gba_resyncs"), >, 5);
    storm_free(storm);
    scenario_free(scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autofree char *path = g_strdup_printf("/failures/%s", failures[i].name);
        g_test_add_data_func(path, &failures[i], test_failure);
    }
    static const char *const kinds[] = {"pull",   "msk",          "msk_ack", "ua_post",
                                        "ua_401", "ua_auth_post", "ua_200",  "ub_get",
                                        "ub_401", "ub_auth_get",  "ub_200"};
    for (unsigned i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *path = g_strdup_printf("/failures/damaged %s", kinds[i]);
        g_test_add_data_func(path, kinds[i], test_damaged);
    }
    g_test_add_func("/failures/damaged B-TIDs", test_damaged_b_tid);
    g_test_add_func("/failures/nobody keyed", test_nobody_keyed);
    g_test_add_func("/failures/challenge replaced meanwhile", test_challenge_replaced);
    g_test_add_func("/failures/BM-SC full", test_bmsc_full);
    g_test_add_func("/failures/BSF full for Ub", test_bsf_full);
    g_test_add_func("/failures/BSF full for Zn", test_bsf_full_zn);
    g_test_add_func("/failures/HSS full", test_hss_full);
    g_test_add_func("/failures/listen queue full", test_listen_full);
    g_test_add_func("/failures/ingress of a server full", test_ingress_full);
    g_test_add_func("/failures/ACKs dropped", test_acks_dropped);
    g_test_add_func("/failures/bad radio", test_bad_radio);
    return g_test_run();
}
