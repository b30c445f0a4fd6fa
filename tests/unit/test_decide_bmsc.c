/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the BM-SC decides upon POSTs: "What each failure leads to" of models/README.md as
 * (state, facts) -> (state, actions). Zn answers: test_decide_bmsc_zn.c; pulls, MSK messages
 * and ACKs: test_decide_bmsc_mikey.c. */
#include "tests/unit/decide_bmsc_fixture.h"

/* --- POSTs ---------------------------------------------------------------------------------------------- */

struct refused {
    unsigned status;
    enum bmsc_work work;
};

/* What is no request that the BM-SC serves: of another path, method, version ... (404, 405, 505, 501), or
 * lacking something (400). */
static void test_refused(void)
{
    static const struct refused rows[] = {
        {400, BMSC_AUTH_POST}, {404, BMSC_POST}, {405, BMSC_POST}, {501, BMSC_POST}, {505, BMSC_POST}};

    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *did = g_strdup_printf("refusal:%u hang_up", rows[i].status);
        struct bmsc_test t;

        bmsc_test_new(&t, SETTINGS(NULL));
        bmsc_test_post(&t, (struct bmsc_post){.status = rows[i].status, .work = rows[i].work});
        bmsc_test_did(&t, did, "http_malformed", BMSC_SOLICITING);
        g_assert_cmpuint(t.bmsc->station.jobs.used, ==, 0);
        bmsc_test_free(&t);
    }
}

struct row {
    const char *name;
    const char *setting;
    int64_t lasts_ns; /* the MUK, from now on; 0: 900 s */
    struct bmsc_post post;
    bool right; /* the digest */
    const char *did, *counted;
    enum bmsc_stage then;
    uint32_t nonce, nc; /* spent last, then */
    bool voided;        /* the nonce of the POST */
};

#define KEY_OF(...) .keys = {{.key_domain_id = {0x00, 0xf1, 0x10}, __VA_ARGS__}}

