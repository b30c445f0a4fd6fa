/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UDP of libns3c: when a datagram arrives and what it is then, against the formula of a link; ports and
 * addresses. */
#include "tests/tap/tap.h"
#include "tests/unit/ns3c_pair.h"

#define CHECK(call) g_assert_cmpint((call), ==, NS3C_OK)

struct inbox {
    struct pair *pair;
    unsigned count;
    int64_t at;
    GByteArray *bytes;
    uint64_t tag;
    uint16_t from_port, to_port;
    struct ns3c_address from, to;
    bool echo, close;
};

static void on_datagram(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    struct inbox *inbox = user;

    inbox->count++;
    inbox->at = ns3c_now(inbox->pair->sim);
    g_byte_array_set_size(inbox->bytes, 0);
    g_byte_array_append(inbox->bytes, datagram->bytes, (guint)datagram->length);
    inbox->tag = datagram->tag;
    inbox->from = *datagram->from;
    inbox->to = *datagram->to;
    inbox->from_port = datagram->from_port;
    inbox->to_port = datagram->to_port;
    if (inbox->echo)
        CHECK(ns3c_udp_send(udp, datagram->from, datagram->from_port, datagram->bytes, datagram->length,
                            datagram->tag + 1));
    if (inbox->close)
        ns3c_udp_close(udp);
}

static void inbox_open(struct inbox *inbox, struct pair *pair, struct ns3c_node *node, uint16_t port,
                       struct ns3c_udp **udp)
{
    *inbox = (struct inbox){.pair = pair, .bytes = g_byte_array_new()};
    CHECK(ns3c_udp_open(node, NULL, port, on_datagram, inbox, udp));
}

static void same_address(const struct ns3c_address *a, const struct ns3c_address *b)
{
    g_assert_cmpmem(a, sizeof *a, b, sizeof *b);
}

/* (IP head + 8 + payload + 2 of PPP) bytes at 10 Mbit/s, and 10 ms, each way. */
static void test_timing(gconstpointer data)
{
    int family = GPOINTER_TO_INT(data);
    struct pair pair;
    struct inbox at_a, at_b;
    struct ns3c_udp *a, *b;
    uint8_t bytes[1000];
    int64_t one_way = ((family == 4 ? 20 : 40) + 8 + (int64_t)sizeof bytes + 2) * 800 + 10 * MS;

    pair_new(&pair, 0, 1);
    inbox_open(&at_a, &pair, pair.a, 1234, &a);
    inbox_open(&at_b, &pair, pair.b, 9, &b);
    at_b.echo = true;
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 7);
    CHECK(ns3c_udp_send(a, family == 4 ? &pair.b4 : &pair.b6, 9, bytes, sizeof bytes, 77));
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(at_b.count, ==, 1);
    g_assert_cmpint(at_b.at, ==, one_way);
    g_assert_cmpmem(at_b.bytes->data, at_b.bytes->len, bytes, sizeof bytes);
    g_assert_cmpuint(at_b.tag, ==, 77);
    g_assert_cmpuint(at_b.from_port, ==, 1234);
    g_assert_cmpuint(at_b.to_port, ==, 9);
    same_address(&at_b.from, family == 4 ? &pair.a4 : &pair.a6);
    same_address(&at_b.to, family == 4 ? &pair.b4 : &pair.b6);
    g_assert_cmpuint(at_a.count, ==, 1);
    g_assert_cmpint(at_a.at, ==, 2 * one_way);
    g_assert_cmpuint(at_a.tag, ==, 78);
    g_assert_cmpmem(at_a.bytes->data, at_a.bytes->len, bytes, sizeof bytes);
    g_byte_array_unref(at_a.bytes);
    g_byte_array_unref(at_b.bytes);
    pair_free(&pair);
}

