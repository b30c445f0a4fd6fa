/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The HSS with its AuC: answers MAR on Zh with an authentication vector (TS 29.109 §4.2, TS 33.102 §6.3),
 * and re-synchronises its sequence number when an AUTS comes along.
 *
 * A MAR is verified when it arrives (verify.h), waits for a worker as a job, is decided when it is served
 * (decide.h), and the answer is encoded (encode.h). hss.c does the three in a row and talks to the
 * network. */
#ifndef MODELS_HSS_HSS_H
#define MODELS_HSS_HSS_H

#include "models/deployment.h"
#include "models/station.h"

struct hss;

/* An HSS that serves all UEs of the deployment; hss_free() gives it back. NULL: no memory for its table, of
 * hss_ue_bytes a UE. now: the values that hold at the time
 * (model_region.now), for service times. */
struct hss *hss_new(const struct deployment *deployment, const struct scenario *now);
extern const size_t hss_ue_bytes;
void hss_free(struct hss *hss);
/* Its workers and queue, for whoever measures. */
struct station *hss_station(struct hss *hss);

/* For the network, of host HOST_HSS: a Diameter message has come on a connection; a timer of the station
 * is due. */
enum net_verdict hss_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void hss_timer(struct net_region *at, uint32_t kind, uint64_t argument);

#endif