/* In the words of the failure table where they are of it. */
static const struct row rows[] = {
    {"POST without credentials",
     NULL,
     0,
     {.status = 200, .work = BMSC_POST},
     false,
     "401 nonce:21",
     CHALLENGED,
     BMSC_SOLICITING,
     10,
     3,
     false},
    {"POST with credentials, granted", NULL, 0, BMSC_CREDENTIALS(), true,
     "check cancel:70 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"by the number of the MSK", NULL, 0, BMSC_CREDENTIALS(KEY_OF(.msk_id = 5 << 16 | 2)), true,
     "check cancel:70 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"a key refused inside a 200: another number", NULL, 0, BMSC_CREDENTIALS(KEY_OF(.msk_id = 5 << 16 | 1)),
     true, "check cancel:70 200 ends expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"a key refused inside a 200: another group", NULL, 0, BMSC_CREDENTIALS(KEY_OF(.msk_id = 6 << 16)), true,
     "check cancel:70 200 ends expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"a key refused inside a 200: another Key Domain", NULL, 0,
     BMSC_CREDENTIALS(.keys = {{.key_domain_id = {0x00, 0xf1, 0x20}, .msk_id = 5 << 16}}), true,
     "check cancel:70 200 ends expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"no key asked for", NULL, 0, BMSC_CREDENTIALS(.key_count = 0), true,
     "check cancel:70 200 ends expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"with a nonce for the next request", "ue.preemptive=1%", 0, BMSC_CREDENTIALS(), true,
     "check cancel:70 200 queue:msk nonce:21 expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"with none, as nobody would use it", "bmsc.nextnonce_lifetime=1d", 0, BMSC_CREDENTIALS(), true,
     "check cancel:70 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED, 11, 1, false},

    {"nonce too old", NULL, 0, BMSC_CREDENTIALS(.nonce_state = NONCE_OLD), true, "check 401 stale nonce:21",
     STALE, BMSC_SOLICITING, 10, 3, false},
    {"nonce none of the BM-SC's", NULL, 0, BMSC_CREDENTIALS(.nonce_state = NONCE_UNKNOWN), true,
     "check 401 stale nonce:21", STALE, BMSC_SOLICITING, 10, 3, false},
    {"nonce used already: its nc is that of the last one accepted", NULL, 0,
     BMSC_CREDENTIALS(.nonce_serial = 10, .nc = 3), true, "check 401 stale nonce:21", STALE, BMSC_SOLICITING,
     10, 3, false},
    {"nonce used already: its nc is above", NULL, 0, BMSC_CREDENTIALS(.nonce_serial = 10, .nc = 4), true,
     "check cancel:70 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED, 10, 4, false},
    {"nonce older than the last one spent", NULL, 0, BMSC_CREDENTIALS(.nonce_serial = 9, .nc = 9), true,
     "check 401 stale nonce:21", STALE, BMSC_SOLICITING, 10, 3, false},
    {"digest wrong", NULL, 0, BMSC_CREDENTIALS(), false, "check 401 nonce:21", "digest_failed " CHALLENGED,
     BMSC_SOLICITING, 10, 3, false},
    {"digest wrong, and the nonce old: the digest is looked at first", NULL, 0,
     BMSC_CREDENTIALS(.nonce_state = NONCE_OLD), false, "check 401 nonce:21", "digest_failed " CHALLENGED,
     BMSC_SOLICITING, 10, 3, false},
    {"user name that is no B-TID of the BSF", NULL, 0, BMSC_CREDENTIALS(.b_tid_known_form = false), true,
     "401 nonce:21", RENEGOTIATE, BMSC_SOLICITING, 10, 3, false},

    {"B-TID expired at the BM-SC", NULL, -1, BMSC_CREDENTIALS(), true, "401 nonce:21", RENEGOTIATE,
     BMSC_SOLICITING, 10, 3, true},
    {"MUK that ends in a moment", NULL, 1, BMSC_CREDENTIALS(), true,
     "check cancel:70 200 queue:msk expiry:100000000001ns", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"MUK expires soon", "bmsc.muk_margin=20s", 20 * CLOCK_SECOND, BMSC_CREDENTIALS(), true,
     "check 401 nonce:21", RENEGOTIATE, BMSC_SOLICITING, 11, 1, false},
    {"MUK expires soon, but not so soon", "bmsc.muk_margin=20s", 20 * CLOCK_SECOND + 1, BMSC_CREDENTIALS(),
     true, "check cancel:70 200 queue:msk expiry:120000000001ns", GRANTED, BMSC_REQUESTED, 11, 1, false},
    {"MUK expires soon, digest wrong", "bmsc.muk_margin=20s", 1, BMSC_CREDENTIALS(), false,
     "check 401 nonce:21", "digest_failed " CHALLENGED, BMSC_SOLICITING, 10, 3, false},
    {"it wants a fresh key for a reason of its own", "bmsc.renegotiate=100%", 0, BMSC_CREDENTIALS(), true,
     "check 401 nonce:21", RENEGOTIATE, BMSC_SOLICITING, 11, 1, false},
    {"B-TID that is not the last known: Zn", NULL, 0, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, 4}), true,
     "bir waits", "zn_requests", BMSC_SOLICITING, 10, 3, false},
};

static void test_row(gconstpointer data)
{
    const struct row *row = data;
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(row->setting));
    bmsc_test_session(&t)->deliveries[0].acked = true;
    bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].pushes = 2;
    if (row->lasts_ns != 0)
        t.ue->last_known_expiry_ns = t.now_ns + MAX(row->lasts_ns, 0);
    bmsc_test_serve(&t, bmsc_test_post(&t, row->post), row->right);
    bmsc_test_did(&t, row->did, row->counted, row->then);
    g_assert_cmpuint(t.ue->nonce_serial, ==, row->nonce);
    g_assert_cmpuint(t.ue->nc, ==, row->nc);
    g_assert_cmpint(t.ue->renegotiated, ==,
                    row->post.b_tid_known_form && strstr(row->counted, "renegotiate") != NULL);
    if (strstr(row->did, "queue:msk") != NULL) {
        g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].pushes, ==, 0);
        g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].timeout, ==, 0);
        g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->av, ==, 3);
        g_assert_false(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].acked);
    }
    g_assert_cmpint(t.ue->services[0].serial > 1, ==,
                    row->then == BMSC_REQUESTED); /* the pull's timer is stale */
    if (row->voided)
        bmsc_test_nonce_void(&t, row->post.nonce_serial, true);
    bmsc_test_free(&t);
}

