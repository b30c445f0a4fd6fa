/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A sorted run of events: the contents of one bag, put in order and taken from the front. */
#ifndef SIM_KERNEL_EVENT_RUN_H
#define SIM_KERNEL_EVENT_RUN_H

#include "sim/kernel/event_bag.h"

/* All zero is an empty run. event[next .. count) are left. */
struct event_run {
    struct kernel_event *event;
    size_t next;
    size_t count;
    size_t capacity;
    struct kernel_event *scratch; /* for merging */
    size_t scratch_capacity;
};

/* Frees all memory; the run is empty then. */
void event_run_clear(struct event_run *run);

/* Fills an empty run with the events of a bag, whose times lie in [min_ns, max_ns], in order. The bag is
 * empty then, its chunks are the store's. */
void event_run_fill(struct event_run *run, struct event_bag *bag, struct chunk_store *store, int64_t min_ns,
                    int64_t max_ns);

#endif
