/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* When pulls are due by pull.rate, whose changes (sections [at TIME]) are known from the start: closed
 * formulas, so that nothing has to be set anew when the rate changes.
 *
 * Pulls are counted from 0, as real numbers: their number grows at pull.rate from pull.start on, and a
 * pull is due when its number is reached. A change takes what is left of the gap that it comes in to the
 * new rate. */
#ifndef MODELS_SCENARIO_PACE_H
#define MODELS_SCENARIO_PACE_H

#include "models/scenario/scenario.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One rate, from since_ns on, when pull number since_n is due. */
struct pace_span {
    int64_t since_ns;
    double since_n, per_s;
};

struct pace {
    struct pace_span *spans; /* by time; the first from pull.start on */
    unsigned count;
    unsigned at; /* span of the last pull that was asked for */
};

/* Of the scenario's rates, which it copies. pace_clear() is its end. */
void pace_init(struct pace *pace, const struct scenario *scenario);
void pace_clear(struct pace *pace);

/* When pull number n >= 0 is due, which may lie between two. n never falls from call to call. Of one rate it
 * is computed from its first pull each time, so that no error adds up. */
int64_t pace_due_ns(struct pace *pace, double n);
/* When the pull after the one at last_ns is due, if gaps are exponential: of the mean that the rate has, from
 * 64 random bits. last_ns >= pull.start never falls from call to call. */
int64_t pace_next_ns(struct pace *pace, int64_t last_ns, uint64_t bits);

/* For estimates: the number of the pull that is due at a time, 0 before pull.start; seconds from pull.start
 * until pull number n; the largest rate per second. */
double pace_number(const struct pace *pace, int64_t time_ns);
double pace_seconds(const struct pace *pace, double n);
double pace_rate_max(const struct pace *pace);

#ifdef __cplusplus
}
#endif

#endif
