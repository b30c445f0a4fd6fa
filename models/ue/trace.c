/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lines of a UE: tables of fields, and what has none. */
#include "models/ue/trace.h"

#include "models/deployment.h"

#include <inttypes.h>
#include <string.h>

/* --- facts ---------------------------------------------------------------------------------------------- */

#define F(member, form) TRACE_FIELD(ue_mikey_facts, member, form)
static const struct trace_field ue_mikey_fields[] = {
    F(proper, TRACE_FLAG),       F(pull, TRACE_FLAG),      F(held, TRACE_FLAG),    F(av, TRACE_AV),
    F(mac_right, TRACE_FLAG),    F(counter, TRACE_NUMBER), F(v, TRACE_FLAG),       F(service, TRACE_SERVICE),
    F(key_number, TRACE_NUMBER), F(readable, TRACE_FLAG),  F(has_key, TRACE_FLAG), F(key_right, TRACE_FLAG),
    F(has_validity, TRACE_FLAG), F(valid, TRACE_FLAG),
};
#undef F
const struct trace_fields ue_trace_mikey_facts = TRACE_FIELDS("mikey", ue_mikey_fields);

#define F(member, form) TRACE_FIELD(ue_answer_facts, member, form)
static const struct trace_field ue_answer_fields[] = {
    F(proper, TRACE_FLAG),          F(status, TRACE_NUMBER),        F(retry_after_s, TRACE_NUMBER),
    F(challenge, TRACE_FLAG),       F(stale, TRACE_FLAG),           F(nonce, TRACE_TEXT),
    F(opaque, TRACE_TEXT),          F(rand_autn, TRACE_HEX),        F(rspauth_right, TRACE_FLAG),
    F(whole, TRACE_FLAG),           F(granted, TRACE_NUMBER),       F(nextnonce, TRACE_TEXT),
    F(expiry_unix_s, TRACE_NUMBER), F(tmpi_understood, TRACE_FLAG),
};
#undef F
const struct trace_fields ue_trace_answer_facts = TRACE_FIELDS("answer", ue_answer_fields);

#define F(member, form) TRACE_FIELD(ue_aka_facts, member, form)
static const struct trace_field ue_aka_fields[] = {
    F(mac_right, TRACE_FLAG),
    F(sqn, TRACE_NUMBER),
    F(av, TRACE_AV),
};
#undef F
const struct trace_fields ue_trace_aka_facts = TRACE_FIELDS("aka", ue_aka_fields);

/* --- state ---------------------------------------------------------------------------------------------- */

#define UE_IDLE (-1) /* no exchange, so no phase */

static const char *ue_phase_name(int64_t phase)
{
    if (phase == UE_IDLE)
        return "idle";
    switch ((enum ue_phase)phase) {
    case UE_WAITING:
        return "waiting";
    case UE_CHALLENGING:
        return "challenging";
    case UE_USIM:
        return "usim";
    case UE_BOOTSTRAPPING:
        return "bootstrapping";
    case UE_ASKING:
        return "asking";
    case UE_REQUESTING:
        return "requesting";
    case UE_AWAITING_MSK:
        return "awaiting_msk";
    }
    g_assert_not_reached();
}

#define UE_SERVICE_STATES 5

static void ue_trace_service(const struct ue_service *service, unsigned number,
                             char names[UE_SERVICE_STATES][TRACE_STATE_NAME_BYTES],
                             struct trace_state out[UE_SERVICE_STATES])
{
    const struct trace_state states[UE_SERVICE_STATES] = {
        {"msk", TRACE_NUMBER, service->msk[0], NULL},
        {"msk_valid", TRACE_FLAG, service->msk_valid[0], NULL},
        {"older_msk", TRACE_NUMBER, service->msk[1], NULL},
        {"older_msk_valid", TRACE_FLAG, service->msk_valid[1], NULL},
        {"gave_up", TRACE_FLAG, service->gave_up, NULL},
    };

    for (unsigned i = 0; i < UE_SERVICE_STATES; i++) {
        out[i] = states[i];
        out[i].name = trace_state_name(names[i], states[i].name, number);
    }
}

