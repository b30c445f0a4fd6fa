/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3: life of the simulator, order and cancelling of events, ends of runs. */
#include "sim/ns3/ns3c.h"
#include "tests/tap/tap.h"

#include <stdlib.h>

static struct ns3c *new_simulator(const char *scheduler)
{
    struct ns3c_options options = {.scheduler = scheduler};
    struct ns3c *sim = NULL;

    g_assert_cmpint(ns3c_new(&options, &sim), ==, NS3C_OK);
    return sim;
}

struct log {
    struct ns3c *sim;
    GArray *arguments; /* of the events that have run */
    int64_t last_ns;
};

static void note(void *user, uint64_t argument)
{
    struct log *log = user;

    log->last_ns = ns3c_now(log->sim);
    g_array_append_val(log->arguments, argument);
}

static struct log new_log(struct ns3c *sim)
{
    return (struct log){.sim = sim, .arguments = g_array_new(FALSE, FALSE, sizeof(uint64_t))};
}

static uint64_t at(const struct log *log, unsigned index)
{
    g_assert_cmpuint(index, <, log->arguments->len);
    return g_array_index(log->arguments, uint64_t, index);
}

static void test_one_at_a_time(void)
{
    struct ns3c *first = new_simulator(NULL), *second = NULL;
    struct ns3c_options options = {.scheduler = "calendar"};

    g_assert_cmpint(ns3c_new(NULL, &second), ==, NS3C_STATE);
    g_assert_null(second);
    g_assert_cmpstr(ns3c_error(), !=, "");
    ns3c_free(first);
    ns3c_free(NULL);
    g_assert_cmpint(ns3c_new(&options, &second), ==, NS3C_INVALID);
    g_assert_nonnull(strstr(ns3c_error(), "calendar"));
    options = (struct ns3c_options){.seed = UINT32_MAX};
    g_assert_cmpint(ns3c_new(&options, &second), ==, NS3C_INVALID);
    second = new_simulator(NULL);
    g_assert_cmpint(ns3c_now(second), ==, 0);
    g_assert_cmpuint(ns3c_events(second), ==, 0);
    ns3c_free(second);
}

struct planned {
    int64_t when;
    uint64_t order;
};

