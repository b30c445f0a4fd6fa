/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Offered load and what becomes of it: LOAD.md has the formulas. */
#include "models/load.h"

#include "models/load_private.h"
#include "models/scenario/words.h"

#include <math.h>

#define COHORTS     4096 /* for what UEs cost: shares come out to some 0.1 % */
#define COHORTS_MAX 8192 /* for what becomes of them: one for each STEP_S of pulls */
#define COHORTS_MIN 64
#define STEP_S      0.05

#define BURST_PEAK (60 * 0.4 * 0.4 * 0.6 * 0.6 * 0.6) /* the height of Beta(3,4), at 2/5 (sim/base/burst.h) */
#define EVENTS_MAX 150000                             /* a look: some 15 ms */

const char *const load_server_names[LOAD_SERVERS] = {"BM-SC", "BSF", "HSS"};

const char *const load_job_names[LOAD_JOBS] = {
#define X(name, server, time, meaning) #name,
    LOAD_JOB_LIST(X)
#undef X
};

const char *const load_job_meanings[LOAD_JOBS] = {
#define X(name, server, time, meaning) meaning,
    LOAD_JOB_LIST(X)
#undef X
};

/* --- offered load --------------------------------------------------------------------------------------- */

static void fill_server(const struct scenario *s, enum load_server which, struct load *out)
{
    const int64_t workers[] = {s->bmsc_workers, s->bsf_workers, s->hss_workers};
    struct load_server_load *server = &out->server[which];

    server->workers = (double)workers[which];
    for (unsigned job = 0; job < LOAD_JOBS; job++)
        if (load_job_server[job] == which) {
            server->jobs_per_ue += out->job[job].per_ue;
            server->work_s += out->job[job].work_s;
        }
    server->mean_s = server->jobs_per_ue > 0 ? server->work_s / server->jobs_per_ue : 0;
    server->offered_ratio = s->pull_rate * server->work_s / server->workers;
    server->capacity_ues_per_s = server->workers / server->work_s;
    server->workers_min = fmax(1, ceil(s->pull_rate * server->work_s - 1e-9));
    server->time_min_s = out->ues / server->capacity_ues_per_s;
}

/* Its queue is full by its length, or by the time that one waits in it. */
static double fill_full_queue(const struct scenario *s, enum load_server which,
                              struct load_server_load *server)
{
    const int64_t limits[] = {s->bmsc_queue_limit, s->bsf_queue_limit, s->hss_queue_limit};
    const int64_t times_ns[] = {s->bmsc_queue_time_limit, s->bsf_queue_time_limit, s->hss_queue_time_limit};
    double by_length_s = (double)limits[which] * server->mean_s / server->workers;

    server->full_by_time = times_ns[which] > 0 && load_seconds(times_ns[which]) < by_length_s;
    server->newest_first = (which == LOAD_BMSC  ? s->bmsc_newest_first
                            : which == LOAD_BSF ? s->bsf_newest_first
                                                : s->hss_newest_first) > 0;
    return server->full_by_time ? load_seconds(times_ns[which]) : by_length_s;
}

/* Connections wait a round trip in the listen queue, and last another one at least. */
static bool is_crowded(const struct scenario *s, enum load_server which, const struct load *out)
{
    const double of_a_ue[] = {1, out->job[LOAD_bsf_get].per_ue, 0};
    const int64_t listen[] = {s->bmsc_listen_queue, s->bsf_listen_queue, 1};
    const int64_t open[] = {s->bmsc_connections, s->bsf_connections, 1};
    double at_a_time =
        s->pull_rate * of_a_ue[which] * (load_seconds(s->access_rtt) + 2 * load_seconds(s->core_delay));

    return at_a_time > (double)listen[which] || 2 * at_a_time > (double)(open[which] + listen[which]);
}

