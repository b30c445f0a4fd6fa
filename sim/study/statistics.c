/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Means and their confidence intervals. */
#include "sim/study/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

unsigned statistics_looks(unsigned first, unsigned last)
{
    return 1 + (last - first + first - 1) / first;
}

double statistics_t(unsigned degrees_of_freedom, unsigned looks)
{
    return gsl_cdf_tdist_Pinv(1 - 0.025 / looks, degrees_of_freedom);
}

/* Up to so many degrees of freedom gsl finds the quantile; far beyond it does not converge, and ends the
 * process. */
#define CHISQ_EXACT 200

/* Beyond it the approximation of Wilson and Hilferty is within 1e-4 of the quantile. */
double statistics_chisq(double share, double freedom)
{
    double spread = 2 / (9 * freedom);

    if (freedom <= CHISQ_EXACT)
        return gsl_cdf_chisq_Pinv(share, freedom);
    return freedom * pow(1 - spread + gsl_cdf_ugaussian_Pinv(share) * sqrt(spread), 3);
}

static struct statistics one_of_looks(const double *values, unsigned n, unsigned looks)
{
    struct statistics s = {.n = n};
    double sum = 0, squares = 0, half;

    if (n == 0)
        return s;
    /* Relative to the first value: equal values then have their value as mean, to the last bit. */
    for (unsigned i = 0; i < n; i++)
        sum += values[i] - values[0];
    s.mean = values[0] + sum / n;
    if (n < 2)
        return s;
    for (unsigned i = 0; i < n; i++)
        squares += (values[i] - s.mean) * (values[i] - s.mean);
    s.sd = sqrt(squares / (n - 1));
    half = statistics_t(n - 1, looks) * s.sd / sqrt(n);
    s.low = s.mean - half;
    s.high = s.mean + half;
    return s;
}

struct statistics statistics_of(const double *values, unsigned n)
{
    return one_of_looks(values, n, 1);
}

static enum answer answer(bool yes)
{
    return yes ? ANSWER_YES : ANSWER_NO;
}

/* Where low to high lies with regard to 0. */
enum answer statistics_interval_answer(const char *comparison, double low, double high)
{
    bool point = low == 0 && high == 0, apart = low > 0 || high < 0;

    switch (comparison[0]) {
    case '<':
        if (comparison[1] ? high <= 0 : high < 0)
            return ANSWER_YES;
        return (comparison[1] ? low > 0 : low >= 0) ? ANSWER_NO : ANSWER_UNSURE;
    case '>':
        if (comparison[1] ? low >= 0 : low > 0)
            return ANSWER_YES;
        return (comparison[1] ? high < 0 : high <= 0) ? ANSWER_NO : ANSWER_UNSURE;
    default:
        if (!point && !apart)
            return ANSWER_UNSURE;
        return answer(point == (comparison[0] == '='));
    }
}

enum answer statistics_answer(const char *comparison, const double *differences, unsigned n, unsigned looks)
{
    struct statistics s = one_of_looks(differences, n, looks);

    return n < 2 ? ANSWER_UNSURE : statistics_interval_answer(comparison, s.low, s.high);
}

enum answer statistics_answer_mean(const char *comparison, int sign)
{
    return statistics_interval_answer(comparison, sign, sign);
}

static int by_value(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;

    return (left > right) - (left < right);
}

double *statistics_numbers(const double *values, unsigned n, unsigned *count)
{
    double *numbers = g_new(double, MAX(n, 1));

    *count = 0;
    for (unsigned i = 0; i < n; i++)
        if (!isnan(values[i]))
            numbers[(*count)++] = values[i];
    return numbers;
}

double *statistics_sorted(const double *values, unsigned n)
{
    double *order = g_memdup2(values, n * sizeof *values);

    qsort(order, n, sizeof *order, by_value);
    return order;
}

double statistics_median(const double *values, unsigned n)
{
    double *order = statistics_sorted(values, n), median = (order[(n - 1) / 2] + order[n / 2]) / 2;

    g_free(order);
    return median;
}

bool statistics_alike(const double *values, unsigned n)
{
    for (unsigned i = 1; i < n; i++)
        if (values[i] != values[0])
            return false;
    return true;
}
