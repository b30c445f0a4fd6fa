/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3: views of packets, what befalls them on the way, drops, captures. */
#include "tests/unit/ns3c_fixture.h"

#include <glib/gstdio.h>
#include <unistd.h>

static const struct ns3c_link_options fast = {.rate_bit_per_s = 8000000, .delay_ns = 1000000};
enum { WIRE_NS_100 = 130 * 1000 + 1000000 }; /* of 100 bytes in UDP, IPv4 and PPP */

/* Packets that a node sent: sizes, tags, and the last one's bytes. */
struct watch {
    unsigned count;
    uint32_t sizes[8];
    uint64_t tag;
    uint32_t head_bytes;
    uint8_t bytes[8192];
    size_t length;
};

static void see(void *user, const struct ns3c_packet *packet)
{
    struct watch *watch = user;

    g_assert_cmpuint(watch->count, <, G_N_ELEMENTS(watch->sizes));
    watch->sizes[watch->count++] = packet->size;
    watch->tag = packet->tag;
    watch->head_bytes = packet->head_bytes;
    watch->length = ns3c_packet_bytes(packet, watch->bytes, sizeof watch->bytes);
    g_assert_cmpuint(watch->length, ==, packet->size);
    g_assert_cmpmem(watch->bytes, packet->head_bytes, packet->head, packet->head_bytes);
    g_assert_cmpuint(ns3c_packet_bytes(packet, watch->bytes, 3), ==, 3);
}

static unsigned get16(const uint8_t *bytes)
{
    return (unsigned)bytes[0] << 8 | bytes[1];
}

/* RFC 1071. */
static unsigned checksum(const uint8_t *bytes, size_t length)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 1 < length; i += 2)
        sum += get16(bytes + i);
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return ~sum & 0xffff;
}

static void test_on_send(void)
{
    struct watch watch = {0}, other = {0};
    struct ns3c_options options = {.checksums = true};
    struct ns3c *sim;
    struct ns3c_node *a, *b;
    struct ns3c_device *at_a, *at_b;
    struct sink from, to;

    assert_ok(ns3c_new(&options, &sim));
    a = new_node(sim);
    b = new_node(sim);
    assert_ok(ns3c_point_to_point(sim, a, b, &fast, &at_a, &at_b));
    give_address(at_a, "10.0.0.1", 24);
    give_address(at_b, "10.0.0.2", 24);
    give_address(at_a, "2001:db8::1", 64);
    give_address(at_b, "2001:db8::2", 64);
    sink_open(&from, sim, a);
    sink_open(&to, sim, b);
    run_dry(sim);
    ns3c_node_on_send(a, see, &watch);
    ns3c_node_on_send(b, see, &other);
    send_to(&from, "10.0.0.2", 1000, 42);
    g_assert_cmpuint(watch.count, ==, 1);
    g_assert_cmpuint(watch.sizes[0], ==, 1028);
    g_assert_cmpuint(watch.tag, ==, 42);
    g_assert_cmpuint(watch.bytes[0], ==, 0x45);
    g_assert_cmpuint(get16(watch.bytes + 2), ==, 1028);
    g_assert_cmpuint(checksum(watch.bytes, 20), ==, 0);
    g_assert_cmpuint(watch.bytes[9], ==, 17);
    g_assert_cmpuint(get16(watch.bytes + 22), ==, TEST_PORT);
    g_assert_cmpuint(get16(watch.bytes + 24), ==, 1008);
    g_assert_cmpuint(watch.bytes[28], ==, 7);
    g_assert_cmpuint(watch.bytes[1027], ==, 7);
    g_assert_cmpuint(watch.head_bytes, <, 1028);
    run_dry(sim);
    send_to(&from, "2001:db8::2", 10, 0);
    g_assert_cmpuint(watch.sizes[1], ==, 58);
    g_assert_cmpuint(watch.bytes[0] >> 4, ==, 6);
    g_assert_cmpuint(get16(watch.bytes + 4), ==, 18);
    g_assert_cmpuint(watch.tag, ==, 0);
    send_to(&from, "10.0.0.2", 4000, 9);
    g_assert_cmpuint(watch.count, ==, 5);
    g_assert_cmpuint(watch.sizes[2] + watch.sizes[3] + watch.sizes[4], ==, 4008 + 3 * 20);
    ns3c_node_on_send(a, NULL, NULL);
    send_to(&from, "10.0.0.2", 10, 0);
    g_assert_cmpuint(watch.count, ==, 5);
    run_dry(sim);
    g_assert_cmpuint(to.count, ==, 4);
    g_assert_cmpuint(other.count, ==, 0);
    ns3c_free(sim);
}

