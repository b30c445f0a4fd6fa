/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts of a message (nonce, opaque, cnonce, uri) that are needed again when their request is served or
 * answered. Millions may wait, so there is room for what our own peers write; longer texts, which no standard
 * forbids, stand in a pool of their room. */
#ifndef MODELS_TEXTS_H
#define MODELS_TEXTS_H

#include "sim/base/bytes.h"
#include "sim/base/pool.h"

#ifdef __cplusplus
extern "C" {
#endif

#define TEXTS_MAX           3
#define TEXTS_BYTES         80  /* of our own: nonce, cnonce and uri of an MSK request have 78 */
#define TEXTS_ONE_BYTES_MAX 128 /* longest of them that is taken */

/* All zero: none. */
struct texts {
    uint8_t length[TEXTS_MAX];
    union {
        char here[TEXTS_BYTES];
        uint32_t place; /* in the pool, if they are longer together */
    } at;
};

/* A pool for long ones; to be cleared with pool_clear(), whatever still stands in it. */
void texts_pool_init(struct pool *pool);

/* Copies `count` texts of TEXTS_ONE_BYTES_MAX each at most, in place of what t held; none of them may be t's
 * own. */
void texts_put(struct pool *pool, struct texts *t, const struct bytes *of, unsigned count);
/* One of them, until t is put or dropped. */
struct bytes texts_get(const struct pool *pool, const struct texts *t, unsigned index);
void texts_drop(struct pool *pool, struct texts *t);

#ifdef __cplusplus
}
#endif

#endif
