/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Axes against lists made by hand, and conditions. */
#include "models/scenario/scenario.h"
#include "sim/study/axis.h"
#include "sim/study/expression.h"
#include "sim/study/study.h"
#include "tests/tap/tap.h"

#include <stdlib.h>

/* `expected`: the values joined by blanks. */
static void expect_values(const char *key, const char *text, const char *expected)
{
    char *why = NULL, *joined;
    GPtrArray *values = axis_values(config_key_named(&scenario_schema, key), text, &why);

    if (!values)
        g_error("%s = %s: refused: %s", key, text, why);
    g_ptr_array_add(values, NULL);
    joined = g_strjoinv("|", (char **)values->pdata);
    g_assert_cmpstr(joined, ==, expected);
    g_free(joined);
    g_ptr_array_unref(values);
}

static void refuse_values(const char *key, const char *text, const char *reason)
{
    char *why = NULL;
    GPtrArray *values = axis_values(config_key_named(&scenario_schema, key), text, &why);

    if (values)
        g_error("%s = %s: taken", key, text);
    if (!strstr(why, reason))
        g_error("%s = %s: \"%s\" does not say \"%s\"", key, text, why, reason);
    g_free(why);
}

static void test_lists(void)
{
    expect_values("bmsc.workers", "4", "4");
    expect_values("pull.rate", "200/s, 500/s,1k/s", "200/s|500/s|1k/s");
    expect_values("bmsc.service_time", "exp(1ms), uniform(1ms, 3ms), lognormal(2ms, 0.5)",
                  "exp(1ms)|uniform(1ms, 3ms)|lognormal(2ms, 0.5)");
    expect_values("access.ip_version", "4, 6", "4|6");
    expect_values("run.engine", "native, ns3", "native|ns3");
    expect_values("bmsc.workers", "1, 2..4, 8..32 factor 2", "1|2|3|4|8|16|32");
    expect_values("fault.drop", "pull@1-2", "pull@1-2");
    expect_values("gba.lifetime", "0.5h..1h in 2, 2h", "0.5h|1h|2h");
    refuse_values("bsf.retry_after", "1s..3s step 500ms", "\"1500ms\" is not a whole number of seconds");
    refuse_values("bmsc.workers", "1,,2", "an empty place");
    refuse_values("bmsc.workers", "1, 2,", "an empty place");
    refuse_values("bmsc.workers", "", "an empty place");
    refuse_values("bmsc.workers", "0", "out of range, expected 1 to 100k");
    refuse_values("pull.rate", "5ms", "unknown unit, expected a rate");
    refuse_values("run.engine", "native, ns2", "did you mean ns3?");
}

