/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a finished run leaves: files and a screen. */
#ifndef SIM_CLI_REPORT_H
#define SIM_CLI_REPORT_H

#include "models/storm.h"

#include <glib.h>
#include <stdio.h>

/* A run that was done, and how it went on this host. */
struct report {
    const struct scenario *scenario;
    const struct storm *storm;
    const struct stats_value *values; /* storm_metric_count of them */
    char **command_line;              /* NULL-terminated */
    const char *engine;
    const char *target; /* the folder, as it was named */
    int threads;
    char *started; /* ISO date */
    double wall_s, cpu_s;
    int64_t peak_memory_bytes;
};

/* A parameter in base units, as summary.csv has it. */
struct csv;
void summary_parameter_cell(struct csv *csv, const struct config *config, const struct config_key *key);

/* summary.csv: a header and one row. */
bool summary_csv_write(const struct report *report, const char *path, GError **error);
/* latency.csv: a row per procedure. */
bool latency_csv_write(const struct report *report, const char *path, GError **error);
/* distribution.csv: rows per procedure. */
bool distribution_csv_write(const struct report *report, const char *path, GError **error);
/* manifest.json. */
bool manifest_write(const struct report *report, const char *path, GError **error);
/* At most 30 lines of 80 columns. */
void summary_text_print(const struct report *report, FILE *to);

/* Writes a JSON string with its quotes; what is not UTF-8 is replaced. */
void manifest_json_string(GString *to, const char *text);

#endif
