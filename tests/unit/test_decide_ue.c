/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a UE decides upon answers, timeouts and broken connections: "What each failure leads to" of
 * models/README.md as (state, facts) -> (state, actions). MIKEY messages: test_decide_ue_mikey.c. */
#include "models/subscriber.h"
#include "tests/unit/decide_ue_fixture.h"

/* --- nothing fails -------------------------------------------------------------------------------------- */

static void test_request(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    g_assert_cmpint(ue_test_mikey(&u, UE_PULL(.counter = 11)), ==, NET_RECEIVED);
    ue_test_did(&u, "connect:bmsc ua_post timeout:30s",
                "pulls_accepted pull:10s ues_active requests_started ua_requests", UE_ASKING);
    g_assert_cmpuint(u.d.x->asked, ==, 1);
    g_assert_cmpuint(u.d.x->tries, ==, 1);
    u.d.now_ns += CLOCK_SECOND;
    g_assert_cmpint(ue_test_answer(&u, UE_401(.stale = true)), ==, NET_RECEIVED);
    ue_test_did(&u, "ua_auth_post cancel:1 timeout:30s", "ua_requests", UE_REQUESTING);
    g_assert_cmpuint(u.d.x->nc, ==, 1);
    g_assert_cmpuint(u.d.x->stale, ==, 0);
    g_assert_true(
        bytes_equal(texts_get(&u.d.table->long_texts, &u.d.x->texts, UE_TEXT_NONCE), bytes_text("nonce")));
    u.d.now_ns += CLOCK_SECOND;
    g_assert_cmpint(ue_test_answer(&u, UE_UA_200()), ==, NET_RECEIVED);
    ue_test_did(&u, "close:1 cancel:2 timeout:15s", "msk_request:2s", UE_AWAITING_MSK);
    u.d.now_ns += CLOCK_SECOND;
    g_assert_cmpint(ue_test_mikey(&u, UE_MSK(.counter = 12)), ==, NET_RECEIVED);
    ue_test_did(&u, "ack cancel:3",
                "msk_installed ues_keyed ues_active=-1 update:103s time_to_key:13s msk:1s within_2 "
                "last_keyed:103s",
                UE_IDLE);
    g_assert_cmpuint(u.d.ue->services[0].msk[0], ==, 2);
    g_assert_cmpuint(u.d.ue->services[0].msk[1], ==, 1);
    g_assert_cmpuint(u.d.ue->newest.counter, ==, 12);
    ue_test_free(&u);
}

/* The steps of a bootstrap, up to the challenge of the BM-SC. */
static void test_bootstrap(void)
{
    struct ue_test u;
    uint64_t cnonce;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_CHALLENGING);
    g_assert_cmpuint(u.d.x->tmpi_av, ==, 3);
    u.d.now_ns += CLOCK_SECOND;
    g_assert_cmpint(ue_test_answer(&u, UE_401(.rand_autn = {1, 2, 3})), ==, NET_RECEIVED);
    ue_test_did(&u, "usim", "", UE_CHALLENGING);
    g_assert_cmpuint(u.d.x->rand_autn[2], ==, 3);
    cnonce = u.d.x->cnonce;
    ue_test_aka(&u, (struct ue_aka_facts){.mac_right = true, .sqn = UINT64_C(1) << 30 | 7, .av = 9});
    ue_test_did(&u, "ub_auth_get cancel:70 timeout:30s", "ub_requests", UE_BOOTSTRAPPING);
    g_assert_cmpuint(u.d.x->av, ==, 9);
    g_assert_cmpuint(u.d.x->nc, ==, 1);
    g_assert_cmpuint(u.d.x->cnonce, !=, cnonce);
    g_assert_cmpint(ue_test_answer(&u, UE_UB_200()), ==, NET_RECEIVED);
    ue_test_did(&u, "log:9 close:7 connect:bmsc ua_post cancel:71 timeout:30s",
                "gba_runs gba:1s requests_started ua_requests", UE_ASKING);
    g_assert_cmpuint(u.d.ue->newest.av, ==, 9);
    g_assert_cmpint(u.d.ue->newest.expiry_ns, ==, 2000 * CLOCK_SECOND);
    g_assert_cmpuint(u.d.ue->newest.counter, ==, 0);
    g_assert_cmpuint(u.d.ue->last_used.av, ==, 3); /* it was proven */
    g_assert_cmpuint(u.d.ue->last_used.counter, ==, 11);
    g_assert_false(u.d.ue->proven);
    g_assert_true(u.d.ue->has_tmpi);
    ue_test_free(&u);
}

