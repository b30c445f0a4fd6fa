/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Paired differences, how certain they are, and the correction for many. */
#include "sim/study/difference.h"

#include "sim/study/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

/* Where more events than that went one way, no coin does it. */
#define EVENTS_CERTAIN 1e9
/* Of an interval of 95 %: p beyond which 0 is in it. */
#define SMALL 0.05

static bool is_count(const struct stats_column *column)
{
    return column->kind == STATS_COUNT || column->kind == STATS_SHARE || column->kind == STATS_FLAG;
}

/* --- p -------------------------------------------------------------------------------------------------- */

/* With both ends; what is all alike ends where it begins. False if there are too few runs to have any. */
static bool with_ends(struct interval *interval)
{
    if (interval->note == interval_alike) {
        interval->low = interval->high = interval->estimate;
        interval->note = NULL;
    }
    return !interval->note;
}

/* p does not say that 0 is too far off where the interval has it; where there is none, nothing can be
 * said. */
static double p_with_interval(double p, const struct interval *given)
{
    struct interval interval = *given;

    if (!with_ends(&interval))
        return (double)NAN;
    return interval.low > 0 || interval.high < 0 || isnan(p) ? p : MAX(p, SMALL);
}

/* Of a fair coin that fell `up` times one way and `down` times the other, or so unevenly, two-sided. */
static double coin(double up, double down)
{
    double less = MIN(up, down), all = up + down;

    if (all < 1)
        return 1;
    if (all > EVENTS_CERTAIN) /* normal: the binomial's own function counts in unsigned */
        return MIN(1, 2 * gsl_cdf_ugaussian_P((less - all / 2) / sqrt(all / 4)));
    return MIN(1, 2 * gsl_cdf_binomial_P((unsigned)less, 0.5, (unsigned)all));
}

/* scale 0: each difference counts as one. */
static double coin_of(const double *differences, unsigned n, double scale)
{
    double up = 0, down = 0;

    for (unsigned i = 0; i < n; i++) {
        double size = scale > 0 ? round(fabs(differences[i]) * scale) : differences[i] != 0;

        up += differences[i] > 0 ? size : 0;
        down += differences[i] < 0 ? size : 0;
    }
    return coin(up, down);
}

static double student_p(const double *differences, unsigned n)
{
    struct statistics s = statistics_of(differences, n);

    if (s.sd > 0)
        return 2 * gsl_cdf_tdist_Q(fabs(s.mean) / (s.sd / sqrt(n)), n - 1);
    return s.mean == 0 ? 1 : 0;
}

/* Differences that are all the same: each is a coin. Where they all fell one way and that would still be
 * chance, they are too few. */
static double alike_p(const double *differences, unsigned n)
{
    double p = coin_of(differences, n, 0);

    return p < 1 && p > SMALL ? (double)NAN : p;
}

/* Of pairs that do not differ the differences lie evenly about 0, however far out the largest may be. */
static double extreme_p(const double *differences, unsigned n, const struct interval *interval)
{
    if (statistics_alike(differences, n))
        return alike_p(differences, n);
    return p_with_interval(student_p(differences, n), interval);
}

static double p_of(const struct stats_column *column, const double *differences, unsigned n, double events,
                   const struct interval *interval)
{
    if (column->kind == STATS_FIXED)
        return statistics_alike(differences, n) && differences[0] == 0 ? 1 : 0;
    if (n < 2 || (column->kind == STATS_EXTREME && n < 5))
        return (double)NAN;
    if (column->kind == STATS_EXTREME)
        return extreme_p(differences, n, interval);
    if (is_count(column))
        return MAX(student_p(differences, n), coin_of(differences, n, events));
    return student_p(differences, n);
}

/* --- the relative difference ---------------------------------------------------------------------------- */

struct sums {
    double a, b;       /* means */
    double aa, bb, ab; /* variances and covariance of the means */
};

static struct sums sums_of(const double *a, const double *b, unsigned n)
{
    struct sums s = {.a = statistics_of(a, n).mean, .b = statistics_of(b, n).mean};
    double degrees = (double)n * (n - 1);

    for (unsigned i = 0; i < n; i++) {
        s.aa += (a[i] - s.a) * (a[i] - s.a) / degrees;
        s.bb += (b[i] - s.b) * (b[i] - s.b) / degrees;
        s.ab += (a[i] - s.a) * (b[i] - s.b) / degrees;
    }
    return s;
}

