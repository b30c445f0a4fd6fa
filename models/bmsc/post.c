/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Decide: what becomes of a POST (TS 33.246 §6.3.2.2.1, TS 33.220 §4.5.3, RFC 2617 §3.2.1). */
#include "models/bmsc/bmsc.h"

#include "sim/base/random.h"

enum net_verdict bmsc_post_arrives(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    struct bmsc *bmsc = m->bmsc;
    uint32_t index = bmsc_job_take(bmsc, BMSC_POST, d->peer - HOST_UES);
    struct bmsc_job *job = pool_at(&bmsc->jobs, index);
    unsigned status;

    job->conn = conn;
    job->peer = d->peer;
    job->station.deadline_ns = d->mark_ns;
    status = bmsc_verify_post(m, at->now_ns, d->bytes, job);
    if (status != 200) {
        count(m, COUNT_http_malformed);
        bmsc_send_refusal(at, job, status);
        station_hang_up(at, conn);
        bmsc_job_give(bmsc, index);
        return NET_REJECTED;
    }
    station_watch(at, &bmsc->station, conn, index);
    station_arrive(at, &bmsc->station, index, false);
    return NET_RECEIVED;
}

/* HA1 of the session's keys, made when first needed. */
static void session_ha1(struct model_region *m, struct bmsc_session *session)
{
    struct identity_text b_tid;

    if (session->has_ha1)
        return;
    identity_b_tid(m->world, session->rand, &b_tid);
    key_ua_ha1(&m->keys, identity_bytes(&b_tid), session->muk, &session->ha1);
    session->has_ha1 = true;
}

/* A UE is made to bootstrap again if its key expires soon, or, unless it was made to already, by policy
 * (TS 33.220 §4.5.3). */
static bool wants_bootstrap(const struct world *world, int64_t now_ns, uint32_t number,
                            const struct bmsc_ue *ue)
{
    return ue->known_expiry_ns - now_ns <= world->scenario->bmsc_muk_margin ||
           (!ue->renegotiated &&
            world_chance(world, number, PURPOSE_RENEGOTIATE, world->scenario->bmsc_renegotiate));
}

static void renegotiate(struct net_region *at, const struct bmsc_job *job)
{
    bmsc_ue(model_of(at)->bmsc, job->ue)->renegotiated = true;
    bmsc_send_challenge(at, job->conn, CHALLENGE_RENEGOTIATE);
}

/* Each key is granted or refused by itself (TS 33.246 §6.3.2.4); ours is the current MSK of our group. 403
 * is for keys of a service that the UE is not registered to (table G.2.4-1). */
static bool authorise(const struct world *world, struct bmsc_post *post)
{
    bool granted = false;

    for (unsigned i = 0; i < post->key_count; i++) {
        struct ua_key *key = &post->keys[i];
        uint16_t group = (uint16_t)(key->msk_id >> 16), number = (uint16_t)key->msk_id;
        bool ours = memcmp(key->key_domain_id, world->key_domain_id, 3) == 0 &&
                    group == world->scenario->msk_key_group && (number == 0 || number == world->msk_number);

        key->status = ours ? 200 : 403;
        granted = granted || ours;
    }
    return granted;
}

/* Granted: 200 first, then the MSK by MIKEY. */
static void grant(struct net_region *at, struct bmsc_job *job, struct bmsc_session *session)
{
    struct model_region *m = model_of(at);
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, job->ue);
    bool granted = authorise(m->world, &job->post);

    count(m, COUNT_msk_requests);
    if (ue->stage == BMSC_GAVE_UP)
        m->tally.counters[COUNT_ues_unanswered]--;
    ue->serial++;
    net_timeout_cancel(at, session->timeout);
    session->timeout = 0;
    ue->stage = BMSC_REQUESTED;
    session->address = job->peer;
    session->pushes = 0;
    session->acked = false;
    bmsc_send_success(at, job, session);
    if (granted)
        bmsc_queue_msk(at, job->ue);
    else
        bmsc_session_end(at, ue);
}

