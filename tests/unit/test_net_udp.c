/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Datagrams: exact latencies, queueing, drop-tail, loss, duplication, lateness, the ledger. */
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

#include <math.h>

static void send_up(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_udp_send(at, host, SERVER, net_made(at, KIND_ASK, 100));
}

static void send_up_three(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    for (int i = 0; i < 3; i++)
        send_up(f, at, host);
}

static void send_down(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_udp_send(at, host, UE, net_made(at, KIND_ANSWER, 500));
    net_udp_send(at, host, UE, net_made(at, KIND_OTHER, 4000));
}

static void send_across(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_udp_send(at, host, OTHER_SERVER, net_made(at, KIND_ASK, 300));
}

enum { FRAME = 2 }; /* of a link, around each packet */

static int64_t latency(int64_t bytes, int64_t first_ns, int64_t second_ns, int64_t delays_ns)
{
    return (bytes + FRAME) * (first_ns + second_ns) + delays_ns;
}

static void test_latency(void)
{
    struct net_fixture f;
    int64_t t0 = 3 * CLOCK_SECOND;

    net_set_up(&f);
    net_start(&f);
    net_at(&f, t0, UE, send_up_three);
    net_at(&f, t0, SERVER, send_down);
    net_at(&f, 2 * t0, SERVER, send_across);
    net_finish(&f);
    int64_t up = latency(128, UPLINK_NS, CORE_NS, ACCESS_NS + CORE_DELAY_NS);
    for (unsigned i = 0; i < 3; i++) {
        const struct heard *h = net_heard(&f, HEARD_DATAGRAM, SERVER, i);
        g_assert_cmpint(h->time_ns, ==, t0 + up + i * (128 + FRAME) * UPLINK_NS);
        g_assert_cmpint(h->mark_ns, ==, t0);
        g_assert_cmpuint(h->peer, ==, UE);
        g_assert_cmpuint(h->length, ==, 100);
        g_assert_cmpuint(h->hash, ==, net_made_hash(KIND_ASK, 100));
    }
    const struct heard *h = net_heard(&f, HEARD_DATAGRAM, UE, 0);
    g_assert_cmpint(h->time_ns, ==, t0 + latency(528, CORE_NS, DOWNLINK_NS, ACCESS_NS + CORE_DELAY_NS));
    /* The second follows it on the egress, and gets to the downlink when that is free again. */
    h = net_heard(&f, HEARD_DATAGRAM, UE, 1);
    g_assert_cmpint(h->time_ns, ==,
                    t0 + latency(4028, CORE_NS, DOWNLINK_NS, ACCESS_NS + CORE_DELAY_NS) +
                        (528 + FRAME) * CORE_NS);
    g_assert_cmpuint(h->hash, ==, net_made_hash(KIND_OTHER, 4000));
    h = net_heard(&f, HEARD_DATAGRAM, OTHER_SERVER, 0);
    g_assert_cmpint(h->time_ns, ==, 2 * t0 + latency(328, CORE_NS, CORE_NS, 2 * CORE_DELAY_NS));
    g_assert_cmpint(f.reached_ns, ==, h->time_ns);
    g_assert_cmpint(net_counter(&f, NETWORK_uplink_bytes), ==, 3 * 128);
    g_assert_cmpint(net_counter(&f, NETWORK_downlink_bytes), ==, 528 + 4028);
    g_assert_cmpint(net_counter(&f, NETWORK_core_bytes), ==, 3 * 128 + 528 + 4028 + 2 * 328);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 6);
    /* Two events a packet, one a step. */
    if (f.native)
        g_assert_cmpuint(network_events(f.network), ==, 6 * 2 + 3);
    g_assert_cmpint(net_ledger(&f, KIND_OTHER).rejected, ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_ipv6_header(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.ipv6 = true;
    net_start(&f);
    net_at(&f, 0, UE, send_up);
    net_finish(&f);
    g_assert_cmpint(net_counter(&f, NETWORK_uplink_bytes), ==, 148);
    net_tear_down(&f);
}

static void burst(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    struct network_queues queues;

    for (int i = 0; i < 20; i++)
        send_up(f, at, host);
    network_queues(f->network, &queues);
    g_assert_cmpint(queues.uplink_bytes_max, ==, 11 * 128);
    g_assert_cmpint(queues.downlink_bytes_max, ==, 0);
}

/* A quiet region's queue empties as time goes, not as its events come. */
static bool check_queue(void *user, int64_t time_ns)
{
    struct net_fixture *f = user;
    struct network_queues queues;

    network_queues(f->network, &queues);
    /* 20 packets of 128 bytes at 0, framed; 1 byte a microsecond. The one being sent does not wait. */
    int64_t left = 19 - time_ns / CLOCK_MICROSECOND / (128 + FRAME);
    g_assert_cmpint(queues.uplink_bytes_max, ==, left > 0 ? left * 128 : 0);
    f->count++;
    return true;
}

static void send_twenty(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    for (int i = 0; i < 20; i++)
        send_up(f, at, host);
}

static void test_queue_gauge(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.sample_step_ns = CLOCK_MILLISECOND;
    f.config.sample = check_queue;
    net_start(&f);
    net_at(&f, 0, UE, send_twenty);
    net_at(&f, 0, UE + 1, send_up);
    net_finish(&f);
    g_assert_cmpint(f.count, >, 5);
    net_tear_down(&f);
}

static void test_drop_tail(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.access_queue_bytes = 1500; /* one packet is being sent, 11 of 128 bytes wait */
    net_start(&f);
    net_at(&f, CLOCK_SECOND, UE, burst);
    net_finish(&f);
    g_assert_cmpuint(net_heard_count(&f, HEARD_DATAGRAM, SERVER), ==, 12);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_dropped), ==, 8);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost, ==, 8);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 20);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void send_down_twenty(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    for (int i = 0; i < 20; i++)
        net_udp_send(at, host, UE, net_made(at, KIND_ANSWER, 100));
}

