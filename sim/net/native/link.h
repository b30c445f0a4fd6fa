/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One direction of a link: a FIFO queue in front of a transmitter, whose rate may change at times that are
 * known beforehand.
 *
 * No packet is queued in fact: because the order is first in, first out, the time at which the transmitter
 * will be free is that at which a packet has left. Of packets that find it busy the link notes when they
 * begin to leave, because the limit holds for what waits, without the packet that is being sent. Each packet
 * takes (bytes + 2) * 8e9 / rate ns, to the nearest nanosecond, a half down: as in ns-3, so that the engines
 * do not drift apart. The rate is that of the time at which the packet begins to leave. */
#ifndef SIM_NET_NATIVE_LINK_H
#define SIM_NET_NATIVE_LINK_H

#include "sim/base/clock.h"

#include <stdbool.h>
#include <stdint.h>

/* Another rate, for what begins to leave at time_ns or later. */
struct link_change {
    int64_t time_ns;
    uint64_t bit_per_s;
};

/* What links of one sort have in common. */
struct link_rate {
    uint64_t bit_per_s;                /* from the start */
    uint64_t queue_bytes_max;          /* IP bytes that wait at most */
    const struct link_change *changes; /* by time, the last at CLOCK_NEVER; NULL: there are none */
};

struct link_queue;

struct link {
    int64_t free_ns;          /* when everything put on the link so far has left */
    int64_t start_ns;         /* when the last packet begins to leave */
    struct link_queue *queue; /* what waits, and what waited last; NULL while nothing ever did */
    int64_t second_ns;        /* start of the whole second in which the last packet leaves */
    int64_t sending_ns;       /* of that second the transmitter sends so long */
    int64_t sending_max_ns;   /* the most of any second before it */
    uint32_t changed;         /* changes of its rate that the last packet came after */
};

#define LINK_DROPPED INT64_MIN
/* What the link layer puts around every IP packet: PPP's protocol field, as on the point-to-point links of
 * ns-3. It takes its time; queues and byte counters are of IP bytes and know nothing of it. */
#define LINK_FRAME_BYTES 2U
#define LINK_NS_BITS     UINT64_C(8000000000) /* bits of a byte times nanoseconds of a second */

/* An idle link. */
void link_init(struct link *link);
/* Frees what waits. */
void link_clear(struct link *link);

/* IP bytes that wait, without the packet that is being sent. */
uint64_t link_waiting_bytes(const struct link *link, int64_t now_ns);

/* A packet finds the transmitter busy: false if there is no room for it to wait. */
bool link_wait(struct link *link, const struct link_rate *rate, int64_t now_ns, uint32_t ip_bytes);

/* Most IP bytes that ever waited. */
uint64_t link_waiting_bytes_max(const struct link *link);
/* The most that it sent in any whole second, as a share of what its rate allows. */
double link_second_ratio_max(const struct link *link);

/* The rate for a packet that begins to leave at start_ns, which is never before that of the last one. */
uint64_t link_rate_at(struct link *link, const struct link_rate *rate, int64_t start_ns);

/* The last packet takes until free_ns, which is in a later second than the one before it. */
void link_next_second(struct link *link, int64_t takes_ns);

/* Puts an IP packet on the link; returns when its last bit leaves, or LINK_DROPPED. A packet that finds the
 * link idle does not wait, so it is never dropped. */
static inline int64_t link_put(struct link *link, const struct link_rate *rate, int64_t now_ns,
                               uint32_t ip_bytes)
{
    uint64_t work = (ip_bytes + LINK_FRAME_BYTES) * LINK_NS_BITS;

    if (link->free_ns <= now_ns)
        link->free_ns = now_ns;
    else if (!link_wait(link, rate, now_ns, ip_bytes))
        return LINK_DROPPED;
    uint64_t bit_per_s = rate->changes ? link_rate_at(link, rate, link->free_ns) : rate->bit_per_s;
    int64_t takes_ns = (int64_t)((work + (bit_per_s - 1) / 2) / bit_per_s);
    link->start_ns = link->free_ns;
    link->free_ns += takes_ns;
    if (link->free_ns <= link->second_ns + CLOCK_SECOND)
        link->sending_ns += takes_ns;
    else
        link_next_second(link, takes_ns);
    return link->free_ns;
}

#endif