static void test_steps(void)
{
    expect_values("bmsc.workers", "1..5", "1|2|3|4|5");
    expect_values("bmsc.workers", "7..7", "7");
    expect_values("bmsc.workers", "1 .. 3", "1|2|3");
    expect_values("bmsc.workers", "1..8 step 3", "1|4|7");
    expect_values("ue.muk_expired", "0%..100% step 10%", "0%|10%|20%|30%|40%|50%|60%|70%|80%|90%|100%");
    expect_values("ue.muk_expired", "0..0.6 step 0.1", "0|0.1|0.2|0.3|0.4|0.5|0.6");
    expect_values("ue.muk_expired", "0..20% step 0.05", "0%|5%|10%|15%|20%");
    expect_values("pull.start", "0..3s step 1s", "0s|1s|2s|3s");
    expect_values("pull.start", "500ms..2s step 500ms", "500ms|1000ms|1500ms|2000ms");
    expect_values("pull.start", "1min..2h step 30min", "1min|31min|61min|91min");
    expect_values("ue.count", "10k..30k step 10k", "10k|20k|30k");
    expect_values("ue.count", "0.5k..2k step 500", "500|1000|1500|2000");
    expect_values("pull.rate", "500/s..2k/s step 500/s", "500/s|1000/s|1500/s|2000/s");
    expect_values("pull.rate", "60/min..3/s step 1/s", "60/min|120/min|180/min");
    expect_values("access.uplink_rate", "1Mbit/s..2Mbit/s step 0.25Mbit/s",
                  "1Mbit/s|1.25Mbit/s|1.5Mbit/s|1.75Mbit/s|2Mbit/s");
    expect_values("access.queue_limit", "2kB..4KiB step 1KiB", "2kB|3.024kB|4.048kB");
    refuse_values("bmsc.workers", "5..1", "the range is empty: 5 is above 1");
    refuse_values("bmsc.workers", "1..5 step 0", "a step of 0");
    refuse_values("bmsc.workers", "1..5 steps 2", "not a range, expected");
    refuse_values("bmsc.workers", "1..", "a range without an end");
    refuse_values("bmsc.workers", "..5", "\"\" is not a number");
    refuse_values("bmsc.workers", "1..many", "\"many\" is not a number");
    refuse_values("pull.start", "1s..5s", "not a range, expected");
    refuse_values("pull.start", "1..5s step 1s", "has no unit");
    refuse_values("pull.start", "1s..5x step 1s", "unknown unit");
    refuse_values("bmsc.workers", "1..3 step 0.5", "does not come out whole");
    refuse_values("ue.count", "1..100M", "more than 10000 values");
    refuse_values("bmsc.workers", "99999999999999999999999..5", "too large");
}

static void test_factors(void)
{
    expect_values("bmsc.workers", "1..16 factor 2", "1|2|4|8|16");
    expect_values("bmsc.workers", "3..100 factor 3", "3|9|27|81");
    /* 1, 1.5, 2.25, 3.375, 5.0625, 7.59375, 11.390625: rounded, each once. */
    expect_values("bmsc.workers", "1..12 factor 1.5", "1|2|3|5|8|11");
    expect_values("pull.rate", "250/s..4k/s factor 2", "250/s|500/s|1000/s|2000/s|4000/s");
    expect_values("pull.rate", "1/s..2/s factor 1.1",
                  "1/s|1.1/s|1.21/s|1.331/s|1.4641/s|1.61051/s|1.771561/s|1.9487171/s");
    expect_values("ue.muk_expired", "1%..50% factor 2.5", "1%|2.5%|6.25%|15.625%|39.0625%");
    expect_values("ue.count", "1..1000000 factor 1000", "1|1000|1000000");
    refuse_values("bmsc.workers", "1..16 factor 1", "the factor 1,");
    refuse_values("bmsc.workers", "1..16 factor 0.5", "the factor 0.5,");
    refuse_values("bmsc.workers", "1..16 factor two", "\"two\" is not a number");
    refuse_values("bmsc.workers", "1..16 factor 1.0000000001", "too many digits");
    refuse_values("ue.muk_expired", "0..1 factor 2", "lead away from 0");
    refuse_values("bmsc.workers", "1..16 factor 1.00001", "more than 10000 steps");
}

static void test_counted(void)
{
    expect_values("bmsc.workers", "1..10 in 4", "1|4|7|10");
    expect_values("bmsc.workers", "1..10 in 2", "1|10");
    expect_values("bmsc.workers", "1..10 in 3", "1|6|10"); /* 5.5 is not whole */
    expect_values("ue.muk_expired", "0%..100% in 5", "0%|25%|50%|75%|100%");
    expect_values("ue.muk_expired", "0%..100% in 4", "0%|33.3333%|66.6667%|100%");
    expect_values("pull.start", "0s..10s in 4", "0s|3.33333s|6.66667s|10s");
    expect_values("pull.rate", "1/s..1k/s in 4 geometric", "1/s|10/s|100/s|1000/s");
    expect_values("pull.start", "1ms..1s in 4 geometric", "1ms|10ms|100ms|1000ms");
    /* sqrt(2) = 1.41421356..., cube roots of 100: 4.6415888..., 21.5443469... */
    expect_values("pull.rate", "1/s..2/s in 3 geometric", "1/s|1.41421/s|2/s");
    expect_values("access.rtt", "1ms..100ms in 4 geometric", "1ms|4.64159ms|21.5443ms|100ms");
    expect_values("bmsc.workers", "1..100 in 4 geometric", "1|5|22|100");
    refuse_values("bmsc.workers", "1..3 in 5", "twice");
    refuse_values("bmsc.workers", "1..3 in 1", "from 2 to");
    refuse_values("bmsc.workers", "1..3 in few", "from 2 to");
    refuse_values("bmsc.workers", "1..3 in 2 arithmetic", "not a range");
    refuse_values("ue.muk_expired", "0..1 in 3 geometric", "cannot begin at 0");
}

