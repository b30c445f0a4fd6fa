/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Free lists of packets and message buffers, see shelf.h. */
#include "sim/net/shelf.h"

#include <glib.h>

void shelf_init(struct shelf *shelf, size_t object_size)
{
    *shelf = (struct shelf){.object_size = (uint32_t)((object_size + 7) & ~(size_t)7)};
    g_assert(shelf->object_size >= sizeof(struct shelf_free));
}

void shelf_clear(struct shelf *shelf)
{
    while (shelf->slabs) {
        struct shelf_slab *slab = shelf->slabs;
        shelf->slabs = slab->next;
        g_free(slab->memory);
    }
    shelf->open = shelf->full = NULL;
}

void shelf_refill(struct shelf *shelf)
{
    shelf->refills++;
    if (shelf->full) {
        shelf->open = shelf->full;
        shelf->full = shelf->open->chain;
        shelf->full_count--;
        shelf->open_count = SHELF_CHAIN;
        return;
    }
    size_t count = (SHELF_SLAB_BYTES - sizeof(struct shelf_slab)) / shelf->object_size;
    if (count > SHELF_CHAIN)
        count = SHELF_CHAIN;
    char *memory = g_malloc(SHELF_ALIGNMENT + sizeof(struct shelf_slab) + count * shelf->object_size);
    size_t skip = -(uintptr_t)memory & (SHELF_ALIGNMENT - 1);
    struct shelf_slab *slab = (struct shelf_slab *)(void *)(memory + skip);
    char *first = (char *)(slab + 1);

    slab->memory = memory;

    slab->next = shelf->slabs;
    shelf->slabs = slab;
    for (size_t i = count; i-- > 0;)
        shelf_give(shelf, first + i * shelf->object_size);
}

/* What a region will need is what it needed of late; falling demand is followed slowly. */
static void forecast(struct shelf *shelf)
{
    uint32_t needed = shelf->refills + 1;

    if (shelf->wanted > needed)
        shelf->wanted--;
    else
        shelf->wanted = needed;
    shelf->refills = 0;
}

void shelf_level(struct shelf *shelf, struct shelf_depot *depot)
{
    forecast(shelf);
    while (shelf->full_count > shelf->wanted) {
        struct shelf_free *chain = shelf->full;
        shelf->full = chain->chain;
        shelf->full_count--;
        chain->chain = depot->full;
        depot->full = chain;
    }
    while (shelf->full_count < shelf->wanted && depot->full) {
        struct shelf_free *chain = depot->full;
        depot->full = chain->chain;
        chain->chain = shelf->full;
        shelf->full = chain;
        shelf->full_count++;
    }
}
