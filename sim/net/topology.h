/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which cell and region a UE has: closed formulas, the same for every engine; nothing is kept per UE.
 *
 * NET_EVEN: UE n camps on cell n mod cells. NET_RANDOM: on a cell drawn by itself, a hash of its number
 * and a key, so that the sizes of cells are multinomial: each cell as likely as another, or by `shares`.
 * Cells are dealt out to regions 1 .. regions in contiguous blocks; region 0 is the core. */
#ifndef SIM_NET_TOPOLOGY_H
#define SIM_NET_TOPOLOGY_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum net_placing { NET_EVEN, NET_RANDOM };

/* One column of an alias table: cell i keeps a draw that falls into column i below `keep` / 2^32, `other`
 * gets the rest. */
struct net_cell_share {
    uint32_t keep, other;
};

struct net_topology {
    uint32_t servers, ues, cells, regions; /* regions: of cells, at most cells */
    enum net_placing placing;
    uint64_t key; /* of NET_RANDOM */
    const struct net_cell_share
        *shares; /* of NET_RANDOM, `cells` of them, not owned; NULL: cells are alike */
};

#define NET_CELL_WEIGHT_MAX (UINT64_C(1) << 40)
#define NET_CELLS_MAX       (UINT32_C(1) << 20)

/* An alias table that gives each cell its weight's share of the UEs, exact to 2^-32 of a mean cell: for
 * `cells` up to NET_CELLS_MAX, with weights of 1 to NET_CELL_WEIGHT_MAX. To be freed with g_free(). */
struct net_cell_share *net_cell_shares_new(const uint64_t *weights, uint32_t cells);

/* Output number `n` of SplitMix64 begun at `key` (Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014): two multiplications, where a draw of random.h has twenty; this is for
 * each packet. */
static inline uint64_t net_topology_hash(uint64_t key, uint32_t n)
{
    uint64_t z = key + (n + UINT64_C(1)) * UINT64_C(0x9E3779B97F4A7C15);

    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

/* The cell of a UE, by its number from 0 on. */
static inline uint32_t net_topology_cell(const struct net_topology *t, uint32_t ue)
{
    if (t->placing == NET_EVEN)
        return ue % t->cells;
    /* Above the point: the column. Below it: where in the column. */
    unsigned __int128 at = (unsigned __int128)net_topology_hash(t->key, ue) * t->cells;
    uint32_t column = (uint32_t)(at >> 64);
    if (t->shares == NULL || (uint32_t)((uint64_t)at >> 32) < t->shares[column].keep)
        return column;
    return t->shares[column].other;
}

/* The region of a cell: 1 .. regions. */
static inline uint32_t net_topology_region_of_cell(const struct net_topology *t, uint32_t cell)
{
    return 1 + (uint32_t)((uint64_t)cell * t->regions / t->cells);
}

/* The region of a host: 0 for servers. */
static inline uint32_t net_topology_region(const struct net_topology *t, uint32_t host)
{
    if (host < t->servers)
        return 0;
    return net_topology_region_of_cell(t, net_topology_cell(t, host - t->servers));
}

#ifdef __cplusplus
}
#endif

#endif
