/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Time of the storm in the large: a heap of events, by time and then by the order in which they were set. */
#include "models/load_play.h"

#include <math.h>

#define LUMPS      4          /* cohorts that may meet where arrivals are even */
#define DRAWS_SEED 0x6c6f6164 /* not the run's: equal scenarios of other seeds have the same load */

const enum load_server load_job_server[LOAD_JOBS] = {
#define X(name, server, time, meaning) LOAD_##server,
    LOAD_JOB_LIST(X)
#undef X
};

static const struct distribution *load_job_time(const struct scenario *s, enum load_job job)
{
    const struct distribution *times[LOAD_JOBS] = {
#define X(name, server, time, meaning) &s->time,
        LOAD_JOB_LIST(X)
#undef X
    };

    return times[job];
}

/* --- events --------------------------------------------------------------------------------------------- */

static bool before(const struct load_event *a, const struct load_event *b)
{
    return a->time_s < b->time_s || (a->time_s == b->time_s && a->order < b->order);
}

void load_push(struct load_play *play, double time_s, enum load_event_kind kind, uint32_t what,
               uint32_t serial)
{
    struct load_event event = {time_s, play->order++, what, serial, (uint8_t)kind};
    uint32_t at = play->heap_count++;

    if (play->heap_count > play->heap_capacity) {
        play->heap_capacity = MAX(1024, play->heap_capacity * 2);
        play->heap = g_renew(struct load_event, play->heap, play->heap_capacity);
    }
    for (; at > 0 && before(&event, &play->heap[(at - 1) / 2]); at = (at - 1) / 2)
        play->heap[at] = play->heap[(at - 1) / 2];
    play->heap[at] = event;
}

static struct load_event pop(struct load_play *play)
{
    struct load_event first = play->heap[0], last = play->heap[--play->heap_count];
    uint32_t at = 0, child;

    while ((child = 2 * at + 1) < play->heap_count) {
        if (child + 1 < play->heap_count && before(&play->heap[child + 1], &play->heap[child]))
            child++;
        if (!before(&play->heap[child], &last))
            break;
        play->heap[at] = play->heap[child];
        at = child;
    }
    play->heap[at] = last;
    return first;
}

/* --- draws ---------------------------------------------------------------------------------------------- */

double load_unit(struct load_play *play, struct load_ue *ue)
{
    return random_unit(random_u64(DRAWS_SEED, (uint32_t)(ue - play->ues), 0, ue->draws++));
}

bool load_lost(struct load_play *play, struct load_ue *ue)
{
    return play->s->access_loss > 0 && load_unit(play, ue) < play->s->access_loss;
}

/* Short connections have no other way to find a loss than the timer. */
double load_way_s(struct load_play *play, struct load_ue *ue)
{
    double rto_s = load_seconds(play->s->tcp_rto_min), way_s = play->one_way_s;

    for (int64_t i = 0; i <= play->s->tcp_data_retries && load_lost(play, ue); i++) {
        way_s += rto_s;
        rto_s = fmin(2 * rto_s, load_seconds(play->s->tcp_rto_max));
    }
    return way_s;
}

double load_service_s(struct load_play *play, enum load_job job)
{
    if (!play->varies[job])
        return play->mean_s[job];
    return load_seconds(
        distribution_sample(load_job_time(play->s, job), random_u64(DRAWS_SEED, 0, 1, play->order)));
}

/* --- the run -------------------------------------------------------------------------------------------- */

/* What turns jobs away when their turn comes. */
static void fill_rules(struct load_play *play)
{
    const struct scenario *s = play->s;
    const int64_t limits_ns[] = {s->bmsc_queue_time_limit, s->bsf_queue_time_limit, s->hss_queue_time_limit};
    const bool drop[] = {s->bmsc_drop_late, s->bsf_drop_late, s->hss_drop_late};

    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        play->server[i].drop_late = drop[i];
        if (limits_ns[i] > 0)
            play->server[i].queue_time_limit_s = load_seconds(limits_ns[i]);
    }
}

static void fill_servers(struct load_play *play)
{
    const struct scenario *s = play->s;
    double patience_s = fmin(load_seconds(s->diameter_timeout), load_seconds(s->ue_response_timeout));

    load_fluid_init(&play->server[LOAD_BMSC], s->bmsc_workers, s->bmsc_queue_limit);
    load_fluid_init(&play->server[LOAD_BSF], s->bsf_workers, s->bsf_queue_limit);
    load_fluid_init(&play->server[LOAD_HSS], s->hss_workers, s->hss_queue_limit);
    fill_rules(play);
    for (unsigned job = 0; job < LOAD_JOBS; job++) {
        const struct distribution *time = load_job_time(s, job);

        play->mean_s[job] = load_seconds(distribution_mean(time));
        play->varies[job] =
            time->kind != DISTRIBUTION_FIXED && play->mean_s[job] > LOAD_NEAR_TIMEOUT * patience_s;
    }
}

static void fill(struct load_play *play, const struct scenario *s, uint32_t cohorts, const double *visit_s)
{
    *play = (struct load_play){.s = s,
                               .unlimited = visit_s == NULL,
                               .each = (double)s->ue_count / cohorts,
                               .cohorts = cohorts,
                               .end_s = visit_s ? load_seconds(s->run_end) : INFINITY,
                               .one_way_s = load_seconds(s->access_rtt) / 2 + load_seconds(s->core_delay),
                               .between_s = 2 * load_seconds(s->core_delay),
                               .request_free = UINT32_MAX};
    fill_servers(play);
    for (unsigned i = 0; i < LOAD_SERVERS && visit_s; i++)
        play->server[i].grain_s = LUMPS * (play->each - 1) * visit_s[i] / play->server[i].workers;
}

/* Anybody who is not done, as far as the run has come? */
static bool unfinished(const struct load_play *play)
{
    if (play->pulled < play->cohorts)
        return true;
    for (uint32_t i = 0; i < play->cohorts; i++)
        if (play->ues[i].phase != LOAD_IDLE || play->ues[i].stage == LOAD_SOLICITING)
            return true;
    return false;
}

static void load_play_go(struct load_play *play, uint64_t events_max)
{
    while (play->pulled < play->cohorts || play->heap_count > 0) {
        double pull_s =
            play->pulled < play->cohorts ? load_pull_s(play->s, play->pulled, play->cohorts) : INFINITY;
        bool pull = play->heap_count == 0 || pull_s <= play->heap[0].time_s;
        double next_s = pull ? pull_s : play->heap[0].time_s;

        if (next_s > play->end_s || ++play->events > events_max) {
            play->stopped = next_s <= play->end_s;
            play->cut_off = unfinished(play);
            return;
        }
        play->now_s = next_s;
        if (pull) {
            load_core_pull(play, play->pulled++);
        } else {
            struct load_event event = pop(play);

            load_core_event(play, &event);
        }
    }
}

void load_play_run(struct load_play *play, const struct scenario *s, struct load_ue *ues, uint32_t cohorts,
                   const double *visit_s, uint64_t events_max)
{
    fill(play, s, cohorts, visit_s);
    play->ues = ues ? ues : g_new(struct load_ue, cohorts);
    for (uint32_t i = 0; i < cohorts && ues == NULL; i++)
        load_start_even(s, i, &play->ues[i]);
    load_play_go(play, events_max);
}

void load_play_clear(struct load_play *play)
{
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        load_fluid_clear(&play->server[i]);
    g_clear_pointer(&play->ues, g_free);
    g_clear_pointer(&play->requests, g_free);
    g_clear_pointer(&play->heap, g_free);
}
