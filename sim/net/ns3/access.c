/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The fate of packets on the links of the cells: what access_decide() returns, carried out by ns-3's
 * channel. */
#include "sim/net/ns3/internal.h"

/* Who has sent a TCP segment; NULL if nothing is known of that connection any more. */
static const struct ns3_conn *ns3_access_sender(const struct ns3_net *net, const struct ns3_parsed *p)
{
    const struct ns3_conn *client = g_hash_table_lookup(net->clients, ns3_client_key(p->from, p->from_port));

    if (client && client->peer_host == p->to && client->peer_port == p->to_port)
        return client;
    client = g_hash_table_lookup(net->clients, ns3_client_key(p->to, p->to_port));
    if (client && client->peer_host == p->from && client->peer_port == p->from_port)
        return ns3_conn_find(net, client->peer);
    return NULL;
}

unsigned ns3_access_kind(const struct ns3_net *net, const struct ns3c_packet *packet,
                         const struct ns3_parsed *p)
{
    if (!p->tcp) {
        const struct ns3_flight *flight = ns3_flight_find(net, packet->tag);
        return flight ? flight->kind : FAULT_ACK;
    }
    if (p->payload < p->size) {
        const struct ns3_conn *sender = ns3_access_sender(net, p);
        /* ns-3 numbers from 0, which is the SYN. */
        return sender ? ns3_stream_kind(sender, (uint32_t)(p->seq - 1), FAULT_ACK) : FAULT_ACK;
    }
    if (p->flags & TCP_RST)
        return FAULT_RST;
    if (p->flags & TCP_SYN)
        return p->flags & TCP_ACK ? FAULT_SYNACK : FAULT_SYN;
    return p->flags & TCP_FIN ? FAULT_FIN : FAULT_ACK;
}

/* RFC 1624: the checksum when one word of what it covers changes. */
static uint16_t ns3_access_checksum(uint16_t checksum, uint16_t before, uint16_t after)
{
    uint32_t sum = (uint32_t)(uint16_t)~checksum + (uint16_t)~before + after;

    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static uint16_t ns3_access_word(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* The packet with one bit of its payload flipped, and with a checksum that fits: it is the models that are to
 * see the damage, not the receiver's UDP or TCP. */
static void ns3_access_damage(struct ns3_net *net, const struct ns3c_packet *packet,
                              const struct ns3_parsed *p, uint64_t bit, struct ns3c_fate_detail *detail)
{
    size_t size = ns3c_packet_bytes(packet, net->wire, NS3_SCRATCH_BYTES - 1);
    uint8_t *transport = net->wire + p->transport;
    uint8_t *checksum = transport + (p->tcp ? 16 : 6);
    size_t place = p->payload - p->transport + bit / 8;
    uint8_t *word = transport + (place & ~(size_t)1);

    g_assert(size == p->size);
    net->wire[size] = 0; /* what an odd last byte is summed with */
    uint16_t before = ns3_access_word(word), sum = ns3_access_word(checksum);
    transport[place] ^= (uint8_t)(1U << (bit & 7));
    if (sum != 0) { /* 0: checksums are off */
        sum = ns3_access_checksum(sum, before, ns3_access_word(word));
        sum = sum ? sum : 0xffff;
        checksum[0] = (uint8_t)(sum >> 8);
        checksum[1] = (uint8_t)sum;
    }
    detail->bytes = net->wire;
    detail->length = size;
}

/* The ledger's entry of a datagram that arrives once more. */
static void ns3_access_ledger_copy(struct ns3_net *net, uint64_t tag)
{
    struct ns3_flight *flight = ns3_flight_find(net, tag);

    if (!flight)
        return;
    flight->copies++;
    net->ledger[flight->kind].duplicated++;
}

static unsigned ns3_access_on_transmit(void *user, const struct ns3c_packet *packet,
                                       struct ns3c_fate_detail *detail)
{
    struct ns3_access_link *on = user;
    struct ns3_net *net = on->net;
    struct ns3_parsed p;

    if (!ns3_parse(net, packet, &p))
        return 0;
    struct access_packet asked = {
        .ue = (on->link.up ? p.from : p.to) - net->config.topology.servers,
        .payload_bytes = p.size - p.payload,
        .start_ns = ns3c_now(net->sim),
    };
    if (access_names(&net->access, asked.ue))
        asked.kind = ns3_access_kind(net, packet, &p);
    const struct access_fate fate =
        access_decide(&net->access, &on->link, &asked, asked.start_ns, net->counters);
    if (fate.dropped)
        return NS3C_FATE_DROP;
    if (fate.damaged)
        ns3_access_damage(net, packet, &p, fate.damaged_bit, detail);
    if (fate.doubled)
        ns3_access_ledger_copy(net, packet->tag);
    detail->delay_ns = fate.delay_ns;
    return (fate.damaged ? NS3C_FATE_REPLACE : 0) | (fate.doubled ? NS3C_FATE_DUPLICATE : 0) |
           (fate.delay_ns ? NS3C_FATE_DELAY : 0);
}

void ns3_access_open(struct ns3_net *net, uint32_t cell)
{
    struct ns3_cell *c = &net->cells[cell];

    c->uplink = (struct ns3_access_link){net, {.cell = cell, .up = true}};
    c->downlink = (struct ns3_access_link){net, {.cell = cell, .up = false}};
    if (!net->access.named && !net->access.draws)
        return;
    if (ns3c_device_on_transmit(c->up, ns3_access_on_transmit, &c->uplink) != NS3C_OK ||
        ns3c_device_on_transmit(c->down, ns3_access_on_transmit, &c->downlink) != NS3C_OK)
        g_error("fate of packets: %s", ns3_why());
}
