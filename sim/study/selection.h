/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which runs of a study are meant: points by a condition, replications, a shard, and what is in the
 * folder. */
#ifndef SIM_STUDY_SELECTION_H
#define SIM_STUDY_SELECTION_H

#include "sim/study/runs.h"

struct selection {
    struct expression *only; /* of points; NULL: all */
    unsigned first, last;    /* replications */
    unsigned shard, shards;  /* every shards-th run from the shard-th (from 0); shards 0: all */
    const unsigned *rounds;  /* of each point (from 1) the last replication so far; NULL: `last` */
    bool missing;            /* only runs without a whole result */
    bool retry_failed;       /* with missing: failed ones, too */
};

/* Those of runs_list() that are meant, in their order; their results stay those of `runs`
 * (g_array_free()). */
GArray *selection_of(const struct study *study, const GArray *runs, const struct selection *selection);
/* Is a point meant? */
bool selection_has(const struct study *study, const struct selection *selection, unsigned point);

/* "DIR/runs/p0001-r01: damaged, to be run again: ..."; NULL if the run is not damaged. g_free. */
char *selection_damage(const struct study_run *run, const char *dir);

#endif
