/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The USIM's part of AKA: TS 33.102 §6.3.3 (verification), §6.3.5 (AUTS), Annex C (SQN = SEQ || IND, five
 * bits of IND, one SEQ_MS for each). */
#include "models/ue/ue.h"

#include "models/crypto/milenage.h"

/* What the card has seen before the run: consecutive vectors up to the newest, IND = SEQ mod 32. */
static void sqn_start(struct ue_sqn *sqn, int64_t newest)
{
    for (int64_t i = 0; i < 1 << SQN_IND_BITS; i++) {
        int64_t behind = (newest - i) & ((1 << SQN_IND_BITS) - 1);
        sqn->seq[i] = newest - behind;
    }
}

static struct ue_sqn *sqn_of(struct ue_at *u)
{
    struct pool *pool = &u->m->ues->sqns;

    if (u->ue->sqn == POOL_NONE) {
        u->ue->sqn = pool_take(pool);
        sqn_start(pool_at(pool, u->ue->sqn), (int64_t)subscriber_start_seq_usim(u->m->world, u->number));
    }
    return pool_at(pool, u->ue->sqn);
}

/* §C.2: fresh if SEQ is above SEQ_MS(IND) and does not jump too far. */
static bool sqn_accept(struct ue_sqn *sqn, uint64_t value, uint64_t *highest)
{
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

enum usim_result usim_authenticate(struct ue_at *u, const uint8_t rand[16], const uint8_t autn[16],
                                   struct usim_answer *out)
{
    uint8_t k[16], opc[16], mac_a[8], mac_s[8];
    struct milenage_vector v;
    uint64_t sqn = 0, highest;

    key_k(&u->m->keys, u->number, k);
    key_opc(&u->m->keys, u->number, opc);
    milenage_f2345(u->m->keys.crypto, k, opc, rand, &v);
    for (unsigned i = 0; i < 6; i++)
        sqn = sqn << 8 | (uint8_t)(autn[i] ^ v.ak[i]);
    milenage_f1(u->m->keys.crypto, k, opc, rand, sqn, autn + 6, mac_a, mac_s);
    if (!crypto_equal(mac_a, autn + 8, sizeof mac_a))
        return USIM_MAC_FAILURE;
    if (!sqn_accept(sqn_of(u), sqn, &highest)) {
        milenage_auts(u->m->keys.crypto, k, opc, rand, highest, out->auts);
        return USIM_SYNC_FAILURE;
    }
    memcpy(out->res, v.res, sizeof v.res);
    memcpy(out->ks, v.ck, 16);
    memcpy(out->ks + 16, v.ik, 16);
    return USIM_OK;
}
