/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Message buffers of a few sizes, 256, 512, ... 4096 bytes with their header, and a free list for each. For
 * engines. */
#ifndef SIM_NET_MESSAGE_CLASS_H
#define SIM_NET_MESSAGE_CLASS_H

#include "sim/net/free_list.h"
#include "sim/net/net.h"

#include <glib.h>

#define MESSAGE_CLASSES        5
#define MESSAGE_SMALLEST_BYTES 256

/* Bytes of a buffer of that class, with its header. */
static inline size_t message_class_bytes(unsigned class)
{
    return (size_t)MESSAGE_SMALLEST_BYTES << class;
}

/* The smallest class with room for a message of `capacity` bytes. */
static inline unsigned message_class_of(size_t capacity)
{
    size_t bytes = offsetof(struct net_message, bytes) + capacity;
    unsigned class = 0;

    while (message_class_bytes(class) < bytes)
        class ++;
    g_assert(class < MESSAGE_CLASSES);
    return class;
}

/* Bytes that a message of a class can hold. */
static inline uint16_t message_class_capacity(unsigned class)
{
    size_t room = message_class_bytes(class) - offsetof(struct net_message, bytes);

    return (uint16_t)(room < NET_MESSAGE_BYTES_MAX ? room : NET_MESSAGE_BYTES_MAX);
}

/* Empty lists, one for each class. */
static inline void message_free_lists_init(struct free_list lists[MESSAGE_CLASSES])
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
        free_list_init(&lists[i], message_class_bytes(i));
}

/* Frees all buffers that were made here. */
static inline void message_free_lists_clear(struct free_list lists[MESSAGE_CLASSES])
{
    for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
        free_list_clear(&lists[i]);
}

/* An empty message without content: one reference, and 0 in what the engine notes. */
static inline struct net_message *message_take(struct free_list lists[MESSAGE_CLASSES], unsigned kind,
                                               size_t capacity)
{
    g_assert(capacity <= NET_MESSAGE_BYTES_MAX);
    unsigned class = message_class_of(capacity);
    struct net_message *message = free_list_take(&lists[class]);

    message->next = NULL;
    message->mark_ns = 0;
    atomic_init(&message->refs, 1);
    message->length = 0;
    message->capacity = message_class_capacity(class);
    message->kind = (uint8_t)kind;
    atomic_init(&message->delivered, 0);
    atomic_init(&message->work, 0);
    message->has_content = false;
    return message;
}

/* Gives a buffer back that nobody refers to any more. */
static inline void message_give(struct free_list lists[MESSAGE_CLASSES], struct net_message *message)
{
    free_list_give(&lists[message_class_of(message->capacity)], message);
}

#endif
