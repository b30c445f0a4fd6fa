/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ladder queue of pending events; queue.h has the picture.
 *
 * What keeps it exact: top_start_ns, the rungs' ranges and near_end_ns share out all of time without gap or
 * overlap, and run and heap are compared by the full key. What keeps it fast under skew: a rung is cut
 * from the earliest to the latest event there is, so a cut always parts them; a bucket that cannot be cut
 * (one time, or no rung left) is sorted whole in O(n log n); and the heap is never worse than O(log n). */
#include "sim/kernel/queue.h"

#include "sim/base/clock.h"

#include <glib.h>
#include <string.h>

enum {
    SORT_MIN = 64,          /* a bucket of so few events is always sorted, */
    SORT_SHARE = 16,        /* one of more if it holds at most 1/16 of those pending */
    SORT_MAX = 2048,        /* and fits into the cache */
    EVENTS_PER_BUCKET = 16, /* aimed at when a rung is cut */
    BUCKETS_MIN = 16,
    BUCKETS_MAX = 1 << 14,
    NEAR_LIMIT = 64,
};

void queue_init(struct queue *queue)
{
    memset(queue, 0, sizeof *queue);
    queue->near_end_ns = INT64_MIN;
    queue->top_start_ns = INT64_MIN;
    queue->top_min_ns = INT64_MAX;
    queue->top_max_ns = INT64_MIN;
    queue->near_limit = NEAR_LIMIT;
}

void queue_clear(struct queue *queue)
{
    for (int i = 0; i < QUEUE_RUNGS; i++)
        g_free(queue->rung[i].bucket);
    event_run_clear(&queue->run);
    event_heap_clear(&queue->near);
    chunk_store_clear(&queue->store);
    queue_init(queue);
}

static inline struct kernel_event *queue_rung_place(const struct queue_rung *rung, struct chunk_store *store,
                                                    int64_t time_ns)
{
    uint64_t index = ((uint64_t)time_ns - (uint64_t)rung->start_ns) >> rung->shift;

    return event_bag_place(&rung->bucket[MIN(index, rung->buckets - 1)], store);
}

static inline void queue_rung_add(const struct queue_rung *rung, struct chunk_store *store,
                                  const struct kernel_event *event)
{
    *queue_rung_place(rung, store, event->time_ns) = *event;
}

/* End of the rung's current bucket. */
static int64_t queue_current_end(const struct queue_rung *rung)
{
    if (rung->current + 1 == rung->buckets)
        return rung->end_ns;
    return (int64_t)((uint64_t)rung->start_ns + ((uint64_t)(rung->current + 1) << rung->shift));
}

static uint32_t queue_buckets_for(uint64_t events)
{
    uint32_t buckets = BUCKETS_MIN;

    while (buckets < BUCKETS_MAX && (uint64_t)buckets * EVENTS_PER_BUCKET < events)
        buckets *= 2;
    return buckets;
}

/* Adds a rung below the others that covers [min_ns, end_ns), cut for `events` events in [min_ns, max_ns]. */
static struct queue_rung *queue_add_rung(struct queue *queue, uint64_t events, int64_t min_ns, int64_t max_ns,
                                         int64_t end_ns)
{
    struct queue_rung *rung = &queue->rung[queue->rungs++];
    uint64_t range_ns = (uint64_t)max_ns - (uint64_t)min_ns;

    rung->buckets = queue_buckets_for(events);
    rung->shift = 0;
    while (range_ns >> rung->shift >= rung->buckets)
        rung->shift++;
    rung->buckets = (uint32_t)(range_ns >> rung->shift) + 1;
    rung->start_ns = min_ns;
    rung->end_ns = end_ns;
    rung->current = 0;
    if (rung->buckets > rung->capacity) {
        g_free(rung->bucket);
        rung->capacity = queue_buckets_for((uint64_t)rung->buckets * EVENTS_PER_BUCKET);
        rung->bucket = g_new0(struct event_bag, rung->capacity);
    }
    queue->near_end_ns = min_ns;
    return rung;
}

