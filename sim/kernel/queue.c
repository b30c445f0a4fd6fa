/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pending events of a region. */
#include "sim/kernel/queue.h"

#include "sim/kernel/clock.h"

void queue_init(struct queue *queue)
{
    event_heap_init(&queue->near);
}

void queue_clear(struct queue *queue)
{
    event_heap_clear(&queue->near);
}

void queue_push(struct queue *queue, const struct kernel_event *event)
{
    event_heap_push(&queue->near, event);
}

bool queue_pop_before(struct queue *queue, int64_t limit_ns, struct kernel_event *out)
{
    if (queue->near.count == 0 || queue->near.event[0].time_ns >= limit_ns)
        return false;
    *out = queue->near.event[0];
    event_heap_drop(&queue->near);
    return true;
}

int64_t queue_next_ns(struct queue *queue)
{
    return queue->near.count == 0 ? CLOCK_NEVER : queue->near.event[0].time_ns;
}

uint64_t queue_count(const struct queue *queue)
{
    return queue->near.count;
}

void queue_each(const struct queue *queue, void (*visit)(void *user, const struct kernel_event *event),
                void *user)
{
    for (size_t i = 0; i < queue->near.count; i++)
        visit(user, &queue->near.event[i]);
}
