/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The life of one exchange at the UE: tries, timers, connections, giving up. */
#include "models/ue/ue.h"

#include "models/wire/ua.h"
#include "sim/base/random.h"

#include <glib.h>

static struct ue_exchange *take(struct ue_at *u)
{
    struct pool *pool = &u->m->ues->exchanges;

    u->ue->exchange = pool_take(pool);
    u->x = pool_at(pool, u->ue->exchange);
    u->m->tally.counters[COUNT_ues_active]++;
    *u->x = (struct ue_exchange){
        .conn = NET_CONN_NONE, .muk_vector = AV_NONE, .nonce_kept = POOL_NONE, .phase = UE_WAITING};
    return u->x;
}

/* Enters a phase and sets its timeout. Those of earlier phases become stale. */
void ue_exchange_phase(struct ue_at *u, enum ue_phase phase, int64_t timeout_ns)
{
    net_timeout_cancel(u->net, u->x->timeout);
    u->x->phase = (uint8_t)phase;
    u->ue->serial++;
    u->x->timeout = net_timeout(u->net, HOST_UES + u->number, timeout_ns, 0, u->ue->serial);
}

void ue_exchange_begin(struct ue_at *u, uint16_t key_group, uint16_t vector, const uint8_t rand[16],
                       const uint8_t muk[32])
{
    const struct scenario *s = u->m->world->scenario;
    int64_t wait = s->whatif_pull_backoff_wait;

    take(u)->key_group = key_group;
    ue_exchange_muk_is(u, vector, rand, muk);
    wait += (int64_t)random_below(ue_draw(u, PURPOSE_BACKOFF), (uint64_t)s->whatif_pull_backoff_max + 1);
    if (wait > 0)
        ue_exchange_phase(u, UE_WAITING, wait);
    else
        ue_exchange_try(u);
}

void ue_exchange_try(struct ue_at *u)
{
    u->x->tries++;
    u->x->stale = u->x->challenges = u->x->renegotiations = 0;
    ue_exchange_go(u);
}

void ue_exchange_go(struct ue_at *u)
{
    if (u->x->bootstrap || u->ue->newest.expiry_ns <= u->net->now_ns)
        ue_bootstrap_start(u);
    else
        ue_request_start(u);
}

void ue_exchange_hang_up(struct ue_at *u)
{
    struct net_conn conn = u->x->conn;

    u->x->conn = NET_CONN_NONE;
    if (conn.index != NET_CONN_NONE.index)
        net_tcp_close(u->net, conn);
}

static void drop_connection(struct ue_at *u)
{
    struct net_conn conn = u->x->conn;

    u->x->conn = NET_CONN_NONE;
    if (conn.index != NET_CONN_NONE.index)
        net_tcp_abort(u->net, conn);
}

void ue_exchange_end(struct ue_at *u)
{
    ue_exchange_hang_up(u);
    ue_nonce_drop(u);
    texts_drop(&u->m->ues->long_texts, &u->x->texts);
    net_timeout_cancel(u->net, u->x->timeout);
    u->ue->serial++;
    pool_give(&u->m->ues->exchanges, u->ue->exchange);
    u->ue->exchange = POOL_NONE;
    u->x = NULL;
    u->m->tally.counters[COUNT_ues_active]--;
}

void ue_exchange_give_up(struct ue_at *u)
{
    if (!ue_holds_msk(u) && !u->ue->gave_up) {
        u->ue->gave_up = true;
        count(u->m, COUNT_ues_gave_up);
    }
    drop_connection(u);
    ue_exchange_end(u);
}

/* Truncated exponential back-off with full jitter, on top of what the server asked for. */
static int64_t retry_wait(struct ue_at *u)
{
    const struct scenario *s = u->m->world->scenario;
    int64_t upper = s->ue_retry_base;

    for (unsigned i = 1; i < u->x->tries && upper < s->ue_retry_cap; i++)
        upper = upper > s->ue_retry_cap / 2 ? s->ue_retry_cap : upper * 2;
    return u->x->retry_after_ns + (int64_t)random_below(ue_draw(u, PURPOSE_RETRY), (uint64_t)upper + 1);
}

/* A bucket of whatif.retry_budget retries that gains one in each whatif.retry_budget_refill: budget_ns is
 * when it is full again. The wait until it has one to spend, if that is longer. */
