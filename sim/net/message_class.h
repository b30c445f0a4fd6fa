/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Sizes of message buffers: 256, 512, ... 4096 bytes with their header. For engines. */
#ifndef SIM_NET_MESSAGE_CLASS_H
#define SIM_NET_MESSAGE_CLASS_H

#include "sim/net/net.h"

#include <glib.h>

#define MESSAGE_CLASSES        5
#define MESSAGE_SMALLEST_BYTES 256

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

#endif
