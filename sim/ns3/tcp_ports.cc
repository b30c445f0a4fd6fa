/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP of a node: finds the end that a segment is for by hashing, and answers what is for none. */
#include "sim/ns3/transport.hh"

#include <ns3/object-factory.h>
#include <ns3/rtt-estimator.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-recovery-ops.h>

using namespace ns3c_internal;

namespace
{

enum { TCP_HEAD_BYTES = 20, EPHEMERAL_FIRST = 49152, EPHEMERAL_COUNT = 16384 };

/* ns-3 would read options beyond the end of the packet. */
bool header_fits(const ns3::Ptr<ns3::Packet> &packet)
{
    uint8_t head[13];

    if (packet->GetSize() < TCP_HEAD_BYTES)
        return false;
    packet->CopyData(head, sizeof head);
    uint32_t bytes = (head[12] >> 4) * 4u;
    return bytes >= TCP_HEAD_BYTES && bytes <= packet->GetSize();
}

template <typename Made> ns3::Ptr<Made> make_by(const TcpPorts *ports, const char *attribute)
{
    ns3::TypeIdValue type;
    ns3::ObjectFactory factory;

    ports->GetAttribute(attribute, type);
    factory.SetTypeId(type.Get());
    return factory.Create<Made>();
}

} // namespace

Key6 ns3c_internal::address_key(ns3::Ipv4Address address)
{
    return {0, uint64_t(0xffff) << 32 | address.Get()};
}

Key6 ns3c_internal::address_key(const ns3::Ipv6Address &address)
{
    return key6(address);
}

Key6 ns3c_internal::address_key(const ns3c_address &address)
{
    return address.family == 4 ? address_key(to_ipv4(address)) : address_key(to_ipv6(address));
}

ns3::Ptr<ns3::TcpL4Protocol> ns3c_internal::new_tcp(ns3c_node *node)
{
    return ns3::CreateObject<TcpPorts>(node);
}

TcpPorts::TcpPorts(ns3c_node *of) : node(of), counters(&of->sim->tcp)
{
}

TcpPorts::~TcpPorts()
{
}

void TcpPorts::DoDispose()
{
    for (auto &entry : listeners) {
        entry.second->socket->drop_endpoints();
        delete entry.second;
    }
    listeners.clear();
    table.clear();
    while (ends) {
        ns3::Ptr<TcpEnd> end = ends;
        end->drop_endpoints();
        unlink(ns3::PeekPointer(end));
        end->ports = nullptr;
    }
    TcpL4Protocol::DoDispose();
}

/* What TcpL4Protocol::CreateSocket() does, for our class of socket. */
ns3::Ptr<TcpEnd> TcpPorts::create()
{
    ns3::Ptr<TcpEnd> end = ns3::CreateObject<TcpEnd>();

    end->SetNode(node->node);
    end->SetTcp(this);
    end->SetRtt(make_by<ns3::RttEstimator>(this, "RttEstimatorType"));
    end->SetCongestionControlAlgorithm(make_by<ns3::TcpCongestionOps>(this, "SocketType"));
    end->SetRecoveryAlgorithm(make_by<ns3::TcpRecoveryOps>(this, "RecoveryType"));
    end->ports = this;
    counters->open++;
    return end;
}

void TcpPorts::link(TcpEnd *end)
{
    end->Ref();
    end->previous = nullptr;
    end->next = ends;
    if (ends)
        ends->previous = end;
    ends = end;
}

void TcpPorts::unlink(TcpEnd *end)
{
    if (end->previous)
        end->previous->next = end->next;
    else
        ends = end->next;
    if (end->next)
        end->next->previous = end->previous;
    end->next = end->previous = nullptr;
    end->Unref();
}

TcpEnd *TcpPorts::find(const FlowKey &key) const
{
    auto found = table.find(key);

    return found == table.end() ? nullptr : found->second;
}

ns3c_listener *TcpPorts::listener(const Key6 &address, uint16_t port) const
{
    auto found = listeners.find({address, port});

    if (found == listeners.end())
        found = listeners.find({{0, 0}, port});
    return found == listeners.end() ? nullptr : found->second;
}

uint16_t TcpPorts::ephemeral(FlowKey key)
{
    for (unsigned i = 0; i < EPHEMERAL_COUNT; i++) {
        last_ephemeral = last_ephemeral == UINT16_MAX ? uint16_t(EPHEMERAL_FIRST) : last_ephemeral + 1;
        key.local_port = last_ephemeral;
        if (!table.count(key) && !listeners.count({key.local, last_ephemeral}))
            return last_ephemeral;
    }
    return 0;
}

template <typename Ip, typename Interface>
TcpPorts::RxStatus TcpPorts::take(const ns3::Ptr<ns3::Packet> &packet, const Ip &ip,
                                  const Interface &interface)
{
    ns3::TcpHeader tcp;

    if (!header_fits(packet) || PacketReceived(packet, tcp, ip.GetSource(), ip.GetDestination()) != RX_OK) {
        report_drop(node->sim, NS3C_DROP_IP, packet, ip);
        return RX_CSUM_FAILED;
    }
    FlowKey key = {address_key(ip.GetDestination()), address_key(ip.GetSource()), tcp.GetDestinationPort(),
                   tcp.GetSourcePort()};
    uint8_t flags = tcp.GetFlags() & (ns3::TcpHeader::SYN | ns3::TcpHeader::ACK | ns3::TcpHeader::RST);
    TcpEnd *end = find(key);
    ns3c_listener *at = nullptr;
    if (!end || (end->waits() && flags == ns3::TcpHeader::SYN))
        at = listener(key.local, key.local_port);
    if (end && at) {
        end->expire(); /* the peer uses its port again: RFC 9293, 3.6.1 */
        end = nullptr;
    }
    if (end) {
        end->segment(packet, ip, tcp, interface);
        return RX_OK;
    }
    if (at && flags == ns3::TcpHeader::SYN && at->pending < at->backlog) {
        at->socket->segment(packet, ip, tcp, interface);
        return RX_OK;
    }
    if (flags == ns3::TcpHeader::SYN)
        counters->refusals++;
    else
        report_drop(node->sim, NS3C_DROP_IP, packet, ip);
    NoEndPointsFound(tcp, ip.GetSource(), ip.GetDestination()); /* RST, but in answer to one */
    return RX_ENDPOINT_CLOSED;
}

TcpPorts::RxStatus TcpPorts::Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv4Header &ip,
                                     ns3::Ptr<ns3::Ipv4Interface> interface)
{
    return take(packet, ip, interface);
}

TcpPorts::RxStatus TcpPorts::Receive(ns3::Ptr<ns3::Packet> packet, const ns3::Ipv6Header &ip,
                                     ns3::Ptr<ns3::Ipv6Interface> interface)
{
    return take(packet, ip, interface);
}
