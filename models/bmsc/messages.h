/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of the BM-SC, ready to be sent; and those to it that may come by their content. They go by a
 * content where the network takes one, and where one says it; else as bytes. */
#ifndef MODELS_BMSC_MESSAGES_H
#define MODELS_BMSC_MESSAGES_H

#include "models/bmsc/state.h"
#include "models/bmsc/verify.h"
#include "models/content.h"

/* A pull or an MSK message of the UE's session. */
struct net_message *bmsc_mikey_message(struct net_region *at, const struct bmsc_session *session,
                                       const struct content_mikey *content);
/* Answers on Ua: 401, 200 to a job's POST, another one. */
struct net_message *bmsc_challenge_message(struct net_region *at, const struct bmsc_action *action);
struct net_message *bmsc_success_message(struct net_region *at, const struct bmsc_job *job,
                                         const struct bmsc_action *action);
struct net_message *bmsc_refusal_message(struct net_region *at, const struct bmsc_action *action);

/* An ACK and a POST to facts. */
void bmsc_ack_delivered(const struct model_region *m, const struct net_delivery *d,
                        struct bmsc_ack_facts *out);
void bmsc_post_delivered(const struct model_region *m, int64_t now_ns, const struct net_delivery *d,
                         struct bmsc_post *out, struct bytes texts[BMSC_TEXTS]);

#endif
