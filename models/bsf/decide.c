/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of the BSF; what arrives, what is served, by kind of work. */
#include "models/bsf/decide.h"

#include "models/bsf/decide_private.h"
#include "models/subscriber.h"

#include <glib.h>
#include <string.h>

static void bsf_subscriber_start(const struct bsf *bsf, uint32_t number, struct bsf_subscriber *s)
{
    double lost = bsf->deployment->scenario->bsf_session_lost;
    struct subscriber_start start;

    subscriber_start(bsf->deployment, number, &start);
    s->known = true;
    s->challenge = s->spare = POOL_NONE;
    s->expiry_ns = start.newest_expiry_ns;
    s->av = deployment_chance(bsf->deployment, number, PURPOSE_SESSION_LOST, lost) ? AV_NONE : start.newest;
    s->tmpi = s->av;
}

struct bsf_subscriber *bsf_subscriber(struct bsf *bsf, uint32_t number)
{
    struct bsf_subscriber *s = &bsf->subscribers[number];

    if (!s->known)
        bsf_subscriber_start(bsf, number, s);
    return s;
}

struct bsf_subscriber bsf_subscriber_seen(const struct bsf *bsf, uint32_t number)
{
    struct bsf_subscriber s = bsf->subscribers[number];

    if (!s.known)
        bsf_subscriber_start(bsf, number, &s);
    return s;
}

uint32_t bsf_job_take(struct bsf *bsf)
{
    uint32_t index = station_job_take(&bsf->station);
    struct bsf_job *job = station_job_at(&bsf->station, index);

    memset((char *)job + sizeof job->diameter.station, 0, sizeof *job - sizeof job->diameter.station);
    return index;
}

void bsf_job_give(struct bsf *bsf, uint32_t index)
{
    struct bsf_job *job = station_job_at(&bsf->station, index);

    job->diameter.waiting = false;
    if (job->work != BSF_ZN)
        texts_drop(&bsf->long_texts, &job->texts);
    station_job_give(&bsf->station, index);
}

bool bsf_decide_ub(struct bsf *bsf, struct tally *tally, const struct bsf_ub_facts *facts,
                   struct bsf_job *job, struct bsf_action *out)
{
    job->work = (uint8_t)facts->work;
    job->subscriber = facts->subscriber;
    job->tmpi_understood = facts->tmpi_understood;
    job->challenge.by_tmpi = facts->by_tmpi;
    memcpy(job->challenge.tmpi, facts->tmpi, sizeof job->challenge.tmpi);
    job->credentials = facts->credentials;
    if (facts->status == 200) {
        if (facts->work == BSF_UB_CREDENTIALS)
            texts_put(&bsf->long_texts, &job->texts,
                      (struct bytes[]){[BSF_TEXT_CNONCE] = facts->cnonce, [BSF_TEXT_URI] = facts->uri}, 2);
        return true;
    }
    out->hang_up = facts->status == 400;
    if (out->hang_up)
        tally_count(tally, job->diameter.station.ue, COUNT_http_malformed);
    bsf_refuse(bsf, tally, job, facts->status, out);
    return false;
}

bool bsf_decide_zn(struct tally *tally, const struct bsf_zn_facts *facts, struct bsf_job *job)
{
    if (!facts->proper) {
        tally_count(tally, TALLY_NO_UE, COUNT_diameter_malformed);
        return false;
    }
    job->work = BSF_ZN;
    job->subscriber = facts->name.ue;
    job->zn = *facts;
    return true;
}

int64_t bsf_decide_service_ns(struct bsf *bsf, const struct bsf_job *job)
{
    const struct scenario *s = bsf->now;
    const struct distribution *d = job->work == BSF_ZN          ? &s->bsf_zn_time
                                   : job->work == BSF_ZH_ANSWER ? &s->bsf_zh_time
                                                                : &s->bsf_service_time;
    uint32_t draws = bsf->subscribers[job->subscriber].draws++;

    return distribution_sample(
        d, random_u64(bsf->deployment->seed, job->subscriber, PURPOSE_BSF_SERVICE, draws));
}

void bsf_decide(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                struct bsf_action *out)
{
    switch ((enum bsf_work)job->work) {
    case BSF_UB_GET:
        bsf_find_vector(bsf, tally, now_ns, job, out);
        break;
    case BSF_UB_UNKNOWN: /* TS 33.220 §4.5.2 step 2: "an appropriate error message". No text names it: 403. */
        tally_count(tally, job->subscriber, COUNT_tmpi_unknown);
        bsf_refuse(bsf, tally, job, 403, out);
        break;
    case BSF_UB_CREDENTIALS:
        bsf_judge_credentials(bsf, tally, now_ns, job, out);
        break;
    case BSF_ZH_ANSWER:
        bsf_judge_maa(bsf, tally, job, out);
        break;
    case BSF_ZN:
        bsf_judge_bir(bsf, now_ns, job, out);
        break;
    }
}

void bsf_decide_turn_away(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                          bool answer, struct bsf_action *out)
{
    if (job->work != BSF_ZN)
        bsf_spend_response(bsf, job);
    if (!answer)
        return;
    if (job->work == BSF_ZN)
        bsf_answer_bir(bsf, now_ns, job, DIAMETER_TOO_BUSY, 0, out);
    else
        bsf_refuse(bsf, tally, job, 503, out);
}
