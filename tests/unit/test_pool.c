/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pool: objects are distinct, stay where they are, and come back after they were given. Table: zeros, or
 * nothing. */
#include "sim/base/pool.h"
#include "sim/base/table.h"
#include "tests/tap/tap.h"

enum { OBJECTS = 5000 }; /* several slabs */

static void fill(struct pool *pool)
{
    for (uint32_t i = 0; i < OBJECTS; i++) {
        uint32_t index = pool_take(pool);
        memset(pool_at(pool, index), (int)(index % 251), pool->object_size);
    }
}

static void test_distinct(void)
{
    struct pool pool;
    GHashTable *seen = g_hash_table_new(NULL, NULL);

    pool_init(&pool, 20);
    g_assert_cmpuint(pool.object_size, ==, 24);
    for (uint32_t i = 0; i < OBJECTS; i++) {
        uint32_t index = pool_take(&pool);
        g_assert_cmpuint(index, <, OBJECTS);
        g_assert_true(g_hash_table_add(seen, pool_at(&pool, index)));
    }
    g_assert_cmpuint(pool.used, ==, OBJECTS);
    g_hash_table_destroy(seen);
    pool_clear(&pool);
    g_assert_cmpuint(pool.used, ==, 0);
    g_assert_cmpuint(pool_take(&pool), ==, 0); /* a cleared pool serves again */
    pool_clear(&pool);
}

static void test_contents_stay(void)
{
    struct pool pool;

    pool_init(&pool, 40);
    uint32_t first = pool_take(&pool);
    char *at = pool_at(&pool, first);
    memset(at, (int)(first % 251), 40);
    fill(&pool);
    g_assert_true(pool_at(&pool, first) == at); /* growing moved nothing */
    for (uint32_t index = 0; index <= OBJECTS; index++) {
        const unsigned char *object = pool_at(&pool, index);
        for (uint32_t i = 0; i < pool.object_size; i++)
            g_assert_cmpuint(object[i], ==, index % 251);
    }
    pool_clear(&pool);
}

static void test_reuse(void)
{
    struct pool pool;

    pool_init(&pool, 4);
    g_assert_cmpuint(pool.object_size, ==, 8);
    fill(&pool);
    uint32_t slabs = pool.slab_count;
    for (uint32_t index = 1; index < OBJECTS; index += 2)
        pool_give(&pool, index);
    g_assert_cmpuint(pool.used, ==, OBJECTS / 2);
    for (uint32_t i = 0; i < OBJECTS / 2; i++)
        g_assert_cmpuint(pool_take(&pool) % 2, ==, 1);
    g_assert_cmpuint(pool.used, ==, OBJECTS);
    g_assert_cmpuint(pool.top, ==, OBJECTS);
    g_assert_cmpuint(pool.slab_count, ==, slabs);
    g_assert_cmpuint(pool_take(&pool), ==, OBJECTS);
    pool_clear(&pool);
}

/* Only the first four bytes of an object that was given back are the pool's. */
static void test_bytes_kept(void)
{
    struct pool pool;
    const char pattern[12] = "0123456789ab";

    pool_init(&pool, 16);
    uint32_t index = pool_take(&pool);
    memcpy((char *)pool_at(&pool, index) + 4, pattern, sizeof pattern);
    pool_give(&pool, index);
    g_assert_cmpuint(pool_take(&pool), ==, index);
    g_assert_cmpmem((char *)pool_at(&pool, index) + 4, sizeof pattern, pattern, sizeof pattern);
    pool_clear(&pool);
}

static void test_give_foreign(void)
{
    if (g_test_subprocess()) {
        struct pool pool;
        pool_init(&pool, 16);
        pool_give(&pool, pool_take(&pool) + 1);
        return;
    }
    g_test_trap_subprocess(NULL, 0, 0);
    g_test_trap_assert_failed();
}

static void test_table(void)
{
    static const size_t counts[] = {0, 1, 1000, 1000000};

    for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
        uint64_t *table = table_new(counts[i], sizeof *table);

        g_assert_nonnull(table);
        if (counts[i]) {
            g_assert_cmpuint(table[0] | table[counts[i] - 1], ==, 0);
            table[counts[i] - 1] = 1;
        }
        table_free(table, counts[i], sizeof *table);
    }
    table_free(NULL, 5, 8);
}

/* More than the address space holds, and more than a size can say. */
static void test_table_too_large(void)
{
    g_assert_null(table_new((size_t)1 << 50, 8));
    g_assert_null(table_new(SIZE_MAX, 1));
    g_assert_null(table_new(SIZE_MAX / 4, 8));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/pool/distinct", test_distinct);
    g_test_add_func("/pool/contents-stay", test_contents_stay);
    g_test_add_func("/pool/reuse", test_reuse);
    g_test_add_func("/pool/bytes-kept", test_bytes_kept);
    g_test_add_func("/pool/give-foreign", test_give_foreign);
    g_test_add_func("/table/zeros", test_table);
    g_test_add_func("/table/too-large", test_table_too_large);
    return g_test_run();
}
