/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Two services, which no scenario has yet: state and counters of one are not touched by messages for the
 * other, and all that a UE has to ask for is asked for at once. Service 0 has key group 5, service 1 key
 * group 6. */
#include "models/bmsc/encode.h"
#include "models/bmsc/verify.h"
#include "models/ue/encode.h"
#include "models/ue/verify.h"
#include "tests/unit/decide_bmsc_fixture.h"
#include "tests/unit/decide_ue_fixture.h"

#include <string.h>

#define NONE SETTINGS(NULL)

/* --- the deployment ------------------------------------------------------------------------------------- */

static void test_find(void)
{
    static const uint8_t other_domain[3] = {0x00, 0xf1, 0x20};
    struct decide_fixture f;
    const struct deployment *d = &f.deployment;

    decide_set_up_services(&f, NONE, 2);
    g_assert_cmpuint(d->service_count, ==, 2);
    g_assert_cmpuint(deployment_find_service(d, d->key_domain_id, 5), ==, 0);
    g_assert_cmpuint(deployment_find_service(d, d->key_domain_id, 6), ==, 1);
    g_assert_cmpuint(deployment_find_service(d, d->key_domain_id, 7), ==, SERVICE_NONE);
    g_assert_cmpuint(deployment_find_service(d, other_domain, 5), ==, SERVICE_NONE);
    g_assert_cmphex(deployment_current_msk_id(d, 1), ==, 6 << 16);
    g_assert_cmphex(deployment_new_msk_id(d, 1), ==, 6 << 16 | 2);
    g_assert_cmpint(memcmp(d->services[0].msk, d->services[1].msk, 16), !=, 0);
    g_assert_cmpint(memcmp(d->services[0].msk_rand, d->services[1].msk_rand, 16), !=, 0);
    decide_tear_down(&f);
}

/* What is counted for a service, and for none, is summed. */
static void test_tally(void)
{
    struct tally tally;

    tally_init(&tally, 2);
    tally_count_service(&tally, 0, 0, COUNT_ues_keyed);
    tally_add_service(&tally, 0, 1, COUNT_ues_keyed, 5);
    tally_count(&tally, 0, COUNT_http_200);
    g_assert_cmpint(tally.services[0].counters[COUNT_ues_keyed], ==, 1);
    g_assert_cmpint(tally.services[1].counters[COUNT_ues_keyed], ==, 5);
    g_assert_cmpint(tally_counter(&tally, COUNT_ues_keyed), ==, 6);
    g_assert_cmpint(tally_counter(&tally, COUNT_http_200), ==, 1);
    tally_clear(&tally);
}

/* --- a UE ----------------------------------------------------------------------------------------------- */

#define PULL(n, s) UE_PULL(.counter = (n), .service = (s))
#define MSK(n, s)  UE_MSK(.counter = (n), .service = (s))

#define KEYED   "msk_installed ues_keyed update:100s time_to_key:10s within_2 last_keyed:100s"
#define KEYED_1 "msk_installed@1 ues_keyed@1 update:100s time_to_key:10s within_2@1 last_keyed@1:100s"

/* A message for one service says nothing of the other. */
static void test_ue_apart(void)
{
    for (uint8_t service = 0; service < 2; service++) {
        struct ue_test u;
        struct ue_service before, *other;

        ue_test_new_services(&u, NONE, 2);
        other = &u.d.ue->services[!service];
        before = *other;
        ue_test_mikey(&u, PULL(11, service));
        ue_test_did(&u, "connect:bmsc ua_post timeout:30s",
                    service == 0 ? "pulls_accepted pull:10s ues_active requests_started ua_requests"
                                 : "pulls_accepted@1 pull:10s ues_active requests_started ua_requests",
                    UE_ASKING);
        g_assert_cmphex(u.d.x->asked, ==, 1 << service);
        ue_test_mikey(&u, MSK(12, service)); /* the MSK overtakes the answer */
        ue_test_did(&u, "ack", service == 0 ? KEYED : KEYED_1, UE_ASKING);
        g_assert_cmpuint(u.d.ue->services[service].msk[0], ==, 2);
        ue_test_mikey(&u, UE_MSK(.counter = 13, .service = service, .key_number = 3));
        ue_test_did(&u, "ack", service == 0 ? "msk_installed msk_mismatch" : "msk_installed@1 msk_mismatch@1",
                    UE_ASKING);
        g_assert_true(other->first_pull_ns == before.first_pull_ns && other->gave_up == before.gave_up);
        g_assert_cmpmem(other->msk, sizeof other->msk, before.msk, sizeof before.msk);
        g_assert_cmpmem(other->msk_valid, sizeof before.msk_valid, before.msk_valid, sizeof before.msk_valid);
        ue_test_free(&u);
    }
}

