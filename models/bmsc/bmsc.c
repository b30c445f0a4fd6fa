/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of the BM-SC and the way of each job. */
#include "models/bmsc/bmsc.h"

#include "sim/base/random.h"
#include "sim/base/table.h"

#include <glib.h>
#include <math.h>
#include <string.h>

int64_t bmsc_muk_expiry_ns(const struct world *world, int64_t gba_expiry_ns, int64_t bootstrap_ns)
{
    int64_t lifetime_ns = world->scenario->bmsc_muk_lifetime;

    return lifetime_ns > 0 ? MIN(gba_expiry_ns, bootstrap_ns + lifetime_ns) : gba_expiry_ns;
}

struct bmsc_ue *bmsc_ue(struct bmsc *bmsc, uint32_t number)
{
    struct bmsc_ue *ue = &bmsc->ues[number];
    struct subscriber_start start;
    int64_t bootstrap_ns;

    if (!ue->initialised) {
        subscriber_start(bmsc->world, number, &start);
        ue->initialised = true;
        ue->session = POOL_NONE;
        ue->first_pull_ns = -1;
        ue->known = start.bmsc_known;
        ue->used = start.bmsc_used;
        bootstrap_ns = subscriber_start_known_ns(bmsc->world, &start);
        ue->known_expiry_ns =
            bmsc_muk_expiry_ns(bmsc->world, bootstrap_ns + bmsc->world->scenario->gba_lifetime, bootstrap_ns);
        ue->used_counter = start.counter;
        ue->known_counter = ue->known == ue->used ? start.counter : 0;
    }
    return ue;
}

struct bmsc_session *bmsc_session(struct model_region *m, uint32_t number)
{
    struct bmsc *bmsc = m->bmsc;
    struct bmsc_ue *ue = bmsc_ue(bmsc, number);
    struct bmsc_session *session;

    if (ue->session != POOL_NONE)
        return pool_at(&bmsc->sessions, ue->session);
    ue->session = pool_take(&bmsc->sessions);
    session = pool_at(&bmsc->sessions, ue->session);
    memset(session, 0, sizeof *session);
    session->vector = AV_NONE;
    session->address = HOST_UES + number;
    return session;
}

void bmsc_session_end(struct net_region *at, struct bmsc_ue *ue)
{
    struct bmsc *bmsc = model_of(at)->bmsc;

    ue->serial++;
    if (ue->session == POOL_NONE)
        return;
    net_timeout_cancel(at, ((struct bmsc_session *)pool_at(&bmsc->sessions, ue->session))->timeout);
    pool_give(&bmsc->sessions, ue->session);
    ue->session = POOL_NONE;
}

void bmsc_session_keys(struct model_region *m, uint32_t number, struct bmsc_session *session, uint16_t vector)
{
    if (session->vector == vector)
        return;
    key_rand(&m->keys, (struct key_name){number, vector}, session->rand);
    key_muk(&m->keys, number, session->rand, session->muk);
    session->vector = vector;
    session->has_ha1 = false;
}

uint32_t bmsc_counter(struct bmsc_ue *ue, uint16_t vector)
{
    return vector == ue->known ? ++ue->known_counter : ++ue->used_counter;
}

uint32_t bmsc_job_take(struct bmsc *bmsc, enum bmsc_work work, uint32_t ue)
{
    uint32_t index = pool_take(&bmsc->jobs);
    struct bmsc_job *job = pool_at(&bmsc->jobs, index);

    job->serial = ++bmsc->serial;
    job->work = (uint8_t)work;
    job->waiting = job->late = false;
    job->ue = ue;
    job->station = (struct station_job){.deadline_ns = STATION_NOBODY_WAITS};
    memset(&job->post.texts, 0, sizeof job->post.texts);
    return index;
}

void bmsc_job_give(struct bmsc *bmsc, uint32_t index)
{
    struct bmsc_job *job = pool_at(&bmsc->jobs, index);

    job->waiting = false;
    texts_drop(&bmsc->long_texts, &job->post.texts);
    pool_give(&bmsc->jobs, index);
}

