/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Rates and shares that change during a run, on either engine: times of arrival to the nanosecond, worked out
 * by hand. A packet takes what holds when its first bit leaves. */
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

enum { FRAME = 2, IP_UDP = 28, BYTES = 100 };
enum { LINK_BYTES = BYTES + IP_UDP + FRAME };
#define T0        (3 * CLOCK_SECOND)
#define UP_NS     (LINK_BYTES * (int64_t)UPLINK_NS)
#define DOWN_NS   (LINK_BYTES * (int64_t)DOWNLINK_NS)
#define CROSS_NS  (LINK_BYTES * (int64_t)CORE_NS)
#define DELAYS_NS (ACCESS_NS + CORE_DELAY_NS)

static void up(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_udp_send(at, host, SERVER, net_made(at, KIND_ASK, BYTES));
}

static void up_three(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    for (int i = 0; i < 3; i++)
        up(f, at, host);
}

static void down_three(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    for (int i = 0; i < 3; i++)
        net_udp_send(at, host, UE, net_made(at, KIND_ANSWER, BYTES));
}

static void start(struct net_fixture *f, const struct network_change *changes, uint32_t count)
{
    net_set_up(f);
    f->config.changes = changes;
    f->config.change_count = count;
    net_start(f);
}

/* The n-th datagram that the host got arrived at that time. */
static void arrived(const struct net_fixture *f, uint32_t host, unsigned n, int64_t time_ns)
{
    const struct heard *heard = net_heard(f, HEARD_DATAGRAM, host, n);

    g_assert_nonnull(heard);
    g_assert_cmpint(heard->time_ns, ==, time_ns);
}

static void finish(struct net_fixture *f, uint32_t host, unsigned count)
{
    g_assert_cmpuint(net_heard_count(f, HEARD_DATAGRAM, host), ==, count);
    net_assert_empty(f);
    net_tear_down(f);
}

/* The second packet is being sent, and keeps its pace; the third takes 4000 ns a byte. Much later the rate is
 * that of the start again. */
static void test_uplink(void)
{
    const struct network_change changes[] = {{T0 + UP_NS * 3 / 2, NETWORK_UPLINK_RATE, 2000000, 0},
                                             {2 * T0, NETWORK_UPLINK_RATE, 8000000, 0}};
    struct net_fixture f;

    start(&f, changes, 2);
    net_at(&f, T0, UE, up_three);
    net_at(&f, 2 * T0 - CLOCK_SECOND, UE, up);
    net_at(&f, 2 * T0, UE, up);
    net_finish(&f);
    arrived(&f, SERVER, 0, T0 + UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 1, T0 + 2 * UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 2, T0 + 6 * UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 3, 2 * T0 - CLOCK_SECOND + 4 * UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 4, 2 * T0 + UP_NS + CROSS_NS + DELAYS_NS);
    finish(&f, SERVER, 5);
}

/* A packet that begins to leave at the very time has the new rate, be it put on the link then or before. */
static void test_at_that_time(void)
{
    const struct network_change changes[] = {{T0, NETWORK_UPLINK_RATE, 4000000, 0},
                                             {T0 + 2 * UP_NS, NETWORK_UPLINK_RATE, 16000000, 0}};
    struct net_fixture f;

    start(&f, changes, 2);
    net_at(&f, T0, UE, up_three);
    net_finish(&f);
    arrived(&f, SERVER, 0, T0 + 2 * UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 1, T0 + 2 * UP_NS + UP_NS / 2 + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 2, T0 + 3 * UP_NS + CROSS_NS + DELAYS_NS);
    finish(&f, SERVER, 3);
}

/* Egress at 200 ns a byte, downlink at 250: each its own. Of two changes of one time the later one holds. */
static void test_downlink_and_core(void)
{
    const struct network_change changes[] = {{CLOCK_SECOND, NETWORK_CORE_RATE, 1, 0},
                                             {CLOCK_SECOND, NETWORK_DOWNLINK_RATE, 32000000, 0},
                                             {CLOCK_SECOND, NETWORK_CORE_RATE, 40000000, 0}};
    struct net_fixture f;

    start(&f, changes, 3);
    net_at(&f, T0, SERVER, down_three);
    net_finish(&f);
    for (unsigned n = 0; n < 3; n++)
        arrived(&f, UE, n, T0 + 2 * CROSS_NS + DOWN_NS / 2 + n * DOWN_NS / 2 + DELAYS_NS);
    finish(&f, UE, 3);
}

