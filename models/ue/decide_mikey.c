/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which MIKEY messages are accepted, and what of them (TS 33.246 §6.3.2.2.4, §6.3.2.3.1, §6.4.3, §6.5.3). */
#include "models/ue/decide_private.h"

/* Is a counter greater than the stored one in the sense of RFC 1982 §3.2, as TS 33.246 §6.4.3 has it?
 * Where the relation is undefined, half the circle away, the message counts as replayed. */
static bool ue_counter_fresh(uint32_t counter, uint32_t stored)
{
    uint32_t ahead = counter - stored;

    return ahead != 0 && ahead < UINT32_C(1) << 31;
}

/* The checks of a MIKEY receiver in the order of RFC 3830 §5.4: NULL if one fails (counted), else the MUK. */
static struct ue_muk *ue_mikey_accepted(struct ue_decision *d, const struct ue_mikey_facts *facts)
{
    struct ue_muk *muk = facts->av == d->ue->newest.av ? &d->ue->newest : &d->ue->last_used;

    if (!facts->proper) {
        ue_count(d, COUNT_mikey_malformed);
        return NULL;
    }
    if (!facts->held) {
        ue_count(d, COUNT_mikey_unknown_muk);
        return NULL;
    }
    if (!ue_counter_fresh(facts->counter, muk->counter)) {
        ue_count(d, COUNT_mikey_replayed);
        return NULL;
    }
    if (!facts->mac_right) {
        ue_count(d, COUNT_mikey_bad_mac);
        return NULL;
    }
    if (muk->expiry_ns <= d->now_ns) {
        /* Past its lifetime a MUK is good for a pull and for nothing else. */
        ue_count(d, facts->pull ? COUNT_pulls_expired_muk : COUNT_mikey_expired_muk);
        return facts->pull ? muk : NULL;
    }
    return muk;
}

/* Only an authenticated message moves the counter; one under the newest MUK proves that both sides have
 * it. */
static void ue_counter_moves(struct ue *ue, struct ue_muk *muk, uint32_t counter)
{
    muk->counter = counter;
    if (muk == &ue->newest) {
        ue->proven = true;
        ue->last_used.av = AV_NONE;
    }
}

/* The current MSK of the service has to be asked for, under the newest MUK (TS 33.246 §6.3.2.2.4): at
 * once, for the announced back-off is not for a pull (§6.3.2.2.1). */
static void ue_solicited(struct ue_decision *d, const struct ue_mikey_facts *facts)
{
    if (d->x == NULL)
        ue_exchange_begin(d, facts->service);
    else
        d->x->services |= (uint8_t)(1U << facts->service);
}

static void ue_pulled(struct ue_decision *d, const struct ue_mikey_facts *facts, int64_t first_pull_ns)
{
    struct ue_service *service = &d->ue->services[facts->service];

    tally_duration(d->tally, PROCEDURE_pull, d->now_ns - first_pull_ns);
    if (service->first_pull_ns < 0)
        service->first_pull_ns = first_pull_ns;
    ue_count_service(d, facts->service, d->x == NULL ? COUNT_pulls_accepted : COUNT_pulls_coalesced);
    ue_solicited(d, facts);
}

bool ue_holds_msk(const struct ue_decision *d, unsigned service)
{
    const struct ue_service *s = &d->ue->services[service];
    uint16_t number = d->table->deployment->services[service].msk_number;

    return (s->msk[0] == number && s->msk_valid[0]) || (s->msk[1] == number && s->msk_valid[1]);
}

/* The MSK of a number, new or known, is the newer of the two that are kept from now on (TS 33.246 §6.5.3). */
static void ue_msk_keep(struct ue_service *service, uint16_t number, bool valid)
{
    if (service->msk[0] != number) {
        service->msk[1] = service->msk[0];
        service->msk_valid[1] = service->msk_valid[0];
        service->msk[0] = number;
    }
    service->msk_valid[0] = valid;
}

static void ue_measure_deadlines(struct tally_service *tally, const struct durations *deadlines,
                                 int64_t update_ns)
{
    for (unsigned i = 0; i < deadlines->count; i++)
        tally->keyed_within[i] += update_ns <= deadlines->ns[i];
}

