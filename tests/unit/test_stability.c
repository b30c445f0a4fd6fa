/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Work that is still waited for, repeated requests, the time until the queues are empty: where they can be
 * counted by hand. */
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>

static void close_to(const struct storm *storm, const char *metric, double value, double tolerance)
{
    double got = storm_metric(storm, metric);

    if (!(fabs(got - value) <= tolerance))
        g_error("%s is %g, not %g", metric, got, value);
}

static void free_run(struct storm *storm, struct scenario *scenario)
{
    storm_free(storm);
    scenario_free(scenario);
}

/* Two UEs without a bootstrap: BM-SC alone works, and nobody asks the others. */
static void calm(void)
{
    struct scenario *scenario = fixture_scenario("ue.count=2", NULL);
    struct storm *storm = fixture_run(scenario);

    close_to(storm, "bmsc_useful_ratio", 1, 0);
    close_to(storm, "bmsc_late_max_s", 0, 0);
    close_to(storm, "bmsc_retried_ratio", 0, 0);
    close_to(storm, "recovery_s", 0, 0);
    fixture_equal(storm, "ua_requests", 4);
    g_assert_true(isnan(storm_metric(storm, "hss_useful_ratio")));
    g_assert_true(isnan(storm_metric(storm, "hss_retried_ratio")));
    free_run(storm, scenario);
}

/* Two requests at once, one worker of 600 ms, patience of 1 s: one answer in time, one late; the second
 * waits from its arrival until the first is done. */
static void half_late(void)
{
    struct scenario *scenario = fixture_scenario(
        "ue.count=2", "ue.muk_expired=1", "ue.attempts=1", "pull.rate=1G/s", "pull.attempts=1",
        "hss.workers=1", "hss.service_time=fixed(600ms)", "diameter.timeout=1s", NULL);
    struct storm *storm = fixture_run(scenario);
    double arrival_s = storm_metric(storm, "recovery_s") - 0.6;

    close_to(storm, "hss_useful_ratio", 0.5, 0);
    close_to(storm, "hss_late_max_s", 0.6, 1e-9);
    close_to(storm, "hss_retried_ratio", 0, 0);
    close_to(storm, "bsf_useful_ratio", 1, 0);
    fixture_equal(storm, "zh_late", 1);
    /* Pull, SYN, SYN+ACK, GET (35 ms each), 5 ms of the BSF, three links from there. */
    g_assert_cmpfloat(arrival_s, >, 0.14 + 0.005 + 0.01);
    g_assert_cmpfloat(arrival_s, <, 0.14 + 0.005 + 0.04);
    free_run(storm, scenario);
}

/* Three tries, none of which the HSS answers in time. */
static void all_late(void)
{
    struct scenario *scenario = fixture_scenario(
        "ue.muk_expired=1", "ue.attempts=3", "pull.attempts=1", "hss.service_time=fixed(2s)",
        "diameter.timeout=1s", "bsf.retry_after=10s", "ue.retry_base=1ms", "ue.retry_cap=1ms", NULL);
    struct storm *storm = fixture_run(scenario);

    close_to(storm, "hss_useful_ratio", 0, 0);
    close_to(storm, "hss_retried_ratio", 2. / 3, 1e-12);
    close_to(storm, "bsf_retried_ratio", 2. / 3, 1e-12);
    /* From the first start to the last end: two rounds of timeout, Retry-After and the way, and the service.
     * */
    g_assert_cmpfloat(storm_metric(storm, "hss_late_max_s"), >, 2 * 11 + 2);
    g_assert_cmpfloat(storm_metric(storm, "hss_late_max_s"), <, 2 * 11.4 + 2);
    fixture_equal(storm, "zh_requests_retried", 2);
    fixture_equal(storm, "ub_requests_retried", 2);
    fixture_equal(storm, "ub_requests", 3);
    close_to(storm, "recovery_s", 0, 0); /* nobody had to wait for a worker */
    free_run(storm, scenario);
}

/* The same, to the UE: the BSF needs longer than it waits. Zn of one that was refused for now is a retry,
 * too. */
static void late_for_the_ue(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.muk_expired=1", "ue.attempts=2", "pull.attempts=1", "bsf.service_time=fixed(3s)",
                         "ue.response_timeout=2s", NULL);
    struct storm *storm = fixture_run(scenario);

    close_to(storm, "bsf_useful_ratio", 0, 0);
    close_to(storm, "bsf_retried_ratio", 0.5, 0);
    free_run(storm, scenario);
}

static void zn_retried(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.muk_ahead=1", "ue.attempts=2", "pull.attempts=1", "bsf.zn_time=fixed(2s)",
                         "diameter.timeout=1s", "whatif.zn_timeout_status=503", NULL);
    struct storm *storm = fixture_run(scenario);

    close_to(storm, "bsf_useful_ratio", 0, 0);
    fixture_equal(storm, "zn_requests", 2);
    fixture_equal(storm, "zn_requests_retried", 1);
    close_to(storm, "bsf_retried_ratio", 0.5, 0);
    close_to(storm, "bmsc_retried_ratio", 0.5, 0);
    free_run(storm, scenario);
}

/* run.end before the last try: whether it recovers nobody knows. */
static void cut_off(void)
{
    struct scenario *scenario = fixture_scenario("ue.muk_expired=1", "hss.service_time=fixed(2s)",
                                                 "diameter.timeout=1s", "run.end=5s", NULL);
    const struct storm_options options = {.engine = fixture_engine()};
    struct storm *storm = storm_new(scenario, &options, NULL);

    g_assert_cmpint(storm_run(storm, NULL), ==, STORM_DONE);
    g_assert_true(isnan(storm_metric(storm, "recovery_s")));
    free_run(storm, scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/stability/calm", calm);
    g_test_add_func("/stability/half late", half_late);
    g_test_add_func("/stability/all late", all_late);
    g_test_add_func("/stability/late for the UE", late_for_the_ue);
    g_test_add_func("/stability/Zn retried", zn_retried);
    g_test_add_func("/stability/cut off", cut_off);
    return g_test_run();
}
