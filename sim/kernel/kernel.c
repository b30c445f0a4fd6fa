/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Regions and conservative windows. The coordinator (kernel_run) finds the earliest event of all regions
 * and lets every region run its events of the window that starts there; what they sent one another is
 * handed over when the window ends. A running region writes to itself and its outbox only, so those of one
 * window run on as many threads as there are. */
#include "sim/kernel/kernel.h"

#include "sim/base/clock.h"
#include "sim/kernel/event_heap.h"
#include "sim/kernel/outbox.h"
#include "sim/kernel/queue.h"
#include "sim/kernel/sampler.h"
#include "sim/kernel/threads.h"
#include "sim/kernel/timeout.h"

#include <glib.h>

struct kernel_region {
    struct kernel *kernel;
    void *context;
    int64_t now_ns;
    uint64_t sequence; /* of the next event this region schedules */
    uint64_t events;
    uint64_t fingerprint;
    uint32_t index;
    struct queue queue;
    struct timeouts timeouts;
    struct outbox outbox;
};

struct kernel {
    struct kernel_config config;
    struct kernel_region *regions;
    /* Earliest event of every region as a tree: next_ns[leaves + i] is region i's, every inner node is the
     * earlier of its two children, so next_ns[1] is the earliest of all. */
    int64_t *next_ns;
    uint32_t leaves; /* power of two */
    uint32_t *ran;   /* regions that ran in this window and may have mail */
    uint32_t ran_count;
    int64_t window_end_ns;
    struct sampler sampler;
};

struct kernel *kernel_new(const struct kernel_config *config)
{
    g_assert(config->regions >= 1 && config->regions <= KERNEL_REGIONS_MAX);
    g_assert(config->handler_count <= KERNEL_KINDS_MAX);
    g_assert(config->lookahead_ns > 0 && config->sample_step_ns >= 0);
    struct kernel *kernel = g_new0(struct kernel, 1);

    kernel->config = *config;
    kernel->regions = g_new0(struct kernel_region, config->regions);
    kernel->ran = g_new(uint32_t, config->regions);
    kernel->leaves = 1;
    while (kernel->leaves < config->regions)
        kernel->leaves *= 2;
    kernel->next_ns = g_new(int64_t, 2 * (size_t)kernel->leaves);
    for (uint32_t i = 0; i < 2 * kernel->leaves; i++)
        kernel->next_ns[i] = CLOCK_NEVER;
    for (uint32_t i = 0; i < config->regions; i++) {
        kernel->regions[i].kernel = kernel;
        kernel->regions[i].index = i;
        queue_init(&kernel->regions[i].queue);
        timeouts_init(&kernel->regions[i].timeouts, config->timeout_delays_ns, config->timeout_delay_count);
    }
    sampler_init(&kernel->sampler, config->sample_step_ns, config->sample, config->user);
    return kernel;
}

void kernel_free(struct kernel *kernel)
{
    if (!kernel)
        return;
    for (uint32_t i = 0; i < kernel->config.regions; i++) {
        queue_clear(&kernel->regions[i].queue);
        timeouts_clear(&kernel->regions[i].timeouts);
        outbox_clear(&kernel->regions[i].outbox);
    }
    g_free(kernel->regions);
    g_free(kernel->next_ns);
    g_free(kernel->ran);
    g_free(kernel);
}

struct kernel_region *kernel_region(struct kernel *kernel, uint32_t index)
{
    g_assert(index < kernel->config.regions);
    return &kernel->regions[index];
}

void kernel_region_set_context(struct kernel_region *region, void *context)
{
    region->context = context;
}

int64_t kernel_now(const struct kernel_region *region)
{
    return region->now_ns;
}

/* Sets the earliest event of a region and the path above it. */
static void kernel_set_next(struct kernel *kernel, uint32_t region, int64_t time_ns)
{
    int64_t *next = kernel->next_ns;
    uint32_t node = kernel->leaves + region;

    next[node] = time_ns;
    while (node > 1) {
        int64_t earlier = MIN(next[node], next[node ^ 1]);
        node /= 2;
        if (next[node] == earlier)
            break;
        next[node] = earlier;
    }
}

