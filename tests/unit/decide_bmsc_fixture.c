/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* BM-SCs for tests of deciding. */
#include "tests/unit/decide_bmsc_fixture.h"

void bmsc_test_new(struct bmsc_test *t, const char *const settings[DECIDE_SETTINGS + 1])
{
    bmsc_test_new_services(t, settings, 1);
}

void bmsc_test_new_services(struct bmsc_test *t, const char *const settings[DECIDE_SETTINGS + 1],
                            unsigned services)
{
    *t = (struct bmsc_test){.now_ns = 100 * CLOCK_SECOND, .action.queue = POOL_NONE, .job = POOL_NONE};
    decide_set_up_services(&t->f, settings, services);
    t->bmsc = bmsc_new(&t->f.deployment, t->f.deployment.scenario);
    t->bmsc->nonce_serial = 20;
    t->ue = bmsc_ue(t->bmsc, BMSC_TEST_UE);
    *t->ue = (struct bmsc_ue){.last_known_expiry_ns = 1000 * CLOCK_SECOND,
                              .last_known_counter = 10,
                              .last_used_counter = 10,
                              .session = POOL_NONE,
                              .nonce_serial = 10,
                              .nc = 3,
                              .last_known = 3,
                              .last_used = 3,
                              .initialised = true};
    for (unsigned i = 0; i < t->f.deployment.service_count; i++)
        t->ue->services[i] = (struct bmsc_ue_service){
            .first_pull_ns = 90 * CLOCK_SECOND, .serial = 1, .pulls = 1, .stage = BMSC_SOLICITING};
}

void bmsc_test_free(struct bmsc_test *t)
{
    bmsc_free(t->bmsc);
    decide_tear_down(&t->f);
}

struct bmsc_session *bmsc_test_session(struct bmsc_test *t)
{
    struct bmsc_session *session = bmsc_session(t->bmsc, BMSC_TEST_UE);

    session->deliveries[0].timeout = BMSC_TEST_TIMEOUT;
    return session;
}

uint32_t bmsc_test_post(struct bmsc_test *t, struct bmsc_post post)
{
    const struct bytes texts[BMSC_TEXTS] = {bytes_text("nonce"), bytes_text("cnonce"), bytes_text("/uri")};
    uint32_t index = bmsc_job_take(t->bmsc, BMSC_POST, BMSC_TEST_UE, 0);
    struct bmsc_job *job = station_job_at(&t->bmsc->station, index);

    job->peer = HOST_UES + BMSC_TEST_UE;
    job->post = post;
    g_assert_cmpint(bmsc_decide_post(t->bmsc, &t->f.tally, texts, job, &t->action), ==, post.status == 200);
    return t->job = index;
}

void bmsc_test_serve(struct bmsc_test *t, uint32_t index, bool right)
{
    struct bmsc_job *job = station_job_at(&t->bmsc->station, index);

    t->job = index;
    bmsc_decide(t->bmsc, &t->f.tally, t->now_ns, job, &t->action);
    t->checked = t->action.check;
    if (t->checked)
        bmsc_decide_authenticated(t->bmsc, &t->f.tally, t->now_ns, job, right, &t->action);
}

bool bmsc_test_bia(struct bmsc_test *t, uint32_t index, struct bmsc_bia_facts facts, enum net_verdict verdict)
{
    struct bmsc_job *job = station_job_at(&t->bmsc->station, index), *queued = NULL;

    facts.answer.index = index;
    facts.answer.serial = job->diameter.station.serial;
    g_assert_cmpint(bmsc_decide_bia(t->bmsc, &t->f.tally, t->now_ns, &facts, &queued), ==, verdict);
    if (queued == NULL)
        return false;
    g_assert_true(queued == job);
    t->job = index;
    return true;
}

static void bmsc_test_say_message(const struct bmsc_action *a, GString *words)
{
    switch (a->send) {
    case BMSC_SEND_NOTHING:
        break;
    case BMSC_SEND_CHALLENGE:
        decide_say(words, "401");
        break;
    case BMSC_SEND_SUCCESS:
        decide_say(words, "200");
        break;
    case BMSC_SEND_REFUSAL:
        decide_say(words, "refusal:%u", a->status);
        break;
    case BMSC_SEND_BIR:
        decide_say(words, "bir");
        break;
    case BMSC_SEND_PULL:
    case BMSC_SEND_MSK:
        decide_say(words, "%s:%u%s", a->send == BMSC_SEND_PULL ? "pull" : "msk", a->av,
                   a->service == 1 ? "@1" : "");
        g_assert_cmpuint(a->ue, ==, BMSC_TEST_UE);
        break;
    }
}