/* Cuts a bag into a new rung that covers time up to end_ns; the bag is empty then. */
static void queue_cut_bag(struct queue *queue, struct event_bag *bag, int64_t min_ns, int64_t max_ns,
                          int64_t end_ns)
{
    struct queue_rung *rung = queue_add_rung(queue, event_bag_count(bag), min_ns, max_ns, end_ns);
    uint32_t first = event_bag_first(bag);
    struct event_chunk *chunk = event_bag_chunk(bag);

    *bag = (struct event_bag){0};
    while (chunk) {
        struct event_chunk *next = chunk->next;
        if (next)
            event_chunk_prefetch(next);
        for (uint32_t i = first; i < CHUNK_EVENTS; i++)
            queue_rung_add(rung, &queue->store, &chunk->event[i]);
        first = 0;
        chunk_store_give_back(&queue->store, chunk);
        chunk = next;
    }
}

/* Sorts a bag into the run, which then covers time up to end_ns; the bag is empty then. */
static void queue_sort_bag(struct queue *queue, struct event_bag *bag, int64_t min_ns, int64_t max_ns,
                           int64_t end_ns)
{
    event_run_fill(&queue->run, bag, &queue->store, min_ns, max_ns);
    queue->near_end_ns = end_ns;
    queue->near_limit = NEAR_LIMIT;
}

/* Whether a bag is sorted rather than cut. What arrives for the time of a run goes through the heap: a run is
 * to hold a small share of the events that are pending. */
static bool queue_is_few(const struct queue *queue, uint64_t events)
{
    return events <= SORT_MIN || (events <= SORT_MAX && events <= queue->count / SORT_SHARE);
}

/* Begins again from the top, when nothing nearer is left. */
static void queue_take_top(struct queue *queue)
{
    int64_t min_ns = queue->top_min_ns, max_ns = queue->top_max_ns;

    queue->top_start_ns = max_ns + 1;
    queue->top_min_ns = INT64_MAX;
    queue->top_max_ns = INT64_MIN;
    if (queue_is_few(queue, event_bag_count(&queue->top)) || min_ns == max_ns) {
        queue_sort_bag(queue, &queue->top, min_ns, max_ns, max_ns + 1);
    } else {
        queue_cut_bag(queue, &queue->top, min_ns, max_ns, max_ns + 1);
    }
}

/* Times in the rung's current bucket: exact ones cost a look at every event. */
static void queue_current_range(const struct queue_rung *rung, bool exact, int64_t *min_ns, int64_t *max_ns)
{
    if (exact || rung->current + 1 == rung->buckets) {
        event_bag_range(&rung->bucket[rung->current], min_ns, max_ns);
        return;
    }
    *max_ns = queue_current_end(rung) - 1;
    *min_ns = *max_ns - (INT64_C(1) << rung->shift) + 1;
}

/* Sorts or cuts the next bucket of the nearest rung that is not empty, or drops the rung if there is none. */
static void queue_take_bucket(struct queue *queue)
{
    struct queue_rung *rung = &queue->rung[queue->rungs - 1];

    while (rung->current < rung->buckets && !rung->bucket[rung->current].newest)
        rung->current++;
    if (rung->current == rung->buckets) {
        queue->rungs--;
        return;
    }
    struct event_bag *bag = &rung->bucket[rung->current];
    int64_t end_ns = queue_current_end(rung);
    int64_t min_ns, max_ns;
    bool few = queue_is_few(queue, event_bag_count(bag));
    queue_current_range(rung, !few, &min_ns, &max_ns);
    rung->current++;
    if (few || min_ns == max_ns || queue->rungs == QUEUE_RUNGS)
        queue_sort_bag(queue, bag, min_ns, max_ns, end_ns);
    else
        queue_cut_bag(queue, bag, min_ns, max_ns, end_ns);
}

/* Makes sure that the earliest event is in the run or the heap; false if there is no event at all. */
static bool queue_refill(struct queue *queue)
{
    if (queue->count == 0)
        return false;
    while (queue->run.next == queue->run.count) {
        if (queue->rungs > 0)
            queue_take_bucket(queue);
        else
            queue_take_top(queue);
    }
    return true;
}

static bool queue_empty_near(const struct queue *queue)
{
    return queue->run.next == queue->run.count && queue->near.count == 0;
}

/* The heap has grown because the run reaches far ahead (a few timers were all there was, then a storm
 * began): makes a rung of both, unless that would not part them or would move far more than the heap. */
