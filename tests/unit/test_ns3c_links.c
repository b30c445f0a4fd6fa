/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3: links against the closed formula, queues, loss, routing, shared segments. */
#include "tests/unit/ns3c_fixture.h"

#include <math.h>

enum { PPP = 2, IPV4 = 20, IPV6 = 40, UDP = 8 };

/* Serialisation at the rate plus propagation. */
static int64_t transfer_ns(size_t bytes, uint64_t rate_bit_per_s, int64_t delay_ns)
{
    return (int64_t)(bytes * 8 * 1000000000u / rate_bit_per_s) + delay_ns;
}

static void test_delay(void)
{
    const struct ns3c_link_options options = {
        .rate_bit_per_s = 8000000, .rate_back_bit_per_s = 1000000, .delay_ns = 5000000};
    struct pair pair;
    int64_t start;

    pair_open(&pair, &options);
    run_dry(pair.sim);
    send_to(&pair.sink_a, "10.0.0.2", 1000, 0);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 1);
    g_assert_cmpint(pair.sink_b.last_ns, ==, transfer_ns(1000 + UDP + IPV4 + PPP, 8000000, 5000000));
    g_assert_cmpuint(pair.sink_b.last_length, ==, 1000);
    g_assert_cmpuint(pair.sink_b.last_byte, ==, 7);
    assert_address(&pair.sink_b.from, "10.0.0.1");
    assert_address(&pair.sink_b.to, "10.0.0.2");
    start = ns3c_now(pair.sim);
    send_to(&pair.sink_b, "2001:db8::1", 500, 0);
    run_dry(pair.sim);
    g_assert_cmpint(pair.sink_a.last_ns - start, ==, transfer_ns(500 + UDP + IPV6 + PPP, 1000000, 5000000));
    assert_address(&pair.sink_a.from, "2001:db8::2");
    ns3c_free(pair.sim);
}

/* A packet leaves at the rate that holds when it begins to; the other direction keeps its own. */
static void test_other_rate(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 8000000, .delay_ns = 5000000};
    const uint64_t rates[] = {1000000, 10000000000u, 1};
    struct pair pair;
    int64_t start;

    pair_open(&pair, &options);
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        assert_ok(ns3c_device_set_rate(pair.at_a, rates[i]));
        start = ns3c_now(pair.sim);
        send_to(&pair.sink_a, "10.0.0.2", 1000, 0);
        run_dry(pair.sim);
        g_assert_cmpint(pair.sink_b.last_ns - start, ==,
                        transfer_ns(1000 + UDP + IPV4 + PPP, rates[i], 5000000));
    }
    start = ns3c_now(pair.sim);
    send_to(&pair.sink_b, "10.0.0.1", 500, 0);
    run_dry(pair.sim);
    g_assert_cmpint(pair.sink_a.last_ns - start, ==, transfer_ns(500 + UDP + IPV4 + PPP, 8000000, 5000000));
    g_assert_cmpint(ns3c_device_set_rate(pair.at_a, 0), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set_rate(pair.at_a, 1000000000000001), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set_rate(NULL, 1), ==, NS3C_INVALID);
    ns3c_free(pair.sim);
}

/* A datagram that is cut into fragments: 1480 and 1480 bytes and the rest, one behind the other. */
static void test_fragments(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 10000000, .delay_ns = 1000};
    struct ns3c_device_counters counters;
    struct pair pair;
    size_t wire = 4000 + UDP + 3 * (IPV4 + PPP);

    pair_open(&pair, &options);
    send_to(&pair.sink_a, "10.0.0.2", 4000, 0);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.last_length, ==, 4000);
    g_assert_cmpint(pair.sink_b.last_ns, ==, transfer_ns(wire, 10000000, 1000));
    ns3c_device_counters(pair.at_a, &counters);
    g_assert_cmpuint(counters.sent_packets, ==, 3);
    g_assert_cmpuint(counters.sent_bytes, ==, wire - 3 * PPP);
    ns3c_device_counters(pair.at_b, &counters);
    g_assert_cmpuint(counters.received_packets, ==, 3);
    g_assert_cmpuint(counters.received_bytes, ==, wire - 3 * PPP);
    ns3c_free(pair.sim);
}

