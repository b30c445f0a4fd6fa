/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of a UE, ready to be sent; and those to it that may come by their content. They go by a content
 * where the network takes one, and where one says it; else as bytes. */
#ifndef MODELS_UE_MESSAGES_H
#define MODELS_UE_MESSAGES_H

#include "models/content.h"
#include "models/ue/state.h"
#include "models/ue/verify.h"

/* The request of an action. */
struct net_message *ue_request_message(struct net_region *at, const struct ue_seen *ue,
                                       const struct ue_action *action);
/* The ACK of an MSK message that was opened; of one that came by its content. */
struct net_message *ue_ack_message(struct net_region *at, const struct ue_mikey_opened *opened);
struct net_message *ue_ack_content_message(struct net_region *at, const struct content_mikey *said);

/* An answer to facts, of the server that the exchange is connected to. bytes: room for it, which the facts
 * have views of. */
void ue_answer_delivered(const struct model_region *m, const struct ue_seen *ue, const struct net_delivery *d,
                         uint8_t bytes[NET_MESSAGE_BYTES_MAX], struct ue_answer_facts *out);

#endif
