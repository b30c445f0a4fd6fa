/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Metrics by their names: their place in the host's list, and what the host says of them. */
#ifndef SIM_STUDY_METRIC_H
#define SIM_STUDY_METRIC_H

#include "sim/study/study.h"

/* The place of a metric; -1: there is none of that name, or the name is NULL. */
int metric_place(const struct study_host *host, const char *name);
/* For who asks for a metric that there is not: the name that is nearest, or all of them. */
const char *metric_nearest(const struct study_host *host, const char *name);
void metric_offer(const struct study_host *host, struct suggestion *suggestion);

/* Where the samples of a metric are; NULL: it is no quantile. */
const struct stats_quantile *metric_quantile(const struct study_host *host, unsigned metric);
/* How many a share is of, by the metric of a run that counts them; 0 if there is none, or it has no value. */
double metric_whole(const struct study_host *host, const double *metrics, const char *name);

#endif
