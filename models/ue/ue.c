/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The UEs on the network: verify, decide, encode, in a row. */
#include "models/ue/ue.h"

#include "models/content.h"
#include "models/keylog.h"
#include "models/nonce.h"
#include "models/region.h"
#include "models/ue/decide.h"
#include "models/ue/messages.h"
#include "models/ue/trace.h"
#include "models/ue/verify.h"
#include "models/wire/http.h"

/* What a handler works with. */
struct ue_at {
    struct net_region *net;
    struct model_region *m;
    struct ue_decision d;
    struct ue_actions actions;
    /* The MIKEY message that is being handled, as it was opened, or what it said; both NULL: none. */
    const struct ue_mikey_opened *opened;
    const struct content_mikey *said;
    struct trace_ue *trace; /* NULL: this UE is not traced */
};

static void ue_log_start(struct ue_at *u)
{
    if (u->m->keylog == NULL)
        return;
    keylog_subscriber(u->m, u->net->now_ns, u->d.number);
    keylog_av(u->m, u->net->now_ns, (struct key_name){u->d.number, u->d.ue->newest.av});
}

static void ue_find(struct net_region *at, uint32_t host, struct ue_at *u)
{
    struct model_region *m = model_of(at);
    uint32_t number = host - HOST_UES;

    u->net = at;
    u->m = m;
    u->opened = NULL;
    u->said = NULL;
    u->actions.count = 0;
    u->d = (struct ue_decision){.table = m->ues,
                                .tally = &m->tally,
                                .now_ns = at->now_ns,
                                .number = number,
                                .ue = ue_of(&m->ues->states, number),
                                .actions = &u->actions};
    if (!u->d.ue->initialised) {
        ue_decide_start(&u->d);
        ue_log_start(u);
    }
    if (u->d.ue->exchange != POOL_NONE)
        u->d.x = pool_at(&m->ues->exchanges, u->d.ue->exchange);
    u->trace = trace_of(m->trace, number);
    if (u->trace)
        ue_trace_state(u->trace, u->d.ue, u->d.x, u->m->deployment->service_count); /* the start state */
}

static struct ue_seen ue_seen(const struct ue_at *u)
{
    return (struct ue_seen){u->d.number, u->d.ue, u->d.x, &u->m->ues->long_texts};
}

/* --- what is decided, done
 * -------------------------------------------------------------------------------- */

/* A request; its mark says until when the UE waits for the answer. */
static void ue_send_request(struct ue_at *u, const struct ue_action *action)
{
    const struct ue_seen seen = ue_seen(u);
    struct net_message *out = ue_request_message(u->net, &seen, action);

    out->mark_ns = u->net->now_ns + u->m->deployment->scenario->ue_response_timeout;
    if (u->trace)
        trace_sent(u->trace, action->kind < KIND_ub_get ? HOST_BMSC : HOST_BSF, out->kind, out->length);
    net_tcp_send(u->net, u->d.x->conn, out);
}

static void ue_send_ack(struct ue_at *u)
{
    struct net_message *out =
        u->opened ? ue_ack_message(u->net, u->opened) : ue_ack_content_message(u->net, u->said);

    if (u->trace)
        trace_sent(u->trace, HOST_BMSC, out->kind, out->length);
    net_udp_send(u->net, HOST_UES + u->d.number, HOST_BMSC, out);
}

static void ue_put_first_nonce(struct ue_at *u)
{
    const struct deployment *deployment = u->m->deployment;
    char nonce[NONCE_TEXT_BYTES];

    nonce_start(&u->m->keys, u->d.number, nonce);
    ue_nonce_put(&u->d, bytes_of(nonce, sizeof nonce),
                 bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque));
}

static void ue_perform_one(struct ue_at *u, const struct ue_action *action)
{
    struct ue_exchange *x = u->d.x;

    switch (action->what) {
    case UE_DO_CONNECT:
        x->conn = net_tcp_connect(u->net, HOST_UES + u->d.number, action->host, HTTP_PORT, http_frame);
        break;
    case UE_DO_FIRST_NONCE:
        ue_put_first_nonce(u);
        break;
    case UE_DO_SEND:
        ue_send_request(u, action);
        break;
    case UE_DO_CLOSE:
        net_tcp_close(u->net, action->conn);
        break;
    case UE_DO_ABORT:
        net_tcp_abort(u->net, action->conn);
        break;
    case UE_DO_TIMEOUT:
        x->timeout = net_timeout(u->net, HOST_UES + u->d.number, action->delay_ns, 0, u->d.ue->serial);
        break;
    case UE_DO_CANCEL:
        net_timeout_cancel(u->net, action->timeout);
        break;
    case UE_DO_ACKNOWLEDGE:
        ue_send_ack(u);
        break;
    case UE_DO_LOG_KEYS:
        if (u->m->keylog)
            keylog_av(u->m, u->net->now_ns, (struct key_name){u->d.number, action->av});
        break;
    case UE_DO_USIM:
        break; /* last of its list: see ue_perform() */
    }
}

TRACE_COLD static void ue_trace_decided(const struct ue_at *u)
{
    ue_trace_state(u->trace, u->d.ue, u->d.x, u->m->deployment->service_count);
    for (unsigned i = 0; i < u->actions.count; i++)
        ue_trace_action(u->trace, u->d.ue, u->d.x, &u->actions.at[i]);
}

