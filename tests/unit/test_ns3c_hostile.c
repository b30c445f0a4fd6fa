/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3: bytes put in the place of a packet's that ns-3 must not see, and many that are
 * spoiled at random: none may end the process or keep it busy for ever. */
#include "tests/unit/ns3c_fixture.h"

#include <unistd.h>

enum { ALARM_SECONDS = 60, PACKET_MAX = 1600 };

static const struct ns3c_link_options link_options = {.rate_bit_per_s = 8000000, .delay_ns = 1000000};

/* --- single packets ------------------------------------------------------------------------------------- */

static struct ns3c_fate_detail instead;

static unsigned put_instead(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    (void)user;
    (void)packet;
    *detail = instead;
    return NS3C_FATE_REPLACE;
}

/* Whether ns-3 is given the packet. */
static bool passes(const uint8_t *bytes, size_t length)
{
    struct ns3c_device_counters counters;
    struct pair pair;

    pair_open(&pair, &link_options);
    run_dry(pair.sim);
    ns3c_device_counters(pair.at_b, &counters);
    uint64_t before = counters.received_packets;
    instead = (struct ns3c_fate_detail){.bytes = bytes, .length = length};
    assert_ok(ns3c_device_on_transmit(pair.at_a, put_instead, NULL));
    send_to(&pair.sink_a, "10.0.0.2", 10, 0);
    run_dry(pair.sim);
    ns3c_device_counters(pair.at_b, &counters);
    ns3c_free(pair.sim);
    return counters.received_packets > before;
}

#define IPV4(protocol, length)                                                                               \
    0x45, 0, 0, 20 + (length), 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2
#define ADDRESS6(last)     0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last
#define IPV6(next, length) 0x60, 0, 0, 0, 0, length, next, 64, ADDRESS6(1), ADDRESS6(2)
#define TCP_HEAD(words)    0, 9, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, (words) << 4, 2, 1, 0, 0, 0, 0, 0
#define PACKET(...)                                                                                          \
    {                                                                                                        \
        (const uint8_t[]){__VA_ARGS__}, sizeof(const uint8_t[])                                              \
        {                                                                                                    \
            __VA_ARGS__                                                                                      \
        }                                                                                                    \
    }

static const struct {
    struct {
        const uint8_t *bytes;
        size_t length;
    } packet;
    bool passes;
} packets[] = {
    {PACKET(IPV4(17, 8), 0, 9, 0, 9, 0, 8, 0, 0), true},
    {PACKET(IPV4(17, 7), 0, 9, 0, 9, 0, 8, 0), false},
    {PACKET(IPV4(6, 20), TCP_HEAD(5)), true},
    {PACKET(IPV4(6, 20), TCP_HEAD(6)), false},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 2, 4, 5, 0), true},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 2, 3, 5, 0), false},  /* MSS has 4 bytes */
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 1, 2, 4, 5), false},  /* and all of them within the header */
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 77, 0, 0, 0), false}, /* ns-3 would never get past it */
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 77, 1, 0, 0), false},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 77, 5, 0, 0), false},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 77, 4, 0, 0), true},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 1, 1, 1, 77), false},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 0, 77, 0, 0), true}, /* behind the end */
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 5, 4, 0, 0), false}, /* SACK of half a block */
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 3, 3, 2, 0), true},
    {PACKET(IPV4(6, 24), TCP_HEAD(6), 8, 3, 2, 0), false},
    {PACKET(IPV4(6, 20), 0, 9, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0),
     true}, /* a closed window */
    {PACKET(0x46, 0, 0, 24, 0, 0, 0, 0, 64, 99, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0, 0, 0, 0), false},
    {PACKET(0x45, 0, 0, 20, 0, 0, 0x20, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2), false}, /* a fragment */
    {PACKET(IPV4(1, 8), 8, 0, 0, 0, 0, 0, 0, 0), true},
    {PACKET(IPV4(1, 8), 3, 0, 0, 0, 0, 0, 0, 0), false}, /* an error about nothing */
    {PACKET(IPV4(1, 4), 8, 0, 0, 0), false},
    {PACKET(IPV6(17, 8), 0, 9, 0, 9, 0, 8, 0, 0), true},
    {PACKET(IPV6(17, 7), 0, 9, 0, 9, 0, 8, 0), false},
    {PACKET(IPV6(6, 24), TCP_HEAD(6), 77, 0, 0, 0), false},
    {PACKET(IPV6(0, 8), 17, 0, 1, 0, 0, 0, 0, 0), false}, /* extension headers */
    {PACKET(IPV6(43, 8), 17, 0, 0, 0, 0, 0, 0, 0), false},
    {PACKET(IPV6(44, 8), 17, 0, 0, 0, 0, 0, 0, 0), false},
    {PACKET(IPV6(60, 8), 17, 0, 1, 0, 0, 0, 0, 0), false},
    {PACKET(IPV6(58, 8), 128, 0, 0, 0, 0, 0, 0, 0), true},
    {PACKET(IPV6(58, 8), 134, 0, 0, 0, 0, 0, 0, 0), false},
    {PACKET(IPV6(58, 8), 1, 0, 0, 0, 0, 0, 0, 0), false},
    {PACKET(IPV6(58, 24), 135, 0, 0, 0, 0, 0, 0, 0, ADDRESS6(2)), true},
    {PACKET(IPV6(58, 32), 135, 0, 0, 0, 0, 0, 0, 0, ADDRESS6(2), 1, 0, 0, 0, 0, 0, 0, 0), false},
};

