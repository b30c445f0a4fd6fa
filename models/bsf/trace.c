/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lines of the BSF: tables of fields, and what has none. */
#include "models/bsf/trace.h"

#include "models/bsf/decide.h"
#include "models/deployment.h"
#include "models/diameter_trace.h"

#include <inttypes.h>

/* --- facts ---------------------------------------------------------------------------------------------- */

static const char *bsf_work_name(int64_t work)
{
    switch ((enum bsf_work)work) {
    case BSF_UB_GET:
        return "get";
    case BSF_UB_UNKNOWN:
        return "get_unknown_tmpi";
    case BSF_UB_CREDENTIALS:
        return "auth_get";
    case BSF_ZH_ANSWER:
        return "zh_answer";
    case BSF_ZN:
        return "bir";
    }
    g_assert_not_reached();
}

#define F(member, form) TRACE_FIELD(bsf_ub_facts, member, form)
static const struct trace_field bsf_ub_fields[] = {
    F(status, TRACE_NUMBER),
    TRACE_FIELD_NAMED(bsf_ub_facts, work, TRACE_NAME, bsf_work_name),
    F(subscriber, TRACE_NUMBER),
    F(tmpi_understood, TRACE_FLAG),
    F(by_tmpi, TRACE_FLAG),
    F(tmpi, TRACE_CHARS),
    F(credentials.av, TRACE_AV),
    F(credentials.right, TRACE_FLAG),
    F(credentials.resync, TRACE_FLAG),
    F(credentials.auts, TRACE_HEX),
    F(credentials.nc, TRACE_NUMBER),
    F(credentials.ha1, TRACE_HIDDEN),
    F(cnonce, TRACE_TEXT),
    F(uri, TRACE_TEXT),
};
#undef F
const struct trace_fields bsf_trace_ub_facts = TRACE_FIELDS("get", bsf_ub_fields);

#define F(member, form) TRACE_FIELD(bsf_zn_facts, member, form)
static const struct trace_field bsf_zn_fields[] = {
    F(proper, TRACE_FLAG), DIAMETER_TRACE_IDS(bsf_zn_facts), F(name.ue, TRACE_NUMBER),
    F(name.av, TRACE_AV),  F(result, TRACE_NUMBER),          F(reacts, TRACE_FLAG),
};
#undef F
const struct trace_fields bsf_trace_zn_facts = TRACE_FIELDS("bir", bsf_zn_fields);

#define F(member, form) TRACE_FIELD(bsf_maa_facts, member, form)
static const struct trace_field bsf_maa_fields[] = {
    DIAMETER_TRACE_FACTS(bsf_maa_facts), F(whole, TRACE_FLAG),         F(subscriber, TRACE_NUMBER),
    F(vector.lifetime_s, TRACE_NUMBER),  F(vector.av, TRACE_AV),       F(vector.rand_autn, TRACE_HEX),
    F(vector.xres_length, TRACE_NUMBER), F(vector.xres, TRACE_HIDDEN),
};
#undef F
const struct trace_fields bsf_trace_maa_facts = TRACE_FIELDS("maa", bsf_maa_fields);

const char *bsf_trace_work(const struct bsf_job *job)
{
    return bsf_work_name(job->work);
}

uint32_t bsf_trace_maa_ue(const struct bsf *bsf, const struct bsf_maa_facts *facts)
{
    const struct diameter_job *job =
        facts->answer.paired ? diameter_client_waiting(&bsf->hss, facts->answer.index, facts->answer.serial)
                             : NULL;

    if (job != NULL)
        return job->station.ue;
    return facts->whole && facts->answer.result == DIAMETER_SUCCESS ? facts->subscriber : TALLY_NO_UE;
}

/* --- state ---------------------------------------------------------------------------------------------- */

void bsf_trace_state(struct trace_ue *t, const struct bsf *bsf, uint32_t ue)
{
    const struct bsf_subscriber s = bsf_subscriber_seen(bsf, ue);
    const struct bsf_challenge *challenge = bsf_challenge_of(bsf, &s);
    const struct trace_state states[] = {
        {"session", TRACE_AV, s.av, NULL},
        {"expiry", TRACE_TIME, s.expiry_ns, NULL},
        {"tmpi", TRACE_AV, s.tmpi, NULL},
        {"challenge", TRACE_AV, challenge ? challenge->vector.av : AV_NONE, NULL},
        {"wrong", TRACE_NUMBER, challenge ? challenge->wrong : 0, NULL},
        {"spare_av", TRACE_FLAG, s.spare != POOL_NONE, NULL},
        {"zh_failed", TRACE_FLAG, s.zh_failed, NULL},
    };

    trace_states(t, HOST_BSF, states, G_N_ELEMENTS(states));
}

/* --- actions -------------------------------------------------------------------------------------------- */

static const char *bsf_send_name(int64_t send)
{
    switch ((enum bsf_send)send) {
    case BSF_SEND_NOTHING:
        return "nothing";
    case BSF_SEND_CHALLENGE:
        return "challenge";
    case BSF_SEND_SUCCESS:
        return "success";
    case BSF_SEND_REFUSAL:
        return "refusal";
    case BSF_SEND_MAR:
        return "mar";
    case BSF_SEND_BIA:
        return "bia";
    }
    g_assert_not_reached();
}

void bsf_trace_action(struct trace_ue *t, const struct bsf_job *job, const struct bsf_action *action)
{
    trace_begin(t, "action", bsf_send_name(action->send));
    if (action->send == BSF_SEND_CHALLENGE) {
        trace_add(t, " av=%u", job->challenge.vector.av);
    } else if (action->send == BSF_SEND_SUCCESS) {
        trace_add(t, " av=%u", job->challenge.vector.av);
        trace_add_seconds(t, "expiry", action->expiry_ns);
    } else if (action->send == BSF_SEND_REFUSAL) {
        trace_add(t, " status=%u retry_after=%" PRIu32, action->status, action->retry_after_s);
    } else if (action->send == BSF_SEND_MAR) {
        trace_add(t, " resync=%s", job->work == BSF_UB_CREDENTIALS && job->credentials.resync ? "yes" : "no");
    } else if (action->send == BSF_SEND_BIA) {
        trace_add(t, " result=%" PRIu32, action->result);
        trace_add_seconds(t, "expiry", action->expiry_ns);
        diameter_trace_overload(t, &action->overload);
    }
    if (action->hang_up)
        trace_add(t, " hang_up=yes");
    trace_end(t, true);
}
