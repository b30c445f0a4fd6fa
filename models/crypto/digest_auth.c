/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP Digest: every value is a hash over texts joined by colons. */
#include "models/crypto/digest_auth.h"
#include "models/crypto/counts.h"

#define TEXTS_MAX 6
#define TEXT      1024 /* bytes of joined texts that are put together on the stack */

typedef uint8_t octets __attribute__((vector_size(16)));

/* Nibbles side by side, then to characters. */
void digest_hex16(const uint8_t bytes[16], char out[32])
{
    octets whole, high, low, digits[2];

    memcpy(&whole, bytes, sizeof whole);
    high = whole >> 4;
    low = whole & 0x0f;
    digits[0] = __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    digits[1] =
        __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    for (unsigned i = 0; i < 2; i++)
        digits[i] += '0' + ((octets)(digits[i] > 9) & ('a' - '0' - 10));
    memcpy(out, digits, sizeof digits);
}

/* What does not fit onto the stack is hashed where it lies. */
static void hash_long(struct crypto *crypto, enum digest_algorithm algorithm, const struct bytes *texts,
                      unsigned count, uint8_t digest[32])
{
    struct bytes parts[2 * TEXTS_MAX];
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            parts[n++] = bytes_of(":", 1);
        parts[n++] = texts[i];
    }
    if (algorithm == DIGEST_SHA256)
        sha256(crypto, parts, n, digest);
    else
        md5(crypto, parts, n, digest);
}

/* Hash of `count` texts with colons between them. */
static void hash(struct crypto *crypto, enum digest_algorithm algorithm, const struct bytes *texts,
                 unsigned count, struct digest_hash *out)
{
    uint8_t joined[TEXT + MD5_PADDING], digest[32];
    size_t length = count - 1;

    for (unsigned i = 0; i < count; i++)
        length += texts[i].len;
    if (algorithm == DIGEST_SHA256 || length > TEXT) {
        hash_long(crypto, algorithm, texts, count, digest);
    } else {
        uint8_t *at = joined;

        for (unsigned i = 0; i < count; i++) { /* the padding takes the last colon's place */
            crypto_copy(at, texts[i].at, texts[i].len);
            at += texts[i].len;
            *at++ = ':';
        }
        md5_padded(crypto, joined, length, digest);
    }
    digest_hex16(digest, out->hex);
    if (algorithm == DIGEST_SHA256)
        digest_hex16(digest + 16, out->hex + 32);
    out->length = algorithm == DIGEST_SHA256 ? 64 : 32;
}

void digest_ha1(struct crypto *crypto, enum digest_algorithm algorithm, struct bytes username,
                struct bytes realm, struct bytes password, struct digest_hash *out)
{
    const struct bytes texts[] = {username, realm, password};

    hash(crypto, algorithm, texts, 3, out);
}

/* The body and the URI of an MSK request are the same bytes for every UE, and so is most often the response's
 * body: their HA2 need not be computed again, once it is seen that every byte is the same. */
static bool recall(const struct ha2_memo *memo, const struct bytes texts[3])
{
    const uint8_t *at = memo->texts;

    if (memo->method_length != texts[0].len || memo->uri_length != texts[1].len ||
        memo->body_length != texts[2].len)
        return false;
    for (unsigned i = 0; i < 3; i++) {
        if (texts[i].len > 0 && memcmp(at, texts[i].at, texts[i].len) != 0)
            return false;
        at += texts[i].len;
    }
    return true;
}

static void remember(struct ha2_memo *memo, const struct bytes texts[3], const struct digest_hash *ha2)
{
    uint8_t *at = memo->texts;

    memo->method_length = (uint16_t)texts[0].len;
    memo->uri_length = (uint16_t)texts[1].len;
    memo->body_length = (uint16_t)texts[2].len;
    for (unsigned i = 0; i < 3; i++) {
        crypto_copy(at, texts[i].at, texts[i].len);
        at += texts[i].len;
    }
    memcpy(memo->hex, ha2->hex, sizeof memo->hex);
}

void digest_ha2(struct crypto *crypto, enum digest_algorithm algorithm, struct bytes method, struct bytes uri,
                bool auth_int, struct bytes body, struct digest_hash *out)
{
    struct bytes texts[] = {method, uri, body};
    struct ha2_memo *memo = &crypto->ha2[method.len == 0];
    bool memorable = algorithm == DIGEST_MD5 && auth_int && body.len > 0 &&
                     method.len + uri.len + body.len <= HA2_TEXT_BYTES;
    struct digest_hash body_hash;

    if (memorable && recall(memo, texts)) {
        memcpy(out->hex, memo->hex, sizeof memo->hex);
        out->length = sizeof memo->hex;
        return;
    }
    if (auth_int) {
        hash(crypto, algorithm, &body, 1, &body_hash);
        texts[2] = digest_hash_bytes(&body_hash);
    }
    hash(crypto, algorithm, texts, auth_int ? 3 : 2, out);
    if (memorable) {
        texts[2] = body;
        remember(memo, texts, out);
    }
}

void digest_hex_count(uint32_t nc, char out[8])
{
    for (unsigned i = 0; i < 8; i++)
        out[i] = "0123456789abcdef"[nc >> (28 - 4 * i) & 0xf];
}

void digest_response(struct crypto *crypto, enum digest_algorithm algorithm, const struct digest_hash *ha1,
                     struct bytes nonce, uint32_t nc, struct bytes cnonce, struct bytes qop,
                     const struct digest_hash *ha2, struct digest_hash *out)
{
    char nc_text[8];
    const struct bytes a1 = digest_hash_bytes(ha1), a2 = digest_hash_bytes(ha2);

    if (qop.at == NULL) {
        const struct bytes texts[] = {a1, nonce, a2};

        hash(crypto, algorithm, texts, 3, out);
    } else {
        const struct bytes texts[] = {a1, nonce, bytes_of(nc_text, sizeof nc_text), cnonce, qop, a2};

        digest_hex_count(nc, nc_text);
        hash(crypto, algorithm, texts, 6, out);
    }
}
