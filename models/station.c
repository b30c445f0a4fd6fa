/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Jobs in, service timers, jobs out. */
#include "models/station.h"

#include "models/region.h"

#include <glib.h>

#define RETRY_AFTER_MAX_S INT64_C(86400)

uint32_t station_retry_after_s(const struct station *station, const struct station_retry *rule, uint64_t bits)
{
    int64_t base_s = rule->base_ns / CLOCK_SECOND, mean_ms, half_ms, drawn_ms;

    if (base_s == 0)
        return 0;
    if (rule->grows > 0)
        base_s += base_s * (int64_t)station->jobs.used / rule->grows;
    mean_ms = MIN(base_s, RETRY_AFTER_MAX_S) * 1000;
    half_ms = (int64_t)((double)mean_ms * rule->spread);
    drawn_ms = mean_ms - half_ms + (int64_t)random_below(bits, 2 * (uint64_t)half_ms + 1);
    return (uint32_t)CLAMP((drawn_ms + 500) / 1000, 1, RETRY_AFTER_MAX_S);
}

uint32_t station_draw_retry_after_s(const struct station *station, const struct station_retry *rule,
                                    uint64_t seed, uint32_t ue, uint32_t *draws)
{
    uint64_t bits = rule->spread > 0 ? random_u64(seed, ue, PURPOSE_RETRY_AFTER, (*draws)++) : 0;

    return station_retry_after_s(station, rule, bits);
}

/* What each server's jobs are counted under. */
static const struct {
    enum model_procedure wait;
    enum model_counter dropped, waited;
} station_counters[] = {
    [HOST_BMSC] = {PROCEDURE_bmsc_wait, COUNT_bmsc_dropped_late, COUNT_bmsc_refused_waited},
    [HOST_BSF] = {PROCEDURE_bsf_wait, COUNT_bsf_dropped_late, COUNT_bsf_refused_waited},
    [HOST_HSS] = {PROCEDURE_hss_wait, COUNT_hss_dropped_late, COUNT_hss_refused_waited}};

void station_init(struct station *station, uint32_t host, size_t job_bytes, const struct station_rules *rules,
                  const struct station_calls *calls)
{
    station->host = host;
    station->calls = calls;
    station->late_since_ns = -1;
    station->drop_late = rules->drop_late;
    station->queue_time_limit_ns = rules->queue_time_limit_ns;
    pool_init(&station->jobs, job_bytes);
    worker_queue_init(&station->queue, (uint32_t)rules->workers, (uint64_t)rules->queue_limit);
    station->queue.newest_first = (uint64_t)rules->newest_first;
}

void station_clear(struct station *station)
{
    worker_queue_clear(&station->queue);
    pool_clear(&station->jobs);
}

uint32_t station_job_take(struct station *station)
{
    uint32_t index = pool_take(&station->jobs);

    *(struct station_job *)station_job_at(station, index) =
        (struct station_job){.serial = ++station->serial,
                             .ue = TALLY_NO_UE,
                             .conn = NET_CONN_NONE,
                             .deadline_ns = STATION_NOBODY_WAITS};
    return index;
}

void station_job_give(struct station *station, uint32_t index)
{
    pool_give(&station->jobs, index);
}

void station_watch(struct net_region *at, const struct station *station, uint32_t job)
{
    if (station->drop_late)
        net_tcp_set_user(at, ((struct station_job *)station_job_at(station, job))->conn,
                         STATION_USER_OF_JOB(job));
}

void station_closed(struct station *station, struct net_conn conn, uint64_t user)
{
    uint64_t index = user - STATION_USER_OF_JOB(0);
    struct station_job *job;

    if (user < STATION_USER_OF_JOB(0) || index >= station->jobs.top)
        return;
    job = station_job_at(station, (uint32_t)index);
    if (net_conn_equal(job->conn, conn)) /* else the place is another job's by now */
        job->gone = true;
}

/* What becomes of a job, after it has waited so long: a line in the trace of its UE. */
TRACE_COLD static void station_trace(struct net_region *at, const struct station *station, uint32_t index,
                                     const char *what, int64_t waited_ns)
{
    const struct station_job *job = station_job_at(station, index);
    struct trace_ue *t = trace_of(model_of(at)->trace, job->ue);

    if (t == NULL)
        return;
    trace_at(t, station->host);
    trace_begin(t, "job", what);
    if (waited_ns > 0)
        trace_add_seconds(t, "waited", waited_ns);
    trace_end(t, false);
}