/* 10 packets at once: one is on the wire, as many wait as there is room for, the rest is dropped. */
static void test_queue(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 1000000, .queue_bytes_max = 4 * 1028};
    struct ns3c_device_counters counters;
    uint64_t drops[NS3C_DROP_REASONS];
    struct pair pair;

    pair_open(&pair, &options);
    for (int i = 0; i < 10; i++)
        send_to(&pair.sink_a, "10.0.0.2", 1000, 0);
    ns3c_device_counters(pair.at_a, &counters);
    g_assert_cmpuint(counters.queued_bytes, ==, 4 * 1028);
    g_assert_cmpuint(counters.queue_drops, ==, 5);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 5);
    g_assert_cmpint(pair.sink_b.last_ns, ==, 5 * transfer_ns(1030, 1000000, 0));
    ns3c_drops(pair.sim, drops);
    g_assert_cmpuint(drops[NS3C_DROP_QUEUE], ==, 5);
    ns3c_device_counters(pair.at_a, &counters);
    g_assert_cmpuint(counters.queued_bytes, ==, 0);
    ns3c_free(pair.sim);
}

static unsigned arrivals_with_loss(uint32_t seed, double loss)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 1000000000, .loss = loss};
    struct ns3c_options chosen = {.seed = seed};
    struct ns3c_device_counters counters;
    struct ns3c *sim;
    struct ns3c_node *a, *b;
    struct ns3c_device *at_a, *at_b;
    struct sink from, to;

    assert_ok(ns3c_new(&chosen, &sim));
    a = new_node(sim);
    b = new_node(sim);
    assert_ok(ns3c_point_to_point(sim, a, b, &options, &at_a, &at_b));
    give_address(at_a, "10.0.0.1", 24);
    give_address(at_b, "10.0.0.2", 24);
    sink_open(&from, sim, a);
    sink_open(&to, sim, b);
    for (int i = 0; i < 4000; i++) {
        send_to(&from, "10.0.0.2", 10, 0);
        run_dry(sim);
    }
    ns3c_device_counters(at_b, &counters);
    g_assert_cmpuint(counters.loss_drops + to.count, ==, 4000);
    g_assert_cmpuint(counters.received_packets, ==, to.count);
    ns3c_free(sim);
    return to.count;
}

/* The share that arrives is within 4 standard deviations; a second simulator draws the same, another seed
 * other. */
static void test_loss(void)
{
    unsigned first = arrivals_with_loss(1, 0.3);

    g_assert_cmpfloat(fabs(first - 2800.0), <, 4 * sqrt(4000 * 0.3 * 0.7));
    g_assert_cmpuint(arrivals_with_loss(1, 0.3), ==, first);
    g_assert_cmpuint(arrivals_with_loss(2, 0.3), !=, first);
    g_assert_cmpuint(arrivals_with_loss(1, 1), ==, 0);
}

enum { LEAVES = 20, ROUTES = 10000 };

struct star {
    struct ns3c *sim;
    struct ns3c_node *hub, *leaf[LEAVES];
    struct ns3c_device *at_hub[LEAVES], *at_leaf[LEAVES];
    struct sink sinks[LEAVES];
};

static void star_open(struct star *star)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 1000000000};

    star->sim = new_simulator();
    star->hub = new_node(star->sim);
    for (int i = 0; i < LEAVES; i++) {
        char text[32];

        star->leaf[i] = new_node(star->sim);
        assert_ok(ns3c_point_to_point(star->sim, star->hub, star->leaf[i], &options, &star->at_hub[i],
                                      &star->at_leaf[i]));
        g_snprintf(text, sizeof text, "10.0.%d.1", i);
        give_address(star->at_hub[i], text, 24);
        g_snprintf(text, sizeof text, "10.0.%d.2", i);
        give_address(star->at_leaf[i], text, 24);
        give_route(star->leaf[i], "0.0.0.0", 0, star->at_leaf[i], NULL);
        sink_open(&star->sinks[i], star->sim, star->leaf[i]);
    }
}

