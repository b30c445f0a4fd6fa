/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of the BM-SC; what is served, by kind of work. */
#include "models/bmsc/decide.h"

#include "models/bmsc/decide_private.h"
#include "models/subscriber.h"

#include <glib.h>
#include <string.h>

int64_t bmsc_muk_expiry_ns(const struct deployment *deployment, int64_t gba_expiry_ns, int64_t bootstrap_ns)
{
    int64_t lifetime_ns = deployment->scenario->bmsc_muk_lifetime;

    return lifetime_ns > 0 ? MIN(gba_expiry_ns, bootstrap_ns + lifetime_ns) : gba_expiry_ns;
}

struct bmsc_ue *bmsc_ue(struct bmsc *bmsc, uint32_t number)
{
    struct bmsc_ue *ue = bmsc_ue_of(bmsc, number);
    struct subscriber_start start;
    int64_t bootstrap_ns;

    if (!ue->initialised) {
        subscriber_start(bmsc->deployment, number, &start);
        ue->initialised = true;
        ue->session = POOL_NONE;
        for (unsigned i = 0; i < bmsc->deployment->service_count; i++)
            ue->services[i].first_pull_ns = -1;
        ue->last_known = start.bmsc_known;
        ue->last_used = start.bmsc_used;
        bootstrap_ns = subscriber_start_known_ns(bmsc->deployment, &start);
        ue->last_known_expiry_ns = bmsc_muk_expiry_ns(
            bmsc->deployment, bootstrap_ns + bmsc->deployment->scenario->gba_lifetime, bootstrap_ns);
        ue->last_used_counter = start.counter;
        ue->last_known_counter = ue->last_known == ue->last_used ? start.counter : 0;
    }
    return ue;
}

static G_GNUC_NO_INLINE struct bmsc_session *bmsc_session_begin(struct bmsc *bmsc, struct bmsc_ue *ue,
                                                                uint32_t number)
{
    unsigned services = bmsc->deployment->service_count;
    struct bmsc_session *session;

    ue->session = pool_take(&bmsc->sessions);
    session = pool_at(&bmsc->sessions, ue->session);
    *session = (struct bmsc_session){.serial = ++bmsc->session_serial,
                                     .av = AV_NONE,
                                     .address = HOST_UES + number,
                                     .service_count = (uint8_t)services};
    memset(session->deliveries, 0, services * sizeof *session->deliveries);
    return session;
}

struct bmsc_session *bmsc_session(struct bmsc *bmsc, uint32_t number)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, number);

    return ue->session != POOL_NONE ? pool_at(&bmsc->sessions, ue->session)
                                    : bmsc_session_begin(bmsc, ue, number);
}

void bmsc_cancel(uint64_t timeout, struct bmsc_action *out)
{
    if (out->cancel == 0)
        out->cancel = timeout;
}

void bmsc_session_end(struct bmsc *bmsc, struct bmsc_ue *ue, unsigned services, struct bmsc_action *out)
{
    struct bmsc_session *session = ue->session == POOL_NONE ? NULL : pool_at(&bmsc->sessions, ue->session);

    for (unsigned i = 0; i < bmsc->deployment->service_count; i++) {
        if ((services >> i & 1) == 0)
            continue;
        ue->services[i].serial++;
        if (session != NULL)
            bmsc_cancel(session->deliveries[i].timeout, out);
    }
    if (session == NULL || (session->open &= (uint8_t)~services) != 0)
        return;
    pool_give(&bmsc->sessions, ue->session);
    ue->session = POOL_NONE;
}

void bmsc_decide_end(struct bmsc *bmsc, uint32_t ue)
{
    struct bmsc_action none = {.queue = POOL_NONE};

    bmsc_session_end(bmsc, bmsc_ue(bmsc, ue), UINT8_MAX, &none);
}

uint32_t bmsc_counter(struct bmsc_ue *ue, uint16_t av)
{
    return av == ue->last_known ? ++ue->last_known_counter : ++ue->last_used_counter;
}

uint32_t bmsc_job_take(struct bmsc *bmsc, enum bmsc_work work, uint32_t ue, unsigned service)
{
    uint32_t index = station_job_take(&bmsc->station);
    struct bmsc_job *job = station_job_at(&bmsc->station, index);

    job->work = (uint8_t)work;
    job->diameter.station.ue = ue;
    job->service = (uint8_t)service;
    job->next = POOL_NONE;
    job->diameter.waiting = job->diameter.late = false;
    job->ue = ue;
    memset(&job->texts, 0, sizeof job->texts);
    return index;
}

void bmsc_job_give(struct bmsc *bmsc, uint32_t index)
{
    struct bmsc_job *job = station_job_at(&bmsc->station, index);

    job->diameter.waiting = false;
    texts_drop(&bmsc->long_texts, &job->texts);
    station_job_give(&bmsc->station, index);
}

static const struct distribution *bmsc_service_time(const struct scenario *s, enum bmsc_work work)
{
    switch (work) {
    case BMSC_POST:
        return &s->bmsc_challenge_time;
    case BMSC_AUTH_POST:
        return &s->bmsc_service_time;
    case BMSC_ZN_ANSWER:
        return &s->bmsc_zn_time;
    default:
        return &s->bmsc_mikey_time;
    }
}

int64_t bmsc_decide_service_ns(struct bmsc *bmsc, const struct bmsc_job *job)
{
    const struct distribution *d = bmsc_service_time(bmsc->now, (enum bmsc_work)job->work);
    /* Fixed times take one as well: the other works keep theirs when this one varies. */
    uint32_t draw = bmsc_ue(bmsc, job->ue)->draws++;

    if (d->kind == DISTRIBUTION_FIXED)
        return d->a_ns;
    return distribution_sample(d, random_u64(bmsc->deployment->seed, job->ue, PURPOSE_BMSC_SERVICE, draw));
}

void bmsc_decide(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                 struct bmsc_action *out)
{
    switch ((enum bmsc_work)job->work) {
    case BMSC_AUTH_POST:
        bmsc_judge_post(bmsc, tally, now_ns, job, out);
        break;
    case BMSC_ZN_ANSWER:
        bmsc_judge_bia(bmsc, tally, now_ns, job, out);
        break;
    case BMSC_POST:
        bmsc_challenge(bmsc, tally, now_ns, job->ue, CHALLENGE_FIRST, out);
        break;
    case BMSC_PULL:
        bmsc_send_pull(bmsc, tally, now_ns, job, out);
        break;
    case BMSC_MSK:
        bmsc_send_msk(bmsc, tally, now_ns, job, out);
        break;
    case BMSC_ACK:
        bmsc_acknowledged(bmsc, tally, job, out);
        break;
    }
}

/* A POST is answered 503; an ACK is forgotten, another will answer the MSK message that is sent again. */
void bmsc_decide_turn_away(struct bmsc *bmsc, struct tally *tally, struct bmsc_job *job, bool answer,
                           struct bmsc_action *out)
{
    if (job->work == BMSC_ACK) {
        tally_count_service(tally, job->ue, job->service, COUNT_acks_dropped);
        bmsc_session(bmsc, job->ue)->deliveries[job->service].acked = false;
        return;
    }
    if (job->work == BMSC_AUTH_POST)
        bmsc_nonce_void(bmsc, job);
    if (answer)
        bmsc_refuse(bmsc, tally, job, 503, out);
}
