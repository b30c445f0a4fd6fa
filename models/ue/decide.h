/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Decide: which messages a UE accepts, when it bootstraps, requests, tries again, gives up. All state of
 * the UE and its counters, no keys, no bytes. */
#ifndef MODELS_UE_DECIDE_H
#define MODELS_UE_DECIDE_H

#include "models/tally.h"
#include "models/ue/state.h"

/* What is decided upon, and with. */
struct ue_decision {
    struct ue_table *table;
    struct tally *tally;
    int64_t now_ns; /* simulated time */
    uint32_t number;
    struct ue *ue;
    struct ue_exchange *x; /* NULL: idle */
    struct ue_actions *actions;
};

/* The start state of a UE. */
void ue_decide_start(struct ue_decision *d);

/* A pull or an MSK message; first_pull_ns: when the first pull to this UE was due, for measuring. */
enum net_verdict ue_decide_mikey(struct ue_decision *d, const struct ue_mikey_facts *facts,
                                 int64_t first_pull_ns);
/* An answer on the exchange's connection. */
enum net_verdict ue_decide_answer(struct ue_decision *d, const struct ue_answer_facts *facts);
/* What the USIM found in the exchange's challenge. */
void ue_decide_aka(struct ue_decision *d, const struct ue_aka_facts *facts);
/* The timer of the UE's phase. */
void ue_decide_timeout(struct ue_decision *d);
/* The exchange's connection is gone. */
void ue_decide_closed(struct ue_decision *d);

/* Does the USIM accept an SQN (TS 33.102 Annex C)? *highest: SQN_MS, for an AUTS. */
bool ue_decide_sqn(struct ue_decision *d, uint64_t sqn, uint64_t *highest);

/* Takes over the nonce that a UE was given before the run, for UE_DO_FIRST_NONCE. */
void ue_nonce_put(struct ue_decision *d, struct bytes nonce, struct bytes opaque);

#endif
