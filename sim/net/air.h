/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What befalls packets on the air, by chance: the same draws for every engine. */
#ifndef SIM_NET_AIR_H
#define SIM_NET_AIR_H

#include "sim/net/network.h"

/* Purposes of random draws; the models number theirs from 0 on. */
enum net_purpose {
    NET_PURPOSE_UPLINK = 0x4e455400, /* entity: cell, index: packet of its uplink */
    NET_PURPOSE_DOWNLINK,            /* entity: cell, index: packet of its downlink */
    NET_PURPOSE_LATE,                /* added to the above: 2 and 3 */
    NET_PURPOSE_LATE_DOWNLINK,
    NET_PURPOSE_CORRUPT, /* entity: UE, index: time of the event */
    NET_PURPOSE_ISN      /* entity: host, index: connection of its region */
};

/* Has the configuration anything to draw? */
static inline bool air_draws(const struct network_config *config)
{
    return config->access_loss > 0 || config->access_duplicate > 0 || config->access_late > 0;
}

/* Fate of the index-th packet, from 0, of a cell's uplink or downlink: a set of FAULT_DROP, FAULT_DUPLICATE
 * and FAULT_DELAY of enum fault_action. */
unsigned air_draw(const struct network_config *config, uint32_t cell, bool up, uint64_t index);

/* Which bit of a payload of `length` > 0 bytes fault.corrupt flips in a packet of that UE at that time. */
uint64_t air_damaged_bit(const struct network_config *config, uint32_t ue, int64_t now_ns, size_t length);

#endif
