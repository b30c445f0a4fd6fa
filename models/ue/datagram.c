/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MIKEY at the UE: solicited pulls and MSK messages in, MIKEY ACKs out (TS 33.246 §6.3.2.2.4, §6.3.2.3.1,
 * §6.4.6.1, §6.5.3; RFC 3830 §5.3-5.4). Verify (pure), decide (state), encode. */
#include "models/ue/ue.h"

#include "models/crypto/mikey_keys.h"

/* What verification found out about a message. */
struct mikey_facts {
    struct mikey_message message;
    uint8_t rand[16]; /* of the B-TID */
    uint8_t muk[32];
    struct mikey_keys keys; /* of a pull the authentication key alone */
    bool pull;
};

/* What an MSK message brings, decrypted. */
struct msk_facts {
    bool has_key, has_validity;
    bool valid; /* SEQl is not above SEQu */
    uint8_t key[16];
};

/* The shape TS 33.246 §6.4.5.1 gives both messages. A pull carries no key; an MSK message may do without,
 * too (§6.5.3). */
static bool shape_right(const struct mikey_message *m)
{
    bool pull = (m->msk_id & 0xffff) == 0;

    return m->data_type == MIKEY_PSK_INIT && m->prf == 0 && m->has_ext && m->has_key_domain_id &&
           m->has_msk_id && !m->has_mtk_id && m->has_t && m->ts_type == MIKEY_TS_COUNTER && m->has_rand &&
           m->has_idi && m->has_idr && m->has_kemac && m->mac_alg == MIKEY_MAC_HMAC_SHA1_160 &&
           (m->encr_data.len == 0 || !pull) && m->encr_alg == MIKEY_ENCR_AES_CM_128;
}

/* The MUK among the newest and the last used whose id the message names; NULL: none. */
static struct ue_muk *muk_named(struct ue_at *u, struct mikey_facts *f)
{
    const struct mikey_message *m = &f->message;
    struct key_name name;
    uint16_t vector;

    if (!bytes_equal(m->idi, u->m->world->text.bmsc_fqdn) ||
        !identity_rand_of_b_tid(u->m->world, m->idr, f->rand))
        return NULL;
    if (u->x && u->x->muk_vector != AV_NONE && memcmp(f->rand, u->x->muk_rand, sizeof f->rand) == 0)
        vector = u->x->muk_vector;
    else if (key_find_rand(&u->m->keys, f->rand, &name) && name.ue == u->number)
        vector = name.av;
    else
        return NULL;
    if (u->ue->newest.vector == vector)
        return &u->ue->newest;
    return u->ue->used.vector == vector ? &u->ue->used : NULL;
}

static bool mac_right(struct ue_at *u, struct mikey_facts *f, const struct ue_muk *muk)
{
    const struct mikey_message *m = &f->message;
    uint8_t mac[MIKEY_MAC_BYTES];

    if (u->x && u->x->muk_vector == muk->vector)
        memcpy(f->muk, u->x->muk, sizeof f->muk);
    else
        key_muk(&u->m->keys, u->number, f->rand, f->muk);
    if (f->pull)
        mikey_auth_key(u->m->keys.crypto, bytes_of(f->muk, 32), m->csb_id, m->rand, f->keys.auth);
    else
        mikey_keys(u->m->keys.crypto, bytes_of(f->muk, 32), m->csb_id, m->rand, &f->keys);
    mikey_mac(u->m->keys.crypto, f->keys.auth, m->covered, mac);
    return m->mac.len == sizeof mac && crypto_equal(mac, m->mac.at, sizeof mac);
}

/* Is a counter greater than the stored one in the sense of RFC 1982 §3.2, as TS 33.246 §6.4.3 has it? Where
 * the relation is undefined, half the circle away, the message counts as replayed. */
static bool is_fresh(uint32_t counter, uint32_t stored)
{
    uint32_t ahead = counter - stored;

    return ahead != 0 && ahead < UINT32_C(1) << 31;
}

/* The checks of a MIKEY receiver in the order of RFC 3830 §5.4: NULL if one fails (counted), else the
 * MUK. */
static struct ue_muk *verify(struct ue_at *u, struct bytes bytes, struct mikey_facts *f)
{
    struct ue_muk *muk;

    if (mikey_decode(bytes, &f->message) != WIRE_OK || !shape_right(&f->message)) {
        count(u->m, COUNT_mikey_malformed);
        return NULL;
    }
    f->pull = (f->message.msk_id & 0xffff) == 0;
    muk = muk_named(u, f);
    if (muk == NULL) {
        count(u->m, COUNT_mikey_unknown_muk);
        return NULL;
    }
    if (!is_fresh((uint32_t)f->message.ts, muk->counter)) {
        count(u->m, COUNT_mikey_replayed);
        return NULL;
    }
    if (!mac_right(u, f, muk)) {
        count(u->m, COUNT_mikey_bad_mac);
        return NULL;
    }
    if (muk->expiry_ns <= u->net->now_ns) {
        /* Past its lifetime a MUK is good for a pull and for nothing else. */
        count(u->m, f->pull ? COUNT_pulls_expired_muk : COUNT_mikey_expired_muk);
        return f->pull ? muk : NULL;
    }
    return muk;
}

