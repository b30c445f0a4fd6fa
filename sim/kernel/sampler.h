/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Samples: the instants at which somebody looks at a run from outside, at equal steps of simulated time. Both
 * engines keep them here. */
#ifndef SIM_KERNEL_SAMPLER_H
#define SIM_KERNEL_SAMPLER_H

#include "sim/base/clock.h"

#include <stdbool.h>

/* Takes a sample at a time, when all before it has run. False: the run shall stop. */
typedef bool sampler_call(void *user, int64_t time_ns);

struct sampler {
    sampler_call *call;
    void *user;
    int64_t step_ns;
    int64_t next_ns; /* CLOCK_NEVER: none */
    int64_t last_ns; /* of the last call */
    bool stale;      /* events have run since */
};

/* step_ns: 0, and call: NULL, for none. */
static inline void sampler_init(struct sampler *sampler, int64_t step_ns, sampler_call *call, void *user)
{
    bool some = step_ns > 0 && call;

    *sampler = (struct sampler){call, user, step_ns, some ? step_ns : CLOCK_NEVER, CLOCK_NEVER, false};
}

/* Takes the sample of a time. False: the run shall stop. */
static inline bool sampler_take(struct sampler *sampler, int64_t time_ns)
{
    sampler->last_ns = time_ns;
    sampler->stale = false;
    return sampler->call(sampler->user, time_ns);
}

/* Takes those that have come, up to time_ns inclusive. False once a call returned false. */
static inline bool sampler_pass(struct sampler *sampler, int64_t time_ns)
{
    while (sampler->next_ns <= time_ns && sampler->next_ns != CLOCK_NEVER) {
        int64_t now_ns = sampler->next_ns;

        sampler->next_ns = now_ns < CLOCK_NEVER - sampler->step_ns ? now_ns + sampler->step_ns : CLOCK_NEVER;
        if (!sampler_take(sampler, now_ns))
            return false;
    }
    return true;
}

/* The end of a run, at the time reached: a sample, too, unless nothing has run since the last one at that
 * very time. */
static inline void sampler_end(struct sampler *sampler, int64_t reached_ns)
{
    if (sampler_pass(sampler, reached_ns) && sampler->call && sampler->step_ns > 0 &&
        (sampler->stale || sampler->last_ns != reached_ns))
        sampler_take(sampler, reached_ns);
}

#endif
