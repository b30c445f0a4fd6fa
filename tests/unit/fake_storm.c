/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A storm without models, for tests of the command line: a few windows, made-up numbers that depend on the
 * seed alone, and ways to go wrong at will. PULLSTORM_FAKE in the environment says which:
 *   slow        windows of 10 ms of real time, for a minute at most (to be interrupted)
 *   deaf        as slow, and deaf to the first signal
 *   refuse      storm_new() finds a contradiction
 *   fail        storm_run() fails half-way
 *   long        a time series of a few megabytes
 *   unbalanced  the books do not balance */
#include "models/storm.h"
#include "sim/cli/cli.h"
#include "sim/config/mistakes.h"
#include "sim/net/network.h"
#include "sim/stats/csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct storm {
    const struct scenario *scenario;
    struct storm_options options;
    struct csv *series;
    struct histogram latency;
    int64_t window;
    const char *mood;
};

const struct stats_column storm_metrics[] = {
    {"ues", "1", "UEs of the service", STATS_FIXED},
    {"ues_keyed", "1", "UEs that hold the new MSK", STATS_COUNT},
    {"ues_without_key", "1", "UEs that do not", STATS_COUNT},
    {"ues_gave_up", "1", "UEs that tried until ue.attempts", STATS_COUNT},
    {"pulls_sent", "1", "solicited pulls, retransmissions included", STATS_COUNT},
    {"http_503", "1", "requests refused", STATS_COUNT},
    {"time_to_key_p50_s", "s", "median, from the first pull to the key", STATS_QUANTILE},
    {"storm_duration_s", "s", "from the first pull to the last key", STATS_EXTREME},
    {"bmsc_utilisation_ratio", "ratio", "share of the workers' time that is used", STATS_MEAN},
    {"bmsc_queue_max", "1", "longest queue", STATS_EXTREME},
    {"bmsc_wait_mean_s", "s", "mean wait for a worker", STATS_MEAN},
    {"downlink_bytes", "bytes", "IP bytes on the downlinks, \"all\", of cells", STATS_COUNT},
};
const unsigned storm_metric_count = G_N_ELEMENTS(storm_metrics);

const struct stats_column storm_series[] = {{"ues_keyed", "1", "UEs that hold the new MSK", STATS_COUNT}};
const unsigned storm_series_count = G_N_ELEMENTS(storm_series);

const struct storm_procedure storm_procedures[] = {{"time_to_key", "first pull to key"},
                                                   {"gba", "bootstrap"}};
const unsigned storm_procedure_count = G_N_ELEMENTS(storm_procedures);

#define WINDOWS 100

const struct stats_words storm_words[] = {{"verdict", load_verdict_names}};
const unsigned storm_word_count = G_N_ELEMENTS(storm_words);
const struct stats_quantile storm_quantiles[] = {{"time_to_key_p50_s", "time_to_key", 0.5, NULL}};
const unsigned storm_quantile_count = G_N_ELEMENTS(storm_quantiles);

static const struct network_engine fake_engine = {.name = "native"};
const struct network_engine *const cli_engines[] = {&fake_engine, NULL};

void storm_check(const struct config *config, struct mistakes *mistakes)
{
    const struct scenario *scenario = scenario_of(config);

    if (g_str_has_prefix(scenario->fault_drop, "fake"))
        mistakes_add_at(mistakes, CONFIG_ERROR_VALUE, "fault", "drop", "no such kind of packet");
}

/* Next to nothing. */
void storm_needs(const struct scenario *scenario, const struct network_engine *engine,
                 struct storm_needs *out)
{
    (void)scenario;
    (void)engine;
    *out = (struct storm_needs){.memory_bytes = 1e6, .waiting_bytes = 1e6};
}

struct storm *storm_new(const struct scenario *scenario, const struct storm_options *options, GError **error)
{
    const char *mood = g_getenv("PULLSTORM_FAKE");
    struct storm *storm;

    if (g_strcmp0(mood, "refuse") == 0) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION, "no such storm");
        return NULL;
    }
    storm = g_new0(struct storm, 1);
    storm->scenario = scenario;
    storm->options = *options;
    storm->mood = mood ? mood : "";
    histogram_init(&storm->latency);
    if (options->series_path) {
        storm->series = csv_open(options->series_path, error);
        if (!storm->series) {
            storm_free(storm);
            return NULL;
        }
    }
    return storm;
}

