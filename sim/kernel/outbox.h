/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Events a region has sent to others in the window being run; the coordinator empties it at the window's
 * end. Keeps its memory, so that steady state allocates nothing. */
#ifndef SIM_KERNEL_OUTBOX_H
#define SIM_KERNEL_OUTBOX_H

#include "sim/kernel/kernel.h"

#include <stddef.h>

struct outbox_entry {
    struct kernel_event event;
    uint32_t to;
};

/* All zero is an empty outbox. */
struct outbox {
    struct outbox_entry *entry;
    size_t count;
    size_t capacity;
};

/* Frees all memory; the outbox is empty then. */
void outbox_clear(struct outbox *outbox);
/* Appends an event for a region, which the caller writes at once. */
struct kernel_event *outbox_place(struct outbox *outbox, uint32_t to);
/* Calls deliver() for each entry, in order, and empties the outbox. */
void outbox_empty(struct outbox *outbox,
                  void (*deliver)(void *user, uint32_t to, const struct kernel_event *event), void *user);
/* Calls visit() for each entry, in order. */
void outbox_each(const struct outbox *outbox, void (*visit)(void *user, const struct kernel_event *event),
                 void *user);

#endif
