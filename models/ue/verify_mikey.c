/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pulls and MSK messages to facts (TS 33.246 §6.3.2.2.4, §6.3.2.3.1, §6.4.6.1, §6.5.3; RFC 3830 §5.3-5.4). */
#include "models/ue/verify.h"

#include "models/identity.h"
#include "models/keys/at_hand.h"

#include <string.h>

/* The shape TS 33.246 §6.4.5.1 gives both messages. A pull carries no key; an MSK message may do without,
 * too (§6.5.3). */
static bool ue_mikey_shape_right(const struct mikey_message *m)
{
    bool pull = (m->msk_id & 0xffff) == 0;

    return m->data_type == MIKEY_PSK_INIT && m->prf == 0 && m->has_ext && m->has_key_domain_id &&
           m->has_msk_id && !m->has_mtk_id && m->has_t && m->ts_type == MIKEY_TS_COUNTER && m->has_rand &&
           m->has_idi && m->has_idr && m->has_kemac && m->mac_alg == MIKEY_MAC_HMAC_SHA1_160 &&
           (m->encr_data.len == 0 || !pull) && m->encr_alg == MIKEY_ENCR_AES_CM_128;
}

/* The RAND of the MUK that the message names. */
static bool ue_mikey_rand(const struct key_store *keys, struct ue_mikey_opened *o)
{
    const struct mikey_message *m = &o->message;

    return bytes_equal(m->idi, keys->deployment->text.bmsc_fqdn) &&
           identity_rand_of_b_tid(keys->deployment, m->idr, o->rand);
}

/* Finds the key that the message names, if it is one of the UE's own; the MUK of an exchange is at hand. */
static bool ue_mikey_key_named(const struct key_store *keys, const struct ue_seen *ue,
                               struct ue_mikey_opened *o, struct key_name *name)
{
    const struct ue_secrets *secrets = ue->x ? ue_secrets(ue->x) : NULL;

    if (!ue_mikey_rand(keys, o))
        return false;
    *name = (struct key_name){ue->number, AV_NONE};
    if (secrets && secrets->muk_av != AV_NONE && memcmp(o->rand, secrets->muk_rand, sizeof o->rand) == 0)
        name->av = secrets->muk_av;
    else if (!key_find_rand(keys, o->rand, name) || name->ue != ue->number)
        return false;
    return true;
}

static void ue_mikey_find_muk(const struct key_store *keys, const struct ue_seen *ue, struct key_name name,
                              struct ue_mikey_opened *o)
{
    const struct ue_secrets *secrets = ue->x ? ue_secrets(ue->x) : NULL;

    if (secrets && secrets->muk_av == name.av)
        memcpy(o->muk, secrets->muk, sizeof o->muk);
    else
        key_muk(keys, name.ue, o->rand, o->muk);
}

static bool ue_mikey_mac_right(const struct key_store *keys, bool pull, struct ue_mikey_opened *o)
{
    const struct mikey_message *m = &o->message;
    uint8_t mac[MIKEY_MAC_BYTES];

    if (pull)
        mikey_auth_key(keys->crypto, bytes_of(o->muk, 32), m->csb_id, m->rand, o->keys.auth);
    else
        mikey_keys(keys->crypto, bytes_of(o->muk, 32), m->csb_id, m->rand, &o->keys);
    mikey_mac(keys->crypto, o->keys.auth, m->covered, mac);
    return m->mac.len == sizeof mac && crypto_equal(mac, m->mac.at, sizeof mac);
}

/* Is it one of the two MUKs that the UE remembers? */
static bool ue_holds_muk(const struct ue *ue, uint16_t av)
{
    return av == ue->newest.av || av == ue->last_used.av;
}

/* Key Validity data, TS 33.246 §6.4.5.1: SEQl and SEQu, MTK IDs of one length. */
static bool ue_interval_right(const struct mikey_key_data *data)
{
    return data->kv == MIKEY_KV_INTERVAL && data->valid_from.len > 0 &&
           data->valid_from.len == data->valid_to.len;
}

