/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UDP without ns-3's sockets: a port is an entry of a hash table, a datagram is copied once on its way up. */
#include "sim/ns3/routes.hh"
#include "sim/ns3/transport.hh"

#include <ns3/simulator.h>
#include <ns3/udp-header.h>

using namespace ns3c_internal;

struct ns3c_udp {
    UdpPorts *ports;
    ns3c_udp_fn *fn;
    void *user;
    PortKey key;
    ns3c_address address; /* family 0: any */
};

namespace
{

enum { UDP_HEAD_BYTES = 8, UDP_PAYLOAD_MAX = 65507 };

ns3c_address address_of(ns3::Ipv4Address address)
{
    return from_ipv4(address);
}

ns3c_address address_of(const ns3::Ipv6Address &address)
{
    return from_ipv6(address);
}

UdpPorts *ports_of(ns3c_node *node)
{
    return static_cast<UdpPorts *>(ns3::PeekPointer(node->udp));
}

/* As ns-3 checks it: PeekHeader() reads the checksum over all of the packet. */
template <typename Ip> bool intact(const ns3::Ptr<ns3::Packet> &packet, const Ip &ip, ns3::UdpHeader *udp)
{
    if (packet->GetSize() < UDP_HEAD_BYTES)
        return false;
    if (ns3::Node::ChecksumEnabled())
        udp->EnableChecksums();
    udp->InitializeChecksum(ip.GetSource(), ip.GetDestination(), ns3::UdpL4Protocol::PROT_NUMBER);
    packet->PeekHeader(*udp);
    return udp->IsChecksumOk();
}

} // namespace

ns3::Ptr<ns3::UdpL4Protocol> ns3c_internal::new_udp(ns3c_node *node)
{
    return ns3::CreateObject<UdpPorts>(node);
}

UdpPorts::UdpPorts(ns3c_node *of) : node(of)
{
}

UdpPorts::~UdpPorts()
{
    for (auto &entry : table)
        delete entry.second;
}

/* *ours: a port of the program had it; otherwise what ns-3 does is left to be done. */
template <typename Ip>
UdpPorts::RxStatus UdpPorts::take(const ns3::Ptr<ns3::Packet> &packet, const Ip &ip, bool *ours)
{
    ns3::UdpHeader udp;

    *ours = true;
    if (!intact(packet, ip, &udp)) {
        report_drop(node->sim, NS3C_DROP_IP, packet, ip);
        return RX_CSUM_FAILED;
    }
    auto found = table.find({address_key(ip.GetDestination()), udp.GetDestinationPort()});
    if (found == table.end())
        found = table.find({{0, 0}, udp.GetDestinationPort()});
    if (found == table.end()) {
        *ours = false;
        return RX_OK;
    }
    ns3c_udp *port = found->second;
    if (!port->fn)
        return RX_OK;
    DatagramTag tag;
    packet->PeekPacketTag(tag);
    ns3c_address from = address_of(ip.GetSource()), to = address_of(ip.GetDestination());
    /* Not in place: should the handler's doings bring in another datagram, it takes a buffer of its own. */
    std::vector<uint8_t> bytes = std::move(buffer);
    if (bytes.size() < packet->GetSize())
        bytes.resize(packet->GetSize());
    packet->CopyData(bytes.data(), packet->GetSize());
    ns3c_datagram datagram = {&from,
                              &to,
                              udp.GetSourcePort(),
                              udp.GetDestinationPort(),
                              bytes.data() + UDP_HEAD_BYTES,
                              packet->GetSize() - UDP_HEAD_BYTES,
                              tag.value};
    port->fn(port->user, port, &datagram);
    buffer = std::move(bytes);
    return RX_OK;
}

UdpPorts::RxStatus UdpPorts::Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header &ip,
                                     ns3::Ptr<ns3::Ipv4Interface> interface)
{
    bool ours;
    RxStatus status = take(packet, ip, &ours);

    if (ours)
        return status;
    ns3::Ptr<ns3::Packet> whole = packet->Copy();
    status = UdpL4Protocol::Receive(packet, ip, interface);
    if (status != RX_OK)
        report_drop(node->sim, NS3C_DROP_IP, whole, ip);
    return status;
}

