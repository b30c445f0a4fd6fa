/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What helps a storm that collapses: each remedy by itself, on a storm that does so without it, and by
 * numbers that can be counted by hand. */
#include "models/station.h"
#include "sim/base/clock.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>

#define SETTINGS_MAX 10

static struct storm *run(const char *const settings[SETTINGS_MAX], struct scenario **scenario)
{
    const char *s[SETTINGS_MAX + 1] = {NULL};

    for (unsigned i = 0; i < SETTINGS_MAX && settings[i]; i++)
        s[i] = settings[i];
    *scenario = fixture_scenario(s[0], s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], NULL);
    return fixture_run(*scenario);
}

static void end(struct storm *storm, struct scenario *scenario)
{
    storm_free(storm);
    scenario_free(scenario);
}

/* --- a storm that collapses ----------------------------------------------------------------------------- */

/* 60 bootstraps a second for ten seconds, 30 at the HSS; who waits more than 1 s comes again. */
#define COLLAPSE                                                                                             \
    "ue.count=2000", "ue.muk_expired=0.3", "pull.rate=200/s", "hss.workers=3",                               \
        "hss.service_time=fixed(100ms)", "diameter.timeout=1s"

struct remedy {
    const char *name;
    const char *settings[SETTINGS_MAX];
    double keyed_min, keyed_max;   /* share of the UEs */
    double useful_min, useful_max; /* of the HSS's work */
};

static const struct remedy remedies[] = {
    {"none", {COLLAPSE}, 0.7, 0.75, 0, 0.03},
    {"enough workers", {COLLAPSE, "hss.workers=7"}, 1, 1, 1, 1},
    {"drop_late", {COLLAPSE, "hss.drop_late=yes"}, 1, 1, 0.3, 1},
    {"newest_first", {COLLAPSE, "hss.newest_first=10"}, 1, 1, 0.5, 1},
    {"queue_time_limit", {COLLAPSE, "hss.queue_time_limit=500ms"}, 1, 1, 1, 1},
    {"Retry-After grows and is spread",
     {COLLAPSE, "bsf.retry_after_grows=20", "bsf.retry_after_spread=0.5"},
     1,
     1,
     0.4,
     1},
    /* Retries that come more often and do not end, with and without a budget. */
    {"eager", {COLLAPSE, "bsf.retry_after=1s", "ue.retry_cap=4s", "ue.attempts=20"}, 0.7, 0.75, 0, 0.01},
    {"retry budget",
     {COLLAPSE, "bsf.retry_after=1s", "ue.retry_cap=4s", "ue.attempts=20", "whatif.retry_budget=2"},
     1,
     1,
     0.1,
     1},
};

static void collapse(gconstpointer data)
{
    const struct remedy *r = data;
    struct scenario *scenario;
    struct storm *storm = run(r->settings, &scenario);
    double keyed = storm_metric(storm, "ues_keyed_ratio"), useful = storm_metric(storm, "hss_useful_ratio");

    g_test_message("%s: keyed %g, useful %g, late %g s", r->name, keyed, useful,
                   storm_metric(storm, "hss_late_max_s"));
    g_assert_true(keyed >= r->keyed_min && keyed <= r->keyed_max);
    g_assert_true(useful >= r->useful_min && useful <= r->useful_max);
    end(storm, scenario);
}

/* --- counted by hand ------------------------------------------------------------------------------------ */

/* Ten Zn requests at once, one worker of 520 ms, 1 s of patience: it begins at 0 s and 0.52 s, and at 1.04 s
 * the other eight are of nobody. */
static void zn_dropped(void)
{
    struct scenario *scenario;
    struct storm *storm =
        run((const char *const[SETTINGS_MAX]){"ue.count=10", "ue.muk_ahead=1", "pull.rate=1G/s",
                                              "pull.attempts=1", "bsf.workers=1", "bsf.zn_time=fixed(520ms)",
                                              "diameter.timeout=1s", "bsf.drop_late=yes"},
            &scenario);

    fixture_equal(storm, "bsf_dropped_late", 8);
    fixture_equal(storm, "zn_timeouts", 9);
    fixture_equal(storm, "ues_keyed", 1);
    g_assert_cmpfloat(storm_metric(storm, "bsf_useful_ratio"), ==, 0.5);
    end(storm, scenario);
}

