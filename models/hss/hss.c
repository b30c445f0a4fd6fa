/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MAR in, MAA out. Verify: decode, look the IMPI up. Decide: sequence number, queue. Encode: Milenage. */
#include "models/hss/hss.h"

#include "models/crypto/milenage.h"
#include "models/diameter_peer.h"
#include "models/identity.h"
#include "models/keys/keys.h"
#include "models/overload.h"
#include "models/subscriber.h"
#include "sim/base/random.h"
#include "sim/base/table.h"

#include <glib.h>
#include <string.h>

#define AUTS_BYTES 14

/* What the AuC remembers of a subscriber, from its first request in the run on. */
struct hss_subscriber {
    uint64_t seq; /* SEQ_HE: of the last vector made */
    uint32_t draws;
    uint16_t vectors; /* made so far: number of the next one */
    bool known;
};

struct hss_job {
    struct station_job station;
    struct net_conn conn;
    uint32_t subscriber;
    uint32_t hop_by_hop, end_to_end;
    uint32_t result; /* DIAMETER_SUCCESS, or why not */
    bool resync;
    bool reacts; /* to reports of overload */
    uint8_t rand[16], auts[AUTS_BYTES];
    uint8_t session_length;
    char session[80];
};

struct hss {
    const struct world *world;
    struct station station;
    struct pool jobs;
    struct overload_report report;
    struct hss_subscriber *subscribers;
};

static struct hss_subscriber *subscriber(struct hss *hss, uint32_t number)
{
    struct hss_subscriber *s = &hss->subscribers[number];
    struct subscriber_start start;

    if (!s->known) {
        subscriber_start(hss->world, number, &start);
        s->known = true;
        s->vectors = (uint16_t)(start.newest + 1);
        s->seq = subscriber_start_seq_hss(hss->world, number);
    }
    return s;
}

/* --- verify --------------------------------------------------------------------------------------------- */

/* False if this is no MAR; a MAR of an unknown IMPI is a job with an error result. */
static bool verify(struct hss *hss, const struct net_delivery *d, struct net_conn conn, struct hss_job *job)
{
    struct diameter_message mar;

    if (diameter_decode(d->bytes, &mar) != WIRE_OK || !mar.request ||
        mar.command != DIAMETER_MULTIMEDIA_AUTH || mar.application != DIAMETER_ZH || mar.impi.at == NULL ||
        mar.session_id.len > sizeof job->session)
        return false;
    *job = (struct hss_job){.station = {.deadline_ns = d->mark_ns, .of_server = true},
                            .conn = conn,
                            .hop_by_hop = mar.hop_by_hop,
                            .end_to_end = mar.end_to_end,
                            .result = DIAMETER_SUCCESS};
    job->reacts = overload_understood(&mar);
    job->session_length = (uint8_t)mar.session_id.len;
    memcpy(job->session, mar.session_id.at, mar.session_id.len);
    if (!identity_find_impi(hss->world, mar.impi, &job->subscriber))
        job->result = DIAMETER_IDENTITY_UNKNOWN;
    if (mar.resync.at != NULL) {
        if (mar.resync.len != 16 + AUTS_BYTES)
            return false;
        job->resync = true;
        memcpy(job->rand, mar.resync.at, 16);
        memcpy(job->auts, mar.resync.at + 16, AUTS_BYTES);
    }
    return true;
}

/* --- encode --------------------------------------------------------------------------------------------- */

static void answer(struct net_region *at, const struct hss_job *job, const struct diameter_message *fields)
{
    struct model_region *m = model_of(at);
    const struct world *world = m->world;
    struct diameter_message maa = *fields;
    struct identity_text impi = {0};

    maa.command = DIAMETER_MULTIMEDIA_AUTH;
    maa.application = DIAMETER_ZH;
    maa.hop_by_hop = job->hop_by_hop;
    maa.end_to_end = job->end_to_end;
    maa.session_id = bytes_of(job->session, job->session_length);
    maa.origin_host = world->text.hss_diameter;
    maa.origin_realm = world->text.diameter_realm;
    if (maa.result == DIAMETER_SUCCESS) {
        identity_impi(world, job->subscriber, &impi);
        maa.impi = identity_bytes(&impi);
    }
    if (job->reacts && world->scenario->hss_overload_wait > 0)
        overload_tell(at, &m->hss->report, station_expected_wait_ns(&m->hss->station),
                      world->scenario->hss_overload_wait, &maa);
    diameter_answer(at, job->conn, KIND_zh_maa, &maa);
}

static void answer_vector(struct net_region *at, const struct hss_job *job, uint16_t vector, uint64_t sqn)
{
    static const uint8_t amf[2] = {0, 0}; /* TS 33.102 Annex H: separation bit 0, not an EPS vector */
    struct model_region *m = model_of(at);
    struct milenage_vector v;
    uint8_t k[16], opc[16], rand_autn[32], guss[512];
    struct identity_text impi;
    size_t guss_length = 0;

    key_k(&m->keys, job->subscriber, k);
    key_opc(&m->keys, job->subscriber, opc);
    key_rand(&m->keys, (struct key_name){job->subscriber, vector}, rand_autn);
    milenage_all(m->keys.crypto, k, opc, rand_autn, sqn, amf, &v);
    milenage_autn(sqn, v.ak, amf, v.mac_a, rand_autn + 16);
    identity_impi(m->world, job->subscriber, &impi);
    diameter_guss_encode(identity_bytes(&impi), (uint32_t)(m->world->scenario->gba_lifetime / CLOCK_SECOND),
                         guss, sizeof guss, &guss_length);
    struct diameter_message maa = {.result = DIAMETER_SUCCESS,
                                   .rand_autn = bytes_of(rand_autn, sizeof rand_autn),
                                   .xres = bytes_of(v.res, sizeof v.res),
                                   .ck = bytes_of(v.ck, 16),
                                   .ik = bytes_of(v.ik, 16),
                                   .uss = bytes_of(guss, guss_length)};
    answer(at, job, &maa);
}

