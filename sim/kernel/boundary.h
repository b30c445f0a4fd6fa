/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The moments at which somebody looks at a run from outside, at equal steps of simulated time. Both engines
 * keep them here. */
#ifndef SIM_KERNEL_BOUNDARY_H
#define SIM_KERNEL_BOUNDARY_H

#include "sim/base/clock.h"

#include <stdbool.h>

/* Called with a time, when all before it has run. False: the run shall stop. */
typedef bool boundary_call(void *user, int64_t time_ns);

struct boundary {
    boundary_call *call;
    void *user;
    int64_t step_ns;
    int64_t next_ns; /* CLOCK_NEVER: none */
    int64_t last_ns; /* of the last call */
    bool stale;      /* events have run since */
};

/* step_ns: 0, and call: NULL, for none. */
static inline void boundary_init(struct boundary *b, int64_t step_ns, boundary_call *call, void *user)
{
    bool some = step_ns > 0 && call;

    *b = (struct boundary){call, user, step_ns, some ? step_ns : CLOCK_NEVER, CLOCK_NEVER, false};
}

static inline bool boundary_at(struct boundary *b, int64_t time_ns)
{
    b->last_ns = time_ns;
    b->stale = false;
    return b->call(b->user, time_ns);
}

/* Calls for the multiples that have come, up to time_ns inclusive. False once a call said so. */
static inline bool boundary_pass(struct boundary *b, int64_t time_ns)
{
    while (b->next_ns <= time_ns && b->next_ns != CLOCK_NEVER) {
        int64_t now_ns = b->next_ns;

        b->next_ns = now_ns < CLOCK_NEVER - b->step_ns ? now_ns + b->step_ns : CLOCK_NEVER;
        if (!boundary_at(b, now_ns))
            return false;
    }
    return true;
}

/* The end of a run, at the time reached: told too, unless nothing has run since the last call at that very
 * time. */
static inline void boundary_end(struct boundary *b, int64_t reached_ns)
{
    if (boundary_pass(b, reached_ns) && b->call && b->step_ns > 0 && (b->stale || b->last_ns != reached_ns))
        boundary_at(b, reached_ns);
}

#endif
