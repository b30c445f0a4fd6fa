/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BSF on the network: verify, queue, decide, encode, in a row. */
#include "models/bsf/bsf.h"

#include "models/bsf/decide.h"
#include "models/bsf/encode.h"
#include "models/bsf/trace.h"
#include "models/bsf/verify.h"
#include "models/diameter_wire.h"
#include "models/region.h"
#include "sim/base/table.h"

#include <glib.h>

/* A message to a UE, or about it to a server, leaves. */
TRACE_COLD static void bsf_trace_sent(const struct model_region *m, const struct bsf_job *job, uint32_t to,
                                      const struct net_message *message)
{
    struct trace_ue *t = trace_of(m->trace, job->diameter.station.ue);

    if (t == NULL)
        return;
    trace_sent(t, to, message->kind, message->length);
    if (message->kind == KIND_zh_mar)
        trace_timeout_set(t, "mar", m->deployment->scenario->diameter_timeout);
}

static void bsf_send_http(struct net_region *at, const struct bsf_job *job, const struct bsf_action *action)
{
    static const struct {
        enum message_kind kind;
        size_t bytes;
    } messages[] = {[BSF_SEND_CHALLENGE] = {KIND_ub_401, BSF_401_BYTES},
                    [BSF_SEND_SUCCESS] = {KIND_ub_200, BSF_200_BYTES},
                    [BSF_SEND_REFUSAL] = {KIND_ub_error, BSF_REFUSAL_BYTES}};
    struct model_region *m = model_of(at);
    struct net_message *out = net_message(at, messages[action->send].kind, messages[action->send].bytes);

    if (action->send == BSF_SEND_CHALLENGE)
        out->length = (uint32_t)bsf_encode_challenge(&m->keys, at->now_ns, job, out->bytes);
    else if (action->send == BSF_SEND_SUCCESS)
        out->length =
            (uint32_t)bsf_encode_success(&m->keys, at->now_ns, &m->bsf->long_texts, job, action, out->bytes);
    else
        out->length = (uint32_t)bsf_encode_refusal(&m->keys, at->now_ns, action, out->bytes);
    if (m->trace)
        bsf_trace_sent(m, job, HOST_UES, out);
    net_tcp_send(at, job->diameter.station.conn, out);
    if (action->hang_up)
        station_hang_up(at, job->diameter.station.conn);
}

static void bsf_send_diameter(struct net_region *at, uint32_t index, const struct bsf_job *job,
                              const struct bsf_action *action)
{
    struct model_region *m = model_of(at);
    bool mar = action->send == BSF_SEND_MAR;
    struct net_message *out = net_message(at, mar ? KIND_zh_mar : KIND_zn_bia, DIAMETER_BYTES);

    if (mar) {
        out->length = (uint32_t)bsf_encode_mar(&m->keys, job, index, out->bytes);
        if (m->trace)
            bsf_trace_sent(m, job, HOST_HSS, out);
        diameter_client_send(at, &m->bsf->hss, index, m->deployment->scenario->diameter_timeout, out);
    } else {
        out->length = (uint32_t)bsf_encode_bia(&m->keys, job, action, out->bytes);
        if (m->trace)
            bsf_trace_sent(m, job, HOST_BMSC, out);
        net_tcp_send(at, job->diameter.station.conn, out);
    }
}

TRACE_COLD static void bsf_trace_decided(const struct model_region *m, const struct bsf_job *job,
                                         const struct bsf_action *action)
{
    struct trace_ue *t = trace_of(m->trace, job->diameter.station.ue);

    if (t == NULL)
        return;
    bsf_trace_state(t, m->bsf, job->diameter.station.ue);
    bsf_trace_action(t, job, action);
}

/* Does what was decided for a job. */
static void bsf_perform(struct net_region *at, uint32_t index, const struct bsf_action *action)
{
    struct bsf *bsf = model_of(at)->bsf;
    const struct bsf_job *job = station_job_at(&bsf->station, index);

    if (model_of(at)->trace)
        bsf_trace_decided(model_of(at), job, action);
    switch (action->send) {
    case BSF_SEND_NOTHING:
        break;
    case BSF_SEND_CHALLENGE:
    case BSF_SEND_SUCCESS:
    case BSF_SEND_REFUSAL:
        bsf_send_http(at, job, action);
        break;
    case BSF_SEND_MAR:
    case BSF_SEND_BIA:
        bsf_send_diameter(at, index, job, action);
        break;
    }
    if (!action->waits)
        bsf_job_give(bsf, index);
}

