/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Kernel: regions and windows against a reference that knows neither, a single heap of all events.
 *
 * The model is PHOLD with ties: an event schedules up to two more, some in other regions, on a time grid so
 * coarse that many are at one time. What a region saw, in its order, is kept as a running hash. */
#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/kernel/event_heap.h"
#include "sim/kernel/kernel.h"
#include "tests/tap/tap.h"

enum { REGIONS_MAX = 64, ENTITIES = 200, GENERATIONS = 40, KINDS = 3, SEED = 3 };

#define LOOKAHEAD_NS CLOCK_MILLISECOND

struct trace {
    uint64_t hash[REGIONS_MAX];
    uint64_t events;
};

static void trace_event(struct trace *trace, uint32_t region, const struct kernel_event *event)
{
    uint64_t *hash = &trace->hash[region];

    *hash = (*hash ^ (uint64_t)event->time_ns) * UINT64_C(1099511628211);
    *hash = (*hash ^ event->sequence) * UINT64_C(1099511628211);
    *hash = (*hash ^ ((uint64_t)event->origin << 32 | event->entity)) * UINT64_C(1099511628211);
    *hash = (*hash ^ ((uint64_t)event->kind << 32 | event->argument)) * UINT64_C(1099511628211);
    trace->events++;
}

/* What an event of the model brings about: `count` successors. */
struct successor {
    uint32_t to, entity, kind, argument;
    int64_t delay_ns;
};

static int successors(uint32_t region, uint32_t regions, const struct kernel_event *event,
                      struct successor out[2])
{
    if (event->argument >= GENERATIONS)
        return 0;
    uint64_t bits = random_u64(SEED, event->entity, event->kind, (uint64_t)event->time_ns + event->argument);
    int count = bits % 16 == 0 ? 2 : bits % 16 != 1;
    for (int i = 0; i < count; i++) {
        bool away = (bits >> (8 + i)) % 4 == 0;
        int64_t steps = (int64_t)(bits >> (16 + 8 * i) & 7);
        out[i] = (struct successor){
            .to = away ? (uint32_t)(bits >> 40) % regions : region,
            .entity = event->entity + (uint32_t)i * 7,
            .kind = (uint32_t)(bits >> 32) % KINDS,
            .argument = event->argument + 1,
            .delay_ns = away ? LOOKAHEAD_NS + steps * LOOKAHEAD_NS / 2 : steps * LOOKAHEAD_NS / 4,
        };
    }
    return count;
}

/* The reference: earliest event of all, whichever region it belongs to. */
static struct trace run_reference(uint32_t regions)
{
    struct trace trace = {0};
    struct event_heap heap;
    uint64_t sequence[REGIONS_MAX] = {0};

    event_heap_init(&heap);
    for (uint32_t i = 0; i < ENTITIES; i++) {
        struct kernel_event first = {.origin = i % regions, .entity = i, .sequence = sequence[i % regions]++};
        first.payload = GUINT_TO_POINTER(i % regions);
        event_heap_push(&heap, &first);
    }
    while (heap.count > 0) {
        struct kernel_event event = heap.event[0];
        struct successor next[2];
        uint32_t region = GPOINTER_TO_UINT(event.payload);
        event_heap_drop(&heap);
        trace_event(&trace, region, &event);
        int count = successors(region, regions, &event, next);
        for (int i = 0; i < count; i++) {
            struct kernel_event successor = {
                .time_ns = event.time_ns + next[i].delay_ns,
                .sequence = sequence[region]++,
                .origin = region,
                .entity = next[i].entity,
                .kind = next[i].kind,
                .argument = next[i].argument,
                .payload = GUINT_TO_POINTER(next[i].to),
            };
            event_heap_push(&heap, &successor);
        }
    }
    event_heap_clear(&heap);
    return trace;
}

struct model {
    struct kernel_region *region;
    uint32_t index, regions;
    struct trace *trace;
};

static void handle(void *context, const struct kernel_event *event)
{
    const struct model *model = context;
    struct successor next[2];
    uint32_t index = model->index;

    g_assert_cmpint(kernel_now(model->region), ==, event->time_ns);
    trace_event(model->trace, index, event);
    int count = successors(index, model->regions, event, next);
    for (int i = 0; i < count; i++)
        kernel_send(model->region, next[i].to, next[i].delay_ns, next[i].entity, next[i].kind,
                    next[i].argument, NULL);
}

static kernel_handler *const handlers[KINDS] = {handle, handle, handle};

struct run {
    struct trace trace;
    uint64_t fingerprint;
    uint64_t events;
    int64_t reached_ns;
};

/* The model on the kernel; run in stretches of slice_ns if that is > 0. */
static struct run run_model(uint32_t regions, int64_t lookahead_ns, int64_t sample_step_ns, int64_t slice_ns)
{
    struct run run = {0};
    struct model models[REGIONS_MAX];
    const struct kernel_config config = {
        .regions = regions,
        .lookahead_ns = lookahead_ns,
        .handlers = handlers,
        .handler_count = KINDS,
        .sample_step_ns = sample_step_ns,
    };
    struct kernel *kernel = kernel_new(&config);

