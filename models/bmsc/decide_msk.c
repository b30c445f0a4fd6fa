/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MSK messages out, ACKs in (TS 33.246 §6.3.2.3.1). */
#include "models/bmsc/decide.h"
#include "models/bmsc/decide_private.h"

uint32_t bmsc_msk_job(struct bmsc *bmsc, uint32_t number, unsigned service)
{
    uint32_t index = bmsc_job_take(bmsc, BMSC_MSK, number, service);
    struct bmsc_job *job = station_job_at(&bmsc->station, index);

    job->request = bmsc_ue(bmsc, number)->services[service].serial;
    return index;
}

/* The UE will miss its key and request again. */
static void bmsc_msk_unanswered(struct bmsc *bmsc, struct tally *tally, uint32_t number, unsigned service,
                                struct bmsc_action *out)
{
    tally_count_service(tally, number, service, COUNT_msk_unanswered);
    bmsc_session_end(bmsc, bmsc_ue(bmsc, number), 1U << service, out);
}

/* The session in which the MSK message of a service is to be acknowledged still; NULL: none of this
 * serial. */
static struct bmsc_session *bmsc_msk_session(struct bmsc *bmsc, uint32_t number, unsigned service,
                                             uint32_t serial)
{
    const struct bmsc_ue *ue = bmsc_ue(bmsc, number);
    const struct bmsc_ue_service *state = &ue->services[service];
    struct bmsc_session *session;

    if (state->serial != serial || state->stage != BMSC_REQUESTED || ue->session == POOL_NONE)
        return NULL;
    session = bmsc_session(bmsc, number);
    return session->deliveries[service].acked ? NULL : session; /* its ACK waits for a worker */
}

/* A repetition carries the same MSK and RAND under a fresh counter. Not sent if another request was
 * granted, and its MSK message queued, while this one waited for a worker. */
void bmsc_send_msk(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_job *job,
                   struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);
    struct bmsc_session *session = bmsc_msk_session(bmsc, job->ue, job->service, job->request);
    struct bmsc_delivery *delivery;
    uint32_t counter;

    if (session == NULL)
        return;
    if (ue->last_known_expiry_ns <= now_ns) { /* past its lifetime a MUK is good for a pull only */
        bmsc_msk_unanswered(bmsc, tally, job->ue, job->service, out);
        return;
    }
    counter = bmsc_counter(ue, session->av);
    delivery = &session->deliveries[job->service];
    if (delivery->pushes == 0) {
        delivery->counter_min = counter;
        delivery->csb_id = (uint32_t)random_u64(bmsc->deployment->seed, job->ue, PURPOSE_CSB_ID, ue->draws++);
    }
    if (delivery->pushes++ > 0)
        tally_count_service(tally, job->ue, job->service, COUNT_msk_retransmissions);
    tally_rate(tally, RATE_msk, now_ns);
    out->send = BMSC_SEND_MSK;
    out->ue = job->ue;
    out->service = job->service;
    out->av = session->av;
    out->counter = counter;
    out->csb_id = delivery->csb_id;
}

void bmsc_decide_msk_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                             struct bmsc_action *out)
{
    uint32_t number = bmsc_timer_ue(argument);
    unsigned service = bmsc_timer_service(argument);
    const struct bmsc_session *session = bmsc_msk_session(bmsc, number, service, (uint32_t)(argument >> 32));

    if (session == NULL)
        return;
    if (session->deliveries[service].pushes < bmsc->deployment->scenario->msk_attempts)
        out->queue = bmsc_msk_job(bmsc, number, service);
    else
        bmsc_msk_unanswered(bmsc, tally, number, service, out);
}

/* Why an ACK is refused; false: it is not. It must answer a message that was sent and not yet answered. */
static bool bmsc_ack_refused(struct bmsc *bmsc, const struct bmsc_ack_facts *facts, enum model_counter *why)
{
    const struct bmsc_ue *ue;
    const struct bmsc_session *session;
    const struct bmsc_delivery *delivery;

    *why = facts->proper ? COUNT_mikey_unknown_muk : COUNT_mikey_malformed;
    if (!facts->proper || !facts->known)
        return true;
    ue = bmsc_ue(bmsc, facts->name.ue);
    *why = COUNT_mikey_replayed;
    if (ue->session == POOL_NONE || ue->services[facts->service].stage != BMSC_REQUESTED)
        return true;
    session = bmsc_session(bmsc, facts->name.ue);
    if (session->av != facts->name.av) {
        *why = COUNT_mikey_unknown_muk;
        return true;
    }
    delivery = &session->deliveries[facts->service];
    if (delivery->acked || delivery->pushes == 0 ||
        facts->counter - delivery->counter_min > ue->last_known_counter - delivery->counter_min)
        return true;
    *why = COUNT_mikey_bad_mac;
    return !facts->mac_right;
}

bool bmsc_decide_ack(struct bmsc *bmsc, struct tally *tally, uint32_t from,
                     const struct bmsc_ack_facts *facts, uint32_t *index)
{
    enum model_counter why;

    if (bmsc_ack_refused(bmsc, facts, &why)) {
        tally_count(tally, facts->known ? facts->name.ue : from, why);
        return false;
    }
    /* before it may be served at once */
    bmsc_session(bmsc, facts->name.ue)->deliveries[facts->service].acked = true;
    *index = bmsc_job_take(bmsc, BMSC_ACK, facts->name.ue, facts->service);
    ((struct bmsc_job *)station_job_at(&bmsc->station, *index))->diameter.station.patient = true;
    return true;
}

/* Delivered: the MUK is proven on both sides. */
void bmsc_acknowledged(struct bmsc *bmsc, struct tally *tally, const struct bmsc_job *job,
                       struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);
    struct bmsc_ue_service *state = &ue->services[job->service];

    tally_count_service(tally, job->ue, job->service, COUNT_acks_received);
    if (state->stage != BMSC_REQUESTED)
        return; /* by the ACK of an earlier request */
    state->stage = BMSC_DELIVERED;
    ue->last_used = ue->last_known;
    ue->last_used_counter = ue->last_known_counter;
    bmsc_session_end(bmsc, ue, 1U << job->service, out);
}
