/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a column of a result is called and means, and one value of it. */
#ifndef SIM_STATS_COLUMN_H
#define SIM_STATS_COLUMN_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What sort of number a run makes, which decides what an interval over several runs can say of it. */
enum stats_kind {
    STATS_OTHER,    /* not a number of a whole run */
    STATS_COUNT,    /* how often something happened, or how much: it may be rare */
    STATS_FLAG,     /* 1 if something is so of the run, else 0 */
    STATS_MEAN,     /* of many samples, or a share of time */
    STATS_SHARE,    /* of the UEs: a count, too, and may be rare */
    STATS_QUANTILE, /* of the samples of a run */
    STATS_EXTREME,  /* the largest or the last of a run */
    STATS_FIXED,    /* said by the scenario: no chance is in it */
    STATS_WORD      /* one of a few words (struct stats_words), unit "text" */
};

struct stats_column {
    const char *name;
    const char *unit; /* "1", "s", "bytes", "ratio", "1/s" */
    const char *meaning;
    enum stats_kind kind;
};

/* Where the samples of a STATS_QUANTILE metric are: rows of a procedure in distribution.csv. */
struct stats_quantile {
    const char *metric, *procedure;
    double share;      /* 0.99: of the samples, or of all UEs */
    const char *whole; /* metric that counts what the share is of; NULL: the samples that are there */
};

/* What a STATS_WORD metric may be, from the best to the worst. As a number it is the place of its word. */
struct stats_words {
    const char *metric;
    const char *const *words; /* NULL-terminated */
};

struct stats_value {
    const struct stats_column *column;
    enum { STATS_INTEGER, STATS_REAL, STATS_TEXT } type;
    int64_t integer;
    double real;      /* NaN: there is no value */
    const char *text; /* STATS_TEXT: the word; integer and real are its place */
};

#ifdef __cplusplus
}
#endif

#endif
