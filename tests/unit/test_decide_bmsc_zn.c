/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the BM-SC decides upon Zn answers, and upon none: "What each failure leads to" of models/README.md as
 * (state, facts) -> (state, actions). POSTs: test_decide_bmsc.c. */
#include "tests/unit/decide_bmsc_fixture.h"

/* A POST of a B-TID that is not the last known waits for the BSF: its job. */
static uint32_t ask_bsf(struct bmsc_test *t, uint16_t av)
{
    uint32_t index;

    bmsc_test_session(t);
    index = bmsc_test_post(t, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, av}));
    bmsc_test_serve(t, index, true);
    bmsc_test_did(t, "bir waits", "zn_requests", t->ue->services[0].stage);
    g_assert_true(((struct bmsc_job *)station_job_at(&t->bmsc->station, index))->diameter.waiting);
    t->now_ns += CLOCK_SECOND;
    return index;
}

struct zn_row {
    const char *name;
    uint16_t av;
    struct bmsc_bia_facts facts;
    bool right;
    const char *did, *counted;
    enum bmsc_stage then;
    uint16_t known; /* the last known MUK, then */
    bool voided;    /* the nonce of the POST */
};

#define RESULT(code) .answer = {.proper = true, .paired = true, .result = (code)}

static const struct zn_row zn_rows[] = {
    {"keys of the B-TID", 4, BMSC_BIA(), true, "adopt check cancel:70 200 queue:msk expiry:2000s", GRANTED,
     BMSC_REQUESTED, 4, false},
    {"keys of the B-TID, but the digest is wrong under them", 4, BMSC_BIA(), false,
     "adopt check 401 nonce:21", "digest_failed " CHALLENGED, BMSC_SOLICITING, 4, false},
    {"B-TID unknown at the BSF or expired (5403)", 4, BMSC_BIA(RESULT(5403)), true, "401 nonce:21",
     "zn_unknown " RENEGOTIATE, BMSC_SOLICITING, 3, true},
    {"Zn busy", 4, BMSC_BIA(RESULT(3004)), true, "refusal:503 retry:10s", "zn_busy http_503", BMSC_SOLICITING,
     3, true},
    {"Zn answers with a transient failure", 4, BMSC_BIA(RESULT(4999)), true, "refusal:503 retry:10s",
     "http_503", BMSC_SOLICITING, 3, true},
    {"Zn answers with another permanent failure (from 5000 on)", 4, BMSC_BIA(RESULT(5000)), true,
     "refusal:403", "", BMSC_SOLICITING, 3, true},
    {"Zn answers with another permanent failure: 5402", 4, BMSC_BIA(RESULT(5402)), true, "refusal:403", "",
     BMSC_SOLICITING, 3, true},
    {"Zn with keys of another GBA than that of 3G", 4, BMSC_BIA(.other_gba = true), true, "refusal:403", "",
     BMSC_SOLICITING, 3, true},
    {"keys of an earlier bootstrap than the last known", 4, BMSC_BIA(.expiry_ns = 1000 * CLOCK_SECOND - 1),
     true, "401 nonce:21", RENEGOTIATE, BMSC_SOLICITING, 3, true},
    {"keys that last exactly as long", 4, BMSC_BIA(.expiry_ns = 1000 * CLOCK_SECOND), true,
     "adopt check cancel:70 200 queue:msk expiry:1000s", GRANTED, BMSC_REQUESTED, 4, false},
};

static void test_zn_row(gconstpointer data)
{
    const struct zn_row *row = data;
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS(NULL));
    t.ue->last_known_counter = 12; /* the last used has that of the last known, as long as it is the same */
    index = ask_bsf(&t, row->av);
    g_assert_true(bmsc_test_bia(&t, index, row->facts, NET_RECEIVED));
    g_assert_cmpint(t.ue->zn_failed, ==, strstr(row->counted, "zn_busy") != NULL);
    decide_counted(&t.f, "zn:1s");
    g_assert_false(((struct bmsc_job *)station_job_at(&t.bmsc->station, index))->diameter.waiting);
    bmsc_test_serve(&t, index, row->right);
    bmsc_test_did(&t, row->did, row->counted, row->then);
    g_assert_cmpuint(t.ue->last_known, ==, row->known);
    g_assert_cmpuint(t.ue->last_used, ==, 3);
    g_assert_cmpuint(t.ue->last_used_counter, ==, row->known == 4 ? 12 : 10);
    g_assert_cmpuint(t.ue->last_known_counter, ==, row->known == 4 ? 0 : 12);
    if (row->known == 4) {
        g_assert_cmpint(t.ue->last_known_expiry_ns, ==, row->facts.expiry_ns);
        g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->av, ==, 4);
    }
    if (row->right)
        bmsc_test_nonce_void(&t, 11, row->voided);
    bmsc_test_free(&t);
}

