/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub: a GET is challenged, its answer begins a session (TS 33.220 §4.5.2, TS 24.109 §4, RFC 3310). */
#include "models/bsf/decide.h"
#include "models/bsf/decide_private.h"

static uint32_t bsf_retry_after_s(struct bsf *bsf, uint32_t subscriber)
{
    const struct scenario *s = bsf->deployment->scenario;
    const struct station_retry rule = {s->bsf_retry_after, s->bsf_retry_after_grows,
                                       s->bsf_retry_after_spread};

    return station_draw_retry_after_s(&bsf->station, &rule, bsf->deployment->seed, subscriber,
                                      &bsf_subscriber(bsf, subscriber)->draws);
}

void bsf_refuse(struct bsf *bsf, struct tally *tally, const struct bsf_job *job, unsigned status,
                struct bsf_action *out)
{
    out->send = BSF_SEND_REFUSAL;
    out->status = status;
    if (status != 503)
        return;
    out->retry_after_s = bsf_retry_after_s(bsf, job->subscriber);
    tally_count(tally, job->subscriber, COUNT_ub_503);
}

void bsf_challenge(struct bsf *bsf, struct tally *tally, struct bsf_job *job, struct bsf_action *out)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);
    const struct bsf_challenge *before = bsf_challenge_of(bsf, s);

    if (before == NULL)
        s->challenge = pool_take(&bsf->challenges);
    else
        job->challenge.wrong = before->wrong;
    *bsf_challenge_of(bsf, s) = job->challenge;
    tally_count(tally, job->subscriber, COUNT_ub_401);
    out->send = BSF_SEND_CHALLENGE;
}

/* The challenge was answered, or is given up. */
static void bsf_drop_challenge(struct bsf *bsf, struct bsf_subscriber *s)
{
    pool_give(&bsf->challenges, s->challenge);
    s->challenge = POOL_NONE;
}

/* One with AUTS proves nothing, as its password is empty (RFC 3310 §3.4). */
void bsf_spend_response(struct bsf *bsf, const struct bsf_job *job)
{
    struct bsf_subscriber *s;

    if (job->work != BSF_UB_CREDENTIALS || !job->credentials.right || job->credentials.resync)
        return;
    s = bsf_subscriber(bsf, job->subscriber);
    if (s->challenge != POOL_NONE)
        bsf_drop_challenge(bsf, s);
}

/* A new challenge after each wrong response, up to the last (TS 24.109 §4.3). */
static void bsf_response_wrong(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                               struct bsf_action *out)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    tally_count(tally, job->subscriber, COUNT_digest_failed);
    job->credentials.resync = false;
    if (++bsf_challenge_of(bsf, s)->wrong < bsf->deployment->scenario->bsf_response_attempts) {
        bsf_find_vector(bsf, tally, now_ns, job, out);
        return;
    }
    bsf_drop_challenge(bsf, s);
    bsf_refuse(bsf, tally, job, 403, out);
}

/* The UE has proven itself: its session begins, and it has a new TMPI, if it understands that. */
static void bsf_bootstrapped(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                             struct bsf_action *out)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

    job->challenge = *bsf_challenge_of(bsf, s);
    s->av = job->challenge.vector.av;
    s->tmpi = job->tmpi_understood ? s->av : AV_NONE;
    s->expiry_ns = (now_ns / CLOCK_SECOND + job->challenge.vector.lifetime_s) * CLOCK_SECOND;
    bsf_drop_challenge(bsf, s);
    tally_count(tally, job->subscriber, COUNT_ub_200);
    out->send = BSF_SEND_SUCCESS;
    out->expiry_ns = s->expiry_ns;
}

void bsf_judge_credentials(struct bsf *bsf, struct tally *tally, int64_t now_ns, struct bsf_job *job,
                           struct bsf_action *out)
{
    struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);
    const struct bsf_challenge *challenge = bsf_challenge_of(bsf, s);

    /* An old challenge, or one replaced while the request waited: a new one. */
    if (challenge == NULL || job->credentials.av != challenge->vector.av) {
        job->credentials.resync = false;
        bsf_find_vector(bsf, tally, now_ns, job, out);
    } else if (!job->credentials.right) {
        bsf_response_wrong(bsf, tally, now_ns, job, out);
    } else if (job->credentials.resync) {
        job->challenge.vector = challenge->vector; /* whose RAND goes with the AUTS */
        bsf_ask_hss(bsf, tally, now_ns, job, out);
    } else {
        bsf_bootstrapped(bsf, tally, now_ns, job, out);
    }
}
