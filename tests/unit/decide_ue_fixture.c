/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UEs for tests of deciding. */
#include "tests/unit/decide_ue_fixture.h"

#include "models/subscriber.h"

void ue_test_new(struct ue_test *u, const char *const settings[DECIDE_SETTINGS + 1])
{
    ue_test_new_services(u, settings, 1);
}

void ue_test_new_services(struct ue_test *u, const char *const settings[DECIDE_SETTINGS + 1],
                          unsigned services)
{
    *u = (struct ue_test){.delay_ns = -1};
    decide_set_up_services(&u->f, settings, services);
    g_assert_true(ue_states_init(&u->states, &u->f.deployment));
    u->d = (struct ue_decision){.table = ue_table_new(&u->f.deployment, &u->states),
                                .tally = &u->f.tally,
                                .now_ns = 100 * CLOCK_SECOND,
                                .number = UE_TEST_NUMBER,
                                .ue = ue_of(&u->states, UE_TEST_NUMBER),
                                .actions = &u->actions};
    ue_decide_start(&u->d);
    u->d.ue->newest = (struct ue_muk){.expiry_ns = 1000 * CLOCK_SECOND, .counter = 10, .av = 3};
    u->d.ue->last_used = (struct ue_muk){.av = AV_NONE};
    u->d.ue->proven = true;
}

void ue_test_free(struct ue_test *u)
{
    ue_table_free(u->d.table);
    ue_states_clear(&u->states);
    decide_tear_down(&u->f);
}

enum net_verdict ue_test_mikey(struct ue_test *u, struct ue_mikey_facts facts)
{
    return ue_decide_mikey(&u->d, &facts, 90 * CLOCK_SECOND);
}

enum net_verdict ue_test_answer(struct ue_test *u, struct ue_answer_facts facts)
{
    return ue_decide_answer(&u->d, &facts);
}

void ue_test_aka(struct ue_test *u, struct ue_aka_facts facts)
{
    ue_decide_aka(&u->d, &facts);
}

static const char *ue_test_kind(enum message_kind kind)
{
    static const char *const names[] = {
#define X(name, meaning) [KIND_##name] = #name,
        MESSAGE_KINDS(X)
#undef X
    };

    return names[kind];
}

static void ue_test_set_timeout(struct ue_test *u, int64_t delay_ns, GString *words)
{
    u->delay_ns = delay_ns;
    u->d.x->timeout = ++u->timeouts;
    decide_say(words, "timeout:%s", delay_ns % CLOCK_MILLISECOND == 0 ? decide_time(delay_ns) : "random");
}

static void ue_test_do(struct ue_test *u, const struct ue_action *action, GString *words)
{
    switch (action->what) {
    case UE_DO_CONNECT:
        decide_say(words, "connect:%s", action->host == HOST_BMSC ? "bmsc" : "bsf");
        g_assert_cmpuint(action->host, <=, HOST_BSF);
        g_assert_cmpuint(u->d.x->conn.index, ==, NET_CONN_NONE.index); /* none is forgotten open */
        u->d.x->conn = (struct net_conn){++u->conns, 0};
        break;
    case UE_DO_FIRST_NONCE:
        decide_say(words, "first_nonce");
        ue_nonce_put(&u->d, bytes_text("first nonce"), bytes_text("first opaque"));
        break;
    case UE_DO_SEND:
        decide_say(words, action->auts ? "%s auts" : "%s", ue_test_kind(action->kind));
        u->sqn_ms = action->auts ? action->sqn_ms : 0;
        break;
    case UE_DO_CLOSE:
    case UE_DO_ABORT:
        decide_say(words, "%s:%u", action->what == UE_DO_CLOSE ? "close" : "abort", action->conn.index);
        break;
    case UE_DO_TIMEOUT:
        ue_test_set_timeout(u, action->delay_ns, words);
        break;
    case UE_DO_CANCEL:
        decide_say(words, "cancel:%" G_GUINT64_FORMAT, action->timeout);
        break;
    case UE_DO_ACKNOWLEDGE:
        decide_say(words, "ack");
        break;
    case UE_DO_USIM:
        decide_say(words, "usim");
        break;
    case UE_DO_LOG_KEYS:
        decide_say(words, "log:%u", action->av);
        break;
    }
}

