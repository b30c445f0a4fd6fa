/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What pairs of runs say of a quantile. */
#include "sim/study/difference.h"
#include "sim/study/pool_private.h"
#include "sim/study/statistics.h"

#include <math.h>

/* Of each pair B's minus A's; values: A's, then B's. */
static void subtract(double *values, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        values[i] = values[n + i] - values[i];
}

/* Would less than one run be beyond the quantile if every run were on one side as a whole? Then shares say
 * nothing. */
static bool few_beyond(unsigned n, double share)
{
    return n * (1 - share) < 1;
}

/* Of those pairs whose runs have places; common: the quantile of both sides, of_b: that of B. */
static bool by_places(struct pool *both, double share, double common, double of_b, unsigned looks,
                      struct difference_pairs *pairs)
{
    double *numbers;
    unsigned count;

    if (!(common > 0) || isnan(of_b))
        return false;
    pool_places(both, share, common, pairs->contrasts);
    subtract(pairs->contrasts, pairs->n);
    numbers = statistics_numbers(pairs->contrasts, pairs->n, &count);
    if (count >= 2)
        pairs->b = pool_places_ends(numbers, count, share, of_b, common, looks);
    g_free(numbers);
    for (unsigned i = 0; i < pairs->n; i++)
        pairs->contrasts[i] = -pairs->contrasts[i]; /* larger values are smaller shares */
    return count >= 2;
}

struct difference_pairs difference_pairs_of(struct pool *a, struct pool *b, struct pool *both, double share,
                                            unsigned looks)
{
    struct difference_pairs pairs = {.n = both->wholes->len / 2, .b = {(double)NAN, (double)NAN}};
    double common = pool_quantile(both, share), of_b = b ? pool_quantile(b, share) : (double)NAN;
    bool shift = a && b && few_beyond(pairs.n, share) && (pool_shifts(a, share) || pool_shifts(b, share));

    pairs.contrasts = g_new0(double, MAX(2 * pairs.n, 1));
    if (isnan(common) || (shift && by_places(both, share, common, of_b, looks, &pairs)))
        return pairs;
    pool_shares(both, common, pairs.contrasts);
    subtract(pairs.contrasts, pairs.n);
    return pairs;
}

void difference_pairs_clear(struct difference_pairs *pairs)
{
    g_clear_pointer(&pairs->contrasts, g_free);
}
