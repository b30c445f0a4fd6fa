/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Random draws as a pure function of (seed, entity, purpose, index).
 *
 * A draw never depends on the order of events: there is no stream state to advance. The generator is
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
 * key = seed, counter = (entity, purpose, index). Distributions use integer arithmetic or our own
 * deterministic log/exp (built without contraction), so every compiler gives the same draws. */
#ifndef SIM_BASE_RANDOM_H
#define SIM_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* 128 random bits of one draw. */
struct random_block {
    uint32_t word[4];
};

/* seed: of the run. entity: UE or host number. purpose: an enum of the caller, one value per use.
 * index: which draw of that purpose. */
struct random_block random_draw(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index);

/* The first 64 bits of random_draw(). */
uint64_t random_u64(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index);

/* Fills out[0..length) from draws index, index+1, ... `length` bytes, 16 per draw. */
void random_bytes(uint64_t seed, uint32_t entity, uint32_t purpose, uint64_t index, uint8_t *out,
                  size_t length);

/* Maps 64 random bits to an exponential duration in nanoseconds, rounded. */
int64_t random_exponential(uint64_t bits, double mean_ns);
/* Maps 64 random bits to a double in [0, 1): 53 bits, exact. */
double random_unit(uint64_t bits);

/* True with probability `share` (0..1), from 64 random bits: 0 is never, 1 is always. */
int random_happens(uint64_t bits, double share);

/* Maps 64 random bits to an integer in [0, bound), bound > 0, by multiplication (bias < 2^-32 for
 * bounds below 2^32). */
uint64_t random_below(uint64_t bits, uint64_t bound);

/* A distribution of durations, as the scenario writes it: fixed(2ms), exp(2ms), uniform(1ms, 3ms),
 * lognormal(2ms, 0.5) (mean of the distribution, sigma of its logarithm). */
enum distribution_kind { DISTRIBUTION_FIXED, DISTRIBUTION_EXP, DISTRIBUTION_UNIFORM, DISTRIBUTION_LOGNORMAL };
struct distribution {
    enum distribution_kind kind;
    int64_t a_ns; /* value, mean, lower bound, mean */
    int64_t b_ns; /* uniform: upper bound */
    double sigma; /* lognormal */
};

/* One duration in nanoseconds, never negative, from 64 random bits. */
int64_t distribution_sample(const struct distribution *d, uint64_t bits);

/* Sigma of the lognormal distribution whose standard deviation is `variation` (0 or more) times its mean. */
double random_lognormal_sigma(double variation);

/* The exact mean in nanoseconds. */
int64_t distribution_mean(const struct distribution *d);

#ifdef __cplusplus
}
#endif

#endif
