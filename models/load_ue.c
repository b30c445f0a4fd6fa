/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a cohort of UEs does: models/ue without messages and keys. */
#include "models/load_play.h"

#include <math.h>

#define STALE_MAX          3 /* as in models/ue/state.h */
#define RENEGOTIATIONS_MAX 3
#define CHALLENGES_MAX     4

static void enter(struct load_ue *ue, enum load_phase phase)
{
    ue->phase = (uint8_t)phase;
    ue->serial++;
}

static void stop_waiting(struct load_play *play, const struct load_ue *ue)
{
    if (ue->phase == LOAD_WAITING && ue->tries > 0)
        play->waiting -= play->each;
}

static void end(struct load_play *play, uint32_t number)
{
    struct load_ue *ue = &play->ues[number];

    stop_waiting(play, ue);
    enter(ue, LOAD_IDLE);
}

static void give_up(struct load_play *play, uint32_t number)
{
    play->ues[number].gave_up = !play->ues[number].keyed;
    end(play, number);
}

/* Truncated exponential back-off with full jitter, on top of Retry-After. */
static void retry(struct load_play *play, uint32_t number, double time_s)
{
    struct load_ue *ue = &play->ues[number];
    const struct scenario *s = play->s;
    double upper_s = fmin(ldexp(load_seconds(s->ue_retry_base), MIN(ue->tries, 64) - 1),
                          load_seconds(s->ue_retry_cap)),
           wait_s;

    if (ue->keyed) {
        end(play, number);
        return;
    }
    if (ue->tries >= s->ue_attempts) {
        give_up(play, number);
        return;
    }
    wait_s = ue->retry_after_s + load_unit(play, ue) * upper_s;
    wait_s = load_within_budget_s(play, ue, time_s + wait_s) - time_s;
    enter(ue, LOAD_WAITING);
    play->retries += play->each;
    play->waited_s += play->each * wait_s;
    play->waiting += play->each;
    play->waiting_max = fmax(play->waiting_max, play->waiting);
    load_push(play, time_s + wait_s, LOAD_UE_TIMEOUT, number, ue->serial);
    ue->retry_after_s = 0;
}

/* --- requests ------------------------------------------------------------------------------------------- */

static const struct {
    enum load_phase phase;
    enum load_server server;
    enum message_kind kind;
} of_ask[] = {[LOAD_GET] = {LOAD_CHALLENGING, LOAD_BSF, KIND_ub_get},
              [LOAD_GET_AUTS] = {LOAD_CHALLENGING, LOAD_BSF, KIND_ub_auth_get},
              [LOAD_GET_RES] = {LOAD_BOOTSTRAPPING, LOAD_BSF, KIND_ub_auth_get},
              [LOAD_POST] = {LOAD_ASKING, LOAD_BMSC, KIND_ua_post},
              [LOAD_AUTH_POST] = {LOAD_REQUESTING, LOAD_BMSC, KIND_ua_auth_post}};

static void tally(struct load_play *play, struct load_ue *ue, enum load_ask ask, bool connect)
{
    play->messages[of_ask[ask].kind] += play->each;
    if (of_ask[ask].server == LOAD_BSF && !ue->by_tmpi)
        play->by_impi += play->each;
    if (ask == LOAD_GET_AUTS)
        play->auts += play->each;
    if (connect)
        play->connections[of_ask[ask].server] += play->each;
    else if (!ue->followed)
        play->followed[of_ask[ask].server] += play->each;
    ue->followed = !connect;
}