/* A worker is free for it: has it waited in vain? Then it takes no time of his. */
static bool station_turned_away(struct net_region *at, struct station *station,
                                const struct worker_queue_waiting *next)
{
    struct model_region *m = model_of(at);
    const struct station_job *job = station_job_at(station, next->job);
    int64_t waited_ns = at->now_ns - next->since_ns;

    if (next->internal || job->patient)
        return false;
    if (station->drop_late &&
        (job->gone || (job->of_server && waited_ns >= m->deployment->scenario->diameter_timeout))) {
        if (m->trace)
            station_trace(at, station, next->job, "dropped", waited_ns);
        tally_count(&m->tally, job->ue, station_counters[station->host].dropped);
        station->calls->turn_away(at, next->job, false);
        return true;
    }
    if (station->queue_time_limit_ns == 0 || waited_ns <= station->queue_time_limit_ns)
        return false;
    if (m->trace)
        station_trace(at, station, next->job, "expired", waited_ns);
    tally_count(&m->tally, job->ue, station_counters[station->host].waited);
    worker_queue_refuses(&station->queue, at->now_ns);
    station->calls->turn_away(at, next->job, true);
    return true;
}

/* A job is done: did its asker still wait? */
static void station_account(struct station *station, int64_t now_ns, uint32_t index)
{
    const struct station_job *job = station_job_at(station, index);

    if (job->service_ns == 0)
        return;
    station->served_ns += (double)job->service_ns;
    station->served++;
    if (job->deadline_ns >= now_ns) {
        station->useful_ns += (double)job->service_ns;
        station->late_since_ns = -1;
        return;
    }
    if (station->late_since_ns < 0)
        station->late_since_ns = now_ns - job->service_ns;
    station->late_max_ns = MAX(station->late_max_ns, now_ns - station->late_since_ns);
}

/* Serves what takes no time at once; sets the timer for the rest. Only requests count for the wait, not the
 * server's own work. */
static void station_start(struct net_region *at, struct station *station, struct worker_queue_waiting next)
{
    struct model_region *m = model_of(at);

    do {
        int64_t service_ns;

        if (station_turned_away(at, station, &next))
            continue;
        service_ns = station->calls->service_ns(at, next.job);

        ((struct station_job *)station_job_at(station, next.job))->service_ns =
            next.internal ? 0 : service_ns;
        if (!next.internal)
            tally_duration(&m->tally, station_counters[station->host].wait, at->now_ns - next.since_ns);
        if (service_ns > 0) {
            if (m->trace)
                station_trace(at, station, next.job, "started", at->now_ns - next.since_ns);
            net_timer(at, station->host, service_ns, TIMER_SERVICE, next.job);
            return;
        }
        station->calls->serve(at, next.job);
    } while (worker_queue_finish(&station->queue, at->now_ns, &next));
}

void station_hang_up(struct net_region *at, struct net_conn conn)
{
    net_tcp_set_user(at, conn, STATION_HUNG_UP);
    net_tcp_close(at, conn);
}

bool station_arrive(struct net_region *at, struct station *station, uint32_t job, bool internal)
{
    switch (worker_queue_arrive(&station->queue, at->now_ns, job, internal)) {
    case WORKER_QUEUE_STARTS:
        station_start(at, station, (struct worker_queue_waiting){at->now_ns, job, internal});
        return true;
    case WORKER_QUEUE_WAITS:
        if (model_of(at)->trace)
            station_trace(at, station, job, "queued", 0);
        return true;
    default:
        if (model_of(at)->trace)
            station_trace(at, station, job, "queue_full", 0);
        station->calls->turn_away(at, job, true);
        return false;
    }
}

void station_set_workers(struct net_region *at, struct station *station, int64_t workers)
{
    struct worker_queue_waiting next;

    worker_queue_set_workers(&station->queue, at->now_ns, (uint32_t)workers);
    while (worker_queue_next(&station->queue, at->now_ns, &next))
        station_start(at, station, next);
}

int64_t station_expected_wait_ns(const struct station *station)
{
    double mean_ns = station->served > 0 ? station->served_ns / (double)station->served : 0;

    if (station->queue.workers == 0)
        return STATION_NO_WORKER_NS;
    return (int64_t)((double)worker_queue_queued(&station->queue) * mean_ns / (double)station->queue.workers);
}

void station_served(struct net_region *at, struct station *station, uint32_t job)
{
    struct worker_queue_waiting next;

    station_account(station, at->now_ns, job);
    station->calls->serve(at, job);
    if (worker_queue_finish(&station->queue, at->now_ns, &next))
        station_start(at, station, next);
}