/* All are lost from the middle of the second packet on, for a second: the third of three, and those sent
 * within that second, its first instant included and its end not. */
static void test_loss(void)
{
    const int64_t from_ns = T0 + UP_NS * 3 / 2, to_ns = from_ns + CLOCK_SECOND;
    const struct network_change changes[] = {{from_ns, NETWORK_ACCESS_LOSS, 0, 1},
                                             {to_ns, NETWORK_ACCESS_LOSS, 0, 0}};
    struct net_fixture f;

    start(&f, changes, 2);
    net_at(&f, T0, UE, up_three);
    net_at(&f, from_ns, UE + 1, up); /* in the other cell */
    net_at(&f, to_ns - 1, UE, up);
    net_at(&f, to_ns, UE + 1, up);
    net_finish(&f);
    arrived(&f, SERVER, 0, T0 + UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 1, T0 + 2 * UP_NS + CROSS_NS + DELAYS_NS);
    arrived(&f, SERVER, 2, to_ns + UP_NS + CROSS_NS + DELAYS_NS);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_lost), ==, 3);
    finish(&f, SERVER, 3);
}

/* Doubles for a second, late ones for the next, none before and none after. */
static void test_doubled_and_late(void)
{
    const struct network_change changes[] = {{T0 + CLOCK_SECOND, NETWORK_ACCESS_DUPLICATE, 0, 1},
                                             {T0 + 2 * CLOCK_SECOND, NETWORK_ACCESS_DUPLICATE, 0, 0},
                                             {T0 + 2 * CLOCK_SECOND, NETWORK_ACCESS_LATE, 0, 1},
                                             {T0 + 3 * CLOCK_SECOND, NETWORK_ACCESS_LATE, 0, 0}};
    const int64_t late_ns = 70 * CLOCK_MILLISECOND, way_ns = UP_NS + CROSS_NS + DELAYS_NS;
    struct net_fixture f;

    net_set_up(&f);
    f.config.access_late_ns = late_ns;
    f.config.changes = changes;
    f.config.change_count = G_N_ELEMENTS(changes);
    net_start(&f);
    for (int64_t n = 0; n < 4; n++)
        net_at(&f, T0 + n * CLOCK_SECOND + CLOCK_SECOND / 2, UE, up);
    net_finish(&f);
    arrived(&f, SERVER, 0, T0 + CLOCK_SECOND / 2 + way_ns);
    arrived(&f, SERVER, 1, T0 + CLOCK_SECOND * 3 / 2 + way_ns);
    /* The copy follows on the link of the server. */
    arrived(&f, SERVER, 2, T0 + CLOCK_SECOND * 3 / 2 + way_ns + CROSS_NS);
    arrived(&f, SERVER, 3, T0 + CLOCK_SECOND * 5 / 2 + way_ns + late_ns);
    arrived(&f, SERVER, 4, T0 + CLOCK_SECOND * 7 / 2 + way_ns);
    finish(&f, SERVER, 5);
}

/* The network does not wait for a change: a run is over when nothing is left to happen. */
static void test_later(void)
{
    const struct network_change changes[] = {{T0 * 2, NETWORK_UPLINK_RATE, 1, 0},
                                             {T0 * 2, NETWORK_ACCESS_LOSS, 0, 1}};
    struct net_fixture f;

    start(&f, changes, 2);
    net_at(&f, T0, UE, up);
    net_finish(&f);
    arrived(&f, SERVER, 0, T0 + UP_NS + CROSS_NS + DELAYS_NS);
    g_assert_cmpint(f.reached_ns, ==, T0 + UP_NS + CROSS_NS + DELAYS_NS);
    finish(&f, SERVER, 1);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/change/uplink", test_uplink);
    g_test_add_func("/net/change/at-that-time", test_at_that_time);
    g_test_add_func("/net/change/downlink-and-core", test_downlink_and_core);
    g_test_add_func("/net/change/loss", test_loss);
    g_test_add_func("/net/change/doubled-and-late", test_doubled_and_late);
    g_test_add_func("/net/change/later", test_later);
    return g_test_run();
}
