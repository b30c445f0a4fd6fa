/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Conditions on keys and metrics:
 *   bmsc.workers <= 4 * bsf.workers and pull.rate < 5k/s
 *   variant == even or not (pull.timeout > 1min)
 * Comparisons (< <= > >= == !=) of sums, differences, products and quotients of names and numbers, joined by
 * and, or, not and parentheses. Numbers are written as in scenarios, and count in base units (seconds, bytes,
 * bit/s, 1/s); they are fractions, so 0.1 + 0.2 is 0.3. A comparison that divides by 0, or has a name in it
 * that has no value, has none itself: it counts against the whole, also after a not. A name that stands for a
 * text is compared by == or != with a word, or with a text in double quotes. What is compared, added or
 * subtracted must be of one sort (dimension.h); a number without a unit is of any. */
#ifndef SIM_STUDY_EXPRESSION_H
#define SIM_STUDY_EXPRESSION_H

#include "sim/config/schema.h"
#include "sim/config/suggest.h"

#include <gmp.h>

enum expression_kind { EXPRESSION_UNKNOWN, EXPRESSION_NUMBER, EXPRESSION_TEXT };

/* The names that an expression may use. */
struct expression_names {
    enum expression_kind (*kind)(const void *user, const char *name);
    /* Unit of a number, as columns have it ("1", "ratio", "s" ...); NULL of the function: all are any. */
    const char *(*unit)(const void *user, const char *name);
    /* What a text may be, NULL-terminated; NULL: anything. NULL of the function: all are anything. */
    const char *const *(*words)(const void *user, const char *name);
    /* Offers all names, to find the nearest to an unknown one. */
    void (*offer)(const void *user, struct suggestion *suggestion);
    /* Why a name is unknown that was known in an earlier version, and what to write instead; NULL: it never
     * was. NULL of the function: there are no such names. */
    const char *(*gone)(const void *user, const char *name);
    const void *user;
};

/* What names stand for. */
struct expression_values {
    bool (*number)(const void *user, const char *name, mpq_t out); /* false: it has no value here */
    /* Borrowed; NULL: it has no value here. NULL of the function: no name is a text. */
    const char *(*text)(const void *user, const char *name);
    const void *user;
};

struct expression;

/* NULL and error (CONFIG_ERROR_SYNTAX or _UNKNOWN: 'at character N: ...', from 1) if it is not a
 * condition. */
struct expression *expression_parse(const char *text, const struct expression_names *names, GError **error);
/* The same for a sum of names and numbers, such as 3 * bmsc.workers + 10 * hss.workers. */
struct expression *expression_parse_sum(const char *text, const struct expression_names *names,
                                        GError **error);
void expression_free(struct expression *expression);

/* Is the condition true of these values? */
bool expression_true(const struct expression *expression, const struct expression_values *values);

/* The names in it, each once, in the order of first use. Free with g_ptr_array_unref(); the texts belong to
 * the expression. */
GPtrArray *expression_list(const struct expression *expression);

/* --- with doubt: several samples of the values, e.g. replications --------------------------------------- */

enum answer { ANSWER_NO, ANSWER_UNSURE, ANSWER_YES };

/* Left minus right of a comparison, one a sample; of a text 0 where it is what it is compared with,
 * else 1. */
struct expression_differences {
    const struct expression *comparison; /* itself a condition */
    const double *values;
    unsigned count;
    int sum_sign; /* of their exact sum: -1, 0 or 1 */
};

/* decide(): comparison is what stood there ("<="). */
struct expression_judge {
    enum answer (*decide)(const void *user, const char *comparison,
                          const struct expression_differences *differences);
    const void *user;
};

/* Puts comparisons to the judge. and, or and not join the answers as in Kleene's logic: no and unsure is no.
 * A comparison that has no value in some sample is not put. */
enum answer expression_answer(const struct expression *expression, const struct expression_values *samples,
                              unsigned sample_count, const struct expression_judge *judge);

/* What a sum comes to; false if it has no value. */
bool expression_sum(const struct expression *sum, const struct expression_values *values, mpq_t out);

/* Left minus right of a comparison; false if it has no value. */
bool expression_difference(const struct expression *comparison, const struct expression_values *values,
                           mpq_t out);

/* The first comparison that has no value in some sample, as it was written; NULL: there is none. */
const char *expression_missing(const struct expression *expression, const struct expression_values *samples,
                               unsigned sample_count);

#endif
