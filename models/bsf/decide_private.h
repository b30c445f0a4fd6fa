/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of deciding share. */
#ifndef MODELS_BSF_DECIDE_PRIVATE_H
#define MODELS_BSF_DECIDE_PRIVATE_H

#include "models/bsf/state.h"

/* decide_ub.c */
void bsf_refuse(struct bsf *bsf, struct tally *tally, const struct bsf_job *job, unsigned status,
                struct bsf_action *out);
/* Sends the job's challenge, which waits for the UE's answer from now on. */
void bsf_challenge(struct bsf *bsf, struct tally *tally, struct bsf_job *job, struct bsf_action *out);
void bsf_judge_credentials(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                           struct bsf_action *out);
/* A response that is right is good once, whatever it is answered: who heard it could send it again. */
void bsf_spend_response(struct bsf *bsf, const struct bsf_job *job);

/* decide_zh.c */
/* Asks the HSS for an AV, unless one is there that no UE has seen. */
void bsf_find_vector(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                     struct bsf_action *out);
void bsf_ask_hss(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                 struct bsf_action *out);
void bsf_judge_maa(struct bsf *bsf, struct tally *tally, struct bsf_job *job, struct bsf_action *out);

/* decide_zn.c */
void bsf_judge_bir(struct bsf *bsf, int64_t now_ns, const struct bsf_job *job, struct bsf_action *out);
void bsf_answer_bir(struct bsf *bsf, int64_t now_ns, const struct bsf_job *job, uint32_t result,
                    int64_t expiry_ns, struct bsf_action *out);

#endif
