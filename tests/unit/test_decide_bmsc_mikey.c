/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the BM-SC decides upon pulls, MSK messages and ACKs: "What each failure leads to" of models/README.md
 * as (state, facts) -> (state, actions). POSTs: test_decide_bmsc.c, Zn answers: test_decide_bmsc_zn.c. */
#include "models/subscriber.h"
#include "tests/unit/decide_bmsc_fixture.h"

/* --- pulls ---------------------------------------------------------------------------------------------- */

/* The job that was queued is served. */
static void serve_queued(struct bmsc_test *t)
{
    bmsc_test_serve(t, t->job, false);
}

/* A job to pull the UE, as if it had been queued. */
static void queue_pull(struct bmsc_test *t)
{
    t->job = bmsc_job_take(t->bmsc, BMSC_PULL, BMSC_TEST_UE, 0);
}

/* The timer of the UE's state comes: of the one that is current, or of one `older` before. */
static void pull_times_out(struct bmsc_test *t, uint32_t older)
{
    bmsc_decide_pull_timeout(t->bmsc, &t->f.tally,
                             (uint64_t)(t->ue->services[0].serial - older) << 32 | BMSC_TEST_UE, &t->action);
}

/* Pull lost: pulled again with a fresh counter, up to pull.attempts. */
static void test_pulls(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS("pull.attempts=3"));
    t.ue->services[0].pulls = 0;
    queue_pull(&t);
    serve_queued(&t);
    bmsc_test_did(&t, "pull:3 counter:11 due:90s first", "pull_wait:10s pull/s", BMSC_SOLICITING);
    g_assert_cmpuint(t.bmsc->storms[0].solicited, ==, 1);
    g_assert_cmpint(t.bmsc->storms[0].first_sent_ns, ==, t.now_ns);
    g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->av, ==, 3);
    for (unsigned i = 2; i <= 3; i++) {
        t.now_ns += 30 * CLOCK_SECOND;
        pull_times_out(&t, 0);
        bmsc_test_did(&t, "queue:pull", "", BMSC_SOLICITING);
        serve_queued(&t);
        bmsc_test_did(&t, i == 2 ? "pull:3 counter:12 due:90s" : "pull:3 counter:13 due:90s",
                      "pull_retransmissions pull/s", BMSC_SOLICITING);
        g_assert_cmpuint(t.ue->services[0].pulls, ==, i);
    }
    g_assert_cmpuint(t.bmsc->storms[0].solicited, ==, 1);
    g_assert_cmpint(t.bmsc->storms[0].last_sent_ns, ==, 100 * CLOCK_SECOND);
    pull_times_out(&t, 0);
    bmsc_test_did(&t, "cancel:70", "ues_unanswered", BMSC_GAVE_UP);
    g_assert_cmpuint(t.ue->services[0].serial, ==, 2); /* timers of before are stale */
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE);
    pull_times_out(&t, 0);
    bmsc_test_did(&t, "", "", BMSC_GAVE_UP);
    bmsc_test_free(&t);
}

/* Counters wrap as RFC 1982 has it: the next is one above, modulo 2^32. Each pull has a RAND of its own. */
static void test_counter_wraps(void)
{
    struct bmsc_test t;
    uint64_t rand_index;

    bmsc_test_new(&t, SETTINGS(NULL));
    t.ue->last_known_counter = UINT32_MAX - 1;
    queue_pull(&t);
    serve_queued(&t);
    rand_index = t.action.rand_index;
    bmsc_test_did(&t, "pull:3 counter:4294967295 due:90s", "pull_retransmissions pull/s", BMSC_SOLICITING);
    queue_pull(&t);
    serve_queued(&t);
    g_assert_cmpuint(t.action.rand_index, ==, rand_index + 1);
    bmsc_test_did(&t, "pull:3 due:90s", "pull_retransmissions pull/s", BMSC_SOLICITING);
    g_assert_cmpuint(t.ue->last_known_counter, ==, 0);
    bmsc_test_free(&t);
}

/* pull.muk_rule: the last known, or the last used successfully; each has its counter. A pull may be under a
 * MUK past its lifetime. */
