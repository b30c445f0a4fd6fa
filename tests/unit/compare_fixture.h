/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Comparisons of made-up results: both sides, what came out, whether a condition is met. */
#ifndef TESTS_UNIT_COMPARE_FIXTURE_H
#define TESTS_UNIT_COMPARE_FIXTURE_H

#include "sim/study/compare.h"
#include "tests/unit/study_fixture.h"

#define WAIT 0 /* places of the study fixture's metrics */
#define UES  1

struct both {
    struct compare_side *a, *b;
    struct comparison *c;
};

/* Opens two sides, which must be right, and compares them. */
struct both compare_fixture_open_of(const struct study_host *host, const char *path_a,
                                    const char *condition_a, const char *path_b, const char *condition_b);
struct both compare_fixture_open(const char *path_a, const char *condition_a, const char *path_b,
                                 const char *condition_b);
void compare_fixture_close(struct both *both);

/* Runs of a point from replication 1 on, of each "WAIT,UES,LOAD"; NULL ends them. */
void compare_fixture_runs(const struct study_fixture *fixture, const struct study *study, unsigned point,
                          const char *const *cells);

/* The result of a metric, which must be there. */
const struct compare_result *compare_fixture_result(const GArray *results, unsigned pair, unsigned metric);
/* The test fails unless the condition is met so, and the line on it is like the pattern. */
void compare_fixture_judge(const struct comparison *c, const char *text, enum compare_met expected,
                           const char *pattern);
/* The test fails unless the text is like the pattern. */
void compare_fixture_like(const char *text, const char *pattern);

#endif
