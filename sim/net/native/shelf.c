/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Free lists of packets and message buffers, see shelf.h. */
#include "sim/net/native/shelf.h"

#include <glib.h>

/* What a region may keep before it gives chains away. */
#define SHELF_FULL_KEEP 2

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
        g_free(slab);
    }
    shelf->open = shelf->full = NULL;
}

void shelf_refill(struct shelf *shelf)
{
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
    struct shelf_slab *slab = g_malloc(sizeof *slab + count * shelf->object_size);
    char *first = (char *)(slab + 1);

    slab->next = shelf->slabs;
    shelf->slabs = slab;
    for (size_t i = count; i-- > 0;)
        shelf_give(shelf, first + i * shelf->object_size);
}

void shelf_level(struct shelf *shelf, struct shelf_depot *depot)
{
    while (shelf->full_count > SHELF_FULL_KEEP) {
        struct shelf_free *chain = shelf->full;
        shelf->full = chain->chain;
        shelf->full_count--;
        chain->chain = depot->full;
        depot->full = chain;
    }
    if (shelf->full_count == 0 && depot->full) {
        struct shelf_free *chain = depot->full;
        depot->full = chain->chain;
        chain->chain = shelf->full;
        shelf->full = chain;
        shelf->full_count++;
    }
}
