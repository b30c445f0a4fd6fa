/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zh at the BSF: MAR out, MAA in (TS 29.109 §4.2). A Ub job waits meanwhile, named by the last part of the
 * Session-Id. */
#include "models/bsf/bsf.h"

#include "sim/base/random.h"

/* The HSS wants less: the GET is answered at once. */
static bool throttled(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bsf_job *job = pool_at(&m->bsf->jobs, index);
    struct bsf_subscriber *s = bsf_subscriber(m->bsf, job->subscriber);

    if (m->world->scenario->hss_overload_wait == 0 ||
        !overload_throttles(&m->bsf->zh_limit, at->now_ns,
                            random_u64(m->world->seed, job->subscriber, PURPOSE_OVERLOAD, s->draws++)))
        return false;
    count(m, COUNT_zh_throttled);
    server_refuses(&m->bsf->station.server, at->now_ns);
    bsf_ub_refuse(at, job, 503);
    bsf_job_give(m->bsf, index);
    return true;
}

void bsf_zh_request(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bsf *bsf = m->bsf;
    struct bsf_job *job = pool_at(&bsf->jobs, index);
    struct identity_text impi;
    uint8_t resync[30];
    char session[FQDN_BYTES_MAX + 36];
    struct wire_writer w = wire_writer(session, sizeof session);

    if (throttled(at, index))
        return;
    identity_impi(m->world, job->subscriber, &impi);
    wire_put_bytes(&w, m->world->text.bsf_diameter); /* RFC 6733 §8.8 */
    wire_put_literal(&w, ";");
    wire_put_decimal(&w, (uint64_t)m->world->epoch_s);
    wire_put_literal(&w, ";");
    wire_put_decimal(&w, job->serial);
    wire_put_literal(&w, ";"); /* the optional value: which job waits */
    wire_put_decimal(&w, index);

    struct diameter_message mar = {.command = DIAMETER_MULTIMEDIA_AUTH,
                                   .request = true,
                                   .application = DIAMETER_ZH,
                                   .hop_by_hop = job->serial,
                                   .end_to_end = job->serial,
                                   .session_id = bytes_of(session, wire_written(&w)),
                                   .origin_host = m->world->text.bsf_diameter,
                                   .origin_realm = m->world->text.diameter_realm,
                                   .destination_realm = m->world->text.diameter_realm,
                                   .destination_host = m->world->text.hss_diameter,
                                   .impi = identity_bytes(&impi)};
    if (job->credentials.resync) {
        memcpy(resync, job->challenge.rand_autn, 16);
        memcpy(resync + 16, job->credentials.auts, sizeof job->credentials.auts);
        mar.resync = bytes_of(resync, sizeof resync);
    }
    if (m->world->scenario->hss_overload_wait > 0)
        overload_offer(&mar);
    job->waiting = true;
    job->sent_ns = at->now_ns;
    count(m, COUNT_zh_requests);
    if (bsf_subscriber(bsf, job->subscriber)->zh_failed)
        count(m, COUNT_zh_requests_retried);
    diameter_peer_send(at, &bsf->hss, KIND_zh_mar, &mar);
    job->timeout = net_timeout(at, HOST_BSF, m->world->scenario->diameter_timeout, TIMER_ANSWER_TIMEOUT,
                               (uint64_t)job->serial << 32 | index);
}

/* The job that waits for an answer with these identifiers; NULL: none (any more). */
static struct bsf_job *waiting_job(struct bsf *bsf, uint32_t index, uint32_t serial)
{
    struct bsf_job *job;

    if (index >= bsf->jobs.top)
        return NULL;
    job = pool_at(&bsf->jobs, index);
    return job->waiting && job->serial == serial ? job : NULL;
}

/* Verify: what the MAA says, into the job. False if it is no proper answer. */
static bool read_maa(struct model_region *m, const struct diameter_message *maa, struct bsf_job *job)
{
    struct bsf_challenge *c = &job->challenge;
    struct key_name name;
    uint32_t number;

    job->result = maa->result;
    if (maa->result != DIAMETER_SUCCESS)
        return true;
    if (maa->rand_autn.len != 32 || maa->xres.len < 4 || maa->xres.len > sizeof c->xres ||
        maa->ck.len != 16 || maa->ik.len != 16 || !identity_find_impi(m->world, maa->impi, &number) ||
        number != job->subscriber)
        return false;
    memcpy(c->rand_autn, maa->rand_autn.at, 32);
    memcpy(c->xres, maa->xres.at, maa->xres.len);
    c->xres_length = (uint8_t)maa->xres.len;
    if (maa->uss.at == NULL || diameter_guss_lifetime(maa->uss, &c->lifetime_s) != WIRE_OK ||
        c->lifetime_s == 0)
        c->lifetime_s = (uint32_t)(m->world->scenario->gba_lifetime / CLOCK_SECOND);
    if (!key_find_rand(&m->keys, c->rand_autn, &name) || name.ue != job->subscriber)
        return false;
    c->vector = name.av;
    return true;
}

