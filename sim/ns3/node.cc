/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Nodes: their protocols, their addresses and routes. */
#include "sim/ns3/routes.hh"

#include <ns3/arp-l3-protocol.h>
#include <ns3/boolean.h>
#include <ns3/icmpv4-l4-protocol.h>
#include <ns3/icmpv6-l4-protocol.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv6-extension-demux.h>
#include <ns3/ipv6-extension-header.h>
#include <ns3/ipv6-extension.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/string.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/traffic-control-layer.h>
#include <ns3/udp-l4-protocol.h>

using namespace ns3c_internal;

/* Here, where the classes they point to are known. */
ns3c_node::ns3c_node() = default;
ns3c_node::~ns3c_node() = default;
ns3c_device::ns3c_device() = default;
ns3c_device::~ns3c_device() = default;

static const char no_jitter[] = "ns3::ConstantRandomVariable[Constant=0.0]";

static void make_ipv4(ns3c_node *node, const ns3::Ptr<ns3::ArpL3Protocol> &arp)
{
    arp->SetAttribute("RequestJitter", ns3::StringValue(no_jitter));
    node->node->AggregateObject(arp);
    node->ipv4 = ns3::CreateObject<ns3::Ipv4L3Protocol>();
    node->node->AggregateObject(node->ipv4);
    node->node->AggregateObject(ns3::CreateObject<ns3::Icmpv4L4Protocol>());
    node->routes4 = ns3::CreateObject<Routes4>(node);
    node->routes4->set_loopback(node->ipv4->GetNetDevice(0));
    node->ipv4->SetRoutingProtocol(node->routes4);
}

/* Without duplicate address detection, router solicitations or redirects: addresses and routes are given. */
static void make_ipv6(ns3c_node *node)
{
    auto icmp = ns3::CreateObject<ns3::Icmpv6L4Protocol>();

    node->ipv6 = ns3::CreateObject<ns3::Ipv6L3Protocol>();
    node->ipv6->SetAttribute("IpForward", ns3::BooleanValue(true));
    node->ipv6->SetAttribute("SendIcmpv6Redirect", ns3::BooleanValue(false));
    node->node->AggregateObject(node->ipv6);
    icmp->SetAttribute("DAD", ns3::BooleanValue(false));
    icmp->SetAttribute("SolicitationJitter", ns3::StringValue(no_jitter));
    node->node->AggregateObject(icmp);
    node->routes6 = ns3::CreateObject<Routes6>(node);
    node->routes6->set_loopback(node->ipv6->GetNetDevice(0));
    node->ipv6->SetRoutingProtocol(node->routes6);
    node->ipv6->RegisterExtensions();
    node->ipv6->RegisterOptions();
    icmp->AssignStreams(take_streams(node->sim, 2));
    node->node->GetObject<ns3::Ipv6ExtensionDemux>()
        ->GetExtension(ns3::Ipv6Header::IPV6_EXT_FRAGMENTATION)
        ->AssignStreams(take_streams(node->sim, 1));
}

/* The stack by hand: no queue discs, so that a device's queue is the only place where packets wait. */
static void make_stack(ns3c_node *node)
{
    auto arp = ns3::CreateObject<ns3::ArpL3Protocol>();
    auto traffic = ns3::CreateObject<ns3::TrafficControlLayer>();

    make_ipv4(node, arp);
    make_ipv6(node);
    node->node->AggregateObject(traffic);
    node->udp = new_udp(node);
    node->node->AggregateObject(node->udp);
    node->tcp = new_tcp(node);
    node->node->AggregateObject(node->tcp);
    arp->SetTrafficControl(traffic);
}

