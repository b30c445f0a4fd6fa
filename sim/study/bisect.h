/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which value of a range to look at next, and what all that was seen says. Keeps no state: what is known goes
 * in, so a search that was broken off goes on where it was, and earlier evidence counts. */
#ifndef SIM_STUDY_BISECT_H
#define SIM_STUDY_BISECT_H

#include <stdbool.h>

enum verdict { VERDICT_UNKNOWN, VERDICT_FAILS, VERDICT_MEETS };

enum bisect_status {
    BISECT_GOES_ON,
    BISECT_MET,    /* values up to `answer` (from it on) fail and those beyond meet, as far as was seen */
    BISECT_NEVER,  /* nothing that was seen meets the target */
    BISECT_ALWAYS, /* nothing that was seen fails it */
    BISECT_NOT_MONOTONE /* it is met, then not, then met again, or is not met at either end only */
};

#define BISECT_NONE (~0u)

struct bisect {
    enum bisect_status status;
    unsigned needed[2], needed_count; /* places to look at; none once the search is over */
    unsigned answer;    /* the value that meets, with one that fails beside it; or BISECT_NONE */
    unsigned neighbour; /* the nearest value that fails on the other side of it; or BISECT_NONE */
    /* NOT_MONOTONE: one that meets, and one that fails although it lies on the better side of that. */
    unsigned meets, fails;
};

/* verdicts: of the `count` values of a range, in order. largest: the largest value that meets is looked for,
 * else the smallest. Looks at both ends, then halves what lies between, then takes one further probe on
 * either side of the answer, and the middle if both ends agree. */
struct bisect bisect_look(const enum verdict *verdicts, unsigned count, bool largest);

#endif
