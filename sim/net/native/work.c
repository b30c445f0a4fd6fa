/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages with a content wait here until a window begins in which they may be delivered: kind by kind, as
 * many at a time as the models take, since that is what makes it cheap. Those that are due take others of
 * their kind along, so that no group is sent off half full while more wait. */
#include "sim/net/native/internal.h"

static void work_list_add(struct work_list *list, struct net_message *message)
{
    if (list->count == list->capacity) {
        list->capacity = MAX(64, 2 * list->capacity);
        list->messages = g_renew(struct net_message *, list->messages, list->capacity);
    }
    list->messages[list->count++] = message;
}

void native_work_add(struct native_region *region, struct net_message *message)
{
    if (!message->has_content)
        return;
    atomic_store_explicit(&message->work, WORK_LISTED, memory_order_relaxed);
    work_list_add(&region->sent, message);
}

/* Room for one more behind the last: what is done makes room, once that is half of it. */
static void work_queue_make_room(struct work_queue *queue)
{
    if (queue->first + queue->count < queue->capacity)
        return;
    if (queue->first > queue->count) {
        memmove(queue->entries, queue->entries + queue->first, queue->count * sizeof *queue->entries);
        queue->first = 0;
        return;
    }
    queue->capacity = MAX(64, 2 * queue->capacity);
    queue->entries = g_renew(struct work_entry, queue->entries, queue->capacity);
}

static void work_queue_add(struct work_queue *queue, struct net_message *message, int64_t due_ns)
{
    work_queue_make_room(queue);
    queue->entries[queue->first + queue->count++] = (struct work_entry){message, due_ns};
}

/* A packet needs two links, of which one is a server's. */
static int64_t work_delay_ns(const struct native *native)
{
    const struct network_config *config = &native->config;

    return config->core_delay_ns + MIN(config->core_delay_ns, config->access_delay_ns);
}

/* What was sent since `since_ns` joins its kind. */
static void work_collect(struct native *native, int64_t since_ns)
{
    int64_t due_ns = since_ns + work_delay_ns(native);

    for (uint32_t r = 0; r < native->region_count; r++) {
        struct work_list *sent = &native->regions[r].sent;

        for (uint32_t i = 0; i < sent->count; i++)
            work_queue_add(&native->work[sent->messages[i]->kind], sent->messages[i], due_ns);
        sent->count = 0;
    }
}

#define FETCH_BYTES 256 /* of a message: its head and content */

/* Messages were written a long time ago: those of the next group are fetched while this one is worked on. */
static void work_fetch(const struct work_queue *queue)
{
    uint32_t end = queue->first + MIN(queue->count, NET_WORK_MAX);

    for (uint32_t i = queue->first; i < end; i++) {
        const char *message = (const char *)queue->entries[i].message;

        for (unsigned at = 0; at < FETCH_BYTES; at += FREE_LIST_ALIGNMENT)
            __builtin_prefetch(message + at, 1);
    }
}

/* Takes up to NET_WORK_MAX messages out, those aside that were lost meanwhile. */
static unsigned work_take(struct native *native, struct work_queue *queue, struct net_message **group)
{
    unsigned count = 0;

    while (queue->count > 0 && count < NET_WORK_MAX) {
        struct net_message *message = queue->entries[queue->first++].message;

        queue->count--;
        if (atomic_load_explicit(&message->work, memory_order_relaxed) == WORK_ORPHANED)
            message_give(native->regions[0].messages, message);
        else
            group[count++] = message;
    }
    work_fetch(queue);
    return count;
}

static void work_do(struct native *native, unsigned kind)
{
    struct net_message *group[NET_WORK_MAX];
    unsigned count = work_take(native, &native->work[kind], group);

    if (count == 0)
        return;
    if (native->config.handlers->work(native->config.user, kind, group, count) != count)
        g_error("native: of %u messages of kind %s not all were verified", count,
                native->config.kind_names[kind]);
    for (unsigned i = 0; i < count; i++)
        atomic_store_explicit(&group[i]->work, WORK_DONE, memory_order_relaxed);
}

void native_work_begin(struct native *native, int64_t start_ns, int64_t end_ns)
{
    work_collect(native, native->window_ns);
    native->window_ns = start_ns;
    for (unsigned kind = 0; kind < native->config.kinds; kind++) {
        const struct work_queue *queue = &native->work[kind];

        while (queue->count > 0 && queue->entries[queue->first].due_ns < end_ns)
            work_do(native, kind);
    }
}

void native_work_clear(struct native *native)
{
    for (unsigned kind = 0; kind < NET_KINDS_MAX; kind++)
        g_free(native->work[kind].entries);
    for (uint32_t r = 0; r < native->region_count; r++)
        g_free(native->regions[r].sent.messages);
}

const void *native_content(const struct native_region *region, const struct net_message *message)
{
    if (!message->has_content)
        return NULL;
    if (atomic_load_explicit(&message->work, memory_order_relaxed) != WORK_DONE)
        g_error("native: a message of kind %s arrives before its bytes were made and verified",
                region->native->config.kind_names[message->kind]);
    return message->bytes;
}