/* 10000 host routes, scattered over the leaves, which take all of 172.16/12 as their own. */
static void test_many_routes(void)
{
    struct star star;
    struct ns3c_address all = address_of("172.16.0.0"), host;
    unsigned expected[LEAVES] = {0};

    star_open(&star);
    for (int i = 0; i < LEAVES; i++)
        assert_ok(ns3c_node_add_local(star.leaf[i], &all, 12));
    for (unsigned i = 0; i < ROUTES; i++) {
        host = (struct ns3c_address){4, {172, 16, (uint8_t)(i >> 8), (uint8_t)i}};
        assert_ok(ns3c_node_add_route(star.hub, &host, 32, star.at_hub[i * 7 % LEAVES], NULL));
    }
    for (unsigned i = 0; i < ROUTES; i += 13) {
        struct sink hub = {.sim = star.sim};
        unsigned leaf = i * 7 % LEAVES;

        host = (struct ns3c_address){4, {172, 16, (uint8_t)(i >> 8), (uint8_t)i}};
        assert_ok(ns3c_udp_open(star.hub, NULL, TEST_PORT, sink_take, &hub, &hub.udp));
        assert_ok(ns3c_udp_send(hub.udp, &host, TEST_PORT, "x", 1, i));
        run_dry(star.sim);
        expected[leaf]++;
        g_assert_cmpuint(star.sinks[leaf].count, ==, expected[leaf]);
        g_assert_cmpmem(&star.sinks[leaf].to, sizeof host, &host, sizeof host);
        ns3c_udp_close(hub.udp);
    }
    ns3c_free(star.sim);
}

/* The longest prefix wins, an equal one replaces, and what no route has is refused. */
static void test_longest_prefix(void)
{
    static const struct {
        const char *prefix;
        unsigned bits;
        int leaf;
    } routes[] = {{"198.51.0.0", 16, 1}, {"198.51.100.0", 24, 2}, {"198.51.100.7", 32, 3},
                  {"198.0.0.0", 8, 9},   {"198.0.0.0", 8, 4},     {"198.51.100.128", 25, 5}};
    static const struct {
        const char *to;
        int leaf;
    } cases[] = {{"198.51.100.7", 3}, {"198.51.100.8", 2}, {"198.51.100.200", 5},
                 {"198.51.99.1", 1},  {"198.52.0.1", 4},   {"10.0.6.2", 6},
                 {"203.0.113.1", -1}, {"199.0.0.1", -1},   {"198.51.100.127", 2}};
    struct star star;
    struct ns3c_address any = address_of("0.0.0.0");
    struct ns3c_udp *udp;

    star_open(&star);
    for (unsigned i = 0; i < G_N_ELEMENTS(routes); i++)
        give_route(star.hub, routes[i].prefix, routes[i].bits, star.at_hub[routes[i].leaf], NULL);
    for (int i = 0; i < LEAVES; i++)
        assert_ok(ns3c_node_add_local(star.leaf[i], &any, 0));
    assert_ok(ns3c_udp_open(star.hub, NULL, TEST_PORT, NULL, NULL, &udp));
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct ns3c_address to = address_of(cases[i].to);
        enum ns3c_status status = ns3c_udp_send(udp, &to, TEST_PORT, "x", 1, 0);

        g_assert_cmpint(status, ==, cases[i].leaf < 0 ? NS3C_NO_ROUTE : NS3C_OK);
        run_dry(star.sim);
        for (int leaf = 0; leaf < LEAVES; leaf++) {
            g_assert_cmpuint(star.sinks[leaf].count, ==, leaf == cases[i].leaf);
            star.sinks[leaf].count = 0;
        }
    }
    ns3c_free(star.sim);
}

