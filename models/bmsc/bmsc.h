/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BM-SC: solicits its UEs, answers their MSK requests, pushes the MSK (TS 33.246 §6.3.2.2.4,
 * §6.3.2.3.1).
 *
 *   pull -> POST -> job -> 401 -> POST with credentials -> job -> [BIR -> BIA] -> 200 -> MSK message ->
 * ACK
 *
 * Each message is verified when it arrives (verify.h), decided when its job is served (decide.h), and what
 * is sent is encoded (encode.h). bmsc.c does the three in a row and talks to the network. Keys at hand
 * stand beside the sessions (secrets.h), where deciding does not see them. Pulls, MSK messages and ACKs are
 * of one service each, and so is what is remembered of them; MUKs and the session are of the UE. */
#ifndef MODELS_BMSC_BMSC_H
#define MODELS_BMSC_BMSC_H

#include "models/deployment.h"
#include "models/station.h"

struct bmsc;

/* A BM-SC for all UEs of the deployment; bmsc_free() gives it back. NULL: no memory for its tables, of
 * bmsc_ue_bytes() a UE and those of pull_order.h. now: the values that hold at the time
 * (model_region.now), for service times. */
struct bmsc *bmsc_new(const struct deployment *deployment, const struct scenario *now);
size_t bmsc_ue_bytes(unsigned services);
void bmsc_free(struct bmsc *bmsc);

/* Sets the first pull of each service going. */
void bmsc_start(struct net_region *at);

/* For the network, of host HOST_BMSC: a datagram; a message on a connection; the end of one (user: as set,
 * 0 if it ended in good order); a timer; memory that an event will need soon (see net_handlers). */
enum net_verdict bmsc_datagram(struct net_region *at, const struct net_delivery *d);
enum net_verdict bmsc_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void bmsc_closed(struct net_region *at, struct net_conn conn, uint64_t user);
void bmsc_timer(struct net_region *at, uint32_t kind, uint64_t argument);
void bmsc_prefetch(struct net_region *at, uint32_t kind, uint64_t argument, unsigned stage);

/* --- for whoever measures
 * --------------------------------------------------------------------------------- */

/* Its workers and queue. */
struct station *bmsc_station(struct bmsc *bmsc);
/* UEs that were sent a pull so far: once for each service. */
int64_t bmsc_solicited(const struct bmsc *bmsc);
/* Has the first pull of every UE been due, of each service? */
bool bmsc_all_due(const struct bmsc *bmsc);
/* First pulls sent per second, from the first to the last that has left; NaN for less than two, or all at
 * once. */
double bmsc_pull_rate_per_s(const struct bmsc *bmsc);
/* UEs that it solicits, or whose MSK it has not seen acknowledged yet. */
uint32_t bmsc_sessions(const struct bmsc *bmsc);
/* When the last of all first pulls was due; -1: not yet. */
int64_t bmsc_last_due_ns(const struct bmsc *bmsc);

#endif