static GString *ue_test_perform(struct ue_test *u)
{
    GString *words = g_string_new(NULL);

    for (unsigned i = 0; i < u->actions.count; i++)
        ue_test_do(u, &u->actions.at[i], words);
    u->actions.count = 0;
    return words;
}

void ue_test_did(struct ue_test *u, const char *did, const char *counted, int phase)
{
    const struct ue *ue = u->d.ue;
    bool was_idle = strstr(counted, "ues_active=-1") == NULL && phase == UE_IDLE;
    GString *words = ue_test_perform(u);

    g_assert_cmpstr(words->str, ==, did);
    decide_counted(&u->f, counted);
    g_assert_cmpint(u->d.x == NULL ? UE_IDLE : (int)u->d.x->phase, ==, phase);
    if (phase == UE_IDLE) {
        g_assert_cmpuint(ue->exchange, ==, POOL_NONE);
        g_assert_cmpuint(u->d.table->exchanges.used, ==, 0);
        g_assert_cmpuint(u->d.table->long_texts.used, ==, 0);
    } else {
        g_assert_true(pool_at(&u->d.table->exchanges, ue->exchange) == u->d.x);
    }
    /* timers of an earlier phase or exchange are stale, those of this one are not */
    if (strstr(did, "timeout:") != NULL || (phase == UE_IDLE && !was_idle))
        g_assert_cmpuint(ue->serial, >, u->serial);
    else
        g_assert_cmpuint(ue->serial, ==, u->serial);
    u->serial = ue->serial;
    g_string_free(words, TRUE);
}

void ue_test_forget(struct ue_test *u)
{
    g_string_free(ue_test_perform(u), TRUE);
    tally_clear(&u->f.tally);
    tally_init(&u->f.tally, u->f.deployment.service_count);
    u->serial = u->d.ue->serial;
    u->conns = 7;
    u->timeouts = 70;
    if (u->d.x == NULL)
        return;
    if (u->d.x->conn.index != NET_CONN_NONE.index)
        u->d.x->conn.index = u->conns;
    u->d.x->timeout = u->timeouts;
}

/* The challenge of the BSF, and what the USIM makes of it. */
static void ue_test_bootstrap(struct ue_test *u, enum ue_phase phase)
{
    uint64_t seq = subscriber_start_seq_usim(&u->f.deployment, UE_TEST_NUMBER) + 1;
    struct distribution time = u->f.scenario->ue_usim_time;

    u->d.ue->newest.expiry_ns = u->d.now_ns;
    ue_test_mikey(u, UE_PULL(.counter = u->d.ue->newest.counter + 1));
    ue_test_forget(u);
    if (phase == UE_CHALLENGING)
        return;
    if (phase == UE_USIM)
        u->f.scenario->ue_usim_time =
            (struct distribution){.kind = DISTRIBUTION_FIXED, .a_ns = 100 * CLOCK_MILLISECOND};
    ue_test_answer(u, UE_401());
    u->f.scenario->ue_usim_time = time;
    ue_test_forget(u);
    if (phase == UE_USIM)
        return;
    ue_test_aka(u, (struct ue_aka_facts){.mac_right = true, .sqn = seq << 5 | (seq & 31), .av = 4});
}

void ue_test_to(struct ue_test *u, enum ue_phase phase)
{
    if (phase == UE_CHALLENGING || phase == UE_USIM || phase == UE_BOOTSTRAPPING) {
        ue_test_bootstrap(u, phase);
    } else {
        ue_test_mikey(u, UE_PULL(.counter = u->d.ue->newest.counter + 1));
        ue_test_forget(u);
        if (phase == UE_WAITING)
            ue_test_answer(u, UE_ANSWER(.status = 503));
        if (phase == UE_REQUESTING || phase == UE_AWAITING_MSK)
            ue_test_answer(u, UE_401());
        ue_test_forget(u);
        if (phase == UE_AWAITING_MSK)
            ue_test_answer(u, UE_UA_200());
    }
    ue_test_forget(u);
    g_assert_cmpint(u->d.x->phase, ==, phase);
}
