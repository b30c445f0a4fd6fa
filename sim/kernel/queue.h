/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The pending events of one region, taken out in the exact order (time, origin, entity, sequence).
 *
 * An event may be pushed at any time not before the last one taken. One owner at a time; no locks. */
#ifndef SIM_KERNEL_QUEUE_H
#define SIM_KERNEL_QUEUE_H

#include "sim/kernel/event_heap.h"

struct queue {
    struct event_heap near;
};

void queue_init(struct queue *queue);
void queue_clear(struct queue *queue);

/* Keeps a copy of the event. */
void queue_push(struct queue *queue, const struct kernel_event *event);

/* Takes the earliest event out if its time is before limit_ns. */
bool queue_pop_before(struct queue *queue, int64_t limit_ns, struct kernel_event *out);

/* Time of the earliest event; CLOCK_NEVER if there is none. */
int64_t queue_next_ns(struct queue *queue);

uint64_t queue_count(const struct queue *queue);

/* Calls visit() for every event, in no order; visit() must leave the queue alone. */
void queue_each(const struct queue *queue, void (*visit)(void *user, const struct kernel_event *event),
                void *user);

#endif
