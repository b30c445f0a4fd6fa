/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The start state, and the sequence numbers of AKA that go with it. */
#include "models/subscriber.h"

#include "models/keys/table.h"
#include "sim/base/random.h"

static enum subscriber_class class_of(const struct deployment *deployment, uint32_t ue)
{
    return subscriber_class_at(deployment->scenario,
                               random_unit(random_u64(deployment->seed, ue, PURPOSE_CLASS, 0)));
}

void subscriber_start(const struct deployment *deployment, uint32_t ue, struct subscriber_start *out)
{
    int64_t lifetime = deployment->scenario->gba_lifetime;
    struct random_block age = random_draw(deployment->seed, ue, PURPOSE_AGE, 0);
    uint64_t bits[2] = {(uint64_t)age.word[0] << 32 | age.word[1], (uint64_t)age.word[2] << 32 | age.word[3]};
    int64_t newest_age = (int64_t)random_below(bits[0], (uint64_t)lifetime);
    int64_t older_by = 1 + (int64_t)random_below(bits[1], (uint64_t)lifetime);

    *out = (struct subscriber_start){.class = class_of(deployment, ue)};
    switch (out->class) {
    case CLASS_CURRENT:
        break;
    case CLASS_EXPIRED:
        newest_age += lifetime;
        break;
    case CLASS_AHEAD:
        out->newest = 1;
        break;
    case CLASS_UNKNOWN:
        out->newest = 2;
        out->ue_used = 1;
        break;
    case CLASS_UNPROVEN:
        out->newest = 1;
        out->ue_used = AV_NONE;
        out->bmsc_known = 1;
        break;
    }
    /* Expiry times are whole seconds, as the interfaces carry them; what is valid stays so at the start. */
    int64_t expiry = (lifetime - newest_age) / CLOCK_SECOND * CLOCK_SECOND;
    if (out->class != CLASS_EXPIRED)
        expiry += CLOCK_SECOND;
    out->newest_expiry_ns = expiry;
    out->older_expiry_ns = expiry - older_by;
    out->counter = 1 + (uint32_t)(bits[1] & 0xff);
}

int64_t subscriber_start_known_ns(const struct deployment *deployment, const struct subscriber_start *start)
{
    int64_t expiry_ns = start->bmsc_known == start->newest ? start->newest_expiry_ns : start->older_expiry_ns;

    return expiry_ns - deployment->scenario->gba_lifetime;
}

#define SEQ_AHEAD 1000

/* Vectors before the run are numbered 0 .. newest, each SEQ one above the last. */
uint64_t subscriber_start_seq_hss(const struct deployment *deployment, uint32_t ue)
{
    struct subscriber_start start;

    if (deployment->key_table != NULL)
        return deployment->key_table->seq[ue];
    subscriber_start(deployment, ue, &start);
    return (1U << 16) + random_below(random_u64(deployment->seed, ue, PURPOSE_SQN, 0), 1U << 24) +
           start.newest;
}

uint64_t subscriber_start_seq_usim(const struct deployment *deployment, uint32_t ue)
{
    uint64_t seq = subscriber_start_seq_hss(deployment, ue);

    return deployment_chance(deployment, ue, PURPOSE_SQN_AHEAD, deployment->scenario->ue_sqn_ahead)
               ? seq + SEQ_AHEAD
               : seq;
}
