/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A network of either engine: put together, run, and read. One thread at a time. Times are nanoseconds of
 * simulated time from 0 on, sizes bytes, rates bits per second; memory that runs out ends the process
 * (sim/base/memory.h).
 *
 * This is for programs that build a simulation; the models that live in the network see net.h. An engine is
 * a table of functions: native_engine (sim/net/native/native.h) or ns3_engine (sim/net/ns3/ns3_network.h).
 * Both build the same topology from the same configuration:
 *
 *   UE -- [cell: uplink and downlink FIFO, rate, rtt/2 each way, loss] -- core router --
 *   [one link per server: egress and ingress FIFO, rate, delay] -- server
 *
 * Queues are finite, in bytes, drop-tail. Which UE is in which cell: topology.h. */
#ifndef SIM_NET_NETWORK_H
#define SIM_NET_NETWORK_H

#include "sim/net/net.h"
#include "sim/net/topology.h"

#include <glib.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NETWORK_TIMEOUT_DELAYS_MAX 8

struct capture;

/* What may change during a run: rates of links, and shares of access_loss and its like. */
enum network_value {
    NETWORK_UPLINK_RATE,
    NETWORK_DOWNLINK_RATE,
    NETWORK_CORE_RATE,
    NETWORK_ACCESS_LOSS,
    NETWORK_ACCESS_DUPLICATE,
    NETWORK_ACCESS_LATE
};

/* A value from time_ns on. A packet is sent at the rate, and has the fate, of the time at which its first bit
 * leaves: one that is being sent at time_ns goes on as before, what waits takes the new value. At time_ns
 * itself the new value holds, whatever else happens then. All engines keep this exactly. */
struct network_change {
    int64_t time_ns;
    enum network_value what;
    uint64_t bit_per_s; /* > 0; of a rate, for all links of that sort */
    double share;       /* of the others */
};

/* What happened to a packet of a UE that did not simply arrive. */
struct network_event {
    int64_t time_ns;
    uint32_t ue;      /* its number */
    const char *what; /* lost, dropped (by a full queue), corrupted, duplicated, late */
    const char *kind; /* of the message that it carries, or syn, synack, ack, fin, rst */
    bool up;          /* from the UE, else to it */
    bool core;        /* it happened in region 0, else in that of the UE's cell */
};

/* Who follows UEs. */
struct network_trace {
    uint64_t ues; /* bit n: of a UE whose number is n modulo 64; of others event() is not called */
    /* Called with network_config.user, in the region that the event is in; changes nothing of the network. */
    void (*event)(void *user, const struct network_event *event);
};

/* What to build, and who lives in it. */
struct network_config {
    uint64_t seed; /* of all random draws of the network */
    struct net_topology topology;
    bool ipv6;         /* else IPv4 */
    uint16_t udp_port; /* that all datagrams go from and to */

    /* Of each cell; access.h has what becomes of a packet there. Shares are of the packets of each
     * direction. */
    int64_t access_delay_ns; /* one way */
    double access_loss;      /* share that is lost */
    double access_duplicate; /* share that arrives twice */
    double access_late;      /* share that arrives later by access_late_ns, so others overtake it */
    int64_t access_late_ns;
    uint64_t uplink_bit_per_s, downlink_bit_per_s;
    uint64_t access_queue_bytes; /* that wait at most, each way */

    /* Of the link of each server. */
    int64_t core_delay_ns;
    uint64_t core_bit_per_s;
    uint64_t core_queue_bytes;

    /* TCP. mss: bytes; initial_window: segments; time_wait_ns: 0: none; delayed_ack_ns: 0: each segment at
     * once. */
    uint32_t mss, initial_window, syn_retries, data_retries;
    int64_t rto_initial_ns, rto_min_ns, rto_max_ns, delayed_ack_ns;
    int64_t time_wait_ns;

    /* What changes of the above during the run, by time; of two of one time and value the later one holds. */
    const struct network_change *changes;
    uint32_t change_count;

