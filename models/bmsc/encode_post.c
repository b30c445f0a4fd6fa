/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Answers on Ua. */
#include "models/bmsc/encode.h"

#include "models/crypto/digest_auth.h"
#include "models/nonce.h"
#include "models/wire/ua.h"

#include <glib.h>
#include <string.h>

#define SERVER_NAME "BMSC-sim"

size_t bmsc_encode_challenge(const struct key_store *keys, int64_t now_ns, const struct bmsc_action *action,
                             uint8_t out[BMSC_401_BYTES])
{
    const struct deployment *deployment = keys->deployment;
    char nonce[NONCE_TEXT_BYTES];
    enum wire_status status;
    size_t length = 0;

    nonce_seal(keys, now_ns, action->nonce_serial, NONCE_CHALLENGE, nonce);
    struct digest_fields f = {.realm = deployment->text.ua_realm,
                              .nonce = bytes_of(nonce, sizeof nonce),
                              .algorithm = bytes_text("MD5"),
                              .qop = bytes_text("auth-int"),
                              .opaque = bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque),
                              .stale = action->stale};
    status = ua_challenge_encode(&f, deployment_unix_s(deployment, now_ns), out, BMSC_401_BYTES, &length);
    g_assert(status == WIRE_OK);
    return length;
}

/* rspauth of a 200 with that body. */
static void bmsc_rspauth(const struct key_store *keys, const struct pool *long_texts,
                         const struct bmsc_secrets *secrets, const struct bmsc_job *job, struct bytes body,
                         struct digest_hash *out)
{
    struct digest_hash ha1 = {.length = sizeof secrets->ha1}, ha2;

    memcpy(ha1.hex, secrets->ha1, sizeof secrets->ha1);
    digest_ha2(keys->crypto, DIGEST_MD5, bytes_of(NULL, 0), texts_get(long_texts, &job->texts, BMSC_TEXT_URI),
               true, body, &ha2);
    digest_response(keys->crypto, DIGEST_MD5, &ha1, texts_get(long_texts, &job->texts, BMSC_TEXT_NONCE),
                    job->post.nc, texts_get(long_texts, &job->texts, BMSC_TEXT_CNONCE),
                    bytes_text("auth-int"), &ha2, out);
}

size_t bmsc_encode_success(const struct key_store *keys, int64_t now_ns, const struct pool *long_texts,
                           const struct bmsc_session *session, const struct bmsc_job *job,
                           const struct bmsc_action *action, uint8_t *out)
{
    const struct deployment *deployment = keys->deployment;
    const struct bmsc_post *post = &job->post;
    const struct bmsc_secrets *secrets = bmsc_secrets_ha1(keys, job->ue, session);
    struct digest_hash rspauth;
    uint8_t body[200 + 200 * UA_KEYS_MAX];
    char next[NONCE_TEXT_BYTES];
    size_t body_length = 0, length = 0;
    enum wire_status status =
        ua_response_body_encode(post->keys, post->key_count, body, sizeof body, &body_length);
    struct digest_fields info = {.qop = bytes_text("auth-int"),
                                 .has_nc = true,
                                 .nc = post->nc,
                                 .cnonce = texts_get(long_texts, &job->texts, BMSC_TEXT_CNONCE)};

    g_assert(status == WIRE_OK);
    if (action->nonce_serial > 0) {
        nonce_seal(keys, now_ns, action->nonce_serial, NONCE_NEXT, next);
        info.nextnonce = bytes_of(next, sizeof next);
    }
    bmsc_rspauth(keys, long_texts, secrets, job, bytes_of(body, body_length), &rspauth);
    info.rspauth = digest_hash_bytes(&rspauth);
    status = ua_success_encode(&info, deployment_unix_s(deployment, now_ns),
                               deployment_unix_s(deployment, action->expiry_ns), bytes_of(body, body_length),
                               out, BMSC_200_BYTES(post->key_count), &length);
    g_assert(status == WIRE_OK);
    return length;
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
