/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What becomes of a POST (TS 33.246 §6.3.2.2.1, TS 33.220 §4.5.3, RFC 2617 §3.2.1). */
#include "models/bmsc/decide.h"
#include "models/bmsc/decide_private.h"

#include <string.h>

void bmsc_challenge(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, uint32_t ue,
                    enum bmsc_challenge why, struct bmsc_action *out)
{
    tally_count(tally, ue, COUNT_http_401);
    tally_rate(tally, RATE_ua_401, now_ns);
    if (why == CHALLENGE_STALE)
        tally_count(tally, ue, COUNT_http_401_stale);
    else if (why == CHALLENGE_RENEGOTIATE)
        tally_count(tally, ue, COUNT_http_401_renegotiate);
    out->send = BMSC_SEND_CHALLENGE;
    out->stale = why == CHALLENGE_STALE;
    out->nonce_serial = ++bmsc->nonce_serial;
}

static uint32_t bmsc_retry_after_s(struct bmsc *bmsc, uint32_t number)
{
    const struct scenario *s = bmsc->deployment->scenario;
    const struct station_retry rule = {s->bmsc_retry_after, s->bmsc_retry_after_grows,
                                       s->bmsc_retry_after_spread};

    return station_draw_retry_after_s(&bmsc->station, &rule, bmsc->deployment->seed, number,
                                      &bmsc_ue(bmsc, number)->draws);
}

void bmsc_refuse(struct bmsc *bmsc, struct tally *tally, const struct bmsc_job *job, unsigned status,
                 struct bmsc_action *out)
{
    if (status == 503) {
        tally_count(tally, job->ue, COUNT_http_503);
        out->retry_after_s = bmsc_retry_after_s(bmsc, job->ue);
    } else if (status == 504) {
        tally_count(tally, job->ue, COUNT_http_504);
    }
    out->send = BMSC_SEND_REFUSAL;
    out->status = status;
}

bool bmsc_decide_post(struct bmsc *bmsc, struct tally *tally, const struct bytes texts[BMSC_TEXTS],
                      struct bmsc_job *job, struct bmsc_action *out)
{
    const struct bmsc_post *post = &job->post;

    job->work = (uint8_t)post->work;
    if (post->status != 200) {
        tally_count(tally, job->ue, COUNT_http_malformed);
        bmsc_refuse(bmsc, tally, job, post->status, out);
        out->hang_up = true;
        return false;
    }
    if (post->b_tid_known_form)
        job->ue = job->diameter.station.ue = post->name.ue;
    if (post->work == BMSC_AUTH_POST)
        texts_put(&bmsc->long_texts, &job->texts, texts, BMSC_TEXTS);
    return true;
}

/* A UE is made to bootstrap again if its key expires soon, or, unless it was made to already, by policy
 * (TS 33.220 §4.5.3). */
static bool bmsc_wants_bootstrap(const struct deployment *deployment, int64_t now_ns, uint32_t number,
                                 const struct bmsc_ue *ue)
{
    return ue->last_known_expiry_ns - now_ns <= deployment->scenario->bmsc_muk_margin ||
           (!ue->renegotiated && deployment_chance(deployment, number, PURPOSE_RENEGOTIATE,
                                                   deployment->scenario->bmsc_renegotiate));
}

void bmsc_renegotiate(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_job *job,
                      struct bmsc_action *out)
{
    bmsc_ue(bmsc, job->ue)->renegotiated = true;
    bmsc_challenge(bmsc, tally, now_ns, job->ue, CHALLENGE_RENEGOTIATE, out);
}

/* Each key is granted or refused by itself (TS 33.246 §6.3.2.4); there is the current MSK of each service.
 * 403 is for keys of a service that the UE is not registered to (table G.2.4-1). Returns the set of services
 * of which one is granted. */
static unsigned bmsc_authorise(const struct deployment *deployment, struct bmsc_post *post)
{
    unsigned granted = 0;

    for (unsigned i = 0; i < post->key_count; i++) {
        struct ua_key *key = &post->keys[i];
        uint16_t group = (uint16_t)(key->msk_id >> 16), number = (uint16_t)key->msk_id;
        unsigned service = deployment_find_service(deployment, key->key_domain_id, group);
        bool ours =
            service != SERVICE_NONE && (number == 0 || number == deployment->services[service].msk_number);

        key->status = ours ? 200 : 403;
        if (ours)
            granted |= 1U << service;
    }
    return granted;
}

