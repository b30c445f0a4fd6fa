/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* HTTP Digest: every value is a hash over texts joined by colons, which are handed to the hash where they
 * lie. */
#include "models/crypto/digest_auth.h"

static const struct bytes colon = {(const uint8_t *)":", 1};

/* Two hexadecimal digits a byte value. */
#define HEX4(h, a, b, c, d)                                                                                  \
    {h, a}, {h, b}, {h, c},                                                                                  \
    {                                                                                                        \
        h, d                                                                                                 \
    }
#define HEX_ROW(h)                                                                                           \
    HEX4(h, '0', '1', '2', '3'), HEX4(h, '4', '5', '6', '7'), HEX4(h, '8', '9', 'a', 'b'),                   \
        HEX4(h, 'c', 'd', 'e', 'f')

static const char hex_pairs[256][2] = {
    HEX_ROW('0'), HEX_ROW('1'), HEX_ROW('2'), HEX_ROW('3'), HEX_ROW('4'), HEX_ROW('5'),
    HEX_ROW('6'), HEX_ROW('7'), HEX_ROW('8'), HEX_ROW('9'), HEX_ROW('a'), HEX_ROW('b'),
    HEX_ROW('c'), HEX_ROW('d'), HEX_ROW('e'), HEX_ROW('f'),
};

static void hex(const uint8_t *bytes, unsigned count, char *out)
{
    for (unsigned i = 0; i < count; i++)
        memcpy(out + 2 * (size_t)i, hex_pairs[bytes[i]], 2);
}

static void hash(struct crypto *crypto, enum digest_algorithm algorithm, const struct bytes *parts,
                 unsigned count, struct digest_hash *out)
{
    uint8_t digest[32];

    if (algorithm == DIGEST_SHA256) {
        sha256(crypto, parts, count, digest);
        out->length = 64;
        hex(digest, 32, out->hex);
    } else {
        md5(crypto, parts, count, digest);
        out->length = 32;
        hex(digest, 16, out->hex);
    }
}

void digest_ha1(struct crypto *crypto, enum digest_algorithm algorithm, struct bytes username,
                struct bytes realm, struct bytes password, struct digest_hash *out)
{
    const struct bytes parts[] = {username, colon, realm, colon, password};

    hash(crypto, algorithm, parts, 5, out);
}

void digest_ha1_sess(struct crypto *crypto, enum digest_algorithm algorithm, const struct digest_hash *ha1,
                     struct bytes nonce, struct bytes cnonce, struct digest_hash *out)
{
    const struct bytes parts[] = {digest_hash_bytes(ha1), colon, nonce, colon, cnonce};

    hash(crypto, algorithm, parts, 5, out);
}

void digest_ha2(struct crypto *crypto, enum digest_algorithm algorithm, struct bytes method, struct bytes uri,
                bool auth_int, struct bytes body, struct digest_hash *out)
{
    struct bytes parts[] = {method, colon, uri, colon, {NULL, 0}};
    struct digest_hash body_hash;

    if (auth_int) {
        hash(crypto, algorithm, &body, 1, &body_hash);
        parts[4] = digest_hash_bytes(&body_hash);
    }
    hash(crypto, algorithm, parts, auth_int ? 5 : 3, out);
}

void digest_response(struct crypto *crypto, enum digest_algorithm algorithm, const struct digest_hash *ha1,
                     struct bytes nonce, uint32_t nc, struct bytes cnonce, struct bytes qop,
                     const struct digest_hash *ha2, struct digest_hash *out)
{
    const uint8_t nc_bytes[4] = {(uint8_t)(nc >> 24), (uint8_t)(nc >> 16), (uint8_t)(nc >> 8), (uint8_t)nc};
    char nc_text[8];
    const struct bytes a1 = digest_hash_bytes(ha1), a2 = digest_hash_bytes(ha2);

    if (qop.at == NULL) {
        const struct bytes parts[] = {a1, colon, nonce, colon, a2};

        hash(crypto, algorithm, parts, 5, out);
    } else {
        const struct bytes count = bytes_of(nc_text, sizeof nc_text);
        const struct bytes parts[] = {a1, colon, nonce, colon, count, colon, cnonce, colon, qop, colon, a2};

        hex(nc_bytes, sizeof nc_bytes, nc_text);
        hash(crypto, algorithm, parts, 11, out);
    }
}
