/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a run will take of the machine. The sizes of a UE are measured with million.ini, each as the
 * difference of two runs, with GCC 12 on the machine of README.md. */
#include "models/scenario/pace.h"
#include "models/scenario/words.h"
#include "models/storm_private.h"
#include "sim/config/timeline.h"
#include "sim/net/native/native.h"

#include <math.h>

/* One UE that gets its key at the first try, and what a bootstrap adds to that; Diameter counted. */
static const struct {
    double packets, cpu_s, capture_bytes, keylog_bytes, memory_bytes;
} plain = {15, 9.2e-6, 3560, 1360, 0}, bootstrap = {22, 20e-6, 4830, 590, 260};

#define BUSY_BYTES        800 /* of a UE that waits, in the UE's, the BM-SC's and the BSF's pools */
#define SERIES_HEAD_BYTES 1430
#define SERIES_ROW_BYTES  285   /* a third of its columns in use */
#define ROUND_TRIPS       10    /* from pull to ACK, with a bootstrap */
#define HEADS_BYTES       14000 /* summary.csv, latency.csv, manifest.json */
#define STEP_BYTES        41    /* a row of distribution.csv */
#define STEPS_PROCEDURES  3000  /* its other rows; calm storms have half, overloaded ones three times that */

/* How long a UE is busy that waits for nobody. */
static double unloaded_s(const struct scenario *s)
{
    return ROUND_TRIPS * ((double)s->access_rtt + 2 * (double)s->core_delay) / 1e9;
}

/* UEs that are pulled before the end of the run. */
static double pulled(const struct scenario *s, const struct pace *pace)
{
    return fmin((double)s->ue_count, fmax(0, pace_number(pace, s->run_end)));
}

/* Pulls per second where most go out: the top of Beta(3,4), at 2/5 of a burst. */
static double peak_rate(const struct scenario *s, const struct pace *pace)
{
    return pace_rate_max(pace) * (s->pull_pacing == PULL_PACING_BURST ? 60 * 0.4 * 0.4 * 0.6 * 0.6 * 0.6 : 1);
}

/* pulls_s: how long they go out. A run does not end before its last change. */
static double series_rows(const struct scenario *s, double pulls_s)
{
    const struct timeline *timeline = &s->config.timeline;
    double last_s = timeline->count ? (double)timeline->entries[timeline->count - 1].time_ns / 1e9 : 0;
    double end_s =
        fmin((double)s->run_end / 1e9, fmax((double)s->pull_start / 1e9 + pulls_s + unloaded_s(s), last_s));

    return ceil(end_s / ((double)s->output_interval / 1e9)) + 1;
}

/* distribution.csv has a row for each step in which there is a UE: of the times of the update, which are
 * spread evenly over those of the pulls, the last octave has half, the one before a quarter. */
static double distribution_bytes(const struct scenario *s, double ues, double pulls_s)
{
    double rows = fmin(6 * ues, STEPS_PROCEDURES), left = ues;

    for (double octave_s = pulls_s; octave_s > unloaded_s(s) / 2 && left > 1; octave_s /= 2) {
        left /= 2;
        rows += HISTOGRAM_STEPS * -expm1(-left / HISTOGRAM_STEPS);
    }
    return rows * STEP_BYTES;
}

void storm_needs(const struct scenario *s, const struct network_engine *engine, struct storm_needs *out)
{
    const struct network_cost *cost = engine ? &engine->cost : &native_engine.cost;
    struct deployment deployment;
    struct pace pace;

    deployment_init(&deployment, s);
    pace_init(&pace, s);
    double ues = pulled(s, &pace), boots = ues * fmin(1, s->ue_muk_expired + s->bmsc_renegotiate);
    double busy_bytes = cost->busy_bytes + BUSY_BYTES, pulls_s = pace_seconds(&pace, ues);
    double busy = fmin(ues, peak_rate(s, &pace) * unloaded_s(s));
    double resting = cost->setup_bytes + (double)MIN(s->run_regions, s->ue_cells) * cost->region_bytes +
                     (double)s->ue_cells * cost->cell_bytes + ues * cost->host_bytes +
                     boots * bootstrap.memory_bytes;

    out->tables_bytes = (double)s->ue_count * (double)storm_ue_bytes(&deployment);
    out->memory_bytes = resting + out->tables_bytes + busy * busy_bytes;
    out->waiting_bytes = resting + out->tables_bytes + ues * busy_bytes;
    out->files_bytes = HEADS_BYTES + distribution_bytes(s, ues, pulls_s) + SERIES_HEAD_BYTES +
                       series_rows(s, pulls_s) * SERIES_ROW_BYTES;
    pace_clear(&pace);
    out->capture_bytes = ues * plain.capture_bytes + boots * bootstrap.capture_bytes;
    out->keylog_bytes = ues * plain.keylog_bytes + boots * bootstrap.keylog_bytes;
    out->cpu_s = ues * (plain.cpu_s + plain.packets * cost->packet_s) +
                 boots * (bootstrap.cpu_s + bootstrap.packets * cost->packet_s);
}
