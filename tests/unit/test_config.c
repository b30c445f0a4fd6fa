/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Every type of value: what is read, to the last digit, and what is refused, with the reason. */
#include "sim/config/number.h"
#include "sim/config/suggest.h"
#include "sim/config/value.h"
#include "tests/tap/tap.h"

/* A key of each type with bounds out of the way. */
static const struct config_key any[] = {
    [CONFIG_COUNT] = {"t", "t", CONFIG_COUNT, "1", "0", "9_223_372_036_854_775_807", "", 0, NULL},
    [CONFIG_SEED] = {"t", "t", CONFIG_SEED, "1", "0", "18446744073709551615", "", 0, NULL},
    [CONFIG_DURATION] = {"t", "t", CONFIG_DURATION, "0", "0", "9223372036854775807ns", "", 0, NULL},
    [CONFIG_SECONDS] = {"t", "t", CONFIG_SECONDS, "0", "0", "1d", "", 0, NULL},
    [CONFIG_DURATIONS] = {"t", "t", CONFIG_DURATIONS, "", "0", "100d", "", 0, NULL},
    [CONFIG_SHARE] = {"t", "t", CONFIG_SHARE, "0", "0", "1", "", 0, NULL},
    [CONFIG_EVENT_RATE] = {"t", "t", CONFIG_EVENT_RATE, "1", "0", "1G", "", 0, NULL},
    [CONFIG_BIT_RATE] = {"t", "t", CONFIG_BIT_RATE, "1", "1bit/s", "100Tbit/s", "", 0, NULL},
    [CONFIG_BYTES] = {"t", "t", CONFIG_BYTES, "1", "0B", "1TB", "", 0, NULL},
    [CONFIG_DISTRIBUTION] = {"t", "t", CONFIG_DISTRIBUTION, "fixed(0)", "0s", "1h", "", 0, NULL},
    [CONFIG_DATE] = {"t", "t", CONFIG_DATE, "", "1970-01-02T00:00:00Z", "2099-12-31T00:00:00Z", "", 0, NULL},
    [CONFIG_CHOICE] = {"t", "t", CONFIG_CHOICE, "auto", "auto|4|6", "", "", 0, NULL},
    [CONFIG_TEXT] = {"t", "t", CONFIG_TEXT, "", "2", "3", "", 0, NULL},
};

static struct config_value parse(enum config_type type, const char *text)
{
    struct config_value value;
    char *why = NULL;

    if (!config_value_parse(&any[type], text, &value, &why))
        g_error("\"%s\" was refused: %s", text, why);
    g_assert_null(why);
    return value;
}

/* The text must be refused, and the message must hold `reason` and the text itself. */
static void refuse(enum config_type type, const char *text, const char *reason)
{
    struct config_value value;
    char *why = NULL;

    if (config_value_parse(&any[type], text, &value, &why))
        g_error("\"%s\" was taken, expected: %s", text, reason);
    if (!strstr(why, reason))
        g_error("\"%s\": \"%s\" does not say \"%s\"", text, why, reason);
    if (!strstr(why, text) && !strpbrk(text, "\n\t"))
        g_error("\"%s\" is not in \"%s\"", text, why);
    g_assert_nonnull(strstr(why, "expected"));
    g_free(why);
}

