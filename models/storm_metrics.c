/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Results: the columns of summary.csv, timeseries.csv and latency.csv, and their values. */
#include "models/storm.h"

#include "models/bmsc/bmsc.h"
#include "models/bsf/bsf.h"
#include "models/hss/hss.h"
#include "models/storm_private.h"

#include <math.h>
#include <string.h>

/* --- the columns ---------------------------------------------------------------------------------------- */

/* What the books say of pulls and MSK messages: X(name, unit, meaning). Also in the series. */
#define TOTALS(X)                                                                                            \
    X(pulls_sent, "1", "solicited pulls sent by the BM-SC")                                                  \
    X(pulls_received, "1", "solicited pulls that arrived and were accepted")                                 \
    X(pulls_rejected, "1", "solicited pulls that arrived and were refused")                                  \
    X(msk_sent, "1", "MSK messages sent by the BM-SC")                                                       \
    X(msk_delivered, "1", "MSK messages that arrived and were accepted")
#define TOTAL_COUNT (HEAD_msk_delivered + 1 - HEAD_pulls_sent)

/* What is made from other numbers: X(name, unit, meaning). Values in head_value(). */
#define HEAD(X)                                                                                              \
    X(ues, "1", "UEs of the service")                                                                        \
    X(ues_without_key, "1", "UEs that do not hold the new MSK at the end")                                   \
    X(ues_keyed_ratio, "ratio", "share of UEs that hold the new MSK at the end")                             \
    X(ues_solicited, "1", "UEs that were sent a pull")                                                       \
    TOTALS(X)                                                                                                \
    X(time_to_key_mean_s, "s",                                                                               \
      "from the first pull sent to a UE until it holds the new MSK: mean (empty, as the next three, if no "  \
      "UE does)")                                                                                            \
    X(time_to_key_p50_s, "s", "... median")                                                                  \
    X(time_to_key_p99_s, "s", "... 99th percentile")                                                         \
    X(time_to_key_max_s, "s", "... largest")                                                                 \
    X(storm_duration_s, "s", "from the first pull until the last UE got its key, empty if none did")         \
    X(simulated_s, "s", "simulated time at the end of the run")                                              \
    X(bmsc_utilisation_ratio, "ratio",                                                                       \
      "share of worker time of the BM-SC spent busy, from the first pull until its last job ended")          \
    X(bmsc_queue_max, "1", "most jobs that ever waited at the BM-SC, its own work included")                 \
    X(bmsc_wait_mean_s, "s", "mean wait of a request for a worker of the BM-SC")                             \
    X(bsf_utilisation_ratio, "ratio",                                                                        \
      "share of worker time of the BSF spent busy, from the first pull until its last job ended")            \
    X(bsf_queue_max, "1", "most jobs that ever waited at the BSF, its own work included")                    \
    X(bsf_wait_mean_s, "s", "mean wait of a request for a worker of the BSF")                                \
    X(hss_utilisation_ratio, "ratio",                                                                        \
      "share of worker time of the HSS spent busy, from the first pull until its last job ended")            \
    X(hss_queue_max, "1", "most jobs that ever waited at the HSS, its own work included")                    \
    X(hss_wait_mean_s, "s", "mean wait of a request for a worker of the HSS")

enum head {
#define X(name, unit, meaning) HEAD_##name,
    HEAD(X)
#undef X
        HEAD_COUNT
};

/* Gauges of the series, besides the counters. */
#define GAUGES(X)                                                                                            \
    X(bmsc_queue, "1", "jobs that wait at the BM-SC (gauge)")                                                \
    X(bmsc_busy, "1", "workers of the BM-SC that are busy (gauge)")                                          \
    X(bsf_queue, "1", "jobs that wait at the BSF (gauge)")                                                   \
    X(bsf_busy, "1", "workers of the BSF that are busy (gauge)")                                             \
    X(hss_queue, "1", "jobs that wait at the HSS (gauge)")                                                   \
    X(hss_busy, "1", "workers of the HSS that are busy (gauge)")                                             \
    X(uplink_queue_max_bytes, "bytes", "bytes that wait for the fullest uplink (gauge)")                     \
    X(downlink_queue_max_bytes, "bytes", "bytes that wait for the fullest downlink (gauge)")                 \
    X(core_queue_max_bytes, "bytes", "bytes that wait for the fullest link of a server (gauge)")

