/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Planning: for each point of a study the values of a key that meet a target, and of them the smallest (or
 * largest), by a search over replicated runs (plan_search.h); of two keys the cheapest combination
 * (plan_frontier.h). A value meets the target when the intervals of what it compares say so, fails it when
 * they say the opposite; else the estimates say where to look next. Where the outcome rests on such a
 * value more replications are run, up to a number, and then the estimates decide, and the answer says so.
 * The intervals that decide are as much wider than plain 95 % ones as keeps 95 % over all the looks, one a
 * batch of replications (statistics_looks()); those in the tables are plain. Replication r has the same
 * seed at every value. Runs that are in the folder are not run again; one plan or sweep at a time works in
 * a folder. */
#ifndef SIM_STUDY_PLAN_H
#define SIM_STUDY_PLAN_H

#include "sim/study/study.h"

#define PLAN_KEYS_MAX 2

struct plan_options {
    const char *target; /* condition on metrics and keys */
    /* "section.key=RANGE"; of two keys the cheapest combination is sought. NULL after the last. */
    const char *vary[PLAN_KEYS_MAX];
    const char *cost;     /* of a combination of two keys: a sum of their values with prices; else NULL */
    const char *dir;      /* folder of the study */
    const char *program;  /* path of pullstorm */
    unsigned first, last; /* replications: at least, at most */
    unsigned at_a_time;   /* child processes */
    bool largest;     /* look for the largest value; else as the ends of the range say, at all points alike */
    bool any_version; /* results of other versions count, too */
    /* Called for each value that was decided, and for results to be made again. May be NULL. */
    void (*note)(const char *text);
};

struct plan;

/* NULL and error if options are wrong or do not fit the study (CONFIG_ERROR). Study and options must outlive
 * it. */
struct plan *plan_new(const struct study *study, const struct plan_options *options, GError **error);
void plan_free(struct plan *plan);

/* What it is going to take, to be asked before plan_run(). */
struct plan_cost {
    unsigned runs,
        runs_most;  /* with those that are there: if the grid shows where to look; usually at most */
    unsigned there; /* runs of the grid that are in the folder */
    double cpu_s,
        cpu_most_s; /* processor time of the others, by study_host.cost_s; 0: the host does not say */
};
struct plan_cost plan_cost(const struct plan *plan);

/* Runs that have ended, and how many there will be as far as is known now. */
void plan_progress(const struct plan *plan, unsigned *ended, unsigned *total);

enum plan_outcome {
    PLAN_DONE,
    PLAN_INTERRUPTED, /* by a signal; finished runs are kept */
    PLAN_REFUSED /* error: the folder holds what does not fit, another plan's too, or cannot be written */
};
/* Runs all that is needed. Points with a run that failed have no answer: plan_failures(). */
enum plan_outcome plan_run(struct plan *plan, GError **error);

/* Points with a run that failed. */
unsigned plan_failures(const struct plan *plan);
/* How many runs were made, and how many were there already. */
unsigned plan_runs_made(const struct plan *plan);
unsigned plan_runs_found(const struct plan *plan);

/* One or two lines on what was found at a point; g_free. */
char *plan_answer_text(const struct plan *plan, unsigned point);

/* A line on all points if they contradict each other; NULL: they do not. g_free. */
char *plan_remark_text(const struct plan *plan);

/* plan.csv, plan_curve.csv and plan_target.csv. */
bool plan_write(const struct plan *plan, GError **error);

#endif
