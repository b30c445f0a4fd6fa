/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The UEs that are traced: who of a storm tells of them. */
#include "models/storm_private.h"
#include "models/trace.h"

static void storm_trace_event(void *user, const struct network_event *event)
{
    const struct storm *storm = user;
    const struct trace_buffer buffer = {storm->trace, &event->time_ns, event->core};
    struct trace_ue *t = trace_of(&buffer, event->ue);

    if (t != NULL)
        trace_network(t, event->what, event->kind, event->up);
}

bool storm_trace_open(struct storm *storm, GError **error)
{
    const struct storm_options *o = &storm->options;

    if (o->trace_count == 0)
        return true;
    storm->trace = trace_new(o->trace_prefix, o->trace_ues, o->trace_count, error);
    storm->network_trace.event = storm_trace_event;
    for (uint32_t i = 0; i < o->trace_count; i++)
        storm->network_trace.ues |= UINT64_C(1) << (o->trace_ues[i] & 63);
    return storm->trace != NULL;
}

void storm_trace_attach(struct storm *storm)
{
    if (storm->trace == NULL)
        return;
    storm->trace_buffers = g_new0(struct trace_buffer, storm->regions + 1);
    for (uint32_t r = 0; r <= storm->regions; r++) {
        struct trace_buffer *buffer = &storm->trace_buffers[r];

        *buffer = (struct trace_buffer){storm->trace, &network_region(storm->network, r)->now_ns, r == 0};
        storm->models[r].trace = buffer;
        storm->models[r].tally.trace = buffer;
    }
}

void storm_trace_closed(struct net_region *at, uint32_t ue, enum net_close_reason reason)
{
    static const char *const reasons[] = {[NET_CLOSED_BY_PEER] = "by_peer",
                                          [NET_CLOSED_REFUSED] = "refused",
                                          [NET_CLOSED_RESET] = "reset",
                                          [NET_CLOSED_TIMEOUT] = "timeout",
                                          [NET_CLOSED_PROTOCOL] = "protocol"};
    struct trace_ue *t = trace_of(model_of(at)->trace, ue);

    if (t == NULL)
        return;
    trace_cause(t, HOST_UES, "connection closed %s", reasons[reason]);
    trace_line(t, false, "closed", reasons[reason], NULL);
}
