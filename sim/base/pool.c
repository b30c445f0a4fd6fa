/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pool of equal objects: a chain of free ones, and slabs that are added when the chain is empty. */
#include "sim/base/pool.h"

#include <glib.h>
#include <string.h>

enum { OBJECTS_PER_SLAB = 1 << POOL_SLAB_BITS, ALIGNMENT = 8 };

void pool_init(struct pool *pool, size_t object_size)
{
    g_assert(object_size >= sizeof pool->free_head && object_size <= UINT32_MAX - ALIGNMENT);
    memset(pool, 0, sizeof *pool);
    pool->object_size = (uint32_t)((object_size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
    pool->free_head = POOL_NONE;
}

void pool_clear(struct pool *pool)
{
    size_t object_size = pool->object_size;

    for (uint32_t i = 0; i < pool->slab_count; i++)
        g_free(pool->slabs[i]);
    g_free(pool->slabs);
    pool_init(pool, object_size);
}

/* The table of slabs doubles whenever its size is a power of two, so it needs no capacity of its own. */
static void pool_add_slab(struct pool *pool)
{
    uint32_t count = pool->slab_count;

    if ((count & (count - 1)) == 0)
        pool->slabs = g_renew(void *, pool->slabs, count ? 2 * (size_t)count : 1);
    pool->slabs[count] = g_malloc0_n(OBJECTS_PER_SLAB, pool->object_size);
    pool->slab_count++;
}

static uint32_t pool_make_object(struct pool *pool)
{
    if (pool->top == POOL_NONE)
        g_error("pool: more than %u objects of %u bytes", POOL_NONE, pool->object_size);
    if (pool->top >> POOL_SLAB_BITS == pool->slab_count)
        pool_add_slab(pool);
    return pool->top++;
}

uint32_t pool_take(struct pool *pool)
{
    uint32_t index = pool->free_head;

    if (index == POOL_NONE)
        index = pool_make_object(pool);
    else
        memcpy(&pool->free_head, pool_at(pool, index), sizeof pool->free_head);
    pool->used++;
    /* The next one was given back long ago: have it fetched before it is asked for. */
    if (pool->free_head != POOL_NONE)
        __builtin_prefetch(pool_at(pool, pool->free_head), 1);
    return index;
}

void pool_give(struct pool *pool, uint32_t index)
{
    g_assert(index < pool->top && pool->used > 0);
    memcpy(pool_at(pool, index), &pool->free_head, sizeof pool->free_head);
    pool->free_head = index;
    pool->used--;
}
