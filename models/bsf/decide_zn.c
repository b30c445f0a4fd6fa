/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Zn: whose keys the BM-SC may have (TS 29.109 §5.2, TS 33.220 §4.5.3). */
#include "models/bsf/decide.h"
#include "models/bsf/decide_private.h"

void bsf_answer_bir(struct bsf *bsf, int64_t now_ns, const struct bsf_job *job, uint32_t result,
                    int64_t expiry_ns, struct bsf_action *out)
{
    const struct scenario *s = bsf->deployment->scenario;
    const struct overload_policy policy = {s->bsf_overload_wait, s->diameter_overload_validity,
                                           bsf->deployment->epoch_s};

    out->send = BSF_SEND_BIA;
    out->result = result;
    out->expiry_ns = expiry_ns;
    if (job->zn.reacts && s->bsf_overload_wait > 0)
        out->overload =
            overload_say(&bsf->zn_report, &policy, now_ns, station_expected_wait_ns(&bsf->station));
}

/* Only the session that the BSF holds now, and only within its lifetime. */
void bsf_judge_bir(struct bsf *bsf, int64_t now_ns, const struct bsf_job *job, struct bsf_action *out)
{
    uint32_t result = job->zn.result;
    int64_t expiry_ns = 0;

    if (result == DIAMETER_SUCCESS) {
        const struct bsf_subscriber *s = bsf_subscriber(bsf, job->subscriber);

        expiry_ns = s->expiry_ns;
        if (s->av != job->zn.name.av || s->expiry_ns <= now_ns)
            result = DIAMETER_BTID_UNKNOWN;
    }
    bsf_answer_bir(bsf, now_ns, job, result, expiry_ns, out);
}