static void test_muk_rule(void)
{
    struct bmsc_test t;

    for (unsigned used = 0; used < 2; used++) {
        bmsc_test_new(&t, SETTINGS(used ? "pull.muk_rule=last_used" : "pull.muk_rule=last_known"));
        t.ue->last_used = 2;
        t.ue->last_used_counter = 50;
        t.ue->last_known_expiry_ns = 0;
        queue_pull(&t);
        serve_queued(&t);
        bmsc_test_did(&t, used ? "pull:2 counter:51 due:90s" : "pull:3 counter:11 due:90s",
                      "pull_retransmissions pull/s", BMSC_SOLICITING);
        g_assert_cmpuint(t.ue->last_known_counter, ==, used ? 10 : 11);
        g_assert_cmpuint(t.ue->last_used_counter, ==, used ? 51 : 50);
        bmsc_test_free(&t);
    }
}

/* Its request came while the pull waited for a worker, or before the timer: not sent. */
static void test_pull_no_more(void)
{
    struct bmsc_test t;

    for (enum bmsc_stage stage = BMSC_REQUESTED; stage <= BMSC_GAVE_UP; stage++) {
        bmsc_test_new(&t, SETTINGS(NULL));
        t.ue->services[0].stage = (uint8_t)stage;
        queue_pull(&t);
        serve_queued(&t);
        bmsc_test_did(&t, "", "", stage);
        pull_times_out(&t, 0);
        bmsc_test_did(&t, "", "", stage);
        g_assert_cmpuint(t.ue->services[0].pulls, ==, 1);
        bmsc_test_free(&t);
    }
    bmsc_test_new(&t, SETTINGS(NULL));
    pull_times_out(&t, 1);
    bmsc_test_did(&t, "", "", BMSC_SOLICITING);
    bmsc_test_free(&t);
}

/* First pulls are due one after the other, each UE once. */
static void test_pacing(void)
{
    static const char *const pacings[] = {"pull.pacing=uniform", "pull.pacing=poisson", "pull.pacing=burst"};

    for (unsigned p = 0; p < G_N_ELEMENTS(pacings); p++) {
        struct bmsc_test t;
        int64_t before_ns = CLOCK_SECOND;
        unsigned pulled = 0;

        bmsc_test_new(&t, SETTINGS(pacings[p], "pull.start=1s", "pull.rate=4/s"));
        bmsc_decide_start(t.bmsc);
        for (uint32_t k = 0; k < 4; k++) {
            int64_t due_ns = t.bmsc->storms[0].next_pull_ns;

            g_assert_cmpint(due_ns, >=, before_ns);
            if (p == 0 || (p == 1 && k == 0))
                g_assert_cmpint(due_ns, ==, CLOCK_SECOND + k * CLOCK_SECOND / 4);
            if (p == 2)
                g_assert_cmpint(due_ns, <=, 2 * CLOCK_SECOND);
            g_assert_cmpint(t.bmsc->storms[0].last_due_ns, ==, -1);
            g_assert_false(bmsc_all_due(t.bmsc));
            g_assert_cmpint(bmsc_decide_next_pull(t.bmsc, 0, due_ns, &t.action), ==, k < 3);
            const struct bmsc_job *job = station_job_at(&t.bmsc->station, t.action.queue);
            g_assert_cmpint(job->work, ==, BMSC_PULL);
            g_assert_cmpuint(job->ue, ==, k); /* by number */
            g_assert_cmpint(bmsc_ue(t.bmsc, job->ue)->services[0].first_pull_ns, ==, due_ns);
            pulled |= 1U << job->ue;
            before_ns = due_ns;
        }
        g_assert_cmpuint(pulled, ==, 15);
        g_assert_true(bmsc_all_due(t.bmsc));
        g_assert_cmpint(t.bmsc->storms[0].last_due_ns, ==, before_ns);
        bmsc_test_free(&t);
    }
}

/* What the BM-SC remembers of a UE at the start follows from its class. */
static void test_start(void)
{
    static const char *const classes[] = {NULL, "ue.muk_ahead=100%", "ue.muk_unproven=100%"};

    for (unsigned i = 0; i < G_N_ELEMENTS(classes); i++) {
        struct bmsc_test t;
        struct subscriber_start s;
        const struct bmsc_ue *ue;

        bmsc_test_new(&t, SETTINGS(classes[i]));
        subscriber_start(&t.f.deployment, 1, &s);
        ue = bmsc_ue(t.bmsc, 1);
        g_assert_cmpuint(ue->last_known, ==, i == 2 ? 1 : 0);
        g_assert_cmpuint(ue->last_used, ==, 0);
        g_assert_cmpuint(ue->last_used_counter, ==, s.counter);
        g_assert_cmpuint(ue->last_known_counter, ==, i == 2 ? 0 : s.counter);
        g_assert_cmpint(ue->last_known_expiry_ns, ==, i == 1 ? s.older_expiry_ns : s.newest_expiry_ns);
        bmsc_test_free(&t);
    }
}

