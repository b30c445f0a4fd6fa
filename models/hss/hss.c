/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The HSS on the network: verify, queue, decide, encode, in a row. */
#include "models/hss/hss.h"

#include "models/diameter_wire.h"
#include "models/hss/decide.h"
#include "models/hss/encode.h"
#include "models/hss/verify.h"
#include "models/region.h"
#include "sim/base/table.h"

#include <glib.h>

static void hss_answer(struct net_region *at, const struct hss_job *job, const struct hss_action *action)
{
    struct net_message *out = net_message(at, KIND_zh_maa, DIAMETER_BYTES);

    out->length = (uint32_t)hss_encode(&model_of(at)->keys, &job->facts, action, out->bytes);
    net_tcp_send(at, job->station.conn, out);
}

static void hss_serve(struct net_region *at, uint32_t index)
{
    struct hss *hss = model_of(at)->hss;
    const struct hss_job *job = station_job_at(&hss->station, index);
    struct hss_action action;

    hss_decide(hss, at->now_ns, &job->facts, &action);
    hss_answer(at, job, &action);
    station_job_give(&hss->station, index);
}

static void hss_turn_away(struct net_region *at, uint32_t index, bool answer)
{
    struct hss *hss = model_of(at)->hss;
    const struct hss_job *job = station_job_at(&hss->station, index);
    struct hss_action action;

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

enum net_verdict hss_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    struct station *station = &m->hss->station;
    uint32_t index = station_job_take(station);
    struct hss_job *job = station_job_at(station, index);

    hss_verify(&m->keys, d->bytes, &job->facts);
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
