/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A Feistel network over [0, left_count) x [0, right_count); what falls outside is sent through again. */
#include "sim/base/permutation.h"

#include "sim/base/random.h"

#include <glib.h>

/* Small counts mix slowly, but cost little: there are few of them. */
#define SMALL        4096
#define ROUNDS       8
#define ROUNDS_SMALL 32

void permutation_init(struct permutation *p, uint32_t count, uint64_t key)
{
    uint32_t left = 1;

    g_assert(count > 0);
    while ((uint64_t)left * left < count)
        left++;
    *p =
        (struct permutation){count, left, (count - 1) / left + 1, count < SMALL ? ROUNDS_SMALL : ROUNDS, key};
}

/* The round's function: a draw of its own for each round and half. */
static uint32_t permutation_shift(const struct permutation *p, uint32_t round, uint32_t half, uint32_t bound)
{
    return (uint32_t)random_below(random_u64(p->key, half, round, 0), bound);
}

static uint64_t permutation_forth(const struct permutation *p, uint64_t number)
{
    uint32_t left = (uint32_t)(number / p->right_count), right = (uint32_t)(number % p->right_count);

    for (uint32_t round = 0; round < p->rounds; round += 2) {
        left = (left + permutation_shift(p, round, right, p->left_count)) % p->left_count;
        right = (right + permutation_shift(p, round + 1, left, p->right_count)) % p->right_count;
    }
    return (uint64_t)left * p->right_count + right;
}

uint32_t permutation_at(const struct permutation *p, uint32_t place)
{
    uint64_t number = place;

    g_assert(place < p->count);
    do
        number = permutation_forth(p, number);
    while (number >= p->count);
    return (uint32_t)number;
}