static const struct distribution *service_time(const struct scenario *s, enum bmsc_work work)
{
    switch (work) {
    case BMSC_POST:
        return &s->bmsc_challenge_time;
    case BMSC_AUTH_POST:
        return &s->bmsc_service_time;
    case BMSC_ZN_ANSWER:
        return &s->bmsc_zn_time;
    default:
        return &s->bmsc_mikey_time;
    }
}

static int64_t service_ns(struct net_region *at, uint32_t index)
{
    struct bmsc *bmsc = model_of(at)->bmsc;
    const struct bmsc_job *job = pool_at(&bmsc->jobs, index);
    const struct distribution *d = service_time(bmsc->world->scenario, (enum bmsc_work)job->work);
    /* Fixed times take one as well: the other works keep theirs when this one varies. */
    uint32_t draw = bmsc_ue(bmsc, job->ue)->draws++;

    if (d->kind == DISTRIBUTION_FIXED)
        return d->a_ns;
    return distribution_sample(d, random_u64(bmsc->world->seed, job->ue, PURPOSE_BMSC_SERVICE, draw));
}

/* A POST is answered 503; an ACK is forgotten, another will answer the MSK message that is sent again. */
static void turn_away(struct net_region *at, uint32_t index, bool answer)
{
    struct model_region *m = model_of(at);
    struct bmsc *bmsc = m->bmsc;
    struct bmsc_job *job = pool_at(&bmsc->jobs, index);

    if (job->work == BMSC_ACK) {
        count(m, COUNT_acks_dropped);
        bmsc_session(m, job->ue)->acked = false;
    } else {
        if (job->work == BMSC_AUTH_POST)
            bmsc_nonce_void(bmsc, job);
        if (answer)
            bmsc_send_refusal(at, job, 503);
    }
    bmsc_job_give(bmsc, index);
}

static void serve(struct net_region *at, uint32_t index)
{
    struct bmsc *bmsc = model_of(at)->bmsc;
    struct bmsc_job *job = pool_at(&bmsc->jobs, index);
    uint32_t ue = job->ue;

    switch ((enum bmsc_work)job->work) {
    case BMSC_AUTH_POST:
        bmsc_serve_auth_post(at, index);
        return;
    case BMSC_ZN_ANSWER:
        bmsc_serve_zn_answer(at, index);
        return;
    case BMSC_POST:
        bmsc_send_challenge(at, job->conn, CHALLENGE_FIRST);
        break;
    case BMSC_PULL:
        bmsc_send_pull(at, ue);
        break;
    case BMSC_MSK:
        bmsc_send_msk(at, ue, job->request);
        break;
    case BMSC_ACK:
        bmsc_serve_ack(at, ue);
        break;
    }
    bmsc_job_give(bmsc, index);
}

enum net_verdict bmsc_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    return d->peer == HOST_BSF ? bmsc_zn_answer(at, d) : bmsc_post_arrives(at, d, conn);
}

void bmsc_closed(struct net_region *at, struct net_conn conn, uint64_t user)
{
    struct bmsc *bmsc = model_of(at)->bmsc;
    struct bmsc_job *job;
    uint32_t index;

    diameter_peer_closed(&bmsc->bsf, conn);
    if (!station_watched(&bmsc->station, user, &index))
        return;
    job = pool_at(&bmsc->jobs, index);
    if (net_conn_equal(job->conn, conn)) /* else it is another's by now */
        job->station.gone = true;
}

void bmsc_timer(struct net_region *at, uint32_t kind, uint64_t argument)
{
    switch ((enum core_timer)kind) {
    case TIMER_SERVICE:
        station_served(at, &model_of(at)->bmsc->station, (uint32_t)argument);
        break;
    case TIMER_NEXT_PULL:
        bmsc_next_pull(at);
        break;
    case TIMER_PULL_TIMEOUT:
        bmsc_pull_timeout(at, argument);
        break;
    case TIMER_MSK_TIMEOUT:
        bmsc_msk_timeout(at, argument);
        break;
    case TIMER_ANSWER_TIMEOUT:
        bmsc_zn_timeout(at, argument);
        break;
    }
}

