/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A POST on Ua to facts. */
#include "models/bmsc/verify.h"

#include "models/crypto/lanes_texts.h"
#include "models/nonce.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/ua.h"

#include <string.h>

/* A nonce of this BM-SC, and young enough? */
static enum bmsc_nonce bmsc_judge_nonce(const struct scenario *s, const struct bmsc_nonce_found *nonce,
                                        int64_t now_ns)
{
    if (!nonce->known || nonce->made_ns > now_ns)
        return NONCE_UNKNOWN;
    return now_ns - nonce->made_ns > (nonce->next ? s->bmsc_nextnonce_lifetime : s->bmsc_nonce_lifetime)
               ? NONCE_OLD
               : NONCE_FRESH;
}

/* False if malformed: a directive is missing, or has a value that was not offered (RFC 2617 §3.2.2), or is
 * longer than anybody sends. Realm, opaque and nonce are the digest's own affair: where they are wrong, so
 * are the credentials. */
static bool bmsc_read_credentials(const struct key_store *keys, const struct http_message *request,
                                  const struct digest_fields *f, struct bmsc_post *post,
                                  struct bmsc_nonce_found *nonce)
{
    const struct deployment *deployment = keys->deployment;
    struct digest_hash ha2;
    enum nonce_kind kind;

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
    nonce->known = nonce_open(keys, f->nonce, &nonce->made_ns, &post->nonce_serial, &kind);
    nonce->next = nonce->known && kind == NONCE_NEXT;
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

/* All but the age of its nonce. */
static void bmsc_read_post(const struct key_store *keys, struct bytes message, struct bmsc_post *out,
                           struct bytes texts[BMSC_TEXTS], struct bmsc_nonce_found *nonce)
{
    struct http_message request;
    const struct bytes *header;
    enum wire_status decoded;
    struct digest_fields f;

    out->work = BMSC_POST;
    out->b_tid_known_form = out->digest_right = false;
    out->status = bmsc_read_request(message, &request, out);
    if (out->status != 200)
        return;
    header = http_find(&request, "Authorization");
    decoded = header == NULL ? WIRE_UNSUPPORTED : digest_decode(*header, true, &f);
    /* No credentials, or of a scheme that was not offered: a challenge (RFC 7235 §3.1). */
    if (decoded == WIRE_UNSUPPORTED)
        return;
    out->work = BMSC_AUTH_POST;
    if (decoded != WIRE_OK || !bmsc_read_credentials(keys, &request, &f, out, nonce)) {
        out->status = 400;
        return;
    }
    texts[BMSC_TEXT_NONCE] = f.nonce;
    texts[BMSC_TEXT_CNONCE] = f.cnonce;
    texts[BMSC_TEXT_URI] = f.uri;
}

void bmsc_verify_post(const struct key_store *keys, int64_t now_ns, struct bytes message,
                      struct bmsc_post *out, struct bytes texts[BMSC_TEXTS])
{
    struct bmsc_nonce_found nonce;

    bmsc_read_post(keys, message, out, texts, &nonce);
    if (out->status == 200 && out->work == BMSC_AUTH_POST)
        out->nonce_state = bmsc_judge_nonce(keys->deployment->scenario, &nonce, now_ns);
}

static struct lanes_response bmsc_response(const struct bmsc_post *post, const char ha1[32],
                                           struct bytes nonce, struct bytes cnonce)
{
    struct lanes_response r = {.ha1 = ha1,
                               .nonce = nonce,
                               .cnonce = cnonce,
                               .qop = bytes_text("auth-int"),
                               .nc = post->nc,
                               .ha2 = {.length = sizeof post->ha2}};

    memcpy(r.ha2.hex, post->ha2, sizeof post->ha2);
    return r;
}

static bool bmsc_response_right(const struct bmsc_post *post, const struct lanes_response *r)
{
    return post->names_right && crypto_equal(r->response.hex, post->response, sizeof post->response);
}

bool bmsc_verify_digest(const struct key_store *keys, const struct pool *long_texts,
                        const struct bmsc_session *session, const struct bmsc_job *job)
{
    const struct bmsc_post *post = &job->post;
    struct lanes_response r;

    if (post->digest_right && post->name.ue == job->ue && post->name.av == session->av &&
        !bmsc_secrets_other(session))
        return true;
    if (!post->names_right)
        return false;
    r = bmsc_response(post, bmsc_secrets_ha1(keys, job->ue, session)->ha1,
                      texts_get(long_texts, &job->texts, BMSC_TEXT_NONCE),
                      texts_get(long_texts, &job->texts, BMSC_TEXT_CNONCE));
    lanes_digest_responses(keys->crypto, 1, &r);
    return bmsc_response_right(post, &r);
}

/* A text of that length; of another one nothing is kept. */
static void bmsc_keep_text(char *to, size_t length, struct bytes text)
{
    if (text.len == length)
        memcpy(to, text.at, length);
    else
        memset(to, 0, length);
}

bool bmsc_read_post_apart(const struct key_store *keys, struct bytes message, struct bmsc_post_found *out)
{
    struct bytes texts[BMSC_TEXTS];
    struct bmsc_post *post = &out->post;

    bmsc_read_post(keys, message, post, texts, &out->nonce);
    if (post->status != 200 || post->work != BMSC_AUTH_POST || !post->b_tid_known_form)
        return false;
    bmsc_keep_text(out->nonce_text, sizeof out->nonce_text, texts[BMSC_TEXT_NONCE]);
    bmsc_keep_text(out->cnonce, sizeof out->cnonce, texts[BMSC_TEXT_CNONCE]);
    return true;
}

void bmsc_prove_posts(const struct key_store *keys, unsigned count, struct bmsc_post_found *const found[],
                      const char *const ha1s[])
{
    struct lanes_response r[LANES];

    for (unsigned i = 0; i < count; i++)
        r[i] = bmsc_response(&found[i]->post, ha1s[i],
                             bytes_of(found[i]->nonce_text, sizeof found[i]->nonce_text),
                             bytes_of(found[i]->cnonce, sizeof found[i]->cnonce));
    lanes_digest_responses(keys->crypto, count, r);
    for (unsigned i = 0; i < count; i++)
        found[i]->post.digest_right = bmsc_response_right(&found[i]->post, &r[i]);
}

void bmsc_post_of_content(const struct deployment *deployment, int64_t now_ns,
                          const struct bmsc_post_found *found, struct bmsc_post *out,
                          struct bytes texts[BMSC_TEXTS])
{
    *out = found->post;
    if (out->work != BMSC_AUTH_POST)
        return;
    out->nonce_state = bmsc_judge_nonce(deployment->scenario, &found->nonce, now_ns);
    texts[BMSC_TEXT_NONCE] = bytes_of(found->nonce_text, sizeof found->nonce_text);
    texts[BMSC_TEXT_CNONCE] = bytes_of(found->cnonce, sizeof found->cnonce);
    texts[BMSC_TEXT_URI] = bytes_text(UA_MSK_REQUEST_URI);
}
