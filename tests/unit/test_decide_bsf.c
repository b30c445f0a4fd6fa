/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the BSF decides: "What each failure leads to" of models/README.md as (state, facts) -> (state,
 * actions), without a network. */
#include "models/subscriber.h"
#include "tests/unit/decide_bsf_fixture.h"

/* --- Ub: nothing fails ---------------------------------------------------------------------------------- */

static void test_bootstrap(void)
{
    struct bsf_test t;
    const struct bsf_challenge *c;

    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests");
    t.now_ns += CLOCK_SECOND;
    g_assert_true(bsf_test_maa(&t, bsf_test_maa_of(DIAMETER_SUCCESS), NET_RECEIVED));
    g_assert_cmpint(t.job->work, ==, BSF_ZH_ANSWER);
    g_assert_false(t.job->diameter.waiting);
    bsf_test_serve(&t);
    bsf_test_did(&t, "401", "zh:1s ub_401");
    c = bsf_challenge_of(t.bsf, t.s);
    g_assert_cmpuint(c->vector.av, ==, 5);
    g_assert_cmpuint(c->wrong, ==, 0);
    g_assert_true(c->by_tmpi);
    g_assert_cmpstr(c->tmpi, ==, "of now");
    g_assert_cmpuint(t.s->av, ==, 3); /* until the answer is in */
    bsf_test_get(&t, bsf_test_credentials(5, true, false));
    bsf_test_serve(&t);
    g_assert_cmpstr(t.job->challenge.tmpi, ==, "of now"); /* who the UE is, for the 200 */
    bsf_test_did(&t, "200 expiry:601s", "ub_200");        /* whole seconds, down */
    g_assert_cmpuint(t.s->av, ==, 5);
    g_assert_cmpuint(t.s->tmpi, ==, 5);
    g_assert_cmpint(t.s->expiry_ns, ==, 601 * CLOCK_SECOND);
    g_assert_cmpuint(t.s->challenge, ==, POOL_NONE);
    g_assert_cmpuint(t.bsf->station.jobs.used, ==, 0);
    bsf_test_free(&t);
}

/* A UE that does not know what a TMPI is has none. */
static void test_no_tmpi(void)
{
    struct bsf_ub_facts facts = bsf_test_credentials(4, true, false);
    struct bsf_test t;

    facts.tmpi_understood = false;
    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_challenge(&t, 0);
    bsf_test_get(&t, facts);
    bsf_test_serve(&t);
    g_assert_cmpstr(t.job->challenge.tmpi, ==, "of before"); /* as it was known when it was challenged */
    bsf_test_did(&t, "200 expiry:600s", "ub_200");
    g_assert_cmpuint(t.s->tmpi, ==, AV_NONE);
    g_assert_cmpuint(t.s->av, ==, 4);
    bsf_test_free(&t);
}

/* --- Ub, row by row ------------------------------------------------------------------------------------- */

struct row {
    const char *name;
    bool waits; /* a challenge with AV 4 */
    uint8_t wrong;
    uint16_t av; /* the challenge that the credentials answer; 0: no credentials */
    bool right, resync;
    const char *did, *counted;
    int wrong_then; /* -1: no challenge waits */
};

/* In the words of the failure table where they are of it. */
static const struct row rows[] = {
    {"a first GET", false, 0, 0, false, false, "mar waits", "zh_requests", -1},
    {"a first GET while a challenge waits", true, 1, 0, false, false, "mar waits", "zh_requests", 1},
    {"response right", true, 2, 4, true, false, "200 expiry:600s", "ub_200", -1},
    {"response on Ub wrong", true, 0, 4, false, false, "mar waits", "digest_failed zh_requests", 1},
    {"response on Ub wrong, twice", true, 1, 4, false, false, "mar waits", "digest_failed zh_requests", 2},
    {"response on Ub wrong, the last of bsf.response_attempts", true, 2, 4, false, false,
     "refusal status:403", "digest_failed", -1},
    {"response on Ub wrong, with AUTS", true, 0, 4, false, true, "mar waits", "digest_failed zh_requests", 1},
    {"sequence number not fresh", true, 1, 4, true, true, "mar waits", "zh_requests", 1},
    {"response to a challenge that was replaced", true, 1, 3, true, false, "mar waits", "zh_requests", 1},
    {"response to a challenge that was replaced, with AUTS", true, 1, 3, true, true, "mar waits",
     "zh_requests", 1},
    {"response when no challenge waits", false, 0, 4, true, false, "mar waits", "zh_requests", -1},
    {"wrong response when no challenge waits", false, 0, 4, false, false, "mar waits", "zh_requests", -1},
    {"response to none of ours", true, 0, AV_NONE, false, false, "mar waits", "zh_requests", 0},
};

