/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Rings of timeouts, see timeout.h. */
#include "sim/kernel/timeout.h"

#include <glib.h>
#include <string.h>

#define RING_FIRST 64
#define LIST_BITS  4
_Static_assert(KERNEL_TIMEOUT_DELAYS_MAX <= 1 << LIST_BITS,
               "a list's number fits into its part of a timeout");

void timeouts_init(struct timeouts *timeouts, const int64_t *delays_ns, uint32_t count)
{
    memset(timeouts, 0, sizeof *timeouts);
    for (uint32_t i = 0; i < count; i++)
        if (timeouts_list_of(timeouts, delays_ns[i]) < 0)
            timeouts->list[timeouts->lists++] = (struct timeout_list){.delay_ns = delays_ns[i]};
}

void timeouts_clear(struct timeouts *timeouts)
{
    for (uint32_t i = 0; i < timeouts->lists; i++)
        g_free(timeouts->list[i].ring);
    memset(timeouts, 0, sizeof *timeouts);
}

int timeouts_list_of(const struct timeouts *timeouts, int64_t delay_ns)
{
    for (uint32_t i = 0; i < timeouts->lists; i++)
        if (timeouts->list[i].delay_ns == delay_ns)
            return (int)i;
    return -1;
}

static struct kernel_event *timeouts_at(const struct timeout_list *list, uint64_t place)
{
    return &list->ring[place & (list->capacity - 1)];
}

static void timeouts_grow(struct timeout_list *list)
{
    uint64_t capacity = list->capacity ? 2 * list->capacity : RING_FIRST;
    struct kernel_event *ring = g_new(struct kernel_event, capacity);

    for (uint64_t i = list->first; i < list->end; i++)
        ring[i & (capacity - 1)] = *timeouts_at(list, i);
    g_free(list->ring);
    list->ring = ring;
    list->capacity = capacity;
}

/* Timeouts are told apart by their sequence alone: a ring keeps the order in which they were set. */
static bool timeouts_before(const struct kernel_event *a, const struct kernel_event *b)
{
    return a->time_ns < b->time_ns || (a->time_ns == b->time_ns && a->sequence < b->sequence);
}

static void timeouts_find_next(struct timeouts *timeouts)
{
    timeouts->next = NULL;
    for (uint32_t i = 0; i < timeouts->lists; i++) {
        const struct timeout_list *list = &timeouts->list[i];

        if (list->first < list->end &&
            (!timeouts->next || timeouts_before(timeouts_at(list, list->first), timeouts->next))) {
            timeouts->next = timeouts_at(list, list->first);
            timeouts->next_list = i;
        }
    }
}

/* The first timeout of a list is gone: on to the next that still stands. */
static void timeouts_drop_first(struct timeouts *timeouts, struct timeout_list *list)
{
    do
        list->first++;
    while (list->first < list->end && timeouts_at(list, list->first)->kind == TIMEOUT_CANCELLED);
    if (list == &timeouts->list[timeouts->next_list])
        timeouts_find_next(timeouts);
}

uint64_t timeouts_set(struct timeouts *timeouts, uint32_t number, const struct kernel_event *event)
{
    struct timeout_list *list = &timeouts->list[number];
    bool was_empty = list->first == list->end;
    bool grown = list->end - list->first == list->capacity;

    if (grown)
        timeouts_grow(list);
    struct kernel_event *place = timeouts_at(list, list->end++);
    *place = *event;
    if (grown) {
        timeouts_find_next(timeouts);
    } else if (was_empty && (!timeouts->next || timeouts_before(place, timeouts->next))) {
        timeouts->next = place;
        timeouts->next_list = number;
    }
    return (list->end << LIST_BITS) | number;
}

void timeouts_cancel(struct timeouts *timeouts, uint64_t timeout)
{
    struct timeout_list *list = &timeouts->list[timeout & ((1U << LIST_BITS) - 1)];
    uint64_t place = (timeout >> LIST_BITS) - 1;

    if (timeout == 0 || place < list->first || place >= list->end)
        return;
    timeouts_at(list, place)->kind = TIMEOUT_CANCELLED;
    if (place == list->first)
        timeouts_drop_first(timeouts, list);
}

void timeouts_pop(struct timeouts *timeouts, struct kernel_event *out)
{
    *out = *timeouts->next;
    timeouts_drop_first(timeouts, &timeouts->list[timeouts->next_list]);
}

uint64_t timeouts_count(const struct timeouts *timeouts)
{
    uint64_t count = 0;

    for (uint32_t i = 0; i < timeouts->lists; i++)
        for (uint64_t place = timeouts->list[i].first; place < timeouts->list[i].end; place++)
            count += timeouts_at(&timeouts->list[i], place)->kind != TIMEOUT_CANCELLED;
    return count;
}

void timeouts_each(const struct timeouts *timeouts,
                   void (*visit)(void *user, const struct kernel_event *event), void *user)
{
    for (uint32_t i = 0; i < timeouts->lists; i++)
        for (uint64_t place = timeouts->list[i].first; place < timeouts->list[i].end; place++)
            if (timeouts_at(&timeouts->list[i], place)->kind != TIMEOUT_CANCELLED)
                visit(user, timeouts_at(&timeouts->list[i], place));
}
