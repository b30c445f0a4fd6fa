/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Runs that shift as a whole. Above the capacity of a server the queue of one run is long and that of the
 * next is short, for all UEs alike: then the tail of the pooled samples is that of the worst runs, of which a
 * few replications have seen none or one, and the shares of their samples beyond a quantile (0, 0, 0.1) tell
 * nothing of what further runs bring.
 *
 * Here each run has a place: where its samples near the quantile lie. Places are taken as normal, the samples
 * about the place of their run as alike in all runs; so further runs are the samples of all, each moved to
 * the middle, spread by the places' standard deviation s. Their quantile lies between that with the least s
 * and the least mean and that with the largest, by chi-square and Student's t at the same confidence.
 *
 * Places are on the scale log(1 + value / quantile), between a shift by an amount (below the quantile) and by
 * a factor (beyond it). A place is the mean over levels up to seven times as far from the top as the
 * quantile: quantiles of a run itself jump between the values of a timer. tests/README.md says what this
 * holds. */
#include "sim/study/pool_private.h"
#include "sim/study/statistics.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_roots.h>
#include <math.h>

/* Levels of a place, and how far below the quantile they begin, as a multiple of what is beyond it. */
#define LEVELS 12
#define DEEP   6

/* A run needs so many samples beyond a value for their number to show a shift. */
#define BEYOND_RUN 10
/* Runs shift where those numbers vary so many times as much as if samples did not depend on each other. */
#define SHIFTING 3

/* Two places are one difference, from which their spread may be 32 times as large. */
#define PLACES_LEAST 3

/* Beyond so many standard deviations there is nothing. */
#define FAR 6
/* A quantile is known when it moves by less than so much of a standard deviation; it always is by then. */
#define EXACT      1e-5
#define STEPS_MOST 100

/* --- do they shift? ------------------------------------------------------------------------------------- */

/* The quantile itself, or one with enough samples beyond it. */
static double level_of(const struct pool *pool, double share)
{
    return MIN(share, MAX(0.5, 1 - BEYOND_RUN * pool->wholes->len / pool_all(pool)));
}

/* Pearson's chi-square of the numbers beyond a value in each run against one share of all; n - 1 in the mean
 * if samples do not depend on each other. */
static double chisq_of(const struct pool *pool, const double *below)
{
    double beyond = 0, chisq = 0, share;

    for (unsigned i = 0; i < pool->wholes->len; i++)
        if (pool_whole(pool, i) > 0)
            beyond += pool_whole(pool, i) * (1 - below[i]);
    share = beyond / pool_all(pool);
    for (unsigned i = 0; i < pool->wholes->len && share > 0 && share < 1; i++) {
        double expected = pool_whole(pool, i) * share, off = pool_whole(pool, i) * (1 - below[i]) - expected;

        if (expected > 0) /* else there are no samples */
            chisq += off * off / (expected * (1 - share));
    }
    return chisq;
}

/* Whether by the samples above a value or by those from it on: many may have it exactly, as of a timer. */
bool pool_shifts(struct pool *pool, double share)
{
    unsigned n = pool->wholes->len;
    double *below = g_new(double, MAX(n, 1));
    double value = pool_quantile(pool, level_of(pool, share)), chisq;

    pool_shares(pool, value, below);
    chisq = chisq_of(pool, below);
    pool_shares(pool, nextafter(value, -INFINITY), below);
    chisq = MAX(chisq, chisq_of(pool, below));
    g_free(below);
    return n > 1 && chisq > SHIFTING * (n - 1);
}

/* --- places --------------------------------------------------------------------------------------------- */

static double scaled(double value, double scale)
{
    return log1p(value / scale);
}

static double unscaled(double place, double scale)
{
    return MAX(scale * expm1(place), 0);
}

/* Levels of one run, from the least on. */
struct levels {
    double count; /* of its samples */
    double below;
    unsigned reached;
};

static double level(double share, unsigned i)
{
    double lowest = MAX(share - DEEP * (1 - share), share / 2);

    return lowest + (share - lowest) * i / (LEVELS - 1);
}

/* Adds the levels that lie in a row to the place of its run. */
static void reach(struct levels *l, const struct pool_row *row, double share, double scale, double *place)
{
    double before = l->below;

    l->below += row->count;
    for (; l->reached < LEVELS && level(share, l->reached) * l->count <= l->below; l->reached++) {
        double part = (level(share, l->reached) * l->count - before) / row->count;

        *place += scaled(row->from + (row->to - row->from) * CLAMP(part, 0, 1), scale) / LEVELS;
    }
}

void pool_places(struct pool *pool, double share, double scale, double *places)
{
    const struct pool_row *rows = pool_rows(pool);
    struct levels *levels = g_new0(struct levels, MAX(pool->wholes->len, 1));

    for (unsigned i = 0; i < pool->rows->len; i++)
        levels[rows[i].run].count += rows[i].count;
    for (unsigned i = 0; i < pool->wholes->len; i++)
        places[i] = levels[i].count > 0 ? 0 : (double)NAN;
    for (unsigned i = 0; i < pool->rows->len; i++)
        reach(&levels[rows[i].run], &rows[i], share, scale, &places[rows[i].run]);
    g_free(levels);
}

