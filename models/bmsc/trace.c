/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lines of the BM-SC: tables of fields, and what has none. */
#include "models/bmsc/trace.h"

#include "models/deployment.h"
#include "models/diameter_trace.h"

#include <inttypes.h>
#include <string.h>

/* --- facts ---------------------------------------------------------------------------------------------- */

static const char *bmsc_work_name(int64_t work)
{
    switch ((enum bmsc_work)work) {
    case BMSC_PULL:
        return "pull";
    case BMSC_POST:
        return "post";
    case BMSC_AUTH_POST:
        return "auth_post";
    case BMSC_ZN_ANSWER:
        return "zn_answer";
    case BMSC_MSK:
        return "msk";
    case BMSC_ACK:
        return "ack";
    }
    g_assert_not_reached();
}

static const char *bmsc_nonce_name(int64_t nonce)
{
    switch ((enum bmsc_nonce)nonce) {
    case NONCE_UNKNOWN:
        return "unknown";
    case NONCE_FRESH:
        return "fresh";
    case NONCE_OLD:
        return "old";
    }
    g_assert_not_reached();
}

#define F(member, form) TRACE_FIELD(bmsc_post, member, form)
static const struct trace_field bmsc_post_fields[] = {
    F(status, TRACE_NUMBER),
    TRACE_FIELD_NAMED(bmsc_post, work, TRACE_NAME, bmsc_work_name),
    F(b_tid_known_form, TRACE_FLAG),
    F(name.ue, TRACE_NUMBER),
    F(name.av, TRACE_AV),
    F(names_right, TRACE_FLAG),
    F(digest_right, TRACE_HIDDEN), /* a fact of its own, once the key is at hand */
    TRACE_FIELD_NAMED(bmsc_post, nonce_state, TRACE_NAME, bmsc_nonce_name),
    F(nonce_serial, TRACE_NUMBER),
    F(nc, TRACE_NUMBER),
    F(key_count, TRACE_NUMBER),
    F(keys, TRACE_HIDDEN), /* bmsc_trace_post() */
    F(ha2, TRACE_HIDDEN),
    F(response, TRACE_HIDDEN),
};
#undef F
const struct trace_fields bmsc_trace_post_facts = TRACE_FIELDS("post", bmsc_post_fields);

#define F(member, form) TRACE_FIELD(bmsc_ack_facts, member, form)
static const struct trace_field bmsc_ack_fields[] = {
    F(proper, TRACE_FLAG),    F(known, TRACE_FLAG),    F(name.ue, TRACE_NUMBER),  F(name.av, TRACE_AV),
    F(counter, TRACE_NUMBER), F(csb_id, TRACE_NUMBER), F(service, TRACE_SERVICE), F(mac_right, TRACE_FLAG),
};
#undef F
const struct trace_fields bmsc_trace_ack_facts = TRACE_FIELDS("ack", bmsc_ack_fields);

#define F(member, form) TRACE_FIELD(bmsc_bia_facts, member, form)
static const struct trace_field bmsc_bia_fields[] = {
    DIAMETER_TRACE_FACTS(bmsc_bia_facts),
    F(whole, TRACE_FLAG),
    F(ue, TRACE_NUMBER),
    F(other_gba, TRACE_FLAG),
    F(expiry_ns, TRACE_TIME),
    F(bootstrap_ns, TRACE_TIME),
    F(ks_naf, TRACE_HIDDEN),
};
#undef F
const struct trace_fields bmsc_trace_bia_facts = TRACE_FIELDS("bia", bmsc_bia_fields);

const char *bmsc_trace_work(const struct bmsc_job *job)
{
    return bmsc_work_name(job->work);
}

uint32_t bmsc_trace_bia_ue(const struct bmsc *bmsc, const struct bmsc_bia_facts *facts)
{
    const struct diameter_job *job =
        facts->answer.paired ? diameter_client_waiting(&bmsc->bsf, facts->answer.index, facts->answer.serial)
                             : NULL;

    if (job != NULL)
        return job->station.ue;
    return facts->whole && facts->answer.result == DIAMETER_SUCCESS ? facts->ue : TALLY_NO_UE;
}

void bmsc_trace_post(struct trace_ue *t, const struct bmsc_post *post)
{
    /* Verify leaves alone what the POST does not have. */
    struct bmsc_post found = {.status = post->status, .work = post->work};

    if (post->status == 200 && post->work == BMSC_AUTH_POST)
        found = *post;
    else if (post->status == 200)
        found.key_count = post->key_count;
    trace_begin(t, "fact", bmsc_trace_post_facts.name);
    trace_add_fields(t, &bmsc_trace_post_facts, &found);
    for (unsigned i = 0; i < found.key_count; i++) {
        const uint8_t *domain = post->keys[i].key_domain_id;

        trace_add(t, " key_domain=%02x%02x%02x msk_id=%08" PRIx32, domain[0], domain[1], domain[2],
                  post->keys[i].msk_id);
    }
    trace_end(t, false);
}

/* --- state ---------------------------------------------------------------------------------------------- */

static const char *bmsc_stage_name(int64_t stage)
{
    switch ((enum bmsc_stage)stage) {
    case BMSC_SOLICITING:
        return "soliciting";
    case BMSC_REQUESTED:
        return "requested";
    case BMSC_DELIVERED:
        return "delivered";
    case BMSC_GAVE_UP:
        return "gave_up";
    }
    g_assert_not_reached();
}