/* A MUK that was never proven is forgotten for the next, and the one before it stays the last used. */
static void test_unproven_muk(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_BOOTSTRAPPING);
    u.d.ue->proven = false;
    u.d.ue->last_used = (struct ue_muk){.av = 1, .counter = 77};
    ue_test_answer(&u, UE_UB_200(.tmpi_understood = false));
    g_assert_cmpuint(u.d.ue->newest.av, ==, 4);
    g_assert_cmpuint(u.d.ue->last_used.av, ==, 1);
    g_assert_cmpuint(u.d.ue->last_used.counter, ==, 77);
    g_assert_false(u.d.ue->has_tmpi);
    ue_test_forget(&u);
    u.d.x->bootstrap = true; /* without a TMPI: by the IMPI */
    ue_decide_timeout(&u.d);
    ue_decide_timeout(&u.d);
    g_assert_cmpuint(u.d.x->tmpi_av, ==, AV_NONE);
    ue_test_free(&u);
}

/* The USIM takes its time; a MUK is expired from its expiry on. */
static void test_times(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS("ue.usim_time=fixed(200ms)"));
    u.d.ue->newest.expiry_ns = u.d.now_ns + 1;
    ue_test_mikey(&u, UE_PULL(.counter = 11));
    ue_test_did(&u, "connect:bmsc ua_post timeout:30s",
                "pulls_accepted pull:10s ues_active requests_started ua_requests", UE_ASKING);
    ue_test_answer(&u, UE_ANSWER(.status = 503));
    ue_test_forget(&u);
    u.d.now_ns++;
    ue_decide_timeout(&u.d);
    ue_test_did(&u, "connect:bsf ub_get timeout:30s", "gba_started ub_requests ub_requests_retried",
                UE_CHALLENGING);
    ue_test_answer(&u, UE_401());
    ue_test_did(&u, "cancel:71 timeout:200ms", "", UE_USIM);
    ue_decide_timeout(&u.d);
    ue_test_did(&u, "usim", "", UE_USIM);
    ue_test_free(&u);
}

/* --- failures, row by row ------------------------------------------------------------------------------- */

enum event { ANSWER, TIMEOUT, CLOSED };

struct row {
    const char *name;
    enum ue_phase at;
    enum event event;
    struct ue_answer_facts facts;
    enum net_verdict verdict;
    const char *did, *counted;
    int then;
};

#define RETRY     "abort:7 cancel:70 timeout:random"
#define NO_ANSWER UE_ANSWER(.proper = false)
#define GONE      "http_refused ues_gave_up ues_active=-1"

