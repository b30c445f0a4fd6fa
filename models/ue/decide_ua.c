/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ua: the MSK request (TS 33.246 §6.3.2.2.1), POST, 401, POST with credentials, 200. */
#include "models/ue/decide_private.h"

void ue_request_start(struct ue_decision *d)
{
    if (ue_exchange_satisfied(d->x)) { /* since it bootstrapped */
        ue_exchange_end(d);
        return;
    }
    ue_count(d, COUNT_requests_started);
    d->x->started_ns = d->now_ns;
    ue_exchange_connect(d, HOST_BMSC);
    if (ue_nonce_take(d))
        ue_exchange_send(d, KIND_ua_auth_post, UE_REQUESTING);
    else
        ue_exchange_send(d, KIND_ua_post, UE_ASKING);
}

/* A 401 that asks for a new bootstrap (TS 24.109 §5.2.5) is a challenge all the same, which is answered
 * when that is done. */
static void ue_request_renegotiated(struct ue_decision *d)
{
    d->x->renegotiations++;
    d->x->stale = d->x->challenges = 0;
    d->x->bootstrap = true;
    ue_nonce_keep(d);
    ue_exchange_hang_up(d);
    ue_exchange_go(d);
}

/* 401: to a POST without credentials it is a challenge; with stale=true it is answered at once; any other
 * asks for a new bootstrap. */
static enum net_verdict ue_request_challenged(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (!facts->challenge) {
        ue_count(d, COUNT_http_malformed);
        ue_exchange_retry(d);
        return NET_REJECTED;
    }
    ue_exchange_keep(d, facts->nonce, facts->opaque);
    d->x->nc = 1;
    if (ue_exchange_satisfied(d->x)) { /* by the MSK of an earlier request */
        ue_exchange_end(d);
    } else if (d->x->phase == UE_ASKING) {
        ue_exchange_send(d, KIND_ua_auth_post, UE_REQUESTING);
    } else if (facts->stale && d->x->stale < UE_STALE_MAX) {
        d->x->stale++;
        ue_exchange_send(d, KIND_ua_auth_post, UE_REQUESTING);
    } else if (facts->stale || d->x->renegotiations == UE_RENEGOTIATIONS_MAX) {
        ue_exchange_retry(d);
    } else {
        ue_request_renegotiated(d);
    }
    return NET_RECEIVED;
}

/* Granted: each MSK follows, or has come before. */
static void ue_request_granted(struct ue_decision *d)
{
    ue_exchange_hang_up(d);
    if ((d->x->asked & ~d->x->arrived) == 0) {
        ue_exchange_next(d);
        return;
    }
    d->x->started_ns = d->now_ns;
    ue_exchange_phase(d, UE_AWAITING_MSK, d->table->deployment->scenario->ue_msk_timeout);
}

/* Each key is granted or refused by itself (TS 33.246 §6.3.2.4). */
static void ue_request_judged(struct ue_decision *d, unsigned granted)
{
    unsigned refused = d->x->asked & ~granted;

    if (refused == d->x->services) {
        ue_exchange_refused(d);
        return;
    }
    if (refused != 0) {
        ue_count(d, COUNT_http_refused);
        ue_exchange_leave(d, refused);
    }
    ue_request_granted(d);
}

static enum net_verdict ue_request_success(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (!facts->rspauth_right || !facts->whole) {
        ue_count(d, facts->rspauth_right ? COUNT_http_malformed : COUNT_digest_failed);
        ue_exchange_retry(d);
        return NET_REJECTED;
    }
    tally_duration(d->tally, PROCEDURE_msk_request, d->now_ns - d->x->started_ns);
    ue_nonce_remember(d, facts->nextnonce);
    ue_request_judged(d, facts->granted);
    return NET_RECEIVED;
}

enum net_verdict ue_request_answer(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (facts->status == 401)
        return ue_request_challenged(d, facts);
    if (facts->status == 200 && d->x->phase == UE_REQUESTING)
        return ue_request_success(d, facts);
    ue_exchange_failed_answer(d, facts);
    return NET_RECEIVED;
}
