/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* timeseries.csv: its columns and rows. */
#include "models/storm.h"

#include "models/bmsc/bmsc.h"
#include "models/bsf/bsf.h"
#include "models/hss/hss.h"
#include "models/storm_private.h"

#include <math.h>

/* What the series has of servers and links, besides the counters. */
#define GAUGES(X)                                                                                            \
    X(bmsc_queue, "1", "jobs that wait at the BM-SC (gauge)")                                                \
    X(bmsc_busy, "1", "workers of the BM-SC that are busy (gauge)")                                          \
    X(bmsc_busy_us, "us", "worker time of the BM-SC spent busy so far")                                      \
    X(bsf_queue, "1", "jobs that wait at the BSF (gauge)")                                                   \
    X(bsf_busy, "1", "workers of the BSF that are busy (gauge)")                                             \
    X(bsf_busy_us, "us", "worker time of the BSF spent busy so far")                                         \
    X(hss_queue, "1", "jobs that wait at the HSS (gauge)")                                                   \
    X(hss_busy, "1", "workers of the HSS that are busy (gauge)")                                             \
    X(hss_busy_us, "us", "worker time of the HSS spent busy so far")                                         \
    X(uplink_queue_max_bytes, "bytes", "bytes that wait for the fullest uplink (gauge)")                     \
    X(downlink_queue_max_bytes, "bytes", "bytes that wait for the fullest downlink (gauge)")                 \
    X(core_queue_max_bytes, "bytes", "bytes that wait for the fullest link of a server (gauge)")

#define TOTAL_COLUMN(name, unit, kind, meaning) {#name, unit, meaning, STATS_##kind},
#define COLUMN(name, unit, meaning)             {#name, unit, meaning, STATS_COUNT},

const struct stats_column storm_series[] = {STORM_TOTALS(TOTAL_COLUMN) MODEL_COUNTERS(COLUMN)
                                                NETWORK_COUNTERS(COLUMN) GAUGES(COLUMN)};
const unsigned storm_series_count = G_N_ELEMENTS(storm_series);

void storm_series_header(struct storm *storm)
{
    storm->row = g_new0(int64_t, storm_series_count);
    csv_text(storm->series, "time_s");
    for (unsigned i = 0; i < storm_series_count; i++)
        csv_text(storm->series, storm_series[i].name);
    csv_row_end(storm->series, storm->failure ? NULL : &storm->failure);
}

void storm_series_flush(struct storm *storm)
{
    if (storm->row_ns < 0)
        return;
    csv_seconds(storm->series, storm->row_ns);
    for (unsigned i = 0; i < storm_series_count; i++)
        csv_integer(storm->series, storm->row[i]);
    csv_row_end(storm->series, storm->failure ? NULL : &storm->failure);
    storm->row_ns = -1;
}

void storm_series_row(struct storm *storm, int64_t time_ns)
{
    struct network_queues queues;
    const struct model_region *core = &storm->models[0];
    const struct worker_queue *servers[] = {&bmsc_station(core->bmsc)->queue, &bsf_station(core->bsf)->queue,
                                            &hss_station(core->hss)->queue};
    int64_t *at = storm->row;

    if (time_ns > storm->row_ns)
        storm_series_flush(storm);
    storm->row_ns = time_ns;
    for (unsigned i = 0; i < STORM_TOTAL_COUNT; i++)
        *at++ = storm_total(storm, (enum storm_total)i);
    for (unsigned i = 0; i < MODEL_COUNTER_COUNT; i++)
        *at++ = storm_counter(storm, (enum model_counter)i);
    network_counters_sum(storm->network, at);
    at += NETWORK_COUNTER_COUNT;
    for (unsigned i = 0; i < G_N_ELEMENTS(servers); i++) {
        *at++ = (int64_t)worker_queue_queued(servers[i]);
        *at++ = servers[i]->busy;
        *at++ = llround(worker_queue_busy_ns(servers[i], time_ns) / 1000);
    }
    network_queues(storm->network, &queues);
    *at++ = queues.uplink_bytes_max;
    *at++ = queues.downlink_bytes_max;
    *at++ = queues.core_bytes_max;
    g_assert(at == storm->row + storm_series_count);
}