/* In the words of the failure table where they are of it. */
static const struct row rows[] = {
    {"no answer: to a GET", UE_CHALLENGING, TIMEOUT, NO_ANSWER, 0, "abort:7 timeout:random",
     "ue_timeouts ue_retries", UE_WAITING},
    {"no answer: to a GET with credentials", UE_BOOTSTRAPPING, TIMEOUT, NO_ANSWER, 0,
     "abort:7 timeout:random", "ue_timeouts ue_retries", UE_WAITING},
    {"no answer: to a POST", UE_ASKING, TIMEOUT, NO_ANSWER, 0, "abort:7 timeout:random",
     "ue_timeouts ue_retries", UE_WAITING},
    {"no answer: to a POST with credentials", UE_REQUESTING, TIMEOUT, NO_ANSWER, 0, "abort:7 timeout:random",
     "ue_timeouts ue_retries", UE_WAITING},
    {"MSK lost: all", UE_AWAITING_MSK, TIMEOUT, NO_ANSWER, 0, "timeout:random", "msk_missing ue_retries",
     UE_WAITING},
    {"the wait for a retry is over", UE_WAITING, TIMEOUT, NO_ANSWER, 0, "connect:bmsc ua_post timeout:30s",
     "requests_started ua_requests ua_requests_retried", UE_ASKING},
    {"connection refused, reset, timed out: GET", UE_CHALLENGING, CLOSED, NO_ANSWER, 0,
     "cancel:70 timeout:random", "ue_connections_failed ue_retries", UE_WAITING},
    {"connection refused, reset, timed out: USIM", UE_USIM, CLOSED, NO_ANSWER, 0, "cancel:70 timeout:random",
     "ue_connections_failed ue_retries", UE_WAITING},
    {"connection refused, reset, timed out: GET with credentials", UE_BOOTSTRAPPING, CLOSED, NO_ANSWER, 0,
     "cancel:70 timeout:random", "ue_connections_failed ue_retries", UE_WAITING},
    {"connection refused, reset, timed out: POST", UE_ASKING, CLOSED, NO_ANSWER, 0,
     "cancel:70 timeout:random", "ue_connections_failed ue_retries", UE_WAITING},
    {"connection refused, reset, timed out: POST with credentials", UE_REQUESTING, CLOSED, NO_ANSWER, 0,
     "cancel:70 timeout:random", "ue_connections_failed ue_retries", UE_WAITING},
    {"connection ends when none is needed: waiting", UE_WAITING, CLOSED, NO_ANSWER, 0, "", "", UE_WAITING},
    {"connection ends when none is needed: MSK", UE_AWAITING_MSK, CLOSED, NO_ANSWER, 0, "", "",
     UE_AWAITING_MSK},

    {"HTTP message malformed: Ub", UE_CHALLENGING, ANSWER, UE_ANSWER(.proper = false), NET_REJECTED, RETRY,
     "http_malformed ue_retries", UE_WAITING},
    {"HTTP message malformed: Ub, to credentials", UE_BOOTSTRAPPING, ANSWER, UE_ANSWER(.proper = false),
     NET_REJECTED, RETRY, "http_malformed ue_retries", UE_WAITING},
    {"HTTP message malformed: Ua", UE_ASKING, ANSWER, UE_ANSWER(.proper = false, .status = 503), NET_REJECTED,
     RETRY, "http_malformed ue_retries", UE_WAITING},
    {"HTTP message malformed: Ua, to credentials", UE_REQUESTING, ANSWER, UE_ANSWER(.proper = false),
     NET_REJECTED, RETRY, "http_malformed ue_retries", UE_WAITING},
    {"an answer while the USIM computes", UE_USIM, ANSWER, UE_ANSWER(.status = 403), NET_RECEIVED, "", "",
     UE_USIM},
    {"an answer when none is awaited: waiting", UE_WAITING, ANSWER, UE_ANSWER(.status = 200), NET_RECEIVED,
     "", "", UE_WAITING},
    {"an answer when none is awaited: MSK", UE_AWAITING_MSK, ANSWER, UE_ANSWER(.status = 403), NET_RECEIVED,
     "", "", UE_AWAITING_MSK},

    {"401 without a challenge: Ub", UE_CHALLENGING, ANSWER, UE_ANSWER(.status = 401), NET_REJECTED, RETRY,
     "http_malformed ue_retries", UE_WAITING},
    {"401 without a challenge: Ua", UE_ASKING, ANSWER, UE_ANSWER(.status = 401), NET_REJECTED, RETRY,
     "http_malformed ue_retries", UE_WAITING},
    {"rspauth wrong at the UE: Ub", UE_BOOTSTRAPPING, ANSWER, UE_ANSWER(.status = 200, .whole = true),
     NET_REJECTED, RETRY, "digest_failed ue_retries", UE_WAITING},
    {"rspauth wrong at the UE: Ua", UE_REQUESTING, ANSWER,
     UE_ANSWER(.status = 200, .whole = true, .granted = 1), NET_REJECTED, RETRY, "digest_failed ue_retries",
     UE_WAITING},
    {"200 whose body lacks something: Ub", UE_BOOTSTRAPPING, ANSWER,
     UE_ANSWER(.status = 200, .rspauth_right = true), NET_REJECTED, RETRY, "http_malformed ue_retries",
     UE_WAITING},
    {"200 whose body lacks something: Ua", UE_REQUESTING, ANSWER,
     UE_ANSWER(.status = 200, .rspauth_right = true, .granted = 1), NET_REJECTED, RETRY,
     "http_malformed ue_retries", UE_WAITING},

    {"server full, Zn or Zh busy, Zh silent: Ub", UE_CHALLENGING, ANSWER, UE_ANSWER(.status = 503),
     NET_RECEIVED, "close:7 cancel:70 timeout:random", "ue_retries", UE_WAITING},
    {"server full, Zn or Zh busy, Zh silent: Ub, to credentials", UE_BOOTSTRAPPING, ANSWER,
     UE_ANSWER(.status = 503), NET_RECEIVED, "close:7 cancel:70 timeout:random", "ue_retries", UE_WAITING},
    {"server full, Zn or Zh busy, Zh silent: Ua", UE_ASKING, ANSWER, UE_ANSWER(.status = 503), NET_RECEIVED,
     "close:7 cancel:70 timeout:random", "ue_retries", UE_WAITING},
    {"server full, Zn or Zh busy, Zh silent: Ua, to credentials", UE_REQUESTING, ANSWER,
     UE_ANSWER(.status = 503), NET_RECEIVED, "close:7 cancel:70 timeout:random", "ue_retries", UE_WAITING},
    {"Zn silent", UE_REQUESTING, ANSWER, UE_ANSWER(.status = 504), NET_RECEIVED, "abort:7 cancel:70", GONE,
     UE_IDLE},
    {"400, 403, 404 ...: Ua", UE_ASKING, ANSWER, UE_ANSWER(.status = 404), NET_RECEIVED, "abort:7 cancel:70",
     GONE, UE_IDLE},
    {"400, 403, 404 ...: Ua, to credentials", UE_REQUESTING, ANSWER, UE_ANSWER(.status = 403), NET_RECEIVED,
     "abort:7 cancel:70", GONE, UE_IDLE},
    {"400, 403, 404 ...: Ub, to credentials", UE_BOOTSTRAPPING, ANSWER, UE_ANSWER(.status = 403),
     NET_RECEIVED, "abort:7 cancel:70", GONE, UE_IDLE},
    {"200 where no credentials were sent: Ua", UE_ASKING, ANSWER,
     UE_ANSWER(.status = 200, .rspauth_right = true, .whole = true, .granted = 1), NET_RECEIVED,
     "abort:7 cancel:70", GONE, UE_IDLE},
    {"200 where no credentials were sent: Ub", UE_CHALLENGING, ANSWER,
     UE_ANSWER(.status = 200, .rspauth_right = true, .whole = true), NET_RECEIVED, "abort:7 cancel:70", GONE,
     UE_IDLE},
    {"a key refused inside a 200", UE_REQUESTING, ANSWER,
     UE_ANSWER(.status = 200, .rspauth_right = true, .whole = true), NET_RECEIVED, "abort:7 cancel:70",
     "msk_request:0s " GONE, UE_IDLE},

    {"nonce too old: 401 with stale=true", UE_REQUESTING, ANSWER,
     UE_ANSWER(.status = 401, .challenge = true, .stale = true), NET_RECEIVED,
     "ua_auth_post cancel:70 timeout:30s", "ua_requests", UE_REQUESTING},
    {"B-TID unknown at the BSF or expired: 401", UE_REQUESTING, ANSWER,
     UE_ANSWER(.status = 401, .challenge = true), NET_RECEIVED,
     "close:7 connect:bsf ub_get cancel:70 timeout:30s", "gba_started ub_requests", UE_CHALLENGING},
    {"response on Ub wrong: a new challenge", UE_BOOTSTRAPPING, ANSWER,
     UE_ANSWER(.status = 401, .challenge = true), NET_RECEIVED, "usim", "", UE_BOOTSTRAPPING},
    {"TMPI unknown at the BSF", UE_CHALLENGING, ANSWER, UE_ANSWER(.status = 403), NET_RECEIVED,
     "ub_get cancel:70 timeout:30s", "ub_requests", UE_CHALLENGING},
    {"TMPI unknown at the BSF, by another status", UE_CHALLENGING, ANSWER, UE_ANSWER(.status = 499),
     NET_RECEIVED, "ub_get cancel:70 timeout:30s", "ub_requests", UE_CHALLENGING},
    {"a first GET refused otherwise", UE_CHALLENGING, ANSWER, UE_ANSWER(.status = 500), NET_RECEIVED,
     "abort:7 cancel:70", GONE, UE_IDLE},
};

