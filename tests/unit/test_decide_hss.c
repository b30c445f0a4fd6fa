/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the HSS decides: AVs, re-synchronisation, refusals, as (state, facts) -> (state, actions), without a
 * network. */
#include "models/hss/decide.h"
#include "models/subscriber.h"
#include "tests/unit/decide_fixture.h"

#define NUMBER 2

struct test {
    struct decide_fixture f;
    struct hss *hss;
    struct hss_subscriber *s; /* subscriber 2 */
    struct hss_action action;
};

/* An HSS whose subscriber 2 has SEQ_HE 1000 and had AVs 0 to 3. */
static void test_new(struct test *t, const char *const settings[DECIDE_SETTINGS + 1])
{
    *t = (struct test){.hss = NULL};
    decide_set_up(&t->f, settings);
    t->hss = hss_new(&t->f.deployment, t->f.deployment.scenario);
    t->s = hss_subscriber(t->hss, NUMBER);
    *t->s = (struct hss_subscriber){.seq = 1000, .avs = 4, .known = true};
}

static void test_free(struct test *t)
{
    hss_free(t->hss);
    decide_tear_down(&t->f);
}

struct row {
    const char *name;
    uint64_t seq; /* SEQ_HE */
    uint16_t avs;
    uint32_t result; /* what was found to say about the request */
    enum hss_auts auts;
    uint64_t seq_ms;
    uint32_t answer;
    uint64_t seq_then;
};

/* In the words of the failure table where they are of it. */
static const struct row rows[] = {
    {"an AV", 1000, 4, 2001, HSS_NO_AUTS, 0, 2001, 1001},
    {"sequence number not fresh: AUTS", 1000, 4, 2001, HSS_AUTS_RIGHT, 5000, 2001, 5001},
    {"AUTS with the next sequence number", 1000, 4, 2001, HSS_AUTS_RIGHT, 1001, 2001, 1002},
    {"AUTS below the next sequence number, which will do", 1000, 4, 2001, HSS_AUTS_RIGHT, 1000, 2001, 1001},
    {"AUTS far below, but not too far for the USIM", SQN_DELTA + 10, 4, 2001, HSS_AUTS_RIGHT, 11, 2001,
     SQN_DELTA + 11},
    {"AUTS too far below for the USIM", SQN_DELTA + 10, 4, 2001, HSS_AUTS_RIGHT, 10, 2001, 11},
    {"AUTS with a wrong MAC-S", 1000, 4, 2001, HSS_AUTS_WRONG, 5000, 2001, 1001},
    {"unknown user", 1000, 4, 5401, HSS_NO_AUTS, 0, 5401, 1000},
    {"not granted, with an AUTS", 1000, 4, 5012, HSS_AUTS_RIGHT, 5000, 5012, 1000},
    {"the last AV that there is", 1000, AV_MAX, 2001, HSS_NO_AUTS, 0, 2001, 1001},
    {"one more", 1000, AV_MAX + 1, 2001, HSS_AUTS_RIGHT, 5000, 5012, 1000},
};

static void test_row(gconstpointer data)
{
    const struct row *row = data;
    const struct hss_facts facts = {.proper = true,
                                    .subscriber = NUMBER,
                                    .result = row->result,
                                    .auts = row->auts,
                                    .seq_ms = row->seq_ms,
                                    .reacts = true};
    struct test t;

    test_new(&t, SETTINGS(NULL));
    t.s->seq = row->seq;
    t.s->avs = row->avs;
    g_assert_true(hss_decide_mar(&t.f.tally, &facts));
    hss_decide(t.hss, 0, &facts, &t.action);
    decide_counted(&t.f, "");
    g_assert_cmpuint(t.action.result, ==, row->answer);
    g_assert_cmpuint(t.s->seq, ==, row->seq_then);
    g_assert_cmpuint(t.s->avs, ==, row->answer == DIAMETER_SUCCESS ? row->avs + 1 : row->avs);
    if (row->answer == DIAMETER_SUCCESS) {
        g_assert_cmpuint(t.action.av.ue, ==, NUMBER);
        g_assert_cmpuint(t.action.av.av, ==, row->avs);
        g_assert_cmpuint(t.action.sqn >> 5, ==, row->seq_then);
        g_assert_cmpuint(t.action.sqn & 31, ==, row->seq_then % 32);
    }
    g_assert_false(t.action.overload.features);
    test_free(&t);
}

