/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Pulls and MSK messages to facts (TS 33.246 §6.3.2.2.4, §6.3.2.3.1, §6.4.6.1, §6.5.3; RFC 3830 §5.3-5.4). */
#include "models/ue/verify.h"

#include "models/crypto/lanes_mikey.h"
#include "models/identity.h"

#include <glib.h>
#include <string.h>

#define UE_KEMAC_BYTES_MAX 256 /* of key data that are read */

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

/* Reads what the KEMAC held: one TEK with its interval, the interval alone, or nothing. False if it is
 * anything else. */
static bool ue_read_kemac(const struct key_store *keys, struct bytes plain, struct ue_mikey_facts *out)
{
    const struct deployment_service *service = &keys->deployment->services[out->service];
    struct mikey_key_data data;
    struct bytes rest;

    if (plain.len == 0)
        return true;
    if (mikey_key_data_decode(plain, &data, &rest) != WIRE_OK || rest.len != 0 ||
        data.type != MIKEY_KEY_TEK || (data.key.len != 0 && data.key.len != sizeof service->msk) ||
        !ue_interval_right(&data))
        return false;
    out->has_key = data.key.len > 0;
    out->key_right = out->has_key && memcmp(data.key.at, service->msk, sizeof service->msk) == 0;
    out->has_validity = true;
    out->valid = memcmp(data.valid_from.at, data.valid_to.at, data.valid_from.len) <= 0;
    return true;
}

/* Decrypts what is in messages whose MAC is right, and reads it. */
static void ue_open_kemacs(const struct key_store *keys, unsigned count, struct ue_mikey_job *const jobs[])
{
    uint8_t plain[LANES][UE_KEMAC_BYTES_MAX], *out[LANES];
    const struct mikey_keys *mikey[LANES];
    struct bytes in[LANES];
    uint32_t csb_ids[LANES];
    uint64_t counters[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        const struct mikey_message *m = &jobs[i]->opened->message;

        mikey[i] = &jobs[i]->opened->keys;
        csb_ids[i] = m->csb_id;
        counters[i] = m->ts;
        in[i] = m->encr_data;
        out[i] = plain[i];
    }
    lanes_mikey_crypt(keys->crypto, count, mikey, csb_ids, counters, in, out);
    for (unsigned i = 0; i < count; i++)
        jobs[i]->facts->readable = ue_read_kemac(keys, bytes_of(plain[i], in[i].len), jobs[i]->facts);
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

/* The keys of a message with a RAND of any length; ours have one of 16 bytes. */
static void ue_mikey_keys(const struct key_store *keys, bool auth_only, unsigned count,
                          struct ue_mikey_job jobs[])
{
    const uint8_t *muks[LANES], *rands[LANES];
    struct mikey_keys *mikey[LANES];
    uint32_t csb_ids[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        const struct mikey_message *m = &jobs[i].opened->message;

        muks[i] = jobs[i].opened->muk;
        rands[i] = m->rand.at;
        csb_ids[i] = m->csb_id;
        mikey[i] = &jobs[i].opened->keys;
        if (m->rand.len == MIKEY_RAND_BYTES)
            continue;
        g_assert(count == 1);
        mikey_keys(keys->crypto, bytes_of(muks[i], 32), m->csb_id, m->rand, mikey[i]);
        return;
    }
    lanes_mikey_keys(keys->crypto, count, muks, csb_ids, rands, auth_only, mikey);
}

static void ue_mikey_macs(const struct key_store *keys, unsigned count, struct ue_mikey_job jobs[])
{
    uint8_t expected[LANES][MIKEY_MAC_BYTES], *macs[LANES];
    const uint8_t *auth[LANES];
    struct bytes covered[LANES];

    g_assert(count > 0 && count <= LANES);
    for (unsigned i = 0; i < count; i++) {
        auth[i] = jobs[i].opened->keys.auth;
        covered[i] = jobs[i].opened->message.covered;
        macs[i] = expected[i];
    }
    lanes_hmac_sha1_once(keys->crypto, count, auth, sizeof jobs->opened->keys.auth, covered, macs);
    for (unsigned i = 0; i < count; i++) {
        const struct bytes mac = jobs[i].opened->message.mac;

        jobs[i].facts->mac_right = mac.len == sizeof *expected && crypto_equal(expected[i], mac.at, mac.len);
    }
}

void ue_prove_mikey(const struct key_store *keys, unsigned count, struct ue_mikey_job jobs[])
{
    struct ue_mikey_job *readable[LANES];
    unsigned readable_count = 0;

    ue_mikey_keys(keys, jobs->facts->pull, count, jobs);
    ue_mikey_macs(keys, count, jobs);
    for (unsigned i = 0; i < count; i++) {
        const struct ue_mikey_facts *facts = jobs[i].facts;

        if (facts->mac_right && !facts->pull && facts->service != SERVICE_NONE &&
            jobs[i].opened->message.encr_data.len <= UE_KEMAC_BYTES_MAX)
            readable[readable_count++] = &jobs[i];
    }
    if (readable_count > 0)
        ue_open_kemacs(keys, readable_count, readable);
}

bool ue_read_mikey(const struct key_store *keys, struct bytes message, struct ue_mikey_facts *out,
                   struct ue_mikey_opened *o, struct key_name *name)
{
    if (!ue_mikey_read(keys, message, out, o) || !ue_mikey_rand(keys, o) ||
        !key_find_rand(keys, o->rand, name))
        return false;
    out->av = name->av;
    out->held = true;
    return true;
}

void ue_verify_mikey(const struct key_store *keys, const struct ue_seen *ue, struct bytes message,
                     struct ue_mikey_facts *out, struct ue_mikey_opened *o)
{
    struct ue_mikey_job job = {out, o};
    struct key_name name;

    if (!ue_mikey_read(keys, message, out, o) || !ue_mikey_key_named(keys, ue, o, &name))
        return;
    out->av = name.av;
    out->held = ue_holds_muk(ue->ue, name.av);
    if (!out->held)
        return;
    ue_mikey_find_muk(keys, ue, name, o);
    ue_prove_mikey(keys, 1, &job);
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
