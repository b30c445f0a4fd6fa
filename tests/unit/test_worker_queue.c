/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Waiting times against queueing theory: M/M/c and M/D/1 (Pollaczek-Khinchine), in the server alone and at
 * the BM-SC of a whole storm. */
#include "models/worker_queue.h"
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>

enum { BATCHES = 20, JOBS = 400000, WORKERS_MAX = 8 };

/* Drives a server through its events in order of time. */
struct drive {
    struct worker_queue queue;
    const struct distribution *service;
    int64_t ends[WORKERS_MAX]; /* of the services under way; CLOCK_NEVER: worker idle */
    uint32_t started;
    double batch_s[BATCHES]; /* mean waits */
};

static void start(struct drive *d, int64_t now, int64_t waited)
{
    uint32_t worker = 0;

    while (d->ends[worker] != CLOCK_NEVER)
        worker++;
    d->ends[worker] = now + distribution_sample(d->service, random_u64(7, 0, 1, d->started));
    d->batch_s[(uint64_t)d->started++ * BATCHES / JOBS] += (double)waited / 1e9 * BATCHES / JOBS;
}

static uint32_t first_end(const struct drive *d)
{
    uint32_t first = 0;

    for (uint32_t i = 1; i < d->queue.workers; i++)
        if (d->ends[i] < d->ends[first])
            first = i;
    return first;
}

static void drive(struct drive *d, const struct distribution *gap)
{
    int64_t arrival = 0;
    uint32_t arrived = 0;
    struct worker_queue_waiting next;

    while (d->started < JOBS) {
        uint32_t first = first_end(d);

        if (arrived < JOBS && arrival <= d->ends[first]) {
            if (worker_queue_arrive(&d->queue, arrival, arrived, false) == WORKER_QUEUE_STARTS)
                start(d, arrival, 0);
            arrival += distribution_sample(gap, random_u64(7, 0, 0, ++arrived));
        } else {
            int64_t now = d->ends[first];

            d->ends[first] = CLOCK_NEVER;
            if (worker_queue_finish(&d->queue, now, &next))
                start(d, now, now - next.since_ns);
        }
    }
}

/* Compares a mean of n independent values with what is expected, at 99.9 % confidence. */
static void compare(const double *values, unsigned n, double student_t, double expected)
{
    double mean = 0, variance = 0;

    for (unsigned i = 0; i < n; i++)
        mean += values[i] / n;
    for (unsigned i = 0; i < n; i++)
        variance += (values[i] - mean) * (values[i] - mean) / (n - 1);
    double half = student_t * sqrt(variance / n);
    g_test_message("mean wait %g s, expected %g s, half width %g s", mean, expected, half);
    g_assert_cmpfloat(half, <, expected / 6); /* sharp enough to mean something */
    g_assert_cmpfloat(fabs(mean - expected), <, half);
}

static void check(uint32_t workers, double arrivals_per_s, struct distribution service, double expected_s)
{
    struct distribution gap = {.kind = DISTRIBUTION_EXP, .a_ns = (int64_t)(1e9 / arrivals_per_s)};
    struct drive d = {.service = &service};

    worker_queue_init(&d.queue, workers, UINT64_MAX);
    for (uint32_t i = 0; i < WORKERS_MAX; i++)
        d.ends[i] = CLOCK_NEVER;
    drive(&d, &gap);
    worker_queue_clear(&d.queue);
    compare(d.batch_s, BATCHES, 3.88, expected_s); /* Student t, 19 degrees of freedom */
}

/* W = rho / (mu - lambda) */
static void test_mm1(void)
{
    check(1, 700, (struct distribution){.kind = DISTRIBUTION_EXP, .a_ns = CLOCK_MILLISECOND}, 0.7 / 300);
}

/* W = rho / (2 mu (1 - rho)) */
static void test_md1(void)
{
    check(1, 700, (struct distribution){.kind = DISTRIBUTION_FIXED, .a_ns = CLOCK_MILLISECOND},
          0.7 / (2 * 1000 * 0.3));
}

/* Erlang C with c = 4, a = 3: P(wait) = 0.50943..., W = P / (c mu - lambda) */
static void test_mmc(void)
{
    double a = 3, top = a * a * a * a / 24 * (4 / (4 - a)), sum = 1 + a + a * a / 2 + a * a * a / 6;

    check(4, 3000, (struct distribution){.kind = DISTRIBUTION_EXP, .a_ns = CLOCK_MILLISECOND},
          top / (sum + top) / 1000);
}