/* The MSK goes to where the last authenticated request came from, whoever the user is. */
static void test_peer(void)
{
    struct bmsc_test t;
    struct bmsc_job *job;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS(NULL));
    index = bmsc_test_post(&t, BMSC_CREDENTIALS());
    job = station_job_at(&t.bmsc->station, index);
    job->peer = HOST_UES + 1;
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "check 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED);
    g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->address, ==, HOST_UES + 1);
    bmsc_test_free(&t);
    bmsc_test_new(&t, SETTINGS(NULL)); /* the user counts, not the peer, once he is known */
    index = bmsc_test_post(&t, BMSC_CREDENTIALS(.name = {1, 3}));
    job = station_job_at(&t.bmsc->station, index);
    g_assert_cmpuint(job->ue, ==, 1);
    bmsc_test_free(&t);
}

/* Each key is granted or refused by itself. */
static void test_two_keys(void)
{
    for (unsigned right = 0; right < 2; right++) {
        struct bmsc_test t;
        struct bmsc_post post = BMSC_CREDENTIALS(.key_count = 2);
        struct bmsc_job *job;

        bmsc_test_new(&t, SETTINGS(NULL));
        post.keys[1] = post.keys[0];
        post.keys[1 - right].msk_id = 6 << 16;
        bmsc_test_serve(&t, bmsc_test_post(&t, post), true);
        job = station_job_at(&t.bmsc->station, t.job);
        g_assert_cmpuint(job->post.keys[right].status, ==, 200);
        g_assert_cmpuint(job->post.keys[1 - right].status, ==, 403);
        bmsc_test_did(&t, "check 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED);
        bmsc_test_free(&t);
    }
}

/* bmsc.nextnonce_lifetime = 0: none is given, whoever could use it. */
static void test_no_next_nonce(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS("ue.preemptive=100%", "bmsc.nextnonce_lifetime=0s"));
    bmsc_test_serve(&t, bmsc_test_post(&t, BMSC_CREDENTIALS()), true);
    bmsc_test_did(&t, "check 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED);
    bmsc_test_free(&t);
}

/* Each kind of work has its time, drawn for each job. */
static void test_service_times(void)
{
    static const int64_t ms[] = {[BMSC_PULL] = 4, [BMSC_POST] = 1, [BMSC_AUTH_POST] = 2,
                                 [BMSC_MSK] = 4,  [BMSC_ACK] = 4,  [BMSC_ZN_ANSWER] = 3};
    struct bmsc_test t;
    struct bmsc_job job = {.ue = BMSC_TEST_UE};
    int64_t drawn_ns;

    bmsc_test_new(&t, SETTINGS("bmsc.challenge_time=fixed(1ms)", "bmsc.service_time=fixed(2ms)",
                               "bmsc.zn_time=fixed(3ms)", "bmsc.mikey_time=fixed(4ms)"));
    for (unsigned i = 0; i < G_N_ELEMENTS(ms); i++) {
        job.work = (uint8_t)i;
        g_assert_cmpint(bmsc_decide_service_ns(t.bmsc, &job), ==, ms[i] * CLOCK_MILLISECOND);
        g_assert_cmpuint(t.ue->draws, ==, i + 1); /* one each, though the time is fixed */
    }
    bmsc_test_free(&t);
    bmsc_test_new(&t, SETTINGS("bmsc.mikey_time=exp(4ms)"));
    drawn_ns = bmsc_decide_service_ns(t.bmsc, &job);
    g_assert_cmpint(bmsc_decide_service_ns(t.bmsc, &job), !=, drawn_ns);
    bmsc_test_free(&t);
}

/* It grants a request that comes after it gave up, and makes a UE bootstrap once for reasons of its own. */
static void test_again(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS("bmsc.renegotiate=100%"));
    t.ue->services[0].stage = BMSC_GAVE_UP;
    bmsc_test_serve(&t, bmsc_test_post(&t, BMSC_CREDENTIALS()), true);
    bmsc_test_did(&t, "check 401 nonce:21", RENEGOTIATE, BMSC_GAVE_UP);
    bmsc_test_serve(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 12)), true);
    bmsc_test_did(&t, "check 200 queue:msk expiry:1000s", GRANTED " ues_unanswered=-1", BMSC_REQUESTED);
    bmsc_test_free(&t);
}

/* --- requests that are not served ----------------------------------------------------------------------- */

static void turn_away(struct bmsc_test *t, uint32_t index, bool answer)
{
    t->job = index;
    bmsc_decide_turn_away(t->bmsc, &t->f.tally, station_job_at(&t->bmsc->station, index), answer, &t->action);
}