#define BMSC_SERVICE_STATES 5

/* session: NULL if there is none. */
static void bmsc_trace_service(const struct bmsc_ue *ue, const struct bmsc_session *session, unsigned number,
                               char names[BMSC_SERVICE_STATES][TRACE_STATE_NAME_BYTES],
                               struct trace_state out[BMSC_SERVICE_STATES])
{
    const struct bmsc_ue_service *service = &ue->services[number];
    const struct bmsc_delivery *delivery = session ? &session->deliveries[number] : NULL;
    const struct trace_state states[BMSC_SERVICE_STATES] = {
        {"stage", TRACE_NAME, service->stage, bmsc_stage_name},
        {"first_pull", TRACE_TIME, service->first_pull_ns, NULL},
        {"pulls", TRACE_NUMBER, service->pulls, NULL},
        {"pushes", TRACE_NUMBER, delivery ? delivery->pushes : 0, NULL},
        {"acked", TRACE_FLAG, delivery && delivery->acked, NULL},
    };

    for (unsigned i = 0; i < BMSC_SERVICE_STATES; i++) {
        out[i] = states[i];
        out[i].name = trace_state_name(names[i], states[i].name, number);
    }
}

void bmsc_trace_state(struct trace_ue *t, const struct bmsc *bmsc, uint32_t number)
{
    const struct bmsc_ue *ue = bmsc_ue_of(bmsc, number);
    const struct bmsc_session *session;

    if (!ue->initialised)
        return;
    session = ue->session == POOL_NONE ? NULL : pool_at(&bmsc->sessions, ue->session);
    const struct trace_state states[] = {
        {"known_muk", TRACE_AV, ue->last_known, NULL},
        {"known_counter", TRACE_NUMBER, ue->last_known_counter, NULL},
        {"known_expiry", TRACE_TIME, ue->last_known_expiry_ns, NULL},
        {"used_muk", TRACE_AV, ue->last_used, NULL},
        {"used_counter", TRACE_NUMBER, ue->last_used_counter, NULL},
        {"nonce_serial", TRACE_NUMBER, ue->nonce_serial, NULL},
        {"nc", TRACE_NUMBER, ue->nc, NULL},
        {"renegotiated", TRACE_FLAG, ue->renegotiated, NULL},
        {"zn_failed", TRACE_FLAG, ue->zn_failed, NULL},
        {"session", TRACE_FLAG, session != NULL, NULL},
        {"session_muk", TRACE_AV, session ? session->av : AV_NONE, NULL},
    };
    char names[SERVICES_MAX][BMSC_SERVICE_STATES][TRACE_STATE_NAME_BYTES];
    struct trace_state all[SERVICES_MAX * BMSC_SERVICE_STATES + G_N_ELEMENTS(states)];
    unsigned count = 0;

    for (unsigned i = 0; i < bmsc->deployment->service_count; i++, count += BMSC_SERVICE_STATES)
        bmsc_trace_service(ue, session, i, names[i], all + count);
    memcpy(all + count, states, sizeof states);
    trace_states(t, HOST_BMSC, all, count + G_N_ELEMENTS(states));
}

/* --- actions -------------------------------------------------------------------------------------------- */

static const char *bmsc_send_name(int64_t send)
{
    switch ((enum bmsc_send)send) {
    case BMSC_SEND_NOTHING:
        return "nothing";
    case BMSC_SEND_CHALLENGE:
        return "challenge";
    case BMSC_SEND_SUCCESS:
        return "success";
    case BMSC_SEND_REFUSAL:
        return "refusal";
    case BMSC_SEND_BIR:
        return "bir";
    case BMSC_SEND_PULL:
        return "pull";
    case BMSC_SEND_MSK:
        return "msk";
    }
    g_assert_not_reached();
}

void bmsc_trace_action(struct trace_ue *t, const struct bmsc_action *action)
{
    if (action->cancel != 0)
        trace_line(t, true, "timeout", "cancelled", NULL);
    if (action->send == BMSC_SEND_NOTHING && action->queue != POOL_NONE) {
        trace_line(t, true, "action", "queue_job", NULL);
        return;
    }
    trace_begin(t, "action", bmsc_send_name(action->send));
    if (action->adopt)
        trace_add(t, " adopt=yes");
    if (action->send == BMSC_SEND_CHALLENGE)
        trace_add(t, " stale=%s nonce_serial=%" PRIu32, action->stale ? "yes" : "no", action->nonce_serial);
    else if (action->send == BMSC_SEND_SUCCESS)
        trace_add_seconds(t, "expiry", action->expiry_ns);
    else if (action->send == BMSC_SEND_REFUSAL)
        trace_add(t, " status=%u retry_after=%" PRIu32, action->status, action->retry_after_s);
    else if (action->send == BMSC_SEND_PULL)
        trace_add(t, " service=%u muk=%u counter=%" PRIu32 " first=%s", action->service, action->av,
                  action->counter, action->first ? "yes" : "no");
    else if (action->send == BMSC_SEND_MSK)
        trace_add(t, " service=%u muk=%u counter=%" PRIu32 " csb_id=%08" PRIx32, action->service, action->av,
                  action->counter, action->csb_id);
    if (action->hang_up)
        trace_add(t, " hang_up=yes");
    if (action->ends)
        trace_add(t, " ends=session");
    if (action->queue != POOL_NONE)
        trace_add(t, " queues=job");
    trace_end(t, true);
}
