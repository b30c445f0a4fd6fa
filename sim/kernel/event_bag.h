/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Unordered bags of events in chunks of fifteen: adding writes one place and moves nothing, reading goes
 * through whole chunks, and an emptied bag's chunks serve the next, so steady state allocates nothing. */
#ifndef SIM_KERNEL_EVENT_BAG_H
#define SIM_KERNEL_EVENT_BAG_H

#include "sim/kernel/kernel.h"

#include <stddef.h>

/* 15 events and the link fill eight cache lines. */
enum { CHUNK_EVENTS = 15, CHUNK_BYTES = 512 };

struct event_chunk {
    struct kernel_event event[CHUNK_EVENTS];
    struct event_chunk *next;
    char padding[CHUNK_BYTES - CHUNK_EVENTS * sizeof(struct kernel_event) - sizeof(struct event_chunk *)];
};

/* Where bags take chunks from and give them back to. All zero is an empty store. */
struct chunk_store {
    struct event_chunk *free;
    struct event_chunk *slabs; /* the first chunk of a slab only links the slabs */
    size_t slab_chunks;        /* of the newest slab */
};

/* All zero is an empty bag. The newest chunk is filled from its end: event[room] is the newest event. */
struct event_bag {
    struct event_chunk *newest;
    uint32_t room; /* free places in the newest chunk */
    uint32_t count;
};

/* Frees all chunks, those of bags as well. */
void chunk_store_clear(struct chunk_store *store);

/* Puts an empty chunk in front of a bag whose newest one is full. */
void event_bag_add_chunk(struct event_bag *bag, struct chunk_store *store);

/* Adds a copy of the event. */
static inline void event_bag_add(struct event_bag *bag, struct chunk_store *store,
                                 const struct kernel_event *event)
{
    if (bag->room == 0)
        event_bag_add_chunk(bag, store);
    bag->newest->event[--bag->room] = *event;
    bag->count++;
}

/* Gives the chunks back; the bag is empty then. */
void event_bag_empty(struct event_bag *bag, struct chunk_store *store);

/* Earliest and latest time in a bag that is not empty. */
void event_bag_range(const struct event_bag *bag, int64_t *min_ns, int64_t *max_ns);

/* Calls visit() for each event, in no order. */
void event_bag_each(const struct event_bag *bag, void (*visit)(void *user, const struct kernel_event *event),
                    void *user);

#endif
