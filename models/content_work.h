/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The work on messages with a content: their bytes are made as their sender makes them, with the keys that
 * it derives, and read as their receiver reads them, with those that that one derives. What was found must
 * be what was said: a difference ends the process, and names both. */
#ifndef MODELS_CONTENT_WORK_H
#define MODELS_CONTENT_WORK_H

#include "models/content.h"
#include "models/keys/at_hand.h"

/* Who works: keys of its own, used by one thread at a time. */
struct content_worker {
    const struct content_table *table;
    struct key_store keys;
    struct keys_at_hand bmsc, ue;        /* what each side has derived */
    uint8_t *room;                       /* for the bytes of a group of messages */
    uint64_t groups[MESSAGE_KIND_COUNT]; /* that were worked on */
};

/* The table of a deployment, which a worker makes with its keys. */
void content_table_init(struct content_table *table, const struct key_store *keys);

void content_worker_init(struct content_worker *worker, const struct deployment *deployment,
                         const struct content_table *table);
void content_worker_clear(struct content_worker *worker);

/* As net_handlers.work() and write(). */
unsigned content_work(struct content_worker *worker, unsigned kind, struct net_message *const messages[],
                      unsigned count);
void content_write(struct net_region *at, const struct net_message *message, uint8_t *out);

#endif
