/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Hooks in ns-3's traces: what a node sends itself, for ns3c_node_on_send(). */
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
class SendHook
{
  public:
    ns3c_packet_fn *fn;
    void *user;
    bool own = false; /* the packet that the next Tx is about is not a forwarded one */
};

} // namespace ns3c_internal

using namespace ns3c_internal;

static void hook_own4(SendHook *hook, const ns3::Ipv4Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    hook->own = true;
}

static void hook_forwarded4(SendHook *hook, const ns3::Ipv4Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    hook->own = false;
}

static void hook_own6(SendHook *hook, const ns3::Ipv6Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    hook->own = true;
}

static void hook_forwarded6(SendHook *hook, const ns3::Ipv6Header &, ns3::Ptr<const ns3::Packet>, uint32_t)
{
    hook->own = false;
}

static void hook_show(SendHook *hook, const ns3::Ptr<const ns3::Packet> &packet)
{
    if (!hook->own || hook->fn == nullptr)
        return;
    View view(packet, 0);

    hook->fn(hook->user, &view.packet);
}

static void hook_sent4(SendHook *hook, ns3::Ptr<const ns3::Packet> packet, ns3::Ptr<ns3::Ipv4>, uint32_t)
{
    hook_show(hook, packet);
}

static void hook_sent6(SendHook *hook, ns3::Ptr<const ns3::Packet> packet, ns3::Ptr<ns3::Ipv6>, uint32_t)
{
    hook_show(hook, packet);
}

void ns3c_node_on_send(ns3c_node *node, ns3c_packet_fn *fn, void *user)
try {
    need_memory();
    bool first = node->send_hook == nullptr;

    if (first)
        node->send_hook = std::make_shared<SendHook>();
    node->send_hook->fn = fn;
    node->send_hook->user = user;
    if (!first)
        return;
    SendHook *hook = node->send_hook.get();

    node->ipv4->TraceConnectWithoutContext("SendOutgoing", ns3::MakeBoundCallback(&hook_own4, hook));
    node->ipv4->TraceConnectWithoutContext("UnicastForward", ns3::MakeBoundCallback(&hook_forwarded4, hook));
    node->ipv4->TraceConnectWithoutContext("Tx", ns3::MakeBoundCallback(&hook_sent4, hook));
    node->ipv6->TraceConnectWithoutContext("SendOutgoing", ns3::MakeBoundCallback(&hook_own6, hook));
    node->ipv6->TraceConnectWithoutContext("UnicastForward", ns3::MakeBoundCallback(&hook_forwarded6, hook));
    node->ipv6->TraceConnectWithoutContext("Tx", ns3::MakeBoundCallback(&hook_sent6, hook));
} catch (...) {
    caught(__func__);
}
