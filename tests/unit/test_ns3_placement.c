/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine on a simulator of the program's own, which is there before the network and after it. */
#include "sim/net/ns3/ns3_network.h"
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

/* Servers on one node, all UEs on another, one link. */
struct deployment {
    struct ns3c *sim;
    struct ns3c_node *core, *field;
    struct ns3_placement placement;
    struct ns3_options options;
};

static bool place(void *user, uint32_t host, struct ns3c_node **node, struct ns3c_address *address)
{
    const struct deployment *deployment = user;

    *node = host < UE ? deployment->core : deployment->field;
    return ns3c_node_add_local(*node, address, 32) == NS3C_OK;
}

static void build_world(struct deployment *deployment)
{
    const struct ns3c_link_options link = {.rate_bit_per_s = 100000000, .delay_ns = 5 * CLOCK_MILLISECOND};
    const struct ns3c_address any = {.family = 4};
    struct ns3c_device *a, *b;

    g_assert_cmpint(ns3c_new(NULL, &deployment->sim), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_new(deployment->sim, &deployment->core), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_new(deployment->sim, &deployment->field), ==, NS3C_OK);
    g_assert_cmpint(ns3c_point_to_point(deployment->sim, deployment->core, deployment->field, &link, &a, &b),
                    ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_add_route(deployment->core, &any, 0, a, NULL), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_add_route(deployment->field, &any, 0, b, NULL), ==, NS3C_OK);
    deployment->placement = (struct ns3_placement){.sim = deployment->sim, .host = place, .user = deployment};
    deployment->options = (struct ns3_options){.placement = &deployment->placement};
}

/* --- a network that is freed with work left ------------------------------------------------------------- */

static void step_send_two(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    g_assert_true(net_tcp_send(at, f->conn, net_made(at, KIND_ASK, 100)));
    g_assert_true(net_tcp_send(at, f->conn, net_made(at, KIND_ASK, 100)));
}

static void step_abort(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    step_send_two(f, at, host);
    net_tcp_abort(at, f->conn);
}

/* The second message waits for a moment that comes when there is no network any more. */
static void check_left_waiting(net_step *last)
{
    const int64_t sent_ns = 2 * CLOCK_SECOND;
    struct ns3c_tcp_counters tcp;
    struct net_fixture f;
    struct deployment deployment;

    build_world(&deployment);
    net_set_up(&f);
    f.config.engine_options = &deployment.options;
    f.end_ns = sent_ns + 1;
    net_start(&f);
    net_at(&f, CLOCK_SECOND, UE, net_step_connect);
    net_at(&f, sent_ns, UE, last);
    net_finish(&f);
    ns3c_tcp_counters(deployment.sim, &tcp);
    g_assert_cmpuint(tcp.accepts, ==, 1); /* it is up */
    net_tear_down(&f);
    g_assert_cmpint(ns3c_run(deployment.sim, sent_ns + 1, NULL), ==, NS3C_OK);
    /* What is left is ns-3's: the reset on the link, which takes it microseconds. */
    g_assert_cmpint(ns3c_next(deployment.sim), >, sent_ns + CLOCK_MICROSECOND);
    g_assert_cmpint(ns3c_run(deployment.sim, INT64_MAX, NULL), ==, NS3C_OK);
    ns3c_free(deployment.sim);
}

static void test_left_waiting(void)
{
    check_left_waiting(step_send_two);
    check_left_waiting(step_abort);
}

/* --- a clock that has moved ----------------------------------------------------------------------------- */

static void nothing(void *user, uint64_t argument)
{
    (void)user;
    (void)argument;
}

static void test_late(void)
{
    struct net_fixture f;
    struct deployment deployment;
    GError *error = NULL;

    build_world(&deployment);
    net_set_up(&f);
    f.config.engine_options = &deployment.options;
    g_assert_cmpint(ns3c_schedule(deployment.sim, 7, nothing, NULL, 0, NULL), ==, NS3C_OK);
    g_assert_cmpint(ns3c_run(deployment.sim, 7, NULL), ==, NS3C_OK); /* not yet */
    net_start(&f);
    network_free(f.network);
    g_assert_cmpint(ns3c_run(deployment.sim, 8, NULL), ==, NS3C_OK);
    f.network = network_new(&ns3_engine, &f.config, &error);
    g_assert_null(f.network);
    g_assert_error(error, NETWORK_ERROR, 0);
    g_assert_nonnull(strstr(error->message, "at 7 ns"));
    g_error_free(error);
    net_tear_down(&f);
    ns3c_free(deployment.sim);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3 placement/left waiting", test_left_waiting);
    g_test_add_func("/ns3 placement/late", test_late);
    return g_test_run();
}
