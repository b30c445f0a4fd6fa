/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Every failure of the procedure, provoked by a named fault or a scenario: each is seen in its counter, and
 * the UE gets its key all the same unless nothing can help. */
#include "tests/unit/storm_fixture.h"
#include "tests/unit/tap.h"

#include <math.h>

struct expectation {
    const char *metric;
    int64_t value;
};

struct failure {
    const char *name;
    const char *settings[6]; /* five at most */
    struct expectation expected[12];
};

/* One UE unless ue.count says otherwise. */
static const struct failure failures[] = {
    {"nothing fails",
     {NULL},
     {{"ues_keyed", 1},
      {"pulls_sent", 1},
      {"pulls_received", 1},
      {"http_401", 1},
      {"http_200", 1},
      {"msk_requests", 1},
      {"msk_sent", 1},
      {"acks_received", 1},
      {"gba_runs", 0},
      {"zn_requests", 0}}},
    {"pull lost",
     {"fault.drop=pull@1"},
     {{"ues_keyed", 1},
      {"ues_keyed_ratio", 1},
      {"pulls_sent", 2},
      {"pull_retransmissions", 1},
      {"books_pull_lost", 1}}},
    {"every pull lost",
     {"fault.drop=pull@1-9"},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"ues_keyed_ratio", 0},
      {"pulls_sent", 3},
      {"ues_unanswered", 1},
      {"books_pull_lost", 3}}},
    {"pull duplicated",
     {"fault.duplicate=pull@1"},
     {{"ues_keyed", 1},
      {"pulls_sent", 1},
      {"pulls_received", 1},
      {"pulls_rejected", 1},
      {"mikey_replayed", 1}}},
    {"pull late, after its repetition",
     {"fault.delay=pull@1", "fault.delay_time=35s"},
     {{"ues_keyed", 1}, {"pulls_sent", 2}, {"pulls_received", 1}, {"mikey_replayed", 1}}},
    {"pull damaged",
     {"fault.corrupt=pull@1"},
     {{"ues_keyed", 1}, {"pulls_sent", 2}, {"pulls_rejected", 1}, {"packets_corrupted", 1}}},
    {"SYN lost", {"fault.drop=syn@1"}, {{"ues_keyed", 1}, {"tcp_retransmissions", 1}, {"http_200", 1}}},
    {"SYN-ACK lost", {"fault.drop=synack@1"}, {{"ues_keyed", 1}, {"http_200", 1}}},
    {"POST lost",
     {"fault.drop=ua_post@1"},
     {{"ues_keyed", 1}, {"tcp_retransmissions", 1}, {"books_ua_post_received", 1}}},
    {"401 lost", {"fault.drop=ua_401@1"}, {{"ues_keyed", 1}, {"http_401", 1}, {"books_ua_401_received", 1}}},
    {"POST with credentials lost",
     {"fault.drop=ua_auth_post@1"},
     /* the 401, the first segment of its direction, was acknowledged before it */
     {{"ues_keyed", 1}, {"msk_requests", 1}, {"tcp_retransmissions", 1}}},
    {"200 lost, MSK overtakes it",
     {"fault.drop=ua_200@1"},
     {{"ues_keyed", 1}, {"http_200", 1}, {"msk_sent", 1}, {"msk_installed", 1}, {"ue_retries", 0}}},
    {"every 200 lost, but the MSK came: nothing more is asked for",
     {"fault.drop=ua_200@1-99"},
     {{"ues_keyed", 1},
      {"http_200", 1},
      {"ue_timeouts", 1},
      {"ue_retries", 0},
      {"requests_started", 1},
      {"ues_gave_up", 0}}},
    {"MSK lost",
     {"fault.drop=msk@1"},
     {{"ues_keyed", 1},
      {"msk_sent", 2},
      {"msk_retransmissions", 1},
      {"msk_installed", 1},
      {"acks_received", 1}}},
    {"every MSK of one request lost: the UE asks again",
     {"fault.drop=msk@1-4"},
     {{"ues_keyed", 1}, {"msk_sent", 5}, {"msk_missing", 1}, {"msk_requests", 2}}},
    {"MSK duplicated",
     {"fault.duplicate=msk@1"},
     {{"ues_keyed", 1}, {"msk_installed", 1}, {"mikey_replayed", 1}, {"acks_received", 1}}},
    {"MSK damaged", {"fault.corrupt=msk@1"}, {{"ues_keyed", 1}, {"msk_sent", 2}, {"books_msk_rejected", 1}}},
    {"ACK lost",
     {"fault.drop=msk_ack@1"},
     {{"ues_keyed", 1},
      {"msk_sent", 2},
      {"msk_installed", 2},
      {"books_msk_ack_sent", 2},
      {"acks_received", 1}}},
    {"every ACK lost",
     {"fault.drop=msk_ack@1-9"},
     {{"ues_keyed", 1}, {"msk_sent", 4}, {"msk_unanswered", 1}, {"acks_received", 0}}},
    {"ACK duplicated",
     {"fault.duplicate=msk_ack@1"},
     {{"ues_keyed", 1}, {"acks_received", 1}, {"mikey_replayed", 1}, {"books_msk_ack_rejected", 1}}},
    {"ACK duplicated, while the first waits for a worker",
     {"fault.duplicate=msk_ack@1", "bmsc.mikey_time=fixed(50ms)"},
     {{"ues_keyed", 1}, {"acks_received", 1}, {"mikey_replayed", 1}, {"books_msk_ack_rejected", 1}}},
    {"ACK waits for a worker beyond msk.timeout: neither given up nor sent again",
     {"bmsc.mikey_time=fixed(2s)", "msk.timeout=1s", "msk.attempts=2"},
     {{"ues_keyed", 1},
      {"msk_sent", 1},
      {"msk_retransmissions", 0},
      {"msk_unanswered", 0},
      {"acks_received", 1},
      {"mikey_replayed", 0}}},
    {"MUK expires while the MSK is sent again: no more of it, a new bootstrap",
     {"ue.muk_expired=100%", "gba.lifetime=3s", "fault.drop=msk@1", "ue.msk_timeout=5s"},
     {{"ues_keyed", 1}, {"msk_unanswered", 1}, {"mikey_expired_muk", 0}, {"gba_runs", 2}, {"msk_sent", 2}}},
    {"pull waits for a worker until the request is in: not sent again, not counted",
     {"bmsc.mikey_time=fixed(2s)", "pull.timeout=1s", "bmsc.service_time=fixed(1s)"},
     {{"ues_keyed", 1}, {"pulls_sent", 1}, {"pull_retransmissions", 0}}},
    {"MSK of an earlier request: nothing more is asked for",
     {"bmsc.challenge_time=fixed(3s)", "fault.drop=msk@1", "msk.timeout=4s", "ue.msk_timeout=2s"},
     {{"ues_keyed", 1}, {"msk_requests", 1}, {"msk_sent", 2}, {"http_401", 2}, {"http_200", 1}}},
    {"ACK damaged",
     {"fault.corrupt=msk_ack@1"},
     {{"ues_keyed", 1}, {"acks_received", 1}, {"books_msk_ack_rejected", 1}, {"msk_retransmissions", 1}}},
    {"nonce always stale: three more tries, then none",
     {"bmsc.nonce_lifetime=10ms", "ue.attempts=1", "pull.attempts=1"},
     {{"http_401_stale", 4}, {"ues_gave_up", 1}, {"ues_keyed", 0}}},
    {"nonce stale once",
     {"bmsc.nonce_lifetime=500ms", "fault.drop=ua_auth_post@1"},
     {{"ues_keyed", 1}, {"http_401_stale", 1}, {"http_401", 2}, {"gba_runs", 0}, {"ue_retries", 0}}},
    /* RST from a server that has no patience: another try, until there is none */
    {"connection dropped by the BM-SC as idle",
     {"bmsc.idle_timeout=500ms", "bmsc.challenge_time=fixed(2s)", "ue.attempts=2", "pull.attempts=1"},
     {{"ues_keyed", 0},
      {"ues_without_key", 1},
      {"ue_connections_failed", 2},
      {"ue_timeouts", 0},
      {"requests_started", 2},
      {"ue_retries", 1},
      {"http_refused", 0},
      {"ues_gave_up", 1}}},
    {"MUK expired",
     {"ue.muk_expired=100%"},
     {{"ues_keyed", 1},
      {"pulls_expired_muk", 1},
      {"gba_runs", 1},
      {"zh_requests", 1},
      {"zn_requests", 1},
      {"ub_401", 1},
      {"ub_200", 1},
      {"tmpi_unknown", 0},
      {"books_ub_get_sent", 1},
      {"http_401", 1}}},
    /* TS 33.220 clause 4.5.2 step 2: the UE deletes its TMPI and gives its IMPI; no vector was fetched before
     * that. */
    {"MUK expired, TMPI lost by the BSF",
     {"ue.muk_expired=100%", "bsf.session_lost=100%"},
     {{"ues_keyed", 1},
      {"tmpi_unknown", 1},
      {"books_ub_get_sent", 2},
      {"books_ub_error_sent", 1},
      {"ub_503", 0},
      {"gba_started", 1},
      {"gba_runs", 1},
      {"zh_requests", 1},
      {"ub_401", 1},
      {"tcp_connections", 4}}}, /* Ub, Ua, Zh, Zn */
    {"MUK ahead at the UE",
     {"ue.muk_ahead=100%"},
     {{"ues_keyed", 1}, {"gba_runs", 0}, {"zn_requests", 1}, {"http_200", 1}, {"pulls_received", 1}}},
    {"B-TID fetched twice, as the UE asks again meanwhile: counters go on",
     {"ue.muk_ahead=100%", "bsf.zn_time=fixed(12s)", "ue.response_timeout=8s", "diameter.timeout=30s"},
     {{"ues_keyed", 1}, {"zn_requests", 2}, {"msk_requests", 2}, {"mikey_replayed", 0}}},
    {"MUK unknown to the UE",
     {"ue.muk_unknown=100%"},
     {{"ues_keyed", 0}, {"mikey_unknown_muk", 3}, {"pulls_rejected", 3}, {"ues_unanswered", 1}}},
    {"newest MUK never used: the newer rule reaches the UE",
     {"ue.muk_unproven=100%"},
     {{"ues_keyed", 1}, {"pulls_received", 1}}},
    {"newest MUK never used: the older rule does not",
     {"ue.muk_unproven=100%", "pull.muk_rule=last_used"},
     {{"ues_keyed", 0}, {"mikey_unknown_muk", 3}}},
    {"B-TID unknown at the BSF: 5403, 401, new bootstrap",
     {"ue.muk_ahead=100%", "bsf.session_lost=100%"},
     {{"ues_keyed", 1}, {"zn_unknown", 1}, {"http_401_renegotiate", 1}, {"gba_runs", 1}, {"zn_requests", 2}}},
    {"BM-SC asks for a new bootstrap",
     {"bmsc.renegotiate=100%"},
     /* three POSTs, not four: the challenge that asks for it is answered when the bootstrap is done */
     {{"ues_keyed", 1},
      {"http_401", 2},
      {"http_401_renegotiate", 1},
      {"books_ua_post_sent", 1},
      {"books_ua_auth_post_sent", 2},
      {"gba_runs", 1},
      {"zn_requests", 1}}},
    {"BM-SC asks for a new bootstrap, which takes longer than a nonce is good for",
     {"bmsc.renegotiate=100%", "bmsc.nonce_lifetime=500ms", "hss.service_time=fixed(1s)"},
     {{"ues_keyed", 1},
      {"http_401", 3},
      {"http_401_stale", 1},
      {"http_401_renegotiate", 1},
      {"gba_runs", 1}}},
    /* TS 33.246 clause 6.3.2.2.4, last paragraph: the pull's own reason */
    {"MUK lifetime of the BM-SC has run out, that of the GBA key has not",
     {"bmsc.muk_lifetime=1s"},
     {{"ues_keyed", 1},
      {"pulls_received", 1},
      {"pulls_expired_muk", 0},
      {"http_401_renegotiate", 1},
      {"books_ua_auth_post_sent", 2},
      {"gba_runs", 1},
      {"zn_requests", 1}}},
    {"MUK expires soon", /* TS 33.220 clause 4.5.3 */
     {"gba.lifetime=100s", "bmsc.muk_margin=99s"},
     {{"ues_keyed", 1}, {"http_401_renegotiate", 1}, {"digest_failed", 0}, {"gba_runs", 1}}},
    {"MUK lifetime has run out, and policy wants a new one: made to bootstrap once",
     {"bmsc.muk_lifetime=10s", "bmsc.renegotiate=100%"},
     {{"ues_keyed", 1}, {"http_401_renegotiate", 1}, {"gba_runs", 1}}},
    {"BM-SC asks for a new bootstrap: no failed try of the UE's", /* TS 24.109 clause 5.2.5 */
     {"bmsc.renegotiate=100%", "ue.attempts=1"},
     {{"ues_keyed", 1}, {"http_401_renegotiate", 1}, {"ue_retries", 0}}},
    /* TS 33.246 clauses 6.1 and 6.3.2.2.4 to the letter: the last MUK known to the BM-SC is one that the UE
     * has replaced */
    {"MUK replaced before it was used, then the request lost: the newer rule loses the UE",
     {"ue.muk_expired=100%", "bmsc.renegotiate=100%", "ue.attempts=1", "fault.drop=ua_auth_post@2-7"},
     {{"ues_keyed", 0}, {"pulls_received", 1}, {"mikey_unknown_muk", 2}, {"ues_gave_up", 1}}},
    {"MUK replaced before it was used, then the request lost: the older rule reaches the UE",
     {"ue.muk_expired=100%", "bmsc.renegotiate=100%", "ue.attempts=1", "fault.drop=ua_auth_post@2-7",
      "pull.muk_rule=last_used"},
     {{"ues_keyed", 1}, {"pulls_received", 3}, {"pulls_coalesced", 1}, {"mikey_unknown_muk", 0}}},
    {"credentials at once",
     {"ue.preemptive=100%"},
     {{"ues_keyed", 1},
      {"requests_preemptive", 1},
      {"http_401", 0},
      {"books_ua_post_sent", 0},
      {"books_ua_auth_post_sent", 1}}},
    {"credentials at once after a bootstrap",
     {"ue.preemptive=100%", "ue.muk_expired=100%", "bmsc.nextnonce_lifetime=30d"},
     {{"ues_keyed", 1}, {"http_401", 0}, {"books_ua_post_sent", 0}, {"gba_runs", 1}, {"zn_requests", 1}}},
    {"credentials at once, but the nonce is too old",
     {"ue.preemptive=100%", "bmsc.nextnonce_lifetime=1s"},
     {{"ues_keyed", 1},
      {"http_401", 1},
      {"http_401_stale", 1},
      {"books_ua_post_sent", 0},
      {"books_ua_auth_post_sent", 2},
      {"gba_runs", 0}}},
    {"credentials at once, and again with nextnonce",
     {"ue.preemptive=100%", "fault.drop=msk@1-4"},
     {{"ues_keyed", 1}, {"requests_preemptive", 2}, {"msk_requests", 2}, {"http_401", 0}}},
    {"credentials at once, and again with the nonce used before, its nc one higher",
     {"ue.preemptive=100%", "fault.drop=msk@1-4", "bmsc.nextnonce_lifetime=0s"},
     {{"ues_keyed", 1},
      {"requests_preemptive", 2},
      {"msk_requests", 2},
      {"http_401", 1},
      {"http_401_stale", 1}}},
    {"SQN out of range: AUTS",
     {"ue.muk_expired=100%", "ue.sqn_ahead=100%"},
     {{"ues_keyed", 1}, {"gba_resyncs", 1}, {"gba_runs", 1}, {"zh_requests", 2}, {"ub_401", 2}}},
    {"200 of Ub lost",
     {"ue.muk_expired=100%", "fault.drop=ub_200@1"},
     {{"ues_keyed", 1}, {"gba_runs", 1}, {"ub_200", 1}}},
    {"no answer in time: asked again",
     {"bmsc.challenge_time=fixed(40s)", "ue.response_timeout=30s", "pull.attempts=1", "ue.attempts=2",
      "bmsc.service_time=fixed(1ms)"},
     {{"ues_keyed", 0}, {"ue_timeouts", 2}, {"ue_retries", 1}, {"ues_gave_up", 1}}},
    /* TS 33.246 table G.2.4-1: 504, which a UE does not repeat, however often it may try. */
    {"Zn answer too late: 504, the UE gives up",
     {"ue.muk_ahead=100%", "bsf.zn_time=fixed(8s)", "pull.attempts=1"},
     {{"ues_keyed", 0},
      {"zn_timeouts", 1},
      {"zn_late", 1},
      {"http_504", 1},
      {"http_503", 0},
      {"ue_retries", 0},
      {"http_refused", 1},
      {"ues_gave_up", 1}}},
    {"Zn answer too late and dropped: the next pull fares no better",
     {"ue.muk_ahead=100%", "bsf.zn_time=fixed(8s)"},
     {{"ues_keyed", 0}, {"pulls_sent", 3}, {"zn_requests", 3}, {"http_504", 3}, {"ues_gave_up", 1}}},
    {"Zn answer too late and kept: the next pull finds the key",
     {"ue.muk_ahead=100%", "bsf.zn_time=fixed(8s)", "bmsc.late_answers=keep"},
     {{"ues_keyed", 1},
      {"pulls_sent", 2},
      {"zn_requests", 1},
      {"zn_late", 1},
      {"http_504", 1},
      {"http_200", 1},
      {"ues_gave_up", 0},
      {"ues_unanswered", 0}}},
    {"what if a Zn timeout were answered 503: the UE tries again",
     {"ue.muk_ahead=100%", "bsf.zn_time=fixed(8s)", "pull.attempts=1", "ue.attempts=2",
      "whatif.zn_timeout_status=503"},
     {{"ues_keyed", 0}, {"zn_timeouts", 2}, {"http_503", 2}, {"http_504", 0}, {"ue_retries", 1}}},
    {"Zh answer too late",
     {"ue.muk_expired=100%", "hss.service_time=fixed(8s)", "ue.attempts=1", "pull.attempts=1"},
     {{"ues_keyed", 0}, {"zh_timeouts", 1}, {"zh_late", 1}, {"ub_503", 1}, {"ues_gave_up", 1}}},
    {"Zh answer too late and dropped: the next try asks the HSS again",
     {"ue.muk_expired=100%", "hss.service_time=fixed(8s)", "ue.attempts=2", "pull.attempts=1"},
     {{"ues_keyed", 0}, {"zh_requests", 2}, {"zh_late", 2}, {"ub_503", 2}}},
    {"Zh answer too late and kept: the next try has the vector at once",
     {"ue.muk_expired=100%", "hss.service_time=fixed(8s)", "ue.attempts=2", "pull.attempts=1",
      "bsf.late_answers=keep"},
     {{"ues_keyed", 1},
      {"zh_requests", 1},
      {"zh_late", 1},
      {"ub_503", 1},
      {"ub_401", 1},
      {"gba_resyncs", 0}}},
};

static void test_failure(const void *data)
{
    const struct failure *f = data;
    const char *const *s = f->settings;
    struct scenario *scenario =
        fixture_scenario("run.end=20min", "ue.retry_base=100ms", "tcp.delayed_ack=0s", s[0],
                         s[0] ? s[1] : NULL, s[0] && s[1] ? s[2] : NULL, s[0] && s[1] && s[2] ? s[3] : NULL,
                         s[0] && s[1] && s[2] && s[3] ? s[4] : NULL, NULL);
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
