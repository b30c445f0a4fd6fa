/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ua at the UE: the MSK request (TS 33.246 §6.3.2.2.1), POST, 401, POST with credentials, 200. */
#include "models/ue/ue.h"

#include "models/wire/ua.h"

void ue_cnonce(struct ue_at *u)
{
    struct wire_writer w = wire_writer(u->x->cnonce, sizeof u->x->cnonce);
    uint64_t bits = ue_draw(u, PURPOSE_CNONCE);

    wire_put_hex32(&w, (uint32_t)(bits >> 32), 8);
    wire_put_hex32(&w, (uint32_t)bits, 8);
}

bool ue_challenge_keep(struct ue_at *u, const struct digest_fields *challenge)
{
    if (challenge->nonce.len == 0 || challenge->nonce.len > TEXTS_ONE_BYTES_MAX ||
        challenge->opaque.len > TEXTS_ONE_BYTES_MAX)
        return false;
    texts_put(&u->m->ues->long_texts, &u->x->texts,
              (struct bytes[]){[CHALLENGE_NONCE] = challenge->nonce, [CHALLENGE_OPAQUE] = challenge->opaque},
              2);
    return true;
}

struct bytes ue_challenge_nonce(const struct ue_at *u)
{
    return texts_get(&u->m->ues->long_texts, &u->x->texts, CHALLENGE_NONCE);
}

struct bytes ue_challenge_opaque(const struct ue_at *u)
{
    struct bytes opaque = texts_get(&u->m->ues->long_texts, &u->x->texts, CHALLENGE_OPAQUE);

    return opaque.len > 0 ? opaque : bytes_of(NULL, 0);
}

static struct bytes request_body(struct ue_at *u, uint8_t *buffer, size_t capacity)
{
    struct ua_key key = {.msk_id = (uint32_t)u->x->key_group << 16};
    size_t length = 0;

    memcpy(key.key_domain_id, u->m->world->key_domain_id, sizeof key.key_domain_id);
    ua_request_body_encode(&key, 1, buffer, capacity, &length);
    return bytes_of(buffer, length);
}

static void send_post(struct ue_at *u, enum message_kind kind, const struct digest_fields *credentials,
                      struct bytes body)
{
    const struct world *world = u->m->world;
    struct net_message *post = net_message(u->net, kind, credentials ? 1200 : 700);
    size_t length = 0;
    enum wire_status status = ua_request_encode(world->text.bmsc_fqdn, world_unix_s(world, u->net->now_ns),
                                                credentials, body, post->bytes, post->capacity, &length);

    ue_exchange_send(u, post, status, length);
}

/* Answers the challenge at hand, with the exchange's nc, with the newest MUK's B-TID and MRK. */
static void send_credentials(struct ue_at *u)
{
    struct ue_exchange *x = u->x;
    struct identity_text b_tid;
    struct digest_hash ha2, response;
    uint8_t buffer[512];
    struct bytes body = request_body(u, buffer, sizeof buffer);

    ue_exchange_muk(u, u->ue->newest.vector);
    identity_b_tid(u->m->world, x->muk_rand, &b_tid);
    key_ua_ha1(&u->m->keys, identity_bytes(&b_tid), x->muk, &x->ha1);
    ue_cnonce(u);

    struct digest_fields c = {.username = identity_bytes(&b_tid),
                              .realm = u->m->world->text.ua_realm,
                              .nonce = ue_challenge_nonce(u),
                              .uri = bytes_text(UA_MSK_REQUEST_URI),
                              .qop = bytes_text("auth-int"),
                              .has_nc = true,
                              .nc = x->nc,
                              .cnonce = bytes_of(x->cnonce, sizeof x->cnonce),
                              .opaque = ue_challenge_opaque(u),
                              .algorithm = bytes_text("MD5")};
    digest_ha2(u->m->keys.crypto, DIGEST_MD5, bytes_text("POST"), c.uri, true, body, &ha2);
    digest_response(u->m->keys.crypto, DIGEST_MD5, &x->ha1, c.nonce, c.nc, c.cnonce, c.qop, &ha2, &response);
    c.response = digest_hash_bytes(&response);
    send_post(u, KIND_ua_auth_post, &c, body);
    ue_exchange_phase(u, UE_REQUESTING, u->m->world->scenario->ue_response_timeout);
}

void ue_request_start(struct ue_at *u)
{
    uint8_t buffer[512];

    if (u->x->msk_arrived) { /* while it bootstrapped: there is nothing left to ask for */
        ue_exchange_end(u);
        return;
    }
    count(u->m, COUNT_requests_started);
    u->x->started_ns = u->net->now_ns;
    u->x->conn = net_tcp_connect(u->net, HOST_UES + u->number, HOST_BMSC, HTTP_PORT, http_frame);
    if (ue_nonce_take(u)) {
        send_credentials(u);
        return;
    }
    send_post(u, KIND_ua_post, NULL, request_body(u, buffer, sizeof buffer));
    ue_exchange_phase(u, UE_ASKING, u->m->world->scenario->ue_response_timeout);
}

