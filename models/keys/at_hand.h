/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys that were needed a moment ago, so that they need not be derived again for the next message of the same
 * UE. A table of fixed size in which a UE has one place, that it may lose to another: what is in it the key
 * store would give again. Each side of a message has a table of its own, for each derives its keys itself. */
#ifndef MODELS_KEYS_AT_HAND_H
#define MODELS_KEYS_AT_HAND_H

#include "models/keys/keys.h"

struct key_at_hand {
    struct key_name name;
    bool has_muk, has_ha1, has_auth;
    uint32_t csb_id; /* of the MSK messages whose authentication key auth is */
    struct key_muk muk;
    char ha1[32];
    uint8_t auth[20];
};

struct keys_at_hand {
    struct key_at_hand *places;
    uint32_t mask;
};

/* An empty table for a deployment; keys_at_hand_clear() frees it. */
void keys_at_hand_init(struct keys_at_hand *table, const struct deployment *deployment);
void keys_at_hand_clear(struct keys_at_hand *table);

/* The place of a name, with what is known of it; until the next call. */
struct key_at_hand *keys_at_hand(struct keys_at_hand *table, struct key_name name);
/* Its MUK, and HA1 of the MSK request, derived unless they are there. */
const struct key_muk *key_at_hand_muk(const struct key_store *keys, struct key_at_hand *place);
const char *key_at_hand_ha1(const struct key_store *keys, struct key_at_hand *place);
/* Puts the authentication key of MSK messages there; and finds it, derived for a service unless it is. */
void key_at_hand_put_auth(struct key_at_hand *place, uint32_t csb_id, const uint8_t auth[20]);
const uint8_t *key_at_hand_auth(const struct key_store *keys, struct key_at_hand *place, uint32_t csb_id,
                                unsigned service);

#endif
