/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine: the network of network.h, packet by packet through ns-3's UDP, TCP, IP, queues and links.
 *
 *   servers -- core router -- one node per cell, which all UEs of the cell live on
 *
 * Links are ns-3's point-to-point links. Each UE has an address of its own (those of capture_address()), the
 * UDP port of the configuration and its own TCP connections. What happens to packets on the link of a cell is
 * decided by access.h, as on the native engine. TCP is NewReno without SACK, timestamps and window scaling,
 * with the scenario's MSS, initial window, delayed acknowledgment, RTO minimum and TIME_WAIT.
 *
 * Messages go to ns-3 one by one, 2 ns apart, so that each has segments of its own unless it waits for the
 * window, as on the native engine. Where the engines differ, because ns-3 does:
 * - without SACK, ns-3 takes a segment that is out for arrived with each duplicate acknowledgment. When the
 *   next acknowledgment shows that it guessed wrong, it sends again at once: what was not lost, or what was
 *   and would wait for the timer. To be seen where several segments are out: on connections between servers,
 *   if a core queue overflows, or if tcp.rto_initial is below the round trip between servers;
 * - a lost SYN or FIN is sent again by ns-3's own timers, and data at most every 60 s: tcp.rto_max is only
 *   how long a half-closed connection may keep silent. So an attempt of seven SYNs that get no answer ends
 *   after 127 s, on the native engine with its 60 s after 123 s;
 * - a packet that a fault both damages and doubles arrives once damaged and once whole;
 * - idle time counts from data that came or went, not from bare acknowledgments;
 * - fault.* and the capture know a segment by the message its first byte belongs to. With a capture checksums
 *   are on, else they are zero and not looked at.
 *
 * One network of this engine at a time in a process: ns-3 has one simulator. */
#ifndef SIM_NET_NS3_NS3_NETWORK_H
#define SIM_NET_NS3_NS3_NETWORK_H

#include "sim/net/network.h"
#include "sim/ns3/ns3c.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For network_new() and the calls of network.h. */
extern const struct network_engine ns3_engine;

/* For programs that build their own topology: nodes, links and routes are theirs, the engine puts hosts on
 * the nodes. access_*, core_* and changes of the configuration then mean nothing, fault_* and pcap_dir are
 * refused. uplink_bytes are IP bytes that UEs send, downlink_bytes those that servers send to UEs, core_bytes
 * those between servers. While the network lives ns3c_on_drop(), and ns3c_node_on_send() of nodes with hosts,
 * are the engine's. ns-3's defaults for TCP are set as for its own nodes; `attributes` are defaults of what
 * is made later, those of ns3::TcpL4Protocol also hold for nodes with hosts. */
struct ns3_placement {
    /* Not freed with the network, but must outlive it. Its clock must be at 0 when the network is made, else
     * that fails with NETWORK_ERROR: the models' times count from 0. */
    struct ns3c *sim;
    /* Says where a host (0 .. servers-1, then UEs) lives. *address is the engine's proposal and may be
     * replaced; it must be an address of the node (ns3c_device_add_address(), ns3c_node_add_local()) that all
     * other hosts have routes to, and no other host's. False: refused, creating the network fails. */
    bool (*host)(void *user, uint32_t host, struct ns3c_node **node, struct ns3c_address *address);
    void *user;
};

/* What only this engine can do: network_config.engine_options. All zero, or no options: nothing of it. */
struct ns3_options {
    /* Defaults of ns-3's attributes, "NAME=VALUE; ..."; NULL or empty: none. Set after those that follow from
     * the configuration. What ns-3 does not know or cannot read fails with NETWORK_ERROR. */
    const char *attributes;
    /* A folder that exists, which gets a file device-NODE-N.pcap for the N-th device of server0, ..., router,
     * cell0, ... Files that cannot be made fail with G_FILE_ERROR. NULL: none. */
    const char *pcap_dir;
    const struct ns3_placement *placement; /* the program's own topology; NULL: the engine's */
};

#ifdef __cplusplus
}
#endif

#endif
