/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The cheapest combination of two keys that meets a target, and the frontier of those that do. Pure, as
 * plan_search.h. First a coarse grid of combinations. Where all that is known is monotone (more of either key
 * never hurts, or less of it does not), each look decides many others. Next comes the one that decides most
 * in either case, first among what would be cheaper than the cheapest known, then along the frontier. Where
 * it is not monotone, ends of windows in the row and the column of the cheapest known are halved, then what
 * would be cheaper is looked at, the dearest first, up to a number of looks. Where nothing meets, gaps in
 * rows and columns are halved as of one key: keys of which more hurts, too, have windows. */
#ifndef SIM_STUDY_PLAN_FRONTIER_H
#define SIM_STUDY_PLAN_FRONTIER_H

#include "sim/study/plan_search.h"

/* Combinations: place i * columns + j is the i-th value of the first key with the j-th of the second. */
struct frontier_grid {
    unsigned rows, columns;
    const unsigned *ranks; /* of each combination by its cost: 0 the cheapest, equal where the cost is */
    unsigned parts;        /* of the target */
};

/* So many combinations at most. */
#define FRONTIER_PLACES_MAX 10000
/* Looks at most: along the frontier, where nothing is monotone, and where nothing meets while there is reason
 * to look. And where nothing meets, in any case. */
#define FRONTIER_LOOKS_MOST  40
#define FRONTIER_LOOKS_LEAST 20

/* answer: the cheapest. below and above: the combinations beside it that have a step less of the first and of
 * the second key (a step more where less of it is better: turned); neighbour: one of them, of NEVER the
 * nearest miss. NOT_MONOTONE: more of a key hurts somewhere. low, high, windows are not set. */
struct search frontier_look(const struct search_seen *seen, const struct frontier_grid *grid);

/* out[rows * columns]: what is known of each combination, by itself or because it follows. Nothing
 * follows as long as nothing meets: it may lie in a window. */
void frontier_implied(const struct search_seen *seen, const struct frontier_grid *grid, enum verdict *out);

#endif