/* --- MSK messages --------------------------------------------------------------------------------------- */

/* A request was granted: the job of its MSK message is queued. */
static void grant(struct bmsc_test *t, uint32_t nonce)
{
    bmsc_test_serve(t, bmsc_test_post(t, BMSC_CREDENTIALS(.nonce_serial = nonce)), true);
    bmsc_test_did(t,
                  t->ue->services[0].serial == 2 ? "check 200 queue:msk expiry:1000s"
                                                 : "check cancel:70 200 queue:msk expiry:1000s",
                  "msk_requests http_200", BMSC_REQUESTED);
}

static void msk_times_out(struct bmsc_test *t, uint32_t serial)
{
    bmsc_decide_msk_timeout(t->bmsc, &t->f.tally, (uint64_t)serial << 32 | BMSC_TEST_UE, &t->action);
}

/* MSK or ACK lost: sent again with a fresh counter, and otherwise the same, up to msk.attempts. */
static void test_msk(void)
{
    struct bmsc_test t;
    uint32_t csb_id = 0;

    bmsc_test_new(&t, SETTINGS("msk.attempts=3"));
    grant(&t, 11);
    for (unsigned i = 0; i < 3; i++) {
        g_autofree char *words = g_strdup_printf("msk:3 counter:%u csb", 11 + i);

        serve_queued(&t);
        if (i == 0)
            csb_id = t.action.csb_id;
        g_assert_cmpuint(t.action.csb_id, ==, csb_id);
        g_assert_cmpuint(t.ue->draws, ==, 1); /* the next request has another */
        bmsc_test_did(&t, words, i == 0 ? "msk/s" : "msk_retransmissions msk/s", BMSC_REQUESTED);
        g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].counter_min, ==, 11);
        g_assert_cmpuint(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].pushes, ==, i + 1);
        msk_times_out(&t, t.ue->services[0].serial - 1); /* of before the request */
        bmsc_test_did(&t, "", "", BMSC_REQUESTED);
        msk_times_out(&t, t.ue->services[0].serial);
        if (i < 2)
            bmsc_test_did(&t, "queue:msk", "", BMSC_REQUESTED);
    }
    bmsc_test_did(&t, "cancel:70", "msk_unanswered", BMSC_REQUESTED);
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE);
    msk_times_out(&t, t.ue->services[0].serial);
    bmsc_test_did(&t, "", "", BMSC_REQUESTED);
    bmsc_test_free(&t);
}

/* MSK under an expired MUK: not sent (again). */
static void test_muk_expires(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(NULL));
    grant(&t, 11);
    t.now_ns = 1000 * CLOCK_SECOND - 1;
    serve_queued(&t);
    bmsc_test_did(&t, "msk:3 counter:11 csb", "msk/s", BMSC_REQUESTED);
    msk_times_out(&t, t.ue->services[0].serial);
    bmsc_test_did(&t, "queue:msk", "", BMSC_REQUESTED);
    t.now_ns++;
    serve_queued(&t);
    bmsc_test_did(&t, "cancel:70", "msk_unanswered", BMSC_REQUESTED);
    g_assert_cmpuint(t.ue->last_known_counter, ==, 11);
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE);
    bmsc_test_free(&t);
}

/* Another request is granted while the MSK message of the one before waits for a worker: sent once. */
static void test_two_requests(void)
{
    struct bmsc_test t;
    uint32_t first;

    bmsc_test_new(&t, SETTINGS(NULL));
    grant(&t, 11);
    first = t.job;
    bmsc_test_session(&t);
    grant(&t, 12);
    bmsc_test_serve(&t, t.job, false);
    bmsc_test_did(&t, "msk:3 counter:11 csb", "msk/s", BMSC_REQUESTED);
    bmsc_test_serve(&t, first, false);
    bmsc_test_did(&t, "", "", BMSC_REQUESTED);
    bmsc_test_free(&t);
}

/* --- ACKs ----------------------------------------------------------------------------------------------- */

