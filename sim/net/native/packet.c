/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The way of a packet: two links and two events.
 *
 *   UE --uplink--> [router] --ingress link--> server
 *   server --egress link--> [router] --downlink--> UE
 *   server --egress link--> [router] --ingress link--> server
 *
 * The first link is gone through when the packet is sent, in the sender's region; EVENT_ROUTER is its
 * arrival at the router, in the region that owns the second link; EVENT_DELIVER its arrival. */
#include "sim/net/native/internal.h"

struct packet *packet_new(struct native_region *region)
{
    return free_list_take(&region->packets);
}

void packet_free(struct native_region *region, struct packet *packet)
{
    if (packet->flags & PACKET_MORE)
        packet_free(region, packet->next);
    if (packet->message)
        message_unref(region, packet->message);
    free_list_give(&region->packets, packet);
}

/* Payload of all that hangs together. */
static uint32_t packet_whole_length(const struct packet *packet)
{
    uint32_t length = packet->length;

    while (packet->flags & PACKET_MORE) {
        packet = packet->next;
        length += packet->length;
    }
    return length;
}

/* The packet was thrown away: enters that into the ledger, and frees it. */
static void packet_lose(struct native_region *region, struct packet *packet)
{
    /* What a stream carries is sent again; its messages are counted as lost when their last reference
     * goes. */
    if (packet->flags & PACKET_UDP)
        region->ledger[packet->message->kind].lost++;
    packet_free(region, packet);
}

static unsigned packet_fault_kind(const struct packet *packet)
{
    if (packet->message)
        return packet->message->kind;
    if (packet->flags & TCP_RST)
        return FAULT_RST;
    if (packet->flags & TCP_SYN)
        return packet->flags & TCP_ACK ? FAULT_SYNACK : FAULT_SYN;
    return packet->flags & TCP_FIN ? FAULT_FIN : FAULT_ACK;
}

/* Between servers nobody knows whose packet it is. */
static void packet_tell_drop(const struct native_region *region, const struct packet *packet)
{
    const struct native *native = region->native;
    bool up = !native_is_server(native, packet->from);
    uint32_t host = up ? packet->from : packet->to;
    struct network_event event = {.time_ns = region->base.now_ns,
                                  .ue = host - native->config.topology.servers,
                                  .what = "dropped",
                                  .up = up,
                                  .core = region->base.index == 0};

    if (!native_is_server(native, host) && access_traces(&native->access, event.ue))
        access_tell(&native->access, &event, packet_fault_kind(packet));
}

static void packet_drop(struct native_region *region, struct packet *packet)
{
    region->counters[NETWORK_packets_dropped]++;
    packet_tell_drop(region, packet);
    packet_lose(region, packet);
}

/* Flips a bit of the payload, in a copy: other packets and the sender go on seeing the message. */
static void packet_corrupt(struct native_region *region, struct packet *packet, uint64_t bit)
{
    for (; bit / 8 >= packet->length; packet = packet->next)
        bit -= (uint64_t)packet->length * 8;
    struct net_message *message = packet->message;
    struct net_message *copy = message_new(&region->base, message->kind, message->length);
    if (message->has_content)
        region->native->config.handlers->write(&region->base, message, copy->bytes);
    else
        memcpy(copy->bytes, message->bytes, message->length);
    copy->length = message->length;
    copy->bytes[packet->offset + bit / 8] ^= (uint8_t)(1U << (bit & 7));
    copy->mark_ns = message->mark_ns;
    copy->next = message;
    atomic_store_explicit(&copy->delivered, MESSAGE_DAMAGED, memory_order_relaxed);
    packet->message = copy;
    packet->flags |= PACKET_DAMAGED;
}

static struct packet *packet_duplicate(struct native_region *region, const struct packet *packet)
{
    struct packet *copy = packet_new(region), *last = copy;

    *copy = *packet;
    if (copy->message)
        message_ref(copy->message);
    if (copy->flags & PACKET_UDP)
        region->ledger[copy->message->kind].duplicated++;
    while (last->flags & PACKET_MORE) {
        struct packet *more = packet_new(region);
        *more = *last->next;
        message_ref(more->message);
        last->next = more;
        last = more;
    }
    return copy;
}

/* A packet on its way between a UE and the core router. */
struct crossing {
    struct packet *packet;
    uint32_t ue;   /* its number */
    uint32_t to;   /* host */
    uint32_t size; /* IP bytes */
    bool up;
};

static void packet_cross_access(struct native_region *region, const struct crossing *c, struct packet *packet,
                                int64_t delay_ns)
{
    if (c->up)
        kernel_send(region->kernel, 0, delay_ns, c->to, EVENT_ROUTER, c->size, packet);
    else
        kernel_schedule(region->kernel, delay_ns, c->to, EVENT_DELIVER, 0, packet);
}