/* Only an authenticated message moves the counter; one under the newest MUK proves that both sides have
 * it. */
static void accept(struct ue_at *u, struct ue_muk *muk, uint32_t counter)
{
    muk->counter = counter;
    if (muk == &u->ue->newest) {
        u->ue->proven = true;
        u->ue->used.vector = AV_NONE;
    }
}

/* The current MSK of the Key Group has to be asked for, under the newest MUK (TS 33.246 §6.3.2.2.4): at
 * once, for the announced back-off is not for a pull (§6.3.2.2.1). */
static void solicit(struct ue_at *u, const struct ue_muk *muk, const struct mikey_facts *f)
{
    if (u->x == NULL)
        ue_exchange_begin(u, (uint16_t)(f->message.msk_id >> 16), muk->vector, f->rand, f->muk);
}

static void pull(struct ue_at *u, const struct net_delivery *d, const struct ue_muk *muk,
                 const struct mikey_facts *f)
{
    histogram_add(&u->m->tally.latency[PROCEDURE_pull], u->net->now_ns - d->mark_ns);
    if (u->ue->first_pull_ns < 0)
        u->ue->first_pull_ns = d->mark_ns;
    count(u->m, u->x == NULL ? COUNT_pulls_accepted : COUNT_pulls_coalesced);
    solicit(u, muk, f);
}

/* Of the Key Domain and key group that the UE has joined. */
static bool is_ours(const struct ue_at *u, const struct mikey_message *m)
{
    const struct world *world = u->m->world;

    return memcmp(m->key_domain_id, world->key_domain_id, sizeof m->key_domain_id) == 0 &&
           m->msk_id >> 16 == (uint32_t)world->scenario->msk_key_group;
}

/* Key Validity data, TS 33.246 §6.4.5.1: SEQl and SEQu, MTK IDs of one length. */
static bool interval_right(const struct mikey_key_data *data)
{
    return data->kv == MIKEY_KV_INTERVAL && data->valid_from.len > 0 &&
           data->valid_from.len == data->valid_to.len;
}

/* Decrypts and reads what the KEMAC holds: one TEK with its interval, the interval alone, or nothing. False
 * if it is anything else. */
static bool open_msk(struct ue_at *u, const struct mikey_facts *f, struct msk_facts *out)
{
    struct mikey_key_data data;
    struct bytes rest;
    uint8_t plain[256];
    const struct mikey_message *m = &f->message;

    *out = (struct msk_facts){.has_key = false};
    if (m->encr_data.len == 0)
        return true;
    if (m->encr_data.len > sizeof plain)
        return false;
    mikey_crypt(u->m->keys.crypto, &f->keys, m->csb_id, m->ts, m->encr_data.at, plain, m->encr_data.len);
    if (mikey_key_data_decode(bytes_of(plain, m->encr_data.len), &data, &rest) != WIRE_OK || rest.len != 0 ||
        data.type != MIKEY_KEY_TEK || (data.key.len != 0 && data.key.len != sizeof out->key) ||
        !interval_right(&data))
        return false;
    out->has_key = data.key.len > 0;
    out->has_validity = true;
    out->valid = memcmp(data.valid_from.at, data.valid_to.at, data.valid_from.len) <= 0;
    if (out->has_key)
        memcpy(out->key, data.key.at, sizeof out->key);
    return true;
}

/* HDR, T, IDr, V with the Empty map and no crypto session, whatever the message had (TS 33.246 §6.4.5.2). */
static void acknowledge(struct ue_at *u, const struct mikey_facts *f)
{
    const struct mikey_message *m = &f->message;
    struct mikey_message ack = {.data_type = MIKEY_PSK_VERIFICATION,
                                .csb_id = m->csb_id,
                                .map_type = MIKEY_MAP_EMPTY,
                                .has_t = true,
                                .ts_type = m->ts_type,
                                .ts = m->ts,
                                .has_idr = true,
                                .idr_type = MIKEY_ID_NAI,
                                .idr = m->idr,
                                .has_verification = true,
                                .auth_alg = MIKEY_MAC_HMAC_SHA1_160};
    struct net_message *out = net_message(u->net, KIND_msk_ack, mikey_length(&ack));
    size_t length;

    if (mikey_encode(&ack, out->bytes, out->capacity, &length) != WIRE_OK) {
        net_message_drop(u->net, out);
        return;
    }
    mikey_verification_mac(u->m->keys.crypto, f->keys.auth, bytes_of(out->bytes, length - MIKEY_MAC_BYTES),
                           m->idi, m->idr, m->ts_raw, out->bytes + length - MIKEY_MAC_BYTES);
    out->length = (uint32_t)length;
    net_udp_send(u->net, HOST_UES + u->number, HOST_BMSC, out);
}

