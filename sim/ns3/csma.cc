/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Shared segments: ns-3's CSMA, with addresses resolved by ARP and neighbour discovery. */
#include "sim/ns3/channel.hh"
#include "sim/ns3/view.hh"

#include <ns3/callback.h>
#include <ns3/csma-channel.h>
#include <ns3/csma-net-device.h>
#include <ns3/data-rate.h>
#include <ns3/mac48-address.h>

using namespace ns3c_internal;

ns3c_csma::ns3c_csma() = default;
ns3c_csma::~ns3c_csma() = default;

constexpr uint32_t ethernet_head = 14, ethernet_tail = 4;

ns3c_status ns3c_csma_new(ns3c *sim, const ns3c_link_options *options, ns3c_csma **out)
try {
    need_room();
    ns3c_status status = check_link("ns3c_csma_new", options);

    if (sim == nullptr || out == nullptr)
        return fail(NS3C_INVALID, "ns3c_csma_new: no simulator, or no place for the segment");
    if (status != NS3C_OK)
        return status;
    auto made = std::make_unique<ns3c_csma>();

    made->sim = sim;
    made->options = *options;
    made->channel = ns3::CreateObject<ns3::CsmaChannel>();
    made->channel->SetAttribute("DataRate", ns3::DataRateValue(ns3::DataRate(options->rate_bit_per_s)));
    made->channel->SetAttribute("Delay", ns3::TimeValue(ns3::NanoSeconds((uint64_t)options->delay_ns)));
    *out = made.get();
    sim->csmas.push_back(std::move(made));
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}

/* IP bytes of a frame, 0 if it carries something else. */
static uint32_t csma_ip_bytes(const ns3::Ptr<const ns3::Packet> &frame)
{
    uint8_t head[ethernet_head + 40];
    uint32_t copied = frame->CopyData(head, sizeof head);
    unsigned type = copied > ethernet_head ? head[12] << 8 | head[13] : 0;

    return type == 0x0800 || type == 0x86dd ? ip_length(head + ethernet_head, copied - ethernet_head) : 0;
}

static void csma_sent(ns3c_device *device, ns3::Ptr<const ns3::Packet> frame)
{
    uint32_t bytes = csma_ip_bytes(frame);

    device->counters.sent_packets += bytes != 0;
    device->counters.sent_bytes += bytes;
}

static void csma_received(ns3c_device *device, ns3::Ptr<const ns3::Packet> frame)
{
    uint32_t bytes = csma_ip_bytes(frame);

    device->counters.received_packets += bytes != 0;
    device->counters.received_bytes += bytes;
}

/* The medium was never free: ns-3 gives the frame up. */
static void csma_given_up(ns3c_device *device, ns3::Ptr<const ns3::Packet> frame)
{
    device->counters.loss_drops++;
    report_drop(device->node->sim, NS3C_DROP_LOSS, frame, device->link_head);
}

ns3c_status ns3c_csma_attach(ns3c_csma *csma, ns3c_node *node, ns3c_device **out)
try {
    need_room();
    if (csma == nullptr || node == nullptr || out == nullptr)
        return fail(NS3C_INVALID, "ns3c_csma_attach: no segment, node or place for the device");
    auto made = std::make_unique<ns3c_device>();
    auto net = ns3::CreateObject<ns3::CsmaNetDevice>();
    ns3c_device *device = made.get();

    device->net = net;
    device->csma = csma;
    device->link_head = ethernet_head;
    device->link_tail = ethernet_tail;
    device->queue = make_queue(&csma->options, ethernet_head + ethernet_tail);
    net->SetAddress(ns3::Mac48Address::Allocate());
    net->SetQueue(device->queue);
    net->AssignStreams(take_streams(csma->sim, 1));
    net->Attach(csma->channel);
    csma->sim->devices.push_back(std::move(made));
    join(device, node);
    net->TraceConnectWithoutContext("PhyTxBegin", ns3::MakeBoundCallback(&csma_sent, device));
    net->TraceConnectWithoutContext("MacRx", ns3::MakeBoundCallback(&csma_received, device));
    net->TraceConnectWithoutContext("PhyTxDrop", ns3::MakeBoundCallback(&csma_given_up, device));
    if (csma->options.loss > 0)
        ns3c_device_set_loss(device, csma->options.loss);
    *out = device;
    return NS3C_OK;
} catch (...) {
    return caught(__func__);
}