static void test_limit(void)
{
    struct worker_queue s;
    struct worker_queue_waiting next;

    worker_queue_init(&s, 1, 2);
    g_assert_cmpint(worker_queue_arrive(&s, 0, 1, false), ==, WORKER_QUEUE_STARTS);
    g_assert_cmpint(worker_queue_arrive(&s, 1, 2, false), ==, WORKER_QUEUE_WAITS);
    g_assert_cmpint(worker_queue_arrive(&s, 2, 3, false), ==, WORKER_QUEUE_WAITS);
    g_assert_cmpint(worker_queue_arrive(&s, 3, 4, false), ==, WORKER_QUEUE_FULL);
    g_assert_cmpint(worker_queue_arrive(&s, 3, 5, true), ==, WORKER_QUEUE_WAITS);
    g_assert_true(worker_queue_finish(&s, 10, &next));
    g_assert_cmpuint(next.job, ==, 2);
    g_assert_cmpint(next.since_ns, ==, 1);
    g_assert_true(worker_queue_finish(&s, 11, &next));
    g_assert_true(worker_queue_finish(&s, 12, &next));
    g_assert_cmpuint(next.job, ==, 5);
    g_assert_true(next.internal);
    g_assert_false(worker_queue_finish(&s, 13, &next));
    g_assert_cmpfloat(worker_queue_busy_ns(&s, 20), ==, 13);
    g_assert_cmpuint(s.queue_max, ==, 3);
    worker_queue_clear(&s);
}

/* The time of many workers for days is more nanoseconds than 64 bits hold. */
static void test_busy_for_long(void)
{
    const int64_t month_ns = INT64_C(30) * 86400 * 1000000000;
    struct worker_queue s;

    worker_queue_init(&s, 100000, 1);
    for (uint32_t i = 0; i < 100000; i++)
        worker_queue_arrive(&s, 0, i, false);
    g_assert_cmpfloat(worker_queue_busy_ns(&s, month_ns) / (double)month_ns, ==, 100000);
    worker_queue_clear(&s);
}

/* Growing while the ring is wrapped keeps the order. */
static void test_ring(void)
{
    struct worker_queue s;
    struct worker_queue_waiting next;
    uint32_t in = 0, out = 0;

    worker_queue_init(&s, 1, UINT64_MAX);
    worker_queue_arrive(&s, 0, in++, false);
    for (unsigned round = 0; round < 100; round++) {
        for (unsigned i = 0; i < 37; i++)
            worker_queue_arrive(&s, 0, in++, false);
        for (unsigned i = 0; i < 30; i++) {
            g_assert_true(worker_queue_finish(&s, 0, &next));
            g_assert_cmpuint(next.job, ==, ++out);
        }
    }
    worker_queue_clear(&s);
}

/* A whole storm whose only work is the first POST: Poisson pulls, spread further by a long wait of the UEs,
 * so Poisson arrivals at the one worker of the BM-SC. The other requests take no time and come a long round
 * trip later, when the queue has forgotten them: they wait as long as any stranger would. */
static void storm_wait(const char *challenge_time, double expected_s)
{
    enum { RUNS = 12 };
    double wait_s[RUNS];

    for (unsigned i = 0; i < RUNS; i++) {
        g_autofree char *seed = g_strdup_printf("run.seed=%u", 100 + i);
        g_autofree char *time = g_strdup_printf("bmsc.challenge_time=%s", challenge_time);
        struct scenario *scenario = fixture_scenario(
            "ue.count=30k", "ue.cells=100", "pull.rate=600/s", "pull.pacing=poisson",
            "whatif.pull_backoff_max=2s", "bmsc.workers=1", seed, time, "bmsc.service_time=fixed(0s)",
            "bmsc.mikey_time=fixed(0s)", "access.rtt=500ms", "gba.lifetime=3650d",
            "access.uplink_rate=10Gbit/s", "access.downlink_rate=10Gbit/s", NULL);
        struct storm *storm = fixture_run(scenario);

        fixture_equal(storm, "ues_keyed", 30000);
        wait_s[i] = storm_metric(storm, "bmsc_wait_mean_s");
        storm_free(storm);
        scenario_free(scenario);
    }
    compare(wait_s, RUNS, 4.44, expected_s); /* Student t, 11 degrees of freedom */
}