/* RFC 2617 §3.2.3; only where somebody uses it. */
static bool bmsc_gives_next_nonce(const struct scenario *s)
{
    return s->bmsc_nextnonce_lifetime > 0 && s->ue_preemptive > 0;
}

/* The UE has asked for the MSK of a service: whatever is under way for that begins anew. */
static void bmsc_requested(struct bmsc *bmsc, struct tally *tally, uint32_t number, unsigned service,
                           struct bmsc_action *out)
{
    struct bmsc_ue_service *state = &bmsc_ue(bmsc, number)->services[service];
    struct bmsc_delivery *delivery = &bmsc_session(bmsc, number)->deliveries[service];

    if (state->stage == BMSC_GAVE_UP)
        tally_add_service(tally, number, service, COUNT_ues_unanswered, -1);
    state->serial++;
    state->stage = BMSC_REQUESTED;
    bmsc_cancel(delivery->timeout, out);
    *delivery = (struct bmsc_delivery){.timeout = 0};
}

/* The MSK messages of a set of services, one behind the other. */
static void bmsc_queue_msks(struct bmsc *bmsc, uint32_t number, unsigned services, struct bmsc_action *out)
{
    uint32_t *last = &out->queue;

    for (unsigned i = 0; i < bmsc->deployment->service_count; i++) {
        if ((services >> i & 1) == 0)
            continue;
        *last = bmsc_msk_job(bmsc, number, i);
        last = &((struct bmsc_job *)station_job_at(&bmsc->station, *last))->next;
    }
}

/* Granted: 200 first, then the MSKs by MIKEY. A UE that is granted none was heard all the same: it is not
 * pulled any more. */
static void bmsc_grant(struct bmsc *bmsc, struct tally *tally, struct bmsc_job *job, struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);
    struct bmsc_session *session = bmsc_session(bmsc, job->ue);
    unsigned granted = bmsc_authorise(bmsc->deployment, &job->post);

    tally_count(tally, job->ue, COUNT_msk_requests);
    tally_count(tally, job->ue, COUNT_http_200);
    for (unsigned i = 0; i < session->service_count; i++)
        if (granted == 0 || (granted >> i & 1) != 0)
            bmsc_requested(bmsc, tally, job->ue, i, out);
    session->open |= (uint8_t)granted;
    session->address = job->peer;
    out->send = BMSC_SEND_SUCCESS;
    out->expiry_ns = ue->last_known_expiry_ns;
    out->nonce_serial = bmsc_gives_next_nonce(bmsc->deployment->scenario) ? ++bmsc->nonce_serial : 0;
    bmsc_queue_msks(bmsc, job->ue, granted, out);
    out->ends = granted == 0;
}

void bmsc_check(struct bmsc *bmsc, const struct bmsc_job *job, struct bmsc_action *out)
{
    bmsc_session(bmsc, job->ue)->av = bmsc_ue(bmsc, job->ue)->last_known;
    out->check = true;
}

/* The digest was verified: check the nonce, and policy. */
void bmsc_decide_authenticated(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                               bool right, struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);

    out->check = false;
    if (!right) {
        tally_count(tally, job->ue, COUNT_digest_failed);
        bmsc_challenge(bmsc, tally, now_ns, job->ue, CHALLENGE_FIRST, out);
    } else if (!bmsc_nonce_spend(bmsc, ue, &job->post)) {
        bmsc_challenge(bmsc, tally, now_ns, job->ue, CHALLENGE_STALE, out);
    } else if (bmsc_wants_bootstrap(bmsc->deployment, now_ns, job->ue, ue)) {
        bmsc_renegotiate(bmsc, tally, now_ns, job, out);
    } else {
        bmsc_grant(bmsc, tally, job, out);
    }
}

void bmsc_judge_post(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                     struct bmsc_action *out)
{
    const struct bmsc_ue *ue;

    if (!job->post.b_tid_known_form) {
        bmsc_challenge(bmsc, tally, now_ns, job->ue, CHALLENGE_RENEGOTIATE, out);
        return;
    }
    ue = bmsc_ue(bmsc, job->ue);
    if (ue->last_known != job->post.name.av) {
        bmsc_ask_bsf(bmsc, tally, now_ns, job, out);
    } else if (ue->last_known_expiry_ns <= now_ns) {
        bmsc_nonce_void(bmsc, job);
        bmsc_renegotiate(bmsc, tally, now_ns, job, out);
    } else {
        bmsc_check(bmsc, job, out);
    }
}
