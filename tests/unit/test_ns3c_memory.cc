/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3 where memory runs out: at whichever allocation of C++, a call answers NS3C_MEMORY, no
 * exception gets into C, the simulator can be freed, and the next one is as good as the first. */
#include "sim/ns3/ns3c.h"
#include "tests/tap/tap.h"

#include <cstdlib>
#include <new>

/* Allocations since the counter was set, and the one that fails; 0: none does. */
static uint64_t allocations, failing;

void *operator new(std::size_t size)
{
    for (;;) {
        void *memory = ++allocations == failing ? nullptr : std::malloc(size);

        if (memory != nullptr)
            return memory;
        if (std::get_new_handler() == nullptr)
            throw std::bad_alloc();
        std::get_new_handler()();
    }
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}

/* ns-3 forgets some of what it was about to make when the rest of it cannot be had. */
extern "C" int __lsan_is_turned_off();
extern "C" int __lsan_is_turned_off()
{
    return 1;
}

/* What one simulation did. */
struct outcome {
    ns3c_status status;
    uint64_t sum; /* of times and lengths of all that arrived */
};

struct world {
    ns3c *sim;
    ns3c_node *node[2];
    ns3c_device *device[2];
    ns3c_address address[2];
    ns3c_udp *udp;
    outcome *out;
};

static void note(world *w, size_t length)
{
    w->out->sum = w->out->sum * 31 + (uint64_t)ns3c_now(w->sim) + length;
}

/* The first failure, which is what the simulation came to. */
static bool good(world *w, ns3c_status status)
{
    if (w->out->status == NS3C_OK)
        w->out->status = status;
    return status == NS3C_OK;
}

static void on_datagram(void *user, ns3c_udp *, const ns3c_datagram *datagram)
{
    note(static_cast<world *>(user), datagram->length);
}

static void on_received(void *user, ns3c_tcp *tcp)
{
    char bytes[4096];

    for (size_t length; (length = ns3c_tcp_receive(tcp, bytes, sizeof bytes)) > 0;)
        note(static_cast<world *>(user), length);
}

static void on_peer_closed(void *user, ns3c_tcp *tcp)
{
    note(static_cast<world *>(user), 0);
    ns3c_tcp_close(tcp);
}

static void on_closed(void *user, ns3c_tcp *, ns3c_tcp_end)
{
    note(static_cast<world *>(user), 1);
}

static const ns3c_tcp_events events = {nullptr, on_received, nullptr, on_peer_closed, on_closed};

static void on_incoming(void *user, ns3c_listener *listener)
{
    ns3c_tcp *tcp;

    good(static_cast<world *>(user), ns3c_tcp_accept(listener, &events, user, &tcp));
}

static void on_sent(void *user, const ns3c_packet *packet)
{
    note(static_cast<world *>(user), packet->size);
}

/* A datagram that is cut into fragments, and a connection with a few segments. */
static void begin(void *user, uint64_t)
{
    static const char bytes[4000] = {};
    world *w = static_cast<world *>(user);
    ns3c_tcp *tcp;

    good(w, ns3c_udp_send(w->udp, &w->address[1], 9, bytes, sizeof bytes, 7));
    if (!good(w, ns3c_tcp_connect(w->node[0], nullptr, 0, &w->address[1], 80, &events, w, &tcp)))
        return;
    ns3c_tcp_send(tcp, bytes, sizeof bytes);
    ns3c_tcp_shutdown(tcp);
}

static bool connect_nodes(world *w, const char *const texts[2], bool csma)
{
    ns3c_link_options options = {10000000, 0, 1000000, 20000, 0};
    ns3c_csma *segment;

    for (unsigned i = 0; i < 2; i++)
        if (!good(w, ns3c_node_new(w->sim, &w->node[i])) ||
            !good(w, ns3c_address_parse(texts[i], &w->address[i])))
            return false;
    if (csma ? !good(w, ns3c_csma_new(w->sim, &options, &segment)) ||
                   !good(w, ns3c_csma_attach(segment, w->node[0], &w->device[0])) ||
                   !good(w, ns3c_csma_attach(segment, w->node[1], &w->device[1]))
             : !good(w, ns3c_point_to_point(w->sim, w->node[0], w->node[1], &options, &w->device[0],
                                            &w->device[1])))
        return false;
    for (unsigned i = 0; i < 2; i++)
        if (!good(w,
                  ns3c_device_add_address(w->device[i], &w->address[i], w->address[i].family == 4 ? 24 : 64)))
            return false;
    return true;
}

