/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A server on the network: its workers and queue, and the timer that ends each job's service. Time is
 * charged from the scenario, never from the host's clock. */
#ifndef MODELS_STATION_H
#define MODELS_STATION_H

#include "models/worker_queue.h"
#include "sim/base/pool.h"
#include "sim/net/net.h"

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
    uint32_t serial;      /* rises with each job: the place of one that is over is used again */
    uint32_t ue;          /* that it is for, for who counts; TALLY_NO_UE: unknown, as at the start */
    struct net_conn conn; /* that it came on */
    int64_t deadline_ns;  /* until when the asker waits, by its own clock: for measuring, no server is told */
    int64_t service_ns;   /* 0: the server's own work */
    bool gone;      /* its connection was reset or broke: what a server sees of a UE that has turned away */
    bool patient;   /* it wants no answer: not turned away once it is in the queue */
    bool of_server; /* over Diameter, where nothing is seen, but diameter.timeout is known */
};

/* What a scenario says of a server. */
struct station_rules {
    int64_t workers, queue_limit, newest_first, queue_time_limit_ns;
    bool drop_late;
};

/* What the agent does with a job. */
struct station_calls {
    int64_t (*service_ns)(struct net_region *at, uint32_t job); /* draws the service time */
    void (*serve)(struct net_region *at, uint32_t job); /* decides and answers; owns the job from then on */
    /* The queue is no place for it (full, or waited too long), or (answer false) nobody waits for an answer;
     * owns the job from then on. */
    void (*turn_away)(struct net_region *at, uint32_t job, bool answer);
};

struct station {
    struct worker_queue queue;
    struct pool jobs; /* of structs that begin with a struct station_job */
    uint32_t serial;  /* of the last job */
    uint32_t host;
    bool drop_late;
    int64_t queue_time_limit_ns; /* 0: none */
    const struct station_calls *calls;
    /* Time spent on what others asked for, and of it on what they still waited for when it was done. Of many
     * workers, more than 64 bits hold. */
    double served_ns, useful_ns;
    uint64_t served;       /* jobs */
    int64_t late_since_ns; /* jobs ended, and all of them too late, since then; -1: the last was in time */
    int64_t late_max_ns;   /* longest such time */
};

#define STATION_NOBODY_WAITS INT64_MAX /* the deadline of what has none */

/* Makes a station of a host, whose jobs take job_bytes each; station_clear() gives its memory back. */
void station_init(struct station *station, uint32_t host, size_t job_bytes, const struct station_rules *rules,
                  const struct station_calls *calls);
void station_clear(struct station *station);

/* A new job, with the next serial and nobody who waits for it; what the agent adds to a struct station_job
 * is not touched. Returns its index, for station_job_at() until station_job_give(). */
uint32_t station_job_take(struct station *station);
void station_job_give(struct station *station, uint32_t job);
static inline void *station_job_at(const struct station *station, uint32_t job)
{
    return pool_at(&station->jobs, job);
}

/* The `user` of a connection, by which its end is found to concern a job; only set where drop_late asks for
 * it. */
#define STATION_USER_OF_JOB(job) ((uint64_t)(job) + 2)
void station_watch(struct net_region *at, const struct station *station, uint32_t job);
/* A connection has ended; user: what was set for it, 0 if it ended in good order. The asker of its job is
 * gone. */
void station_closed(struct station *station, struct net_conn conn, uint64_t user);

/* Retry-After of a 503: its base; how many jobs in hand, queued, served or waiting for another server, make
 * it grow by that much (0: none do); the share by which it is spread up and down. */
struct station_retry {
    int64_t base_ns, grows;
    double spread;
};
/* Whole seconds, a day at most; bits: a draw. 0 (none) if the base is. */
uint32_t station_retry_after_s(const struct station *station, const struct station_retry *rule,
                               uint64_t bits);
/* The same for a UE, with a draw of its own, numbered by *draws, if it is spread. */
uint32_t station_draw_retry_after_s(const struct station *station, const struct station_retry *rule,
                                    uint64_t seed, uint32_t ue, uint32_t *draws);

/* Ends a connection, behind the answer to what was no request: where the next one begins nobody can tell,
 * and what the peer goes on sending is passed over (RFC 7230 §3.3.3, §9.5). */
void station_hang_up(struct net_region *at, struct net_conn conn);
#define STATION_HUNG_UP 1 /* the `user` of such a connection */
/* A job arrives; false: the queue is full, and it was turned away. */
bool station_arrive(struct net_region *at, struct station *station, uint32_t job, bool internal);
/* So many workers from now on, 0 or more: jobs that wait start at once as far as workers are free, in the
 * order of the queue; those that are served are served to their end. */
void station_set_workers(struct net_region *at, struct station *station, int64_t workers);
/* How long a job that comes now would wait, by the mean service time so far: STATION_NO_WORKER_NS if there is
 * no worker. */
#define STATION_NO_WORKER_NS (INT64_C(86400) * 1000000000)
int64_t station_expected_wait_ns(const struct station *station);
/* The service of a job is over. */
void station_served(struct net_region *at, struct station *station, uint32_t job);

#endif
