/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* How far a metric differs between pairs of runs, B minus A. Each pair counts as one: what its two runs share
 * (the random numbers) falls out of the difference. By the kind of the metric:
 *
 *   mean            the mean of the differences of the runs' own values. Student's t.
 *   count, share    likewise; never narrower than what single events leave open (as in interval.h), and p
 *                   never smaller than that of a coin thrown once for each event.
 *   quantile        the difference of the quantiles of the samples of all runs of each side, pooled. A run's
 *                   own jumps where the samples leave a gap, and few of them do not see how far. From the
 *                   intervals of both, as if they did not depend on each other (Zou and Donner's method of
 *                   variance estimates recovery): where the runs of a pair go up and down together it is
 *                   wider than it need be. p is of the pairs: of the shares of their samples below the
 *                   quantile of both sides together; where those are all alike (all of one side below all of
 *                   the other) of the interval; not below 0.05 where the interval holds 0. Where runs of a
 *                   side shift as a whole (pool_shift.c) both are of the places of the runs of a pair: A's
 *                   quantile may be anywhere in its interval, and B's is so many times as large, and within
 *                   its own. A pair one of whose runs has no samples counts for nothing. A side whose runs
 *                   are all alike ends where it begins; one of too few runs, or without samples, leaves no
 *                   interval and no p.
 *   extreme         the median of the differences, by their order; from 5 pairs on. p by Student's t, for
 *                   without a difference they lie evenly about 0; not below 0.05 where the interval holds 0;
 *                   of differences that are all the same by a coin for each, from 6 pairs on.
 *   fixed           said by the scenario: no chance is in it.
 *
 * The relative difference is B / A - 1 by Fieller's interval, which A's own uncertainty is part of; of an
 * extreme the median of the pairs' quotients; of a quantile as above, by logarithms.
 *
 * Differences that are all the same have no interval; then a mean is taken to differ for certain, and a
 * quantile of which both sides are all alike.
 * One pair says nothing of chance. */
#ifndef SIM_STUDY_DIFFERENCE_H
#define SIM_STUDY_DIFFERENCE_H

#include "sim/study/interval.h"

struct difference {
    double a, b;                        /* mean (extreme: median) of each side's values */
    struct interval interval;           /* of B - A; n: pairs */
    double relative;                    /* NaN: A is 0, or one side is negative */
    double relative_low, relative_high; /* NaN: none */
    double p;                           /* two-sided, that there is no difference; NaN: not known */
};

/* a, b: n values each, none NaN; not of quantiles. events: how many events a value of 1 is (count: 1,
 * share: UEs). */
struct difference difference_of(const struct stats_column *column, const double *a, const double *b,
                                unsigned n, double events);

/* What pairs of runs say of a quantile. contrasts, of each: B's share of samples below the common quantile
 * minus A's, or A's place minus B's; NaN: one of its runs has no samples. */
struct difference_pairs {
    unsigned n;
    double *contrasts;
    struct pool_ends b; /* of B's quantile, A's being as it is estimated; NaN: runs do not shift */
};

/* both: the samples of A's runs, then those of B's, as many. a or b is NULL: that side has none. Clear it. */
struct difference_pairs difference_pairs_of(struct pool *a, struct pool *b, struct pool *both, double share,
                                            unsigned looks);
void difference_pairs_clear(struct difference_pairs *pairs);

/* Of a quantile: its pooled intervals. */
struct difference difference_of_quantile(const struct interval *a, const struct interval *b,
                                         const struct difference_pairs *pairs);
/* The interval of B - factor A for it. */
struct interval difference_of_pools(const struct interval *a, const struct interval *b, double factor,
                                    const struct difference_pairs *pairs);
/* The mean of so many intervals, end by end, of what is off at all alike if it is at one: adds one of
 * them to a sum, which begins as {0}. */
void difference_mean_add(struct interval *sum, const struct interval *one, unsigned of);
/* ... and ends it. n: pairs. */
void difference_mean_end(struct interval *sum, unsigned n);
/* p of contrasts as above; interval: of the difference. */
double difference_p_of_contrasts(const double *contrasts, unsigned n, const struct interval *interval);

/* Benjamini and Hochberg: p of n tests, each such that taking all below 0.05 for real errs in at most 5 % of
 * them on the average; if none is real, something is found in at most 5 % of cases. NaN stays, and does not
 * count. Holds for tests that do not depend on each other or do so positively. */
void difference_adjust(double *p, unsigned n);

#endif
