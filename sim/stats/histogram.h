/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Log-linear histogram of durations: quantiles within 0.1 % relative error, exact count, sum and maximum.
 * Integers throughout, so merging is exact and order-free. */
#ifndef SIM_STATS_HISTOGRAM_H
#define SIM_STATS_HISTOGRAM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define HISTOGRAM_OCTAVES 54   /* values 0 .. 2^63-1; the first octave is exact up to 1023 ns */
#define HISTOGRAM_STEPS   1024 /* buckets in an octave */

struct histogram {
    uint64_t count;
    uint64_t sum_high, sum_low; /* 128-bit sum, ns */
    int64_t max_ns;
    uint32_t *octave[HISTOGRAM_OCTAVES]; /* made when first needed */
};

/* Without values; and frees its memory. */
void histogram_init(struct histogram *h);
void histogram_clear(struct histogram *h);
/* value_ns < 0 counts as 0. */
void histogram_add(struct histogram *h, int64_t value_ns);
void histogram_merge(struct histogram *into, const struct histogram *from);
/* The smallest value v such that at least q (0..1) of the samples are <= v, where the samples of a bucket
 * count as spread evenly over it (never above the maximum). 0 if empty. */
int64_t histogram_quantile(const struct histogram *h, double q);
/* The same among `whole` >= count samples, of which those that are missing are larger than all that are
 * there: the time until a share q of all has happened. -1 if so many are not there, or if whole is 0. */
int64_t histogram_quantile_of(const struct histogram *h, double q, uint64_t whole);
/* Calls visit() for each group of neighbouring buckets that holds samples, in order: `count` of them, from
 * `from_ns` to `to_ns` inclusive. groups: how many an octave (a factor of two) is divided into, a power of
 * two up to HISTOGRAM_STEPS; the first octave, 0 to 1023 ns, has as many. */
void histogram_each(const struct histogram *h, unsigned groups,
                    void (*visit)(void *user, int64_t from_ns, int64_t to_ns, uint64_t count), void *user);
/* Seconds; 0 if empty. */
double histogram_mean_s(const struct histogram *h);

#ifdef __cplusplus
}
#endif

#endif