/* The UE holds the new MSK of the service now. */
static void ue_keyed(struct ue_decision *d, unsigned number)
{
    struct ue_service *service = &d->ue->services[number];
    struct tally_service *tally = &d->tally->services[number];
    const struct scenario *s = d->table->deployment->scenario;

    ue_count_service(d, number, COUNT_ues_keyed);
    tally->last_keyed_ns = d->now_ns;
    if (service->gave_up) {
        service->gave_up = false;
        tally_add_service(d->tally, d->number, number, COUNT_ues_gave_up, -1);
    }
    if (service->first_pull_ns >= 0)
        tally_duration(d->tally, PROCEDURE_time_to_key, d->now_ns - service->first_pull_ns);
    tally_duration(d->tally, PROCEDURE_update, d->now_ns - s->pull_start);
    ue_measure_deadlines(tally, &s->output_deadlines, d->now_ns - s->pull_start);
}

static void ue_msk_install(struct ue_decision *d, const struct ue_mikey_facts *facts)
{
    uint16_t number = facts->key_number;
    struct ue_service *service = &d->ue->services[facts->service];
    bool held = ue_holds_msk(d, facts->service), holds;

    if (facts->has_key) {
        ue_count_service(d, facts->service, COUNT_msk_installed);
        if (!facts->key_right || number != d->table->deployment->services[facts->service].msk_number)
            ue_count_service(d, facts->service, COUNT_msk_mismatch);
    } else if (!facts->has_validity || (service->msk[0] != number && service->msk[1] != number)) {
        return; /* nothing in it, or of a key that is not here */
    }
    if (!facts->valid)
        ue_count_service(d, facts->service, COUNT_msk_invalidated);
    ue_msk_keep(service, number, facts->valid);
    holds = ue_holds_msk(d, facts->service);
    if (!held && holds)
        ue_keyed(d, facts->service);
    else if (held && !holds)
        tally_add_service(d->tally, d->number, facts->service, COUNT_ues_keyed, -1);
}

/* What the key means for the exchange under way. In other phases the rest of it will see what is there. */
static void ue_msk_arrived(struct ue_decision *d, unsigned service)
{
    struct ue_exchange *x = d->x;

    if (x == NULL)
        return;
    x->arrived |= x->services & (uint8_t)(1U << service);
    if (x->phase == UE_AWAITING_MSK && (x->asked & ~x->arrived) == 0) {
        tally_duration(d->tally, PROCEDURE_msk, d->now_ns - x->started_ns);
        ue_exchange_next(d);
    } else if (x->phase == UE_WAITING && ue_exchange_satisfied(x)) {
        ue_exchange_end(d); /* the try it belongs to was given up; there is nothing left to ask for */
    }
}

/* Under the newest MUK: what it brings is stored, and acknowledged if that is asked for. */
static enum net_verdict ue_msk_message(struct ue_decision *d, const struct ue_mikey_facts *facts)
{
    if (!facts->readable) {
        ue_count(d, COUNT_mikey_malformed);
        return NET_REJECTED;
    }
    ue_msk_install(d, facts);
    if (facts->v)
        ue_do(d, UE_DO_ACKNOWLEDGE);
    if (ue_holds_msk(d, facts->service))
        ue_msk_arrived(d, facts->service);
    return NET_RECEIVED;
}

enum net_verdict ue_decide_mikey(struct ue_decision *d, const struct ue_mikey_facts *facts,
                                 int64_t first_pull_ns)
{
    struct ue_muk *muk = ue_mikey_accepted(d, facts);

    if (muk == NULL)
        return NET_REJECTED;
    ue_counter_moves(d->ue, muk, facts->counter);
    if (facts->service == SERVICE_NONE) {
        ue_count(d, COUNT_mikey_foreign);
        return NET_REJECTED;
    }
    if (facts->pull) {
        ue_pulled(d, facts, first_pull_ns);
        return NET_RECEIVED;
    }
    if (muk == &d->ue->newest)
        return ue_msk_message(d, facts);
    /* The BM-SC does not know the newest MUK: a pull in effect. What is inside is not stored, and not
     * acknowledged (TS 33.246 §6.3.2.3.1, TS 31.102 §7.1.1.6). */
    ue_count_service(d, facts->service, COUNT_msk_older_muk);
    ue_solicited(d, facts);
    return NET_REJECTED;
}