/* Pulled for both before the request leaves with its credentials: one request, whose end both MSKs are. */
static void test_ue_one_request(void)
{
    struct ue_test u;

    ue_test_new_services(&u, NONE, 2);
    ue_test_to(&u, UE_ASKING);
    ue_test_mikey(&u, PULL(12, 1));
    ue_test_did(&u, "", "pulls_coalesced@1 pull:10s", UE_ASKING);
    ue_test_answer(&u, UE_401());
    ue_test_did(&u, "ua_auth_post cancel:70 timeout:30s", "ua_requests", UE_REQUESTING);
    g_assert_cmphex(u.d.x->asked, ==, 3);
    ue_test_answer(&u, UE_UA_200(.granted = 3));
    ue_test_did(&u, "close:7 cancel:71 timeout:15s", "msk_request:0s", UE_AWAITING_MSK);
    ue_test_mikey(&u, MSK(13, 1));
    ue_test_did(&u, "ack", KEYED_1, UE_AWAITING_MSK);
    ue_test_mikey(&u, MSK(14, 0));
    ue_test_did(&u, "ack cancel:72", KEYED " msk:0s ues_active=-1", UE_IDLE);
    ue_test_free(&u);
}

/* Pulled for another one too late for the request under way: the next asks for that. */
static void test_ue_next_request(void)
{
    struct ue_test u;

    ue_test_new_services(&u, NONE, 2);
    ue_test_to(&u, UE_REQUESTING);
    u.d.x->tries = 3;
    ue_test_mikey(&u, PULL(12, 1));
    ue_test_did(&u, "", "pulls_coalesced@1 pull:10s", UE_REQUESTING);
    g_assert_cmphex(u.d.x->asked, ==, 1);
    ue_test_answer(&u, UE_UA_200());
    ue_test_did(&u, "close:7 cancel:70 timeout:15s", "msk_request:0s", UE_AWAITING_MSK);
    ue_test_mikey(&u, MSK(13, 0));
    ue_test_did(&u, "ack connect:bmsc ua_post cancel:71 timeout:30s",
                KEYED " msk:0s requests_started ua_requests", UE_ASKING);
    g_assert_cmphex(u.d.x->asked, ==, 2);
    g_assert_cmpuint(u.d.x->tries, ==, 1);
    ue_test_mikey(&u, MSK(14, 1));
    ue_test_did(&u, "ack", KEYED_1, UE_ASKING);
    ue_test_answer(&u, UE_401());
    ue_test_did(&u, "close:8 cancel:72", "ues_active=-1", UE_IDLE);
    ue_test_free(&u);
}

/* An MSK that nobody asked for is none that the exchange waits for. */
static void test_ue_other_msk(void)
{
    struct ue_test u;

    ue_test_new_services(&u, NONE, 2);
    ue_test_to(&u, UE_AWAITING_MSK);
    ue_test_mikey(&u, MSK(12, 1));
    ue_test_did(&u, "ack", "msk_installed@1 ues_keyed@1 update:100s within_2@1 last_keyed@1:100s",
                UE_AWAITING_MSK);
    u.d.x->tries = 99;
    ue_decide_timeout(&u.d);
    ue_test_did(&u, "", "msk_missing ues_gave_up ues_active=-1", UE_IDLE);
    g_assert_true(u.d.ue->services[0].gave_up);
    g_assert_false(u.d.ue->services[1].gave_up);
    ue_test_mikey(&u, MSK(13, 0));
    ue_test_did(&u, "ack", KEYED " ues_gave_up=-1", UE_IDLE);
    ue_test_free(&u);
}

