/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Purposes of the random draws of this room, see sim/base/random.h. A number that is in use stays: results
 * depend on it. */
#ifndef SIM_NET_PURPOSE_H
#define SIM_NET_PURPOSE_H

/* The models number theirs from 0 on. */
enum net_purpose {
    NET_PURPOSE_UPLINK = 0x4e455400, /* entity: cell, index: packet of its uplink */
    NET_PURPOSE_DOWNLINK,            /* entity: cell, index: packet of its downlink */
    NET_PURPOSE_LATE,                /* of uplink packets, as above */
    NET_PURPOSE_LATE_DOWNLINK,
    NET_PURPOSE_CORRUPT, /* entity: UE, index: time of the event */
    NET_PURPOSE_ISN      /* entity: host, index: the other host << 16 | port of the client */
};

#endif
