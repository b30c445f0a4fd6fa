/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* In which order the BM-SC pulls its UEs for the first time (pull.order): each service has an order of its
 * own. */
#ifndef MODELS_BMSC_PULL_ORDER_H
#define MODELS_BMSC_PULL_ORDER_H

#include "models/scenario/scenario.h"
#include "sim/base/permutation.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct deployment;

struct pull_order {
    int rule; /* word of pull.order */
    uint32_t count;
    struct permutation permutation; /* random */
    uint32_t *by_cell;              /* by_cell; else NULL */
};

/* False: no memory for the list that by_cell needs; pull_order_clear() all the same. */
bool pull_order_init(struct pull_order *order, const struct deployment *deployment, unsigned service);
void pull_order_clear(struct pull_order *order);

/* The UE that is pulled as number k (0 .. UEs-1); each comes once. */
uint32_t pull_order_at(const struct pull_order *order, uint32_t k);

/* Bytes that the order of one service takes for each UE of the scenario. */
size_t pull_order_ue_bytes(const struct scenario *scenario);

#endif