UdpPorts::RxStatus UdpPorts::Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &ip,
                                     ns3::Ptr<ns3::Ipv6Interface> interface)
{
    /* ns-3 tries what came by IPv4 once more, mapped; it is ours no more than before. */
    if (ip.GetSource().IsIpv4MappedAddress())
        return UdpL4Protocol::Receive(packet, ip, interface);
    bool ours;
    RxStatus status = take(packet, ip, &ours);

    if (ours)
        return status;
    ns3::Ptr<ns3::Packet> whole = packet->Copy();
    status = UdpL4Protocol::Receive(packet, ip, interface);
    if (status != RX_OK)
        report_drop(node->sim, NS3C_DROP_IP, whole, ip);
    return status;
}

ns3c_status ns3c_udp_open(ns3c_node *node, const ns3c_address *address, uint16_t port, ns3c_udp_fn *fn,
                          void *user, ns3c_udp **out)
try {
    need_room();
    if (!node || !out)
        return fail(NS3C_INVALID, "ns3c_udp_open: no node, or nowhere to put the port");
    if (!port)
        return fail(NS3C_INVALID, "UDP port 0 cannot be opened");
    if (address) {
        ns3c_status status = check_family(address);
        if (status != NS3C_OK)
            return status;
        if (!is_local(node, *address))
            return fail(NS3C_INVALID, "%s is no address of node %u", AddressText(*address).text,
                        ns3c_node_id(node));
    }
    UdpPorts *ports = ports_of(node);
    PortKey key = {address ? address_key(*address) : Key6{0, 0}, port};
    if (ports->table.count(key))
        return fail(NS3C_IN_USE, "UDP port %u of %s is open already", port,
                    address ? AddressText(*address).text : "any address");
    *out = new ns3c_udp{ports, fn, user, key, address ? *address : ns3c_address{}};
    ports->table.emplace(key, *out);
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_udp_send(ns3c_udp *udp, const ns3c_address *to, uint16_t port, const void *bytes,
                          size_t length, uint64_t tag)
try {
    need_memory();
    ns3c_status status = check_family(to);
    ns3::Socket::SocketErrno error;

    if (status != NS3C_OK)
        return status;
    if (!udp || (!bytes && length))
        return fail(NS3C_INVALID, "ns3c_udp_send: no port, or no bytes");
    ns3c_node *node = udp->ports->node;
    if (length > UDP_PAYLOAD_MAX)
        return fail(NS3C_INVALID, "%zu bytes are too many for a datagram, %d is the most", length,
                    UDP_PAYLOAD_MAX);
    if (udp->address.family && udp->address.family != to->family)
        return fail(NS3C_INVALID, "from an IPv%d port to an IPv%d address", udp->address.family, to->family);
    ns3::Ptr<ns3::Packet> packet = ns3::Create<ns3::Packet>(static_cast<const uint8_t *>(bytes), length);
    Calling calling(node->sim);
    if (tag) {
        DatagramTag packet_tag;
        packet_tag.value = tag;
        packet->AddPacketTag(packet_tag);
    }
    if (to->family == 4) {
        ns3::Ipv4Header head;
        head.SetDestination(to_ipv4(*to));
        ns3::Ptr<ns3::Ipv4Route> route = node->routes4->RouteOutput(packet, head, nullptr, error);
        if (!route)
            return fail(NS3C_NO_ROUTE, "node %u has no route to %s", ns3c_node_id(node),
                        AddressText(*to).text);
        ns3::Ipv4Address from = udp->address.family ? to_ipv4(udp->address) : route->GetSource();
        udp->ports->Send(packet, from, head.GetDestination(), udp->key.port, port, route);
    } else {
        ns3::Ipv6Header head;
        head.SetDestination(to_ipv6(*to));
        ns3::Ptr<ns3::Ipv6Route> route = node->routes6->RouteOutput(packet, head, nullptr, error);
        if (!route)
            return fail(NS3C_NO_ROUTE, "node %u has no route to %s", ns3c_node_id(node),
                        AddressText(*to).text);
        ns3::Ipv6Address from = udp->address.family ? to_ipv6(udp->address) : route->GetSource();
        udp->ports->Send(packet, from, head.GetDestination(), udp->key.port, port, route);
    }
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

void ns3c_udp_close(ns3c_udp *udp)
try {
    if (!udp)
        return;
    udp->ports->table.erase(udp->key);
    delete udp;
} catch (...) {
    caught(__func__);
}