static G_NORETURN void kernel_refuse_event(const struct kernel_region *region, int64_t delay_ns,
                                           uint32_t kind)
{
    g_error("kernel: region %u at %" G_GINT64_FORMAT " ns schedules an event of kind %u (of %u) with delay "
            "%" G_GINT64_FORMAT " ns",
            region->index, region->now_ns, kind, region->kernel->config.handler_count, delay_ns);
}

static G_NORETURN void kernel_refuse_send(const struct kernel_region *from, uint32_t to, int64_t delay_ns)
{
    g_error("kernel: region %u sends to region %u (of %u) with delay %" G_GINT64_FORMAT
            " ns; the look-ahead is %" G_GINT64_FORMAT " ns",
            from->index, to, from->kernel->config.regions, delay_ns, from->kernel->config.lookahead_ns);
}

static void kernel_check_event(const struct kernel_region *region, int64_t delay_ns, uint32_t kind)
{
    /* As unsigned numbers, a negative delay is beyond any time left too. */
    if ((uint64_t)delay_ns >= (uint64_t)(CLOCK_NEVER - region->now_ns) ||
        kind >= region->kernel->config.handler_count)
        kernel_refuse_event(region, delay_ns, kind);
}

static inline struct kernel_event kernel_make_event(struct kernel_region *region, int64_t delay_ns,
                                                    uint32_t entity, uint32_t kind, uint32_t argument,
                                                    void *payload)
{
    return (struct kernel_event){
        .time_ns = region->now_ns + delay_ns,
        .sequence = region->sequence++,
        .origin = region->index,
        .entity = entity,
        .kind = kind,
        .argument = argument,
        .payload = payload,
    };
}

void kernel_schedule(struct kernel_region *region, int64_t delay_ns, uint32_t entity, uint32_t kind,
                     uint32_t argument, void *payload)
{
    kernel_check_event(region, delay_ns, kind);
    struct kernel_event *place = queue_place(&region->queue, region->now_ns + delay_ns);
    if (place) {
        *place = kernel_make_event(region, delay_ns, entity, kind, argument, payload);
        return;
    }
    struct kernel_event event = kernel_make_event(region, delay_ns, entity, kind, argument, payload);
    queue_push(&region->queue, &event);
}

uint64_t kernel_timeout_set(struct kernel_region *region, int64_t delay_ns, uint32_t entity, uint32_t kind,
                            uint32_t argument, void *payload)
{
    int list = timeouts_list_of(&region->timeouts, delay_ns);

    if (list < 0) {
        kernel_schedule(region, delay_ns, entity, kind, argument, payload);
        return 0;
    }
    kernel_check_event(region, delay_ns, kind);
    struct kernel_event event = kernel_make_event(region, delay_ns, entity, kind, argument, payload);
    return timeouts_set(&region->timeouts, (uint32_t)list, &event);
}

void kernel_timeout_cancel(struct kernel_region *region, uint64_t timeout)
{
    timeouts_cancel(&region->timeouts, timeout);
}

void kernel_send(struct kernel_region *from, uint32_t to, int64_t delay_ns, uint32_t entity, uint32_t kind,
                 uint32_t argument, void *payload)
{
    if (to == from->index) {
        kernel_schedule(from, delay_ns, entity, kind, argument, payload);
        return;
    }
    if (to >= from->kernel->config.regions || delay_ns < from->kernel->config.lookahead_ns)
        kernel_refuse_send(from, to, delay_ns);
    kernel_check_event(from, delay_ns, kind);
    *outbox_place(&from->outbox, to) = kernel_make_event(from, delay_ns, entity, kind, argument, payload);
}

/* A sum of this over events does not depend on their order; each field alone changes it. */
static uint64_t kernel_event_hash(const struct kernel_event *event)
{
    uint64_t h = (uint64_t)event->time_ns * UINT64_C(0x9E3779B97F4A7C15);

    h ^= h >> 32;
    h += (uint64_t)(event->origin != 0) << 32 | event->entity;
    h *= UINT64_C(0xBF58476D1CE4E5B9);
    h ^= h >> 29;
    h += event->kind;
    h *= UINT64_C(0x94D049BB133111EB);
    return h ^ h >> 31;
}

/* With many UEs no event finds its memory in the cache: it is fetched while the events before it run. */
static const size_t ahead[KERNEL_PREFETCH_STAGES] = {16, 8, 4};

