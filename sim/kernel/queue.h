/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The pending events of one region, taken out in the exact order (time, origin, entity, sequence).
 *
 * A ladder queue (W. T. Tang, R. S. M. Goh, I. L.-J. Thng, "Ladder queue: an O(1) priority queue structure
 * for large-scale discrete event simulation", ACM TOMACS 15(3), 2005) with chunked buckets. From far to near:
 *
 *     top           events at or after top_start_ns, unordered
 *     rung 0        a range of time cut into buckets, each an unordered bag
 *     rung 1 ...    one bucket of the rung above that was too full to sort, cut again
 *     run, near     events before near_end_ns: the last bucket taken, sorted, and a heap of what arrived for
 *                   that stretch since
 *
 * An event is copied once for every rung it passes, however many events are pending. An event may be
 * pushed at any time not before the last one taken. One owner at a time; no locks. */
#ifndef SIM_KERNEL_QUEUE_H
#define SIM_KERNEL_QUEUE_H

#include "sim/kernel/event_bag.h"
#include "sim/kernel/event_heap.h"
#include "sim/kernel/event_run.h"

enum { QUEUE_RUNGS = 8 };

/* Buckets of 2^shift ns from start_ns on; the last one reaches to end_ns. Those before `current` are
 * done. */
struct queue_rung {
    int64_t start_ns;
    int64_t end_ns;
    struct event_bag *bucket;
    uint32_t buckets;
    uint32_t capacity;
    uint32_t current;
    unsigned shift;
};

struct queue {
    struct event_run run;
    struct event_heap near;
    size_t near_limit; /* a larger heap is worth turning into a rung */
    int64_t near_end_ns;
    int64_t top_start_ns;
    int64_t top_min_ns;
    int64_t top_max_ns;
    struct event_bag top;
    unsigned rungs;
    struct queue_rung rung[QUEUE_RUNGS];
    struct chunk_store store;
    uint64_t count;
};

/* An empty queue. */
void queue_init(struct queue *queue);
/* Frees all memory; the queue is empty then. */
void queue_clear(struct queue *queue);

/* Keeps a copy of the event, whose time is before CLOCK_NEVER. */
void queue_push(struct queue *queue, const struct kernel_event *event);

/* The place of a new event of that time, to be written at once; NULL if it has to be pushed. Saves a copy. */
struct kernel_event *queue_place(struct queue *queue, int64_t time_ns);

/* As queue_take_before(), for the case that the next event is not simply the next of the run. */
const struct kernel_event *queue_take_any_before(struct queue *queue, int64_t limit_ns,
                                                 struct kernel_event *spare);

/* Takes the earliest event out if its time is before limit_ns; NULL if there is none. The event lies in
 * the queue or in `spare`, and stays as it is until the queue is asked for another one; pushing leaves it
 * alone. */
static inline const struct kernel_event *queue_take_before(struct queue *queue, int64_t limit_ns,
                                                           struct kernel_event *spare)
{
    struct event_run *run = &queue->run;

    if (queue->near.count > 0 || run->next == run->count)
        return queue_take_any_before(queue, limit_ns, spare);
    if (run->event[run->next].time_ns >= limit_ns)
        return NULL;
    queue->count--;
    return &run->event[run->next++];
}

/* Takes a copy of the earliest event out if its time is before limit_ns. */
bool queue_pop_before(struct queue *queue, int64_t limit_ns, struct kernel_event *out);

/* The earliest event, until the queue is touched again; NULL if there is none. */
const struct kernel_event *queue_peek(struct queue *queue);

/* Time of the earliest event; CLOCK_NEVER if there is none. */
int64_t queue_next_ns(struct queue *queue);

/* How many of the events that come next lie sorted in the run. */
static inline size_t queue_known(const struct queue *queue)
{
    return queue->run.count - queue->run.next;
}

/* The event `places` behind the earliest of those, places < queue_known(). A hint only: other events may
 * still come before it. */
static inline const struct kernel_event *queue_ahead(const struct queue *queue, size_t places)
{
    return &queue->run.event[queue->run.next + places];
}

/* Whether an event that was just taken is the first of its run. */
static inline bool queue_begins_run(const struct queue *queue, const struct kernel_event *taken)
{
    return taken == queue->run.event;
}

/* Events in the queue. */
uint64_t queue_count(const struct queue *queue);

/* Calls visit() for every event, in no order; visit() must leave the queue alone. */
void queue_each(const struct queue *queue, void (*visit)(void *user, const struct kernel_event *event),
                void *user);

#endif
