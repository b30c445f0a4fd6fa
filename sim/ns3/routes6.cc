/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Routing of IPv6. */
#include "sim/ns3/routes.hh"

#include <ns3/icmpv6-l4-protocol.h>
#include <ns3/ipv6-interface.h>
#include <ns3/ipv6-l3-protocol.h>

namespace ns3c_internal
{

Routes6::Routes6(ns3c_node *owner) : node(owner)
{
}

void Routes6::set_loopback(ns3::Ptr<ns3::NetDevice> loopback)
{
    loop = ns3::Create<ns3::Ipv6Route>();
    loop->SetOutputDevice(loopback);
    loop->SetGateway(ns3::Ipv6Address::GetZero());
}

void Routes6::add_address(const ns3::Ipv6Address &address)
{
    addresses.insert(key6(address));
}

void Routes6::add_local(const ns3::Ipv6Address &prefix, unsigned bits)
{
    locals.set(key6(prefix), bits, true);
}

ns3::Ipv6Route *Routes6::hop(ns3c_device *device, const ns3::Ipv6Address &gateway)
{
    ns3::Ptr<ns3::Ipv6Route> &route = device->hops6[key6(gateway)];

    if (!route) {
        route = ns3::Create<ns3::Ipv6Route>();
        route->SetOutputDevice(device->net);
        route->SetGateway(gateway);
    }
    return ns3::PeekPointer(route);
}

void Routes6::add_route(const ns3::Ipv6Address &prefix, unsigned bits, ns3c_device *device,
                        const ns3::Ipv6Address &gateway)
{
    table.set(key6(prefix), bits, {device, hop(device, gateway)});
}

bool Routes6::has_address(const ns3::Ipv6Address &address) const
{
    return addresses.count(key6(address)) != 0;
}

bool Routes6::is_local(const ns3::Ipv6Address &address) const
{
    return has_address(address) || address.IsLocalhost() || locals.find(key6(address)) != nullptr;
}

ns3::Ptr<ns3::Ipv6Route> Routes6::to_self(const ns3::Ipv6Address &to)
{
    loop->SetSource(to);
    return loop;
}

/* Whether an address does not determine the link it is on. */
static bool is_link_scope(const ns3::Ipv6Address &address)
{
    return address.IsLinkLocal() || address.IsMulticast();
}

ns3::Ptr<ns3::Ipv6Route> Routes6::RouteOutput(ns3::Ptr<ns3::Packet>, const ns3::Ipv6Header &header,
                                              ns3::Ptr<ns3::NetDevice> by, ns3::Socket::SocketErrno &error)
{
    ns3::Ipv6Address to = header.GetDestination();
    const Hop<ns3::Ipv6Route> *found = is_link_scope(to) ? nullptr : table.find(key6(to));
    ns3::Ptr<ns3::Ipv6Route> route;

    error = ns3::Socket::ERROR_NOTERROR;
    if (by && by != loop->GetOutputDevice()) {
        ns3c_device *device = node->devices[node->ipv6->GetInterfaceForDevice(by) - 1];

        route = found != nullptr && found->device == device ? found->route
                                                            : hop(device, ns3::Ipv6Address::GetZero());
        route->SetSource(
            is_link_scope(to) || device->source6.IsAny()
                ? node->ipv6->GetInterface(device->interface6)->GetLinkLocalAddress().GetAddress()
                : device->source6);
    } else if (is_local(to)) {
        route = to_self(to);
    } else if (found != nullptr) {
        route = found->route;
        route->SetSource(found->device->source6);
    } else {
        error = ns3::Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
    route->SetDestination(to);
    return route;
}

/* ns-3 refuses to forward to 2001:db8::/32, the addresses of examples, of which simulations are full. */
void Routes6::forward_documentation(ns3c_device *device, ns3::Ipv6Route *route,
                                    const ns3::Ptr<const ns3::Packet> &packet, const ns3::Ipv6Header &header)
{
    ns3::Ptr<ns3::Packet> copy = packet->Copy();
    ns3::Ipv6Header passed = header;
    auto icmp = ns3::DynamicCast<ns3::Icmpv6L4Protocol>(
        node->ipv6->GetProtocol(ns3::Icmpv6L4Protocol::GetStaticProtocolNumber()));
    bool expired = header.GetHopLimit() <= 1;

    if (expired || packet->GetSize() + header.GetSerializedSize() > device->net->GetMtu()) {
        report_drop(node->sim, NS3C_DROP_IP, packet, header);
        if (header.GetSource().IsLinkLocal())
            return;
        copy->AddHeader(header);
        if (expired)
            icmp->SendErrorTimeExceeded(copy, header.GetSource(), ns3::Icmpv6Header::ICMPV6_HOPLIMIT);
        else
            icmp->SendErrorTooBig(copy, header.GetSource(), device->net->GetMtu());
        return;
    }
    passed.SetHopLimit(header.GetHopLimit() - 1);
    node->ipv6->GetInterface(device->interface6)
        ->Send(copy, passed, route->GetGateway().IsAny() ? header.GetDestination() : route->GetGateway());
}

bool Routes6::RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv6Header &header,
                         ns3::Ptr<const ns3::NetDevice> from, UnicastForwardCallback forward,
                         MulticastForwardCallback, LocalDeliverCallback deliver, ErrorCallback refuse)
{
    ns3::Ipv6Address to = header.GetDestination();

    if (to.IsMulticast()) /* delivered already if it is received here */
        return true;
    if (is_local(to)) {
        deliver(packet, header, (uint32_t)node->ipv6->GetInterfaceForDevice(from));
        return true;
    }
    const Hop<ns3::Ipv6Route> *found = to.IsLinkLocal() ? nullptr : table.find(key6(to));

    if (found == nullptr || header.GetSource().IsLinkLocal()) {
        if (header.GetSource().IsLinkLocal() || header.GetSource().IsAny())
            report_drop(node->sim, NS3C_DROP_NO_ROUTE, packet, header);
        else
            refuse(packet, header, ns3::Socket::ERROR_NOROUTETOHOST);
        return true;
    }
    found->route->SetSource(found->device->source6);
    found->route->SetDestination(to);
    if (to.IsDocumentation())
        forward_documentation(found->device, found->route, packet, header);
    else
        forward(from, found->route, packet, header);
    return true;
}

/* Interfaces stay up, addresses come by add_address(), and there are no router advertisements. */
void Routes6::NotifyInterfaceUp(uint32_t)
{
}

void Routes6::NotifyInterfaceDown(uint32_t)
{
}

void Routes6::NotifyAddAddress(uint32_t, ns3::Ipv6InterfaceAddress)
{
}

void Routes6::NotifyRemoveAddress(uint32_t, ns3::Ipv6InterfaceAddress)
{
}

void Routes6::NotifyAddRoute(ns3::Ipv6Address, ns3::Ipv6Prefix, ns3::Ipv6Address, uint32_t, ns3::Ipv6Address)
{
}

void Routes6::NotifyRemoveRoute(ns3::Ipv6Address, ns3::Ipv6Prefix, ns3::Ipv6Address, uint32_t,
                                ns3::Ipv6Address)
{
}

void Routes6::SetIpv6(ns3::Ptr<ns3::Ipv6>)
{
}

void Routes6::PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const
{
}

} // namespace ns3c_internal
