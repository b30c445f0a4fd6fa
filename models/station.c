/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Jobs in, service timers, jobs out. */
#include "models/station.h"

/* Serves what takes no time at once; sets the timer for the rest. */
static void start(struct net_region *at, struct station *station, uint32_t job, int64_t waited_ns)
{
    struct model_region *m = model_of(at);

    for (;;) {
        int64_t service_ns = station->service_ns(at, job);

        histogram_add(&m->latency[station->wait], waited_ns);
        if (service_ns > 0) {
            net_timer(at, station->host, service_ns, TIMER_SERVICE, job);
            return;
        }
        station->serve(at, job);
        if (!server_finish(&station->server, at->now_ns, &job, &waited_ns))
            return;
    }
}

bool station_arrive(struct net_region *at, struct station *station, uint32_t job, bool internal)
{
    switch (server_arrive(&station->server, at->now_ns, job, internal)) {
    case SERVER_STARTS:
        start(at, station, job, 0);
        return true;
    case SERVER_WAITS:
        return true;
    default:
        return false;
    }
}

void station_served(struct net_region *at, struct station *station, uint32_t job)
{
    int64_t waited_ns;

    station->serve(at, job);
    if (server_finish(&station->server, at->now_ns, &job, &waited_ns))
        start(at, station, job, waited_ns);
}
