/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Whole storms: the same answer every time, another one with another seed, and closed formulas for what one
 * UE takes. */
#include "sim/base/clock.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

/* ns-3 takes a hundred times as long. */
#ifdef FIXTURE_NS3
#define UES      500
#define UES_TEXT "500"
#else
#define UES      2000
#define UES_TEXT "2000"
#endif

static struct scenario *mixed(const char *seed)
{
    return fixture_scenario("ue.count=" UES_TEXT, "ue.cells=40", "run.regions=8", "ue.muk_expired=20%",
                            "ue.muk_ahead=10%", "access.loss=2%", "access.duplicate=1%", "access.late=1%",
                            "bmsc.service_time=exp(2ms)", "whatif.pull_backoff_max=2s", seed, NULL);
}

/* What is left of a storm: ns-3 can have one at a time. */
struct outcome {
    struct stats_value *values;
    uint64_t fingerprint;
};

static struct outcome outcome_of(struct scenario *scenario)
{
    struct storm *storm = fixture_run(scenario);
    struct outcome outcome = {g_new(struct stats_value, storm_metric_count), storm_fingerprint(storm)};

    storm_summary(storm, outcome.values);
    storm_free(storm);
    return outcome;
}

static const struct stats_value *value_of(const struct outcome *outcome, const char *name)
{
    unsigned i = 0;

    while (strcmp(storm_metrics[i].name, name) != 0)
        g_assert_cmpuint(++i, <, storm_metric_count);
    return &outcome->values[i];
}

static void compare(const struct outcome *a, const struct outcome *b, bool equal)
{
    const struct stats_value *x = a->values, *y = b->values;
    unsigned differences = 0;

    for (unsigned i = 0; i < storm_metric_count; i++)
        differences += x[i].integer != y[i].integer ||
                       (x[i].real != y[i].real && !(isnan(x[i].real) && isnan(y[i].real)));
    g_assert_cmpint(a->fingerprint == b->fingerprint, ==, equal);
    if (equal)
        g_assert_cmpuint(differences, ==, 0);
    else
        g_assert_cmpuint(differences, >, 20);
}

static void test_reproducible(void)
{
    struct scenario *one = mixed("run.seed=1"), *two = mixed("run.seed=2");
    struct outcome a = outcome_of(one), b = outcome_of(one), c = outcome_of(two);

    compare(&a, &b, true);
    compare(&a, &c, false);
    g_free(a.values);
    g_free(b.values);
    g_free(c.values);
    scenario_free(one);
    scenario_free(two);
}

/* One UE, links so fast that bytes cost nothing: rtt 60 ms, core 5 ms each way, so 35 ms one way, 70 ms
 * round trip. Pull made 0.02 and 35; SYN and SYN-ACK 70; POST (rides behind the handshake's ACK) 35;
 * challenge 1; 401 35; POST 35; 2; 200 and, 20 us later, MSK: 35. The UE holds the key when the MSK is
 * there. */
static void test_warm_time(void)
{
    struct scenario *scenario =
        fixture_scenario("access.uplink_rate=10Tbit/s", "access.downlink_rate=10Tbit/s",
                         "core.rate=100Tbit/s", "bmsc.mikey_time=fixed(20us)", NULL);
    struct storm *storm = fixture_run(scenario);
    double expected_s = 0.000020 + 0.035 + 0.070 + 0.035 + 0.001 + 0.035 + 0.035 + 0.002 + 0.000020 + 0.035;

    /* From when the pull was due: its own 20 us are the first. */
    g_assert_cmpfloat(fabs(storm_metric(storm, "time_to_key_max_s") - expected_s), <, 1e-6);
    storm_free(storm);
    scenario_free(scenario);
}

/* With credentials in the first POST: a round trip of 70 ms and the challenge's 1 ms less. */
static void test_preemptive_time(void)
{
    struct scenario *scenario =
        fixture_scenario("access.uplink_rate=10Tbit/s", "access.downlink_rate=10Tbit/s",
                         "core.rate=100Tbit/s", "ue.preemptive=100%", NULL);
    struct storm *storm = fixture_run(scenario);
    double expected_s = 0.000020 + 0.035 + 0.070 + 0.035 + 0.002 + 0.000020 + 0.035;

    g_assert_cmpfloat(fabs(storm_metric(storm, "time_to_key_max_s") - expected_s), <, 1e-6);
    storm_free(storm);
    scenario_free(scenario);
}

