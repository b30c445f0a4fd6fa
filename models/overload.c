/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reports of overload: made, and obeyed. */
#include "models/overload.h"

#include "sim/base/clock.h"
#include "sim/base/random.h"

#include <glib.h>

#define REDUCTION_MAX 100

struct overload_said overload_say(struct overload_report *report, const struct overload_policy *policy,
                                  int64_t now_ns, int64_t wait_ns)
{
    uint32_t reduction = (uint32_t)MIN((int64_t)REDUCTION_MAX, wait_ns * REDUCTION_MAX / policy->limit_ns);
    struct overload_said said = {.features = true};

    if (reduction != report->reduction) {
        report->sequence = MAX(report->sequence, (uint64_t)policy->epoch_s << 32) + 1;
        report->reduction = reduction;
        report->changed_ns = now_ns;
    }
    /* That it is over is said for as long as the reports before may be in force. */
    if (report->sequence == 0 || (reduction == 0 && now_ns > report->changed_ns + policy->validity_ns))
        return said;
    said.report = true;
    said.sequence = report->sequence;
    said.reduction = reduction;
    said.validity_s = (uint32_t)(policy->validity_ns / CLOCK_SECOND);
    return said;
}

void overload_heard(struct overload_limit *limit, int64_t now_ns, const struct overload_facts *answer)
{
    if (!answer->report || answer->reduction > REDUCTION_MAX || answer->sequence <= limit->sequence)
        return;
    limit->sequence = answer->sequence;
    limit->reduction = answer->reduction;
    limit->until_ns = now_ns + answer->validity_s * CLOCK_SECOND;
}

bool overload_throttles(const struct overload_limit *limit, int64_t now_ns, uint64_t bits)
{
    return now_ns < limit->until_ns && random_below(bits, REDUCTION_MAX) < limit->reduction;
}
