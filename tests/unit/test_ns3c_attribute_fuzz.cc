/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The bindings of ns-3: values for all of ns-3's attributes, each in a process of its own. What is accepted
 * must let traffic run to its end, with a clock that never runs backwards. C++, to ask ns-3 which attributes
 * it has. A value that fails is told; by hand: test_ns3c_attribute_fuzz ATTRIBUTE=VALUE..., or a number: one
 * of so many of all values. */
#include "sim/ns3/ns3c.h"
#include "tests/tap/tap.h"

#include <ns3/enum.h>
#include <ns3/object.h>
#include <ns3/type-id.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

/* --- traffic over a lossy link and a segment, both families --------------------------------------------- */

enum { STREAM_BYTES = 20000, TCP_PORT = 80, UDP_PORT = 7, CPU_SECONDS = 60, BACKWARDS = 77 };

static ns3c *sim;
static int64_t last_ns;
static char blob[STREAM_BYTES];

static void look_at_clock()
{
    if (ns3c_now(sim) < last_ns)
        _exit(BACKWARDS);
    last_ns = ns3c_now(sim);
}

static void push(void *user, ns3c_tcp *tcp)
{
    auto *sent = static_cast<size_t *>(user);

    look_at_clock();
    *sent += ns3c_tcp_send(tcp, blob, STREAM_BYTES - *sent);
    if (*sent == STREAM_BYTES)
        ns3c_tcp_shutdown(tcp);
}

static void take(void *, ns3c_tcp *tcp)
{
    char bytes[3000];

    look_at_clock();
    while (ns3c_tcp_receive(tcp, bytes, sizeof bytes) > 0) {
    }
}

static void shut(void *, ns3c_tcp *tcp)
{
    ns3c_tcp_shutdown(tcp);
}

static void take_datagram(void *, ns3c_udp *, const ns3c_datagram *)
{
    look_at_clock();
}

static const ns3c_tcp_events client_events = {push, take, push, shut, nullptr};
static const ns3c_tcp_events server_events = {nullptr, take, nullptr, shut, nullptr};

static void accept_one(void *, ns3c_listener *listener)
{
    ns3c_tcp *tcp;

    ns3c_tcp_accept(listener, &server_events, nullptr, &tcp);
}

static ns3c_address address_of(const char *text)
{
    ns3c_address address;

    if (ns3c_address_parse(text, &address) != NS3C_OK)
        std::abort();
    return address;
}

static void give(ns3c_device *device, const char *address4, const char *address6)
{
    ns3c_address four = address_of(address4), six = address_of(address6);

    ns3c_device_add_address(device, &four, 24);
    ns3c_device_add_address(device, &six, 64);
}

static void give_routes(ns3c_node *node, ns3c_device *device, const char *gateway4, const char *gateway6)
{
    ns3c_address four = address_of(gateway4), six = address_of(gateway6);
    ns3c_address any4 = address_of("0.0.0.0"), any6 = address_of("::");

    ns3c_node_add_route(node, &any4, 0, device, &four);
    ns3c_node_add_route(node, &any6, 0, device, &six);
}

/* A host, a router, a host; the first link loses packets. */
struct Hosts {
    Hosts()
    {
        ns3c_link_options link = {10000000, 0, 1000000, 0, 0.05}, segment = {10000000, 0, 1000000, 0, 0};

        ns3c_node_new(sim, &a);
        ns3c_node_new(sim, &router);
        ns3c_node_new(sim, &b);
        if (ns3c_point_to_point(sim, a, router, &link, &at_a, &router_a) != NS3C_OK ||
            ns3c_csma_new(sim, &segment, &csma) != NS3C_OK)
            std::abort();
        ns3c_csma_attach(csma, router, &router_b);
        ns3c_csma_attach(csma, b, &at_b);
        give(at_a, "10.0.0.1", "2001:db8:0:1::1");
        give(router_a, "10.0.0.2", "2001:db8:0:1::2");
        give(router_b, "10.0.1.2", "2001:db8:0:2::2");
        give(at_b, "10.0.1.1", "2001:db8:0:2::1");
        give_routes(a, at_a, "10.0.0.2", "2001:db8:0:1::2");
        give_routes(b, at_b, "10.0.1.2", "2001:db8:0:2::2");
    }
    ns3c_node *a, *router, *b;
    ns3c_csma *csma;
    ns3c_device *at_a, *router_a, *router_b, *at_b;
};