static inline void kernel_prefetch(const struct kernel_region *region, kernel_prefetcher *const *prefetchers,
                                   unsigned stage, size_t places)
{
    const struct kernel_event *event = queue_ahead(&region->queue, places);

    if (prefetchers[event->kind])
        prefetchers[event->kind](region->context, event, stage);
}

/* The events that become known with a new run are nearer than an event is fetched from: all at once, stage by
 * stage. */
static void kernel_catch_up(const struct kernel_region *region, kernel_prefetcher *const *prefetchers)
{
    size_t known = queue_known(&region->queue);

    for (unsigned stage = 0; stage < KERNEL_PREFETCH_STAGES; stage++)
        for (size_t i = 0; i < MIN(known, ahead[stage]); i++)
            kernel_prefetch(region, prefetchers, stage, i);
}

static void kernel_look_ahead(const struct kernel_region *region, kernel_prefetcher *const *prefetchers,
                              const struct kernel_event *taken)
{
    size_t known = queue_known(&region->queue);

    if (queue_begins_run(&region->queue, taken))
        kernel_catch_up(region, prefetchers);
    if (known > ahead[0])
        kernel_prefetch(region, prefetchers, 0, ahead[0]);
    if (known > ahead[1])
        kernel_prefetch(region, prefetchers, 1, ahead[1]);
    if (known > ahead[2])
        kernel_prefetch(region, prefetchers, 2, ahead[2]);
}

/* Takes the earliest event or timeout out if its time is before end_ns; of equal times as events among
 * themselves. NULL: there is none. */
static const struct kernel_event *kernel_take_before(struct kernel_region *region, int64_t end_ns,
                                                     struct kernel_event *spare)
{
    const struct kernel_event *timeout = region->timeouts.next;

    if (!timeout || timeout->time_ns >= end_ns)
        return queue_take_before(&region->queue, end_ns, spare);
    const struct kernel_event *event = queue_peek(&region->queue);
    if (event && event_before(event, timeout))
        return queue_take_before(&region->queue, end_ns, spare);
    timeouts_pop(&region->timeouts, spare);
    return spare;
}

static int64_t kernel_region_next_ns(struct kernel_region *region)
{
    int64_t event_ns = queue_next_ns(&region->queue);

    return region->timeouts.next ? MIN(event_ns, region->timeouts.next->time_ns) : event_ns;
}

static void kernel_region_run(struct kernel_region *region, int64_t end_ns)
{
    kernel_handler *const *handlers = region->kernel->config.handlers;
    kernel_prefetcher *const *prefetchers = region->kernel->config.prefetchers;
    const struct kernel_event *event;
    struct kernel_event spare;
    uint64_t events = 0, fingerprint = 0;

    while ((event = kernel_take_before(region, end_ns, &spare))) {
        if (prefetchers)
            kernel_look_ahead(region, prefetchers, event);
        region->now_ns = event->time_ns;
        events++;
        fingerprint += kernel_event_hash(event);
        handlers[event->kind](region->context, event);
    }
    region->events += events;
    region->fingerprint += fingerprint;
    /* No window comes near the other half of the sequences. */
    g_assert(region->sequence >> (KERNEL_SEQUENCE_BITS - 1) == 0);
}

static void kernel_deliver(void *user, uint32_t to, const struct kernel_event *event)
{
    struct kernel *kernel = user;

    queue_push(&kernel->regions[to].queue, event);
    if (event->time_ns < kernel->next_ns[kernel->leaves + to])
        kernel_set_next(kernel, to, event->time_ns);
}

/* Puts every region that has an event before end_ns into `ran`, the core first, which has most to do. */
static void kernel_find_due(struct kernel *kernel, int64_t end_ns)
{
    kernel->ran_count = 0;
    while (kernel->next_ns[1] < end_ns) {
        uint32_t node = 1;
        while (node < kernel->leaves)
            node = 2 * node + (kernel->next_ns[2 * node] >= end_ns);
        kernel->ran[kernel->ran_count++] = node - kernel->leaves;
        kernel_set_next(kernel, node - kernel->leaves, CLOCK_NEVER);
    }
}

static void kernel_run_item(void *user, unsigned index, unsigned thread)
{
    struct kernel *kernel = user;

    (void)thread;
    kernel_region_run(&kernel->regions[kernel->ran[index]], kernel->window_end_ns);
}

/* Runs what is due, each region by one thread, then hands over what they sent, in an order that does not
 * depend on threads. */
