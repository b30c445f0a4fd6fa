/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Routing of a node, for IPv4 and IPv6: longest prefix by hashing, and addresses of the node's own that no
 * device has. A route object belongs to a device and a next hop, not to a prefix: look-ups allocate nothing,
 * and a table of many thousand prefixes has two pointers for each. The object's source and destination are
 * those of the last look-up. */
#ifndef SIM_NS3_ROUTES_HH
#define SIM_NS3_ROUTES_HH

#include "sim/ns3/prefix_table.hh"

#include <ns3/ipv4-route.h>
#include <ns3/ipv4-routing-protocol.h>
#include <ns3/ipv6-route.h>
#include <ns3/ipv6-routing-protocol.h>

#include <unordered_set>

namespace ns3c_internal
{

/* Where packets to a prefix go: by a device and its object for the next hop. */
template <typename Route> struct Hop {
    ns3c_device *device;
    Route *route;
};

class Routes4 : public ns3::Ipv4RoutingProtocol
{
  public:
    explicit Routes4(ns3c_node *owner);
    /* Makes the route to the node itself; once the node has its loopback device. */
    void set_loopback(ns3::Ptr<ns3::NetDevice> loopback);

    void add_address(ns3::Ipv4Address address, unsigned bits, bool broadcast);
    void add_local(ns3::Ipv4Address prefix, unsigned bits);
    /* gateway: 0.0.0.0 for none. */
    void add_route(ns3::Ipv4Address prefix, unsigned bits, ns3c_device *device, ns3::Ipv4Address gateway);
    bool has_address(ns3::Ipv4Address address) const; /* of a device */
    bool is_local(ns3::Ipv4Address address) const;

    ns3::Ptr<ns3::Ipv4Route> RouteOutput(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header &header,
                                         ns3::Ptr<ns3::NetDevice> by,
                                         ns3::Socket::SocketErrno &error) override;
    bool RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv4Header &header,
                    ns3::Ptr<const ns3::NetDevice> from, UnicastForwardCallback forward,
                    MulticastForwardCallback multicast, LocalDeliverCallback deliver,
                    ErrorCallback refuse) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, ns3::Ipv4InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, ns3::Ipv4InterfaceAddress address) override;
    void SetIpv4(ns3::Ptr<ns3::Ipv4> ipv4) override;
    void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper> stream, ns3::Time::Unit unit) const override;

  private:
    ns3::Ptr<ns3::Ipv4Route> to_self(ns3::Ipv4Address to);
    ns3::Ipv4Route *hop(ns3c_device *device, ns3::Ipv4Address gateway);

    ns3c_node *node;
    ns3::Ptr<ns3::Ipv4Route> loop;
    std::unordered_set<uint32_t, Hash4> addresses;  /* of devices */
    std::unordered_set<uint32_t, Hash4> broadcasts; /* of their subnets */
    PrefixTable<uint32_t, Hash4, bool> locals;
    PrefixTable<uint32_t, Hash4, Hop<ns3::Ipv4Route>> table;
};

class Routes6 : public ns3::Ipv6RoutingProtocol
{
  public:
    explicit Routes6(ns3c_node *owner);
    void set_loopback(ns3::Ptr<ns3::NetDevice> loopback);

    void add_address(const ns3::Ipv6Address &address);
    void add_local(const ns3::Ipv6Address &prefix, unsigned bits);
    /* gateway: :: for none. */
    void add_route(const ns3::Ipv6Address &prefix, unsigned bits, ns3c_device *device,
                   const ns3::Ipv6Address &gateway);
    bool has_address(const ns3::Ipv6Address &address) const; /* of a device */
    bool is_local(const ns3::Ipv6Address &address) const;

    ns3::Ptr<ns3::Ipv6Route> RouteOutput(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &header,
                                         ns3::Ptr<ns3::NetDevice> by,
                                         ns3::Socket::SocketErrno &error) override;
    bool RouteInput(ns3::Ptr<const ns3::Packet> packet, const ns3::Ipv6Header &header,
                    ns3::Ptr<const ns3::NetDevice> from, UnicastForwardCallback forward,
                    MulticastForwardCallback multicast, LocalDeliverCallback deliver,
                    ErrorCallback refuse) override;
    void NotifyInterfaceUp(uint32_t interface) override;
    void NotifyInterfaceDown(uint32_t interface) override;
    void NotifyAddAddress(uint32_t interface, ns3::Ipv6InterfaceAddress address) override;
    void NotifyRemoveAddress(uint32_t interface, ns3::Ipv6InterfaceAddress address) override;
    void NotifyAddRoute(ns3::Ipv6Address to, ns3::Ipv6Prefix mask, ns3::Ipv6Address next, uint32_t interface,
                        ns3::Ipv6Address use) override;
    void NotifyRemoveRoute(ns3::Ipv6Address to, ns3::Ipv6Prefix mask, ns3::Ipv6Address next,
                           uint32_t interface, ns3::Ipv6Address use) override;
    void SetIpv6(ns3::Ptr<ns3::Ipv6> ipv6) override;
    void PrintRoutingTable(ns3::Ptr<ns3::OutputStreamWrapper> stream, ns3::Time::Unit unit) const override;

  private:
    ns3::Ptr<ns3::Ipv6Route> to_self(const ns3::Ipv6Address &to);
    ns3::Ipv6Route *hop(ns3c_device *device, const ns3::Ipv6Address &gateway);
    void forward_documentation(ns3c_device *device, ns3::Ipv6Route *route,
                               const ns3::Ptr<const ns3::Packet> &packet, const ns3::Ipv6Header &header);

    ns3c_node *node;
    ns3::Ptr<ns3::Ipv6Route> loop;
    std::unordered_set<Key6, Hash6> addresses;
    PrefixTable<Key6, Hash6, bool> locals;
    PrefixTable<Key6, Hash6, Hop<ns3::Ipv6Route>> table;
};

} // namespace ns3c_internal

#endif
