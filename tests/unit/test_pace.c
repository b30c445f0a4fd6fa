/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* When pulls are due where pull.rate changes, against times worked out by hand and against those of one
 * rate. */
#include "models/scenario/pace.h"
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "tests/tap/tap.h"

static struct scenario *scenario_from(const char *text)
{
    GError *error = NULL;
    struct scenario *scenario = scenario_parse("pace.ini", text, NULL, NULL, &error);

    g_assert_no_error(error);
    return scenario;
}

/* One rate: the n-th pull is due n / rate after the first, rounded down once. */
static void test_steady(void)
{
    struct scenario *s = scenario_from("[pull]\nstart=2s\nrate=7/s\n[at 3s]\nhss.workers=0\n");
    struct pace pace;

    pace_init(&pace, s);
    for (unsigned n = 0; n < 1000; n++)
        g_assert_cmpint(pace_due_ns(&pace, n), ==, 2 * CLOCK_SECOND + (int64_t)(n * 1e9 / 7));
    g_assert_cmpfloat(pace_seconds(&pace, 70), ==, 10);
    g_assert_cmpfloat(pace_number(&pace, 12 * CLOCK_SECOND), ==, 70);
    g_assert_cmpfloat(pace_number(&pace, CLOCK_SECOND), ==, 0);
    g_assert_cmpfloat(pace_rate_max(&pace), ==, 7);
    pace_clear(&pace);
    scenario_free(s);
}

/* 1/s from 2 s on; 10/s from 4.5 s on, when pull 2.5 would be due; nearly none from 5 s on, when pull 7.5
 * would; 2/s from 1000 s on, to which that has added 995 millionths of a pull. */
static void test_changes(void)
{
    static const int64_t due_ns[] = {2000000000, 3000000000, 4000000000, 4550000000,
                                     4650000000, 4750000000, 4850000000, 4950000000};
    struct scenario *s = scenario_from("[pull]\nstart=2s\nrate=1/s\n[at 4500ms]\npull.rate=10/s\n"
                                       "[at 5s]\npull.rate=0.000001/s\n[at 1000s]\npull.rate=2/s\n");
    const double left = 8 - 7.5 - 995e-6;
    struct pace pace;

    pace_init(&pace, s);
    for (unsigned n = 0; n < G_N_ELEMENTS(due_ns); n++)
        g_assert_cmpint(pace_due_ns(&pace, n), ==, due_ns[n]);
    g_assert_cmpfloat_with_epsilon((double)pace_due_ns(&pace, 8), 1000e9 + left / 2 * 1e9, 2);
    g_assert_cmpfloat_with_epsilon((double)pace_due_ns(&pace, 10), 1000e9 + (left + 2) / 2 * 1e9, 2);
    g_assert_cmpfloat_with_epsilon(pace_seconds(&pace, 5), 2.75, 1e-9);
    g_assert_cmpfloat_with_epsilon(pace_number(&pace, 4750 * CLOCK_MILLISECOND), 5, 1e-9);
    g_assert_cmpfloat_with_epsilon(pace_seconds(&pace, 8), 998 + left / 2, 1e-9);
    g_assert_cmpfloat(pace_rate_max(&pace), ==, 10);
    pace_clear(&pace);
    scenario_free(s);
}

/* What comes before the first pull, or with it, is the rate from the start. */
static void test_before_the_first(void)
{
    struct scenario *s = scenario_from("[pull]\nstart=5s\nrate=1/s\n[at 1s]\npull.rate=3/s\n"
                                       "[at 5s]\npull.rate=4/s\n");
    struct pace pace;

    pace_init(&pace, s);
    for (unsigned n = 0; n < 100; n++)
        g_assert_cmpint(pace_due_ns(&pace, n), ==, 5 * CLOCK_SECOND + n * INT64_C(250000000));
    pace_clear(&pace);
    scenario_free(s);
}

/* Exponential gaps: by the number that grows at the rate, pulls come as they do at one rate. 1/s from the
 * start, 5/s from 100 s and 1/2 s from 120 s on, so that gaps cross one change and both. */
static void test_exponential(void)
{
    struct scenario *steady = scenario_from("[pull]\nstart=0s\nrate=1/s\n");
    struct scenario *s = scenario_from("[pull]\nstart=0s\nrate=1/s\n[at 100s]\npull.rate=5/s\n"
                                       "[at 120s]\npull.rate=0.5/s\n");
    unsigned crossings = 0;

    for (uint64_t seed = 0; seed < 100; seed++) {
        struct pace one, changing;
        int64_t a_ns = 0, b_ns = 0;

        pace_init(&one, steady);
        pace_init(&changing, s);
        for (uint64_t n = 0; n < 300; n++) {
            uint64_t bits = random_u64(seed, 0, 0, n);
            int64_t before_ns = b_ns;

            a_ns = pace_next_ns(&one, a_ns, bits);
            b_ns = pace_next_ns(&changing, b_ns, bits);
            crossings += before_ns < 100 * CLOCK_SECOND && b_ns > 100 * CLOCK_SECOND;
            g_assert_cmpfloat_with_epsilon(pace_number(&changing, b_ns), pace_number(&one, a_ns), 1e-6);
        }
        pace_clear(&one);
        pace_clear(&changing);
    }
    g_assert_cmpuint(crossings, ==, 100);
    scenario_free(s);
    scenario_free(steady);
}

/* A gap that is longer than a whole span: 0.01/s, 1000 times that for a millisecond, then 0.01/s again. */
static void test_through_a_span(void)
{
    struct scenario *s = scenario_from("[pull]\nstart=0s\nrate=0.01/s\n[at 1s]\npull.rate=10/s\n"
                                       "[at 1001ms]\npull.rate=0.01/s\n");
    struct pace pace;
    const uint64_t bits = UINT64_C(1) << 63; /* a gap of log 2 */

    pace_init(&pace, s);
    /* Number 0.01 at 1 s, 0.02 a millisecond later. */
    g_assert_cmpfloat_with_epsilon((double)pace_next_ns(&pace, 0, bits),
                                   1001e6 + (0.69314718055994531 - 0.02) * 100e9, 200);
    pace_clear(&pace);
    scenario_free(s);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/pace/steady", test_steady);
    g_test_add_func("/pace/changes", test_changes);
    g_test_add_func("/pace/before-the-first", test_before_the_first);
    g_test_add_func("/pace/exponential", test_exponential);
    g_test_add_func("/pace/through-a-span", test_through_a_span);
    return g_test_run();
}