/* What a router forwards is not its own. */
static void test_forwarded_is_not_sent(void)
{
    struct watch watch = {0};
    struct pair pair;
    struct ns3c_node *c;
    struct ns3c_device *b_c, *c_b;
    struct sink far;

    pair_open(&pair, &fast);
    c = new_node(pair.sim);
    assert_ok(ns3c_point_to_point(pair.sim, pair.b, c, &fast, &b_c, &c_b));
    give_address(b_c, "10.0.1.1", 24);
    give_address(c_b, "10.0.1.2", 24);
    give_route(pair.a, "10.0.1.0", 24, pair.at_a, "10.0.0.2");
    sink_open(&far, pair.sim, c);
    ns3c_node_on_send(pair.b, see, &watch);
    send_to(&pair.sink_b, "10.0.1.2", 5, 0);
    g_assert_cmpuint(watch.count, ==, 1);
    send_to(&pair.sink_a, "10.0.1.2", 5, 0);
    run_dry(pair.sim);
    g_assert_cmpuint(far.count, ==, 2);
    g_assert_cmpuint(watch.count, ==, 1);
    ns3c_free(pair.sim);
}

/* Does with every packet what is set here. */
struct judge {
    unsigned fate, calls;
    struct ns3c_fate_detail detail;
    bool spoil; /* replace by the packet with its last byte changed */
    uint8_t bytes[2048];
    uint64_t tag;
    uint32_t size;
};

static unsigned decide(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    struct judge *judge = user;

    judge->calls++;
    judge->tag = packet->tag;
    judge->size = packet->size;
    *detail = judge->detail;
    if (judge->spoil) {
        detail->length = ns3c_packet_bytes(packet, judge->bytes, sizeof judge->bytes);
        judge->bytes[detail->length - 1] = 99;
        detail->bytes = judge->bytes;
    }
    return judge->fate;
}

static void test_fate(void)
{
    static const uint8_t nonsense[64] = {0x45, 0, 0, 63};
    struct ns3c_device_counters counters;
    uint64_t drops[NS3C_DROP_REASONS];
    struct judge judge = {0};
    struct pair pair;
    int64_t start;

    pair_open(&pair, &fast);
    assert_ok(ns3c_device_on_transmit(pair.at_a, decide, &judge));
    send_to(&pair.sink_a, "10.0.0.2", 100, 11);
    run_dry(pair.sim);
    g_assert_cmpuint(judge.calls, ==, 1);
    g_assert_cmpuint(judge.tag, ==, 11);
    g_assert_cmpuint(judge.size, ==, 128);
    g_assert_cmpint(pair.sink_b.last_ns, ==, WIRE_NS_100);

    judge.fate = NS3C_FATE_DROP;
    send_to(&pair.sink_a, "10.0.0.2", 100, 12);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 1);

    judge.fate = NS3C_FATE_DUPLICATE | NS3C_FATE_DELAY | NS3C_FATE_REPLACE;
    judge.detail.delay_ns = 777;
    judge.spoil = true;
    start = ns3c_now(pair.sim);
    send_to(&pair.sink_a, "10.0.0.2", 100, 13);
    ns3c_run(pair.sim, start + WIRE_NS_100 + 1, NULL);
    g_assert_cmpuint(pair.sink_b.count, ==, 2); /* the copy, in time and whole */
    g_assert_cmpuint(pair.sink_b.last_byte, ==, 7);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 3);
    g_assert_cmpuint(pair.sink_b.last_byte, ==, 99);
    g_assert_cmpuint(pair.sink_b.last_tag, ==, 13);
    g_assert_cmpint(pair.sink_b.last_ns - start, ==, WIRE_NS_100 + 777);

    judge.spoil = false;
    judge.fate = NS3C_FATE_REPLACE;
    for (size_t length = 0; length <= sizeof nonsense; length++) {
        judge.detail = (struct ns3c_fate_detail){.bytes = nonsense, .length = length};
        if (length == 63) /* lengths agree: a header and nothing that asks for more */
            continue;
        send_to(&pair.sink_a, "10.0.0.2", 100, 14);
        run_dry(pair.sim);
    }
    g_assert_cmpuint(pair.sink_b.count, ==, 3);
    ns3c_device_counters(pair.at_a, &counters);
    g_assert_cmpuint(counters.fate_drops, ==, 1);
    ns3c_drops(pair.sim, drops);
    g_assert_cmpuint(drops[NS3C_DROP_FATE], ==, 1);
    g_assert_cmpuint(drops[NS3C_DROP_IP], ==, 64);
    assert_ok(ns3c_device_on_transmit(pair.at_a, NULL, NULL));
    send_to(&pair.sink_a, "10.0.0.2", 100, 15);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 4);
    ns3c_free(pair.sim);
}

