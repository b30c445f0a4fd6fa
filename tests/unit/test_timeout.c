/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Timeouts: what was cancelled never comes, the rest comes in its place among all other events, exactly as if
 * it had been scheduled like any event. */
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/kernel/kernel.h"
#include "tests/tap/tap.h"

enum { EVENTS = 20000, DELAYS = 5 };

static const int64_t delays_ns[DELAYS] = {7, 1000, 1000000, 30 * CLOCK_SECOND,
                                          12345}; /* the last is no list's */

struct world {
    struct kernel *kernel;
    struct kernel_region *region;
    bool timeouts; /* or plain events, of which those cancelled are ignored when they come */
    uint64_t handle[EVENTS];
    bool cancelled[EVENTS];
    uint32_t made;
    GArray *log; /* argument of every event that counted */
};

static void make(struct world *w)
{
    unsigned which = (unsigned)random_below(random_u64(3, 0, 0, w->made), DELAYS);
    int64_t delay_ns = delays_ns[which];
    uint32_t entity = which != DELAYS - 1; /* timeouts come behind events */

    if (w->made == EVENTS)
        return;
    w->cancelled[w->made] = false;
    if (w->timeouts)
        w->handle[w->made] = kernel_timeout_set(w->region, delay_ns, entity, 0, w->made, NULL);
    else
        kernel_schedule(w->region, delay_ns, entity, 0, w->made, NULL);
    w->made++;
}

/* Cancels one of the last hundred, come or not. */
static void cancel(struct world *w, uint64_t bits)
{
    uint32_t back = 1 + (uint32_t)random_below(bits, 100);

    if (back > w->made)
        return;
    w->cancelled[w->made - back] = true;
    if (w->timeouts)
        kernel_timeout_cancel(w->region, w->handle[w->made - back]);
}

static void handle(void *context, const struct kernel_event *event)
{
    struct world *w = context;
    uint64_t bits = random_u64(3, 0, 1, event->argument);

    if (w->cancelled[event->argument]) {
        g_assert_true(!w->timeouts || w->handle[event->argument] == 0);
        return;
    }
    w->cancelled[event->argument] = true; /* has come */
    g_array_append_val(w->log, event->argument);
    for (unsigned i = 0; i < 1 + bits % 3; i++)
        make(w);
    if (bits % 2)
        cancel(w, random_u64(3, 0, 2, event->argument));
}

static kernel_handler *const handlers[] = {handle};

static GArray *run(bool timeouts)
{
    struct kernel_config config = {.regions = 1,
                                   .lookahead_ns = 1000,
                                   .handlers = handlers,
                                   .handler_count = 1,
                                   .timeout_delays_ns = {7, 1000, 1000000, 30 * CLOCK_SECOND, 7},
                                   .timeout_delay_count = 5};
    struct world *w = g_new0(struct world, 1);
    GArray *log = g_array_new(FALSE, FALSE, sizeof(uint32_t));

    w->kernel = kernel_new(&config);
    w->region = kernel_region(w->kernel, 0);
    w->timeouts = timeouts;
    w->log = log;
    kernel_region_set_context(w->region, w);
    for (unsigned i = 0; i < 200; i++)
        make(w);
    kernel_run(w->kernel, CLOCK_NEVER);
    g_assert_cmpuint(kernel_pending(w->kernel), ==, 0);
    kernel_free(w->kernel);
    g_free(w);
    return log;
}

static void test_same_as_events(void)
{
    GArray *timeouts = run(true), *events = run(false);

    g_assert_cmpuint(timeouts->len, >, EVENTS / 4);
    g_assert_cmpmem(timeouts->data, timeouts->len * sizeof(uint32_t), events->data,
                    events->len * sizeof(uint32_t));
    g_array_free(timeouts, TRUE);
    g_array_free(events, TRUE);
}

static void never(void *context, const struct kernel_event *event)
{
    (void)context, (void)event;
    g_assert_not_reached();
}

static kernel_handler *const never_handlers[] = {never};

/* All cancelled, in either order: nothing is pending, and time stands still. */
static void test_all_cancelled(void)
{
    struct kernel_config config = {.regions = 1,
                                   .lookahead_ns = 1,
                                   .handlers = never_handlers,
                                   .handler_count = 1,
                                   .timeout_delays_ns = {50},
                                   .timeout_delay_count = 1};
    struct kernel *kernel = kernel_new(&config);
    struct kernel_region *region = kernel_region(kernel, 0);
    uint64_t timeout[300];

    for (unsigned i = 0; i < 300; i++)
        timeout[i] = kernel_timeout_set(region, 50, 0, 0, i, NULL);
    g_assert_cmpuint(kernel_pending(kernel), ==, 300);
    for (unsigned i = 0; i < 150; i++) {
        kernel_timeout_cancel(region, timeout[i]);
        kernel_timeout_cancel(region, timeout[299 - i]);
        kernel_timeout_cancel(region, timeout[299 - i]); /* twice does no harm */
    }
    g_assert_cmpuint(kernel_pending(kernel), ==, 0);
    g_assert_cmpint(kernel_run(kernel, CLOCK_NEVER), ==, 0);
    g_assert_cmpuint(kernel_events(kernel), ==, 0);
    kernel_timeout_cancel(region, 0);
    kernel_free(kernel);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/timeout/same as events", test_same_as_events);
    g_test_add_func("/timeout/all cancelled", test_all_cancelled);
    return g_test_run();
}
