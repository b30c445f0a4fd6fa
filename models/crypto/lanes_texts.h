/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* MACs and digests over texts that are put together, for up to LANES messages at once; lanes.h says what
 * holds for all functions on lanes. A text that is too long for its lane is taken by itself. */
#ifndef MODELS_CRYPTO_LANES_TEXTS_H
#define MODELS_CRYPTO_LANES_TEXTS_H

#include "models/crypto/digest_auth.h"
#include "models/crypto/lanes.h"

#ifdef __cplusplus
extern "C" {
#endif

/* mikey_verification_mac() of the lanes. */
struct lanes_verification {
    const uint8_t *auth; /* 20 bytes */
    struct bytes covered, idi, idr, ts;
    uint8_t mac[20]; /* what it gives */
};
void lanes_verification_macs(struct crypto *crypto, unsigned count, struct lanes_verification jobs[]);

/* digest_response() of the lanes, by MD5, with a qop. */
struct lanes_response {
    const char *ha1; /* 32 characters, as of ha2 */
    struct bytes nonce, cnonce, qop;
    uint32_t nc;
    struct digest_hash ha2;
    struct digest_hash response; /* what it gives */
};
void lanes_digest_responses(struct crypto *crypto, unsigned count, struct lanes_response jobs[]);

/* digest_ha1() of the lanes, by MD5. */
struct lanes_ha1 {
    struct bytes username, realm, password;
    struct digest_hash ha1; /* what it gives */
};
void lanes_digest_ha1s(struct crypto *crypto, unsigned count, struct lanes_ha1 jobs[]);

#ifdef __cplusplus
}
#endif

#endif