/* Twenty POSTs at once, one worker of 1 s, 10 s of patience. Half of them are served, and then reset by the
 * UE that waits for the rest of its exchange no longer; the others are gone when their turn comes. */
static void post_dropped(const char *drop_late, int64_t dropped)
{
    struct scenario *scenario;
    struct storm *storm = run(
        (const char *const[SETTINGS_MAX]){"ue.count=20", "pull.rate=1G/s", "pull.attempts=1", "ue.attempts=1",
                                          "bmsc.workers=1", "bmsc.challenge_time=fixed(1s)",
                                          "ue.response_timeout=9500ms", drop_late},
        &scenario);

    fixture_equal(storm, "bmsc_dropped_late", dropped);
    fixture_equal(storm, "http_401", 20 - dropped);
    end(storm, scenario);
}

static void ua_dropped(void)
{
    post_dropped("bmsc.drop_late=no", 0);
    post_dropped("bmsc.drop_late=yes", 10);
}

/* Five GETs at once, one worker of 1 s: at 0 s, 1 s and 2 s it takes one, at 3 s two have waited too long;
 * with the answer of the first three begins another round, of which nobody waits so long. */
static void ub_refused(void)
{
    struct scenario *scenario;
    struct storm *storm =
        run((const char *const[SETTINGS_MAX]){"ue.count=5", "ue.muk_expired=1", "pull.rate=1G/s",
                                              "ue.attempts=1", "pull.attempts=1", "bsf.workers=1",
                                              "bsf.service_time=fixed(1s)", "bsf.queue_time_limit=2500ms"},
            &scenario);

    g_assert_cmpint(fixture_metric(storm, "bsf_refused_waited"), >, 0);
    g_assert_cmpint(fixture_metric(storm, "bsf_refused_waited"), ==, fixture_metric(storm, "ub_503"));
    g_assert_cmpfloat(storm_metric(storm, "bsf_wait_mean_s"), <, 2.5);
    end(storm, scenario);
}

static void ua_and_zn_refused(void)
{
    struct scenario *scenario;
    struct storm *storm = run(
        (const char *const[SETTINGS_MAX]){"ue.count=10", "pull.rate=1G/s", "ue.attempts=1", "pull.attempts=1",
                                          "bmsc.workers=1", "bmsc.challenge_time=fixed(1s)",
                                          "bmsc.queue_time_limit=4500ms"},
        &scenario);

    fixture_equal(storm, "bmsc_refused_waited", 5);
    fixture_equal(storm, "http_503", 5);
    fixture_equal(storm, "ues_keyed", 5);
    end(storm, scenario);
    storm = run((const char *const[SETTINGS_MAX]){"ue.count=10", "ue.muk_ahead=1", "pull.rate=1G/s",
                                                  "ue.attempts=1", "pull.attempts=1", "bsf.workers=1",
                                                  "bsf.zn_time=fixed(100ms)", "bsf.queue_time_limit=450ms"},
                &scenario);
    fixture_equal(storm, "bsf_refused_waited", 5);
    fixture_equal(storm, "zn_busy", 5);
    end(storm, scenario);
}

/* Every try fails after 1 s. Two retries are in hand; the third and fourth wait until a minute has gone by
 * since the first, and another. */
