/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The models' timers, as events of ns-3. */
#include "sim/net/ns3/internal.h"

static void ns3_timer_free(struct ns3_net *net, struct ns3_timer *timer, uint32_t index)
{
    timer->generation = 0;
    pool_give(&net->timers, index);
}

static void ns3_timer_on_event(void *user, uint64_t index)
{
    struct ns3_net *net = user;
    struct ns3_timer *timer = pool_at(&net->timers, (uint32_t)index);
    uint32_t host = timer->host, kind = timer->kind;
    uint64_t argument = timer->argument;

    ns3_timer_free(net, timer, (uint32_t)index);
    struct net_region *at = ns3_enter(net, host, CALL_TIMER, (uint64_t)kind << 32 ^ argument);
    net->config.handlers->timer(at, host, kind, argument);
}

uint64_t ns3_timeout_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                         uint64_t argument)
{
    struct ns3_net *net = ns3_net_of(at);
    uint32_t index = pool_take(&net->timers);
    struct ns3_timer *timer = pool_at(&net->timers, index);
    uint32_t generation = ns3_next_serial(net);

    g_assert(delay_ns >= 0);
    *timer = (struct ns3_timer){index, generation, host, kind, argument, 0};
    /* Between two runs the models' clock may be ahead of ns-3's, which stands at its last event. */
    delay_ns += at->now_ns - ns3c_now(net->sim);
    if (ns3c_schedule(net->sim, delay_ns, ns3_timer_on_event, net, index, &timer->event) != NS3C_OK)
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

    if (index >= net->timers.top)
        return;
    struct ns3_timer *timer = pool_at(&net->timers, index);
    if (timer->generation != timeout >> 32)
        return;
    ns3c_cancel(net->sim, timer->event);
    ns3_timer_free(net, timer, index);
}

void ns3_timers_clear(struct ns3_net *net)
{
    for (uint32_t i = 0; i < net->timers.top; i++) {
        const struct ns3_timer *timer = pool_at(&net->timers, i);
        if (timer->generation != 0)
            ns3c_cancel(net->sim, timer->event);
    }
}
