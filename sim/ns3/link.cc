/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Point-to-point links, and what all devices have: queues, loss, counters. */
#include "sim/ns3/channel.hh"

#include <ns3/callback.h>
#include <ns3/data-rate.h>
#include <ns3/error-model.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv6-l3-protocol.h>
#include <ns3/mac48-address.h>
#include <ns3/pointer.h>
#include <ns3/simulator.h>

#include <algorithm>
#include <cmath>

using namespace ns3c_internal;

ns3c_status ns3c_internal::check_link(const char *what, const ns3c_link_options *options)
{
    if (options == nullptr)
        return fail(NS3C_INVALID, "%s: no options", what);
    for (uint64_t rate : {options->rate_bit_per_s, options->rate_back_bit_per_s})
        if (rate > rate_max_bit_per_s || options->rate_bit_per_s == 0)
            return fail(NS3C_INVALID, "%s: rate of %llu bit/s; expected 1 to 10^15", what,
                        (unsigned long long)rate);
    if (options->delay_ns < 0 || options->delay_ns > delay_max_ns)
        return fail(NS3C_INVALID, "%s: delay of %lld ns; expected 0 to a day", what,
                    (long long)options->delay_ns);
    if (!(options->loss >= 0 && options->loss <= 1))
        return fail(NS3C_INVALID, "%s: loss of %s; expected 0 to 1", what,
                    number_text(options->loss).c_str());
    return NS3C_OK;
}

static void link_no_room(ns3c_device *device, ns3::Ptr<const ns3::Packet> packet)
{
    device->counters.queue_drops++;
    report_drop(device->node->sim, NS3C_DROP_QUEUE, packet, device->link_head);
}

static void link_lost(ns3c_device *device, ns3::Ptr<const ns3::Packet> packet)
{
    device->counters.loss_drops++;
    report_drop(device->node->sim, NS3C_DROP_LOSS, packet, device->link_head);
}

static uint64_t link_queued_bytes(const ns3c_device *device)
{
    return device->queue->GetNBytes() -
           (uint64_t)(device->link_head + device->link_tail) * device->queue->GetNPackets();
}

/* ns-3 puts each packet into the queue; it waits there only while another one is being sent. */
static void link_queued(ns3c_device *device, ns3::Ptr<const ns3::Packet>)
{
    if (device->sending.busy(ns3::Simulator::Now().GetNanoSeconds()))
        device->counters.queued_bytes_max =
            std::max(device->counters.queued_bytes_max, link_queued_bytes(device));
}

static void link_received(ns3c_device *device, ns3::Ptr<const ns3::Packet> packet)
{
    device->counters.received_packets++;
    device->counters.received_bytes += packet->GetSize() - device->link_head;
}

void ns3c_internal::join(ns3c_device *device, ns3c_node *node)
{
    device->node = node;
    node->node->AddDevice(device->net);
    device->interface4 = node->ipv4->AddInterface(device->net);
    node->ipv4->SetUp(device->interface4);
    device->interface6 = node->ipv6->AddInterface(device->net);
    node->ipv6->SetUp(device->interface6);
    node->devices.push_back(device);
    hook_resolution(device);
    device->net->TraceConnectWithoutContext("MacTxDrop", ns3::MakeBoundCallback(&link_no_room, device));
    device->net->TraceConnectWithoutContext("PhyRxDrop", ns3::MakeBoundCallback(&link_lost, device));
}

/* One end of a link, without its channel. */
static ns3c_device *link_make_end(ns3c *sim, const ns3c_link_options *options, uint64_t rate)
{
    auto made = std::make_unique<ns3c_device>();
    auto net = ns3::CreateObject<ns3::PointToPointNetDevice>();

    made->net = net;
    made->link_head = ppp_bytes;
    made->queue = make_queue(options, ppp_bytes);
    net->SetAddress(ns3::Mac48Address::Allocate());
    net->SetDataRate(ns3::DataRate(rate));
    net->SetQueue(made->queue);
    sim->devices.push_back(std::move(made));
    return sim->devices.back().get();
}

ns3c_status ns3c_point_to_point(ns3c *sim, ns3c_node *a, ns3c_node *b, const ns3c_link_options *options,
                                ns3c_device **at_a, ns3c_device **at_b)
try {
    need_room();
    static const char what[] = "ns3c_point_to_point";
    ns3c_status status = check_link(what, options);

    if (sim == nullptr || a == nullptr || b == nullptr || at_a == nullptr || at_b == nullptr)
        return fail(NS3C_INVALID, "%s: no simulator, node or place for a device", what);
    if (status != NS3C_OK)
        return status;
    uint64_t back =
        options->rate_back_bit_per_s != 0 ? options->rate_back_bit_per_s : options->rate_bit_per_s;
    auto channel = ns3::CreateObject<LinkChannel>();
    ns3c_device *ends[2] = {link_make_end(sim, options, options->rate_bit_per_s),
                            link_make_end(sim, options, back)};

    channel->SetAttribute("Delay", ns3::TimeValue(ns3::NanoSeconds((uint64_t)options->delay_ns)));
    channel->set_ends(ends[0], ends[1]);
    for (int i = 0; i < 2; i++) {
        auto net = ns3::StaticCast<ns3::PointToPointNetDevice>(ends[i]->net);

        ends[i]->peer = ends[1 - i];
        net->Attach(channel);
        join(ends[i], i == 0 ? a : b);
        net->TraceConnectWithoutContext("PhyRxEnd", ns3::MakeBoundCallback(&link_received, ends[i]));
        ends[i]->queue->TraceConnectWithoutContext("Enqueue", ns3::MakeBoundCallback(&link_queued, ends[i]));
        if (options->loss > 0)
            ns3c_device_set_loss(ends[i], options->loss);
    }
    *at_a = ends[0];
    *at_b = ends[1];
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_device_set_loss(ns3c_device *device, double share)
try {
    need_memory();
    if (device == nullptr)
        return fail(NS3C_INVALID, "ns3c_device_set_loss: no device");
    if (!(share >= 0 && share <= 1))
        return fail(NS3C_INVALID, "ns3c_device_set_loss: %s; expected 0 to 1", number_text(share).c_str());
    auto model = ns3::CreateObject<ns3::RateErrorModel>();

    model->SetUnit(ns3::RateErrorModel::ERROR_UNIT_PACKET);
    model->SetRate(share);
    model->AssignStreams(take_streams(device->node->sim, 1));
    device->net->SetAttribute("ReceiveErrorModel", ns3::PointerValue(model));
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

ns3c_status ns3c_device_set_rate(ns3c_device *device, uint64_t bit_per_s)
try {
    if (device == nullptr)
        return fail(NS3C_INVALID, "ns3c_device_set_rate: no device");
    if (bit_per_s == 0 || bit_per_s > rate_max_bit_per_s)
        return fail(NS3C_INVALID, "ns3c_device_set_rate: %llu bit/s; expected 1 to 10^15",
                    (unsigned long long)bit_per_s);
    auto net = ns3::DynamicCast<ns3::PointToPointNetDevice>(device->net);

    if (!net)
        return fail(NS3C_INVALID,
                    "ns3c_device_set_rate: a device of a shared link; expected a point-to-point one");
    net->SetDataRate(ns3::DataRate(bit_per_s));
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

void ns3c_device_counters(const ns3c_device *device, struct ns3c_device_counters *out)
{
    *out = device->counters;
    out->queued_bytes = link_queued_bytes(device);
    out->sending_second_max_ns = device->sending.second_max_ns();
}