/* Server full: 503 with Retry-After. The nonce of credentials is void, whether anybody is answered or not. */
static void test_full(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS("bmsc.retry_after=10s"));
    turn_away(&t, bmsc_test_post(&t, (struct bmsc_post){.status = 200, .work = BMSC_POST}), true);
    bmsc_test_did(&t, "refusal:503 retry:10s", "http_503", BMSC_SOLICITING);
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS()), true);
    bmsc_test_did(&t, "refusal:503 retry:10s", "http_503", BMSC_SOLICITING);
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 12)), false);
    bmsc_test_did(&t, "", "", BMSC_SOLICITING);
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 13, .nonce_state = NONCE_OLD)), true);
    bmsc_test_did(&t, "refusal:503 retry:10s", "http_503", BMSC_SOLICITING);
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 14, .b_tid_known_form = false)), true);
    bmsc_test_did(&t, "refusal:503 retry:10s", "http_503", BMSC_SOLICITING);
    for (uint32_t nonce = 10; nonce <= 15; nonce++)
        bmsc_test_nonce_void(&t, nonce, nonce == 11 || nonce == 12);
    bmsc_test_free(&t);
}

/* Bits of void nonces, across words and growths of their table. */
static void test_void_nonces(void)
{
    static const uint32_t nonces[] = {1, 63, 64, 4095, 4096, 4097, 100000, 65};
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(NULL));
    for (unsigned i = 0; i < G_N_ELEMENTS(nonces); i++) {
        turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = nonces[i])), false);
        bmsc_test_did(&t, "", "", BMSC_SOLICITING);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(nonces); i++)
        bmsc_test_nonce_void(&t, nonces[i], true);
    for (unsigned i = 0; i < 3; i++)
        bmsc_test_nonce_void(&t, ((const uint32_t[]){2, 62, 4098})[i], false);
    bmsc_test_nonce_void(&t, 1000000, false);
    bmsc_test_free(&t);
}

/* A nonce of before the run, when all had number 0: the UE's own nc is used up. */
static void test_void_first_nonce(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(NULL));
    t.ue->nonce_serial = 0;
    t.ue->nc = 0;
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 0, .nc = 2)), false);
    bmsc_test_did(&t, "", "", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->nc, ==, 2);
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 0, .nc = 1)), false);
    bmsc_test_did(&t, "", "", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->nc, ==, 2);
    t.ue->nonce_serial = 10;
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS(.nonce_serial = 0, .nc = 5)), false);
    bmsc_test_did(&t, "", "", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->nc, ==, 2);
    g_assert_cmpuint(t.bmsc->void_words, ==, 0);
    bmsc_test_free(&t);
}

/* Retry-After grows with the jobs in hand, and is spread by a draw for each. */
static void test_retry_after(void)
{
    struct bmsc_test t;
    uint32_t draws;

    bmsc_test_new(&t, SETTINGS("bmsc.retry_after=10s", "bmsc.retry_after_grows=2"));
    bmsc_job_take(t.bmsc, BMSC_POST, 1, 0);
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS()), true);
    bmsc_test_did(&t, "refusal:503 retry:20s", "http_503", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->draws, ==, 0);
    bmsc_test_free(&t);
    bmsc_test_new(&t, SETTINGS("bmsc.retry_after=100s", "bmsc.retry_after_spread=50%"));
    turn_away(&t, bmsc_test_post(&t, BMSC_CREDENTIALS()), true);
    draws = t.action.retry_after_s;
    g_assert_cmpuint(draws, >=, 50);
    g_assert_cmpuint(draws, <=, 150);
    turn_away(&t, t.job, true);
    g_assert_cmpuint(t.action.retry_after_s, !=, draws);
    g_assert_cmpuint(t.ue->draws, ==, 2);
    bmsc_test_free(&t);
}

static void add_rows(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide bmsc/POST/%u, %s", i + 1, rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/decide bmsc/no request", test_refused);
    add_rows();
    g_test_add_func("/decide bmsc/where a request came from", test_peer);
    g_test_add_func("/decide bmsc/two keys", test_two_keys);
    g_test_add_func("/decide bmsc/no nextnonce", test_no_next_nonce);
    g_test_add_func("/decide bmsc/service times", test_service_times);
    g_test_add_func("/decide bmsc/after it gave up", test_again);
    g_test_add_func("/decide bmsc/server full", test_full);
    g_test_add_func("/decide bmsc/void nonces", test_void_nonces);
    g_test_add_func("/decide bmsc/void nonces of before the run", test_void_first_nonce);
    g_test_add_func("/decide bmsc/Retry-After", test_retry_after);
    return g_test_run();
}
