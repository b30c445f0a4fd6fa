/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MSK messages out, MIKEY ACKs in (TS 33.246 §6.3.2.3.1; RFC 3830 §3.1, §5.2). */
#include "models/bmsc/bmsc.h"

#include "models/crypto/mikey_keys.h"
#include "sim/base/random.h"

/* --- encode --------------------------------------------------------------------------------------------- */

/* The MSK with its Key Validity data (TS 33.246 §6.4.5.1): MTK IDs above SEQl up to SEQu, two bytes each.
 * SEQl is exclusive (§6.5.4), so the first MTK may be 1; the highest possible value is not for SEQu. */
static size_t key_data(const struct world *world, uint8_t *out, size_t capacity)
{
    static const uint8_t seq_low[2] = {0, 0}, seq_high[2] = {0xff, 0xfe};
    struct mikey_key_data data = {.type = MIKEY_KEY_TEK,
                                  .kv = MIKEY_KV_INTERVAL,
                                  .key = bytes_of(world->msk, sizeof world->msk),
                                  .valid_from = bytes_of(seq_low, 2),
                                  .valid_to = bytes_of(seq_high, 2)};
    size_t length = 0;

    mikey_key_data_encode(&data, out, capacity, &length);
    return length;
}

struct net_message *bmsc_mikey(struct net_region *at, unsigned kind, const struct mikey_message *message,
                               const uint8_t auth[20])
{
    struct net_message *out = net_message(at, kind, mikey_length(message));
    size_t length = 0;

    if (mikey_encode(message, out->bytes, out->capacity, &length) != WIRE_OK) {
        net_message_drop(at, out);
        return NULL;
    }
    mikey_mac(model_of(at)->keys.crypto, auth, bytes_of(out->bytes, length - MIKEY_MAC_BYTES),
              out->bytes + length - MIKEY_MAC_BYTES);
    out->length = (uint32_t)length;
    return out;
}

static void encode(struct net_region *at, struct bmsc_session *session, uint32_t counter)
{
    struct model_region *m = model_of(at);
    const struct world *world = m->world;
    struct identity_text b_tid;
    struct mikey_keys keys;
    struct net_message *out;
    uint8_t data[64];
    size_t data_length = key_data(world, data, sizeof data);

    identity_b_tid(world, session->rand, &b_tid);
    struct mikey_message msk = {.data_type = MIKEY_PSK_INIT,
                                .v = true,
                                .csb_id = session->csb_id,
                                .map_type = MIKEY_MAP_EMPTY,
                                .has_ext = true,
                                .has_key_domain_id = true,
                                .has_msk_id = true,
                                .msk_id = (uint32_t)world->scenario->msk_key_group << 16 | world->msk_number,
                                .has_t = true,
                                .ts_type = MIKEY_TS_COUNTER,
                                .ts = counter,
                                .has_rand = true,
                                .rand = bytes_of(world->msk_rand, 16),
                                .has_idi = true,
                                .idi = world->text.bmsc_fqdn,
                                .has_idr = true,
                                .idr = identity_bytes(&b_tid),
                                .has_kemac = true,
                                .encr_alg = MIKEY_ENCR_AES_CM_128,
                                .encr_data = bytes_of(data, data_length),
                                .mac_alg = MIKEY_MAC_HMAC_SHA1_160};
    memcpy(msk.key_domain_id, world->key_domain_id, sizeof msk.key_domain_id);

    mikey_keys(m->keys.crypto, bytes_of(session->muk, 32), msk.csb_id, msk.rand, &keys);
    mikey_crypt(m->keys.crypto, &keys, msk.csb_id, counter, data, data, data_length);
    memcpy(session->msk_auth, keys.auth, sizeof session->msk_auth);
    out = bmsc_mikey(at, KIND_msk, &msk, keys.auth);
    if (out != NULL)
        net_udp_send(at, HOST_BMSC, session->address, out);
}

/* --- decide --------------------------------------------------------------------------------------------- */

void bmsc_queue_msk(struct net_region *at, uint32_t number)
{
    struct bmsc *bmsc = model_of(at)->bmsc;
    uint32_t index = bmsc_job_take(bmsc, BMSC_MSK, number);

    ((struct bmsc_job *)pool_at(&bmsc->jobs, index))->request = bmsc_ue(bmsc, number)->serial;
    station_arrive(at, &bmsc->station, index, true);
}

/* The UE will miss its key and request again. */
static void give_up(struct net_region *at, struct bmsc_ue *ue)
{
    count(model_of(at), COUNT_msk_unanswered);
    bmsc_session_end(at, ue);
}

/* A repetition carries the same MSK and RAND under a fresh counter. request: not if another one was granted,
 * and its MSK message queued, while this one waited for a worker. */