enum net_verdict bsf_zh_answer(struct net_region *at, const struct net_delivery *d)
{
    struct model_region *m = model_of(at);
    struct diameter_message maa;
    struct bsf_job *job;

    if (diameter_decode(d->bytes, &maa) != WIRE_OK || maa.request ||
        maa.command != DIAMETER_MULTIMEDIA_AUTH) {
        count(m, COUNT_diameter_malformed);
        return NET_REJECTED;
    }
    overload_heard(&m->bsf->zh_limit, at->now_ns, &maa);
    if (maa.hop_by_hop != maa.end_to_end)
        return NET_RECEIVED; /* to no request of ours */
    job = waiting_job(m->bsf, diameter_session_value(maa.session_id), maa.end_to_end);
    if (job == NULL || job->late)
        count(m, COUNT_zh_late);
    if (job == NULL)
        return NET_RECEIVED;
    if (!read_maa(m, &maa, job)) {
        count(m, COUNT_diameter_malformed);
        return NET_REJECTED;
    }
    bsf_subscriber(m->bsf, job->subscriber)->zh_failed = job->result == DIAMETER_TOO_BUSY;
    histogram_add(&m->tally.latency[PROCEDURE_zh], at->now_ns - job->sent_ns);
    net_timeout_cancel(at, job->timeout);
    job->waiting = false;
    job->work = BSF_ZH_ANSWER;
    station_arrive(at, &m->bsf->station, diameter_session_value(maa.session_id), true);
    return NET_RECEIVED;
}

static void challenge(struct net_region *at, struct bsf_job *job)
{
    struct bsf *bsf = model_of(at)->bsf;
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    if (s->challenge == POOL_NONE)
        s->challenge = pool_take(&bsf->challenges);
    else
        job->challenge.wrong = ((struct bsf_challenge *)pool_at(&bsf->challenges, s->challenge))->wrong;
    *(struct bsf_challenge *)pool_at(&bsf->challenges, s->challenge) = job->challenge;
    bsf_ub_challenge(at, job, &job->challenge);
}

/* Late and kept: the vector serves the UE's next try. */
static void keep_vector(struct bsf *bsf, const struct bsf_job *job)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    if (job->result != DIAMETER_SUCCESS)
        return;
    if (s->spare == POOL_NONE)
        s->spare = pool_take(&bsf->challenges);
    *(struct bsf_challenge *)pool_at(&bsf->challenges, s->spare) = job->challenge;
}

/* The vector of a challenge, not who it is for. */
static void take_vector(struct bsf_challenge *to, const struct bsf_challenge *from)
{
    to->lifetime_s = from->lifetime_s;
    to->vector = from->vector;
    memcpy(to->rand_autn, from->rand_autn, sizeof to->rand_autn);
    to->xres_length = from->xres_length;
    memcpy(to->xres, from->xres, sizeof to->xres);
}

void bsf_zh_vector(struct net_region *at, uint32_t index)
{
    struct bsf *bsf = model_of(at)->bsf;
    struct bsf_job *job = pool_at(&bsf->jobs, index);
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    if (s->spare == POOL_NONE) {
        bsf_zh_request(at, index);
        return;
    }
    take_vector(&job->challenge, pool_at(&bsf->challenges, s->spare));
    pool_give(&bsf->challenges, s->spare);
    s->spare = POOL_NONE;
    challenge(at, job);
    bsf_job_give(bsf, index);
}

/* Decide: challenge the UE, or turn it away. */
void bsf_zh_answered(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bsf *bsf = m->bsf;
    struct bsf_job *job = pool_at(&bsf->jobs, index);

    if (job->late) {
        keep_vector(bsf, job);
    } else if (job->result == DIAMETER_SUCCESS) {
        challenge(at, job);
    } else {
        if (job->result == DIAMETER_TOO_BUSY)
            count(m, COUNT_zh_busy);
        /* RFC 6733 §7.1: from 5000 on for good, below for now; which status says so to the UE, no text
         * tells. */
        bsf_ub_refuse(at, job, job->result < DIAMETER_PERMANENT ? 503 : 403);
    }
    bsf_job_give(bsf, index);
}

void bsf_zh_timeout(struct net_region *at, uint64_t argument)
{
    struct model_region *m = model_of(at);
    struct bsf_job *job = waiting_job(m->bsf, (uint32_t)argument, (uint32_t)(argument >> 32));

    if (job == NULL)
        return;
    count(m, COUNT_zh_timeouts);
    bsf_subscriber(m->bsf, job->subscriber)->zh_failed = true;
    bsf_ub_refuse(at, job, 503);
    if (m->world->scenario->bsf_late_answers == LATE_ANSWERS_KEEP)
        job->late = true;
    else
        bsf_job_give(m->bsf, (uint32_t)argument);
}
