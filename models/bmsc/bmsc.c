/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The BM-SC on the network: verify, queue, decide, encode, in a row. */
#include "models/bmsc/bmsc.h"

#include "models/bmsc/decide.h"
#include "models/bmsc/encode.h"
#include "models/bmsc/messages.h"
#include "models/bmsc/trace.h"
#include "models/bmsc/verify.h"
#include "models/content.h"
#include "models/diameter_wire.h"
#include "models/keylog.h"
#include "models/region.h"
#include "sim/base/table.h"

#include <glib.h>
#include <math.h>

static const struct bmsc_action nothing = {.queue = POOL_NONE};

/* --- what is decided, done
 * -------------------------------------------------------------------------------- */

/* A message to a UE, or about it to the BSF, leaves. */
TRACE_COLD static void bmsc_trace_sent(const struct model_region *m, uint32_t ue, uint32_t to,
                                       const struct net_message *message)
{
    struct trace_ue *t = trace_of(m->trace, ue);

    if (t != NULL)
        trace_sent(t, to, message->kind, message->length);
}

/* ... and a timeout is set for what answers it. */
TRACE_COLD static void bmsc_trace_timeout_set(const struct model_region *m, uint32_t ue, const char *of,
                                              int64_t delay_ns)
{
    struct trace_ue *t = trace_of(m->trace, ue);

    if (t != NULL)
        trace_timeout_set(t, of, delay_ns);
}

/* A pull or an MSK message, and the timeout for what it asks for. */
static void bmsc_send_mikey(struct net_region *at, const struct bmsc_action *action)
{
    struct model_region *m = model_of(at);
    const struct scenario *s = m->deployment->scenario;
    struct bmsc_session *session = bmsc_session(m->bmsc, action->ue);
    uint32_t serial = bmsc_ue(m->bmsc, action->ue)->services[action->service].serial;
    bool pull = action->send == BMSC_SEND_PULL;
    int64_t timeout_ns = pull ? s->pull_timeout : s->msk_timeout;
    const struct content_mikey content = bmsc_content_mikey(action);
    struct net_message *out;

    if (pull && action->first && m->keylog)
        keylog_av(m, at->now_ns, content.key);
    out = bmsc_mikey_message(at, session, &content);
    if (pull)
        out->mark_ns = action->first_pull_ns;
    if (m->trace) {
        bmsc_trace_sent(m, action->ue, HOST_UES, out);
        bmsc_trace_timeout_set(m, action->ue, pull ? "pull" : "msk", timeout_ns);
    }
    net_udp_send(at, HOST_BMSC, pull ? HOST_UES + action->ue : session->address, out);
    session->deliveries[action->service].timeout =
        net_timeout(at, HOST_BMSC, timeout_ns, pull ? TIMER_PULL_TIMEOUT : TIMER_MSK_TIMEOUT,
                    bmsc_timer_argument(action->ue, action->service, serial));
}

static void bmsc_send_http(struct net_region *at, const struct bmsc_job *job,
                           const struct bmsc_action *action)
{
    struct model_region *m = model_of(at);
    struct net_conn conn = job->diameter.station.conn;
    struct net_message *out;

    if (action->send == BMSC_SEND_CHALLENGE)
        out = bmsc_challenge_message(at, action);
    else if (action->send == BMSC_SEND_SUCCESS)
        out = bmsc_success_message(at, job, action);
    else
        out = bmsc_refusal_message(at, action);
    if (m->trace)
        bmsc_trace_sent(m, job->diameter.station.ue, job->peer, out);
    net_tcp_send(at, conn, out);
    if (action->hang_up)
        station_hang_up(at, conn);
}

static void bmsc_send_bir(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    const struct bmsc_job *job = station_job_at(&m->bmsc->station, index);
    struct net_message *out = net_message(at, KIND_zn_bir, DIAMETER_BYTES);

    out->length = (uint32_t)bmsc_encode_bir(&m->keys, job, index, out->bytes);
    if (m->trace) {
        bmsc_trace_sent(m, job->ue, HOST_BSF, out);
        bmsc_trace_timeout_set(m, job->ue, "bir", m->deployment->scenario->diameter_timeout);
    }
    diameter_client_send(at, &m->bmsc->bsf, index, m->deployment->scenario->diameter_timeout, out);
}

