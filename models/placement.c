/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Cells and their weights. */
#include "models/placement.h"

#include "models/deployment.h"
#include "models/scenario/words.h"

struct net_topology placement_topology(const struct scenario *s)
{
    return (struct net_topology){
        .servers = HOST_UES,
        .ues = (uint32_t)s->ue_count,
        .cells = (uint32_t)s->ue_cells,
        .regions = (uint32_t)MIN(s->run_regions, s->ue_cells),
        .placing = s->ue_placement == PLACEMENT_EVEN ? NET_EVEN : NET_RANDOM,
        .key = random_u64(s->run_seed, ENTITY_DEPLOYMENT, PURPOSE_CELL, 0),
    };
}

struct net_cell_share *placement_shares(const struct scenario *s)
{
    /* A mean high enough that rounding is nothing, and low enough that the largest of 1M keeps below the
     * limit: the distribution of durations is used for its own logarithm. */
    struct distribution d = {.kind = DISTRIBUTION_LOGNORMAL, .a_ns = 1 << 24};
    uint32_t cells = (uint32_t)s->ue_cells;

    if (s->ue_placement == PLACEMENT_EVEN || s->ue_cell_variation <= 0)
        return NULL;
    d.sigma = random_lognormal_sigma(s->ue_cell_variation);
    g_autofree uint64_t *weights = g_new(uint64_t, cells);
    for (uint32_t i = 0; i < cells; i++) {
        int64_t weight = distribution_sample(&d, random_u64(s->run_seed, i, PURPOSE_CELL_WEIGHT, 0));

        weights[i] = (uint64_t)CLAMP(weight, 1, (int64_t)NET_CELL_WEIGHT_MAX);
    }
    return net_cell_shares_new(weights, cells);
}
