/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys and MACs of MIKEY with the pre-shared key method: RFC 3830 §4.1.2-4.1.4, §4.2, §5.2. */
#ifndef MODELS_CRYPTO_MIKEY_KEYS_H
#define MODELS_CRYPTO_MIKEY_KEYS_H

#include "models/crypto/crypto.h"

#ifdef __cplusplus
extern "C" {
#endif

/* RFC 3830 §4.1.4, and §4.1.3 for the TGK constants. */
enum mikey_label {
    MIKEY_LABEL_ENCR = 0x150533E1,
    MIKEY_LABEL_AUTH = 0x2D22AC75,
    MIKEY_LABEL_SALT = 0x29B88916,
    MIKEY_LABEL_TGK_TEK = 0x2AD01C64,
    MIKEY_LABEL_TGK_AUTH = 0x1B5C7973,
    MIKEY_LABEL_TGK_ENCR = 0x15798CEF,
    MIKEY_LABEL_TGK_SALT = 0x39A2C14B
};

struct mikey_keys {
    uint8_t auth[20];
    uint8_t encr[16];
    uint8_t salt[14];
};

/* MIKEY-1 PRF for any lengths, RFC 3830 §4.1.2. */
void mikey_prf(struct crypto *crypto, struct bytes inkey, struct bytes label, uint8_t *outkey,
               size_t outkey_len);

/* The authentication key alone (a solicited pull needs no other); psk of at most 32 bytes. */
void mikey_auth_key(struct crypto *crypto, struct bytes psk, uint32_t csb_id, struct bytes rand,
                    uint8_t auth[20]);
/* All three, the HMAC key prepared once. */
void mikey_keys(struct crypto *crypto, struct bytes psk, uint32_t csb_id, struct bytes rand,
                struct mikey_keys *out);

/* MAC of an initiator's message: over everything up to and including mac_alg (§5.2). */
void mikey_mac(struct crypto *crypto, const uint8_t auth[20], struct bytes covered, uint8_t mac[20]);
/* MAC of a verification message: covered || IDi || IDr || timestamp as transported (§5.2). */
void mikey_verification_mac(struct crypto *crypto, const uint8_t auth[20], struct bytes covered,
                            struct bytes idi, struct bytes idr, struct bytes ts, uint8_t mac[20]);
/* AES-CM of §4.2.3, encryption and decryption alike; `ts` is the timestamp as 64 bits. */
void mikey_crypt(struct crypto *crypto, const struct mikey_keys *keys, uint32_t csb_id, uint64_t ts,
                 const uint8_t *in, uint8_t *out, size_t len);

#ifdef __cplusplus
}
#endif

#endif
