/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a packet costs in the native engine: a datagram and its answer, and a short TCP exchange, for each of
 * many UEs. Prints nanoseconds of this machine per packet and per event, event queue and timers included
 * (bench_queue measures the queue alone). */
#include "sim/base/clock.h"
#include "sim/net/native/native.h"

#include <stdio.h>
#include <stdlib.h>

enum { SERVER, FIRST_UE, PORT = 80, BYTES = 300, STEP_DATAGRAM = 0, STEP_CONNECT };

static enum net_verdict on_datagram(struct net_region *at, const struct net_delivery *d)
{
    if (d->host == SERVER) {
        struct net_message *message = net_message(at, 0, BYTES);
        message->length = BYTES;
        net_udp_send(at, SERVER, d->peer, message);
    }
    return NET_RECEIVED;
}

static void send_on(struct net_region *at, struct net_conn conn)
{
    struct net_message *message = net_message(at, 0, BYTES);

    message->length = BYTES;
    net_tcp_send(at, conn, message);
}

static enum net_verdict on_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn,
                                   uint64_t user)
{
    (void)user;
    if (d->host == SERVER)
        send_on(at, conn);
    else
        net_tcp_close(at, conn);
    return NET_RECEIVED;
}

static void on_closed(struct net_region *at, uint32_t host, struct net_conn conn, uint64_t user,
                      enum net_close_reason reason)
{
    (void)at;
    (void)host;
    (void)conn;
    (void)user;
    (void)reason;
}

static int64_t frame(struct bytes data)
{
    return data.len >= BYTES ? BYTES : 0;
}

static void on_timer(struct net_region *at, uint32_t host, uint32_t kind, uint64_t argument)
{
    (void)argument;
    if (kind == STEP_CONNECT) {
        send_on(at, net_tcp_connect(at, host, SERVER, PORT, frame));
        return;
    }
    struct net_message *message = net_message(at, 0, BYTES);
    message->length = BYTES;
    net_udp_send(at, host, SERVER, message);
}

static void measure(const char *name, uint32_t ues, uint32_t step)
{
    static const struct net_handlers handlers = {
        .datagram = on_datagram, .message = on_message, .closed = on_closed, .timer = on_timer};
    static const struct net_listen listens[] = {{SERVER, PORT, frame, 1U << 20, 1U << 20, 0}};
    static const char *const kinds[] = {"message"};
    struct network_config config = {
        .seed = 1,
        .topology = {.servers = 1, .ues = ues, .cells = 1000, .regions = 8},
        .access_delay_ns = 30 * CLOCK_MILLISECOND,
        .uplink_bit_per_s = 20000000,
        .downlink_bit_per_s = 50000000,
        .access_queue_bytes = 1000000,
        .core_delay_ns = 5 * CLOCK_MILLISECOND,
        .core_bit_per_s = UINT64_C(10000000000),
        .core_queue_bytes = 16000000,
        .mss = 1400,
        .initial_window = 10,
        .syn_retries = 6,
        .data_retries = 8,
        .rto_initial_ns = CLOCK_SECOND,
        .rto_min_ns = CLOCK_SECOND,
        .rto_max_ns = 60 * CLOCK_SECOND,
        .delayed_ack_ns = 200 * CLOCK_MILLISECOND,
        .time_wait_ns = CLOCK_SECOND,
        .kind_names = kinds,
        .kinds = 1,
        .handlers = &handlers,
        .listens = listens,
        .listen_count = 1,
    };
    struct network *network = network_new(&native_engine, &config, NULL);
    int64_t counters[NETWORK_COUNTER_COUNT];

    for (uint32_t ue = 0; ue < ues; ue++) {
        uint32_t host = FIRST_UE + ue;
        net_timer(network_region(network, net_topology_region(&config.topology, host)), host,
                  ue * 10 * CLOCK_MICROSECOND, step, 0);
    }
    gint64 start_us = g_get_monotonic_time();
    network_run(network, CLOCK_NEVER);
    double ns = 1e3 * (double)(g_get_monotonic_time() - start_us);
    network_counters_sum(network, counters);
    double packets = (double)counters[NETWORK_packets_sent];
    double events = (double)network_events(network);
    printf("%-10s %8u UEs %10.0f packets %6.0f ns/packet %10.0f events %5.0f ns/event\n", name, ues, packets,
           ns / packets, events, ns / events);
    network_free(network);
}

int main(int argc, char **argv)
{
    uint32_t ues = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 1000000;

    measure("datagrams", ues, STEP_DATAGRAM);
    measure("exchanges", ues, STEP_CONNECT);
    return 0;
}
