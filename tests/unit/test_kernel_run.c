/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Kernel: samples, window ends, stopping, the end of a run, what is pending, and refused calls. */
#include "sim/base/clock.h"
#include "sim/kernel/kernel.h"
#include "tests/tap/tap.h"

/* What happened, in order, as text: "e5" an event at 5, "w10" a window's end, "s10" a sample. */
struct world {
    struct kernel *kernel;
    struct kernel_region *region[4];
    GString *log;
    int64_t last_window_ns; /* window() ends the run there */
    int64_t last_sample_ns;
    bool log_windows;
};

static void handle_log(void *context, const struct kernel_event *event)
{
    struct world *world = context;

    g_string_append_printf(world->log, "e%" G_GINT64_FORMAT " ", event->time_ns);
}

/* Sends one event to every region, itself included, `argument` ahead. */
static void handle_spread(void *context, const struct kernel_event *event)
{
    struct world *world = context;

    for (uint32_t to = 0; to < 4; to++)
        kernel_send(world->region[event->entity], to, event->argument, to, 0, 0, NULL);
}

static kernel_handler *const handlers[] = {handle_log, handle_spread};
enum { KIND_LOG, KIND_SPREAD, KINDS };

static bool log_sample(void *user, int64_t time_ns)
{
    struct world *world = user;

    g_string_append_printf(world->log, "s%" G_GINT64_FORMAT " ", time_ns);
    return time_ns < world->last_sample_ns;
}

static bool log_window(void *user, int64_t time_ns)
{
    struct world *world = user;

    if (world->log_windows)
        g_string_append_printf(world->log, "w%" G_GINT64_FORMAT " ", time_ns);
    return time_ns < world->last_window_ns;
}

static void world_init(struct world *world, int64_t sample_step_ns)
{
    const struct kernel_config config = {
        .regions = 4,
        .lookahead_ns = 4,
        .handlers = handlers,
        .handler_count = KINDS,
        .sample_step_ns = sample_step_ns,
        .sample = log_sample,
        .window = log_window,
        .user = world,
    };

    *world = (struct world){
        .log = g_string_new(NULL), .last_window_ns = CLOCK_NEVER, .last_sample_ns = CLOCK_NEVER};
    world->kernel = kernel_new(&config);
    for (uint32_t i = 0; i < 4; i++) {
        world->region[i] = kernel_region(world->kernel, i);
        kernel_region_set_context(world->region[i], world);
    }
}

static void world_clear(struct world *world)
{
    kernel_free(world->kernel);
    g_string_free(world->log, TRUE);
}

static void schedule_at(struct world *world, uint32_t region, int64_t time_ns)
{
    kernel_schedule(world->region[region], time_ns - kernel_now(world->region[region]), 0, KIND_LOG, 0, NULL);
}

static void assert_run(struct world *world, int64_t end_ns, int64_t reached_ns, const char *log)
{
    g_string_truncate(world->log, 0);
    g_assert_cmpint(kernel_run(world->kernel, end_ns), ==, reached_ns);
    g_assert_cmpstr(world->log->str, ==, log);
    for (uint32_t i = 0; i < 4; i++)
        g_assert_cmpint(kernel_now(world->region[i]), ==, reached_ns);
}

/* Samples in idle time come one by one; the run ends with one at the time reached. */
static void test_samples(void)
{
    struct world world;

    world_init(&world, 10);
    schedule_at(&world, 0, 3);
    schedule_at(&world, 1, 9);
    schedule_at(&world, 2, 10);
    schedule_at(&world, 3, 47);
    assert_run(&world, CLOCK_NEVER, 47, "e3 e9 s10 e10 s20 s30 s40 e47 s47 ");
    world_clear(&world);
}

/* The last sample has what ran at the very time of the one before it. */
static void test_sample_at_last_event(void)
{
    struct world world;

    world_init(&world, 10);
    schedule_at(&world, 0, 20);
    assert_run(&world, CLOCK_NEVER, 20, "s10 s20 e20 s20 ");
    world_clear(&world);
}

