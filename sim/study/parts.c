/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Parts of a condition. */
#include "sim/study/parts.h"

#include "sim/study/expression_tree.h"
#include "sim/study/quantity.h"

#include <math.h>
#include <string.h>

static void add_parts(GPtrArray *to, const struct expression *e)
{
    if (e->node == NODE_AND) {
        add_parts(to, e->left);
        add_parts(to, e->right);
    } else
        g_ptr_array_add(to, (gpointer)e);
}

GPtrArray *expression_parts(const struct expression *condition, unsigned most)
{
    GPtrArray *parts = g_ptr_array_new();

    add_parts(parts, condition);
    if (parts->len > most) {
        g_ptr_array_set_size(parts, 0);
        g_ptr_array_add(parts, (gpointer)condition);
    }
    return parts;
}

/* binds: what needs no parentheses: 0 an or, 1 an and, 2 a comparison. */
static void parts_add_text(GString *to, const struct expression *e, unsigned binds)
{
    bool or = e->node == NODE_OR, closed = or ? binds > 0 : e->node == NODE_AND && binds > 1;

    if (e->node == NODE_COMPARE) {
        g_string_append(to, e->text);
        return;
    }
    if (e->node == NODE_SAME) {
        /* As it is read: quoted where it would end too soon. */
        const char *quote = !*e->text || strpbrk(e->text, " \t()") ? "\"" : "";

        g_string_append_printf(to, "%s %s %s%s%s", e->name, e->comparison, quote, e->text, quote);
        return;
    }
    g_string_append(to, closed ? "(" : "");
    if (e->node == NODE_NOT) {
        g_string_append(to, "not ");
        parts_add_text(to, e->left, 2);
    } else {
        parts_add_text(to, e->left, or ? 0 : 1);
        g_string_append(to, or ? " or " : " and ");
        parts_add_text(to, e->right, or ? 0 : 1);
    }
    g_string_append(to, closed ? ")" : "");
}

char *expression_text(const struct expression *condition)
{
    GString *text = g_string_new(NULL);

    parts_add_text(text, condition, 0);
    return g_string_free(text, FALSE);
}

double expression_margin(const struct expression *condition, const struct expression_values *samples,
                         unsigned sample_count)
{
    double sum = 0;
    mpq_t difference;
    bool whole = condition->node == NODE_COMPARE;

    mpq_init(difference);
    for (unsigned i = 0; i < sample_count && whole; i++) {
        whole = expression_difference(condition, &samples[i], difference);
        if (whole)
            sum += quantity_nearest(difference);
    }
    mpq_clear(difference);
    if (!whole || sample_count == 0)
        return (double)NAN;
    sum /= sample_count;
    switch (condition->comparison[0]) {
    case '<':
        return -sum;
    case '>':
        return sum;
    default:
        return condition->comparison[0] == '=' ? -fabs(sum) : fabs(sum);
    }
}