static int compare_planned(const void *a, const void *b)
{
    const struct planned *x = a, *y = b;

    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* Events at few instants in random order: as a stable sort by time has them. */
static void test_order(gconstpointer scheduler)
{
    enum { count = 3000 };
    struct ns3c *sim = new_simulator(scheduler);
    struct log log = new_log(sim);
    struct planned *planned = g_new(struct planned, count);
    GRand *random = g_rand_new_with_seed(7);
    enum ns3c_run_end end;

    for (uint64_t i = 0; i < count; i++) {
        planned[i] = (struct planned){g_rand_int_range(random, 0, 500), i};
        g_assert_cmpint(ns3c_schedule(sim, planned[i].when, note, &log, i, NULL), ==, NS3C_OK);
    }
    qsort(planned, count, sizeof *planned, compare_planned);
    g_assert_cmpint(ns3c_next(sim), ==, planned[0].when);
    g_assert_cmpint(ns3c_run(sim, INT64_MAX, &end), ==, NS3C_OK);
    g_assert_cmpint(end, ==, NS3C_RUN_DRY);
    g_assert_cmpuint(log.arguments->len, ==, count);
    for (unsigned i = 0; i < count; i++)
        g_assert_cmpuint(at(&log, i), ==, planned[i].order);
    g_assert_cmpint(ns3c_now(sim), ==, planned[count - 1].when);
    g_assert_cmpuint(ns3c_events(sim), ==, count);
    g_rand_free(random);
    g_free(planned);
    g_array_unref(log.arguments);
    ns3c_free(sim);
}

static void test_cancel(void)
{
    struct ns3c *sim = new_simulator(NULL);
    struct log log = new_log(sim);
    uint64_t ids[4], again;
    enum ns3c_run_end end;

    for (uint64_t i = 0; i < 4; i++) {
        ns3c_schedule(sim, 10 * ((int64_t)i + 1), note, &log, i, &ids[i]);
        g_assert_cmpuint(ids[i], !=, 0);
    }
    g_assert_cmpuint(ns3c_pending(sim), ==, 4);
    ns3c_cancel(sim, ids[0]);
    ns3c_cancel(sim, ids[2]);
    ns3c_cancel(sim, ids[2]);
    ns3c_cancel(sim, 0);
    ns3c_cancel(sim, UINT64_MAX);
    g_assert_cmpuint(ns3c_pending(sim), ==, 2);
    g_assert_cmpint(ns3c_next(sim), ==, 20);
    /* An id that is over does not hit the event that has its place now. */
    ns3c_schedule(sim, 15, note, &log, 9, &again);
    ns3c_cancel(sim, ids[2]);
    ns3c_cancel(sim, ids[0]);
    g_assert_cmpuint(again, !=, ids[2]);
    ns3c_run(sim, INT64_MAX, &end);
    g_assert_cmpuint(log.arguments->len, ==, 3);
    g_assert_cmpuint(at(&log, 0), ==, 9);
    g_assert_cmpuint(at(&log, 1), ==, 1);
    g_assert_cmpuint(at(&log, 2), ==, 3);
    ns3c_cancel(sim, again);
    g_assert_cmpuint(ns3c_pending(sim), ==, 0);
    g_assert_cmpuint(ns3c_events(sim), ==, 3);
    g_array_unref(log.arguments);
    ns3c_free(sim);
}

static void test_run_until(void)
{
    struct ns3c *sim = new_simulator(NULL);
    struct log log = new_log(sim);
    enum ns3c_run_end end;

    for (int64_t t = 100; t <= 500; t += 100)
        ns3c_schedule(sim, t, note, &log, (uint64_t)t, NULL);
    ns3c_run(sim, 300, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_REACHED);
    g_assert_cmpuint(log.arguments->len, ==, 2);
    g_assert_cmpint(ns3c_now(sim), ==, 200);
    g_assert_cmpint(ns3c_next(sim), ==, 300);
    ns3c_run(sim, 300, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_REACHED);
    g_assert_cmpuint(log.arguments->len, ==, 2);
    ns3c_run(sim, -5, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_REACHED);
    ns3c_run(sim, 301, &end);
    g_assert_cmpuint(at(&log, 2), ==, 300);
    ns3c_run(sim, INT64_MAX, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_DRY);
    g_assert_cmpuint(log.arguments->len, ==, 5);
    g_assert_cmpint(ns3c_next(sim), ==, INT64_MAX);
    ns3c_run(sim, 1000, NULL);
    g_assert_cmpint(ns3c_now(sim), ==, 500);
    g_array_unref(log.arguments);
    ns3c_free(sim);
}

/* Cancelled events neither keep a run going nor move the clock. */
static void test_dry(gconstpointer scheduler)
{
    struct ns3c *sim = new_simulator(scheduler);
    struct log log = new_log(sim);
    uint64_t far, near;
    enum ns3c_run_end end;

    ns3c_schedule(sim, 10, note, &log, 1, NULL);
    ns3c_schedule(sim, 5, note, &log, 2, &near);
    ns3c_schedule(sim, 1000000, note, &log, 3, &far);
    ns3c_cancel(sim, far);
    ns3c_cancel(sim, near);
    ns3c_run(sim, 50, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_DRY);
    g_assert_cmpint(ns3c_now(sim), ==, 10);
    g_assert_cmpuint(log.arguments->len, ==, 1);
    g_assert_cmpuint(ns3c_events(sim), ==, 1);
    g_assert_cmpuint(ns3c_pending(sim), ==, 0);
    g_array_unref(log.arguments);
    ns3c_free(sim);
}

static void stop_at_two(void *user, uint64_t argument)
{
    struct log *log = user;

    note(user, argument);
    g_assert_cmpint(ns3c_run(log->sim, INT64_MAX, NULL), ==, NS3C_STATE);
    if (argument == 2)
        ns3c_stop(log->sim);
}

static void test_stop(void)
{
    struct ns3c *sim = new_simulator(NULL);
    struct log log = new_log(sim);
    enum ns3c_run_end end;

    for (uint64_t i = 1; i <= 3; i++)
        ns3c_schedule(sim, 7, stop_at_two, &log, i, NULL);
    ns3c_stop(sim); /* nothing runs: nothing to stop */
    ns3c_run(sim, INT64_MAX, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_STOPPED);
    g_assert_cmpuint(log.arguments->len, ==, 2);
    ns3c_run(sim, INT64_MAX, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_DRY);
    g_assert_cmpuint(log.arguments->len, ==, 3);
    g_array_unref(log.arguments);
    ns3c_free(sim);
}

struct chain {
    struct ns3c *sim;
    uint64_t left;
    uint64_t victim;
};

static void link_of_chain(void *user, uint64_t argument)
{
    struct chain *chain = user;

    ns3c_cancel(chain->sim, chain->victim);
    if (chain->left-- == 0)
        return;
    ns3c_schedule(chain->sim, 1000, link_of_chain, chain, argument, &chain->victim);
    ns3c_schedule(chain->sim, 3, link_of_chain, chain, argument + 1, NULL);
}

/* Many events scheduled and cancelled from within events: slots are used again, nothing is lost. */
static void test_churn(void)
{
    struct chain chain = {.sim = new_simulator(NULL), .left = 20000};
    enum ns3c_run_end end;

    ns3c_schedule(chain.sim, 0, link_of_chain, &chain, 0, NULL);
    ns3c_run(chain.sim, INT64_MAX, &end);
    g_assert_cmpint(end, ==, NS3C_RUN_DRY);
    g_assert_cmpint(ns3c_now(chain.sim), ==, 3 * 20000);
    g_assert_cmpuint(ns3c_events(chain.sim), ==, 20001);
    g_assert_cmpuint(ns3c_pending(chain.sim), ==, 0);
    ns3c_free(chain.sim);
}

static void test_bad_events(void)
{
    struct ns3c *sim = new_simulator(NULL);
    struct log log = new_log(sim);
    uint64_t id = 77;

    g_assert_cmpint(ns3c_schedule(sim, -1, note, &log, 0, &id), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_schedule(sim, INT64_MAX, note, &log, 0, &id), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_schedule(sim, 1, NULL, &log, 0, &id), ==, NS3C_INVALID);
    g_assert_cmpuint(id, ==, 77);
    g_assert_cmpuint(ns3c_pending(sim), ==, 0);
    g_array_unref(log.arguments);
    ns3c_free(sim);
}

/* What is pending at the end is freed with the simulator, cancelled or not. */
static void test_free_pending(void)
{
    struct ns3c *sim = new_simulator(NULL);
    struct log log = new_log(sim);
    uint64_t id;

    for (int i = 0; i < 10; i++)
        ns3c_schedule(sim, i, note, &log, 0, &id);
    ns3c_cancel(sim, id);
    ns3c_run(sim, 3, NULL);
    ns3c_free(sim);
    g_assert_cmpuint(log.arguments->len, ==, 3);
    g_array_unref(log.arguments);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/simulator/one-at-a-time", test_one_at_a_time);
    g_test_add_data_func("/ns3c/simulator/order/priority-queue", "priority-queue", test_order);
    g_test_add_data_func("/ns3c/simulator/order/heap", "heap", test_order);
    g_test_add_data_func("/ns3c/simulator/order/map", "map", test_order);
    g_test_add_data_func("/ns3c/simulator/order/list", "list", test_order);
    g_test_add_func("/ns3c/simulator/cancel", test_cancel);
    g_test_add_func("/ns3c/simulator/run-until", test_run_until);
    g_test_add_data_func("/ns3c/simulator/dry/priority-queue", "priority-queue", test_dry);
    g_test_add_data_func("/ns3c/simulator/dry/heap", "heap", test_dry);
    g_test_add_data_func("/ns3c/simulator/dry/map", "map", test_dry);
    g_test_add_func("/ns3c/simulator/stop", test_stop);
    g_test_add_func("/ns3c/simulator/churn", test_churn);
    g_test_add_func("/ns3c/simulator/bad-events", test_bad_events);
    g_test_add_func("/ns3c/simulator/free-pending", test_free_pending);
    return g_test_run();
}
