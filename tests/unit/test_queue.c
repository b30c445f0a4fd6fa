/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Event queue: whatever is pushed when, what comes out is what a sorted list gives. */
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/kernel/queue.h"
#include "tests/tap/tap.h"

enum { SEED = 7 };

static uint64_t bits_of_step(uint32_t purpose, uint64_t step)
{
    return random_u64(SEED, 0, purpose, step);
}

static int compare_u64(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

/* The order as kernel.h states it, written apart from the queue's own. */
static int compare_events(const void *a, const void *b, void *user)
{
    const struct kernel_event *x = a, *y = b;

    (void)user;
    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    if (x->origin != y->origin)
        return compare_u64(x->origin, y->origin);
    if (x->entity != y->entity)
        return compare_u64(x->entity, y->entity);
    return compare_u64(x->sequence, y->sequence);
}

static void assert_same(const struct kernel_event *a, const struct kernel_event *b)
{
    g_assert_cmpint(a->time_ns, ==, b->time_ns);
    g_assert_cmpuint(a->origin, ==, b->origin);
    g_assert_cmpuint(a->entity, ==, b->entity);
    g_assert_cmpuint(a->sequence, ==, b->sequence);
    g_assert_cmpuint(a->kind, ==, b->kind);
    g_assert_cmpuint(a->argument, ==, b->argument);
    g_assert_true(a->payload == b->payload);
}

/* How far ahead of the last event taken the next one is pushed. */
typedef int64_t increment(uint64_t bits);

static int64_t exponential(uint64_t bits)
{
    const struct distribution d = {.kind = DISTRIBUTION_EXP, .a_ns = CLOCK_SECOND};
    return distribution_sample(&d, bits);
}

static int64_t none(uint64_t bits)
{
    (void)bits;
    return 0;
}

static int64_t grid(uint64_t bits)
{
    return (int64_t)random_below(bits, 20) * CLOCK_MILLISECOND;
}

static int64_t ones(uint64_t bits)
{
    return (int64_t)random_below(bits, 3);
}

static int64_t packets_and_timers(uint64_t bits)
{
    return bits % 10 == 0 ? CLOCK_SECOND + (int64_t)random_below(bits, 60 * (uint64_t)CLOCK_SECOND)
                          : (int64_t)random_below(bits, 3 * (uint64_t)CLOCK_MILLISECOND);
}

/* Every magnitude from nanoseconds to a year: whatever the width of a bucket, most fall into one. */
static int64_t every_magnitude(uint64_t bits)
{
    return (int64_t)((bits >> 9) >> (bits % 55));
}

static int64_t outliers(uint64_t bits)
{
    return bits % 5000 == 1 ? (int64_t)(bits >> 8) : (int64_t)random_below(bits, 1000);
}

static const struct workload {
    const char *path;
    increment *draw;
} workloads[] = {
    {"/queue/order/exponential", exponential},
    {"/queue/order/one-time", none},
    {"/queue/order/grid", grid},
    {"/queue/order/nanoseconds", ones},
    {"/queue/order/packets-and-timers", packets_and_timers},
    {"/queue/order/every-magnitude", every_magnitude},
    {"/queue/order/outliers", outliers},
};

struct pair {
    struct queue queue;
    GSequence *sorted;
    int64_t now_ns;
    uint64_t pushed;
};

static struct kernel_event *copy_of(const struct kernel_event *event)
{
    struct kernel_event *copy = g_new(struct kernel_event, 1);

    *copy = *event;
    return copy;
}

static void pair_push(struct pair *pair, int64_t increment_ns)
{
    uint64_t bits = bits_of_step(1, pair->pushed);
    struct kernel_event event = {
        .time_ns = increment_ns < CLOCK_NEVER - pair->now_ns ? pair->now_ns + increment_ns : CLOCK_NEVER - 1,
        .sequence = pair->pushed++,
        .origin = (uint32_t)(bits & 3),
        .entity = (uint32_t)(bits >> 8 & 3),
        .kind = bits >> 16 & KERNEL_KINDS_MAX,
        .argument = (uint32_t)(bits >> 32),
        .payload = pair,
    };

    queue_push(&pair->queue, &event);
    g_sequence_insert_sorted(pair->sorted, copy_of(&event), compare_events, NULL);
}

static void pair_pop(struct pair *pair)
{
    GSequenceIter *first = g_sequence_get_begin_iter(pair->sorted);
    const struct kernel_event *expected = g_sequence_get(first);
    struct kernel_event event;

    g_assert_cmpint(queue_next_ns(&pair->queue), ==, expected->time_ns);
    g_assert_false(queue_pop_before(&pair->queue, expected->time_ns, &event));
    g_assert_true(queue_pop_before(&pair->queue, expected->time_ns + 1, &event));
    assert_same(&event, expected);
    pair->now_ns = event.time_ns;
    g_sequence_remove(first);
}

/* Pushes and pops at random; phases in which pushes prevail alternate with phases that drain. */
static void random_mix(struct pair *pair, increment *draw, uint64_t steps)
{
    for (uint64_t step = 0; step < steps; step++) {
        uint32_t push_share = (step / 15000) % 2 == 0 ? 80 : 25;
        bool push = random_below(bits_of_step(2, step), 100) < push_share;
        if (push)
            pair_push(pair, draw(bits_of_step(3, step)));
        else if (g_sequence_get_length(pair->sorted) > 0)
            pair_pop(pair);
        g_assert_cmpuint(queue_count(&pair->queue), ==, (guint)g_sequence_get_length(pair->sorted));
    }
}

static void drain(struct pair *pair)
{
    struct kernel_event event;

    while (g_sequence_get_length(pair->sorted) > 0)
        pair_pop(pair);
    g_assert_cmpuint(queue_count(&pair->queue), ==, 0);
    g_assert_cmpint(queue_next_ns(&pair->queue), ==, CLOCK_NEVER);
    g_assert_false(queue_pop_before(&pair->queue, CLOCK_NEVER, &event));
}

static void pair_init(struct pair *pair)
{
    *pair = (struct pair){.sorted = g_sequence_new(g_free)};
    queue_init(&pair->queue);
}

static void pair_clear(struct pair *pair)
{
    g_sequence_free(pair->sorted);
    queue_clear(&pair->queue);
}

static void test_order(const void *data)
{
    const struct workload *workload = data;
    struct pair pair;

    pair_init(&pair);
    random_mix(&pair, workload->draw, 60000);
    drain(&pair);
    random_mix(&pair, workload->draw, 10000); /* an emptied queue serves again */
    pair_clear(&pair);
}

/* Holding 20000 events long enough that rungs are used up and built again many times. */
static void test_hold(const void *data)
{
    const struct workload *workload = data;
    struct pair pair;

    pair_init(&pair);
    for (uint64_t i = 0; i < 20000; i++)
        pair_push(&pair, workload->draw(bits_of_step(4, i)));
    for (uint64_t i = 0; i < 60000; i++) {
        pair_pop(&pair);
        pair_push(&pair, workload->draw(bits_of_step(5, i)));
    }
    drain(&pair);
    pair_clear(&pair);
}

/* A few timers are looked at (so they are what is nearest), then a storm comes before them. */
static void test_storm_before_timers(void)
{
    struct pair pair;

    pair_init(&pair);
    for (int64_t i = 1; i <= 20; i++)
        pair_push(&pair, i * 3 * CLOCK_SECOND);
    g_assert_cmpint(queue_next_ns(&pair.queue), ==, 3 * CLOCK_SECOND);
    for (uint64_t i = 0; i < 20000; i++)
        pair_push(&pair, (int64_t)random_below(bits_of_step(6, i), 5 * (uint64_t)CLOCK_SECOND));
    /* The heap for what arrives late has been turned into buckets. */
    g_assert_cmpuint(pair.queue.near.count, <, 1000);
    drain(&pair);
    pair_clear(&pair);
}

/* When the heap has just become a rung, what comes before the rung's first event is nearer still. */
static void test_just_before_rung(void)
{
    struct pair pair;

    pair_init(&pair);
    pair_push(&pair, CLOCK_SECOND);
    g_assert_cmpint(queue_next_ns(&pair.queue), ==, CLOCK_SECOND);
    while (pair.queue.rungs == 0)
        pair_push(&pair, 1000 + (int64_t)pair.pushed);
    pair_push(&pair, pair.queue.rung[0].start_ns - 1);
    drain(&pair);
    pair_clear(&pair);
}

/* Buckets nested until no rung is left: every cut leaves all but a few events in the first bucket. */
static void test_deepest_rung(void)
{
    struct pair pair;
    unsigned deepest = 0;

    pair_init(&pair);
    for (int bit = 62; bit >= 14; bit--)
        pair_push(&pair, (INT64_C(1) << bit) - 1000);
    for (uint64_t i = 0; i < 4000; i++)
        pair_push(&pair, (int64_t)random_below(bits_of_step(7, i), 60));
    for (uint64_t i = 0; i < 500; i++) {
        pair_pop(&pair);
        pair_push(&pair, every_magnitude(bits_of_step(8, i)));
        deepest = MAX(deepest, pair.queue.rungs);
    }
    g_assert_cmpuint(deepest, ==, QUEUE_RUNGS);
    drain(&pair);
    pair_clear(&pair);
}

static void test_ends_of_time(void)
{
    struct pair pair;

    pair_init(&pair);
    for (int64_t i = 0; i < 1000; i++) {
        pair_push(&pair, i % 7);
        pair_push(&pair, CLOCK_NEVER - 1 - i);
    }
    drain(&pair);
    g_assert_cmpint(pair.now_ns, ==, CLOCK_NEVER - 1);
    pair_push(&pair, 0);
    drain(&pair);
    pair_clear(&pair);
}

static size_t slabs_of(const struct queue *queue)
{
    size_t count = 0;

    for (const struct event_chunk *slab = queue->store.slabs; slab; slab = slab->next)
        count++;
    return count;
}

/* Once the number pending no longer changes, no memory is asked for. */
static void test_steady_memory(void)
{
    struct queue queue;
    struct kernel_event event = {0};
    size_t slabs = 0;

    queue_init(&queue);
    for (uint64_t i = 0; i < 20000; i++) {
        event = (struct kernel_event){.sequence = i, .time_ns = exponential(bits_of_step(9, i))};
        queue_push(&queue, &event);
    }
    for (uint64_t i = 0; i < 600000; i++) {
        if (i == 300000)
            slabs = slabs_of(&queue);
        g_assert_true(queue_pop_before(&queue, CLOCK_NEVER, &event));
        event.time_ns += exponential(bits_of_step(10, i));
        queue_push(&queue, &event);
    }
    g_assert_cmpuint(slabs, >, 0);
    g_assert_cmpuint(slabs_of(&queue), ==, slabs);
    queue_clear(&queue);
}

struct sum {
    uint64_t count;
    uint64_t sequences;
};

static void add_to_sum(void *user, const struct kernel_event *event)
{
    struct sum *sum = user;

    sum->count++;
    sum->sequences += event->sequence;
}

/* Every pending event is visited once, wherever in the queue it lies. */
static void test_each(void)
{
    struct pair pair;

    pair_init(&pair);
    for (uint64_t i = 0; i < 6000; i++)
        pair_push(&pair, packets_and_timers(bits_of_step(11, i)));
    for (uint64_t i = 0; i < 3000; i++) {
        pair_pop(&pair);
        pair_push(&pair, packets_and_timers(bits_of_step(12, i)));
        if (i % 100 != 0)
            continue;
        struct sum sum = {0}, expected = {0};
        for (GSequenceIter *at = g_sequence_get_begin_iter(pair.sorted); !g_sequence_iter_is_end(at);
             at = g_sequence_iter_next(at))
            add_to_sum(&expected, g_sequence_get(at));
        queue_each(&pair.queue, add_to_sum, &sum);
        g_assert_cmpuint(sum.count, ==, expected.count);
        g_assert_cmpuint(sum.sequences, ==, expected.sequences);
    }
    pair_clear(&pair);
}

/* The heap by itself: the queue seldom lets it grow. */
static void test_heap(void)
{
    struct event_heap heap;
    struct kernel_event last = {.time_ns = -1};

    event_heap_init(&heap);
    for (uint32_t i = 0; i < 5000; i++) {
        struct kernel_event event = {.time_ns = (int64_t)random_below(bits_of_step(13, i), 500),
                                     .sequence = i};
        event_heap_push(&heap, &event);
    }
    for (uint32_t i = 0; i < 5000; i++) {
        g_assert_true(event_before(&last, &heap.event[0]));
        last = heap.event[0];
        event_heap_drop(&heap);
    }
    g_assert_cmpuint(heap.count, ==, 0);
    event_heap_clear(&heap);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    for (size_t i = 0; i < G_N_ELEMENTS(workloads); i++) {
        g_test_add_data_func(workloads[i].path, &workloads[i], test_order);
        char *hold_path = g_strconcat(workloads[i].path, "/hold", NULL);
        g_test_add_data_func(hold_path, &workloads[i], test_hold);
        g_free(hold_path);
    }
    g_test_add_func("/queue/storm-before-timers", test_storm_before_timers);
    g_test_add_func("/queue/just-before-rung", test_just_before_rung);
    g_test_add_func("/queue/deepest-rung", test_deepest_rung);
    g_test_add_func("/queue/ends-of-time", test_ends_of_time);
    g_test_add_func("/queue/steady-memory", test_steady_memory);
    g_test_add_func("/queue/each", test_each);
    g_test_add_func("/queue/heap", test_heap);
    return g_test_run();
}