static void row_happens(struct ue_test *u, const struct row *row)
{
    enum net_verdict verdict = row->verdict;

    g_test_message("%s", row->name);
    if (row->event == ANSWER)
        verdict = ue_test_answer(u, row->facts);
    else if (row->event == TIMEOUT)
        ue_decide_timeout(&u->d);
    else
        ue_decide_closed(&u->d);
    g_assert_cmpint(verdict, ==, row->verdict);
}

static void test_row(gconstpointer data)
{
    const struct row *row = data;
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, row->at);
    row_happens(&u, row);
    ue_test_did(&u, row->did, row->counted, row->then);
    g_assert_cmpint(u.d.ue->services[0].gave_up, ==, strstr(row->counted, "ues_gave_up") != NULL);
    ue_test_free(&u);
}

/* The same failure at the last try: the UE gives up. */
static void test_last_try(void)
{
    unsigned seen = 0;

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct ue_test u;

        if (strstr(rows[i].counted, "ue_retries") == NULL)
            continue;
        seen++;
        ue_test_new(&u, SETTINGS("ue.attempts=2"));
        ue_test_to(&u, rows[i].at);
        u.d.x->tries = 2;
        row_happens(&u, &rows[i]);
        g_assert_cmpint(tally_counter(&u.f.tally, COUNT_ues_gave_up), ==, 1);
        g_assert_cmpint(tally_counter(&u.f.tally, COUNT_ue_retries), ==, 0);
        g_assert_cmpint(tally_counter(&u.f.tally, COUNT_ues_active), ==, -1);
        g_assert_null(u.d.x);
        g_assert_true(u.d.ue->services[0].gave_up);
        for (unsigned k = 0; k < u.actions.count; k++)
            g_assert_cmpint(u.actions.at[k].what, !=, UE_DO_TIMEOUT);
        ue_test_free(&u);
    }
    g_assert_cmpuint(seen, >, 20);
}