static int64_t within_budget(struct ue_at *u, int64_t wait_ns)
{
    const struct scenario *s = u->m->world->scenario;
    int64_t refill_ns = s->whatif_retry_budget_refill, at_ns = u->net->now_ns + wait_ns;

    if (s->whatif_retry_budget == 0)
        return wait_ns;
    at_ns = MAX(at_ns, u->x->budget_ns - (s->whatif_retry_budget - 1) * refill_ns);
    u->x->budget_ns = MAX(u->x->budget_ns, at_ns) + refill_ns;
    return at_ns - u->net->now_ns;
}

void ue_exchange_retry(struct ue_at *u)
{
    drop_connection(u);
    if (u->x->msk_arrived) {
        /* The MSK overtook an answer that never came: there is nothing left to ask for. */
        ue_exchange_end(u);
        return;
    }
    if (u->x->tries >= u->m->world->scenario->ue_attempts) {
        ue_exchange_give_up(u);
        return;
    }
    count(u->m, COUNT_ue_retries);
    ue_exchange_phase(u, UE_WAITING, within_budget(u, retry_wait(u)));
    u->x->retry_after_ns = 0;
}

void ue_exchange_refused(struct ue_at *u)
{
    count(u->m, COUNT_http_refused);
    ue_exchange_give_up(u);
}

/* Anything but the 200 or 401 that was expected: 503 may be tried again, 504 and all the rest may not
 * (TS 33.246 table G.2.4-1). */
void ue_exchange_failed_answer(struct ue_at *u, const struct http_message *answer)
{
    if (answer->status == 503) {
        u->x->retry_after_ns =
            MIN((int64_t)http_retry_after(answer) * CLOCK_SECOND, u->m->world->scenario->ue_retry_after_max);
        ue_exchange_hang_up(u);
        ue_exchange_retry(u);
    } else {
        ue_exchange_refused(u);
    }
}

void ue_exchange_send(struct ue_at *u, struct net_message *message, enum wire_status status, size_t length)
{
    bool to_bmsc = message->kind == KIND_ua_post || message->kind == KIND_ua_auth_post;

    g_assert(status == WIRE_OK);
    message->length = (uint32_t)length;
    message->mark_ns = u->net->now_ns + u->m->world->scenario->ue_response_timeout;
    count(u->m, to_bmsc ? COUNT_ua_requests : COUNT_ub_requests);
    if (u->x->tries > 1)
        count(u->m, to_bmsc ? COUNT_ua_requests_retried : COUNT_ub_requests_retried);
    net_tcp_send(u->net, u->x->conn, message);
}

void ue_timer(struct net_region *at, uint32_t host, uint64_t serial)
{
    struct ue_at u = ue_find(at, host);

    if (u.x == NULL || u.ue->serial != serial)
        return;
    u.x->timeout = 0;
    switch ((enum ue_phase)u.x->phase) {
    case UE_WAITING:
        ue_exchange_try(&u);
        break;
    case UE_USIM:
        ue_bootstrap_usim(&u);
        break;
    case UE_AWAITING_MSK:
        count(u.m, COUNT_msk_missing);
        ue_exchange_retry(&u);
        break;
    case UE_CHALLENGING:
    case UE_BOOTSTRAPPING:
    case UE_ASKING:
    case UE_REQUESTING:
        count(u.m, COUNT_ue_timeouts);
        ue_exchange_retry(&u);
        break;
    }
}

void ue_closed(struct net_region *at, uint32_t host, struct net_conn conn, enum net_close_reason reason)
{
    struct ue_at u = ue_find(at, host);

    (void)reason;
    if (u.x == NULL || u.x->conn.index != conn.index || u.x->conn.generation != conn.generation)
        return;
    u.x->conn = NET_CONN_NONE;
    if (u.x->phase == UE_WAITING || u.x->phase == UE_AWAITING_MSK)
        return;
    count(u.m, COUNT_ue_connections_failed);
    ue_exchange_retry(&u);
}

enum net_verdict ue_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct ue_at u = ue_find(at, d->host);
    struct http_message answer;

    if (u.x == NULL || u.x->conn.index != conn.index || u.x->conn.generation != conn.generation)
        return NET_RECEIVED; /* late: the exchange went on without it */
    if (http_decode(d->bytes, &answer) != WIRE_OK || answer.is_request) {
        count(u.m, COUNT_http_malformed);
        ue_exchange_retry(&u);
        return NET_REJECTED;
    }
    switch ((enum ue_phase)u.x->phase) {
    case UE_CHALLENGING:
    case UE_BOOTSTRAPPING:
        return ue_bootstrap_answer(&u, &answer);
    case UE_ASKING:
    case UE_REQUESTING:
        return ue_request_answer(&u, &answer);
    default:
        return NET_RECEIVED;
    }
}
