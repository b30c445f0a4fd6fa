/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of a comparison share. */
#ifndef SIM_STUDY_COMPARE_PRIVATE_H
#define SIM_STUDY_COMPARE_PRIVATE_H

#include "sim/study/compare.h"

/* Values of a metric in the pairs of runs of a pair of points, those in which both sides have one; of
 * COMPARE_ALL_PAIRS their means over all pairs of points. */
struct compare_values {
    double *a, *b;
    unsigned n;
    unsigned pairs;            /* with those that lack a value */
    unsigned empty_a, empty_b; /* pairs in which that side has none */
};
struct compare_values compare_values(const struct comparison *comparison, unsigned pair, unsigned metric);
void compare_values_clear(struct compare_values *values);
/* How many events a value of 1 is, see difference.h. */
double compare_events(const struct comparison *comparison, unsigned pair, unsigned metric);

/* A quantile at a pair of points. */
struct compare_quantile {
    struct interval a, b;          /* of all runs of a side, pooled */
    struct difference_pairs pairs; /* clear it */
};

/* The samples that were read last, of one procedure at one pair. everywhere: only of the runs that each pair
 * of points has, in one order in all. */
struct compare_samples;
struct compare_samples *compare_samples_new(const struct comparison *comparison, bool everywhere);
void compare_samples_free(struct compare_samples *samples);

/* False if the metric is no quantile, no samples are there on either side, or they cannot be read: then the
 * runs' own values are all there is. */
bool compare_quantile_of(struct compare_samples *samples, unsigned pair, unsigned metric, unsigned looks,
                         struct compare_quantile *out);

/* Fills results and together; metrics: those to look at, NULL: all. */
void compare_measure(struct comparison *comparison, const bool *metrics);

#endif