/* One key granted, the other refused: the UE gives up on that, and waits for the one. */
static void test_ue_refused(void)
{
    struct ue_test u;

    ue_test_new_services(&u, NONE, 2);
    ue_test_to(&u, UE_ASKING);
    ue_test_mikey(&u, PULL(12, 1));
    ue_test_answer(&u, UE_401());
    ue_test_forget(&u);
    ue_test_answer(&u, UE_UA_200(.granted = 1));
    ue_test_did(&u, "close:7 cancel:70 timeout:15s", "msk_request:0s http_refused ues_gave_up@1",
                UE_AWAITING_MSK);
    ue_test_mikey(&u, MSK(13, 0));
    ue_test_did(&u, "ack cancel:71", KEYED " msk:0s ues_active=-1", UE_IDLE);
    g_assert_false(u.d.ue->services[0].gave_up);
    g_assert_true(u.d.ue->services[1].gave_up);
    ue_test_to(&u, UE_ASKING);
    ue_test_mikey(&u, PULL(20, 1));
    ue_test_answer(&u, UE_401());
    ue_test_forget(&u);
    ue_test_answer(&u, UE_UA_200(.granted = 0)); /* both, of which it holds one */
    ue_test_did(&u, "abort:7 cancel:70", "msk_request:0s http_refused ues_active=-1", UE_IDLE);
    ue_test_free(&u);
}

/* --- the BM-SC ------------------------------------------------------------------------------------------ */

#define KEY(group)                                                                                           \
    {                                                                                                        \
        .key_domain_id = {0x00, 0xf1, 0x10}, .msk_id = (group) << 16                                         \
    }
#define ASK_FOR(n, ...)   BMSC_CREDENTIALS(.nonce_serial = 11, .nc = (n), .keys = {__VA_ARGS__})
#define ASK_FOR_BOTH(...) BMSC_CREDENTIALS(.key_count = 2, .keys = {KEY(5), KEY(6)}, __VA_ARGS__)

static uint32_t bmsc_work(struct bmsc_test *t, enum bmsc_work work, unsigned service)
{
    uint32_t index = bmsc_job_take(t->bmsc, work, BMSC_TEST_UE, service);
    struct bmsc_job *job = station_job_at(&t->bmsc->station, index);

    job->request = t->ue->services[service].serial;
    return index;
}

static void bmsc_pull_both(struct bmsc_test *t)
{
    bmsc_test_serve(t, bmsc_work(t, BMSC_PULL, 0), false);
    bmsc_test_did(t, "pull:3 counter:11 due:90s", "pull_retransmissions pull/s", BMSC_SOLICITING);
    bmsc_test_serve(t, bmsc_work(t, BMSC_PULL, 1), false);
    bmsc_test_did(t, "pull:3@1 counter:12 due:90s", "pull_retransmissions@1 pull/s", BMSC_SOLICITING);
    g_assert_cmphex(bmsc_session(t->bmsc, BMSC_TEST_UE)->open, ==, 3);
}

static void bmsc_timer_of(struct bmsc_test *t, enum bmsc_work work, unsigned service)
{
    uint64_t argument = bmsc_timer_argument(BMSC_TEST_UE, service, t->ue->services[service].serial);

    if (work == BMSC_PULL)
        bmsc_decide_pull_timeout(t->bmsc, &t->f.tally, argument, &t->action);
    else
        bmsc_decide_msk_timeout(t->bmsc, &t->f.tally, argument, &t->action);
}