static void test_drop_tail_second_link(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.access_queue_bytes = 1500;
    net_start(&f);
    net_at(&f, CLOCK_SECOND, SERVER, send_down_twenty);
    net_finish(&f);
    /* They come every 13 us and go every 65 us, and 11 of them may wait: with m taken, the packet after k
     * others is taken if m - (k / 5 + 1) < 11. That is true up to k = 13, and again for k = 15. */
    g_assert_cmpuint(net_heard_count(&f, HEARD_DATAGRAM, UE), ==, 15);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_dropped), ==, 5);
    net_assert_empty(&f);
    net_tear_down(&f);
}

enum { MANY = 4000 };

static void send_both(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    if (host == SERVER)
        net_udp_send(at, host, UE + 1, net_made(at, KIND_ANSWER, 50));
    else
        net_udp_send(at, host, SERVER, net_made(at, KIND_ASK, 50));
}

static void run_many(struct net_fixture *f, uint64_t seed, double loss, double doubled, double late)
{
    net_set_up(f);
    f->config.seed = seed;
    f->config.access_loss = loss;
    f->config.access_duplicate = doubled;
    f->config.access_late = late;
    f->config.access_late_ns = 50 * CLOCK_MILLISECOND;
    net_start(f);
    for (int i = 0; i < MANY; i++) {
        net_at(f, i * CLOCK_MILLISECOND, UE, send_both);
        net_at(f, i * CLOCK_MILLISECOND, SERVER, send_both);
    }
    net_finish(f);
    net_assert_empty(f);
}

/* Within four standard deviations of a binomial count: it fails for one seed in 15000, and ours is fixed. */
static void assert_binomial(int64_t count, int64_t of, double share)
{
    double sigma = sqrt((double)of * share * (1 - share));

    g_assert_cmpfloat(fabs((double)count - (double)of * share), <=, 4 * sigma);
}