void ue_trace_state(struct trace_ue *t, const struct ue *ue, const struct ue_exchange *x, unsigned services)
{
    const struct trace_state states[] = {
        {"phase", TRACE_NAME, x ? x->phase : UE_IDLE, ue_phase_name},
        {"tries", TRACE_NUMBER, x ? x->tries : 0, NULL},
        {"stale", TRACE_NUMBER, x ? x->stale : 0, NULL},
        {"challenges", TRACE_NUMBER, x ? x->challenges : 0, NULL},
        {"renegotiations", TRACE_NUMBER, x ? x->renegotiations : 0, NULL},
        {"bootstrap", TRACE_FLAG, x && x->bootstrap, NULL},
        {"resync", TRACE_FLAG, x && x->resync, NULL},
        {"services", TRACE_NUMBER, x ? x->services : 0, NULL},
        {"asked", TRACE_NUMBER, x ? x->asked : 0, NULL},
        {"arrived", TRACE_NUMBER, x ? x->arrived : 0, NULL},
        {"newest_muk", TRACE_AV, ue->newest.av, NULL},
        {"newest_counter", TRACE_NUMBER, ue->newest.counter, NULL},
        {"newest_expiry", TRACE_TIME, ue->newest.expiry_ns, NULL},
        {"proven", TRACE_FLAG, ue->proven, NULL},
        {"last_used_muk", TRACE_AV, ue->last_used.av, NULL},
        {"last_used_counter", TRACE_NUMBER, ue->last_used.counter, NULL},
        {"has_tmpi", TRACE_FLAG, ue->has_tmpi, NULL},
    };
    char names[SERVICES_MAX][UE_SERVICE_STATES][TRACE_STATE_NAME_BYTES];
    struct trace_state all[G_N_ELEMENTS(states) + SERVICES_MAX * UE_SERVICE_STATES];
    unsigned count = G_N_ELEMENTS(states);

    memcpy(all, states, sizeof states);
    for (unsigned i = 0; i < services; i++, count += UE_SERVICE_STATES)
        ue_trace_service(&ue->services[i], i, names[i], all + count);
    trace_states(t, HOST_UES, all, count);
}

/* --- actions -------------------------------------------------------------------------------------------- */

/* What the request will say. */
static void ue_trace_send(struct trace_ue *t, const struct ue *ue, const struct ue_exchange *x,
                          const struct ue_action *action)
{
    bool to_bsf = action->kind == KIND_ub_get || action->kind == KIND_ub_auth_get;

    trace_begin(t, "action", "send");
    trace_add(t, " kind=%s try=%u", trace_kind(action->kind), x->tries);
    if (to_bsf && x->tmpi_av != AV_NONE)
        trace_add(t, " user=tmpi user_av=%u", x->tmpi_av);
    else if (to_bsf)
        trace_add(t, " user=impi");
    else
        trace_add(t, " asks=%u", x->asked);
    if (action->kind == KIND_ua_auth_post)
        trace_add(t, " muk=%u", ue->newest.av);
    if (action->kind == KIND_ub_auth_get)
        trace_add(t, " av=%u", x->av);
    if (action->kind == KIND_ua_auth_post || action->kind == KIND_ub_auth_get)
        trace_add(t, " nc=%u cnonce=%016" PRIx64, x->nc, x->cnonce);
    if (action->auts)
        trace_add(t, " auts=yes sqn_ms=%" PRIu64, action->sqn_ms);
    trace_end(t, true);
}

void ue_trace_action(struct trace_ue *t, const struct ue *ue, const struct ue_exchange *x,
                     const struct ue_action *action)
{
    switch (action->what) {
    case UE_DO_CONNECT:
        trace_line(t, true, "action", "connect", " to=%s", action->host == HOST_BSF ? "bsf" : "bmsc");
        break;
    case UE_DO_FIRST_NONCE:
        trace_line(t, true, "action", "first_nonce", NULL);
        break;
    case UE_DO_SEND:
        ue_trace_send(t, ue, x, action);
        break;
    case UE_DO_CLOSE:
        trace_line(t, true, "action", "close", NULL);
        break;
    case UE_DO_ABORT:
        trace_line(t, true, "action", "abort", NULL);
        break;
    case UE_DO_TIMEOUT:
        trace_timeout_set(t, "phase", action->delay_ns);
        break;
    case UE_DO_CANCEL:
        trace_line(t, true, "timeout", "cancelled", NULL);
        break;
    case UE_DO_ACKNOWLEDGE:
        trace_line(t, true, "action", "acknowledge", NULL);
        break;
    case UE_DO_USIM:
        trace_line(t, true, "action", "usim", NULL);
        break;
    case UE_DO_LOG_KEYS:
        trace_line(t, true, "action", "log_keys", " av=%u", action->av);
        break;
    }
}

void ue_trace_timeout(struct trace_ue *t, enum ue_phase phase)
{
    trace_timeout(t, HOST_UES, ue_phase_name(phase));
}
