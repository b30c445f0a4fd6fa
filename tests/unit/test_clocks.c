/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What is told of all UEs, and from when on it counts: against values that can be worked out by hand. */
#include "sim/base/clock.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>

static void near_to(const struct storm *storm, const char *name, double value)
{
    if (fabs(storm_metric(storm, name) - value) > 1e-3 * value)
        g_error("%s is %.9g, expected %.9g", name, storm_metric(storm, name), value);
}

/* 100 pulls due every millisecond, that reach nobody who answers, and a BM-SC that needs 10 ms for one:
 * pull n (0 ..) waits 9 n ms, and the last leaves after a second. */
static void test_pulls_wait(void)
{
    struct scenario *scenario = fixture_scenario("ue.count=100", "ue.muk_unknown=100%", "bmsc.workers=1",
                                                 "bmsc.mikey_time=fixed(10ms)", "pull.attempts=1", NULL);
    struct storm *storm = fixture_run(scenario);

    near_to(storm, "pull_wait_mean_s", 0.010 + 0.009 * 99 / 2);
    near_to(storm, "pull_wait_max_s", 0.010 + 0.009 * 99);
    near_to(storm, "pull_rate_kept_per_s", 100);
    near_to(storm, "bmsc_utilisation_ratio", 1);
    near_to(storm, "bmsc_utilisation_peak_ratio", 1);
    fixture_equal(storm, "pull_peak_per_s", 99); /* at 10, 20 ... 990 ms; the last at 1 s */
    g_assert_true(isnan(storm_metric(storm, "update_p50_s")));
    g_assert_true(isnan(storm_metric(storm, "time_to_key_p99_s")));
    g_assert_cmpfloat(storm_metric(storm, "bsf_wait_p99_s"), ==, 0);
    g_assert_cmpfloat(storm_metric(storm, "keyed_within_1_ratio"), ==, 0);
    fixture_equal(storm, "cut_off", 0);
    storm_free(storm);
    scenario_free(scenario);
}

/* The BM-SC is asked for five times what it can do, while a straggler comes 15 s later: busy all the time
 * while first pulls go out. 250 UEs a second, 20 ms each, one worker. */
static void test_overloaded(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=1000", "pull.rate=250/s", "bmsc.workers=1", "ue.preemptive=100%",
                         "bmsc.service_time=fixed(20ms)", "bmsc.mikey_time=fixed(0s)", "fault.drop=pull/7@1",
                         "bmsc.queue_limit=1M", "ue.response_timeout=1h", "pull.timeout=100s", NULL);
    struct storm *storm = fixture_run(scenario);

    g_assert_cmpfloat(storm_metric(storm, "bmsc_utilisation_ratio"), >, 0.96);
    /* Pulls queue behind requests: each second of them fewer leave than are due. */
    g_assert_cmpfloat(storm_metric(storm, "pull_rate_kept_per_s"), <, 200);
    g_assert_cmpfloat(storm_metric(storm, "pull_wait_max_s"), >, 3);
    g_assert_cmpfloat(storm_metric(storm, "storm_duration_s"), >, 20);
    storm_free(storm);
    scenario_free(scenario);
}

/* A fifth of the UEs is out of reach; the others hold the key 0.18 s after their pulls, which go out in a
 * second. */
static void test_all_ues(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=1000", "ue.muk_unknown=20%", "pull.attempts=1", "bmsc.workers=100",
                         "output.deadlines=1ms, 500ms, 1s, 1min", NULL);
    struct storm *storm = fixture_run(scenario);
    double keyed = storm_metric(storm, "ues_keyed_ratio"), one_s = storm_metric(storm, "time_to_key_max_s");

    g_assert_cmpfloat(fabs(keyed - 0.8), <, 0.05);
    g_assert_cmpfloat(fabs(storm_metric(storm, "update_p50_s") - (0.5 / keyed + one_s)), <, 0.05);
    g_assert_true(isnan(storm_metric(storm, "update_p90_s")) && isnan(storm_metric(storm, "update_p99_s")));
    g_assert_cmpfloat(storm_metric(storm, "time_to_key_p99_s"), <, 0.3);
    g_assert_cmpfloat(storm_metric(storm, "keyed_within_1_ratio"), ==, 0);
    g_assert_cmpfloat(fabs(storm_metric(storm, "keyed_within_2_ratio") - keyed * (0.5 - one_s)), <, 0.03);
    g_assert_cmpfloat(fabs(storm_metric(storm, "keyed_within_3_ratio") - keyed * (1 - one_s)), <, 0.03);
    g_assert_cmpfloat(storm_metric(storm, "keyed_within_4_ratio"), ==, keyed);
    g_assert_cmpfloat(storm_metric(storm, "update_max_s"), ==, storm_metric(storm, "storm_duration_s"));
    storm_free(storm);
    scenario_free(scenario);
}

/* Ended in the middle: what comes later has no value, and is not 0. */
static void test_cut_off(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=1000", "run.end=800ms", "output.deadlines=500ms, 1s", NULL);
    const struct storm_options options = {.engine = fixture_engine()};
    struct storm *storm = storm_new(scenario, &options, NULL);

    g_assert_cmpint(storm_run(storm, NULL), ==, STORM_DONE);
    fixture_equal(storm, "cut_off", 1);
    g_assert_cmpfloat(storm_metric(storm, "keyed_within_1_ratio"), >, 0.1);
    g_assert_true(isnan(storm_metric(storm, "keyed_within_2_ratio")));
    g_assert_true(isnan(storm_metric(storm, "keyed_within_3_ratio")));
    g_assert_cmpfloat(storm_metric(storm, "update_p50_s"), <, 0.8);
    g_assert_true(isnan(storm_metric(storm, "update_p90_s")));
    storm_free(storm);
    scenario_free(scenario);
}

/* The end comes when all is over, but for connections that close: not cut off. */
static void test_not_cut_off(void)
{
    struct scenario *scenario = fixture_scenario("run.end=1s", "tcp.time_wait=1min", NULL);
    const struct storm_options options = {.engine = fixture_engine()};
    struct storm *storm = storm_new(scenario, &options, NULL);

    g_assert_cmpint(storm_run(storm, NULL), ==, STORM_DONE);
    fixture_equal(storm, "ues_keyed", 1);
    fixture_equal(storm, "cut_off", 0);
    storm_free(storm);
    scenario_free(scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/clocks/pulls wait", test_pulls_wait);
    g_test_add_func("/clocks/overloaded", test_overloaded);
    g_test_add_func("/clocks/all UEs", test_all_ues);
    g_test_add_func("/clocks/cut off", test_cut_off);
    g_test_add_func("/clocks/not cut off", test_not_cut_off);
    return g_test_run();
}