/* Of several challenges the first that we understand; its nonce and opaque are kept. */
static bool challenge_read(struct ue_at *u, const struct http_message *answer, struct digest_fields *c)
{
    const struct bytes *header = NULL;

    while ((header = http_find_next(answer, "WWW-Authenticate", header)) != NULL)
        if (digest_decode(*header, true, c) == WIRE_OK && bytes_equal(c->realm, u->m->world->text.ua_realm) &&
            (c->algorithm.at == NULL || bytes_equal(c->algorithm, bytes_text("MD5"))) &&
            digest_list_has(c->qop, "auth-int") && ue_challenge_keep(u, c)) {
            u->x->nc = 1;
            return true;
        }
    return false;
}

/* 401: to a POST without credentials it is a challenge; with stale=true it is answered at once; any other
 * asks for a new bootstrap (TS 24.109 §5.2.5), and is a challenge all the same, which is answered when that
 * is done. */
static enum net_verdict challenged(struct ue_at *u, const struct http_message *answer)
{
    struct digest_fields c;

    if (!challenge_read(u, answer, &c)) {
        count(u->m, COUNT_http_malformed);
        ue_exchange_retry(u);
        return NET_REJECTED;
    }
    if (u->x->msk_arrived) { /* that of an earlier request */
        ue_exchange_end(u);
    } else if (u->x->phase == UE_ASKING) {
        send_credentials(u);
    } else if (c.stale && u->x->stale < UE_STALE_MAX) {
        u->x->stale++;
        send_credentials(u);
    } else if (c.stale || u->x->renegotiations == UE_RENEGOTIATIONS_MAX) {
        ue_exchange_retry(u);
    } else {
        u->x->renegotiations++;
        u->x->stale = u->x->challenges = 0;
        u->x->bootstrap = true;
        ue_nonce_keep(u);
        ue_exchange_hang_up(u);
        ue_exchange_go(u);
    }
    return NET_RECEIVED;
}

bool ue_rspauth_right(struct ue_at *u, const struct http_message *answer, const char *uri,
                      struct digest_fields *info)
{
    struct ue_exchange *x = u->x;
    struct digest_hash ha2, expected;

    if (digest_info_decode(answer, info) != WIRE_OK || !info->has_nc || info->nc != x->nc ||
        !bytes_equal(info->cnonce, bytes_of(x->cnonce, sizeof x->cnonce)) ||
        !bytes_equal(info->qop, bytes_text("auth-int")))
        return false;
    digest_ha2(u->m->keys.crypto, DIGEST_MD5, bytes_of(NULL, 0), bytes_text(uri), true, answer->body, &ha2);
    digest_response(u->m->keys.crypto, DIGEST_MD5, &x->ha1, ue_challenge_nonce(u), x->nc, info->cnonce,
                    info->qop, &ha2, &expected);
    return info->rspauth.len == expected.length &&
           crypto_equal(info->rspauth.at, expected.hex, expected.length);
}

/* The answer for the key that was asked for, by its Key Domain and MSK ID; others that a response may hold,
 * or lack, say nothing of it (TS 33.246 §6.3.2.4). NULL: there is none. */
static const struct ua_key *key_asked_for(const struct ue_at *u, const struct ua_key *keys,
                                          unsigned key_count)
{
    for (unsigned i = 0; i < key_count; i++)
        if (memcmp(keys[i].key_domain_id, u->m->world->key_domain_id, sizeof keys[i].key_domain_id) == 0 &&
            keys[i].msk_id == (uint32_t)u->x->key_group << 16)
            return &keys[i];
    return NULL;
}

/* Granted: the MSK follows, or has come before. */
static void granted(struct ue_at *u)
{
    ue_exchange_hang_up(u);
    if (u->x->msk_arrived) {
        ue_exchange_end(u);
        return;
    }
    u->x->started_ns = u->net->now_ns;
    ue_exchange_phase(u, UE_AWAITING_MSK, u->m->world->scenario->ue_msk_timeout);
}

static enum net_verdict success(struct ue_at *u, const struct http_message *answer)
{
    struct ua_key keys[UA_KEYS_MAX];
    const struct ua_key *key = NULL;
    struct digest_fields info;
    unsigned key_count;

    if (!ue_rspauth_right(u, answer, UA_MSK_REQUEST_URI, &info)) {
        count(u->m, COUNT_digest_failed);
        ue_exchange_retry(u);
        return NET_REJECTED;
    }
    if (ua_response_body_decode(answer->body, keys, &key_count) == WIRE_OK)
        key = key_asked_for(u, keys, key_count);
    if (key == NULL) {
        count(u->m, COUNT_http_malformed);
        ue_exchange_retry(u);
        return NET_REJECTED;
    }
    histogram_add(&u->m->tally.latency[PROCEDURE_msk_request], u->net->now_ns - u->x->started_ns);
    ue_nonce_remember(u, info.nextnonce);
    if (key->status != 200)
        ue_exchange_refused(u);
    else
        granted(u);
    return NET_RECEIVED;
}

enum net_verdict ue_request_answer(struct ue_at *u, const struct http_message *answer)
{
    if (answer->status == 401)
        return challenged(u, answer);
    if (answer->status == 200 && u->x->phase == UE_REQUESTING)
        return success(u, answer);
    ue_exchange_failed_answer(u, answer);
    return NET_RECEIVED;
}
