/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What BM-SC, BSF and HSS do with a cohort's pulls, requests and ACKs: models/bmsc, models/bsf and models/hss
 * without messages and keys. */
#include "models/load_play.h"
#include "models/scenario/words.h"

#include <math.h>

uint32_t load_request_take(struct load_play *play)
{
    uint32_t at = play->request_free;

    if (at != UINT32_MAX) {
        play->request_free = play->requests[at].next_free;
        return at;
    }
    if (play->request_count == play->request_capacity) {
        play->request_capacity = MAX(256, play->request_capacity * 2);
        play->requests = g_renew(struct load_request, play->requests, play->request_capacity);
    }
    return play->request_count++;
}

void load_request_give(struct load_play *play, uint32_t request)
{
    play->requests[request].next_free = play->request_free;
    play->request_free = request;
}

static bool ue_waits(const struct load_play *play, const struct load_request *r, double time_s)
{
    return play->ues[r->ue].serial == r->serial && time_s <= r->deadline_s;
}

/* The UE's timeout is an event only where it will come. */
static void watch(struct load_play *play, uint32_t request, double answer_s)
{
    struct load_request *r = &play->requests[request];

    if (r->timed || answer_s <= r->deadline_s)
        return;
    r->timed = true;
    load_push(play, r->deadline_s, LOAD_UE_TIMEOUT, r->ue, r->serial);
}

static void respond(struct load_play *play, uint32_t request, enum load_answer answer)
{
    struct load_request *r = &play->requests[request];
    double arrives_s = play->now_s + load_way_s(play, &play->ues[r->ue]);
    bool bsf = r->server == LOAD_BSF;

    r->answer = (uint8_t)answer;
    if (answer == LOAD_503)
        r->retry_after_s = load_retry_after_s(play, (enum load_server)r->server, &play->ues[r->ue]);
    switch (answer) {
    case LOAD_401:
    case LOAD_401_STALE:
    case LOAD_401_RENEGOTIATE:
        play->messages[bsf ? KIND_ub_401 : KIND_ua_401] += play->each;
        play->stale += answer == LOAD_401_STALE ? play->each : 0;
        break;
    case LOAD_200:
        play->messages[bsf ? KIND_ub_200 : KIND_ua_200] += play->each;
        break;
    default:
        play->messages[bsf ? KIND_ub_error : KIND_ua_error] += play->each;
    }
    watch(play, request, arrives_s);
    if (ue_waits(play, r, arrives_s)) {
        struct load_request copy = *r; /* the UE's next request may move them */

        load_ue_answer(play, &copy, arrives_s);
    }
}

static void finish(struct load_play *play, uint32_t request, enum load_answer answer)
{
    respond(play, request, answer);
    load_request_give(play, request);
}

/* --- pulls, MSK messages and ACKs ----------------------------------------------------------------------- */

void load_core_pull(struct load_play *play, uint32_t ue)
{
    load_push(play, load_admit(play, LOAD_bmsc_pull, NULL).at_s, LOAD_PULL_MADE, ue, 0);
}

static void pull_made(struct load_play *play, uint32_t number)
{
    struct load_ue *ue = &play->ues[number];
    uint16_t vector = play->s->pull_muk_rule == MUK_LAST_KNOWN ? ue->known : ue->bmsc_used;

    load_account(play, LOAD_bmsc_pull, true);
    if (ue->stage != LOAD_SOLICITING)
        return;
    ue->pulls++;
    play->messages[KIND_pull] += play->each;
    load_push(play, play->now_s + load_seconds(play->s->pull_timeout), LOAD_PULL_AGAIN, number, 0);
    if ((vector == ue->newest || vector == ue->used) && !load_lost(play, ue))
        load_ue_pull(play, number, vector, play->now_s + play->one_way_s);
}

static void pull_again(struct load_play *play, uint32_t number)
{
    struct load_ue *ue = &play->ues[number];

    if (ue->stage != LOAD_SOLICITING)
        return;
    if (ue->pulls < play->s->pull_attempts)
        load_core_pull(play, number);
    else
        ue->stage = LOAD_UNANSWERED;
}

static void queue_msk(struct load_play *play, uint32_t number)
{
    load_push(play, load_admit(play, LOAD_bmsc_msk, NULL).at_s, LOAD_MSK_SENT, number,
              play->ues[number].granted);
}