/* nonce_until_s: until when the nonce in it is accepted. */
static void send(struct load_play *play, uint32_t number, enum load_ask ask, double time_s, bool connect,
                 double nonce_until_s)
{
    struct load_ue *ue = &play->ues[number];
    uint32_t request = load_request_take(play);
    struct load_request *r = &play->requests[request];
    double arrives_s = time_s + load_way_s(play, ue);

    if (connect)
        arrives_s += load_way_s(play, ue) + load_way_s(play, ue);
    tally(play, ue, ask, connect);
    enter(ue, of_ask[ask].phase);
    *r = (struct load_request){.ue = number,
                               .serial = ue->serial,
                               .challenge = ue->offered,
                               .ask = (uint8_t)ask,
                               .server = (uint8_t)of_ask[ask].server,
                               .nonce_old = arrives_s > nonce_until_s,
                               .vector = ue->newest,
                               .deadline_s = time_s + load_seconds(play->s->ue_response_timeout)};
    if (arrives_s <= r->deadline_s) {
        load_push(play, arrives_s, LOAD_ARRIVES, request, 0);
        return;
    }
    load_push(play, r->deadline_s, LOAD_UE_TIMEOUT, number, ue->serial);
    load_request_give(play, request);
}

static void send_auth_post(struct load_play *play, uint32_t number, double time_s, bool connect,
                           double made_s)
{
    send(play, number, LOAD_AUTH_POST, time_s, connect, made_s + load_seconds(play->s->bmsc_nonce_lifetime));
}

static void request_start(struct load_play *play, uint32_t number, double time_s)
{
    struct load_ue *ue = &play->ues[number];
    int64_t lifetime = play->s->bmsc_nextnonce_lifetime;

    if (ue->keyed) {
        end(play, number);
    } else if (ue->nonce_kept) {
        ue->nonce_kept = false;
        send_auth_post(play, number, time_s, true, ue->nonce_s);
    } else if (ue->preemptive) {
        ue->preemptive = false;
        send(play, number, LOAD_AUTH_POST, time_s, true, ue->first_nonce_s + load_seconds(lifetime));
    } else {
        send(play, number, LOAD_POST, time_s, true, INFINITY);
    }
}

static void load_ue_go(struct load_play *play, uint32_t number, double time_s)
{
    struct load_ue *ue = &play->ues[number];

    if (ue->bootstrap || ue->expiry_s <= time_s) {
        ue->by_tmpi = ue->has_tmpi;
        send(play, number, LOAD_GET, time_s, true, INFINITY);
    } else {
        request_start(play, number, time_s);
    }
}

static void try(struct load_play *play, uint32_t number, double time_s)
{
    struct load_ue *ue = &play->ues[number];

    stop_waiting(play, ue);
    ue->tries++;
    ue->stale = ue->renegotiations = ue->challenges = 0;
    load_ue_go(play, number, time_s);
}

/* --- what comes ----------------------------------------------------------------------------------------- */

void load_ue_pull(struct load_play *play, uint32_t number, uint16_t vector, double time_s)
{
    struct load_ue *ue = &play->ues[number];
    double wait_s = load_seconds(play->s->whatif_pull_backoff_wait),
           max_s = load_seconds(play->s->whatif_pull_backoff_max);

    if (vector == ue->newest) {
        ue->proven = true;
        ue->used = AV_NONE;
    }
    if (ue->phase != LOAD_IDLE)
        return;
    ue->tries = 0;
    ue->bootstrap = ue->nonce_kept = false;
    ue->retry_after_s = ue->budget_s = 0;
    if (max_s > 0)
        wait_s += load_unit(play, ue) * max_s;
    enter(ue, LOAD_WAITING);
    if (wait_s > 0)
        load_push(play, time_s + wait_s, LOAD_UE_TIMEOUT, number, ue->serial);
    else
        try(play, number, time_s);
}

static void ub_challenged(struct load_play *play, const struct load_request *r, double time_s)
{
    struct load_ue *ue = &play->ues[r->ue];
    const struct distribution *card = &play->s->ue_usim_time;

    if (r->ask == LOAD_GET_RES && ++ue->challenges > CHALLENGES_MAX) {
        retry(play, r->ue, time_s);
        return;
    }
    ue->offered = r->challenge;
    time_s += load_seconds(distribution_mean(card));
    send(play, r->ue, ue->resync ? LOAD_GET_AUTS : LOAD_GET_RES, time_s, false, INFINITY);
}

