/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Messages of the BM-SC by their content, or as bytes. */
#include "models/bmsc/messages.h"

#include "models/bmsc/decide.h"
#include "models/bmsc/encode.h"
#include "models/region.h"

struct net_message *bmsc_mikey_message(struct net_region *at, const struct bmsc_session *session,
                                       const struct content_mikey *content)
{
    struct model_region *m = model_of(at);
    unsigned kind = content->msk ? KIND_msk : KIND_pull;
    size_t length = content->msk ? m->bmsc->msk_bytes : m->bmsc->pull_bytes;
    struct bmsc_secrets *secrets;
    struct bmsc_mikey_job job;
    struct net_message *out;

    if (at->contents && !bmsc_secrets_other(session))
        return content_message(at, kind, (uint32_t)length, content);
    out = net_message(at, kind, length);
    secrets = bmsc_secrets(&m->keys, content->key.ue, session);
    job = (struct bmsc_mikey_job){
        .content = content, .muk = &secrets->key, .out = out->bytes, .capacity = length};
    bmsc_encode_mikey(&m->keys, 1, &job);
    out->length = (uint32_t)job.length;
    if (content->msk)
        bmsc_secrets_put_auth(secrets, content->service, content->csb_id, job.mikey.auth);
    return out;
}

struct net_message *bmsc_challenge_message(struct net_region *at, const struct bmsc_action *action)
{
    const struct content_challenge content = {at->now_ns, action->nonce_serial, action->stale};
    struct model_region *m = model_of(at);
    struct net_message *out;

    if (at->contents)
        return content_message(at, KIND_ua_401, m->contents->challenge_bytes[action->stale], &content);
    out = net_message(at, KIND_ua_401, BMSC_401_BYTES);
    out->length = (uint32_t)bmsc_encode_challenge(&m->keys, &content, out->bytes);
    return out;
}

struct net_message *bmsc_success_message(struct net_region *at, const struct bmsc_job *job,
                                         const struct bmsc_action *action)
{
    struct model_region *m = model_of(at);
    const struct bmsc_session *session = bmsc_session(m->bmsc, job->ue);
    const struct pool *long_texts = &m->bmsc->long_texts;
    struct content_success content;
    struct net_message *out;

    if (at->contents &&
        bmsc_content_success(m->deployment, at->now_ns, long_texts, session, job, action, &content))
        return content_message(at, KIND_ua_200,
                               m->contents->success_bytes[content.nonce_serial > 0][job->post.key_count],
                               &content);
    out = net_message(at, KIND_ua_200, BMSC_200_BYTES(job->post.key_count));
    struct bmsc_success_job one = {
        .success = bmsc_success_of(&m->keys, at->now_ns, long_texts, session, job, action),
        .out = out->bytes};
    bmsc_encode_success(&m->keys, 1, &one);
    out->length = (uint32_t)one.length;
    return out;
}

struct net_message *bmsc_refusal_message(struct net_region *at, const struct bmsc_action *action)
{
    struct net_message *out = net_message(at, KIND_ua_error, BMSC_REFUSAL_BYTES);

    out->length = (uint32_t)bmsc_encode_refusal(&model_of(at)->keys, at->now_ns, action, out->bytes);
    return out;
}

void bmsc_ack_delivered(const struct model_region *m, const struct net_delivery *d,
                        struct bmsc_ack_facts *out)
{
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];

    if (!d->content)
        bmsc_verify_ack(&m->keys, m->bmsc, d->bytes, out);
    else if (!bmsc_ack_of_content(m->bmsc, d->content, CONTENT_FOUND(d->content, struct content_ack), out))
        bmsc_verify_ack(&m->keys, m->bmsc, content_bytes(m, d, bytes), out);
}

void bmsc_post_delivered(const struct model_region *m, int64_t now_ns, const struct net_delivery *d,
                         struct bmsc_post *out, struct bytes texts[BMSC_TEXTS])
{
    if (d->content)
        bmsc_post_of_content(m->deployment, now_ns, CONTENT_FOUND(d->content, struct content_post), out,
                             texts);
    else
        bmsc_verify_post(&m->keys, now_ns, d->bytes, out, texts);
}
