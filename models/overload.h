/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Diameter overload indication (RFC 7683) between two servers of a kept connection: a node that is
 * overloaded reports in its answers by how much it wants less (host report, loss algorithm), and the node
 * that asks it sends that share of its requests no more. How much a node wants less is its own affair: here
 * in proportion to the wait in its queue. Both are off unless bsf.overload_wait (Zn) or hss.overload_wait
 * (Zh) is set. */
#ifndef MODELS_OVERLOAD_H
#define MODELS_OVERLOAD_H

#include "models/station.h"
#include "models/wire/diameter.h"

/* --- the node that is asked --------------------------------------------------------------------------- */

struct overload_report {
    uint64_t sequence;  /* of the report in force; 0: there was none yet */
    uint32_t reduction; /* per cent */
    int64_t changed_ns;
    uint8_t sequence_bytes[8], reduction_bytes[4], validity_bytes[4]; /* what a message points to */
};

/* Does a request say that its sender reacts to reports of the loss algorithm? */
bool overload_understood(const struct diameter_message *request);
/* Adds what there is to say to the answer of such a request, which points into the report then. wait_ns:
 * what a request has to wait for; at limit_ns (> 0) of it none is wanted any more. */
void overload_tell(struct net_region *at, struct overload_report *report, int64_t wait_ns, int64_t limit_ns,
                   struct diameter_message *answer);

/* --- the node that asks --------------------------------------------------------------------------------- */

struct overload_limit {
    uint64_t sequence;
    uint32_t reduction; /* per cent, until until_ns */
    int64_t until_ns;
};

/* Says in a request that its sender reacts to reports. */
void overload_offer(struct diameter_message *request);
/* What an answer says of overload. */
void overload_heard(struct overload_limit *limit, int64_t now_ns, const struct diameter_message *answer);
/* Is this request one of those that are not sent? bits: a draw. */
bool overload_throttles(const struct overload_limit *limit, int64_t now_ns, uint64_t bits);

#endif
