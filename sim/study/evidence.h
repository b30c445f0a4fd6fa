/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Finished runs that belong together, such as the replications of a point, and the interval of each of their
 * metrics. */
#ifndef SIM_STUDY_EVIDENCE_H
#define SIM_STUDY_EVIDENCE_H

#include "sim/study/interval.h"
#include "sim/study/study.h"

struct evidence;

/* Without runs; evidence_free() is its end. */
struct evidence *evidence_new(const struct study_host *host);
void evidence_free(struct evidence *evidence);
/* metrics: of the run, borrowed. folder: where its distribution.csv is, read when a quantile is asked for;
 * copied; NULL: there is none. */
void evidence_add(struct evidence *evidence, const double *metrics, const char *folder);
unsigned evidence_count(const struct evidence *evidence);

/* One of so many looks that together hold in 95 %. A quantile without samples (no folder, or they could
 * not be read: evidence_read()) has an estimate, the mean of the runs' own, and no interval. */
struct interval evidence_interval(struct evidence *evidence, unsigned metric, unsigned looks);
/* The samples of a quantile, of all runs; the evidence's own until another metric is asked for. NULL: it is
 * no quantile, there are none, or they could not be read. */
struct pool *evidence_pool(struct evidence *evidence, unsigned metric);
/* Of a metric that is a word the worst that a run had; NULL: none. */
const char *evidence_word(const struct evidence *evidence, unsigned metric);
/* Could all samples be read that were asked for so far? False and error (G_FILE_ERROR) if not: then what was
 * said about quantiles must not be used. */
bool evidence_read(const struct evidence *evidence, GError **error);
/* Where a further run lies in 95 % of cases: of counts and shares. */
struct interval evidence_further(struct evidence *evidence, unsigned metric, unsigned looks);

#endif
