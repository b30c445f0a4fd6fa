/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Memory of the UEs. A UE's start state is filled in when it is first touched, so that setting a run up
 * costs nothing per UE. */
#include "sim/base/table.h"
#include "models/subscriber.h"
#include "models/ue/decide.h"
#include "models/ue/secrets.h"

#include <glib.h>

size_t ue_bytes(unsigned services)
{
    return sizeof(struct ue) + services * sizeof(struct ue_service);
}

bool ue_states_init(struct ue_states *states, const struct deployment *deployment)
{
    bool preemptive = deployment->scenario->ue_preemptive > 0;

    *states = (struct ue_states){.count = deployment->ues, .ue_bytes = ue_bytes(deployment->service_count)};
    states->ues = table_new(states->count, states->ue_bytes);
    if (states->ues != NULL && preemptive)
        states->nonce_of_ue = table_new(states->count, sizeof *states->nonce_of_ue);
    return states->ues != NULL && (states->nonce_of_ue != NULL || !preemptive);
}

void ue_states_clear(struct ue_states *states)
{
    table_free(states->nonce_of_ue, states->count, sizeof *states->nonce_of_ue);
    table_free(states->ues, states->count, states->ue_bytes);
    *states = (struct ue_states){.count = 0};
}

struct ue_table *ue_table_new(const struct deployment *deployment, const struct ue_states *states)
{
    struct ue_table *table = g_new0(struct ue_table, 1);

    table->deployment = deployment;
    table->states = *states;
    pool_init(&table->exchanges, sizeof(struct ue_exchange_memory));
    pool_init(&table->sqns, sizeof(struct ue_sqn));
    pool_init(&table->nonces, sizeof(struct ue_nonce));
    texts_pool_init(&table->long_texts);
    return table;
}

void ue_table_free(struct ue_table *table)
{
    if (table == NULL)
        return;
    pool_clear(&table->exchanges);
    pool_clear(&table->sqns);
    pool_clear(&table->nonces);
    pool_clear(&table->long_texts);
    g_free(table);
}

/* Of each service a UE holds the MSK before the new one. */
static void ue_start_services(const struct deployment *deployment, struct ue *ue)
{
    for (unsigned i = 0; i < deployment->service_count; i++)
        ue->services[i] = (struct ue_service){.first_pull_ns = -1,
                                              .msk = {(uint16_t)(deployment->services[i].msk_number - 1)},
                                              .msk_valid = {true}};
}

void ue_decide_start(struct ue_decision *d)
{
    struct subscriber_start s;
    struct ue *ue = d->ue;

    subscriber_start(d->table->deployment, d->number, &s);
    ue_start_services(d->table->deployment, ue);
    ue->initialised = true;
    ue->exchange = ue->sqn = POOL_NONE;
    ue->newest = (struct ue_muk){.expiry_ns = s.newest_expiry_ns, .av = s.newest};
    ue->last_used = (struct ue_muk){.av = AV_NONE};
    ue->has_tmpi = true; /* everybody has bootstrapped before */
    ue->proven = s.ue_used == s.newest;
    if (ue->proven)
        ue->newest.counter = s.counter;
    else if (s.ue_used != AV_NONE)
        ue->last_used =
            (struct ue_muk){.expiry_ns = s.older_expiry_ns, .counter = s.counter, .av = s.ue_used};
}