/* ue.usim_time is what it adds to a bootstrap, once for each AUTHENTICATE: with an AUTS there are two. (On
 * slow links it would hide a GET's wait for the acknowledgment before it.) */
static void test_usim_time(void)
{
    static const char *const times[] = {"ue.usim_time=fixed(0s)", "ue.usim_time=fixed(130ms)"};

    for (unsigned resync = 0; resync < 2; resync++) {
        double mean_s[2];

        for (unsigned i = 0; i < 2; i++) {
            struct scenario *scenario = fixture_scenario(
                "access.uplink_rate=10Tbit/s", "access.downlink_rate=10Tbit/s", "core.rate=100Tbit/s",
                "ue.muk_expired=100%", resync ? "ue.sqn_ahead=100%" : "ue.sqn_ahead=0", times[i], NULL);
            struct storm *storm = fixture_run(scenario);

            fixture_equal(storm, "gba_resyncs", resync);
            fixture_equal(storm, "gba_runs", 1);
            fixture_equal(storm, "ues_keyed", 1);
            mean_s[i] = storm_metric(storm, "time_to_key_mean_s");
            storm_free(storm);
            scenario_free(scenario);
        }
        g_assert_cmpfloat(fabs(mean_s[1] - mean_s[0] - 0.130 * (1 + resync)), <, 1e-8);
    }
}

/* Ages of MUKs are uniform over the GBA key's lifetime: of 2000 UEs a share of 1 - 6 h / 24 h is past the
 * BM-SC's own. Binomial: 1500, give or take 19 (one standard deviation). */
static void test_muk_lifetime(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=" UES_TEXT, "ue.cells=10", "gba.lifetime=24h", "bmsc.muk_lifetime=6h",
                         "bmsc.workers=100", "bsf.workers=100", "hss.workers=100", NULL);
    struct storm *storm = fixture_run(scenario);

    fixture_equal(storm, "ues_keyed", UES);
    g_assert_cmpfloat(fabs(storm_metric(storm, "http_401_renegotiate") - 0.75 * UES), <,
                      5 * sqrt(0.75 * 0.25 * UES));
    /* a GBA key or two end in these seconds by themselves */
    g_assert_cmpint(fixture_metric(storm, "gba_runs"), >=, fixture_metric(storm, "http_401_renegotiate"));
    g_assert_cmpint(fixture_metric(storm, "gba_runs"), <, fixture_metric(storm, "http_401_renegotiate") + 10);
    storm_free(storm);
    scenario_free(scenario);
}

/* A vector that came too late is challenged with after newer ones were used (TS 33.102 §C.2.3 allows that):
 * the newest B-TID of a UE has an older vector then. The BM-SC takes it, for it goes by the bootstrap: nobody
 * is sent away but once, by policy. */
static void test_spare_vectors(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=200", "ue.cells=10", "ue.muk_expired=100%", "diameter.timeout=300ms",
                         "hss.service_time=exp(250ms)", "hss.workers=2000", "bsf.retry_after=0s",
                         "ue.retry_base=1ms", "ue.retry_cap=1ms", "ue.attempts=50", "pull.timeout=10min",
                         "bmsc.renegotiate=100%", "bsf.late_answers=keep", NULL);
    struct storm *storm = fixture_run(scenario);

    g_assert_cmpint(fixture_metric(storm, "zh_late"), >, 100);
    fixture_equal(storm, "ues_keyed", 200);
    fixture_equal(storm, "http_401_renegotiate", 200);
    fixture_equal(storm, "gba_runs", 400);
    fixture_equal(storm, "zn_unknown", 0);
    storm_free(storm);
    scenario_free(scenario);
}

/* What if: a UE that waited between pull and request has its key later by just that; by the standard it does
 * not wait. */
static void test_what_if(void)
{
    struct scenario *plain = fixture_scenario("ue.count=1", NULL),
                    *waits = fixture_scenario("whatif.pull_backoff_wait=3s", NULL);
    struct outcome a = outcome_of(plain), b = outcome_of(waits);
    double later_s = value_of(&b, "time_to_key_max_s")->real - value_of(&a, "time_to_key_max_s")->real;

    g_assert_cmpfloat(fabs(later_s - 3), <, 1e-6);
    g_free(a.values);
    g_free(b.values);
    scenario_free(plain);
    scenario_free(waits);
}

