/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts that wait with a request. */
#include "models/texts.h"

#include <glib.h>
#include <string.h>

void texts_pool_init(struct pool *pool)
{
    pool_init(pool, TEXTS_MAX * TEXTS_ONE_BYTES_MAX);
}

static bool is_long(const struct texts *t)
{
    return t->length[0] + t->length[1] + t->length[2] > TEXTS_BYTES;
}

void texts_put(struct pool *pool, struct texts *t, const struct bytes *of, unsigned count)
{
    char *to = t->at.here;

    texts_drop(pool, t);
    for (unsigned i = 0; i < count; i++) {
        g_assert(of[i].len <= TEXTS_ONE_BYTES_MAX);
        t->length[i] = (uint8_t)of[i].len;
    }
    if (is_long(t)) {
        t->at.place = pool_take(pool);
        to = pool_at(pool, t->at.place);
    }
    for (unsigned i = 0; i < count; i++)
        if (of[i].len > 0)
            to = (char *)memcpy(to, of[i].at, of[i].len) + of[i].len;
}

struct bytes texts_get(const struct pool *pool, const struct texts *t, unsigned index)
{
    const char *at = is_long(t) ? pool_at(pool, t->at.place) : t->at.here;

    for (unsigned i = 0; i < index; i++)
        at += t->length[i];
    return bytes_of(at, t->length[index]);
}

void texts_drop(struct pool *pool, struct texts *t)
{
    if (is_long(t))
        pool_give(pool, t->at.place);
    memset(t->length, 0, sizeof t->length);
}
