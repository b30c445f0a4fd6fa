/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Workers and a ring of waiting jobs. */
#include "models/worker_queue.h"

#include "sim/base/clock.h"

#include <glib.h>

#define RING_START 64

void worker_queue_init(struct worker_queue *queue, uint32_t workers, uint64_t limit)
{
    *queue = (struct worker_queue){.workers = workers,
                                   .workers_first = workers,
                                   .limit = limit,
                                   .capacity = RING_START,
                                   .span_end_ns = INT64_MAX,
                                   .backlog_ns = -1};
    queue->waiting = g_new(struct worker_queue_waiting, RING_START);
}

void worker_queue_clear(struct worker_queue *queue)
{
    g_free(queue->waiting);
    g_free(queue->changes);
    queue->waiting = NULL;
    queue->changes = NULL;
}

/* leaving_ns at now_ns. */
static double worker_queue_leaving_ns(const struct worker_queue *queue, int64_t now_ns)
{
    uint32_t leaving = queue->busy > queue->workers ? queue->busy - queue->workers : 0;

    return queue->leaving_ns + (double)leaving * (double)(now_ns - queue->changed_ns);
}

/* Time that the workers had, by their number at each time. */
static double worker_queue_worker_ns(const struct worker_queue *queue, int64_t from_ns, int64_t to_ns)
{
    uint32_t workers = queue->workers_first;
    double sum_ns = 0;

    for (uint32_t i = 0; i < queue->change_count; i++) {
        int64_t until_ns = MIN(queue->changes[i].time_ns, to_ns);

        if (until_ns > from_ns) {
            sum_ns += (double)workers * (double)(until_ns - from_ns);
            from_ns = until_ns;
        }
        workers = queue->changes[i].workers;
    }
    return sum_ns + (double)workers * (double)(to_ns - from_ns);
}

static double worker_queue_ratio(double busy_ns, double worker_ns)
{
    return worker_ns > 0 ? busy_ns / worker_ns : 0;
}

/* Share of the second at second_ns, in which busy_ns and leaving_ns come to these. */
static double worker_queue_second_ratio(const struct worker_queue *queue, double busy_ns, double leaving_ns)
{
    double worker_ns = worker_queue_worker_ns(queue, queue->second_ns, queue->second_ns + CLOCK_SECOND) +
                       leaving_ns - queue->second_leaving_ns;

    return worker_queue_ratio(busy_ns - queue->second_busy_ns, worker_ns);
}

/* Closes the whole second that ended, and those after it, in which nothing changed. */
static void close_seconds(struct worker_queue *queue, int64_t now_ns)
{
    double end_busy_ns = worker_queue_busy_ns(queue, queue->second_ns + CLOCK_SECOND);
    double end_leaving_ns = worker_queue_leaving_ns(queue, queue->second_ns + CLOCK_SECOND);
    double ratio = worker_queue_second_ratio(queue, end_busy_ns, end_leaving_ns);
    uint32_t leaving = queue->busy > queue->workers ? queue->busy - queue->workers : 0;
    int64_t steady = (now_ns - queue->second_ns) / CLOCK_SECOND - 1;
    double steady_ns = (double)steady * (double)CLOCK_SECOND;

    queue->second_ratio_max = MAX(queue->second_ratio_max, ratio);
    queue->second_ns += (1 + steady) * CLOCK_SECOND;
    queue->second_busy_ns = end_busy_ns + (double)queue->busy * steady_ns;
    queue->second_leaving_ns = end_leaving_ns + (double)leaving * steady_ns;
    if (steady > 0)
        queue->second_ratio_max =
            MAX(queue->second_ratio_max, worker_queue_ratio(queue->busy, (double)queue->workers + leaving));
}

static void advance(struct worker_queue *queue, int64_t now_ns)
{
    if (now_ns >= queue->second_ns + CLOCK_SECOND)
        close_seconds(queue, now_ns);
    if (now_ns > queue->span_end_ns && queue->changed_ns <= queue->span_end_ns) {
        queue->span_busy_ns = worker_queue_busy_ns(queue, queue->span_end_ns);
        queue->span_leaving_ns = worker_queue_leaving_ns(queue, queue->span_end_ns);
    }
    queue->busy_ns = worker_queue_busy_ns(queue, now_ns);
    queue->leaving_ns = worker_queue_leaving_ns(queue, now_ns);
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

/* The next job leaves the queue. */
static struct worker_queue_waiting worker_queue_take(struct worker_queue *queue, int64_t now_ns)
{
    struct worker_queue_waiting next = queue->waiting[take_place(queue) & (queue->capacity - 1)];

    if (now_ns - next.since_ns >= WORKER_QUEUE_BACKLOG_NS)
        queue->backlog_ns = now_ns;
    return next;
}

bool worker_queue_finish(struct worker_queue *queue, int64_t now_ns, struct worker_queue_waiting *next)
{
    if (queue->head == queue->tail || queue->busy > queue->workers) {
        advance(queue, now_ns);
        queue->busy--;
        return false;
    }
    *next = worker_queue_take(queue, now_ns);
    return true;
}

bool worker_queue_next(struct worker_queue *queue, int64_t now_ns, struct worker_queue_waiting *next)
{
    if (queue->head == queue->tail || queue->busy >= queue->workers)
        return false;
    advance(queue, now_ns);
    queue->busy++;
    *next = worker_queue_take(queue, now_ns);
    return true;
}

void worker_queue_set_workers(struct worker_queue *queue, int64_t now_ns, uint32_t workers)
{
    advance(queue, now_ns);
    queue->changes = g_renew(struct worker_queue_change, queue->changes, queue->change_count + 1);
    queue->changes[queue->change_count++] = (struct worker_queue_change){now_ns, workers};
    queue->workers = workers;
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
    bool passed = queue->changed_ns > queue->span_end_ns;
    double busy_ns = passed ? queue->span_busy_ns : worker_queue_busy_ns(queue, end_ns);
    double leaving_ns = passed ? queue->span_leaving_ns : worker_queue_leaving_ns(queue, end_ns);

    return end_ns <= start_ns
               ? 0
               : worker_queue_ratio(busy_ns, worker_queue_worker_ns(queue, start_ns, end_ns) + leaving_ns);
}

double worker_queue_second_ratio_max(const struct worker_queue *queue, int64_t now_ns)
{
    struct worker_queue copy = *queue;

    if (now_ns >= copy.second_ns + CLOCK_SECOND)
        close_seconds(&copy, now_ns);
    return MAX(copy.second_ratio_max, worker_queue_second_ratio(&copy, worker_queue_busy_ns(&copy, now_ns),
                                                                worker_queue_leaving_ns(&copy, now_ns)));
}
