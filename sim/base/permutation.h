/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A pseudo-random order of 0 .. count-1 that takes no memory: a keyed bijection, computed for one number
 * at a time. */
#ifndef SIM_BASE_PERMUTATION_H
#define SIM_BASE_PERMUTATION_H

#include <stdint.h>

/* Numbers are written as left * right_count + right, and mixed by a Feistel network over those two
 * (Black, Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002). There may be a few more of them
 * than `count`. */
struct permutation {
    uint32_t count, left_count, right_count, rounds;
    uint64_t key;
};

/* count: 1 or more. Another key is another order. */
void permutation_init(struct permutation *p, uint32_t count, uint64_t key);
/* Which number stands at a place; both below count. */
uint32_t permutation_at(const struct permutation *p, uint32_t place);

#endif