/* The MUK before stays as last used, if it was proven. */
static void bootstrapped(struct load_play *play, const struct load_request *r, double time_s)
{
    struct load_ue *ue = &play->ues[r->ue];

    if (ue->proven)
        ue->used = ue->newest;
    ue->proven = false;
    ue->has_tmpi = true;
    ue->newest = r->vector;
    ue->expiry_s = ue->bsf_expiry_s;
    ue->bootstrap = false;
    request_start(play, r->ue, time_s);
}

static void ua_challenged(struct load_play *play, const struct load_request *r, double time_s)
{
    struct load_ue *ue = &play->ues[r->ue];
    double made_s = time_s - play->one_way_s;

    if (ue->keyed) {
        end(play, r->ue);
    } else if (r->answer == LOAD_401) {
        send_auth_post(play, r->ue, time_s, false, made_s);
    } else if (r->answer == LOAD_401_STALE && ue->stale < STALE_MAX) {
        ue->stale++;
        send_auth_post(play, r->ue, time_s, false, made_s);
    } else if (r->answer == LOAD_401_STALE || ue->renegotiations == RENEGOTIATIONS_MAX) {
        retry(play, r->ue, time_s);
    } else {
        ue->renegotiations++;
        ue->stale = ue->challenges = 0;
        ue->bootstrap = ue->nonce_kept = true;
        ue->nonce_s = made_s;
        load_ue_go(play, r->ue, time_s);
    }
}

static void granted(struct load_play *play, const struct load_request *r, double time_s)
{
    struct load_ue *ue = &play->ues[r->ue];

    if (ue->keyed) {
        end(play, r->ue);
        return;
    }
    enter(ue, LOAD_AWAITING);
    load_push(play, time_s + load_seconds(play->s->ue_msk_timeout), LOAD_UE_TIMEOUT, r->ue, ue->serial);
}

/* 503: another try; 403 to a TMPI: once more with the IMPI; the rest is for good. */
static void load_ue_refused(struct load_play *play, const struct load_request *r, double time_s)
{
    struct load_ue *ue = &play->ues[r->ue];
    const struct scenario *s = play->s;

    if (r->answer == LOAD_503) {
        ue->retry_after_s = fmin(r->retry_after_s, load_seconds(s->ue_retry_after_max));
        retry(play, r->ue, time_s);
    } else if (r->answer == LOAD_403 && ue->by_tmpi) {
        ue->has_tmpi = ue->by_tmpi = false;
        send(play, r->ue, LOAD_GET, time_s, false, INFINITY);
    } else {
        give_up(play, r->ue);
    }
}

void load_ue_answer(struct load_play *play, const struct load_request *r, double time_s)
{
    bool bsf = r->server == LOAD_BSF;

    switch ((enum load_answer)r->answer) {
    case LOAD_401:
    case LOAD_401_STALE:
    case LOAD_401_RENEGOTIATE:
        if (bsf)
            ub_challenged(play, r, time_s);
        else
            ua_challenged(play, r, time_s);
        break;
    case LOAD_200:
        if (bsf)
            bootstrapped(play, r, time_s);
        else
            granted(play, r, time_s);
        break;
    default:
        load_ue_refused(play, r, time_s);
    }
}

void load_ue_msk(struct load_play *play, uint32_t number, double time_s)
{
    struct load_ue *ue = &play->ues[number];

    ue->proven = true;
    ue->used = AV_NONE;
    if (!ue->keyed) {
        play->keyed += play->each;
        play->last_keyed_s = fmax(play->last_keyed_s, time_s);
    }
    ue->keyed = true;
    ue->gave_up = false;
    if (ue->phase == LOAD_AWAITING || ue->phase == LOAD_WAITING)
        end(play, number);
}

void load_ue_timeout(struct load_play *play, uint32_t number, uint32_t serial)
{
    const struct load_ue *ue = &play->ues[number];

    if (ue->serial != serial)
        return;
    if (ue->phase == LOAD_WAITING)
        try(play, number, play->now_s);
    else
        retry(play, number, play->now_s);
}