/* Pulls of one service are repeated and given up, the other goes on. */
static void test_bmsc_pulls(void)
{
    struct bmsc_test t;

    bmsc_test_new_services(&t, SETTINGS("pull.attempts=2"), 2);
    bmsc_pull_both(&t);
    g_assert_cmpuint(t.ue->services[0].pulls, ==, 2);
    t.ue->services[0].pulls = 1;
    bmsc_timer_of(&t, BMSC_PULL, 1);
    bmsc_test_did(&t, "cancel:71", "ues_unanswered@1", BMSC_SOLICITING);
    g_assert_cmpint(t.ue->services[1].stage, ==, BMSC_GAVE_UP);
    g_assert_cmpuint(t.ue->services[1].serial, ==, 2);
    g_assert_cmpuint(t.ue->services[0].serial, ==, 1);
    bmsc_timer_of(&t, BMSC_PULL, 0);
    bmsc_test_did(&t, "queue:pull", "", BMSC_SOLICITING);
    bmsc_test_serve(&t, t.job, false);
    bmsc_test_did(&t, "pull:3 counter:13 due:90s", "pull_retransmissions pull/s", BMSC_SOLICITING);
    bmsc_timer_of(&t, BMSC_PULL, 0);
    bmsc_test_did(&t, "cancel:70", "ues_unanswered", BMSC_GAVE_UP);
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE); /* nothing is open */
    bmsc_test_free(&t);
}

/* A request for one service: the other is still pulled. */
static void test_bmsc_one_request(void)
{
    struct bmsc_test t;

    bmsc_test_new_services(&t, NONE, 2);
    bmsc_pull_both(&t);
    bmsc_test_serve(&t, bmsc_test_post(&t, ASK_FOR(1, KEY(6))), true);
    bmsc_test_did(&t, "check cancel:71 200 queue:msk@1 expiry:1000s", GRANTED, BMSC_SOLICITING);
    g_assert_cmpint(t.ue->services[1].stage, ==, BMSC_REQUESTED);
    g_assert_cmpuint(t.ue->services[0].serial, ==, 1);
    bmsc_test_serve(&t, t.job, false);
    bmsc_test_did(&t, "msk:3@1 counter:13 csb", "msk/s", BMSC_SOLICITING);
    bmsc_timer_of(&t, BMSC_PULL, 0);
    bmsc_test_did(&t, "queue:pull", "", BMSC_SOLICITING);
    bmsc_timer_of(&t, BMSC_MSK, 1);
    bmsc_test_did(&t, "queue:msk@1", "", BMSC_SOLICITING);
    bmsc_test_serve(&t, t.job, false);
    bmsc_test_did(&t, "msk:3@1 counter:14 csb", "msk_retransmissions@1 msk/s", BMSC_SOLICITING);
    bmsc_test_serve(&t, bmsc_work(&t, BMSC_ACK, 1), false);
    bmsc_test_did(&t, "cancel:71", "acks_received@1", BMSC_SOLICITING);
    g_assert_cmpint(t.ue->services[1].stage, ==, BMSC_DELIVERED);
    g_assert_cmphex(bmsc_session(t.bmsc, BMSC_TEST_UE)->open, ==, 1);
    bmsc_test_free(&t);
}

/* A request for both: two MSK messages, each with its own ACK. */
static void test_bmsc_both_requested(void)
{
    struct bmsc_test t;
    struct bmsc_session *session;
    struct bmsc_ack_facts ack = {.proper = true,
                                 .known = true,
                                 .name = {BMSC_TEST_UE, 3},
                                 .counter = 12,
                                 .service = 1,
                                 .mac_right = true};
    uint32_t second;

    bmsc_test_new_services(&t, NONE, 2);
    t.ue->services[1].stage = BMSC_GAVE_UP;
    bmsc_test_serve(&t, bmsc_test_post(&t, ASK_FOR_BOTH()), true);
    second = ((struct bmsc_job *)station_job_at(&t.bmsc->station, t.action.queue))->next;
    bmsc_test_did(&t, "check 200 queue:msk queue:msk@1 expiry:1000s", "ues_unanswered@1=-1 " GRANTED,
                  BMSC_REQUESTED);
    bmsc_test_serve(&t, t.job, false);
    bmsc_test_did(&t, "msk:3 counter:11 csb", "msk/s", BMSC_REQUESTED);
    g_assert_false(bmsc_decide_ack(t.bmsc, &t.f.tally, 0, &ack, &t.job)); /* of what was not sent */
    decide_counted(&t.f, "mikey_replayed");
    bmsc_test_serve(&t, second, false);
    bmsc_test_did(&t, "msk:3@1 counter:12 csb", "msk/s", BMSC_REQUESTED);
    session = bmsc_session(t.bmsc, BMSC_TEST_UE);
    g_assert_cmpuint(session->deliveries[0].csb_id, !=, session->deliveries[1].csb_id);
    g_assert_true(bmsc_decide_ack(t.bmsc, &t.f.tally, 0, &ack, &t.job));
    g_assert_true(session->deliveries[1].acked && !session->deliveries[0].acked);
    bmsc_test_serve(&t, t.job, false);
    bmsc_test_did(&t, "cancel:71", "acks_received@1", BMSC_REQUESTED);
    bmsc_timer_of(&t, BMSC_MSK, 1); /* its timer is stale, or it is delivered */
    bmsc_test_did(&t, "", "", BMSC_REQUESTED);
    bmsc_test_serve(&t, bmsc_work(&t, BMSC_ACK, 0), false);
    bmsc_test_did(&t, "cancel:70", "acks_received", BMSC_DELIVERED);
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE);
    bmsc_test_free(&t);
}

