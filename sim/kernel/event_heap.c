/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* 4-ary heap of events: half the levels of a binary one, and the four children of a node lie together. */
#include "sim/kernel/event_heap.h"

#include <glib.h>
#include <string.h>

enum { ARITY = 4, CAPACITY_FIRST = 16 };

void event_heap_init(struct event_heap *heap)
{
    memset(heap, 0, sizeof *heap);
}

void event_heap_clear(struct event_heap *heap)
{
    g_free(heap->event);
    event_heap_init(heap);
}

static void event_heap_grow(struct event_heap *heap)
{
    heap->capacity = heap->capacity ? 2 * heap->capacity : CAPACITY_FIRST;
    heap->event = g_renew(struct kernel_event, heap->event, heap->capacity);
}

void event_heap_push(struct event_heap *heap, const struct kernel_event *event)
{
    if (heap->count == heap->capacity)
        event_heap_grow(heap);
    size_t hole = heap->count++;
    while (hole > 0) {
        size_t parent = (hole - 1) / ARITY;
        if (!event_before(event, &heap->event[parent]))
            break;
        heap->event[hole] = heap->event[parent];
        hole = parent;
    }
    heap->event[hole] = *event;
}

/* The earliest of the children of a node, the first of which exists. */
static size_t event_heap_earliest_child(const struct event_heap *heap, size_t first)
{
    size_t best = first;
    size_t end = MIN(first + ARITY, heap->count);

    for (size_t child = first + 1; child < end; child++)
        if (event_before(&heap->event[child], &heap->event[best]))
            best = child;
    return best;
}

void event_heap_drop(struct event_heap *heap)
{
    g_assert(heap->count > 0);
    size_t last = --heap->count;
    if (last == 0)
        return;
    const struct kernel_event moved = heap->event[last];
    size_t hole = 0;
    for (;;) {
        size_t first = hole * ARITY + 1;
        if (first >= heap->count)
            break;
        size_t child = event_heap_earliest_child(heap, first);
        if (!event_before(&heap->event[child], &moved))
            break;
        heap->event[hole] = heap->event[child];
        hole = child;
    }
    heap->event[hole] = moved;
}
