/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the functions of models/crypto/lanes*.h cost on each unit of this processor. */
#ifndef TESTS_BENCH_CRYPTO_LANES_H
#define TESTS_BENCH_CRYPTO_LANES_H

/* Prints rows of "what,value,unit" for each function and unit: ns of CPU time a lane, of all lanes in use,
 * and from how many lanes on the unit is quicker than one after another (0: never). */
void crypto_lanes_print(void);

#endif