/* All r for which B - r A has 0 in its Student interval; none if that has no end. */
static void fieller(const double *a, const double *b, unsigned n, struct difference *out)
{
    struct sums s = sums_of(a, b, n);
    double t = statistics_t(n - 1, 1), square = s.a * s.a - t * t * s.aa, linear = s.a * s.b - t * t * s.ab,
           rest = s.b * s.b - t * t * s.bb, root = linear * linear - square * rest;

    if (square <= 0 || root <= 0)
        return;
    out->relative_low = (linear - sqrt(root)) / square - 1;
    out->relative_high = (linear + sqrt(root)) / square - 1;
}

static void relative_of_extreme(const struct stats_column *column, const double *a, const double *b,
                                unsigned n, struct difference *out)
{
    double *quotients = g_new(double, n);
    struct interval interval;

    for (unsigned i = 0; i < n; i++)
        quotients[i] = a[i] > 0 ? b[i] / a[i] : (double)INFINITY;
    interval = interval_difference(column, quotients, n, 1, 1);
    if (isfinite(interval.estimate))
        out->relative = interval.estimate - 1;
    if (isfinite(interval.low) && isfinite(interval.high)) {
        out->relative_low = interval.low - 1;
        out->relative_high = interval.high - 1;
    }
    g_free(quotients);
}

/* The single events that the interval of a count leaves open are open in its quotient, too. */
static void difference_widen(struct difference *out)
{
    if (isnan(out->interval.low) || isnan(out->relative_low)) {
        out->relative_low = out->relative_high = (double)NAN;
        return;
    }
    out->relative_low = MIN(out->relative_low, out->interval.low / out->a);
    out->relative_high = MAX(out->relative_high, out->interval.high / out->a);
}

static void relative_of(const struct stats_column *column, const double *a, const double *b, unsigned n,
                        struct difference *out)
{
    out->relative = out->relative_low = out->relative_high = (double)NAN;
    if (n == 0 || !(out->a > 0) || !(out->b >= 0))
        return;
    out->relative = out->b / out->a - 1;
    if (column->kind == STATS_EXTREME)
        relative_of_extreme(column, a, b, n, out);
    else if (n >= 2 && column->kind != STATS_FIXED) {
        fieller(a, b, n, out);
        if (is_count(column))
            difference_widen(out);
    }
}

/* --- all of it ------------------------------------------------------------------------------------------ */

static double middle_of(const struct stats_column *column, const double *values, unsigned n)
{
    if (n == 0)
        return (double)NAN;
    return column->kind == STATS_EXTREME ? statistics_median(values, n) : statistics_of(values, n).mean;
}

struct difference difference_of(const struct stats_column *column, const double *a, const double *b,
                                unsigned n, double events)
{
    double *differences = g_new(double, MAX(n, 1));
    struct difference out = {.a = middle_of(column, a, n), .b = middle_of(column, b, n), .p = (double)NAN};

    for (unsigned i = 0; i < n; i++)
        differences[i] = b[i] - a[i];
    out.interval = interval_difference(column, differences, n, events, 1);
    if (n > 0)
        out.p = p_of(column, differences, n, events, &out.interval);
    relative_of(column, a, b, n, &out);
    g_free(differences);
    return out;
}

/* --- quantiles ------------------------------------------------------------------------------------------ */

/* At which p an interval by Student's t would just reach 0. */
static double p_of_interval(const struct interval *given, unsigned n)
{
    struct interval i = *given;
    double half;

    if (!with_ends(&i))
        return (double)NAN;
    half = i.estimate > 0 ? i.estimate - i.low : i.high - i.estimate;
    if (i.estimate == 0 || half <= 0)
        return i.estimate == 0;
    return 2 * gsl_cdf_tdist_Q(fabs(i.estimate) / half * statistics_t(n - 1, 1), n - 1);
}

double difference_p_of_contrasts(const double *contrasts, unsigned n, const struct interval *interval)
{
    double p = (double)NAN, *numbers;
    unsigned count;

    numbers = statistics_numbers(contrasts, n, &count);
    if (count >= 2 && !statistics_alike(numbers, count))
        p = student_p(numbers, count);
    else if (count >= 2)
        p = numbers[0] == 0 ? 1 : p_of_interval(interval, count);
    g_free(numbers);
    return p_with_interval(p, interval);
}

/* Why there is no interval: the note of the side that has one. */
static const char *note_of(const struct interval *a, const struct interval *b)
{
    return a->note ? a->note : b->note;
}

/* B - factor A where A is anywhere between its ends, B is as many times as large as pairs say, and between
 * its own ends. */