struct drops {
    unsigned count[NS3C_DROP_REASONS];
    uint32_t size;
    uint64_t tag;
    uint8_t version;
};

static void note_drop(void *user, enum ns3c_drop reason, const struct ns3c_packet *packet)
{
    struct drops *drops = user;

    drops->count[reason]++;
    drops->size = packet->size;
    drops->tag = packet->tag;
    drops->version = packet->head[0] >> 4;
}

static void test_drops(void)
{
    struct ns3c_link_options options = {.rate_bit_per_s = 8000, .queue_bytes_max = 200};
    uint64_t totals[NS3C_DROP_REASONS];
    struct drops drops = {{0}, 0, 0, 0};
    struct pair pair;

    pair_open(&pair, &options);
    ns3c_on_drop(pair.sim, note_drop, &drops);
    for (uint64_t i = 0; i < 4; i++)
        send_to(&pair.sink_a, "10.0.0.2", 50, i); /* one on the wire, two wait */
    g_assert_cmpuint(drops.count[NS3C_DROP_QUEUE], ==, 1);
    g_assert_cmpuint(drops.size, ==, 78);
    g_assert_cmpuint(drops.tag, ==, 3);
    g_assert_cmpuint(drops.version, ==, 4);
    run_dry(pair.sim);
    /* Round and round until the hops are used up. */
    give_route(pair.a, "203.0.113.0", 24, pair.at_a, NULL);
    give_route(pair.b, "203.0.113.0", 24, pair.at_b, NULL);
    give_route(pair.a, "2001:db8:f::", 64, pair.at_a, NULL);
    give_route(pair.b, "2001:db8:f::", 64, pair.at_b, NULL);
    send_to(&pair.sink_a, "203.0.113.1", 10, 8);
    run_dry(pair.sim);
    g_assert_cmpuint(drops.count[NS3C_DROP_IP], ==, 1);
    g_assert_cmpuint(drops.tag, ==, 8);
    g_assert_cmpuint(drops.size, ==, 38);
    send_to(&pair.sink_a, "2001:db8:f::1", 10, 9);
    run_dry(pair.sim);
    g_assert_cmpuint(drops.count[NS3C_DROP_IP], ==, 2);
    g_assert_cmpuint(drops.version, ==, 6);
    g_assert_cmpuint(drops.tag, ==, 9);
    /* The neighbour knows no way. */
    give_route(pair.a, "198.51.100.0", 24, pair.at_a, NULL);
    give_route(pair.a, "2001:db8:e::", 64, pair.at_a, NULL);
    send_to(&pair.sink_a, "198.51.100.1", 10, 10);
    run_dry(pair.sim);
    g_assert_cmpuint(drops.count[NS3C_DROP_NO_ROUTE], ==, 1);
    send_to(&pair.sink_a, "2001:db8:e::1", 10, 11);
    run_dry(pair.sim);
    g_assert_cmpuint(drops.count[NS3C_DROP_NO_ROUTE], ==, 2);
    g_assert_cmpuint(drops.tag, ==, 11);
    ns3c_drops(pair.sim, totals);
    for (int reason = 0; reason < NS3C_DROP_REASONS; reason++)
        g_assert_cmpuint(totals[reason], ==, drops.count[reason]);
    ns3c_free(pair.sim);
}

static uint32_t get32(const gchar *bytes)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return value;
}

/* The file as the format of pcap describes it: one packet sent at 0 and one received when the formula
 * says. */
