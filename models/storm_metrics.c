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

/* What is made from other numbers: X(name, unit, kind, meaning). Values in head_value(). */
#define HEAD(X)                                                                                              \
    X(ues, "1", FIXED, "UEs of the service")                                                                 \
    X(ues_without_key, "1", COUNT, "UEs that do not hold the new MSK at the end")                            \
    X(ues_keyed_ratio, "ratio", SHARE, "share of UEs that hold the new MSK at the end")                      \
    X(keyed_within_1_ratio, "ratio", SHARE,                                                                  \
      "share of all UEs that got the new MSK within the first of output.deadlines from pull.start on "       \
      "(empty, as the next three, if there is no such deadline, or run.end cut the storm off "               \
      "before)")                                                                                             \
    X(keyed_within_2_ratio, "ratio", SHARE, "... the second")                                                \
    X(keyed_within_3_ratio, "ratio", SHARE, "... the third")                                                 \
    X(keyed_within_4_ratio, "ratio", SHARE, "... the fourth")                                                \
    X(ues_solicited, "1", COUNT, "UEs that were sent a pull")                                                \
    STORM_TOTALS(X)                                                                                          \
    X(pull_rate_kept_per_s, "1/s", MEAN,                                                                     \
      "first pulls sent per second, from the first to the last that left the BM-SC (empty for less than "    \
      "two): below pull.rate where they wait for a worker")                                                  \
    X(storm_duration_s, "s", EXTREME,                                                                        \
      "from the first pull until the last UE that got its key did, empty if none did")                       \
    X(simulated_s, "s", EXTREME, "simulated time at the end of the run")                                     \
    X(cut_off, "1", FLAG,                                                                                    \
      "1 if run.end came while UEs were still to be pulled, served or answered, so that the storm had not "  \
      "ended; else 0")                                                                                       \
    SERVER(X, bmsc, "BM-SC")                                                                                 \
    SERVER(X, bsf, "BSF")                                                                                    \
    SERVER(X, hss, "HSS")                                                                                    \
    LINK(X, uplink, "uplink of a cell")                                                                      \
    LINK(X, downlink, "downlink of a cell")                                                                  \
    LINK(X, core, "link of a server, either direction")

