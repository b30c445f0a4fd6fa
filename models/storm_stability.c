/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Results: did the storm serve anybody, and did it end? Work that was still waited for, repeated requests,
 * the time until nobody waits any more. */
#include "models/bmsc/bmsc.h"
#include "models/bsf/bsf.h"
#include "models/hss/hss.h"
#include "models/storm_private.h"

#include <math.h>

static struct stats_value stability_real(double value)
{
    return (struct stats_value){.type = STATS_REAL, .real = value};
}

static double ratio(double part, double whole)
{
    return whole > 0 ? part / whole : NAN;
}

/* Which server: 0 BM-SC, 1 BSF, 2 HSS. */
static const struct station *station(const struct storm *storm, unsigned which)
{
    const struct model_region *core = &storm->models[0];

    return which == 0   ? bmsc_station(core->bmsc)
           : which == 1 ? bsf_station(core->bsf)
                        : hss_station(core->hss);
}

static double retried(const struct storm *storm, unsigned which)
{
    static const enum model_counter all[][2] = {{COUNT_ua_requests, MODEL_COUNTER_COUNT},
                                                {COUNT_ub_requests, COUNT_zn_requests},
                                                {COUNT_zh_requests, MODEL_COUNTER_COUNT}};
    static const enum model_counter again[][2] = {{COUNT_ua_requests_retried, MODEL_COUNTER_COUNT},
                                                  {COUNT_ub_requests_retried, COUNT_zn_requests_retried},
                                                  {COUNT_zh_requests_retried, MODEL_COUNTER_COUNT}};
    int64_t requests = 0, repeated = 0;

    for (unsigned i = 0; i < 2 && all[which][i] != MODEL_COUNTER_COUNT; i++) {
        requests += storm_counter(storm, all[which][i]);
        repeated += storm_counter(storm, again[which][i]);
    }
    return ratio((double)repeated, (double)requests);
}

/* NaN if the run was cut off. */
static double recovery_s(const struct storm *storm)
{
    int64_t due_ns = bmsc_last_due_ns(storm->models[0].bmsc), last_ns = due_ns;

    if (due_ns < 0 || storm_cut_off(storm))
        return NAN;
    for (unsigned which = 0; which < 3; which++) {
        const struct worker_queue *server = &station(storm, which)->queue;

        last_ns = MAX(last_ns, server->backlog_ns);
    }
    return (double)(last_ns - due_ns) / (double)CLOCK_SECOND;
}

static bool connection_refused(const struct storm *storm)
{
    int64_t counters[NETWORK_COUNTER_COUNT];

    network_counters_sum(storm->network, counters);
    return counters[NETWORK_tcp_refused] > 0;
}

/* Did a job wait for long, was one refused, or a connection, or dropped because its asker had waited in
 * vain? */
static bool kept_waiting(const struct storm *storm)
{
    static const enum model_procedure waits[] = {PROCEDURE_bmsc_wait, PROCEDURE_bsf_wait, PROCEDURE_hss_wait};
    static const enum model_counter dropped[] = {COUNT_bmsc_dropped_late, COUNT_bsf_dropped_late,
                                                 COUNT_hss_dropped_late};
    bool waited = connection_refused(storm);

    for (unsigned which = 0; which < G_N_ELEMENTS(waits); which++)
        waited = waited || station(storm, which)->queue.refused > 0 ||
                 storm_counter(storm, dropped[which]) > 0 ||
                 (double)storm->latency[waits[which]].max_ns > LOAD_CALM_WAIT_S * (double)CLOCK_SECOND;
    return waited;
}

enum load_verdict storm_verdict(const struct storm *storm)
{
    for (unsigned which = 0; which < 3; which++) {
        const struct station *s = station(storm, which);

        if ((double)s->late_max_ns >= LOAD_COLLAPSE_S * (double)CLOCK_SECOND &&
            s->useful_ns < LOAD_COLLAPSE_USEFUL * s->served_ns)
            return LOAD_COLLAPSED;
    }
    if (storm_cut_off(storm))
        return LOAD_CUT_OFF;
    return kept_waiting(storm) ? LOAD_OVERLOADED : LOAD_CALM;
}

const struct stats_words storm_words[] = {{"verdict", load_verdict_names}};
const unsigned storm_word_count = G_N_ELEMENTS(storm_words);

static struct stats_value word(enum load_verdict verdict)
{
    return (struct stats_value){.type = STATS_TEXT,
                                .integer = (int64_t)verdict,
                                .real = (double)verdict,
                                .text = load_verdict_names[verdict]};
}

struct stats_value storm_stability_value(const struct storm *storm, enum storm_stability column)
{
    const struct station *s;

    if (column == STABILITY_recovery_s)
        return stability_real(recovery_s(storm));
    if (column == STABILITY_verdict)
        return word(storm_verdict(storm));
    if (column > STABILITY_recovery_s) {
        enum load_verdict named = column == STABILITY_collapsed ? LOAD_COLLAPSED : LOAD_OVERLOADED;

        return (struct stats_value){.type = STATS_INTEGER, .integer = storm_verdict(storm) == named};
    }
    s = station(storm, column / 3);
    switch (column % 3) {
    case 0:
        return stability_real(ratio(s->useful_ns, s->served_ns));
    case 1:
        return stability_real((double)s->late_max_ns / (double)CLOCK_SECOND);
    default:
        return stability_real(retried(storm, column / 3));
    }
}
