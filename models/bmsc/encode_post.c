/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Answers on Ua. */
#include "models/bmsc/encode.h"

#include "models/crypto/lanes_texts.h"
#include "models/nonce.h"
#include "models/wire/ua.h"

#include <glib.h>
#include <string.h>

#define SERVER_NAME "BMSC-sim"
#define BODY_BYTES  (200 + 200 * UA_KEYS_MAX) /* of a 200 */

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

/* The bodies, and what rspauth is made of; answers for the same keys have the same body. */
static void bmsc_success_bodies(const struct key_store *keys, unsigned count,
                                const struct bmsc_success_job jobs[], uint8_t buffers[][BODY_BYTES],
                                struct bytes bodies[], struct lanes_response rspauths[])
{
    for (unsigned i = 0; i < count; i++) {
        const struct bmsc_success *success = &jobs[i].success;
        bool same = i > 0 && success->keys == jobs[i - 1].success.keys &&
                    success->key_count == jobs[i - 1].success.key_count;
        enum wire_status status;
        size_t length = 0;

        if (same) {
            bodies[i] = bodies[i - 1];
        } else {
            status =
                ua_response_body_encode(success->keys, success->key_count, buffers[i], BODY_BYTES, &length);
            g_assert(status == WIRE_OK);
            bodies[i] = bytes_of(buffers[i], length);
        }
        rspauths[i] = (struct lanes_response){.ha1 = success->ha1,
                                              .nonce = success->nonce,
                                              .cnonce = success->cnonce,
                                              .qop = bytes_text("auth-int"),
                                              .nc = success->nc};
        digest_ha2(keys->crypto, DIGEST_MD5, bytes_of(NULL, 0), success->uri, true, bodies[i],
                   &rspauths[i].ha2);
    }
}

static void bmsc_success_lay(const struct key_store *keys, struct bytes body,
                             const struct digest_hash *rspauth, struct bmsc_success_job *job)
{
    const struct deployment *deployment = keys->deployment;
    const struct bmsc_success *success = &job->success;
    struct digest_fields info = {.qop = bytes_text("auth-int"),
                                 .has_nc = true,
                                 .nc = success->nc,
                                 .cnonce = success->cnonce,
                                 .rspauth = digest_hash_bytes(rspauth)};
    char next[NONCE_TEXT_BYTES];
    enum wire_status status;

    if (success->nonce_serial > 0) {
        nonce_seal(keys, success->sent_ns, success->nonce_serial, NONCE_NEXT, next);
        info.nextnonce = bytes_of(next, sizeof next);
    }
    status = ua_success_encode(&info, deployment_unix_s(deployment, success->sent_ns),
                               deployment_unix_s(deployment, success->expiry_ns), body, job->out,
                               BMSC_200_BYTES(success->key_count), &job->length);
    g_assert(status == WIRE_OK);
}

void bmsc_encode_success(const struct key_store *keys, unsigned count, struct bmsc_success_job jobs[])
{
    uint8_t buffers[LANES][BODY_BYTES];
    struct lanes_response rspauths[LANES];
    struct bytes bodies[LANES];

    bmsc_success_bodies(keys, count, jobs, buffers, bodies, rspauths);
    lanes_digest_responses(keys->crypto, count, rspauths);
    for (unsigned i = 0; i < count; i++)
        bmsc_success_lay(keys, bodies[i], &rspauths[i].response, &jobs[i]);
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