ns3c_status ns3c_node_new(ns3c *sim, ns3c_node **out)
try {
    need_room();
    if (sim == nullptr || out == nullptr)
        return fail(NS3C_INVALID, "ns3c_node_new: no simulator, or nowhere to put the node");
    auto made = std::make_unique<ns3c_node>();

    made->sim = sim;
    made->node = ns3::CreateObject<ns3::Node>();
    make_stack(made.get());
    hook_drops(made.get());
    *out = made.get();
    sim->nodes.push_back(std::move(made));
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

uint32_t ns3c_node_id(const ns3c_node *node)
{
    return node->node->GetId();
}

/* Checks a prefix; `what` names the call. */
static ns3c_status check_prefix(const char *what, const ns3c_address *prefix, unsigned bits)
{
    ns3c_status status = check_family(prefix);

    if (status != NS3C_OK)
        return status;
    if (bits > (prefix->family == 4 ? 32u : 128u))
        return fail(NS3C_INVALID, "%s: prefix of %u bits; expected at most %u", what, bits,
                    prefix->family == 4 ? 32u : 128u);
    return NS3C_OK;
}

static ns3c_status add_address4(ns3c_device *device, const ns3c_address *given, unsigned bits)
{
    ns3::Ipv4Address address = to_ipv4(*given);
    ns3c_node *node = device->node;

    if (address.IsAny() || address.IsBroadcast() || address.IsMulticast() || address.Get() >> 24 == 127)
        return fail(NS3C_INVALID, "ns3c_device_add_address: %s is not an address of a host",
                    AddressText(*given).text);
    if (node->routes4->has_address(address))
        return fail(NS3C_IN_USE, "ns3c_device_add_address: the node has %s already",
                    AddressText(*given).text);
    node->ipv4->AddAddress(
        device->interface4,
        ns3::Ipv4InterfaceAddress(address, ns3::Ipv4Mask(bits == 0 ? 0 : ~UINT32_C(0) << (32 - bits))));
    if (device->source4.IsAny())
        device->source4 = address;
    node->routes4->add_address(address, bits, device->csma != nullptr);
    node->routes4->add_route(address, bits, device, ns3::Ipv4Address::GetAny());
    return NS3C_OK;
}

static ns3c_status add_address6(ns3c_device *device, const ns3c_address *given, unsigned bits)
{
    ns3::Ipv6Address address = to_ipv6(*given);
    ns3c_node *node = device->node;

    if (address.IsAny() || address.IsMulticast() || address.IsLocalhost() || address.IsLinkLocal())
        return fail(NS3C_INVALID, "ns3c_device_add_address: %s is not a global address of a host",
                    AddressText(*given).text);
    if (node->routes6->has_address(address))
        return fail(NS3C_IN_USE, "ns3c_device_add_address: the node has %s already",
                    AddressText(*given).text);
    node->ipv6->AddAddress(device->interface6,
                           ns3::Ipv6InterfaceAddress(address, ns3::Ipv6Prefix((uint8_t)bits)), false);
    if (device->source6.IsAny())
        device->source6 = address;
    node->routes6->add_address(address);
    node->routes6->add_route(address, bits, device, ns3::Ipv6Address::GetZero());
    return NS3C_OK;
}

ns3c_status ns3c_device_add_address(ns3c_device *device, const ns3c_address *address, unsigned prefix_bits)
try {
    need_room();
    ns3c_status status = check_prefix("ns3c_device_add_address", address, prefix_bits);

    if (status != NS3C_OK)
        return status;
    if (device == nullptr)
        return fail(NS3C_INVALID, "ns3c_device_add_address: no device");
    return address->family == 4 ? add_address4(device, address, prefix_bits)
                                : add_address6(device, address, prefix_bits);
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_node_add_local(ns3c_node *node, const ns3c_address *prefix, unsigned prefix_bits)
try {
    need_room();
    ns3c_status status = check_prefix("ns3c_node_add_local", prefix, prefix_bits);

    if (status != NS3C_OK)
        return status;
    if (node == nullptr)
        return fail(NS3C_INVALID, "ns3c_node_add_local: no node");
    if (prefix->family == 4)
        node->routes4->add_local(to_ipv4(*prefix), prefix_bits);
    else
        node->routes6->add_local(to_ipv6(*prefix), prefix_bits);
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_node_add_route(ns3c_node *node, const ns3c_address *prefix, unsigned prefix_bits,
                                ns3c_device *device, const ns3c_address *gateway)
try {
    need_room();
    ns3c_status status = check_prefix("ns3c_node_add_route", prefix, prefix_bits);

    if (status != NS3C_OK)
        return status;
    if (node == nullptr || device == nullptr || device->node != node)
        return fail(NS3C_INVALID, "ns3c_node_add_route: the device is not one of the node's");
    if (gateway != nullptr && gateway->family != prefix->family)
        return fail(NS3C_INVALID, "ns3c_node_add_route: gateway of family %u for a prefix of family %u",
                    gateway->family, prefix->family);
    if (prefix->family == 4)
        node->routes4->add_route(to_ipv4(*prefix), prefix_bits, device,
                                 gateway != nullptr ? to_ipv4(*gateway) : ns3::Ipv4Address::GetAny());
    else
        node->routes6->add_route(to_ipv6(*prefix), prefix_bits, device,
                                 gateway != nullptr ? to_ipv6(*gateway) : ns3::Ipv6Address::GetZero());
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

bool ns3c_internal::is_local(const ns3c_node *node, const ns3c_address &address)
{
    return address.family == 4 ? node->routes4->is_local(to_ipv4(address))
                               : node->routes6->is_local(to_ipv6(address));
}