/* Over a router, IPv4 and IPv6; from hosts that no device has. */
static void test_forwarding(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 1000000, .delay_ns = 1000000};
    struct ns3c *sim = new_simulator();
    struct ns3c_node *a = new_node(sim), *router = new_node(sim), *b = new_node(sim);
    struct ns3c_device *a_r, *r_a, *r_b, *b_r;
    struct ns3c_address hosts = address_of("192.0.2.0"), host = address_of("192.0.2.77");
    struct sink at_a, at_b;
    struct ns3c_udp *udp;
    int64_t start;

    assert_ok(ns3c_point_to_point(sim, a, router, &options, &a_r, &r_a));
    assert_ok(ns3c_point_to_point(sim, router, b, &options, &r_b, &b_r));
    give_address(a_r, "10.1.0.1", 24);
    give_address(r_a, "10.1.0.2", 24);
    give_address(r_b, "10.2.0.1", 24);
    give_address(b_r, "10.2.0.2", 24);
    give_address(a_r, "2001:db8:1::1", 64);
    give_address(b_r, "2001:db8:2::2", 64);
    give_route(a, "0.0.0.0", 0, a_r, "10.1.0.2");
    give_route(b, "0.0.0.0", 0, b_r, "10.2.0.1");
    give_route(a, "::", 0, a_r, NULL);
    give_route(router, "2001:db8:2::", 48, r_b, NULL);
    give_route(router, "192.0.2.0", 24, r_b, NULL);
    assert_ok(ns3c_node_add_local(b, &hosts, 24));
    sink_open(&at_a, sim, a);
    sink_open(&at_b, sim, b);
    send_to(&at_a, "2001:db8:2::2", 100, 1);
    run_dry(sim);
    g_assert_cmpuint(at_b.count, ==, 1);
    g_assert_cmpint(at_b.last_ns, ==, 2 * transfer_ns(150, 1000000, 1000000));
    start = ns3c_now(sim);
    send_to(&at_a, "192.0.2.77", 100, 1);
    run_dry(sim);
    g_assert_cmpuint(at_b.count, ==, 2);
    g_assert_cmpint(at_b.last_ns - start, ==, 2 * transfer_ns(130, 1000000, 1000000));
    assert_address(&at_b.to, "192.0.2.77");
    /* And back from that host. */
    assert_ok(ns3c_udp_open(b, &host, 5000, NULL, NULL, &udp));
    assert_ok(ns3c_udp_send(udp, &at_b.from, TEST_PORT, "x", 1, 0));
    run_dry(sim);
    g_assert_cmpuint(at_a.count, ==, 1);
    assert_address(&at_a.from, "192.0.2.77");
    ns3c_free(sim);
}

static void test_self(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 1000};
    struct ns3c_device_counters counters;
    struct pair pair;

    pair_open(&pair, &options);
    send_to(&pair.sink_a, "10.0.0.1", 9, 3);
    send_to(&pair.sink_a, "127.0.0.1", 9, 3);
    send_to(&pair.sink_a, "2001:db8::1", 9, 3);
    send_to(&pair.sink_a, "::1", 9, 3);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_a.count, ==, 4);
    g_assert_cmpuint(pair.sink_a.last_tag, ==, 3);
    assert_address(&pair.sink_a.from, "::1");
    ns3c_device_counters(pair.at_a, &counters);
    g_assert_cmpuint(counters.sent_packets, ==, 0);
    ns3c_free(pair.sim);
}

/* Three hosts and a shared segment; one of them leads on. Minimum frames are padded: IP bytes are counted all
 * the same. */
