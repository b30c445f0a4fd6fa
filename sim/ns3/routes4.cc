/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Routing of IPv4. */
#include "sim/ns3/routes.hh"

#include <ns3/ipv4-l3-protocol.h>

namespace ns3c_internal
{

Routes4::Routes4(ns3c_node *owner) : node(owner)
{
}

void Routes4::set_loopback(ns3::Ptr<ns3::NetDevice> loopback)
{
    loop = ns3::Create<ns3::Ipv4Route>();
    loop->SetOutputDevice(loopback);
    loop->SetGateway(ns3::Ipv4Address::GetAny());
}

void Routes4::add_address(ns3::Ipv4Address address, unsigned bits, bool broadcast)
{
    addresses.insert(address.Get());
    if (broadcast && bits < 31)
        broadcasts.insert(address.Get() | (bits == 0 ? UINT32_MAX : UINT32_MAX >> bits));
}

void Routes4::add_local(ns3::Ipv4Address prefix, unsigned bits)
{
    locals.set(prefix.Get(), bits, true);
}

ns3::Ipv4Route *Routes4::hop(ns3c_device *device, ns3::Ipv4Address gateway)
{
    ns3::Ptr<ns3::Ipv4Route> &route = device->hops4[gateway.Get()];

    if (!route) {
        route = ns3::Create<ns3::Ipv4Route>();
        route->SetOutputDevice(device->net);
        route->SetGateway(gateway);
    }
    return ns3::PeekPointer(route);
}

void Routes4::add_route(ns3::Ipv4Address prefix, unsigned bits, ns3c_device *device, ns3::Ipv4Address gateway)
{
    table.set(prefix.Get(), bits, {device, hop(device, gateway)});
}

bool Routes4::has_address(ns3::Ipv4Address address) const
{
    return addresses.count(address.Get()) != 0;
}

bool Routes4::is_local(ns3::Ipv4Address address) const
{
    return has_address(address) || address.Get() >> 24 == 127 || locals.find(address.Get()) != nullptr;
}

ns3::Ptr<ns3::Ipv4Route> Routes4::to_self(ns3::Ipv4Address to)
{
    loop->SetSource(to);
    loop->SetDestination(to);
    return loop;
}

ns3::Ptr<ns3::Ipv4Route> Routes4::RouteOutput(ns3::Ptr<ns3::Packet>, const ns3::Ipv4Header &header,
                                              ns3::Ptr<ns3::NetDevice> by, ns3::Socket::SocketErrno &error)
{
    ns3::Ipv4Address to = header.GetDestination();
    const Hop<ns3::Ipv4Route> *found = table.find(to.Get());
    ns3::Ptr<ns3::Ipv4Route> route;

    error = ns3::Socket::ERROR_NOTERROR;
    if (by && by != loop->GetOutputDevice()) {
        /* A socket that is bound to a device leaves by it, to the next hop if the table has one there. */
        ns3c_device *device = node->devices[node->ipv4->GetInterfaceForDevice(by) - 1];

        route = found != nullptr && found->device == device ? found->route
                                                            : hop(device, ns3::Ipv4Address::GetAny());
        route->SetSource(device->source4);
    } else if (is_local(to)) {
        route = to_self(to);
    } else if (found != nullptr) {
        route = found->route;
        route->SetSource(found->device->source4);
    } else {
        error = ns3::Socket::ERROR_NOROUTETOHOST;
        return nullptr;
    }
    route->SetDestination(to);
    return route;
}

bool Routes4::RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv4Header &header,
                         ns3::Ptr<const ns3::NetDevice> from, UnicastForwardCallback forward,
                         MulticastForwardCallback, LocalDeliverCallback deliver, ErrorCallback)
{
    ns3::Ipv4Address to = header.GetDestination();

    if (is_local(to) || to.IsBroadcast() || to.IsMulticast() || broadcasts.count(to.Get()) != 0) {
        deliver(packet, header, (uint32_t)node->ipv4->GetInterfaceForDevice(from));
        return true;
    }
    const Hop<ns3::Ipv4Route> *found = table.find(to.Get());

    if (found == nullptr)
        return false;
    found->route->SetSource(found->device->source4);
    found->route->SetDestination(to);
    forward(found->route, packet, header);
    return true;
}

/* Interfaces stay up, and addresses come by add_address(). */
void Routes4::NotifyInterfaceUp(uint32_t)
{
}

void Routes4::NotifyInterfaceDown(uint32_t)
{
}

void Routes4::NotifyAddAddress(uint32_t, ns3::Ipv4InterfaceAddress)
{
}

void Routes4::NotifyRemoveAddress(uint32_t, ns3::Ipv4InterfaceAddress)
{
}

void Routes4::SetIpv4(ns3::Ptr<ns3::Ipv4>)
{
}

void Routes4::PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper>, ns3::Time::Unit) const
{
}

} // namespace ns3c_internal
