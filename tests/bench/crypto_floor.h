/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* How long the cryptography of a run takes at the least: the counted operations in tight loops, with the
 * quickest calls that OpenSSL offers, written directly. What a run needs beyond that is ours. */
#ifndef TESTS_BENCH_CRYPTO_FLOOR_H
#define TESTS_BENCH_CRYPTO_FLOOR_H

#include "models/crypto/crypto.h"

struct crypto_floor {
    double operation_ns[CRYPTO_OPERATIONS]; /* one call of the mean length; 0 where none was counted */
    double seconds;                         /* all counted calls, one after another on one thread */
};

/* CPU time of one call that handles `bytes` bytes (at most 4096; for CRYPTO_AES_BLOCKS rounded to whole
 * blocks): median over slices that take about 200 ms together. The message lies in the cache, aligned to
 * 64 bytes, its padding room behind it; keys change with every call where the operation takes a key. */
double crypto_floor_operation_ns(enum crypto_operation operation, size_t bytes);

void crypto_floor_measure(const struct crypto_counts *counts, struct crypto_floor *out);
double crypto_floor_seconds(const struct crypto_counts *counts);

#endif