static void test_row(gconstpointer data)
{
    const struct row *row = data;
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS("bsf.response_attempts=3"));
    if (row->waits)
        bsf_test_challenge(&t, row->wrong);
    bsf_test_get(&t, row->av == 0 ? BSF_FIRST_GET : bsf_test_credentials(row->av, row->right, row->resync));
    bsf_test_serve(&t);
    bsf_test_did(&t, row->did, row->counted);
    if (row->wrong_then < 0)
        g_assert_cmpuint(t.s->challenge, ==, POOL_NONE);
    else
        g_assert_cmpint(bsf_challenge_of(t.bsf, t.s)->wrong, ==, row->wrong_then);
    if (strstr(row->did, "mar") != NULL) { /* an AUTS goes with its RAND, and only if it is to be believed */
        bool auts = row->resync && row->right && row->av == 4;

        g_assert_cmpint(t.job->credentials.resync, ==, auts);
        g_assert_cmpuint(t.job->challenge.vector.av, ==, auts ? 4 : 0);
    }
    bsf_test_free(&t);
}

/* Wrong responses in a row count on from challenge to challenge. */
static void test_wrong_in_a_row(void)
{
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS("bsf.response_attempts=2"));
    bsf_test_challenge(&t, 0);
    bsf_test_get(&t, bsf_test_credentials(4, false, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "digest_failed zh_requests");
    g_assert_true(bsf_test_maa(&t, bsf_test_maa_of(DIAMETER_SUCCESS), NET_RECEIVED));
    bsf_test_serve(&t);
    bsf_test_did(&t, "401", "zh:0s ub_401");
    g_assert_cmpuint(bsf_challenge_of(t.bsf, t.s)->vector.av, ==, 5);
    g_assert_cmpuint(bsf_challenge_of(t.bsf, t.s)->wrong, ==, 1);
    bsf_test_get(&t, bsf_test_credentials(5, false, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "refusal status:403", "digest_failed");
    bsf_test_free(&t);
}

/* TMPI unknown at the BSF: 403, before any MAR. */
static void test_tmpi_unknown(void)
{
    struct bsf_ub_facts facts = BSF_FIRST_GET;
    struct bsf_test t;

    facts.work = BSF_UB_UNKNOWN;
    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_get(&t, facts);
    bsf_test_serve(&t);
    bsf_test_did(&t, "refusal status:403", "tmpi_unknown");
    bsf_test_free(&t);
}

/* What is no GET that the BSF serves; its connection ends behind a 400 alone. */
static void test_refused(void)
{
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_get(&t, (struct bsf_ub_facts){.status = 400});
    bsf_test_did(&t, "refusal status:400 hang_up", "http_malformed");
    bsf_test_get(&t, (struct bsf_ub_facts){.status = 403});
    bsf_test_did(&t, "refusal status:403", "");
    g_assert_cmpuint(t.bsf->station.jobs.used, ==, 0);
    bsf_test_free(&t);
}

/* --- not served ----------------------------------------------------------------------------------------- */

static void turn_away(struct bsf_test *t, bool answer)
{
    bsf_decide_turn_away(t->bsf, &t->f.tally, t->now_ns, t->job, answer, &t->action);
}

struct away {
    struct bsf_ub_facts facts;
    bool spent; /* the challenge */
};

/* Server full: 503, and a right response is spent, answered or not; one with AUTS proves nothing. */
static void test_full(void)
{
    const struct away aways[] = {{BSF_FIRST_GET, false},
                                 {bsf_test_credentials(4, true, false), true},
                                 {bsf_test_credentials(4, false, false), false},
                                 {bsf_test_credentials(4, true, true), false}};

    for (unsigned i = 0; i < 2 * G_N_ELEMENTS(aways); i++) {
        const struct away *row = &aways[i / 2];
        struct bsf_test t;

        bsf_test_new(&t, SETTINGS("bsf.retry_after=7s"));
        bsf_test_challenge(&t, 1);
        bsf_test_get(&t, row->facts);
        turn_away(&t, i % 2);
        if (i % 2)
            bsf_test_did(&t, "refusal status:503 retry:7s", "ub_503");
        else
            bsf_test_did(&t, "", "");
        g_assert_cmpint(t.s->challenge == POOL_NONE, ==, row->spent);
        g_assert_cmpuint(t.s->draws, ==, 0);
        bsf_test_free(&t);
    }
}

/* A right response whose challenge is gone meanwhile: nothing is left to spend. */
static void test_full_later(void)
{
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS("bsf.retry_after=7s"));
    bsf_test_get(&t, bsf_test_credentials(4, true, false));
    turn_away(&t, true);
    bsf_test_did(&t, "refusal status:503 retry:7s", "ub_503");
    bsf_test_free(&t);
}

