/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Links against closed formulas, and the free lists. */
#include "sim/net/free_list.h"
#include "sim/net/native/link.h"
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

/* Each packet by itself, as ns-3 has it: 7 bytes, 2 of them the frame, take 18.666... ns at 3 Gbit/s, 3.5 at
 * 16, 56 / 13 at 13. */
static void test_nearest(void)
{
    static const struct {
        uint64_t bit_per_s;
        int64_t each_ns;
    } cases[] = {{UINT64_C(3000000000), 19}, {UINT64_C(16000000000), 3}, {UINT64_C(13000000000), 4}};

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct link_rate rate = {cases[i].bit_per_s, 1000000000, NULL};
        struct link link;

        link_init(&link);
        for (int64_t n = 1; n <= 30000; n++)
            g_assert_cmpint(link_put(&link, &rate, 0, 5), ==, n * cases[i].each_ns);
        link_clear(&link);
    }
}

static void test_idle_starts_anew(void)
{
    struct link_rate rate = {8000000, 10000, NULL}; /* 1000 ns a byte */
    struct link link;

    link_init(&link);
    g_assert_cmpint(link_put(&link, &rate, -5000, 1), ==, -2000);
    g_assert_cmpint(link_put(&link, &rate, 100, 1), ==, 3100);
    g_assert_cmpint(link_put(&link, &rate, 3100, 1), ==, 6100);
    g_assert_cmpint(link_put(&link, &rate, 3500, 2), ==, 10100);
    link_clear(&link);
}

/* What is being sent does not wait, and frames take time but no room. */
static void test_limit(void)
{
    struct link_rate rate = {8000000, 1000, NULL};
    struct link link;

    link_init(&link);
    g_assert_cmpuint(link_waiting_bytes(&link, 0), ==, 0);
    g_assert_cmpint(link_put(&link, &rate, 0, 598), ==, 600000);
    g_assert_cmpuint(link_waiting_bytes(&link, 0), ==, 0);
    g_assert_cmpint(link_put(&link, &rate, 0, 1001), ==, LINK_DROPPED);
    g_assert_cmpint(link_put(&link, &rate, 0, 398), ==, 1000000);
    g_assert_cmpint(link_put(&link, &rate, 0, 602), ==, 1604000);
    g_assert_cmpint(link_put(&link, &rate, 599999, 1), ==, LINK_DROPPED);
    g_assert_cmpuint(link_waiting_bytes(&link, 599999), ==, 1000);
    g_assert_cmpuint(link_waiting_bytes(&link, 600000), ==, 602);
    g_assert_cmpint(link_put(&link, &rate, 600000, 399), ==, LINK_DROPPED);
    g_assert_cmpint(link_put(&link, &rate, 600000, 398), ==, 2004000);
    g_assert_cmpuint(link_waiting_bytes(&link, 1604000), ==, 0);
    /* A packet that is larger than the queue passes an idle link. */
    g_assert_cmpint(link_put(&link, &rate, 2004000, 8998), ==, 11004000);
    link_clear(&link);
}

/* A queue of any length, one in and one out, against counting. */
static void test_many_wait(void)
{
    enum { COUNT = 3000 };
    struct link_rate rate = {8000000, 100 * COUNT, NULL};
    struct link link;

    link_init(&link);
    for (unsigned n = 0; n <= COUNT; n++)
        g_assert_cmpint(link_put(&link, &rate, 0, 98 + n % 5), !=, LINK_DROPPED);
    g_assert_cmpint(link_put(&link, &rate, 0, 98), ==, LINK_DROPPED);
    /* Each five take 510 us and leave room for five. */
    for (unsigned round = 1; round < COUNT; round++) {
        int64_t now_ns = round * INT64_C(510000);
        g_assert_cmpuint(link_waiting_bytes(&link, now_ns), ==, 100 * (COUNT - 5));
        for (unsigned n = 0; n < 5; n++)
            g_assert_cmpint(link_put(&link, &rate, now_ns, 98 + (n + 1) % 5), !=, LINK_DROPPED);
        g_assert_cmpint(link_put(&link, &rate, now_ns, 98), ==, LINK_DROPPED);
    }
    link_clear(&link);
}