static void test_csma(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = 100000000, .delay_ns = 1000};
    struct ns3c *sim = new_simulator();
    struct ns3c_node *node[3];
    struct ns3c_device *device[3], *out, *in;
    struct ns3c_csma *csma;
    struct sink sinks[3], far;
    struct ns3c_device_counters counters;
    uint64_t drops[NS3C_DROP_REASONS];

    assert_ok(ns3c_csma_new(sim, &options, &csma));
    for (int i = 0; i < 3; i++) {
        char text[32];

        node[i] = new_node(sim);
        assert_ok(ns3c_csma_attach(csma, node[i], &device[i]));
        g_snprintf(text, sizeof text, "10.9.0.%d", i + 1);
        give_address(device[i], text, 24);
        g_snprintf(text, sizeof text, "2001:db8:9::%d", i + 1);
        give_address(device[i], text, 64);
        sink_open(&sinks[i], sim, node[i]);
    }
    struct ns3c_node *beyond = new_node(sim);

    assert_ok(ns3c_point_to_point(sim, node[2], beyond, &options, &out, &in));
    give_address(in, "10.10.0.1", 24);
    give_route(node[2], "10.10.0.0", 24, out, NULL);
    give_route(node[0], "10.10.0.0", 24, device[0], "10.9.0.3");
    sink_open(&far, sim, beyond);
    send_to(&sinks[0], "10.9.0.2", 1, 5);
    ns3c_run(sim, 1000000000, NULL);
    g_assert_cmpuint(sinks[1].count, ==, 1);
    g_assert_cmpuint(sinks[1].last_tag, ==, 5);
    ns3c_device_counters(device[1], &counters);
    g_assert_cmpuint(counters.received_packets, ==, 1);
    g_assert_cmpuint(counters.received_bytes, ==, 29);
    ns3c_device_counters(device[0], &counters);
    g_assert_cmpuint(counters.sent_bytes, ==, 29);
    send_to(&sinks[0], "2001:db8:9::2", 200, 6);
    ns3c_run(sim, 2000000000, NULL);
    g_assert_cmpuint(sinks[1].count, ==, 2);
    assert_address(&sinks[1].from, "2001:db8:9::1");
    send_to(&sinks[0], "10.10.0.1", 10, 7);
    ns3c_run(sim, 3000000000, NULL);
    g_assert_cmpuint(far.count, ==, 1);
    g_assert_cmpuint(sinks[2].count, ==, 0);
    /* Nobody has that address. */
    send_to(&sinks[0], "10.9.0.99", 10, 8);
    ns3c_run(sim, 60000000000, NULL);
    ns3c_drops(sim, drops);
    g_assert_cmpuint(drops[NS3C_DROP_NO_ROUTE], ==, 1);
    ns3c_free(sim);
}

static void test_refused(void)
{
    const struct ns3c_link_options good = {.rate_bit_per_s = 1000};
    const struct ns3c_link_options bad[] = {{.rate_bit_per_s = 0},
                                            {.rate_bit_per_s = 1, .delay_ns = -1},
                                            {.rate_bit_per_s = 1, .loss = 1.01},
                                            {.rate_bit_per_s = 1, .loss = -0.01},
                                            {.rate_bit_per_s = 1, .loss = NAN}};
    struct ns3c_address v4 = address_of("10.0.0.9"), v6 = address_of("2001:db8::9"), family = {5, {0}};
    struct ns3c_device *device = NULL, *other;
    struct ns3c_csma *csma = NULL;
    struct pair pair;

    pair_open(&pair, &good);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_assert_cmpint(ns3c_point_to_point(pair.sim, pair.a, pair.b, &bad[i], &device, &other), ==,
                        NS3C_INVALID);
        g_assert_cmpint(ns3c_csma_new(pair.sim, &bad[i], &csma), ==, NS3C_INVALID);
    }
    g_assert_null(device);
    g_assert_null(csma);
    g_assert_cmpint(ns3c_device_add_address(pair.at_a, &v4, 33), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_add_address(pair.at_a, &v6, 129), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_add_address(pair.at_a, &family, 8), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_add_local(pair.a, &family, 8), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_add_route(pair.a, &v4, 24, pair.at_b, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_add_route(pair.a, &v4, 24, pair.at_a, &v6), ==, NS3C_INVALID);
    for (const char *const *text = (const char *const[]){"10.0.0.1", "2001:db8::1", NULL}; *text != NULL;
         text++) {
        v4 = address_of(*text);
        g_assert_cmpint(ns3c_device_add_address(pair.at_a, &v4, 8), ==, NS3C_IN_USE);
    }
    for (const char *const *text =
             (const char *const[]){"0.0.0.0", "224.0.0.1", "127.0.0.1", "::", "ff02::1", NULL};
         *text != NULL; text++) {
        v4 = address_of(*text);
        g_assert_cmpint(ns3c_device_add_address(pair.at_a, &v4, 8), ==, NS3C_INVALID);
    }
    g_assert_cmpint(ns3c_address_parse("10.0.0", &v4), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_address_parse(NULL, &v4), ==, NS3C_INVALID);
    ns3c_free(pair.sim);
}