/* With an expired MUK: before that Ub (handshake 70, GET 35, 5 ms, Zh there and back 10 + 10 each, 10 ms at
 * the HSS, 100 us at the BSF, 401 35, GET 35, 5 ms, 200 35), and Zn (10 + 2 + 10 + 0.1 ms) before the 200. */
static void test_expired_time(void)
{
    struct scenario *scenario =
        fixture_scenario("access.uplink_rate=10Tbit/s", "access.downlink_rate=10Tbit/s",
                         "core.rate=100Tbit/s", "ue.muk_expired=100%", "tcp.delayed_ack=0s", NULL);
    struct storm *storm = fixture_run(scenario);
    double warm_s = 0.000020 + 0.035 + 0.070 + 0.035 + 0.001 + 0.035 + 0.035 + 0.002 + 0.000020 + 0.035;
    /* The kept Diameter connections are opened when first needed: one round trip of 20 ms each. */
    double ub_s =
        0.070 + 0.035 + 0.005 + (0.020 + 0.010 + 0.010 + 0.010) + 0.0001 + 0.035 + 0.035 + 0.005 + 0.035;
    double zn_s = 0.020 + 0.010 + 0.002 + 0.010 + 0.0001;

    g_assert_cmpfloat(fabs(storm_metric(storm, "time_to_key_max_s") - (warm_s + ub_s + zn_s)), <, 1e-5);
    storm_free(storm);
    scenario_free(scenario);
}

/* Regions are a matter of execution, not of the model: nothing depends on them where no two packets reach the
 * core at one instant, as here by chance. */
static void compare_regions(const char *first, const char *second, const char *third)
{
    static const char *const regions[] = {"run.regions=1", "run.regions=7", "run.regions=64"};
    struct outcome base = {0};

    for (unsigned i = 0; i < G_N_ELEMENTS(regions); i++) {
        struct scenario *scenario =
            fixture_scenario("ue.count=300", "ue.cells=30", first, second, third, regions[i], NULL);
        struct outcome outcome = outcome_of(scenario);

        if (i == 0) {
            base = outcome;
        } else {
            compare(&base, &outcome, true);
            g_free(outcome.values);
        }
        scenario_free(scenario);
    }
    g_free(base.values);
}

static void test_regions(void)
{
    compare_regions("ue.placement=even", "pull.pacing=poisson", "pull.order=by_number");
    compare_regions("ue.placement=random", "ue.cell_variation=100%", "pull.pacing=poisson");
    compare_regions("pull.pacing=poisson", "access.loss=5%", "ue.muk_expired=30%");
    compare_regions("pull.pacing=poisson", "bmsc.workers=1", "bmsc.queue_limit=20");
}

/* A run that is cut off in the middle: the books balance with what is under way. */
static void test_cut_off(void)
{
    static const char *const ends[] = {"run.end=1ms",   "run.end=36ms",  "run.end=100ms", "run.end=171ms",
                                       "run.end=211ms", "run.end=250ms", "run.end=400ms", "run.end=1s"};

    for (unsigned i = 0; i < G_N_ELEMENTS(ends); i++) {
        struct scenario *scenario =
            fixture_scenario("ue.count=300", "ue.cells=10", "run.regions=3", "ue.muk_expired=30%",
                             "access.loss=5%", "access.duplicate=5%", ends[i], NULL);
        const struct storm_options options = {.engine = fixture_engine()};
        struct storm *storm = storm_new(scenario, &options, NULL);
        char *what = NULL;
        double under_way = 0;

        g_assert_cmpint(storm_run(storm, NULL), ==, STORM_DONE);
        if (!storm_books_balance(storm, &what))
            g_error("%s: %s", ends[i], what);
        under_way =
            storm_metric(storm, "books_pull_in_flight") + storm_metric(storm, "books_ua_post_in_flight") +
            storm_metric(storm, "books_ua_401_in_flight") + storm_metric(storm, "books_ub_get_in_flight");
        if (i > 0 && i < 5)
            g_assert_cmpfloat(under_way, >, 0);
        if (i > 1 && i < 5)
            g_assert_cmpfloat(storm_metric(storm, "ues_active"), >, 0);
        storm_free(storm);
        scenario_free(scenario);
    }
}

