/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The life of one exchange: tries, timeouts, connections, giving up. */
#include "models/ue/decide_private.h"

#include <glib.h>

uint64_t ue_draw(struct ue_decision *d, enum purpose purpose)
{
    return random_u64(d->table->deployment->seed, d->number, purpose, d->ue->draws++);
}

void ue_count(struct ue_decision *d, enum model_counter counter)
{
    tally_count(d->tally, d->number, counter);
}

void ue_count_service(struct ue_decision *d, unsigned service, enum model_counter counter)
{
    tally_count_service(d->tally, d->number, service, counter);
}

struct ue_action *ue_do(struct ue_decision *d, enum ue_do what)
{
    struct ue_action *action = &d->actions->at[d->actions->count++];

    g_assert(d->actions->count <= UE_ACTIONS_MAX);
    action->what = what;
    return action;
}

/* Enters a phase and sets its timeout. Those of earlier phases become stale. */
void ue_exchange_phase(struct ue_decision *d, enum ue_phase phase, int64_t timeout_ns)
{
    if (d->x->timeout != 0)
        ue_do(d, UE_DO_CANCEL)->timeout = d->x->timeout;
    d->x->timeout = 0;
    d->x->phase = (uint8_t)phase;
    d->ue->serial++;
    ue_do(d, UE_DO_TIMEOUT)->delay_ns = timeout_ns;
}

static void ue_exchange_try(struct ue_decision *d)
{
    d->x->tries++;
    d->x->stale = d->x->challenges = d->x->renegotiations = 0;
    ue_exchange_go(d);
}

void ue_exchange_begin(struct ue_decision *d, unsigned service)
{
    const struct scenario *s = d->table->deployment->scenario;
    int64_t wait = s->whatif_pull_backoff_wait;

    d->ue->exchange = pool_take(&d->table->exchanges);
    d->x = pool_at(&d->table->exchanges, d->ue->exchange);
    *d->x = (struct ue_exchange){.serial = ++d->table->exchange_serial,
                                 .conn = NET_CONN_NONE,
                                 .nonce_kept = POOL_NONE,
                                 .services = (uint8_t)(1U << service),
                                 .phase = UE_WAITING};
    tally_add(d->tally, d->number, COUNT_ues_active, 1);
    wait += (int64_t)random_below(ue_draw(d, PURPOSE_BACKOFF), (uint64_t)s->whatif_pull_backoff_max + 1);
    if (wait > 0)
        ue_exchange_phase(d, UE_WAITING, wait);
    else
        ue_exchange_try(d);
}

/* A UE whose newest MUK has expired bootstraps before it requests (TS 33.246 §6.3.2.2.4). */
void ue_exchange_go(struct ue_decision *d)
{
    if (d->x->bootstrap || d->ue->newest.expiry_ns <= d->now_ns)
        ue_bootstrap_start(d);
    else
        ue_request_start(d);
}

void ue_exchange_connect(struct ue_decision *d, uint32_t host)
{
    ue_do(d, UE_DO_CONNECT)->host = host;
}

/* Ends the connection, if there is one. */
static void ue_exchange_disconnect(struct ue_decision *d, enum ue_do how)
{
    struct net_conn conn = d->x->conn;

    d->x->conn = NET_CONN_NONE;
    if (conn.index != NET_CONN_NONE.index)
        ue_do(d, how)->conn = conn;
}

void ue_exchange_hang_up(struct ue_decision *d)
{
    ue_exchange_disconnect(d, UE_DO_CLOSE);
}

void ue_exchange_end(struct ue_decision *d)
{
    ue_exchange_hang_up(d);
    ue_nonce_drop(d);
    texts_drop(&d->table->long_texts, &d->x->texts);
    if (d->x->timeout != 0)
        ue_do(d, UE_DO_CANCEL)->timeout = d->x->timeout;
    d->ue->serial++;
    pool_give(&d->table->exchanges, d->ue->exchange);
    d->ue->exchange = POOL_NONE;
    d->x = NULL;
    tally_add(d->tally, d->number, COUNT_ues_active, -1);
}

void ue_exchange_next(struct ue_decision *d)
{
    if (ue_exchange_satisfied(d->x)) {
        ue_exchange_end(d);
        return;
    }
    d->x->tries = 0;
    ue_exchange_try(d);
}

void ue_exchange_leave(struct ue_decision *d, unsigned services)
{
    for (unsigned i = 0; i < d->table->deployment->service_count; i++) {
        struct ue_service *service = &d->ue->services[i];

        if ((services >> i & 1) == 0 || ue_holds_msk(d, i) || service->gave_up)
            continue;
        service->gave_up = true;
        ue_count_service(d, i, COUNT_ues_gave_up);
    }
    d->x->services &= (uint8_t)~services;
    d->x->asked &= (uint8_t)~services;
}

void ue_exchange_give_up(struct ue_decision *d)
{
    ue_exchange_leave(d, d->x->services);
    ue_exchange_disconnect(d, UE_DO_ABORT);
    ue_exchange_end(d);
}

/* Truncated exponential back-off with full jitter, on top of what the server asked for. */
static int64_t ue_retry_wait(struct ue_decision *d)
{
    const struct scenario *s = d->table->deployment->scenario;
    int64_t upper = s->ue_retry_base;

    for (unsigned i = 1; i < d->x->tries && upper < s->ue_retry_cap; i++)
        upper = upper > s->ue_retry_cap / 2 ? s->ue_retry_cap : upper * 2;
    return d->x->retry_after_ns + (int64_t)random_below(ue_draw(d, PURPOSE_RETRY), (uint64_t)upper + 1);
}

