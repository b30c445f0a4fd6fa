/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A server as a fluid queue: Lindley's recursion over cohorts, first come first served. LOAD.md, "The storm
 * in the large". */
#include "models/load_play.h"

#include <math.h>

#define RING_START 64

void load_fluid_init(struct load_fluid *f, int64_t workers, int64_t limit)
{
    *f = (struct load_fluid){.workers = (double)workers,
                             .limit = (double)limit,
                             .queue_time_limit_s = INFINITY,
                             .free_s = -1,
                             .begins = g_new(double, RING_START),
                             .capacity = RING_START,
                             .full_s = NAN,
                             .backlog_s = -1,
                             .late_since_s = INFINITY};
}

void load_fluid_clear(struct load_fluid *f)
{
    g_clear_pointer(&f->begins, g_free);
}

static void ring_put(struct load_fluid *f, double begins_s)
{
    if (f->length == f->capacity) {
        double *larger = g_new(double, f->capacity * 2);

        for (uint32_t i = 0; i < f->length; i++)
            larger[i] = f->begins[(f->head + i) & (f->capacity - 1)];
        g_free(f->begins);
        f->begins = larger;
        f->head = 0;
        f->capacity *= 2;
    }
    f->begins[(f->head + f->length++) & (f->capacity - 1)] = begins_s;
}

static void ring_drop(struct load_fluid *f, double until_s)
{
    while (f->length > 0 && f->begins[f->head] <= until_s) {
        f->head = (f->head + 1) & (f->capacity - 1);
        f->length--;
    }
}

/* What becomes of a job that comes now and waits for so long. */
static int outcome(const struct load_fluid *f, const struct load_asker *asker, double now_s, double wait_s)
{
    if (asker == NULL || asker->patient)
        return LOAD_SERVES;
    if (f->drop_late && now_s + wait_s >= asker->gone_s)
        return LOAD_DROPPED;
    return wait_s > f->queue_time_limit_s ? LOAD_WAITED : LOAD_SERVES;
}

/* When a job that is served is done. Of a cohort of which some are dropped as late each worker takes the
 * first job that is not late yet: what is left of its time then is less than what lies between two jobs, in
 * the mean half of that. */
static double done_s(struct load_play *play, enum load_job job, const struct load_asker *asker,
                     double begins_s)
{
    const struct load_fluid *f = &play->server[load_job_server[job]];

    if (f->drop_late && f->dropped && asker && !asker->patient && asker->gone_s - begins_s < f->apart_s)
        begins_s = fmax(begins_s, asker->gone_s - f->apart_s / play->each / 2);
    return begins_s + load_service_s(play, job);
}

void load_fluid_refuses(struct load_fluid *f, double time_s)
{
    if (isnan(f->full_s))
        f->full_s = time_s;
    f->backlog_s = fmax(f->backlog_s, time_s);
}

struct load_admission load_admit(struct load_play *play, enum load_job job, const struct load_asker *asker)
{
    struct load_fluid *f = &play->server[load_job_server[job]];
    double begins_s = fmax(play->now_s, f->free_s), wait_s;
    int how;

    if (play->unlimited)
        return (struct load_admission){LOAD_SERVES, play->now_s + load_service_s(play, job)};
    if (asker && play->now_s > f->came_s) {
        f->apart_s = play->now_s - f->came_s;
        f->came_s = play->now_s;
    }
    ring_drop(f, play->now_s + f->grain_s);
    wait_s = fmax(0, begins_s - play->now_s - f->grain_s);
    if (wait_s > 0 && asker && f->length * play->each >= f->limit) {
        load_fluid_refuses(f, play->now_s);
        return (struct load_admission){LOAD_FULL, play->now_s};
    }
    how = outcome(f, asker, play->now_s, wait_s);
    if (wait_s > 0) {
        ring_put(f, begins_s);
        f->queue_max = fmax(f->queue_max, f->length * play->each);
    }
    if (wait_s >= LOAD_BACKLOG_S)
        f->backlog_s = fmax(f->backlog_s, play->now_s + wait_s);
    if (how == LOAD_WAITED)
        load_fluid_refuses(f, play->now_s + wait_s);
    f->dropped = f->dropped || how == LOAD_DROPPED;
    if (how != LOAD_SERVES)
        return (struct load_admission){how, play->now_s + wait_s};
    f->free_s = begins_s + play->each * play->mean_s[job] / f->workers;
    f->wait_max_s = fmax(f->wait_max_s, wait_s);
    return (struct load_admission){LOAD_SERVES, done_s(play, job, asker, play->now_s + wait_s)};
}

double load_queued(struct load_play *play, enum load_server server)
{
    struct load_fluid *f = &play->server[server];

    ring_drop(f, play->now_s + f->grain_s);
    return f->length * play->each;
}

double load_in_hand(struct load_play *play, enum load_server server)
{
    const struct load_fluid *f = &play->server[server];

    return load_queued(play, server) + f->asking + (f->free_s > play->now_s ? f->workers : 0);
}

/* The server's own work: nobody waits for it at its queue. */
static bool is_own(enum load_job job)
{
    return job == LOAD_bmsc_pull || job == LOAD_bmsc_msk || job == LOAD_bmsc_zn_answer ||
           job == LOAD_bsf_zh_answer;
}

void load_account(struct load_play *play, enum load_job job, bool useful)
{
    struct load_fluid *f = &play->server[load_job_server[job]];

    play->jobs[job] += play->each;
    if (is_own(job))
        return;
    f->served_s += play->each * play->mean_s[job];
    f->served_jobs += play->each;
    if (useful) {
        f->useful_s += play->each * play->mean_s[job];
        f->late_since_s = INFINITY;
        return;
    }
    f->late_since_s = fmin(f->late_since_s, play->now_s - play->mean_s[job]);
    f->late_max_s = fmax(f->late_max_s, play->now_s - f->late_since_s);
}