static void simulate(world *w, const char *const texts[2], bool csma)
{
    ns3c_listener *listener;
    ns3c_udp *sink;

    if (!good(w, ns3c_set_default(w->sim, "ns3::TcpSocket::SegmentSize", "1000")) ||
        !connect_nodes(w, texts, csma))
        return;
    ns3c_node_on_send(w->node[0], on_sent, w);
    if (good(w, ns3c_udp_open(w->node[0], nullptr, 9, nullptr, nullptr, &w->udp)) &&
        good(w, ns3c_udp_open(w->node[1], nullptr, 9, on_datagram, w, &sink)) &&
        good(w, ns3c_tcp_listen(w->node[1], nullptr, 80, 5, on_incoming, w, &listener)) &&
        good(w, ns3c_schedule(w->sim, 1000000000, begin, w, 0, nullptr)))
        good(w, ns3c_run(w->sim, INT64_MAX, nullptr));
}

/* One simulation whose n-th allocation fails (0: none does). */
static outcome run(uint64_t n, const char *const texts[2], bool csma)
{
    outcome out = {NS3C_OK, 0};
    world w = {};

    w.out = &out;
    allocations = 0;
    failing = n;
    if (good(&w, ns3c_new(nullptr, &w.sim)))
        simulate(&w, texts, csma);
    failing = 0;
    ns3c_free(w.sim);
    return out;
}

static const char *const ipv4[2] = {"10.0.0.1", "10.0.0.2"}, *const ipv6[2] = {"2001:db8::1", "2001:db8::2"};

/* Every `step`-th. */
static void each_allocation(uint64_t step, const char *const texts[2], bool csma)
{
    outcome whole = run(0, texts, csma);
    uint64_t count = allocations, failed = 0, survived = 0;

    g_assert_cmpint(whole.status, ==, NS3C_OK);
    for (uint64_t n = 1; n <= count; n += step) {
        outcome out = run(n, texts, csma);

        if (out.status == NS3C_OK) { /* somebody could do without */
            g_assert_cmpuint(out.sum, ==, whole.sum);
            survived++;
            continue;
        }
        g_assert_cmpint(out.status, ==, NS3C_MEMORY);
        g_assert_nonnull(strstr(ns3c_error(), "failed to allocate memory"));
        failed++;
    }
    g_test_message("%" G_GUINT64_FORMAT " allocations: %" G_GUINT64_FORMAT
                   " failures told, %" G_GUINT64_FORMAT " survived",
                   count, failed, survived);
    g_assert_cmpuint(failed, >, survived);
    outcome again = run(0, texts, csma);
    g_assert_cmpint(again.status, ==, NS3C_OK);
    g_assert_cmpuint(again.sum, ==, whole.sum);
}

static void test_ipv4()
{
    each_allocation(1, ipv4, false);
}

static void test_ipv6()
{
    each_allocation(7, ipv6, false);
}

static void test_segment()
{
    each_allocation(7, ipv4, true);
}