static bool holds(const struct ue *ue, uint16_t number)
{
    return (ue->msk[0] == number && ue->msk_valid[0]) || (ue->msk[1] == number && ue->msk_valid[1]);
}

bool ue_holds_msk(const struct ue_at *u)
{
    return holds(u->ue, u->m->world->msk_number);
}

/* The MSK of a number, new or known, is the newer of the two that are kept from now on (TS 33.246
 * §6.5.3). */
static void keep(struct ue *ue, uint16_t number, bool valid)
{
    if (ue->msk[0] != number) {
        ue->msk[1] = ue->msk[0];
        ue->msk_valid[1] = ue->msk_valid[0];
        ue->msk[0] = number;
    }
    ue->msk_valid[0] = valid;
}

static void since_first_pull(struct model_region *m, int64_t update_ns)
{
    const struct durations *deadlines = &m->world->scenario->output_deadlines;

    histogram_add(&m->tally.latency[PROCEDURE_update], update_ns);
    for (unsigned i = 0; i < deadlines->count; i++)
        m->tally.keyed_within[i] += update_ns <= deadlines->ns[i];
}

/* The UE holds the new MSK now. */
static void keyed(struct ue_at *u)
{
    struct ue *ue = u->ue;

    count(u->m, COUNT_ues_keyed);
    u->m->tally.last_keyed_ns = u->net->now_ns;
    if (ue->gave_up) {
        ue->gave_up = false;
        u->m->tally.counters[COUNT_ues_gave_up]--;
    }
    if (ue->first_pull_ns >= 0)
        histogram_add(&u->m->tally.latency[PROCEDURE_time_to_key], u->net->now_ns - ue->first_pull_ns);
    since_first_pull(u->m, u->net->now_ns - u->m->world->scenario->pull_start);
}

static void install(struct ue_at *u, const struct mikey_facts *f, const struct msk_facts *msk)
{
    uint16_t number = (uint16_t)f->message.msk_id;
    struct ue *ue = u->ue;
    bool held = ue_holds_msk(u);

    if (msk->has_key) {
        count(u->m, COUNT_msk_installed);
        if (memcmp(msk->key, u->m->world->msk, sizeof msk->key) != 0 || number != u->m->world->msk_number)
            count(u->m, COUNT_msk_mismatch);
    } else if (!msk->has_validity || (ue->msk[0] != number && ue->msk[1] != number)) {
        return; /* nothing in it, or of a key that is not here */
    }
    if (!msk->valid)
        count(u->m, COUNT_msk_invalidated);
    keep(ue, number, msk->valid);
    if (!held && ue_holds_msk(u))
        keyed(u);
    else if (held && !ue_holds_msk(u))
        u->m->tally.counters[COUNT_ues_keyed]--;
}

static void msk_in_exchange(struct ue_at *u)
{
    if (u->x == NULL)
        return;
    if (u->x->phase == UE_AWAITING_MSK) {
        histogram_add(&u->m->tally.latency[PROCEDURE_msk], u->net->now_ns - u->x->started_ns);
        ue_exchange_end(u);
    } else if (u->x->phase == UE_WAITING) {
        ue_exchange_end(u); /* the try it belongs to was given up; there is nothing left to ask for */
    } else {
        u->x->msk_arrived = true;
    }
}

/* Under the newest MUK: what it brings is stored, and acknowledged if that is asked for. */
static enum net_verdict msk_message(struct ue_at *u, const struct mikey_facts *f)
{
    struct msk_facts msk;

    if (!open_msk(u, f, &msk)) {
        count(u->m, COUNT_mikey_malformed);
        return NET_REJECTED;
    }
    install(u, f, &msk);
    if (f->message.v)
        acknowledge(u, f);
    if (ue_holds_msk(u))
        msk_in_exchange(u);
    return NET_RECEIVED;
}

enum net_verdict ue_datagram(struct net_region *at, const struct net_delivery *d)
{
    struct ue_at u = ue_find(at, d->host);
    struct mikey_facts f;
    struct ue_muk *muk = verify(&u, d->bytes, &f);

    if (muk == NULL)
        return NET_REJECTED;
    accept(&u, muk, (uint32_t)f.message.ts);
    if (!is_ours(&u, &f.message)) {
        count(u.m, COUNT_mikey_foreign);
        return NET_REJECTED;
    }
    if (f.pull) {
        pull(&u, d, muk, &f);
        return NET_RECEIVED;
    }
    if (muk == &u.ue->newest)
        return msk_message(&u, &f);
    /* The BM-SC does not know the newest MUK: a pull in effect. What is inside is not stored, and not
     * acknowledged (TS 33.246 §6.3.2.3.1, TS 31.102 §7.1.1.6). */
    count(u.m, COUNT_msk_older_muk);
    solicit(&u, muk, &f);
    return NET_REJECTED;
}
