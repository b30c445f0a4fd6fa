/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The models' timers, as events of ns-3. */
#include "sim/net/ns3/internal.h"

static void free_alarm(struct ns3_net *net, struct ns3_alarm *alarm, uint32_t index)
{
    alarm->generation = 0;
    pool_give(&net->alarms, index);
}

static void on_alarm(void *user, uint64_t index)
{
    struct ns3_net *net = user;
    struct ns3_alarm *alarm = pool_at(&net->alarms, (uint32_t)index);
    uint32_t host = alarm->host, kind = alarm->kind;
    uint64_t argument = alarm->argument;

    free_alarm(net, alarm, (uint32_t)index);
    struct net_region *at = ns3_enter(net, host, CALL_TIMER, (uint64_t)kind << 32 ^ argument);
    net->config.handlers->timer(at, host, kind, argument);
}

uint64_t ns3_timeout_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                         uint64_t argument)
{
    struct ns3_net *net = ns3_net_of(at);
    uint32_t index = pool_take(&net->alarms);
    struct ns3_alarm *alarm = pool_at(&net->alarms, index);
    uint32_t generation = ns3_next_serial(net);

    g_assert(delay_ns >= 0);
    *alarm = (struct ns3_alarm){index, generation, host, kind, argument, 0};
    /* Between two runs the models' clock may be ahead of ns-3's, which stands at its last event. */
    delay_ns += at->now_ns - ns3c_now(net->sim);
    if (ns3c_schedule(net->sim, delay_ns, on_alarm, net, index, &alarm->event) != NS3C_OK)
        g_error("ns-3 takes no event in %" G_GINT64_FORMAT " ns: %s", delay_ns, ns3_why());
    return (uint64_t)generation << 32 | index;
}

void ns3_timer_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind, uint64_t argument)
{
    ns3_timeout_set(at, host, delay_ns, kind, argument);
}

void ns3_timeout_cancel(struct net_region *at, uint64_t timeout)
{
    struct ns3_net *net = ns3_net_of(at);
    uint32_t index = (uint32_t)timeout;

    if (index >= net->alarms.top)
        return;
    struct ns3_alarm *alarm = pool_at(&net->alarms, index);
    if (alarm->generation != timeout >> 32)
        return;
    ns3c_cancel(net->sim, alarm->event);
    free_alarm(net, alarm, index);
}

void ns3_timers_clear(struct ns3_net *net)
{
    for (uint32_t i = 0; i < net->alarms.top; i++) {
        const struct ns3_alarm *alarm = pool_at(&net->alarms, i);
        if (alarm->generation != 0)
            ns3c_cancel(net->sim, alarm->event);
    }
}