static void test_packets(void)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(packets); i++) {
        alarm(ALARM_SECONDS);
        if (passes(packets[i].packet.bytes, packets[i].packet.length) == packets[i].passes)
            continue;
        g_test_message("packet %u %s", i, packets[i].passes ? "is refused" : "passes");
        g_test_fail();
    }
}

/* Of a fragment the payload may be another one, its place may not. */
struct forger {
    uint8_t bytes[PACKET_MAX];
    size_t at;
    unsigned calls;
};

static unsigned forge(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    struct forger *forger = user;

    detail->length = ns3c_packet_bytes(packet, forger->bytes, sizeof forger->bytes);
    detail->bytes = forger->bytes;
    forger->bytes[forger->at != 0 ? forger->at : detail->length - 1] ^= 1;
    forger->calls++;
    return NS3C_FATE_REPLACE;
}

static unsigned fragments_that_arrive(const char *to, size_t at)
{
    struct ns3c_device_counters counters;
    struct forger forger = {.at = at};
    struct pair pair;

    pair_open(&pair, &link_options);
    run_dry(pair.sim);
    assert_ok(ns3c_device_on_transmit(pair.at_a, forge, &forger));
    ns3c_device_counters(pair.at_b, &counters);
    uint64_t before = counters.received_packets;
    send_to(&pair.sink_a, to, 3000, 0);
    run_dry(pair.sim);
    g_assert_cmpuint(forger.calls, ==, 3);
    ns3c_device_counters(pair.at_b, &counters);
    g_assert_cmpuint(pair.sink_b.count, ==, counters.received_packets - before == 3 ? 1 : 0);
    ns3c_free(pair.sim);
    return (unsigned)(counters.received_packets - before);
}

static void test_fragments(void)
{
    alarm(ALARM_SECONDS);
    g_assert_cmpuint(fragments_that_arrive("10.0.0.2", 0), ==, 3);
    g_assert_cmpuint(fragments_that_arrive("10.0.0.2", 5), ==, 0); /* identification */
    g_assert_cmpuint(fragments_that_arrive("10.0.0.2", 7), ==, 0); /* offset */
    g_assert_cmpuint(fragments_that_arrive("2001:db8::2", 0), ==, 3);
    g_assert_cmpuint(fragments_that_arrive("2001:db8::2", 40), ==, 0); /* what follows */
    g_assert_cmpuint(fragments_that_arrive("2001:db8::2", 43), ==, 0); /* offset */
}

/* --- at random ------------------------------------------------------------------------------------------ */

struct noise {
    uint64_t state;
    uint8_t bytes[PACKET_MAX];
};

static uint32_t draw(struct noise *noise, uint32_t below)
{
    noise->state = noise->state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((noise->state >> 33) % below);
}

