/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Mean, spread and 95 % confidence interval of replications: Student's t over their values, taken as
 * independent and normal. It covers what chance does from seed to seed, and nothing else. Replications that
 * are all alike give an interval of no width, however few they are: something rare that none of them has seen
 * is not in it. */
#ifndef SIM_STUDY_STATISTICS_H
#define SIM_STUDY_STATISTICS_H

#include "sim/study/expression.h"

/* sd and the interval are 0 for n < 2, and mean is for n = 0. All are NAN if one of the values is. */
struct statistics {
    unsigned n;
    double mean;
    double sd;        /* with n - 1 */
    double low, high; /* 95 % confidence interval of the mean, Student t with n - 1 degrees of freedom */
};

/* The sums are taken in the order of the values: the same values give the same bits. Equal values have
 * exactly their value as mean, and no spread. */
struct statistics statistics_of(const double *values, unsigned n);

/* Those values that are numbers; g_free. */
double *statistics_numbers(const double *values, unsigned n, unsigned *count);
/* The values from the least on; g_free. */
double *statistics_sorted(const double *values, unsigned n);
/* The one in the middle, or the mean of the two; n > 0. */
double statistics_median(const double *values, unsigned n);

/* How often the values are looked at when they come `first` at a time until there are `last` of them. */
unsigned statistics_looks(unsigned first, unsigned last);

/* The t of a two-sided 95 % interval; for several looks the error is shared among them (Bonferroni), so that
 * all of their intervals together hold the mean in at least 95 % of cases, with any look as the last. */
double statistics_t(unsigned degrees_of_freedom, unsigned looks);
/* The value below which a share of a chi-square distribution lies; freedom > 0. */
double statistics_chisq(double share, double freedom);

/* Does `difference comparison 0` hold for the mean of the values? YES or NO where their confidence interval
 * is on one side as a whole; UNSURE otherwise, and for fewer than two values. The interval is that of one of
 * so many looks. */
enum answer statistics_answer(const char *comparison, const double *differences, unsigned n, unsigned looks);
/* The same of an interval from elsewhere, never UNSURE where it is a point. */
enum answer statistics_interval_answer(const char *comparison, double low, double high);
/* Are all the values the same? */
bool statistics_alike(const double *values, unsigned n);
/* The same by the sign of the mean alone (-1, 0, 1), never UNSURE. */
enum answer statistics_answer_mean(const char *comparison, int sign);

#endif