/* --- conditions ----------------------------------------------------------------------------------------- */

static bool number(const void *user, const char *name, mpq_t out)
{
    unsigned value = strcmp(name, "bmsc.workers") == 0  ? 8
                     : strcmp(name, "bsf.workers") == 0 ? 2
                     : strcmp(name, "pull.rate") == 0   ? 2000
                                                        : 60; /* pull.start */

    (void)user;
    mpq_set_ui(out, value, 1);
    return true;
}

static const char *text_value(const void *user, const char *name)
{
    (void)user;
    return strcmp(name, "variant") == 0 ? "even" : "auto";
}

static bool truth(const char *text)
{
    const struct expression_names names = study_names(&scenario_schema);
    const struct expression_values values = {number, text_value, NULL};
    GError *error = NULL;
    struct expression *e = expression_parse(text, &names, &error);
    bool is;

    g_assert_no_error(error);
    is = expression_true(e, &values);
    expression_free(e);
    return is;
}

static void test_conditions(void)
{
    static const char *const right[] = {
        "bmsc.workers <= 4 * bsf.workers and pull.rate < 5k/s", "bmsc.workers == 8", "bmsc.workers != 9",
        "2 + 3 * 2 == bmsc.workers", "(2 + 2) * 2 == bmsc.workers", "20 - 8 - 4 == bmsc.workers",
        "32 / 2 / 2 == bmsc.workers", "bmsc.workers / bsf.workers > 3.99", "-bmsc.workers < -7",
        "pull.rate == 2k/s", "pull.rate == 120000/min", "pull.rate/2 == 1000/s", "pull.rate == 2_000",
        "pull.start == 1min", "pull.start >= 60000ms", "0.5 == 50%", "1kB < 1KiB", "20Mbit/s == 20000000",
        "variant == even", "variant != poisson", "variant == \"even\" and access.ip_version == auto",
        "not variant == poisson", "not (bmsc.workers < 3 or bsf.workers > 5)",
        "bmsc.workers < 3 or bsf.workers < 5 and pull.rate > 1", "((bmsc.workers)) > ((3))",
        /* Fractions, none of which binary numbers have. */
        "0.1 + 0.2 == 0.3", "10% + 20% <= 30%", "not 0.1 + 0.2 > 0.3", "1 <= 0.7 + 0.2 + 0.1",
        "3 * 100ms == 300ms", "0.1ms + 0.2ms == 0.3ms", "1/min * 60 == 1/s", "1 / 3 + 1 / 3 + 1 / 3 == 1",
        "pull.rate / 3 * 3 == pull.rate", "0.1 * 3 - 0.3 == 0", "1.1 * 1.1 == 1.21",
        "0.000000000000000000000001 > 0", "1 + 0.000000000000000000000001 > 1",
        "9007199254740993 - 9007199254740992 == 1",
        "99999999999999999999 * 99999999999999999999 + 1 > 99999999999999999999 * 99999999999999999999"};
    static const char *const false_ones[] = {"bmsc.workers < 8",
                                             "bmsc.workers > 8",
                                             "bmsc.workers != 8",
                                             "variant == poisson",
                                             "bmsc.workers > 3 and bsf.workers > 5",
                                             "(bmsc.workers < 3 or bsf.workers < 5) and pull.rate < 1",
                                             "not bmsc.workers == 8",
                                             "not not bmsc.workers == 7",
                                             "bmsc.workers / 0 < 5 and 1 > 2",
                                             "bmsc.workers / 0 > 5",
                                             "not bmsc.workers / 0 > 5",
                                             "not (not 0 / 0 != 1)",
                                             "0.1 + 0.2 > 0.3",
                                             "0.1 + 0.2 < 0.3"};

    for (size_t i = 0; i < G_N_ELEMENTS(right); i++)
        if (!truth(right[i]))
            g_error("\"%s\" came out false", right[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(false_ones); i++)
        if (truth(false_ones[i]))
            g_error("\"%s\" came out true", false_ones[i]);
}

static void test_mistakes(void)
{
    const struct expression_names names = study_names(&scenario_schema);
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "at character 1: expected a key, a number or (, it ends here"},
        {"bmsc.workers", "at character 13: a number is not a condition"},
        {"bmsc.workers <", "at character 15: expected a key"},
        {"bmsc.wrokers < 3", "at character 1: bmsc.wrokers: unknown name, did you mean bmsc.workers?"},
        {"1 < 2 and bmsc.wrokers < 3", "at character 11: bmsc.wrokers"},
        {"bmsc.workers = 3", "at character 14: = is not a comparison, did you mean ==?"},
        {"1 < bmsc.workers < 3", "compares two numbers, expected conditions joined by and"},
        {"bmsc.workers < 3 & 1 < 2", "at character 18: expected and, or, or the end"},
        {"bmsc.workers < 3 bsf.workers", "at character 18: expected and, or"},
        {"(bmsc.workers < 3", "at character 18: expected )"},
        {"bmsc.workers==8and 1 < 2", "at character 15: \"8and\" is not a number"},
        {"bmsc.workers < 5x", "at character 16: \"5x\" is not a number"},
        {"bmsc.workers and 1 < 2", "and joins conditions"},
        {"(1 < 2) + 3 < 4", "+ joins numbers"},
        {"not 3", "not stands before a condition"},
        {"variant < 3", "variant is a text, expected == or !="},
        {"variant ==", "expected the word that variant is compared with"},
        {"variant == \"a", "expected the word"},
        {"3 == variant", "variant is a text"},
        {"- (1 < 2)", "expected a number behind -"},
        {"ue.muk_expired > pull.timeout",
         "at character 16: left of > stands a share, right of it a time (s): expected two of a sort"},
        {"bmsc.workers >= 50%", "left of >= stands a count, right of it a share"},
        {"pull.timeout <= 2%", "left of <= stands a time (s), right of it a share"},
        {"pull.rate < 5s", "left of < stands a rate (1/s), right of it a time (s)"},
        {"core.rate < 5k/s", "left of < stands a bit rate (bit/s), right of it a rate (1/s)"},
        {"core.queue_limit == access.rtt", "left of == stands a number of bytes, right of it a time (s)"},
        {"1 < 2 and ue.count + access.loss > 3",
         "at character 20: left of + stands a count, right of it a share"},
        {"-access.rtt > -10%", "left of > stands a time (s), right of it a share"},
        {"access.rtt * access.rtt < 1s", "left of < stands s^2, right of it a time (s)"},
        {"core.queue_limit / core.rate < 1s", "left of < stands byte bit^-1 s, right of it a time (s)"}};

    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GError *error = NULL;

        if (expression_parse(cases[i].text, &names, &error))
            g_error("\"%s\" was taken", cases[i].text);
        if (!strstr(error->message, cases[i].message))
            g_error("\"%s\" does not say \"%s\"", error->message, cases[i].message);
        g_error_free(error);
    }
    /* Nesting is bounded; a thousand parentheses are refused, not a crash. */
    char *deep = g_strnfill(100000, '(');
    GError *error = NULL;
    g_assert_null(expression_parse(deep, &names, &error));
    g_assert_nonnull(strstr(error->message, "nested too deep"));
    g_error_free(error);
    g_free(deep);
}

