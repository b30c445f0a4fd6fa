/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The HSS on the network: verify, queue, decide, encode, in a row. */
#include "models/hss/hss.h"

#include "models/diameter_wire.h"
#include "models/hss/decide.h"
#include "models/hss/encode.h"
#include "models/hss/trace.h"
#include "models/hss/verify.h"
#include "models/region.h"
#include "sim/base/table.h"

#include <glib.h>

static void hss_answer(struct net_region *at, const struct hss_job *job, const struct hss_action *action)
{
    struct net_message *out = net_message(at, KIND_zh_maa, DIAMETER_BYTES);
    struct trace_ue *t = trace_of(model_of(at)->trace, job->station.ue);

    out->length = (uint32_t)hss_encode(&model_of(at)->keys, &job->facts, action, out->bytes);
    if (t != NULL) {
        hss_trace_state(t, &model_of(at)->hss->subscribers[job->facts.subscriber]);
        hss_trace_action(t, action);
        trace_sent(t, HOST_BSF, out->kind, out->length);
    }
    net_tcp_send(at, job->station.conn, out);
}

TRACE_COLD static void hss_trace_job(struct net_region *at, const struct hss_job *job, const char *end)
{
    struct trace_ue *t = trace_of(model_of(at)->trace, job->station.ue);

    if (t != NULL)
        trace_job(t, HOST_HSS, end, "mar");
}

static void hss_serve(struct net_region *at, uint32_t index)
{
    struct hss *hss = model_of(at)->hss;
    const struct hss_job *job = station_job_at(&hss->station, index);
    struct hss_action action;

    if (model_of(at)->trace)
        hss_trace_job(at, job, "served");
    hss_decide(hss, at->now_ns, &job->facts, &action);
    hss_answer(at, job, &action);
    station_job_give(&hss->station, index);
}

static void hss_turn_away(struct net_region *at, uint32_t index, bool answer)
{
    struct hss *hss = model_of(at)->hss;
    const struct hss_job *job = station_job_at(&hss->station, index);
    struct hss_action action;

    if (model_of(at)->trace)
        hss_trace_job(at, job, "turned_away");
    if (answer) {
        hss_decide_refusal(hss, at->now_ns, &job->facts, &action);
        hss_answer(at, job, &action);
    }
    station_job_give(&hss->station, index);
}

static int64_t hss_service_ns(struct net_region *at, uint32_t index)
{
    struct hss *hss = model_of(at)->hss;
    const struct hss_job *job = station_job_at(&hss->station, index);

    return hss_decide_service_ns(hss, &job->facts);
}

TRACE_COLD static void hss_trace_mar(const struct model_region *m, const struct hss_job *job,
                                     const struct net_delivery *d)
{
    struct trace_ue *t = trace_of(m->trace, job->station.ue);

    if (t == NULL)
        return;
    hss_trace_state(t, &m->hss->subscribers[job->station.ue]);
    trace_received(t, HOST_HSS, d->peer, d->kind, d->bytes.len);
    trace_line_fields(t, false, "fact", &hss_trace_facts, &job->facts);
}

enum net_verdict hss_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    struct station *station = &m->hss->station;
    uint32_t index = station_job_take(station);
    struct hss_job *job = station_job_at(station, index);

    hss_verify(&m->keys, d->bytes, &job->facts);
    if (job->facts.proper && job->facts.result == DIAMETER_SUCCESS)
        job->station.ue = job->facts.subscriber;
    if (m->trace)
        hss_trace_mar(m, job, d);
    if (!hss_decide_mar(&m->tally, &job->facts)) {
        station_job_give(station, index);
        return NET_REJECTED;
    }
    job->station.conn = conn;
    job->station.deadline_ns = d->mark_ns;
    job->station.of_server = true;
    station_arrive(at, station, index, false);
    return NET_RECEIVED;
}

void hss_timer(struct net_region *at, uint32_t kind, uint64_t argument)
{
    g_assert(kind == TIMER_SERVICE);
    station_served(at, &model_of(at)->hss->station, (uint32_t)argument);
}

const size_t hss_ue_bytes = sizeof(struct hss_subscriber);

struct hss *hss_new(const struct deployment *deployment, const struct scenario *now)
{
    static const struct station_calls calls = {hss_service_ns, hss_serve, hss_turn_away};
    struct hss *hss = g_new0(struct hss, 1);
    const struct scenario *s = deployment->scenario;

    hss->deployment = deployment;
    hss->now = now;
    station_init(&hss->station, HOST_HSS, sizeof(struct hss_job),
                 &(struct station_rules){s->hss_workers, s->hss_queue_limit, s->hss_newest_first,
                                         s->hss_queue_time_limit, s->hss_drop_late != 0},
                 &calls);
    hss->subscribers = table_new(deployment->ues, sizeof *hss->subscribers);
    if (hss->subscribers != NULL)
        return hss;
    hss_free(hss);
    return NULL;
}

void hss_free(struct hss *hss)
{
    if (hss == NULL)
        return;
    station_clear(&hss->station);
    table_free(hss->subscribers, hss->deployment->ues, sizeof *hss->subscribers);
    g_free(hss);
}

struct station *hss_station(struct hss *hss)
{
    return &hss->station;
}