/* What may stand before a job that is served, as time to work it off: LOAD.md, "Dead work". */
static double late_work_s(const struct scenario *s, enum load_server which,
                          const struct load_server_load *server)
{
    const bool drops[] = {s->bmsc_drop_late, s->bsf_drop_late, s->hss_drop_late};
    const int64_t newest[] = {s->bmsc_newest_first, s->bsf_newest_first, s->hss_newest_first};
    double longest_s = server->full_queue_s;

    if (drops[which])
        return 0;
    if (newest[which] > 0)
        longest_s = fmin(longest_s, (double)newest[which] * server->mean_s / server->workers);
    if (which == LOAD_HSS && s->hss_overload_wait > 0)
        longest_s = fmin(longest_s, load_seconds(s->hss_overload_wait));
    return longest_s;
}

/* Who waits for a server, and for how long at most. */
static void fill_patience(const struct scenario *s, enum load_server which, struct load *out)
{
    struct load_server_load *server = &out->server[which];
    bool by_server = which == LOAD_HSS || (which == LOAD_BSF && out->job[LOAD_bsf_zn].per_ue > 0 &&
                                           s->diameter_timeout < s->ue_response_timeout);

    server->patience_s = load_seconds(by_server ? s->diameter_timeout : s->ue_response_timeout);
    server->patience_key = by_server ? "diameter.timeout" : "ue.response_timeout";
    server->full_queue_s = fill_full_queue(s, which, server);
    server->dead_work = late_work_s(s, which, server) > server->patience_s;
    server->dead_queue =
        server->mean_s > 0 ? server->patience_s * server->workers / server->mean_s : INFINITY;
}

static void load_costs(const struct load_play *play, struct load *out)
{
    for (unsigned job = 0; job < LOAD_JOBS; job++) {
        double per_ue = play->jobs[job] / out->ues;

        out->job[job] = (struct load_job_cost){per_ue, play->mean_s[job], per_ue * play->mean_s[job]};
    }
    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        fill_server(play->s, (enum load_server)i, out);
        fill_patience(play->s, (enum load_server)i, out);
        out->server[i].crowded = is_crowded(play->s, (enum load_server)i, out);
    }
}

static void fill_bottleneck(struct load *out)
{
    out->bottleneck_server = -1;
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        if (out->server[i].offered_ratio > out->offered_max_ratio) {
            out->offered_max_ratio = out->server[i].offered_ratio;
            out->bottleneck = load_server_names[i];
            out->bottleneck_server = (int)i;
        }
    for (unsigned i = 0; i < LOAD_LINKS; i++)
        if (out->link[i].offered_ratio > out->offered_max_ratio) {
            out->offered_max_ratio = out->link[i].offered_ratio;
            out->bottleneck = out->link[i].name;
            out->bottleneck_server = -1;
        }
    if (out->bottleneck == NULL)
        out->bottleneck = "nothing";
    out->offered_peak_ratio = out->offered_max_ratio * out->pull_peak_per_s / out->pull_rate_per_s;
    out->capacity_ues_per_s = out->pull_rate_per_s / out->offered_max_ratio;
    out->time_min_s = out->ues / out->capacity_ues_per_s;
}

/* --- what becomes of it --------------------------------------------------------------------------------- */

/* Worker time of a UE that comes to a server: not all do. */
static double visit_of(const struct load *load, enum load_server server)
{
    double share = 0;

    for (unsigned job = 0; job < LOAD_JOBS; job++)
        if (load_job_server[job] == server)
            share = fmax(share, load->job[job].per_ue);
    return share > 0 ? load->server[server].work_s / fmin(1, share) : 0;
}

static void fill_retries(const struct load_play *play, struct load *out)
{
    const struct load_server_load *server;

    out->waiting_max = play->waiting_max;
    out->retries_per_ue = play->retries / out->ues;
    if (out->bottleneck_server < 0)
        return;
    server = &out->server[out->bottleneck_server];
    /* Little's law: those who wait come back after what they wait on average. */
    out->retry_wait_s = play->retries > 0 ? play->waited_s / play->retries : 0;
    out->retry_per_s = out->retry_wait_s > 0 ? out->waiting_max / out->retry_wait_s : 0;
    out->retry_ratio =
        out->retry_per_s * visit_of(out, (enum load_server)out->bottleneck_server) / server->workers;
}