static bool write_rows(struct storm *storm, GError **error)
{
    int rows = strcmp(storm->mood, "long") == 0 ? 5000 : 1;

    for (int i = 0; i < rows; i++) {
        csv_seconds(storm->series, storm_now_ns(storm));
        csv_integer(storm->series, storm_ues_done(storm));
        if (!csv_row_end(storm->series, error))
            return false;
    }
    return true;
}

enum storm_outcome storm_run(struct storm *storm, GError **error)
{
    bool deaf = strcmp(storm->mood, "deaf") == 0, slow = deaf || strcmp(storm->mood, "slow") == 0;
    int64_t windows = slow ? 6000 : WINDOWS;
    enum storm_outcome outcome = STORM_DONE;

    csv_text(storm->series, "time_s");
    csv_text(storm->series, "ues_keyed");
    if (!csv_row_end(storm->series, error))
        outcome = STORM_FAILED;
    for (; storm->window < windows && outcome == STORM_DONE; storm->window++) {
        if (slow)
            g_usleep(10000);
        histogram_add(&storm->latency, (storm->window + 1) * 1000000);
        if (!write_rows(storm, error))
            outcome = STORM_FAILED;
        else if (storm->options.progress && !deaf && !storm->options.progress(storm->options.user, storm))
            outcome = STORM_INTERRUPTED;
        else if (storm->window == WINDOWS / 2 && strcmp(storm->mood, "fail") == 0) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_IO, "timeseries.csv: the disk is gone");
            outcome = STORM_FAILED;
        }
    }
    if (!csv_close(storm->series, outcome == STORM_DONE ? error : NULL) && outcome == STORM_DONE)
        outcome = STORM_FAILED;
    storm->series = NULL;
    return outcome;
}

void storm_free(struct storm *storm)
{
    if (storm->series)
        csv_close(storm->series, NULL);
    histogram_clear(&storm->latency);
    g_free(storm);
}

int64_t storm_now_ns(const struct storm *storm)
{
    return storm->scenario->run_end / 6000 * storm->window;
}

uint64_t storm_events(const struct storm *storm)
{
    return (uint64_t)storm->window * 1000;
}

int64_t storm_ues(const struct storm *storm)
{
    return storm->scenario->ue_count;
}

int64_t storm_ues_done(const struct storm *storm)
{
    return storm->window < WINDOWS ? storm->window * storm->scenario->ue_count / WINDOWS
                                   : storm->scenario->ue_count;
}

uint64_t storm_fingerprint(const struct storm *storm)
{
    return storm->scenario->run_seed * UINT64_C(0x9e3779b97f4a7c15);
}

void storm_summary(const struct storm *storm, struct stats_value *values)
{
    for (unsigned i = 0; i < storm_metric_count; i++) {
        struct stats_value *value = &values[i];

        *value = (struct stats_value){.column = &storm_metrics[i], .type = STATS_INTEGER};
        if (strcmp(storm_metrics[i].unit, "s") == 0 || strcmp(storm_metrics[i].unit, "ratio") == 0) {
            value->type = STATS_REAL;
            value->real = 0.125 * (i + 1);
        } else if (i < 2)
            value->integer = storm->scenario->ue_count - i;
        else
            value->integer = (int64_t)(storm->scenario->run_seed % 1000 + i);
    }
}

double storm_metric(const struct storm *storm, const char *name)
{
    double found = 0;
    struct stats_value *values = g_new0(struct stats_value, storm_metric_count);

    storm_summary(storm, values);
    for (unsigned i = 0; i < storm_metric_count; i++)
        if (strcmp(storm_metrics[i].name, name) == 0)
            found = values[i].type == STATS_INTEGER ? (double)values[i].integer : values[i].real;
    g_free(values);
    return found;
}

double storm_quantile_s(const struct storm *storm, unsigned procedure, double q)
{
    return (double)histogram_quantile(storm_latency(storm, procedure), q) / 1e9;
}

enum load_verdict storm_verdict(const struct storm *storm)
{
    (void)storm;
    return LOAD_CALM;
}

const struct histogram *storm_latency(const struct storm *storm, unsigned procedure)
{
    (void)procedure;
    return &storm->latency;
}

void storm_crypto_counts(const struct storm *storm, struct crypto_counts *out)
{
    (void)storm;
    memset(out, 0, sizeof *out);
}

bool storm_books_balance(const struct storm *storm, char **what)
{
    if (strcmp(storm->mood, "unbalanced") != 0)
        return true;
    *what = g_strdup("pull: 1 sent, 0 received");
    return false;
}
