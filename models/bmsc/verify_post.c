/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A POST on Ua to facts. */
#include "models/bmsc/verify.h"

#include "models/crypto/digest_auth.h"
#include "models/nonce.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/ua.h"

#include <string.h>

/* A nonce of this BM-SC, and young enough? */
static enum bmsc_nonce bmsc_judge_nonce(const struct key_store *keys, struct bytes nonce, int64_t now_ns,
                                        uint32_t *serial)
{
    const struct scenario *s = keys->deployment->scenario;
    enum nonce_kind kind;
    int64_t made_ns;

    if (!nonce_open(keys, nonce, &made_ns, serial, &kind) || made_ns > now_ns)
        return NONCE_UNKNOWN;
    return now_ns - made_ns > (kind == NONCE_NEXT ? s->bmsc_nextnonce_lifetime : s->bmsc_nonce_lifetime)
               ? NONCE_OLD
               : NONCE_FRESH;
}

/* False if malformed: a directive is missing, or has a value that was not offered (RFC 2617 §3.2.2), or is
 * longer than anybody sends. Realm, opaque and nonce are the digest's own affair: where they are wrong, so
 * are the credentials. */
static bool bmsc_read_credentials(const struct key_store *keys, const struct http_message *request,
                                  const struct digest_fields *f, int64_t now_ns, struct bmsc_post *post)
{
    const struct deployment *deployment = keys->deployment;
    struct digest_hash ha2;

    if (f->username.at == NULL || f->nonce.at == NULL || f->nonce.len > TEXTS_ONE_BYTES_MAX ||
        !bytes_equal(f->uri, request->target) || f->uri.len > TEXTS_ONE_BYTES_MAX || !f->has_nc ||
        f->cnonce.at == NULL || f->cnonce.len > TEXTS_ONE_BYTES_MAX || f->response.at == NULL ||
        !bytes_equal(f->qop, bytes_text("auth-int")) ||
        (f->algorithm.at != NULL && !bytes_equal(f->algorithm, bytes_text("MD5"))))
        return false;
    post->names_right =
        bytes_equal(f->realm, deployment->text.ua_realm) &&
        bytes_equal(f->opaque, bytes_of(deployment->ua_opaque, sizeof deployment->ua_opaque)) &&
        f->response.len == sizeof post->response;
    post->nonce_state = bmsc_judge_nonce(keys, f->nonce, now_ns, &post->nonce_serial);
    post->b_tid_known_form = key_find(keys, f->username, &post->name);
    post->nc = f->nc;
    if (f->response.len == sizeof post->response)
        memcpy(post->response, f->response.at, sizeof post->response);
    digest_ha2(keys->crypto, DIGEST_MD5, request->method, request->target, true, request->body, &ha2);
    memcpy(post->ha2, ha2.hex, sizeof post->ha2);
    return true;
}

/* What the request line alone says: TS 33.246 table G.2.4-1. */
static unsigned bmsc_judge_request_line(const struct http_message *request)
{
    if (!bytes_equal(request->method, bytes_text("POST")))
        return 405;
    switch (ua_request_of_target(request->target)) {
    case UA_MSK_REQUEST:
        return 200;
    case UA_REGISTRATION:
    case UA_DEREGISTRATION: /* not simulated */
        return 501;
    default:
        return 404;
    }
}

/* The request and what it asks for; else the status to refuse it with. */
static unsigned bmsc_read_request(struct bytes message, struct http_message *request, struct bmsc_post *out)
{
    enum wire_status decoded = http_decode(message, request);
    unsigned status;

    if (decoded == WIRE_UNSUPPORTED && request->is_request) /* a version that is not ours, or a coding */
        return request->header_count == 0 ? 505 : 501;      /* RFC 7230 §3.3.1 */
    if (decoded != WIRE_OK || !request->is_request)
        return 400;
    status = bmsc_judge_request_line(request);
    if (status != 200)
        return status;
    return ua_request_body_decode(request->body, out->keys, &out->key_count) == WIRE_OK ? 200 : 400;
}

void bmsc_verify_post(const struct key_store *keys, int64_t now_ns, struct bytes message,
                      struct bmsc_post *out, struct bytes texts[BMSC_TEXTS])
{
    struct http_message request;
    const struct bytes *header;
    enum wire_status decoded;
    struct digest_fields f;

    out->work = BMSC_POST;
    out->b_tid_known_form = false;
    out->status = bmsc_read_request(message, &request, out);
    if (out->status != 200)
        return;
    header = http_find(&request, "Authorization");
    decoded = header == NULL ? WIRE_UNSUPPORTED : digest_decode(*header, true, &f);
    /* No credentials, or of a scheme that was not offered: a challenge (RFC 7235 §3.1). */
    if (decoded == WIRE_UNSUPPORTED)
        return;
    out->work = BMSC_AUTH_POST;
    if (decoded != WIRE_OK || !bmsc_read_credentials(keys, &request, &f, now_ns, out)) {
        out->status = 400;
        return;
    }
    texts[BMSC_TEXT_NONCE] = f.nonce;
    texts[BMSC_TEXT_CNONCE] = f.cnonce;
    texts[BMSC_TEXT_URI] = f.uri;
}

bool bmsc_verify_digest(const struct key_store *keys, const struct pool *long_texts,
                        const struct bmsc_session *session, const struct bmsc_job *job)
{
    const struct bmsc_post *post = &job->post;
    const struct bmsc_secrets *secrets = bmsc_secrets_ha1(keys, job->ue, session);
    struct digest_hash ha1 = {.length = sizeof secrets->ha1}, ha2 = {.length = sizeof post->ha2}, expected;

    if (!post->names_right)
        return false;
    memcpy(ha1.hex, secrets->ha1, sizeof secrets->ha1);
    memcpy(ha2.hex, post->ha2, sizeof post->ha2);
    digest_response(keys->crypto, DIGEST_MD5, &ha1, texts_get(long_texts, &job->texts, BMSC_TEXT_NONCE),
                    post->nc, texts_get(long_texts, &job->texts, BMSC_TEXT_CNONCE), bytes_text("auth-int"),
                    &ha2, &expected);
    return crypto_equal(expected.hex, post->response, sizeof post->response);
}
