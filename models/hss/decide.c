/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Facts of a MAR to the answer. */
#include "models/hss/decide.h"

#include "models/subscriber.h"

struct hss_subscriber *hss_subscriber(struct hss *hss, uint32_t number)
{
    struct hss_subscriber *s = &hss->subscribers[number];
    struct subscriber_start start;

    if (!s->known) {
        subscriber_start(hss->deployment, number, &start);
        s->known = true;
        s->avs = (uint16_t)(start.newest + 1);
        s->seq = subscriber_start_seq_hss(hss->deployment, number);
    }
    return s;
}

bool hss_decide_mar(struct tally *tally, const struct hss_facts *facts)
{
    if (!facts->proper)
        tally_count(tally, TALLY_NO_UE, COUNT_diameter_malformed);
    return facts->proper;
}

/* What there is to say of overload, to a sender that reacts to it. */
static void hss_say_overload(struct hss *hss, int64_t now_ns, const struct hss_facts *facts,
                             struct hss_action *out)
{
    const struct scenario *s = hss->deployment->scenario;
    const struct overload_policy policy = {s->hss_overload_wait, s->diameter_overload_validity,
                                           hss->deployment->epoch_s};

    out->overload = (struct overload_said){.features = false};
    if (facts->reacts && s->hss_overload_wait > 0)
        out->overload = overload_say(&hss->report, &policy, now_ns, station_expected_wait_ns(&hss->station));
}

/* TS 33.102 §6.3.5: unless the next SEQ is one that the USIM accepts, an AUTS with the right MAC-S sets
 * SEQ_HE to SEQ_MS. With a wrong one SEQ_HE stays; either way the answer has a new AV. */
static void hss_resynchronise(struct hss_subscriber *s, const struct hss_facts *facts)
{
    uint64_t next = s->seq + 1;

    if (facts->auts == HSS_AUTS_RIGHT && (next <= facts->seq_ms || next - facts->seq_ms > SQN_DELTA))
        s->seq = facts->seq_ms;
}

void hss_decide(struct hss *hss, int64_t now_ns, const struct hss_facts *facts, struct hss_action *out)
{
    struct hss_subscriber *s;

    out->result = facts->result;
    if (facts->result == DIAMETER_SUCCESS) {
        s = hss_subscriber(hss, facts->subscriber);
        if (s->avs > AV_MAX) {
            out->result = DIAMETER_UNABLE_TO_COMPLY;
        } else {
            hss_resynchronise(s, facts);
            s->seq++;
            out->av = (struct key_name){facts->subscriber, s->avs++};
            out->sqn = s->seq << SQN_IND_BITS | (s->seq & ((1U << SQN_IND_BITS) - 1));
        }
    }
    hss_say_overload(hss, now_ns, facts, out);
}

void hss_decide_refusal(struct hss *hss, int64_t now_ns, const struct hss_facts *facts,
                        struct hss_action *out)
{
    out->result = DIAMETER_TOO_BUSY;
    hss_say_overload(hss, now_ns, facts, out);
}

int64_t hss_decide_service_ns(struct hss *hss, const struct hss_facts *facts)
{
    uint32_t draws = hss->subscribers[facts->subscriber].draws++;

    return distribution_sample(
        &hss->now->hss_service_time,
        random_u64(hss->deployment->seed, facts->subscriber, PURPOSE_HSS_SERVICE, draws));
}
