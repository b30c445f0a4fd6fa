/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The wire of a point-to-point link, and the queue before it. */
#include "sim/ns3/channel.hh"

#include "sim/ns3/view.hh"

#include <ns3/ppp-header.h>
#include <ns3/simulator.h>

#include <algorithm>

namespace ns3c_internal
{

ByteQueue::ByteQueue(uint64_t limit, uint32_t overhead) : bytes_max(limit), link_bytes(overhead)
{
}

bool ByteQueue::Enqueue(ns3::Ptr<ns3::Packet> packet)
{
    uint64_t waiting = GetNBytes() - (uint64_t)link_bytes * GetNPackets();

    if (waiting + packet->GetSize() - link_bytes > bytes_max) {
        DropBeforeEnqueue(packet);
        return false;
    }
    return DropTailQueue::Enqueue(packet);
}

ns3::Ptr<ns3::Queue<ns3::Packet>> make_queue(const ns3c_link_options *options, uint32_t link_bytes)
{
    if (options->queue_bytes_max == 0)
        return ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
    auto queue = ns3::CreateObject<ByteQueue>(options->queue_bytes_max, link_bytes);

    queue->SetMaxSize(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, UINT32_MAX));
    return queue;
}

void LinkChannel::set_ends(ns3c_device *a, ns3c_device *b)
{
    ends[0] = a;
    ends[1] = b;
}

void LinkChannel::arrive(ns3c_device *at, const ns3::Time &in, const ns3::Ptr<ns3::Packet> &packet)
{
    ns3::Simulator::ScheduleWithContext(at->node->node->GetId(), in, &ns3::PointToPointNetDevice::Receive,
                                        ns3::StaticCast<ns3::PointToPointNetDevice>(at->net), packet);
}

/* The packet with other bytes, tags kept; null if they are not an IP packet that ns-3 can take apart. */
static ns3::Ptr<ns3::Packet> replaced(const ns3::Ptr<const ns3::Packet> &packet, const ns3c_packet &view,
                                      const ns3c_fate_detail &detail)
{
    ns3::Ptr<ns3::Packet> copy;
    ns3::PppHeader ppp;

    if (!check_packet(detail.bytes, detail.length, view))
        return nullptr;
    copy = packet->Copy();
    copy->RemoveAtStart(copy->GetSize());
    copy->AddAtEnd(ns3::Create<ns3::Packet>(detail.bytes, (uint32_t)detail.length));
    ppp.SetProtocol(detail.bytes[0] >> 4 == 4 ? 0x0021 : 0x0057);
    copy->AddHeader(ppp);
    return copy;
}

/* The delay, or as much of it as time has left. */
static ns3::Time bounded(int64_t delay_ns, const ns3::Time &in)
{
    int64_t left_ns = last_arrival_ns - (ns3::Simulator::Now() + in).GetNanoSeconds();

    return ns3::NanoSeconds((uint64_t)std::max<int64_t>(std::min(delay_ns, left_ns), 0));
}

/* Asks the program; false if the packet goes its way unchanged. */
bool LinkChannel::meet_fate(ns3c_device *from, const ns3::Ptr<const ns3::Packet> &packet,
                            const ns3::Ptr<ns3::PointToPointNetDevice> &, const ns3::Time &duration)
{
    View view(packet, ppp_bytes);
    ns3c_fate_detail detail = {};
    unsigned fate = from->fate(from->fate_user, &view.packet, &detail);
    ns3::Time in = duration + GetDelay();

    if (fate == 0)
        return false;
    if (fate & NS3C_FATE_DROP) {
        from->counters.fate_drops++;
        report_drop(from->node->sim, NS3C_DROP_FATE, packet, ppp_bytes);
        return true;
    }
    if (fate & NS3C_FATE_DUPLICATE)
        arrive(from->peer, in, packet->Copy());
    ns3::Ptr<ns3::Packet> original =
        fate & NS3C_FATE_REPLACE ? replaced(packet, view.packet, detail) : packet->Copy();

    if (!original)
        report_drop(from->node->sim, NS3C_DROP_IP, packet, ppp_bytes);
    else
        arrive(from->peer, fate & NS3C_FATE_DELAY ? in + bounded(detail.delay_ns, in) : in, original);
    return true;
}

bool LinkChannel::TransmitStart(ns3::Ptr<const ns3::Packet> packet,
                                ns3::Ptr<ns3::PointToPointNetDevice> source, ns3::Time duration)
{
    ns3c_device *from = ns3::PeekPointer(ends[0]->net) == ns3::PeekPointer(source) ? ends[0] : ends[1];

    from->counters.sent_packets++;
    from->counters.sent_bytes += packet->GetSize() - ppp_bytes;
    from->sending.add(ns3::Simulator::Now().GetNanoSeconds(), duration.GetNanoSeconds());
    if (from->fate != nullptr && meet_fate(from, packet, source, duration))
        return true;
    return PointToPointChannel::TransmitStart(packet, source, duration);
}

} // namespace ns3c_internal

ns3c_status ns3c_device_on_transmit(ns3c_device *device, ns3c_fate_fn *fn, void *user)
try {
    ns3c_internal::need_memory();
    if (device == nullptr)
        return ns3c_internal::fail(NS3C_INVALID, "ns3c_device_on_transmit: no device");
    if (device->peer == nullptr)
        return ns3c_internal::fail(NS3C_STATE,
                                   "ns3c_device_on_transmit: the device is not of a point-to-point link");
    device->fate = fn;
    device->fate_user = user;
    return NS3C_OK;
} catch (...) {
    return ns3c_internal::caught(__func__);
}
