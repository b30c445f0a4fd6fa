/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Alarms: events with one of a few constant delays, most of which are called off before they come (timeouts).
 *
 * With a constant delay the order of setting is the order of coming, so a delay's alarms are a ring: setting
 * appends, calling off marks, and neither ever moves another alarm. What was called off is passed over
 * without being run, so that a timeout that does not happen costs next to nothing and touches no memory of
 * its owner. */
#ifndef SIM_KERNEL_ALARM_H
#define SIM_KERNEL_ALARM_H

#include "sim/kernel/kernel.h"

struct alarm_list {
    int64_t delay_ns;
    struct kernel_event *ring; /* of a power of two; kind ALARM_CALLED_OFF: passed over */
    uint64_t capacity;
    uint64_t first, end; /* first: never one that was called off, unless the list is empty */
};

#define ALARM_CALLED_OFF UINT32_MAX

struct alarm_set {
    struct alarm_list list[KERNEL_ALARM_DELAYS_MAX];
    uint32_t lists;
    const struct kernel_event *next; /* the earliest of all; NULL: none */
    uint32_t next_list;
};

void alarm_set_init(struct alarm_set *set, const int64_t *delays_ns, uint32_t count);
void alarm_set_clear(struct alarm_set *set);
/* The list of a delay; -1: none. */
int alarm_list_of(const struct alarm_set *set, int64_t delay_ns);
/* Keeps a copy of the event, which comes after the list's delay. Returns what calls it off, never 0. */
uint64_t alarm_add(struct alarm_set *set, uint32_t list, const struct kernel_event *event);
/* Nothing happens if it has come, or was called off, before. */
void alarm_call_off(struct alarm_set *set, uint64_t alarm);
/* Takes the earliest alarm, which must exist. */
void alarm_pop(struct alarm_set *set, struct kernel_event *out);
uint64_t alarm_count(const struct alarm_set *set);
void alarm_each(const struct alarm_set *set, void (*visit)(void *user, const struct kernel_event *event),
                void *user);

#endif
