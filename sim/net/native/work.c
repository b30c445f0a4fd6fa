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

/* Messages of one kind that are worked on together. */
struct work_group {
    unsigned kind, count;
    struct net_message *messages[NET_WORK_MAX];
};

void native_work_init(struct native *native)
{
    native->work_groups = g_array_new(FALSE, FALSE, sizeof(struct work_group));
}

/* Takes up to NET_WORK_MAX messages out, those aside that were lost meanwhile. */
static void work_take(struct native *native, unsigned kind)
{
    struct work_queue *queue = &native->work[kind];
    struct work_group group = {.kind = kind};

    while (queue->count > 0 && group.count < NET_WORK_MAX) {
        struct net_message *message = queue->entries[queue->first++].message;

        queue->count--;
        if (atomic_load_explicit(&message->work, memory_order_relaxed) == WORK_ORPHANED)
            message_give(native->regions[0].messages, message);
        else
            group.messages[group.count++] = message;
    }
    if (group.count > 0)
        g_array_append_val(native->work_groups, group);
}

#define FETCH_BYTES 256 /* of a message: its head and content */

/* Messages were written a long time ago. */
static void work_fetch(const struct work_group *group)
{
    for (unsigned i = 0; i < group->count; i++)
        for (unsigned at = 0; at < FETCH_BYTES; at += FREE_LIST_ALIGNMENT)
            __builtin_prefetch((const char *)group->messages[i] + at, 1);
}

static void work_do(void *user, unsigned index, unsigned thread)
{
    const struct native *native = user;
    const struct work_group *group = &g_array_index(native->work_groups, struct work_group, index);

    /* Mostly that of this thread's next turn. */
    if (index + 1 < native->work_groups->len)
        work_fetch(group + 1);
    if (native->config.handlers->work(native->config.user, thread, group->kind, group->messages,
                                      group->count) != group->count)
        g_error("native: of %u messages of kind %s not all were verified", group->count,
                native->config.kind_names[group->kind]);
    for (unsigned i = 0; i < group->count; i++)
        atomic_store_explicit(&group->messages[i]->work, WORK_DONE, memory_order_relaxed);
}

void native_work_begin(struct native *native, int64_t start_ns, int64_t end_ns)
{
    work_collect(native, native->window_ns);
    native->window_ns = start_ns;
    g_array_set_size(native->work_groups, 0);
    for (unsigned kind = 0; kind < native->config.kinds; kind++) {
        const struct work_queue *queue = &native->work[kind];

        while (queue->count > 0 && queue->entries[queue->first].due_ns < end_ns)
            work_take(native, kind);
    }
    threads_run(native->threads, native->work_groups->len, work_do, native);
}

void native_work_clear(struct native *native)
{
    for (unsigned kind = 0; kind < NET_KINDS_MAX; kind++)
        g_free(native->work[kind].entries);
    g_array_unref(native->work_groups);
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