static void msk_sent(struct load_play *play, uint32_t number, uint32_t granted)
{
    struct load_ue *ue = &play->ues[number];
    bool wanted = ue->granted == granted && ue->stage == LOAD_REQUESTED && !ue->acked;

    load_account(play, LOAD_bmsc_msk, true);
    if (!wanted)
        return;
    if (ue->known_expiry_s <= play->now_s) {
        ue->granted++;
        return;
    }
    ue->sent++;
    play->messages[KIND_msk] += play->each;
    load_push(play, play->now_s + load_seconds(play->s->msk_timeout), LOAD_MSK_AGAIN, number, granted);
    if (load_lost(play, ue) || ue->known != ue->newest)
        return;
    load_ue_msk(play, number, play->now_s + play->one_way_s);
    play->messages[KIND_msk_ack] += play->each;
    if (!load_lost(play, ue))
        load_push(play, play->now_s + 2 * play->one_way_s, LOAD_ACK_ARRIVES, number, granted);
}

static void msk_again(struct load_play *play, uint32_t number, uint32_t granted)
{
    struct load_ue *ue = &play->ues[number];

    if (ue->granted != granted || ue->stage != LOAD_REQUESTED || ue->acked)
        return;
    if (ue->sent < play->s->msk_attempts)
        queue_msk(play, number);
    else
        ue->granted++;
}

static void ack_arrives(struct load_play *play, uint32_t number, uint32_t granted)
{
    struct load_ue *ue = &play->ues[number];
    struct load_admission admission;

    if (ue->granted != granted || ue->stage != LOAD_REQUESTED || ue->acked)
        return;
    admission = load_admit(play, LOAD_bmsc_ack, &(struct load_asker){INFINITY, true});
    ue->acked = admission.how == LOAD_SERVES;
    if (ue->acked)
        load_push(play, admission.at_s, LOAD_ACK_SERVED, number, granted);
}

static void ack_served(struct load_play *play, uint32_t number)
{
    struct load_ue *ue = &play->ues[number];

    load_account(play, LOAD_bmsc_ack, true);
    if (ue->stage != LOAD_REQUESTED)
        return;
    ue->stage = LOAD_DELIVERED;
    ue->bmsc_used = ue->known;
}

/* --- requests of UEs ------------------------------------------------------------------------------------ */

static enum load_job job_of(const struct load_play *play, const struct load_request *r)
{
    const struct load_ue *ue = &play->ues[r->ue];

    switch ((enum load_ask)r->ask) {
    case LOAD_GET:
        return ue->by_tmpi && ue->tmpi != ue->newest && ue->challenge == 0 ? LOAD_bsf_unknown : LOAD_bsf_get;
    case LOAD_GET_AUTS:
        return LOAD_bsf_resync;
    case LOAD_GET_RES:
        return LOAD_bsf_response;
    case LOAD_POST:
        return LOAD_bmsc_challenge;
    case LOAD_AUTH_POST:
        break;
    }
    return LOAD_bmsc_request;
}

static void arrives(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    struct load_admission admission;

    r->job = (uint8_t)job_of(play, r);
    /* The server knows when the UE has closed its connection. */
    admission =
        load_admit(play, (enum load_job)r->job, &(struct load_asker){r->deadline_s + play->one_way_s, false});
    switch (admission.how) {
    case LOAD_FULL:
        finish(play, request, LOAD_503);
        break;
    case LOAD_DROPPED:
        watch(play, request, INFINITY);
        load_request_give(play, request);
        break;
    default:
        watch(play, request, admission.at_s + play->one_way_s);
        load_push(play, admission.at_s, admission.how == LOAD_SERVES ? LOAD_SERVED : LOAD_REFUSED, request,
                  0);
    }
}

static void load_core_refused(struct load_play *play, uint32_t request)
{
    finish(play, request, LOAD_503);
}

static enum load_server server_behind(const struct load_request *r)
{
    return r->server == LOAD_BMSC ? LOAD_BSF : LOAD_HSS;
}

