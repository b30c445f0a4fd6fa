/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* How far a metric differs between pairs of runs, B minus A. Each pair counts as one: what its two runs share
 * (the random numbers) falls out of the difference. By the kind of the metric:
 *
 *   mean, quantile  the mean of the differences of the runs' own values. Student's t.
 *   count, share    likewise; never narrower than what single events leave open (as in interval.h), and p
 *                   never smaller than that of a coin thrown once for each event.
 *   extreme         the median of the differences, by their order; p by the sign test; from 5 pairs on.
 *   fixed           said by the scenario: no chance is in it.
 *
 * The relative difference is B / A - 1 by Fieller's interval, which A's own uncertainty is part of; of an
 * extreme the median of the pairs' quotients.
 *
 * Differences that are all the same have no interval. Then a mean or count is taken to differ for certain; of
 * a quantile, which may jump between two values, the sign test says p. One pair says nothing of chance. */
#ifndef SIM_STUDY_DIFFERENCE_H
#define SIM_STUDY_DIFFERENCE_H

#include "sim/study/interval.h"

struct difference {
    double a, b;                        /* mean (extreme: median) of each side's values */
    struct interval interval;           /* of B - A; n: pairs */
    double relative;                    /* NaN: A is 0, or one side is negative */
    double relative_low, relative_high; /* NaN: none */
    double p;                           /* two-sided, that there is no difference; NaN: cannot be told */
};

/* a, b: n values each, none NaN. events: how many events a value of 1 is (count: 1, share: UEs). */
struct difference difference_of(const struct stats_column *column, const double *a, const double *b,
                                unsigned n, double events);

/* Benjamini and Hochberg: p of n tests, each such that taking all up to 0.05 for real errs in at most 5 % of
 * them on the average; if none is real, something is found in at most 5 % of cases. NaN stays, and does not
 * count. Holds for tests that do not depend on each other or do so positively. */
void difference_adjust(double *p, unsigned n);

#endif
