/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys and MACs of MIKEY under a pre-shared key. A storm spends most of its cryptography here, so an HMAC key is
 * prepared once for all labels, and the common case (one 32-byte block of inkey, at most 20 bytes of outkey) takes
 * two HMACs a label. */
#include "models/crypto/mikey_keys.h"

#include <assert.h>

#define INKEY_BLOCK 32 /* 256 bits */
#define HASH        20 /* 160 bits */
#define LABEL_HEAD  9  /* constant, 0xFF, CSB ID */

static void put32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

/* XORs P(s, label, m) into outkey: A_0 = label, A_i = HMAC(s, A_(i-1)), P = HMAC(s, A_1 || label) || ... The label comes
 * in `count` parts. */
static void p_xor(struct crypto *crypto, struct bytes s, const struct bytes *label, unsigned count,
                  uint8_t *outkey, size_t outkey_len)
{
    struct hmac_sha1_key key;
    struct bytes seeded[3];
    uint8_t a[HASH], p[HASH];

    assert(count < 3);
    hmac_sha1_prepare(crypto, s, &key);
    seeded[0] = bytes_of(a, HASH);
    memcpy(seeded + 1, label, count * sizeof *label);
    hmac_sha1(crypto, &key, label, count, a);
    for (;;) {
        size_t run = outkey_len < HASH ? outkey_len : HASH;

        hmac_sha1(crypto, &key, seeded, count + 1, p);
        for (size_t i = 0; i < run; i++)
            outkey[i] ^= p[i];
        outkey += run;
        outkey_len -= run;
        if (outkey_len == 0)
            return;
        hmac_sha1(crypto, &key, seeded, 1, a);
    }
}

void mikey_prf(struct crypto *crypto, struct bytes inkey, struct bytes label, uint8_t *outkey,
               size_t outkey_len)
{
    if (outkey_len == 0)
        return;
    memset(outkey, 0, outkey_len);
    while (inkey.len > 0) {
        size_t run = inkey.len < INKEY_BLOCK ? inkey.len : INKEY_BLOCK;

        p_xor(crypto, bytes_of(inkey.at, run), &label, 1, outkey, outkey_len);
        inkey.at += run;
        inkey.len -= run;
    }
}

/* constant || 0xFF || CSB ID, and RAND where it lies (§4.1.4). */
static void label_set(uint8_t head[LABEL_HEAD], uint32_t csb_id, struct bytes rand, struct bytes label[2])
{
    head[4] = 0xff;
    put32(head + 5, csb_id);
    label[0] = bytes_of(head, LABEL_HEAD);
    label[1] = rand;
}

/* One outkey of at most 20 bytes under one prepared block of inkey. */
static void derive(struct crypto *crypto, const struct hmac_sha1_key *key, enum mikey_label constant,
                   const struct bytes label[2], uint8_t *head, uint8_t *outkey, size_t outkey_len)
{
    uint8_t a[HASH], p[HASH];
    const struct bytes seeded[3] = {{a, HASH}, label[0], label[1]};

    put32(head, (uint32_t)constant);
    hmac_sha1(crypto, key, label, 2, a);
    hmac_sha1(crypto, key, seeded, 3, p);
    memcpy(outkey, p, outkey_len);
}

void mikey_auth_key(struct crypto *crypto, struct bytes psk, uint32_t csb_id, struct bytes rand,
                    uint8_t auth[20])
{
    uint8_t head[LABEL_HEAD];
    struct hmac_sha1_key key;
    struct bytes label[2];

    assert(psk.len <= INKEY_BLOCK);
    hmac_sha1_prepare(crypto, psk, &key);
    label_set(head, csb_id, rand, label);
    derive(crypto, &key, MIKEY_LABEL_AUTH, label, head, auth, 20);
}

void mikey_keys(struct crypto *crypto, struct bytes psk, uint32_t csb_id, struct bytes rand,
                struct mikey_keys *out)
{
    uint8_t head[LABEL_HEAD];
    struct hmac_sha1_key key;
    struct bytes label[2];

    assert(psk.len <= INKEY_BLOCK);
    hmac_sha1_prepare(crypto, psk, &key);
    label_set(head, csb_id, rand, label);
    derive(crypto, &key, MIKEY_LABEL_AUTH, label, head, out->auth, sizeof out->auth);
    derive(crypto, &key, MIKEY_LABEL_ENCR, label, head, out->encr, sizeof out->encr);
    derive(crypto, &key, MIKEY_LABEL_SALT, label, head, out->salt, sizeof out->salt);
}

void mikey_mac(struct crypto *crypto, const uint8_t auth[20], struct bytes covered, uint8_t mac[20])
{
    hmac_sha1_once(crypto, bytes_of(auth, HASH), &covered, 1, mac);
}

void mikey_verification_mac(struct crypto *crypto, const uint8_t auth[20], struct bytes covered,
                            struct bytes idi, struct bytes idr, struct bytes ts, uint8_t mac[20])
{
    const struct bytes parts[4] = {covered, idi, idr, ts};

    hmac_sha1_once(crypto, bytes_of(auth, HASH), parts, 4, mac);
}

/* IV = (salt XOR (0x0000 || CSB ID || T)) || 0x0000, §4.2.3. */
void mikey_crypt(struct crypto *crypto, const struct mikey_keys *keys, uint32_t csb_id, uint64_t ts,
                 const uint8_t *in, uint8_t *out, size_t len)
{
    uint8_t iv[16] = {0};

    put32(iv + 2, csb_id);
    put32(iv + 6, (uint32_t)(ts >> 32));
    put32(iv + 10, (uint32_t)ts);
    for (unsigned i = 0; i < sizeof keys->salt; i++)
        iv[i] ^= keys->salt[i];
    aes128_ctr(crypto, keys->encr, iv, in, out, len);
}
