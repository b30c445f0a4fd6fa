/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A UE's own lines in its trace: facts, state, actions. Changes nothing. */
#ifndef MODELS_UE_TRACE_H
#define MODELS_UE_TRACE_H

#include "models/trace.h"
#include "models/ue/state.h"

/* All fields of the facts, for trace_line_fields(). */
extern const struct trace_fields ue_trace_mikey_facts, ue_trace_answer_facts, ue_trace_aka_facts;

/* What the UE remembers, as far as it has changed since the last call. x: NULL if it is idle;
 * services: of the deployment. */
void ue_trace_state(struct trace_ue *t, const struct ue *ue, const struct ue_exchange *x, unsigned services);
/* What is to be done, by a UE in that state. */
void ue_trace_action(struct trace_ue *t, const struct ue *ue, const struct ue_exchange *x,
                     const struct ue_action *action);
/* The timeout of a phase has come. */
void ue_trace_timeout(struct trace_ue *t, enum ue_phase phase);

#endif
