/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The confidence intervals that decide whether a value meets a target; the search itself:
 * test_study_search.c. */
#include "sim/study/quantity.h"
#include "sim/study/statistics.h"
#include "tests/tap/tap.h"

#include <math.h>

/* --- statistics ----------------------------------------------------------------------------------------- */

/* NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2, critical values of Student's t, column
 * 0.975. */
static void test_t(void)
{
    static const struct {
        unsigned df;
        double t;
    } table[] = {{1, 12.706}, {2, 4.303},  {3, 3.182},  {4, 2.776},  {5, 2.571},
                 {6, 2.447},  {7, 2.365},  {8, 2.306},  {9, 2.262},  {10, 2.228},
                 {15, 2.131}, {20, 2.086}, {30, 2.042}, {60, 2.000}, {100, 1.984}};

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++)
        g_assert_cmpfloat_with_epsilon(statistics_t(table[i].df, 1), table[i].t, 0.0005001);
}

static void test_interval(void)
{
    static const double five[] = {1, 2, 3, 4, 5}, equal[] = {0.1, 0.1, 0.1};
    struct statistics s = statistics_of(five, 5);

    /* By hand: sd = sqrt(10/4), half-width = 2.776 sd / sqrt(5). */
    g_assert_cmpfloat(s.mean, ==, 3);
    g_assert_cmpfloat_with_epsilon(s.sd, 1.5811388, 1e-7);
    g_assert_cmpfloat_with_epsilon(s.high - 3, 2.776 * 1.5811388 / 2.2360680, 0.001);
    g_assert_cmpfloat_with_epsilon(3 - s.low, s.high - 3, 1e-12);
    s = statistics_of(equal, 3);
    g_assert_true(s.mean == 0.1 && s.sd == 0 && s.low == 0.1 && s.high == 0.1);
    s = statistics_of(five, 1);
    g_assert_true(s.n == 1 && s.mean == 1 && s.sd == 0);
    g_assert_cmpuint(statistics_of(NULL, 0).n, ==, 0);
}

static void test_answers(void)
{
    static const double above[] = {1, 1.1, 0.9}, around[] = {-1, 1, 0.5}, zero[] = {0, 0, 0};

    g_assert_cmpint(statistics_answer("<=", above, 3, 1), ==, ANSWER_NO);
    g_assert_cmpint(statistics_answer("<", above, 3, 1), ==, ANSWER_NO);
    g_assert_cmpint(statistics_answer(">", above, 3, 1), ==, ANSWER_YES);
    g_assert_cmpint(statistics_answer("!=", above, 3, 1), ==, ANSWER_YES);
    g_assert_cmpint(statistics_answer("==", above, 3, 1), ==, ANSWER_NO);
    g_assert_cmpint(statistics_answer("<=", above, 1, 1), ==, ANSWER_UNSURE);
    g_assert_cmpint(statistics_answer("<=", around, 3, 1), ==, ANSWER_UNSURE);
    g_assert_cmpint(statistics_answer(">", around, 3, 1), ==, ANSWER_UNSURE);
    g_assert_cmpint(statistics_answer("==", around, 3, 1), ==, ANSWER_UNSURE);
    g_assert_cmpint(statistics_answer_mean(">", 1), ==, ANSWER_YES);
    g_assert_cmpint(statistics_answer_mean("<=", 1), ==, ANSWER_NO);
    g_assert_cmpint(statistics_answer("<=", zero, 3, 1), ==, ANSWER_YES);
    g_assert_cmpint(statistics_answer("<", zero, 3, 1), ==, ANSWER_NO);
    g_assert_cmpint(statistics_answer(">=", zero, 3, 1), ==, ANSWER_YES);
    g_assert_cmpint(statistics_answer(">", zero, 3, 1), ==, ANSWER_NO);
    g_assert_cmpint(statistics_answer("==", zero, 3, 1), ==, ANSWER_YES);
    g_assert_cmpint(statistics_answer("!=", zero, 3, 1), ==, ANSWER_NO);
}

/* --- several looks -------------------------------------------------------------------------------------- */

