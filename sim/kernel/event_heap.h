/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The order of events, and a 4-ary heap of them: exact and never worse than O(log n), but slow once it
 * outgrows the cache. The queue keeps in it only what arrives for the stretch of time being run. */
#ifndef SIM_KERNEL_EVENT_HEAP_H
#define SIM_KERNEL_EVENT_HEAP_H

#include "sim/kernel/kernel.h"

#include <stddef.h>

struct event_heap {
    struct kernel_event *event; /* event[0] is the earliest */
    size_t count;
    size_t capacity;
};

/* Whether a runs before b: by time, then origin, entity and sequence. No two events are equal in all four. */
static inline bool event_before(const struct kernel_event *a, const struct kernel_event *b)
{
    if (a->time_ns != b->time_ns)
        return a->time_ns < b->time_ns;
    uint64_t source_a = (uint64_t)a->origin << 32 | a->entity;
    uint64_t source_b = (uint64_t)b->origin << 32 | b->entity;
    if (source_a != source_b)
        return source_a < source_b;
    return a->sequence < b->sequence;
}

/* An empty heap. */
void event_heap_init(struct event_heap *heap);
/* Frees all memory; the heap is empty then. */
void event_heap_clear(struct event_heap *heap);
/* Adds a copy of the event. */
void event_heap_push(struct event_heap *heap, const struct kernel_event *event);

/* Removes event[0]; the heap must not be empty. */
void event_heap_drop(struct event_heap *heap);

#endif
