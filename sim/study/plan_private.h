/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What plan.c finds and plan_csv.c tells. */
#ifndef SIM_STUDY_PLAN_PRIVATE_H
#define SIM_STUDY_PLAN_PRIVATE_H

#include "sim/study/bisect.h"
#include "sim/study/evidence.h"
#include "sim/study/plan.h"
#include "sim/study/statistics.h"

/* One value at one point. */
struct plan_value {
    struct plan_point *point;
    unsigned place;     /* in the range */
    unsigned wanted;    /* replications asked for so far; 0: not looked at */
    unsigned waiting;   /* of them still to come */
    GPtrArray *metrics; /* double * of each replication, in order; NULL while it is to come */
    enum verdict verdict;
    bool sure;           /* by the intervals, not by the estimates alone */
    const char *missing; /* the comparison that has no value in some replication; NULL: none */
};

struct plan_point {
    struct plan *plan;
    unsigned number;
    struct plan_value *values; /* one for each value of the range */
    struct bisect look;
    char *failure; /* what went wrong with a run; NULL: nothing */
};

struct plan {
    const struct study *study;
    struct plan_options options;
    struct expression *target;
    GPtrArray *metrics; /* const char *, those of the target */
    const struct config_key *key;
    char *key_name;
    GPtrArray *texts;          /* the values */
    struct plan_point *points; /* study->point_count */
    struct jobs *jobs;
    GHashTable *open; /* struct plan_job, under way or waiting */
    /* Which way the search goes, the same at every point: as asked, else as the ends of the range say. */
    bool directed, largest;
    unsigned rising, falling; /* a point that meets at the high end only, at the low end only; 0: none */
    unsigned made, found;
    int lock;        /* open file; -1: none */
    GError *refusal; /* the first reason to stop */
};

/* A run under way or waiting. */
struct plan_job {
    struct plan_value *value;
    unsigned replication;
    char *folder;
};

/* Does the folder's plan.csv, if there is one, ask the same: target, key, and direction as far as it is
 * known? False and error (CONFIG_ERROR_CONTRADICTION) if not. */
bool plan_same_question(const struct plan *plan, GError **error);

/* The place of a metric in the host's list; -1: it is none. */
int plan_metric_place(const struct study_host *host, const char *name);

/* "section.key=value" of a point without the key that is varied, then that with the value at that place;
 * g_strfreev. */
char **plan_settings(const struct plan *plan, unsigned point, unsigned place);

/* The folder of a replication at a value; g_free. */
char *plan_run_folder(const struct plan_value *value, unsigned replication);

/* The replications at a value. */
struct evidence *plan_evidence(const struct plan_value *value);
/* A target metric at a value: its plain 95 % interval. error (may be NULL): set if its samples cannot be
 * read. */
struct interval plan_interval(const struct plan *plan, const struct plan_value *value, const char *metric,
                              GError **error);

/* Does a value meet the target? By the intervals, or by the estimates alone (never UNSURE). Also notes which
 * comparison has no value. Sets error if samples of a run cannot be read: the answer is none then. */
enum answer plan_judge(struct plan_value *value, bool intervals, GError **error);
/* How many of its runs meet the target, and what that says of all runs. */
struct interval plan_met(const struct plan_value *value, unsigned *met);

/* The scenario of a point with a value. */
struct scenario *plan_scenario(const struct plan *plan, unsigned point, unsigned place, GError **error);

#endif