    for (uint32_t i = 0; i < regions; i++) {
        models[i] = (struct model){kernel_region(kernel, i), i, regions, &run.trace};
        kernel_region_set_context(models[i].region, &models[i]);
    }
    for (uint32_t i = 0; i < ENTITIES; i++)
        kernel_schedule(models[i % regions].region, 0, i, 0, 0, NULL);
    for (int64_t end_ns = slice_ns; slice_ns > 0 && kernel_pending(kernel) > 0; end_ns += slice_ns)
        kernel_run(kernel, end_ns);
    run.reached_ns = kernel_run(kernel, CLOCK_NEVER);
    g_assert_cmpuint(kernel_pending(kernel), ==, 0);
    run.fingerprint = kernel_fingerprint(kernel);
    run.events = kernel_events(kernel);
    kernel_free(kernel);
    return run;
}

static void test_reference(void)
{
    static const uint32_t regions[] = {1, 2, 3, 16, 37, 64};

    for (size_t i = 0; i < G_N_ELEMENTS(regions); i++) {
        struct trace expected = run_reference(regions[i]);
        struct run run = run_model(regions[i], LOOKAHEAD_NS, 0, 0);
        g_assert_cmpuint(expected.events, >, 3000);
        g_assert_cmpuint(run.events, ==, expected.events);
        g_assert_cmpmem(run.trace.hash, sizeof run.trace.hash, expected.hash, sizeof expected.hash);
    }
}

/* How time is cut into windows must not show: neither in the order nor in the fingerprint. */
static void test_windows_do_not_show(void)
{
    static const struct {
        int64_t lookahead_ns, sample_step_ns, slice_ns;
    } cuts[] = {
        {LOOKAHEAD_NS, 0, 0},
        {LOOKAHEAD_NS / 7, 0, 0},
        {1, 0, 0},
        {LOOKAHEAD_NS, 7 * LOOKAHEAD_NS / 3, 0},
        {LOOKAHEAD_NS, LOOKAHEAD_NS / 5, 0},
        {LOOKAHEAD_NS, 0, 5 * LOOKAHEAD_NS / 2},
    };
    struct run expected = run_model(16, LOOKAHEAD_NS, 0, 0);

    for (size_t i = 0; i < G_N_ELEMENTS(cuts); i++) {
        struct run run = run_model(16, cuts[i].lookahead_ns, cuts[i].sample_step_ns, cuts[i].slice_ns);
        g_assert_cmpmem(run.trace.hash, sizeof run.trace.hash, expected.trace.hash, sizeof run.trace.hash);
        g_assert_cmphex(run.fingerprint, ==, expected.fingerprint);
        if (cuts[i].slice_ns == 0)
            g_assert_cmpint(run.reached_ns, ==, expected.reached_ns);
    }
}

static void ignore(void *context, const struct kernel_event *event)
{
    (void)context;
    (void)event;
}

static uint64_t fingerprint_of(int64_t delay_ns, uint32_t origin, uint32_t entity, uint32_t kind)
{
    static kernel_handler *const none[] = {ignore, ignore};
    const struct kernel_config config = {
        .regions = 3, .lookahead_ns = 1, .handlers = none, .handler_count = 2};
    struct kernel *kernel = kernel_new(&config);

    kernel_schedule(kernel_region(kernel, origin), delay_ns, entity, kind, 0, NULL);
    kernel_run(kernel, CLOCK_SECOND);
    g_assert_cmpuint(kernel_events(kernel), ==, 1);
    uint64_t fingerprint = kernel_fingerprint(kernel);
    kernel_free(kernel);
    return fingerprint;
}

/* Every field that the fingerprint is said to hold changes it; which region beside the core it was does
 * not. */
static void test_fingerprint_fields(void)
{
    uint64_t base = fingerprint_of(5, 0, 9, 0);

    g_assert_cmphex(base, ==, fingerprint_of(5, 0, 9, 0));
    g_assert_cmphex(base, !=, fingerprint_of(6, 0, 9, 0));
    g_assert_cmphex(base, !=, fingerprint_of(5, 1, 9, 0));
    g_assert_cmphex(base, !=, fingerprint_of(5, 0, 8, 0));
    g_assert_cmphex(base, !=, fingerprint_of(5, 0, 9, 1));
    g_assert_cmphex(fingerprint_of(5, 1, 9, 0), ==, fingerprint_of(5, 2, 9, 0));
}

/* One number for a whole run, so that a compiler or level that changes anything is found out. */
static void test_golden(void)
{
    struct run run = run_model(16, LOOKAHEAD_NS, 0, 0);

    g_assert_cmphex(run.fingerprint, ==, UINT64_C(0x5b2e772ba7500165));
    g_assert_cmpuint(run.events, ==, 8001);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/kernel/reference", test_reference);
    g_test_add_func("/kernel/windows-do-not-show", test_windows_do_not_show);
    g_test_add_func("/kernel/fingerprint-fields", test_fingerprint_fields);
    g_test_add_func("/kernel/golden", test_golden);
    return g_test_run();
}