static void test_loss(void)
{
    struct net_fixture f;

    run_many(&f, 1, 0.1, 0, 0);
    assert_binomial(net_ledger(&f, KIND_ASK).lost, MANY, 0.1);
    assert_binomial(net_ledger(&f, KIND_ANSWER).lost, MANY, 0.1);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost + net_ledger(&f, KIND_ANSWER).lost, ==,
                    net_counter(&f, NETWORK_packets_lost));
    g_assert_cmpint(net_ledger(&f, KIND_ASK).received + net_ledger(&f, KIND_ASK).lost, ==, MANY);
    net_tear_down(&f);
    run_many(&f, 1, 1, 0, 0);
    g_assert_cmpuint(f.heard->len, ==, 0);
    net_tear_down(&f);
}

static void test_duplicate_and_late(void)
{
    struct net_fixture f;

    run_many(&f, 2, 0.05, 0.2, 0.3);
    struct network_ledger asked = net_ledger(&f, KIND_ASK);
    assert_binomial(asked.lost, MANY, 0.05);
    assert_binomial(asked.duplicated, asked.sent - asked.lost, 0.2);
    g_assert_cmpint(asked.received, ==, asked.sent + asked.duplicated - asked.lost);
    assert_binomial(net_counter(&f, NETWORK_packets_late), 2 * MANY - net_counter(&f, NETWORK_packets_lost),
                    0.3);
    int64_t overtaken = 0;
    for (unsigned i = 1; i < (unsigned)asked.received; i++)
        overtaken += net_heard(&f, HEARD_DATAGRAM, SERVER, i)->mark_ns <
                     net_heard(&f, HEARD_DATAGRAM, SERVER, i - 1)->mark_ns;
    g_assert_cmpint(overtaken, >, MANY / 10);
    net_tear_down(&f);
}

static uint64_t fingerprint(uint64_t seed)
{
    struct net_fixture f;

    run_many(&f, seed, 0.1, 0.1, 0.1);
    uint64_t print = network_fingerprint(f.network);
    net_tear_down(&f);
    return print;
}

static void test_repeatable(void)
{
    g_assert_cmpuint(fingerprint(5), ==, fingerprint(5));
    g_assert_cmpuint(fingerprint(5), !=, fingerprint(6));
}

static void take_and_drop(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    for (size_t capacity = 0; capacity <= NET_MESSAGE_BYTES_MAX; capacity += 100) {
        struct net_message *message = net_made(at, KIND_ASK, capacity);
        g_assert_cmpuint(message->capacity, <=, NET_MESSAGE_BYTES_MAX);
        net_message_drop(at, message);
    }
    g_assert_cmpint(net_ledger(f, KIND_ASK).sent, ==, 0);
    g_assert_cmpint(net_ledger(f, KIND_ASK).lost, ==, 0);
}

static void test_unsent(void)
{
    struct net_fixture f;

    net_set_up(&f);
    net_start(&f);
    net_at(&f, 0, UE, take_and_drop);
    net_finish(&f);
    net_tear_down(&f);
}

/* The native engine can do nothing that only one engine can. */
static void test_no_options(void)
{
    struct net_fixture f;
    GError *error = NULL;

    net_set_up(&f);
    f.config.engine_options = &f;
    g_assert_null(network_new(&native_engine, &f.config, &error));
    g_assert_error(error, NETWORK_ERROR, 0);
    g_error_free(error);
    net_tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/udp/latency", test_latency);
    g_test_add_func("/net/udp/ipv6-header", test_ipv6_header);
    g_test_add_func("/net/udp/queue-gauge", test_queue_gauge);
    g_test_add_func("/net/udp/drop-tail", test_drop_tail);
    g_test_add_func("/net/udp/drop-tail-second-link", test_drop_tail_second_link);
    g_test_add_func("/net/udp/loss", test_loss);
    g_test_add_func("/net/udp/duplicate-and-late", test_duplicate_and_late);
    g_test_add_func("/net/udp/repeatable", test_repeatable);
    g_test_add_func("/net/udp/unsent", test_unsent);
    net_add_native("/net/udp/no-options", test_no_options);
    return g_test_run();
}
