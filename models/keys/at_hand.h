/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys that were needed a moment ago, so that they need not be derived again for the next message of the
 * same UE. A table of fixed size in which a UE has one place, that it may lose to another: what is in it
 * the key store would give again. Each side of a message has a table of its own, for each derives its keys
 * itself.
 *
 * All is done for a group of names, LANES at most, at once. Several threads may use a table: a place
 * belongs to one group at a time, and who finds it taken derives into a place of its own. */
#ifndef MODELS_KEYS_AT_HAND_H
#define MODELS_KEYS_AT_HAND_H

#include "models/crypto/lanes.h"
#include "models/keys/keys.h"

#include <stdatomic.h>

struct key_at_hand {
    struct key_name name;
    bool has_muk, has_ha1, has_auth;
    uint32_t csb_id;    /* of the MSK messages whose authentication key auth is */
    atomic_uint holder; /* number of the user whose group has it; 0: nobody */
    struct key_muk muk;
    char ha1[32];
    uint8_t auth[20];
};

struct keys_at_hand {
    struct key_at_hand *places;
    uint32_t mask;
};

/* A thread that uses it. */
struct keys_at_hand_user {
    struct keys_at_hand *table;
    unsigned number; /* from 1 on, another for each thread */
    unsigned spares; /* taken */
    struct key_at_hand spare[LANES];
};

/* An empty table for a deployment; keys_at_hand_clear() frees it. */
void keys_at_hand_init(struct keys_at_hand *table, const struct deployment *deployment);
void keys_at_hand_clear(struct keys_at_hand *table);

/* The places of a group's names, with what is known of them, until they are given back. Equal names have one
 * place. */
void keys_at_hand_find(struct keys_at_hand_user *user, unsigned count, const struct key_name names[],
                       struct key_at_hand *places[]);
void keys_at_hand_give_back(struct keys_at_hand_user *user, unsigned count,
                            struct key_at_hand *const places[]);
/* Has the MUKs there, or HA1 of the MSK request: derived, unless they are there. */
void keys_at_hand_muks(const struct key_store *keys, unsigned count, struct key_at_hand *const places[]);
void keys_at_hand_ha1s(const struct key_store *keys, unsigned count, struct key_at_hand *const places[]);
/* The authentication keys of the MSK messages with these CSB IDs of these services; each place has the
 * last. */
void keys_at_hand_auths(const struct key_store *keys, unsigned count, struct key_at_hand *const places[],
                        const uint32_t csb_ids[], const uint8_t services[], uint8_t auths[][20]);
/* Puts an authentication key there. */
void key_at_hand_put_auth(struct key_at_hand *place, uint32_t csb_id, const uint8_t auth[20]);

#endif