/* Length is bounded, too: a tree of sums or conditions is as deep as it is long. */
static void test_long(void)
{
    const struct expression_names names = study_names(&scenario_schema);

    for (const char *const *link = (const char *const[]){"1+", "1<2 and ", "not 1<2 or ", NULL}; *link;
         link++) {
        GString *longer = g_string_new(NULL);
        GError *error = NULL;

        for (int i = 0; i < 100000; i++)
            g_string_append(longer, *link);
        g_string_append(longer, "1 < 2");
        g_assert_null(expression_parse(longer->str, &names, &error));
        g_assert_nonnull(strstr(error->message, "too long"));
        g_error_free(error);
        g_string_free(longer, TRUE);
    }
    GString *points = g_string_new("point == 0");
    for (int i = 1; i < 4000; i++)
        g_string_append_printf(points, " or point == %d", i);
    struct expression *e = expression_parse(points->str, &names, NULL);
    g_assert_nonnull(e);
    expression_free(e);
    g_string_free(points, TRUE);
}

static const char *const pieces[] = {"bmsc.workers",
                                     "variant",
                                     "point",
                                     "and",
                                     "or",
                                     "not",
                                     "(",
                                     ")",
                                     "<",
                                     "<=",
                                     "==",
                                     "!=",
                                     "=",
                                     "3",
                                     "5k/s",
                                     "10%",
                                     "-",
                                     "+",
                                     "*",
                                     "/",
                                     "/s",
                                     "\"",
                                     "..",
                                     "step",
                                     "factor",
                                     "in",
                                     "geometric",
                                     ",",
                                     " ",
                                     "1",
                                     "99999999999999999999999",
                                     "0.000000000000000000000001",
                                     "1G",
                                     "\xc3\xa4"};

