/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub at the BSF: GET -> Zh -> 401, GET with credentials -> 200 (TS 33.220 §4.5.2, RFC 3310). */
#include "models/bsf/bsf.h"

#include "models/wire/ua.h"
#include "models/wire/ub.h"

/* --- verify --------------------------------------------------------------------------------------------- */

/* Digest of a GET (empty body) under a password, against what was sent. */
static bool response_right(struct model_region *m, const struct digest_fields *f, struct bytes password,
                           struct digest_hash *ha1)
{
    struct digest_hash ha2, expected;

    digest_ha1(m->crypto, DIGEST_MD5, f->username, f->realm, password, ha1);
    digest_ha2(m->crypto, DIGEST_MD5, bytes_text("GET"), f->uri, true, bytes_of(NULL, 0), &ha2);
    digest_response(m->crypto, DIGEST_MD5, ha1, f->nonce, f->nc, f->cnonce, f->qop, &ha2, &expected);
    return f->response.len == expected.length && crypto_equal(f->response.at, expected.hex, expected.length);
}

/* False if malformed. */
static bool verify_credentials(struct model_region *m, const struct bsf_challenge *challenge,
                               const struct digest_fields *f, struct bsf_credentials *out)
{
    uint8_t nonce[48];
    size_t length;

    if (!f->has_nc || f->cnonce.at == NULL || f->cnonce.len > sizeof out->cnonce ||
        !bytes_equal(f->qop, bytes_text("auth-int")) || !bytes_equal(f->algorithm, bytes_text("AKAv1-MD5")) ||
        wire_base64_decode(f->nonce, nonce, sizeof nonce, &length) != WIRE_OK || length < 32)
        return false;
    out->nc = f->nc;
    out->cnonce_length = (uint8_t)f->cnonce.len;
    memcpy(out->cnonce, f->cnonce.at, f->cnonce.len);
    bool answers = challenge != NULL && memcmp(nonce, challenge->rand_autn, 32) == 0;
    out->vector = answers ? challenge->vector : VECTOR_NONE;
    if (f->auts.at != NULL) {
        if (wire_base64_decode(f->auts, out->auts, sizeof out->auts, &length) != WIRE_OK ||
            length != sizeof out->auts)
            return false;
        out->resync = true;
        out->right = response_right(m, f, bytes_of(NULL, 0), &out->ha1);
    } else if (answers) {
        out->right = response_right(m, f, bytes_of(challenge->xres, challenge->xres_length), &out->ha1);
    }
    return true;
}

/* False if this is not a request of Ub. A well-formed one of an unknown subscriber leaves status 403. */
static bool verify(struct model_region *m, struct bytes bytes, struct bsf_job *job, unsigned *status)
{
    struct bsf *bsf = m->bsf;
    struct http_message request;
    struct digest_fields f;
    const struct bytes *header;

    *status = 200;
    if (http_decode(bytes, &request) != WIRE_OK || !request.is_request ||
        !bytes_equal(request.method, bytes_text("GET")) || !bytes_equal(request.target, bytes_text("/")))
        return false;
    header = http_find(&request, "Authorization");
    if (header == NULL || digest_decode(*header, true, &f) != WIRE_OK || f.username.at == NULL ||
        f.nonce.at == NULL || f.response.at == NULL || !bytes_equal(f.uri, request.target) ||
        !bytes_equal(f.realm, m->world->text.bsf_fqdn))
        return false;
    if (!subscriber_of_impi(m->world, f.username, &job->subscriber)) {
        *status = 403;
        return true;
    }
    if (f.nonce.len == 0) {
        job->work = BSF_UB_GET;
        return true;
    }
    job->work = BSF_UB_CREDENTIALS;
    uint32_t waiting = bsf_subscriber(bsf, job->subscriber)->challenge;
    return verify_credentials(m, waiting == POOL_NONE ? NULL : pool_at(&bsf->challenges, waiting), &f,
                              &job->credentials);
}

/* --- encode --------------------------------------------------------------------------------------------- */

void bsf_ub_refuse(struct net_region *at, const struct bsf_job *job, unsigned status)
{
    const struct world *world = model_of(at)->world;
    struct net_message *out = net_message(at, KIND_ub_error, 256);
    uint32_t retry_after = status == 503 ? (uint32_t)(world->scenario->bsf_retry_after / CLOCK_SECOND) : 0;
    size_t length = 0;

    if (status == 503)
        count(model_of(at), COUNT_ub_503);
    if (http_error_encode(status, UB_SERVER, world_unix_s(world, at->now_ns), retry_after, out->bytes,
                          out->capacity, &length) != WIRE_OK) {
        net_message_drop(at, out);
        return;
    }
    out->length = (uint32_t)length;
    net_tcp_send(at, job->conn, out);
}

