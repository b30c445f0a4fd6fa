/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Message buffers of a few sizes, from free lists. */
#include "sim/net/ns3/internal.h"

void ns3_messages_init(struct ns3_net *net)
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
        shelf_init(&net->messages[i], message_class_bytes(i));
}

void ns3_messages_clear(struct ns3_net *net)
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
        shelf_clear(&net->messages[i]);
}

struct net_message *ns3_message_take(struct ns3_net *net, unsigned kind, size_t capacity)
{
    g_assert(kind < net->config.kinds && capacity <= NET_MESSAGE_BYTES_MAX);
    unsigned class = message_class_of(capacity);
    struct net_message *message = shelf_take(&net->messages[class]);

    message->next = NULL;
    message->mark_ns = 0;
    atomic_init(&message->refs, 1);
    message->length = 0;
    message->capacity = message_class_capacity(class);
    message->kind = (uint8_t)kind;
    atomic_init(&message->delivered, 0);
    return message;
}

void ns3_message_free(struct ns3_net *net, struct net_message *message)
{
    if (atomic_fetch_sub_explicit(&message->refs, 1, memory_order_relaxed) == 1)
        shelf_give(&net->messages[message_class_of(message->capacity)], message);
}

struct net_message *ns3_message_new(struct net_region *at, unsigned kind, size_t capacity)
{
    return ns3_message_take(ns3_net_of(at), kind, capacity);
}

void ns3_message_drop(struct net_region *at, struct net_message *message)
{
    ns3_message_free(ns3_net_of(at), message);
}
