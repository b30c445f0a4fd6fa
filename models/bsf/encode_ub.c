/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Answers on Ub. */
#include "models/bsf/encode.h"

#include "models/crypto/digest_auth.h"
#include "models/identity.h"
#include "models/wire/ua.h"
#include "models/wire/ub.h"

#include <glib.h>
#include <string.h>

#define NONCE_TEXT_BYTES 44 /* RAND || AUTN in base64 */

static struct bytes bsf_nonce(const struct bsf_job *job, char text[NONCE_TEXT_BYTES])
{
    struct wire_writer w = wire_writer(text, NONCE_TEXT_BYTES);

    wire_put_base64(&w, job->challenge.vector.rand_autn, sizeof job->challenge.vector.rand_autn);
    return bytes_of(text, NONCE_TEXT_BYTES);
}

size_t bsf_encode_challenge(const struct key_store *keys, int64_t now_ns, const struct bsf_job *job,
                            uint8_t out[BSF_401_BYTES])
{
    char nonce[NONCE_TEXT_BYTES];
    size_t length = 0;
    struct digest_fields f = {.realm = keys->deployment->text.bsf_fqdn,
                              .nonce = bsf_nonce(job, nonce),
                              .algorithm = bytes_text("AKAv1-MD5"),
                              .qop = bytes_text("auth-int")};
    enum wire_status status =
        ub_challenge_encode(&f, deployment_unix_s(keys->deployment, now_ns), out, BSF_401_BYTES, &length);

    g_assert(status == WIRE_OK);
    return length;
}

/* rspauth of a 200 with a body. */
static void bsf_rspauth(const struct key_store *keys, const struct bsf_credentials *c, struct bytes uri,
                        struct bytes nonce, const struct digest_fields *info, struct bytes body,
                        struct digest_hash *out)
{
    struct digest_hash ha1 = {.length = sizeof c->ha1}, ha2;

    memcpy(ha1.hex, c->ha1, sizeof c->ha1);
    digest_ha2(keys->crypto, DIGEST_MD5, bytes_of(NULL, 0), uri, true, body, &ha2);
    digest_response(keys->crypto, DIGEST_MD5, &ha1, nonce, c->nc, info->cnonce, info->qop, &ha2, out);
}

size_t bsf_encode_success(const struct key_store *keys, int64_t now_ns, const struct pool *long_texts,
                          const struct bsf_job *job, const struct bsf_action *action,
                          uint8_t out[BSF_200_BYTES])
{
    const struct deployment *deployment = keys->deployment;
    int64_t expiry_unix_s = deployment->epoch_s + action->expiry_ns / CLOCK_SECOND;
    struct identity_text b_tid;
    struct digest_hash rspauth;
    uint8_t body[512];
    char nonce[NONCE_TEXT_BYTES];
    size_t body_length = 0, length = 0;
    struct digest_fields info = {.qop = bytes_text("auth-int"),
                                 .has_nc = true,
                                 .nc = job->credentials.nc,
                                 .cnonce = texts_get(long_texts, &job->texts, BSF_TEXT_CNONCE)};
    enum wire_status status;

    identity_b_tid(deployment, job->challenge.vector.rand_autn, &b_tid);
    status = ub_info_encode(identity_bytes(&b_tid), expiry_unix_s, body, sizeof body, &body_length);
    g_assert(status == WIRE_OK);
    bsf_rspauth(keys, &job->credentials, texts_get(long_texts, &job->texts, BSF_TEXT_URI),
                bsf_nonce(job, nonce), &info, bytes_of(body, body_length), &rspauth);
    info.rspauth = digest_hash_bytes(&rspauth);
    status = ub_success_encode(&info, deployment_unix_s(deployment, now_ns), expiry_unix_s,
                               bytes_of(body, body_length), out, BSF_200_BYTES, &length);
    g_assert(status == WIRE_OK);
    return length;
}

size_t bsf_encode_refusal(const struct key_store *keys, int64_t now_ns, const struct bsf_action *action,
                          uint8_t out[BSF_REFUSAL_BYTES])
{
    size_t length = 0;
    enum wire_status status =
        http_error_encode(action->status, UB_SERVER, deployment_unix_s(keys->deployment, now_ns),
                          action->retry_after_s, out, BSF_REFUSAL_BYTES, &length);

    g_assert(status == WIRE_OK);
    return length;
}