/* --- decide --------------------------------------------------------------------------------------------- */

/* TS 33.102 §6.3.5: unless the next SEQ is one that the USIM accepts, an AUTS with the right MAC-S sets
 * SEQ_HE to SEQ_MS. With a wrong one SEQ_HE stays; either way the answer has a new vector. */
static void resynchronise(struct model_region *m, const struct hss_job *job, struct hss_subscriber *s)
{
    uint8_t k[16], opc[16];
    uint64_t sqn_ms, next = s->seq + 1;

    key_k(&m->keys, job->subscriber, k);
    key_opc(&m->keys, job->subscriber, opc);
    if (milenage_auts_open(m->keys.crypto, k, opc, job->rand, job->auts, &sqn_ms) &&
        (next <= sqn_ms >> SQN_IND_BITS || next - (sqn_ms >> SQN_IND_BITS) > SQN_DELTA))
        s->seq = sqn_ms >> SQN_IND_BITS;
}

static void serve(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct hss *hss = m->hss;
    struct hss_job *job = pool_at(&hss->jobs, index);
    struct diameter_message refusal = {.result = job->result};

    if (job->result == DIAMETER_SUCCESS) {
        struct hss_subscriber *s = subscriber(hss, job->subscriber);

        if (s->vectors > AV_MAX)
            refusal.result = DIAMETER_UNABLE_TO_COMPLY;
        else if (job->resync)
            resynchronise(m, job, s);
    }
    if (refusal.result == DIAMETER_SUCCESS) {
        struct hss_subscriber *s = subscriber(hss, job->subscriber);

        s->seq++;
        answer_vector(at, job, s->vectors++, s->seq << SQN_IND_BITS | (s->seq & ((1U << SQN_IND_BITS) - 1)));
    } else {
        answer(at, job, &refusal);
    }
    pool_give(&hss->jobs, index);
}

static void turn_away(struct net_region *at, uint32_t index, bool answered)
{
    struct hss *hss = model_of(at)->hss;

    if (answered)
        answer(at, pool_at(&hss->jobs, index), &(struct diameter_message){.result = DIAMETER_TOO_BUSY});
    pool_give(&hss->jobs, index);
}

static int64_t service_ns(struct net_region *at, uint32_t index)
{
    struct hss *hss = model_of(at)->hss;
    const struct hss_job *job = pool_at(&hss->jobs, index);
    uint32_t draws = hss->subscribers[job->subscriber].draws++;

    return distribution_sample(&hss->world->scenario->hss_service_time,
                               random_u64(hss->world->seed, job->subscriber, PURPOSE_HSS_SERVICE, draws));
}

enum net_verdict hss_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    struct model_region *m = model_of(at);
    struct hss *hss = m->hss;
    uint32_t index = pool_take(&hss->jobs);
    struct hss_job *job = pool_at(&hss->jobs, index);

    if (!verify(hss, d, conn, job)) {
        count(m, COUNT_diameter_malformed);
        pool_give(&hss->jobs, index);
        return NET_REJECTED;
    }
    station_arrive(at, &hss->station, index, false);
    return NET_RECEIVED;
}

void hss_timer(struct net_region *at, uint32_t kind, uint64_t argument)
{
    g_assert(kind == TIMER_SERVICE);
    station_served(at, &model_of(at)->hss->station, (uint32_t)argument);
}

const size_t hss_ue_bytes = sizeof(struct hss_subscriber);

struct hss *hss_new(const struct world *world)
{
    struct hss *hss = g_new0(struct hss, 1);
    const struct scenario *s = world->scenario;

    hss->world = world;
    station_init(&hss->station, HOST_HSS, &hss->jobs,
                 &(struct station_rules){s->hss_workers, s->hss_queue_limit, s->hss_newest_first,
                                         s->hss_queue_time_limit, s->hss_drop_late != 0});
    hss->station.turn_away = turn_away;
    hss->station.service_ns = service_ns;
    hss->station.serve = serve;
    pool_init(&hss->jobs, sizeof(struct hss_job));
    hss->subscribers = table_new(world->ues, sizeof *hss->subscribers);
    if (hss->subscribers != NULL)
        return hss;
    hss_free(hss);
    return NULL;
}

void hss_free(struct hss *hss)
{
    if (hss == NULL)
        return;
    server_clear(&hss->station.server);
    pool_clear(&hss->jobs);
    table_free(hss->subscribers, hss->world->ues, sizeof *hss->subscribers);
    g_free(hss);
}

struct server *hss_server(struct hss *hss)
{
    return &hss->station.server;
}

const struct station *hss_station(const struct hss *hss)
{
    return &hss->station;
}