/* Once it is out, every call that could need some says so, and those that return no status do nothing. */
static void test_afterwards()
{
    outcome out = {NS3C_OK, 0};
    world w = {};
    ns3c_link_options options = {10000000, 0, 1000000, 20000, 0};
    ns3c_csma *segment, *another;
    ns3c_node *node;
    ns3c_device *device, *other;
    ns3c_listener *listener;
    ns3c_tcp *tcp, *second;
    ns3c_udp *udp;
    char text[8];

    w.out = &out;
    g_assert_cmpint(ns3c_new(nullptr, &w.sim), ==, NS3C_OK);
    g_assert_true(connect_nodes(&w, ipv4, false));
    g_assert_cmpint(ns3c_csma_new(w.sim, &options, &segment), ==, NS3C_OK);
    g_assert_cmpint(ns3c_tcp_listen(w.node[1], nullptr, 80, 5, on_incoming, &w, &listener), ==, NS3C_OK);
    g_assert_cmpint(ns3c_tcp_connect(w.node[0], nullptr, 0, &w.address[1], 80, &events, &w, &tcp), ==,
                    NS3C_OK);
    g_assert_cmpint(ns3c_udp_open(w.node[0], nullptr, 9, nullptr, nullptr, &w.udp), ==, NS3C_OK);
    allocations = 0;
    failing = 1;
    ns3c_node_new(w.sim, &node);
    failing = 0;
    g_assert_true(ns3c_out_of_memory());
    g_assert_cmpstr(ns3c_status_name(NS3C_MEMORY), ==, "out of memory");
    const ns3c_status said[] = {
        ns3c_set_default(w.sim, "ns3::TcpSocket::SegmentSize", "1000"),
        ns3c_set_global(w.sim, "ChecksumEnabled", "true"),
        ns3c_set_path(w.sim, "/NodeList/0/DeviceList/0/Mtu", "1500", nullptr),
        ns3c_node_set(w.node[0], "ns3::TcpL4Protocol::RecoveryType", "x"),
        ns3c_device_set(w.device[0], "Mtu", "1500"),
        ns3c_device_pcap(w.device[0], "/dev/null"),
        ns3c_device_on_transmit(w.device[0], nullptr, nullptr),
        ns3c_csma_new(w.sim, &options, &another),
        ns3c_csma_attach(segment, w.node[0], &device),
        ns3c_point_to_point(w.sim, w.node[0], w.node[1], &options, &device, &other),
        ns3c_device_set_loss(w.device[0], 0.5),
        ns3c_node_new(w.sim, &node),
        ns3c_device_add_address(w.device[0], &w.address[0], 24),
        ns3c_node_add_local(w.node[0], &w.address[0], 24),
        ns3c_node_add_route(w.node[0], &w.address[0], 24, w.device[0], nullptr),
        ns3c_schedule(w.sim, 0, begin, &w, 0, nullptr),
        ns3c_tcp_connect(w.node[0], nullptr, 0, &w.address[1], 80, &events, &w, &second),
        ns3c_tcp_listen(w.node[0], nullptr, 81, 5, on_incoming, &w, &listener),
        ns3c_tcp_accept(listener, &events, &w, &second),
        ns3c_tcp_set(tcp, "DelAckCount", "1"),
        ns3c_udp_open(w.node[0], nullptr, 10, nullptr, nullptr, &udp),
        ns3c_udp_send(w.udp, &w.address[1], 9, text, sizeof text, 0),
        ns3c_run(w.sim, INT64_MAX, nullptr)};
    for (ns3c_status status : said)
        g_assert_cmpint(status, ==, NS3C_MEMORY);
    g_assert_cmpuint(ns3c_tcp_send(tcp, text, sizeof text), ==, 0);
    g_assert_cmpuint(ns3c_tcp_receive(tcp, text, sizeof text), ==, 0);
    ns3c_node_on_send(w.node[0], on_sent, &w);
    ns3c_free(w.sim);
    g_assert_false(ns3c_out_of_memory());
}

static unsigned asked;

static void ask()
{
    asked++;
}

/* A program that has a handler of its own, which finds some memory, is asked first and hears of nothing. */
static void test_own_handler()
{
    std::set_new_handler(ask);
    outcome whole = run(0, ipv4, false), helped = run(100, ipv4, false);
    g_assert_true(std::get_new_handler() == ask);
    std::set_new_handler(nullptr);
    g_assert_cmpuint(asked, ==, 1);
    g_assert_cmpint(helped.status, ==, NS3C_OK);
    g_assert_cmpuint(helped.sum, ==, whole.sum);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/memory/ipv4", test_ipv4);
    g_test_add_func("/ns3c/memory/ipv6", test_ipv6);
    g_test_add_func("/ns3c/memory/segment", test_segment);
    g_test_add_func("/ns3c/memory/afterwards", test_afterwards);
    g_test_add_func("/ns3c/memory/own handler", test_own_handler);
    return g_test_run();
}
