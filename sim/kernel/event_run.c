/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Sorting a bag: one distribution by time into about twice as many slots as there are events, which leaves
 * most slots with one or none, then an insertion sort by the full key, which finds little to move. Many
 * events of one time end in one slot; if there is such a slot each is sorted by itself, in O(n log n). */
#include "sim/kernel/event_run.h"

#include "sim/kernel/event_heap.h"

#include <glib.h>
#include <string.h>

enum {
    SLOT_BITS_MAX = 11, /* the counts of slots stay in the nearest cache */
    INSERTION_MAX = 16,
    CAPACITY_FIRST = 64,
    CAPACITY_KEPT = 1 << 14, /* a larger run is freed when a much smaller one follows */
};

void event_run_clear(struct event_run *run)
{
    g_free(run->event);
    g_free(run->scratch);
    *run = (struct event_run){0};
}

/* Makes room for `count` events, whose old contents are lost. */
static void event_run_reserve(struct kernel_event **event, size_t *capacity, size_t count)
{
    bool wasteful = *capacity > CAPACITY_KEPT && count < *capacity / 8;

    if (count <= *capacity && !wasteful)
        return;
    g_free(*event);
    *capacity = MAX(count + count / 2, CAPACITY_FIRST);
    *event = g_new(struct kernel_event, *capacity);
}

static void event_run_insertion_sort(struct kernel_event *event, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (!event_before(&event[i], &event[i - 1]))
            continue;
        const struct kernel_event moved = event[i];
        size_t hole = i;
        do {
            event[hole] = event[hole - 1];
            hole--;
        } while (hole > 0 && event_before(&moved, &event[hole - 1]));
        event[hole] = moved;
    }
}

/* Merges from[0, middle) and from[middle, count), both sorted, into to. */
static void event_run_merge(const struct kernel_event *from, size_t middle, size_t count,
                            struct kernel_event *to)
{
    size_t left = 0, right = middle;

    for (size_t i = 0; i < count; i++) {
        bool take_right = right < count && (left == middle || event_before(&from[right], &from[left]));
        to[i] = from[take_right ? right++ : left++];
    }
}

static void event_run_merge_sort(struct kernel_event *event, size_t count, struct kernel_event *scratch)
{
    struct kernel_event *from = event, *to = scratch;

    for (size_t i = 0; i < count; i += INSERTION_MAX)
        event_run_insertion_sort(event + i, MIN(INSERTION_MAX, count - i));
    for (size_t width = INSERTION_MAX; width < count; width *= 2) {
        for (size_t i = 0; i < count; i += 2 * width)
            event_run_merge(from + i, MIN(width, count - i), MIN(2 * width, count - i), to + i);
        struct kernel_event *swap = from;
        from = to;
        to = swap;
    }
    if (from != event)
        memcpy(event, from, count * sizeof *event);
}

static void event_run_sort_slot(struct event_run *run, size_t begin, size_t end)
{
    size_t count = end - begin;

    if (count <= INSERTION_MAX) {
        event_run_insertion_sort(run->event + begin, count);
        return;
    }
    event_run_reserve(&run->scratch, &run->scratch_capacity, count);
    event_run_merge_sort(run->event + begin, count, run->scratch);
}

static unsigned event_run_bit_length(uint64_t x)
{
    return x == 0 ? 0 : 64 - (unsigned)__builtin_clzll(x);
}

/* Counts the events of each slot, then makes the counts the places where the slots begin. Returns the largest
 * count. */
static uint32_t event_run_place_slots(const struct event_bag *bag, int64_t min_ns, unsigned shift,
                                      uint32_t *place, size_t slots)
{
    uint32_t first = event_bag_first(bag);
    uint32_t sum = 0, largest = 0;

    memset(place, 0, slots * sizeof *place);
    for (const struct event_chunk *chunk = event_bag_chunk(bag); chunk; chunk = chunk->next) {
        if (chunk->next)
            event_chunk_prefetch(chunk->next);
        for (uint32_t i = first; i < CHUNK_EVENTS; i++)
            place[((uint64_t)chunk->event[i].time_ns - (uint64_t)min_ns) >> shift]++;
        first = 0;
    }
    for (size_t slot = 0; slot < slots; slot++) {
        uint32_t count = place[slot];
        place[slot] = sum;
        sum += count;
        largest = MAX(largest, count);
    }
    return largest;
}

/* Moves every event to the next place of its slot; place[slot] is the slot's end afterwards. */
static void event_run_distribute(struct event_bag *bag, struct chunk_store *store, int64_t min_ns,
                                 unsigned shift, uint32_t *place, struct kernel_event *to)
{
    uint32_t first = event_bag_first(bag);
    struct event_chunk *chunk = event_bag_chunk(bag);

    *bag = (struct event_bag){0};
    while (chunk) {
        struct event_chunk *next = chunk->next;
        for (uint32_t i = first; i < CHUNK_EVENTS; i++) {
            uint64_t slot = ((uint64_t)chunk->event[i].time_ns - (uint64_t)min_ns) >> shift;
            to[place[slot]++] = chunk->event[i];
        }
        first = 0;
        chunk_store_give_back(store, chunk);
        chunk = next;
    }
}

void event_run_fill(struct event_run *run, struct event_bag *bag, struct chunk_store *store, int64_t min_ns,
                    int64_t max_ns)
{
    uint32_t place[1 << SLOT_BITS_MAX];
    size_t count = event_bag_count(bag);
    unsigned range_bits = event_run_bit_length((uint64_t)max_ns - (uint64_t)min_ns);
    unsigned slot_bits = MIN(MIN(event_run_bit_length(count) + 1, SLOT_BITS_MAX), range_bits);
    unsigned shift = range_bits - slot_bits;
    size_t slots = (size_t)1 << slot_bits;

    event_run_reserve(&run->event, &run->capacity, count);
    uint32_t largest = event_run_place_slots(bag, min_ns, shift, place, slots);
    event_run_distribute(bag, store, min_ns, shift, place, run->event);
    if (largest <= INSERTION_MAX) {
        event_run_insertion_sort(run->event, count);
    } else {
        for (size_t slot = 0, begin = 0; slot < slots; slot++) {
            if (place[slot] - begin > 1)
                event_run_sort_slot(run, begin, place[slot]);
            begin = place[slot];
        }
    }
    run->next = 0;
    run->count = count;
}
