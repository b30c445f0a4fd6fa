/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ub: the bootstrap (TS 33.220 §4.5.2, TS 24.109 §4, RFC 3310). */
#include "models/ue/decide_private.h"

#include <string.h>

/* The TMPI is the user name if there is one, else the IMPI (TS 33.220 §4.5.2 step 1), the same in all
 * requests of the run. */
void ue_bootstrap_start(struct ue_decision *d)
{
    ue_count(d, COUNT_gba_started);
    d->x->started_ns = d->now_ns;
    d->x->resync = false;
    d->x->tmpi_av = d->ue->has_tmpi ? d->ue->newest.av : AV_NONE;
    ue_exchange_connect(d, HOST_BSF);
    ue_exchange_send(d, KIND_ub_get, UE_CHALLENGING);
}

void ue_decide_aka(struct ue_decision *d, const struct ue_aka_facts *facts)
{
    uint64_t sqn_ms;

    d->x->av = facts->av;
    d->x->nc = 1;
    if (!facts->mac_right) { /* "shall abort the bootstrapping procedure": TS 24.109 §4.4 */
        ue_count(d, COUNT_aka_failed);
        ue_exchange_give_up(d);
    } else if (ue_decide_sqn(d, facts->sqn, &sqn_ms)) {
        ue_exchange_send(d, KIND_ub_auth_get, UE_BOOTSTRAPPING);
    } else if (d->x->resync) { /* re-synchronised already, and still stale: start over */
        ue_exchange_retry(d);
    } else { /* RFC 3310 §3.4: auts, and a response made with the empty password; a new challenge follows */
        d->x->resync = true;
        ue_count(d, COUNT_gba_resyncs);
        ue_exchange_send_auts(d, sqn_ms);
    }
}

/* The new Ks_NAF becomes the newest MUK; the one before stays as last used if it was proven. The new TMPI
 * takes the place of the old, if the BSF knows what that is. */
static void ue_bootstrap_adopt(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    const struct deployment *deployment = d->table->deployment;
    struct ue *ue = d->ue;

    if (ue->proven)
        ue->last_used = ue->newest;
    ue->proven = false;
    ue->has_tmpi = facts->tmpi_understood;
    ue->newest = (struct ue_muk){.expiry_ns = (facts->expiry_unix_s - deployment->epoch_s) * CLOCK_SECOND,
                                 .av = d->x->av};
    d->x->bootstrap = false;
    ue_count(d, COUNT_gba_runs);
    tally_duration(d->tally, PROCEDURE_gba, d->now_ns - d->x->started_ns);
    ue_do(d, UE_DO_LOG_KEYS)->av = d->x->av;
}

static enum net_verdict ue_bootstrap_success(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (!facts->rspauth_right || d->x->av == AV_NONE || !facts->whole) {
        ue_count(d, facts->rspauth_right ? COUNT_http_malformed : COUNT_digest_failed);
        ue_exchange_retry(d);
        return NET_REJECTED;
    }
    ue_bootstrap_adopt(d, facts);
    ue_exchange_hang_up(d);
    ue_request_start(d);
    return NET_RECEIVED;
}

/* The first challenge, the one after an AUTS, or a new one after a response (TS 24.109 §4.3, or as the one
 * it answered had been replaced by then): each is answered. */
static enum net_verdict ue_bootstrap_challenged(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    int64_t card;

    if (!facts->challenge) {
        ue_count(d, COUNT_http_malformed);
        ue_exchange_retry(d);
        return NET_REJECTED;
    }
    ue_exchange_keep(d, facts->nonce, facts->opaque);
    memcpy(d->x->rand_autn, facts->rand_autn, sizeof d->x->rand_autn);
    if (d->x->phase == UE_BOOTSTRAPPING && ++d->x->challenges > UE_CHALLENGES_MAX) {
        ue_exchange_retry(d);
        return NET_RECEIVED;
    }
    card = distribution_sample(&d->table->deployment->scenario->ue_usim_time, ue_draw(d, PURPOSE_USIM_TIME));
    if (card > 0)
        ue_exchange_phase(d, UE_USIM, card);
    else
        ue_do(d, UE_DO_USIM);
    return NET_RECEIVED;
}

/* The BSF has lost the TMPI, or knows none: once more with the IMPI (TS 33.220 §4.5.2 step 2). No text
 * says which status it is told by; any that refuses the first GET will do. */
static void ue_tmpi_forget(struct ue_decision *d)
{
    d->ue->has_tmpi = d->x->resync = false;
    d->x->tmpi_av = AV_NONE;
    ue_exchange_send(d, KIND_ub_get, UE_CHALLENGING);
}

enum net_verdict ue_bootstrap_answer(struct ue_decision *d, const struct ue_answer_facts *facts)
{
    if (facts->status == 200 && d->x->phase == UE_BOOTSTRAPPING)
        return ue_bootstrap_success(d, facts);
    if (facts->status == 401)
        return ue_bootstrap_challenged(d, facts);
    if (d->x->tmpi_av != AV_NONE && d->x->phase == UE_CHALLENGING && facts->status / 100 == 4)
        ue_tmpi_forget(d);
    else
        ue_exchange_failed_answer(d, facts);
    return NET_RECEIVED;
}
