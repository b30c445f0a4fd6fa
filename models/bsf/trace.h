/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BSF's lines in the trace of a UE: facts, state, actions. Changes nothing. */
#ifndef MODELS_BSF_TRACE_H
#define MODELS_BSF_TRACE_H

#include "models/bsf/state.h"
#include "models/trace.h"

/* All fields of the facts, for trace_line_fields(). */
extern const struct trace_fields bsf_trace_ub_facts, bsf_trace_zn_facts, bsf_trace_maa_facts;

/* The work of a job, as a word. */
const char *bsf_trace_work(const struct bsf_job *job);
/* The UE that an answer on Zh is about; TALLY_NO_UE: unknown. */
uint32_t bsf_trace_maa_ue(const struct bsf *bsf, const struct bsf_maa_facts *facts);
/* What the BSF remembers of the UE, as far as it has changed since the last call. */
void bsf_trace_state(struct trace_ue *t, const struct bsf *bsf, uint32_t ue);
/* What is to be done with a job. */
void bsf_trace_action(struct trace_ue *t, const struct bsf_job *job, const struct bsf_action *action);

#endif
