/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Comparisons of made-up results. */
#include "tests/unit/compare_fixture.h"

void compare_fixture_like(const char *text, const char *pattern)
{
    if (!g_pattern_match_simple(pattern, text))
        g_error("\"%s\" is not like \"%s\"", text, pattern);
}

/* "WAIT,UES,LOAD" of each replication at each point. */
void compare_fixture_runs(const struct study_fixture *fixture, const struct study *study, unsigned point,
                          const char *const *cells)
{
    for (unsigned r = 0; cells[r]; r++)
        study_fixture_result(fixture, study, point, r + 1, "1.0", cells[r]);
}

struct both compare_fixture_open_of(const struct study_host *host, const char *path_a,
                                    const char *condition_a, const char *path_b, const char *condition_b)
{
    struct both both = {NULL, NULL, NULL};
    GError *error = NULL;

    both.a = compare_side_read(path_a, condition_a, host, &error);
    g_assert_no_error(error);
    both.b = compare_side_read(path_b, condition_b, host, &error);
    g_assert_no_error(error);
    both.c = compare_sides(both.a, both.b, NULL, &error);
    g_assert_no_error(error);
    return both;
}

struct both compare_fixture_open(const char *path_a, const char *condition_a, const char *path_b,
                                 const char *condition_b)
{
    return compare_fixture_open_of(&study_fixture_host, path_a, condition_a, path_b, condition_b);
}

void compare_fixture_close(struct both *both)
{
    comparison_free(both->c);
    compare_side_free(both->a);
    compare_side_free(both->b);
}

const struct compare_result *compare_fixture_result(const GArray *results, unsigned pair, unsigned metric)
{
    for (unsigned i = 0; i < results->len; i++) {
        const struct compare_result *result = &g_array_index(results, struct compare_result, i);

        if (result->pair == pair && result->metric == metric)
            return result;
    }
    g_error("no result of metric %u at pair %u", metric, pair);
}

void compare_fixture_judge(const struct comparison *c, const char *text, enum compare_met expected,
                           const char *pattern)
{
    GError *error = NULL;
    struct compare_condition *condition = compare_condition_parse(text, c->host, &error);
    enum compare_met met;
    char *why;

    g_assert_no_error(error);
    met = compare_condition_met(c, condition, &why);
    g_test_message("%s", why);
    g_assert_cmpint(met, ==, expected);
    compare_fixture_like(why, pattern);
    g_free(why);
    compare_condition_free(condition);
}