#define ACK(...)                                                                                             \
    ((struct bmsc_ack_facts){.proper = true,                                                                 \
                             .known = true,                                                                  \
                             .name = {BMSC_TEST_UE, 3},                                                      \
                             .counter = 11,                                                                  \
                             .mac_right = true,                                                              \
                             __VA_ARGS__})

/* An MSK message was sent, with counter 11, and again with 12. */
static void send_msk_twice(struct bmsc_test *t)
{
    grant(t, 11);
    serve_queued(t);
    bmsc_test_did(t, "msk:3 counter:11 csb", "msk/s", BMSC_REQUESTED);
    msk_times_out(t, t->ue->services[0].serial);
    bmsc_test_did(t, "queue:msk", "", BMSC_REQUESTED);
    serve_queued(t);
    bmsc_test_did(t, "msk:3 counter:12 csb", "msk_retransmissions msk/s", BMSC_REQUESTED);
}

static bool ack(struct bmsc_test *t, struct bmsc_ack_facts facts)
{
    return bmsc_decide_ack(t->bmsc, &t->f.tally, 0, &facts, &t->job);
}

struct ack_row {
    const char *name;
    struct bmsc_ack_facts facts;
    const char *counted; /* "": it is queued */
};

static const struct ack_row ack_rows[] = {
    {"ACK", ACK(), ""},
    {"ACK of the repetition", ACK(.counter = 12), ""},
    {"ACK that is malformed", ACK(.proper = false, .known = false), "mikey_malformed"},
    {"ACK under a B-TID that is none", ACK(.known = false, .mac_right = false), "mikey_unknown_muk"},
    {"ACK under another MUK", ACK(.name = {BMSC_TEST_UE, 2}, .mac_right = false), "mikey_unknown_muk"},
    {"ACK of a UE that was sent nothing", ACK(.name = {1, 3}, .mac_right = false), "mikey_replayed"},
    {"ACK of an earlier message", ACK(.counter = 10, .mac_right = false), "mikey_replayed"},
    {"ACK of a message to come", ACK(.counter = 13, .mac_right = false), "mikey_replayed"},
    {"ACK with a wrong MAC", ACK(.mac_right = false), "mikey_bad_mac"},
};

static void test_ack_row(gconstpointer data)
{
    const struct ack_row *row = data;
    struct bmsc_test t;
    bool taken = row->counted[0] == '\0';

    bmsc_test_new(&t, SETTINGS(NULL));
    send_msk_twice(&t);
    g_assert_cmpint(ack(&t, row->facts), ==, taken);
    decide_counted(&t.f, row->counted);
    g_assert_cmpint(bmsc_session(t.bmsc, BMSC_TEST_UE)->deliveries[0].acked, ==, taken);
    g_assert_cmpint(t.ue->services[0].stage, ==, BMSC_REQUESTED);
    if (taken) {
        const struct bmsc_job *job = station_job_at(&t.bmsc->station, t.job);

        g_assert_cmpint(job->work, ==, BMSC_ACK);
        g_assert_true(job->diameter.station.patient);
    }
    bmsc_test_free(&t);
}

/* Delivered: the MUK is proven on both sides. */
static void test_acknowledged(void)
{
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS(NULL));
    t.ue->last_used = 2;
    t.ue->last_used_counter = 99;
    send_msk_twice(&t);
    g_assert_true(ack(&t, ACK()));
    index = t.job;
    g_assert_false(ack(&t, ACK())); /* doubled, while the first waits for a worker */
    decide_counted(&t.f, "mikey_replayed");
    msk_times_out(&t, t.ue->services[0].serial); /* neither given up nor sent again */
    t.job = POOL_NONE;
    bmsc_test_did(&t, "", "", BMSC_REQUESTED);
    bmsc_test_serve(&t, index, false);
    bmsc_test_did(&t, "cancel:70", "acks_received", BMSC_DELIVERED);
    g_assert_cmpuint(t.ue->last_used, ==, 3);
    g_assert_cmpuint(t.ue->last_used_counter, ==, 12);
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE);
    g_assert_false(ack(&t, ACK())); /* doubled, later */
    decide_counted(&t.f, "mikey_replayed");
    bmsc_test_free(&t);
}

