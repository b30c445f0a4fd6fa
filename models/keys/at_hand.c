/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys that were needed a moment ago. */
#include "models/keys/at_hand.h"

#include "models/crypto/lanes_mikey.h"

#include <glib.h>
#include <string.h>

#define PLACES_MAX 16384 /* more than are under way at a time in all but the largest storms */

void keys_at_hand_init(struct keys_at_hand *table, const struct deployment *deployment)
{
    uint32_t places = 1;

    while (places < deployment->ues && places < PLACES_MAX)
        places *= 2;
    table->mask = places - 1;
    table->places = g_new0(struct key_at_hand, places);
    for (uint32_t i = 0; i < places; i++)
        table->places[i].name.av = AV_NONE;
}

void keys_at_hand_clear(struct keys_at_hand *table)
{
    g_clear_pointer(&table->places, g_free);
}

static bool key_at_hand_is(const struct key_at_hand *place, struct key_name name)
{
    return place->name.ue == name.ue && place->name.av == name.av;
}

static void key_at_hand_begin(struct key_at_hand *place, struct key_name name)
{
    place->name = name;
    place->has_muk = place->has_ha1 = place->has_auth = false;
}

/* A place of the user's own, for a name whose place is taken. */
static struct key_at_hand *keys_at_hand_spare(struct keys_at_hand_user *user, struct key_name name)
{
    struct key_at_hand *spare = user->spare;

    for (; spare < user->spare + user->spares; spare++)
        if (key_at_hand_is(spare, name))
            return spare;
    user->spares++;
    key_at_hand_begin(spare, name);
    return spare;
}

static struct key_at_hand *keys_at_hand_place(struct keys_at_hand_user *user, struct key_name name)
{
    struct key_at_hand *place = &user->table->places[name.ue & user->table->mask];
    unsigned holder = 0;

    if (atomic_compare_exchange_strong_explicit(&place->holder, &holder, user->number, memory_order_acquire,
                                                memory_order_relaxed)) {
        if (!key_at_hand_is(place, name))
            key_at_hand_begin(place, name);
        return place;
    }
    return holder == user->number && key_at_hand_is(place, name) ? place : keys_at_hand_spare(user, name);
}

void keys_at_hand_find(struct keys_at_hand_user *user, unsigned count, const struct key_name names[],
                       struct key_at_hand *places[])
{
    for (unsigned i = 0; i < count; i++) {
        const char *place = (const char *)&user->table->places[names[i].ue & user->table->mask];

        __builtin_prefetch(place, 1);
        __builtin_prefetch(place + sizeof(struct key_at_hand) - 1, 1);
    }
    user->spares = 0;
    for (unsigned i = 0; i < count; i++)
        places[i] = keys_at_hand_place(user, names[i]);
}

void keys_at_hand_give_back(struct keys_at_hand_user *user, unsigned count,
                            struct key_at_hand *const places[])
{
    for (unsigned i = 0; i < count; i++)
        if (places[i] < user->spare || places[i] >= user->spare + LANES)
            atomic_store_explicit(&places[i]->holder, 0, memory_order_release);
}

void keys_at_hand_muks(const struct key_store *keys, unsigned count, struct key_at_hand *const places[])
{
    struct key_muk *missing[LANES];
    uint32_t ues[LANES];
    unsigned missing_count = 0;

    for (unsigned i = 0; i < count; i++) {
        struct key_at_hand *place = places[i];

        if (place->has_muk)
            continue;
        place->has_muk = true;
        key_rand(keys, place->name, place->muk.rand);
        ues[missing_count] = place->name.ue;
        missing[missing_count++] = &place->muk;
    }
    if (missing_count > 0)
        key_muks(keys, missing_count, ues, missing);
}

void keys_at_hand_ha1s(const struct key_store *keys, unsigned count, struct key_at_hand *const places[])
{
    const struct key_muk *muks[LANES];
    char *missing[LANES];
    unsigned missing_count = 0;

    keys_at_hand_muks(keys, count, places);
    for (unsigned i = 0; i < count; i++) {
        struct key_at_hand *place = places[i];

        if (place->has_ha1)
            continue;
        place->has_ha1 = true;
        muks[missing_count] = &place->muk;
        missing[missing_count++] = place->ha1;
    }
    if (missing_count > 0)
        key_ua_ha1s(keys, missing_count, muks, missing);
}

void keys_at_hand_auths(const struct key_store *keys, unsigned count, struct key_at_hand *const places[],
                        const uint32_t csb_ids[], const uint8_t services[], uint8_t auths[][20])
{
    const uint8_t *muks[LANES], *rands[LANES];
    struct mikey_keys mikey[LANES], *out[LANES];
    uint32_t missing_ids[LANES];
    unsigned missing[LANES], missing_count = 0;

    keys_at_hand_muks(keys, count, places);
    for (unsigned i = 0; i < count; i++) {
        if (places[i]->has_auth && places[i]->csb_id == csb_ids[i]) {
            memcpy(auths[i], places[i]->auth, sizeof *auths);
            continue;
        }
        muks[missing_count] = places[i]->muk.muk;
        rands[missing_count] = keys->deployment->services[services[i]].msk_rand;
        missing_ids[missing_count] = csb_ids[i];
        out[missing_count] = &mikey[missing_count];
        missing[missing_count++] = i;
    }
    if (missing_count == 0)
        return;
    lanes_mikey_keys(keys->crypto, missing_count, muks, missing_ids, rands, true, out);
    for (unsigned k = 0; k < missing_count; k++) {
        memcpy(auths[missing[k]], mikey[k].auth, sizeof *auths);
        key_at_hand_put_auth(places[missing[k]], missing_ids[k], mikey[k].auth);
    }
}

void key_at_hand_put_auth(struct key_at_hand *place, uint32_t csb_id, const uint8_t auth[20])
{
    place->has_auth = true;
    place->csb_id = csb_id;
    memcpy(place->auth, auth, sizeof place->auth);
}