/* What was asked for is not there: a UE that was heard is not pulled any more, for whatever service. */
static void test_bmsc_none_granted(void)
{
    struct bmsc_test t;

    bmsc_test_new_services(&t, NONE, 2);
    bmsc_pull_both(&t);
    bmsc_test_serve(&t, bmsc_test_post(&t, ASK_FOR(1, KEY(7))), true);
    bmsc_test_did(&t, "check cancel:70 200 ends expiry:1000s", GRANTED, BMSC_REQUESTED);
    g_assert_cmpint(t.ue->services[1].stage, ==, BMSC_REQUESTED);
    g_assert_cmpuint(t.ue->session, ==, POOL_NONE);
    bmsc_decide_pull_timeout(t.bmsc, &t.f.tally, bmsc_timer_argument(BMSC_TEST_UE, 1, 1), &t.action);
    bmsc_test_did(&t, "", "", BMSC_REQUESTED); /* its timer ran out, stale */
    bmsc_test_free(&t);
}

/* Each service pulls all UEs, at times of its own and in an order of its own. */
static void test_bmsc_storms(void)
{
    struct bmsc_test t;

    bmsc_test_new_services(&t, SETTINGS("pull.start=1s", "pull.rate=4/s", "pull.pacing=poisson"), 2);
    bmsc_decide_start(t.bmsc);
    for (unsigned service = 0; service < 2; service++) {
        unsigned pulled = 0;

        for (unsigned k = 0; k < 4; k++) {
            int64_t due_ns = t.bmsc->storms[service].next_pull_ns;

            g_assert_false(bmsc_all_due(t.bmsc));
            g_assert_cmpint(bmsc_last_due_ns(t.bmsc), ==, -1);
            g_assert_cmpint(bmsc_decide_next_pull(t.bmsc, service, due_ns, &t.action), ==, k < 3);
            struct bmsc_job *job = station_job_at(&t.bmsc->station, t.action.queue);
            g_assert_cmpuint(job->service, ==, service);
            pulled |= 1U << job->ue;
            t.now_ns = due_ns;
            bmsc_ue(t.bmsc, job->ue)->services[service].pulls = 0;
            bmsc_test_serve(&t, t.action.queue, false);
            g_assert_cmpint(bmsc_ue(t.bmsc, job->ue)->services[service].first_pull_ns, ==, due_ns);
            g_assert_cmpint(bmsc_solicited(t.bmsc), ==, 4 * service + k + 1);
            t.action = (struct bmsc_action){.queue = POOL_NONE};
        }
        g_assert_cmpuint(pulled, ==, 15);
    }
    g_assert_true(bmsc_all_due(t.bmsc));
    g_assert_cmpint(bmsc_last_due_ns(t.bmsc), ==,
                    MAX(t.bmsc->storms[0].last_due_ns, t.bmsc->storms[1].last_due_ns));
    g_assert_cmpint(t.bmsc->storms[0].last_due_ns, !=, t.bmsc->storms[1].last_due_ns);
    g_assert_cmpfloat(bmsc_pull_rate_per_s(t.bmsc), >, 0);
    bmsc_test_free(&t);
}

/* --- bytes ---------------------------------------------------------------------------------------------- */

