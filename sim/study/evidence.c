/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Replications of a point. */
#include "sim/study/evidence.h"

#include "sim/study/metric.h"
#include "sim/study/word.h"

#include <errno.h>
#include <math.h>
#include <string.h>

struct evidence {
    const struct study_host *host;
    GPtrArray *metrics; /* const double * */
    GPtrArray *folders; /* char *, or NULL */
    /* The last that was made: the quantiles of a procedure come together. NULL: samples cannot be read. */
    struct pool *pool;
    const char *procedure; /* NULL: none */
    GError *failure;       /* the first file of samples that could not be read */
};

struct evidence *evidence_new(const struct study_host *host)
{
    struct evidence *evidence = g_new0(struct evidence, 1);

    evidence->host = host;
    evidence->metrics = g_ptr_array_new();
    evidence->folders = g_ptr_array_new_with_free_func(g_free);
    return evidence;
}

static void forget_pool(struct evidence *evidence)
{
    g_clear_pointer(&evidence->pool, pool_free);
    evidence->procedure = NULL;
}

void evidence_free(struct evidence *evidence)
{
    forget_pool(evidence);
    g_ptr_array_unref(evidence->metrics);
    g_ptr_array_unref(evidence->folders);
    g_clear_error(&evidence->failure);
    g_free(evidence);
}

void evidence_add(struct evidence *evidence, const double *metrics, const char *folder)
{
    forget_pool(evidence);
    g_ptr_array_add(evidence->metrics, (gpointer)metrics);
    g_ptr_array_add(evidence->folders, g_strdup(folder));
}

unsigned evidence_count(const struct evidence *evidence)
{
    return evidence->metrics->len;
}

static const double *metrics_of(const struct evidence *evidence, unsigned run)
{
    return g_ptr_array_index(evidence->metrics, run);
}

/* --- quantiles ------------------------------------------------------------------------------------------ */

static void samples_failed(struct evidence *evidence, const char *path, const char *why)
{
    if (!evidence->failure)
        evidence->failure = g_error_new(G_FILE_ERROR, G_FILE_ERROR_FAILED, "%s: %s", path, why);
}

static bool add_run(struct evidence *evidence, unsigned run, const struct stats_quantile *quantile)
{
    const char *folder = g_ptr_array_index(evidence->folders, run);
    g_autofree char *path = folder ? g_build_filename(folder, "distribution.csv", NULL) : NULL;
    g_autofree char *text = NULL;
    GError *error = NULL;

    if (!path)
        return false;
    if (!g_file_get_contents(path, &text, NULL, &error)) {
        samples_failed(evidence, path, g_strerror(errno));
        g_error_free(error);
        return false;
    }
    if (pool_add(evidence->pool, text, quantile->procedure,
                 metric_whole(evidence->host, metrics_of(evidence, run), quantile->whole)))
        return true;
    samples_failed(evidence, path, "not a distribution.csv");
    return false;
}

static void read_samples(struct evidence *evidence, const struct stats_quantile *quantile)
{
    bool good = true;

    if (evidence->procedure && strcmp(evidence->procedure, quantile->procedure) == 0)
        return;
    forget_pool(evidence);
    evidence->procedure = quantile->procedure;
    evidence->pool = pool_new();
    for (unsigned i = 0; i < evidence->metrics->len && good; i++)
        good = add_run(evidence, i, quantile);
    if (!good)
        g_clear_pointer(&evidence->pool, pool_free);
}

struct pool *evidence_pool(struct evidence *evidence, unsigned metric)
{
    const struct stats_quantile *quantile = metric_quantile(evidence->host, metric);

    if (!quantile)
        return NULL;
    read_samples(evidence, quantile);
    return evidence->pool && !pool_empty(evidence->pool) ? evidence->pool : NULL;
}

/* --- intervals ------------------------------------------------------------------------------------------ */

static double *values_of(const struct evidence *evidence, unsigned metric)
{
    double *values = g_new(double, evidence->metrics->len);

    for (unsigned i = 0; i < evidence->metrics->len; i++)
        values[i] = metrics_of(evidence, i)[metric];
    return values;
}

/* UEs of a run, the same in all runs of a point. */
static double ues_of(const struct evidence *evidence)
{
    return evidence->metrics->len ? metric_whole(evidence->host, metrics_of(evidence, 0), evidence->host->ues)
                                  : 0;
}

struct interval evidence_interval(struct evidence *evidence, unsigned metric, unsigned looks)
{
    const struct stats_column *column = &evidence->host->metrics[metric];
    double *values = values_of(evidence, metric);
    struct pool *pool = evidence_pool(evidence, metric);
    struct interval out = interval_of(column, values, evidence->metrics->len, ues_of(evidence), looks);

    /* Where no run has a sample there is nothing to pool. A wait of nobody is 0. */
    if (pool)
        out = pool_interval(pool, metric_quantile(evidence->host, metric)->share, values, looks);
    g_free(values);
    return out;
}

struct interval evidence_further(struct evidence *evidence, unsigned metric, unsigned looks)
{
    double *values = values_of(evidence, metric);
    struct interval out = interval_further(&evidence->host->metrics[metric], values, evidence->metrics->len,
                                           ues_of(evidence), looks);

    g_free(values);
    return out;
}

const char *evidence_word(const struct evidence *evidence, unsigned metric)
{
    return word_worst(evidence->host, metric, (const double *const *)evidence->metrics->pdata,
                      evidence->metrics->len);
}

bool evidence_read(const struct evidence *evidence, GError **error)
{
    if (evidence->failure)
        g_propagate_error(error, g_error_copy(evidence->failure));
    return evidence->failure == NULL;
}
