/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Encode: the BM-SC's answers on Ua. */
#include "models/bmsc/bmsc.h"

#include "sim/base/random.h"

#define SERVER_NAME "BMSC-sim"

static void finish(struct net_region *at, struct net_conn conn, struct net_message *out,
                   enum wire_status status, size_t length)
{
    if (status != WIRE_OK) {
        net_message_drop(at, out);
        return;
    }
    out->length = (uint32_t)length;
    net_tcp_send(at, conn, out);
}

void bmsc_send_challenge(struct net_region *at, struct net_conn conn, enum bmsc_challenge why)
{
    struct model_region *m = model_of(at);
    struct net_message *out = net_message(at, KIND_ua_401, 500);
    char nonce[NONCE_TEXT_BYTES];
    size_t length = 0;
    enum wire_status status;

    count(m, COUNT_http_401);
    count_rate(m, RATE_ua_401, at->now_ns);
    if (why == CHALLENGE_STALE)
        count(m, COUNT_http_401_stale);
    else if (why == CHALLENGE_RENEGOTIATE)
        count(m, COUNT_http_401_renegotiate);
    nonce_seal(&m->keys, at->now_ns, ++m->bmsc->nonce_serial, NONCE_CHALLENGE, nonce);
    struct digest_fields f = {.realm = m->world->text.ua_realm,
                              .nonce = bytes_of(nonce, sizeof nonce),
                              .algorithm = bytes_text("MD5"),
                              .qop = bytes_text("auth-int"),
                              .opaque = bytes_of(m->world->ua_opaque, sizeof m->world->ua_opaque),
                              .stale = why == CHALLENGE_STALE};
    status = ua_challenge_encode(&f, world_unix_s(m->world, at->now_ns), out->bytes, out->capacity, &length);
    finish(at, conn, out, status, length);
}

/* RFC 2617 §3.2.3; only where somebody uses it. */
static bool gives_next_nonce(const struct scenario *s)
{
    return s->bmsc_nextnonce_lifetime > 0 && s->ue_preemptive > 0;
}

void bmsc_send_success(struct net_region *at, const struct bmsc_job *job, const struct bmsc_session *session)
{
    struct model_region *m = model_of(at);
    const struct bmsc_post *post = &job->post;
    struct net_message *out = net_message(at, KIND_ua_200, 1000 + 200 * post->key_count);
    struct digest_hash ha2, rspauth;
    uint8_t body[200 + 200 * UA_KEYS_MAX];
    size_t body_length = 0, length = 0;
    enum wire_status status =
        ua_response_body_encode(post->keys, post->key_count, body, sizeof body, &body_length);
    const struct pool *long_texts = &m->bmsc->long_texts;
    char next[NONCE_TEXT_BYTES];
    struct digest_fields info = {.qop = bytes_text("auth-int"),
                                 .has_nc = true,
                                 .nc = post->nc,
                                 .cnonce = texts_get(long_texts, &post->texts, POST_CNONCE)};

    count(m, COUNT_http_200);
    if (gives_next_nonce(m->world->scenario)) {
        nonce_seal(&m->keys, at->now_ns, ++m->bmsc->nonce_serial, NONCE_NEXT, next);
        info.nextnonce = bytes_of(next, sizeof next);
    }
    digest_ha2(m->keys.crypto, DIGEST_MD5, bytes_of(NULL, 0), texts_get(long_texts, &post->texts, POST_URI),
               true, bytes_of(body, body_length), &ha2);
    digest_response(m->keys.crypto, DIGEST_MD5, &session->ha1,
                    texts_get(long_texts, &post->texts, POST_NONCE), post->nc, info.cnonce, info.qop, &ha2,
                    &rspauth);
    info.rspauth = digest_hash_bytes(&rspauth);
    if (status == WIRE_OK)
        status = ua_success_encode(&info, world_unix_s(m->world, at->now_ns),
                                   world_unix_s(m->world, bmsc_ue(m->bmsc, job->ue)->known_expiry_ns),
                                   bytes_of(body, body_length), out->bytes, out->capacity, &length);
    finish(at, job->conn, out, status, length);
}

static uint32_t retry_after_s(struct model_region *m, const struct bmsc_job *job)
{
    const struct scenario *s = m->world->scenario;
    const struct station_retry rule = {s->bmsc_retry_after, s->bmsc_retry_after_grows,
                                       s->bmsc_retry_after_spread};
    uint64_t bits = 0;

    if (rule.spread > 0)
        bits = random_u64(m->world->seed, job->ue, PURPOSE_RETRY_AFTER, bmsc_ue(m->bmsc, job->ue)->draws++);
    return station_retry_after_s(&m->bmsc->station, &rule, bits);
}

void bmsc_send_refusal(struct net_region *at, const struct bmsc_job *job, unsigned status)
{
    struct model_region *m = model_of(at);
    struct net_message *out = net_message(at, KIND_ua_error, 256);
    size_t length = 0;

    if (status == 503)
        count(m, COUNT_http_503);
    else if (status == 504)
        count(m, COUNT_http_504);
    enum wire_status encoded =
        http_error_encode(status, SERVER_NAME, world_unix_s(m->world, at->now_ns),
                          status == 503 ? retry_after_s(m, job) : 0, out->bytes, out->capacity, &length);
    finish(at, job->conn, out, encoded, length);
}
