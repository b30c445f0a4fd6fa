/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Nonces for requests to come, so that credentials stand in the first POST (TS 33.246 §6.3.2.2.1 note 1,
 * RFC 2617 §3.2.2-3.2.3). What lasts beyond an exchange stands in a table beside the UEs, a number a UE: 0
 * as at the start, POOL_NONE nothing, else place + 1 in the pool. */
#include "models/nonce.h"
#include "models/ue/ue.h"

#include "sim/base/random.h"

static uint32_t *place_of(struct ue_at *u)
{
    struct ue_table *t = u->m->ues;

    if (t->nonce_of_ue == NULL ||
        !world_chance(u->m->world, u->number, PURPOSE_PREEMPTIVE, u->m->world->scenario->ue_preemptive))
        return NULL;
    return &t->nonce_of_ue[u->number];
}

static void into_exchange(struct ue_at *u, struct bytes nonce, struct bytes opaque, uint32_t nc)
{
    texts_put(&u->m->ues->long_texts, &u->x->texts,
              (struct bytes[]){[CHALLENGE_NONCE] = nonce, [CHALLENGE_OPAQUE] = opaque}, 2);
    u->x->nc = nc;
}

/* A nonce with the exchange's opaque. */
static uint32_t from_exchange(struct ue_at *u, struct bytes nonce, uint32_t nc)
{
    struct ue_table *t = u->m->ues;
    uint32_t place = pool_take(&t->nonces);
    struct ue_nonce *n = pool_at(&t->nonces, place);

    *n = (struct ue_nonce){.nc = nc};
    texts_put(&t->long_texts, &n->texts,
              (struct bytes[]){[CHALLENGE_NONCE] = nonce, [CHALLENGE_OPAQUE] = ue_challenge_opaque(u)}, 2);
    return place;
}

static void give(struct ue_table *t, uint32_t place)
{
    texts_drop(&t->long_texts, &((struct ue_nonce *)pool_at(&t->nonces, place))->texts);
    pool_give(&t->nonces, place);
}

static void take_from_pool(struct ue_at *u, uint32_t place)
{
    struct ue_table *t = u->m->ues;
    const struct ue_nonce *n = pool_at(&t->nonces, place);

    into_exchange(u, texts_get(&t->long_texts, &n->texts, CHALLENGE_NONCE),
                  texts_get(&t->long_texts, &n->texts, CHALLENGE_OPAQUE), n->nc + 1);
    give(t, place);
}

/* The nextnonce of the last exchange before the run. */
static void take_first(struct ue_at *u)
{
    const struct world *world = u->m->world;
    char nonce[NONCE_TEXT_BYTES];

    nonce_start(&u->m->keys, u->number, nonce);
    into_exchange(u, bytes_of(nonce, sizeof nonce), bytes_of(world->ua_opaque, sizeof world->ua_opaque), 1);
}

bool ue_nonce_take(struct ue_at *u)
{
    uint32_t *place;

    if (u->x->nonce_kept != POOL_NONE) {
        take_from_pool(u, u->x->nonce_kept);
        u->x->nonce_kept = POOL_NONE;
        return true;
    }
    place = place_of(u);
    if (place == NULL || *place == POOL_NONE)
        return false;
    count(u->m, COUNT_requests_preemptive);
    if (*place == 0)
        take_first(u);
    else
        take_from_pool(u, *place - 1);
    *place = POOL_NONE;
    return true;
}

void ue_nonce_keep(struct ue_at *u)
{
    ue_nonce_drop(u);
    u->x->nonce_kept = from_exchange(u, ue_challenge_nonce(u), 0);
}

void ue_nonce_remember(struct ue_at *u, struct bytes nextnonce)
{
    uint32_t *place = place_of(u);
    bool next = nextnonce.len > 0 && nextnonce.len <= TEXTS_ONE_BYTES_MAX;

    if (place == NULL)
        return;
    if (*place != 0 && *place != POOL_NONE)
        give(u->m->ues, *place - 1);
    *place = 1 + (next ? from_exchange(u, nextnonce, 0) : from_exchange(u, ue_challenge_nonce(u), u->x->nc));
}

void ue_nonce_drop(struct ue_at *u)
{
    if (u->x->nonce_kept != POOL_NONE)
        give(u->m->ues, u->x->nonce_kept);
    u->x->nonce_kept = POOL_NONE;
}
