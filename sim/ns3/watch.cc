/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a node sends itself: ns3c_node_on_send(). */
#include "sim/ns3/view.hh"

#include <ns3/callback.h>
#include <ns3/ipv4-header.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/ipv6-header.h>
#include <ns3/ipv6-l3-protocol.h>

namespace ns3c_internal
{

/* ns-3 traces packets with their headers, and in fragments if they are cut, only together with those that it
 * forwards: which ones are the node's own is known from the trace before. */
class SendWatch
{
  public:
    ns3c_packet_fn *fn;
    void *user;
    bool own = false; /* the packet that the next Tx is about is not a forwarded one */
};

} // namespace ns3c_internal

using namespace ns3c_internal;

static void own4(SendWatch *watch, const ns3::Ipv4Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    watch->own = true;
}

static void foreign4(SendWatch *watch, const ns3::Ipv4Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    watch->own = false;
}

static void own6(SendWatch *watch, const ns3::Ipv6Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    watch->own = true;
}

static void foreign6(SendWatch *watch, const ns3::Ipv6Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    watch->own = false;
}

static void show(SendWatch *watch, const ns3::Ptr<const ns3::Packet> &packet)
{
    if (!watch->own || watch->fn == nullptr)
        return;
    View view(packet, 0);

    watch->fn(watch->user, &view.packet);
}

static void sent4(SendWatch *watch, ns3::Ptr<const ns3::Packet> packet, ns3::Ptr<ns3::Ipv4>, uint32_t)
{
    show(watch, packet);
}

static void sent6(SendWatch *watch, ns3::Ptr<const ns3::Packet> packet, ns3::Ptr<ns3::Ipv6>, uint32_t)
{
    show(watch, packet);
}

void ns3c_node_on_send(ns3c_node *node, ns3c_packet_fn *fn, void *user)
try {
    need_memory();
    bool first = node->watch == nullptr;

    if (first)
        node->watch = std::make_shared<SendWatch>();
    node->watch->fn = fn;
    node->watch->user = user;
    if (!first)
        return;
    SendWatch *watch = node->watch.get();

    node->ipv4->TraceConnectWithoutContext("SendOutgoing", ns3::MakeBoundCallback(&own4, watch));
    node->ipv4->TraceConnectWithoutContext("UnicastForward", ns3::MakeBoundCallback(&foreign4, watch));
    node->ipv4->TraceConnectWithoutContext("Tx", ns3::MakeBoundCallback(&sent4, watch));
    node->ipv6->TraceConnectWithoutContext("SendOutgoing", ns3::MakeBoundCallback(&own6, watch));
    node->ipv6->TraceConnectWithoutContext("UnicastForward", ns3::MakeBoundCallback(&foreign6, watch));
    node->ipv6->TraceConnectWithoutContext("Tx", ns3::MakeBoundCallback(&sent6, watch));
} catch (...) {
    caught(__func__);
}
