/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Logarithm, exponential and normal quantile from + - * / and integer operations alone, so that every
 * compiler, C library and optimisation level gives the same bits (built with contraction off). */
#ifndef SIM_BASE_DETERMINISTIC_MATH_H
#define SIM_BASE_DETERMINISTIC_MATH_H

/* Natural logarithm of a positive, normal, finite x. */
double deterministic_log(double x);

/* e to the x; 0 below -708, the largest double above 709. */
double deterministic_exp(double x);

/* The z below which a standard normal variate lies with probability p, 0 < p < 1. */
double deterministic_normal_quantile(double p);

#endif
