/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Nonces for requests to come, so that credentials stand in the first POST (TS 33.246 §6.3.2.2.1 note 1, RFC 2617 §3.2.2-3.2.3).
 * What lasts beyond an exchange stands in a table beside the UEs, a number a UE: 0 as at the start, POOL_NONE nothing, else
 * place + 1 in the pool. */
#include "models/ue/ue.h"

#include "sim/kernel/random.h"

static uint32_t *place_of(struct ue_at *u)
{
    struct ue_table *t = u->m->ues;

    if (t->nonce_of_ue == NULL ||
        !world_chance(u->m->world, u->number, PURPOSE_PREEMPTIVE, u->m->world->scenario->ue_preemptive))
        return NULL;
    return &t->nonce_of_ue[u->ue - t->ues];
}

static void into_exchange(struct ue_exchange *x, const struct ue_nonce *n)
{
    x->nonce_length = n->nonce_length;
    memcpy(x->nonce, n->nonce, n->nonce_length);
    x->opaque_length = n->opaque_length;
    memcpy(x->opaque, n->opaque, n->opaque_length);
    x->nc = n->nc + 1;
}

static uint32_t from_exchange(struct ue_at *u, struct bytes nonce, uint32_t nc)
{
    uint32_t place = pool_take(&u->m->ues->nonces);
    struct ue_nonce *n = pool_at(&u->m->ues->nonces, place);

    n->nc = nc;
    n->nonce_length = (uint8_t)nonce.len;
    memcpy(n->nonce, nonce.at, nonce.len);
    n->opaque_length = u->x->opaque_length;
    memcpy(n->opaque, u->x->opaque, u->x->opaque_length);
    return place;
}

static void take_from_pool(struct ue_at *u, uint32_t place)
{
    into_exchange(u->x, pool_at(&u->m->ues->nonces, place));
    pool_give(&u->m->ues->nonces, place);
}

/* The nextnonce of the last exchange before the run. */
static void take_first(struct ue_at *u)
{
    struct ue_nonce first = {.nonce_length = 24, .opaque_length = sizeof u->m->world->ua_opaque};

    subscriber_start_nonce(u->m, u->number, first.nonce);
    memcpy(first.opaque, u->m->world->ua_opaque, first.opaque_length);
    into_exchange(u->x, &first);
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
    u->x->nonce_kept = from_exchange(u, bytes_of(u->x->nonce, u->x->nonce_length), 0);
}

void ue_nonce_remember(struct ue_at *u, struct bytes nextnonce)
{
    uint32_t *place = place_of(u);
    bool next = nextnonce.len > 0 && nextnonce.len <= UE_NONCE_BYTES_MAX;

    if (place == NULL)
        return;
    if (*place != 0 && *place != POOL_NONE)
        pool_give(&u->m->ues->nonces, *place - 1);
    *place = 1 + (next ? from_exchange(u, nextnonce, 0)
                       : from_exchange(u, bytes_of(u->x->nonce, u->x->nonce_length), u->x->nc));
}

void ue_nonce_drop(struct ue_at *u)
{
    if (u->x->nonce_kept != POOL_NONE)
        pool_give(&u->m->ues->nonces, u->x->nonce_kept);
    u->x->nonce_kept = POOL_NONE;
}
