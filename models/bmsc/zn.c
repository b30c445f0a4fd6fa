/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zn at the BM-SC: the keys of an unknown B-TID (TS 29.109 §5.2). The POST waits meanwhile, named by the
 * last part of the Session-Id. */
#include "models/bmsc/bmsc.h"

#include "sim/base/random.h"

/* The BSF wants less: the POST is answered at once. */
static bool throttled(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bmsc_job *job = pool_at(&m->bmsc->jobs, index);

    if (m->world->scenario->bsf_overload_wait == 0 ||
        !overload_throttles(
            &m->bmsc->zn_limit, at->now_ns,
            random_u64(m->world->seed, job->ue, PURPOSE_OVERLOAD, bmsc_ue(m->bmsc, job->ue)->draws++)))
        return false;
    count(m, COUNT_zn_throttled);
    server_refuses(&m->bmsc->station.server, at->now_ns);
    bmsc_nonce_void(m->bmsc, job);
    bmsc_send_refusal(at, job, 503);
    bmsc_job_give(m->bmsc, index);
    return true;
}

void bmsc_zn_request(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    const struct world *world = m->world;
    struct bmsc_job *job = pool_at(&m->bmsc->jobs, index);
    struct identity_text b_tid;
    uint8_t rand[16];
    char session[FQDN_BYTES_MAX + 36];
    struct wire_writer w = wire_writer(session, sizeof session);

    if (throttled(at, index))
        return;
    key_rand(&m->keys, (struct key_name){job->ue, job->post.vector}, rand);
    identity_b_tid(world, rand, &b_tid);
    wire_put_bytes(&w, world->text.bmsc_diameter); /* RFC 6733 §8.8 */
    wire_put_literal(&w, ";");
    wire_put_decimal(&w, (uint64_t)world->epoch_s);
    wire_put_literal(&w, ";");
    wire_put_decimal(&w, job->serial);
    wire_put_literal(&w, ";"); /* the optional value: which job waits */
    wire_put_decimal(&w, index);

    struct diameter_message bir = {.command = DIAMETER_BOOTSTRAPPING_INFO,
                                   .request = true,
                                   .application = DIAMETER_ZN,
                                   .hop_by_hop = job->serial,
                                   .end_to_end = job->serial,
                                   .session_id = bytes_of(session, wire_written(&w)),
                                   .origin_host = world->text.bmsc_diameter,
                                   .origin_realm = world->text.diameter_realm,
                                   .destination_realm = world->text.diameter_realm,
                                   .destination_host = world->text.bsf_diameter,
                                   .gaa_service_id = bytes_text("4"),
                                   .b_tid = identity_bytes(&b_tid),
                                   .naf_id = world->naf_id};
    if (world->scenario->bsf_overload_wait > 0)
        overload_offer(&bir);
    job->waiting = true;
    job->sent_ns = at->now_ns;
    count(m, COUNT_zn_requests);
    if (bmsc_ue(m->bmsc, job->ue)->zn_failed)
        count(m, COUNT_zn_requests_retried);
    diameter_peer_send(at, &m->bmsc->bsf, KIND_zn_bir, &bir);
    job->timeout = net_timeout(at, HOST_BMSC, world->scenario->diameter_timeout, TIMER_ANSWER_TIMEOUT,
                               (uint64_t)job->serial << 32 | index);
}

/* The job that waits for an answer with these identifiers; NULL: none (any more). */
static struct bmsc_job *waiting_job(struct bmsc *bmsc, uint32_t index, uint32_t serial)
{
    struct bmsc_job *job;

    if (index >= bmsc->jobs.top)
        return NULL;
    job = pool_at(&bmsc->jobs, index);
    return job->waiting && job->serial == serial ? job : NULL;
}

/* Verify: what the BIA says, into the job. False if it is no proper answer. */
static bool read_bia(const struct world *world, const struct diameter_message *bia, struct bmsc_job *job)
{
    static const uint8_t gba_3g[4] = {0}; /* GBA-Type, TS 29.109 table 6.1 */
    uint32_t number;

    job->result = bia->result;
    if (bia->result != DIAMETER_SUCCESS)
        return true;
    if (bia->ks_naf.len != sizeof job->zn_ks_naf || !bia->has_times ||
        !identity_find_impi(world, bia->impi, &number) || number != job->ue)
        return false;
    job->other_gba = bia->gba_type.at != NULL && !bytes_equal(bia->gba_type, bytes_of(gba_3g, sizeof gba_3g));
    memcpy(job->zn_ks_naf, bia->ks_naf.at, sizeof job->zn_ks_naf);
    job->zn_expiry_ns = (bia->expiry_unix_s - world->epoch_s) * CLOCK_SECOND;
    job->zn_bootstrap_ns = (bia->bootstrap_unix_s - world->epoch_s) * CLOCK_SECOND;
    return true;
}

enum net_verdict bmsc_zn_answer(struct net_region *at, const struct net_delivery *d)
{
    struct model_region *m = model_of(at);
    struct diameter_message bia;
    struct bmsc_job *job;

    if (diameter_decode(d->bytes, &bia) != WIRE_OK || bia.request ||
        bia.command != DIAMETER_BOOTSTRAPPING_INFO) {
        count(m, COUNT_diameter_malformed);
        return NET_REJECTED;
    }
    overload_heard(&m->bmsc->zn_limit, at->now_ns, &bia);
    if (bia.hop_by_hop != bia.end_to_end)
        return NET_RECEIVED; /* to no request of ours */
    job = waiting_job(m->bmsc, diameter_session_value(bia.session_id), bia.end_to_end);
    if (job == NULL || job->late)
        count(m, COUNT_zn_late);
    if (job == NULL)
        return NET_RECEIVED;
    if (!read_bia(m->world, &bia, job)) {
        count(m, COUNT_diameter_malformed);
        return NET_REJECTED;
    }
    bmsc_ue(m->bmsc, job->ue)->zn_failed = job->result == DIAMETER_TOO_BUSY;
    histogram_add(&m->tally.latency[PROCEDURE_zn], at->now_ns - job->sent_ns);
    net_timeout_cancel(at, job->timeout);
    job->waiting = false;
    job->work = BMSC_ZN_ANSWER;
    station_arrive(at, &m->bmsc->station, diameter_session_value(bia.session_id), true);
    return NET_RECEIVED;
}

/* "The BM-SC did not get response over Zn interface": 504, which a UE does not repeat (TS 33.246 table
 * G.2.4-1). */
void bmsc_zn_timeout(struct net_region *at, uint64_t argument)
{
    struct model_region *m = model_of(at);
    const struct scenario *s = m->world->scenario;
    struct bmsc_job *job = waiting_job(m->bmsc, (uint32_t)argument, (uint32_t)(argument >> 32));

    if (job == NULL)
        return;
    count(m, COUNT_zn_timeouts);
    bmsc_ue(m->bmsc, job->ue)->zn_failed = true;
    bmsc_nonce_void(m->bmsc, job);
    bmsc_send_refusal(at, job, s->whatif_zn_timeout_status == ZN_TIMEOUT_503 ? 503 : 504);
    if (s->bmsc_late_answers == LATE_ANSWERS_KEEP)
        job->late = true;
    else
        bmsc_job_give(m->bmsc, (uint32_t)argument);
}
