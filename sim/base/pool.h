/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A pool of equal objects named by 32-bit indexes: O(1) take and give, memory grows in slabs that never
 * move, so pointers stay valid. One owner (region) at a time; not for sharing between threads. */
#ifndef SIM_BASE_POOL_H
#define SIM_BASE_POOL_H

#include <stddef.h>
#include <stdint.h>

#define POOL_NONE      UINT32_MAX
#define POOL_SLAB_BITS 10

struct pool {
    void **slabs;
    uint32_t slab_count;
    uint32_t object_size; /* a multiple of 8 */
    uint32_t free_head;   /* free objects are chained through their first four bytes */
    uint32_t used;        /* objects taken and not given back */
    uint32_t top;         /* objects ever made */
};

/* An empty pool; object_size >= 4 bytes, rounded up to 8. */
void pool_init(struct pool *pool, size_t object_size);
/* Frees all objects; the pool is empty then. */
void pool_clear(struct pool *pool);

/* Takes an object; its bytes are what they were (not zeroed). Aborts when memory is out. */
uint32_t pool_take(struct pool *pool);
/* Gives an object back that was taken. */
void pool_give(struct pool *pool, uint32_t index);

/* The object of an index that was taken. */
static inline void *pool_at(const struct pool *pool, uint32_t index)
{
    char *slab = pool->slabs[index >> POOL_SLAB_BITS];
    return slab + (size_t)(index & ((1U << POOL_SLAB_BITS) - 1)) * pool->object_size;
}

#endif
