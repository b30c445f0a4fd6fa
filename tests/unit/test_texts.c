/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts that wait with a request: short ones, long ones, and the change from one to the other. */
#include "models/texts.h"
#include "tests/tap/tap.h"

static char letters[TEXTS_ONE_BYTES_MAX];

static void check(struct pool *pool, struct texts *t, size_t a, size_t b, size_t c, uint32_t in_pool)
{
    struct bytes of[] = {bytes_of(letters, a), bytes_of(letters + 1, b), bytes_of(letters + 2, c)};

    texts_put(pool, t, of, 3);
    for (unsigned i = 0; i < 3; i++)
        g_assert_true(bytes_equal(texts_get(pool, t, i), of[i]));
    g_assert_cmpuint(pool->used, ==, in_pool);
}

static void test_lengths(void)
{
    struct pool pool;
    struct texts t = {0}, other = {0};

    for (unsigned i = 0; i < sizeof letters; i++)
        letters[i] = (char)('a' + i % 26);
    texts_pool_init(&pool);
    g_assert_cmpuint(texts_get(&pool, &t, 0).len, ==, 0);
    check(&pool, &t, 24, 16, 38, 0); /* what our UEs write */
    check(&pool, &t, TEXTS_BYTES, 0, 0, 0);
    check(&pool, &t, 0, TEXTS_BYTES, 1, 1);
    check(&pool, &t, 126, 126, 126, 1);
    check(&pool, &other, 128, 127, 126, 2);
    check(&pool, &t, 126, 126, 126, 2); /* the other one's stand elsewhere */
    g_assert_cmpuint(texts_get(&pool, &other, 0).len, ==, 128);
    check(&pool, &t, 1, 2, 3, 1);
    texts_drop(&pool, &t);
    texts_drop(&pool, &other);
    texts_drop(&pool, &other); /* nothing left: nothing happens */
    g_assert_cmpuint(pool.used, ==, 0);
    pool_clear(&pool);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/texts/lengths", test_lengths);
    return g_test_run();
}
