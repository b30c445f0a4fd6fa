/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bounds and parts of conditions, against such worked out by hand. */
#include "sim/study/bound.h"
#include "sim/study/parts.h"
#include "sim/study/quantity.h"
#include "tests/tap/tap.h"

#include <math.h>

static enum expression_kind kind(const void *user, const char *name)
{
    (void)user;
    return g_str_equal(name, "text") ? EXPRESSION_TEXT : EXPRESSION_NUMBER;
}

static void offer(const void *user, struct suggestion *suggestion)
{
    (void)user;
    suggest_offer(suggestion, "a");
}

/* `expected`: "a <= 0.95|b > 3". */
static void expect_bounds(const char *text, const char *expected)
{
    static const struct expression_names names = {.kind = kind, .offer = offer};
    GError *error = NULL;
    struct expression *condition = expression_parse(text, &names, &error);
    GString *found = g_string_new(NULL);
    GArray *bounds;

    g_assert_no_error(error);
    bounds = expression_bounds(condition);
    for (unsigned i = 0; i < bounds->len; i++) {
        const struct bound *bound = &g_array_index(bounds, struct bound, i);
        char value[32];

        g_snprintf(value, sizeof value, "%.9g", bound->value);
        g_assert_true(g_ascii_strtod(value, NULL) == bound->value); /* and no binary number beside it */
        g_string_append_printf(found, "%s%s %s %s", i ? "|" : "", bound->name, bound->comparison, value);
    }
    g_assert_cmpstr(found->str, ==, expected);
    g_string_free(found, TRUE);
    g_array_unref(bounds);
    expression_free(condition);
}

static void test_linear(void)
{
    expect_bounds("a <= 1.9", "a <= 1.9");
    expect_bounds("2 * a <= 1.9", "a <= 0.95");
    expect_bounds("1.9 >= a * 2", "a <= 0.95");
    expect_bounds("a / 4 + 1 < 3 - a / 4", "a < 4");
    expect_bounds("1 - a > 1%", "a < 0.99");
    expect_bounds("2 * a <= 10%", "a <= 0.05");
    expect_bounds("0.3 >= a / 10", "a <= 3");
    expect_bounds("(a + a) * 3 == 60ms", "a == 0.01");
    expect_bounds("a - 2 * a >= 0", "a <= 0");
}

static void test_joined(void)
{
    expect_bounds("a < 1 and b > 2 and a > 0.5", "a < 1|b > 2|a > 0.5");
    expect_bounds("a < 1 or b > 2", "");
    expect_bounds("not (a < 1 or b == 2) and not b <= 7", "a >= 1|b > 7");
    expect_bounds("not (a != 5 or a >= 6)", "a == 5|a < 6");
    expect_bounds("not (a < 1 and b < 2)", "");
    expect_bounds("not not a <= 4 and text == even", "a <= 4");
}

static void test_none(void)
{
    expect_bounds("a - b <= 0.5 and c + d <= 5000", "");
    expect_bounds("a / b <= 1%", "");
    expect_bounds("1 / a <= 1", "");
    expect_bounds("a * a < 4", "");
    expect_bounds("a - a < 4 and 1 < 2", "");
    expect_bounds("a / 0 < 4 and 0 * a < 4", "");
    expect_bounds("a != 3", "");
}

static struct expression *parsed(const char *text)
{
    static const struct expression_names names = {.kind = kind, .offer = offer};
    struct expression *condition = expression_parse(text, &names, NULL);

    g_assert_nonnull(condition);
    return condition;
}

/* `expected`: parts, joined by |. */
static void expect_parts(const char *text, unsigned most, const char *expected)
{
    struct expression *condition = parsed(text);
    GPtrArray *parts = expression_parts(condition, most);
    GString *found = g_string_new(NULL);

    for (unsigned i = 0; i < parts->len; i++) {
        char *part = expression_text(g_ptr_array_index(parts, i)), *again;
        struct expression *reread = parsed(part);

        g_string_append_printf(found, "%s%s", i ? "|" : "", part);
        again = expression_text(reread);
        g_assert_cmpstr(again, ==, part);
        g_free(again);
        g_free(part);
        expression_free(reread);
    }
    g_assert_cmpstr(found->str, ==, expected);
    g_string_free(found, TRUE);
    g_ptr_array_unref(parts);
    expression_free(condition);
}

static void test_parts(void)
{
    expect_parts("a <= 1", 9, "a <= 1");
    expect_parts("a<=1 and  2*b > 2%  and not c < 3", 9, "a<=1|2*b > 2%|not c < 3");
    expect_parts("a < 1 and (b < 2 or c < 3)", 9, "a < 1|b < 2 or c < 3");
    expect_parts("a < 1 or b < 2 and c < 3", 9, "a < 1 or b < 2 and c < 3");
    expect_parts("(a < 1 or b < 2 and (c < 3 or d < 4)) and e < 5", 9,
                 "a < 1 or b < 2 and (c < 3 or d < 4)|e < 5");
    expect_parts("not (a < 1 and b < 2)", 9, "not (a < 1 and b < 2)");
    expect_parts("text ==  even and a < 1", 9, "text == even|a < 1");
    expect_parts("text == \"cut off\" or not text != \"a)\"", 9, "text == \"cut off\" or not text != \"a)\"");
    expect_parts("text != \"\" and text == \"x\"", 9, "text != \"\"|text == x");
    expect_parts("not (a < 1 or b < 2) or not not c < 3", 9, "not (a < 1 or b < 2) or not not c < 3");
    expect_parts("a < 1 and b < 2 and c < 3", 2, "a < 1 and b < 2 and c < 3");
}

/* a is 1, 2 and 6 in three samples; none has no value in the last. */
static bool number(const void *user, const char *name, mpq_t out)
{
    double a = *(const double *)user;

    return quantity_exact_real(g_str_equal(name, "none") && a == 6 ? (double)NAN : a, out);
}

static double margin(const char *text)
{
    static const double a[] = {1, 2, 6};
    struct expression_values samples[G_N_ELEMENTS(a)];
    struct expression *condition = parsed(text);
    double out;

    for (size_t i = 0; i < G_N_ELEMENTS(a); i++)
        samples[i] = (struct expression_values){number, NULL, &a[i]};
    out = expression_margin(condition, samples, G_N_ELEMENTS(a));
    g_assert_true(isnan(expression_margin(condition, samples, 0)));
    expression_free(condition);
    return out;
}

static void test_margins(void)
{
    g_assert_cmpfloat(margin("a <= 5"), ==, 2);
    g_assert_cmpfloat(margin("a < 1"), ==, -2);
    g_assert_cmpfloat(margin("2 * a >= 5"), ==, 1);
    g_assert_cmpfloat(margin("a > 4"), ==, -1);
    g_assert_cmpfloat(margin("a == 5"), ==, -2);
    g_assert_cmpfloat(margin("a != 5"), ==, 2);
    g_assert_true(isnan(margin("none < 5")));
    g_assert_true(isnan(margin("a < 5 or a > 7")));
    g_assert_true(isnan(margin("not a < 5")));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/bound/linear in one name", test_linear);
    g_test_add_func("/bound/joined", test_joined);
    g_test_add_func("/bound/none", test_none);
    g_test_add_func("/parts/split", test_parts);
    g_test_add_func("/parts/margins", test_margins);
    return g_test_run();
}