/* A bucket of whatif.retry_budget retries that gains one in each whatif.retry_budget_refill: budget_ns is
 * when it is full again. The wait until it has one to spend, if that is longer. */
static int64_t ue_within_budget(struct ue_decision *d, int64_t wait_ns)
{
    const struct scenario *s = d->table->deployment->scenario;
    int64_t refill_ns = s->whatif_retry_budget_refill, at_ns = d->now_ns + wait_ns;

    if (s->whatif_retry_budget == 0)
        return wait_ns;
    at_ns = MAX(at_ns, d->x->budget_ns - (s->whatif_retry_budget - 1) * refill_ns);
    d->x->budget_ns = MAX(d->x->budget_ns, at_ns) + refill_ns;
    return at_ns - d->now_ns;
}

void ue_exchange_retry(struct ue_decision *d)
{
    ue_exchange_disconnect(d, UE_DO_ABORT);
    if (ue_exchange_satisfied(d->x)) {
        /* The MSK overtook an answer that never came: there is nothing left to ask for. */
        ue_exchange_end(d);
        return;
    }
    if (d->x->tries >= d->table->deployment->scenario->ue_attempts) {
        ue_exchange_give_up(d);
        return;
    }
    ue_count(d, COUNT_ue_retries);
    ue_exchange_phase(d, UE_WAITING, ue_within_budget(d, ue_retry_wait(d)));
    d->x->retry_after_ns = 0;
}

void ue_exchange_refused(struct ue_decision *d)
{
    ue_count(d, COUNT_http_refused);
    ue_exchange_give_up(d);
}

/* 503 may be tried again, 504 and all the rest may not (TS 33.246 table G.2.4-1). */
void ue_exchange_failed_answer(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (facts->status == 503) {
        d->x->retry_after_ns = MIN((int64_t)facts->retry_after_s * CLOCK_SECOND,
                                   d->table->deployment->scenario->ue_retry_after_max);
        ue_exchange_hang_up(d);
        ue_exchange_retry(d);
    } else {
        ue_exchange_refused(d);
    }
}

void ue_exchange_keep(struct ue_decision *d, struct bytes nonce, struct bytes opaque)
{
    texts_put(&d->table->long_texts, &d->x->texts,
              (struct bytes[]){[UE_TEXT_NONCE] = nonce, [UE_TEXT_OPAQUE] = opaque}, 2);
}

/* Credentials have a cnonce of their own. */
static struct ue_action *ue_exchange_request(struct ue_decision *d, enum message_kind kind)
{
    bool to_bmsc = kind == KIND_ua_post || kind == KIND_ua_auth_post;
    struct ue_action *send;

    if (kind == KIND_ua_auth_post || kind == KIND_ub_auth_get)
        d->x->cnonce = ue_draw(d, PURPOSE_CNONCE);
    if (to_bmsc)
        d->x->asked = d->x->services & (uint8_t)~d->x->arrived;
    ue_count(d, to_bmsc ? COUNT_ua_requests : COUNT_ub_requests);
    if (d->x->tries > 1)
        ue_count(d, to_bmsc ? COUNT_ua_requests_retried : COUNT_ub_requests_retried);
    send = ue_do(d, UE_DO_SEND);
    send->kind = kind;
    send->auts = false;
    return send;
}

void ue_exchange_send(struct ue_decision *d, enum message_kind kind, enum ue_phase phase)
{
    ue_exchange_request(d, kind);
    ue_exchange_phase(d, phase, d->table->deployment->scenario->ue_response_timeout);
}

void ue_exchange_send_auts(struct ue_decision *d, uint64_t sqn_ms)
{
    struct ue_action *send = ue_exchange_request(d, KIND_ub_auth_get);

    send->auts = true;
    send->sqn_ms = sqn_ms;
    ue_exchange_phase(d, UE_CHALLENGING, d->table->deployment->scenario->ue_response_timeout);
}

void ue_decide_timeout(struct ue_decision *d)
{
    d->x->timeout = 0;
    switch ((enum ue_phase)d->x->phase) {
    case UE_WAITING:
        ue_exchange_try(d);
        break;
    case UE_USIM:
        ue_do(d, UE_DO_USIM);
        break;
    case UE_AWAITING_MSK:
        ue_count(d, COUNT_msk_missing);
        ue_exchange_retry(d);
        break;
    case UE_CHALLENGING:
    case UE_BOOTSTRAPPING:
    case UE_ASKING:
    case UE_REQUESTING:
        ue_count(d, COUNT_ue_timeouts);
        ue_exchange_retry(d);
        break;
    }
}

void ue_decide_closed(struct ue_decision *d)
{
    d->x->conn = NET_CONN_NONE;
    if (d->x->phase == UE_WAITING || d->x->phase == UE_AWAITING_MSK)
        return;
    ue_count(d, COUNT_ue_connections_failed);
    ue_exchange_retry(d);
}

enum net_verdict ue_decide_answer(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (!facts->proper) {
        ue_count(d, COUNT_http_malformed);
        ue_exchange_retry(d);
        return NET_REJECTED;
    }
    switch ((enum ue_phase)d->x->phase) {
    case UE_CHALLENGING:
    case UE_BOOTSTRAPPING:
        return ue_bootstrap_answer(d, facts);
    case UE_ASKING:
    case UE_REQUESTING:
        return ue_request_answer(d, facts);
    default:
        return NET_RECEIVED;
    }
}
