/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What storm.c (assembly, run) and storm_metrics.c (results) share. */
#ifndef MODELS_STORM_PRIVATE_H
#define MODELS_STORM_PRIVATE_H

#include "models/content_work.h"
#include "models/region.h"
#include "models/station.h"
#include "models/storm.h"
#include "models/ue/ue.h"
#include "models/worker_queue.h"
#include "sim/base/clock.h"
#include "sim/net/network.h"
#include "sim/stats/csv.h"

struct keylog;
struct trace;
struct capture;

struct storm {
    struct deployment deployment;
    struct storm_options options;
    struct network *network;
    uint32_t regions;               /* of cells; one more is the core */
    struct network_change *changes; /* what the network has of the timeline */
    struct key_table *key_table;    /* NULL: subscribers are derived from the seed */
    struct net_cell_share *shares;  /* of the deployment's topology; NULL: cells are alike */
    struct ue_states ue_states;
    struct model_region *models; /* regions + 1 */
    unsigned threads;
    struct content_shared shared;
    struct content_worker *workers; /* one for each thread */
    struct capture *capture;
    struct keylog *keylog;
    struct trace *trace;
    struct network_trace network_trace; /* what the network is to tell of those UEs */
    struct trace_buffer *trace_buffers; /* regions + 1; NULL: no UE is traced */
    struct csv *series;
    int64_t now_ns; /* end of the last window */
    int64_t *row;   /* last row of the series, not written yet: more may happen at its time */
    int64_t row_ns; /* its time; -1: none */
    bool interrupted;
    GError *failure;                                 /* first file that could not be written */
    struct histogram latency[MODEL_PROCEDURE_COUNT]; /* merged, after the run */
};

/* What the tables hold of each UE, whatever becomes of it. */
size_t storm_ue_bytes(const struct deployment *deployment);

extern const char *const storm_kind_names[MESSAGE_KIND_COUNT];
/* storm_check() for a program that loaded its scenario without. */
bool storm_scenario_right(const struct scenario *scenario, GError **error);

/* What the ledger says of pulls and MSK messages: X(name, unit, kind, meaning). Of the summary and of the
 * series. */
#define STORM_TOTALS(X)                                                                                      \
    X(pulls_sent, "1", COUNT, "solicited pulls sent by the BM-SC")                                           \
    X(pulls_received, "1", COUNT, "solicited pulls that arrived and were accepted")                          \
    X(pulls_rejected, "1", COUNT, "solicited pulls that arrived and were refused")                           \
    X(msk_sent, "1", COUNT, "MSK messages sent by the BM-SC")                                                \
    X(msk_delivered, "1", COUNT, "MSK messages that arrived and were accepted")

enum storm_total {
#define X(name, unit, kind, meaning) STORM_TOTAL_##name,
    STORM_TOTALS(X)
#undef X
        STORM_TOTAL_COUNT
};
/* The sum over all regions, as it is now. */
int64_t storm_total(const struct storm *storm, enum storm_total total);
/* storm_stability.c: X(name, unit, kind, meaning); three columns a server. */
#define STABILITY_SERVER(X, server, name, what)                                                              \
    X(server##_useful_ratio, "ratio", MEAN,                                                                  \
      "share of the work of the " name " for others (service time) whose asker still waited when it was "    \
      "done: a UE within ue.response_timeout, a server within diameter.timeout (empty if there was none)")   \
    X(server##_late_max_s, "s", EXTREME,                                                                     \
      "longest time for which all that the " name " served for others came too late for its asker")          \
    X(server##_retried_ratio, "ratio", MEAN,                                                                 \
      "share of " what " that repeat one which failed (empty if there was none)")
#define STORM_STABILITY(X)                                                                                   \
    STABILITY_SERVER(X, bmsc, "BM-SC", "POSTs to the BM-SC")                                                 \
    STABILITY_SERVER(X, bsf, "BSF", "GETs and Zn requests to the BSF")                                       \
    STABILITY_SERVER(X, hss, "HSS", "Zh requests to the HSS")                                                \
    X(recovery_s, "s", EXTREME,                                                                              \
      "from when the last UE's first pull was due until a server for the last time refused a request for "   \
      "want of capacity, or let a job in that had waited 100 ms or more; 0 if that was before (empty if "    \
      "the run was cut off)")                                                                                \
    X(verdict, "text", WORD,                                                                                 \
      "what the storm is called, from the best to the worst: calm (no job waited for more than 1 s at a "    \
      "server, none was refused or dropped as late, and no connection refused), overloaded (else), cut "     \
      "off (run.end came before the storm had ended), collapsed; the next two, and cut_off, are it in "      \
      "numbers")                                                                                             \
    X(overloaded, "1", FLAG,                                                                                 \
      "1 if the verdict is overloaded: a job waited for more than 1 s at a server, was refused or dropped "  \
      "as late, or a connection was refused, and the storm came to its end all the same; else 0")            \
    X(collapsed, "1", FLAG,                                                                                  \
      "1 if the verdict is collapsed: for 10 s or more without a break all that a server did for others "    \
      "came too late, and less than half of its work in all did not; else 0")

enum storm_stability {
#define X(name, unit, kind, meaning) STABILITY_##name,
    STORM_STABILITY(X)
#undef X
        STORM_STABILITY_COUNT
};
/* The value of one of these columns, as it is now. */
struct stats_value storm_stability_value(const struct storm *storm, enum storm_stability column);

/* storm_timeline.c: what the network gets of the timeline (g_free); the timers of the servers' changes, to be
 * set before all else in region 0; such a timer, whose argument is the first entry of its time. */
enum { STORM_TIMER_CHANGE = TIMER_ANSWER_TIMEOUT + 1 }; /* none of the agents' */
struct network_change *storm_timeline_network(const struct scenario *scenario, uint32_t *count);
void storm_timeline_start(struct net_region *core);
void storm_timeline_change(struct net_region *core, uint64_t first);

/* storm_trace.c: begins the files of options.trace_ues, if there are any; then, when there is a network,
 * gives each region its part. */
bool storm_trace_open(struct storm *storm, GError **error);
void storm_trace_attach(struct storm *storm);
/* A connection of a UE has ended. */
void storm_trace_closed(struct net_region *at, uint32_t ue, enum net_close_reason reason);

/* A counter's sum over all regions and services, as it is now. */
int64_t storm_counter(const struct storm *storm, enum model_counter counter);
/* timeseries.csv: its header; a row, in place of the last one if that is of the same time; the end. */
void storm_series_header(struct storm *storm);
void storm_series_row(struct storm *storm, int64_t time_ns);
void storm_series_flush(struct storm *storm);

#endif