/* From the end of the cell's link to the other side. */
static void packet_leave_access(struct native_region *region, struct cell *cell, const struct crossing *c,
                                int64_t departure_ns)
{
    struct native *native = region->native;
    struct packet *packet = c->packet;
    int64_t delay_ns = departure_ns - region->base.now_ns + native->config.access_delay_ns;
    struct access_packet asked = {.ue = c->ue,
                                  .start_ns = (c->up ? &cell->uplink : &cell->downlink)->start_ns};

    if (access_names(&native->access, c->ue)) {
        asked.kind = packet_fault_kind(packet);
        asked.payload_bytes = packet_whole_length(packet);
    }
    const struct access_fate fate = access_decide(&native->access, c->up ? &cell->up : &cell->down, &asked,
                                                  region->base.now_ns, region->counters);
    if (fate.dropped) {
        packet_lose(region, packet);
        return;
    }
    if (fate.damaged)
        packet_corrupt(region, packet, fate.damaged_bit);
    if (fate.doubled)
        packet_cross_access(region, c, packet_duplicate(region, packet), delay_ns);
    packet_cross_access(region, c, packet, delay_ns + fate.delay_ns);
}

/* For captures: the payload of several messages, put together. */
static uint8_t *packet_gathered(const struct packet *packet, uint32_t length)
{
    uint8_t *bytes = g_malloc(length), *to = bytes;

    for (;; packet = packet->next) {
        memcpy(to, packet_payload(packet).at, packet->length);
        to += packet->length;
        if (!(packet->flags & PACKET_MORE))
            return bytes;
    }
}

static void packet_capture(struct native_region *region, const struct packet *packet)
{
    struct capture *capture = region->native->config.capture;
    uint32_t index = region->base.index;
    int64_t now_ns = region->base.now_ns;

    if (packet->flags & PACKET_UDP) {
        capture_udp(capture, index, now_ns, packet->from, packet->to, region->native->config.udp_port,
                    packet_payload(packet));
        return;
    }
    struct capture_segment segment = {
        .seq = packet->seq,
        .ack = packet->ack,
        .window = UINT16_MAX,
        .mss = packet->flags & TCP_SYN ? (uint16_t)region->native->config.mss : 0,
        .flags = packet->flags & TCP_FLAGS,
    };
    struct bytes payload = packet_payload(packet);
    g_autofree uint8_t *put_together = NULL;
    if (packet->flags & PACKET_MORE) {
        uint32_t length = packet_whole_length(packet);
        put_together = packet_gathered(packet, length);
        payload = bytes_of(put_together, length);
    }
    capture_tcp(capture, index, now_ns, packet->from, packet->from_port, packet->to, packet->to_port,
                &segment, payload);
}

static void packet_send_from_server(struct native_region *region, struct packet *packet)
{
    struct native *native = region->native;
    int64_t now_ns = region->base.now_ns;
    int64_t departure_ns =
        link_put(&native->servers[packet->from].egress, &native->core, now_ns, packet->size);

    if (departure_ns == LINK_DROPPED) {
        packet_drop(region, packet);
        return;
    }
    region->counters[NETWORK_core_bytes] += packet->size;
    uint32_t to = native_is_server(native, packet->to) ? 0 : native_cell_of(native, packet->to)->region;
    kernel_send(region->kernel, to, departure_ns - now_ns + native->config.core_delay_ns, packet->to,
                EVENT_ROUTER, packet->size, packet);
}

static void packet_send_from_ue(struct native_region *region, struct packet *packet)
{
    struct native *native = region->native;
    struct cell *cell = native_cell_of(native, packet->from);
    int64_t departure_ns = link_put(&cell->uplink, &native->uplink, region->base.now_ns, packet->size);
    const struct crossing crossing = {packet, packet->from - native->config.topology.servers, packet->to,
                                      packet->size, true};

    if (departure_ns == LINK_DROPPED) {
        packet_drop(region, packet);
        return;
    }
    region->counters[NETWORK_uplink_bytes] += packet->size;
    packet_leave_access(region, cell, &crossing, departure_ns);
}

void packet_send(struct native_region *region, struct packet *packet)
{
    const struct native *native = region->native;

    g_assert(native_is_server(native, packet->from) || native_is_server(native, packet->to));
    region->counters[NETWORK_packets_sent]++;
    if (native->config.capture)
        packet_capture(region, packet);
    if (native_is_server(native, packet->from))
        packet_send_from_server(region, packet);
    else
        packet_send_from_ue(region, packet);
}

static void packet_router_to_server(struct native_region *region, struct packet *packet, uint32_t to,
                                    uint32_t size)
{
    struct native *native = region->native;
    int64_t now_ns = region->base.now_ns;
    int64_t departure_ns = link_put(&native->servers[to].ingress, &native->core, now_ns, size);

    if (departure_ns == LINK_DROPPED) {
        packet_drop(region, packet);
        return;
    }
    region->counters[NETWORK_core_bytes] += size;
    kernel_schedule(region->kernel, departure_ns - now_ns + native->config.core_delay_ns, to, EVENT_DELIVER,
                    0, packet);
}

void packet_at_router(struct native_region *region, struct packet *packet, uint32_t to, uint32_t size)
{
    struct native *native = region->native;

    if (native_is_server(native, to)) {
        packet_router_to_server(region, packet, to, size);
        return;
    }
    struct cell *cell = native_cell_of(native, to);
    int64_t departure_ns = link_put(&cell->downlink, &native->downlink, region->base.now_ns, size);
    const struct crossing crossing = {packet, to - native->config.topology.servers, to, size, false};

    if (departure_ns == LINK_DROPPED) {
        packet_drop(region, packet);
        return;
    }
    region->counters[NETWORK_downlink_bytes] += size;
    packet_leave_access(region, cell, &crossing, departure_ns);
}