static void set_length(uint8_t *bytes, size_t length)
{
    bool ipv6 = bytes[0] >> 4 == 6;
    size_t told = ipv6 ? length - 40 : length;

    bytes[ipv6 ? 4 : 2] = (uint8_t)(told >> 8);
    bytes[ipv6 ? 5 : 3] = (uint8_t)told;
}

/* Bits, or another protocol with what looks like headers and options, or less of the packet. */
static unsigned spoil(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    static const uint8_t common[] = {0, 1, 2, 3, 4, 5, 6, 8, 17, 43, 44, 51, 58, 59, 60, 135};
    struct noise *noise = user;
    uint8_t *bytes = noise->bytes;
    size_t length = ns3c_packet_bytes(packet, bytes, PACKET_MAX);
    size_t head = bytes[0] >> 4 == 6 ? 40 : 20, how = draw(noise, 8);

    if (how > 3)
        return 0;
    if (how == 0)
        for (uint32_t i = draw(noise, 8) + 1; i > 0; i--)
            bytes[draw(noise, (uint32_t)length)] ^= (uint8_t)(1U << draw(noise, 8));
    if (how >= 2)
        bytes[head == 40 ? 6 : 9] = common[draw(noise, sizeof common)];
    if (how >= 1)
        for (size_t i = head; i < length; i++)
            if (draw(noise, 3) == 0)
                bytes[i] =
                    draw(noise, 4) > 0 ? common[draw(noise, sizeof common)] : (uint8_t)draw(noise, 256);
    if (how == 3)
        length = MIN(length, head + draw(noise, 80));
    set_length(bytes, length);
    *detail = (struct ns3c_fate_detail){.bytes = bytes, .length = length};
    return NS3C_FATE_REPLACE;
}

static void send_more(void *user, struct ns3c_tcp *tcp)
{
    static const uint8_t bytes[3000];

    (void)user;
    ns3c_tcp_send(tcp, bytes, sizeof bytes);
}

static void take_all(void *user, struct ns3c_tcp *tcp)
{
    uint8_t bytes[2000];

    (void)user;
    while (ns3c_tcp_receive(tcp, bytes, sizeof bytes) > 0)
        continue;
}

static void let_in(void *user, struct ns3c_listener *listener)
{
    static const struct ns3c_tcp_events events = {.received = take_all};
    struct ns3c_tcp *tcp;

    (void)user;
    ns3c_tcp_accept(listener, &events, NULL, &tcp);
}

static void run_noise(uint64_t seed)
{
    static const struct ns3c_tcp_events events = {.connected = send_more, .received = take_all};
    struct noise noise = {.state = seed};
    struct ns3c_address to4 = address_of("10.0.0.2"), to6 = address_of("2001:db8::2");
    struct ns3c_listener *listener;
    struct ns3c_tcp *tcp;
    struct pair pair;

    alarm(ALARM_SECONDS);
    pair_open(&pair, &link_options);
    assert_ok(ns3c_device_on_transmit(pair.at_a, spoil, &noise));
    assert_ok(ns3c_device_on_transmit(pair.at_b, spoil, &noise));
    assert_ok(ns3c_tcp_listen(pair.b, NULL, 80, 50, let_in, NULL, &listener));
    for (unsigned i = 0; i < 4; i++)
        assert_ok(ns3c_tcp_connect(pair.a, NULL, 0, i & 1 ? &to4 : &to6, 80, &events, NULL, &tcp));
    for (unsigned i = 0; i < 24; i++)
        send_to(i & 1 ? &pair.sink_a : &pair.sink_b,
                i & 2 ? (i & 1 ? "10.0.0.2" : "10.0.0.1") : (i & 1 ? "2001:db8::2" : "2001:db8::1"),
                i % 3 == 0 ? 2500 : i, i);
    assert_ok(ns3c_run(pair.sim, INT64_C(400000000000), NULL));
    ns3c_free(pair.sim);
}

static void test_noise(void)
{
    for (uint64_t seed = 0; seed < 200; seed++)
        run_noise(seed);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/hostile/packets", test_packets);
    g_test_add_func("/ns3c/hostile/fragments", test_fragments);
    g_test_add_func("/ns3c/hostile/noise", test_noise);
    return g_test_run();
}
