/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Speed of the event queue and of the kernel around it, as CSV rows `what,value,unit,ratio`: events per
 * second of processor time. The ratio of a row is target / value.
 *
 * Hold model: the earliest event is taken and pushed again some time ahead, so the number pending stays.
 * Increments are drawn beforehand: what is timed is the queue. */
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/kernel/kernel.h"
#include "sim/kernel/queue.h"

#include <glib.h>
#include <stdio.h>
#include <time.h>

enum { DRAWS = 1 << 16, HOLDS = 4000000, SEED = 20 };

typedef int64_t increment_draw(uint64_t index);

/* Processor time: other processes take their share of the wall time. */
static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* target: millions of events per second to reach; 0: none. */
static void row(const char *group, const char *name, uint64_t events, double start_s, double target)
{
    double million_per_s = (double)events / 1e6 / (cpu_s() - start_s);

    printf("%s_%s,%.2f,M events/s,", group, name, million_per_s);
    if (target > 0)
        printf("%.3f", target / million_per_s);
    puts("");
    fflush(stdout);
}

static int64_t exponential(uint64_t index)
{
    const struct distribution d = {.kind = DISTRIBUTION_EXP, .a_ns = CLOCK_SECOND};

    return distribution_sample(&d, random_u64(SEED, 0, 0, index));
}

/* A network simulation: nine of ten events are packets 2 ms ahead, on a grid of 10 us so that many are at
 * one time; the rest are timers 1 to 60 s ahead. */
static int64_t bimodal(uint64_t index)
{
    const struct distribution packet = {.kind = DISTRIBUTION_EXP, .a_ns = 2 * CLOCK_MILLISECOND};
    const struct distribution timer = {
        .kind = DISTRIBUTION_UNIFORM, .a_ns = CLOCK_SECOND, .b_ns = 60 * CLOCK_SECOND};
    const int64_t grid_ns = 10 * CLOCK_MICROSECOND;
    uint64_t bits = random_u64(SEED, 1, 0, index);

    if (random_happens(random_u64(SEED, 1, 1, index), 0.1))
        return distribution_sample(&timer, bits);
    return distribution_sample(&packet, bits) / grid_ns * grid_ns;
}

static void hold(struct queue *queue, const int64_t *increment_ns, uint64_t count)
{
    struct kernel_event event;

    for (uint64_t i = 0; i < count; i++) {
        queue_pop_before(queue, CLOCK_NEVER, &event);
        event.time_ns += increment_ns[i % DRAWS];
        event.sequence += 1;
        queue_push(queue, &event);
    }
}

static void bench_hold(const char *name, uint32_t pending, increment_draw *draw, double target)
{
    struct queue queue;
    int64_t *increment_ns = g_new(int64_t, DRAWS);

    for (int i = 0; i < DRAWS; i++)
        increment_ns[i] = draw((uint64_t)i);
    queue_init(&queue);
    for (uint32_t i = 0; i < pending; i++) {
        struct kernel_event event = {.entity = i, .time_ns = increment_ns[(i * 7U) % DRAWS] + i % 1000};
        queue_push(&queue, &event);
    }
    hold(&queue, increment_ns, HOLDS); /* into steady state */
    double start_s = cpu_s();
    hold(&queue, increment_ns, HOLDS);
    row("queue_hold", name, HOLDS, start_s, target);
    queue_clear(&queue);
    g_free(increment_ns);
}

/* All at one time, in an order that is not the entities'. */
static int64_t one_time(uint64_t index)
{
    (void)index;
    return CLOCK_SECOND;
}

/* All within a millisecond, but one of 65536 a year ahead. */
static int64_t outlier(uint64_t index)
{
    const int64_t year_ns = 365 * 24 * 3600 * CLOCK_SECOND;

    return index == 0 ? year_ns
                      : (int64_t)random_below(random_u64(SEED, 2, 0, index), (uint64_t)CLOCK_MILLISECOND);
}

/* Pushes all, then takes all: a storm that begins at once. One event is a push and a pop. */
static void bench_drain(const char *name, uint32_t pending, increment_draw *draw)
{
    struct queue queue;
    struct kernel_event event;
    int64_t *time_ns = g_new(int64_t, DRAWS);

    for (int i = 0; i < DRAWS; i++)
        time_ns[i] = draw((uint64_t)i);
    queue_init(&queue);
    double start_s = cpu_s();
    for (uint32_t i = 0; i < pending; i++) {
        event = (struct kernel_event){.entity = i * UINT32_C(2654435761), .time_ns = time_ns[i % DRAWS]};
        queue_push(&queue, &event);
    }
    while (queue_pop_before(&queue, CLOCK_NEVER, &event))
        continue;
    row("queue_drain", name, pending, start_s, 0);
    queue_clear(&queue);
    g_free(time_ns);
}

/* PHOLD: every event schedules one successor, one of ten of them in another region. */
enum { PHOLD_ENTITIES = 100000 };

struct phold {
    struct kernel_region *region;
    uint32_t regions;
    const int64_t *increment_ns;
};

static void phold_event(void *context, const struct kernel_event *event)
{
    const struct phold *phold = context;
    uint32_t draw = (event->argument * UINT32_C(2654435761)) ^ event->entity;
    int64_t delay_ns = CLOCK_MILLISECOND + phold->increment_ns[draw % DRAWS];

    if (draw >> 24 < 26)
        kernel_send(phold->region, draw % phold->regions, delay_ns, event->entity, 0, event->argument + 1,
                    NULL);
    else
        kernel_schedule(phold->region, delay_ns, event->entity, 0, event->argument + 1, NULL);
}

static void bench_phold(const char *name, uint32_t regions)
{
    static kernel_handler *const handlers[] = {phold_event};
    const struct kernel_config config = {
        .regions = regions, .lookahead_ns = CLOCK_MILLISECOND, .handlers = handlers, .handler_count = 1};
    struct kernel *kernel = kernel_new(&config);
    struct phold *phold = g_new0(struct phold, regions);
    int64_t *increment_ns = g_new(int64_t, DRAWS);

    for (int i = 0; i < DRAWS; i++)
        increment_ns[i] = exponential((uint64_t)i) / 10;
    for (uint32_t i = 0; i < regions; i++) {
        phold[i] = (struct phold){kernel_region(kernel, i), regions, increment_ns};
        kernel_region_set_context(phold[i].region, &phold[i]);
    }
    for (uint32_t i = 0; i < PHOLD_ENTITIES; i++)
        kernel_schedule(phold[i % regions].region, increment_ns[i % DRAWS], i, 0, 0, NULL);
    double start_s = cpu_s();
    kernel_run(kernel, 4 * CLOCK_SECOND);
    row("kernel_phold", name, kernel_events(kernel), start_s, 0);
    g_free(phold);
    g_free(increment_ns);
    kernel_free(kernel);
}

int main(void)
{
    puts("what,value,unit,ratio");
    bench_hold("1k_exponential", 1000, exponential, 42);
    bench_hold("100k_exponential", 100000, exponential, 0);
    bench_hold("1M_exponential", 1000000, exponential, 19);
    bench_hold("10M_exponential", 10000000, exponential, 10);
    bench_hold("1M_bimodal", 1000000, bimodal, 0);
    bench_drain("1M_exponential", 1000000, exponential);
    bench_drain("1M_one_time", 1000000, one_time);
    bench_drain("1M_outlier", 1000000, outlier);
    bench_phold("1_region", 1);
    bench_phold("16_regions", 16);
    bench_phold("1024_regions", 1024);
    return 0;
}