/* Each kind of work has its time, drawn for each job. */
static void test_service_times(void)
{
    static const int64_t ms[] = {
        [BSF_UB_GET] = 1, [BSF_UB_UNKNOWN] = 1, [BSF_UB_CREDENTIALS] = 1, [BSF_ZN] = 2, [BSF_ZH_ANSWER] = 3};
    struct bsf_test t;
    struct bsf_job job = {.subscriber = BSF_TEST_NUMBER};
    int64_t drawn_ns;

    bsf_test_new(&t,
                 SETTINGS("bsf.service_time=fixed(1ms)", "bsf.zn_time=fixed(2ms)", "bsf.zh_time=fixed(3ms)"));
    for (unsigned i = 0; i < G_N_ELEMENTS(ms); i++) {
        job.work = (uint8_t)i;
        g_assert_cmpint(bsf_decide_service_ns(t.bsf, &job), ==, ms[i] * CLOCK_MILLISECOND);
        g_assert_cmpuint(t.s->draws, ==, i + 1);
    }
    bsf_test_free(&t);
    bsf_test_new(&t, SETTINGS("bsf.zn_time=exp(4ms)"));
    job.work = BSF_ZN;
    drawn_ns = bsf_decide_service_ns(t.bsf, &job);
    g_assert_cmpint(bsf_decide_service_ns(t.bsf, &job), !=, drawn_ns);
    bsf_test_free(&t);
}

/* Retry-After grows with the jobs in hand, and is spread by a draw for each. */
static void test_retry_after(void)
{
    struct bsf_test t;
    uint32_t after_s;

    bsf_test_new(&t, SETTINGS("bsf.retry_after=10s", "bsf.retry_after_grows=1"));
    bsf_test_get(&t, BSF_FIRST_GET);
    turn_away(&t, true);
    bsf_test_did(&t, "refusal status:503 retry:20s", "ub_503");
    bsf_test_free(&t);
    bsf_test_new(&t, SETTINGS("bsf.retry_after=100s", "bsf.retry_after_spread=50%"));
    bsf_test_get(&t, BSF_FIRST_GET);
    turn_away(&t, true);
    after_s = t.action.retry_after_s;
    g_assert_cmpuint(after_s, >=, 50);
    g_assert_cmpuint(after_s, <=, 150);
    turn_away(&t, true);
    g_assert_cmpuint(t.action.retry_after_s, !=, after_s);
    g_assert_cmpuint(t.s->draws, ==, 2);
    bsf_test_free(&t);
}

/* --- Zh ------------------------------------------------------------------------------------------------- */

struct zh_row {
    const char *name;
    uint32_t result;
    const char *did, *counted;
};

static const struct zh_row zh_rows[] = {
    {"Zh busy", 3004, "refusal status:503 retry:10s", "zh_busy ub_503"},
    {"Zh answers with a transient failure", 4999, "refusal status:503 retry:10s", "ub_503"},
    {"Zh answers with another permanent failure (from 5000 on)", 5000, "refusal status:403", ""},
    {"Zh answers with another permanent failure: unknown user", 5401, "refusal status:403", ""},
};