static void budget(void)
{
    struct scenario *scenario;
    struct storm *storm = run(
        (const char *const[SETTINGS_MAX]){"ue.muk_expired=1", "pull.attempts=1", "hss.service_time=fixed(2s)",
                                          "diameter.timeout=1s", "bsf.retry_after=0s", "ue.retry_cap=1ms",
                                          "ue.retry_base=1ms", "ue.attempts=5", "whatif.retry_budget=2"},
        &scenario);

    /* From the start of the first try's work to the end of the last: the first retry is a timeout and a
     * round trip behind, its work ends after 2 s. */
    g_assert_cmpfloat(storm_metric(storm, "hss_late_max_s"), >, 1 + 120 + 2);
    g_assert_cmpfloat(storm_metric(storm, "hss_late_max_s"), <, 1.5 + 120 + 2);
    fixture_equal(storm, "ub_requests", 5);
    end(storm, scenario);
}

/* --- the pieces ----------------------------------------------------------------------------------------- */

static void order(void)
{
    struct worker_queue queue;
    struct worker_queue_waiting next;
    static const uint32_t expected[] = {5, 4, 1, 2, 3}; /* the newest while more than three wait */

    worker_queue_init(&queue, 1, 10);
    queue.newest_first = 3;
    g_assert_cmpint(worker_queue_arrive(&queue, 0, 0, false), ==, WORKER_QUEUE_STARTS);
    for (uint32_t job = 1; job <= 5; job++)
        g_assert_cmpint(worker_queue_arrive(&queue, job, job, false), ==, WORKER_QUEUE_WAITS);
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        g_assert_true(worker_queue_finish(&queue, 10, &next));
        g_assert_cmpuint(next.job, ==, expected[i]);
        g_assert_cmpint(next.since_ns, ==, expected[i]);
    }
    g_assert_false(worker_queue_finish(&queue, 10, &next));
    worker_queue_clear(&queue);
}

static uint32_t retry_after(unsigned in_hand, int64_t base_s, int64_t grows, double spread, uint64_t bits)
{
    const struct station station = {.jobs = {.used = in_hand}};
    const struct station_retry rule = {base_s * CLOCK_SECOND, grows, spread};

    return station_retry_after_s(&station, &rule, bits);
}

static void retry_after_values(void)
{
    double sum = 0;
    uint32_t least = UINT32_MAX, most = 0;

    g_assert_cmpuint(retry_after(100, 0, 10, 0.5, 7), ==, 0); /* none stays none */
    g_assert_cmpuint(retry_after(100, 10, 0, 0, 7), ==, 10);
    g_assert_cmpuint(retry_after(100, 10, 50, 0, 7), ==, 30);
    g_assert_cmpuint(retry_after(25, 10, 50, 0, 7), ==, 15);
    g_assert_cmpuint(retry_after(UINT32_MAX, 86400, 1, 0, 7), ==, 86400); /* a day at most */
    g_assert_cmpuint(retry_after(0, 1, 0, 1, 0), ==, 1);                  /* and a second at least */
    for (uint64_t i = 0; i < 1000; i++) {
        uint32_t value = retry_after(0, 100, 0, 0.5, random_u64(1, 0, 0, i));

        sum += value;
        least = MIN(least, value);
        most = MAX(most, value);
    }
    g_assert_cmpuint(least, >=, 50);
    g_assert_cmpuint(least, <=, 51);
    g_assert_cmpuint(most, <=, 150);
    g_assert_cmpuint(most, >=, 149);
    g_assert_cmpfloat(fabs(sum / 1000 - 100), <, 4 * 29 / sqrt(1000)); /* 4 standard errors */
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (unsigned i = 0; i < G_N_ELEMENTS(remedies); i++) {
        g_autofree char *path = g_strconcat("/remedies/collapse/", remedies[i].name, NULL);

        g_test_add_data_func(path, &remedies[i], collapse);
    }
    g_test_add_func("/remedies/Zn dropped late", zn_dropped);
    g_test_add_func("/remedies/Ua dropped late", ua_dropped);
    g_test_add_func("/remedies/Ub refused", ub_refused);
    g_test_add_func("/remedies/Ua and Zn refused", ua_and_zn_refused);
    g_test_add_func("/remedies/retry budget", budget);
    g_test_add_func("/remedies/newest first", order);
    g_test_add_func("/remedies/Retry-After", retry_after_values);
    return g_test_run();
}