/* --- retries -------------------------------------------------------------------------------------------- */

/* Uniform from 0 to min(ue.retry_base x 2^(tries-1), ue.retry_cap), on top of Retry-After. */
static void test_retry_waits(void)
{
    static const int64_t upper_ms[] = {300, 600, 1200, 1700, 1700, 1700};
    struct ue_test u;

    ue_test_new(&u, SETTINGS("ue.retry_base=300ms", "ue.retry_cap=1700ms", "ue.attempts=7",
                             "ue.retry_after_max=20s"));
    ue_test_to(&u, UE_ASKING);
    for (unsigned i = 0; i < G_N_ELEMENTS(upper_ms); i++) {
        uint32_t after_s = i == 0 ? 20 : i == 1 ? 21 : i == 2 ? 7 : 0, draw = u.d.ue->draws;

        g_assert_cmpuint(u.d.x->tries, ==, i + 1);
        if (after_s > 0)
            ue_test_answer(&u, UE_ANSWER(.status = 503, .retry_after_s = after_s));
        else
            ue_decide_closed(&u.d);
        ue_test_forget(&u);
        g_assert_cmpint(
            u.delay_ns, ==,
            MIN(after_s, 20) * CLOCK_SECOND +
                (int64_t)random_below(random_u64(u.f.deployment.seed, UE_TEST_NUMBER, PURPOSE_RETRY, draw),
                                      (uint64_t)(upper_ms[i] * CLOCK_MILLISECOND + 1)));
        g_assert_cmpint(u.d.x->retry_after_ns, ==, 0);
        ue_decide_timeout(&u.d);
        ue_test_did(&u, "connect:bmsc ua_post timeout:30s",
                    "requests_started ua_requests ua_requests_retried", UE_ASKING);
    }
    ue_decide_closed(&u.d); /* at the last of seven tries */
    ue_test_did(&u, "cancel:71", "ue_connections_failed ues_gave_up ues_active=-1", UE_IDLE);
    ue_test_free(&u);
}