/* Conditions and ranges out of pieces thrown together: taken or refused, and nothing else. */
static void test_hostile(void)
{
    const struct expression_names names = study_names(&scenario_schema);
    static const char *const keys[] = {"bmsc.workers",      "ue.muk_expired",    "pull.rate",
                                       "pull.start",        "bmsc.service_time", "access.uplink_rate",
                                       "access.queue_limit"};
    GRand *random = g_rand_new_with_seed(2);

    for (unsigned i = 0; i < 100000; i++) {
        GString *text = g_string_new(NULL);
        GError *error = NULL;
        char *why = NULL;

        for (int k = g_rand_int_range(random, 0, 9); k >= 0; k--)
            g_string_append_printf(text, "%s%s", pieces[g_rand_int_range(random, 0, G_N_ELEMENTS(pieces))],
                                   i % 2 ? " " : "");
        struct expression *e = expression_parse(text->str, &names, &error);
        g_assert_true((e != NULL) == (error == NULL));
        expression_free(e);
        g_clear_error(&error);
        GPtrArray *values =
            axis_values(config_key_named(&scenario_schema, keys[i % G_N_ELEMENTS(keys)]), text->str, &why);
        g_assert_true((values != NULL) == (why == NULL));
        if (values)
            g_ptr_array_unref(values);
        g_free(why);
        g_string_free(text, TRUE);
    }
    g_rand_free(random);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/lists", test_lists);
    g_test_add_func("/study/steps", test_steps);
    g_test_add_func("/study/factors", test_factors);
    g_test_add_func("/study/counted", test_counted);
    g_test_add_func("/study/conditions", test_conditions);
    g_test_add_func("/study/condition-mistakes", test_mistakes);
    g_test_add_func("/study/condition-length", test_long);
    g_test_add_func("/study/hostile", test_hostile);
    return g_test_run();
}