static void test_zh_row(gconstpointer data)
{
    const struct zh_row *row = data;
    struct bsf_maa_facts facts = bsf_test_maa_of(row->result);
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests");
    facts.subscriber = 0; /* a failure names nobody */
    g_assert_true(bsf_test_maa(&t, facts, NET_RECEIVED));
    g_assert_cmpint(t.s->zh_failed, ==, row->result == 3004);
    g_assert_cmpuint(t.job->challenge.vector.av, ==, 0);
    decide_counted(&t.f, "zh:0s");
    bsf_test_serve(&t);
    bsf_test_did(&t, row->did, row->counted);
    g_assert_cmpuint(t.s->challenge, ==, POOL_NONE);
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", row->result == 3004 ? "zh_requests zh_requests_retried" : "zh_requests");
    g_assert_true(bsf_test_maa(&t, bsf_test_maa_of(DIAMETER_SUCCESS), NET_RECEIVED));
    g_assert_false(t.s->zh_failed);
    bsf_test_free(&t);
}

/* Diameter message malformed: dropped, the GET waits on. */
static void test_malformed_maa(void)
{
    struct bsf_maa_facts improper = bsf_test_maa_of(0), half = bsf_test_maa_of(DIAMETER_SUCCESS),
                         other = bsf_test_maa_of(DIAMETER_SUCCESS),
                         unpaired = bsf_test_maa_of(DIAMETER_SUCCESS);
    struct bsf_test t;

    improper.answer.proper = half.whole = unpaired.answer.paired = false;
    other.subscriber = 1;
    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests");
    g_assert_false(bsf_test_maa(&t, improper, NET_REJECTED));
    g_assert_false(bsf_test_maa(&t, half, NET_REJECTED));
    g_assert_false(bsf_test_maa(&t, other, NET_REJECTED));
    decide_counted(&t.f, "diameter_malformed=3");
    g_assert_false(bsf_test_maa(&t, unpaired, NET_RECEIVED));
    decide_counted(&t.f, "");
    g_assert_true(t.job->diameter.waiting);
    g_assert_cmpuint(t.job->challenge.vector.av, ==, 0);
    bsf_test_free(&t);
}

static void times_out(struct bsf_test *t)
{
    uint32_t found = POOL_NONE;

    g_assert_true(bsf_decide_timeout(t->bsf, &t->f.tally,
                                     (uint64_t)t->job->diameter.station.serial << 32 | t->index, &found,
                                     &t->action) == t->job);
    g_assert_cmpuint(found, ==, t->index);
}

/* Zh silent: 503; an answer after the timeout is dropped, and so is a timeout after the answer. */
static void test_zh_silent(void)
{
    struct bsf_test t;
    uint32_t found;

    bsf_test_new(&t, SETTINGS(NULL));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests");
    times_out(&t);
    bsf_test_did(&t, "refusal status:503 retry:10s", "zh_timeouts ub_503");
    g_assert_true(t.s->zh_failed);
    g_assert_false(bsf_test_maa(&t, bsf_test_maa_of(DIAMETER_SUCCESS), NET_RECEIVED));
    decide_counted(&t.f, "zh_late");
    g_assert_null(bsf_decide_timeout(
        t.bsf, &t.f.tally, (uint64_t)t.job->diameter.station.serial << 32 | t.index, &found, &t.action));
    g_assert_null(bsf_decide_timeout(t.bsf, &t.f.tally, UINT32_MAX, &found, &t.action));
    decide_counted(&t.f, "");
    bsf_test_get(&t, BSF_FIRST_GET); /* another job, in the same place */
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests zh_requests_retried");
    g_assert_null(bsf_decide_timeout(t.bsf, &t.f.tally,
                                     (uint64_t)(t.job->diameter.station.serial - 1) << 32 | t.index, &found,
                                     &t.action));
    decide_counted(&t.f, "");
    bsf_test_free(&t);
}

