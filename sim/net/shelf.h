/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Free lists of equal objects that cross regions.
 *
 * An object is taken in one region and given back in another, so each region keeps the free ones it meets,
 * without a lock. Traffic that flows one way would pile them up at its end: free objects are therefore kept
 * in chains of SHELF_CHAIN, and between windows, when no region runs, shelf_level() moves whole chains
 * through a depot from the regions that have many to those that need them. */
#ifndef SIM_NET_SHELF_H
#define SIM_NET_SHELF_H

#include <stddef.h>
#include <stdint.h>

#define SHELF_CHAIN      128
#define SHELF_ALIGNMENT  64 /* a cache line */
#define SHELF_SLAB_BYTES ((size_t)64 * 1024)

/* A free object: its first 16 bytes. */
struct shelf_free {
    struct shelf_free *next;  /* in its chain */
    struct shelf_free *chain; /* in the first of a chain: the next chain */
};

struct shelf_slab {
    struct shelf_slab *next;
    void *memory; /* what was allocated: the slab starts at the first aligned address in it */
    char padding[SHELF_ALIGNMENT - 2 * sizeof(void *)];
};

struct shelf {
    struct shelf_free *open; /* the chain being filled or emptied */
    struct shelf_free *full; /* chains of SHELF_CHAIN */
    struct shelf_slab *slabs;
    uint32_t open_count;
    uint32_t full_count;
    uint32_t refills;     /* since chains were last moved */
    uint32_t wanted;      /* full chains that should lie here at the start of a window */
    uint32_t object_size; /* a multiple of 8, at least 16; of SHELF_ALIGNMENT if that matters */
};

/* Chains on their way from one region to another. */
struct shelf_depot {
    struct shelf_free *full;
};

void shelf_init(struct shelf *shelf, size_t object_size);
void shelf_clear(struct shelf *shelf);
void shelf_level(struct shelf *shelf, struct shelf_depot *depot);

/* Makes free objects, or opens a full chain. */
void shelf_refill(struct shelf *shelf);

/* An object; its bytes are what they were. Aborts when memory is out. */
static inline void *shelf_take(struct shelf *shelf)
{
    if (!shelf->open)
        shelf_refill(shelf);
    struct shelf_free *object = shelf->open;
    shelf->open = object->next;
    shelf->open_count--;
    /* The next one was let go of long ago: have it fetched before it is asked for. */
    __builtin_prefetch(shelf->open, 1);
    return object;
}

static inline void shelf_give(struct shelf *shelf, void *object)
{
    struct shelf_free *freed = object;

    if (shelf->open_count == SHELF_CHAIN) {
        shelf->open->chain = shelf->full;
        shelf->full = shelf->open;
        shelf->full_count++;
        shelf->open = NULL;
        shelf->open_count = 0;
    }
    freed->next = shelf->open;
    shelf->open = freed;
    shelf->open_count++;
}

#endif
