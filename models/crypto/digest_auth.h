/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The arithmetic of HTTP Digest: RFC 2617 §3.2.2, RFC 7616 §3.4, RFC 3310 §3.3. Hashes as lower-case hex
 * text. */
#ifndef MODELS_CRYPTO_DIGEST_AUTH_H
#define MODELS_CRYPTO_DIGEST_AUTH_H

#include "models/crypto/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

enum digest_algorithm { DIGEST_MD5, DIGEST_SHA256 }; /* AKAv1-MD5 is MD5 with RES as password */

struct digest_hash {
    uint8_t length; /* 32 or 64 */
    char hex[64];
};

static inline struct bytes digest_hash_bytes(const struct digest_hash *hash)
{
    return bytes_of(hash->hex, hash->length);
}

/* HA1 = H(username:realm:password); the password may be any octets. */
void digest_ha1(struct crypto *crypto, enum digest_algorithm algorithm, struct bytes username,
                struct bytes realm, struct bytes password, struct digest_hash *out);
/* HA2 = H(method:uri) or, with auth_int, H(method:uri:H(body)). An empty method gives that of rspauth. */
void digest_ha2(struct crypto *crypto, enum digest_algorithm algorithm, struct bytes method, struct bytes uri,
                bool auth_int, struct bytes body, struct digest_hash *out);
/* response (or rspauth) = H(HA1:nonce:nc:cnonce:qop:HA2); qop with at == NULL: H(HA1:nonce:HA2). */
void digest_response(struct crypto *crypto, enum digest_algorithm algorithm, const struct digest_hash *ha1,
                     struct bytes nonce, uint32_t nc, struct bytes cnonce, struct bytes qop,
                     const struct digest_hash *ha2, struct digest_hash *out);

#ifdef __cplusplus
}
#endif

#endif
