/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of UEs by their content, or as bytes. */
#include "models/ue/messages.h"

#include "models/region.h"
#include "models/ue/encode.h"

#include <string.h>

/* The POST of an exchange as a content; false if there is none that says it. */
static bool ue_content_post(const struct deployment *deployment, int64_t now_ns, const struct ue_seen *ue,
                            bool credentials, struct content_post *out)
{
    const struct ue_digest digest = ue_exchange_digest(ue);

    *out = (struct content_post){
        .sent_ns = now_ns, .ue = ue->number, .asked = ue->x->asked, .credentials = credentials};
    if (!credentials)
        return true;
    if (digest.nonce.len != sizeof out->nonce ||
        !bytes_equal(digest.opaque, bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque)))
        return false;
    out->av = ue->ue->newest.av;
    out->nc = digest.nc;
    memcpy(out->cnonce, digest.cnonce, sizeof out->cnonce);
    memcpy(out->nonce, digest.nonce.at, sizeof out->nonce);
    return true;
}

struct net_message *ue_request_message(struct net_region *at, const struct ue_seen *ue,
                                       const struct ue_action *action)
{
    struct model_region *m = model_of(at);
    bool post = action->kind == KIND_ua_post || action->kind == KIND_ua_auth_post;
    bool credentials = action->kind == KIND_ua_auth_post;
    struct content_post content;
    struct net_message *out;

    if (at->contents && post && ue_content_post(m->deployment, at->now_ns, ue, credentials, &content))
        return content_message(at, action->kind,
                               m->contents->post_bytes[credentials][__builtin_popcount(content.asked)],
                               &content);
    out = net_message(at, action->kind, ue_request_bytes(action->kind, m->deployment->service_count));
    out->length = (uint32_t)ue_encode_request(&m->keys, at->now_ns, ue, action, out->bytes);
    return out;
}

struct net_message *ue_ack_message(struct net_region *at, const struct ue_mikey_opened *opened)
{
    size_t room = ue_ack_bytes(opened);
    struct net_message *out = net_message(at, KIND_msk_ack, room);
    struct ue_ack_job job = {.opened = opened, .out = out->bytes, .capacity = room};

    ue_encode_ack(&model_of(at)->keys, 1, &job);
    out->length = (uint32_t)job.length;
    return out;
}

struct net_message *ue_ack_content_message(struct net_region *at, const struct content_mikey *said)
{
    const struct content_ack ack = {said->key, said->counter, said->csb_id, said->service};

    return content_message(at, KIND_msk_ack, model_of(at)->contents->ack_bytes, &ack);
}

static bool ue_answer_of_content(const struct ue_seen *ue, const struct net_delivery *d,
                                 struct ue_answer_facts *out)
{
    if (d->kind == KIND_ua_401)
        return ue_challenge_of_content(ue, CONTENT_FOUND(d->content, struct content_challenge), out);
    return ue_success_of_content(ue, d->content, CONTENT_FOUND(d->content, struct content_success), out);
}

void ue_answer_delivered(const struct model_region *m, const struct ue_seen *ue, const struct net_delivery *d,
                         uint8_t bytes[NET_MESSAGE_BYTES_MAX], struct ue_answer_facts *out)
{
    if (!d->content)
        ue_verify_answer(&m->keys, ue, d->bytes, out);
    else if (!ue_answer_of_content(ue, d, out))
        ue_verify_answer(&m->keys, ue, content_bytes(m, d, bytes), out);
}
