/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Fields in traces of what every Diameter message has. */
#ifndef MODELS_DIAMETER_TRACE_H
#define MODELS_DIAMETER_TRACE_H

#include "models/diameter_client.h"
#include "models/trace.h"

/* Of a struct diameter_facts called `answer`, and a struct diameter_ids called `ids`, in a struct. */
#define DIAMETER_TRACE_FACTS(type)                                                                           \
    TRACE_FIELD(type, answer.proper, TRACE_FLAG), TRACE_FIELD(type, answer.paired, TRACE_FLAG),              \
        TRACE_FIELD(type, answer.index, TRACE_NUMBER), TRACE_FIELD(type, answer.serial, TRACE_NUMBER),       \
        TRACE_FIELD(type, answer.result, TRACE_NUMBER),                                                      \
        TRACE_FIELD(type, answer.overload.understood, TRACE_FLAG),                                           \
        TRACE_FIELD(type, answer.overload.report, TRACE_FLAG),                                               \
        TRACE_FIELD(type, answer.overload.sequence, TRACE_NUMBER),                                           \
        TRACE_FIELD(type, answer.overload.reduction, TRACE_NUMBER),                                          \
        TRACE_FIELD(type, answer.overload.validity_s, TRACE_NUMBER)
#define DIAMETER_TRACE_IDS(type)                                                                             \
    TRACE_FIELD(type, ids.hop_by_hop, TRACE_NUMBER), TRACE_FIELD(type, ids.end_to_end, TRACE_NUMBER),        \
        TRACE_FIELD(type, ids.session_length, TRACE_NUMBER), TRACE_FIELD(type, ids.session, TRACE_CHARS)

/* What a BIA or MAA says of overload, if it reports any. */
static inline void diameter_trace_overload(struct trace_ue *t, const struct overload_said *said)
{
    if (said->report)
        trace_add(t, " reduction=%" G_GUINT32_FORMAT, said->reduction);
}

#endif