/* Late and kept: the AV serves the UE's next try; the newest is kept. */
static void test_late_answer_kept(void)
{
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS("bsf.late_answers=keep"));
    for (unsigned i = 0; i < 3; i++) {
        struct bsf_maa_facts facts = bsf_test_maa_of(i == 2 ? 5012 : DIAMETER_SUCCESS);

        facts.vector.av = (uint16_t)(5 + i);
        bsf_test_take_job(&t);
        t.job->subscriber = BSF_TEST_NUMBER;
        t.job->work = BSF_UB_CREDENTIALS; /* asks though there is an AV: with an AUTS */
        t.job->credentials = (struct bsf_credentials){.av = 4, .right = true, .resync = true};
        if (t.s->challenge == POOL_NONE)
            bsf_test_challenge(&t, 0);
        bsf_test_serve(&t);
        bsf_test_did(&t, "mar waits", i == 0 ? "zh_requests" : "zh_requests zh_requests_retried");
        times_out(&t);
        bsf_test_did(&t, "refusal status:503 waits retry:10s", "zh_timeouts ub_503");
        g_assert_true(bsf_test_maa(&t, facts, NET_RECEIVED));
        g_assert_false(t.s->zh_failed);
        t.s->zh_failed = true;
        bsf_test_serve(&t);
        bsf_test_did(&t, "", "zh_late zh:0s");
        g_assert_cmpuint(t.s->spare, !=, POOL_NONE);
    }
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "401", "ub_401");
    g_assert_cmpuint(bsf_challenge_of(t.bsf, t.s)->vector.av, ==, 6);
    g_assert_cmpstr(bsf_challenge_of(t.bsf, t.s)->tmpi, ==, "of now"); /* of who asked now */
    g_assert_cmpuint(t.s->spare, ==, POOL_NONE);
    g_assert_cmpuint(t.bsf->station.jobs.used, ==, 0);
    bsf_test_free(&t);
}

/* The HSS has reported overload: the share of requests that it does not want is answered 503. */
static void test_throttled(void)
{
    struct bsf_maa_facts facts = bsf_test_maa_of(3004);
    struct bsf_test t;

    facts.answer.overload = (struct overload_facts){
        .understood = true, .report = true, .sequence = 1, .reduction = 100, .validity_s = 30};
    bsf_test_new(&t, SETTINGS("hss.overload_wait=1s"));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests");
    g_assert_true(bsf_test_maa(&t, facts, NET_RECEIVED));
    bsf_test_serve(&t);
    bsf_test_did(&t, "refusal status:503 retry:10s", "zh:0s zh_busy ub_503");
    t.now_ns += 30 * CLOCK_SECOND - 1;
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "refusal status:503 retry:10s", "zh_throttled ub_503");
    g_assert_cmpuint(t.bsf->station.queue.refused, ==, 1);
    g_assert_cmpuint(t.s->draws, ==, 2);
    t.now_ns++;
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests zh_requests_retried");
    bsf_test_free(&t);
}

/* Unless it is asked to, the BSF does not react to such a report. */
static void test_not_throttled(void)
{
    struct bsf_maa_facts facts = bsf_test_maa_of(3004);
    struct bsf_test t;

    facts.answer.overload = (struct overload_facts){
        .understood = true, .report = true, .sequence = 1, .reduction = 100, .validity_s = 30};
    bsf_test_new(&t, SETTINGS("hss.overload_wait=0s"));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    g_assert_true(bsf_test_maa(&t, facts, NET_RECEIVED));
    bsf_test_get(&t, BSF_FIRST_GET);
    bsf_test_serve(&t);
    bsf_test_did(&t, "mar waits", "zh_requests=2 zh:0s zh_requests_retried");
    g_assert_cmpuint(t.s->draws, ==, 0);
    bsf_test_free(&t);
}

/* --- Zn ------------------------------------------------------------------------------------------------- */

static void bir(struct bsf_test *t, struct bsf_zn_facts facts)
{
    bsf_test_take_job(t);
    g_assert_cmpint(bsf_decide_zn(&t->f.tally, &facts, t->job), ==, facts.proper);
}

#define BIR(number, result_, reacts_)                                                                        \
    ((struct bsf_zn_facts){                                                                                  \
        .proper = true, .name = {BSF_TEST_NUMBER, (number)}, .result = (result_), .reacts = (reacts_)})

