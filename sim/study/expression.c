/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What expressions come to. */
#include "sim/study/expression_tree.h"

#include <math.h>
#include <string.h>

void expression_free(struct expression *e)
{
    if (!e)
        return;
    expression_free(e->left);
    expression_free(e->right);
    g_free(e->name);
    g_free(e->text);
    g_free(e);
}

static double number_of(const struct expression *e, const struct expression_values *values)
{
    switch (e->node) {
    case NODE_NUMBER:
        return e->number;
    case NODE_NAME:
        return values->number(values->user, e->name);
    case NODE_ADD:
        return number_of(e->left, values) + number_of(e->right, values);
    case NODE_SUBTRACT:
        return number_of(e->left, values) - number_of(e->right, values);
    case NODE_MULTIPLY:
        return number_of(e->left, values) * number_of(e->right, values);
    case NODE_DIVIDE:
        return number_of(e->left, values) / number_of(e->right, values);
    default:
        g_assert_not_reached();
    }
}

static bool compare(const char *comparison, double left, double right)
{
    switch (comparison[0]) {
    case '<':
        return comparison[1] ? left <= right : left < right;
    case '>':
        return comparison[1] ? left >= right : left > right;
    default:
        return (left == right) == (comparison[0] == '=');
    }
}

bool expression_true(const struct expression *e, const struct expression_values *values)
{
    switch (e->node) {
    case NODE_COMPARE:
        return compare(e->comparison, number_of(e->left, values), number_of(e->right, values));
    case NODE_SAME:
        return (strcmp(values->text(values->user, e->name), e->text) == 0) == (e->comparison[0] == '=');
    case NODE_AND:
        return expression_true(e->left, values) && expression_true(e->right, values);
    case NODE_OR:
        return expression_true(e->left, values) || expression_true(e->right, values);
    case NODE_NOT:
        return !expression_true(e->left, values);
    default:
        g_assert_not_reached();
    }
}

static void collect_names(const struct expression *e, GPtrArray *names)
{
    if (e->name && !g_ptr_array_find_with_equal_func(names, e->name, g_str_equal, NULL))
        g_ptr_array_add(names, e->name);
    if (e->left)
        collect_names(e->left, names);
    if (e->right)
        collect_names(e->right, names);
}

GPtrArray *expression_list(const struct expression *e)
{
    GPtrArray *names = g_ptr_array_new();

    collect_names(e, names);
    return names;
}

/* Left minus right of a comparison, one a sample; g_free. *whole: all of them are numbers. */
static double *differences_of(const struct expression *e, const struct expression_values *samples,
                              unsigned sample_count, bool *whole)
{
    double *differences = g_new(double, sample_count);

    *whole = true;
    for (unsigned i = 0; i < sample_count; i++) {
        differences[i] = number_of(e->left, &samples[i]) - number_of(e->right, &samples[i]);
        *whole = *whole && isfinite(differences[i]);
    }
    return differences;
}

/* worst: what counts against the whole here; behind not that is YES. */
static enum answer answer_of(const struct expression *e, const struct expression_values *samples,
                             unsigned sample_count, enum answer worst, const struct expression_judge *judge)
{
    enum answer left, right;

    if (e->node == NODE_COMPARE) {
        bool whole;
        double *differences = differences_of(e, samples, sample_count, &whole);

        left = whole ? judge->decide(judge->user, e->comparison, differences, sample_count) : worst;
        g_free(differences);
        return left;
    }
    if (e->node == NODE_NOT)
        return (enum answer)(
            ANSWER_YES - answer_of(e->left, samples, sample_count, (enum answer)(ANSWER_YES - worst), judge));
    left = answer_of(e->left, samples, sample_count, worst, judge);
    right = answer_of(e->right, samples, sample_count, worst, judge);
    return e->node == NODE_AND ? MIN(left, right) : MAX(left, right);
}

enum answer expression_answer(const struct expression *e, const struct expression_values *samples,
                              unsigned sample_count, const struct expression_judge *judge)
{
    return answer_of(e, samples, sample_count, ANSWER_NO, judge);
}

const char *expression_missing(const struct expression *e, const struct expression_values *samples,
                               unsigned sample_count)
{
    const char *missing = NULL;

    if (e->node == NODE_COMPARE) {
        bool whole;

        g_free(differences_of(e, samples, sample_count, &whole));
        return whole ? NULL : e->text;
    }
    if (e->left)
        missing = expression_missing(e->left, samples, sample_count);
    if (!missing && e->right)
        missing = expression_missing(e->right, samples, sample_count);
    return missing;
}
