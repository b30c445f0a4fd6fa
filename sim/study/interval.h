/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the replications of a point say of a metric: an estimate with a 95 % confidence interval, by the kind
 * of the metric. study.csv, --until and plan all ask here. What is estimated, and how:
 *
 *   mean      the mean over all runs that could be made. Student's t.
 *   count,    likewise (a share is a count of UEs). Student's t, and never narrower than what single events
 *   share     leave open that come by themselves (Poisson): the values are taken as so many events above or
 *             below the one that most runs have. None in n runs: the rule of three, at most 3/n a run. No
 *             share is above 1, no number of UEs (ues_...) above all of them.
 *   flag      the share of the runs of which it is so. Clopper and Pearson's bounds.
 *   quantile  the quantile of the samples (or UEs) of all runs that could be made, pooled: not the mean of
 *             the runs' own, which jumps where the samples leave a gap. From the share of each run's samples
 *             below a value, by Student's t over the runs, since the samples of one run depend on each other
 *             (Woodruff's interval for clusters); and by the order of all samples (binomial) where few lie
 *             beyond; and by the spread of where the runs' samples lie (pool_shift.c) where runs shift as a
 *             whole. None for two runs, which do not show whether they shift.
 *   extreme   the median over all runs that could be made, by the order of the runs' values: a maximum has no
 *             mean that a few runs can tell of. Held in 93.75 % at five runs, more beyond; none for fewer.
 *   fixed     its value.
 *
 * An interval is never of no width: runs that are all alike do not say how much others differ. Then, and
 * wherever nothing holds, there is none, and the note says why. */
#ifndef SIM_STUDY_INTERVAL_H
#define SIM_STUDY_INTERVAL_H

#include "sim/stats/column.h"

#include <glib.h>
#include <stdbool.h>

struct interval {
    unsigned n;
    double estimate;  /* NaN: none */
    double sd;        /* of the runs' own values, with n - 1; 0 for n < 2; NaN where one has none */
    double low, high; /* NaN: none */
    const char *note; /* a literal, why there is no interval; NULL: there is one */
};

extern const char interval_too_few[], interval_alike[], interval_no_value[];

/* Values of n runs; NaN: that run has none, and then there is no estimate. whole: UEs of a run, for shares
 * and counts of UEs; 0: not known. looks: the interval is one of so many that together are to hold in 95 %. A
 * quantile comes from a pool: here it has none. */
struct interval interval_of(const struct stats_column *column, const double *values, unsigned n, double whole,
                            unsigned looks);

/* Upper and lower bound of the share of runs that meet a condition which `met` of n runs met; the lower one
 * is one-sided if all did: 1 - 3/n. */
struct interval interval_met(unsigned met, unsigned n, unsigned looks);

/* Where the value of a single further run of a count or a share lies in 95 % of cases, as far as n runs can
 * tell. */
struct interval interval_further(const struct stats_column *column, const double *values, unsigned n,
                                 double whole, unsigned looks);

/* The same of the differences of n pairs of runs, which may be below 0; not for quantiles, which come from
 * pools. events: how many events a value of 1 is (count: 1, share: UEs of a run). */
struct interval interval_difference(const struct stats_column *column, const double *differences, unsigned n,
                                    double events, unsigned looks);

/* --- quantiles ------------------------------------------------------------------------------------------ */

/* The samples of several runs, as far as the rows of their distribution.csv tell. */
struct pool;
struct pool *pool_new(void);
void pool_free(struct pool *pool);
/* Adds the rows of a procedure in the text of a distribution.csv as one run. whole: how many samples there
 * would be if all had come, those that are missing being larger than all; 0: those that are there. False if
 * it is no such text. */
bool pool_add(struct pool *pool, const char *text, const char *procedure, double whole);
/* Has no run a sample? */
bool pool_empty(const struct pool *pool);
/* of: the runs' own values, for sd. */
struct interval pool_interval(struct pool *pool, double share, const double *of, unsigned looks);

/* Do runs shift as a whole near a quantile, that is, do their numbers of samples beyond it vary three times
 * as much as those of samples that do not depend on each other? */
bool pool_shifts(struct pool *pool, double share);
/* Where the samples of each run lie near a quantile, as places on the scale log(1 + value / scale); NaN: a
 * run without samples. */
void pool_places(struct pool *pool, double share, double scale, double *places);
/* Two values, NaN: none. */
struct pool_ends {
    double low, high;
};
/* Where B's quantile lies, A's being as it is estimated, if the places of B's runs are so much above those of
 * A's: n differences of pairs, not fewer than 2. estimate: of B's quantile. */
struct pool_ends pool_places_ends(const double *differences, unsigned n, double share, double estimate,
                                  double scale, unsigned looks);

/* The share of each run's samples (of its whole) that are at most a value, in the order of pool_add(); NaN:
 * a run without samples. */
void pool_shares(const struct pool *pool, double value, double *shares);

#endif
