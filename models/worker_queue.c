/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Workers and a ring of waiting jobs. */
#include "models/worker_queue.h"

#include "sim/base/clock.h"

#include <glib.h>

#define RING_START 64

void worker_queue_init(struct worker_queue *queue, uint32_t workers, uint64_t limit)
{
    *queue = (struct worker_queue){.workers = workers,
                                   .limit = limit,
                                   .capacity = RING_START,
                                   .span_end_ns = INT64_MAX,
                                   .backlog_ns = -1};
    queue->waiting = g_new(struct worker_queue_waiting, RING_START);
}

void worker_queue_clear(struct worker_queue *queue)
{
    g_free(queue->waiting);
    queue->waiting = NULL;
}

/* Closes the whole second that ended, and those after it, in which nothing changed. */
static void close_seconds(struct worker_queue *queue, int64_t now_ns)
{
    double end_busy_ns = worker_queue_busy_ns(queue, queue->second_ns + CLOCK_SECOND);
    double steady_ns = (double)queue->busy * (double)CLOCK_SECOND;
    int64_t steady = (now_ns - queue->second_ns) / CLOCK_SECOND - 1;

    queue->second_busy_max_ns = MAX(queue->second_busy_max_ns, end_busy_ns - queue->second_busy_ns);
    if (steady > 0)
        queue->second_busy_max_ns = MAX(queue->second_busy_max_ns, steady_ns);
    queue->second_ns += (1 + steady) * CLOCK_SECOND;
    queue->second_busy_ns = end_busy_ns + (double)steady * steady_ns;
}

static void advance(struct worker_queue *queue, int64_t now_ns)
{
    if (now_ns >= queue->second_ns + CLOCK_SECOND)
        close_seconds(queue, now_ns);
    if (now_ns > queue->span_end_ns && queue->changed_ns <= queue->span_end_ns)
        queue->span_busy_ns = worker_queue_busy_ns(queue, queue->span_end_ns);
    queue->busy_ns = worker_queue_busy_ns(queue, now_ns);
    queue->changed_ns = now_ns;
}

/* Doubling keeps growth off the steady state. */
static void grow(struct worker_queue *queue)
{
    struct worker_queue_waiting *larger = g_new(struct worker_queue_waiting, queue->capacity * 2);

    for (uint64_t i = queue->head; i < queue->tail; i++)
        larger[i & (queue->capacity * 2 - 1)] = queue->waiting[i & (queue->capacity - 1)];
    g_free(queue->waiting);
    queue->waiting = larger;
    queue->capacity *= 2;
}

enum worker_queue_admission worker_queue_arrive(struct worker_queue *queue, int64_t now_ns, uint32_t job,
                                                bool internal)
{
    if (queue->busy < queue->workers) {
        advance(queue, now_ns);
        queue->busy++;
        return WORKER_QUEUE_STARTS;
    }
    if (worker_queue_queued(queue) >= queue->limit && !internal) {
        worker_queue_refuses(queue, now_ns);
        return WORKER_QUEUE_FULL;
    }
    if (worker_queue_queued(queue) == queue->capacity)
        grow(queue);
    queue->waiting[queue->tail++ & (queue->capacity - 1)] =
        (struct worker_queue_waiting){.since_ns = now_ns, .job = job, .internal = internal};
    if (worker_queue_queued(queue) > queue->queue_max)
        queue->queue_max = worker_queue_queued(queue);
    return WORKER_QUEUE_WAITS;
}

static uint64_t take_place(struct worker_queue *queue)
{
    if (queue->newest_first > 0 && worker_queue_queued(queue) > queue->newest_first)
        return --queue->tail;
    return queue->head++;
}

bool worker_queue_finish(struct worker_queue *queue, int64_t now_ns, struct worker_queue_waiting *next)
{
    if (queue->head == queue->tail) {
        advance(queue, now_ns);
        queue->busy--;
        return false;
    }
    *next = queue->waiting[take_place(queue) & (queue->capacity - 1)];
    if (now_ns - next->since_ns >= WORKER_QUEUE_BACKLOG_NS)
        queue->backlog_ns = now_ns;
    return true;
}

double worker_queue_busy_ns(const struct worker_queue *queue, int64_t now_ns)
{
    return queue->busy_ns + (double)queue->busy * (double)(now_ns - queue->changed_ns);
}

void worker_queue_span_ends(struct worker_queue *queue, int64_t end_ns)
{
    queue->span_end_ns = end_ns;
}

double worker_queue_span_ratio(const struct worker_queue *queue, int64_t start_ns, int64_t now_ns)
{
    int64_t end_ns = MIN(queue->span_end_ns, now_ns);
    double busy_ns =
        queue->changed_ns > queue->span_end_ns ? queue->span_busy_ns : worker_queue_busy_ns(queue, end_ns);

    return end_ns <= start_ns ? 0 : busy_ns / ((double)queue->workers * (double)(end_ns - start_ns));
}

double worker_queue_second_ratio_max(const struct worker_queue *queue, int64_t now_ns)
{
    struct worker_queue copy = *queue;

    if (now_ns >= copy.second_ns + CLOCK_SECOND)
        close_seconds(&copy, now_ns);
    return MAX(copy.second_busy_max_ns, worker_queue_busy_ns(&copy, now_ns) - copy.second_busy_ns) /
           ((double)queue->workers * (double)CLOCK_SECOND);
}
