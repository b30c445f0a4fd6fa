/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts put together, one a lane. */
#include "models/crypto/lanes_texts.h"
#include "models/crypto/counts.h"
#include "models/crypto/mikey_keys.h"

#include <assert.h>
#include <string.h>

#define TEXT_BYTES 256 /* of a lane */

/* The texts of the lanes, and the digests that they give. */
struct lanes_texts {
    uint8_t text[LANES][TEXT_BYTES];
    struct bytes whole[LANES];
    uint8_t digest[LANES][20], *out[LANES];
};

/* Puts parts together, with a mark between them (0: none). False if the lane has no room for them. */
static bool lanes_text_put(struct lanes_texts *t, unsigned lane, const struct bytes *parts, unsigned count,
                           char between)
{
    size_t length = between ? count - 1 : 0;
    uint8_t *at = t->text[lane];

    for (unsigned i = 0; i < count; i++)
        length += parts[i].len;
    if (length > TEXT_BYTES)
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (i > 0 && between)
            *at++ = (uint8_t)between;
        crypto_copy(at, parts[i].at, parts[i].len);
        at += parts[i].len;
    }
    t->whole[lane] = bytes_of(t->text[lane], length);
    t->out[lane] = t->digest[lane];
    return true;
}

/* --- MIKEY ---------------------------------------------------------------------------------------------- */

static bool lanes_verification_put(struct lanes_texts *t, unsigned count,
                                   const struct lanes_verification jobs[])
{
    for (unsigned i = 0; i < count; i++) {
        const struct bytes parts[] = {jobs[i].covered, jobs[i].idi, jobs[i].idr, jobs[i].ts};

        if (!lanes_text_put(t, i, parts, 4, 0))
            return false;
    }
    return true;
}

void lanes_verification_macs(struct crypto *crypto, unsigned count, struct lanes_verification jobs[])
{
    const uint8_t *keys[LANES];
    struct lanes_texts t;

    assert(count > 0 && count <= LANES);
    if (!lanes_verification_put(&t, count, jobs)) {
        for (unsigned i = 0; i < count; i++)
            mikey_verification_mac(crypto, jobs[i].auth, jobs[i].covered, jobs[i].idi, jobs[i].idr,
                                   jobs[i].ts, jobs[i].mac);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        keys[i] = jobs[i].auth;
    lanes_hmac_sha1_once(crypto, count, keys, sizeof jobs->mac, t.whole, t.out);
    for (unsigned i = 0; i < count; i++)
        memcpy(jobs[i].mac, t.digest[i], sizeof jobs->mac);
}

/* --- HTTP Digest ---------------------------------------------------------------------------------------- */

static void lanes_md5_hex(struct crypto *crypto, unsigned count, struct lanes_texts *t,
                          struct digest_hash *const out[])
{
    lanes_md5(crypto, count, t->whole, t->out);
    for (unsigned i = 0; i < count; i++) {
        digest_hex16(t->digest[i], out[i]->hex);
        out[i]->length = 32;
    }
}

static bool lanes_response_put(struct lanes_texts *t, unsigned count, const struct lanes_response jobs[])
{
    for (unsigned i = 0; i < count; i++) {
        char nc[8];
        const struct bytes parts[] = {bytes_of(jobs[i].ha1, 32),
                                      jobs[i].nonce,
                                      bytes_of(nc, sizeof nc),
                                      jobs[i].cnonce,
                                      jobs[i].qop,
                                      digest_hash_bytes(&jobs[i].ha2)};

        digest_hex_count(jobs[i].nc, nc);
        if (!lanes_text_put(t, i, parts, 6, ':'))
            return false;
    }
    return true;
}

void lanes_digest_responses(struct crypto *crypto, unsigned count, struct lanes_response jobs[])
{
    struct digest_hash *out[LANES];
    struct lanes_texts t;

    assert(count > 0 && count <= LANES);
    if (!lanes_response_put(&t, count, jobs)) {
        for (unsigned i = 0; i < count; i++) {
            struct digest_hash ha1 = {.length = 32};

            memcpy(ha1.hex, jobs[i].ha1, 32);
            digest_response(crypto, DIGEST_MD5, &ha1, jobs[i].nonce, jobs[i].nc, jobs[i].cnonce, jobs[i].qop,
                            &jobs[i].ha2, &jobs[i].response);
        }
        return;
    }
    for (unsigned i = 0; i < count; i++)
        out[i] = &jobs[i].response;
    lanes_md5_hex(crypto, count, &t, out);
}

static bool lanes_ha1_put(struct lanes_texts *t, unsigned count, const struct lanes_ha1 jobs[])
{
    for (unsigned i = 0; i < count; i++) {
        const struct bytes parts[] = {jobs[i].username, jobs[i].realm, jobs[i].password};

        if (!lanes_text_put(t, i, parts, 3, ':'))
            return false;
    }
    return true;
}

void lanes_digest_ha1s(struct crypto *crypto, unsigned count, struct lanes_ha1 jobs[])
{
    struct digest_hash *out[LANES];
    struct lanes_texts t;

    assert(count > 0 && count <= LANES);
    if (!lanes_ha1_put(&t, count, jobs)) {
        for (unsigned i = 0; i < count; i++)
            digest_ha1(crypto, DIGEST_MD5, jobs[i].username, jobs[i].realm, jobs[i].password, &jobs[i].ha1);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        out[i] = &jobs[i].ha1;
    lanes_md5_hex(crypto, count, &t, out);
}
