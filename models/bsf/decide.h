/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Decide: challenges, sessions, who is refused. All state of the BSF and its counters, no keys, no bytes. */
#ifndef MODELS_BSF_DECIDE_H
#define MODELS_BSF_DECIDE_H

#include "models/bsf/state.h"

/* --- memory
 * ----------------------------------------------------------------------------------------------- */

/* What is remembered of a subscriber; its start state is filled in when it is first asked for. */
struct bsf_subscriber *bsf_subscriber(struct bsf *bsf, uint32_t number);
/* The same for who may change nothing. */
struct bsf_subscriber bsf_subscriber_seen(const struct bsf *bsf, uint32_t number);
/* A new job, and the end of one. */
uint32_t bsf_job_take(struct bsf *bsf);
void bsf_job_give(struct bsf *bsf, uint32_t index);

/* --- requests arrive
 * -------------------------------------------------------------------------------------- */

/* A GET: true if the job, which takes from the facts what it needs, is to be queued; else *out is the
 * refusal. */
bool bsf_decide_ub(struct bsf *bsf, struct tally *tally, const struct bsf_ub_facts *facts,
                   struct bsf_job *job, struct bsf_action *out);
/* A BIR: true if the job is to be queued. */
bool bsf_decide_zn(struct tally *tally, const struct bsf_zn_facts *facts, struct bsf_job *job);
/* An MAA: *job is to be queued; NULL: none is, as nobody waits for it, or it is refused. */
enum net_verdict bsf_decide_maa(struct bsf *bsf, struct tally *tally, int64_t now_ns,
                                const struct bsf_maa_facts *facts, struct bsf_job **job);

/* --- jobs
 * ------------------------------------------------------------------------------------------------- */

/* Draws how long the service of a job takes. */
int64_t bsf_decide_service_ns(struct bsf *bsf, const struct bsf_job *job);
/* A job is served. */
void bsf_decide(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                struct bsf_action *out);
/* A job is not served: the queue is full or it has waited too long, or (answer false) its asker is gone. */
void bsf_decide_turn_away(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                          bool answer, struct bsf_action *out);
/* A timeout on Zh has come: its job, for which *out is; NULL: it waits no more. */
struct bsf_job *bsf_decide_timeout(struct bsf *bsf, struct tally *tally, uint64_t argument, uint32_t *index,
                                   struct bsf_action *out);

#endif
