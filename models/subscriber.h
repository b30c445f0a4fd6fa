/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The start state of a subscriber: what UE, BM-SC, BSF and HSS remember of the time before the run. A pure
 * function of the seed and the UE's number, so that nothing need be stored to have it again. */
#ifndef MODELS_SUBSCRIBER_H
#define MODELS_SUBSCRIBER_H

#include "models/deployment.h"
#include "models/keys/name.h"

enum subscriber_class {
    CLASS_CURRENT, /* both sides hold the same valid MUK */
    CLASS_EXPIRED, /* ... past its lifetime */
    CLASS_AHEAD,   /* the UE has bootstrapped again since */
    CLASS_UNKNOWN, /* the BM-SC has lost what it learned since a MUK that the UE forgot */
    CLASS_UNPROVEN /* the BM-SC knows the newest MUK but used an older one, which the UE forgot */
};

/* The class at u, from 0 to 1, of UEs in order of their classes, in the shares that the scenario says.
 * Inline, as load has nothing else of subscribers. */
static inline enum subscriber_class subscriber_class_at(const struct scenario *s, double u)
{
    if ((u -= s->ue_muk_expired) < 0)
        return CLASS_EXPIRED;
    if ((u -= s->ue_muk_ahead) < 0)
        return CLASS_AHEAD;
    if ((u -= s->ue_muk_unknown) < 0)
        return CLASS_UNKNOWN;
    if ((u -= s->ue_muk_unproven) < 0)
        return CLASS_UNPROVEN;
    return CLASS_CURRENT;
}

struct subscriber_start {
    enum subscriber_class class;
    uint16_t newest;  /* vector of the last bootstrap: UE, BSF */
    uint16_t ue_used; /* of the last MIKEY message the UE accepted; AV_NONE: forgotten */
    uint16_t bmsc_known, bmsc_used;
    int64_t newest_expiry_ns, older_expiry_ns; /* of `newest`, and of those before it */
    uint32_t counter; /* MIKEY counter of the vectors in use, the same on both sides */
};
void subscriber_start(const struct deployment *deployment, uint32_t ue, struct subscriber_start *out);
/* When the bootstrap was whose MUK the BM-SC knows; below 0. */
int64_t subscriber_start_known_ns(const struct deployment *deployment, const struct subscriber_start *start);
/* TS 33.102 Annex C: SQN = SEQ || IND, and the largest jump of SEQ that a USIM accepts (§C.2.1). */
#define SQN_IND_BITS 5
#define SQN_DELTA    (1 << 28)

/* Sequence numbers at the start (TS 33.102 Annex C): SEQ of the newest vector at the HSS and at the USIM. */
uint64_t subscriber_start_seq_hss(const struct deployment *deployment, uint32_t ue);
uint64_t subscriber_start_seq_usim(const struct deployment *deployment, uint32_t ue);

#endif
