/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A parameter study: a base scenario, and the values that its keys take. Axes cross; each crossing that the
 * constraint lets pass is a point, and each point is run `replications` times with its own seeds. How a study
 * file is written: doc/pullstorm-study.5. */
#ifndef SIM_STUDY_STUDY_H
#define SIM_STUDY_STUDY_H

#include "sim/config/config.h"
#include "sim/stats/column.h"
#include "sim/stats/csv.h"
#include "sim/study/expression.h"

#define STUDY_POINTS_MAX       100000
#define STUDY_REPLICATIONS_MAX 9999

/* What is offered to servers and links, before anything runs. */
struct study_load {
    double offered_ratio;   /* of what the bottleneck can do */
    const char *bottleneck; /* its name, a literal */
    char *warning;          /* why an answer that rests on this scenario holds for it alone (g_free); NULL */
};

/* A metric that is 1 in a run that is called so, and the words for that. */
struct study_verdict {
    const char *metric, *words;
};

struct study;

/* What a study has to know of the program around it. What is NULL is left out of what it says. */
struct study_host {
    const struct config_schema *schema; /* of scenarios; it has a key run.seed and a key run.engine */
    const struct stats_column *metrics; /* columns of summary.csv after the keys */
    unsigned metric_count;
    const struct stats_quantile *quantiles; /* where the samples of metrics that are quantiles are */
    unsigned quantile_count;
    const struct stats_words *words; /* what metrics that are a word may be */
    unsigned word_count;
    const char *ues;      /* metric that counts what shares are of; NULL: none */
    const char *progress; /* metric that says how far a run came, where others have no value; NULL: none */
    const char *version;  /* of the program: results of other versions are recognised */
    config_rule *rule;    /* of scenarios, besides that of the schema; NULL: none */
    /* Why a right scenario cannot be run by this program (g_free); NULL: it can. */
    char *(*refuse)(const struct config *scenario);
    void (*load)(const struct config *scenario, struct study_load *out); /* may be NULL */
    const struct study_verdict *verdicts; /* ends with one without a metric; may be NULL */
    const char *calm;                     /* the words for a run that none of them is about */
    /* How long runs of a point take in proportion to those of others; NULL: all take as long. */
    double (*effort)(const struct study *study, unsigned point);
    /* Processor time that a run takes, in seconds; may be NULL. */
    double (*cost_s)(const struct config *scenario);
    /* Writes a key's value in base units, as summary.csv has it. */
    void (*cell)(struct csv *csv, const struct config *scenario, const struct config_key *key);
};

/* A key with the text of its value. */
struct study_setting {
    const struct config_key *key;
    char *text;
};

struct study_axis_key {
    const struct config_key *key;
    GPtrArray *texts; /* char *, as many as the axis is long */
};

struct study_axis {
    char *name;
    unsigned length;
    GArray *keys; /* struct study_axis_key; they move in step */
};

struct study_variant {
    char *name;
    GArray *settings; /* struct study_setting */
};

struct study {
    const struct study_host *host;
    char *path, *name; /* of the study file; its name without folder and .ini */
    char *text;        /* the study file */
    char *title, *description;
    char *base;                            /* path of the base scenario, absolute */
    char *base_text;                       /* the file */
    struct config_template *base_template; /* the file, read once for all points */
    struct config *base_scenario;
    char **base_cells, **default_cells; /* of the base and of no scenario at all: summary_keys() */
    unsigned replications;
    uint64_t seed;
    bool independent;              /* seeds differ from point to point */
    int64_t timeout_ns;            /* of a run, by the clock on the wall; 0: none */
    int64_t memory_bytes;          /* of a run; 0: no limit */
    char *memory_text;             /* as it was written */
    char **metrics;                /* those to show first; NULL-terminated, may be empty */
    struct expression *constraint; /* NULL: none */
    GArray *set;                   /* struct study_setting */
    GArray *axes;                  /* struct study_axis, the first varies slowest */
    GArray *variants;              /* struct study_variant; if any, the slowest axis of all */
    unsigned point_count;
    uint64_t
        *identities;  /* of independent seeds: of each point (from 1) what its scenario makes; else NULL */
    unsigned *places; /* of each point its variant (if there are any), then its place on each axis */
};

/* Reads a study and its base, and checks every point as the scenario reader does. NULL and error
 * (CONFIG_ERROR) with one line a mistake: file, line, section, key, what is wrong and what was expected. The
 * host is copied. */
struct study *study_load(const char *path, const struct study_host *host, GError **error);
/* The same of texts that were read before; the path stands for the study's in names and messages. */
struct study *study_parse(const char *path, const char *text, const char *base_text,
                          const struct study_host *host, GError **error);
void study_free(struct study *study);

/* --- points: numbered from 1 ---------------------------------------------------------------------------- */

/* The text of a key's value at a point. */
const char *study_point_text(const struct study *study, unsigned point, const struct config_key *key);
/* What sets the point apart from the base, "section.key=value": [set], variant, axes. g_strfreev. */
char **study_point_settings(const struct study *study, unsigned point);
/* The base scenario with settings ("section.key=value", NULL-terminated, may be NULL); config_free. */
struct config *study_base_with(const struct study *study, char **settings, GError **error);
/* The scenario of a point; config_free. */
struct config *study_point_scenario(const struct study *study, unsigned point, GError **error);
/* "variant=poisson, pull.rate=500/s", for messages; g_free. */
char *study_point_name(const struct study *study, unsigned point);
/* NULL if the study has none. */
const char *study_point_variant(const struct study *study, unsigned point);

/* Names in conditions on points: every key of the schema, `variant` and `point`. */
struct expression_names study_names(const struct config_schema *schema);
bool study_point_is(const struct study *study, unsigned point, const struct expression *condition);

/* A value as a number in base units, exactly as its text says it; a distribution counts as its mean. 0 if it
 * is none. */
void study_number(const struct config_key *key, const char *text, mpq_t out);
/* Offers all keys, as "section.key". */
void study_offer_keys(const struct config_schema *schema, struct suggestion *suggestion);

/* --- runs ----------------------------------------------------------------------------------------------- */

/* The seed of a replication, from 1. The same at every point, (seed - 1) * 10000 + replication modulo
 * 2^64: studies of different seeds (below 2^60) share no run. Or an independent draw of (seed, the
 * point's scenario, replication). */
uint64_t study_seed(const struct study *study, unsigned point, unsigned replication);

/* "p0001-r01"; g_free. */
char *study_run_name(unsigned point, unsigned replication);

/* Cells "variant", then the keys of all axes: their names, and their values at a point. */
void study_header_cells(const struct study *study, struct csv *csv);
void study_point_cells(const struct study *study, const struct config *scenario, unsigned point,
                       struct csv *csv);

#endif
