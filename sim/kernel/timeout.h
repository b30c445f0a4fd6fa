/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Timeouts of a region: events with one of a few constant delays, most of which are cancelled before they
 * come.
 *
 * With a constant delay the order of setting is the order of coming, so a delay's timeouts are a ring:
 * setting appends, cancelling marks, and neither ever moves another timeout. A cancelled one is passed over
 * without being run, so that a timeout that does not happen costs next to nothing and touches no memory of
 * its owner. */
#ifndef SIM_KERNEL_TIMEOUT_H
#define SIM_KERNEL_TIMEOUT_H

#include "sim/kernel/kernel.h"

struct timeout_list {
    int64_t delay_ns;
    struct kernel_event *ring; /* of a power of two; kind TIMEOUT_CANCELLED: passed over */
    uint64_t capacity;
    uint64_t first, end; /* first: never one that was cancelled, unless the list is empty */
};

#define TIMEOUT_CANCELLED KERNEL_KINDS_MAX

struct timeouts {
    struct timeout_list list[KERNEL_TIMEOUT_DELAYS_MAX];
    uint32_t lists;
    const struct kernel_event *next; /* the earliest of all; NULL: none */
    uint32_t next_list;
};

/* count: at most KERNEL_TIMEOUT_DELAYS_MAX; equal delays share a list. */
void timeouts_init(struct timeouts *timeouts, const int64_t *delays_ns, uint32_t count);
/* Frees all memory. */
void timeouts_clear(struct timeouts *timeouts);
/* The list of a delay; -1: none. */
int timeouts_list_of(const struct timeouts *timeouts, int64_t delay_ns);
/* Keeps a copy of the event, which comes after the list's delay. Returns what cancels it, never 0. */
uint64_t timeouts_set(struct timeouts *timeouts, uint32_t list, const struct kernel_event *event);
/* Nothing happens if it has come, or was cancelled, before. */
void timeouts_cancel(struct timeouts *timeouts, uint64_t timeout);
/* Takes the earliest timeout, which must exist. */
void timeouts_pop(struct timeouts *timeouts, struct kernel_event *out);
/* Those that will come. */
uint64_t timeouts_count(const struct timeouts *timeouts);
/* Calls visit() for each that will come, in no order. */
void timeouts_each(const struct timeouts *timeouts,
                   void (*visit)(void *user, const struct kernel_event *event), void *user);

#endif
