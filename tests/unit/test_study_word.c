/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Metrics that are a word: their places, the worst of several runs, and conditions on them. */
#include "sim/study/word.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <string.h>

static const char *const states[] = {"calm", "cut off", "collapsed", NULL};
static const struct stats_words words[] = {{"state", states}};
static const struct stats_column metrics[] = {{"wait_s", "s", "", STATS_MEAN},
                                              {"state", "text", "", STATS_WORD}};
static const struct study_host host = {
    .metrics = metrics, .metric_count = G_N_ELEMENTS(metrics), .words = words, .word_count = 1};

static void test_places(void)
{
    double value;
    char *choice = word_choice(states);

    g_assert_null(word_list(&host, 0));
    g_assert_true(word_list(&host, 1) == states);
    g_assert_cmpstr(word_text(&host, 1, 2), ==, "collapsed");
    g_assert_null(word_text(&host, 1, (double)NAN));
    g_assert_true(word_value(&host, 1, "cut off", &value));
    g_assert_cmpfloat(value, ==, 1);
    g_assert_false(word_value(&host, 1, "cut", &value));
    g_assert_cmpstr(choice, ==, "calm, \"cut off\" or collapsed");
    g_free(choice);
}

static void test_runs(void)
{
    static const double calm[] = {1, 0}, collapsed[] = {1, 2}, none[] = {1, (double)NAN};
    const double *const mixed[] = {calm, collapsed, calm}, *const missing[] = {collapsed, none, calm};
    char *counts = word_counts(&host, 1, mixed, 3), *one = word_counts(&host, 1, mixed, 1);

    g_assert_cmpstr(word_worst(&host, 1, mixed, 3), ==, "collapsed");
    g_assert_cmpstr(word_worst(&host, 1, mixed, 1), ==, "calm");
    g_assert_null(word_worst(&host, 1, missing, 3));
    g_assert_null(word_worst(&host, 1, mixed, 0));
    g_assert_cmpstr(counts, ==, "calm (2 runs), collapsed (1)");
    g_assert_cmpstr(one, ==, "calm (1 run)");
    g_free(counts);
    g_free(one);
}

/* --- conditions ----------------------------------------------------------------------------------------- */

static enum expression_kind kind(const void *user, const char *name)
{
    (void)user;
    return strcmp(name, "state") == 0 ? EXPRESSION_TEXT : EXPRESSION_NUMBER;
}

static const char *const *words_of(const void *user, const char *name)
{
    (void)user;
    (void)name;
    return states;
}

static bool number(const void *user, const char *name, mpq_t out)
{
    (void)user;
    (void)name;
    mpq_set_ui(out, 1, 1);
    return true;
}

/* user: a word, or an empty text where it has none. */
static const char *text(const void *user, const char *name)
{
    const char *word = user;

    (void)name;
    return *word ? word : NULL;
}

static const struct expression_names names = {.kind = kind, .words = words_of};

/* Sure where all samples agree. */
static enum answer agreed(const void *user, const char *comparison,
                          const struct expression_differences *differences)
{
    unsigned met = 0;

    (void)user;
    for (unsigned i = 0; i < differences->count; i++)
        met += (differences->values[i] == 0) == (comparison[0] == '=');
    g_assert_cmpint(differences->sum_sign != 0, ==, met != (comparison[0] == '=' ? differences->count : 0));
    return met == differences->count ? ANSWER_YES : met == 0 ? ANSWER_NO : ANSWER_UNSURE;
}

static void test_conditions(void)
{
    static const struct {
        const char *text, *samples[2];
        enum answer answer;
        const char *missing;
        bool first; /* true of the first sample */
    } cases[] = {{"state == calm", {"calm", "calm"}, ANSWER_YES, NULL, true},
                 {"state == calm", {"calm", "collapsed"}, ANSWER_UNSURE, NULL, true},
                 {"state == calm", {"collapsed", "collapsed"}, ANSWER_NO, NULL, false},
                 {"state != \"cut off\"", {"calm", "collapsed"}, ANSWER_YES, NULL, true},
                 {"state != \"cut off\"", {"cut off", "cut off"}, ANSWER_NO, NULL, false},
                 {"not state == calm", {"collapsed", "cut off"}, ANSWER_YES, NULL, true},
                 {"state != collapsed and x < 2", {"calm", "calm"}, ANSWER_YES, NULL, true},
                 {"state == calm", {"", "calm"}, ANSWER_NO, "state", false},
                 {"state != calm", {"", "collapsed"}, ANSWER_NO, "state", false},
                 {"not state == calm", {"", "collapsed"}, ANSWER_NO, "state", false}};
    const struct expression_judge judge = {agreed, NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;
        struct expression *e = expression_parse(cases[i].text, &names, &error);
        const struct expression_values samples[] = {{number, text, cases[i].samples[0]},
                                                    {number, text, cases[i].samples[1]}};

        g_assert_no_error(error);
        if (expression_answer(e, samples, 2, &judge) != cases[i].answer)
            g_error("case %zu, \"%s\": another answer", i, cases[i].text);
        g_assert_cmpstr(expression_missing(e, samples, 2), ==, cases[i].missing);
        g_assert_cmpint(expression_true(e, &samples[0]), ==, cases[i].first);
        expression_free(e);
    }
}

static void test_mistakes(void)
{
    static const char *const cases[][2] = {
        {"state == clam", "at character 10: state is never clam, expected calm, \"cut off\" or collapsed"},
        {"state != cut off", "at character 10: state is never cut, expected calm, \"cut off\""},
        {"state < collapsed", "state is a text, expected == or !="},
        {"state + 1 > 2", "state is a text, expected == or !="}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;

        g_assert_null(expression_parse(cases[i][0], &names, &error));
        if (!strstr(error->message, cases[i][1]))
            g_error("\"%s\" does not say \"%s\"", error->message, cases[i][1]);
        g_error_free(error);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/word/places", test_places);
    g_test_add_func("/study/word/runs", test_runs);
    g_test_add_func("/study/word/conditions", test_conditions);
    g_test_add_func("/study/word/mistakes", test_mistakes);
    return g_test_run();
}