/* whatif.retry_budget: two at once, then one in each 100 s. */
static void test_retry_budget(void)
{
    static const int64_t wait_s[] = {0, 0, 100, 100, 95, 0};
    struct ue_test u;

    ue_test_new(&u, SETTINGS("whatif.retry_budget=2", "whatif.retry_budget_refill=100s", "ue.retry_base=1ms",
                             "ue.retry_cap=1ms", "ue.attempts=20"));
    ue_test_to(&u, UE_ASKING);
    for (unsigned i = 0; i < G_N_ELEMENTS(wait_s); i++) {
        ue_decide_closed(&u.d);
        ue_test_forget(&u);
        g_assert_cmpint(u.delay_ns, >=, wait_s[i] * CLOCK_SECOND - CLOCK_MILLISECOND * 2);
        g_assert_cmpint(u.delay_ns, <=, wait_s[i] * CLOCK_SECOND + CLOCK_MILLISECOND * 2);
        u.d.now_ns += u.delay_ns;
        ue_decide_timeout(&u.d);
        ue_test_forget(&u);
        if (i == 3)
            u.d.now_ns += 5 * CLOCK_SECOND;
        if (i == 4) /* time enough for both */
            u.d.now_ns += 200 * CLOCK_SECOND;
    }
    ue_test_free(&u);
}

/* A pull starts the exchange later: no standard has that. */
static void test_pull_backoff(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS("whatif.pull_backoff_wait=3s", "whatif.pull_backoff_max=0s"));
    ue_test_mikey(&u, UE_PULL(.counter = 11));
    ue_test_did(&u, "timeout:3s", "pulls_accepted pull:10s ues_active", UE_WAITING);
    ue_decide_timeout(&u.d);
    ue_test_did(&u, "connect:bmsc ua_post timeout:30s", "requests_started ua_requests", UE_ASKING);
    ue_test_free(&u);
    ue_test_new(&u, SETTINGS("whatif.pull_backoff_wait=3s", "whatif.pull_backoff_max=1ns"));
    ue_test_mikey(&u, UE_PULL(.counter = 11));
    ue_test_forget(&u);
    g_assert_cmpint(u.delay_ns, >=, 3 * CLOCK_SECOND);
    g_assert_cmpint(u.delay_ns, <=, 3 * CLOCK_SECOND + 1);
    ue_test_free(&u);
}

/* A UE gives up once, however many exchanges fail, and not if it holds the key. */
static void test_gives_up_once(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    for (unsigned i = 0; i < 2; i++) {
        ue_test_to(&u, UE_REQUESTING);
        ue_test_answer(&u, UE_ANSWER(.status = 403));
        ue_test_did(&u, "abort:7 cancel:70", i == 0 ? GONE : "http_refused ues_active=-1", UE_IDLE);
    }
    ue_test_mikey(&u, UE_MSK(.counter = 50, .v = false)); /* the key comes late, and helps */
    ue_test_did(&u, "",
                "msk_installed ues_keyed ues_gave_up=-1 update:100s time_to_key:10s within_2 "
                "last_keyed:100s",
                UE_IDLE);
    g_assert_false(u.d.ue->services[0].gave_up);
    ue_test_to(&u, UE_REQUESTING);
    ue_test_answer(&u, UE_ANSWER(.status = 403));
    ue_test_did(&u, "abort:7 cancel:70", "http_refused ues_active=-1", UE_IDLE);
    ue_test_free(&u);
}

/* --- challenges in a row -------------------------------------------------------------------------------- */

