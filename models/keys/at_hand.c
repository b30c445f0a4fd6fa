/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys that were needed a moment ago. */
#include "models/keys/at_hand.h"

#include "models/crypto/digest_auth.h"
#include "models/crypto/mikey_keys.h"
#include "models/identity.h"

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

struct key_at_hand *keys_at_hand(struct keys_at_hand *table, struct key_name name)
{
    struct key_at_hand *place = &table->places[name.ue & table->mask];

    if (place->name.ue != name.ue || place->name.av != name.av) {
        place->name = name;
        place->has_muk = place->has_ha1 = place->has_auth = false;
    }
    return place;
}

const struct key_muk *key_at_hand_muk(const struct key_store *keys, struct key_at_hand *place)
{
    if (!place->has_muk) {
        key_rand(keys, place->name, place->muk.rand);
        key_muk(keys, place->name.ue, place->muk.rand, place->muk.muk);
        place->has_muk = true;
    }
    return &place->muk;
}

const char *key_at_hand_ha1(const struct key_store *keys, struct key_at_hand *place)
{
    const struct key_muk *muk = key_at_hand_muk(keys, place);
    struct identity_text b_tid;
    struct digest_hash ha1;

    if (!place->has_ha1) {
        identity_b_tid(keys->deployment, muk->rand, &b_tid);
        key_ua_ha1(keys, identity_bytes(&b_tid), muk->muk, &ha1);
        memcpy(place->ha1, ha1.hex, sizeof place->ha1);
        place->has_ha1 = true;
    }
    return place->ha1;
}

void key_at_hand_put_auth(struct key_at_hand *place, uint32_t csb_id, const uint8_t auth[20])
{
    place->has_auth = true;
    place->csb_id = csb_id;
    memcpy(place->auth, auth, sizeof place->auth);
}

const uint8_t *key_at_hand_auth(const struct key_store *keys, struct key_at_hand *place, uint32_t csb_id,
                                unsigned service)
{
    const struct key_muk *muk = key_at_hand_muk(keys, place);
    uint8_t auth[20];

    if (!place->has_auth || place->csb_id != csb_id) {
        mikey_auth_key(keys->crypto, bytes_of(muk->muk, sizeof muk->muk), csb_id,
                       bytes_of(keys->deployment->services[service].msk_rand, 16), auth);
        key_at_hand_put_auth(place, csb_id, auth);
    }
    return place->auth;
}
