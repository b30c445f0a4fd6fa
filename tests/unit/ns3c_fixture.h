/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What tests of the bindings share: short ways to make nodes, links and addresses, and a port that notes
 * arrivals. */
#ifndef TESTS_UNIT_NS3C_FIXTURE_H
#define TESTS_UNIT_NS3C_FIXTURE_H

#include "sim/ns3/ns3c.h"
#include "tests/tap/tap.h"

#define assert_ok(call) g_assert_cmpint(call, ==, NS3C_OK)

enum { TEST_PORT = 4000 };

static inline struct ns3c_address address_of(const char *text)
{
    struct ns3c_address address;

    assert_ok(ns3c_address_parse(text, &address));
    return address;
}

static inline struct ns3c *new_simulator(void)
{
    struct ns3c *sim;

    assert_ok(ns3c_new(NULL, &sim));
    return sim;
}

static inline struct ns3c_node *new_node(struct ns3c *sim)
{
    struct ns3c_node *node;

    assert_ok(ns3c_node_new(sim, &node));
    return node;
}

static inline void give_address(struct ns3c_device *device, const char *text, unsigned bits)
{
    struct ns3c_address address = address_of(text);

    assert_ok(ns3c_device_add_address(device, &address, bits));
}

static inline void give_route(struct ns3c_node *node, const char *prefix, unsigned bits,
                              struct ns3c_device *device, const char *gateway)
{
    struct ns3c_address to = address_of(prefix), by = address_of(gateway != NULL ? gateway : prefix);

    assert_ok(ns3c_node_add_route(node, &to, bits, device, gateway != NULL ? &by : NULL));
}

/* What arrived at a port: the last datagram and how many. */
struct sink {
    struct ns3c *sim;
    struct ns3c_udp *udp;
    unsigned count;
    int64_t last_ns;
    size_t last_length;
    uint8_t last_byte;
    uint64_t last_tag;
    struct ns3c_address from, to;
};

static inline void sink_take(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    struct sink *sink = user;

    g_assert_true(udp == sink->udp);
    sink->count++;
    sink->last_ns = ns3c_now(sink->sim);
    sink->last_length = datagram->length;
    sink->last_byte = datagram->length > 0 ? datagram->bytes[datagram->length - 1] : 0;
    sink->last_tag = datagram->tag;
    sink->from = *datagram->from;
    sink->to = *datagram->to;
}

static inline void sink_open(struct sink *sink, struct ns3c *sim, struct ns3c_node *node)
{
    *sink = (struct sink){.sim = sim};
    assert_ok(ns3c_udp_open(node, NULL, TEST_PORT, sink_take, sink, &sink->udp));
}

/* Sends `length` bytes of the value 7 to the other side's sink. */
static inline void send_to(struct sink *from, const char *to, size_t length, uint64_t tag)
{
    static uint8_t bytes[65507];
    struct ns3c_address address = address_of(to);

    memset(bytes, 7, length);
    assert_ok(ns3c_udp_send(from->udp, &address, TEST_PORT, bytes, length, tag));
}

/* Two nodes with a link, IPv4 and IPv6 addresses and a sink each. */
struct pair {
    struct ns3c *sim;
    struct ns3c_node *a, *b;
    struct ns3c_device *at_a, *at_b;
    struct sink sink_a, sink_b;
};

static inline void pair_open(struct pair *pair, const struct ns3c_link_options *options)
{
    pair->sim = new_simulator();
    pair->a = new_node(pair->sim);
    pair->b = new_node(pair->sim);
    assert_ok(ns3c_point_to_point(pair->sim, pair->a, pair->b, options, &pair->at_a, &pair->at_b));
    give_address(pair->at_a, "10.0.0.1", 30);
    give_address(pair->at_b, "10.0.0.2", 30);
    give_address(pair->at_a, "2001:db8::1", 64);
    give_address(pair->at_b, "2001:db8::2", 64);
    sink_open(&pair->sink_a, pair->sim, pair->a);
    sink_open(&pair->sink_b, pair->sim, pair->b);
}

static inline void run_dry(struct ns3c *sim)
{
    enum ns3c_run_end end;

    assert_ok(ns3c_run(sim, INT64_MAX, &end));
    g_assert_cmpint(end, ==, NS3C_RUN_DRY);
}

static inline void assert_address(const struct ns3c_address *address, const char *text)
{
    char got[NS3C_ADDRESS_TEXT_BYTES];

    ns3c_address_format(address, got);
    g_assert_cmpstr(got, ==, text);
}

#endif
