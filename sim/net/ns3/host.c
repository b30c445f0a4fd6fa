/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Hosts by address, and what packets say about them. The addresses are those of capture_address(), as
 * numbers. */
#include "sim/net/ns3/internal.h"

#define IPV4_SERVERS UINT32_C(0xc0000201) /* 192.0.2.1 */
#define IPV4_UES     UINT32_C(0x0a000001) /* 10.0.0.1 */
#define IPV6_NET     UINT32_C(0x20010db8) /* 2001:db8::1, 2001:db8:1::1 */
#define IPV4_BYTES   20U
#define IPV6_BYTES   40U
#define UDP_BYTES    8U
#define TCP_BYTES    20U
#define PROTOCOL_TCP 6U
#define PROTOCOL_UDP 17U

static void ns3_host_put_be32(uint8_t *out, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

static uint32_t ns3_host_be32(const uint8_t *in)
{
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

static uint16_t ns3_host_be16(const uint8_t *in)
{
    return (uint16_t)(in[0] << 8 | in[1]);
}

void ns3_host_address(const struct ns3_net *net, uint32_t host, struct ns3c_address *out)
{
    bool server = ns3_is_server(net, host);
    uint32_t number = server ? host : host - net->config.topology.servers;

    *out = (struct ns3c_address){.family = net->config.ipv6 ? 6 : 4};
    if (net->config.ipv6) {
        ns3_host_put_be32(out->bytes, IPV6_NET);
        out->bytes[5] = server ? 0 : 1;
        ns3_host_put_be32(out->bytes + 12, number + 1);
    } else {
        ns3_host_put_be32(out->bytes, (server ? IPV4_SERVERS : IPV4_UES) + number);
    }
}

static uint32_t ns3_host_in_range(const struct ns3_net *net, bool server, uint32_t number)
{
    const struct net_topology *t = &net->config.topology;

    if (server)
        return number < t->servers ? number : NS3_NO_HOST;
    return number < t->ues ? t->servers + number : NS3_NO_HOST;
}

static uint32_t ns3_host_find_ipv4(const struct ns3_net *net, uint32_t address)
{
    bool server = address >= IPV4_SERVERS;

    return ns3_host_in_range(net, server, address - (server ? IPV4_SERVERS : IPV4_UES));
}

static uint32_t ns3_host_find_ipv6(const struct ns3_net *net, const uint8_t *bytes)
{
    static const uint8_t zeros[6];

    if (ns3_host_be32(bytes) != IPV6_NET || bytes[4] != 0 || bytes[5] > 1 || memcmp(bytes + 6, zeros, 6) != 0)
        return NS3_NO_HOST;
    return ns3_host_in_range(net, bytes[5] == 0, ns3_host_be32(bytes + 12) - 1);
}

uint32_t ns3_host_find(const struct ns3_net *net, const struct ns3c_address *address)
{
    if (net->by_address) {
        const struct ns3_host *host = g_hash_table_lookup(net->by_address, address);
        return host ? host->index : NS3_NO_HOST;
    }
    return address->family == 4 ? ns3_host_find_ipv4(net, ns3_host_be32(address->bytes))
                                : ns3_host_find_ipv6(net, address->bytes);
}

static uint32_t ns3_host_at(const struct ns3_net *net, const uint8_t *bytes, bool ipv6)
{
    if (!net->by_address)
        return ipv6 ? ns3_host_find_ipv6(net, bytes) : ns3_host_find_ipv4(net, ns3_host_be32(bytes));
    struct ns3c_address address = {.family = ipv6 ? 6 : 4};
    memcpy(address.bytes, bytes, ipv6 ? 16 : 4);
    return ns3_host_find(net, &address);
}

/* Addresses and where the transport header starts; false if it is neither UDP nor TCP. */
static bool ns3_host_parse_ip(const struct ns3_net *net, const struct ns3c_packet *packet,
                              struct ns3_parsed *out)
{
    const uint8_t *ip = packet->head;
    bool ipv6 = ip[0] >> 4 == 6;
    unsigned protocol;

    if (packet->head_bytes < (ipv6 ? IPV6_BYTES : IPV4_BYTES) || ipv6 != net->config.ipv6)
        return false;
    protocol = ipv6 ? ip[6] : ip[9];
    if (protocol != PROTOCOL_UDP && protocol != PROTOCOL_TCP)
        return false;
    out->tcp = protocol == PROTOCOL_TCP;
    out->transport = ipv6 ? IPV6_BYTES : (ip[0] & 15U) * 4;
    out->from = ns3_host_at(net, ip + (ipv6 ? 8 : 12), ipv6);
    out->to = ns3_host_at(net, ip + (ipv6 ? 24 : 16), ipv6);
    return out->from != NS3_NO_HOST && out->to != NS3_NO_HOST;
}

bool ns3_parse(const struct ns3_net *net, const struct ns3c_packet *packet, struct ns3_parsed *out)
{
    if (packet->head_bytes < IPV4_BYTES || !ns3_host_parse_ip(net, packet, out))
        return false;
    const uint8_t *transport = packet->head + out->transport;
    if (packet->head_bytes < out->transport + (out->tcp ? TCP_BYTES : UDP_BYTES))
        return false;
    out->from_port = ns3_host_be16(transport);
    out->to_port = ns3_host_be16(transport + 2);
    out->size = packet->size;
    out->seq = 0;
    out->flags = 0;
    if (out->tcp) {
        out->seq = ns3_host_be32(transport + 4);
        out->flags = transport[13];
    }
    out->payload = out->transport + (out->tcp ? (uint32_t)(transport[12] >> 4) * 4 : UDP_BYTES);
    return out->payload <= out->size;
}