static void test_stale_in_a_row(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_REQUESTING);
    for (unsigned i = 0; i < 3; i++) {
        u.d.x->nc = 5;
        ue_test_answer(&u, UE_401(.stale = true));
        ue_test_forget(&u);
        g_assert_cmpint(u.d.x->phase, ==, UE_REQUESTING);
        g_assert_cmpuint(u.d.x->nc, ==, 1);
    }
    ue_test_answer(&u, UE_401(.stale = true)); /* after three in a row another try */
    ue_test_did(&u, RETRY, "ue_retries", UE_WAITING);
    ue_decide_timeout(&u.d); /* whose count begins anew */
    g_assert_cmpuint(u.d.x->stale, ==, 0);
    ue_test_free(&u);
}

/* 401s that ask for a new bootstrap: no failed try, up to three in a row. The nonce of each is answered in
 * the first POST after the bootstrap. */
static void test_renegotiation(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_REQUESTING);
    for (unsigned i = 0; i < 3; i++) {
        u.d.x->stale = u.d.x->challenges = 2;
        ue_test_answer(&u, UE_401());
        ue_test_did(&u, "close:7 connect:bsf ub_get cancel:70 timeout:30s", "gba_started ub_requests",
                    UE_CHALLENGING);
        g_assert_cmpuint(u.d.x->stale + u.d.x->challenges, ==, 0);
        g_assert_true(u.d.x->bootstrap);
        u.d.x->phase = UE_BOOTSTRAPPING;
        u.d.x->av = (uint16_t)(4 + i);
        ue_test_answer(&u, UE_UB_200());
        ue_test_did(&u,
                    i == 0   ? "log:4 close:8 connect:bmsc ua_auth_post cancel:71 timeout:30s"
                    : i == 1 ? "log:5 close:8 connect:bmsc ua_auth_post cancel:71 timeout:30s"
                             : "log:6 close:8 connect:bmsc ua_auth_post cancel:71 timeout:30s",
                    "gba_runs gba:0s requests_started ua_requests", UE_REQUESTING);
        g_assert_false(u.d.x->bootstrap);
        g_assert_cmpuint(u.d.x->nc, ==, 1);
        g_assert_cmpuint(u.d.table->nonces.used, ==, 0);
        ue_test_forget(&u);
    }
    ue_test_answer(&u, UE_401());
    ue_test_did(&u, RETRY, "ue_retries", UE_WAITING);
    ue_decide_timeout(&u.d); /* another try, whose count begins anew */
    g_assert_cmpuint(u.d.x->renegotiations, ==, 0);
    ue_test_free(&u);
}

/* New challenges of the BSF after a response: four are answered. */
static void test_challenges_in_a_row(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_BOOTSTRAPPING);
    for (unsigned i = 0; i < 4; i++) {
        ue_test_answer(&u, UE_401());
        ue_test_did(&u, "usim", "", UE_BOOTSTRAPPING);
    }
    ue_test_answer(&u, UE_401());
    ue_test_did(&u, RETRY, "ue_retries", UE_WAITING);
    ue_decide_timeout(&u.d);
    g_assert_cmpuint(u.d.x->challenges, ==, 0);
    ue_test_free(&u);
}

/* --- the USIM ------------------------------------------------------------------------------------------- */

static void test_wrong_autn(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_CHALLENGING);
    ue_test_aka(&u, (struct ue_aka_facts){.mac_right = false, .sqn = UINT64_C(1) << 30, .av = 9});
    ue_test_did(&u, "abort:7 cancel:70", "aka_failed ues_gave_up ues_active=-1", UE_IDLE);
    g_assert_cmpuint(u.d.ue->sqn, ==, POOL_NONE); /* nothing of it is looked at */
    ue_test_free(&u);
}