static void bmsc_send(struct net_region *at, uint32_t index, const struct bmsc_action *action)
{
    switch (action->send) {
    case BMSC_SEND_NOTHING:
        break;
    case BMSC_SEND_CHALLENGE:
    case BMSC_SEND_SUCCESS:
    case BMSC_SEND_REFUSAL:
        bmsc_send_http(at, station_job_at(&model_of(at)->bmsc->station, index), action);
        break;
    case BMSC_SEND_BIR:
        bmsc_send_bir(at, index);
        break;
    case BMSC_SEND_PULL:
    case BMSC_SEND_MSK:
        bmsc_send_mikey(at, action);
        break;
    }
}

/* What was decided, about the UE of the job that was served, that is queued, or that a timeout was for. */
TRACE_COLD static void bmsc_trace_decided(struct net_region *at, uint32_t index,
                                          const struct bmsc_action *action)
{
    const struct model_region *m = model_of(at);
    const struct station *station = &m->bmsc->station;
    uint32_t job = index != POOL_NONE ? index : action->queue;
    struct trace_ue *t;

    const uint32_t ue =
        job != POOL_NONE ? ((const struct bmsc_job *)station_job_at(station, job))->ue : action->ue;
    t = trace_of(m->trace, ue);
    if (t == NULL)
        return;
    bmsc_trace_state(t, m->bmsc, ue);
    bmsc_trace_action(t, action);
}

/* Does what was decided, for a job that is over then, unless it waits; index: POOL_NONE for no job. */
static void bmsc_perform(struct net_region *at, uint32_t index, const struct bmsc_action *action)
{
    struct bmsc *bmsc = model_of(at)->bmsc;

    if (model_of(at)->trace)
        bmsc_trace_decided(at, index, action);
    net_timeout_cancel(at, action->cancel);
    bmsc_send(at, index, action);
    if (action->ends)
        bmsc_decide_end(bmsc, ((struct bmsc_job *)station_job_at(&bmsc->station, index))->ue);
    for (uint32_t next, job = action->queue; job != POOL_NONE; job = next) {
        next = ((struct bmsc_job *)station_job_at(&bmsc->station, job))->next; /* it may be served at once */
        station_arrive(at, &bmsc->station, job, true);
    }
    if (index != POOL_NONE && !action->waits)
        bmsc_job_give(bmsc, index);
}

/* --- jobs
 * ------------------------------------------------------------------------------------------------- */

/* The digest of a job's POST, under the key that was found for it; then what follows from that. */
static void bmsc_authenticate(struct net_region *at, struct bmsc_job *job, struct bmsc_action *action)
{
    struct model_region *m = model_of(at);
    struct bmsc *bmsc = m->bmsc;
    const struct bmsc_session *session = bmsc_session(bmsc, job->ue);
    bool right = bmsc_verify_digest(&m->keys, &bmsc->long_texts, session, job);

    bmsc_decide_authenticated(bmsc, &m->tally, at->now_ns, job, right, action);
}

TRACE_COLD static void bmsc_trace_job(const struct model_region *m, const struct bmsc_job *job,
                                      const char *end)
{
    struct trace_ue *t = trace_of(m->trace, job->ue);

    if (t == NULL)
        return;
    bmsc_trace_state(t, m->bmsc, job->ue);
    trace_job(t, HOST_BMSC, end, bmsc_trace_work(job));
}

