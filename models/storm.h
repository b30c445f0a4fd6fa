/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One simulated storm: puts together the network, the UEs, BM-SC, BSF and HSS that a scenario describes, runs
 * it, and hands out what was measured. The command line (sim/cli) drives it. */
#ifndef MODELS_STORM_H
#define MODELS_STORM_H

#include "models/crypto/crypto.h"
#include "models/load.h"
#include "models/scenario/scenario.h"
#include "sim/stats/column.h"
#include "sim/stats/histogram.h"

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct storm;

struct network_engine;

struct storm_options {
    const struct network_engine
        *engine;              /* NULL: &native_engine. run.engine of the scenario is the caller's affair */
    const char *capture_path; /* NULL: no capture */
    const char *keylog_path;  /* NULL: no key log */
    const char
        *subscribers_path; /* K, OPc, SQN of the UEs, as models/keys/table.h has it; NULL: from the seed */
    const char *write_subscribers_path; /* such a file of this storm's UEs; NULL: none */
    const char *series_path;            /* timeseries.csv; NULL: none */
    /* Files of what happens to these UEs, PREFIXn.txt for UE n. Numbers below ue.count, sorted, each once. */
    const char *trace_prefix;
    const uint32_t *trace_ues;
    uint32_t trace_count; /* 0: none */
    /* Of that engine, see network.h: struct ns3_options, or NULL. The section [ns3] of the scenario is the
     * caller's affair, too. */
    const void *engine_options;
    /* That run it on the native engine, the caller among them; 0: 1. Results do not depend on it. */
    unsigned threads;
    /* Called between windows, often; return false to interrupt the run. May be NULL. */
    bool (*progress)(void *user, const struct storm *storm);
    void *user;
};

/* What a run will take of the machine, by its engine (NULL: native) and the scenario: estimates, but for
 * `tables_bytes`, which is exact. Memory is beyond what the process has without a storm. */
struct storm_needs {
    double tables_bytes;  /* an entry for each UE: taken at once */
    double memory_bytes;  /* peak if no UE waits for another */
    double waiting_bytes; /* the same if all UEs wait at a time */
    double files_bytes;   /* of the files of a run: timeseries.csv, distribution.csv and so on ... */
    double capture_bytes; /* ... and with a capture, a key log */
    double keylog_bytes;
    double cpu_s; /* on the machine of README.md, if each UE is served at its first try */
};
void storm_needs(const struct scenario *scenario, const struct network_engine *engine,
                 struct storm_needs *out);

/* For scenario_load_with(): the mistakes that only the models can find. */
config_rule storm_check;

/* NULL and error if the scenario contradicts itself, or (G_FILE_ERROR) a file cannot be created or memory is
 * out. The scenario must outlive the storm. */
struct storm *storm_new(const struct scenario *scenario, const struct storm_options *options, GError **error);

enum storm_outcome { STORM_DONE, STORM_INTERRUPTED, STORM_FAILED };
/* Runs to the end and closes the files. STORM_FAILED sets error (a file that could not be written whole). */
enum storm_outcome storm_run(struct storm *storm, GError **error);
void storm_free(struct storm *storm);

/* For progress lines, between windows. */
int64_t storm_now_ns(const struct storm *storm);
uint64_t storm_events(const struct storm *storm);
int64_t storm_ues(const struct storm *storm);
int64_t storm_ues_done(const struct storm *storm); /* keyed or given up */
uint64_t storm_fingerprint(const struct storm *storm);

/* The metrics: columns of summary.csv behind the scenario's parameters, in order. */
extern const struct stats_column storm_metrics[];
extern const unsigned storm_metric_count;
/* values[storm_metric_count], after storm_run(). */
void storm_summary(const struct storm *storm, struct stats_value *values);
/* The value of a metric by name; aborts on an unknown name. */
double storm_metric(const struct storm *storm, const char *name);

/* The columns of timeseries.csv behind time_s, in order. */
extern const struct stats_column storm_series[];
extern const unsigned storm_series_count;

/* The procedures of latency.csv. */
struct storm_procedure {
    const char *name, *meaning;
};
extern const struct storm_procedure storm_procedures[];
extern const unsigned storm_procedure_count;
/* The duration that a share q of a procedure's samples do not exceed; of `update` the time after which
 * that share of all UEs holds the key. NaN if there is none. */
double storm_quantile_s(const struct storm *storm, unsigned procedure, double q);
/* Did run.end come while UEs were still to be pulled, served or answered? */
bool storm_cut_off(const struct storm *storm);
/* What the storm is called, by the thresholds of LOAD.md. */
enum load_verdict storm_verdict(const struct storm *storm);
/* The words of metrics that are one. */
extern const struct stats_words storm_words[];
extern const unsigned storm_word_count;
/* Which metrics are quantiles of which procedures. */
extern const struct stats_quantile storm_quantiles[];
extern const unsigned storm_quantile_count;
const struct histogram *storm_latency(const struct storm *storm, unsigned procedure);

/* Primitive operations of the whole run, start state included, summed over regions. */
void storm_crypto_counts(const struct storm *storm, struct crypto_counts *out);

/* Checks the books of every message kind; false and a text (g_free) of what does not balance. */
bool storm_books_balance(const struct storm *storm, char **what);

#ifdef __cplusplus
}
#endif

#endif
