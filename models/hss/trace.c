/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lines of the HSS: a table of fields, and what has none. */
#include "models/hss/trace.h"

#include "models/deployment.h"
#include "models/diameter_trace.h"

#include <inttypes.h>

static const char *hss_auts_name(int64_t auts)
{
    switch ((enum hss_auts)auts) {
    case HSS_NO_AUTS:
        return "none";
    case HSS_AUTS_RIGHT:
        return "right";
    case HSS_AUTS_WRONG:
        return "wrong";
    }
    g_assert_not_reached();
}

#define F(member, form) TRACE_FIELD(hss_facts, member, form)
static const struct trace_field hss_fields[] = {
    F(proper, TRACE_FLAG),
    DIAMETER_TRACE_IDS(hss_facts),
    F(subscriber, TRACE_NUMBER),
    F(result, TRACE_NUMBER),
    TRACE_FIELD_NAMED(hss_facts, auts, TRACE_NAME, hss_auts_name),
    F(seq_ms, TRACE_NUMBER),
    F(reacts, TRACE_FLAG),
};
#undef F
const struct trace_fields hss_trace_facts = TRACE_FIELDS("mar", hss_fields);

void hss_trace_state(struct trace_ue *t, const struct hss_subscriber *subscriber)
{
    const struct trace_state states[] = {
        {"avs", TRACE_NUMBER, subscriber->avs, NULL},
        {"seq", TRACE_NUMBER, (int64_t)subscriber->seq, NULL},
    };

    if (subscriber->known)
        trace_states(t, HOST_HSS, states, G_N_ELEMENTS(states));
}

void hss_trace_action(struct trace_ue *t, const struct hss_action *action)
{
    trace_begin(t, "action", "answer");
    trace_add(t, " result=%" PRIu32, action->result);
    if (action->result == DIAMETER_SUCCESS)
        trace_add(t, " av=%u sqn=%" PRIu64, action->av.av, action->sqn);
    diameter_trace_overload(t, &action->overload);
    trace_end(t, true);
}
