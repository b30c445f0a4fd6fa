/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub at the BSF: GET -> Zh -> 401, GET with credentials -> 200 (TS 33.220 §4.5.2, TS 24.109 §4,
 * RFC 3310). */
#include "models/bsf/bsf.h"

#include "models/wire/ua.h"
#include "models/wire/ub.h"
#include "sim/base/random.h"

/* --- encode --------------------------------------------------------------------------------------------- */

static uint32_t retry_after_s(struct model_region *m, const struct bsf_job *job)
{
    const struct scenario *s = m->world->scenario;
    const struct station_retry rule = {s->bsf_retry_after, s->bsf_retry_after_grows,
                                       s->bsf_retry_after_spread};
    uint64_t bits = 0;

    if (rule.spread > 0)
        bits = random_u64(m->world->seed, job->subscriber, PURPOSE_RETRY_AFTER,
                          bsf_subscriber(m->bsf, job->subscriber)->draws++);
    return station_retry_after_s(&m->bsf->station, &rule, bits);
}

void bsf_ub_refuse(struct net_region *at, const struct bsf_job *job, unsigned status)
{
    const struct world *world = model_of(at)->world;
    struct net_message *out = net_message(at, KIND_ub_error, 256);
    uint32_t retry_after = status == 503 ? retry_after_s(model_of(at), job) : 0;
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
    struct identity_text b_tid;
    struct digest_hash ha2, rspauth;
    uint8_t body[512];
    char nonce[44];
    struct wire_writer w = wire_writer(nonce, sizeof nonce);
    int64_t expiry = m->world->epoch_s + expiry_ns / CLOCK_SECOND;
    size_t body_length = 0, length = 0;

    count(m, COUNT_ub_200);
    wire_put_base64(&w, challenge->rand_autn, sizeof challenge->rand_autn);
    identity_b_tid(m->world, challenge->rand_autn, &b_tid);
    ub_info_encode(identity_bytes(&b_tid), expiry, body, sizeof body, &body_length);
    struct digest_fields info = {.qop = bytes_text("auth-int"),
                                 .has_nc = true,
                                 .nc = c->nc,
                                 .cnonce = texts_get(&m->bsf->long_texts, &c->texts, UB_CNONCE)};
    digest_ha2(m->keys.crypto, DIGEST_MD5, bytes_of(NULL, 0),
               texts_get(&m->bsf->long_texts, &c->texts, UB_URI), true, bytes_of(body, body_length), &ha2);
    digest_response(m->keys.crypto, DIGEST_MD5, &c->ha1, bytes_of(nonce, sizeof nonce), c->nc, info.cnonce,
                    info.qop, &ha2, &rspauth);
    info.rspauth = digest_hash_bytes(&rspauth);
    ub_success_encode(&info, world_unix_s(m->world, at->now_ns), expiry, bytes_of(body, body_length),
                      out->bytes, out->capacity, &length);
    out->length = (uint32_t)length;
    net_tcp_send(at, job->conn, out);
}

/* --- decide --------------------------------------------------------------------------------------------- */

/* The challenge was answered, or is given up. */
static void drop_challenge(struct bsf *bsf, struct bsf_subscriber *s)
{
    pool_give(&bsf->challenges, s->challenge);
    s->challenge = POOL_NONE;
}

/* A response that is right is good once, whatever it is answered: who heard it could send it again. One with
 * AUTS proves nothing, as its password is empty (RFC 3310 §3.4). */
static void spend(struct bsf *bsf, const struct bsf_job *job)
{
    struct bsf_subscriber *s;

    if (job->work != BSF_UB_CREDENTIALS || !job->credentials.right || job->credentials.resync)
        return;
    s = bsf_subscriber(bsf, job->subscriber);
    if (s->challenge != POOL_NONE)
        drop_challenge(bsf, s);
}

void bsf_ub_turn_away(struct net_region *at, uint32_t index, bool answer)
{
    struct bsf *bsf = model_of(at)->bsf;
    struct bsf_job *job = pool_at(&bsf->jobs, index);

    spend(bsf, job);
    if (answer)
        bsf_ub_refuse(at, job, 503);
    bsf_job_give(bsf, index);
}

enum net_verdict bsf_ub_request(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    uint32_t index = bsf_job_take(m->bsf);
    struct bsf_job *job = pool_at(&m->bsf->jobs, index);
    unsigned status = bsf_verify_ub(m, d->bytes, d->peer - HOST_UES, job);
    bool malformed = status == 400;

    job->conn = conn;
    job->station.deadline_ns = d->mark_ns;
    if (malformed)
        count(m, COUNT_http_malformed);
    if (status == 200) {
        station_watch(at, &m->bsf->station, conn, index);
        station_arrive(at, &m->bsf->station, index, false);
    } else {
        bsf_ub_refuse(at, job, status);
        if (malformed)
            station_hang_up(at, conn);
        bsf_job_give(m->bsf, index);
    }
    return malformed ? NET_REJECTED : NET_RECEIVED;
}

/* "An appropriate error message" (TS 33.220 §4.5.2 step 2), which no text names: 403. */
void bsf_ub_unknown(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);

    count(m, COUNT_tmpi_unknown);
    bsf_ub_refuse(at, pool_at(&m->bsf->jobs, index), 403);
    bsf_job_give(m->bsf, index);
}

/* A new challenge after each wrong response, up to the last (TS 24.109 §4.3). */
static void wrong_response(struct net_region *at, uint32_t index, struct bsf_challenge *challenge)
{
    struct model_region *m = model_of(at);
    struct bsf_job *job = pool_at(&m->bsf->jobs, index);

    count(m, COUNT_digest_failed);
    job->credentials.resync = false;
    if (++challenge->wrong < m->world->scenario->bsf_response_attempts) {
        bsf_zh_vector(at, index);
        return;
    }
    drop_challenge(m->bsf, bsf_subscriber(m->bsf, job->subscriber));
    bsf_ub_refuse(at, job, 403);
    bsf_job_give(m->bsf, index);
}

/* The UE has proven itself: its session begins, and it has a new TMPI, if it understands that. */
static void bootstrapped(struct net_region *at, struct bsf_job *job, const struct bsf_challenge *challenge)
{
    struct bsf *bsf = model_of(at)->bsf;
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);
    int64_t now_s = at->now_ns / CLOCK_SECOND;

    s->vector = challenge->vector;
    s->tmpi = job->tmpi_understood ? s->vector : AV_NONE;
    s->expiry_ns = (now_s + challenge->lifetime_s) * CLOCK_SECOND;
    send_success(at, job, challenge, s->expiry_ns);
    drop_challenge(bsf, s);
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
        bsf_zh_vector(at, index);
    } else if (!job->credentials.right) {
        wrong_response(at, index, challenge);
    } else if (job->credentials.resync) {
        memcpy(job->challenge.rand_autn, challenge->rand_autn, 16);
        bsf_zh_request(at, index);
    } else {
        bootstrapped(at, job, challenge);
        bsf_job_give(bsf, index);
    }
}
