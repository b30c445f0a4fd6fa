/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The work on messages with a content: their bytes are made as their sender makes them, with the keys that
 * it derives, and read as their receiver reads them, with those that that one derives. What was found must
 * be what was said: a difference ends the process, and names both. */
#ifndef MODELS_CONTENT_WORK_H
#define MODELS_CONTENT_WORK_H

#include "models/content.h"
#include "models/keys/at_hand.h"

/* What workers share. */
struct content_shared {
    struct content_table table;
    struct keys_at_hand bmsc, ue; /* what each side has derived */
};
void content_shared_init(struct content_shared *shared, const struct deployment *deployment);
void content_shared_clear(struct content_shared *shared);

/* Who works: a thread. */
struct content_worker {
    const struct content_table *table;
    struct key_store keys;
    struct keys_at_hand_user bmsc, ue;
    uint8_t *room;                       /* for the bytes of a group of messages */
    uint64_t groups[MESSAGE_KIND_COUNT]; /* that were worked on */
};
/* number: of the thread. */
void content_worker_init(struct content_worker *worker, const struct deployment *deployment,
                         struct content_shared *shared, unsigned number);
void content_worker_clear(struct content_worker *worker);

/* As net_handlers.work() and write(). */
unsigned content_work(struct content_worker *worker, unsigned kind, struct net_message *const messages[],
                      unsigned count);
void content_write(struct net_region *at, const struct net_message *message, uint8_t *out);

#endif