void bsf_ub_challenge(struct net_region *at, const struct bsf_job *job, const struct bsf_challenge *challenge)
{
    const struct world *world = model_of(at)->world;
    struct net_message *out = net_message(at, KIND_ub_401, 500);
    char nonce[44];
    struct wire_writer w = wire_writer(nonce, sizeof nonce);
    size_t length = 0;

    count(model_of(at), COUNT_ub_401);
    wire_put_base64(&w, challenge->rand_autn, sizeof challenge->rand_autn);
    struct digest_fields f = {.realm = world->text.bsf_fqdn,
                              .nonce = bytes_of(nonce, sizeof nonce),
                              .algorithm = bytes_text("AKAv1-MD5"),
                              .qop = bytes_text("auth-int")};
    ub_challenge_encode(&f, world_unix_s(world, at->now_ns), out->bytes, out->capacity, &length);
    out->length = (uint32_t)length;
    net_tcp_send(at, job->conn, out);
}

static void send_success(struct net_region *at, const struct bsf_job *job,
                         const struct bsf_challenge *challenge, int64_t expiry_ns)
{
    struct model_region *m = model_of(at);
    const struct bsf_credentials *c = &job->credentials;
    struct net_message *out = net_message(at, KIND_ub_200, 1000);
    struct subscriber_text b_tid;
    struct digest_hash ha2, rspauth;
    uint8_t body[512];
    char nonce[44];
    struct wire_writer w = wire_writer(nonce, sizeof nonce);
    int64_t expiry = m->world->epoch_s + expiry_ns / CLOCK_SECOND;
    size_t body_length = 0, length = 0;

    count(m, COUNT_ub_200);
    wire_put_base64(&w, challenge->rand_autn, sizeof challenge->rand_autn);
    subscriber_b_tid(m->world, challenge->rand_autn, &b_tid);
    ub_info_encode(subscriber_bytes(&b_tid), expiry, body, sizeof body, &body_length);
    struct digest_fields info = {.qop = bytes_text("auth-int"),
                                 .has_nc = true,
                                 .nc = c->nc,
                                 .cnonce = bytes_of(c->cnonce, c->cnonce_length)};
    digest_ha2(m->crypto, DIGEST_MD5, bytes_of(NULL, 0), bytes_text("/"), true, bytes_of(body, body_length),
               &ha2);
    digest_response(m->crypto, DIGEST_MD5, &c->ha1, bytes_of(nonce, sizeof nonce), c->nc, info.cnonce,
                    info.qop, &ha2, &rspauth);
    info.rspauth = digest_hash_bytes(&rspauth);
    ub_success_encode(&info, world_unix_s(m->world, at->now_ns), expiry, bytes_of(body, body_length),
                      out->bytes, out->capacity, &length);
    out->length = (uint32_t)length;
    net_tcp_send(at, job->conn, out);
}

/* --- decide --------------------------------------------------------------------------------------------- */

enum net_verdict bsf_ub_request(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    uint32_t index = bsf_job_take(m->bsf);
    struct bsf_job *job = pool_at(&m->bsf->jobs, index);
    unsigned status;

    job->conn = conn;
    if (!verify(m, d->bytes, job, &status)) {
        count(m, COUNT_http_malformed);
        bsf_ub_refuse(at, job, 400);
        bsf_job_give(m->bsf, index);
        return NET_REJECTED;
    }
    if (status == 200 && !station_arrive(at, &m->bsf->station, index, false))
        status = 503;
    if (status != 200) {
        bsf_ub_refuse(at, job, status);
        bsf_job_give(m->bsf, index);
    }
    return NET_RECEIVED;
}

void bsf_ub_credentials(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bsf *bsf = m->bsf;
    struct bsf_job *job = pool_at(&bsf->jobs, index);
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);
    struct bsf_challenge *challenge =
        s->challenge == POOL_NONE ? NULL : pool_at(&bsf->challenges, s->challenge);

    /* An old challenge, or one replaced while the request waited: a new one. */
    if (challenge == NULL || job->credentials.vector != challenge->vector) {
        job->credentials.resync = false;
        bsf_zh_request(at, index);
        return;
    }
    if (!job->credentials.right) {
        count(m, COUNT_digest_failed);
        bsf_ub_challenge(at, job, challenge);
    } else if (job->credentials.resync) {
        memcpy(job->challenge.rand_autn, challenge->rand_autn, 16);
        bsf_zh_request(at, index);
        return;
    } else {
        int64_t now_s = at->now_ns / CLOCK_SECOND;

        s->vector = challenge->vector;
        s->expiry_ns = (now_s + challenge->lifetime_s) * CLOCK_SECOND;
        send_success(at, job, challenge, s->expiry_ns);
        pool_give(&bsf->challenges, s->challenge);
        s->challenge = POOL_NONE;
    }
    bsf_job_give(bsf, index);
}
