/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What plan_run.c finds and plan_csv.c writes. */
#ifndef SIM_STUDY_PLAN_PRIVATE_H
#define SIM_STUDY_PLAN_PRIVATE_H

#include "sim/study/evidence.h"
#include "sim/study/metric.h"
#include "sim/study/plan.h"
#include "sim/study/plan_step.h"
#include "sim/study/statistics.h"

/* A key that is varied. */
struct plan_axis {
    const char *vary; /* as it was asked */
    const struct config_key *key;
    char *name;
    GPtrArray *texts; /* the values */
};

/* One value (with two keys: one combination) at one point. */
struct plan_value {
    struct plan_point *point;
    unsigned place;   /* in the range; with two keys: of the first times the values of the second, plus of the
                         * second */
    unsigned wanted;  /* replications asked for so far; 0: not looked at */
    unsigned waiting; /* of them still to come */
    GPtrArray *metrics;   /* double * of each replication, in order; NULL while it is to come */
    enum verdict verdict; /* of all replications there are */
    bool sure;            /* by the intervals, not by the estimates alone */
    const char *missing;  /* the comparison that has no value in some replication; NULL: none */
    unsigned failed;      /* bit p: it fails part p of the target */
    double *margins;      /* of each part, see plan_search.h; NULL: not decided */
};

struct plan_point {
    struct plan *plan;
    unsigned number;
    struct plan_value *values; /* plan->count */
    unsigned waiting;          /* runs still to come, at all values */
    struct search look;
    char *failure; /* what went wrong with a run; NULL: nothing */
};

struct plan {
    const struct study *study;
    struct plan_options options;
    struct expression *target;
    GPtrArray *metrics; /* const char *, those of the target */
    GPtrArray *parts;   /* const struct expression *, of the target: all must be met */
    struct plan_axis axes[PLAN_KEYS_MAX];
    unsigned axis_count;
    unsigned count;            /* values; with two keys combinations */
    struct expression *price;  /* of two keys: its left side is the cost; else NULL */
    unsigned *ranks;           /* of each combination by its cost */
    struct frontier_grid grid; /* of two keys */
    struct plan_point *points; /* study->point_count */
    struct jobs *jobs;
    GHashTable *open; /* struct plan_job, under way or waiting */
    struct step_direction
        direction;               /* the same at every point: as asked, else as the ends of the range say */
    unsigned made, found, ended; /* ended: made, or failed */
    int lock;                    /* open file; -1: none */
    GError *refusal;             /* the first reason to stop */
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

/* Is it one of the target's metrics that are a word? */
bool plan_is_word(const struct plan *plan, const char *metric);

/* The text of the value of an axis at a place. */
const char *plan_text(const struct plan *plan, unsigned axis, unsigned place);
/* "bmsc.workers = 8", with two keys "bmsc.workers = 8, hss.workers = 3"; g_free. */
char *plan_value_name(const struct plan *plan, unsigned place);

/* "section.key=value" of each varied key at a place; g_strfreev. */
char **plan_varied(const struct plan *plan, unsigned place);

/* The folder of a replication at a value; g_free. */
char *plan_run_folder(const struct plan_value *value, unsigned replication);

/* A target metric at a value: its plain 95 % interval. error (may be NULL): set if its samples cannot be
 * read. */
struct interval plan_interval(const struct plan *plan, const struct plan_value *value, const char *metric,
                              GError **error);

/* Does a value meet the target? By the intervals, or by the estimates alone (never UNSURE). Also notes which
 * comparison has no value. Sets error if samples of a run cannot be read: the answer is none then. */
enum answer plan_judge(struct plan_value *value, bool intervals, GError **error);
/* Sets what parts of the target a value that was decided fails, and by how much. */
void plan_judge_parts(struct plan_value *value);
/* How many of its runs meet the target, and what that says of all runs. */
struct interval plan_met(const struct plan_value *value, unsigned *met);

/* --- two keys: plan_price.c ----------------------------------------------------------------------------- */

/* Reads --cost, and ranks the combinations. */
bool plan_read_price(struct plan *plan, GError **error);
/* May two keys be varied here? */
bool plan_check_two(const struct plan *plan, GError **error);
double plan_cost_at(const struct plan *plan, unsigned place);
/* frontier.csv; nothing of one key. */
bool plan_write_frontier(const struct plan *plan, GError **error);

/* --- in words, for tables, too: plan_words.c ------------------------------------------------------------ */

/* "smallest" or "largest"; of two keys "cheapest". */
const char *plan_sought(const struct plan *plan);
/* The value at a place of the search; NULL: SEARCH_NONE. */
const struct plan_value *plan_value_at(const struct plan_point *point, unsigned place);
/* Did the intervals decide at all values that the outcome rests on (search_rests_on())? */
bool plan_point_sure(const struct plan_point *point);
/* The parts of the target that a value fails, joined by and; "" if it meets it. g_free. */
char *plan_failed_text(const struct plan *plan, const struct plan_value *value);
/* "collapsed in 2 of 3 runs; cut off in 3 of 3 runs"; "" where some run does not tell (a result of another
 * version); g_free. */
char *plan_verdict_text(const struct plan *plan, const struct plan_value *value);
/* What is offered there; NaN where the host does not say. False and error if there is no such scenario. */
bool plan_load(const struct plan *plan, const struct plan_value *value, struct study_load *out,
               GError **error);

/* What the search knows of a point; g_free. */
struct search_seen *plan_seen(const struct plan_point *point);
/* What to look at next where that is known. */
struct search plan_look(const struct plan *plan, const struct search_seen *seen);

/* The scenario of a point with a value. */
struct config *plan_scenario(const struct plan *plan, unsigned point, unsigned place, GError **error);

#endif