#define LINE_BYTES 64

static void fetch(const void *object, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += LINE_BYTES)
        __builtin_prefetch((const char *)object + i, 1);
}

/* A timer names a job, or (in its lower half) a UE; a job names a UE, and a UE its session. */
void bmsc_prefetch(struct net_region *at, uint32_t kind, uint64_t argument, unsigned stage)
{
    const struct bmsc *bmsc = model_of(at)->bmsc;
    const struct bmsc_job *job;
    const struct bmsc_ue *ue;

    if (kind == TIMER_SERVICE) {
        job = pool_at(&bmsc->jobs, (uint32_t)argument);
        ue = &bmsc->ues[stage == 0 ? 0 : job->ue];
        if (stage == 0)
            fetch(job, sizeof *job);
        else if (stage == 1)
            fetch(ue, sizeof *ue);
        else if (ue->initialised && ue->session != POOL_NONE)
            fetch(pool_at(&bmsc->sessions, ue->session), sizeof(struct bmsc_session));
    } else if (stage == 0 && (kind == TIMER_PULL_TIMEOUT || kind == TIMER_MSK_TIMEOUT)) {
        fetch(&bmsc->ues[(uint32_t)argument], sizeof *ue);
    }
}

const size_t bmsc_ue_bytes = sizeof(struct bmsc_ue);

struct bmsc *bmsc_new(const struct world *world)
{
    struct bmsc *bmsc = g_new0(struct bmsc, 1);
    const struct scenario *s = world->scenario;

    bmsc->world = world;
    bmsc->last_due_ns = -1;
    station_init(&bmsc->station, HOST_BMSC, &bmsc->jobs,
                 &(struct station_rules){s->bmsc_workers, s->bmsc_queue_limit, s->bmsc_newest_first,
                                         s->bmsc_queue_time_limit, s->bmsc_drop_late != 0});
    bmsc->station.turn_away = turn_away;
    bmsc->station.service_ns = service_ns;
    bmsc->station.serve = serve;
    pool_init(&bmsc->jobs, sizeof(struct bmsc_job));
    pool_init(&bmsc->sessions, sizeof(struct bmsc_session));
    texts_pool_init(&bmsc->long_texts);
    diameter_peer_init(&bmsc->bsf, HOST_BMSC, HOST_BSF);
    bmsc->ues = table_new(world->ues, sizeof *bmsc->ues);
    if (pull_order_init(&bmsc->order, world) && bmsc->ues != NULL)
        return bmsc;
    bmsc_free(bmsc);
    return NULL;
}

void bmsc_free(struct bmsc *bmsc)
{
    if (bmsc == NULL)
        return;
    server_clear(&bmsc->station.server);
    pool_clear(&bmsc->jobs);
    pool_clear(&bmsc->sessions);
    pool_clear(&bmsc->long_texts);
    g_free(bmsc->void_nonces);
    pull_order_clear(&bmsc->order);
    table_free(bmsc->ues, bmsc->world->ues, sizeof *bmsc->ues);
    g_free(bmsc);
}

struct server *bmsc_server(struct bmsc *bmsc)
{
    return &bmsc->station.server;
}

const struct station *bmsc_station(const struct bmsc *bmsc)
{
    return &bmsc->station;
}

int64_t bmsc_last_due_ns(const struct bmsc *bmsc)
{
    return bmsc->last_due_ns;
}

uint32_t bmsc_solicited(const struct bmsc *bmsc)
{
    return bmsc->solicited;
}

bool bmsc_all_due(const struct bmsc *bmsc)
{
    return bmsc->next >= bmsc->world->ues;
}

double bmsc_pull_rate_per_s(const struct bmsc *bmsc)
{
    int64_t span_ns = bmsc->last_sent_ns - bmsc->first_sent_ns;

    return span_ns > 0 ? (bmsc->solicited - 1) * (double)CLOCK_SECOND / (double)span_ns : NAN;
}

uint32_t bmsc_sessions(const struct bmsc *bmsc)
{
    return bmsc->sessions.used;
}
