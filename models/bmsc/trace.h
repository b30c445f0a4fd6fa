/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BM-SC's lines in the trace of a UE: facts, state, actions. Changes nothing. */
#ifndef MODELS_BMSC_TRACE_H
#define MODELS_BMSC_TRACE_H

#include "models/bmsc/state.h"
#include "models/trace.h"

/* All fields of the facts, for trace_line_fields(). */
extern const struct trace_fields bmsc_trace_post_facts, bmsc_trace_ack_facts, bmsc_trace_bia_facts;

/* The work of a job, as a word. */
const char *bmsc_trace_work(const struct bmsc_job *job);
/* The UE that an answer on Zn is about; TALLY_NO_UE: unknown. */
uint32_t bmsc_trace_bia_ue(const struct bmsc *bmsc, const struct bmsc_bia_facts *facts);
/* What a POST says, with the keys that it asks for. */
void bmsc_trace_post(struct trace_ue *t, const struct bmsc_post *post);
/* What the BM-SC remembers of the UE, as far as it has changed since the last call; nothing before it first
 * has to do with it. */
void bmsc_trace_state(struct trace_ue *t, const struct bmsc *bmsc, uint32_t ue);
/* What is to be done. */
void bmsc_trace_action(struct trace_ue *t, const struct bmsc_action *action);

#endif
