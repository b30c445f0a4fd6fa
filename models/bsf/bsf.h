/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BSF: bootstraps UEs over Ub with AVs that it fetches over Zh, and hands Ks_NAF to the BM-SC over Zn
 * (TS 33.220 §4.5.2-4.5.3).
 *
 *   GET -> job -> [spare AV] or MAR -> MAA -> 401          GET with credentials -> job -> 200, or 401
 * again   BIR -> job -> BIA
 *
 * Each message is verified when it arrives (verify.h), decided when its job is served (decide.h), and what
 * is sent is encoded (encode.h). bsf.c does the three in a row and talks to the network. */
#ifndef MODELS_BSF_BSF_H
#define MODELS_BSF_BSF_H

#include "models/deployment.h"
#include "models/station.h"

struct bsf;

/* A BSF for all UEs of the deployment; bsf_free() gives it back. NULL: no memory for its table, of
 * bsf_ue_bytes a UE. now: the values that hold at the time
 * (model_region.now), for service times. */
struct bsf *bsf_new(const struct deployment *deployment, const struct scenario *now);
extern const size_t bsf_ue_bytes;
void bsf_free(struct bsf *bsf);
/* Its workers and queue, for whoever measures. */
struct station *bsf_station(struct bsf *bsf);

/* For the network, of host HOST_BSF: a message has come on a connection; a connection has ended (user: as
 * set, 0 if it ended in good order); a timer of the station or of a request over Zh is due. */
enum net_verdict bsf_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void bsf_closed(struct net_region *at, struct net_conn conn, uint64_t user);
void bsf_timer(struct net_region *at, uint32_t kind, uint64_t argument);

#endif