static void fill_verdict(const struct load_play *play, struct load *out)
{
    double due_s = load_pull_s(play->s, (uint32_t)out->ues - 1, (uint32_t)out->ues), drained_s = due_s;
    bool waited = false, collapsed = false;

    for (unsigned i = 0; i < LOAD_SERVERS; i++) {
        const struct load_fluid *f = &play->server[i];
        struct load_server_load *server = &out->server[i];

        server->queue_max = f->queue_max;
        server->wait_max_s = f->wait_max_s;
        server->full_s = f->full_s - load_seconds(play->s->pull_start);
        server->late_max_s = f->late_max_s;
        server->useful_ratio = f->served_s > 0 ? f->useful_s / f->served_s : NAN;
        drained_s = fmax(drained_s, f->backlog_s);
        waited = waited || f->wait_max_s > LOAD_CALM_WAIT_S || !isnan(f->full_s) || f->dropped;
        collapsed =
            collapsed || (f->late_max_s >= LOAD_COLLAPSE_S && server->useful_ratio < LOAD_COLLAPSE_USEFUL);
    }
    out->ends_by_itself = !play->cut_off && !play->stopped;
    out->recovery_s = out->ends_by_itself ? drained_s - due_s : NAN;
    out->keyed_ratio = play->keyed / out->ues;
    out->verdict = collapsed              ? LOAD_COLLAPSED
                   : !out->ends_by_itself ? LOAD_CUT_OFF
                   : waited               ? LOAD_OVERLOADED
                                          : LOAD_CALM;
}

/* Coarser where a storm goes on for so long that fine cohorts would take too much time: 8192, 2048, 256. */
static void play_within(struct load_play *play, const struct scenario *s, const double *visit_s,
                        uint64_t *events)
{
    double steps = (double)s->ue_count / s->pull_rate / STEP_S;
    int64_t wanted = visit_s ? (int64_t)fmin(COHORTS_MAX, fmax(COHORTS / 2, steps)) : COHORTS;
    uint32_t cohorts = (uint32_t)MIN(wanted, s->ue_count);

    load_play_run(play, s, NULL, cohorts, visit_s, EVENTS_MAX);
    *events += play->events;
    for (uint32_t coarser = 4; play->stopped && cohorts / coarser >= COHORTS_MIN; coarser *= 2) {
        cohorts /= coarser;
        load_play_clear(play);
        load_play_run(play, s, NULL, cohorts, visit_s, EVENTS_MAX);
        *events += play->events;
    }
}

static void fill_packet_keys(const struct scenario *s, struct load *out)
{
    const struct {
        const char *key;
        bool used;
    } keys[LOAD_PACKET_KEYS] = {
        {"access.duplicate", s->access_duplicate > 0}, {"access.late", s->access_late > 0},
        {"fault.drop", s->fault_drop[0] != '\0'},      {"fault.duplicate", s->fault_duplicate[0] != '\0'},
        {"fault.delay", s->fault_delay[0] != '\0'},    {"fault.corrupt", s->fault_corrupt[0] != '\0'},
    };
    unsigned used = 0;

    for (unsigned i = 0; i < LOAD_PACKET_KEYS; i++)
        if (keys[i].used)
            out->packet_keys[used++] = keys[i].key;
}

void load_of_scenario(const struct scenario *s, struct load *out)
{
    bool burst = s->pull_pacing == PULL_PACING_BURST;
    double visit_s[LOAD_SERVERS];
    struct load_play play;

    *out = (struct load){.ues = (double)s->ue_count,
                         .pull_rate_per_s = s->pull_rate,
                         .pull_peak_per_s = s->pull_rate * (burst ? BURST_PEAK : 1),
                         .pulls_s = (double)(s->ue_count - !burst) / s->pull_rate,
                         .changes = s->config.timeline.count};
    fill_packet_keys(s, out);
    play_within(&play, s, NULL, &out->events);
    load_costs(&play, out);
    load_links(&play, out);
    load_play_clear(&play);
    fill_bottleneck(out);
    for (unsigned i = 0; i < LOAD_SERVERS; i++)
        visit_s[i] = visit_of(out, (enum load_server)i);
    play_within(&play, s, visit_s, &out->events);
    fill_verdict(&play, out);
    fill_retries(&play, out);
    load_play_clear(&play);
}
