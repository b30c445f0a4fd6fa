/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Where the UEs of a scenario are: ue.cells, ue.placement, ue.cell_variation, run.regions. */
#ifndef MODELS_PLACEMENT_H
#define MODELS_PLACEMENT_H

#include "models/scenario/scenario.h"
#include "sim/net/topology.h"

/* Without its shares. */
struct net_topology placement_topology(const struct scenario *scenario);

/* The shares of cells of unequal weight, lognormal with a mean of 1 and a standard deviation of
 * ue.cell_variation; NULL: they are alike. To be freed with g_free(). */
struct net_cell_share *placement_shares(const struct scenario *scenario);

#endif