/* The BM-SC may have a lifetime of its own, counted from the bootstrap. */
static void test_muk_lifetime(void)
{
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS("bmsc.muk_lifetime=950s"));
    index = ask_bsf(&t, 4);
    g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(), NET_RECEIVED));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "adopt check cancel:70 200 queue:msk expiry:1040s", "zn:1s " GRANTED, BMSC_REQUESTED);
    g_assert_cmpint(bmsc_muk_expiry_ns(&t.f.deployment, 949 * CLOCK_SECOND, 0), ==, 949 * CLOCK_SECOND);
    bmsc_test_free(&t);
}

/* Fetched twice, as the UE asked again meanwhile: counters go on. A MUK that was last known without being
 * used leaves the last used one as it was. */
static void test_fetched_twice(void)
{
    struct bmsc_test t;
    uint32_t first, second;

    bmsc_test_new(&t, SETTINGS(NULL));
    first = ask_bsf(&t, 4);
    second = ask_bsf(&t, 4);
    g_assert_true(bmsc_test_bia(&t, first, BMSC_BIA(), NET_RECEIVED));
    bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].pushes = 2;
    bmsc_test_serve(&t, first, false);
    g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].pushes, ==,
                     0); /* those were under another MUK */
    bmsc_test_did(&t, "adopt check 401 nonce:21", "zn:2s digest_failed " CHALLENGED, BMSC_SOLICITING);
    t.ue->last_known_counter = 7;
    g_assert_true(bmsc_test_bia(&t, second, BMSC_BIA(), NET_RECEIVED));
    bmsc_test_serve(&t, second, true);
    bmsc_test_did(&t, "check cancel:70 200 queue:msk expiry:2000s", "zn:1s " GRANTED, BMSC_REQUESTED);
    g_assert_cmpuint(t.ue->last_known_counter, ==, 7);
    first = ask_bsf(&t, 5);
    g_assert_true(bmsc_test_bia(&t, first, BMSC_BIA(.expiry_ns = 3000 * CLOCK_SECOND), NET_RECEIVED));
    bmsc_test_serve(&t, first, false);
    g_assert_cmpuint(t.ue->last_known, ==, 5);
    g_assert_cmpuint(t.ue->last_used, ==, 3);
    g_assert_cmpuint(t.ue->last_used_counter, ==, 10);
    bmsc_test_free(&t);
}

/* Diameter message malformed: dropped, the POST waits on. */
static void test_malformed_bia(void)
{
    struct bmsc_test t;
    struct bmsc_job *job;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS(NULL));
    index = ask_bsf(&t, 4);
    job = station_job_at(&t.bmsc->station, index);
    g_assert_false(bmsc_test_bia(&t, index, BMSC_BIA(.answer = {.proper = false}), NET_REJECTED));
    decide_counted(&t.f, "diameter_malformed");
    g_assert_false(bmsc_test_bia(&t, index, BMSC_BIA(.whole = false), NET_REJECTED));
    decide_counted(&t.f, "diameter_malformed");
    g_assert_false(bmsc_test_bia(&t, index, BMSC_BIA(.ue = 1), NET_REJECTED));
    decide_counted(&t.f, "diameter_malformed");
    g_assert_false(bmsc_test_bia(&t, index, BMSC_BIA(.answer = {.proper = true}), NET_RECEIVED));
    decide_counted(&t.f, ""); /* to no request of this BM-SC */
    g_assert_true(job->diameter.waiting);
    g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(RESULT(5403), .ue = 1), NET_RECEIVED)); /* no UE in it */
    g_assert_false(job->diameter.waiting);
    bmsc_test_free(&t);
}

static void zn_times_out(struct bmsc_test *t, uint32_t index)
{
    const struct bmsc_job *job = station_job_at(&t->bmsc->station, index);
    uint32_t found = POOL_NONE;

    t->job = index;
    g_assert_true(bmsc_decide_zn_timeout(t->bmsc, &t->f.tally,
                                         (uint64_t)job->diameter.station.serial << 32 | index, &found,
                                         &t->action) == job);
    g_assert_cmpuint(found, ==, index);
}

/* Zn silent: 504; the answer that comes after the timeout is dropped. The next request repeats it. */
static void test_zn_silent(void)
{
    struct bmsc_test t;
    struct bmsc_job *queued;
    uint32_t index, serial, found;

    bmsc_test_new(&t, SETTINGS(NULL));
    index = ask_bsf(&t, 4);
    serial = ((struct bmsc_job *)station_job_at(&t.bmsc->station, index))->diameter.station.serial;
    zn_times_out(&t, index);
    bmsc_test_did(&t, "refusal:504", "zn_timeouts http_504", BMSC_SOLICITING);
    g_assert_true(t.ue->zn_failed);
    struct bmsc_bia_facts late = BMSC_BIA();
    late.answer.index = index;
    late.answer.serial = serial;
    g_assert_cmpint(bmsc_decide_bia(t.bmsc, &t.f.tally, t.now_ns, &late, &queued), ==, NET_RECEIVED);
    g_assert_null(queued);
    decide_counted(&t.f, "zn_late");
    g_assert_null(
        bmsc_decide_zn_timeout(t.bmsc, &t.f.tally, (uint64_t)serial << 32 | index, &found, &t.action));
    decide_counted(&t.f, "");
    bmsc_test_nonce_void(&t, 11, true);
    tally_clear(&t.f.tally);
    tally_init(&t.f.tally, t.f.deployment.service_count);
    index = bmsc_test_post(&t, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, 4}));
    bmsc_test_serve(&t, index, true);
    decide_counted(&t.f, "zn_requests zn_requests_retried");
    g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(), NET_RECEIVED));
    g_assert_false(t.ue->zn_failed);
    bmsc_test_free(&t);
}