#define BOOKS(X, kind, meaning)                                                                              \
    X(books_##kind##_sent, "1", meaning ": sent")                                                            \
    X(books_##kind##_duplicated, "1", meaning ": doubled by the network")                                    \
    X(books_##kind##_received, "1", meaning ": arrived and accepted")                                        \
    X(books_##kind##_rejected, "1", meaning ": arrived and refused")                                         \
    X(books_##kind##_lost, "1", meaning ": lost")                                                            \
    X(books_##kind##_in_flight, "1", meaning ": under way at the end")
#define BOOK_FIELDS 6

#define COLUMN(name, unit, meaning) {#name, unit, meaning},
#define KIND_COLUMNS(kind, meaning) BOOKS(COLUMN, kind, meaning)

const struct stats_column storm_metrics[] = {HEAD(COLUMN) MODEL_COUNTERS(COLUMN) NETWORK_COUNTERS(COLUMN)
                                                 MESSAGE_KINDS(KIND_COLUMNS)};
const unsigned storm_metric_count = G_N_ELEMENTS(storm_metrics);

const struct stats_column storm_series[] = {TOTALS(COLUMN) MODEL_COUNTERS(COLUMN) NETWORK_COUNTERS(COLUMN)
                                                GAUGES(COLUMN)};
const unsigned storm_series_count = G_N_ELEMENTS(storm_series);

const struct storm_procedure storm_procedures[] = {
#define X(name, meaning) {#name, meaning},
    MODEL_PROCEDURES(X)
#undef X
};
const unsigned storm_procedure_count = G_N_ELEMENTS(storm_procedures);

/* --- sums ----------------------------------------------------------------------------------------------- */

int64_t storm_counter(const struct storm *storm, enum model_counter counter)
{
    int64_t sum = 0;

    for (uint32_t r = 0; r <= storm->regions; r++)
        sum += storm->models[r].counters[counter];
    return sum;
}

const struct histogram *storm_latency(const struct storm *storm, unsigned procedure)
{
    return &storm->latency[procedure];
}

void storm_crypto_counts(const struct storm *storm, struct crypto_counts *out)
{
    memset(out, 0, sizeof *out);
    for (uint32_t r = 0; r <= storm->regions; r++) {
        const struct crypto_counts *c = crypto_counts(storm->models[r].crypto);

        for (unsigned i = 0; i < CRYPTO_OPERATIONS; i++) {
            out->calls[i] += c->calls[i];
            out->bytes[i] += c->bytes[i];
        }
    }
}

/* --- summary -------------------------------------------------------------------------------------------- */

/* Negative if no UE got its key. */
static int64_t last_keyed_ns(const struct storm *storm)
{
    int64_t last = -1;

    for (uint32_t r = 0; r <= storm->regions; r++)
        last = MAX(last, storm->models[r].last_keyed_ns);
    return last;
}

static double seconds(int64_t ns)
{
    return (double)ns / (double)CLOCK_SECOND;
}

static struct stats_value integer(int64_t value)
{
    return (struct stats_value){.type = STATS_INTEGER, .integer = value, .real = (double)value};
}

static struct stats_value real(double value)
{
    return (struct stats_value){.type = STATS_REAL, .real = value};
}

/* A time of the UEs that got the key: there is none if no UE did. */
static struct stats_value of_keyed(const struct storm *storm, double value_s)
{
    return real(last_keyed_ns(storm) < 0 ? NAN : value_s);
}

/* From the first pull until the server's last job ended. */
static struct stats_value utilisation(const struct storm *storm, const struct server *server)
{
    int64_t end_ns = server->busy > 0 ? storm->now_ns : server->changed_ns;
    int64_t span = end_ns - storm->world.scenario->pull_start;
    double worker_ns = (double)server->workers * (double)span;

    return real(span <= 0 ? 0 : server_busy_ns(server, storm->now_ns) / worker_ns);
}

/* The three columns of a server stand together, BM-SC, BSF, HSS in turn. */
static struct stats_value server_value(const struct storm *storm, unsigned column)
{
    const struct model_region *core = &storm->models[0];
    const struct server *servers[] = {bmsc_server(core->bmsc), bsf_server(core->bsf), hss_server(core->hss)};
    static const enum model_procedure waits[] = {PROCEDURE_bmsc_wait, PROCEDURE_bsf_wait, PROCEDURE_hss_wait};
    unsigned which = column / 3;

    if (column % 3 == 0)
        return utilisation(storm, servers[which]);
    if (column % 3 == 1)
        return integer((int64_t)servers[which]->queue_max);
    return real(histogram_mean_s(&storm->latency[waits[which]]));
}

static struct stats_value head_value(const struct storm *storm, enum head head)
{
    const struct histogram *key = &storm->latency[PROCEDURE_time_to_key];
    struct network_books pulls, msks;

    if (head >= HEAD_bmsc_utilisation_ratio)
        return server_value(storm, head - HEAD_bmsc_utilisation_ratio);
    network_books_totals(storm->network, KIND_pull, &pulls);
    network_books_totals(storm->network, KIND_msk, &msks);
    switch (head) {
    case HEAD_ues:
        return integer(storm->world.ues);
    case HEAD_ues_without_key:
        return integer(storm->world.ues - storm_counter(storm, COUNT_ues_keyed));
    case HEAD_ues_keyed_ratio:
        return real((double)storm_counter(storm, COUNT_ues_keyed) / (double)storm->world.ues);
    case HEAD_ues_solicited:
        return integer(bmsc_solicited(storm->models[0].bmsc));
    case HEAD_pulls_sent:
        return integer(pulls.sent);
    case HEAD_pulls_received:
        return integer(pulls.received);
    case HEAD_pulls_rejected:
        return integer(pulls.rejected);
    case HEAD_msk_sent:
        return integer(msks.sent);
    case HEAD_msk_delivered:
        return integer(msks.received);
    case HEAD_time_to_key_mean_s:
        return of_keyed(storm, histogram_mean_s(key));
    case HEAD_time_to_key_p50_s:
        return of_keyed(storm, seconds(histogram_quantile(key, 0.5)));
    case HEAD_time_to_key_p99_s:
        return of_keyed(storm, seconds(histogram_quantile(key, 0.99)));
    case HEAD_time_to_key_max_s:
        return of_keyed(storm, seconds(key->max_ns));
    case HEAD_storm_duration_s:
        return of_keyed(storm, seconds(last_keyed_ns(storm) - storm->world.scenario->pull_start));
    case HEAD_simulated_s:
        return real(seconds(storm->now_ns));
    default:
        g_assert_not_reached();
    }
}

void storm_summary(const struct storm *storm, struct stats_value *values)
{
    int64_t network[NETWORK_COUNTER_COUNT];
    unsigned n = 0;

    for (unsigned i = 0; i < HEAD_COUNT; i++)
        values[n++] = head_value(storm, (enum head)i);
    for (unsigned i = 0; i < MODEL_COUNTER_COUNT; i++)
        values[n++] = integer(storm_counter(storm, (enum model_counter)i));
    network_counters_sum(storm->network, network);
    for (unsigned i = 0; i < NETWORK_COUNTER_COUNT; i++)
        values[n++] = integer(network[i]);
    for (unsigned kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        struct network_books b;

        network_books_sum(storm->network, kind, &b);
        const int64_t fields[BOOK_FIELDS] = {b.sent,     b.duplicated, b.received,
                                             b.rejected, b.lost,       b.in_flight};
        for (unsigned i = 0; i < BOOK_FIELDS; i++)
            values[n++] = integer(fields[i]);
    }
    for (unsigned i = 0; i < n; i++)
        values[i].column = &storm_metrics[i];
}

double storm_metric(const struct storm *storm, const char *name)
{
    struct stats_value values[G_N_ELEMENTS(storm_metrics)];

    storm_summary(storm, values);
    for (unsigned i = 0; i < storm_metric_count; i++)
        if (strcmp(storm_metrics[i].name, name) == 0)
            return values[i].real;
    g_error("no metric is called '%s'", name);
}

bool storm_books_balance(const struct storm *storm, char **what)
{
    for (unsigned kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        struct network_books b;

        network_books_sum(storm->network, kind, &b);
        if (b.sent + b.duplicated == b.received + b.rejected + b.lost + b.in_flight)
            continue;
        *what = g_strdup_printf(
            "%s: %" G_GINT64_FORMAT " sent, %" G_GINT64_FORMAT " duplicated, %" G_GINT64_FORMAT
            " received, %" G_GINT64_FORMAT " rejected, %" G_GINT64_FORMAT " lost, %" G_GINT64_FORMAT
            " in flight",
            storm_metrics[HEAD_COUNT + MODEL_COUNTER_COUNT + NETWORK_COUNTER_COUNT + BOOK_FIELDS * kind]
                .meaning,
            b.sent, b.duplicated, b.received, b.rejected, b.lost, b.in_flight);
        return false;
    }
    return true;
}

/* --- series --------------------------------------------------------------------------------------------- */

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
    const struct server *servers[] = {bmsc_server(core->bmsc), bsf_server(core->bsf), hss_server(core->hss)};
    int64_t *at = storm->row;

    if (time_ns > storm->row_ns)
        storm_series_flush(storm);
    storm->row_ns = time_ns;
    for (unsigned i = 0; i < TOTAL_COUNT; i++)
        *at++ = head_value(storm, (enum head)(HEAD_pulls_sent + i)).integer;
    for (unsigned i = 0; i < MODEL_COUNTER_COUNT; i++)
        *at++ = storm_counter(storm, (enum model_counter)i);
    network_counters_sum(storm->network, at);
    at += NETWORK_COUNTER_COUNT;
    for (unsigned i = 0; i < G_N_ELEMENTS(servers); i++) {
        *at++ = (int64_t)server_queued(servers[i]);
        *at++ = servers[i]->busy;
    }
    network_queues(storm->network, &queues);
    *at++ = queues.uplink_bytes_max;
    *at++ = queues.downlink_bytes_max;
    *at++ = queues.core_bytes_max;
    g_assert(at == storm->row + storm_series_count);
}
