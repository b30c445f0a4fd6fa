/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of deciding share. */
#ifndef MODELS_UE_DECIDE_PRIVATE_H
#define MODELS_UE_DECIDE_PRIVATE_H

#include "models/ue/decide.h"

/* 64 random bits of the UE, for a purpose: its next draw. */
uint64_t ue_draw(struct ue_decision *d, enum purpose purpose);
bool ue_holds_msk(const struct ue_decision *d, unsigned service); /* the new one, valid */
void ue_count(struct ue_decision *d, enum model_counter counter);
void ue_count_service(struct ue_decision *d, unsigned service, enum model_counter counter);
struct ue_action *ue_do(struct ue_decision *d, enum ue_do what);

/* decide_exchange.c */
void ue_exchange_begin(struct ue_decision *d, unsigned service);
/* Has the MSK of each service come that the exchange is for? Then there is nothing left to ask for. */
static inline bool ue_exchange_satisfied(const struct ue_exchange *x)
{
    return (x->services & ~x->arrived) == 0;
}
/* All MSKs that were asked for are there: ends, or asks for those of services that were pulled meanwhile. */
void ue_exchange_next(struct ue_decision *d);
/* Gives up on the MSKs of some services; the exchange is for the others from now on. */
void ue_exchange_leave(struct ue_decision *d, unsigned services);
void ue_exchange_go(struct ue_decision *d);      /* bootstraps if it must, else requests */
void ue_exchange_retry(struct ue_decision *d);   /* after a failure: later, or gives up */
void ue_exchange_refused(struct ue_decision *d); /* an answer that no further try can change */
void ue_exchange_give_up(struct ue_decision *d); /* no further try, unless another pull comes */
void ue_exchange_phase(struct ue_decision *d, enum ue_phase phase, int64_t timeout_ns);
void ue_exchange_connect(struct ue_decision *d, uint32_t host);
void ue_exchange_hang_up(struct ue_decision *d); /* closes the connection in good order */
void ue_exchange_end(struct ue_decision *d);
/* Anything but the 200 or 401 that was expected. */
void ue_exchange_failed_answer(struct ue_decision *d, const struct ue_answer_facts *facts);
/* Keeps nonce and opaque of a challenge. */
void ue_exchange_keep(struct ue_decision *d, struct bytes nonce, struct bytes opaque);
/* Sends a request, and waits for its answer in a phase; auts: credentials that bring an AUTS of sqn_ms. */
void ue_exchange_send(struct ue_decision *d, enum message_kind kind, enum ue_phase phase);
void ue_exchange_send_auts(struct ue_decision *d, uint64_t sqn_ms);

/* decide_ub.c */
void ue_bootstrap_start(struct ue_decision *d);
enum net_verdict ue_bootstrap_answer(struct ue_decision *d, const struct ue_answer_facts *facts);

/* decide_ua.c */
void ue_request_start(struct ue_decision *d);
enum net_verdict ue_request_answer(struct ue_decision *d, const struct ue_answer_facts *facts);

/* decide_nonces.c: credentials in the first POST. A UE may answer the challenge of a 401 that made it
 * bootstrap again, and one that ue.preemptive has chosen uses the nonce of an exchange before. */
/* Puts such a nonce, its opaque and its nc into the exchange; false: there is none. */
bool ue_nonce_take(struct ue_decision *d);
/* Keeps the nonce at hand while the UE bootstraps. */
void ue_nonce_keep(struct ue_decision *d);
/* ... or for the next exchange: that of Authentication-Info if it has one (nextnonce), else the one used. */
void ue_nonce_remember(struct ue_decision *d, struct bytes nextnonce);
void ue_nonce_drop(struct ue_decision *d); /* what the exchange still keeps */

#endif
