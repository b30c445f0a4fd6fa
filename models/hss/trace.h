/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The HSS's lines in the trace of a UE: facts, state, actions. Changes nothing. */
#ifndef MODELS_HSS_TRACE_H
#define MODELS_HSS_TRACE_H

#include "models/hss/state.h"
#include "models/trace.h"

/* All fields of the facts, for trace_line_fields(). */
extern const struct trace_fields hss_trace_facts;

/* What the HSS remembers of a UE, as far as it has changed since the last call; nothing before its first
 * request. */
void hss_trace_state(struct trace_ue *t, const struct hss_subscriber *subscriber);
/* The answer that was decided upon. */
void hss_trace_action(struct trace_ue *t, const struct hss_action *action);

#endif
