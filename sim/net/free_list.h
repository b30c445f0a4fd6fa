/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Free lists of equal objects that cross regions.
 *
 * An object is taken in one region and given back in another, so each region keeps the free ones it meets,
 * without a lock. Traffic that flows one way would pile them up at its end: free objects are therefore kept
 * in chains of FREE_LIST_CHAIN, and between windows, when no region runs, free_list_level() moves whole
 * chains through a depot from the regions that have many to those that need them. */
#ifndef SIM_NET_FREE_LIST_H
#define SIM_NET_FREE_LIST_H

#include <stddef.h>
#include <stdint.h>

#define FREE_LIST_CHAIN      128
#define FREE_LIST_ALIGNMENT  64 /* a cache line */
#define FREE_LIST_SLAB_BYTES ((size_t)64 * 1024)

/* A free object: its first 16 bytes. */
struct free_object {
    struct free_object *next;  /* in its chain */
    struct free_object *chain; /* in the first of a chain: the next chain */
};

struct free_list_slab {
    struct free_list_slab *next;
    void *memory; /* what was allocated: the slab starts at the first aligned address in it */
    char padding[FREE_LIST_ALIGNMENT - 2 * sizeof(void *)];
};

struct free_list {
    struct free_object *open; /* the chain being filled or emptied */
    struct free_object *full; /* chains of FREE_LIST_CHAIN */
    struct free_list_slab *slabs;
    uint32_t open_count;
    uint32_t full_count;
    uint32_t refills;     /* since chains were last moved */
    uint32_t wanted;      /* full chains that should lie here at the start of a window */
    uint32_t object_size; /* a multiple of 8, at least 16; of FREE_LIST_ALIGNMENT if that matters */
};

/* Chains on their way from one region to another. */
struct free_list_depot {
    struct free_object *full;
};

/* An empty list of objects of so many bytes, at least 16; rounded up to 8. */
void free_list_init(struct free_list *list, size_t object_size);
/* Frees all objects that were made here, those that lie elsewhere, too. */
void free_list_clear(struct free_list *list);
/* Between windows: gives chains that are too many to the depot, and takes those that are missing. */
void free_list_level(struct free_list *list, struct free_list_depot *depot);

/* Makes free objects, or opens a full chain. */
void free_list_refill(struct free_list *list);

/* An object; its bytes are what they were. Aborts when memory is out. */
static inline void *free_list_take(struct free_list *list)
{
    if (!list->open)
        free_list_refill(list);
    struct free_object *object = list->open;
    list->open = object->next;
    list->open_count--;
    /* The next one was let go of long ago: have it fetched before it is asked for. */
    __builtin_prefetch(list->open, 1);
    return object;
}

/* Gives an object back, here or in another region's list of the same size. */
static inline void free_list_give(struct free_list *list, void *object)
{
    struct free_object *freed = object;

    if (list->open_count == FREE_LIST_CHAIN) {
        list->open->chain = list->full;
        list->full = list->open;
        list->full_count++;
        list->open = NULL;
        list->open_count = 0;
    }
    freed->next = list->open;
    list->open = freed;
    list->open_count++;
}

#endif