static void test_wrong_arguments(void)
{
    const struct ns3c_link_options good = {.rate_bit_per_s = 1000, .delay_ns = 1};
    struct ns3c_link_options wrong[] = {good, good, good, good, good, good};
    struct ns3c_device *kept = NULL, *device = NULL;
    struct ns3c_csma *csma;
    struct pair pair;

    wrong[0].rate_bit_per_s = 0;
    wrong[1].rate_bit_per_s = UINT64_MAX; /* negative in ns-3 */
    wrong[2].rate_back_bit_per_s = UINT64_MAX;
    wrong[3].delay_ns = -1;
    wrong[4].delay_ns = INT64_MAX; /* and a little is before now */
    wrong[5].loss = NAN;
    pair_open(&pair, &good);
    for (unsigned i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_assert_cmpint(ns3c_point_to_point(pair.sim, pair.a, pair.b, &wrong[i], &device, &device), ==,
                        NS3C_INVALID);
        g_assert_cmpint(ns3c_csma_new(pair.sim, &wrong[i], &csma), ==, NS3C_INVALID);
    }
    assert_ok(ns3c_csma_new(pair.sim, &good, &csma));
    g_assert_cmpint(ns3c_point_to_point(NULL, pair.a, pair.b, &good, &kept, &kept), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_point_to_point(pair.sim, NULL, pair.b, &good, &kept, &kept), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_point_to_point(pair.sim, pair.a, NULL, &good, &kept, &kept), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_point_to_point(pair.sim, pair.a, pair.b, NULL, &kept, &kept), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_point_to_point(pair.sim, pair.a, pair.b, &good, &kept, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_csma_new(NULL, &good, &csma), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_csma_new(pair.sim, &good, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_csma_attach(NULL, pair.a, &kept), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_csma_attach(csma, NULL, &kept), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_csma_attach(csma, pair.a, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set_loss(NULL, 0.5), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_on_transmit(NULL, NULL, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_pcap(NULL, "/dev/null"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_set(NULL, "Mtu", "1500"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_set(NULL, "ns3::Ipv4L3Protocol::DefaultTtl", "9"), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_address_parse("10.0.0.1", NULL), ==, NS3C_INVALID);
    g_assert_null(kept);
    ns3c_free(pair.sim);
}

static unsigned delay_for_ever(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    (void)user;
    (void)packet;
    detail->delay_ns = INT64_MAX;
    return NS3C_FATE_DELAY;
}

/* The clock does not run backwards, and what the packet leads to still has its time. */
static void test_latest(void)
{
    const struct ns3c_link_options options = {.rate_bit_per_s = UINT64_C(1000000000000000),
                                              .delay_ns = INT64_C(86400000000000)};
    struct pair pair;
    int64_t first_ns;

    pair_open(&pair, &options);
    run_dry(pair.sim);
    assert_ok(ns3c_device_on_transmit(pair.at_a, delay_for_ever, NULL));
    send_to(&pair.sink_a, "10.0.0.2", 1, 0);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 1);
    first_ns = pair.sink_b.last_ns;
    g_assert_cmpint(first_ns, ==, INT64_MAX - INT64_C(31536000000000000));
    send_to(&pair.sink_a, "10.0.0.2", 1, 0); /* too late for more than the link's own */
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 2);
    g_assert_cmpint(pair.sink_b.last_ns, >=, first_ns + options.delay_ns);
    g_assert_cmpint(pair.sink_b.last_ns, <, first_ns + options.delay_ns + 1000);
    ns3c_free(pair.sim);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/links/delay", test_delay);
    g_test_add_func("/ns3c/links/other rate", test_other_rate);
    g_test_add_func("/ns3c/links/fragments", test_fragments);
    g_test_add_func("/ns3c/links/queue", test_queue);
    g_test_add_func("/ns3c/links/loss", test_loss);
    g_test_add_func("/ns3c/links/many-routes", test_many_routes);
    g_test_add_func("/ns3c/links/longest-prefix", test_longest_prefix);
    g_test_add_func("/ns3c/links/forwarding", test_forwarding);
    g_test_add_func("/ns3c/links/self", test_self);
    g_test_add_func("/ns3c/links/csma", test_csma);
    g_test_add_func("/ns3c/links/refused", test_refused);
    g_test_add_func("/ns3c/links/wrong-arguments", test_wrong_arguments);
    g_test_add_func("/ns3c/links/latest", test_latest);
    return g_test_run();
}
