/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Quantiles of a pair of points, from the samples of its runs. */
#include "sim/study/compare_private.h"
#include "sim/study/metric.h"

#include <math.h>
#include <string.h>

enum { OF_A, OF_B, OF_BOTH, POOLS };

/* The samples of one procedure at one pair of points: the quantiles of a procedure stand together. */
struct compare_samples {
    const struct comparison *comparison;
    bool everywhere;
    unsigned pair;
    const char *procedure; /* NULL: none are there */
    GArray *runs[OF_BOTH]; /* const struct compare_run *, of either side */
    struct pool *pools[POOLS];
    bool read; /* could all files be read? */
};

struct compare_samples *compare_samples_new(const struct comparison *comparison, bool everywhere)
{
    struct compare_samples *samples = g_new0(struct compare_samples, 1);

    samples->comparison = comparison;
    samples->everywhere = everywhere;
    return samples;
}

static void forget(struct compare_samples *samples)
{
    for (unsigned i = 0; i < POOLS; i++)
        g_clear_pointer(&samples->pools[i], pool_free);
    for (unsigned side = OF_A; side <= OF_B; side++)
        g_clear_pointer(&samples->runs[side], g_array_unref);
    samples->procedure = NULL;
}

void compare_samples_free(struct compare_samples *samples)
{
    forget(samples);
    g_free(samples);
}

static bool add_run(struct compare_samples *samples, unsigned side, const struct compare_run *run,
                    const struct stats_quantile *quantile)
{
    char *path = g_build_filename(run->folder, "distribution.csv", NULL), *text = NULL;
    double whole = metric_whole(samples->comparison->host, run->metrics, quantile->whole);
    bool good = g_file_get_contents(path, &text, NULL, NULL) &&
                pool_add(samples->pools[side], text, quantile->procedure, whole) &&
                pool_add(samples->pools[OF_BOTH], text, quantile->procedure, whole);

    g_free(text);
    g_free(path);
    return good;
}

/* The runs of a side at a pair of points that are meant; g_array_unref(). */
static GArray *runs_of(const struct compare_samples *samples, const struct compare_pair *pair, unsigned side)
{
    GArray *all = side == OF_A ? pair->runs_a : pair->runs_b, *runs;

    if (!samples->everywhere)
        return g_array_ref(all);
    runs = g_array_new(FALSE, FALSE, sizeof(struct compare_run *));
    for (unsigned i = 0; i < pair->everywhere->len; i++) {
        unsigned place = g_array_index(pair->everywhere, unsigned, i);

        g_array_append_vals(runs, &g_array_index(all, const struct compare_run *, place), 1);
    }
    return runs;
}

/* B's runs stand behind A's in the pool of both. */
static void read_samples(struct compare_samples *samples, unsigned pair,
                         const struct stats_quantile *quantile)
{
    const struct compare_pair *p = &g_array_index(samples->comparison->pairs, struct compare_pair, pair);

    if (samples->procedure && strcmp(samples->procedure, quantile->procedure) == 0 && samples->pair == pair)
        return;
    forget(samples);
    samples->procedure = quantile->procedure;
    samples->pair = pair;
    samples->read = true;
    for (unsigned i = 0; i < POOLS; i++)
        samples->pools[i] = pool_new();
    for (unsigned side = OF_A; side <= OF_B; side++) {
        const GArray *runs = samples->runs[side] = runs_of(samples, p, side);

        for (unsigned i = 0; i < runs->len && samples->read; i++)
            samples->read =
                add_run(samples, side, g_array_index(runs, const struct compare_run *, i), quantile);
    }
}

static double *own_values(const GArray *runs, unsigned metric)
{
    double *values = g_new(double, runs->len);

    for (unsigned i = 0; i < runs->len; i++)
        values[i] = g_array_index(runs, const struct compare_run *, i)->metrics[metric];
    return values;
}

static struct interval interval_of_pool(struct pool *pool, double share, const GArray *runs, unsigned metric,
                                        unsigned looks)
{
    double *values = own_values(runs, metric);
    struct interval interval = pool_interval(pool, share, values, looks);

    g_free(values);
    return interval;
}

/* Of each pair of runs, B's share below the quantile of both sides together minus A's. */
static double *shares_of(const struct compare_samples *samples, double share, unsigned n)
{
    double *shares =
        g_new0(double, 2 * n); /* the runs' own values, too: they make an sd, which nobody asks for */
    double value = pool_interval(samples->pools[OF_BOTH], share, shares, 1).estimate;

    if (!isnan(value))
        pool_shares(samples->pools[OF_BOTH], value, shares);
    for (unsigned i = 0; i < n; i++)
        shares[i] = shares[n + i] - shares[i];
    return shares;
}

bool compare_quantile_of(struct compare_samples *samples, unsigned pair, unsigned metric, unsigned looks,
                         struct compare_quantile *out)
{
    const struct comparison *c = samples->comparison;
    const struct stats_quantile *quantile = metric_quantile(c->host, metric);

    *out = (struct compare_quantile){.n = 0};
    if (!quantile)
        return false;
    read_samples(samples, pair, quantile);
    if (!samples->read || pool_empty(samples->pools[OF_A]) || pool_empty(samples->pools[OF_B]))
        return false;
    out->n = samples->runs[OF_A]->len;
    out->a = interval_of_pool(samples->pools[OF_A], quantile->share, samples->runs[OF_A], metric, looks);
    out->b = interval_of_pool(samples->pools[OF_B], quantile->share, samples->runs[OF_B], metric, looks);
    out->shares = shares_of(samples, quantile->share, out->n);
    return true;
}
