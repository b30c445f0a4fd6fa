/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Decide: pulls, requests, MSK messages, whom to refuse. All state of the BM-SC and its counters, no keys,
 * no bytes. */
#ifndef MODELS_BMSC_DECIDE_H
#define MODELS_BMSC_DECIDE_H

#include "models/bmsc/state.h"

/* --- memory
 * ----------------------------------------------------------------------------------------------- */

/* What is remembered of a UE; its start state is filled in when it is first asked for. */
struct bmsc_ue *bmsc_ue(struct bmsc *bmsc, uint32_t number);
/* Its session, begun if there is none. */
struct bmsc_session *bmsc_session(struct bmsc *bmsc, uint32_t number);
/* A new job for a UE (and a service, 0 if it is for none), and the end of one. */
uint32_t bmsc_job_take(struct bmsc *bmsc, enum bmsc_work work, uint32_t ue, unsigned service);
void bmsc_job_give(struct bmsc *bmsc, uint32_t index);
/* When a MUK ends for the BM-SC: with the GBA key, or earlier by a lifetime of its own. */
int64_t bmsc_muk_expiry_ns(const struct deployment *deployment, int64_t gba_expiry_ns, int64_t bootstrap_ns);

/* --- pulls
 * ------------------------------------------------------------------------------------------------ */

/* Draws when the first pull of each service is due. */
void bmsc_decide_start(struct bmsc *bmsc);
/* A first pull of a service is due: the action queues it; the next is due at the storm's next_pull_ns; false:
 * all have been. */
bool bmsc_decide_next_pull(struct bmsc *bmsc, unsigned service, int64_t now_ns, struct bmsc_action *out);
/* No authenticated request came in time; argument: of the timer. */
void bmsc_decide_pull_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                              struct bmsc_action *out);

/* --- messages arrive
 * -------------------------------------------------------------------------------------- */

/* A POST, whose facts are in the job: true if the job is to be queued; else *out is the refusal. */
bool bmsc_decide_post(struct bmsc *bmsc, struct tally *tally, const struct bytes texts[BMSC_TEXTS],
                      struct bmsc_job *job, struct bmsc_action *out);
/* An ACK, from the address of UE `from`: true if the job of it, *index, is to be queued. */
bool bmsc_decide_ack(struct bmsc *bmsc, struct tally *tally, uint32_t from,
                     const struct bmsc_ack_facts *facts, uint32_t *index);
/* A BIA: *job is to be queued; NULL: none is, as nobody waits for it, or it is refused. */
enum net_verdict bmsc_decide_bia(struct bmsc *bmsc, struct tally *tally, int64_t now_ns,
                                 const struct bmsc_bia_facts *facts, struct bmsc_job **job);

/* --- jobs
 * ------------------------------------------------------------------------------------------------- */

/* Draws how long the service of a job takes. */
int64_t bmsc_decide_service_ns(struct bmsc *bmsc, const struct bmsc_job *job);
/* A job is served. If the action says check, the digest of its POST is to be verified under the key of the
 * UE's session, and bmsc_decide_authenticated() goes on. */
void bmsc_decide(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                 struct bmsc_action *out);
void bmsc_decide_authenticated(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                               bool right, struct bmsc_action *out);
/* The session of a UE ends, for all services, as its action said. */
void bmsc_decide_end(struct bmsc *bmsc, uint32_t ue);
/* A job is not served: the queue is full or it has waited too long, or (answer false) its asker is gone. */
void bmsc_decide_turn_away(struct bmsc *bmsc, struct tally *tally, struct bmsc_job *job, bool answer,
                           struct bmsc_action *out);

/* --- timeouts
 * --------------------------------------------------------------------------------------------- */

/* No ACK came in time; argument: of the timer. */
void bmsc_decide_msk_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                             struct bmsc_action *out);
/* No BIA came in time: its job, for which *out is; NULL: it waits no more. */
struct bmsc_job *bmsc_decide_zn_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                                        uint32_t *index, struct bmsc_action *out);

#endif
