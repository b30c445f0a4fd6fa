/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Message buffers of a few sizes, from free lists. */
#include "sim/net/ns3/internal.h"

#define MESSAGE_SMALLEST 256

static size_t class_bytes(unsigned class)
{
    return (size_t)MESSAGE_SMALLEST << class;
}

static unsigned class_of(size_t capacity)
{
    size_t bytes = offsetof(struct net_message, bytes) + capacity;
    unsigned class = 0;

    while (class_bytes(class) < bytes)
        class ++;
    g_assert(class < NS3_MESSAGE_CLASSES);
    return class;
}

void ns3_messages_init(struct ns3_net *net)
{
    for (unsigned i = 0; i < NS3_MESSAGE_CLASSES; i++)
        shelf_init(&net->messages[i], class_bytes(i));
}

void ns3_messages_clear(struct ns3_net *net)
{
    for (unsigned i = 0; i < NS3_MESSAGE_CLASSES; i++)
        shelf_clear(&net->messages[i]);
}

struct net_message *ns3_message_take(struct ns3_net *net, unsigned kind, size_t capacity)
{
    g_assert(kind < net->config.kinds && capacity <= NET_MESSAGE_BYTES_MAX);
    unsigned class = class_of(capacity);
    size_t room = class_bytes(class) - offsetof(struct net_message, bytes);
    struct net_message *message = shelf_take(&net->messages[class]);

    message->next = NULL;
    message->mark_ns = 0;
    atomic_init(&message->refs, 1);
    message->length = 0;
    message->capacity = (uint16_t)(room < NET_MESSAGE_BYTES_MAX ? room : NET_MESSAGE_BYTES_MAX);
    message->kind = (uint8_t)kind;
    atomic_init(&message->delivered, 0);
    return message;
}

void ns3_message_free(struct ns3_net *net, struct net_message *message)
{
    if (atomic_fetch_sub_explicit(&message->refs, 1, memory_order_relaxed) == 1)
        shelf_give(&net->messages[class_of(message->capacity)], message);
}

struct net_message *ns3_message_new(struct net_region *at, unsigned kind, size_t capacity)
{
    return ns3_message_take(ns3_net_of(at), kind, capacity);
}

void ns3_message_drop(struct net_region *at, struct net_message *message)
{
    ns3_message_free(ns3_net_of(at), message);
}
