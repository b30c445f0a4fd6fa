/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of the BSF and the way of each job. */
#include "models/bsf/bsf.h"

#include "sim/base/random.h"
#include "sim/base/table.h"

#include <glib.h>
#include <string.h>

struct bsf_subscriber *bsf_subscriber(struct bsf *bsf, uint32_t number)
{
    struct bsf_subscriber *s = &bsf->subscribers[number];
    struct subscriber_start start;

    if (!s->known) {
        double lost = bsf->world->scenario->bsf_session_lost;

        subscriber_start(bsf->world, number, &start);
        s->known = true;
        s->challenge = s->spare = POOL_NONE;
        s->expiry_ns = start.newest_expiry_ns;
        s->vector = world_chance(bsf->world, number, PURPOSE_SESSION_LOST, lost) ? AV_NONE : start.newest;
        s->tmpi = s->vector;
    }
    return s;
}

uint32_t bsf_job_take(struct bsf *bsf)
{
    uint32_t index = pool_take(&bsf->jobs);
    struct bsf_job *job = pool_at(&bsf->jobs, index);

    memset(job, 0, sizeof *job);
    job->serial = ++bsf->serial;
    return index;
}

void bsf_job_give(struct bsf *bsf, uint32_t index)
{
    struct bsf_job *job = pool_at(&bsf->jobs, index);

    job->waiting = false;
    if (job->work != BSF_ZN)
        texts_drop(&bsf->long_texts, &job->credentials.texts);
    pool_give(&bsf->jobs, index);
}

static int64_t service_ns(struct net_region *at, uint32_t index)
{
    struct bsf *bsf = model_of(at)->bsf;
    const struct bsf_job *job = pool_at(&bsf->jobs, index);
    const struct scenario *s = bsf->world->scenario;
    const struct distribution *d = job->work == BSF_ZN          ? &s->bsf_zn_time
                                   : job->work == BSF_ZH_ANSWER ? &s->bsf_zh_time
                                                                : &s->bsf_service_time;
    uint32_t draws = bsf->subscribers[job->subscriber].draws++;

    return distribution_sample(d, random_u64(bsf->world->seed, job->subscriber, PURPOSE_BSF_SERVICE, draws));
}

static void turn_away(struct net_region *at, uint32_t index, bool answer)
{
    if (((struct bsf_job *)pool_at(&model_of(at)->bsf->jobs, index))->work == BSF_ZN)
        bsf_zn_turn_away(at, index, answer);
    else
        bsf_ub_turn_away(at, index, answer);
}

static void serve(struct net_region *at, uint32_t index)
{
    const struct bsf_job *job = pool_at(&model_of(at)->bsf->jobs, index);

    switch ((enum bsf_work)job->work) {
    case BSF_UB_GET:
        bsf_zh_vector(at, index);
        break;
    case BSF_UB_UNKNOWN:
        bsf_ub_unknown(at, index);
        break;
    case BSF_UB_CREDENTIALS:
        bsf_ub_credentials(at, index);
        break;
    case BSF_ZH_ANSWER:
        bsf_zh_answered(at, index);
        break;
    case BSF_ZN:
        bsf_zn_serve(at, index);
        break;
    }
}

enum net_verdict bsf_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    if (d->peer == HOST_HSS)
        return bsf_zh_answer(at, d);
    if (d->peer == HOST_BMSC)
        return bsf_zn_request(at, d, conn);
    return bsf_ub_request(at, d, conn);
}

void bsf_closed(struct net_region *at, struct net_conn conn, uint64_t user)
{
    struct bsf *bsf = model_of(at)->bsf;
    struct bsf_job *job;
    uint32_t index;

    diameter_peer_closed(&bsf->hss, conn);
    if (!station_watched(&bsf->station, user, &index))
        return;
    job = pool_at(&bsf->jobs, index);
    if (net_conn_equal(job->conn, conn)) /* else it is another's by now */
        job->station.gone = true;
}

void bsf_timer(struct net_region *at, uint32_t kind, uint64_t argument)
{
    if (kind == TIMER_SERVICE)
        station_served(at, &model_of(at)->bsf->station, (uint32_t)argument);
    else
        bsf_zh_timeout(at, argument);
}

const size_t bsf_ue_bytes = sizeof(struct bsf_subscriber);

struct bsf *bsf_new(const struct world *world)
{
    struct bsf *bsf = g_new0(struct bsf, 1);
    const struct scenario *s = world->scenario;

    bsf->world = world;
    station_init(&bsf->station, HOST_BSF, &bsf->jobs,
                 &(struct station_rules){s->bsf_workers, s->bsf_queue_limit, s->bsf_newest_first,
                                         s->bsf_queue_time_limit, s->bsf_drop_late != 0});
    bsf->station.turn_away = turn_away;
    bsf->station.service_ns = service_ns;
    bsf->station.serve = serve;
    pool_init(&bsf->jobs, sizeof(struct bsf_job));
    pool_init(&bsf->challenges, sizeof(struct bsf_challenge));
    texts_pool_init(&bsf->long_texts);
    diameter_peer_init(&bsf->hss, HOST_BSF, HOST_HSS);
    bsf->subscribers = table_new(world->ues, sizeof *bsf->subscribers);
    if (bsf->subscribers != NULL)
        return bsf;
    bsf_free(bsf);
    return NULL;
}

void bsf_free(struct bsf *bsf)
{
    if (bsf == NULL)
        return;
    server_clear(&bsf->station.server);
    pool_clear(&bsf->jobs);
    pool_clear(&bsf->challenges);
    pool_clear(&bsf->long_texts);
    table_free(bsf->subscribers, bsf->world->ues, sizeof *bsf->subscribers);
    g_free(bsf);
}

struct server *bsf_server(struct bsf *bsf)
{
    return &bsf->station.server;
}

const struct station *bsf_station(const struct bsf *bsf)
{
    return &bsf->station;
}
