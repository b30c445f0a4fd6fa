/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which cell, region and place a UE has: closed formulas, the same for every engine.
 *
 * UE n camps on cell n mod cells. Cells are dealt out to regions 1 .. regions in contiguous blocks; region 0
 * is the core. */
#ifndef SIM_NET_TOPOLOGY_H
#define SIM_NET_TOPOLOGY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct net_topology {
    uint32_t servers, ues, cells, regions; /* regions: of cells, at most cells */
};

static inline uint32_t net_topology_cell(const struct net_topology *t, uint32_t ue)
{
    return ue % t->cells;
}

static inline uint32_t net_topology_region_of_cell(const struct net_topology *t, uint32_t cell)
{
    return 1 + (uint32_t)((uint64_t)cell * t->regions / t->cells);
}

/* First cell of a region 1 .. regions; of regions + 1: the number of cells. */
static inline uint32_t net_topology_first_cell(const struct net_topology *t, uint32_t region)
{
    return (uint32_t)(((uint64_t)(region - 1) * t->cells + t->regions - 1) / t->regions);
}

static inline uint32_t net_topology_region(const struct net_topology *t, uint32_t host)
{
    if (host < t->servers)
        return 0;
    return net_topology_region_of_cell(t, net_topology_cell(t, host - t->servers));
}

/* Place of a UE among those of a region that has `cells` cells from `first` on. */
static inline uint32_t net_topology_place(const struct net_topology *t, uint32_t first, uint32_t cells,
                                          uint32_t ue)
{
    return ue / t->cells * cells + ue % t->cells - first;
}

/* Place of a UE among those of its region: 0 .. net_topology_ues_of() - 1, without gaps. */
static inline uint32_t net_topology_slot(const struct net_topology *t, uint32_t region, uint32_t ue)
{
    uint32_t first = net_topology_first_cell(t, region);
    uint32_t width = net_topology_first_cell(t, region + 1) - first;

    return net_topology_place(t, first, width, ue);
}

/* UEs of a region. */
static inline uint32_t net_topology_ues_of(const struct net_topology *t, uint32_t region)
{
    uint32_t first = net_topology_first_cell(t, region);
    uint32_t width = net_topology_first_cell(t, region + 1) - first;
    uint32_t rest = t->ues % t->cells;
    uint32_t last_row = rest <= first ? 0 : rest - first;

    return t->ues / t->cells * width + (last_row < width ? last_row : width);
}

#ifdef __cplusplus
}
#endif

#endif
