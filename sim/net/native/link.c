/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* FIFO links: set-up and gauges. What every packet passes is inline in link.h. */
#include "sim/net/native/link.h"

#include <stddef.h>

struct link_rate link_rate_of(uint64_t bit_per_s, uint64_t queue_bytes_max)
{
    unsigned __int128 limit_ns = (unsigned __int128)queue_bytes_max * LINK_NS_BITS / bit_per_s;

    /* A quarter of all time: sums with a time of the run cannot overflow. */
    if (limit_ns > INT64_MAX / 4)
        limit_ns = INT64_MAX / 4;
    return (struct link_rate){bit_per_s, (int64_t)limit_ns};
}

void link_init(struct link *link)
{
    link->free_ns = INT64_MIN;
}

int64_t link_backlog_bytes(const struct link *link, const struct link_rate *rate, int64_t now_ns)
{
    if (link->free_ns <= now_ns)
        return 0;
    unsigned __int128 bits_ns = (unsigned __int128)(link->free_ns - now_ns) * rate->bit_per_s;
    /* Rounded up: a byte of which a bit is left still waits. */
    return (int64_t)((bits_ns + LINK_NS_BITS - 1) / LINK_NS_BITS);
}