/* In idle time, too, a run can be stopped. */
static void test_stop_at_sample(void)
{
    struct world world;

    world_init(&world, 10);
    world.last_sample_ns = 30;
    schedule_at(&world, 0, 5);
    schedule_at(&world, 1, 1000);
    assert_run(&world, CLOCK_NEVER, 30, "e5 s10 s20 s30 ");
    world.last_sample_ns = CLOCK_NEVER;
    assert_run(&world, 60, 60, "s40 s50 s60 ");
    world_clear(&world);
}

static void test_samples_to_the_end(void)
{
    struct world world;

    world_init(&world, 10);
    schedule_at(&world, 0, 5);
    schedule_at(&world, 0, 30);
    assert_run(&world, 30, 30, "e5 s10 s20 s30 ");
    g_assert_cmpuint(kernel_pending(world.kernel), ==, 1);
    schedule_at(&world, 0, 99);
    assert_run(&world, 35, 35, "e30 s35 ");
    world_clear(&world);
}

static void test_nothing_to_do(void)
{
    struct world world;

    world_init(&world, 10);
    assert_run(&world, 100, 0, "s0 ");
    world_clear(&world);
    world_init(&world, 0);
    assert_run(&world, 100, 0, "");
    world_clear(&world);
}

/* A window starts at the earliest event and is as wide as the look-ahead, unless a sample or the end
 * comes first. Idle time costs no window. */
static void test_windows(void)
{
    struct world world;

    world_init(&world, 10);
    world.log_windows = true;
    schedule_at(&world, 2, 1);
    schedule_at(&world, 1, 4);
    schedule_at(&world, 3, 5);
    schedule_at(&world, 0, 8);
    schedule_at(&world, 0, 1000003);
    assert_run(&world, 11, 11, "e4 e1 w5 e8 e5 w9 s10 s11 ");
    world_clear(&world);
    world_init(&world, 0);
    world.log_windows = true;
    schedule_at(&world, 0, 7);
    schedule_at(&world, 1, 1000003);
    schedule_at(&world, 2, 1000004);
    assert_run(&world, 1000004, 1000004, "e7 w11 e1000003 w1000004 ");
    world_clear(&world);
}

static void test_end_is_excluded(void)
{
    struct world world;

    world_init(&world, 0);
    schedule_at(&world, 0, 9);
    schedule_at(&world, 1, 10);
    schedule_at(&world, 2, 11);
    assert_run(&world, 10, 10, "e9 ");
    schedule_at(&world, 3, 10); /* between two runs */
    assert_run(&world, 11, 11, "e10 e10 ");
    assert_run(&world, 5, 11, ""); /* time does not go back */
    assert_run(&world, 12, 11, "e11 ");
    world_clear(&world);
}

static void test_window_stops(void)
{
    struct world world;

    world_init(&world, 10);
    world.last_window_ns = 16;
    schedule_at(&world, 0, 5);
    schedule_at(&world, 1, 12);
    schedule_at(&world, 1, 20);
    assert_run(&world, CLOCK_NEVER, 16, "e5 s10 e12 s16 ");
    g_assert_cmpuint(kernel_events(world.kernel), ==, 2);
    world_clear(&world);
}

/* A message sent with the look-ahead itself arrives in the very next window. */
static void test_send(void)
{
    struct world world;

    world_init(&world, 0);
    world.log_windows = true;
    kernel_schedule(world.region[1], 3, 1, KIND_SPREAD, 4, NULL);
    schedule_at(&world, 0, 3);
    assert_run(&world, CLOCK_NEVER, 7, "e3 w7 e7 e7 e7 e7 w11 ");
    g_assert_cmpuint(kernel_events(world.kernel), ==, 6);
    world_clear(&world);
}

struct visits {
    uint64_t count;
    int64_t sum_ns;
};

static void visit(void *user, const struct kernel_event *event)
{
    struct visits *visits = user;

    visits->count++;
    visits->sum_ns += event->time_ns;
}