static void test_looks(void)
{
    static const struct {
        unsigned first, last, looks;
    } cases[] = {{3, 10, 4}, {3, 9, 3}, {3, 3, 1}, {2, 100, 50}, {4, 5, 2}, {1, 3, 3}, {20, 20, 1}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpuint(statistics_looks(cases[i].first, cases[i].last), ==, cases[i].looks);
}

/* Closed forms of Student's quantile: for 1 degree of freedom tan(pi (p - 1/2)), for 2 (2p - 1) / sqrt(2p (1
 * - p)). */
static void test_shared_t(void)
{
    for (unsigned looks = 1; looks <= 50; looks++) {
        double p = 1 - 0.025 / looks, one = tan(G_PI * (p - 0.5)), two = (2 * p - 1) / sqrt(2 * p * (1 - p));

        g_assert_cmpfloat_with_epsilon(statistics_t(1, looks) / one, 1, 1e-9);
        g_assert_cmpfloat_with_epsilon(statistics_t(2, looks) / two, 1, 1e-9);
    }
    /* The first look of 3..10: 1 - 0.025 / 4 = 0.99375 with 2 degrees of freedom. */
    g_assert_cmpfloat_with_epsilon(statistics_t(2, statistics_looks(3, 10)), 8.8602, 0.0001);
}

/* One question as plan asks it, of a mean that is exactly on target. */
static enum answer ask_on_target(GRand *random, unsigned first, unsigned last)
{
    double values[100];
    unsigned n = 0, wanted = first, looks = statistics_looks(first, last);

    for (;;) {
        /* Box and Muller. */
        for (; n < wanted; n++)
            values[n] = sqrt(-2 * log(1 - g_rand_double(random))) * cos(2 * G_PI * g_rand_double(random));
        enum answer answer = statistics_answer("<=", values, n, looks);

        if (answer != ANSWER_UNSURE || n == last)
            return answer;
        wanted = MIN(n + first, last);
    }
}

/* To each side at most 2.5 %, up to three standard errors of the trials; and not so much less that looks are
 * wasted. */
static void test_error_of_looks(void)
{
    static const struct {
        unsigned first, last, trials;
    } cases[] = {{3, 10, 10000}, {2, 100, 1000}, {5, 5, 10000}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GRand *random = g_rand_new_with_seed(2024);
        unsigned trials = cases[i].trials, yes = 0, no = 0;
        double most = 0.025 + 3 * sqrt(0.025 * 0.975 / trials);

        for (unsigned t = 0; t < trials; t++) {
            enum answer answer = ask_on_target(random, cases[i].first, cases[i].last);

            yes += answer == ANSWER_YES;
            no += answer == ANSWER_NO;
        }
        g_test_message("%u..%u: %u yes, %u no of %u", cases[i].first, cases[i].last, yes, no, trials);
        g_assert_cmpfloat((double)yes / trials, <, most);
        g_assert_cmpfloat((double)no / trials, <, most);
        g_assert_cmpfloat((double)(yes + no) / trials, >, 0.01);
        g_rand_free(random);
    }
}

static enum expression_kind any_name(const void *user, const char *name)
{
    (void)user;
    (void)name;
    return EXPRESSION_NUMBER;
}

/* "yes", "no" and "unsure" are samples above, below and around 0; "lost" has no value in one of them. */
static bool sample(const void *user, const char *name, mpq_t out)
{
    double side = strcmp(name, "yes") == 0 ? 1 : strcmp(name, "no") == 0 ? -1 : 0;

    if (strcmp(name, "lost") == 0)
        return quantity_exact_real(*(const double *)user == 0 ? (double)NAN : 1, out);
    return quantity_exact_real(side + *(const double *)user, out);
}

static enum answer by_interval(const void *user, const char *comparison,
                               const struct expression_differences *differences)
{
    (void)user;
    return statistics_answer(comparison, differences->values, differences->count, 1);
}

static enum answer by_mean(const void *user, const char *comparison,
                           const struct expression_differences *differences)
{
    (void)user;
    return statistics_answer_mean(comparison, differences->sum_sign);
}

static void test_logic(void)
{
    static const struct {
        const char *text;
        enum answer answer;
        const char *missing;
    } cases[] = {{"yes > 0", ANSWER_YES, NULL},
                 {"no > 0", ANSWER_NO, NULL},
                 {"unsure > 0", ANSWER_UNSURE, NULL},
                 {"yes > 0 and unsure > 0", ANSWER_UNSURE, NULL},
                 {"no > 0 and unsure > 0", ANSWER_NO, NULL},
                 {"yes > 0 or unsure > 0", ANSWER_YES, NULL},
                 {"no > 0 or unsure > 0", ANSWER_UNSURE, NULL},
                 {"not unsure > 0", ANSWER_UNSURE, NULL},
                 {"not no > 0", ANSWER_YES, NULL},
                 {"yes - no == 2", ANSWER_YES, NULL},
                 {"lost > 0", ANSWER_NO, "lost > 0"},
                 {"yes > 0 and not ( lost<= 3 )", ANSWER_NO, "lost<= 3"},
                 {"not (not (lost > 0))", ANSWER_NO, "lost > 0"},
                 {"lost > 0 or yes > 0", ANSWER_YES, "lost > 0"},
                 {"yes > 0 and 0 * yes / (yes - yes) < 1", ANSWER_NO, "0 * yes / (yes - yes) < 1"},
                 {"yes / 0 > 1", ANSWER_NO, "yes / 0 > 1"}};
    static const double noise[] = {-0.1, 0, 0.1};
    const struct expression_names names = {.kind = any_name};
    const struct expression_values samples[] = {
        {sample, NULL, &noise[0]}, {sample, NULL, &noise[1]}, {sample, NULL, &noise[2]}};
    const struct expression_judge judge = {by_interval, NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct expression *e = expression_parse(cases[i].text, &names, NULL);

        g_assert_nonnull(e);
        g_assert_cmpint(expression_answer(e, samples, 3, &judge), ==, cases[i].answer);
        g_assert_cmpstr(expression_missing(e, samples, 3), ==, cases[i].missing);
        expression_free(e);
    }
}

static bool noisy(const void *user, const char *name, mpq_t out)
{
    (void)name;
    return quantity_exact_real(*(const double *)user, out);
}

/* Means that meet a bound exactly, of decimals that binary numbers do not have. */
static void test_exact_means(void)
{
    static const struct {
        const char *text;
        double values[3];
    } cases[] = {{"x <= 0.2", {0.1, 0.2, 0.3}},
                 {"x >= 0.2", {0.1, 0.2, 0.3}},
                 {"x == 0.2", {0.3, 0.1, 0.2}},
                 {"x <= 0.7 + 0.2 + 0.1", {1, 1, 1}},
                 {"x * 3 == 0.6", {0.1, 0.2, 0.3}},
                 {"x == 1.1", {1.1, 1.0, 1.2}},
                 {"x == 123456789.12345", {123456789.12345, 123456789.12344, 123456789.12346}},
                 {"-x == 0.0000123", {-1.23e-5, -1.22e-5, -1.24e-5}},
                 {"x == 2500000000000000000000", {2.5e21, 2.4e21, 2.6e21}}};
    const struct expression_names names = {.kind = any_name};
    const struct expression_judge judge = {by_mean, NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct expression *e = expression_parse(cases[i].text, &names, NULL);
        struct expression_values samples[3];

        for (unsigned k = 0; k < 3; k++)
            samples[k] = (struct expression_values){noisy, NULL, &cases[i].values[k]};
        if (expression_answer(e, samples, 3, &judge) != ANSWER_YES)
            g_error("\"%s\" does not hold", cases[i].text);
        expression_free(e);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/student-t", test_t);
    g_test_add_func("/study/interval", test_interval);
    g_test_add_func("/study/answers", test_answers);
    g_test_add_func("/study/looks", test_looks);
    g_test_add_func("/study/shared-t", test_shared_t);
    g_test_add_func("/study/error-of-looks", test_error_of_looks);
    g_test_add_func("/study/logic", test_logic);
    g_test_add_func("/study/exact-means", test_exact_means);
    return g_test_run();
}