static void test_counts(void)
{
    g_assert_cmpint(parse(CONFIG_COUNT, "0").integer, ==, 0);
    g_assert_cmpint(parse(CONFIG_COUNT, "12").integer, ==, 12);
    g_assert_cmpint(parse(CONFIG_COUNT, "007").integer, ==, 7);
    g_assert_cmpint(parse(CONFIG_COUNT, "1_000_000").integer, ==, 1000000);
    g_assert_cmpint(parse(CONFIG_COUNT, "1.5M").integer, ==, 1500000);
    g_assert_cmpint(parse(CONFIG_COUNT, "100k").integer, ==, 100000);
    g_assert_cmpint(parse(CONFIG_COUNT, "0.001k").integer, ==, 1);
    g_assert_cmpint(parse(CONFIG_COUNT, "2.000").integer, ==, 2);
    g_assert_cmpint(parse(CONFIG_COUNT, "9223372036854775807").integer, ==, INT64_MAX);

    refuse(CONFIG_COUNT, "9223372036854775808", "is too large");
    refuse(CONFIG_COUNT, "99999999999G", "is too large");
    refuse(CONFIG_COUNT, "1234567890123456789012345", "has too many digits");
    refuse(CONFIG_COUNT, "0.0000000000000000000000001", "has too many digits");
    refuse(CONFIG_COUNT, "1.5", "does not come out whole");
    refuse(CONFIG_COUNT, "1.5555k", "does not come out whole");
    refuse(CONFIG_COUNT, "", "is empty");
    refuse(CONFIG_COUNT, "-1", "is negative");
    refuse(CONFIG_COUNT, "+1", "is not a number");
    refuse(CONFIG_COUNT, "many", "is not a number");
    refuse(CONFIG_COUNT, ".5", "is not a number");
    refuse(CONFIG_COUNT, "5.", "is not a number");
    refuse(CONFIG_COUNT, "_5", "is not a number");
    refuse(CONFIG_COUNT, "1__0", "unknown unit");
    refuse(CONFIG_COUNT, "1_", "unknown unit");
    refuse(CONFIG_COUNT, "0x10", "unknown unit");
    refuse(CONFIG_COUNT, "1e3", "unknown unit");
    refuse(CONFIG_COUNT, "1,5M", "has a comma");
    refuse(CONFIG_COUNT, "1 000", "has a blank");
    refuse(CONFIG_COUNT, "1K", "unknown unit");
    refuse(CONFIG_COUNT, "1kk", "unknown unit");
    refuse(CONFIG_COUNT, "5 # five", "a comment needs a line of its own");
    refuse(CONFIG_COUNT, "1\n2", "control character");
}

static void test_seeds(void)
{
    g_assert_cmpuint(parse(CONFIG_SEED, "0").seed, ==, 0);
    g_assert_cmpuint(parse(CONFIG_SEED, "18446744073709551615").seed, ==, UINT64_MAX);
    refuse(CONFIG_SEED, "18446744073709551616", "is too large");
    refuse(CONFIG_SEED, "1k", "is not a plain number");
    refuse(CONFIG_SEED, "-1", "is negative");
    refuse(CONFIG_SEED, "0.5", "does not come out whole");
}

