/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of deciding share. */
#ifndef MODELS_BMSC_DECIDE_PRIVATE_H
#define MODELS_BMSC_DECIDE_PRIVATE_H

#include "models/bmsc/state.h"

/* The next counter for a message under a MUK. */
uint32_t bmsc_counter(struct bmsc_ue *ue, uint16_t av);
/* A timeout (0: none) of a state that is over. One is cancelled; those of further services run out, and find
 * that they are stale. */
void bmsc_cancel(uint64_t timeout, struct bmsc_action *out);
/* Ends what a UE's session has of a set of services, see bmsc_cancel(); with the last of them the session, if
 * there is one. */
void bmsc_session_end(struct bmsc *bmsc, struct bmsc_ue *ue, unsigned services, struct bmsc_action *out);

/* decide_pull.c */
void bmsc_send_pull(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_job *job,
                    struct bmsc_action *out);

/* decide_post.c */
void bmsc_challenge(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, uint32_t ue,
                    enum bmsc_challenge why, struct bmsc_action *out);
void bmsc_refuse(struct bmsc *bmsc, struct tally *tally, const struct bmsc_job *job, unsigned status,
                 struct bmsc_action *out);
void bmsc_judge_post(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                     struct bmsc_action *out);
/* Made to bootstrap again. */
void bmsc_renegotiate(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_job *job,
                      struct bmsc_action *out);
/* The key of the POST's B-TID is known: its digest can be verified. */
void bmsc_check(struct bmsc *bmsc, const struct bmsc_job *job, struct bmsc_action *out);

/* nonces.c */
/* A nonce and its nc are good once. False: too old, used before, or not one of this BM-SC; the digest
 * being right, the UE need only repeat it with another (RFC 2617 §3.2.1: stale). */
bool bmsc_nonce_spend(struct bmsc *bmsc, struct bmsc_ue *ue, const struct bmsc_post *post);
/* Of a POST with credentials that is refused before its digest was judged: it may have been right. */
void bmsc_nonce_void(struct bmsc *bmsc, const struct bmsc_job *job);

/* decide_zn.c */
void bmsc_ask_bsf(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                  struct bmsc_action *out);
void bmsc_judge_bia(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                    struct bmsc_action *out);

/* decide_msk.c */
/* A job that sends the MSK to a UE whose request was granted. */
uint32_t bmsc_msk_job(struct bmsc *bmsc, uint32_t number, unsigned service);
void bmsc_send_msk(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_job *job,
                   struct bmsc_action *out);
void bmsc_acknowledged(struct bmsc *bmsc, struct tally *tally, const struct bmsc_job *job,
                       struct bmsc_action *out);

#endif
