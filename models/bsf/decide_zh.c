/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zh: an AV is fetched while the GET waits (TS 29.109 §4.2). */
#include "models/bsf/decide.h"
#include "models/bsf/decide_private.h"
#include "models/scenario/words.h"

void bsf_ask_hss(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                 struct bsf_action *out)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);
    const struct deployment *deployment = bsf->deployment;

    if (deployment->scenario->hss_overload_wait > 0 &&
        diameter_client_throttled(
            &bsf->hss, tally, now_ns, job->subscriber,
            random_u64(deployment->seed, job->subscriber, PURPOSE_OVERLOAD, s->draws++))) {
        bsf_refuse(bsf, tally, job, 503, out);
        return;
    }
    diameter_client_asks(&bsf->hss, tally, now_ns, job->subscriber, s->zh_failed, &job->diameter);
    out->send = BSF_SEND_MAR;
    out->waits = true;
}

void bsf_find_vector(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                     struct bsf_action *out)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    if (s->spare == POOL_NONE) {
        bsf_ask_hss(bsf, tally, now_ns, job, out);
        return;
    }
    job->challenge.vector = ((struct bsf_challenge *)pool_at(&bsf->challenges, s->spare))->vector;
    pool_give(&bsf->challenges, s->spare);
    s->spare = POOL_NONE;
    bsf_challenge(bsf, tally, job, out);
}

enum net_verdict bsf_decide_maa(struct bsf *bsf, struct tally *tally, int64_t now_ns,
                                const struct bsf_maa_facts *facts, struct bsf_job **queued)
{
    struct bsf_job *job =
        (struct bsf_job *)diameter_client_answered(&bsf->hss, tally, now_ns, &facts->answer);
    bool success = facts->answer.result == DIAMETER_SUCCESS;

    *queued = NULL;
    if (job == NULL)
        return facts->answer.proper ? NET_RECEIVED : NET_REJECTED;
    if (!facts->whole || (success && facts->subscriber != job->subscriber)) {
        tally_count(tally, job->subscriber, COUNT_diameter_malformed);
        return NET_REJECTED;
    }
    *queued = job;
    job->result = facts->answer.result;
    if (success)
        job->challenge.vector = facts->vector;
    bsf_subscriber(bsf, job->subscriber)->zh_failed = job->result == DIAMETER_TOO_BUSY;
    diameter_client_has(&bsf->hss, tally, now_ns, &job->diameter);
    job->work = BSF_ZH_ANSWER;
    return NET_RECEIVED;
}

/* Late and kept: the AV serves the UE's next try. */
static void bsf_keep_vector(struct bsf *bsf, const struct bsf_job *job)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    if (job->result != DIAMETER_SUCCESS)
        return;
    if (s->spare == POOL_NONE)
        s->spare = pool_take(&bsf->challenges);
    *(struct bsf_challenge *)pool_at(&bsf->challenges, s->spare) = job->challenge;
}

void bsf_judge_maa(struct bsf *bsf, struct tally *tally, struct bsf_job *job, struct bsf_action *out)
{
    if (job->diameter.late) {
        bsf_keep_vector(bsf, job);
    } else if (job->result == DIAMETER_SUCCESS) {
        bsf_challenge(bsf, tally, job, out);
    } else {
        if (job->result == DIAMETER_TOO_BUSY)
            tally_count(tally, job->subscriber, COUNT_zh_busy);
        /* RFC 6733 §7.1: from 5000 on for good, below for now; which status says so to the UE, no text
         * has. */
        bsf_refuse(bsf, tally, job, job->result < DIAMETER_PERMANENT ? 503 : 403, out);
    }
}

struct bsf_job *bsf_decide_timeout(struct bsf *bsf, struct tally *tally, uint64_t argument, uint32_t *index,
                                   struct bsf_action *out)
{
    struct bsf_job *job = (struct bsf_job *)diameter_client_timed_out(&bsf->hss, tally, argument, index);

    if (job == NULL)
        return NULL;
    bsf_subscriber(bsf, job->subscriber)->zh_failed = true;
    bsf_refuse(bsf, tally, job, 503, out);
    job->diameter.late = out->waits = bsf->deployment->scenario->bsf_late_answers == LATE_ANSWERS_KEEP;
    return job;
}