static void bmsc_serve(struct net_region *at, uint32_t index)
{
    struct model_region *m = model_of(at);
    struct bmsc *bmsc = m->bmsc;
    struct bmsc_job *job = station_job_at(&bmsc->station, index);
    struct bmsc_action action = nothing;

    if (m->trace)
        bmsc_trace_job(m, job, "served");
    bmsc_decide(bmsc, &m->tally, at->now_ns, job, &action);
    if (action.adopt)
        bmsc_secrets_adopt(&m->keys, job->ue, bmsc_session(bmsc, job->ue), job->zn_ks_naf);
    if (action.check)
        bmsc_authenticate(at, job, &action);
    bmsc_perform(at, index, &action);
}

static void bmsc_turn_away(struct net_region *at, uint32_t index, bool answer)
{
    struct model_region *m = model_of(at);
    struct bmsc_job *job = station_job_at(&m->bmsc->station, index);
    struct bmsc_action action = nothing;

    if (m->trace)
        bmsc_trace_job(m, job, "turned_away");
    bmsc_decide_turn_away(m->bmsc, &m->tally, job, answer, &action);
    bmsc_perform(at, index, &action);
}

static int64_t bmsc_service_ns(struct net_region *at, uint32_t index)
{
    struct bmsc *bmsc = model_of(at)->bmsc;

    return bmsc_decide_service_ns(bmsc, station_job_at(&bmsc->station, index));
}

/* --- the network
 * ------------------------------------------------------------------------------------------ */

/* A message has come that is about a UE: its lines, before those of what was found in it; NULL: it is not
 * traced. */
TRACE_COLD static struct trace_ue *bmsc_trace_received(const struct model_region *m, uint32_t ue,
                                                       const struct net_delivery *d)
{
    struct trace_ue *t = trace_of(m->trace, ue);

    if (t != NULL) {
        bmsc_trace_state(t, m->bmsc, ue);
        trace_received(t, HOST_BMSC, d->peer, d->kind, d->bytes.len);
    }
    return t;
}

static enum net_verdict bmsc_ua_message(struct net_region *at, const struct net_delivery *d,
                                        struct net_conn conn)
{
    struct model_region *m = model_of(at);
    struct bmsc *bmsc = m->bmsc;
    uint32_t index = bmsc_job_take(bmsc, BMSC_POST, d->peer - HOST_UES, 0);
    struct bmsc_job *job = station_job_at(&bmsc->station, index);
    struct bmsc_action action = nothing;
    struct bytes texts[BMSC_TEXTS];
    struct trace_ue *t;

    job->diameter.station.conn = conn;
    job->diameter.station.deadline_ns = d->mark_ns;
    job->peer = d->peer;
    bmsc_post_delivered(m, at->now_ns, d, &job->post, texts);
    t = m->trace ? bmsc_trace_received(m, job->ue, d) : NULL;
    if (t != NULL)
        bmsc_trace_post(t, &job->post);
    if (!bmsc_decide_post(bmsc, &m->tally, texts, job, &action)) {
        bmsc_perform(at, index, &action);
        return NET_REJECTED;
    }
    station_watch(at, &bmsc->station, index);
    station_arrive(at, &bmsc->station, index, false);
    return NET_RECEIVED;
}

TRACE_COLD static void bmsc_trace_bia_verdict(struct trace_ue *t, const struct net_delivery *d,
                                              enum net_verdict verdict, const struct bmsc_job *job)
{
    if (verdict == NET_REJECTED)
        trace_rejected(t, d->kind);
    else if (job == NULL)
        trace_line(t, true, "ignored", trace_kind(d->kind), NULL);
    else
        trace_line(t, true, "timeout", "cancelled", " of=bir");
}

static enum net_verdict bmsc_zn_message(struct net_region *at, const struct net_delivery *d)
{
    struct model_region *m = model_of(at);
    struct bmsc_bia_facts facts;
    enum net_verdict verdict;
    struct bmsc_job *job;
    struct trace_ue *t;