/* rho = 0.6. The ramps at both ends of the storm, 2 s of 52, are emptier: correct for them by leaving the
 * margin of the interval, which is wider. */
static void test_storm_mm1(void)
{
    storm_wait("exp(1ms)", 0.6 / 400);
}

static void test_storm_md1(void)
{
    storm_wait("fixed(1ms)", 0.6 / (2 * 1000 * 0.4));
}

/* Two workers: one busy from 0.5 s to 3.25 s, the other from 2.5 s to 2.75 s. First pulls go out until
 * 2.6 s. */
static void test_spans(void)
{
    const int64_t ms = CLOCK_MILLISECOND;
    struct worker_queue queue;
    struct worker_queue_waiting next;

    worker_queue_init(&queue, 2, 10);
    g_assert_cmpfloat(worker_queue_span_ratio(&queue, 0, 0), ==, 0);
    worker_queue_arrive(&queue, 500 * ms, 0, false);
    g_assert_cmpfloat(worker_queue_second_ratio_max(&queue, 900 * ms), ==, 0.2);
    g_assert_cmpfloat(worker_queue_span_ratio(&queue, 0, 2500 * ms), ==, 2.0 / 2 / 2.5);
    worker_queue_arrive(&queue, 2500 * ms, 1, false);
    worker_queue_span_ends(&queue, 2600 * ms);
    g_assert_false(worker_queue_finish(&queue, 2750 * ms, &next));
    g_assert_false(worker_queue_finish(&queue, 3250 * ms, &next));
    g_assert_cmpfloat(worker_queue_span_ratio(&queue, 0, 9000 * ms), ==, (2.1 + 0.1) / 2 / 2.6);
    g_assert_cmpfloat(worker_queue_span_ratio(&queue, 600 * ms, 600 * ms), ==, 0);
    g_assert_cmpfloat(worker_queue_second_ratio_max(&queue, 3250 * ms), ==, 1.25 / 2);
    /* A second in which nothing changes, long after. */
    worker_queue_arrive(&queue, 7900 * ms, 2, false);
    worker_queue_arrive(&queue, 7900 * ms, 3, false);
    g_assert_cmpfloat(worker_queue_second_ratio_max(&queue, 8900 * ms), ==, 1.8 / 2);
    g_assert_cmpfloat(worker_queue_second_ratio_max(&queue, 9100 * ms), ==, 1);
    worker_queue_clear(&queue);
}

/* Three workers; one from 0.5 s, none from 1.5 s, two from 3 s on. Two serve from 0.2 s on: one goes when
 * its job ends at 0.7 s, the other serves until 1.2 s, then what has waited since 0.6 s, until 1.8 s. */
