/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Message buffers of a few sizes, from free lists of the region that asks; given back to those of the region
 * where the last reference goes. */
#include "sim/net/native/internal.h"

void message_pools_init(struct native_region *region)
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
        shelf_init(&region->messages[i], message_class_bytes(i));
}

void message_pools_clear(struct native_region *region)
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
        shelf_clear(&region->messages[i]);
}

struct net_message *message_new(struct net_region *at, unsigned kind, size_t capacity)
{
    struct native_region *region = region_of(at);

    g_assert(kind < region->native->config.kinds && capacity <= NET_MESSAGE_BYTES_MAX);
    unsigned class = message_class_of(capacity);
    struct net_message *message = shelf_take(&region->messages[class]);

    message->next = NULL;
    message->mark_ns = 0;
    atomic_init(&message->refs, 1);
    message->length = 0;
    message->capacity = message_class_capacity(class);
    message->kind = (uint8_t)kind;
    atomic_init(&message->delivered, MESSAGE_LOOSE);
    return message;
}

void message_free(struct native_region *region, struct net_message *message)
{
    unsigned state = atomic_load_explicit(&message->delivered, memory_order_relaxed);

    if (state == MESSAGE_ON_STREAM)
        region->books[message->kind].lost++;
    else if (state == MESSAGE_DAMAGED)
        message_unref(region, message->next);
    shelf_give(&region->messages[message_class_of(message->capacity)], message);
}

void message_drop(struct net_region *at, struct net_message *message)
{
    message_unref(region_of(at), message);
}
