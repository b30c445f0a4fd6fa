/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The row of a summary.csv, with its header: the keys of the scenario, then the metrics of the run. */
#ifndef SIM_STUDY_SUMMARY_H
#define SIM_STUDY_SUMMARY_H

#include "sim/study/study.h"

/* The place of a column; -1: there is none. */
int summary_column(char **header, const char *name);

/* The cells of a scenario, one of each key; g_strfreev. */
char **summary_keys(const struct study_host *host, const struct config *scenario);
/* The cell of one key; g_free. */
char *summary_key(const struct study_host *host, const struct config *scenario, const struct config_key *key);

/* Reads the metrics; one whose cell is empty, or that has no column, is not a number. False if a cell is
 * neither a number nor one of the metric's words: *why says so, g_free. */
bool summary_metrics(const struct study_host *host, char **header, char **row, double *metrics, char **why);

#endif