    bmsc_verify_bia(&m->keys, d->bytes, &facts);
    t = m->trace ? bmsc_trace_received(m, bmsc_trace_bia_ue(m->bmsc, &facts), d) : NULL;
    if (t != NULL)
        trace_line_fields(t, false, "fact", &bmsc_trace_bia_facts, &facts);
    verdict = bmsc_decide_bia(m->bmsc, &m->tally, at->now_ns, &facts, &job);
    if (t != NULL)
        bmsc_trace_bia_verdict(t, d, verdict, job);
    if (job != NULL) {
        net_timeout_cancel(at, job->diameter.timeout);
        station_arrive(at, &m->bmsc->station, facts.answer.index, true);
    }
    return verdict;
}

enum net_verdict bmsc_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn)
{
    return d->peer == HOST_BSF ? bmsc_zn_message(at, d) : bmsc_ua_message(at, d, conn);
}

enum net_verdict bmsc_datagram(struct net_region *at, const struct net_delivery *d)
{
    struct model_region *m = model_of(at);
    struct bmsc_ack_facts facts;
    struct trace_ue *t;
    uint32_t index;

    bmsc_ack_delivered(m, d, &facts);
    t = m->trace ? bmsc_trace_received(m, d->peer - HOST_UES, d) : NULL;
    if (t != NULL)
        trace_line_fields(t, false, "fact", &bmsc_trace_ack_facts, &facts);
    if (!bmsc_decide_ack(m->bmsc, &m->tally, d->peer - HOST_UES, &facts, &index)) {
        if (t != NULL)
            trace_rejected(t, d->kind);
        return NET_REJECTED;
    }
    if (t != NULL)
        bmsc_trace_state(t, m->bmsc, d->peer - HOST_UES);
    return station_arrive(at, &m->bmsc->station, index, false) ? NET_RECEIVED : NET_REJECTED;
}

void bmsc_closed(struct net_region *at, struct net_conn conn, uint64_t user)
{
    struct bmsc *bmsc = model_of(at)->bmsc;

    diameter_client_closed(&bmsc->bsf, conn);
    station_closed(&bmsc->station, conn, user);
}

static void bmsc_set_next_pull(struct net_region *at, const struct bmsc *bmsc, unsigned service)
{
    net_timer(at, HOST_BMSC, bmsc->storms[service].next_pull_ns - at->now_ns, TIMER_NEXT_PULL, service);
}

void bmsc_start(struct net_region *at)
{
    struct bmsc *bmsc = model_of(at)->bmsc;

    bmsc_decide_start(bmsc);
    for (unsigned i = 0; i < bmsc->deployment->service_count; i++)
        bmsc_set_next_pull(at, bmsc, i);
}

TRACE_COLD static void bmsc_trace_pull_due(const struct model_region *m, const struct bmsc_job *job)
{
    struct trace_ue *t = trace_of(m->trace, job->ue);

    if (t != NULL)
        trace_cause(t, HOST_BMSC, "first pull is due");
}

static void bmsc_next_pull(struct net_region *at, unsigned service)
{
    struct bmsc *bmsc = model_of(at)->bmsc;
    struct bmsc_action action = nothing;
    bool more = bmsc_decide_next_pull(bmsc, service, at->now_ns, &action);

    if (model_of(at)->trace)
        bmsc_trace_pull_due(model_of(at), station_job_at(&bmsc->station, action.queue));
    bmsc_perform(at, POOL_NONE, &action);
    if (more)
        bmsc_set_next_pull(at, bmsc, service);
}

/* A timeout that is not stale has come. */
TRACE_COLD static void bmsc_trace_timer(const struct model_region *m, enum core_timer kind, uint64_t argument)
{
    static const char *const names[] = {
        [TIMER_PULL_TIMEOUT] = "pull", [TIMER_MSK_TIMEOUT] = "msk", [TIMER_ANSWER_TIMEOUT] = "bir"};
    uint32_t serial = (uint32_t)(argument >> 32), ue = bmsc_timer_ue(argument);
    struct trace_ue *t;

    if (kind == TIMER_ANSWER_TIMEOUT) {
        const struct diameter_job *job = diameter_client_waiting(&m->bmsc->bsf, (uint32_t)argument, serial);
        t = job != NULL ? trace_of(m->trace, job->station.ue) : NULL;
    } else if (kind == TIMER_PULL_TIMEOUT || kind == TIMER_MSK_TIMEOUT) {
        const struct bmsc_ue *known = bmsc_ue_of(m->bmsc, ue);
        t = known->services[bmsc_timer_service(argument)].serial == serial ? trace_of(m->trace, ue) : NULL;
    } else {
        return;
    }
    if (t != NULL)
        trace_timeout(t, HOST_BMSC, names[kind]);
}