static void test_changing_workers(void)
{
    const int64_t ms = CLOCK_MILLISECOND;
    struct worker_queue queue;
    struct worker_queue_waiting next;

    worker_queue_init(&queue, 3, 10);
    g_assert_cmpint(worker_queue_arrive(&queue, 200 * ms, 0, false), ==, WORKER_QUEUE_STARTS);
    g_assert_cmpint(worker_queue_arrive(&queue, 200 * ms, 1, false), ==, WORKER_QUEUE_STARTS);
    worker_queue_set_workers(&queue, 500 * ms, 1);
    g_assert_false(worker_queue_next(&queue, 500 * ms, &next));
    g_assert_cmpint(worker_queue_arrive(&queue, 600 * ms, 2, false), ==, WORKER_QUEUE_WAITS);
    g_assert_false(worker_queue_finish(&queue, 700 * ms, &next)); /* one goes; nobody starts */
    g_assert_cmpuint(queue.busy, ==, 1);
    g_assert_cmpfloat_with_epsilon(worker_queue_second_ratio_max(&queue, 1100 * ms), 1.3 / 2.2, 1e-12);
    g_assert_true(worker_queue_finish(&queue, 1200 * ms, &next));
    g_assert_cmpuint(next.job, ==, 2);
    worker_queue_set_workers(&queue, 1500 * ms, 0);
    worker_queue_span_ends(&queue, 1600 * ms);
    g_assert_cmpint(worker_queue_arrive(&queue, 1600 * ms, 3, false), ==, WORKER_QUEUE_WAITS);
    g_assert_false(worker_queue_finish(&queue, 1800 * ms, &next));
    g_assert_cmpuint(queue.busy, ==, 0);
    g_assert_false(worker_queue_next(&queue, 1900 * ms, &next));
    worker_queue_set_workers(&queue, 3000 * ms, 2);
    g_assert_true(worker_queue_next(&queue, 3000 * ms, &next));
    g_assert_cmpuint(next.job, ==, 3);
    g_assert_cmpint(next.since_ns, ==, 1600 * ms);
    g_assert_cmpint(queue.backlog_ns, ==, 3000 * ms);
    g_assert_false(worker_queue_next(&queue, 3000 * ms, &next)); /* nobody waits */
    g_assert_false(worker_queue_finish(&queue, 3250 * ms, &next));
    g_assert_cmpfloat_with_epsilon(worker_queue_busy_ns(&queue, 4000 * ms), 2.35e9, 1);
    /* 0.5 s of three and 1 s of one, and 0.2 s and 0.1 s of those that go. */
    g_assert_cmpfloat_with_epsilon(worker_queue_span_ratio(&queue, 0, 4000 * ms), 1.9 / 2.8, 1e-12);
    /* Of the time from 0.1 s on there are 0.3 s less. */
    g_assert_cmpfloat_with_epsilon(worker_queue_span_ratio(&queue, 100 * ms, 4000 * ms), 1.9 / 2.5, 1e-12);
    worker_queue_span_ends(&queue, INT64_MAX);
    g_assert_cmpfloat_with_epsilon(worker_queue_span_ratio(&queue, 0, 4000 * ms), 2.35 / 5, 1e-12);
    /* From 1 s to 2 s all the time that there was: 0.5 s, and 0.3 s of the one that goes. */
    g_assert_cmpfloat_with_epsilon(worker_queue_second_ratio_max(&queue, 4000 * ms), 1, 1e-12);
    worker_queue_clear(&queue);
}

/* Nobody serves, and nobody does for days: no time, no share. The queue fills, and turns away. */
static void test_no_workers(void)
{
    const int64_t day_ns = INT64_C(86400) * CLOCK_SECOND;
    struct worker_queue queue;
    struct worker_queue_waiting next;

    worker_queue_init(&queue, 1, 2);
    worker_queue_set_workers(&queue, CLOCK_SECOND, 0);
    for (uint32_t i = 0; i < 2; i++)
        g_assert_cmpint(worker_queue_arrive(&queue, 2 * CLOCK_SECOND, i, false), ==, WORKER_QUEUE_WAITS);
    g_assert_cmpint(worker_queue_arrive(&queue, 2 * CLOCK_SECOND, 2, false), ==, WORKER_QUEUE_FULL);
    g_assert_cmpfloat(worker_queue_span_ratio(&queue, CLOCK_SECOND, day_ns), ==, 0);
    g_assert_cmpfloat(worker_queue_second_ratio_max(&queue, day_ns), ==, 0);
    worker_queue_set_workers(&queue, day_ns, 5);
    for (uint32_t i = 0; i < 2; i++) {
        g_assert_true(worker_queue_next(&queue, day_ns, &next));
        g_assert_cmpuint(next.job, ==, i);
    }
    g_assert_cmpfloat(worker_queue_second_ratio_max(&queue, day_ns + CLOCK_SECOND), ==, 2.0 / 5);
    worker_queue_clear(&queue);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    tap_add_chance("/server/M-M-1", test_mm1);
    tap_add_chance("/server/M-D-1", test_md1);
    tap_add_chance("/server/M-M-c", test_mmc);
    g_test_add_func("/server/limit", test_limit);
    g_test_add_func("/server/spans", test_spans);
    g_test_add_func("/server/changing workers", test_changing_workers);
    g_test_add_func("/server/no workers", test_no_workers);
    g_test_add_func("/server/busy for long", test_busy_for_long);
    g_test_add_func("/server/ring", test_ring);
    tap_add_chance("/server/storm M-M-1", test_storm_mm1);
    tap_add_chance("/server/storm M-D-1", test_storm_md1);
    return g_test_run();
}
