/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of a pool share. */
#ifndef SIM_STUDY_POOL_PRIVATE_H
#define SIM_STUDY_POOL_PRIVATE_H

#include "sim/study/interval.h"

/* Samples of a run that lie between two values. */
struct pool_row {
    unsigned run;
    double from, to;
    double count;
};

struct pool {
    GArray *rows;   /* struct pool_row */
    GArray *wholes; /* double, of each run */
    bool in_order;
};

/* The rows by their ends, those of one end being of all runs together. Sorts them, unless they are. */
const struct pool_row *pool_rows(struct pool *pool);

/* How many samples a run has or might have. */
double pool_whole(const struct pool *pool, unsigned run);
/* All runs together. */
double pool_all(const struct pool *pool);

/* The first value at which something that grows with the share below reaches the share wanted. */
struct crossing {
    double reached; /* so far, the most */
    double value;   /* NaN: not yet */
};
extern const struct crossing crossing_nowhere;
/* It is `now` at the end of a row. */
void crossing_look(struct crossing *crossing, double wanted, double now, double from, double to);

/* The quantile of all samples; NaN: not reached. */
double pool_quantile(struct pool *pool, double share);

/* The ends of an interval around a quantile with this estimate, as far as shifts of whole runs leave it open;
 * NaN where too few runs show that. */
struct pool_ends pool_shift_ends(struct pool *pool, double share, double estimate, unsigned looks);

#endif