static void run_traffic(const Hosts &hosts)
{
    static size_t sent[3];
    ns3c_address a4 = address_of("10.0.0.1"), b4 = address_of("10.0.1.1"), b6 = address_of("2001:db8:0:2::1");
    ns3c_listener *listener;
    ns3c_udp *from, *to;
    ns3c_tcp *tcp;

    ns3c_tcp_listen(hosts.a, nullptr, TCP_PORT, 5, accept_one, nullptr, &listener);
    ns3c_tcp_listen(hosts.b, nullptr, TCP_PORT, 5, accept_one, nullptr, &listener);
    ns3c_tcp_connect(hosts.a, nullptr, 0, &b4, TCP_PORT, &client_events, &sent[0], &tcp);
    ns3c_tcp_connect(hosts.a, nullptr, 0, &b6, TCP_PORT, &client_events, &sent[1], &tcp);
    ns3c_tcp_connect(hosts.b, nullptr, 0, &a4, TCP_PORT, &client_events, &sent[2], &tcp);
    ns3c_udp_open(hosts.a, nullptr, UDP_PORT, take_datagram, nullptr, &from);
    ns3c_udp_open(hosts.b, nullptr, UDP_PORT, take_datagram, nullptr, &to);
    for (uint64_t i = 0; i < 5; i++) {
        ns3c_udp_send(from, &b4, UDP_PORT, blob, 3000, i);
        ns3c_udp_send(from, &b6, UDP_PORT, blob, 3000, i);
        ns3c_udp_send(to, &a4, UDP_PORT, blob, 100, i);
        ns3c_udp_send(from, &b6, UDP_PORT + 1, blob, 100, i); /* to no port */
    }
    ns3c_run(sim, INT64_C(2000000000000), nullptr);
}

/* --- values --------------------------------------------------------------------------------------------- */

struct Setting {
    std::string attribute, value;
};
using Trial = std::vector<Setting>; /* the last one is tried, those before it make it matter */

static std::string short_type(const ns3::TypeId::AttributeInformation &info)
{
    std::string type = info.checker->GetValueTypeName();

    if (type.compare(0, 5, "ns3::") == 0)
        type.erase(0, 5);
    return type;
}

static std::vector<std::string> split(const std::string &text)
{
    std::vector<std::string> parts;
    size_t from = 0;

    for (size_t bar; (bar = text.find('|', from)) != std::string::npos; from = bar + 1)
        parts.push_back(text.substr(from, bar - from));
    parts.push_back(text.substr(from));
    return parts;
}

static const std::vector<std::string> &types()
{
    static std::vector<std::string> names;

    for (uint16_t i = 0; names.size() < ns3::TypeId::GetRegisteredN() && i < ns3::TypeId::GetRegisteredN();
         i++)
        names.push_back(ns3::TypeId::GetRegistered(i).GetName());
    return names;
}

static std::vector<std::string> values_of(const ns3::TypeId::AttributeInformation &info)
{
    static const std::map<std::string, std::vector<std::string>> extremes = {
        {"BooleanValue", {"true", "false"}},
        {"DataRateValue", {"1bps", "999999999GBps"}},
        {"QueueSizeValue", {"1p", "1B", "4294967295B", "4294967295p"}},
        {"DoubleValue", {"-1e300", "-1", "0", "1e-300", "0.5", "2", "1e300"}},
        {"IntegerValue", {"-9223372036854775807", "-1", "0", "1", "2147483647"}},
        {"UintegerValue", {"0", "1", "2", "255", "65535", "4294967295"}},
        {"TimeValue", {"0s", "1fs", "1ns", "1h", "1y", "290y"}},
        {"StringValue", {"", "xyz"}},
    };
    std::string type = short_type(info);
    auto found = extremes.find(type);

    if (type == "EnumValue")
        return split(info.checker->GetUnderlyingTypeInformation());
    if (type == "TypeIdValue" || type == "PointerValue")
        return types();
    return found != extremes.end() ? found->second : std::vector<std::string>{"", "1", "x"};
}

/* Settings without which an attribute of that type is not looked at. */
static Trial needed(const std::string &type)
{
    ns3::TypeId id = ns3::TypeId::LookupByName(type);

    if (type == "ns3::TcpSocketState")
        return {{"ns3::TcpSocketState::EnablePacing", "true"}};
    if (id.IsChildOf(ns3::TypeId::LookupByName("ns3::TcpCongestionOps")))
        return {{"ns3::TcpL4Protocol::SocketType", type}};
    if (id.IsChildOf(ns3::TypeId::LookupByName("ns3::RandomVariableStream")))
        return {{"ns3::RateErrorModel::RanVar", type}};
    return {};
}

