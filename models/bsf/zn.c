/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zn at the BSF: BIR in, BIA out (TS 29.109 §5.2, TS 33.220 §4.5.3). */
#include "models/bsf/bsf.h"

/* Verify: False if this is no BIR; one that cannot be granted is a job with an error result. */
static bool verify(struct model_region *m, const struct net_delivery *d, struct net_conn conn,
                   struct bsf_job *job)
{
    struct diameter_message bir;
    struct key_name name = {0};

    if (diameter_decode(d->bytes, &bir) != WIRE_OK || !bir.request ||
        bir.command != DIAMETER_BOOTSTRAPPING_INFO || bir.application != DIAMETER_ZN ||
        bir.b_tid.at == NULL || bir.naf_id.at == NULL || bir.session_id.len > sizeof job->zn.session)
        return false;
    job->work = BSF_ZN;
    job->conn = conn;
    job->station = (struct station_job){.deadline_ns = d->mark_ns, .of_server = true};
    job->zn.hop_by_hop = bir.hop_by_hop;
    job->zn.end_to_end = bir.end_to_end;
    job->zn.reacts = overload_understood(&bir);
    job->zn.session_length = (uint8_t)bir.session_id.len;
    memcpy(job->zn.session, bir.session_id.at, bir.session_id.len);
    job->result = DIAMETER_SUCCESS;
    if (!bytes_equal(bir.naf_id, m->world->naf_id))
        job->result = DIAMETER_NAF_NOT_AUTHORISED;
    else if (!key_find(&m->keys, bir.b_tid, &name))
        job->result = DIAMETER_BTID_UNKNOWN;
    job->subscriber = name.ue;
    job->zn.vector = name.av;
    return true;
}

/* --- encode --------------------------------------------------------------------------------------------- */

static void answer(struct net_region *at, const struct bsf_job *job, uint32_t result, int64_t expiry_ns)
{
    struct model_region *m = model_of(at);
    const struct world *world = m->world;
    struct identity_text impi;
    struct key_material material;
    uint8_t uss[512];
    size_t uss_length = 0;
    struct diameter_message bia = {.command = DIAMETER_BOOTSTRAPPING_INFO,
                                   .application = DIAMETER_ZN,
                                   .hop_by_hop = job->zn.hop_by_hop,
                                   .end_to_end = job->zn.end_to_end,
                                   .session_id = bytes_of(job->zn.session, job->zn.session_length),
                                   .origin_host = world->text.bsf_diameter,
                                   .origin_realm = world->text.diameter_realm,
                                   .result = result};

    if (result == DIAMETER_SUCCESS) {
        identity_impi(world, job->subscriber, &impi);
        key_material(&m->keys, (struct key_name){job->subscriber, job->zn.vector}, &material);
        diameter_uss_list_encode(identity_bytes(&impi), uss, sizeof uss, &uss_length);
        bia.impi = identity_bytes(&impi);
        bia.ks_naf = bytes_of(material.muk, sizeof material.muk);
        bia.uss = bytes_of(uss, uss_length);
        bia.has_times = true;
        bia.expiry_unix_s = world->epoch_s + expiry_ns / CLOCK_SECOND;
        bia.bootstrap_unix_s = bia.expiry_unix_s - world->scenario->gba_lifetime / CLOCK_SECOND;
    }
    if (job->zn.reacts && world->scenario->bsf_overload_wait > 0)
        overload_tell(at, &m->bsf->zn_report, station_expected_wait_ns(&m->bsf->station),
                      world->scenario->bsf_overload_wait, &bia);
    diameter_answer(at, job->conn, KIND_zn_bia, &bia);
}

/* --- decide --------------------------------------------------------------------------------------------- */

void bsf_zn_turn_away(struct net_region *at, uint32_t index, bool answered)
{
    struct bsf *bsf = model_of(at)->bsf;

    if (answered)
        answer(at, pool_at(&bsf->jobs, index), DIAMETER_TOO_BUSY, 0);
    bsf_job_give(bsf, index);
}

enum net_verdict bsf_zn_request(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    uint32_t index = bsf_job_take(m->bsf);
    struct bsf_job *job = pool_at(&m->bsf->jobs, index);

    if (!verify(m, d, conn, job)) {
        count(m, COUNT_diameter_malformed);
        bsf_job_give(m->bsf, index);
        return NET_REJECTED;
    }
    station_arrive(at, &m->bsf->station, index, false);
    return NET_RECEIVED;
}

/* Only the session the BSF holds now, and only within its lifetime. */
void bsf_zn_serve(struct net_region *at, uint32_t index)
{
    struct bsf *bsf = model_of(at)->bsf;
    struct bsf_job *job = pool_at(&bsf->jobs, index);
    uint32_t result = job->result;
    int64_t expiry_ns = 0;

    if (result == DIAMETER_SUCCESS) {
        const struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

        expiry_ns = s->expiry_ns;
        if (s->vector != job->zn.vector || s->expiry_ns <= at->now_ns)
            result = DIAMETER_BTID_UNKNOWN;
    }
    answer(at, job, result, expiry_ns);
    bsf_job_give(bsf, index);
}