static void test_durations(void)
{
    static const struct {
        const char *text;
        int64_t ns;
    } good[] = {{"0", 0},
                {"0s", 0},
                {"1ns", 1},
                {"20us", 20000},
                {"20ms", 20000000},
                {"0.3s", 300000000}, /* a double would give 299999999.99999994 */
                {"1.000000001s", 1000000001},
                {"5min", INT64_C(300000000000)},
                {"1.5h", INT64_C(5400000000000)},
                {"2d", INT64_C(172800000000000)},
                {"106751d", INT64_C(9223286400000000000)},
                {"9223372036854775807ns", INT64_MAX}};

    for (size_t i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_cmpint(parse(CONFIG_DURATION, good[i].text).integer, ==, good[i].ns);
    refuse(CONFIG_DURATION, "20", "has no unit");
    refuse(CONFIG_DURATION, "20m", "unknown unit");
    refuse(CONFIG_DURATION, "20 ms", "has a blank");
    refuse(CONFIG_DURATION, "20MS", "unknown unit");
    refuse(CONFIG_DURATION, "0.5ns", "does not come out whole");
    refuse(CONFIG_DURATION, "106752d", "is too large");
    refuse(CONFIG_DURATION, "999999999999999999999999d", "is too large");
    refuse(CONFIG_DURATION, "1h30min", "unknown unit");
}

static void test_lists(void)
{
    struct durations list = parse(CONFIG_DURATIONS, "0, 1min ,10min,90d").durations;

    g_assert_cmpuint(list.count, ==, 4);
    g_assert_cmpint(list.ns[0], ==, 0);
    g_assert_cmpint(list.ns[2], ==, INT64_C(600000000000));
    g_assert_cmpuint(parse(CONFIG_DURATIONS, "").durations.count, ==, 0);
    refuse(CONFIG_DURATIONS, "1s, 2s, 3s, 4s, 5s",
           "has too many durations, expected up to four rising durations");
    refuse(CONFIG_DURATIONS, "1min, 60s", "does not rise");
    refuse(CONFIG_DURATIONS, "1min, 1s", "does not rise");
    refuse(CONFIG_DURATIONS, "1min,", "is empty");
    refuse(CONFIG_DURATIONS, "1min 2min", "has an unknown unit");
    refuse(CONFIG_DURATIONS, "1, 2", "has no unit");
    refuse(CONFIG_DURATIONS, "1s, 107d", "is out of range");
}

static void test_seconds(void)
{
    g_assert_cmpint(parse(CONFIG_SECONDS, "0").integer, ==, 0);
    g_assert_cmpint(parse(CONFIG_SECONDS, "2000ms").integer, ==, INT64_C(2000000000));
    g_assert_cmpint(parse(CONFIG_SECONDS, "1.5min").integer, ==, INT64_C(90000000000));
    refuse(CONFIG_SECONDS, "500ms", "is not a whole number of seconds, expected a duration in whole seconds");
    refuse(CONFIG_SECONDS, "2900ms", "is not a whole number of seconds");
    refuse(CONFIG_SECONDS, "1.000000001s", "is not a whole number of seconds");
    refuse(CONFIG_SECONDS, "0.01min", "is not a whole number of seconds");
    refuse(CONFIG_SECONDS, "2", "has no unit");
    refuse(CONFIG_SECONDS, "25h", "out of range");
}

static void test_shares(void)
{
    g_assert_true(parse(CONFIG_SHARE, "0").real == 0);
    g_assert_true(parse(CONFIG_SHARE, "1").real == 1);
    g_assert_true(parse(CONFIG_SHARE, "100%").real == 1);
    g_assert_true(parse(CONFIG_SHARE, "0.1").real == 0.1);
    g_assert_true(parse(CONFIG_SHARE, "10%").real == 0.1);
    g_assert_true(parse(CONFIG_SHARE, "0.29").real == parse(CONFIG_SHARE, "29%").real);
    g_assert_true(parse(CONFIG_SHARE, "0.0001%").real == 1e-6);
    g_assert_true(parse(CONFIG_SHARE, "0.123456789012345678901234").real == 0.123456789012345678901234);
    refuse(CONFIG_SHARE, "10", "out of range, expected 0 to 1");
    refuse(CONFIG_SHARE, "100.1%", "out of range");
    refuse(CONFIG_SHARE, "1.0000000000000003", "out of range");
    refuse(CONFIG_SHARE, "-10%", "is negative");
    refuse(CONFIG_SHARE, "10%%", "unknown unit");
    refuse(CONFIG_SHARE, "nan", "is not a number");
    refuse(CONFIG_SHARE, "inf", "is not a number");
}

static void test_rates(void)
{
    g_assert_true(parse(CONFIG_EVENT_RATE, "2000/s").real == 2000);
    g_assert_true(parse(CONFIG_EVENT_RATE, "2k/s").real == 2000);
    g_assert_true(parse(CONFIG_EVENT_RATE, "2000").real == 2000);
    g_assert_true(parse(CONFIG_EVENT_RATE, "0.1k").real == 100);
    g_assert_true(parse(CONFIG_EVENT_RATE, "120/min").real == 2);
    g_assert_true(parse(CONFIG_EVENT_RATE, "0.3/s").real == 0.3);
    refuse(CONFIG_EVENT_RATE, "2/h", "unknown unit");
    refuse(CONFIG_EVENT_RATE, "2/", "unknown unit");
    refuse(CONFIG_EVENT_RATE, "2G/s", "out of range");
    refuse(CONFIG_EVENT_RATE, "lots", "is not a number");

    g_assert_cmpint(parse(CONFIG_BIT_RATE, "10Mbit/s").integer, ==, 10000000);
    g_assert_cmpint(parse(CONFIG_BIT_RATE, "1.5Gbit/s").integer, ==, 1500000000);
    g_assert_cmpint(parse(CONFIG_BIT_RATE, "9kbit/s").integer, ==, 9000);
    g_assert_cmpint(parse(CONFIG_BIT_RATE, "1Tbit/s").integer, ==, INT64_C(1000000000000));
    refuse(CONFIG_BIT_RATE, "10", "has no unit");
    refuse(CONFIG_BIT_RATE, "10Mb/s", "unknown unit");
    refuse(CONFIG_BIT_RATE, "0.5bit/s", "does not come out whole");
    refuse(CONFIG_BIT_RATE, "0bit/s", "out of range, expected 1bit/s to 100Tbit/s");
    refuse(CONFIG_BIT_RATE, "101Tbit/s", "out of range");
}

static void test_bytes(void)
{
    g_assert_cmpint(parse(CONFIG_BYTES, "1B").integer, ==, 1);
    g_assert_cmpint(parse(CONFIG_BYTES, "1.5kB").integer, ==, 1500);
    g_assert_cmpint(parse(CONFIG_BYTES, "1.5KiB").integer, ==, 1536);
    g_assert_cmpint(parse(CONFIG_BYTES, "2MB").integer, ==, 2000000);
    g_assert_cmpint(parse(CONFIG_BYTES, "2MiB").integer, ==, 2097152);
    g_assert_cmpint(parse(CONFIG_BYTES, "3GB").integer, ==, INT64_C(3000000000));
    g_assert_cmpint(parse(CONFIG_BYTES, "3GiB").integer, ==, INT64_C(3221225472));
    g_assert_cmpint(parse(CONFIG_BYTES, "1TB").integer, ==, INT64_C(1000000000000));
    refuse(CONFIG_BYTES, "1", "has no unit");
    refuse(CONFIG_BYTES, "1kb", "unknown unit");
    refuse(CONFIG_BYTES, "1.1TB", "out of range");
    refuse(CONFIG_BYTES, "0.3B", "does not come out whole");
}

static void test_distributions(void)
{
    struct distribution d = parse(CONFIG_DISTRIBUTION, "fixed(2ms)").distribution;

    g_assert_cmpint(d.kind, ==, DISTRIBUTION_FIXED);
    g_assert_cmpint(d.a_ns, ==, 2000000);
    d = parse(CONFIG_DISTRIBUTION, "exp( 2ms )").distribution;
    g_assert_cmpint(d.kind, ==, DISTRIBUTION_EXP);
    g_assert_cmpint(d.a_ns, ==, 2000000);
    d = parse(CONFIG_DISTRIBUTION, "uniform(1ms,3ms)").distribution;
    g_assert_cmpint(d.kind, ==, DISTRIBUTION_UNIFORM);
    g_assert_cmpint(d.a_ns, ==, 1000000);
    g_assert_cmpint(d.b_ns, ==, 3000000);
    d = parse(CONFIG_DISTRIBUTION, "lognormal(2ms, 0.5)").distribution;
    g_assert_cmpint(d.kind, ==, DISTRIBUTION_LOGNORMAL);
    g_assert_cmpint(d.a_ns, ==, 2000000);
    g_assert_true(d.sigma == 0.5);
    g_assert_true(parse(CONFIG_DISTRIBUTION, "lognormal(2ms, 10)").distribution.sigma == 10);

    refuse(CONFIG_DISTRIBUTION, "2ms", "is not a distribution");
    refuse(CONFIG_DISTRIBUTION, "normal(2ms, 1ms)", "is not a distribution");
    refuse(CONFIG_DISTRIBUTION, "exp(2ms", "does not end with ')'");
    refuse(CONFIG_DISTRIBUTION, "exp(2ms) ms", "does not end with ')'");
    refuse(CONFIG_DISTRIBUTION, "exp()", "needs one parameter");
    refuse(CONFIG_DISTRIBUTION, "exp( )", "is empty");
    refuse(CONFIG_DISTRIBUTION, "exp(2)", "has no unit");
    refuse(CONFIG_DISTRIBUTION, "exp(1ms, 2ms)", "needs one parameter");
    refuse(CONFIG_DISTRIBUTION, "uniform(1ms)", "needs two parameters");
    refuse(CONFIG_DISTRIBUTION, "uniform(3ms, 1ms)", "lower bound above its upper bound");
    refuse(CONFIG_DISTRIBUTION, "uniform(1ms, 2h)", "out of range, expected 0s to 1h");
    refuse(CONFIG_DISTRIBUTION, "exp(61min)", "out of range");
    refuse(CONFIG_DISTRIBUTION, "exp(-1ms)", "is negative");
    refuse(CONFIG_DISTRIBUTION, "lognormal(2ms, 10.1)", "sigma above 10");
    refuse(CONFIG_DISTRIBUTION, "lognormal(2ms, 1ms)", "sigma with a unit");
    refuse(CONFIG_DISTRIBUTION, "lognormal(2ms, x)", "is not a number");
}

static void test_dates(void)
{
    g_assert_cmpint(parse(CONFIG_DATE, "2030-01-01T00:00:00Z").integer, ==, 1893456000);
    g_assert_cmpint(parse(CONFIG_DATE, "2028-02-29T23:59:59Z").integer, ==, 1835481599);
    refuse(CONFIG_DATE, "2030-02-29T00:00:00Z", "does not exist");
    refuse(CONFIG_DATE, "2030-01-01T24:00:00Z", "does not exist");
    refuse(CONFIG_DATE, "2030-01-01", "is not a date");
    refuse(CONFIG_DATE, "2030-01-01T00:00:00+", "is not a date");
    refuse(CONFIG_DATE, "2030-01-01 00:00:00Z", "is not a date");
    refuse(CONFIG_DATE, "1970-01-01T00:00:00Z", "out of range");
    refuse(CONFIG_DATE, "2100-01-01T00:00:00Z", "out of range");
}

static void test_words(void)
{
    g_assert_cmpint(parse(CONFIG_CHOICE, "auto").integer, ==, 0);
    g_assert_cmpint(parse(CONFIG_CHOICE, "6").integer, ==, 2);
    refuse(CONFIG_CHOICE, "atuo", "did you mean auto?");
    refuse(CONFIG_CHOICE, "Auto", "expected one of auto, 4, 6");
    refuse(CONFIG_CHOICE, "", "is not known");

    parse(CONFIG_TEXT, "01");
    parse(CONFIG_TEXT, "\xc3\xa4\xc3\xb6\xc3\xbc"); /* three characters, six bytes */
    refuse(CONFIG_TEXT, "1", "has 1 characters, expected 2 to 3");
    refuse(CONFIG_TEXT, "1234", "has 4 characters");
    refuse(CONFIG_TEXT, "1\t2", "control character");
}

static void test_distance(void)
{
    g_assert_cmpuint(suggest_distance("", ""), ==, 0);
    g_assert_cmpuint(suggest_distance("count", "count"), ==, 0);
    g_assert_cmpuint(suggest_distance("Count", "count"), ==, 0);
    g_assert_cmpuint(suggest_distance("cuont", "count"), ==, 1); /* swapped */
    g_assert_cmpuint(suggest_distance("cout", "count"), ==, 1);
    g_assert_cmpuint(suggest_distance("counts", "count"), ==, 1);
    g_assert_cmpuint(suggest_distance("kitten", "sitting"), ==, 3);
    g_assert_cmpuint(suggest_distance("abc", ""), ==, 3);

    char *longest = g_strnfill(1000, 'x');
    g_assert_cmpuint(suggest_distance(longest, "x"), >, 10);
    g_free(longest);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/config/counts", test_counts);
    g_test_add_func("/config/seeds", test_seeds);
    g_test_add_func("/config/durations", test_durations);
    g_test_add_func("/config/lists of durations", test_lists);
    g_test_add_func("/config/seconds", test_seconds);
    g_test_add_func("/config/shares", test_shares);
    g_test_add_func("/config/rates", test_rates);
    g_test_add_func("/config/bytes", test_bytes);
    g_test_add_func("/config/distributions", test_distributions);
    g_test_add_func("/config/dates", test_dates);
    g_test_add_func("/config/words", test_words);
    g_test_add_func("/config/distance", test_distance);
    return g_test_run();
}
