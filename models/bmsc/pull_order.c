/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pull.order: which UE is pulled as the k-th. */
#include "models/bmsc/pull_order.h"

#include "models/deployment.h"
#include "models/scenario/words.h"
#include "sim/base/table.h"

#include <glib.h>

/* Cell after cell, within each by number: counted, then dealt out. */
static bool sort_by_cell(struct pull_order *order, const struct net_topology *t)
{
    g_autofree uint32_t *next = g_new0(uint32_t, t->cells + 1);

    order->by_cell = table_new(t->ues, sizeof *order->by_cell);
    if (order->by_cell == NULL)
        return false;
    for (uint32_t ue = 0; ue < t->ues; ue++)
        next[net_topology_cell(t, ue) + 1]++;
    for (uint32_t cell = 0; cell < t->cells; cell++)
        next[cell + 1] += next[cell];
    for (uint32_t ue = 0; ue < t->ues; ue++)
        order->by_cell[next[net_topology_cell(t, ue)]++] = ue;
    return true;
}

bool pull_order_init(struct pull_order *order, const struct deployment *deployment, unsigned service)
{
    *order = (struct pull_order){.rule = deployment->scenario->pull_order, .count = deployment->ues};
    permutation_init(&order->permutation, deployment->ues,
                     random_u64(deployment->seed, ENTITY_DEPLOYMENT, PURPOSE_PULL_ORDER, service));
    return order->rule != PULL_ORDER_BY_CELL || sort_by_cell(order, &deployment->topology);
}

void pull_order_clear(struct pull_order *order)
{
    table_free(order->by_cell, order->count, sizeof *order->by_cell);
    order->by_cell = NULL;
}

uint32_t pull_order_at(const struct pull_order *order, uint32_t k)
{
    g_assert(k < order->count);
    if (order->rule == PULL_ORDER_BY_CELL)
        return order->by_cell[k];
    return order->rule == PULL_ORDER_RANDOM ? permutation_at(&order->permutation, k) : k;
}

size_t pull_order_ue_bytes(const struct scenario *scenario)
{
    return scenario->pull_order == PULL_ORDER_BY_CELL ? sizeof(uint32_t) : 0;
}
