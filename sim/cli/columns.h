/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The columns of the files that the command line itself writes, and of those it only names. */
#ifndef SIM_CLI_COLUMNS_H
#define SIM_CLI_COLUMNS_H

#include "sim/stats/column.h"

/* Ended by a NULL name. summary.csv: every key as "section.key", then storm_metrics; timeseries.csv: time_s,
 * then storm_series. */
extern const struct stats_column columns_latency[];
extern const struct stats_column columns_distribution[];

#endif
