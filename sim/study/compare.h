/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Two results held against each other: runs, points of a study, or studies. compare_read.c reads the two
 * sides, compare_match.c says which points and which runs belong together, compare_metrics.c how far each
 * metric differs, compare_fail.c whether a condition on that is met, compare_csv.c writes tables. */
#ifndef SIM_STUDY_COMPARE_H
#define SIM_STUDY_COMPARE_H

#include "sim/study/difference.h"
#include "sim/study/study.h"

/* --- the sides ------------------------------------------------------------------------------------------ */

struct compare_run {
    unsigned replication; /* from 1 */
    uint64_t seed;
    char *folder;
    double *metrics; /* metric_count of the host; NaN: no value */
};

struct compare_point {
    unsigned number; /* in its study; 0: a run by itself */
    char *name;      /* "pull.rate=500/s", or the folder of the run */
    char *variant;   /* NULL: none */
    char **cells;    /* of each key of the schema, in base units; NULL: the run does not know the key */
    unsigned cell_count;
    GArray *runs; /* struct compare_run, finished ones, by replication */
};

struct compare_side {
    const struct study_host *host;
    char *path, *condition; /* as they were given; condition NULL: all points */
    struct study *study;    /* NULL: a run */
    GPtrArray *points;      /* struct compare_point * */
    bool *known;            /* of each metric: do all of its runs have the column? */
    char *version;          /* of the program that made the first run; NULL: there is no run */
    unsigned other_version; /* runs that any other one made */
    unsigned missing;       /* runs of its points that are not there, failed or damaged */
    char *damage;           /* what is wrong with the first damaged one; NULL: none */
};

/* PATH: the folder of a run or of a study; condition: which points of the study (NULL: all). NULL and error:
 * CONFIG_ERROR if it is none, or of another format, or the condition is wrong or true nowhere; G_FILE_ERROR.
 * host is borrowed. */
struct compare_side *compare_side_read(const char *path, const char *condition, const struct study_host *host,
                                       GError **error);
void compare_side_free(struct compare_side *side);

/* --- what belongs together ------------------------------------------------------------------------------ */

/* Two points that differ in nothing that is not compared, and the runs of each that belong together. */
struct compare_pair {
    const struct compare_point *a, *b;
    GArray *runs_a, *runs_b; /* const struct compare_run *, as many of each: the k-th of both are a pair */
    bool by_seed;            /* pairs have the same seed; else the same number, or what order they have */
    unsigned left_over;      /* runs without a partner */
    GArray *everywhere;      /* unsigned, places of those that each pair of points has, in one order in all */
    char *name;              /* what both have in common, "pull.rate=500/s"; "" where there is but one pair */
};

struct compare_key {
    const struct config_key *key;
    char *a, *b; /* values in base units; several are listed with commas */
};

struct comparison {
    const struct study_host *host;
    const struct compare_side *a, *b; /* borrowed */
    GArray *pairs;                    /* struct compare_pair, in the order of A's points */
    GArray *keys;              /* struct compare_key, those that differ in some pair, without the seed */
    char *names;               /* keys by which points were matched, "variant, pull.rate"; NULL: none */
    unsigned alone_a, alone_b; /* points without a match on the other side */
    GArray *results;           /* struct compare_result, by pair, then by metric */
    GArray *together;          /* the same over all pairs; empty if there is but one */
};

/* metrics: those to look at, of each of the host's; NULL: all. NULL and error (CONFIG_ERROR) if no point of
 * one side has a match on the other, or if it has several. */
struct comparison *compare_sides(const struct compare_side *a, const struct compare_side *b,
                                 const bool *metrics, GError **error);
void comparison_free(struct comparison *comparison);

/* --- differences ---------------------------------------------------------------------------------------- */

enum compare_verdict {
    COMPARE_ALIKE,    /* the same in each pair of runs */
    COMPARE_CHANCE,   /* chance alone may do that */
    COMPARE_DIFFERS,  /* really: by its p, corrected for all that were looked at */
    COMPARE_UNTOLD,   /* it differs, and there are too few runs to tell whether by chance */
    COMPARE_LOST,     /* more runs of B than of A have no value */
    COMPARE_GAINED,   /* fewer */
    COMPARE_NO_VALUE, /* no pair has two values */
    COMPARE_ABSENT    /* results of one side do not have the column */
};

struct compare_result {
    unsigned pair, metric;        /* places; pair: COMPARE_ALL_PAIRS for all of them together */
    unsigned pairs;               /* of runs */
    unsigned empty_a, empty_b;    /* of them, those in which that side has no value */
    struct difference difference; /* of the pairs in which both have one */
    double adjusted;              /* p, by Benjamini and Hochberg; NaN as p is */
    enum compare_verdict verdict;
};
#define COMPARE_ALL_PAIRS G_MAXUINT

/* The word of it in tables. */
const char *compare_verdict_name(enum compare_verdict verdict);

/* Orders results: what is lost first, then real differences, the largest in relation to their values first;
 * then what is open, the largest first; then all others, as the host has them. A new array of struct
 * compare_result. */
GArray *compare_in_order(const GArray *results);

/* The place of a metric that may differ, by its name. False and error (CONFIG_ERROR): there is none, or it is
 * a word. */
bool compare_metric(const struct study_host *host, const char *name, unsigned *metric, GError **error);

/* --- conditions on differences -------------------------------------------------------------------------- */

/* "METRIC > +5%", "METRIC < -20ms": of B minus A; per cent are of A. */
struct compare_condition;
/* NULL and error (CONFIG_ERROR: SYNTAX, UNKNOWN, VALUE) if it is none. */
struct compare_condition *compare_condition_parse(const char *text, const struct study_host *host,
                                                  GError **error);
void compare_condition_free(struct compare_condition *condition);

enum compare_met {
    COMPARE_NOT_MET,
    COMPARE_NOT_SURE, /* the estimate meets it, but not its whole interval */
    COMPARE_MET       /* the whole interval; or the estimate, where there is no interval */
};
/* Is it met at any pair, or over all? Each of these intervals is one of so many that together hold in 95 %.
 * *why (g_free): a line that says where and by what numbers. */
enum compare_met compare_condition_met(const struct comparison *comparison,
                                       const struct compare_condition *condition, char **why);

/* --- tables --------------------------------------------------------------------------------------------- */

/* Rows of compare.csv: a row per pair of points and metric. */
bool compare_csv_rows(struct csv *csv, const void *comparison, GError **error);
/* Rows of compare_runs.csv: the pairs of runs and their folders; of compare_keys.csv: what differs in the
 * scenarios. */
bool compare_runs_rows(struct csv *csv, const void *comparison, GError **error);
bool compare_keys_rows(struct csv *csv, const void *comparison, GError **error);
/* Rows of compare_sides.csv: what A and B are, as they were given. */
bool compare_sides_rows(struct csv *csv, const void *comparison, GError **error);

#endif