void bmsc_send_msk(struct net_region *at, uint32_t number, uint32_t request)
{
    struct model_region *m = model_of(at);
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, number);
    struct bmsc_session *session;
    uint32_t counter;

    if (ue->serial != request || ue->stage != BMSC_REQUESTED || ue->session == POOL_NONE)
        return;
    session = bmsc_session(m, number);
    if (session->acked)
        return;
    if (ue->known_expiry_ns <= at->now_ns) { /* past its lifetime a MUK is good for a pull only */
        give_up(at, ue);
        return;
    }
    counter = bmsc_counter(ue, session->vector);
    if (session->pushes == 0) {
        session->counter_min = counter;
        session->csb_id = (uint32_t)random_u64(m->world->seed, number, PURPOSE_CSB_ID, ue->draws++);
    }
    if (session->pushes++ > 0)
        count(m, COUNT_msk_retransmissions);
    count_rate(m, RATE_msk, at->now_ns);
    encode(at, session, counter);
    session->timeout = net_timeout(at, HOST_BMSC, m->world->scenario->msk_timeout, TIMER_MSK_TIMEOUT,
                                   (uint64_t)ue->serial << 32 | number);
}

void bmsc_msk_timeout(struct net_region *at, uint64_t argument)
{
    struct model_region *m = model_of(at);
    uint32_t number = (uint32_t)argument;
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, number);
    const struct bmsc_session *session;

    if (ue->serial != argument >> 32 || ue->stage != BMSC_REQUESTED || ue->session == POOL_NONE)
        return;
    session = bmsc_session(m, number);
    if (session->acked)
        return; /* its ACK waits for a worker */
    if (session->pushes < m->world->scenario->msk_attempts)
        bmsc_queue_msk(at, number);
    else
        give_up(at, ue);
}

/* --- verify --------------------------------------------------------------------------------------------- */

/* An ACK must answer a message that was sent and not yet answered. */
static bool verify_ack(struct model_region *m, struct bytes bytes, uint32_t *number)
{
    struct bmsc *bmsc = m->bmsc;
    struct mikey_message ack;
    struct bmsc_session *session;
    const struct bmsc_ue *ue;
    uint8_t mac[MIKEY_MAC_BYTES];
    struct key_name name;

    if (mikey_decode(bytes, &ack) != WIRE_OK || ack.data_type != MIKEY_PSK_VERIFICATION || !ack.has_t ||
        ack.ts_type != MIKEY_TS_COUNTER || !ack.has_idr || !ack.has_verification ||
        ack.auth_alg != MIKEY_MAC_HMAC_SHA1_160) {
        count(m, COUNT_mikey_malformed);
        return false;
    }
    if (!key_find(&m->keys, ack.idr, &name)) {
        count(m, COUNT_mikey_unknown_muk);
        return false;
    }
    *number = name.ue;
    ue = bmsc_ue(bmsc, *number);
    if (ue->session == POOL_NONE || ue->stage != BMSC_REQUESTED) {
        count(m, COUNT_mikey_replayed);
        return false;
    }
    session = pool_at(&bmsc->sessions, ue->session);
    if (session->vector != name.av) {
        count(m, COUNT_mikey_unknown_muk);
        return false;
    }
    if (session->acked || session->pushes == 0 ||
        (uint32_t)ack.ts - session->counter_min > ue->known_counter - session->counter_min) {
        count(m, COUNT_mikey_replayed);
        return false;
    }
    mikey_verification_mac(m->keys.crypto, session->msk_auth, ack.covered, m->world->text.bmsc_fqdn, ack.idr,
                           ack.ts_raw, mac);
    if (ack.ver_data.len != sizeof mac || !crypto_equal(mac, ack.ver_data.at, sizeof mac)) {
        count(m, COUNT_mikey_bad_mac);
        return false;
    }
    return true;
}

enum net_verdict bmsc_datagram(struct net_region *at, const struct net_delivery *d)
{
    struct model_region *m = model_of(at);
    struct bmsc_session *session;
    uint32_t number, job;

    if (!verify_ack(m, d->bytes, &number))
        return NET_REJECTED;
    session = bmsc_session(m, number);
    session->acked = true; /* before it may be served at once */
    job = bmsc_job_take(m->bmsc, BMSC_ACK, number);
    ((struct bmsc_job *)pool_at(&m->bmsc->jobs, job))->station.patient = true;
    return station_arrive(at, &m->bmsc->station, job, false) ? NET_RECEIVED : NET_REJECTED;
}

/* Delivered: the MUK is proven on both sides. */
void bmsc_serve_ack(struct net_region *at, uint32_t number)
{
    struct model_region *m = model_of(at);
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, number);

    count(m, COUNT_acks_received);
    if (ue->stage != BMSC_REQUESTED)
        return; /* by the ACK of an earlier request */
    ue->stage = BMSC_DELIVERED;
    ue->used = ue->known;
    ue->used_counter = ue->known_counter;
    bmsc_session_end(at, ue);
}
