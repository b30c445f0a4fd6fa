/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what a POST says, and whether its digest is right. Pure: bytes, keys and time in, facts out. */
#include "models/bmsc/bmsc.h"

static bool read_credentials(struct model_region *m, const struct http_message *request,
                             const struct digest_fields *f, int64_t now_ns, struct bmsc_job *job)
{
    struct bmsc_post *post = &job->post;

    if (f->username.at == NULL || !bytes_equal(f->realm, m->world->text.ua_realm) || f->nonce.at == NULL ||
        !bytes_equal(f->uri, request->target) || !f->has_nc || f->cnonce.at == NULL ||
        f->cnonce.len > sizeof post->cnonce || f->response.len != sizeof post->response ||
        !bytes_equal(f->qop, bytes_text("auth-int")) ||
        (f->algorithm.at != NULL && !bytes_equal(f->algorithm, bytes_text("MD5"))) ||
        !bytes_equal(f->opaque, bytes_of(m->bmsc->opaque, sizeof m->bmsc->opaque)))
        return false;
    post->nonce_state = f->nonce.len == sizeof post->nonce
                            ? bmsc_nonce_check(m, f->nonce, now_ns, &post->nonce_serial)
                            : NONCE_FORGED;
    if (post->nonce_state != NONCE_FORGED)
        memcpy(post->nonce, f->nonce.at, sizeof post->nonce);
    post->b_tid_known_form = subscriber_of_b_tid(m, f->username, &job->ue, &post->vector);
    post->nc = f->nc;
    post->cnonce_length = (uint8_t)f->cnonce.len;
    memcpy(post->cnonce, f->cnonce.at, f->cnonce.len);
    memcpy(post->response, f->response.at, sizeof post->response);
    digest_ha2(m->crypto, DIGEST_MD5, request->method, request->target, true, request->body, &post->ha2);
    return true;
}

bool bmsc_verify_post(struct model_region *m, int64_t now_ns, struct bytes bytes, struct bmsc_job *job)
{
    struct http_message request;
    const struct bytes *header;
    struct digest_fields f;

    if (http_decode(bytes, &request) != WIRE_OK || !request.is_request ||
        !bytes_equal(request.method, bytes_text("POST")) ||
        !bytes_equal(request.target, bytes_text(UA_MSK_REQUEST_URI)) ||
        ua_request_body_decode(request.body, job->post.keys, &job->post.key_count) != WIRE_OK ||
        job->post.key_count == 0)
        return false;
    header = http_find(&request, "Authorization");
    job->work = header == NULL ? BMSC_POST : BMSC_AUTH_POST;
    return header == NULL ||
           (digest_decode(*header, true, &f) == WIRE_OK && read_credentials(m, &request, &f, now_ns, job));
}

bool bmsc_digest_right(struct model_region *m, const struct bmsc_session *session,
                       const struct bmsc_post *post)
{
    struct digest_hash expected;

    digest_response(m->crypto, DIGEST_MD5, &session->ha1, bytes_of(post->nonce, sizeof post->nonce), post->nc,
                    bytes_of(post->cnonce, post->cnonce_length), bytes_text("auth-int"), &post->ha2,
                    &expected);
    return expected.length == sizeof post->response &&
           crypto_equal(expected.hex, post->response, sizeof post->response);
}