struct both {
    struct bmsc_test b;
    struct ue_test u;
    struct key_store keys;
    uint8_t bytes[4000];
};

static void both_new(struct both *t)
{
    bmsc_test_new_services(&t->b, NONE, 2);
    ue_test_new_services(&t->u, NONE, 2);
    key_store_init(&t->keys, &t->b.f.deployment);
}

static void both_free(struct both *t)
{
    key_store_clear(&t->keys);
    ue_test_free(&t->u);
    bmsc_test_free(&t->b);
}

static struct ue_seen both_seen(const struct both *t)
{
    return (struct ue_seen){UE_TEST_NUMBER, t->u.d.ue, t->u.d.x, &t->u.d.table->long_texts};
}

/* The message that the BM-SC has decided to send, as the UE reads it. */
static void both_send(struct both *t, struct ue_mikey_facts *facts, struct ue_mikey_opened *opened)
{
    struct bmsc_session *session = bmsc_session(t->b.bmsc, BMSC_TEST_UE);
    struct bmsc_secrets *secrets = bmsc_secrets(&t->keys, BMSC_TEST_UE, session);
    const struct bmsc_action *action = &t->b.action;
    const struct content_mikey content = bmsc_content_mikey(action);
    struct ue_seen seen = both_seen(t);
    struct bmsc_mikey_job job = {
        .content = &content, .muk = &secrets->key, .out = t->bytes, .capacity = sizeof t->bytes};

    bmsc_encode_mikey(&t->keys, 1, &job);
    ue_verify_mikey(&t->keys, &seen, bytes_of(t->bytes, job.length), facts, opened);
    g_assert_true(facts->proper && facts->held && facts->mac_right);
    g_assert_cmpuint(facts->service, ==, action->service);
}

/* Pulls, MSK messages and ACKs are found to be of their service. */
static void test_mikey_bytes(void)
{
    struct both t;
    struct ue_mikey_opened opened;
    struct ue_mikey_facts facts;
    struct bmsc_ack_facts acked;
    uint8_t ack[2][200];
    size_t length[2];

    both_new(&t);
    for (unsigned i = 0; i < 2; i++) {
        bmsc_test_serve(&t.b, bmsc_work(&t.b, BMSC_PULL, i), false);
        both_send(&t, &facts, &opened);
        g_assert_true(facts.pull);
        t.b.action = (struct bmsc_action){.queue = POOL_NONE};
    }
    bmsc_test_serve(&t.b, bmsc_test_post(&t.b, ASK_FOR_BOTH()), true);
    t.b.action = (struct bmsc_action){.queue = POOL_NONE};
    for (unsigned i = 0; i < 2; i++) {
        bmsc_test_serve(&t.b, bmsc_work(&t.b, BMSC_MSK, i), false);
        both_send(&t, &facts, &opened);
        g_assert_true(facts.readable && facts.key_right && facts.v && facts.key_number == 2);
        struct ue_ack_job job = {.opened = &opened, .out = ack[i], .capacity = sizeof ack[i]};
        ue_encode_ack(&t.keys, 1, &job);
        length[i] = job.length;
        t.b.action = (struct bmsc_action){.queue = POOL_NONE};
    }
    for (unsigned i = 0; i < 2; i++) {
        bmsc_verify_ack(&t.keys, t.b.bmsc, bytes_of(ack[i], length[i]), &acked);
        g_assert_true(acked.proper && acked.known && acked.mac_right);
        g_assert_cmpuint(acked.service, ==, i);
    }
    both_free(&t);
}

static size_t both_success(struct both *t, const struct bmsc_session *session, const struct bmsc_job *job)
{
    struct bmsc_success_job one = {
        .success = bmsc_success_of(&t->keys, t->b.now_ns, &t->b.bmsc->long_texts, session, job, &t->b.action),
        .out = t->bytes};

    bmsc_encode_success(&t->keys, 1, &one);
    return one.length;
}

