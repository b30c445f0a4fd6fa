/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Storms in which some messages are replaced as they reach their receiver, by messages that our own peers
 * never send: well formed and rightly protected, or as another program would write them. Native engine, one
 * storm at a time. */
#ifndef TESTS_UNIT_FORGE_FIXTURE_H
#define TESTS_UNIT_FORGE_FIXTURE_H

#include "models/region.h"
#include "models/wire/mikey.h"
#include "tests/unit/storm_fixture.h"

/* Writes what shall arrive instead; false: leave it. */
typedef bool forger(struct net_region *at, const struct net_delivery *d, struct bytes *forged);

/* Replaced so far in the storm that runs, or ran last. */
extern unsigned forge_count;

/* Runs a scenario with a forger, which must find something to replace; the books must balance all the
 * same. */
struct storm *forge_run(struct scenario *scenario, forger *with);
void forge_over(struct storm *storm, struct scenario *scenario);

/* A copy that lives until the next one. */
struct bytes forge_keep(const uint8_t *bytes, size_t length);
/* ... of a MIKEY message to a UE, its MAC made anew under the MUK of its IDr. */
struct bytes forge_mikey(struct net_region *at, const struct net_delivery *d, struct bytes message);
/* A MIKEY message with these key data (NULL: none) encrypted under the MUK of its IDr, and its MAC. */
struct bytes forge_msk(struct net_region *at, const struct net_delivery *d, struct mikey_message *message,
                       const struct mikey_key_data *key_data);
/* A message of text with `from` in it replaced by `to` where it comes first; it must be there. */
struct bytes forge_text(struct bytes message, const char *from, const char *to);
/* The value of a digest directive in a message, quoted or not; g_free. NULL: it is not there. */
char *forge_directive(struct bytes message, const char *name);

/* Another client at a UE's host: a connection of its own, and bytes on it. What is answered reaches the
 * forger as what is sent to that UE, which knows nothing of it. `at`: the UE's region. */
struct net_conn forge_connect(struct net_region *at, uint32_t host, uint32_t server);
void forge_send(struct net_region *at, struct net_conn conn, unsigned kind, struct bytes bytes);

/* MSK ID of Key Number 0 of the group that is renewed. */
uint32_t forge_group(struct net_region *at);

#endif
