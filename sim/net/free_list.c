/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Free lists of packets and message buffers, see free_list.h. */
#include "sim/net/free_list.h"

#include <glib.h>

void free_list_init(struct free_list *list, size_t object_size)
{
    *list = (struct free_list){.object_size = (uint32_t)((object_size + 7) & ~(size_t)7)};
    g_assert(list->object_size >= sizeof(struct free_object));
}

void free_list_clear(struct free_list *list)
{
    while (list->slabs) {
        struct free_list_slab *slab = list->slabs;
        list->slabs = slab->next;
        g_free(slab->memory);
    }
    list->open = list->full = NULL;
}

void free_list_refill(struct free_list *list)
{
    list->refills++;
    if (list->full) {
        list->open = list->full;
        list->full = list->open->chain;
        list->full_count--;
        list->open_count = FREE_LIST_CHAIN;
        return;
    }
    size_t count = (FREE_LIST_SLAB_BYTES - sizeof(struct free_list_slab)) / list->object_size;
    if (count > FREE_LIST_CHAIN)
        count = FREE_LIST_CHAIN;
    char *memory = g_malloc(FREE_LIST_ALIGNMENT + sizeof(struct free_list_slab) + count * list->object_size);
    size_t skip = -(uintptr_t)memory & (FREE_LIST_ALIGNMENT - 1);
    struct free_list_slab *slab = (struct free_list_slab *)(void *)(memory + skip);
    char *first = (char *)(slab + 1);

    slab->memory = memory;

    slab->next = list->slabs;
    list->slabs = slab;
    for (size_t i = count; i-- > 0;)
        free_list_give(list, first + i * list->object_size);
}

/* What a region will need is what it needed of late; falling demand is followed slowly. */
static void free_list_forecast(struct free_list *list)
{
    uint32_t needed = list->refills + 1;

    if (list->wanted > needed)
        list->wanted--;
    else
        list->wanted = needed;
    list->refills = 0;
}

void free_list_level(struct free_list *list, struct free_list_depot *depot)
{
    free_list_forecast(list);
    while (list->full_count > list->wanted) {
        struct free_object *chain = list->full;
        list->full = chain->chain;
        list->full_count--;
        chain->chain = depot->full;
        depot->full = chain;
    }
    while (list->full_count < list->wanted && depot->full) {
        struct free_object *chain = depot->full;
        depot->full = chain->chain;
        chain->chain = list->full;
        list->full = chain;
        list->full_count++;
    }
}