/* --- their spread --------------------------------------------------------------------------------------- */

/* All samples, as if their runs stood in the middle. */
struct centred {
    double *values, *counts;
    unsigned n;
    double all;
    double least, most;
};

static struct centred centred_of(struct pool *pool, const double *places, double mean, double scale)
{
    const struct pool_row *rows = pool_rows(pool);
    struct centred c = {.n = pool->rows->len, .all = pool_all(pool), .least = INFINITY, .most = -INFINITY};

    c.values = g_new(double, c.n);
    c.counts = g_new(double, c.n);
    for (unsigned i = 0; i < c.n; i++) {
        c.values[i] = scaled((rows[i].from + rows[i].to) / 2, scale) - places[rows[i].run] + mean;
        c.counts[i] = rows[i].count;
        c.least = MIN(c.least, c.values[i]);
        c.most = MAX(c.most, c.values[i]);
    }
    return c;
}

/* Centred samples spread by a normal distribution. */
struct spread {
    const struct centred *samples;
    double sd;
    double wanted; /* how many are to be below */
};

/* Of all, how many more are below than wanted. */
static double count_beyond(double value, void *user)
{
    const struct spread *s = user;
    const struct centred *c = s->samples;
    double below = 0, per_sd = 1 / s->sd;

    for (unsigned i = 0; i < c->n; i++) {
        double off = (value - c->values[i]) * per_sd;

        if (off > FAR)
            below += c->counts[i];
        else if (off > -FAR)
            below += c->counts[i] * erfc(-off * (1 / G_SQRT2)) / 2;
    }
    return below - s->wanted;
}

/* Brent's method. If there are no more samples than that, the place is beyond all of them. */
static double spread_quantile(const struct centred *c, double share, double sd)
{
    struct spread spread = {c, sd, share * c->all};
    gsl_function function = {count_beyond, &spread};
    double low = c->least - (FAR + 1) * sd, high = c->most + (FAR + 1) * sd, root, before = INFINITY;
    gsl_root_fsolver *solver;

    if (count_beyond(high, &spread) <= 0)
        return high;
    solver = gsl_root_fsolver_alloc(gsl_root_fsolver_brent);
    gsl_root_fsolver_set(solver, &function, low, high);
    root = gsl_root_fsolver_root(solver);
    for (unsigned i = 0; i < STEPS_MOST && fabs(root - before) > EXACT * sd; i++) {
        before = root;
        gsl_root_fsolver_iterate(solver);
        root = gsl_root_fsolver_root(solver);
    }
    gsl_root_fsolver_free(solver);
    return root;
}

/* places: n of them are there, with this mean and standard deviation. */
static struct pool_ends ends_of(const struct centred *c, double share, double scale, unsigned n, double sd,
                                unsigned looks)
{
    double moved = statistics_t(n - 1, looks) * sd / sqrt(n), miss = 0.025 / looks;
    double least = sd * sqrt((n - 1) / statistics_chisq(1 - miss, n - 1)),
           most = sd * sqrt((n - 1) / statistics_chisq(miss, n - 1));

    return (struct pool_ends){unscaled(spread_quantile(c, share, least) - moved, scale),
                              unscaled(spread_quantile(c, share, most) + moved, scale)};
}

/* The mean of the differences is uncertain, and so is by how much the spread of B's places differs from that
 * of A's: by no more than that of the differences. */
struct pool_ends pool_places_ends(const double *differences, unsigned n, double share, double estimate,
                                  double scale, unsigned looks)
{
    double sd = statistics_of(differences, n).sd;
    double most = sqrt((n - 1) / statistics_chisq(0.025 / looks, n - 1));
    double far = MAX(gsl_cdf_ugaussian_Pinv(share), 0) * (most - 1);
    double half = sd * hypot(statistics_t(n - 1, looks) / sqrt(n), far), place = scaled(estimate, scale);

    if (half == 0) /* to the last bit */
        return (struct pool_ends){estimate, estimate};
    return (struct pool_ends){unscaled(place - half, scale), unscaled(place + half, scale)};
}

/* Of the runs that have one. */
static struct statistics statistics_of_places(const double *places, unsigned n)
{
    unsigned count;
    double *numbers = statistics_numbers(places, n, &count);
    struct statistics out = statistics_of(numbers, count);

    g_free(numbers);
    return out;
}

struct pool_ends pool_shift_ends(struct pool *pool, double share, double estimate, unsigned looks)
{
    double *places = g_new(double, MAX(pool->wholes->len, 1));
    struct pool_ends ends = {estimate, estimate};
    struct statistics s;

    if (estimate > 0) {
        pool_places(pool, share, estimate, places);
        s = statistics_of_places(places, pool->wholes->len);
        if (s.n < PLACES_LEAST)
            ends = (struct pool_ends){(double)NAN, (double)NAN};
        else if (s.sd > 0) {
            struct centred c = centred_of(pool, places, s.mean, estimate);

            ends = ends_of(&c, share, estimate, s.n, s.sd, looks);
            g_free(c.values);
            g_free(c.counts);
        }
    }
    g_free(places);
    return ends;
}
