/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys and MACs of MIKEY under a pre-shared key. A storm spends most of its cryptography here, so an HMAC
 * key is prepared once for all labels, and the common case (one 32-byte block of inkey, at most 20 bytes
 * of outkey, a RAND of 16 bytes) takes two HMACs a label over blocks that are put together once. */
#include "models/crypto/mikey_keys.h"
#include "models/crypto/counts.h"

#include <assert.h>

#define INKEY_BLOCK 32 /* 256 bits */
#define HASH        20 /* 160 bits */
#define LABEL_HEAD  9  /* constant, 0xFF, CSB ID */
#define RAND_SHORT  26 /* with such a RAND A_1 || label fits into one SHA-1 block, padding included */

static uint32_t load32(const uint8_t *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof word);
    return word;
}

static void put32(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 24);
    at[1] = (uint8_t)(value >> 16);
    at[2] = (uint8_t)(value >> 8);
    at[3] = (uint8_t)value;
}

/* XORs P(s, label, m) into outkey: A_0 = label, A_i = HMAC(s, A_(i-1)), P = HMAC(s, A_1 || label) || ...
 * The label comes in `count` parts. */
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
    memset(outkey, 0, outkey_len);
    while (inkey.len > 0) {
        size_t run = inkey.len < INKEY_BLOCK ? inkey.len : INKEY_BLOCK;

        p_xor(crypto, bytes_of(inkey.at, run), &label, 1, outkey, outkey_len);
        inkey.at += run;
        inkey.len -= run;
    }
}

typedef uint32_t lanes __attribute__((vector_size(16)));

/* What the two HMACs of an outkey of at most 20 bytes hash, padded, for all labels of one message: only
 * the label's constant, and A_1, change from one key to the next. */
struct label_blocks {
    size_t len;                         /* of the label: constant || 0xFF || CSB ID || RAND (§4.1.4) */
    uint8_t first[64];                  /* label */
    uint8_t second[64];                 /* A_1 || label */
    uint8_t first_0[16], second_16[16]; /* these 16 bytes of them, without constant and A_1 */
};

/* A block of `len` bytes and zeros, for HMAC: behind them a one bit, and the length with the key block's. */
static void pad_block(uint8_t block[64], size_t len)
{
    size_t bits = (64 + len) * 8;

    block[len] = 0x80;
    block[62] = (uint8_t)(bits >> 8);
    block[63] = (uint8_t)bits;
}

static void label_set(struct label_blocks *blocks, uint32_t csb_id, struct bytes rand)
{
    memset(blocks, 0, sizeof *blocks);
    blocks->len = LABEL_HEAD + rand.len;
    blocks->first[4] = 0xff;
    put32(blocks->first + 5, csb_id);
    memcpy(blocks->first + LABEL_HEAD, rand.at, rand.len);
    memcpy(blocks->second + HASH + 4, blocks->first + 4, blocks->len - 4);
    pad_block(blocks->first, blocks->len);
    pad_block(blocks->second, HASH + blocks->len);
    memcpy(blocks->first_0, blocks->first, 16);
    memcpy(blocks->second_16, blocks->second + 16, 16);
}

/* Changed pieces are written 16 bytes at a time, as the hash reads them; see hash.c. */
static void derive_short(struct crypto *crypto, const struct hmac_sha1_key *key, enum mikey_label constant,
                         struct label_blocks *blocks, uint8_t *outkey, size_t outkey_len)
{
    const uint32_t big_endian = __builtin_bswap32((uint32_t)constant);
    uint8_t a[HASH], p[HASH];
    lanes piece;

    memcpy(&piece, blocks->first_0, sizeof piece);
    piece[0] = big_endian;
    memcpy(blocks->first, &piece, sizeof piece);
    hmac_sha1_block(crypto, key, blocks->first, blocks->len, a);
    memcpy(blocks->second, a, 16);
    memcpy(&piece, blocks->second_16, sizeof piece);
    piece[0] = load32(a + 16);
    piece[1] = big_endian;
    memcpy(blocks->second + 16, &piece, sizeof piece);
    hmac_sha1_block(crypto, key, blocks->second, HASH + blocks->len, p);
    memcpy(outkey, p, outkey_len);
}

/* The same with a RAND of any length. */
static void derive_long(struct crypto *crypto, struct bytes psk, enum mikey_label constant, uint32_t csb_id,
                        struct bytes rand, uint8_t *outkey, size_t outkey_len)
{
    uint8_t head[LABEL_HEAD];
    const struct bytes label[2] = {{head, LABEL_HEAD}, rand};

    put32(head, (uint32_t)constant);
    head[4] = 0xff;
    put32(head + 5, csb_id);
    memset(outkey, 0, outkey_len);
    p_xor(crypto, psk, label, 2, outkey, outkey_len);
}

void mikey_auth_key(struct crypto *crypto, struct bytes psk, uint32_t csb_id, struct bytes rand,
                    uint8_t auth[20])
{
    struct label_blocks blocks;
    struct hmac_sha1_key key;

    assert(psk.len <= INKEY_BLOCK);
    if (rand.len > RAND_SHORT) {
        derive_long(crypto, psk, MIKEY_LABEL_AUTH, csb_id, rand, auth, 20);
        return;
    }
    hmac_sha1_prepare(crypto, psk, &key);
    label_set(&blocks, csb_id, rand);
    derive_short(crypto, &key, MIKEY_LABEL_AUTH, &blocks, auth, 20);
}

void mikey_keys(struct crypto *crypto, struct bytes psk, uint32_t csb_id, struct bytes rand,
                struct mikey_keys *out)
{
    struct label_blocks blocks;
    struct hmac_sha1_key key;

    assert(psk.len <= INKEY_BLOCK);
    if (rand.len > RAND_SHORT) {
        derive_long(crypto, psk, MIKEY_LABEL_AUTH, csb_id, rand, out->auth, sizeof out->auth);
        derive_long(crypto, psk, MIKEY_LABEL_ENCR, csb_id, rand, out->encr, sizeof out->encr);
        derive_long(crypto, psk, MIKEY_LABEL_SALT, csb_id, rand, out->salt, sizeof out->salt);
        return;
    }
    hmac_sha1_prepare(crypto, psk, &key);
    label_set(&blocks, csb_id, rand);
    derive_short(crypto, &key, MIKEY_LABEL_AUTH, &blocks, out->auth, sizeof out->auth);
    derive_short(crypto, &key, MIKEY_LABEL_ENCR, &blocks, out->encr, sizeof out->encr);
    derive_short(crypto, &key, MIKEY_LABEL_SALT, &blocks, out->salt, sizeof out->salt);
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

static uint64_t load64(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
    return __builtin_bswap64(word);
}

static void put64(uint8_t *at, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(at, &value, sizeof value);
}

/* IV = (salt XOR (0x0000 || CSB ID || T)) || 0x0000, §4.2.3; the salt has 14 bytes. */
void mikey_iv(const struct mikey_keys *keys, uint32_t csb_id, uint64_t ts, uint8_t iv[16])
{
    put64(iv, load64(keys->salt) ^ ((uint64_t)csb_id << 16 | ts >> 48));
    put64(iv + 8, (load64(keys->salt + 6) ^ ts) << 16);
}

void mikey_crypt(struct crypto *crypto, const struct mikey_keys *keys, uint32_t csb_id, uint64_t ts,
                 const uint8_t *in, uint8_t *out, size_t len)
{
    uint8_t iv[16];

    mikey_iv(keys, csb_id, ts, iv);
    aes128_ctr(crypto, keys->encr, iv, in, out, len);
}
