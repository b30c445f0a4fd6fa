/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What befalls packets on the links of the cells, by named fault and by chance. */
#include "sim/net/ns3/internal.h"

/* Who has sent a TCP segment; NULL if nothing is known of that connection any more. */
static const struct ns3_conn *find_sender(const struct ns3_net *net, const struct ns3_parsed *p)
{
    const struct ns3_conn *client = g_hash_table_lookup(net->clients, ns3_client_key(p->from, p->from_port));

    if (client && client->peer_host == p->to && client->peer_port == p->to_port)
        return client;
    client = g_hash_table_lookup(net->clients, ns3_client_key(p->to, p->to_port));
    if (client && client->peer_host == p->from && client->peer_port == p->from_port)
        return ns3_conn_find(net, client->peer);
    return NULL;
}

static unsigned fault_kind(const struct ns3_net *net, const struct ns3c_packet *packet,
                           const struct ns3_parsed *p)
{
    if (!p->tcp) {
        const struct ns3_flight *flight = ns3_flight_find(net, packet->tag);
        return flight ? flight->kind : FAULT_ACK;
    }
    if (p->payload < p->size) {
        const struct ns3_conn *sender = find_sender(net, p);
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
static uint16_t change_checksum(uint16_t checksum, uint16_t before, uint16_t after)
{
    uint32_t sum = (uint32_t)(uint16_t)~checksum + (uint16_t)~before + after;

    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)~sum;
}

static uint16_t word_at(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

/* One flipped bit, with a checksum that fits: it is the models that are to see the damage, not the receiver's
 * UDP or TCP. False if there is nothing to damage. */
static bool corrupt(struct ns3_net *net, const struct ns3c_packet *packet, const struct ns3_parsed *p,
                    uint32_t ue, struct ns3c_fate_detail *detail)
{
    if (p->payload == p->size || p->size >= NS3_SCRATCH_BYTES)
        return false;
    size_t size = ns3c_packet_bytes(packet, net->wire, NS3_SCRATCH_BYTES - 1);
    uint64_t bit = air_damaged_bit(&net->config, ue, ns3c_now(net->sim), size - p->payload);
    uint8_t *transport = net->wire + p->transport;
    uint8_t *checksum = transport + (p->tcp ? 16 : 6);
    size_t place = p->payload - p->transport + bit / 8;
    uint8_t *word = transport + (place & ~(size_t)1);

    net->wire[size] = 0; /* what an odd last byte is summed with */
    uint16_t before = word_at(word), sum = word_at(checksum);
    transport[place] ^= (uint8_t)(1U << (bit & 7));
    if (sum != 0) { /* 0: checksums are off */
        sum = change_checksum(sum, before, word_at(word));
        sum = sum ? sum : 0xffff;
        checksum[0] = (uint8_t)(sum >> 8);
        checksum[1] = (uint8_t)sum;
    }
    detail->bytes = net->wire;
    detail->length = size;
    net->counters[NETWORK_packets_corrupted]++;
    return true;
}

/* The same order of precedence as on the native engine. */
static unsigned on_transmit(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    struct ns3_air *air = user;
    struct ns3_net *net = air->net;
    const struct network_config *config = &net->config;
    struct ns3_parsed p;

    if (!ns3_parse(net, packet, &p))
        return 0;
    uint32_t ue = (air->up ? p.from : p.to) - config->topology.servers;
    bool named = net->faults.ues >> (ue & 63) & 1;
    unsigned faults = named ? fault_check(&net->faults, ue, fault_kind(net, packet, &p)) : 0;
    unsigned drawn = net->has_draws ? air_draw(config, air->cell, air->up, air->draws++) : 0;
    unsigned both = faults | drawn, fate = 0;

    if (both & FAULT_DROP)
        return NS3C_FATE_DROP;
    if (faults & FAULT_CORRUPT && corrupt(net, packet, &p, ue, detail))
        fate |= NS3C_FATE_REPLACE;
    if (both & FAULT_DUPLICATE) {
        struct ns3_flight *flight = ns3_flight_find(net, packet->tag);
        if (flight) {
            flight->copies++;
            net->books[flight->kind].duplicated++;
        }
        net->counters[NETWORK_packets_duplicated]++;
        fate |= NS3C_FATE_DUPLICATE;
    }
    if (both & FAULT_DELAY) {
        net->counters[NETWORK_packets_late]++;
        detail->delay_ns = (drawn & FAULT_DELAY ? config->access_late_ns : 0) +
                           (faults & FAULT_DELAY ? config->fault_delay_ns : 0);
        fate |= NS3C_FATE_DELAY;
    }
    return fate;
}

void ns3_air_watch(struct ns3_net *net, uint32_t cell)
{
    struct ns3_cell *c = &net->cells[cell];

    c->air[0] = (struct ns3_air){.net = net, .cell = cell, .up = true};
    c->air[1] = (struct ns3_air){.net = net, .cell = cell, .up = false};
    if (!net->faults.ues && !net->has_draws)
        return;
    if (ns3c_device_on_transmit(c->up, on_transmit, &c->air[0]) != NS3C_OK ||
        ns3c_device_on_transmit(c->down, on_transmit, &c->air[1]) != NS3C_OK)
        g_error("fate of packets: %s", ns3_why());
}