/* Only the session that the BSF holds now, and only within its lifetime; else 5403. */
static void test_zn(void)
{
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS(NULL));
    bir(&t, BIR(3, DIAMETER_SUCCESS, true));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:2001", "");
    bir(&t, BIR(2, DIAMETER_SUCCESS, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:5403", "");
    bir(&t, BIR(3, DIAMETER_NAF_NOT_AUTHORISED, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia result:5402", "");
    t.now_ns = t.s->expiry_ns - 1;
    bir(&t, BIR(3, DIAMETER_SUCCESS, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:2001", "");
    t.now_ns++;
    bir(&t, BIR(3, DIAMETER_SUCCESS, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:5403", "");
    bir(&t, BIR(3, DIAMETER_SUCCESS, false)); /* server full */
    turn_away(&t, true);
    bsf_test_did(&t, "bia result:3004", "");
    bir(&t, BIR(3, DIAMETER_SUCCESS, false));
    turn_away(&t, false);
    bsf_test_did(&t, "", "");
    bir(&t, (struct bsf_zn_facts){.proper = false});
    bsf_test_did(&t, "", "diameter_malformed");
    g_assert_cmpuint(t.bsf->station.jobs.used, ==, 0);
    bsf_test_free(&t);
}

/* A sender that reacts to it is told of overload: in proportion to the wait. */
static void test_zn_overload(void)
{
    struct bsf_test t;

    bsf_test_new(&t, SETTINGS("bsf.overload_wait=1s", "bsf.workers=1"));
    bir(&t, BIR(3, DIAMETER_SUCCESS, true));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:2001 overload", "");
    t.bsf->station.served = 1;
    t.bsf->station.served_ns = (double)(CLOCK_SECOND / 4);
    t.bsf->station.queue.tail = 2; /* two wait */
    bir(&t, BIR(3, DIAMETER_SUCCESS, true));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:2001 overload reduction:50", "");
    bir(&t, BIR(3, DIAMETER_SUCCESS, true));
    turn_away(&t, true);
    bsf_test_did(&t, "bia result:3004 overload reduction:50", "");
    bir(&t, BIR(3, DIAMETER_SUCCESS, false));
    bsf_test_serve(&t);
    bsf_test_did(&t, "bia expiry:1000s result:2001", "");
    t.bsf->station.queue.tail = 0;
    bsf_test_free(&t);
}

/* --- the start ------------------------------------------------------------------------------------------ */

static void test_start(void)
{
    static const char *const settings[] = {"ue.muk_ahead=100%", "bsf.session_lost=100%"};

    for (unsigned lost = 0; lost < 2; lost++) {
        struct bsf_subscriber seen;
        struct subscriber_start start;
        struct bsf_test t;

        bsf_test_new(&t, SETTINGS(settings[lost]));
        subscriber_start(&t.f.deployment, 1, &start);
        seen = bsf_subscriber_seen(t.bsf, 1);
        g_assert_false(t.bsf->subscribers[1].known);
        g_assert_cmpuint(seen.av, ==, lost ? AV_NONE : 1);
        g_assert_cmpuint(seen.tmpi, ==, seen.av);
        g_assert_cmpint(seen.expiry_ns, ==, start.newest_expiry_ns);
        g_assert_cmpuint(seen.challenge, ==, POOL_NONE);
        g_assert_cmpuint(seen.spare, ==, POOL_NONE);
        g_assert_cmpuint(bsf_subscriber(t.bsf, 1)->av, ==, seen.av);
        g_assert_cmpuint(bsf_subscriber_seen(t.bsf, BSF_TEST_NUMBER).av, ==, 3);
        bsf_test_free(&t);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/decide bsf/bootstrap", test_bootstrap);
    g_test_add_func("/decide bsf/bootstrap without a TMPI", test_no_tmpi);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide bsf/Ub/%u, %s", i + 1, rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(zh_rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide bsf/Zh/%u, %s", i + 1, zh_rows[i].name);

        g_test_add_data_func(path, &zh_rows[i], test_zh_row);
    }
    g_test_add_func("/decide bsf/wrong responses in a row", test_wrong_in_a_row);
    g_test_add_func("/decide bsf/TMPI unknown", test_tmpi_unknown);
    g_test_add_func("/decide bsf/no request", test_refused);
    g_test_add_func("/decide bsf/server full", test_full);
    g_test_add_func("/decide bsf/server full, challenge gone", test_full_later);
    g_test_add_func("/decide bsf/service times", test_service_times);
    g_test_add_func("/decide bsf/Retry-After", test_retry_after);
    g_test_add_func("/decide bsf/Diameter message malformed", test_malformed_maa);
    g_test_add_func("/decide bsf/Zh silent", test_zh_silent);
    g_test_add_func("/decide bsf/Zh answer after the timeout, kept", test_late_answer_kept);
    g_test_add_func("/decide bsf/Zh requests kept back", test_throttled);
    g_test_add_func("/decide bsf/Zh requests not kept back", test_not_throttled);
    g_test_add_func("/decide bsf/Zn", test_zn);
    g_test_add_func("/decide bsf/Zn, reports of overload", test_zn_overload);
    g_test_add_func("/decide bsf/start", test_start);
    return g_test_run();
}
