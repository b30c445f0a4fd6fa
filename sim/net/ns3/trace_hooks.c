/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Hooks in ns-3's traces, for packets as they are sent and thrown away: counters, the ledger of datagrams,
 * the capture. */
#include "sim/net/ns3/internal.h"

#define PROTOCOL_UDP  17
#define UDP_HEADER    8
#define IPV6_HEADER   40
#define IPV4_PROTOCOL 9
#define IPV6_NEXT     6
#define UDP_CHECKSUM  6

/* A checksum that comes out as 0 is sent as ffff, for 0 means that there is none (RFC 768, RFC 8200 8.1).
 * ns-3 sends it as 0. */
static void ns3_hook_mend_udp_checksum(uint8_t *ip, size_t size)
{
    bool ipv6 = size > 0 && ip[0] >> 4 == 6;
    size_t header = ipv6 ? IPV6_HEADER : size > 0 ? 4 * (size_t)(ip[0] & 15) : 0;

    if (size < header + UDP_HEADER || ip[ipv6 ? IPV6_NEXT : IPV4_PROTOCOL] != PROTOCOL_UDP)
        return;
    uint8_t *checksum = ip + header + UDP_CHECKSUM;
    if (checksum[0] == 0 && checksum[1] == 0)
        checksum[0] = checksum[1] = 0xff;
}

static void ns3_hook_capture(struct ns3_net *net, const struct ns3c_packet *packet, uint32_t from)
{
    size_t size = ns3c_packet_bytes(packet, net->wire, NS3_SCRATCH_BYTES);

    ns3_hook_mend_udp_checksum(net->wire, size);
    capture_raw(net->config.capture, net_topology_region(&net->config.topology, from), ns3c_now(net->sim),
                bytes_of(net->wire, size));
}

/* Without links of its own the engine counts bytes by who sends to whom. */
static void ns3_hook_count_bytes(struct ns3_net *net, const struct ns3_parsed *p)
{
    enum network_counter counter = NETWORK_core_bytes;

    if (!ns3_is_server(net, p->from))
        counter = NETWORK_uplink_bytes;
    else if (!ns3_is_server(net, p->to))
        counter = NETWORK_downlink_bytes;
    net->counters[counter] += p->size;
}

static void ns3_hook_on_send(void *user, const struct ns3c_packet *packet)
{
    struct ns3_net *net = user;
    struct ns3_parsed p;

    if (!ns3_parse(net, packet, &p))
        return;
    net->counters[NETWORK_packets_sent]++;
    if (!net->owns_sim)
        ns3_hook_count_bytes(net, &p);
    if (net->config.capture)
        ns3_hook_capture(net, packet, p.from);
}

static void ns3_hook_tell_drop(struct ns3_net *net, const struct ns3c_packet *packet)
{
    struct ns3_parsed p;

    if (!net->config.trace || !ns3_parse(net, packet, &p))
        return;
    bool up = !ns3_is_server(net, p.from);
    uint32_t host = up ? p.from : p.to;
    struct network_event event = {.time_ns = ns3c_now(net->sim),
                                  .ue = host - net->config.topology.servers,
                                  .what = "dropped",
                                  .up = up};

    if (!ns3_is_server(net, host) && access_traces(&net->access, event.ue))
        access_tell(&net->access, &event, ns3_access_kind(net, packet, &p));
}

/* What access_decide() drops it has counted. */
static void ns3_hook_on_drop(void *user, enum ns3c_drop reason, const struct ns3c_packet *packet)
{
    struct ns3_net *net = user;

    if (reason == NS3C_DROP_QUEUE) {
        net->counters[NETWORK_packets_dropped]++;
        ns3_hook_tell_drop(net, packet);
    } else if (reason == NS3C_DROP_LOSS || (reason == NS3C_DROP_FATE && !net->owns_sim))
        net->counters[NETWORK_packets_lost]++;
    ns3_flight_lose(net, packet->tag);
}

void ns3_trace_hooks_set(struct ns3_net *net)
{
    for (guint i = 0; i < net->end_nodes->len; i++)
        ns3c_node_on_send(g_ptr_array_index(net->end_nodes, i), ns3_hook_on_send, net);
    ns3c_on_drop(net->sim, ns3_hook_on_drop, net);
}

void ns3_trace_hooks_clear(struct ns3_net *net)
{
    for (guint i = 0; i < net->end_nodes->len; i++)
        ns3c_node_on_send(g_ptr_array_index(net->end_nodes, i), NULL, NULL);
    ns3c_on_drop(net->sim, NULL, NULL);
}
