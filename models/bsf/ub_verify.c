/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Verify: what a GET on Ub says, who sent it, and whether its digest is right (TS 33.220 §4.5.2, TS 24.109
 * §4.2, RFC 3310). */
#include "models/bsf/bsf.h"

#include "models/wire/ub.h"

/* Digest of a GET (empty body) under a password, against what was sent; the realm is part of it, and has to
 * be ours. */
static bool response_right(struct model_region *m, const struct digest_fields *f, struct bytes password,
                           struct digest_hash *ha1)
{
    struct digest_hash ha2, expected;

    digest_ha1(m->keys.crypto, DIGEST_MD5, f->username, f->realm, password, ha1);
    digest_ha2(m->keys.crypto, DIGEST_MD5, bytes_text("GET"), f->uri, true, bytes_of(NULL, 0), &ha2);
    digest_response(m->keys.crypto, DIGEST_MD5, ha1, f->nonce, f->nc, f->cnonce, f->qop, &ha2, &expected);
    return f->response.len == expected.length &&
           crypto_equal(f->response.at, expected.hex, expected.length) &&
           bytes_equal(f->realm, m->world->text.bsf_fqdn);
}

/* False if malformed: a directive is missing, or has a value that was not offered (RFC 2617 §3.2.2). */
static bool read_credentials(struct model_region *m, const struct bsf_challenge *challenge,
                             const struct digest_fields *f, struct bsf_credentials *out)
{
    uint8_t nonce[BSF_NONCE_BYTES_MAX];
    size_t length;

    if (!f->has_nc || f->cnonce.at == NULL || f->cnonce.len > TEXTS_ONE_BYTES_MAX ||
        !bytes_equal(f->qop, bytes_text("auth-int")) || !bytes_equal(f->algorithm, bytes_text("AKAv1-MD5")) ||
        wire_base64_decode(f->nonce, nonce, sizeof nonce, &length) != WIRE_OK || length < 32)
        return false;
    out->nc = f->nc;
    texts_put(&m->bsf->long_texts, &out->texts, (struct bytes[]){[UB_CNONCE] = f->cnonce, [UB_URI] = f->uri},
              2);
    bool answers = challenge != NULL && memcmp(nonce, challenge->rand_autn, 32) == 0;
    out->vector = answers ? challenge->vector : AV_NONE;
    if (f->auts.at != NULL) {
        if (wire_base64_decode(f->auts, out->auts, sizeof out->auts, &length) != WIRE_OK ||
            length != sizeof out->auts)
            return false;
        out->resync = true;
        out->right = response_right(m, f, bytes_of(NULL, 0), &out->ha1);
    } else if (answers) {
        out->right = response_right(m, f, bytes_of(challenge->xres, challenge->xres_length), &out->ha1);
    }
    return true;
}

static struct bsf_challenge *challenge_of(struct bsf *bsf, uint32_t subscriber)
{
    uint32_t waiting = bsf_subscriber(bsf, subscriber)->challenge;

    return waiting == POOL_NONE ? NULL : pool_at(&bsf->challenges, waiting);
}

/* Whose TMPI is it? The address it came from says where to look in the database; the comparison says whether
 * it is there. What was found once stands with the challenge until that is answered. */
static bool look_up_tmpi(struct model_region *m, struct bytes tmpi, uint32_t likely, struct bsf_job *job)
{
    const struct bsf_challenge *challenge;
    const struct bsf_subscriber *s;
    uint8_t rand[16];

    job->subscriber = likely;
    job->challenge.by_tmpi = true;
    memcpy(job->challenge.tmpi, tmpi.at, TMPI_TEXT_BYTES);
    challenge = challenge_of(m->bsf, likely);
    if (challenge != NULL && challenge->by_tmpi && memcmp(challenge->tmpi, tmpi.at, TMPI_TEXT_BYTES) == 0)
        return true;
    s = bsf_subscriber(m->bsf, likely);
    if (s->tmpi == AV_NONE)
        return false;
    key_rand(&m->keys, (struct key_name){likely, s->tmpi}, rand);
    key_tmpi(&m->keys, likely, rand, job->challenge.tmpi);
    return memcmp(job->challenge.tmpi, tmpi.at, TMPI_TEXT_BYTES) == 0;
}

/* The subscriber of a user name, by its form a TMPI or an IMPI (TS 33.220 §4.5.2 step 2). A TMPI that nobody
 * has leaves BSF_UB_UNKNOWN, an IMPI 403. */
static unsigned read_username(struct model_region *m, struct bytes username, uint32_t likely,
                              struct bsf_job *job)
{
    struct bytes tmpi;

    if (!identity_is_tmpi(username, &tmpi))
        return identity_find_impi(m->world, username, &job->subscriber) ? 200 : 403;
    if (!look_up_tmpi(m, tmpi, likely, job))
        job->work = BSF_UB_UNKNOWN;
    return 200;
}

unsigned bsf_verify_ub(struct model_region *m, struct bytes bytes, uint32_t likely, struct bsf_job *job)
{
    struct http_message request;
    struct digest_fields f;
    const struct bytes *header;
    unsigned status;

    if (http_decode(bytes, &request) != WIRE_OK || !request.is_request ||
        !bytes_equal(request.method, bytes_text("GET")) ||
        !bytes_equal(http_path(request.target), bytes_text("/")))
        return 400;
    header = http_find(&request, "Authorization");
    if (header == NULL || digest_decode(*header, true, &f) != WIRE_OK || f.username.at == NULL ||
        f.nonce.at == NULL || f.response.at == NULL || !bytes_equal(f.uri, request.target) ||
        f.uri.len > TEXTS_ONE_BYTES_MAX)
        return 400;
    job->work = f.nonce.len == 0 ? BSF_UB_GET : BSF_UB_CREDENTIALS;
    job->tmpi_understood = http_has_product(&request, "User-Agent", UB_PRODUCT_TOKEN);
    status = read_username(m, f.username, likely, job);
    if (status != 200 || job->work != BSF_UB_CREDENTIALS)
        return status;
    return read_credentials(m, challenge_of(m->bsf, job->subscriber), &f, &job->credentials) ? 200 : 400;
}
