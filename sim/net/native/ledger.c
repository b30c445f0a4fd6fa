/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Counters, gauges and the ledger. Cold: called between windows. */
#include "sim/net/native/tcp.h"

void native_counters(const struct network *network, int64_t out[NETWORK_COUNTER_COUNT])
{
    const struct native *native = native_of(network);

    for (unsigned i = 0; i < NETWORK_COUNTER_COUNT; i++) {
        out[i] = 0;
        for (uint32_t r = 0; r < native->region_count; r++)
            out[i] += native->regions[r].counters[i];
    }
}

/* What is met on a walk. A message of a stream may be met often: in its sender's queue and in packets. */
struct walk {
    struct native *native;
    GPtrArray *seen;
};

static void native_meet_message(struct walk *walk, struct net_message *message)
{
    if (atomic_load(&message->delivered) != MESSAGE_ON_STREAM)
        return;
    atomic_store(&message->delivered, MESSAGE_ON_STREAM | MESSAGE_SEEN);
    g_ptr_array_add(walk->seen, message);
    walk->native->in_flight[message->kind]++;
}

static void native_meet_packet(struct walk *walk, const struct packet *packet)
{
    if (packet->flags & PACKET_UDP) {
        walk->native->in_flight[packet->message->kind]++;
        return;
    }
    if (packet->message)
        native_meet_message(walk, packet_original(packet));
    if (packet->flags & PACKET_MORE)
        native_meet_packet(walk, packet->next);
}

static void native_meet_event(void *user, const struct kernel_event *event)
{
    if (event->kind == EVENT_ROUTER || event->kind == EVENT_DELIVER)
        native_meet_packet(user, event->payload);
}

static void native_meet_connections(struct walk *walk, const struct native_region *region)
{
    for (uint32_t i = 0; i < region->conns.top; i++) {
        const struct tcp_conn *conn = tcp_at(region, i);
        if (conn->generation == 0)
            continue;
        for (struct net_message *message = conn->head; message; message = message->next)
            native_meet_message(walk, message);
        for (const struct packet *packet = conn->rx; packet; packet = packet->next)
            native_meet_packet(walk, packet);
    }
}

static void native_count_in_flight(struct native *native)
{
    struct walk walk = {native, g_ptr_array_new()};

    memset(native->in_flight, 0, sizeof native->in_flight);
    kernel_each_pending(native->kernel, native_meet_event, &walk);
    for (uint32_t r = 0; r < native->region_count; r++)
        native_meet_connections(&walk, &native->regions[r]);
    for (guint i = 0; i < walk.seen->len; i++) {
        struct net_message *message = g_ptr_array_index(walk.seen, i);
        atomic_store(&message->delivered, MESSAGE_ON_STREAM);
    }
    g_ptr_array_unref(walk.seen);
}

/* Changes whenever an event has run or a model has sent or given up something outside of one. */
static uint64_t native_state_key(const struct native *native)
{
    uint64_t key = kernel_events(native->kernel) + 1;

    for (uint32_t r = 0; r < native->region_count; r++) {
        key += (uint64_t)native->regions[r].counters[NETWORK_packets_sent];
        for (uint32_t k = 0; k < native->config.kinds; k++)
            key += (uint64_t)(native->regions[r].ledger[k].sent + native->regions[r].ledger[k].lost);
    }
    return key;
}

/* The walk counts all kinds at once; a caller that asks for each in turn pays once. */
static int64_t native_in_flight_of(struct native *native, uint32_t kind)
{
    uint64_t key = native_state_key(native);

    if (key != native->in_flight_key) {
        native_count_in_flight(native);
        native->in_flight_key = key;
    }
    return native->in_flight[kind];
}

void native_ledger(struct network *network, uint32_t kind, bool in_flight, struct network_ledger *out)
{
    struct native *native = native_of(network);

    *out = (struct network_ledger){.in_flight = in_flight ? native_in_flight_of(native, kind) : 0};
    for (uint32_t r = 0; r < native->region_count; r++) {
        const struct network_ledger *entry = &native->regions[r].ledger[kind];
        out->sent += entry->sent;
        out->duplicated += entry->duplicated;
        out->received += entry->received;
        out->rejected += entry->rejected;
        out->lost += entry->lost;
    }
}

/* Between windows the time reached; a region that is handling an event may be ahead of it. */
static int64_t native_queue_time(const struct native *native, uint32_t region)
{
    int64_t now_ns = native->regions[region].base.now_ns;

    return now_ns > native->reached_ns ? now_ns : native->reached_ns;
}

static void native_raise_to(int64_t *max, uint64_t value)
{
    if ((int64_t)value > *max)
        *max = (int64_t)value;
}

void native_queues(const struct network *network, struct network_queues *out)
{
    const struct native *native = native_of(network);

    *out = (struct network_queues){0};
    for (uint32_t i = 0; i < native->config.topology.cells; i++) {
        const struct cell *cell = &native->cells[i];
        int64_t now_ns = native_queue_time(native, cell->region);
        native_raise_to(&out->uplink_bytes_max, link_waiting_bytes(&cell->uplink, now_ns));
        native_raise_to(&out->downlink_bytes_max, link_waiting_bytes(&cell->downlink, now_ns));
    }
    int64_t now_ns = native_queue_time(native, 0);
    for (uint32_t i = 0; i < native->config.topology.servers; i++) {
        const struct server_links *server = &native->servers[i];
        native_raise_to(&out->core_bytes_max, link_waiting_bytes(&server->egress, now_ns));
        native_raise_to(&out->core_bytes_max, link_waiting_bytes(&server->ingress, now_ns));
    }
}

static void native_raise_to_peak(int64_t *bytes_max, double *ratio_max, const struct link *link)
{
    native_raise_to(bytes_max, link_waiting_bytes_max(link));
    *ratio_max = MAX(*ratio_max, link_second_ratio_max(link));
}

void native_peaks(const struct network *network, struct network_peaks *out)
{
    const struct native *native = native_of(network);

    *out = (struct network_peaks){0};
    for (uint32_t i = 0; i < native->config.topology.cells; i++) {
        native_raise_to_peak(&out->uplink_bytes_max, &out->uplink_ratio_max, &native->cells[i].uplink);
        native_raise_to_peak(&out->downlink_bytes_max, &out->downlink_ratio_max, &native->cells[i].downlink);
    }
    for (uint32_t i = 0; i < native->config.topology.servers; i++) {
        native_raise_to_peak(&out->core_bytes_max, &out->core_ratio_max, &native->servers[i].egress);
        native_raise_to_peak(&out->core_bytes_max, &out->core_ratio_max, &native->servers[i].ingress);
    }
}
