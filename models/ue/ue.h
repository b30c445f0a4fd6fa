/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The UEs of a region: idle, a UE is one struct ue, with what it has of each service; while it is in an
 * exchange it has a struct ue_exchange as well, one for all services.
 *
 *   pull accepted -> [CHALLENGING -> USIM -> BOOTSTRAPPING] -> ASKING -> REQUESTING -> AWAITING_MSK ->
 * done
 *
 * TS 33.246 §6.3.2.2.4 with the MUK bookkeeping of models/README.md. Each message is verified (verify.h),
 * decided upon (decide.h), and what is sent is encoded (encode.h). ue.c does the three in a row and talks
 * to the network. Keys at hand stand beside the exchanges (secrets.h), where deciding does not see them. */
#ifndef MODELS_UE_UE_H
#define MODELS_UE_UE_H

#include "models/deployment.h"
#include "sim/net/net.h"

/* All UEs of a storm, by number. A region touches those of its cells alone. */
struct ue_states {
    uint32_t count;
    size_t ue_bytes;
    char *ues; /* each a struct ue: ue_of() */
    uint32_t
        *nonce_of_ue; /* of UEs that send credentials at once; NULL if there are none. See decide_nonces.c */
};

/* Memory for the UEs of a deployment, of ue_bytes() each. False: there is none; ue_states_clear() all the
 * same. */
bool ue_states_init(struct ue_states *states, const struct deployment *deployment);
void ue_states_clear(struct ue_states *states);
size_t ue_bytes(unsigned services);

/* What a region has of its UEs; ue_table_free() gives it back. The states are to outlive it. */
struct ue_table *ue_table_new(const struct deployment *deployment, const struct ue_states *states);
void ue_table_free(struct ue_table *table);

/* For the network, of hosts that are UEs: a datagram; a message on a connection; the end of one; a timer,
 * by the serial that was current when it was set; memory that an event will need soon (see net_handlers). */
enum net_verdict ue_datagram(struct net_region *at, const struct net_delivery *d);
enum net_verdict ue_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn);
void ue_closed(struct net_region *at, uint32_t host, struct net_conn conn);
void ue_timer(struct net_region *at, uint32_t host, uint64_t serial);
void ue_prefetch(struct net_region *at, uint32_t host, unsigned stage);

#endif