static void test_extremes(void)
{
    struct link_rate slow = {1, UINT64_C(1000000000000), NULL};
    struct link_rate fast = {UINT64_C(100000000000000), UINT64_C(1000000000000), NULL};
    struct link link;
    unsigned taken = 0;

    link_init(&link);
    g_assert_cmpint(link_put(&link, &slow, 0, 1498), ==, INT64_C(12000000000000));
    g_assert_cmpuint(link_waiting_bytes(&link, 0), ==, 0);
    /* A century of packets: time does not overflow. */
    while (taken < 1000000 && link_put(&link, &slow, 0, 65535) != LINK_DROPPED)
        taken++;
    g_assert_cmpuint(taken, >, 4000);
    g_assert_cmpuint(taken, <, 1000000);
    link_clear(&link);
    link_init(&link);
    g_assert_cmpint(link_put(&link, &fast, 0, 8998), ==, 1); /* 0.72 ns */
    g_assert_cmpint(link_put(&link, &fast, 0, 8998), ==, 2);
    link_clear(&link);
}

static void test_free_list(void)
{
    enum { COUNT = 1000 };
    struct free_list from, to;
    struct free_list_depot depot = {NULL};
    void *objects[COUNT];

    free_list_init(&from, 72);
    free_list_init(&to, 72);
    /* Everything flows one way; with levelling, a few times what is out at once is made, and then no more. */
    for (int round = 0; round < 50; round++) {
        for (int i = 0; i < COUNT; i++) {
            objects[i] = free_list_take(&from);
            memset(objects[i], 0xa5, 72);
        }
        for (int i = 0; i < COUNT; i++)
            free_list_give(&to, objects[i]);
        free_list_level(&to, &depot);
        free_list_level(&from, &depot);
    }
    unsigned slabs = 0;
    for (const struct free_list_slab *slab = from.slabs; slab; slab = slab->next)
        slabs++;
    g_assert_cmpuint(slabs, <=, 4 * (COUNT / FREE_LIST_CHAIN + 1));
    free_list_clear(&from);
    free_list_clear(&to);
}

/* 8 Mbit/s are 1000 ns a byte: a packet of 998 bytes takes 1 ms with its frame. */
static void test_peaks(void)
{
    struct link_rate rate = {8000000, 10000, NULL}, slow = {8000, 10000, NULL};
    struct link link;

    link_init(&link);
    g_assert_cmpfloat(link_second_ratio_max(&link), ==, 0);
    g_assert_cmpuint(link_waiting_bytes_max(&link), ==, 0);
    link_put(&link, &rate, 10, 998);
    g_assert_cmpuint(link_waiting_bytes_max(&link), ==, 0);
    for (unsigned n = 0; n < 3; n++)
        link_put(&link, &rate, 10, 998);
    g_assert_cmpuint(link_waiting_bytes_max(&link), ==, 3 * 998);
    g_assert_cmpfloat(link_second_ratio_max(&link), ==, 0.004);
    /* Half of each is in another second; then one of 5 ms, half a minute later. */
    link_put(&link, &rate, CLOCK_SECOND - 500000, 998);
    g_assert_cmpfloat(link_second_ratio_max(&link), ==, 0.0045);
    link_put(&link, &rate, 30 * CLOCK_SECOND, 4998);
    g_assert_cmpfloat(link_second_ratio_max(&link), ==, 0.005);
    /* 8 kbit/s: 1.5 s from 40.75 s on, then 3 s that fill two seconds. */
    link_put(&link, &slow, 40 * CLOCK_SECOND + 750 * CLOCK_MILLISECOND, 1498);
    g_assert_cmpfloat(link_second_ratio_max(&link), ==, 1);
    link_clear(&link);
    link_init(&link);
    link_put(&link, &slow, 750 * CLOCK_MILLISECOND, 998);
    g_assert_cmpfloat(link_second_ratio_max(&link), ==, 0.75);
    g_assert_cmpuint(link_waiting_bytes_max(&link), ==, 0);
    link_clear(&link);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/link/nearest", test_nearest);
    g_test_add_func("/net/link/idle-starts-anew", test_idle_starts_anew);
    g_test_add_func("/net/link/limit", test_limit);
    g_test_add_func("/net/link/peaks", test_peaks);
    g_test_add_func("/net/link/many-wait", test_many_wait);
    g_test_add_func("/net/link/extremes", test_extremes);
    g_test_add_func("/net/free-list", test_free_list);
    return g_test_run();
}
