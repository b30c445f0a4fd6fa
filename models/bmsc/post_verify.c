/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what a POST says, and whether its digest is right. Pure: bytes, keys and time in, facts out. */
#include "models/bmsc/bmsc.h"

/* One of ours, and young enough? */
static enum bmsc_nonce check_nonce(struct model_region *m, struct bytes nonce, int64_t now_ns,
                                   uint32_t *serial)
{
    const struct scenario *s = m->world->scenario;
    enum nonce_kind kind;
    int64_t made_ns;

    if (!nonce_open(&m->keys, nonce, &made_ns, serial, &kind) || made_ns > now_ns)
        return NONCE_UNKNOWN;
    return now_ns - made_ns > (kind == NONCE_NEXT ? s->bmsc_nextnonce_lifetime : s->bmsc_nonce_lifetime)
               ? NONCE_OLD
               : NONCE_FRESH;
}

/* False if malformed: a directive is missing, or has a value that was not offered (RFC 2617 §3.2.2), or is
 * longer than anybody sends. Realm, opaque and nonce are the digest's own affair: where they are wrong, so
 * are the credentials. */
static bool read_credentials(struct model_region *m, const struct http_message *request,
                             const struct digest_fields *f, int64_t now_ns, struct bmsc_job *job)
{
    struct bmsc_post *post = &job->post;
    struct key_name name;

    if (f->username.at == NULL || f->nonce.at == NULL || f->nonce.len > TEXTS_ONE_BYTES_MAX ||
        !bytes_equal(f->uri, request->target) || f->uri.len > TEXTS_ONE_BYTES_MAX || !f->has_nc ||
        f->cnonce.at == NULL || f->cnonce.len > TEXTS_ONE_BYTES_MAX || f->response.at == NULL ||
        !bytes_equal(f->qop, bytes_text("auth-int")) ||
        (f->algorithm.at != NULL && !bytes_equal(f->algorithm, bytes_text("MD5"))))
        return false;
    post->names_right = bytes_equal(f->realm, m->world->text.ua_realm) &&
                        bytes_equal(f->opaque, bytes_of(m->world->ua_opaque, sizeof m->world->ua_opaque)) &&
                        f->response.len == sizeof post->response;
    post->nonce_state = check_nonce(m, f->nonce, now_ns, &post->nonce_serial);
    texts_put(&m->bmsc->long_texts, &post->texts,
              (struct bytes[]){[POST_NONCE] = f->nonce, [POST_CNONCE] = f->cnonce, [POST_URI] = f->uri}, 3);
    post->b_tid_known_form = key_find(&m->keys, f->username, &name);
    if (post->b_tid_known_form) {
        job->ue = name.ue;
        post->vector = name.av;
    }
    post->nc = f->nc;
    if (f->response.len == sizeof post->response)
        memcpy(post->response, f->response.at, sizeof post->response);
    digest_ha2(m->keys.crypto, DIGEST_MD5, request->method, request->target, true, request->body, &post->ha2);
    return true;
}

/* What the request line alone says: TS 33.246 table G.2.4-1. */
static unsigned check_request_line(const struct http_message *request)
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

unsigned bmsc_verify_post(struct model_region *m, int64_t now_ns, struct bytes bytes, struct bmsc_job *job)
{
    struct http_message request;
    const struct bytes *header;
    struct digest_fields f;
    enum wire_status decoded = http_decode(bytes, &request);
    unsigned status;

    if (decoded == WIRE_UNSUPPORTED && request.is_request) /* a version that is not ours, or a coding */
        return request.header_count == 0 ? 505 : 501;      /* RFC 7230 §3.3.1 */
    if (decoded != WIRE_OK || !request.is_request)
        return 400;
    status = check_request_line(&request);
    if (status != 200)
        return status;
    if (ua_request_body_decode(request.body, job->post.keys, &job->post.key_count) != WIRE_OK)
        return 400;
    job->work = BMSC_POST;
    header = http_find(&request, "Authorization");
    decoded = header == NULL ? WIRE_UNSUPPORTED : digest_decode(*header, true, &f);
    /* No credentials, or of a scheme that was not offered: a challenge (RFC 7235 §3.1). */
    if (decoded == WIRE_UNSUPPORTED)
        return 200;
    job->work = BMSC_AUTH_POST;
    return decoded == WIRE_OK && read_credentials(m, &request, &f, now_ns, job) ? 200 : 400;
}

bool bmsc_digest_right(struct model_region *m, const struct bmsc_session *session,
                       const struct bmsc_post *post)
{
    struct digest_hash expected;

    if (!post->names_right)
        return false;
    digest_response(m->keys.crypto, DIGEST_MD5, &session->ha1,
                    texts_get(&m->bmsc->long_texts, &post->texts, POST_NONCE), post->nc,
                    texts_get(&m->bmsc->long_texts, &post->texts, POST_CNONCE), bytes_text("auth-int"),
                    &post->ha2, &expected);
    return crypto_equal(expected.hex, post->response, sizeof post->response);
}
