/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What expressions come to. */
#include "sim/study/expression_tree.h"
#include "sim/study/quantity.h"

#include <string.h>

void expression_free(struct expression *e)
{
    if (!e)
        return;
    expression_free(e->left);
    expression_free(e->right);
    if (e->node == NODE_NUMBER)
        mpq_clear(e->number);
    g_free(e->name);
    g_free(e->text);
    g_free(e);
}

/* left OP right into left; false if that is no number. */
static bool answer_combine(enum node node, mpq_t left, const mpq_t right)
{
    switch (node) {
    case NODE_ADD:
        mpq_add(left, left, right);
        return true;
    case NODE_SUBTRACT:
        mpq_sub(left, left, right);
        return true;
    case NODE_MULTIPLY:
        mpq_mul(left, left, right);
        return true;
    case NODE_DIVIDE:
        if (mpq_sgn(right) == 0)
            return false;
        mpq_div(left, left, right);
        return true;
    default:
        g_assert_not_reached();
    }
}

bool expression_sum(const struct expression *e, const struct expression_values *values, mpq_t out)
{
    mpq_t right;
    bool known;

    if (e->node == NODE_NUMBER) {
        mpq_set(out, e->number);
        return true;
    }
    if (e->node == NODE_NAME)
        return values->number(values->user, e->name, out);
    if (!expression_sum(e->left, values, out))
        return false;
    mpq_init(right);
    known = expression_sum(e->right, values, right) && answer_combine(e->node, out, right);
    mpq_clear(right);
    return known;
}

bool expression_difference(const struct expression *e, const struct expression_values *values, mpq_t out)
{
    mpq_t right;
    bool known;

    mpq_init(right);
    known = expression_sum(e->left, values, out) && expression_sum(e->right, values, right);
    if (known)
        mpq_sub(out, out, right);
    mpq_clear(right);
    return known;
}

static bool compare_with_sign(const char *comparison, int sign)
{
    switch (comparison[0]) {
    case '<':
        return comparison[1] ? sign <= 0 : sign < 0;
    case '>':
        return comparison[1] ? sign >= 0 : sign > 0;
    default:
        return (sign == 0) == (comparison[0] == '=');
    }
}

/* Is the name the text that it is compared with? False if it has no value. */
static bool text_of(const struct expression *e, const struct expression_values *values, bool *same)
{
    const char *text = values->text(values->user, e->name);

    *same = text && strcmp(text, e->text) == 0;
    return text != NULL;
}

/* worst: what counts against the whole here; after a not that is true. */
static bool truth_of(const struct expression *e, const struct expression_values *values, bool worst)
{
    mpq_t difference;
    bool is, same;

    switch (e->node) {
    case NODE_COMPARE:
        mpq_init(difference);
        is = expression_difference(e, values, difference)
                 ? compare_with_sign(e->comparison, mpq_sgn(difference))
                 : worst;
        mpq_clear(difference);
        return is;
    case NODE_SAME:
        return text_of(e, values, &same) ? same == (e->comparison[0] == '=') : worst;
    case NODE_AND:
        return truth_of(e->left, values, worst) && truth_of(e->right, values, worst);
    case NODE_OR:
        return truth_of(e->left, values, worst) || truth_of(e->right, values, worst);
    case NODE_NOT:
        return !truth_of(e->left, values, !worst);
    default:
        g_assert_not_reached();
    }
}

bool expression_true(const struct expression *e, const struct expression_values *values)
{
    return truth_of(e, values, false);
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

/* Left minus right of a comparison, one a sample, into `values`; their sum's sign. False if one has no
 * value. */
static bool differences_of(const struct expression *e, const struct expression_values *samples,
                           unsigned sample_count, double *values, int *sum_sign)
{
    mpq_t difference, sum;
    bool whole = true, same;

    *sum_sign = 0;
    for (unsigned i = 0; e->node == NODE_SAME && i < sample_count && whole; i++) {
        whole = text_of(e, &samples[i], &same);
        values[i] = same ? 0 : 1;
        *sum_sign |= !same;
    }
    if (e->node == NODE_SAME)
        return whole;
    mpq_inits(difference, sum, NULL);
    for (unsigned i = 0; i < sample_count && whole; i++) {
        whole = expression_difference(e, &samples[i], difference);
        if (whole) {
            values[i] = quantity_nearest(difference);
            mpq_add(sum, sum, difference);
        }
    }
    *sum_sign = mpq_sgn(sum);
    mpq_clears(difference, sum, NULL);
    return whole;
}

/* worst: what counts against the whole here; after a not that is YES. */
static enum answer answer_of(const struct expression *e, const struct expression_values *samples,
                             unsigned sample_count, enum answer worst, const struct expression_judge *judge)
{
    enum answer left, right;

    if (e->node == NODE_COMPARE || e->node == NODE_SAME) {
        double *values = g_new(double, sample_count);
        struct expression_differences differences = {
            .comparison = e, .values = values, .count = sample_count};

        left = differences_of(e, samples, sample_count, values, &differences.sum_sign)
                   ? judge->decide(judge->user, e->comparison, &differences)
                   : worst;
        g_free(values);
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

    if (e->node == NODE_COMPARE || e->node == NODE_SAME) {
        double *values = g_new(double, sample_count);
        int sign;

        missing = differences_of(e, samples, sample_count, values, &sign) ? NULL
                  : e->node == NODE_SAME                                  ? e->name
                                                                          : e->text;
        g_free(values);
        return missing;
    }
    if (e->left)
        missing = expression_missing(e->left, samples, sample_count);
    if (!missing && e->right)
        missing = expression_missing(e->right, samples, sample_count);
    return missing;
}
