/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zn: the keys of an unknown B-TID are fetched while the POST waits (TS 29.109 §5.2). */
#include "models/bmsc/decide.h"
#include "models/bmsc/decide_private.h"
#include "models/scenario/words.h"

#include <string.h>

void bmsc_ask_bsf(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                  struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);
    const struct deployment *deployment = bmsc->deployment;

    if (deployment->scenario->bsf_overload_wait > 0 &&
        diameter_client_throttled(&bmsc->bsf, tally, now_ns, job->ue,
                                  random_u64(deployment->seed, job->ue, PURPOSE_OVERLOAD, ue->draws++))) {
        bmsc_nonce_void(bmsc, job);
        bmsc_refuse(bmsc, tally, job, 503, out);
        return;
    }
    diameter_client_asks(&bmsc->bsf, tally, now_ns, job->ue, ue->zn_failed, &job->diameter);
    out->send = BMSC_SEND_BIR;
    out->waits = true;
}

enum net_verdict bmsc_decide_bia(struct bmsc *bmsc, struct tally *tally, int64_t now_ns,
                                 const struct bmsc_bia_facts *facts, struct bmsc_job **queued)
{
    struct bmsc_job *job =
        (struct bmsc_job *)diameter_client_answered(&bmsc->bsf, tally, now_ns, &facts->answer);
    bool success = facts->answer.result == DIAMETER_SUCCESS;

    *queued = NULL;
    if (job == NULL)
        return facts->answer.proper ? NET_RECEIVED : NET_REJECTED;
    if (!facts->whole || (success && facts->ue != job->ue)) {
        tally_count(tally, job->ue, COUNT_diameter_malformed);
        return NET_REJECTED;
    }
    *queued = job;
    job->result = facts->answer.result;
    job->other_gba = facts->other_gba;
    job->zn_expiry_ns = facts->expiry_ns;
    job->zn_bootstrap_ns = facts->bootstrap_ns;
    memcpy(job->zn_ks_naf, facts->ks_naf, sizeof job->zn_ks_naf);
    bmsc_ue(bmsc, job->ue)->zn_failed = job->result == DIAMETER_TOO_BUSY;
    diameter_client_has(&bmsc->bsf, tally, now_ns, &job->diameter);
    job->work = BMSC_ZN_ANSWER;
    return NET_RECEIVED;
}

/* A MUK fetched becomes the last known; its messages start at counter 0. It may have been fetched twice: a
 * UE that timed out posts again while the first answer is under way. False: a later bootstrap, whose key
 * lasts longer, is known by now. */
static bool bmsc_learn(struct bmsc *bmsc, const struct bmsc_job *job, struct bmsc_action *out)
{
    struct bmsc_ue *ue = bmsc_ue(bmsc, job->ue);
    struct bmsc_session *session = bmsc_session(bmsc, job->ue);
    int64_t expiry_ns = bmsc_muk_expiry_ns(bmsc->deployment, job->zn_expiry_ns, job->zn_bootstrap_ns);
    uint16_t av = job->post.name.av;

    if (av == ue->last_known || expiry_ns < ue->last_known_expiry_ns)
        return av == ue->last_known;
    if (ue->last_used == ue->last_known)
        ue->last_used_counter = ue->last_known_counter;
    ue->last_known = av;
    ue->last_known_counter = 0;
    ue->last_known_expiry_ns = expiry_ns;
    session->av = av;
    for (unsigned i = 0; i < session->service_count; i++)
        session->deliveries[i].pushes = 0; /* an MSK message under the older MUK is acknowledged no more */
    out->adopt = true;
    return true;
}

/* What an answer means for the POST that waited for it. */
static void bmsc_answer_post(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                             struct bmsc_action *out)
{
    if (job->result == DIAMETER_SUCCESS && !job->other_gba && bmsc_learn(bmsc, job, out)) {
        bmsc_check(bmsc, job, out);
        return;
    }
    bmsc_nonce_void(bmsc, job);
    switch (job->result) {
    case DIAMETER_SUCCESS:
        if (job->other_gba) /* "the NAF shall stop processing": TS 29.109 §5.2 */
            bmsc_refuse(bmsc, tally, job, 403, out);
        else
            bmsc_renegotiate(bmsc, tally, now_ns, job, out);
        break;
    case DIAMETER_BTID_UNKNOWN:
        tally_count(tally, job->ue, COUNT_zn_unknown);
        bmsc_renegotiate(bmsc, tally, now_ns, job, out);
        break;
    case DIAMETER_TOO_BUSY:
        tally_count(tally, job->ue, COUNT_zn_busy);
        bmsc_refuse(bmsc, tally, job, 503, out);
        break;
    default: /* RFC 6733 §7.1: from 5000 on for good, below for now */
        bmsc_refuse(bmsc, tally, job, job->result < DIAMETER_PERMANENT ? 503 : 403, out);
        break;
    }
}

void bmsc_judge_bia(struct bmsc *bmsc, struct tally *tally, int64_t now_ns, struct bmsc_job *job,
                    struct bmsc_action *out)
{
    /* Late and kept: nobody to answer, but the keys are there when the UE comes again. */
    if (!job->diameter.late)
        bmsc_answer_post(bmsc, tally, now_ns, job, out);
    else if (job->result == DIAMETER_SUCCESS && !job->other_gba)
        bmsc_learn(bmsc, job, out);
}

/* "The BM-SC did not get response over Zn interface": 504, which a UE does not repeat (TS 33.246 table
 * G.2.4-1). */
struct bmsc_job *bmsc_decide_zn_timeout(struct bmsc *bmsc, struct tally *tally, uint64_t argument,
                                        uint32_t *index, struct bmsc_action *out)
{
    struct bmsc_job *job = (struct bmsc_job *)diameter_client_timed_out(&bmsc->bsf, tally, argument, index);
    const struct scenario *s = bmsc->deployment->scenario;

    if (job == NULL)
        return NULL;
    bmsc_ue(bmsc, job->ue)->zn_failed = true;
    bmsc_nonce_void(bmsc, job);
    bmsc_refuse(bmsc, tally, job, s->whatif_zn_timeout_status == ZN_TIMEOUT_503 ? 503 : 504, out);
    job->diameter.late = out->waits = s->bmsc_late_answers == LATE_ANSWERS_KEEP;
    return job;
}
