/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* FIFO links: what waits. What every packet passes is inline in link.h. */
#include "sim/net/native/link.h"

#include <glib.h>

#define ROOM_MIN 16U
/* What would leave after 70 years is dropped as well: sums with a time of the run cannot overflow. */
#define FREE_MAX_NS (INT64_MAX / 4)

/* A packet that had to wait. */
struct waiting {
    int64_t start_ns; /* when it begins to leave */
    uint32_t ip_bytes;
};

/* A ring, oldest first. Those that have begun to leave are taken out when the next one comes. */
struct link_queue {
    uint64_t ip_bytes; /* of all in the ring */
    uint64_t ip_bytes_max;
    uint32_t first, count;
    uint32_t room; /* a power of two */
    struct waiting ring[];
};

void link_init(struct link *link)
{
    *link = (struct link){.free_ns = INT64_MIN};
}

void link_clear(struct link *link)
{
    g_free(link->queue);
    link->queue = NULL;
}

static const struct waiting *link_waiting_at(const struct link_queue *queue, uint32_t n)
{
    return &queue->ring[(queue->first + n) & (queue->room - 1)];
}

uint64_t link_waiting_bytes(const struct link *link, int64_t now_ns)
{
    const struct link_queue *queue = link->queue;
    uint64_t ip_bytes = queue ? queue->ip_bytes : 0;

    for (uint32_t n = 0; queue && n < queue->count && link_waiting_at(queue, n)->start_ns <= now_ns; n++)
        ip_bytes -= link_waiting_at(queue, n)->ip_bytes;
    return ip_bytes;
}

static struct link_queue *link_grown(struct link_queue *old)
{
    uint32_t room = old ? old->room * 2 : ROOM_MIN;
    struct link_queue *queue = g_malloc(sizeof *queue + room * sizeof *queue->ring);

    *queue = (struct link_queue){.room = room};
    if (!old)
        return queue;
    queue->ip_bytes = old->ip_bytes;
    queue->ip_bytes_max = old->ip_bytes_max;
    queue->count = old->count;
    for (uint32_t n = 0; n < old->count; n++)
        queue->ring[n] = *link_waiting_at(old, n);
    g_free(old);
    return queue;
}

bool link_wait(struct link *link, const struct link_rate *rate, int64_t now_ns, uint32_t ip_bytes)
{
    struct link_queue *queue = link->queue ? link->queue : link_grown(NULL);

    link->queue = queue;
    while (queue->count > 0 && queue->ring[queue->first].start_ns <= now_ns) {
        queue->ip_bytes -= queue->ring[queue->first].ip_bytes;
        queue->first = (queue->first + 1) & (queue->room - 1);
        queue->count--;
    }
    if (queue->ip_bytes + ip_bytes > rate->queue_bytes_max || link->free_ns > FREE_MAX_NS)
        return false;
    if (queue->count == queue->room)
        link->queue = queue = link_grown(queue);
    queue->ring[(queue->first + queue->count++) & (queue->room - 1)] =
        (struct waiting){link->free_ns, ip_bytes};
    queue->ip_bytes += ip_bytes;
    queue->ip_bytes_max = MAX(queue->ip_bytes_max, queue->ip_bytes);
    return true;
}

uint64_t link_rate_at(struct link *link, const struct link_rate *rate, int64_t start_ns)
{
    while (rate->changes[link->changed].time_ns <= start_ns)
        link->changed++;
    return link->changed > 0 ? rate->changes[link->changed - 1].bit_per_s : rate->bit_per_s;
}

uint64_t link_waiting_bytes_max(const struct link *link)
{
    return link->queue ? link->queue->ip_bytes_max : 0;
}

double link_second_ratio_max(const struct link *link)
{
    return (double)MAX(link->sending_ns, link->sending_max_ns) / (double)CLOCK_SECOND;
}

void link_next_second(struct link *link, int64_t takes_ns)
{
    int64_t start_ns = link->free_ns - takes_ns;

    while (link->free_ns > link->second_ns + CLOCK_SECOND) {
        int64_t end_ns = link->second_ns + CLOCK_SECOND;

        link->sending_ns += MAX(end_ns - start_ns, 0);
        link->sending_max_ns = MAX(link->sending_max_ns, link->sending_ns);
        link->second_ns = MAX(end_ns, start_ns / CLOCK_SECOND * CLOCK_SECOND);
        link->sending_ns = 0;
        start_ns = MAX(start_ns, end_ns);
    }
    link->sending_ns += link->free_ns - start_ns;
}
