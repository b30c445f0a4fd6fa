/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Beta(3,4), and draws from it in the order of time. */
#include "sim/base/burst.h"

#include "sim/base/deterministic_math.h"
#include "sim/base/random.h"

#include <glib.h>

/* The integral of 60 x^2 (1-x)^3. */
static double burst_below(double x)
{
    return x * x * x * (20 + x * (-45 + x * (36 - 10 * x)));
}

/* What is missing to 1, without the loss of places that 1 - burst_below(x) has near 1: with y = 1 - x. */
static double burst_above(double y)
{
    return y * y * y * y * (15 + y * (-24 + 10 * y));
}

/* Halves an interval until it has no middle. rest: 1 - share, for the upper half. */
static double burst_search(double share, double rest, double low)
{
    double high = 1;

    for (;;) {
        double x = low + (high - low) / 2;

        if (x <= low || x >= high)
            return low;
        if (x < 0.5 ? burst_below(x) <= share : burst_above(1 - x) >= rest)
            low = x;
        else
            high = x;
    }
}

double burst_instant(double share)
{
    return burst_search(share, 1 - share, 0);
}

void burst_init(struct burst *burst, uint32_t count)
{
    *burst = (struct burst){.left = count};
}

/* A. Renyi: -log(1 - F) of sorted draws grows by exponentials, of mean 1/n, 1/(n-1), ... 1. */
double burst_next(struct burst *burst, uint64_t bits)
{
    double rest;

    g_assert(burst->left > 0);
    burst->exponent -= deterministic_log(1 - random_unit(bits)) / burst->left--;
    rest = deterministic_exp(-burst->exponent);
    burst->last = burst_search(1 - rest, rest, burst->last);
    return burst->last;
}
