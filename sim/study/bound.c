/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bounds of a condition, to be drawn. What a condition comes to is reckoned in expression.c. */
#include "sim/study/bound.h"

#include "sim/study/expression_tree.h"
#include "sim/study/quantity.h"

#include <math.h>
#include <stdbool.h>

/* factor * name + rest; without a name a constant. */
struct linear {
    const char *name;
    mpq_t factor, rest;
};

static void linear_init(struct linear *l)
{
    l->name = NULL;
    mpq_inits(l->factor, l->rest, NULL);
}

static void linear_clear(struct linear *l)
{
    mpq_clears(l->factor, l->rest, NULL);
}

static bool bound_sum_of(struct linear *left, const struct linear *right, bool difference)
{
    void (*join)(mpq_ptr, mpq_srcptr, mpq_srcptr) = difference ? mpq_sub : mpq_add;

    if (left->name && right->name && !g_str_equal(left->name, right->name))
        return false;
    if (!left->name)
        left->name = right->name;
    join(left->factor, left->factor, right->factor);
    join(left->rest, left->rest, right->rest);
    return true;
}

static bool product_of(struct linear *left, const struct linear *right)
{
    const struct linear *name = left->name ? left : right, *constant = left->name ? right : left;

    if (left->name && right->name)
        return false;
    mpq_mul(left->factor, name->factor, constant->rest);
    mpq_mul(left->rest, left->rest, right->rest);
    left->name = name->name;
    return true;
}

static bool quotient_of(struct linear *left, struct linear *right)
{
    if (right->name || mpq_sgn(right->rest) == 0)
        return false;
    mpq_inv(right->rest, right->rest);
    return product_of(left, right);
}

static bool bound_join(struct linear *left, struct linear *right, enum node node)
{
    switch (node) {
    case NODE_ADD:
        return bound_sum_of(left, right, false);
    case NODE_SUBTRACT:
        return bound_sum_of(left, right, true);
    case NODE_MULTIPLY:
        return product_of(left, right);
    default:
        return quotient_of(left, right);
    }
}

/* False: it is not linear in one name. */
static bool linear_of(const struct expression *e, struct linear *out)
{
    struct linear right;
    bool good;

    if (e->node == NODE_NUMBER) {
        mpq_set(out->rest, e->number);
        return true;
    }
    if (e->node == NODE_NAME) {
        out->name = e->name;
        mpq_set_ui(out->factor, 1, 1);
        return true;
    }
    linear_init(&right);
    good = linear_of(e->left, out) && linear_of(e->right, &right) && bound_join(out, &right, e->node);
    linear_clear(&right);
    return good;
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

/* factor * name + rest, which is to be COMPARISON 0. */
static void add_linear(GArray *to, struct linear *l, const char *written, bool negated)
{
    struct bound bound = {.name = l->name};

    if (!l->name || mpq_sgn(l->factor) == 0)
        return;
    bound.comparison = comparison_of(written, negated, mpq_sgn(l->factor) < 0);
    mpq_div(l->rest, l->rest, l->factor);
    mpq_neg(l->rest, l->rest);
    bound.value = quantity_nearest(l->rest);
    if (bound.comparison && isfinite(bound.value))
        g_array_append_val(to, bound);
}

static void add_bound(GArray *to, const struct expression *e, bool negated)
{
    struct linear left, right;

    linear_init(&left);
    linear_init(&right);
    if (linear_of(e->left, &left) && linear_of(e->right, &right) && bound_sum_of(&left, &right, true))
        add_linear(to, &left, e->comparison, negated);
    linear_clear(&left);
    linear_clear(&right);
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
