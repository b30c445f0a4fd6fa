/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Arrivals in a burst: `count` instants, each drawn by itself from Beta(3,4) over a period, as Traffic
 * model 2 of TR 37.868 (table 6.1.1, T = 10 s) has devices that all wake up together. They are drawn in
 * the order of time, one after the other, without a table of them: the k-th of n draws that are sorted is
 * made from the one before.
 *
 * The density is 60 x^2 (1-x)^3: the mean lies at 3/7 of the period, the peak at 2/5, where 2.07 times
 * the mean rate arrives. */
#ifndef SIM_BASE_BURST_H
#define SIM_BASE_BURST_H

#include <stdint.h>

struct burst {
    double exponent; /* -log(1 - F(x)) of the last instant x */
    uint32_t left;   /* instants still to come */
    double last;     /* the last instant, 0..1 */
};

/* count: how many instants will come. */
void burst_init(struct burst *burst, uint32_t count);
/* The next instant as a share of the period, from 64 random bits: never before the last one. At most
 * `count` times. */
double burst_next(struct burst *burst, uint64_t bits);

/* The x (0..1) before which that share of the arrivals lies. From + - * / alone, so the same with every
 * compiler. */
double burst_instant(double share);

#endif
