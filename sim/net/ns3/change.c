/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Rates of links that change during a run: the devices' own setting, which ns-3 reads when a packet begins to
 * leave. On a placement the links are the program's, and stay as they are. */
#include "sim/net/ns3/internal.h"

int64_t ns3_change_next_ns(const struct ns3_net *net)
{
    return net->changed < net->config.change_count ? net->config.changes[net->changed].time_ns : CLOCK_NEVER;
}

static void ns3_change_rate(struct ns3c_device *device, uint64_t bit_per_s)
{
    if (ns3c_device_set_rate(device, bit_per_s) != NS3C_OK)
        g_error("rate of a link: %s", ns3_why());
}

static void ns3_change(struct ns3_net *net, const struct network_change *change)
{
    const struct net_topology *t = &net->config.topology;

    for (uint32_t i = 0; net->cells && i < t->cells; i++) {
        if (change->what == NETWORK_UPLINK_RATE)
            ns3_change_rate(net->cells[i].up, change->bit_per_s);
        if (change->what == NETWORK_DOWNLINK_RATE)
            ns3_change_rate(net->cells[i].down, change->bit_per_s);
    }
    for (uint32_t i = 0; net->servers && i < t->servers && change->what == NETWORK_CORE_RATE; i++) {
        ns3_change_rate(net->servers[i].egress, change->bit_per_s);
        ns3_change_rate(net->servers[i].ingress, change->bit_per_s);
    }
}

void ns3_change_to(struct ns3_net *net, int64_t time_ns)
{
    while (ns3_change_next_ns(net) <= time_ns)
        ns3_change(net, &net->config.changes[net->changed++]);
}