/* AUTS, a new challenge; a second time in the same bootstrap: another try. */
static void test_stale_sqn(void)
{
    struct ue_test u;
    uint64_t seq;

    ue_test_new(&u, SETTINGS(NULL));
    seq = subscriber_start_seq_usim(&u.f.deployment, UE_TEST_NUMBER);
    const struct ue_aka_facts stale = {.mac_right = true, .sqn = (seq - 32) << 5 | (seq & 31), .av = 9};
    ue_test_to(&u, UE_CHALLENGING);
    ue_test_aka(&u, stale);
    ue_test_did(&u, "ub_auth_get auts cancel:70 timeout:30s", "gba_resyncs ub_requests", UE_CHALLENGING);
    g_assert_cmpuint(u.sqn_ms, ==, seq << 5 | (seq & 31));
    g_assert_true(u.d.x->resync);
    ue_test_answer(&u, UE_401());
    ue_test_did(&u, "usim", "", UE_CHALLENGING);
    ue_test_aka(&u, stale);
    ue_test_did(&u, "abort:7 cancel:71 timeout:random", "ue_retries", UE_WAITING);
    ue_decide_timeout(&u.d); /* the next try may resynchronise again */
    g_assert_false(u.d.x->resync);
    ue_test_forget(&u);
    ue_test_aka(&u, stale);
    ue_test_did(&u, "ub_auth_get auts cancel:70 timeout:30s", "gba_resyncs ub_requests ub_requests_retried",
                UE_CHALLENGING);
    ue_test_free(&u);
}

/* An AV that no HSS of ours made: the 200 can give no key. */
static void test_unknown_av(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_BOOTSTRAPPING);
    u.d.x->av = AV_NONE;
    g_assert_cmpint(ue_test_answer(&u, UE_UB_200()), ==, NET_REJECTED);
    ue_test_did(&u, RETRY, "http_malformed ue_retries", UE_WAITING);
    g_assert_cmpuint(u.d.ue->newest.av, ==, 3);
    ue_test_free(&u);
}

/* The UE deletes its TMPI and comes with its IMPI; refused again, it gives up. */
static void test_tmpi_unknown(void)
{
    struct ue_test u;

    ue_test_new(&u, SETTINGS(NULL));
    ue_test_to(&u, UE_CHALLENGING);
    ue_test_answer(&u, UE_ANSWER(.status = 403));
    ue_test_did(&u, "ub_get cancel:70 timeout:30s", "ub_requests", UE_CHALLENGING);
    g_assert_false(u.d.ue->has_tmpi);
    g_assert_cmpuint(u.d.x->tmpi_av, ==, AV_NONE);
    ue_test_answer(&u, UE_ANSWER(.status = 403));
    ue_test_did(&u, "abort:7 cancel:71", GONE, UE_IDLE);
    ue_test_free(&u);
    ue_test_new(&u, SETTINGS(NULL)); /* refused after an AUTS: with the IMPI it may send another */
    ue_test_to(&u, UE_CHALLENGING);
    u.d.x->resync = true;
    ue_test_answer(&u, UE_ANSWER(.status = 403));
    g_assert_false(u.d.x->resync);
    ue_test_free(&u);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/decide ue/request", test_request);
    g_test_add_func("/decide ue/bootstrap", test_bootstrap);
    g_test_add_func("/decide ue/bootstrap, MUK before never proven", test_unproven_muk);
    g_test_add_func("/decide ue/expiry and time of the USIM", test_times);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide ue/rows/%u, %s", i + 1, rows[i].name);

        g_strdelimit(path + strlen("/decide ue/rows/"), "/", '|');
        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/decide ue/rows at the last try", test_last_try);
    g_test_add_func("/decide ue/waits between tries", test_retry_waits);
    g_test_add_func("/decide ue/retry budget", test_retry_budget);
    g_test_add_func("/decide ue/back-off of a pull", test_pull_backoff);
    g_test_add_func("/decide ue/gives up once", test_gives_up_once);
    g_test_add_func("/decide ue/stale in a row", test_stale_in_a_row);
    g_test_add_func("/decide ue/renegotiations in a row", test_renegotiation);
    g_test_add_func("/decide ue/challenges in a row", test_challenges_in_a_row);
    g_test_add_func("/decide ue/AUTN with a wrong MAC", test_wrong_autn);
    g_test_add_func("/decide ue/sequence number not fresh", test_stale_sqn);
    g_test_add_func("/decide ue/AV unknown", test_unknown_av);
    g_test_add_func("/decide ue/TMPI unknown", test_tmpi_unknown);
    return g_test_run();
}