/* To the server behind, over the kept connection. */
static void ask(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];

    if (load_overload_throttles(play, server_behind(r), &play->ues[r->ue])) {
        load_fluid_refuses(&play->server[r->server], play->now_s);
        finish(play, request, LOAD_503);
        return;
    }
    play->server[r->server].asking += play->each;
    r->ask_deadline_s = play->now_s + load_seconds(play->s->diameter_timeout);
    play->messages[r->server == LOAD_BMSC ? KIND_zn_bir : KIND_zh_mar] += play->each;
    play->auts_mar += r->ask == LOAD_GET_AUTS ? play->each : 0;
    watch(play, request, play->now_s + 2 * play->between_s + play->one_way_s);
    load_push(play, play->now_s + play->between_s, LOAD_ASKS, request, 0);
}

static void renegotiate(struct load_play *play, uint32_t request)
{
    play->ues[play->requests[request].ue].renegotiated = true;
    finish(play, request, LOAD_401_RENEGOTIATE);
}

static void grant(struct load_play *play, uint32_t request)
{
    uint32_t number = play->requests[request].ue;
    struct load_ue *ue = &play->ues[number];

    ue->stage = LOAD_REQUESTED;
    ue->granted++;
    ue->sent = 0;
    ue->acked = false;
    finish(play, request, LOAD_200);
    queue_msk(play, number);
}

static void authenticate(struct load_play *play, uint32_t request)
{
    const struct load_request *r = &play->requests[request];
    const struct load_ue *ue = &play->ues[r->ue];

    if (r->nonce_old)
        finish(play, request, LOAD_401_STALE);
    else if (ue->known_expiry_s - play->now_s <= load_seconds(play->s->bmsc_muk_margin) ||
             (ue->renegotiate && !ue->renegotiated))
        renegotiate(play, request);
    else
        grant(play, request);
}

static void get_served(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    struct load_ue *ue = &play->ues[r->ue];

    if (r->job == LOAD_bsf_unknown) {
        finish(play, request, LOAD_403);
    } else if (r->ask == LOAD_GET_RES && r->challenge == ue->challenge) {
        ue->bsf = ue->tmpi = r->vector = ++ue->vectors;
        ue->bsf_expiry_s = floor(play->now_s) + load_seconds(play->s->gba_lifetime);
        ue->challenge = 0;
        finish(play, request, LOAD_200);
    } else if (ue->spare && r->ask != LOAD_GET_AUTS) {
        ue->spare = false;
        r->challenge = ue->challenge = ++play->challenges;
        finish(play, request, LOAD_401);
    } else {
        ask(play, request);
    }
}

static void served(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    const struct load_ue *ue = &play->ues[r->ue];

    load_account(play, (enum load_job)r->job, play->now_s <= r->deadline_s);
    if (r->server == LOAD_BSF)
        get_served(play, request);
    else if (r->ask == LOAD_POST)
        finish(play, request, LOAD_401);
    else if (r->vector != ue->known)
        ask(play, request);
    else if (ue->known_expiry_s <= play->now_s)
        renegotiate(play, request);
    else
        authenticate(play, request);
}

/* --- requests of servers -------------------------------------------------------------------------------- */

static enum load_job job_behind(const struct load_request *r)
{
    return r->server == LOAD_BMSC ? LOAD_bsf_zn : LOAD_hss_zh;
}

static void asks(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    /* Nothing tells it that the asker has turned away, but it knows how long that waits. */
    struct load_admission admission =
        load_admit(play, job_behind(r),
                   &(struct load_asker){play->now_s + load_seconds(play->s->diameter_timeout), false});
    double back_s = admission.at_s + play->between_s;

    r->busy = admission.how == LOAD_FULL || admission.how == LOAD_WAITED;
    r->dropped = admission.how == LOAD_DROPPED;
    if (r->dropped)
        back_s = INFINITY;
    if (back_s > r->ask_deadline_s)
        load_push(play, r->ask_deadline_s, LOAD_ASK_TIMEOUT, request, 0);
    watch(play, request, fmin(back_s, r->ask_deadline_s) + play->one_way_s);
    if (!r->dropped)
        load_push(play, admission.at_s, LOAD_ASKED, request, 0);
}

static bool keeps_late(const struct load_play *play, const struct load_request *r)
{
    return (r->server == LOAD_BMSC ? play->s->bmsc_late_answers : play->s->bsf_late_answers) ==
           LATE_ANSWERS_KEEP;
}

