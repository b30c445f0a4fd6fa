/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a cell does to a packet, decided in one place for all engines.
 *
 * An engine brings a packet to the end of a cell's uplink or downlink and asks access_decide() what becomes
 * of it; then it only carries that out. Two things decide: the named faults of the configuration
 * (fault.h), and what is drawn for each packet (access_loss, access_duplicate, access_late). The order of
 * precedence:
 *
 * - a packet that either of them drops is lost, and nothing else happens to it;
 * - damage comes from named faults alone: one bit of the payload is flipped. A packet without payload is not
 *   damaged;
 * - a packet that either of them doubles arrives once more. The copy is in time, as if it were not late;
 * - a packet that is late arrives later by access_late_ns if that was drawn, by fault_delay_ns if a fault
 *   names it, by the sum if both.
 *
 * The same packets in the same order have the same fate on each engine. The shares may change during the run:
 * those count that hold when the packet begins to leave (struct network_change). What else a cell may do to a
 * packet (random access, paging, handover) is to be decided here. */
#ifndef SIM_NET_ACCESS_H
#define SIM_NET_ACCESS_H

#include "sim/net/fault.h"
#include "sim/net/network.h"

/* Shares of packets, for a time. */
struct access_shares {
    int64_t until_ns; /* CLOCK_NEVER of the last */
    double loss, duplicate, late;
};

/* All cells of a network. */
struct access {
    const struct network_config *config;
    struct fault_set faults;
    uint64_t named; /* bit n: some fault or network_config.trace is about a UE whose number is n modulo 64 */
    struct access_shares *shares; /* by time, one more than there are changes */
    bool draws;                   /* anything is drawn for each packet, at some time */
};

/* One direction of a cell's link. A region owns it. */
struct access_link {
    uint64_t packets; /* that were drawn for so far */
    uint32_t cell;
    uint32_t changed; /* changes of shares that the last packet came after */
    bool up;          /* from UEs to the core */
};

/* What access_decide() has to know of a packet. */
struct access_packet {
    uint32_t ue; /* number of the UE that sent it, or that it is for */
    /* Needed if access_names() the UE, else not looked at. */
    unsigned kind;          /* of the message it carries, or enum fault_control */
    uint32_t payload_bytes; /* of UDP or TCP */
    int64_t start_ns;       /* when it begins to leave; never before the one before it on its link */
};

/* What becomes of a packet. All zero: it arrives unchanged, in time. */
struct access_fate {
    bool dropped; /* the rest is then 0 */
    bool damaged; /* bit `damaged_bit` of the payload is flipped: bit n % 8, from the lowest, of byte n / 8 */
    bool doubled; /* a copy arrives besides, without delay_ns */
    uint64_t damaged_bit;
    int64_t delay_ns; /* beyond that of the link */
};

/* Reads the faults of the configuration, which must outlive `access`. False and error (NETWORK_ERROR) if one
 * of their texts is wrong; access_clear() is due all the same. */
bool access_init(struct access *access, const struct network_config *config, GError **error);
/* Frees what access_init() made. */
void access_clear(struct access *access);

/* Whether some fault is about that UE, or it is followed by network_config.trace, so that the packet's kind
 * and payload must be known. May be true for others, never false for it. Cheap: for each packet. */
static inline bool access_names(const struct access *access, uint32_t ue)
{
    return access->named >> (ue & 63) & 1;
}

/* Whether what happens to packets of that UE is to be told; likewise. */
bool access_traces(const struct access *access, uint32_t ue);
/* Tells of a packet of a UE for which access_traces() is true. kind: of its message, or one of enum
 * fault_control. */
void access_tell(const struct access *access, struct network_event *event, unsigned kind);

/* The rest of access_decide(). */
struct access_fate access_judge(struct access *access, struct access_link *link,
                                const struct access_packet *packet, int64_t now_ns,
                                int64_t counters[NETWORK_COUNTER_COUNT]);

/* Decides the fate of the next packet of a link at the simulated time now_ns, and counts it: packets_lost,
 * packets_duplicated, packets_late and packets_corrupted of `counters` rise by what is decided. The ledger of
 * messages is the engine's. To be called once for each packet, in the order in which they leave the link. */
static inline struct access_fate access_decide(struct access *access, struct access_link *link,
                                               const struct access_packet *packet, int64_t now_ns,
                                               int64_t counters[NETWORK_COUNTER_COUNT])
{
    if (!access->draws && !access_names(access, packet->ue))
        return (struct access_fate){0};
    return access_judge(access, link, packet, now_ns, counters);
}

#endif