/* The UE's request for both as the BM-SC reads it, and the answer, which grants the second alone. */
static void test_ua_bytes(void)
{
    struct both t;
    struct bytes texts[BMSC_TEXTS];
    struct ue_action post = {.what = UE_DO_SEND, .kind = KIND_ua_auth_post};
    struct ue_answer_facts facts;
    struct bmsc_session *session;
    struct bmsc_job *job;
    size_t length;

    both_new(&t);
    ue_test_to(&t.u, UE_ASKING);
    ue_test_mikey(&t.u, PULL(12, 1));
    ue_test_answer(&t.u, UE_401());
    struct ue_seen seen = both_seen(&t);
    length = ue_encode_request(&t.keys, t.b.now_ns, &seen, &post, t.bytes);
    job = station_job_at(&t.b.bmsc->station, bmsc_work(&t.b, BMSC_POST, 0));
    bmsc_verify_post(&t.keys, t.b.now_ns, bytes_of(t.bytes, length), &job->post, texts);
    g_assert_cmpuint(job->post.key_count, ==, 2);
    g_assert_cmphex(job->post.keys[0].msk_id, ==, 5 << 16);
    g_assert_cmphex(job->post.keys[1].msk_id, ==, 6 << 16);
    g_assert_true(bmsc_decide_post(t.b.bmsc, &t.b.f.tally, texts, job, &t.b.action));
    job->post.keys[0].status = 403;
    job->post.keys[1].status = 200;
    session = bmsc_session(t.b.bmsc, BMSC_TEST_UE);
    session->av = 3;
    length = both_success(&t, session, job);
    ue_verify_answer(&t.keys, &seen, bytes_of(t.bytes, length), &facts);
    g_assert_true(facts.rspauth_right && facts.whole);
    g_assert_cmphex(facts.granted, ==, 2);
    job->post.key_count = 1; /* the second key is not answered */
    length = both_success(&t, session, job);
    ue_verify_answer(&t.keys, &seen, bytes_of(t.bytes, length), &facts);
    g_assert_true(facts.rspauth_right && !facts.whole);
    both_free(&t);
}

/* A MUK that came over Zn can go by its name if it is the one that the store has. */
static void test_adopted(void)
{
    struct both t;
    struct bmsc_session *session;
    uint8_t muk[32];

    both_new(&t);
    bmsc_test_serve(&t.b, bmsc_work(&t.b, BMSC_PULL, 0), false);
    session = bmsc_session(t.b.bmsc, BMSC_TEST_UE);
    memcpy(muk, bmsc_secrets(&t.keys, BMSC_TEST_UE, session)->key.muk, sizeof muk);
    g_assert_false(bmsc_secrets_other(session));
    bmsc_secrets_adopt(&t.keys, BMSC_TEST_UE, session, muk);
    g_assert_false(bmsc_secrets_other(session));
    muk[31] ^= 1;
    bmsc_secrets_adopt(&t.keys, BMSC_TEST_UE, session, muk);
    g_assert_true(bmsc_secrets_other(session));
    g_assert_cmpmem(bmsc_secrets(&t.keys, BMSC_TEST_UE, session)->key.muk, 32, muk, 32);
    session->av++; /* of another AV nothing came */
    g_assert_false(bmsc_secrets_other(session));
    both_free(&t);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/services/found", test_find);
    g_test_add_func("/services/counted apart", test_tally);
    g_test_add_func("/services/ue apart", test_ue_apart);
    g_test_add_func("/services/ue asks for two at once", test_ue_one_request);
    g_test_add_func("/services/ue asks for a later one", test_ue_next_request);
    g_test_add_func("/services/ue gets one that it did not ask for", test_ue_other_msk);
    g_test_add_func("/services/ue is refused one", test_ue_refused);
    g_test_add_func("/services/bmsc pulls apart", test_bmsc_pulls);
    g_test_add_func("/services/bmsc, a request for one", test_bmsc_one_request);
    g_test_add_func("/services/bmsc, a request for both", test_bmsc_both_requested);
    g_test_add_func("/services/bmsc, a request for neither", test_bmsc_none_granted);
    g_test_add_func("/services/bmsc, first pulls of both", test_bmsc_storms);
    g_test_add_func("/services/MIKEY", test_mikey_bytes);
    g_test_add_func("/services/Ua", test_ua_bytes);
    g_test_add_func("/services/MUK of the BSF", test_adopted);
    return g_test_run();
}