static void asked(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    const struct load_ue *ue = &play->ues[r->ue];

    if (!r->busy)
        load_account(play, job_behind(r), play->now_s <= r->ask_deadline_s);
    load_overload_tell(play, server_behind(r), r);
    play->messages[r->server == LOAD_BMSC ? KIND_zn_bia : KIND_zh_maa] += play->each;
    r->known = r->server != LOAD_BMSC || (ue->bsf == r->vector && ue->bsf_expiry_s > play->now_s);
    load_push(play, play->now_s + play->between_s, LOAD_ANSWERS, request, 0);
}

static void answers(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    enum load_job job = r->server == LOAD_BMSC ? LOAD_bmsc_zn_answer : LOAD_bsf_zh_answer;
    double done_s;

    load_overload_heard(play, server_behind(r), r);
    if (r->given_up && !keeps_late(play, r)) {
        load_request_give(play, request);
        return;
    }
    if (!r->given_up)
        play->server[r->server].asking -= play->each;
    r->answered = true;
    done_s = load_admit(play, job, NULL).at_s;
    if (!r->given_up)
        watch(play, request, done_s + play->one_way_s);
    load_push(play, done_s, LOAD_ANSWERED, request, 0);
}

static void ask_timeout(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];

    if (r->answered)
        return;
    r->given_up = true;
    respond(play, request,
            r->server == LOAD_BMSC && play->s->whatif_zn_timeout_status == ZN_TIMEOUT_504 ? LOAD_504
                                                                                          : LOAD_503);
    r = &play->requests[request]; /* the UE's next request may have moved them */
    play->server[r->server].asking -= play->each;
    if (r->dropped)
        load_request_give(play, request);
}

static void learn(struct load_play *play, const struct load_request *r)
{
    struct load_ue *ue = &play->ues[r->ue];

    if (r->vector == ue->known)
        return;
    ue->known = r->vector;
    ue->known_expiry_s = load_muk_expiry_s(play->s, ue->bsf_expiry_s);
}

static void zn_answered(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];

    if (r->known && !r->busy)
        learn(play, r);
    if (r->given_up)
        load_request_give(play, request);
    else if (r->busy)
        finish(play, request, LOAD_503);
    else if (!r->known)
        renegotiate(play, request);
    else
        authenticate(play, request);
}

static void zh_answered(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    struct load_ue *ue = &play->ues[r->ue];

    if (r->given_up) {
        ue->spare = ue->spare || !r->busy;
        load_request_give(play, request);
    } else if (r->busy) {
        finish(play, request, LOAD_503);
    } else {
        if (r->ask == LOAD_GET_AUTS)
            ue->resync = false;
        r->challenge = ue->challenge = ++play->challenges;
        finish(play, request, LOAD_401);
    }
}

static void answered(struct load_play *play, uint32_t request)
{
    struct load_request *r = &play->requests[request];
    bool zn = r->server == LOAD_BMSC;

    load_account(play, zn ? LOAD_bmsc_zn_answer : LOAD_bsf_zh_answer, true);
    if (zn)
        zn_answered(play, request);
    else
        zh_answered(play, request);
}

void load_core_event(struct load_play *play, const struct load_event *e)
{
    static void (*const of_request[])(struct load_play *, uint32_t) = {
        [LOAD_PULL_MADE] = pull_made,
        [LOAD_PULL_AGAIN] = pull_again,
        [LOAD_ARRIVES] = arrives,
        [LOAD_SERVED] = served,
        [LOAD_REFUSED] = load_core_refused,
        [LOAD_ASKS] = asks,
        [LOAD_ASKED] = asked,
        [LOAD_ANSWERS] = answers,
        [LOAD_ANSWERED] = answered,
        [LOAD_ASK_TIMEOUT] = ask_timeout,
        [LOAD_ACK_SERVED] = ack_served,
    };
    static void (*const of_grant[])(struct load_play *, uint32_t, uint32_t) = {
        [LOAD_MSK_AGAIN] = msk_again, [LOAD_MSK_SENT] = msk_sent, [LOAD_ACK_ARRIVES] = ack_arrives};

    if (e->kind == LOAD_UE_TIMEOUT)
        load_ue_timeout(play, e->what, e->serial);
    else if (e->kind < G_N_ELEMENTS(of_request) && of_request[e->kind])
        of_request[e->kind](play, e->what);
    else
        of_grant[e->kind](play, e->what, e->serial);
}