static void shifted_ends(const struct interval *a, double factor, const struct interval *own,
                         const struct pool_ends *b, struct interval *out)
{
    double least = b->low / a->estimate - factor, most = b->high / a->estimate - factor;

    out->low = MAX(least * (least < 0 ? a->high : a->low), own->low - factor * a->high);
    out->high = MIN(most * (most < 0 ? a->low : a->high), own->high - factor * a->low);
    if (out->low < out->high)
        return;
    out->low = out->high = (double)NAN;
    out->note = interval_alike;
}

static bool of_places(const struct interval *a, const struct difference_pairs *pairs)
{
    return a->estimate > 0 && !isnan(pairs->b.high);
}

struct interval difference_of_pools(const struct interval *given_a, const struct interval *given_b,
                                    double factor, const struct difference_pairs *pairs)
{
    struct interval a = *given_a, b = *given_b;
    bool ends = with_ends(&a) && with_ends(&b);
    struct interval out = {.n = a.n,
                           .estimate = b.estimate - factor * a.estimate,
                           .sd = (double)NAN,
                           .low = (double)NAN,
                           .high = (double)NAN};

    if (!ends)
        out.note = note_of(&a, &b);
    else if (!(a.low < a.high || b.low < b.high))
        out.note = interval_alike;
    else if (of_places(&a, pairs))
        shifted_ends(&a, factor, &b, &pairs->b, &out);
    else {
        out.low = out.estimate - hypot(b.estimate - b.low, factor * (a.high - a.estimate));
        out.high = out.estimate + hypot(b.high - b.estimate, factor * (a.estimate - a.low));
    }
    return out;
}

void difference_mean_add(struct interval *sum, const struct interval *one, unsigned of)
{
    struct interval i = *one;

    with_ends(&i);
    sum->estimate += i.estimate / of;
    sum->low += i.low / of;
    sum->high += i.high / of;
    sum->note = sum->note ? sum->note : i.note;
}

void difference_mean_end(struct interval *sum, unsigned n)
{
    sum->n = n;
    sum->sd = (double)NAN;
    if (!sum->note && !(sum->low < sum->high))
        sum->note = interval_alike;
    if (sum->note)
        sum->low = sum->high = (double)NAN;
}

static void relative_of_pools(struct interval *a, struct interval *b, const struct difference_pairs *pairs,
                              struct difference *out)
{
    out->relative = out->relative_low = out->relative_high = (double)NAN;
    if (!(a->estimate > 0) || !(b->estimate >= 0))
        return;
    out->relative = b->estimate / a->estimate - 1;
    if (out->interval.note || !with_ends(a) || !with_ends(b))
        return;
    if (of_places(a, pairs)) {
        out->relative_low = MAX(pairs->b.low / a->estimate, b->low / a->high) - 1;
        out->relative_high = MIN(pairs->b.high / a->estimate, a->low > 0 ? b->high / a->low : INFINITY) - 1;
        return;
    }
    if (!(a->low > 0) || !(b->low > 0))
        return;
    out->relative_low =
        b->estimate / a->estimate * exp(-hypot(log(b->estimate / b->low), log(a->high / a->estimate))) - 1;
    out->relative_high =
        b->estimate / a->estimate * exp(hypot(log(b->high / b->estimate), log(a->estimate / a->low))) - 1;
}

struct difference difference_of_quantile(const struct interval *a, const struct interval *b,
                                         const struct difference_pairs *pairs)
{
    struct interval of_a = *a, of_b = *b;
    struct difference out = {
        .a = a->estimate, .b = b->estimate, .interval = difference_of_pools(a, b, 1, pairs)};

    relative_of_pools(&of_a, &of_b, pairs, &out);
    out.p = difference_p_of_contrasts(pairs->contrasts, pairs->n, &out.interval);
    return out;
}

/* --- many ----------------------------------------------------------------------------------------------- */

struct ranked {
    double p;
    unsigned place;
};

static int largest_first(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;

    if (left->p != right->p)
        return left->p > right->p ? -1 : 1;
    return left->place < right->place ? -1 : left->place > right->place;
}

void difference_adjust(double *p, unsigned n)
{
    struct ranked *order = g_new(struct ranked, MAX(n, 1));
    unsigned count = 0;
    double least = 1;

    for (unsigned i = 0; i < n; i++)
        if (!isnan(p[i]))
            order[count++] = (struct ranked){p[i], i};
    qsort(order, count, sizeof *order, largest_first);
    for (unsigned i = 0; i < count; i++) {
        least = MIN(least, order[i].p * ((double)count / (count - i)));
        p[order[i].place] = least;
    }
    g_free(order);
}
