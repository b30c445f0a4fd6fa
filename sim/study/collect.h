/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The tables of a study, made of its runs: runs.csv, a row per run, and study.csv, a row per point. They
 * depend on the results alone, not on when these were made. */
#ifndef SIM_STUDY_COLLECT_H
#define SIM_STUDY_COLLECT_H

#include "sim/study/runs.h"

/* runs: of runs_list(). False and error if a file cannot be written; what stood there is then left. */
bool collect_write(const struct study *study, const GArray *runs, const char *dir, GError **error);

/* "ci(METRIC) < P%": where the 95 % interval is to be at most so wide. */
struct collect_until {
    unsigned metric; /* its place in the host's list */
    double share;    /* half-width divided by the estimate */
    bool inclusive;  /* <= */
};
/* False and error (CONFIG_ERROR) if it is not one. */
bool collect_until_parse(const char *text, const struct study_host *host, struct collect_until *out,
                         GError **error);

/* Is the interval of a point so narrow? Runs that are all alike have none: it is taken to be so once at most
 * that share of further runs would differ (the rule of three, 3/n). */
bool collect_narrow(const struct study *study, const GArray *runs, unsigned point,
                    const struct collect_until *until);

/* A point of which so many replications in a row have failed gets no more: they would fail, too. */
#define COLLECT_FAILURES_MAX 3
/* The last of the first such replications; NULL: there are none. */
const struct study_run *collect_given_up(const GArray *runs, unsigned point);

#endif