/* Late and kept: nobody is answered, but the keys are there for the UE's next try. */
static void test_late_answer_kept(void)
{
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS("bmsc.late_answers=keep", "whatif.zn_timeout_status=503"));
    index = ask_bsf(&t, 4);
    zn_times_out(&t, index);
    bmsc_test_did(&t, "refusal:503 waits retry:10s", "zn_timeouts http_503", BMSC_SOLICITING);
    g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(), NET_RECEIVED));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "adopt", "zn_late zn:1s", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->last_known, ==, 4);
    g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->av, ==, 4);
    g_assert_cmpuint(t.bmsc->station.jobs.used, ==, 0);
    for (unsigned i = 0; i < 2; i++) { /* nothing to keep */
        index = ask_bsf(&t, 5);
        zn_times_out(&t, index);
        bmsc_test_did(&t, "refusal:503 waits retry:10s", "zn_timeouts http_503", BMSC_SOLICITING);
        if (i == 0)
            g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(RESULT(5403)), NET_RECEIVED));
        else
            g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(.other_gba = true), NET_RECEIVED));
        bmsc_test_serve(&t, index, true);
        bmsc_test_did(&t, "", "zn_late zn:1s", BMSC_SOLICITING);
        g_assert_cmpuint(t.ue->last_known, ==, 4);
    }
    index = ask_bsf(&t, 5); /* a job in the place of one that was late */
    g_assert_true(bmsc_test_bia(&t, index, BMSC_BIA(.expiry_ns = 3000 * CLOCK_SECOND), NET_RECEIVED));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "adopt check 401 stale nonce:21", "zn:1s " STALE, BMSC_SOLICITING); /* void by then */
    bmsc_test_free(&t);
}

/* The BSF has reported overload: the share of requests that it does not want is answered 503, while the
 * report is valid. */
static void test_throttled(void)
{
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS("bsf.overload_wait=1s", "bmsc.retry_after=10s"));
    index = ask_bsf(&t, 4);
    struct bmsc_bia_facts facts = BMSC_BIA(RESULT(3004));
    facts.answer.overload = (struct overload_facts){
        .understood = true, .report = true, .sequence = 1, .reduction = 100, .validity_s = 30};
    g_assert_true(bmsc_test_bia(&t, index, facts, NET_RECEIVED));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "refusal:503 retry:10s", "zn:1s zn_busy http_503", BMSC_SOLICITING);
    t.now_ns += 30 * CLOCK_SECOND - 1;
    index = bmsc_test_post(&t, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, 4}, .nonce_serial = 13));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "refusal:503 retry:10s", "zn_throttled http_503", BMSC_SOLICITING);
    g_assert_cmpuint(t.bmsc->station.queue.refused, ==, 1);
    t.now_ns++;
    index = bmsc_test_post(&t, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, 4}, .nonce_serial = 14));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "bir waits", "zn_requests zn_requests_retried", BMSC_SOLICITING);
    bmsc_test_nonce_void(&t, 13, true);
    bmsc_test_nonce_void(&t, 14, false);
    bmsc_test_free(&t);
}

/* Unless it is asked to, the BM-SC does not react to such a report. */
static void test_not_throttled(void)
{
    struct bmsc_bia_facts facts = BMSC_BIA(RESULT(3004));
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS("bsf.overload_wait=0s"));
    facts.answer.overload = (struct overload_facts){
        .understood = true, .report = true, .sequence = 1, .reduction = 100, .validity_s = 30};
    g_assert_true(bmsc_test_bia(&t, ask_bsf(&t, 4), facts, NET_RECEIVED));
    index = bmsc_test_post(&t, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, 4}));
    bmsc_test_serve(&t, index, true);
    bmsc_test_did(&t, "bir waits", "zn:1s zn_requests zn_requests_retried", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->draws, ==, 0);
    bmsc_test_free(&t);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(zn_rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide bmsc/Zn/%u, %s", i + 1, zn_rows[i].name);

        g_test_add_data_func(path, &zn_rows[i], test_zn_row);
    }
    g_test_add_func("/decide bmsc/lifetime of its own for MUKs", test_muk_lifetime);
    g_test_add_func("/decide bmsc/MUK fetched twice", test_fetched_twice);
    g_test_add_func("/decide bmsc/Diameter message malformed", test_malformed_bia);
    g_test_add_func("/decide bmsc/Zn silent", test_zn_silent);
    g_test_add_func("/decide bmsc/Zn answer after the timeout, kept", test_late_answer_kept);
    g_test_add_func("/decide bmsc/Zn requests kept back", test_throttled);
    g_test_add_func("/decide bmsc/Zn requests not kept back", test_not_throttled);
    return g_test_run();
}
