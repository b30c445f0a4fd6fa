/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Message buffers of a few sizes, from free lists of the region that asks; given back to those of the region
 * where the last reference goes. */
#include "sim/net/native/internal.h"

struct net_message *message_new(struct net_region *at, unsigned kind, size_t capacity)
{
    struct native_region *region = native_region_of(at);

    g_assert(kind < region->native->config.kinds);
    return message_take(region->messages, kind, capacity);
}

void message_free(struct native_region *region, struct net_message *message)
{
    unsigned state = atomic_load_explicit(&message->delivered, memory_order_relaxed);

    if (state == MESSAGE_ON_STREAM)
        region->ledger[message->kind].lost++;
    else if (state == MESSAGE_DAMAGED)
        message_unref(region, message->next);
    if (atomic_load_explicit(&message->work, memory_order_relaxed) == WORK_LISTED)
        atomic_store_explicit(&message->work, WORK_ORPHANED, memory_order_relaxed);
    else
        message_give(region->messages, message);
}

void message_drop(struct net_region *at, struct net_message *message)
{
    message_unref(native_region_of(at), message);
}