static void queue_cut_near(struct queue *queue)
{
    struct event_run *run = &queue->run;
    struct event_heap *near = &queue->near;
    int64_t min_ns = near->event[0].time_ns, max_ns = min_ns;

    for (size_t i = 0; i < near->count; i++)
        max_ns = MAX(max_ns, near->event[i].time_ns);
    if (run->next < run->count) {
        min_ns = MIN(min_ns, run->event[run->next].time_ns);
        max_ns = MAX(max_ns, run->event[run->count - 1].time_ns);
    }
    if (min_ns == max_ns || queue->rungs == QUEUE_RUNGS || run->count - run->next > 4 * near->count) {
        queue->near_limit = 2 * near->count;
        return;
    }
    struct queue_rung *rung =
        queue_add_rung(queue, near->count + run->count - run->next, min_ns, max_ns, queue->near_end_ns);
    for (size_t i = 0; i < near->count; i++)
        queue_rung_add(rung, &queue->store, &near->event[i]);
    for (; run->next < run->count; run->next++)
        queue_rung_add(rung, &queue->store, &run->event[run->next]);
    near->count = 0;
}

static void queue_push_near(struct queue *queue, const struct kernel_event *event)
{
    queue->count++;
    event_heap_push(&queue->near, event);
    if (queue->near.count > queue->near_limit)
        queue_cut_near(queue);
}

struct kernel_event *queue_place(struct queue *queue, int64_t time_ns)
{
    if (time_ns >= queue->top_start_ns) {
        queue->count++;
        queue->top_min_ns = MIN(queue->top_min_ns, time_ns);
        queue->top_max_ns = MAX(queue->top_max_ns, time_ns);
        return event_bag_place(&queue->top, &queue->store);
    }
    if (time_ns < queue->near_end_ns)
        return NULL;
    const struct queue_rung *nearest = &queue->rung[queue->rungs - 1];
    while (time_ns >= nearest->end_ns)
        nearest--;
    queue->count++;
    return queue_rung_place(nearest, &queue->store, time_ns);
}

void queue_push(struct queue *queue, const struct kernel_event *event)
{
    struct kernel_event *place = queue_place(queue, event->time_ns);

    if (place)
        *place = *event;
    else
        queue_push_near(queue, event);
}

/* The earliest event, which is in the run or the heap. */
static const struct kernel_event *queue_earliest(const struct queue *queue)
{
    const struct event_run *run = &queue->run;

    if (queue->near.count == 0)
        return &run->event[run->next];
    if (run->next == run->count || event_before(&queue->near.event[0], &run->event[run->next]))
        return &queue->near.event[0];
    return &run->event[run->next];
}

const struct kernel_event *queue_take_any_before(struct queue *queue, int64_t limit_ns,
                                                 struct kernel_event *spare)
{
    if (queue_empty_near(queue) && !queue_refill(queue))
        return NULL;
    const struct kernel_event *event = queue_earliest(queue);
    if (event->time_ns >= limit_ns)
        return NULL;
    queue->count--;
    if (queue->near.count == 0 || event != queue->near.event) {
        queue->run.next++;
        return event;
    }
    *spare = *event;
    event_heap_drop(&queue->near);
    return spare;
}

bool queue_pop_before(struct queue *queue, int64_t limit_ns, struct kernel_event *out)
{
    const struct kernel_event *event = queue_take_before(queue, limit_ns, out);

    if (event && event != out)
        *out = *event;
    return event != NULL;
}

const struct kernel_event *queue_peek(struct queue *queue)
{
    if (queue_empty_near(queue) && !queue_refill(queue))
        return NULL;
    return queue_earliest(queue);
}

int64_t queue_next_ns(struct queue *queue)
{
    const struct kernel_event *event = queue_peek(queue);

    return event ? event->time_ns : CLOCK_NEVER;
}

uint64_t queue_count(const struct queue *queue)
{
    return queue->count;
}

void queue_each(const struct queue *queue, void (*visit)(void *user, const struct kernel_event *event),
                void *user)
{
    for (size_t i = queue->run.next; i < queue->run.count; i++)
        visit(user, &queue->run.event[i]);
    for (size_t i = 0; i < queue->near.count; i++)
        visit(user, &queue->near.event[i]);
    for (unsigned r = 0; r < queue->rungs; r++)
        for (uint32_t i = queue->rung[r].current; i < queue->rung[r].buckets; i++)
            event_bag_each(&queue->rung[r].bucket[i], visit, user);
    event_bag_each(&queue->top, visit, user);
}
