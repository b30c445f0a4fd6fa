/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Unordered bags of events in chunks of fifteen: adding writes one place and moves nothing, reading goes
 * through whole chunks, and chunks that were read serve the next bag, so steady state allocates nothing. */
#ifndef SIM_KERNEL_EVENT_BAG_H
#define SIM_KERNEL_EVENT_BAG_H

#include "sim/kernel/kernel.h"

#include <stddef.h>

/* 15 events and the link fill eight cache lines. */
enum { CHUNK_EVENTS = 15, CHUNK_BYTES = 512 };

/* Filled from its end. Lies at a multiple of CHUNK_BYTES. */
struct event_chunk {
    struct kernel_event event[CHUNK_EVENTS];
    struct event_chunk *next;
    uint64_t behind; /* events in the chunks that follow */
    char padding[CHUNK_BYTES - CHUNK_EVENTS * sizeof(struct kernel_event) - sizeof(struct event_chunk *) -
                 sizeof(uint64_t)];
};

/* Where bags take chunks from and give them back to. All zero is an empty store. */
struct chunk_store {
    struct event_chunk *free;
    struct event_chunk *slabs; /* the first chunk of a slab only links the slabs */
    size_t slab_chunks;        /* of the newest slab */
};

/* The newest event, and by its address the newest chunk and how full that is: a queue has so many bags that
 * their size counts. All zero is an empty bag. */
struct event_bag {
    struct kernel_event *newest;
};

/* Frees all chunks, those of bags as well. */
void chunk_store_clear(struct chunk_store *store);

/* Gives a chunk back that was read. */
static inline void chunk_store_give_back(struct chunk_store *store, struct event_chunk *chunk)
{
    chunk->next = store->free;
    store->free = chunk;
}

/* Puts an empty chunk in front of a bag whose newest one is full; returns the place behind its last event. */
struct kernel_event *event_bag_add_chunk(struct event_bag *bag, struct chunk_store *store);

/* Adds an event, which the caller writes. */
static inline struct kernel_event *event_bag_place(struct event_bag *bag, struct chunk_store *store)
{
    struct kernel_event *place = bag->newest;

    /* Also of a bag without chunks. */
    if ((uintptr_t)place % CHUNK_BYTES == 0)
        place = event_bag_add_chunk(bag, store);
    return bag->newest = place - 1;
}

/* The newest chunk; NULL of an empty bag. Its events begin at event_bag_first(), those of the chunks that
 * follow at 0. */
static inline struct event_chunk *event_bag_chunk(const struct event_bag *bag)
{
    return (struct event_chunk *)((uintptr_t)bag->newest & ~(uintptr_t)(CHUNK_BYTES - 1));
}

static inline uint32_t event_bag_first(const struct event_bag *bag)
{
    return (uint32_t)((uintptr_t)bag->newest % CHUNK_BYTES / sizeof(struct kernel_event));
}

/* Events in a bag. */
static inline uint64_t event_bag_count(const struct event_bag *bag)
{
    return bag->newest ? event_bag_chunk(bag)->behind + CHUNK_EVENTS - event_bag_first(bag) : 0;
}

/* Has a chunk fetched. A bag is read long after it was written, and chunks lie anywhere. */
static inline void event_chunk_prefetch(const struct event_chunk *chunk)
{
    enum { LINE_BYTES = 64 };

    for (size_t i = 0; i < CHUNK_BYTES; i += LINE_BYTES)
        __builtin_prefetch((const char *)chunk + i);
}

/* Earliest and latest time in a bag that is not empty. */
void event_bag_range(const struct event_bag *bag, int64_t *min_ns, int64_t *max_ns);

/* Calls visit() for each event, in no order. */
void event_bag_each(const struct event_bag *bag, void (*visit)(void *user, const struct kernel_event *event),
                    void *user);

#endif
