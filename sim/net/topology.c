/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The alias table of cells of unequal weight: Walker's method as Vose builds it ("A linear algorithm for
 * generating random numbers with a given distribution", IEEE Trans. Software Eng. 17(9), 1991), in
 * integers. */
#include "sim/net/topology.h"

#include <glib.h>

/* What column `cell` keeps of its full height `total`, in 2^-32. */
static uint32_t net_topology_height(uint64_t rest, uint64_t total)
{
    return (uint32_t)(((unsigned __int128)rest << 32) / total);
}

struct net_cell_share *net_cell_shares_new(const uint64_t *weights, uint32_t cells)
{
    struct net_cell_share *shares = g_new(struct net_cell_share, cells);
    g_autofree uint64_t *rest = g_new(uint64_t, cells); /* of a weight times cells: on the average, total */
    g_autofree uint32_t *stack = g_new(uint32_t, cells);
    uint32_t small = 0, large = cells; /* below the mean: from the bottom up; others: from the top down */
    uint64_t total = 0;

    g_assert(cells > 0 && cells <= NET_CELLS_MAX);
    for (uint32_t i = 0; i < cells; i++) {
        g_assert(weights[i] > 0 && weights[i] <= NET_CELL_WEIGHT_MAX);
        total += weights[i];
        rest[i] = weights[i] * cells;
        shares[i] = (struct net_cell_share){0, i}; /* a full column: all of it is its own */
    }
    for (uint32_t i = 0; i < cells; i++)
        stack[rest[i] < total ? small++ : --large] = i;
    while (small > 0) { /* what is above the mean is as much as is missing below it: there is a large one */
        uint32_t low = stack[--small], high = stack[large];

        shares[low] = (struct net_cell_share){net_topology_height(rest[low], total), high};
        rest[high] -= total - rest[low];
        if (rest[high] < total) {
            large++;
            stack[small++] = high;
        }
    }
    return shares;
}
