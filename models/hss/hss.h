/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The HSS with its AuC: answers MAR on Zh with an authentication vector (TS 29.109 §4.2, TS 33.102 §6.3),
 * and re-synchronises its sequence number when an AUTS comes along. */
#ifndef MODELS_HSS_HSS_H
#define MODELS_HSS_HSS_H

#include "models/station.h"
#include "sim/base/pool.h"

struct hss;

/* NULL: no memory for its table, of so many bytes a UE. */
struct hss *hss_new(const struct world *world);
extern const size_t hss_ue_bytes;
void hss_free(struct hss *hss);
struct server *hss_server(struct hss *hss);
const struct station *hss_station(const struct hss *hss);

enum net_verdict hss_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void hss_timer(struct net_region *at, uint32_t kind, uint64_t argument);

#endif
