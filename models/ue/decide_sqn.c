/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The USIM's sequence numbers: TS 33.102 Annex C (SQN = SEQ || IND, five bits of IND, one SEQ_MS for
 * each). */
#include "models/subscriber.h"
#include "models/ue/decide.h"

/* What the card has seen before the run: consecutive AVs up to the newest, IND = SEQ mod 32. */
static void ue_sqn_start(struct ue_sqn *sqn, int64_t newest)
{
    for (int64_t i = 0; i < 1 << SQN_IND_BITS; i++) {
        int64_t behind = (newest - i) & ((1 << SQN_IND_BITS) - 1);
        sqn->seq[i] = newest - behind;
    }
}

static struct ue_sqn *ue_sqn_of(struct ue_decision *d)
{
    struct pool *pool = &d->table->sqns;

    if (d->ue->sqn == POOL_NONE) {
        d->ue->sqn = pool_take(pool);
        ue_sqn_start(pool_at(pool, d->ue->sqn),
                     (int64_t)subscriber_start_seq_usim(d->table->deployment, d->number));
    }
    return pool_at(pool, d->ue->sqn);
}

/* §C.2: fresh if SEQ is above SEQ_MS(IND) and does not jump too far. */
bool ue_decide_sqn(struct ue_decision *d, uint64_t value, uint64_t *highest)
{
    struct ue_sqn *sqn = ue_sqn_of(d);
    unsigned ind = value & ((1U << SQN_IND_BITS) - 1);
    int64_t seq = (int64_t)(value >> SQN_IND_BITS);
    unsigned top = 0;

    for (unsigned i = 1; i < 1U << SQN_IND_BITS; i++)
        if (sqn->seq[i] > sqn->seq[top])
            top = i;
    *highest = (uint64_t)sqn->seq[top] << SQN_IND_BITS | top;
    if (seq <= sqn->seq[ind] || seq - sqn->seq[top] > SQN_DELTA)
        return false;
    sqn->seq[ind] = seq;
    return true;
}