static void test_sizes(void)
{
    const size_t sizes[] = {0, 1, 1472, 1473, 65507};
    uint8_t *bytes = g_malloc(65508);
    struct pair pair;
    struct inbox at_b;
    struct ns3c_udp *a, *b;

    pair_new(&pair, 0, 1);
    CHECK(ns3c_udp_open(pair.a, NULL, 5, NULL, NULL, &a));
    inbox_open(&at_b, &pair, pair.b, 9, &b);
    for (size_t i = 0; i < 65508; i++)
        bytes[i] = (uint8_t)(i >> 3);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        CHECK(ns3c_udp_send(a, &pair.b4, 9, bytes, sizes[i], 0));
        pair_run(&pair, ns3c_now(pair.sim) + SECOND);
        g_assert_cmpuint(at_b.count, ==, i + 1);
        g_assert_cmpmem(at_b.bytes->data, at_b.bytes->len, bytes, sizes[i]);
    }
    g_assert_cmpint(ns3c_udp_send(a, &pair.b4, 9, bytes, 65508, 0), ==, NS3C_INVALID);
    g_byte_array_unref(at_b.bytes);
    g_free(bytes);
    pair_free(&pair);
}

static void test_ports(void)
{
    struct pair pair;
    struct inbox any, own;
    struct ns3c_udp *a, *b, *b4, *again;
    struct ns3c_address other = {4, {192, 0, 2, 9}}, wrong = {5, {0}};
    uint64_t drops[NS3C_DROP_REASONS];

    pair_new(&pair, 0, 1);
    CHECK(ns3c_udp_open(pair.a, &pair.a4, 5, NULL, NULL, &a));
    inbox_open(&any, &pair, pair.b, 9, &b);
    inbox_open(&own, &pair, pair.b, 10, &again);
    ns3c_udp_close(again);
    CHECK(ns3c_udp_open(pair.b, &pair.b4, 9, on_datagram, &own, &b4));
    g_assert_cmpint(ns3c_udp_open(pair.b, NULL, 9, NULL, NULL, &again), ==, NS3C_IN_USE);
    g_assert_cmpint(ns3c_udp_open(pair.b, &pair.b4, 9, NULL, NULL, &again), ==, NS3C_IN_USE);
    g_assert_cmpint(ns3c_udp_open(pair.b, &other, 9, NULL, NULL, &again), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_udp_open(pair.b, &wrong, 9, NULL, NULL, &again), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_udp_open(pair.b, NULL, 0, NULL, NULL, &again), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_udp_send(a, &other, 9, "x", 1, 0), ==, NS3C_NO_ROUTE);
    g_assert_cmpint(ns3c_udp_send(a, &pair.b6, 9, "x", 1, 0), ==, NS3C_INVALID);
    CHECK(ns3c_udp_send(a, &pair.b4, 9, "one", 3, 0));
    pair_run(&pair, SECOND);
    g_assert_cmpuint(own.count, ==, 1); /* the address counts more than any */
    g_assert_cmpuint(any.count, ==, 0);
    own.close = true;
    CHECK(ns3c_udp_send(a, &pair.b4, 9, "two", 3, 0));
    CHECK(ns3c_udp_send(a, &pair.b4, 9, "three", 5, 0));
    CHECK(ns3c_udp_send(a, &pair.b4, 99, "none", 4, 0)); /* is dropped, and answered by ICMP */
    pair_run(&pair, 2 * SECOND);
    g_assert_cmpuint(own.count, ==, 2);
    g_assert_cmpuint(any.count, ==, 1);
    ns3c_drops(pair.sim, drops);
    g_assert_cmpuint(drops[NS3C_DROP_IP], ==, 1);
    g_byte_array_unref(any.bytes);
    g_byte_array_unref(own.bytes);
    pair_free(&pair);
}

static void run_again(void *user, const struct ns3c_packet *packet)
{
    struct inbox *inbox = user;

    (void)packet;
    inbox->count++;
    g_assert_cmpint(ns3c_run(inbox->pair->sim, INT64_MAX, NULL), ==, NS3C_STATE);
    ns3c_free(inbox->pair->sim);
}

