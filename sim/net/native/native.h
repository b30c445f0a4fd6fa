/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The native engine: packets on modelled links, UDP, and a compact TCP.
 *
 * Topology: UE -- [cell: uplink and downlink FIFO, rate, rtt/2 each way, loss] -- core router -- [one link
 * per server: egress and ingress FIFO, rate, delay] -- server. A packet crosses two links on every path:
 * between two servers these are the egress of the one and the ingress of the other. Queues are finite, in
 * bytes, drop-tail. Regions: 0 is the core (servers, their links); cells are dealt out to regions 1..regions in
 * contiguous blocks. UE n is in cell n mod cells. */
#ifndef SIM_NET_NATIVE_NATIVE_H
#define SIM_NET_NATIVE_NATIVE_H

#include "sim/kernel/kernel.h"
#include "sim/net/net.h"
#include "sim/net/topology.h"

#include <glib.h>

struct native;
struct capture;

#define NATIVE_TIMEOUT_DELAYS_MAX 8

struct native_config {
    uint64_t seed;
    struct net_topology topology;
    bool ipv6;

    int64_t access_delay_ns; /* one way: access.rtt / 2 */
    double access_loss;      /* per packet and direction */
    double access_duplicate;
    double access_late; /* share of packets that are held up by access_late_ns, so overtaken */
    int64_t access_late_ns;
    uint64_t uplink_bit_per_s, downlink_bit_per_s;
    uint64_t access_queue_bytes;
    int64_t core_delay_ns;
    uint64_t core_bit_per_s;
    uint64_t core_queue_bytes;

    uint32_t mss, initial_window, syn_retries, data_retries;
    int64_t rto_initial_ns, rto_min_ns, rto_max_ns, delayed_ack_ns;
    int64_t time_wait_ns;

    const char *const *kind_names; /* of the model's message kinds, for faults and the books */
    uint32_t kinds;
    const char *fault_drop, *fault_duplicate, *fault_delay, *fault_corrupt; /* see fault.h; NULL: none */
    int64_t fault_delay_ns;

    /* Delays that the models' timeouts often have: cancelling those is cheap. */
    int64_t timeout_delays_ns[NATIVE_TIMEOUT_DELAYS_MAX];
    uint32_t timeout_delay_count;

    const struct net_handlers *handlers;
    const struct net_listen *listens;
    uint32_t listen_count;
    struct capture *capture; /* NULL: none; not owned */

    int64_t boundary_ns; /* see kernel.h */
    void (*boundary)(void *user, int64_t time_ns);
    bool (*window)(void *user, int64_t time_ns); /* called after captured packets were written */
    void *user;
};

/* NULL and error (NATIVE_ERROR) only for what the config's texts can get wrong (faults). */
struct native *native_new(const struct native_config *config, GError **error);
void native_free(struct native *native);

struct net_region *native_region(struct native *native, uint32_t index);
/* Runs to the end, see kernel_run(). */
int64_t native_run(struct native *native, int64_t end_ns);
struct kernel *native_kernel(struct native *native);

/* Counters, summed over regions; names, units and meanings in native_counters[]. */
#define NATIVE_COUNTERS(X)                                                                                   \
    X(uplink_bytes, "bytes", "IP bytes that UEs put on their uplinks")                                       \
    X(downlink_bytes, "bytes", "IP bytes put on the downlinks of cells")                                     \
    X(core_bytes, "bytes", "IP bytes put on the links of the servers, both directions")                      \
    X(packets_sent, "1", "IP packets put on their first link")                                               \
    X(packets_lost, "1", "IP packets lost on the air (access.loss, fault.drop)")                             \
    X(packets_dropped, "1", "IP packets dropped by a full queue")                                            \
    X(packets_duplicated, "1", "IP packets doubled on the air")                                              \
    X(packets_late, "1", "IP packets held up on the air")                                                    \
    X(packets_corrupted, "1", "IP packets with a flipped bit (fault.corrupt)")                               \
    X(tcp_connections, "1", "TCP connections opened by clients")                                             \
    X(tcp_refused, "1", "TCP connections refused by a full listen queue")                                    \
    X(tcp_retransmissions, "1", "TCP segments sent again")                                                   \
    X(tcp_timeouts, "1", "TCP retransmission timer expiries")                                                \
    X(tcp_failed, "1", "TCP connections given up, reset or unframeable")                                     \
    X(tcp_open, "1", "TCP connection ends that exist (gauge)")

enum native_counter {
#define X(name, unit, meaning) NATIVE_##name,
    NATIVE_COUNTERS(X)
#undef X
        NATIVE_COUNTER_COUNT
};
struct native_counter_info {
    const char *name, *unit, *meaning;
};
extern const struct native_counter_info native_counters[NATIVE_COUNTER_COUNT];
void native_counters_sum(const struct native *native, int64_t out[NATIVE_COUNTER_COUNT]);

/* The books of one message kind, summed over regions. `in_flight` is counted by looking: at the packets in
 * the event queues and the messages in the send queues; it is not what is left over. */
struct native_books {
    int64_t sent, duplicated, received, rejected, lost, in_flight;
};
void native_books_sum(struct native *native, uint32_t kind, struct native_books *out);

/* Bytes waiting in the fullest queue of each sort right now (gauges). */
struct native_queues {
    int64_t uplink_bytes_max, downlink_bytes_max, core_bytes_max;
};
void native_queues(const struct native *native, struct native_queues *out);

#define NATIVE_ERROR (native_error_quark())
GQuark native_error_quark(void);

#endif
