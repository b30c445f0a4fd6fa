/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Solicited pulls: pacing, repetition, giving up (TS 33.246 §6.3.2.2.4). */
#include "models/bmsc/decide.h"
#include "models/bmsc/decide_private.h"
#include "models/scenario/words.h"

/* When first pull number bmsc->next is due; called once for each, in their order. */
static int64_t bmsc_due_ns(struct bmsc *bmsc)
{
    const struct deployment *deployment = bmsc->deployment;
    const struct scenario *s = deployment->scenario;
    uint32_t n = bmsc->next;

    if (s->pull_pacing == PULL_PACING_BURST) {
        uint64_t bits = random_u64(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_PULL_BURST, n);

        return pace_due_ns(&bmsc->pace, deployment->ues * burst_next(&bmsc->burst, bits));
    }
    if (s->pull_pacing == PULL_PACING_UNIFORM || n == 0)
        return pace_due_ns(&bmsc->pace, n);
    return pace_next_ns(&bmsc->pace, bmsc->next_pull_ns,
                        random_u64(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_PULL_GAP, n));
}

/* Puts the UE of pull k in line, and has its memory fetched. */
static void bmsc_look_ahead(struct bmsc *bmsc, uint32_t k)
{
    if (k >= bmsc->deployment->ues)
        return;
    uint32_t ue = bmsc->ahead[k % PULLS_AHEAD] = pull_order_at(&bmsc->order, k);
    __builtin_prefetch(&bmsc->ues[ue], 1);
}

void bmsc_decide_start(struct bmsc *bmsc)
{
    burst_init(&bmsc->burst, bmsc->deployment->ues);
    for (uint32_t k = 0; k < PULLS_AHEAD; k++)
        bmsc_look_ahead(bmsc, k);
    bmsc->next_pull_ns = bmsc_due_ns(bmsc);
}

void bmsc_decide_next_pull(struct bmsc *bmsc, int64_t now_ns, struct bmsc_action *out)
{
    uint32_t k = bmsc->next++, ue = bmsc->ahead[k % PULLS_AHEAD];

    bmsc_look_ahead(bmsc, k + PULLS_AHEAD); /* ue.count is far from the end of 32 bits */
    bmsc_ue(bmsc, ue)->first_pull_ns = now_ns;
    out->queue = bmsc_job_take(bmsc, BMSC_PULL, ue);
    if (bmsc_all_due(bmsc))
        bmsc->last_due_ns = now_ns;
    else
        bmsc->next_pull_ns = bmsc_due_ns(bmsc);
}

/* The first pull to a UE leaves. */
static void bmsc_first_pull(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, const struct bmsc_ue *ue)
{
    tally_duration(tally, PROCEDURE_pull_wait, now_ns - ue->first_pull_ns);
    if (bmsc->solicited++ == 0)
        bmsc->first_sent_ns = now_ns;
    bmsc->last_sent_ns = now_ns;
}

void bmsc_send_pull(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, uint32_t number,
                    struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, number);
    uint16_t av =
        bmsc->deployment->scenario->pull_muk_rule == MUK_LAST_KNOWN ? ue->last_known : ue->last_used;

    if (ue->stage != BMSC_SOLICITING) /* its request came while this pull waited for a worker */
        return;
    bmsc_session(bmsc, number)->av = av;
    tally_rate(tally, RATE_pull, now_ns);
    out->first = ue->pulls == 0;
    if (out->first)
        bmsc_first_pull(bmsc, tally, now_ns, ue);
    else
        tally_count(tally, number, COUNT_pull_retransmissions);
    ue->pulls++;
    out->send = BMSC_SEND_PULL;
    out->ue = number;
    out->av = av;
    out->counter = bmsc_counter(ue, av);
    out->rand_index = ue->draws++;
    out->first_pull_ns = ue->first_pull_ns;
}

void bmsc_decide_pull_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                              struct bmsc_action *out)
{
    uint32_t number = (uint32_t)argument;
    struct bmsc_ue *ue = bmsc_ue(bmsc, number);

    if (ue->serial != argument >> 32 || ue->stage != BMSC_SOLICITING)
        return;
    if (ue->pulls < bmsc->deployment->scenario->pull_attempts) {
        out->queue = bmsc_job_take(bmsc, BMSC_PULL, number);
    } else {
        tally_count(tally, number, COUNT_ues_unanswered);
        ue->stage = BMSC_GAVE_UP;
        bmsc_session_end(bmsc, ue, out);
    }
}
