/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reports of overload: made, sent, heeded. */
#include "models/overload.h"

#include "sim/base/random.h"

#include <glib.h>

#define LOSS_ALGORITHM     0x1 /* OLR_DEFAULT_ALGO, RFC 7683 §7.2 */
#define VALIDITY_DEFAULT_S 30  /* §7.5: also where a report says more than a day */
#define VALIDITY_MAX_S     86400
#define REDUCTION_MAX      100

static const uint8_t loss_only[8] = {0, 0, 0, 0, 0, 0, 0, LOSS_ALGORITHM}, host_report[4] = {0};

static uint32_t u32_of(struct bytes b)
{
    return (uint32_t)b.at[0] << 24 | (uint32_t)b.at[1] << 16 | (uint32_t)b.at[2] << 8 | b.at[3];
}

static uint64_t u64_of(struct bytes b)
{
    return (uint64_t)u32_of(b) << 32 | u32_of(bytes_of(b.at + 4, 4));
}

static struct bytes put(uint8_t *at, size_t len, uint64_t value)
{
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(value >> 8 * (len - 1 - i));
    return bytes_of(at, len);
}

/* --- the node that is asked --------------------------------------------------------------------------- */

/* Without a feature vector the loss algorithm is meant (§7.1). */
bool overload_understood(const struct diameter_message *m)
{
    return m->oc_supported.at != NULL &&
           (m->oc_features.at == NULL || (u64_of(m->oc_features) & LOSS_ALGORITHM) != 0);
}

void overload_tell(struct net_region *at, struct overload_report *report, int64_t wait_ns, int64_t limit_ns,
                   struct diameter_message *answer)
{
    const struct world *world = model_of(at)->world;
    uint32_t reduction = (uint32_t)MIN((int64_t)REDUCTION_MAX, wait_ns * REDUCTION_MAX / limit_ns);
    int64_t validity_ns = world->scenario->diameter_overload_validity;

    answer->oc_features = bytes_of(loss_only, sizeof loss_only);
    if (reduction != report->reduction) {
        /* Above those of a node that was started earlier. */
        report->sequence = MAX(report->sequence, (uint64_t)world->epoch_s << 32) + 1;
        report->reduction = reduction;
        report->changed_ns = at->now_ns;
    }
    /* That it is over is told for as long as the reports before may be in force. */
    if (report->sequence == 0 || (reduction == 0 && at->now_ns > report->changed_ns + validity_ns))
        return;
    answer->oc_sequence = put(report->sequence_bytes, 8, report->sequence);
    answer->oc_report_type = bytes_of(host_report, sizeof host_report);
    answer->oc_reduction = put(report->reduction_bytes, 4, reduction);
    answer->oc_validity = put(report->validity_bytes, 4, (uint64_t)(validity_ns / CLOCK_SECOND));
}

/* --- the node that asks ------------------------------------------------------------------------------- */

void overload_offer(struct diameter_message *request)
{
    request->oc_features = bytes_of(loss_only, sizeof loss_only);
}

/* A report counts once, from its first arrival, and none that is older than it (§7.4, §7.5). */
void overload_heard(struct overload_limit *limit, int64_t now_ns, const struct diameter_message *answer)
{
    uint32_t reduction, validity_s = VALIDITY_DEFAULT_S;

    if (!overload_understood(answer) || answer->oc_sequence.at == NULL || answer->oc_reduction.at == NULL ||
        u32_of(answer->oc_report_type) != u32_of(bytes_of(host_report, sizeof host_report)))
        return;
    reduction = u32_of(answer->oc_reduction);
    if (reduction > REDUCTION_MAX || u64_of(answer->oc_sequence) <= limit->sequence)
        return;
    if (answer->oc_validity.at != NULL && u32_of(answer->oc_validity) <= VALIDITY_MAX_S)
        validity_s = u32_of(answer->oc_validity);
    limit->sequence = u64_of(answer->oc_sequence);
    limit->reduction = reduction;
    limit->until_ns = now_ns + validity_s * CLOCK_SECOND;
}

bool overload_throttles(const struct overload_limit *limit, int64_t now_ns, uint64_t bits)
{
    return now_ns < limit->until_ns && random_below(bits, REDUCTION_MAX) < limit->reduction;
}