static void kernel_run_window(struct kernel *kernel, int64_t end_ns)
{
    kernel->sampler.stale = true;
    kernel->window_end_ns = end_ns;
    kernel_find_due(kernel, end_ns);
    threads_run(kernel->config.threads, kernel->ran_count, kernel_run_item, kernel);
    for (uint32_t i = 0; i < kernel->ran_count; i++)
        kernel_set_next(kernel, kernel->ran[i], kernel_region_next_ns(&kernel->regions[kernel->ran[i]]));
    for (uint32_t i = 0; i < kernel->ran_count; i++)
        outbox_empty(&kernel->regions[kernel->ran[i]].outbox, kernel_deliver, kernel);
}

static int64_t kernel_window_end(const struct kernel *kernel, int64_t start_ns, int64_t end_ns)
{
    int64_t lookahead_ns = kernel->config.lookahead_ns;
    int64_t window_ns = start_ns < CLOCK_NEVER - lookahead_ns ? start_ns + lookahead_ns : CLOCK_NEVER;

    return MIN(MIN(window_ns, end_ns), kernel->sampler.next_ns);
}

/* Events scheduled before the run, or between two runs, are not in the tree yet. */
static void kernel_collect_scheduled(struct kernel *kernel)
{
    for (uint32_t i = 0; i < kernel->config.regions; i++)
        outbox_empty(&kernel->regions[i].outbox, kernel_deliver, kernel);
    for (uint32_t i = 0; i < kernel->config.regions; i++)
        kernel_set_next(kernel, i, kernel_region_next_ns(&kernel->regions[i]));
}

static int64_t kernel_latest_now(const struct kernel *kernel)
{
    int64_t latest_ns = kernel->regions[0].now_ns;

    for (uint32_t i = 1; i < kernel->config.regions; i++)
        latest_ns = MAX(latest_ns, kernel->regions[i].now_ns);
    return latest_ns;
}

/* Window after window; returns the time reached. */
static int64_t kernel_run_windows(struct kernel *kernel, int64_t end_ns)
{
    const struct kernel_config *config = &kernel->config;

    for (;;) {
        int64_t start_ns = kernel->next_ns[1];
        if (start_ns == CLOCK_NEVER)
            return kernel_latest_now(kernel);
        if (!sampler_pass(&kernel->sampler, MIN(start_ns, end_ns)))
            return kernel->sampler.last_ns;
        if (start_ns >= end_ns)
            return end_ns;
        int64_t window_ns = kernel_window_end(kernel, start_ns, end_ns);
        if (config->begin)
            config->begin(config->user, start_ns, window_ns);
        kernel_run_window(kernel, window_ns);
        bool go_on = !config->window || config->window(config->user, window_ns);
        if (!go_on)
            return window_ns;
    }
}

int64_t kernel_run(struct kernel *kernel, int64_t end_ns)
{
    const struct kernel_config *config = &kernel->config;

    if (end_ns < kernel_latest_now(kernel))
        end_ns = kernel_latest_now(kernel);
    kernel_collect_scheduled(kernel);
    int64_t reached_ns = kernel_run_windows(kernel, end_ns);
    sampler_end(&kernel->sampler, reached_ns);
    for (uint32_t i = 0; i < config->regions; i++)
        kernel->regions[i].now_ns = reached_ns;
    return reached_ns;
}

uint64_t kernel_events(const struct kernel *kernel)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < kernel->config.regions; i++)
        sum += kernel->regions[i].events;
    return sum;
}

uint64_t kernel_fingerprint(const struct kernel *kernel)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < kernel->config.regions; i++)
        sum += kernel->regions[i].fingerprint;
    return sum;
}

uint64_t kernel_pending(const struct kernel *kernel)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < kernel->config.regions; i++)
        sum += queue_count(&kernel->regions[i].queue) + timeouts_count(&kernel->regions[i].timeouts) +
               kernel->regions[i].outbox.count;
    return sum;
}

void kernel_each_pending(struct kernel *kernel, void (*visit)(void *user, const struct kernel_event *event),
                         void *user)
{
    for (uint32_t i = 0; i < kernel->config.regions; i++) {
        queue_each(&kernel->regions[i].queue, visit, user);
        timeouts_each(&kernel->regions[i].timeouts, visit, user);
        outbox_each(&kernel->regions[i].outbox, visit, user);
    }
}
