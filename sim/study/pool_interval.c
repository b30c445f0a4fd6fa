/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Intervals of quantiles of the samples of several runs. */
#include "sim/study/pool_private.h"
#include "sim/study/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

/* With so many samples beyond a quantile the spread of the runs alone shows how uncertain it is. */
#define BEYOND_FEW 30

/* --- how much is below ---------------------------------------------------------------------------------- */

/* Samples up to a value: of each run, and sums over the runs. */
struct below {
    double *of_run;
    double all, squares, products; /* products: with the run's whole */
    double wholes, whole_squares;
    unsigned n;
};

static struct below below_none(const struct pool *pool)
{
    struct below b = {.n = pool->wholes->len};

    b.of_run = g_new0(double, b.n);
    for (unsigned i = 0; i < b.n; i++) {
        double whole = pool_whole(pool, i);

        b.wholes += whole;
        b.whole_squares += whole * whole;
    }
    return b;
}

static void below_add(struct below *b, const struct pool_row *row, double whole)
{
    double before = b->of_run[row->run], now = before + row->count;

    b->of_run[row->run] = now;
    b->all += row->count;
    b->squares += now * now - before * before;
    b->products += row->count * whole;
}

/* Standard error of the share below, the runs being clusters (a ratio estimate). */
static double below_error(const struct below *b)
{
    double share = b->all / b->wholes;
    double squares = b->squares - 2 * share * b->products + share * share * b->whole_squares;

    return sqrt(MAX(squares, 0) * b->n / (b->n - 1)) / b->wholes;
}

/* --- the interval --------------------------------------------------------------------------------------- */

/* How far the share below may be off to either side by the order of the samples; high is infinite where they
 * are too few. */
struct ranks {
    double low, high;
};

/* The least k that a binomial variable exceeds in at most `miss` of cases. */
static unsigned exceeded_in(unsigned n, double share, double miss)
{
    unsigned low = 0, high = n;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (gsl_cdf_binomial_Q(middle, share, n) <= miss)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static struct ranks ranks_of(double share, double count, double miss)
{
    unsigned n = (unsigned)count;
    unsigned low = n - exceeded_in(n, 1 - share, miss / 2), high = exceeded_in(n, share, miss / 2) + 1;

    return (struct ranks){share - low / count, high > n ? INFINITY : high / count - share};
}

struct search {
    double share, t;
    struct ranks ranks;
    struct crossing low, high, middle;
};

static void look_at(struct search *s, const struct below *b, double from, double to)
{
    double share = b->all / b->wholes, half = b->n > 1 ? s->t * below_error(b) : 0;

    crossing_look(&s->low, s->share, share + MAX(half, s->ranks.low), from, to);
    crossing_look(&s->high, s->share, share - MAX(half, s->ranks.high), from, to);
    crossing_look(&s->middle, s->share, share, from, to);
}

static void pool_search(struct pool *pool, struct search *s)
{
    struct below b = below_none(pool);
    const struct pool_row *rows = pool_rows(pool);

    for (unsigned i = 0; i < pool->rows->len;) {
        unsigned first = i;

        for (; i < pool->rows->len && rows[i].to == rows[first].to; i++)
            below_add(&b, &rows[i], pool_whole(pool, rows[i].run));
        look_at(s, &b, rows[first].from, rows[first].to);
    }
    g_free(b.of_run);
}

static double pool_beyond(const struct pool *pool, double share)
{
    return pool_all(pool) * MIN(share, 1 - share);
}

static struct interval verdict(const struct search *s, unsigned n)
{
    struct interval out = {n, s->middle.value, 0, (double)NAN, (double)NAN, NULL};

    if (isnan(out.estimate))
        out.note = "not reached";
    else if (n < 3 || isnan(s->high.value))
        out.note = interval_too_few;
    else if (!(s->low.value < s->high.value))
        out.note = interval_alike;
    else {
        out.low = s->low.value;
        out.high = s->high.value;
    }
    return out;
}

/* The wider of both ways, end by end. */
static void pool_widen(struct pool *pool, double share, unsigned looks, struct interval *interval)
{
    struct pool_ends ends;

    if (interval->note || !pool_shifts(pool, share))
        return;
    ends = pool_shift_ends(pool, share, interval->estimate, looks);
    if (isnan(ends.high)) {
        interval->low = interval->high = (double)NAN;
        interval->note = interval_too_few;
        return;
    }
    interval->low = MIN(interval->low, ends.low);
    interval->high = MAX(interval->high, ends.high);
}

struct interval pool_interval(struct pool *pool, double share, const double *of, unsigned looks)
{
    unsigned n = pool->wholes->len;
    struct search s = {
        .share = share, .low = crossing_nowhere, .high = crossing_nowhere, .middle = crossing_nowhere};
    struct interval out;

    if (n > 1)
        s.t = statistics_t(n - 1, looks);
    if (n > 0 && pool_beyond(pool, share) < BEYOND_FEW && pool_beyond(pool, share) > 0)
        s.ranks = ranks_of(share, round(pool_all(pool)), 0.05 / looks);
    pool_search(pool, &s);
    out = verdict(&s, n);
    pool_widen(pool, share, looks, &out);
    out.sd = statistics_of(of, n).sd;
    return out;
}
