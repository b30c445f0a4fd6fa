/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a region sends to others waits here for the end of the window. */
#include "sim/kernel/outbox.h"

#include <glib.h>

enum { CAPACITY_FIRST = 32 };

void outbox_clear(struct outbox *outbox)
{
    g_free(outbox->entry);
    *outbox = (struct outbox){0};
}

struct kernel_event *outbox_place(struct outbox *outbox, uint32_t to)
{
    if (outbox->count == outbox->capacity) {
        outbox->capacity = outbox->capacity ? 2 * outbox->capacity : CAPACITY_FIRST;
        outbox->entry = g_renew(struct outbox_entry, outbox->entry, outbox->capacity);
    }
    struct outbox_entry *entry = &outbox->entry[outbox->count++];
    entry->to = to;
    return &entry->event;
}

void outbox_empty(struct outbox *outbox,
                  void (*deliver)(void *user, uint32_t to, const struct kernel_event *event), void *user)
{
    for (size_t i = 0; i < outbox->count; i++)
        deliver(user, outbox->entry[i].to, &outbox->entry[i].event);
    outbox->count = 0;
}

void outbox_each(const struct outbox *outbox, void (*visit)(void *user, const struct kernel_event *event),
                 void *user)
{
    for (size_t i = 0; i < outbox->count; i++)
        visit(user, &outbox->entry[i].event);
}
