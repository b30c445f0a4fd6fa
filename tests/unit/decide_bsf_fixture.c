/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* BSFs for tests of deciding. */
#include "tests/unit/decide_bsf_fixture.h"

void bsf_test_new(struct bsf_test *t, const char *const settings[DECIDE_SETTINGS + 1])
{
    *t = (struct bsf_test){.now_ns = 100 * CLOCK_SECOND + 700 * CLOCK_MILLISECOND};
    decide_set_up(&t->f, settings);
    t->bsf = bsf_new(&t->f.deployment, t->f.deployment.scenario);
    t->s = bsf_subscriber(t->bsf, BSF_TEST_NUMBER);
    t->s->expiry_ns = 1000 * CLOCK_SECOND;
    t->s->av = t->s->tmpi = 3;
}

void bsf_test_free(struct bsf_test *t)
{
    bsf_free(t->bsf);
    decide_tear_down(&t->f);
}

struct bsf_challenge *bsf_test_challenge(struct bsf_test *t, uint8_t wrong)
{
    struct bsf_challenge *c;

    t->s->challenge = pool_take(&t->bsf->challenges);
    c = bsf_challenge_of(t->bsf, t->s);
    *c = (struct bsf_challenge){
        .vector = {.lifetime_s = 500, .av = 4}, .wrong = wrong, .by_tmpi = true, .tmpi = "of before"};
    return c;
}

void bsf_test_take_job(struct bsf_test *t)
{
    t->index = bsf_job_take(t->bsf);
    t->job = station_job_at(&t->bsf->station, t->index);
}

void bsf_test_get(struct bsf_test *t, struct bsf_ub_facts facts)
{
    facts.subscriber = BSF_TEST_NUMBER;
    bsf_test_take_job(t);
    g_assert_cmpint(bsf_decide_ub(t->bsf, &t->f.tally, &facts, t->job, &t->action), ==, facts.status == 200);
}

void bsf_test_serve(struct bsf_test *t)
{
    bsf_decide(t->bsf, &t->f.tally, t->now_ns, t->job, &t->action);
}

struct bsf_ub_facts bsf_test_credentials(uint16_t av, bool right, bool resync)
{
    struct bsf_ub_facts facts = BSF_FIRST_GET;

    facts.work = BSF_UB_CREDENTIALS;
    facts.credentials = (struct bsf_credentials){.av = av, .right = right, .resync = resync, .nc = 1};
    facts.cnonce = bytes_text("cnonce");
    facts.uri = bytes_text("/uri");
    return facts;
}

bool bsf_test_maa(struct bsf_test *t, struct bsf_maa_facts facts, enum net_verdict verdict)
{
    struct bsf_job *queued;

    facts.answer.index = t->index;
    facts.answer.serial = t->job->diameter.station.serial;
    g_assert_cmpint(bsf_decide_maa(t->bsf, &t->f.tally, t->now_ns, &facts, &queued), ==, verdict);
    g_assert_true(queued == NULL || queued == t->job);
    return queued != NULL;
}

struct bsf_maa_facts bsf_test_maa_of(uint32_t result)
{
    return (struct bsf_maa_facts){.answer = {.proper = true, .paired = true, .result = result},
                                  .whole = true,
                                  .subscriber = BSF_TEST_NUMBER,
                                  .vector = {.lifetime_s = 500, .av = 5, .rand_autn = {7}}};
}

void bsf_test_did(struct bsf_test *t, const char *expected, const char *counted)
{
    static const char *const messages[] = {[BSF_SEND_CHALLENGE] = "401",
                                           [BSF_SEND_SUCCESS] = "200",
                                           [BSF_SEND_REFUSAL] = "refusal",
                                           [BSF_SEND_MAR] = "mar",
                                           [BSF_SEND_BIA] = "bia"};
    const struct bsf_action *a = &t->action;
    g_autoptr(GString) words = g_string_new(a->send == BSF_SEND_NOTHING ? NULL : messages[a->send]);

    if (a->status != 0)
        decide_say(words, "status:%u", a->status);
    if (a->waits)
        decide_say(words, "waits");
    if (a->hang_up)
        decide_say(words, "hang_up");
    if (a->retry_after_s != 0)
        decide_say(words, "retry:%us", a->retry_after_s);
    if (a->expiry_ns != 0)
        decide_say(words, "expiry:%s", decide_time(a->expiry_ns));
    if (a->result != 0)
        decide_say(words, "result:%u", a->result);
    if (a->overload.features)
        decide_say(words, "overload");
    if (a->overload.report)
        decide_say(words, "reduction:%u", a->overload.reduction);
    g_assert_cmpstr(words->str, ==, expected);
    decide_counted(&t->f, counted);
    g_assert_cmpuint(t->bsf->challenges.used, ==,
                     (t->s->challenge != POOL_NONE) + (t->s->spare != POOL_NONE));
    if (!a->waits)
        bsf_job_give(t->bsf, t->index);
    t->action = (struct bsf_action){.send = BSF_SEND_NOTHING};
}
