/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Answers on Ua. */
#include "models/bmsc/encode.h"

#include "models/crypto/digest_auth.h"
#include "models/nonce.h"
#include "models/wire/ua.h"

#include <glib.h>
#include <string.h>

#define SERVER_NAME "BMSC-sim"

size_t bmsc_encode_challenge(const struct key_store *keys, const struct content_challenge *c,
                             uint8_t out[BMSC_401_BYTES])
{
    const struct deployment *deployment = keys->deployment;
    char nonce[NONCE_TEXT_BYTES];
    enum wire_status status;
    size_t length = 0;

    nonce_seal(keys, c->sent_ns, c->nonce_serial, NONCE_CHALLENGE, nonce);
    struct digest_fields f = {.realm = deployment->text.ua_realm,
                              .nonce = bytes_of(nonce, sizeof nonce),
                              .algorithm = bytes_text("MD5"),
                              .qop = bytes_text("auth-int"),
                              .opaque = bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque),
                              .stale = c->stale};
    status = ua_challenge_encode(&f, deployment_unix_s(deployment, c->sent_ns), out, BMSC_401_BYTES, &length);
    g_assert(status == WIRE_OK);
    return length;
}

/* rspauth of a 200 with that body. */
static void bmsc_rspauth(const struct key_store *keys, const struct bmsc_success *success, struct bytes body,
                         struct digest_hash *out)
{
    struct digest_hash ha1 = {.length = 32}, ha2;

    memcpy(ha1.hex, success->ha1, 32);
    digest_ha2(keys->crypto, DIGEST_MD5, bytes_of(NULL, 0), success->uri, true, body, &ha2);
    digest_response(keys->crypto, DIGEST_MD5, &ha1, success->nonce, success->nc, success->cnonce,
                    bytes_text("auth-int"), &ha2, out);
}

size_t bmsc_encode_success(const struct key_store *keys, const struct bmsc_success *success, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    struct digest_hash rspauth;
    uint8_t body[200 + 200 * UA_KEYS_MAX];
    char next[NONCE_TEXT_BYTES];
    size_t body_length = 0, length = 0;
    enum wire_status status =
        ua_response_body_encode(success->keys, success->key_count, body, sizeof body, &body_length);
    struct digest_fields info = {
        .qop = bytes_text("auth-int"), .has_nc = true, .nc = success->nc, .cnonce = success->cnonce};

    g_assert(status == WIRE_OK);
    if (success->nonce_serial > 0) {
        nonce_seal(keys, success->sent_ns, success->nonce_serial, NONCE_NEXT, next);
        info.nextnonce = bytes_of(next, sizeof next);
    }
    bmsc_rspauth(keys, success, bytes_of(body, body_length), &rspauth);
    info.rspauth = digest_hash_bytes(&rspauth);
    status = ua_success_encode(&info, deployment_unix_s(deployment, success->sent_ns),
                               deployment_unix_s(deployment, success->expiry_ns), bytes_of(body, body_length),
                               out, BMSC_200_BYTES(success->key_count), &length);
    g_assert(status == WIRE_OK);
    return length;
}

struct bmsc_success bmsc_success_of(const struct key_store *keys, int64_t now_ns,
                                    const struct pool *long_texts, const struct bmsc_session *session,
                                    const struct bmsc_job *job, const struct bmsc_action *action)
{
    return (struct bmsc_success){.sent_ns = now_ns,
                                 .expiry_ns = action->expiry_ns,
                                 .ha1 = bmsc_secrets_ha1(keys, job->ue, session)->ha1,
                                 .nonce = texts_get(long_texts, &job->texts, BMSC_TEXT_NONCE),
                                 .cnonce = texts_get(long_texts, &job->texts, BMSC_TEXT_CNONCE),
                                 .uri = texts_get(long_texts, &job->texts, BMSC_TEXT_URI),
                                 .nc = job->post.nc,
                                 .nonce_serial = action->nonce_serial,
                                 .key_count = job->post.key_count,
                                 .keys = job->post.keys};
}

/* The services whose current MSK is granted, if the keys that are answered are just these, in their order. */
static bool bmsc_plainly_granted(const struct deployment *deployment, const struct bmsc_post *post,
                                 uint8_t *asked)
{
    unsigned count = 0;

    *asked = 0;
    for (unsigned i = 0; i < deployment->service_count && count < post->key_count; i++) {
        const struct ua_key *key = &post->keys[count];

        if (key->msk_id != deployment_current_msk_id(deployment, i) || key->status != 200 ||
            memcmp(key->key_domain_id, deployment->key_domain_id, sizeof key->key_domain_id) != 0)
            continue;
        *asked |= (uint8_t)(1U << i);
        count++;
    }
    return count == post->key_count;
}

bool bmsc_content_success(const struct deployment *deployment, int64_t now_ns, const struct pool *long_texts,
                          const struct bmsc_session *session, const struct bmsc_job *job,
                          const struct bmsc_action *action, struct content_success *out)
{
    struct bytes nonce = texts_get(long_texts, &job->texts, BMSC_TEXT_NONCE);
    struct bytes cnonce = texts_get(long_texts, &job->texts, BMSC_TEXT_CNONCE);

    *out = (struct content_success){.sent_ns = now_ns,
                                    .expiry_ns = action->expiry_ns,
                                    .key = {job->ue, session->av},
                                    .nc = job->post.nc,
                                    .nonce_serial = action->nonce_serial};
    if (bmsc_secrets_other(session) || nonce.len != sizeof out->nonce || cnonce.len != sizeof out->cnonce ||
        !bytes_equal(texts_get(long_texts, &job->texts, BMSC_TEXT_URI), bytes_text(UA_MSK_REQUEST_URI)) ||
        !bmsc_plainly_granted(deployment, &job->post, &out->asked))
        return false;
    memcpy(out->nonce, nonce.at, sizeof out->nonce);
    memcpy(out->cnonce, cnonce.at, sizeof out->cnonce);
    return true;
}

size_t bmsc_encode_refusal(const struct key_store *keys, int64_t now_ns, const struct bmsc_action *action,
                           uint8_t out[BMSC_REFUSAL_BYTES])
{
    size_t length = 0;
    enum wire_status status =
        http_error_encode(action->status, SERVER_NAME, deployment_unix_s(keys->deployment, now_ns),
                          action->retry_after_s, out, BMSC_REFUSAL_BYTES, &length);

    g_assert(status == WIRE_OK);
    return length;
}
