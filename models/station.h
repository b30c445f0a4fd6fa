/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A server on the network: its workers and queue, and the timer that ends each job's service. Time is charged
 * from the scenario, never from the host's clock. */
#ifndef MODELS_STATION_H
#define MODELS_STATION_H

#include "models/server.h"
#include "models/world.h"
#include "sim/kernel/pool.h"

/* Timers of the core's hosts; the argument is a job for TIMER_SERVICE, else as the host likes. */
enum core_timer {
    TIMER_SERVICE,
    TIMER_NEXT_PULL,
    TIMER_PULL_TIMEOUT,
    TIMER_MSK_TIMEOUT,
    TIMER_ANSWER_TIMEOUT
};

/* What a station knows of each job; the job of a server begins with it. */
struct station_job {
    int64_t deadline_ns; /* until when the asker waits, by its own clock: for measuring, no server is told */
    int64_t service_ns;  /* 0: the server's own work */
};

struct station {
    struct server server;
    const struct pool *jobs; /* of structs that begin with a struct station_job */
    uint32_t host;
    enum model_procedure wait;
    int64_t (*service_ns)(struct net_region *at, uint32_t job); /* draws the service time */
    void (*serve)(struct net_region *at, uint32_t job); /* decides and answers; owns the job from then on */
    /* Time spent on what others asked for, and of it on what they still waited for when it was done. Of many
     * workers, more than 64 bits hold. */
    double served_ns, useful_ns;
    int64_t late_since_ns; /* jobs ended, and all of them too late, since then; -1: the last was in time */
    int64_t late_max_ns;   /* longest such time */
};

#define STATION_NOBODY_WAITS INT64_MAX /* the deadline of what has none */

void station_init(struct station *station, uint32_t host, enum model_procedure wait, const struct pool *jobs);

/* Ends a connection, behind the answer to what was no request: where the next one begins nobody can tell, and
 * what the peer goes on sending is passed over (RFC 7230 §3.3.3, §9.5). */
void station_hang_up(struct net_region *at, struct net_conn conn);
#define STATION_HUNG_UP 1 /* the `user` of such a connection */
/* A job arrives; false: the queue is full, the job was not taken. */
bool station_arrive(struct net_region *at, struct station *station, uint32_t job, bool internal);
/* The service of a job is over. */
void station_served(struct net_region *at, struct station *station, uint32_t job);

#endif