void bmsc_timer(struct net_region *at, uint32_t kind, uint64_t argument)
{
    struct model_region *m = model_of(at);
    struct bmsc_action action = nothing;
    uint32_t index = POOL_NONE;

    if (m->trace)
        bmsc_trace_timer(m, (enum core_timer)kind, argument);
    switch ((enum core_timer)kind) {
    case TIMER_SERVICE:
        station_served(at, &m->bmsc->station, (uint32_t)argument);
        return;
    case TIMER_NEXT_PULL:
        bmsc_next_pull(at, (unsigned)argument);
        return;
    case TIMER_PULL_TIMEOUT:
        action.ue = bmsc_timer_ue(argument);
        bmsc_decide_pull_timeout(m->bmsc, &m->tally, argument, &action);
        break;
    case TIMER_MSK_TIMEOUT:
        action.ue = bmsc_timer_ue(argument);
        bmsc_decide_msk_timeout(m->bmsc, &m->tally, argument, &action);
        break;
    case TIMER_ANSWER_TIMEOUT:
        if (bmsc_decide_zn_timeout(m->bmsc, &m->tally, argument, &index, &action) == NULL)
            return;
        break;
    }
    bmsc_perform(at, index, &action);
}

#define LINE_BYTES 64

static void bmsc_fetch(const void *object, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += LINE_BYTES)
        __builtin_prefetch((const char *)object + i, 1);
}

/* A timer names a job, or a UE; a job names a UE, and a UE its session. */
void bmsc_prefetch(struct net_region *at, uint32_t kind, uint64_t argument, unsigned stage)
{
    const struct bmsc *bmsc = model_of(at)->bmsc;
    const struct bmsc_job *job;
    const struct bmsc_ue *ue;

    if (kind == TIMER_SERVICE) {
        job = station_job_at(&bmsc->station, (uint32_t)argument);
        ue = bmsc_ue_of(bmsc, stage == 0 ? 0 : job->ue);
        if (stage == 0)
            bmsc_fetch(job, sizeof *job);
        else if (stage == 1)
            bmsc_fetch(ue, bmsc->ue_bytes);
        else if (ue->initialised && ue->session != POOL_NONE)
            bmsc_fetch(pool_at(&bmsc->sessions, ue->session), bmsc->sessions.object_size);
    } else if (stage == 0 && (kind == TIMER_PULL_TIMEOUT || kind == TIMER_MSK_TIMEOUT)) {
        bmsc_fetch(bmsc_ue_of(bmsc, bmsc_timer_ue(argument)), bmsc->ue_bytes);
    }
}

/* --- memory, measuring
 * ------------------------------------------------------------------------------------ */

size_t bmsc_ue_bytes(unsigned services)
{
    return sizeof(struct bmsc_ue) + services * sizeof(struct bmsc_ue_service);
}

/* The storms of all services; false: no memory for the order of one. */
static bool bmsc_storms_init(struct bmsc *bmsc)
{
    const struct deployment *deployment = bmsc->deployment;
    bool whole = true;

    bmsc->storms = g_new0(struct bmsc_storm, deployment->service_count);
    for (unsigned i = 0; i < deployment->service_count; i++) {
        struct bmsc_storm *storm = &bmsc->storms[i];

        storm->last_due_ns = -1;
        pace_init(&storm->pace, deployment->scenario);
        whole = pull_order_init(&storm->order, deployment, i) && whole;
    }
    return whole;
}

