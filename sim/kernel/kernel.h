/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The event kernel: virtual time, regions (logical processes) and conservative windows.
 *
 * A region owns its events and everything its handlers touch. Regions meet only through
 * kernel_send(), whose delay is at least the look-ahead; within a window of that width they are
 * independent of one another, and run in any order, on any thread.
 * Events of one region run in the order (time, origin region, entity, sequence), where sequence is
 * counted by the region that scheduled the event: the order never depends on how the run is executed. */
#ifndef SIM_KERNEL_KERNEL_H
#define SIM_KERNEL_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kernel;
struct kernel_region;
struct threads;

enum { KERNEL_KIND_BITS = 8, KERNEL_REGION_BITS = 16, KERNEL_SEQUENCE_BITS = 40 };

#define KERNEL_REGIONS_MAX (1U << KERNEL_REGION_BITS)
/* One less than the bits allow: the last one is the kernel's own. */
#define KERNEL_KINDS_MAX ((1U << KERNEL_KIND_BITS) - 1)

/* An event as it waits in a queue. `entity`, `kind`, `argument` and `payload` belong to the handler;
 * entity takes part in the order of ties. Half a cache line: with many events pending, memory sets
 * the pace. */
struct kernel_event {
    int64_t time_ns;
    uint64_t kind : KERNEL_KIND_BITS;     /* index into the handler table */
    uint64_t origin : KERNEL_REGION_BITS; /* region that scheduled it */
    uint64_t sequence : KERNEL_SEQUENCE_BITS;
    uint32_t entity;
    uint32_t argument;
    void *payload;
};

/* One handler per event kind; `context` is the region's own. The event is valid during the call. */
typedef void kernel_handler(void *context, const struct kernel_event *event);

#define KERNEL_TIMEOUT_DELAYS_MAX 16
#define KERNEL_PREFETCH_STAGES    3

typedef void kernel_prefetcher(void *context, const struct kernel_event *event, unsigned stage);

/* How to build a kernel. */
struct kernel_config {
    uint32_t regions;     /* 1 to KERNEL_REGIONS_MAX; region 0 is the core */
    int64_t lookahead_ns; /* > 0 */
    kernel_handler *const *handlers;
    uint32_t handler_count; /* at most KERNEL_KINDS_MAX */
    /* Called for events that will come soon, to have memory fetched: first (`stage` 0) what the event names,
     * later (1) what that names in turn, and again (2). They must change nothing, and need not be called at
     * all. NULL, or a table with NULLs, by kind like `handlers`. */
    kernel_prefetcher *const *prefetchers;
    /* Delays that kernel_timeout_set() will often be called with, each > 0; copied. */
    int64_t timeout_delays_ns[KERNEL_TIMEOUT_DELAYS_MAX];
    uint32_t timeout_delay_count;
    /* Called on the coordinating thread between windows: no region is running, and every event before
     * `time_ns` of every region has run. Called at every multiple of sample_step_ns > 0 that the run passes
     * (also through idle time, one by one), and at the end with the time reached, unless nothing has run
     * since the last call at that very time. Must not schedule events; returns false to stop the run
     * (interrupt, full disk). */
    int64_t sample_step_ns; /* 0: no samples */
    bool (*sample)(void *user, int64_t time_ns);
    struct threads *threads; /* that run the regions of a window; NULL: the caller alone. Not owned */
    /* Called before the regions run their events from start_ns on and before end_ns. Must not schedule
     * events. NULL: not called. */
    void (*begin)(void *user, int64_t start_ns, int64_t end_ns);
    /* Called at every window end, before sample(), in the same way. Must not schedule events. */
    bool (*window)(void *user, int64_t time_ns);
    void *user;
};

/* A new kernel with its regions, at time 0 and without events; kernel_free() is its end. Memory that runs out
 * ends the process, here and in all other calls, as GLib does. The config is copied, the tables it points to
 * are not. */
struct kernel *kernel_new(const struct kernel_config *config);
/* NULL is ignored. Events that are pending are forgotten, payloads are not touched. */
void kernel_free(struct kernel *kernel);

/* A region, index below `regions`. It is the kernel's. */
struct kernel_region *kernel_region(struct kernel *kernel, uint32_t index);
/* What the region's handlers get as `context`; NULL before. */
void kernel_region_set_context(struct kernel_region *region, void *context);

/* Time of the event being handled; outside a run 0 before the first, then the time the last one reached. */
int64_t kernel_now(const struct kernel_region *region);

/* Schedules an event in the same region after delay_ns >= 0, which must not reach the end of time. From
 * within a handler of the region, or between runs. payload is the caller's: the handler gets it as it is. */
void kernel_schedule(struct kernel_region *region, int64_t delay_ns, uint32_t entity, uint32_t kind,
                     uint32_t argument, void *payload);

/* As kernel_schedule(), for what will most often be cancelled. With one of timeout_delays_ns it costs next
 * to nothing if cancelled; of one time it comes behind the timeouts that were set before, and among events
 * as one of them. With any other delay it is an event like any other: cancelling has no effect, and the
 * handler must know a stale one by itself. Returns what kernel_timeout_cancel() takes (0: cannot be
 * cancelled). */
uint64_t kernel_timeout_set(struct kernel_region *region, int64_t delay_ns, uint32_t entity, uint32_t kind,
                            uint32_t argument, void *payload);
/* Of a timeout of the same region; nothing happens if it has come, or was cancelled, before, or is 0. */
void kernel_timeout_cancel(struct kernel_region *region, uint64_t timeout);

/* Schedules an event in another region (or the same one). For another region delay_ns must be at least
 * the look-ahead: less is a programming error, reported with both regions, and ends the process. */
void kernel_send(struct kernel_region *from, uint32_t to, int64_t delay_ns, uint32_t entity, uint32_t kind,
                 uint32_t argument, void *payload);

/* Runs until no event is left, `end_ns` is reached (events at end_ns do not run), or window() or sample()
 * returned false. Returns the time reached: of the last event if the queue ran dry, of the end of the window
 * if stopped. May be called again to go on from there; events may be scheduled between. */
int64_t kernel_run(struct kernel *kernel, int64_t end_ns);

/* The following are sums over all regions, to be called between windows. */

/* Events that have run. */
uint64_t kernel_events(const struct kernel *kernel);
/* A 64-bit sum of a hash of every event that has run (time, whether the core scheduled it, entity, kind):
 * equal for equal runs. In which order the regions ran does not matter, nor how many there are. */
uint64_t kernel_fingerprint(const struct kernel *kernel);
/* Events and timeouts that wait, without those that were cancelled. */
uint64_t kernel_pending(const struct kernel *kernel);

/* Calls visit() for every event still pending, region by region, in no order. */
void kernel_each_pending(struct kernel *kernel, void (*visit)(void *user, const struct kernel_event *event),
                         void *user);

#ifdef __cplusplus
}
#endif

#endif
