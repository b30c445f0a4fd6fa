/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pull times as sums over spans of one rate. */
#include "models/scenario/pace.h"

#include "sim/base/clock.h"
#include "sim/base/random.h"
#include "sim/config/timeline.h"

#define SECOND ((double)CLOCK_SECOND)

void pace_init(struct pace *pace, const struct scenario *scenario)
{
    const struct timeline *timeline = &scenario->config.timeline;
    const struct config_key *key = scenario_key("pull", "rate");
    struct pace_span *last;

    *pace = (struct pace){.spans = g_new(struct pace_span, timeline->count + 1), .count = 1};
    last = pace->spans;
    *last = (struct pace_span){scenario->pull_start, 0, scenario->pull_rate};
    for (unsigned i = 0; i < timeline->count; i++) {
        const struct timeline_entry *entry = &timeline->entries[i];

        if (entry->key != key)
            continue;
        if (entry->time_ns > scenario->pull_start) {
            double n = pace_number(pace, entry->time_ns);

            last = &pace->spans[pace->count++];
            *last = (struct pace_span){.since_ns = entry->time_ns, .since_n = n};
        }
        last->per_s = entry->value.real;
    }
}

void pace_clear(struct pace *pace)
{
    g_free(pace->spans);
    pace->spans = NULL;
}

int64_t pace_due_ns(struct pace *pace, double n)
{
    const struct pace_span *span;

    while (pace->at + 1 < pace->count && pace->spans[pace->at + 1].since_n <= n)
        pace->at++;
    span = &pace->spans[pace->at];
    return span->since_ns + (int64_t)((n - span->since_n) * SECOND / span->per_s);
}

int64_t pace_next_ns(struct pace *pace, int64_t last_ns, uint64_t bits)
{
    const struct pace_span *span;
    int64_t gap_ns;

    while (pace->at + 1 < pace->count && pace->spans[pace->at + 1].since_ns <= last_ns)
        pace->at++;
    span = &pace->spans[pace->at];
    gap_ns = random_exponential(bits, SECOND / span->per_s);
    for (; pace->at + 1 < pace->count && gap_ns > span[1].since_ns - last_ns; pace->at++, span++) {
        int64_t left_ns = gap_ns - (span[1].since_ns - last_ns);

        gap_ns = (int64_t)((double)left_ns * span->per_s / span[1].per_s);
        last_ns = span[1].since_ns;
    }
    return last_ns + gap_ns;
}

double pace_number(const struct pace *pace, int64_t time_ns)
{
    const struct pace_span *span = &pace->spans[pace->count - 1];

    while (span > pace->spans && span->since_ns > time_ns)
        span--;
    return time_ns > span->since_ns
               ? span->since_n + (double)(time_ns - span->since_ns) / SECOND * span->per_s
               : span->since_n;
}

double pace_seconds(const struct pace *pace, double n)
{
    const struct pace_span *span = &pace->spans[pace->count - 1];

    while (span > pace->spans && span->since_n > n)
        span--;
    return (double)(span->since_ns - pace->spans->since_ns) / SECOND + (n - span->since_n) / span->per_s;
}

double pace_rate_max(const struct pace *pace)
{
    double most = 0;

    for (unsigned i = 0; i < pace->count; i++)
        most = MAX(most, pace->spans[i].per_s);
    return most;
}
