/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Looking at packets: views, tags, drops. */
#include "sim/ns3/view.hh"

#include <ns3/arp-cache.h>
#include <ns3/arp-l3-protocol.h>
#include <ns3/callback.h>
#include <ns3/header.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-interface.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv6-header.h>
#include <ns3/ipv6-l3-protocol.h>

#include <algorithm>
#include <cstring>

namespace ns3c_internal
{

ns3::TypeId DatagramTag::GetTypeId()
{
    static ns3::TypeId id = ns3::TypeId("ns3c::DatagramTag")
                                .SetParent<ns3::Tag>()
                                .SetGroupName("ns3c")
                                .AddConstructor<DatagramTag>();

    return id;
}

ns3::TypeId DatagramTag::GetInstanceTypeId() const
{
    return GetTypeId();
}

uint32_t DatagramTag::GetSerializedSize() const
{
    return sizeof value;
}

void DatagramTag::Serialize(ns3::TagBuffer out) const
{
    out.WriteU64(value);
}

void DatagramTag::Deserialize(ns3::TagBuffer in)
{
    value = in.ReadU64();
}

void DatagramTag::Print(std::ostream &out) const
{
    out << value;
}

uint32_t ip_length(const uint8_t *bytes, size_t length)
{
    if (length >= 20 && bytes[0] >> 4 == 4)
        return (uint32_t)bytes[2] << 8 | bytes[3];
    if (length >= 40 && bytes[0] >> 4 == 6)
        return ((uint32_t)bytes[4] << 8 | bytes[5]) + 40;
    return 0;
}

View::View(const ns3::Ptr<const ns3::Packet> &whole, uint32_t link_bytes)
    : source(ns3::PeekPointer(whole)), skip(link_bytes)
{
    uint32_t copied = whole->CopyData(bytes, sizeof bytes);
    uint32_t size = whole->GetSize();
    uint32_t claimed;
    DatagramTag tag;

    skip = std::min(skip, copied);
    packet.head = bytes + skip;
    packet.size = size - skip;
    claimed = ip_length(packet.head, copied - skip);
    if (claimed != 0) /* Ethernet pads short packets, and has a trailer */
        packet.size = std::min(packet.size, claimed);
    packet.head_bytes = std::min(copied - skip, packet.size);
    packet.tag = whole->PeekPacketTag(tag) ? tag.value : 0;
    packet.whole = this;
}

} // namespace ns3c_internal

using namespace ns3c_internal;

size_t ns3c_packet_bytes(const ns3c_packet *packet, uint8_t *out, size_t capacity)
{
    auto *view = static_cast<const View *>(packet->whole);
    auto count = (uint32_t)std::min<size_t>(capacity, packet->size);

    if (count <= packet->head_bytes)
        std::memcpy(out, packet->head, count);
    else if (view->skip == 0)
        view->source->CopyData(out, count);
    else
        view->source->CreateFragment(view->skip, count)->CopyData(out, count);
    return count;
}

void ns3c_internal::report_drop(ns3c *sim, ns3c_drop reason, const ns3::Ptr<const ns3::Packet> &packet,
                                uint32_t link_bytes)
{
    sim->drops[reason]++;
    if (sim->on_drop == nullptr)
        return;
    View view(packet, link_bytes);

    sim->on_drop(sim->on_drop_user, reason, &view.packet);
}

void ns3c_internal::report_drop(ns3c *sim, ns3c_drop reason, const ns3::Ptr<const ns3::Packet> &packet,
                                const ns3::Header &ip)
{
    if (sim->on_drop == nullptr) {
        sim->drops[reason]++;
        return;
    }
    ns3::Ptr<ns3::Packet> whole = packet->Copy();

    whole->AddHeader(ip);
    report_drop(sim, reason, ns3::Ptr<const ns3::Packet>(whole), 0);
}

static void dropped4(ns3c_node *node, const ns3::Ipv4Header &header, ns3::Ptr<const ns3::Packet> packet,
                     ns3::Ipv4L3Protocol::DropReason reason, ns3::Ptr<ns3::Ipv4>, uint32_t)
{
    bool lost =
        reason == ns3::Ipv4L3Protocol::DROP_NO_ROUTE || reason == ns3::Ipv4L3Protocol::DROP_ROUTE_ERROR;

    report_drop(node->sim, lost ? NS3C_DROP_NO_ROUTE : NS3C_DROP_IP, packet, header);
}

static void dropped6(ns3c_node *node, const ns3::Ipv6Header &header, ns3::Ptr<const ns3::Packet> packet,
                     ns3::Ipv6L3Protocol::DropReason reason, ns3::Ptr<ns3::Ipv6>, uint32_t)
{
    bool lost =
        reason == ns3::Ipv6L3Protocol::DROP_NO_ROUTE || reason == ns3::Ipv6L3Protocol::DROP_ROUTE_ERROR;

    report_drop(node->sim, lost ? NS3C_DROP_NO_ROUTE : NS3C_DROP_IP, packet, header);
}

/* There was no answer, or too many packets wait for one. ns-3 traces answers that were not asked for here as
 * well. */
static void unresolved(ns3c_node *node, ns3::Ptr<const ns3::Packet> packet)
{
    uint8_t head[20];

    if (ip_length(head, packet->CopyData(head, sizeof head)) != 0)
        report_drop(node->sim, NS3C_DROP_NO_ROUTE, packet, 0);
}

void ns3c_internal::hook_resolution(ns3c_device *device)
{
    ns3::Ptr<ns3::ArpCache> cache = device->node->ipv4->GetInterface(device->interface4)->GetArpCache();

    if (cache)
        cache->TraceConnectWithoutContext("Drop", ns3::MakeBoundCallback(&unresolved, device->node));
}

void ns3c_internal::hook_drops(ns3c_node *node)
{
    node->ipv4->TraceConnectWithoutContext("Drop", ns3::MakeBoundCallback(&dropped4, node));
    node->ipv6->TraceConnectWithoutContext("Drop", ns3::MakeBoundCallback(&dropped6, node));
    node->node->GetObject<ns3::ArpL3Protocol>()->TraceConnectWithoutContext(
        "Drop", ns3::MakeBoundCallback(&unresolved, node));
}

void ns3c_on_drop(ns3c *sim, ns3c_drop_fn *fn, void *user)
{
    sim->on_drop = fn;
    sim->on_drop_user = user;
}

void ns3c_drops(const ns3c *sim, uint64_t out[NS3C_DROP_REASONS])
{
    std::memcpy(out, sim->drops, sizeof sim->drops);
}