/* What a call outside of a run sends is told within that call, and nothing may run then. */
static void test_run_within_send(void)
{
    struct pair pair;
    struct inbox seen = {.pair = &pair};
    struct ns3c_udp *udp;
    struct ns3c_tcp *tcp;

    pair_new(&pair, 0, 1);
    CHECK(ns3c_udp_open(pair.a, NULL, 5, NULL, NULL, &udp));
    ns3c_node_on_send(pair.a, run_again, &seen);
    CHECK(ns3c_udp_send(udp, &pair.b4, 5, "one", 3, 0));
    g_assert_cmpuint(seen.count, ==, 1);
    CHECK(ns3c_tcp_connect(pair.a, NULL, 0, &pair.b4, 80, NULL, NULL, &tcp));
    g_assert_cmpuint(seen.count, ==, 2);
    ns3c_tcp_reset(tcp);
    g_assert_cmpuint(seen.count, ==, 3);
    CHECK(ns3c_run(pair.sim, INT64_MAX, NULL));
    pair_free(&pair);
}

static void test_null(void)
{
    struct pair pair;
    struct ns3c_udp *udp;
    struct ns3c_tcp *tcp;
    struct ns3c_listener *listener;
    struct ns3c_node *node;
    uint8_t byte;

    g_assert_cmpint(ns3c_new(NULL, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_new(NULL, &node), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_run(NULL, 0, NULL), ==, NS3C_INVALID);
    pair_new(&pair, 0, 1);
    g_assert_cmpint(ns3c_node_new(pair.sim, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_device_add_address(NULL, &pair.a4, 24), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_node_add_route(NULL, &pair.a4, 24, NULL, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_udp_open(NULL, NULL, 5, NULL, NULL, &udp), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_udp_open(pair.a, NULL, 5, NULL, NULL, NULL), ==, NS3C_INVALID);
    CHECK(ns3c_udp_open(pair.a, NULL, 5, NULL, NULL, &udp));
    g_assert_cmpint(ns3c_udp_send(NULL, &pair.b4, 5, "", 1, 0), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_udp_send(udp, &pair.b4, 5, NULL, 10, 0), ==, NS3C_INVALID);
    CHECK(ns3c_udp_send(udp, &pair.b4, 5, NULL, 0, 0));
    g_assert_cmpint(ns3c_tcp_connect(NULL, NULL, 0, &pair.b4, 80, NULL, NULL, &tcp), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_tcp_connect(pair.a, NULL, 0, &pair.b4, 80, NULL, NULL, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_tcp_listen(NULL, NULL, 80, 1, NULL, NULL, &listener), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_tcp_listen(pair.b, NULL, 80, 1, NULL, NULL, NULL), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_tcp_accept(NULL, NULL, NULL, &tcp), ==, NS3C_INVALID);
    g_assert_cmpuint(ns3c_tcp_send(NULL, "", 1), ==, 0);
    g_assert_cmpuint(ns3c_tcp_receive(NULL, &byte, 1), ==, 0);
    g_assert_cmpint(ns3c_tcp_set(NULL, "TcpNoDelay", "true"), ==, NS3C_INVALID);
    ns3c_udp_close(NULL);
    ns3c_tcp_close(NULL);
    ns3c_listener_close(NULL);
    pair_free(&pair);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_data_func("/ns3c/udp/timing-4", GINT_TO_POINTER(4), test_timing);
    g_test_add_data_func("/ns3c/udp/timing-6", GINT_TO_POINTER(6), test_timing);
    g_test_add_func("/ns3c/udp/sizes", test_sizes);
    g_test_add_func("/ns3c/udp/ports", test_ports);
    g_test_add_func("/ns3c/udp/run-within-send", test_run_within_send);
    g_test_add_func("/ns3c/null", test_null);
    return g_test_run();
}