TRACE_COLD static void bsf_trace_job(const struct model_region *m, const struct bsf_job *job, const char *end)
{
    struct trace_ue *t = trace_of(m->trace, job->diameter.station.ue);

    if (t != NULL)
        trace_job(t, HOST_BSF, end, bsf_trace_work(job));
}

static void bsf_serve(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bsf_job *job = station_job_at(&m->bsf->station, index);
    struct bsf_action action = {.send = BSF_SEND_NOTHING};

    if (m->trace)
        bsf_trace_job(m, job, "served");
    bsf_decide(m->bsf, &m->tally, at->now_ns, job, &action);
    bsf_perform(at, index, &action);
}

static void bsf_turn_away(struct net_region *at, uint32_t index, bool answer)
{
    struct model_region *m = model_of(at);
    struct bsf_job *job = station_job_at(&m->bsf->station, index);
    struct bsf_action action = {.send = BSF_SEND_NOTHING};

    if (m->trace)
        bsf_trace_job(m, job, "turned_away");
    bsf_decide_turn_away(m->bsf, &m->tally, at->now_ns, job, answer, &action);
    bsf_perform(at, index, &action);
}

static int64_t bsf_service_ns(struct net_region *at, uint32_t index)
{
    struct bsf *bsf = model_of(at)->bsf;

    return bsf_decide_service_ns(bsf, station_job_at(&bsf->station, index));
}

/* A message has come that is about a UE, and what was found in it. */
TRACE_COLD static struct trace_ue *bsf_trace_message(const struct model_region *m, uint32_t ue,
                                                     const struct net_delivery *d,
                                                     const struct trace_fields *fields, const void *facts)
{
    struct trace_ue *t = trace_of(m->trace, ue);

    if (t == NULL)
        return NULL;
    bsf_trace_state(t, m->bsf, ue);
    trace_received(t, HOST_BSF, d->peer, d->kind, d->bytes.len);
    trace_line_fields(t, false, "fact", fields, facts);
    return t;
}

static enum net_verdict bsf_ub_message(struct net_region *at, const struct net_delivery *d,
                                       struct net_conn conn)
{
    struct model_region *m = model_of(at);
    struct bsf *bsf = m->bsf;
    uint32_t index = bsf_job_take(bsf);
    struct bsf_job *job = station_job_at(&bsf->station, index);
    struct bsf_action action = {.send = BSF_SEND_NOTHING};
    struct bsf_ub_facts facts;

    bsf_verify_ub(&m->keys, bsf, d->bytes, d->peer - HOST_UES, &facts);
    job->diameter.station.conn = conn;
    job->diameter.station.deadline_ns = d->mark_ns;
    job->diameter.station.ue = facts.status == 200 ? facts.subscriber : d->peer - HOST_UES;
    if (m->trace)
        bsf_trace_message(m, job->diameter.station.ue, d, &bsf_trace_ub_facts, &facts);
    if (!bsf_decide_ub(bsf, &m->tally, &facts, job, &action)) {
        bsf_perform(at, index, &action);
        return action.hang_up ? NET_REJECTED : NET_RECEIVED;
    }
    station_watch(at, &bsf->station, index);
    station_arrive(at, &bsf->station, index, false);
    return NET_RECEIVED;
}

static enum net_verdict bsf_zn_message(struct net_region *at, const struct net_delivery *d,
                                       struct net_conn conn)
{
    struct model_region *m = model_of(at);
    uint32_t index = bsf_job_take(m->bsf);
    struct bsf_job *job = station_job_at(&m->bsf->station, index);
    struct bsf_zn_facts facts;

    bsf_verify_zn(&m->keys, d->bytes, &facts);
    if (facts.proper && facts.result == DIAMETER_SUCCESS)
        job->diameter.station.ue = facts.name.ue;
    if (m->trace)
        bsf_trace_message(m, job->diameter.station.ue, d, &bsf_trace_zn_facts, &facts);
    if (!bsf_decide_zn(&m->tally, &facts, job)) {
        bsf_job_give(m->bsf, index);
        return NET_REJECTED;
    }
    job->diameter.station.conn = conn;
    job->diameter.station.deadline_ns = d->mark_ns;
    job->diameter.station.of_server = true;
    station_arrive(at, &m->bsf->station, index, false);
    return NET_RECEIVED;
}

TRACE_COLD static void bsf_trace_maa_verdict(struct trace_ue *t, const struct net_delivery *d,
                                             enum net_verdict verdict, const struct bsf_job *job)
{
    if (verdict == NET_REJECTED)
        trace_rejected(t, d->kind);
    else if (job == NULL)
        trace_line(t, true, "ignored", trace_kind(d->kind), NULL);
    else
        trace_line(t, true, "timeout", "cancelled", " of=mar");
}