    const char *const *kind_names; /* of the model's message kinds, for faults and the ledger */
    uint32_t kinds;
    /* Named faults: this very packet is lost, doubled, held up by fault_delay_ns, or damaged (one flipped
     * bit). Each text is a list of entries KIND[/UE]@N[-M], separated by commas: the N-th to M-th packet
     * (from 1 on) of that kind to or from that UE (0 if none is named) at the UE's access link, both
     * directions counted together. KIND is one of kind_names, or syn, synack, ack (without data), fin, rst; a
     * TCP segment with data is of the kind of the message it carries. NULL: none. */
    const char *fault_drop, *fault_duplicate, *fault_delay, *fault_corrupt;
    int64_t fault_delay_ns;

    /* Delays that the models' timeouts often have: the native engine cancels those cheaply. */
    int64_t timeout_delays_ns[NETWORK_TIMEOUT_DELAYS_MAX];
    uint32_t timeout_delay_count;

    /* That run the native engine, the caller among them; 0: 1. Handlers are called by any of them, those of a
     * region by one at a time; sample() and window() by the caller. */
    unsigned threads;
    const struct net_handlers *handlers;
    const struct net_listen *listens; /* needed until network_new() returns */
    uint32_t listen_count;
    struct capture *capture;           /* NULL: none; not owned */
    const struct network_trace *trace; /* NULL: none; likewise */

    int64_t sample_step_ns; /* > 0: sample() is called at each multiple, when all events before it have run */
    bool (*sample)(void *user, int64_t time_ns); /* false: stop */
    /* Called often, when all before time_ns has run; false: stop. */
    bool (*window)(void *user, int64_t time_ns);
    void *user; /* of sample(), window() and trace->event() */

    /* What only one engine can do, a struct of its own: ns3_options of ns3_network.h. The native engine has
     * none, and refuses any. NULL: none. Copied, what it points to is not. */
    const void *engine_options;
};

/* Counters, summed over regions; names, units and meanings in network_counters[]. */
#define NETWORK_COUNTERS(X)                                                                                  \
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

enum network_counter {
#define X(name, unit, meaning) NETWORK_##name,
    NETWORK_COUNTERS(X)
#undef X
        NETWORK_COUNTER_COUNT
};
/* What a counter means: its name in files, its unit there ("1": a number), one line of explanation. */
struct network_counter_info {
    const char *name, *unit, *meaning;
};
/* By enum network_counter. */
extern const struct network_counter_info network_counters[NETWORK_COUNTER_COUNT];

/* The ledger of one message kind, summed over regions. `in_flight` is counted by looking, at what is in
 * queues, in packets and in send buffers; it is not what is left over. */
struct network_ledger {
    int64_t sent, duplicated, received, rejected, lost, in_flight;
};

/* Bytes waiting in the fullest queue of each sort right now (gauges). */
struct network_queues {
    int64_t uplink_bytes_max, downlink_bytes_max, core_bytes_max;
};

/* Of the whole run: of each sort of link the longest queue, and the largest share of its rate that any of
 * them used in a whole second of simulated time (0 s to 1 s, and so on). */
struct network_peaks {
    int64_t uplink_bytes_max, downlink_bytes_max, core_bytes_max;
    double uplink_ratio_max, downlink_ratio_max, core_ratio_max;
};

struct network;

/* What an engine takes of the machine, by itself, without what models hold: measured, for estimates before a
 * run. */
struct network_cost {
    double setup_bytes; /* before the first region and cell */
    double region_bytes;
    double cell_bytes;
    double host_bytes; /* of a UE that has had packets */
    double busy_bytes; /* of a UE while it has connections, packets, timers */
    double packet_s;   /* CPU time of a packet from end to end, on the machine of README.md */
};

