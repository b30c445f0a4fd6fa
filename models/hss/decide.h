/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Decide: sequence numbers, AVs, refusals. All state of the HSS, no keys, no bytes. */
#ifndef MODELS_HSS_DECIDE_H
#define MODELS_HSS_DECIDE_H

#include "models/hss/state.h"
#include "models/tally.h"

/* What is remembered of a subscriber; its start state is filled in when it is first asked for. */
struct hss_subscriber *hss_subscriber(struct hss *hss, uint32_t number);

/* A message has come: is it a MAR, and its job to be queued? What is none is counted. */
bool hss_decide_mar(struct tally *tally, const struct hss_facts *facts);
/* A job is served: *out is the answer. now_ns: simulated time. */
void hss_decide(struct hss *hss, int64_t now_ns, const struct hss_facts *facts, struct hss_action *out);
/* A job is refused unserved, as the queue is full or it has waited too long. */
void hss_decide_refusal(struct hss *hss, int64_t now_ns, const struct hss_facts *facts,
                        struct hss_action *out);
/* Draws how long the service of a job takes. */
int64_t hss_decide_service_ns(struct hss *hss, const struct hss_facts *facts);

#endif
