/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Nonces for requests to come, so that credentials stand in the first POST (TS 33.246 §6.3.2.2.1 note 1,
 * RFC 2617 §3.2.2-3.2.3). What lasts beyond an exchange stands in a table beside the UEs, a number a UE: 0
 * as at the start, POOL_NONE nothing, else place + 1 in the pool. */
#include "models/ue/decide_private.h"

static uint32_t *ue_nonce_place(struct ue_decision *d)
{
    const struct deployment *deployment = d->table->deployment;

    if (d->table->states.nonce_of_ue == NULL ||
        !deployment_chance(deployment, d->number, PURPOSE_PREEMPTIVE, deployment->scenario->ue_preemptive))
        return NULL;
    return &d->table->states.nonce_of_ue[d->number];
}

static struct bytes ue_exchange_text(const struct ue_decision *d, enum ue_text text)
{
    return texts_get(&d->table->long_texts, &d->x->texts, text);
}

/* Puts a nonce into the pool, with the exchange's opaque. */
static uint32_t ue_nonce_from_exchange(struct ue_decision *d, struct bytes nonce, uint32_t nc)
{
    uint32_t place = pool_take(&d->table->nonces);
    struct ue_nonce *n = pool_at(&d->table->nonces, place);

    *n = (struct ue_nonce){.nc = nc};
    texts_put(
        &d->table->long_texts, &n->texts,
        (struct bytes[]){[UE_TEXT_NONCE] = nonce, [UE_TEXT_OPAQUE] = ue_exchange_text(d, UE_TEXT_OPAQUE)}, 2);
    return place;
}

static void ue_nonce_give(struct ue_table *t, uint32_t place)
{
    texts_drop(&t->long_texts, &((struct ue_nonce *)pool_at(&t->nonces, place))->texts);
    pool_give(&t->nonces, place);
}

static void ue_nonce_from_pool(struct ue_decision *d, uint32_t place)
{
    struct ue_table *t = d->table;
    const struct ue_nonce *n = pool_at(&t->nonces, place);

    ue_exchange_keep(d, texts_get(&t->long_texts, &n->texts, UE_TEXT_NONCE),
                     texts_get(&t->long_texts, &n->texts, UE_TEXT_OPAQUE));
    d->x->nc = n->nc + 1;
    ue_nonce_give(t, place);
}

void ue_nonce_put(struct ue_decision *d, struct bytes nonce, struct bytes opaque)
{
    ue_exchange_keep(d, nonce, opaque);
    d->x->nc = 1;
}

bool ue_nonce_take(struct ue_decision *d)
{
    uint32_t *place;

    if (d->x->nonce_kept != POOL_NONE) {
        ue_nonce_from_pool(d, d->x->nonce_kept);
        d->x->nonce_kept = POOL_NONE;
        return true;
    }
    place = ue_nonce_place(d);
    if (place == NULL || *place == POOL_NONE)
        return false;
    ue_count(d, COUNT_requests_preemptive);
    if (*place == 0)
        ue_do(d, UE_DO_FIRST_NONCE); /* the nextnonce of the last exchange before the run */
    else
        ue_nonce_from_pool(d, *place - 1);
    *place = POOL_NONE;
    return true;
}

void ue_nonce_keep(struct ue_decision *d)
{
    ue_nonce_drop(d);
    d->x->nonce_kept = ue_nonce_from_exchange(d, ue_exchange_text(d, UE_TEXT_NONCE), 0);
}

void ue_nonce_remember(struct ue_decision *d, struct bytes nextnonce)
{
    uint32_t *place = ue_nonce_place(d);
    bool next = nextnonce.len > 0 && nextnonce.len <= TEXTS_ONE_BYTES_MAX;

    if (place == NULL)
        return;
    if (*place != 0 && *place != POOL_NONE)
        ue_nonce_give(d->table, *place - 1);
    *place = 1 + (next ? ue_nonce_from_exchange(d, nextnonce, 0)
                       : ue_nonce_from_exchange(d, ue_exchange_text(d, UE_TEXT_NONCE), d->x->nc));
}

void ue_nonce_drop(struct ue_decision *d)
{
    if (d->x->nonce_kept != POOL_NONE)
        ue_nonce_give(d->table, d->x->nonce_kept);
    d->x->nonce_kept = POOL_NONE;
}
