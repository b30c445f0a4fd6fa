/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The UEs. A UE's start state is filled in when it is first touched, so that setting a run up
 * costs nothing per UE. */
#include "models/ue/ue.h"

#include "models/keylog.h"
#include "sim/base/random.h"
#include "sim/base/table.h"

#include <glib.h>

bool ue_states_init(struct ue_states *states, uint32_t count, bool preemptive)
{
    *states = (struct ue_states){.count = count};
    states->ues = table_new(count, sizeof *states->ues);
    if (states->ues != NULL && preemptive)
        states->nonce_of_ue = table_new(count, sizeof *states->nonce_of_ue);
    return states->ues != NULL && (states->nonce_of_ue != NULL || !preemptive);
}

void ue_states_clear(struct ue_states *states)
{
    table_free(states->nonce_of_ue, states->count, sizeof *states->nonce_of_ue);
    table_free(states->ues, states->count, sizeof *states->ues);
    *states = (struct ue_states){.count = 0};
}

struct ue_table *ue_table_new(const struct ue_states *states)
{
    struct ue_table *table = g_new0(struct ue_table, 1);

    table->ues = states->ues;
    table->nonce_of_ue = states->nonce_of_ue;
    pool_init(&table->exchanges, sizeof(struct ue_exchange));
    pool_init(&table->sqns, sizeof(struct ue_sqn));
    pool_init(&table->nonces, sizeof(struct ue_nonce));
    texts_pool_init(&table->long_texts);
    return table;
}

void ue_table_free(struct ue_table *table)
{
    if (table == NULL)
        return;
    pool_clear(&table->exchanges);
    pool_clear(&table->sqns);
    pool_clear(&table->nonces);
    pool_clear(&table->long_texts);
    g_free(table);
}

static void start(struct ue_at *u)
{
    struct subscriber_start s;
    struct ue *ue = u->ue;

    subscriber_start(u->m->world, u->number, &s);
    ue->known = true;
    ue->exchange = ue->sqn = POOL_NONE;
    ue->first_pull_ns = -1;
    ue->msk[0] = (uint16_t)(u->m->world->msk_number - 1);
    ue->msk_valid[0] = true;
    ue->newest = (struct ue_muk){.expiry_ns = s.newest_expiry_ns, .vector = s.newest};
    ue->used = (struct ue_muk){.vector = AV_NONE};
    ue->has_tmpi = true; /* everybody has bootstrapped before */
    ue->proven = s.ue_used == s.newest;
    if (ue->proven)
        ue->newest.counter = s.counter;
    else if (s.ue_used != AV_NONE)
        ue->used = (struct ue_muk){.expiry_ns = s.older_expiry_ns, .counter = s.counter, .vector = s.ue_used};
    if (u->m->keylog) {
        keylog_subscriber(u->m, u->net->now_ns, u->number);
        keylog_av(u->m, u->net->now_ns, (struct key_name){u->number, s.newest});
    }
}

struct ue_at ue_find(struct net_region *at, uint32_t host)
{
    struct model_region *m = model_of(at);
    struct ue_table *t = m->ues;
    uint32_t number = host - HOST_UES;
    struct ue_at u = {at, m, number, &t->ues[number], NULL};

    if (!u.ue->known)
        start(&u);
    if (u.ue->exchange != POOL_NONE)
        u.x = pool_at(&t->exchanges, u.ue->exchange);
    return u;
}

#define LINE_BYTES 64

void ue_prefetch(struct net_region *at, uint32_t host, unsigned stage)
{
    const struct ue_table *t = model_of(at)->ues;

    if (stage > 1)
        return;
    const struct ue *ue = &t->ues[host - HOST_UES];
    if (stage == 0) {
        __builtin_prefetch(ue, 1);
        __builtin_prefetch((const char *)(ue + 1) - 1, 1);
    } else if (ue->known && ue->exchange != POOL_NONE) {
        const char *x = pool_at(&t->exchanges, ue->exchange);

        for (size_t i = 0; i < sizeof(struct ue_exchange); i += LINE_BYTES)
            __builtin_prefetch(x + i, 1);
    }
}

uint64_t ue_draw(struct ue_at *u, enum purpose purpose)
{
    return random_u64(u->m->world->seed, u->number, purpose, u->ue->draws++);
}

void ue_exchange_muk_is(struct ue_at *u, uint16_t vector, const uint8_t rand[16], const uint8_t muk[32])
{
    u->x->muk_vector = vector;
    memcpy(u->x->muk_rand, rand, sizeof u->x->muk_rand);
    memcpy(u->x->muk, muk, sizeof u->x->muk);
}

void ue_exchange_muk(struct ue_at *u, uint16_t vector)
{
    struct ue_exchange *x = u->x;

    if (x->muk_vector == vector)
        return;
    key_rand(&u->m->keys, (struct key_name){u->number, vector}, x->muk_rand);
    key_muk(&u->m->keys, u->number, x->muk_rand, x->muk);
    x->muk_vector = vector;
}
