/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The native engine: packets on modelled links, UDP, and a compact TCP.
 *
 * Topology: UE -- [cell: uplink and downlink FIFO, rate, rtt/2 each way, loss] -- core router -- [one link
 * per server: egress and ingress FIFO, rate, delay] -- server. A packet crosses two links on every path:
 * between two servers these are the egress of the one and the ingress of the other. On each of them it
 * carries LINK_FRAME_BYTES (link.h) besides its IP bytes, which take time and room; counters are of IP bytes.
 * Queues are finite, in bytes, drop-tail, and hold the packet that is being sent, too. Regions: 0 is the core
 * (servers, their links); cells are dealt out to regions 1..regions in contiguous blocks.
 * Which UE is in which cell: topology.h. */
#ifndef SIM_NET_NATIVE_NATIVE_H
#define SIM_NET_NATIVE_NATIVE_H

#include "sim/net/network.h"

#ifdef __cplusplus
extern "C" {
#endif

/* For network_new() and the calls of network.h. */
extern const struct network_engine native_engine;

#ifdef __cplusplus
}
#endif

#endif
