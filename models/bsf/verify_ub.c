/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A GET on Ub to facts. */
#include "models/bsf/verify.h"

#include "models/bsf/decide.h"
#include "models/crypto/digest_auth.h"
#include "models/identity.h"
#include "models/wire/digest.h"
#include "models/wire/http.h"
#include "models/wire/ub.h"

#include <string.h>

#define NONCE_BYTES_MAX 128 /* RAND, AUTN and what a server may add */

_Static_assert(BSF_TMPI_BYTES == TMPI_TEXT_BYTES, "a TMPI is kept whole");

/* Digest of a GET (empty body) under a password, against what was sent; the realm is part of it, and has
 * to be that of this BSF. */
static bool bsf_response_right(const struct key_store *keys, const struct digest_fields *f,
                               struct bytes password, char ha1_hex[32])
{
    struct digest_hash ha1, ha2, expected;

    digest_ha1(keys->crypto, DIGEST_MD5, f->username, f->realm, password, &ha1);
    digest_ha2(keys->crypto, DIGEST_MD5, bytes_text("GET"), f->uri, true, bytes_of(NULL, 0), &ha2);
    digest_response(keys->crypto, DIGEST_MD5, &ha1, f->nonce, f->nc, f->cnonce, f->qop, &ha2, &expected);
    memcpy(ha1_hex, ha1.hex, 32);
    return f->response.len == expected.length &&
           crypto_equal(f->response.at, expected.hex, expected.length) &&
           bytes_equal(f->realm, keys->deployment->text.bsf_fqdn);
}

/* False if malformed: a directive is missing, or has a value that was not offered (RFC 2617 §3.2.2). */
static bool bsf_read_credentials(const struct key_store *keys, const struct bsf_challenge *challenge,
                                 const struct digest_fields *f, struct bsf_ub_facts *out)
{
    struct bsf_credentials *c = &out->credentials;
    uint8_t nonce[NONCE_BYTES_MAX];
    size_t length;

    if (!f->has_nc || f->cnonce.at == NULL || f->cnonce.len > TEXTS_ONE_BYTES_MAX ||
        !bytes_equal(f->qop, bytes_text("auth-int")) || !bytes_equal(f->algorithm, bytes_text("AKAv1-MD5")) ||
        wire_base64_decode(f->nonce, nonce, sizeof nonce, &length) != WIRE_OK || length < 32)
        return false;
    c->nc = f->nc;
    out->cnonce = f->cnonce;
    out->uri = f->uri;
    bool answers = challenge != NULL && memcmp(nonce, challenge->vector.rand_autn, 32) == 0;
    c->av = answers ? challenge->vector.av : AV_NONE;
    if (f->auts.at != NULL) {
        if (wire_base64_decode(f->auts, c->auts, sizeof c->auts, &length) != WIRE_OK ||
            length != sizeof c->auts)
            return false;
        c->resync = true;
        c->right = bsf_response_right(keys, f, bytes_of(NULL, 0), c->ha1);
    } else if (answers) {
        c->right = bsf_response_right(
            keys, f, bytes_of(challenge->vector.xres, challenge->vector.xres_length), c->ha1);
    }
    return true;
}

/* Whose TMPI is it? The address that it came from says where to look in the database; the comparison says
 * whether it is there. What was found once stands with the challenge until that is answered. */
static bool bsf_tmpi_right(const struct key_store *keys, const struct bsf *bsf,
                           const struct bsf_ub_facts *facts)
{
    struct bsf_subscriber s = bsf_subscriber_seen(bsf, facts->subscriber);
    const struct bsf_challenge *challenge = bsf_challenge_of(bsf, &s);
    char tmpi[TMPI_TEXT_BYTES];
    uint8_t rand[16];

    if (challenge != NULL && challenge->by_tmpi && memcmp(challenge->tmpi, facts->tmpi, sizeof tmpi) == 0)
        return true;
    if (s.tmpi == AV_NONE)
        return false;
    key_rand(keys, (struct key_name){facts->subscriber, s.tmpi}, rand);
    key_tmpi(keys, facts->subscriber, rand, tmpi);
    return memcmp(tmpi, facts->tmpi, sizeof tmpi) == 0;
}

/* The subscriber of a user name, by its form a TMPI or an IMPI (TS 33.220 §4.5.2 step 2). A TMPI that
 * nobody has is BSF_UB_UNKNOWN, an IMPI 403. */
static unsigned bsf_read_username(const struct key_store *keys, const struct bsf *bsf, struct bytes username,
                                  uint32_t likely, struct bsf_ub_facts *out)
{
    struct bytes tmpi;

    if (!identity_is_tmpi(username, &tmpi))
        return identity_find_impi(keys->deployment, username, &out->subscriber) ? 200 : 403;
    out->subscriber = likely;
    out->by_tmpi = true;
    memcpy(out->tmpi, tmpi.at, sizeof out->tmpi);
    if (!bsf_tmpi_right(keys, bsf, out))
        out->work = BSF_UB_UNKNOWN;
    return 200;
}

/* The request with its Authorization; false: none that can be read. */
static bool bsf_read_get(struct bytes message, struct http_message *request, struct digest_fields *f)
{
    const struct bytes *header;

    if (http_decode(message, request) != WIRE_OK || !request->is_request ||
        !bytes_equal(request->method, bytes_text("GET")) ||
        !bytes_equal(http_path(request->target), bytes_text("/")))
        return false;
    header = http_find(request, "Authorization");
    return header != NULL && digest_decode(*header, true, f) == WIRE_OK && f->username.at != NULL &&
           f->nonce.at != NULL && f->response.at != NULL && bytes_equal(f->uri, request->target) &&
           f->uri.len <= TEXTS_ONE_BYTES_MAX;
}

void bsf_verify_ub(const struct key_store *keys, const struct bsf *bsf, struct bytes message, uint32_t likely,
                   struct bsf_ub_facts *out)
{
    struct http_message request;
    struct digest_fields f;
    struct bsf_subscriber s;

    *out = (struct bsf_ub_facts){.status = 400};
    if (!bsf_read_get(message, &request, &f))
        return;
    out->work = f.nonce.len == 0 ? BSF_UB_GET : BSF_UB_CREDENTIALS;
    out->tmpi_understood = http_has_product(&request, "User-Agent", UB_PRODUCT_TOKEN);
    out->status = bsf_read_username(keys, bsf, f.username, likely, out);
    if (out->status != 200 || out->work != BSF_UB_CREDENTIALS)
        return;
    s = bsf_subscriber_seen(bsf, out->subscriber);
    if (!bsf_read_credentials(keys, bsf_challenge_of(bsf, &s), &f, out))
        out->status = 400;
}
