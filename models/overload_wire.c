/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* AVPs of overload to facts and back. */
#include "models/overload_wire.h"

#define LOSS_ALGORITHM     0x1 /* OLR_DEFAULT_ALGO, RFC 7683 §7.2 */
#define VALIDITY_DEFAULT_S 30  /* §7.5: also where a report says more than a day */
#define VALIDITY_MAX_S     86400

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

/* Without a feature vector the loss algorithm is meant (§7.1). */
static bool understood(const struct diameter_message *m)
{
    return m->oc_supported.at != NULL &&
           (m->oc_features.at == NULL || (u64_of(m->oc_features) & LOSS_ALGORITHM) != 0);
}

void overload_read(const struct diameter_message *m, struct overload_facts *out)
{
    *out = (struct overload_facts){.understood = understood(m), .validity_s = VALIDITY_DEFAULT_S};
    if (!out->understood || m->oc_sequence.at == NULL || m->oc_reduction.at == NULL ||
        u32_of(m->oc_report_type) != u32_of(bytes_of(host_report, sizeof host_report)))
        return;
    out->report = true;
    out->sequence = u64_of(m->oc_sequence);
    out->reduction = u32_of(m->oc_reduction);
    if (m->oc_validity.at != NULL && u32_of(m->oc_validity) <= VALIDITY_MAX_S)
        out->validity_s = u32_of(m->oc_validity);
}

void overload_offer(struct diameter_message *request)
{
    request->oc_features = bytes_of(loss_only, sizeof loss_only);
}

void overload_write(const struct overload_said *said, struct overload_bytes *bytes,
                    struct diameter_message *answer)
{
    if (!said->features)
        return;
    answer->oc_features = bytes_of(loss_only, sizeof loss_only);
    if (!said->report)
        return;
    answer->oc_sequence = put(bytes->sequence, 8, said->sequence);
    answer->oc_report_type = bytes_of(host_report, sizeof host_report);
    answer->oc_reduction = put(bytes->reduction, 4, said->reduction);
    answer->oc_validity = put(bytes->validity, 4, said->validity_s);
}
