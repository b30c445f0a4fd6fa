/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
#include "sim/study/metric.h"

#include <math.h>
#include <string.h>

int metric_place(const struct study_host *host, const char *name)
{
    for (unsigned i = 0; name && i < host->metric_count; i++)
        if (strcmp(host->metrics[i].name, name) == 0)
            return (int)i;
    return -1;
}

void metric_offer(const struct study_host *host, struct suggestion *suggestion)
{
    for (unsigned i = 0; i < host->metric_count; i++)
        suggest_offer(suggestion, host->metrics[i].name);
}

const char *metric_nearest(const struct study_host *host, const char *name)
{
    struct suggestion suggestion = {name, NULL, 0};

    metric_offer(host, &suggestion);
    return suggestion.nearest;
}

const struct stats_quantile *metric_quantile(const struct study_host *host, unsigned metric)
{
    const struct stats_column *column = &host->metrics[metric];

    for (unsigned i = 0; column->kind == STATS_QUANTILE && i < host->quantile_count; i++)
        if (strcmp(host->quantiles[i].metric, column->name) == 0)
            return &host->quantiles[i];
    return NULL;
}

double metric_whole(const struct study_host *host, const double *metrics, const char *name)
{
    int place = metric_place(host, name);

    return place < 0 || isnan(metrics[place]) ? 0 : metrics[place];
}