/* The same value as a parameter of a random variable that delays ARP, and neighbour discovery. */
static void add_jitters(std::vector<Trial> *trials, const Setting &setting)
{
    size_t colons = setting.attribute.rfind("::");
    std::string text = setting.attribute.substr(0, colons) + "[" + setting.attribute.substr(colons + 2) +
                       "=" + setting.value + "]";

    if (text.find("RandomVariable[") == std::string::npos)
        return;
    trials->push_back({{"ns3::ArpL3Protocol::RequestJitter", text}});
    trials->push_back({{"ns3::Icmpv6L4Protocol::SolicitationJitter", text}});
}

static std::vector<Trial> all_trials()
{
    std::vector<Trial> trials;

    for (const std::string &type : types()) {
        ns3::TypeId id = ns3::TypeId::LookupByName(type);

        for (size_t i = 0; i < id.GetAttributeN(); i++) {
            for (const std::string &value : values_of(id.GetAttribute(i))) {
                Setting setting = {type + "::" + id.GetAttribute(i).name, value};
                Trial trial = needed(type);

                trial.push_back(setting);
                trials.push_back(trial);
                add_jitters(&trials, setting);
            }
        }
    }
    return trials;
}

/* --- trying them ---------------------------------------------------------------------------------------- */

/* Defaults, if they are all accepted. */
static bool set_all(const Trial &trial)
{
    for (const Setting &setting : trial)
        if (ns3c_set_default(sim, setting.attribute.c_str(), setting.value.c_str()) != NS3C_OK)
            return false;
    return true;
}

[[noreturn]] static void run_one(const Trial &trial)
{
    /* What does not end burns the processor, and so does not depend on what else the machine does. */
    const rlimit limit = {CPU_SECONDS, CPU_SECONDS};

    setrlimit(RLIMIT_CPU, &limit);
    if (ns3c_new(nullptr, &sim) != NS3C_OK || !set_all(trial))
        _exit(0);
    run_traffic(Hosts());
    ns3c_free(sim);
    _exit(0);
}

static bool is_accepted(const Trial &trial)
{
    bool accepted;

    if (ns3c_new(nullptr, &sim) != NS3C_OK)
        std::abort();
    accepted = set_all(trial);
    ns3c_free(sim);
    return accepted;
}

static bool survives(const Trial &trial)
{
    int status;
    pid_t child;

    std::fflush(nullptr);
    child = fork();
    if (child == 0)
        run_one(trial);
    if (child < 0 || waitpid(child, &status, 0) != child || status == 0)
        return child > 0;
    std::string settings;
    for (const Setting &setting : trial)
        settings += " " + setting.attribute + "=" + setting.value;
    g_test_message("%s %d:%s", WIFSIGNALED(status) ? "signal" : "status",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), settings.c_str());
    return false;
}

/* One of so many of the values that are accepted, drawn with a fixed seed: a child takes some 20 ms. */
static void try_some(gconstpointer data)
{
    uint64_t one_of = *static_cast<const uint64_t *>(data);
    std::vector<Trial> trials = all_trials();
    uint64_t state = 20221;
    unsigned accepted = 0, run = 0, failed = 0;

    if (tap_is("quick")) {
        g_test_skip("slow");
        return;
    }
    for (const Trial &trial : trials) {
        if (!is_accepted(trial))
            continue;
        accepted++;
        state = state * 6364136223846793005U + 1442695040888963407U;
        if ((state >> 33) % one_of != 0)
            continue;
        run++;
        failed += !survives(trial);
    }
    g_test_message("of %zu values %u are accepted, %u were run, %u failed", trials.size(), accepted, run,
                   failed);
    g_assert_cmpuint(trials.size(), >, 3000);
    g_assert_cmpuint(run, >, 0);
    g_assert_cmpuint(failed, ==, 0);
}

int main(int argc, char **argv)
{
    Trial by_hand;
    uint64_t one_of;

    for (int i = 1; i < argc; i++)
        if (const char *equal = std::strchr(argv[i], '='))
            by_hand.push_back({std::string(argv[i], (size_t)(equal - argv[i])), equal + 1});
    one_of = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 4;
    tap_init(argc, argv);
    if (!by_hand.empty())
        return is_accepted(by_hand) && !survives(by_hand);
    g_test_add_data_func("/ns3c/attributes/what is accepted does no harm", &one_of, try_some);
    return g_test_run();
}