static void bmsc_test_say_flag(GString *words, const char *name, bool set)
{
    if (set)
        decide_say(words, "%s", name);
}

static GString *bmsc_test_words(const struct bmsc_test *t)
{
    const struct bmsc_action *a = &t->action;
    GString *words = g_string_new(NULL);

    bmsc_test_say_flag(words, "adopt", a->adopt);
    bmsc_test_say_flag(words, "check", t->checked);
    if (a->cancel != 0)
        decide_say(words, "cancel:%" G_GUINT64_FORMAT, a->cancel);
    bmsc_test_say_message(a, words);
    bmsc_test_say_flag(words, "ends", a->ends);
    for (uint32_t next, index = a->queue; index != POOL_NONE; index = next) {
        const struct bmsc_job *job = station_job_at(&t->bmsc->station, index);

        g_assert_true(job->work == BMSC_PULL || job->work == BMSC_MSK);
        decide_say(words, "queue:%s%s", job->work == BMSC_PULL ? "pull" : "msk",
                   job->service == 1 ? "@1" : "");
        next = job->next;
    }
    bmsc_test_say_flag(words, "waits", a->waits);
    bmsc_test_say_flag(words, "hang_up", a->hang_up);
    if (a->retry_after_s != 0)
        decide_say(words, "retry:%us", a->retry_after_s);
    bmsc_test_say_flag(words, "stale", a->stale);
    if (a->nonce_serial != 0)
        decide_say(words, "nonce:%u", a->nonce_serial);
    if (a->expiry_ns != 0)
        decide_say(words, "expiry:%s", decide_time(a->expiry_ns));
    if (a->counter != 0)
        decide_say(words, "counter:%u", a->counter);
    bmsc_test_say_flag(words, "csb", a->csb_id != 0);
    if (a->first_pull_ns != 0)
        decide_say(words, "due:%s", decide_time(a->first_pull_ns));
    bmsc_test_say_flag(words, "first", a->first);
    g_assert_false(a->check);
    return words;
}

void bmsc_test_did(struct bmsc_test *t, const char *did, const char *counted, enum bmsc_stage stage)
{
    const struct bmsc_action action = t->action;
    GString *words = bmsc_test_words(t);

    g_assert_cmpstr(words->str, ==, did);
    decide_counted(&t->f, counted);
    g_assert_cmpint(t->ue->services[0].stage, ==, stage);
    if (action.send == BMSC_SEND_PULL || action.send == BMSC_SEND_MSK)
        bmsc_session(t->bmsc, BMSC_TEST_UE)->deliveries[action.service].timeout =
            BMSC_TEST_TIMEOUT + action.service;
    if (action.ends)
        bmsc_decide_end(t->bmsc, BMSC_TEST_UE);
    g_assert_cmpuint(t->bmsc->sessions.used, ==, t->ue->session != POOL_NONE);
    if (t->job != POOL_NONE && !action.waits)
        bmsc_job_give(t->bmsc, t->job);
    t->job = action.queue;
    t->action = (struct bmsc_action){.queue = POOL_NONE};
    t->checked = false;
    g_string_free(words, TRUE);
}

void bmsc_test_nonce_void(struct bmsc_test *t, uint32_t nonce, bool is_void)
{
    struct bmsc_ue *ue = t->ue;
    const struct bmsc_ue before = *ue;
    const struct bmsc_ue_service service = ue->services[0];

    ue->last_known_expiry_ns = INT64_MAX;
    ue->renegotiated = true;
    ue->nonce_serial = 0;
    ue->nc = 0;
    bmsc_test_serve(t,
                    bmsc_test_post(t, BMSC_CREDENTIALS(.name = {BMSC_TEST_UE, ue->last_known},
                                                       .nonce_serial = nonce, .nc = 99)),
                    true);
    g_assert_cmpint(t->action.stale, ==, is_void);
    g_assert_cmpint(t->action.send, ==, is_void ? BMSC_SEND_CHALLENGE : BMSC_SEND_SUCCESS);
    *ue = before;
    ue->services[0] = service;
    t->action = (struct bmsc_action){.queue = POOL_NONE};
}
