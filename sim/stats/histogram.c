/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Log-linear histogram. Octave 0 holds the values 0 .. 1023, each in its own bucket; octave k >= 1 holds
 * [2^(k+9), 2^(k+10)) in 1024 equal buckets of 2^(k-1). A bucket is therefore never wider than 1/1024 of its
 * lower edge. */
#include "sim/stats/histogram.h"

#include <glib.h>
#include <string.h>

enum { STEP_BITS = 10 };

_Static_assert(HISTOGRAM_STEPS == 1 << STEP_BITS, "an octave has 2^STEP_BITS buckets");
_Static_assert(HISTOGRAM_OCTAVES == 63 - STEP_BITS + 1, "octaves reach to 2^63 - 1");

struct place {
    unsigned octave;
    unsigned step;
};

/* The highest set bit chooses the octave, the ten bits below it the bucket. */
static struct place place_of(uint64_t value)
{
    if (value < HISTOGRAM_STEPS)
        return (struct place){0, (unsigned)value};
    unsigned top_bit = 63 - (unsigned)__builtin_clzll(value);
    unsigned octave = top_bit - STEP_BITS + 1;
    return (struct place){octave, (unsigned)(value >> (octave - 1)) - HISTOGRAM_STEPS};
}

/* The largest value of a bucket. */
static uint64_t upper_edge(unsigned octave, unsigned step)
{
    if (octave == 0)
        return step;
    return ((uint64_t)(HISTOGRAM_STEPS + step + 1) << (octave - 1)) - 1;
}

void histogram_init(struct histogram *h)
{
    memset(h, 0, sizeof *h);
}

void histogram_clear(struct histogram *h)
{
    for (int i = 0; i < HISTOGRAM_OCTAVES; i++)
        g_free(h->octave[i]);
    histogram_init(h);
}

static uint32_t *steps_of(struct histogram *h, unsigned octave)
{
    if (!h->octave[octave])
        h->octave[octave] = g_new0(uint32_t, HISTOGRAM_STEPS);
    return h->octave[octave];
}

static void add_to_sum(struct histogram *h, uint64_t high, uint64_t low)
{
    h->sum_low += low;
    h->sum_high += high + (h->sum_low < low);
}

void histogram_add(struct histogram *h, int64_t value_ns)
{
    uint64_t value = value_ns < 0 ? 0 : (uint64_t)value_ns;
    struct place place = place_of(value);

    steps_of(h, place.octave)[place.step]++;
    h->count++;
    add_to_sum(h, 0, value);
    h->max_ns = MAX(h->max_ns, (int64_t)value);
}

void histogram_merge(struct histogram *into, const struct histogram *from)
{
    for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
        if (!from->octave[octave])
            continue;
        uint32_t *steps = steps_of(into, octave);
        for (unsigned step = 0; step < HISTOGRAM_STEPS; step++)
            steps[step] += from->octave[octave][step];
    }
    into->count += from->count;
    add_to_sum(into, from->sum_high, from->sum_low);
    into->max_ns = MAX(into->max_ns, from->max_ns);
}

/* How many of `count` samples are at or below the quantile: the ceiling of q * count, at least one. */
static uint64_t rank_of(uint64_t count, double q)
{
    if (!(q > 0))
        return 1;
    if (q >= 1)
        return count;
    double exact = q * (double)count;
    uint64_t rank = (uint64_t)exact;
    if ((double)rank < exact)
        rank++;
    return CLAMP(rank, 1, count);
}

static uint64_t lower_edge(unsigned octave, unsigned step)
{
    return octave == 0 ? step : (uint64_t)(HISTOGRAM_STEPS + step) << (octave - 1);
}

/* Where the place-th of `here` samples lies in a bucket, as if they lay there evenly, the last at its upper
 * edge. */
static uint64_t within(uint64_t lower, uint64_t upper, uint64_t place, uint64_t here)
{
    uint64_t width = upper - lower; /* below 2^53; here below 2^32 */

    return lower + width / here * place + width % here * place / here;
}

/* The sample of that rank, 1 .. count. */
static int64_t value_of_rank(const struct histogram *h, uint64_t rank)
{
    uint64_t left = rank;

    for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
        if (!h->octave[octave])
            continue;
        for (unsigned step = 0; step < HISTOGRAM_STEPS; step++) {
            uint32_t here = h->octave[octave][step];
            if (here >= left)
                return MIN((int64_t)within(lower_edge(octave, step), upper_edge(octave, step), left, here),
                           h->max_ns);
            left -= here;
        }
    }
    return h->max_ns;
}

int64_t histogram_quantile(const struct histogram *h, double q)
{
    return h->count == 0 ? 0 : value_of_rank(h, rank_of(h->count, q));
}

int64_t histogram_quantile_of(const struct histogram *h, double q, uint64_t whole)
{
    uint64_t rank = whole == 0 ? 1 : rank_of(whole, q);

    return rank > h->count ? -1 : value_of_rank(h, rank);
}

void histogram_each(const struct histogram *h, unsigned groups,
                    void (*visit)(void *user, int64_t from_ns, int64_t to_ns, uint64_t count), void *user)
{
    unsigned width = HISTOGRAM_STEPS / groups;

    g_assert(groups > 0 && width * groups == HISTOGRAM_STEPS);
    for (unsigned octave = 0; octave < HISTOGRAM_OCTAVES; octave++) {
        for (unsigned first = 0; h->octave[octave] && first < HISTOGRAM_STEPS; first += width) {
            uint64_t count = 0;

            for (unsigned step = first; step < first + width; step++)
                count += h->octave[octave][step];
            if (count > 0)
                visit(user, (int64_t)lower_edge(octave, first),
                      (int64_t)upper_edge(octave, first + width - 1), count);
        }
    }
}

double histogram_mean_s(const struct histogram *h)
{
    if (h->count == 0)
        return 0;
    double sum_ns = (double)h->sum_high * 0x1p64 + (double)h->sum_low;
    return sum_ns / (double)h->count / 1e9;
}