/* Decrypts and reads what the KEMAC holds: one TEK with its interval, the interval alone, or nothing.
 * False if it is anything else. */
static bool ue_open_kemac(const struct key_store *keys, const struct ue_mikey_opened *o,
                          struct ue_mikey_facts *out)
{
    const struct mikey_message *m = &o->message;
    const struct deployment_service *service = &keys->deployment->services[out->service];
    struct mikey_key_data data;
    struct bytes rest;
    uint8_t plain[256];

    if (m->encr_data.len == 0)
        return true;
    if (m->encr_data.len > sizeof plain)
        return false;
    mikey_crypt(keys->crypto, &o->keys, m->csb_id, m->ts, m->encr_data.at, plain, m->encr_data.len);
    if (mikey_key_data_decode(bytes_of(plain, m->encr_data.len), &data, &rest) != WIRE_OK || rest.len != 0 ||
        data.type != MIKEY_KEY_TEK || (data.key.len != 0 && data.key.len != sizeof service->msk) ||
        !ue_interval_right(&data))
        return false;
    out->has_key = data.key.len > 0;
    out->key_right = out->has_key && memcmp(data.key.at, service->msk, sizeof service->msk) == 0;
    out->has_validity = true;
    out->valid = memcmp(data.valid_from.at, data.valid_to.at, data.valid_from.len) <= 0;
    return true;
}

/* What it says; false if it has not the shape of one. */
static bool ue_mikey_read(const struct key_store *keys, struct bytes message, struct ue_mikey_facts *out,
                          struct ue_mikey_opened *o)
{
    const struct mikey_message *m = &o->message;

    *out = (struct ue_mikey_facts){.proper = false};
    if (mikey_decode(message, &o->message) != WIRE_OK || !ue_mikey_shape_right(m))
        return false;
    out->proper = true;
    out->pull = (m->msk_id & 0xffff) == 0;
    out->counter = (uint32_t)m->ts;
    out->v = m->v;
    out->service =
        (uint8_t)deployment_find_service(keys->deployment, m->key_domain_id, (uint16_t)(m->msk_id >> 16));
    out->key_number = (uint16_t)m->msk_id;
    return true;
}

/* Its proofs, under the MUK that was found. */
static void ue_mikey_prove(const struct key_store *keys, struct ue_mikey_facts *out,
                           struct ue_mikey_opened *o)
{
    out->mac_right = ue_mikey_mac_right(keys, out->pull, o);
    out->readable =
        out->mac_right && !out->pull && out->service != SERVICE_NONE && ue_open_kemac(keys, o, out);
}

void ue_verify_mikey(const struct key_store *keys, const struct ue_seen *ue, struct bytes message,
                     struct ue_mikey_facts *out, struct ue_mikey_opened *o)
{
    struct key_name name;

    if (!ue_mikey_read(keys, message, out, o) || !ue_mikey_key_named(keys, ue, o, &name))
        return;
    out->av = name.av;
    out->held = ue_holds_muk(ue->ue, name.av);
    if (!out->held)
        return;
    ue_mikey_find_muk(keys, ue, name, o);
    ue_mikey_prove(keys, out, o);
}

bool ue_verify_mikey_apart(const struct key_store *keys, struct keys_at_hand *at_hand, struct bytes message,
                           struct ue_mikey_facts *out, struct ue_mikey_opened *o, struct key_name *name)
{
    if (!ue_mikey_read(keys, message, out, o) || !ue_mikey_rand(keys, o) ||
        !key_find_rand(keys, o->rand, name))
        return false;
    out->av = name->av;
    out->held = true;
    memcpy(o->muk, key_at_hand_muk(keys, keys_at_hand(at_hand, *name))->muk, sizeof o->muk);
    ue_mikey_prove(keys, out, o);
    return true;
}

void ue_mikey_of_content(const struct ue_seen *ue, const struct ue_mikey_facts *found,
                         struct ue_mikey_facts *out)
{
    *out = *found;
    out->held = ue_holds_muk(ue->ue, found->av);
    if (!out->held)
        out->mac_right = out->readable = out->has_key = out->key_right = out->has_validity = out->valid =
            false;
}