/* Does what was decided; what the USIM finds is decided upon in turn. */
static void ue_perform(struct ue_at *u)
{
    const struct ue_actions *actions = &u->actions;
    struct ue_aka_facts facts;

    if (u->trace)
        ue_trace_decided(u);
    for (unsigned i = 0; i < actions->count; i++)
        ue_perform_one(u, &actions->at[i]);
    if (actions->count == 0 || actions->at[actions->count - 1].what != UE_DO_USIM)
        return;
    const struct ue_seen seen = ue_seen(u);
    ue_verify_aka(&u->m->keys, &seen, &facts);
    if (u->trace)
        trace_line_fields(u->trace, false, "fact", &ue_trace_aka_facts, &facts);
    u->actions.count = 0;
    ue_decide_aka(&u->d, &facts);
    ue_perform(u);
}

/* --- the network
 * ------------------------------------------------------------------------------------------ */

/* What has come, and was found in it; fields NULL: nobody looked. */
TRACE_COLD static void ue_trace_message(const struct ue_at *u, const struct net_delivery *d,
                                        const struct trace_fields *fields, const void *facts)
{
    trace_received(u->trace, HOST_UES, d->peer, d->kind, d->bytes.len);
    if (fields != NULL)
        trace_line_fields(u->trace, false, "fact", fields, facts);
    else
        trace_line(u->trace, false, "ignored", "late", " # the exchange went on without it");
}

TRACE_COLD static void ue_trace_verdict(const struct ue_at *u, const struct net_delivery *d,
                                        enum net_verdict verdict)
{
    if (verdict == NET_REJECTED)
        trace_rejected(u->trace, d->kind);
}

enum net_verdict ue_datagram(struct net_region *at, const struct net_delivery *d)
{
    struct ue_mikey_opened opened;
    struct ue_mikey_facts facts;
    enum net_verdict verdict;
    struct ue_at u;
    bool idle;

    ue_find(at, d->host, &u);
    const struct ue_seen seen = ue_seen(&u);
    idle = u.d.x == NULL;
    if (d->content) {
        u.said = d->content;
        ue_mikey_of_content(&seen, CONTENT_FOUND(d->content, struct content_mikey), &facts);
    } else {
        u.opened = &opened;
        ue_verify_mikey(&u.m->keys, &seen, d->bytes, &facts, &opened);
    }
    if (u.trace)
        ue_trace_message(&u, d, &ue_trace_mikey_facts, &facts);
    verdict = ue_decide_mikey(&u.d, &facts, d->mark_ns);
    if (u.trace)
        ue_trace_verdict(&u, d, verdict);
    if (u.opened && idle && u.d.x != NULL) /* the key of the pull is rather likely that of the request */
        ue_secrets_put_muk(ue_secrets(u.d.x), facts.av, opened.rand, opened.muk);
    ue_perform(&u);
    return verdict;
}

static bool ue_has_conn(const struct ue_at *u, struct net_conn conn)
{
    return u->d.x != NULL && net_conn_equal(u->d.x->conn, conn);
}

enum net_verdict ue_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];
    struct ue_answer_facts facts;
    enum net_verdict verdict;
    struct ue_at u;

    ue_find(at, d->host, &u);
    if (!ue_has_conn(&u, conn)) {
        if (u.trace)
            ue_trace_message(&u, d, NULL, NULL);
        return NET_RECEIVED; /* late: the exchange went on without it */
    }
    const struct ue_seen seen = ue_seen(&u);
    ue_answer_delivered(u.m, &seen, d, bytes, &facts);
    if (u.trace)
        ue_trace_message(&u, d, &ue_trace_answer_facts, &facts);
    verdict = ue_decide_answer(&u.d, &facts);
    if (u.trace)
        ue_trace_verdict(&u, d, verdict);
    ue_perform(&u);
    return verdict;
}

void ue_closed(struct net_region *at, uint32_t host, struct net_conn conn)
{
    struct ue_at u;

    ue_find(at, host, &u);
    if (!ue_has_conn(&u, conn))
        return;
    ue_decide_closed(&u.d);
    ue_perform(&u);
}

void ue_timer(struct net_region *at, uint32_t host, uint64_t serial)
{
    struct ue_at u;

    ue_find(at, host, &u);
    if (u.d.x == NULL || u.d.ue->serial != serial)
        return;
    if (u.trace)
        ue_trace_timeout(u.trace, (enum ue_phase)u.d.x->phase);
    ue_decide_timeout(&u.d);
    ue_perform(&u);
}

#define LINE_BYTES 64

void ue_prefetch(struct net_region *at, uint32_t host, unsigned stage)
{
    const struct ue_table *t = model_of(at)->ues;

    if (stage > 1)
        return;
    const struct ue *ue = ue_of(&t->states, host - HOST_UES);
    if (stage == 0) {
        __builtin_prefetch(ue, 1);
        __builtin_prefetch((const char *)ue + t->states.ue_bytes - 1, 1);
    } else if (ue->initialised && ue->exchange != POOL_NONE) {
        const char *x = pool_at(&t->exchanges, ue->exchange);

        for (size_t i = 0; i < sizeof(struct ue_exchange_memory); i += LINE_BYTES)
            __builtin_prefetch(x + i, 1);
    }
}
