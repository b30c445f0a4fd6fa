/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bags of events and the store their chunks come from. */
#include "sim/kernel/event_bag.h"

#include <glib.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { SLAB_CHUNKS_FIRST = 8, SLAB_CHUNKS_MAX = 8192 }; /* 4 KiB to 4 MiB */
enum { HUGE_PAGE_BYTES = 2 << 20 };

_Static_assert(sizeof(struct event_chunk) == CHUNK_BYTES, "the address of an event tells its chunk");

static struct event_chunk *chunk_store_allocate_slab(size_t chunks)
{
    size_t bytes = chunks * sizeof(struct event_chunk);
    void *slab = aligned_alloc(bytes < HUGE_PAGE_BYTES ? CHUNK_BYTES : HUGE_PAGE_BYTES, bytes);

    if (!slab)
        g_error("kernel: failed to allocate %" G_GSIZE_FORMAT " bytes of events", bytes);
    /* Buckets are written all over the slabs: with small pages nearly every write would miss the TLB. That
     * the advice may be refused does not matter. */
    if (bytes >= HUGE_PAGE_BYTES)
        (void)madvise(slab, bytes, MADV_HUGEPAGE);
    return slab;
}

static void chunk_store_add_slab(struct chunk_store *store)
{
    store->slab_chunks =
        store->slab_chunks ? MIN(2 * store->slab_chunks, SLAB_CHUNKS_MAX) : SLAB_CHUNKS_FIRST;
    struct event_chunk *slab = chunk_store_allocate_slab(store->slab_chunks);
    slab->next = store->slabs;
    store->slabs = slab;
    for (size_t i = store->slab_chunks - 1; i > 0; i--) {
        slab[i].next = store->free;
        store->free = &slab[i];
    }
}

void chunk_store_clear(struct chunk_store *store)
{
    while (store->slabs) {
        struct event_chunk *next = store->slabs->next;
        free(store->slabs);
        store->slabs = next;
    }
    *store = (struct chunk_store){0};
}

struct kernel_event *event_bag_add_chunk(struct event_bag *bag, struct chunk_store *store)
{
    if (!store->free)
        chunk_store_add_slab(store);
    struct event_chunk *chunk = store->free;
    store->free = chunk->next;
    chunk->behind = event_bag_count(bag);
    chunk->next = event_bag_chunk(bag);
    return chunk->event + CHUNK_EVENTS;
}

void event_bag_range(const struct event_bag *bag, int64_t *min_ns, int64_t *max_ns)
{
    int64_t min = INT64_MAX, max = INT64_MIN;
    uint32_t first = event_bag_first(bag);

    for (const struct event_chunk *chunk = event_bag_chunk(bag); chunk; chunk = chunk->next) {
        if (chunk->next)
            event_chunk_prefetch(chunk->next);
        for (uint32_t i = first; i < CHUNK_EVENTS; i++) {
            min = MIN(min, chunk->event[i].time_ns);
            max = MAX(max, chunk->event[i].time_ns);
        }
        first = 0;
    }
    *min_ns = min;
    *max_ns = max;
}

void event_bag_each(const struct event_bag *bag, void (*visit)(void *user, const struct kernel_event *event),
                    void *user)
{
    uint32_t first = event_bag_first(bag);

    for (const struct event_chunk *chunk = event_bag_chunk(bag); chunk; chunk = chunk->next) {
        for (uint32_t i = first; i < CHUNK_EVENTS; i++)
            visit(user, &chunk->event[i]);
        first = 0;
    }
}
