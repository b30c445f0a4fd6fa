/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Solicited pulls: pacing, repetition, giving up (TS 33.246 §6.3.2.2.4). */
#include "models/bmsc/decide.h"
#include "models/bmsc/decide_private.h"
#include "models/scenario/words.h"

/* When first pull number `next` of a service is due; called once for each, in their order. */
static int64_t bmsc_due_ns(const struct bmsc *bmsc, unsigned service)
{
    const struct deployment *deployment = bmsc->deployment;
    const struct scenario *s = deployment->scenario;
    struct bmsc_storm *storm = &bmsc->storms[service];
    uint64_t draw = deployment_service_draw(service, storm->next);

    if (s->pull_pacing == PULL_PACING_BURST) {
        uint64_t bits = random_u64(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_PULL_BURST, draw);

        return pace_due_ns(&storm->pace, deployment->ues * burst_next(&storm->burst, bits));
    }
    if (s->pull_pacing == PULL_PACING_UNIFORM || storm->next == 0)
        return pace_due_ns(&storm->pace, storm->next);
    return pace_next_ns(&storm->pace, storm->next_pull_ns,
                        random_u64(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_PULL_GAP, draw));
}

/* Puts the UE of pull k in line, and has its memory fetched. */
static void bmsc_look_ahead(const struct bmsc *bmsc, struct bmsc_storm *storm, uint32_t k)
{
    if (k >= bmsc->deployment->ues)
        return;
    uint32_t ue = storm->ahead[k % PULLS_AHEAD] = pull_order_at(&storm->order, k);
    __builtin_prefetch(bmsc_ue_of(bmsc, ue), 1);
}

void bmsc_decide_start(struct bmsc *bmsc)
{
    for (unsigned i = 0; i < bmsc->deployment->service_count; i++) {
        struct bmsc_storm *storm = &bmsc->storms[i];

        burst_init(&storm->burst, bmsc->deployment->ues);
        for (uint32_t k = 0; k < PULLS_AHEAD; k++)
            bmsc_look_ahead(bmsc, storm, k);
        storm->next_pull_ns = bmsc_due_ns(bmsc, i);
    }
}

bool bmsc_decide_next_pull(struct bmsc *bmsc, unsigned service, int64_t now_ns, struct bmsc_action *out)
{
    struct bmsc_storm *storm = &bmsc->storms[service];
    uint32_t k = storm->next++, ue = storm->ahead[k % PULLS_AHEAD];

    bmsc_look_ahead(bmsc, storm, k + PULLS_AHEAD); /* ue.count is far from the end of 32 bits */
    bmsc_ue(bmsc, ue)->services[service].first_pull_ns = now_ns;
    out->queue = bmsc_job_take(bmsc, BMSC_PULL, ue, service);
    if (storm->next < bmsc->deployment->ues) {
        storm->next_pull_ns = bmsc_due_ns(bmsc, service);
        return true;
    }
    storm->last_due_ns = now_ns;
    return false;
}

/* The first pull of a service to a UE leaves. */
static void bmsc_first_pull(struct bmsc_storm *storm, struct tally *tally, int64_t now_ns, int64_t due_ns)
{
    tally_duration(tally, PROCEDURE_pull_wait, now_ns - due_ns);
    if (storm->solicited++ == 0)
        storm->first_sent_ns = now_ns;
    storm->last_sent_ns = now_ns;
}

void bmsc_send_pull(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_job *job,
                    struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);
    struct bmsc_ue_service *state = &ue->services[job->service];
    struct bmsc_session *session;
    uint16_t av =
        bmsc->deployment->scenario->pull_muk_rule == MUK_LAST_KNOWN ? ue->last_known : ue->last_used;

    if (state->stage != BMSC_SOLICITING) /* its request came while this pull waited for a worker */
        return;
    session = bmsc_session(bmsc, job->ue);
    session->av = av;
    session->open |= (uint8_t)(1U << job->service);
    tally_rate(tally, RATE_pull, now_ns);
    out->first = state->pulls == 0;
    if (out->first)
        bmsc_first_pull(&bmsc->storms[job->service], tally, now_ns, state->first_pull_ns);
    else
        tally_count_service(tally, job->ue, job->service, COUNT_pull_retransmissions);
    state->pulls++;
    out->send = BMSC_SEND_PULL;
    out->ue = job->ue;
    out->service = job->service;
    out->av = av;
    out->counter = bmsc_counter(ue, av);
    out->rand_index = ue->draws++;
    out->first_pull_ns = state->first_pull_ns;
}

void bmsc_decide_pull_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                              struct bmsc_action *out)
{
    uint32_t number = bmsc_timer_ue(argument);
    unsigned service = bmsc_timer_service(argument);
    struct bmsc_ue *ue = bmsc_ue(bmsc, number);
    struct bmsc_ue_service *state = &ue->services[service];

    if (state->serial != argument >> 32 || state->stage != BMSC_SOLICITING)
        return;
    if (state->pulls < bmsc->deployment->scenario->pull_attempts) {
        out->queue = bmsc_job_take(bmsc, BMSC_PULL, number, service);
    } else {
        tally_count_service(tally, number, service, COUNT_ues_unanswered);
        state->stage = BMSC_GAVE_UP;
        bmsc_session_end(bmsc, ue, 1U << service, out);
    }
}
