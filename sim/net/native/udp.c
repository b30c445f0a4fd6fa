/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* UDP: one datagram is one packet. */
#include "sim/net/native/internal.h"

void udp_send(struct net_region *at, uint32_t from, uint32_t to, struct net_message *message)
{
    struct native_region *region = native_region_of(at);
    struct packet *packet = packet_new(region);

    g_assert(message->has_content || message->length <= message->capacity);
    region->ledger[message->kind].sent++;
    native_work_add(region, message);
    *packet = (struct packet){
        .message = message,
        .from = from,
        .to = to,
        .length = (uint16_t)message->length,
        .size = (uint16_t)(region->native->ip_header_bytes + UDP_HEADER_BYTES + message->length),
        .flags = PACKET_UDP,
    };
    packet_send(region, packet);
}

void udp_input(struct native_region *region, struct packet *packet)
{
    const struct net_message *message = packet->message;
    const void *content = native_content(region, message);
    const struct net_delivery delivery = {
        .host = packet->to,
        .peer = packet->from,
        .bytes = content ? bytes_of(NULL, message->length) : packet_payload(packet),
        .content = content,
        .mark_ns = message->mark_ns,
        .kind = message->kind,
    };

    native_ledger_verdict(region, message->kind,
                          region->native->config.handlers->datagram(&region->base, &delivery));
    packet_free(region, packet);
}