static enum net_verdict bsf_zh_message(struct net_region *at, const struct net_delivery *d)
{
    struct model_region *m = model_of(at);
    struct bsf_maa_facts facts;
    enum net_verdict verdict;
    struct bsf_job *job;
    struct trace_ue *t;

    bsf_verify_maa(&m->keys, d->bytes, &facts);
    t = m->trace ? bsf_trace_message(m, bsf_trace_maa_ue(m->bsf, &facts), d, &bsf_trace_maa_facts, &facts)
                 : NULL;
    verdict = bsf_decide_maa(m->bsf, &m->tally, at->now_ns, &facts, &job);
    if (t != NULL)
        bsf_trace_maa_verdict(t, d, verdict, job);
    if (job != NULL) {
        net_timeout_cancel(at, job->diameter.timeout);
        station_arrive(at, &m->bsf->station, facts.answer.index, true);
    }
    return verdict;
}

enum net_verdict bsf_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    if (d->peer == HOST_HSS)
        return bsf_zh_message(at, d);
    if (d->peer == HOST_BMSC)
        return bsf_zn_message(at, d, conn);
    return bsf_ub_message(at, d, conn);
}

void bsf_closed(struct net_region *at, struct net_conn conn, uint64_t user)
{
    struct bsf *bsf = model_of(at)->bsf;

    diameter_client_closed(&bsf->hss, conn);
    station_closed(&bsf->station, conn, user);
}

TRACE_COLD static void bsf_trace_timeout(const struct model_region *m, uint64_t argument)
{
    const struct diameter_job *job =
        diameter_client_waiting(&m->bsf->hss, (uint32_t)argument, (uint32_t)(argument >> 32));
    struct trace_ue *t = job != NULL ? trace_of(m->trace, job->station.ue) : NULL;

    if (t != NULL)
        trace_timeout(t, HOST_BSF, "mar");
}

void bsf_timer(struct net_region *at, uint32_t kind, uint64_t argument)
{
    struct model_region *m = model_of(at);
    struct bsf_action action = {.send = BSF_SEND_NOTHING};
    uint32_t index;

    if (m->trace && kind == TIMER_ANSWER_TIMEOUT)
        bsf_trace_timeout(m, argument);
    if (kind == TIMER_SERVICE)
        station_served(at, &m->bsf->station, (uint32_t)argument);
    else if (bsf_decide_timeout(m->bsf, &m->tally, argument, &index, &action) != NULL)
        bsf_perform(at, index, &action);
}

const size_t bsf_ue_bytes = sizeof(struct bsf_subscriber);

struct bsf *bsf_new(const struct deployment *deployment, const struct scenario *now)
{
    static const struct station_calls calls = {bsf_service_ns, bsf_serve, bsf_turn_away};
    static const struct diameter_counters zh = {COUNT_zh_requests,  COUNT_zh_requests_retried,
                                                COUNT_zh_timeouts,  COUNT_zh_late,
                                                COUNT_zh_throttled, PROCEDURE_zh};
    struct bsf *bsf = g_new0(struct bsf, 1);
    const struct scenario *s = deployment->scenario;

    bsf->deployment = deployment;
    bsf->now = now;
    station_init(&bsf->station, HOST_BSF, sizeof(struct bsf_job),
                 &(struct station_rules){s->bsf_workers, s->bsf_queue_limit, s->bsf_newest_first,
                                         s->bsf_queue_time_limit, s->bsf_drop_late != 0},
                 &calls);
    pool_init(&bsf->challenges, sizeof(struct bsf_challenge));
    texts_pool_init(&bsf->long_texts);
    diameter_client_init(&bsf->hss, HOST_BSF, HOST_HSS, &bsf->station, &zh);
    bsf->subscribers = table_new(deployment->ues, sizeof *bsf->subscribers);
    if (bsf->subscribers != NULL)
        return bsf;
    bsf_free(bsf);
    return NULL;
}

void bsf_free(struct bsf *bsf)
{
    if (bsf == NULL)
        return;
    station_clear(&bsf->station);
    pool_clear(&bsf->challenges);
    pool_clear(&bsf->long_texts);
    table_free(bsf->subscribers, bsf->deployment->ues, sizeof *bsf->subscribers);
    g_free(bsf);
}

struct station *bsf_station(struct bsf *bsf)
{
    return &bsf->station;
}
