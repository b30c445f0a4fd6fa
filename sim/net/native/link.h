/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One direction of a link: a FIFO queue in front of a transmitter of a fixed rate.
 *
 * Nothing is queued in fact: because the order is first in, first out, the time at which the transmitter will
 * be free tells when a packet has left, and how much waits. Each packet takes (bytes + 2) * 8e9 / rate ns, to
 * the nearest nanosecond, a half down: as in ns-3, so that the engines do not drift apart. */
#ifndef SIM_NET_NATIVE_LINK_H
#define SIM_NET_NATIVE_LINK_H

#include <stdint.h>

/* What links of one sort have in common. */
struct link_rate {
    uint64_t bit_per_s;
    int64_t limit_ns; /* the queue limit as the time it takes to send it */
};

struct link {
    int64_t free_ns; /* when everything put on the link so far has left */
};

#define LINK_DROPPED INT64_MIN
/* What the link layer puts around every IP packet: PPP's protocol field, as on the point-to-point links of
 * ns-3. It takes its time and its room in the queue; the byte counters are of IP bytes and know nothing of
 * it. */
#define LINK_FRAME_BYTES 2U
#define LINK_NS_BITS     UINT64_C(8000000000) /* bits of a byte times nanoseconds of a second */

struct link_rate link_rate_of(uint64_t bit_per_s, uint64_t queue_bytes_max);
void link_init(struct link *link);

/* Bytes that still wait or are being sent, frames included. */
int64_t link_backlog_bytes(const struct link *link, const struct link_rate *rate, int64_t now_ns);

/* Puts an IP packet on the link; returns when its last bit leaves, or LINK_DROPPED if the backlog with it
 * would exceed the limit. A packet that finds the link idle does not wait, so it is never dropped. */
static inline int64_t link_put(struct link *link, const struct link_rate *rate, int64_t now_ns,
                               uint32_t ip_bytes)
{
    uint64_t work = (ip_bytes + LINK_FRAME_BYTES) * LINK_NS_BITS;
    int64_t start_ns = link->free_ns > now_ns ? link->free_ns : now_ns;
    int64_t end_ns = start_ns + (int64_t)((work + (rate->bit_per_s - 1) / 2) / rate->bit_per_s);

    if (start_ns > now_ns && end_ns - now_ns > rate->limit_ns)
        return LINK_DROPPED;
    link->free_ns = end_ns;
    return end_ns;
}

#endif
