/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Points get more replications, a round at a time, until an interval is narrow. Every number of replications
 * that a point may have is one of a fixed sequence, each about a quarter more, so that a sweep that was
 * interrupted ends with the same runs as one that was not. */
#ifndef SIM_STUDY_ROUNDS_H
#define SIM_STUDY_ROUNDS_H

#include "sim/study/collect.h"
#include "sim/study/selection.h"

struct rounds {
    const struct study *study; /* set by rounds_begin(), as what follows `last` */
    struct collect_until until;
    unsigned first, last; /* replications: at least, at most */
    unsigned *goals;      /* of each point (from 1) how many it is to have now; 0: the point is not meant */
    bool *wide;           /* of each point: too wide at the last look */
    unsigned points;
};

/* Goals by what is in the folder: the highest replication of each point that was ever begun. */
bool rounds_begin(struct rounds *rounds, const struct study *study, const struct selection *selection,
                  const char *dir, GError **error);
/* To be asked only when no run is missing: one would count as one that does not exist. True if some point
 * gets more replications. */
bool rounds_widen(struct rounds *rounds, const GArray *runs);
void rounds_clear(struct rounds *rounds);

#endif