static void test_pcap(void)
{
    GError *error = NULL;
    char *directory = g_dir_make_tmp("ns3c-XXXXXX", &error), *path, *nowhere, *link;
    gchar *bytes;
    gsize length;
    struct pair pair;

    g_assert_no_error(error);
    path = g_build_filename(directory, "a.pcap", NULL);
    nowhere = g_build_filename(directory, "none", "a.pcap", NULL);
    link = g_build_filename(directory, "b.pcap", NULL);
    g_assert_cmpint(symlink("a.pcap", link), ==, 0);
    pair_open(&pair, &fast);
    g_assert_cmpint(ns3c_device_pcap(pair.at_a, nowhere), ==, NS3C_FILE);
    g_assert_nonnull(strstr(ns3c_error(), nowhere));
    g_assert_cmpint(ns3c_device_pcap(pair.at_a, NULL), ==, NS3C_INVALID);
    assert_ok(ns3c_device_pcap(pair.at_a, path));
    g_assert_cmpint(ns3c_device_pcap(pair.at_b, path), ==, NS3C_IN_USE);
    g_assert_cmpint(ns3c_device_pcap(pair.at_b, link), ==, NS3C_IN_USE);
    g_assert_nonnull(strstr(ns3c_error(), "another device is captured into it, as "));
    send_to(&pair.sink_a, "10.0.0.2", 100, 0);
    send_to(&pair.sink_b, "10.0.0.1", 100, 0);
    run_dry(pair.sim);
    assert_ok(ns3c_pcap_close(pair.sim));
    ns3c_free(pair.sim);
    g_assert_true(g_file_get_contents(path, &bytes, &length, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(length, ==, 24 + 2 * (16 + 130));
    g_assert_cmphex(get32(bytes), ==, 0xa1b2c3d4);
    g_assert_cmpuint(get32(bytes + 20), ==, 9); /* LINKTYPE_PPP */
    for (int i = 0; i < 2; i++) {
        const gchar *record = bytes + 24 + i * (16 + 130);

        g_assert_cmpuint(get32(record), ==, 0);
        g_assert_cmpuint(get32(record + 4), ==, i == 0 ? 0 : WIRE_NS_100 / 1000);
        g_assert_cmpuint(get32(record + 8), ==, 130);
        g_assert_cmpuint(get32(record + 12), ==, 130);
        g_assert_cmpmem(record + 16, 3, "\x00\x21\x45", 3);
    }
    g_free(bytes);
    g_assert_cmpint(g_unlink(link), ==, 0);
    g_assert_cmpint(g_unlink(path), ==, 0);
    g_assert_cmpint(g_rmdir(directory), ==, 0);
    g_free(directory);
    g_free(path);
    g_free(nowhere);
    g_free(link);
}

/* A full disk is told at the end, by this name, and of the file that is not whole. */
static void test_pcap_full(void)
{
    struct pair pair;

    if (g_access("/dev/full", W_OK) != 0) {
        g_test_skip("there is no /dev/full");
        return;
    }
    pair_open(&pair, &fast);
    assert_ok(ns3c_device_pcap(pair.at_a, "/dev/full"));
    assert_ok(ns3c_device_pcap(pair.at_b, "/dev/null"));
    send_to(&pair.sink_a, "10.0.0.2", 100, 0);
    run_dry(pair.sim);
    g_assert_cmpint(ns3c_pcap_close(pair.sim), ==, NS3C_FILE);
    g_assert_cmpstr(ns3c_error(), ==, "/dev/full: No space left on device");
    send_to(&pair.sink_a, "10.0.0.2", 100, 0);
    run_dry(pair.sim);
    g_assert_cmpuint(pair.sink_b.count, ==, 2);
    g_assert_cmpint(ns3c_pcap_close(pair.sim), ==, NS3C_FILE);
    g_assert_cmpint(ns3c_pcap_close(NULL), ==, NS3C_INVALID);
    ns3c_free(pair.sim);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/packets/on-send", test_on_send);
    g_test_add_func("/ns3c/packets/forwarded-is-not-sent", test_forwarded_is_not_sent);
    g_test_add_func("/ns3c/packets/fate", test_fate);
    g_test_add_func("/ns3c/packets/drops", test_drops);
    g_test_add_func("/ns3c/packets/pcap", test_pcap);
    g_test_add_func("/ns3c/packets/pcap-full", test_pcap_full);
    return g_test_run();
}
