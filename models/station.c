/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Jobs in, service timers, jobs out. */
#include "models/station.h"

#include <glib.h>

void station_init(struct station *station, uint32_t host, enum model_procedure wait, const struct pool *jobs)
{
    station->host = host;
    station->wait = wait;
    station->jobs = jobs;
    station->late_since_ns = -1;
}

/* A job is done: did its asker still wait? */
static void account(struct station *station, int64_t now_ns, uint32_t index)
{
    const struct station_job *job = pool_at(station->jobs, index);

    if (job->service_ns == 0)
        return;
    station->served_ns += (double)job->service_ns;
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
static void start(struct net_region *at, struct station *station, struct server_waiting next)
{
    struct model_region *m = model_of(at);

    do {
        int64_t service_ns = station->service_ns(at, next.job);

        ((struct station_job *)pool_at(station->jobs, next.job))->service_ns = next.internal ? 0 : service_ns;
        if (!next.internal)
            histogram_add(&m->latency[station->wait], at->now_ns - next.since_ns);
        if (service_ns > 0) {
            net_timer(at, station->host, service_ns, TIMER_SERVICE, next.job);
            return;
        }
        station->serve(at, next.job);
    } while (server_finish(&station->server, at->now_ns, &next));
}

void station_hang_up(struct net_region *at, struct net_conn conn)
{
    net_tcp_set_user(at, conn, STATION_HUNG_UP);
    net_tcp_close(at, conn);
}

bool station_arrive(struct net_region *at, struct station *station, uint32_t job, bool internal)
{
    switch (server_arrive(&station->server, at->now_ns, job, internal)) {
    case SERVER_STARTS:
        start(at, station, (struct server_waiting){at->now_ns, job, internal});
        return true;
    case SERVER_WAITS:
        return true;
    default:
        return false;
    }
}

void station_served(struct net_region *at, struct station *station, uint32_t job)
{
    struct server_waiting next;

    account(station, at->now_ns, job);
    station->serve(at, job);
    if (server_finish(&station->server, at->now_ns, &next))
        start(at, station, next);
}