static void test_malformed(void)
{
    const struct hss_facts facts = {.proper = false};
    struct test t;

    test_new(&t, SETTINGS(NULL));
    g_assert_false(hss_decide_mar(&t.f.tally, &facts));
    decide_counted(&t.f, "diameter_malformed");
    test_free(&t);
}

/* Server full: 3004, and no AV is made. */
static void test_refusal(void)
{
    const struct hss_facts facts = {.proper = true, .subscriber = NUMBER, .result = DIAMETER_SUCCESS};
    struct test t;

    test_new(&t, SETTINGS(NULL));
    hss_decide_refusal(t.hss, 0, &facts, &t.action);
    decide_counted(&t.f, "");
    g_assert_cmpuint(t.action.result, ==, DIAMETER_TOO_BUSY);
    g_assert_false(t.action.overload.features);
    g_assert_cmpuint(t.s->seq, ==, 1000);
    g_assert_cmpuint(t.s->avs, ==, 4);
    test_free(&t);
}

/* A sender that reacts to it is told of overload, in an answer as in a refusal. */
static void test_overload(void)
{
    struct test t;
    struct hss_facts facts = {
        .proper = true, .subscriber = NUMBER, .result = DIAMETER_SUCCESS, .reacts = true};

    test_new(&t, SETTINGS("hss.overload_wait=1s", "hss.workers=2", "diameter.overload_validity=40s"));
    hss_decide(t.hss, 0, &facts, &t.action);
    g_assert_true(t.action.overload.features);
    g_assert_false(t.action.overload.report);
    t.hss->station.served = 1;
    t.hss->station.served_ns = (double)CLOCK_SECOND;
    t.hss->station.queue.tail = 1;
    hss_decide(t.hss, 0, &facts, &t.action);
    g_assert_true(t.action.overload.report);
    g_assert_cmpuint(t.action.overload.reduction, ==, 50);
    g_assert_cmpuint(t.action.overload.validity_s, ==, 40);
    t.hss->station.queue.tail = 2;
    hss_decide_refusal(t.hss, 0, &facts, &t.action);
    g_assert_cmpuint(t.action.overload.reduction, ==, 100);
    facts.reacts = false;
    hss_decide_refusal(t.hss, 0, &facts, &t.action);
    g_assert_false(t.action.overload.features);
    t.hss->station.queue.tail = 0;
    test_free(&t);
}

/* What the AuC remembers at the start: AVs were made up to the UE's newest. Each service time is drawn. */
static void test_start(void)
{
    const struct hss_facts facts = {.subscriber = 1};
    struct test t;
    int64_t service_ns;

    test_new(&t, SETTINGS("ue.muk_ahead=100%", "hss.service_time=exp(10ms)"));
    service_ns = hss_decide_service_ns(t.hss, &facts);
    g_assert_cmpint(hss_decide_service_ns(t.hss, &facts), !=, service_ns);
    g_assert_cmpuint(t.hss->subscribers[1].draws, ==, 2);
    g_assert_cmpuint(hss_subscriber(t.hss, 1)->avs, ==, 2);
    g_assert_cmpuint(hss_subscriber(t.hss, 1)->seq, ==, subscriber_start_seq_hss(&t.f.deployment, 1));
    g_assert_cmpuint(t.hss->subscribers[1].draws, ==, 2);
    test_free(&t);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("/decide hss/MAR/%u, %s", i + 1, rows[i].name);

        g_test_add_data_func(path, &rows[i], test_row);
    }
    g_test_add_func("/decide hss/Diameter message malformed", test_malformed);
    g_test_add_func("/decide hss/server full", test_refusal);
    g_test_add_func("/decide hss/reports of overload", test_overload);
    g_test_add_func("/decide hss/start", test_start);
    return g_test_run();
}
