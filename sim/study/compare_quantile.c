/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Quantiles of a pair of points, from the samples of its runs. */
#include "sim/study/compare_private.h"
#include "sim/study/evidence.h"
#include "sim/study/metric.h"

enum { OF_A, OF_B, OF_BOTH, EVIDENCES };

/* The runs of one pair of points; in OF_BOTH B's come after A's. */
struct compare_samples {
    const struct comparison *comparison;
    bool everywhere;
    unsigned pair;
    struct evidence *of[EVIDENCES]; /* NULL: of no pair yet */
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
    for (unsigned i = 0; i < EVIDENCES; i++)
        g_clear_pointer(&samples->of[i], evidence_free);
}

void compare_samples_free(struct compare_samples *samples)
{
    forget(samples);
    g_free(samples);
}

/* Adds those runs of a side that are meant. */
static void quantile_add_runs(struct compare_samples *samples, const struct compare_pair *pair, unsigned side)
{
    const GArray *runs = side == OF_A ? pair->runs_a : pair->runs_b;
    unsigned count = samples->everywhere ? pair->everywhere->len : runs->len;

    for (unsigned i = 0; i < count; i++) {
        unsigned place = samples->everywhere ? g_array_index(pair->everywhere, unsigned, i) : i;
        const struct compare_run *run = g_array_index(runs, const struct compare_run *, place);

        evidence_add(samples->of[side], run->metrics, run->folder);
        evidence_add(samples->of[OF_BOTH], run->metrics, run->folder);
    }
}

static void take_runs(struct compare_samples *samples, unsigned pair)
{
    const struct compare_pair *p = &g_array_index(samples->comparison->pairs, struct compare_pair, pair);

    if (samples->of[OF_BOTH] && samples->pair == pair)
        return;
    forget(samples);
    samples->pair = pair;
    for (unsigned i = 0; i < EVIDENCES; i++)
        samples->of[i] = evidence_new(samples->comparison->host);
    quantile_add_runs(samples, p, OF_A);
    quantile_add_runs(samples, p, OF_B);
}

bool compare_quantile_of(struct compare_samples *samples, unsigned pair, unsigned metric, unsigned looks,
                         struct compare_quantile *out)
{
    *out = (struct compare_quantile){.pairs = {.n = 0}};
    if (!metric_quantile(samples->comparison->host, metric))
        return false;
    take_runs(samples, pair);
    if (!evidence_pool(samples->of[OF_BOTH], metric))
        return false;
    out->a = evidence_interval(samples->of[OF_A], metric, looks);
    out->b = evidence_interval(samples->of[OF_B], metric, looks);
    out->pairs = difference_pairs_of(evidence_pool(samples->of[OF_A], metric),
                                     evidence_pool(samples->of[OF_B], metric),
                                     evidence_pool(samples->of[OF_BOTH], metric),
                                     metric_quantile(samples->comparison->host, metric)->share, looks);
    return true;
}