/* IPv6 and small segments: more bytes, the same outcome. */
static void test_ipv6(void)
{
    struct scenario *four = fixture_scenario("ue.count=50", NULL),
                    *six = fixture_scenario("ue.count=50", "access.ip_version=6", NULL);
    struct scenario *small = fixture_scenario("ue.count=50", "tcp.mss=250B", "ue.muk_expired=100%", NULL);
    struct outcome a = outcome_of(four), b = outcome_of(six), c = outcome_of(small);
    int64_t packets = value_of(&a, "packets_sent")->integer;

    g_assert_cmpint(packets, ==, value_of(&b, "packets_sent")->integer);
    g_assert_cmpint(value_of(&b, "uplink_bytes")->integer + value_of(&b, "downlink_bytes")->integer, ==,
                    value_of(&a, "uplink_bytes")->integer + value_of(&a, "downlink_bytes")->integer +
                        20 * packets);
    g_assert_cmpint(value_of(&c, "ues_keyed")->integer, ==, 50);
    g_free(a.values);
    g_free(b.values);
    g_free(c.values);
    scenario_free(four);
    scenario_free(six);
    scenario_free(small);
}

/* A service time of another kind changes no draw but its own: what takes the same time gives the same
 * storm. */
static void test_paired(void)
{
    struct scenario *fixed = mixed("run.seed=1"), *uniform = mixed("run.seed=1");
    struct outcome a, b;

    fixed->bmsc_mikey_time = (struct distribution){.kind = DISTRIBUTION_FIXED, .a_ns = 20000};
    uniform->bmsc_mikey_time =
        (struct distribution){.kind = DISTRIBUTION_UNIFORM, .a_ns = 20000, .b_ns = 20000};
    uniform->whatif_pull_backoff_max = fixed->whatif_pull_backoff_max = 0;
    a = outcome_of(fixed);
    b = outcome_of(uniform);
    compare(&a, &b, true);
    g_free(a.values);
    g_free(b.values);
    scenario_free(fixed);
    scenario_free(uniform);
}

/* The last row tells what the summary tells, even if more happened at its very time after it was due. */
static void test_last_row(void)
{
    struct scenario *scenario =
        fixture_scenario("access.loss=100%", "bmsc.mikey_time=fixed(0s)", "output.interval=1s", NULL);
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "test-storm-series.XXXXXX", NULL), *text = NULL;
    int file = g_mkstemp(path);
    const struct storm_options options = {.engine = fixture_engine(), .series_path = path};
    struct storm *storm = storm_new(scenario, &options, NULL);

    g_assert_cmpint(file, >=, 0);
    close(file);
    g_assert_cmpint(storm_run(storm, NULL), ==, STORM_DONE);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);
    g_auto(GStrv) names = g_strsplit(lines[0], ",", -1),
                  last = g_strsplit(lines[g_strv_length(lines) - 1], ",", -1);

    g_assert_cmpuint(g_strv_length(lines), ==, 1 + 90); /* pulls at 0, 30 and 60 s, each given 30 s */
    g_assert_cmpstr(last[0], ==, "90");
    for (unsigned i = 1; i <= 40; i++)
        g_assert_cmpfloat(g_ascii_strtod(last[i], NULL), ==, storm_metric(storm, names[i]));
    g_unlink(path);
    storm_free(storm);
    scenario_free(scenario);
}

static void test_one_file_twice(void)
{
    struct scenario *scenario = fixture_scenario("ue.count=1", NULL);
    const struct storm_options options = {
        .engine = fixture_engine(), .capture_path = "/dev/null", .keylog_path = "/dev/null"};
    GError *error = NULL;

    g_assert_null(storm_new(scenario, &options, &error));
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL);
    g_assert_nonnull(
        strstr(error->message, "/dev/null: of capture, key log, time series and subscribers two"));
    g_error_free(error);
    scenario_free(scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/storm/reproducible", test_reproducible);
    g_test_add_func("/storm/one file twice", test_one_file_twice);
    g_test_add_func("/storm/warm time", test_warm_time);
    g_test_add_func("/storm/expired time", test_expired_time);
    g_test_add_func("/storm/preemptive time", test_preemptive_time);
    g_test_add_func("/storm/USIM time", test_usim_time);
    g_test_add_func("/storm/MUK lifetime", test_muk_lifetime);
    g_test_add_func("/storm/spare vectors", test_spare_vectors);
    g_test_add_func("/storm/what if", test_what_if);
    g_test_add_func("/storm/regions", test_regions);
    g_test_add_func("/storm/cut off", test_cut_off);
    g_test_add_func("/storm/IPv6", test_ipv6);
    g_test_add_func("/storm/paired", test_paired);
    g_test_add_func("/storm/last row", test_last_row);
    return g_test_run();
}
