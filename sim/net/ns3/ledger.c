/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Counters, gauges and the ledger. Cold: called between slices of a run. */
#include "sim/net/ns3/internal.h"

/* Bytes on a link count from when they are put into its queue, as on the native engine. */
static int64_t ns3_bytes_put(const struct ns3c_device *device)
{
    struct ns3c_device_counters c;

    ns3c_device_counters(device, &c);
    return (int64_t)(c.sent_bytes + c.queued_bytes);
}

static void ns3_add_link_bytes(const struct ns3_net *net, int64_t out[NETWORK_COUNTER_COUNT])
{
    for (uint32_t i = 0; net->cells && i < net->config.topology.cells; i++) {
        out[NETWORK_uplink_bytes] += ns3_bytes_put(net->cells[i].up);
        out[NETWORK_downlink_bytes] += ns3_bytes_put(net->cells[i].down);
    }
    for (uint32_t i = 0; net->servers && i < net->config.topology.servers; i++)
        out[NETWORK_core_bytes] +=
            ns3_bytes_put(net->servers[i].egress) + ns3_bytes_put(net->servers[i].ingress);
}

void ns3_counters(const struct network *network, int64_t out[NETWORK_COUNTER_COUNT])
{
    const struct ns3_net *net = ns3_net_of_network(network);
    struct ns3c_tcp_counters tcp;

    memcpy(out, net->counters, sizeof net->counters);
    ns3_add_link_bytes(net, out);
    ns3c_tcp_counters(net->sim, &tcp);
    out[NETWORK_tcp_retransmissions] = (int64_t)tcp.retransmissions;
    out[NETWORK_tcp_timeouts] = (int64_t)tcp.timeouts;
    out[NETWORK_tcp_open] = (int64_t)tcp.open;
}

static void ns3_count_in_flight(struct ns3_net *net)
{
    for (uint32_t k = 0; k < net->config.kinds; k++)
        net->ledger[k].in_flight = 0;
    for (uint32_t i = 0; i < net->flights.top; i++) {
        const struct ns3_flight *flight = pool_at(&net->flights, i);
        if (flight->generation != 0)
            net->ledger[flight->kind].in_flight += flight->copies;
    }
    for (uint32_t i = 0; i < net->conns.top; i++) {
        const struct ns3_conn *conn = ns3_conn_at(net, i);
        if (conn->generation == 0)
            continue;
        for (const struct net_message *message = conn->head; message; message = message->next)
            net->ledger[message->kind].in_flight++;
    }
}

/* The walk counts all kinds at once; a caller that asks for each in turn pays once. */
static void ns3_refresh_in_flight(struct ns3_net *net)
{
    uint64_t key = ns3c_events(net->sim) + 1;

    for (uint32_t k = 0; k < net->config.kinds; k++)
        key += (uint64_t)(net->ledger[k].sent + net->ledger[k].lost);
    if (key != net->in_flight_key) {
        ns3_count_in_flight(net);
        net->in_flight_key = key;
    }
}

void ns3_ledger(struct network *network, uint32_t kind, bool in_flight, struct network_ledger *out)
{
    struct ns3_net *net = (struct ns3_net *)network;

    if (in_flight)
        ns3_refresh_in_flight(net);
    *out = net->ledger[kind];
    if (!in_flight)
        out->in_flight = 0;
}

static void ns3_raise_to_queued(int64_t *max, const struct ns3c_device *device)
{
    struct ns3c_device_counters c;

    ns3c_device_counters(device, &c);
    if ((int64_t)c.queued_bytes > *max)
        *max = (int64_t)c.queued_bytes;
}

void ns3_queues(const struct network *network, struct network_queues *out)
{
    const struct ns3_net *net = ns3_net_of_network(network);

    *out = (struct network_queues){0};
    for (uint32_t i = 0; net->cells && i < net->config.topology.cells; i++) {
        ns3_raise_to_queued(&out->uplink_bytes_max, net->cells[i].up);
        ns3_raise_to_queued(&out->downlink_bytes_max, net->cells[i].down);
    }
    for (uint32_t i = 0; net->servers && i < net->config.topology.servers; i++) {
        ns3_raise_to_queued(&out->core_bytes_max, net->servers[i].egress);
        ns3_raise_to_queued(&out->core_bytes_max, net->servers[i].ingress);
    }
}

static void ns3_raise_to_peak(int64_t *bytes_max, double *ratio_max, const struct ns3c_device *device)
{
    struct ns3c_device_counters c;

    ns3c_device_counters(device, &c);
    *bytes_max = MAX(*bytes_max, (int64_t)c.queued_bytes_max);
    *ratio_max = MAX(*ratio_max, (double)c.sending_second_max_ns / (double)CLOCK_SECOND);
}

void ns3_peaks(const struct network *network, struct network_peaks *out)
{
    const struct ns3_net *net = ns3_net_of_network(network);

    *out = (struct network_peaks){0};
    for (uint32_t i = 0; net->cells && i < net->config.topology.cells; i++) {
        ns3_raise_to_peak(&out->uplink_bytes_max, &out->uplink_ratio_max, net->cells[i].up);
        ns3_raise_to_peak(&out->downlink_bytes_max, &out->downlink_ratio_max, net->cells[i].down);
    }
    for (uint32_t i = 0; net->servers && i < net->config.topology.servers; i++) {
        ns3_raise_to_peak(&out->core_bytes_max, &out->core_ratio_max, net->servers[i].egress);
        ns3_raise_to_peak(&out->core_bytes_max, &out->core_ratio_max, net->servers[i].ingress);
    }
}
