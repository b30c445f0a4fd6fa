/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Intervals of means, counts, shares and extremes. */
#include "sim/study/interval.h"

#include "sim/study/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

const char interval_too_few[] = "too few replications";
const char interval_alike[] = "all runs alike";
const char interval_no_value[] = "no value in some run";

/* Of five runs the median lies within the least and the largest in 1 - 2/32. */
#define EXTREME_MISS 0.0626

/* Above that many events the normal distribution does. */
#define EVENTS_MANY 1e6

/* --- events --------------------------------------------------------------------------------------------- */

/* Bounds of the mean of a Poisson distribution that gave so many events (Garwood). With none, all of the
 * error is the upper one's: the rule of three. */
static double events_low(double events, double miss)
{
    return events < 1 ? 0 : statistics_chisq(miss / 2, 2 * events) / 2;
}

static double events_high(double events, double miss)
{
    return events < 1 ? -log(miss) : statistics_chisq(1 - miss / 2, 2 * (events + 1)) / 2;
}

/* The share that a beta distribution exceeds with probability 1 - p: by halving, which always ends. */
static double beta_quantile(double p, double a, double b)
{
    double low = 0, high = 1;

    for (unsigned i = 0; i < 60; i++) {
        double middle = (low + high) / 2;

        if (gsl_cdf_beta_P(middle, a, b) < p)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2;
}

/* The least number that a Poisson variable exceeds in at most 5 % of cases. */
static double events_of_run(double mean)
{
    unsigned least = 0;

    if (mean > EVENTS_MANY)
        return mean + 1.645 * sqrt(mean);
    least = (unsigned)mean;
    while (gsl_cdf_poisson_P(least, mean) < 0.95)
        least++;
    while (least > 0 && gsl_cdf_poisson_P(least - 1, mean) >= 0.95)
        least--;
    return least;
}

/* The value that most runs have, the least of them. */
static double usual(const double *values, unsigned n)
{
    double *order = statistics_sorted(values, n), best = order[0];
    unsigned most = 0;

    for (unsigned i = 0, from = 0; i < n; i++) {
        if (order[i] != order[from])
            from = i;
        if (i - from + 1 > most) {
            most = i - from + 1;
            best = order[i];
        }
    }
    g_free(order);
    return best;
}

/* Values as events: so many above and below the usual one, over all runs. */
struct events {
    double usual, above, below, miss;
    unsigned n;
    double scale; /* events in a value of 1 */
};

static struct events events_of(const double *values, unsigned n, double scale, unsigned looks)
{
    struct events e = {.usual = usual(values, n), .miss = 0.05 / looks, .n = n, .scale = scale};

    for (unsigned i = 0; i < n; i++) {
        double events = round((values[i] - e.usual) * e.scale);

        e.above += MAX(events, 0);
        e.below += MAX(-events, 0);
    }
    return e;
}

static struct events events_in(const struct stats_column *column, const double *values, unsigned n,
                               double whole, unsigned looks)
{
    return events_of(values, n, column->kind == STATS_SHARE && whole > 0 ? whole : 1, looks);
}

static double events_value(const struct events *e, double events)
{
    return e->usual + events / e->scale;
}

/* --- the kinds ------------------------------------------------------------------------------------------ */

/* What no value is above: 1 for a share, all UEs for a count of them. */
static double most_of(const struct stats_column *column, double whole)
{
    if (strcmp(column->unit, "ratio") == 0 || column->kind == STATS_FLAG)
        return 1;
    if (column->kind == STATS_COUNT && g_str_has_prefix(column->name, "ues_") && whole > 0)
        return whole;
    return INFINITY;
}

/* Nothing counted, timed or shared is below 0, no share above 1, no number of UEs above all of them. */
static void clip(const struct stats_column *column, const double *values, double whole, struct interval *out)
{
    double most = most_of(column, whole);
    bool positive = true;

    for (unsigned i = 0; i < out->n; i++)
        positive = positive && values[i] >= 0;
    if (!positive)
        return;
    out->low = MAX(out->low, 0);
    if (out->estimate <= most)
        out->high = MIN(out->high, most);
}

static void student(unsigned looks, struct interval *out)
{
    double half = statistics_t(out->n - 1, looks) * out->sd / sqrt(out->n);

    out->low = out->estimate - half;
    out->high = out->estimate + half;
}

static void events_interval(const struct events *e, struct interval *out)
{
    double most = events_high(e->above, e->miss) - events_low(e->below, e->miss);
    double least = events_low(e->above, e->miss) - events_high(e->below, e->miss);

    out->low = MIN(out->low, events_value(e, least / e->n));
    out->high = MAX(out->high, events_value(e, most / e->n));
}

/* The median, between two of the values in order. */
static void extreme(const double *values, unsigned looks, struct interval *out)
{
    double *order = statistics_sorted(values, out->n);
    unsigned n = out->n, cut = 0;

    out->estimate = statistics_median(values, n);
    while (cut < n / 2 && 2 * gsl_cdf_binomial_P(cut, 0.5, n) <= EXTREME_MISS / looks)
        cut++;
    if (cut > 0) {
        out->low = order[cut - 1];
        out->high = order[n - cut];
    } else
        out->note = interval_too_few;
    g_free(order);
}

static struct interval none(unsigned n, double estimate, double sd, const char *note)
{
    return (struct interval){n, estimate, sd, (double)NAN, (double)NAN, note};
}

/* The share of the runs. */
static void of_flags(unsigned looks, struct interval *out)
{
    struct interval share = interval_met((unsigned)round(out->estimate * out->n), out->n, looks);

    out->low = share.low;
    out->high = share.high;
}

static void of_kind(const struct stats_column *column, const double *values, double whole, unsigned looks,
                    struct interval *out)
{
    struct events events;

    switch (column->kind) {
    case STATS_COUNT:
    case STATS_SHARE:
        student(looks, out);
        events = events_in(column, values, out->n, whole, looks);
        events_interval(&events, out);
        break;
    case STATS_FLAG:
        of_flags(looks, out);
        break;
    case STATS_EXTREME:
        extreme(values, looks, out);
        break;
    case STATS_QUANTILE:
        out->note = "no samples";
        break;
    case STATS_FIXED:
        out->low = out->high = out->estimate;
        return;
    case STATS_WORD:
        out->note = "a word";
        break;
    case STATS_OTHER:
    case STATS_MEAN:
        student(looks, out);
        break;
    }
    clip(column, values, whole, out);
    if (!out->note && !(out->low < out->high))
        *out = none(out->n, out->estimate, out->sd, interval_alike);
}

struct interval interval_of(const struct stats_column *column, const double *values, unsigned n, double whole,
                            unsigned looks)
{
    struct statistics s = statistics_of(values, n);
    struct interval out = none(n, n > 0 ? s.mean : (double)NAN, s.sd, NULL);

    if (n > 0 && isnan(s.mean))
        out.note = interval_no_value;
    else if (n < 2) {
        out.note = interval_too_few;
        if (n == 1 && column->kind == STATS_FIXED)
            of_kind(column, values, whole, looks, &out);
    } else
        of_kind(column, values, whole, looks, &out);
    if (out.note)
        out.low = out.high = (double)NAN;
    return out;
}

struct interval interval_difference(const struct stats_column *column, const double *differences, unsigned n,
                                    double events, unsigned looks)
{
    struct statistics s = statistics_of(differences, n);
    struct interval out = none(n, n > 0 ? s.mean : (double)NAN, s.sd, n < 2 ? interval_too_few : NULL);
    struct events of;

    if (n == 0)
        out.note = interval_no_value;
    else if (column->kind == STATS_EXTREME) {
        out.note = NULL;
        extreme(differences, looks, &out);
    } else if (!out.note) {
        student(looks, &out);
        if (column->kind == STATS_COUNT || column->kind == STATS_SHARE || column->kind == STATS_FLAG) {
            of = events_of(differences, n, events, looks);
            events_interval(&of, &out);
        }
    }
    if (!out.note && !(out.low < out.high))
        out.note = interval_alike;
    if (out.note)
        out.low = out.high = (double)NAN;
    return out;
}

struct interval interval_further(const struct stats_column *column, const double *values, unsigned n,
                                 double whole, unsigned looks)
{
    struct interval out = interval_of(column, values, n, whole, looks);
    struct events e;

    if (out.note)
        return out;
    e = events_in(column, values, n, whole, looks);
    out.low =
        MIN(out.low - 1.645 * out.sd, events_value(&e, -events_of_run(events_high(e.below, e.miss) / n)));
    out.high =
        MAX(out.high + 1.645 * out.sd, events_value(&e, events_of_run(events_high(e.above, e.miss) / n)));
    clip(column, values, whole, &out);
    return out;
}

/* Clopper and Pearson. */
struct interval interval_met(unsigned met, unsigned n, unsigned looks)
{
    double miss = 0.05 / looks;
    struct interval out = {.n = n, .estimate = n ? (double)met / n : (double)NAN};

    out.low = met == 0 ? 0 : beta_quantile(met == n ? miss : miss / 2, met, n - met + 1);
    out.high = met == n ? 1 : beta_quantile(1 - (met == 0 ? miss : miss / 2), met + 1, n - met);
    return out;
}