#define SERVER(X, server, name)                                                                              \
    X(server##_utilisation_ratio, "ratio", MEAN,                                                             \
      "share of worker time of the " name " spent busy while first pulls go out: from the first until the "  \
      "last is due, a second at least")                                                                      \
    X(server##_utilisation_peak_ratio, "ratio", EXTREME,                                                     \
      "largest such share of any whole second of simulated time (0 s to 1 s, 1 s to 2 s, ...)")              \
    X(server##_queue_max, "1", EXTREME, "most jobs that ever waited at the " name ", its own work included")
#define SERVER_COLUMNS 3

#define LINK(X, link, name)                                                                                  \
    X(link##_utilisation_peak_ratio, "ratio", EXTREME,                                                       \
      "largest share of its rate that any " name " used in a whole second of simulated time")                \
    X(link##_queue_peak_bytes, "bytes", EXTREME, "most bytes that ever waited for a " name)
#define LINK_COLUMNS 2

enum head {
#define X(name, unit, kind, meaning) HEAD_##name,
    HEAD(X)
#undef X
        HEAD_COUNT
};

/* The quantities of a procedure: enum quantity, in order. */
#define PROCEDURE(name, meaning)                                                                             \
    {#name "_mean_s", "s", "mean: " meaning, STATS_MEAN},                                                    \
        {#name "_p50_s", "s", "median: " meaning, STATS_QUANTILE},                                           \
        {#name "_p90_s", "s", "90th percentile: " meaning, STATS_QUANTILE},                                  \
        {#name "_p95_s", "s", "95th percentile: " meaning, STATS_QUANTILE},                                  \
        {#name "_p99_s", "s", "99th percentile: " meaning, STATS_QUANTILE},                                  \
        {#name "_p999_s", "s", "99.9th percentile: " meaning, STATS_QUANTILE},                               \
        {#name "_max_s", "s", "largest: " meaning, STATS_EXTREME},
#define QUANTITIES 7

#define RATE(name, meaning) {#name "_peak_per_s", "1/s", meaning ": most in a whole second", STATS_EXTREME},

#define BOOKS(X, kind, meaning)                                                                              \
    X(books_##kind##_sent, "1", meaning ": sent")                                                            \
    X(books_##kind##_duplicated, "1", meaning ": doubled by the network")                                    \
    X(books_##kind##_received, "1", meaning ": arrived and accepted")                                        \
    X(books_##kind##_rejected, "1", meaning ": arrived and refused")                                         \
    X(books_##kind##_lost, "1", meaning ": lost")                                                            \
    X(books_##kind##_in_flight, "1", meaning ": under way at the end")
#define BOOK_FIELDS 6

#define HEAD_COLUMN(name, unit, kind, meaning) {#name, unit, meaning, STATS_##kind},
#define COLUMN(name, unit, meaning)            {#name, unit, meaning, STATS_COUNT},
#define KIND_COLUMNS(kind, meaning)            BOOKS(COLUMN, kind, meaning)

const struct stats_column storm_metrics[] = {HEAD(HEAD_COLUMN) STORM_STABILITY(HEAD_COLUMN) MODEL_PROCEDURES(
    PROCEDURE) MODEL_RATES(RATE) MODEL_COUNTERS(COLUMN) NETWORK_COUNTERS(COLUMN) MESSAGE_KINDS(KIND_COLUMNS)};
const unsigned storm_metric_count = G_N_ELEMENTS(storm_metrics);
#define BOOKS_FROM (G_N_ELEMENTS(storm_metrics) - BOOK_FIELDS * MESSAGE_KIND_COUNT)

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
        sum += tally_counter(&storm->models[r].tally, counter);
    return sum;
}

const struct histogram *storm_latency(const struct storm *storm, unsigned procedure)
{
    return &storm->latency[procedure];
}

static void add_crypto_counts(struct crypto_counts *to, const struct crypto *crypto)
{
    const struct crypto_counts *c = crypto_counts(crypto);

    for (unsigned i = 0; i < CRYPTO_OPERATIONS; i++) {
        to->calls[i] += c->calls[i];
        to->bytes[i] += c->bytes[i];
    }
}

void storm_crypto_counts(const struct storm *storm, struct crypto_counts *out)
{
    memset(out, 0, sizeof *out);
    for (uint32_t r = 0; r <= storm->regions; r++)
        add_crypto_counts(out, storm->models[r].keys.crypto);
    for (unsigned i = 0; i < storm->threads; i++)
        add_crypto_counts(out, storm->workers[i].keys.crypto);
}

/* --- values --------------------------------------------------------------------------------------------- */

/* The MSKs that the storm is to bring: one to each UE for each service. */
static int64_t keys_due(const struct storm *storm)
{
    return (int64_t)storm->deployment.ues * storm->deployment.service_count;
}

/* Negative if no UE got its key. */
static int64_t last_keyed_ns(const struct storm *storm)
{
    int64_t last = -1;

    for (uint32_t r = 0; r <= storm->regions; r++)
        for (unsigned i = 0; i < storm->deployment.service_count; i++)
            last = MAX(last, storm->models[r].tally.services[i].last_keyed_ns);
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

static struct stats_value metrics_real(double value)
{
    return (struct stats_value){.type = STATS_REAL, .real = value};
}

/* The columns of a server stand together, BM-SC, BSF, HSS in turn. */
static struct stats_value server_value(const struct storm *storm, unsigned column)
{
    const struct model_region *core = &storm->models[0];
    const struct worker_queue *servers[] = {&bmsc_station(core->bmsc)->queue, &bsf_station(core->bsf)->queue,
                                            &hss_station(core->hss)->queue};
    const struct worker_queue *server = servers[column / SERVER_COLUMNS];

    switch (column % SERVER_COLUMNS) {
    case 0:
        return metrics_real(
            worker_queue_span_ratio(server, storm->deployment.scenario->pull_start, storm->now_ns));
    case 1:
        return metrics_real(worker_queue_second_ratio_max(server, storm->now_ns));
    default:
        return integer((int64_t)server->queue_max);
    }
}

/* Likewise of the links. */
static struct stats_value link_value(const struct storm *storm, unsigned column)
{
    struct network_peaks peaks;

    network_peaks(storm->network, &peaks);
    const struct {
        double ratio_max;
        int64_t bytes_max;
    } links[] = {{peaks.uplink_ratio_max, peaks.uplink_bytes_max},
                 {peaks.downlink_ratio_max, peaks.downlink_bytes_max},
                 {peaks.core_ratio_max, peaks.core_bytes_max}};

    return column % LINK_COLUMNS == 0 ? metrics_real(links[column / LINK_COLUMNS].ratio_max)
                                      : integer(links[column / LINK_COLUMNS].bytes_max);
}

bool storm_cut_off(const struct storm *storm)
{
    const struct bmsc *bmsc = storm->models[0].bmsc;

    return storm->now_ns >= storm->deployment.scenario->run_end &&
           (!bmsc_all_due(bmsc) || bmsc_sessions(bmsc) > 0 || storm_counter(storm, COUNT_ues_active) > 0);
}

static struct stats_value keyed_within(const struct storm *storm, unsigned deadline)
{
    const struct scenario *s = storm->deployment.scenario;
    int64_t keyed = 0;

    if (deadline >= s->output_deadlines.count ||
        (storm_cut_off(storm) && s->pull_start + s->output_deadlines.ns[deadline] > storm->now_ns))
        return metrics_real(NAN);
    for (uint32_t r = 0; r <= storm->regions; r++)
        for (unsigned i = 0; i < storm->deployment.service_count; i++)
            keyed += storm->models[r].tally.services[i].keyed_within[deadline];
    return metrics_real((double)keyed / (double)keys_due(storm));
}

int64_t storm_total(const struct storm *storm, enum storm_total total)
{
    struct network_ledger pulls, msks;

    network_ledger_totals(storm->network, KIND_pull, &pulls);
    network_ledger_totals(storm->network, KIND_msk, &msks);
    const int64_t totals[STORM_TOTAL_COUNT] = {pulls.sent, pulls.received, pulls.rejected, msks.sent,
                                               msks.received};

    return totals[total];
}

static struct stats_value head_value(const struct storm *storm, enum head head)
{
    if (head >= HEAD_uplink_utilisation_peak_ratio)
        return link_value(storm, head - HEAD_uplink_utilisation_peak_ratio);
    if (head >= HEAD_bmsc_utilisation_ratio)
        return server_value(storm, head - HEAD_bmsc_utilisation_ratio);
    if (head >= HEAD_pulls_sent && head < HEAD_pulls_sent + (unsigned)STORM_TOTAL_COUNT)
        return integer(storm_total(storm, (enum storm_total)(head - HEAD_pulls_sent)));
    if (head >= HEAD_keyed_within_1_ratio && head <= HEAD_keyed_within_4_ratio)
        return keyed_within(storm, head - HEAD_keyed_within_1_ratio);
    switch (head) {
    case HEAD_ues:
        return integer(storm->deployment.ues);
    case HEAD_ues_without_key:
        return integer(keys_due(storm) - storm_counter(storm, COUNT_ues_keyed));
    case HEAD_ues_keyed_ratio:
        return metrics_real((double)storm_counter(storm, COUNT_ues_keyed) / (double)keys_due(storm));
    case HEAD_ues_solicited:
        return integer(bmsc_solicited(storm->models[0].bmsc));
    case HEAD_pull_rate_kept_per_s:
        return metrics_real(bmsc_pull_rate_per_s(storm->models[0].bmsc));
    case HEAD_storm_duration_s:
        return metrics_real(last_keyed_ns(storm) < 0
                                ? NAN
                                : seconds(last_keyed_ns(storm) - storm->deployment.scenario->pull_start));
    case HEAD_simulated_s:
        return metrics_real(seconds(storm->now_ns));
    case HEAD_cut_off:
        return integer(storm_cut_off(storm));
    default:
        g_assert_not_reached();
    }
}

/* --- procedures ----------------------------------------------------------------------------------------- */

double storm_quantile_s(const struct storm *storm, unsigned procedure, double q)
{
    const struct histogram *h = &storm->latency[procedure];
    uint64_t whole = procedure == PROCEDURE_update ? (uint64_t)keys_due(storm) : h->count;
    int64_t value_ns = histogram_quantile_of(h, q, whole);

    return value_ns < 0 ? NAN : seconds(value_ns);
}

/* Where nobody had to wait the wait is 0; a duration of what never happened is none. */
static unsigned add_procedure(const struct storm *storm, unsigned procedure, struct stats_value *values)
{
    static const double shares[] = {0.5, 0.9, 0.95, 0.99, 0.999};
    const struct histogram *h = &storm->latency[procedure];
    double none = procedure >= PROCEDURE_pull_wait ? 0 : NAN;
    unsigned n = 0;

    values[n++] = metrics_real(h->count > 0 ? histogram_mean_s(h) : none);
    for (unsigned i = 0; i < G_N_ELEMENTS(shares); i++)
        values[n++] = metrics_real(h->count > 0 ? storm_quantile_s(storm, procedure, shares[i]) : none);
    values[n++] = metrics_real(h->count > 0 ? seconds(h->max_ns) : none);
    g_assert(n == QUANTITIES);
    return n;
}

/* --- summary -------------------------------------------------------------------------------------------- */

void storm_summary(const struct storm *storm, struct stats_value *values)
{
    int64_t network[NETWORK_COUNTER_COUNT];
    unsigned n = 0;

    for (unsigned i = 0; i < HEAD_COUNT; i++)
        values[n++] = head_value(storm, (enum head)i);
    for (unsigned i = 0; i < STORM_STABILITY_COUNT; i++)
        values[n++] = storm_stability_value(storm, (enum storm_stability)i);
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        n += add_procedure(storm, i, &values[n]);
    for (unsigned i = 0; i < MODEL_RATE_COUNT; i++)
        values[n++] = integer(storm->models[0].tally.rates[i].max);
    for (unsigned i = 0; i < MODEL_COUNTER_COUNT; i++)
        values[n++] = integer(storm_counter(storm, (enum model_counter)i));
    network_counters_sum(storm->network, network);
    for (unsigned i = 0; i < NETWORK_COUNTER_COUNT; i++)
        values[n++] = integer(network[i]);
    for (unsigned kind = 0; kind < MESSAGE_KIND_COUNT; kind++) {
        struct network_ledger b;

        network_ledger_sum(storm->network, kind, &b);
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
        struct network_ledger b;

        network_ledger_sum(storm->network, kind, &b);
        if (b.sent + b.duplicated == b.received + b.rejected + b.lost + b.in_flight)
            continue;
        *what = g_strdup_printf("%s: %" G_GINT64_FORMAT " sent, %" G_GINT64_FORMAT
                                " duplicated, %" G_GINT64_FORMAT " received, %" G_GINT64_FORMAT
                                " rejected, %" G_GINT64_FORMAT " lost, %" G_GINT64_FORMAT " in flight",
                                storm_metrics[BOOKS_FROM + BOOK_FIELDS * kind].meaning, b.sent, b.duplicated,
                                b.received, b.rejected, b.lost, b.in_flight);
        return false;
    }
    return true;
}