/* What an engine provides. Use the inline calls below. */
struct network_engine {
    const char *name;
    struct network_cost cost;
    bool has_devices;                     /* whose packets can be captured one by one: ns3_options.pcap_dir */
    const char *(*backend_version)(void); /* of ns-3; NULL: there is no library beneath */
    struct network *(*create)(const struct network_config *config, GError **error);
    void (*destroy)(struct network *network);
    struct net_region *(*region)(struct network *network, uint32_t index);
    int64_t (*run)(struct network *network, int64_t end_ns);
    bool (*finish)(struct network *network, GError **error); /* NULL: has nothing to finish */
    uint64_t (*events)(const struct network *network);
    uint64_t (*fingerprint)(const struct network *network);
    void (*counters)(const struct network *network, int64_t out[NETWORK_COUNTER_COUNT]);
    void (*ledger)(struct network *network, uint32_t kind, bool in_flight, struct network_ledger *out);
    void (*queues)(const struct network *network, struct network_queues *out);
    void (*peaks)(const struct network *network, struct network_peaks *out);
};

/* Engines embed it as first member of their own. */
struct network {
    const struct network_engine *engine;
};

#define NETWORK_ERROR (network_error_quark())
GQuark network_error_quark(void);

/* A new network; network_free() is its end. NULL and error: NETWORK_ERROR for what the configuration's texts
 * get wrong and for what this engine cannot do, G_FILE_ERROR for a file of the engine's that cannot be made.
 * The configuration is copied; what it points to is not, and must outlive the network unless its comment
 * says otherwise. */
static inline struct network *network_new(const struct network_engine *engine,
                                          const struct network_config *config, GError **error)
{
    return engine->create(config, error);
}

/* Frees the network with all messages that are in it; NULL is ignored. Capture and handlers stay. */
static inline void network_free(struct network *network)
{
    if (network)
        network->engine->destroy(network);
}

/* A region, 0 .. topology.regions; 0 has the servers. The program that builds the network sets its `model`
 * before the first run, and may call what net.h has with it between runs. It is the network's. */
static inline struct net_region *network_region(struct network *network, uint32_t index)
{
    return network->engine->region(network, index);
}

/* Runs until no event is left, end_ns is reached (events at end_ns do not run), or window() or sample()
 * returned false. Returns the time reached: of the last event if nothing is left. May be called again to go
 * on from there. */
static inline int64_t network_run(struct network *network, int64_t end_ns)
{
    return network->engine->run(network, end_ns);
}

/* After the last run: closes the files that the engine itself writes (ns3_options.pcap_dir). False and error
 * (G_FILE_ERROR) if they are not whole. */
static inline bool network_finish(struct network *network, GError **error)
{
    return !network->engine->finish || network->engine->finish(network, error);
}

/* Events run so far. */
static inline uint64_t network_events(const struct network *network)
{
    return network->engine->events(network);
}

/* A 64-bit hash over all events run so far: equal for equal runs of one engine. */
static inline uint64_t network_fingerprint(const struct network *network)
{
    return network->engine->fingerprint(network);
}

/* The following are for between windows: in sample(), window(), and when no run is under way. */

/* All counters, by enum network_counter. */
static inline void network_counters_sum(const struct network *network, int64_t out[NETWORK_COUNTER_COUNT])
{
    network->engine->counters(network, out);
}

/* The ledger of a message kind. `in_flight` is looked for in all queues, which takes long. */
static inline void network_ledger_sum(struct network *network, uint32_t kind, struct network_ledger *out)
{
    network->engine->ledger(network, kind, true, out);
}

/* Likewise, but `in_flight` is not looked for: it is 0. Cheap. */
static inline void network_ledger_totals(struct network *network, uint32_t kind, struct network_ledger *out)
{
    network->engine->ledger(network, kind, false, out);
}

/* What waits at this time. */
static inline void network_queues(const struct network *network, struct network_queues *out)
{
    network->engine->queues(network, out);
}

/* What was the most up to this time. */
static inline void network_peaks(const struct network *network, struct network_peaks *out)
{
    network->engine->peaks(network, out);
}

#ifdef __cplusplus
}
#endif

#endif
