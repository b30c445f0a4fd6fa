/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Message buffers of a few sizes, from free lists. */
#include "sim/net/ns3/internal.h"

struct net_message *ns3_message_take(struct ns3_net *net, unsigned kind, size_t capacity)
{
    g_assert(kind < net->config.kinds);
    return message_take(net->messages, kind, capacity);
}

void ns3_message_free(struct ns3_net *net, struct net_message *message)
{
    if (atomic_fetch_sub_explicit(&message->refs, 1, memory_order_relaxed) == 1)
        message_give(net->messages, message);
}

struct net_message *ns3_message_new(struct net_region *at, unsigned kind, size_t capacity)
{
    return ns3_message_take(ns3_net_of(at), kind, capacity);
}

void ns3_message_drop(struct net_region *at, struct net_message *message)
{
    ns3_message_free(ns3_net_of(at), message);
}