/* The keys of the B-TID are at hand: check the digest, the nonce, and policy. */
static void authenticate(struct net_region *at, struct bmsc_job *job)
{
    struct model_region *m = model_of(at);
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, job->ue);
    struct bmsc_post *post = &job->post;
    struct bmsc_session *session = bmsc_session(m, job->ue);

    bmsc_session_keys(m, job->ue, session, ue->known);
    session_ha1(m, session);
    if (!bmsc_digest_right(m, session, post)) {
        count(m, COUNT_digest_failed);
        bmsc_send_challenge(at, job->conn, CHALLENGE_FIRST);
    } else if (!bmsc_nonce_spend(m->bmsc, ue, post)) {
        bmsc_send_challenge(at, job->conn, CHALLENGE_STALE);
    } else if (wants_bootstrap(m->world, at->now_ns, job->ue, ue)) {
        renegotiate(at, job);
    } else {
        grant(at, job, session);
    }
}

void bmsc_serve_auth_post(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bmsc_job *job = pool_at(&m->bmsc->jobs, index);
    struct bmsc_ue *ue;

    if (!job->post.b_tid_known_form) {
        bmsc_send_challenge(at, job->conn, CHALLENGE_RENEGOTIATE);
        bmsc_job_give(m->bmsc, index);
        return;
    }
    ue = bmsc_ue(m->bmsc, job->ue);
    if (ue->known != job->post.vector) {
        bmsc_zn_request(at, index); /* goes on in bmsc_serve_zn_answer() */
        return;
    }
    if (ue->known_expiry_ns <= at->now_ns) {
        bmsc_nonce_void(m->bmsc, job);
        renegotiate(at, job);
    } else {
        authenticate(at, job);
    }
    bmsc_job_give(m->bmsc, index);
}

/* A MUK fetched becomes the last known; its messages start at counter 0. It may have been fetched twice: a UE
 * that timed out posts again while the first answer is under way. False: a later bootstrap, whose key lasts
 * longer, is known by now. */
static bool learn(struct model_region *m, const struct bmsc_job *job)
{
    struct bmsc_ue *ue = bmsc_ue(m->bmsc, job->ue);
    struct bmsc_session *session = bmsc_session(m, job->ue);
    int64_t expiry_ns = bmsc_muk_expiry_ns(m->world, job->zn_expiry_ns, job->zn_bootstrap_ns);

    if (job->post.vector == ue->known || expiry_ns < ue->known_expiry_ns)
        return job->post.vector == ue->known;
    if (ue->used == ue->known)
        ue->used_counter = ue->known_counter;
    ue->known = job->post.vector;
    ue->known_counter = 0;
    ue->known_expiry_ns = expiry_ns;
    memcpy(session->muk, job->zn_ks_naf, sizeof session->muk);
    session->vector = ue->known;
    key_rand(&m->keys, (struct key_name){job->ue, session->vector}, session->rand);
    session->has_ha1 = false;
    session->pushes = 0; /* an MSK message under the older MUK can be acknowledged no more */
    return true;
}

/* What an answer means for the POST that waited for it. */
static void answer_post(struct net_region *at, struct bmsc_job *job)
{
    struct model_region *m = model_of(at);

    if (job->result == DIAMETER_SUCCESS && !job->other_gba && learn(m, job)) {
        authenticate(at, job);
        return;
    }
    bmsc_nonce_void(m->bmsc, job);
    switch (job->result) {
    case DIAMETER_SUCCESS:
        if (job->other_gba) /* "the NAF shall stop processing": TS 29.109 §5.2 */
            bmsc_send_refusal(at, job, 403);
        else
            renegotiate(at, job);
        break;
    case DIAMETER_BTID_UNKNOWN:
        count(m, COUNT_zn_unknown);
        renegotiate(at, job);
        break;
    case DIAMETER_TOO_BUSY:
        count(m, COUNT_zn_busy);
        bmsc_send_refusal(at, job, 503);
        break;
    default: /* RFC 6733 §7.1: from 5000 on for good, below for now */
        bmsc_send_refusal(at, job, job->result < DIAMETER_PERMANENT ? 503 : 403);
        break;
    }
}

void bmsc_serve_zn_answer(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bmsc_job *job = pool_at(&m->bmsc->jobs, index);

    /* Late and kept: nobody to answer, but the keys are there when the UE comes again. */
    if (!job->late)
        answer_post(at, job);
    else if (job->result == DIAMETER_SUCCESS && !job->other_gba)
        learn(m, job);
    bmsc_job_give(m->bmsc, index);
}
