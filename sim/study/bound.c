/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bounds of a condition, to be drawn: as binary numbers. What a condition comes to is reckoned in
 * expression.c. */
#include "sim/study/bound.h"

#include "sim/study/expression_tree.h"

#include <math.h>
#include <stdbool.h>

/* factor * name + rest; without a name a constant. */
struct linear {
    const char *name;
    double factor, rest;
};

static bool sum_of(struct linear *left, const struct linear *right, double sign)
{
    if (left->name && right->name && !g_str_equal(left->name, right->name))
        return false;
    if (!left->name)
        left->name = right->name;
    left->factor += sign * right->factor;
    left->rest += sign * right->rest;
    return true;
}

static bool product_of(struct linear *left, const struct linear *right)
{
    struct linear name = left->name ? *left : *right;
    double constant = left->name ? right->rest : left->rest;

    if (left->name && right->name)
        return false;
    *left = (struct linear){name.name, name.factor * constant, name.rest * constant};
    return true;
}

/* False: it is not linear in one name. */
static bool linear_of(const struct expression *e, struct linear *out)
{
    struct linear right;

    *out = (struct linear){NULL, 0, 0};
    if (e->node == NODE_NUMBER) {
        out->rest = mpq_get_d(e->number);
        return true;
    }
    if (e->node == NODE_NAME) {
        out->name = e->name;
        out->factor = 1;
        return true;
    }
    if (!linear_of(e->left, out) || !linear_of(e->right, &right))
        return false;
    switch (e->node) {
    case NODE_ADD:
        return sum_of(out, &right, 1);
    case NODE_SUBTRACT:
        return sum_of(out, &right, -1);
    case NODE_MULTIPLY:
        return product_of(out, &right);
    default: /* a quotient */
        right.rest = 1 / right.rest;
        return !right.name && product_of(out, &right);
    }
}

/* The comparison as it is written, negated (not a < b), turned round (-a < b); NULL: it is no bound. */
static const char *comparison_of(const char *written, bool negated, bool turned)
{
    static const char *const order[] = {"<", "<=", ">", ">="};

    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++)
        if (g_str_equal(written, order[i])) {
            unsigned place = negated ? 3 - i : i; /* not < is >= */

            return order[turned ? place ^ 2 : place];
        }
    return g_str_equal(written, negated ? "!=" : "==") ? "==" : NULL;
}

static void add_bound(GArray *to, const struct expression *e, bool negated)
{
    struct linear left, right;
    struct bound bound;

    if (!linear_of(e->left, &left) || !linear_of(e->right, &right) || !sum_of(&left, &right, -1))
        return;
    bound.name = left.name;
    bound.comparison = comparison_of(e->comparison, negated, left.factor < 0);
    bound.value = left.rest ? -left.rest / left.factor : 0;
    if (left.name && left.factor != 0 && bound.comparison && isfinite(bound.value))
        g_array_append_val(to, bound);
}

static void add_bounds(GArray *to, const struct expression *e, bool negated)
{
    if (e->node == NODE_COMPARE)
        add_bound(to, e, negated);
    else if (e->node == NODE_NOT)
        add_bounds(to, e->left, !negated);
    else if (e->node == (negated ? NODE_OR : NODE_AND)) {
        add_bounds(to, e->left, negated);
        add_bounds(to, e->right, negated);
    }
}

GArray *expression_bounds(const struct expression *condition)
{
    GArray *bounds = g_array_new(FALSE, FALSE, sizeof(struct bound));

    add_bounds(bounds, condition, false);
    return bounds;
}
