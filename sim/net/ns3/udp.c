/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UDP: one port per host. What travels beside the bytes, kind and mark, waits here under the datagram's
 * tag. */
#include "sim/net/ns3/internal.h"

struct ns3_flight *ns3_flight_find(const struct ns3_net *net, uint64_t tag)
{
    uint32_t index = (uint32_t)tag;

    if (tag == 0 || index >= net->flights.top)
        return NULL;
    struct ns3_flight *flight = pool_at(&net->flights, index);
    return flight->generation == tag >> 32 ? flight : NULL;
}

/* One packet fewer. */
static void ns3_udp_land(struct ns3_net *net, struct ns3_flight *flight, uint64_t tag)
{
    if (--flight->copies > 0)
        return;
    flight->generation = 0;
    pool_give(&net->flights, (uint32_t)tag);
}

void ns3_flight_lose(struct ns3_net *net, uint64_t tag)
{
    struct ns3_flight *flight = ns3_flight_find(net, tag);

    if (!flight)
        return;
    net->ledger[flight->kind].lost++;
    ns3_udp_land(net, flight, tag);
}

void ns3_udp_send(struct net_region *at, uint32_t from, uint32_t to, struct net_message *message)
{
    struct ns3_net *net = ns3_net_of(at);
    uint32_t index = pool_take(&net->flights);
    struct ns3_flight *flight = pool_at(&net->flights, index);
    uint32_t generation = ns3_next_serial(net);
    uint64_t tag = (uint64_t)generation << 32 | index;

    g_assert(message->length <= message->capacity && from < net->host_count && to < net->host_count);
    *flight = (struct ns3_flight){index, generation, message->mark_ns, 1, message->kind};
    net->ledger[message->kind].sent++;
    /* What is dropped at once was counted by then, and this finds nothing left to lose. */
    if (ns3c_udp_send(net->hosts[from].udp, &net->hosts[to].address, net->config.udp_port, message->bytes,
                      message->length, tag) != NS3C_OK)
        ns3_flight_lose(net, tag);
    ns3_message_free(net, message);
}

static void ns3_udp_on_datagram(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    const struct ns3_host *host = user;
    struct ns3_net *net = host->net;
    struct ns3_flight *flight = ns3_flight_find(net, datagram->tag);
    uint32_t peer = ns3_host_find(net, datagram->from);

    (void)udp;
    if (!flight || peer == NS3_NO_HOST) /* of somebody else's in the program's own network */
        return;
    const struct net_delivery delivery = {
        .host = host->index,
        .peer = peer,
        .bytes = bytes_of(datagram->bytes, datagram->length),
        .mark_ns = flight->mark_ns,
        .kind = flight->kind,
    };
    ns3_udp_land(net, flight, datagram->tag);
    struct net_region *at =
        ns3_enter(net, host->index, CALL_DATAGRAM, (uint64_t)delivery.kind << 32 | datagram->length);
    ns3_ledger_verdict(net, delivery.kind, net->config.handlers->datagram(at, &delivery));
}

bool ns3_udp_open(struct ns3_host *host, GError **error)
{
    return ns3c_udp_open(host->node, &host->address, host->net->config.udp_port, ns3_udp_on_datagram, host,
                         &host->udp) == NS3C_OK ||
           ns3_set_error(error, "UDP port of a host");
}