struct bmsc *bmsc_new(const struct deployment *deployment, const struct scenario *now)
{
    static const struct station_calls calls = {bmsc_service_ns, bmsc_serve, bmsc_turn_away};
    static const struct diameter_counters zn = {COUNT_zn_requests,  COUNT_zn_requests_retried,
                                                COUNT_zn_timeouts,  COUNT_zn_late,
                                                COUNT_zn_throttled, PROCEDURE_zn};
    struct bmsc *bmsc = g_new0(struct bmsc, 1);
    const struct scenario *s = deployment->scenario;

    bmsc->deployment = deployment;
    bmsc->now = now;
    bmsc->pull_bytes = bmsc_pull_bytes(deployment);
    bmsc->msk_bytes = bmsc_msk_bytes(deployment);
    station_init(&bmsc->station, HOST_BMSC, sizeof(struct bmsc_job),
                 &(struct station_rules){s->bmsc_workers, s->bmsc_queue_limit, s->bmsc_newest_first,
                                         s->bmsc_queue_time_limit, s->bmsc_drop_late != 0},
                 &calls);
    pool_init(&bmsc->sessions, bmsc_session_bytes(deployment->service_count));
    texts_pool_init(&bmsc->long_texts);
    diameter_client_init(&bmsc->bsf, HOST_BMSC, HOST_BSF, &bmsc->station, &zn);
    bmsc->ue_bytes = bmsc_ue_bytes(deployment->service_count);
    bmsc->ues = table_new(deployment->ues, bmsc->ue_bytes);
    if (bmsc_storms_init(bmsc) && bmsc->ues != NULL)
        return bmsc;
    bmsc_free(bmsc);
    return NULL;
}

void bmsc_free(struct bmsc *bmsc)
{
    if (bmsc == NULL)
        return;
    station_clear(&bmsc->station);
    pool_clear(&bmsc->sessions);
    pool_clear(&bmsc->long_texts);
    g_free(bmsc->void_nonces);
    for (unsigned i = 0; i < bmsc->deployment->service_count; i++) {
        pace_clear(&bmsc->storms[i].pace);
        pull_order_clear(&bmsc->storms[i].order);
    }
    g_free(bmsc->storms);
    table_free(bmsc->ues, bmsc->deployment->ues, bmsc->ue_bytes);
    g_free(bmsc);
}

struct station *bmsc_station(struct bmsc *bmsc)
{
    return &bmsc->station;
}

int64_t bmsc_last_due_ns(const struct bmsc *bmsc)
{
    int64_t last_ns = 0;

    for (unsigned i = 0; i < bmsc->deployment->service_count; i++)
        last_ns = MAX(last_ns, bmsc->storms[i].last_due_ns);
    return bmsc_all_due(bmsc) ? last_ns : -1;
}

int64_t bmsc_solicited(const struct bmsc *bmsc)
{
    int64_t solicited = 0;

    for (unsigned i = 0; i < bmsc->deployment->service_count; i++)
        solicited += bmsc->storms[i].solicited;
    return solicited;
}

bool bmsc_all_due(const struct bmsc *bmsc)
{
    for (unsigned i = 0; i < bmsc->deployment->service_count; i++)
        if (bmsc->storms[i].next < bmsc->deployment->ues)
            return false;
    return true;
}

double bmsc_pull_rate_per_s(const struct bmsc *bmsc)
{
    int64_t first_ns = INT64_MAX, last_ns = 0, sent = bmsc_solicited(bmsc);

    for (unsigned i = 0; i < bmsc->deployment->service_count; i++) {
        const struct bmsc_storm *storm = &bmsc->storms[i];

        if (storm->solicited == 0)
            continue;
        first_ns = MIN(first_ns, storm->first_sent_ns);
        last_ns = MAX(last_ns, storm->last_sent_ns);
    }
    return last_ns > first_ns ? (double)(sent - 1) * (double)CLOCK_SECOND / (double)(last_ns - first_ns)
                              : NAN;
}

uint32_t bmsc_sessions(const struct bmsc *bmsc)
{
    return bmsc->sessions.used;
}
