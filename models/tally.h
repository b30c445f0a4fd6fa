/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a region counts and measures. Deciding writes it; nobody reads it back before the run is over, but
 * the series and progress. Of everything that is counted the UE is known where there is one. What is about
 * the key of one service (pulls, MSK messages, ACKs, who holds the MSK) is counted for that service; HTTP,
 * GBA and Diameter are for none. */
#ifndef MODELS_TALLY_H
#define MODELS_TALLY_H

#include "models/counters.h"
#include "sim/base/clock.h"
#include "sim/config/schema.h"
#include "sim/stats/histogram.h"

/* How many in a whole second of simulated time: the one that is counted, and the most in any. */
struct rate_peak {
    int64_t end_ns; /* of that second */
    uint32_t now, max;
};

struct trace_buffer;

/* ... for one service. */
struct tally_service {
    int64_t counters[MODEL_COUNTER_COUNT];
    int64_t keyed_within[DURATIONS_MAX]; /* UEs that had the key at each of output.deadlines */
    int64_t last_keyed_ns;               /* when the last UE of this region got its key; -1: none */
};

struct tally {
    const struct trace_buffer *trace;      /* NULL: no UE is traced */
    int64_t counters[MODEL_COUNTER_COUNT]; /* of what is for no service */
    struct histogram latency[MODEL_PROCEDURE_COUNT];
    struct rate_peak rates[MODEL_RATE_COUNT]; /* region 0 */
    unsigned service_count;
    struct tally_service *services;
};

#define TALLY_NO_UE UINT32_MAX

/* Part of tally_add(): a line in the trace of the UE, if it is traced. */
void __attribute__((cold))
tally_trace(const struct tally *tally, uint32_t ue, enum model_counter counter, int64_t by);

/* Nothing counted, of so many services. tally_clear() gives the memory back. */
void tally_init(struct tally *tally, unsigned service_count);
void tally_clear(struct tally *tally);

/* Adds `by` (1, or -1 of a gauge and of what turns out not to be) to a counter, because of a UE or
 * TALLY_NO_UE. */
static inline void tally_add(struct tally *tally, uint32_t ue, enum model_counter counter, int64_t by)
{
    tally->counters[counter] += by;
    if (__builtin_expect(tally->trace != NULL, 0))
        tally_trace(tally, ue, counter, by);
}

static inline void tally_count(struct tally *tally, uint32_t ue, enum model_counter counter)
{
    tally_add(tally, ue, counter, 1);
}

/* Likewise for a service. */
static inline void tally_add_service(struct tally *tally, uint32_t ue, unsigned service,
                                     enum model_counter counter, int64_t by)
{
    tally->services[service].counters[counter] += by;
    if (__builtin_expect(tally->trace != NULL, 0))
        tally_trace(tally, ue, counter, by);
}

static inline void tally_count_service(struct tally *tally, uint32_t ue, unsigned service,
                                       enum model_counter counter)
{
    tally_add_service(tally, ue, service, counter, 1);
}

/* What was counted in all: for no service, and for each. */
static inline int64_t tally_counter(const struct tally *tally, enum model_counter counter)
{
    int64_t sum = tally->counters[counter];

    for (unsigned i = 0; i < tally->service_count; i++)
        sum += tally->services[i].counters[counter];
    return sum;
}

/* A duration that was measured. */
static inline void tally_duration(struct tally *tally, enum model_procedure procedure, int64_t duration_ns)
{
    histogram_add(&tally->latency[procedure], duration_ns);
}

/* A message of those whose peak rate is a result. */
static inline void tally_rate(struct tally *tally, enum model_rate rate, int64_t now_ns)
{
    struct rate_peak *peak = &tally->rates[rate];

    if (now_ns >= peak->end_ns) {
        peak->end_ns = (now_ns / CLOCK_SECOND + 1) * CLOCK_SECOND;
        peak->now = 0;
    }
    if (++peak->now > peak->max)
        peak->max = peak->now;
}

#endif
