/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Rings of alarms, see alarm.h. */
#include "sim/kernel/alarm.h"

#include <glib.h>
#include <string.h>

#define RING_FIRST 64
#define LIST_BITS  4
_Static_assert(KERNEL_ALARM_DELAYS_MAX <= 1 << LIST_BITS, "a list's number fits into its part of an alarm");

void alarm_set_init(struct alarm_set *set, const int64_t *delays_ns, uint32_t count)
{
    memset(set, 0, sizeof *set);
    for (uint32_t i = 0; i < count; i++)
        if (alarm_list_of(set, delays_ns[i]) < 0)
            set->list[set->lists++] = (struct alarm_list){.delay_ns = delays_ns[i]};
}

void alarm_set_clear(struct alarm_set *set)
{
    for (uint32_t i = 0; i < set->lists; i++)
        g_free(set->list[i].ring);
    memset(set, 0, sizeof *set);
}

int alarm_list_of(const struct alarm_set *set, int64_t delay_ns)
{
    for (uint32_t i = 0; i < set->lists; i++)
        if (set->list[i].delay_ns == delay_ns)
            return (int)i;
    return -1;
}

static struct kernel_event *at(const struct alarm_list *list, uint64_t place)
{
    return &list->ring[place & (list->capacity - 1)];
}

static void grow(struct alarm_list *list)
{
    uint64_t capacity = list->capacity ? 2 * list->capacity : RING_FIRST;
    struct kernel_event *ring = g_new(struct kernel_event, capacity);

    for (uint64_t i = list->first; i < list->end; i++)
        ring[i & (capacity - 1)] = *at(list, i);
    g_free(list->ring);
    list->ring = ring;
    list->capacity = capacity;
}

/* Alarms are told apart by their sequence alone: a ring keeps the order in which they were set. */
static bool alarm_before(const struct kernel_event *a, const struct kernel_event *b)
{
    return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->sequence < b->sequence);
}

static void find_next(struct alarm_set *set)
{
    set->next = NULL;
    for (uint32_t i = 0; i < set->lists; i++) {
        const struct alarm_list *list = &set->list[i];

        if (list->first < list->end && (!set->next || alarm_before(at(list, list->first), set->next))) {
            set->next = at(list, list->first);
            set->next_list = i;
        }
    }
}

/* The first alarm of a list is gone: on to the next that still stands. */
static void drop_first(struct alarm_set *set, struct alarm_list *list)
{
    do
        list->first++;
    while (list->first < list->end && at(list, list->first)->kind == ALARM_CALLED_OFF);
    find_next(set);
}

uint64_t alarm_add(struct alarm_set *set, uint32_t number, const struct kernel_event *event)
{
    struct alarm_list *list = &set->list[number];
    bool was_empty = list->first == list->end;
    bool grown = list->end - list->first == list->capacity;

    if (grown)
        grow(list);
    *at(list, list->end++) = *event;
    if (was_empty || grown)
        find_next(set);
    return (list->end << LIST_BITS) | number;
}

void alarm_call_off(struct alarm_set *set, uint64_t alarm)
{
    struct alarm_list *list = &set->list[alarm & ((1U << LIST_BITS) - 1)];
    uint64_t place = (alarm >> LIST_BITS) - 1;

    if (alarm == 0 || place < list->first || place >= list->end)
        return;
    at(list, place)->kind = ALARM_CALLED_OFF;
    if (place == list->first)
        drop_first(set, list);
}

void alarm_pop(struct alarm_set *set, struct kernel_event *out)
{
    *out = *set->next;
    drop_first(set, &set->list[set->next_list]);
}

uint64_t alarm_count(const struct alarm_set *set)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < set->lists; i++)
        for (uint64_t place = set->list[i].first; place < set->list[i].end; place++)
            count += at(&set->list[i], place)->kind != ALARM_CALLED_OFF;
    return count;
}

void alarm_each(const struct alarm_set *set, void (*visit)(void *user, const struct kernel_event *event),
                void *user)
{
    for (uint32_t i = 0; i < set->lists; i++)
        for (uint64_t place = set->list[i].first; place < set->list[i].end; place++)
            if (at(&set->list[i], place)->kind != ALARM_CALLED_OFF)
                visit(user, at(&set->list[i], place));
}