/* Events under way between regions are pending too. */
static void test_pending(void)
{
    struct world world;
    struct visits before = {0}, after = {0};

    world_init(&world, 0);
    for (int64_t i = 1; i <= 1000; i++)
        schedule_at(&world, (uint32_t)(i % 4), i);
    kernel_send(world.region[0], 3, 5000, 0, KIND_LOG, 0, NULL);
    g_assert_cmpuint(kernel_pending(world.kernel), ==, 1001);
    kernel_each_pending(world.kernel, visit, &before);
    g_assert_cmpuint(before.count, ==, 1001);
    g_assert_cmpint(before.sum_ns, ==, 500500 + 5000);
    kernel_run(world.kernel, 501);
    kernel_each_pending(world.kernel, visit, &after);
    g_assert_cmpuint(after.count, ==, 501);
    g_assert_cmpint(after.sum_ns, ==, 500500 - 125250 + 5000);
    g_assert_cmpuint(kernel_events(world.kernel), ==, 500);
    world_clear(&world);
}

static void assert_refused(const char *message)
{
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
    g_test_trap_assert_stderr(message);
}

static void test_short_send(void)
{
    if (!g_test_subprocess()) {
        assert_refused("*region 1 sends to region 2*delay 3 ns*look-ahead is 4 ns*");
        return;
    }
    struct world world;
    world_init(&world, 0);
    kernel_send(world.region[1], 2, 3, 0, KIND_LOG, 0, NULL);
    world_clear(&world);
}

static void test_send_nowhere(void)
{
    if (!g_test_subprocess()) {
        assert_refused("*region 1 sends to region 4 (of 4)*");
        return;
    }
    struct world world;
    world_init(&world, 0);
    kernel_send(world.region[1], 4, 100, 0, KIND_LOG, 0, NULL);
    world_clear(&world);
}

static void test_into_the_past(void)
{
    if (!g_test_subprocess()) {
        assert_refused("*region 3 at 0 ns*delay -1 ns*");
        return;
    }
    struct world world;
    world_init(&world, 0);
    kernel_schedule(world.region[3], -1, 0, KIND_LOG, 0, NULL);
    world_clear(&world);
}

static void test_beyond_time(void)
{
    if (!g_test_subprocess()) {
        assert_refused("*region 0 at 0 ns*");
        return;
    }
    struct world world;
    world_init(&world, 0);
    kernel_schedule(world.region[0], CLOCK_NEVER, 0, KIND_LOG, 0, NULL);
    world_clear(&world);
}

static void test_unknown_kind(void)
{
    if (!g_test_subprocess()) {
        assert_refused("*kind 2 (of 2)*");
        return;
    }
    struct world world;
    world_init(&world, 0);
    kernel_schedule(world.region[0], 1, 0, KINDS, 0, NULL);
    world_clear(&world);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/kernel/samples", test_samples);
    g_test_add_func("/kernel/stop-at-sample", test_stop_at_sample);
    g_test_add_func("/kernel/sample-at-last-event", test_sample_at_last_event);
    g_test_add_func("/kernel/samples-to-the-end", test_samples_to_the_end);
    g_test_add_func("/kernel/nothing-to-do", test_nothing_to_do);
    g_test_add_func("/kernel/windows", test_windows);
    g_test_add_func("/kernel/end-is-excluded", test_end_is_excluded);
    g_test_add_func("/kernel/window-stops", test_window_stops);
    g_test_add_func("/kernel/send", test_send);
    g_test_add_func("/kernel/pending", test_pending);
    g_test_add_func("/kernel/short-send", test_short_send);
    g_test_add_func("/kernel/send-nowhere", test_send_nowhere);
    g_test_add_func("/kernel/into-the-past", test_into_the_past);
    g_test_add_func("/kernel/beyond-time", test_beyond_time);
    g_test_add_func("/kernel/unknown-kind", test_unknown_kind);
    return g_test_run();
}