/* The queue is full: the ACK is forgotten, and the answer to the repetition counts. */
static void test_ack_dropped(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(NULL));
    send_msk_twice(&t);
    g_assert_true(ack(&t, ACK()));
    bmsc_decide_turn_away(t.bmsc, &t.f.tally, station_job_at(&t.bmsc->station, t.job), true, &t.action);
    bmsc_test_did(&t, "", "acks_dropped", BMSC_REQUESTED);
    g_assert_true(ack(&t, ACK(.counter = 12)));
    serve_queued(&t);
    bmsc_test_did(&t, "cancel:70", "acks_received", BMSC_DELIVERED);
    bmsc_test_free(&t);
}

/* It waited for a worker while one of an earlier request was served. */
static void test_ack_of_earlier_request(void)
{
    struct bmsc_test t;
    uint32_t index;

    bmsc_test_new(&t, SETTINGS(NULL));
    send_msk_twice(&t);
    g_assert_true(ack(&t, ACK()));
    index = t.job;
    grant(&t, 12);
    g_assert_false(ack(&t, ACK(.counter = 12))); /* nothing was sent for this request yet */
    decide_counted(&t.f, "mikey_replayed");
    bmsc_test_serve(&t, index, false);
    bmsc_test_did(&t, "", "acks_received", BMSC_DELIVERED);
    t.ue->last_known = 4; /* fetched meanwhile: nothing proves that one */
    bmsc_test_serve(&t, bmsc_job_take(t.bmsc, BMSC_ACK, BMSC_TEST_UE, 0), false);
    bmsc_test_did(&t, "", "acks_received", BMSC_DELIVERED);
    g_assert_cmpuint(t.ue->last_used, ==, 3);
    bmsc_test_free(&t);
}

/* A UE that was pulled, and no more: nothing of it is to be acknowledged, whichever the MUK. */
static void test_ack_unasked(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(NULL));
    bmsc_test_session(&t)->av = 3;
    g_assert_false(ack(&t, ACK(.name = {BMSC_TEST_UE, 2})));
    g_assert_false(ack(&t, ACK()));
    decide_counted(&t.f, "mikey_replayed=2");
    bmsc_test_free(&t);
}

/* Counters of MSK messages on both sides of their wrap. */
static void test_ack_at_the_wrap(void)
{
    struct bmsc_test t;

    bmsc_test_new(&t, SETTINGS(NULL));
    t.ue->last_known_counter = UINT32_MAX - 1;
    grant(&t, 11);
    serve_queued(&t);
    bmsc_test_did(&t, "msk:3 counter:4294967295 csb", "msk/s", BMSC_REQUESTED);
    msk_times_out(&t, t.ue->services[0].serial);
    bmsc_test_did(&t, "queue:msk", "", BMSC_REQUESTED);
    serve_queued(&t);
    bmsc_test_did(&t, "msk:3 csb", "msk_retransmissions msk/s", BMSC_REQUESTED);
    g_assert_false(ack(&t, ACK(.counter = 1)));
    g_assert_false(ack(&t, ACK(.counter = UINT32_MAX - 1)));
    decide_counted(&t.f, "mikey_replayed=2");
    g_assert_true(ack(&t, ACK(.counter = 0)));
    bmsc_test_free(&t);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/decide bmsc/pull lost", test_pulls);
    g_test_add_func("/decide bmsc/wrap of a counter", test_counter_wraps);
    g_test_add_func("/decide bmsc/MUK of a pull", test_muk_rule);
    g_test_add_func("/decide bmsc/pull no more", test_pull_no_more);
    g_test_add_func("/decide bmsc/pacing", test_pacing);
    g_test_add_func("/decide bmsc/start", test_start);
    g_test_add_func("/decide bmsc/MSK or ACK lost", test_msk);
    g_test_add_func("/decide bmsc/MSK under an expired MUK", test_muk_expires);
    g_test_add_func("/decide bmsc/two requests, one MSK message", test_two_requests);
    for (unsigned i = 0; i < G_N_ELEMENTS(ack_rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide bmsc/ACK/%u, %s", i + 1, ack_rows[i].name);

        g_test_add_data_func(path, &ack_rows[i], test_ack_row);
    }
    g_test_add_func("/decide bmsc/acknowledged", test_acknowledged);
    g_test_add_func("/decide bmsc/ACK that finds the queue full", test_ack_dropped);
    g_test_add_func("/decide bmsc/ACK of an earlier request", test_ack_of_earlier_request);
    g_test_add_func("/decide bmsc/ACK of what was not sent", test_ack_unasked);
    g_test_add_func("/decide bmsc/ACK at the wrap of a counter", test_ack_at_the_wrap);
    return g_test_run();
}
