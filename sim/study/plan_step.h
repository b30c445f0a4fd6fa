/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan does next: which runs it asks for, and which way it searches. Pure, as plan_search.h and
 * plan_frontier.h, which it puts together: what is known goes in, wishes come out. It runs nothing, reads no
 * file and no clock, and keeps nothing; plan_run.c makes the runs and judges them.
 *
 * The loop around it: ask step_at() at each point, make the runs that it wishes, judge the values again, ask
 * again; a point is done when it wishes nothing more. Runs of a point that are under way must all have ended
 * before the point is asked again: what is wished next must not depend on which run ends first. When the ends
 * of the range are known at all points, step_direction() says which way all of them go; then ask every point
 * again. */
#ifndef SIM_STUDY_PLAN_STEP_H
#define SIM_STUDY_PLAN_STEP_H

#include "sim/study/plan_frontier.h"

/* What does not change while a plan runs. */
struct step_rules {
    unsigned count;                   /* values of the range; of two keys combinations */
    unsigned parts;                   /* of the target */
    const struct frontier_grid *grid; /* of two keys; NULL: one key */
    /* Replications of a value: at first, which is also how many come on top if they do not suffice; at
     * most. */
    unsigned first, last;
};

/* What is known of a value at a point. */
struct step_value {
    struct search_seen seen; /* by all replications that were asked for */
    unsigned replications;   /* asked for so far; 0: not looked at */
    bool sure;               /* intervals decided, not estimates alone */
};

/* Which end of a window is sought. Only what is asked at the end of a search depends on it. */
struct step_direction {
    bool known;
    bool largest; /* the largest value that meets the target, else the smallest */
    unsigned rising,
        falling; /* a point (from 1) that meets it at the high end only, at the low end only; 0: none */
};

/* Both ends of the range at a point. */
struct step_ends {
    enum verdict low, high;
    bool failed; /* a run went wrong: the point has no answer and does not count */
};

/* All replications of a value up to a number, those that are there already included. */
struct step_wish {
    unsigned place, replications;
};

struct step {
    struct search look;       /* what the search says, and what its outcome rests on */
    struct step_wish *wishes; /* in order; step_clear() */
    unsigned wish_count;      /* 0: nothing more, as long as the direction stays as it is */
};

/* What to ask for at a point. values: rules->count of them. First come the values that the search needs. When
 * it is over and the direction is known, the values that its outcome rests on get more replications until
 * they are sure. */
struct step step_at(const struct step_rules *rules, const struct step_value *values,
                    const struct step_direction *direction);
void step_clear(struct step *step);

/* The search alone, where that is known. */
struct search step_look(const struct step_rules *rules, const struct search_seen *seen, bool largest);

/* The direction, where that is known of the points. It stays not known while an end of some point is not.
 * The largest value is sought if some point meets the target at the low end only, and none at the high end
 * only. */
struct step_direction step_direction(const struct step_ends *points, unsigned count);

#endif
