/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine: the network of network.h, packet by packet through ns-3's UDP, TCP, IP, queues and links.
 *
 *   BM-SC, BSF, HSS -- core router -- one node per cell, which all UEs of the cell live on
 *
 * Links are ns-3's point-to-point links. Each UE has an address of its own (those of capture_address()), UDP port 2269
 * and its own TCP connections. Loss, doubling, lateness and named faults befall packets on the link of the cell, by the
 * same draws as on the native engine. TCP is NewReno without SACK, timestamps and window scaling, with the scenario's
 * MSS, initial window, delayed acknowledgment, RTO minimum and TIME_WAIT.
 *
 * One network of this engine at a time in a process: ns-3 has one simulator. */
#ifndef SIM_NET_NS3_NS3_NETWORK_H
#define SIM_NET_NS3_NS3_NETWORK_H

#include "sim/net/network.h"
#include "sim/ns3/ns3c.h"

/* For network_new() and the calls of network.h. */
extern const struct network_engine ns3_engine;

/* For programs that build their own topology: nodes, links and routes are theirs, the engine puts hosts on the nodes.
 * access_* and core_* of the configuration then mean nothing, and fault_* are refused. */
struct ns3_placement {
    struct ns3c *sim; /* not freed with the network, but must outlive it */
    /* Says where a host (0 .. servers-1, then UEs) lives. *address is the engine's proposal and may be replaced; it must
     * be an address of the node (ns3c_device_add_address(), ns3c_node_add_local()) that all other hosts have routes to,
     * and no other host's. False: refused, creating the network fails. */
    bool (*host)(void *user, uint32_t host, struct ns3c_node **node, struct ns3c_address *address);
    void *user;
};

#endif
