/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The timeline of a scenario, carried out: what each room is told, and when.
 *
 * - The network gets the changes of links and of the radio before the run, and makes them itself.
 * - Pulls are due by models/scenario/pace.h, which knows the changes of pull.rate from the start.
 * - For the servers a timer of region 0 comes at each time. It is set before all else, so it is the first of
 *   its time in that region, on both engines. Then the values that hold (model_region.now) are set, all of
 *   that time, and after them the workers, whose jobs may start at once.
 *
 * A run has each of its changes: it does not end before the last. */
#include "models/bmsc/bmsc.h"
#include "models/bsf/bsf.h"
#include "models/hss/hss.h"
#include "models/storm_private.h"
#include "sim/config/timeline.h"

#include <string.h>

static bool storm_timeline_is(const struct timeline_entry *entry, const char *section, const char *name)
{
    return entry->key == scenario_key(section, name);
}

struct network_change *storm_timeline_network(const struct scenario *scenario, uint32_t *count)
{
    static const struct {
        const char *section, *name;
        enum network_value what;
    } values[] = {{"access", "uplink_rate", NETWORK_UPLINK_RATE},
                  {"access", "downlink_rate", NETWORK_DOWNLINK_RATE},
                  {"core", "rate", NETWORK_CORE_RATE},
                  {"access", "loss", NETWORK_ACCESS_LOSS},
                  {"access", "duplicate", NETWORK_ACCESS_DUPLICATE},
                  {"access", "late", NETWORK_ACCESS_LATE}};
    const struct timeline *timeline = &scenario->config.timeline;
    struct network_change *changes = g_new(struct network_change, timeline->count);

    *count = 0;
    for (unsigned i = 0; i < timeline->count; i++) {
        const struct timeline_entry *entry = &timeline->entries[i];

        for (unsigned v = 0; v < G_N_ELEMENTS(values); v++)
            if (storm_timeline_is(entry, values[v].section, values[v].name))
                changes[(*count)++] = (struct network_change){.time_ns = entry->time_ns,
                                                              .what = values[v].what,
                                                              .bit_per_s = (uint64_t)entry->value.integer,
                                                              .share = entry->value.real};
    }
    return changes;
}

void storm_timeline_start(struct net_region *core)
{
    const struct timeline *timeline = &model_of(core)->deployment->scenario->config.timeline;

    for (unsigned i = 0; i < timeline->count; i++)
        if (i == 0 || timeline->entries[i].time_ns != timeline->entries[i - 1].time_ns)
            net_timer(core, HOST_BMSC, timeline->entries[i].time_ns - core->now_ns, STORM_TIMER_CHANGE, i);
}

static void storm_timeline_workers(struct net_region *core, struct station *station, int64_t workers)
{
    if (station->queue.workers != workers)
        station_set_workers(core, station, workers);
}

void storm_timeline_change(struct net_region *core, uint64_t first)
{
    struct model_region *m = model_of(core);
    const struct timeline *timeline = &m->deployment->scenario->config.timeline;

    for (unsigned i = (unsigned)first;
         i < timeline->count && timeline->entries[i].time_ns == timeline->entries[first].time_ns; i++)
        scenario_change(m->now, &timeline->entries[i]);
    storm_timeline_workers(core, bmsc_station(m->bmsc), m->now->bmsc_workers);
    storm_timeline_workers(core, bsf_station(m->bsf), m->now->bsf_workers);
    storm_timeline_workers(core, hss_station(m->hss), m->now->hss_workers);
}
