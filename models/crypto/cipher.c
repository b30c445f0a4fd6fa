/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* AES-128 in its modes, and the life of a struct crypto. */
#include "models/crypto/counts.h"

#include <glib.h>
#include <openssl/crypto.h>

#define BLOCK     16
#define CTR_BATCH 16 /* counter blocks encrypted at once */

const char *const crypto_operation_names[CRYPTO_OPERATIONS] = {
    [CRYPTO_HMAC_SHA1_KEY] = "hmac_sha1_key",
    [CRYPTO_HMAC_SHA1] = "hmac_sha1",
    [CRYPTO_HMAC_SHA1_ONCE] = "hmac_sha1_once",
    [CRYPTO_HMAC_SHA256] = "hmac_sha256",
    [CRYPTO_MD5] = "md5",
    [CRYPTO_SHA256] = "sha256",
    [CRYPTO_AES_KEY] = "aes_key",
    [CRYPTO_AES_BLOCKS] = "aes_blocks",
    [CRYPTO_AES_CTR] = "aes_ctr",
};

struct crypto_cipher {
    const struct aes_unit *unit;
    struct aes_key encrypt, decrypt;
};

void aes_close(struct aes_key *key)
{
    EVP_CIPHER_CTX_free(key->evp);
    OPENSSL_cleanse(key->rounds, sizeof key->rounds);
}

struct crypto *crypto_new_on(const struct aes_unit *unit)
{
    struct crypto *crypto = g_new0(struct crypto, 1);

    crypto->aes = unit;
    unit->open(&crypto->aes_key, crypto->aes_bytes, true);
    lanes_use(crypto, lanes_best());
    return crypto;
}

struct crypto *crypto_new(void)
{
    return crypto_new_on(aes_best());
}

void crypto_free(struct crypto *crypto)
{
    if (crypto == NULL)
        return;
    aes_close(&crypto->aes_key);
    OPENSSL_cleanse(crypto->aes_bytes, sizeof crypto->aes_bytes);
    g_free(crypto);
}

const struct crypto_counts *crypto_counts(const struct crypto *crypto)
{
    return &crypto->counts;
}

struct crypto_cipher *crypto_cipher_new_on(const struct aes_unit *unit, const uint8_t key[16])
{
    struct crypto_cipher *cipher = g_new0(struct crypto_cipher, 1);

    cipher->unit = unit;
    unit->open(&cipher->encrypt, key, true);
    unit->open(&cipher->decrypt, key, false);
    return cipher;
}

struct crypto_cipher *crypto_cipher_new(const uint8_t key[16])
{
    return crypto_cipher_new_on(aes_best(), key);
}

void crypto_cipher_free(struct crypto_cipher *cipher)
{
    if (cipher == NULL)
        return;
    aes_close(&cipher->encrypt);
    aes_close(&cipher->decrypt);
    g_free(cipher);
}

void crypto_cipher_encrypt(struct crypto *crypto, struct crypto_cipher *cipher, const uint8_t in[16],
                           uint8_t out[16])
{
    crypto_count(crypto, CRYPTO_AES_BLOCKS, BLOCK);
    cipher->unit->encrypt(&cipher->encrypt, in, out, 1);
}

void crypto_cipher_decrypt(struct crypto *crypto, struct crypto_cipher *cipher, const uint8_t in[16],
                           uint8_t out[16])
{
    crypto_count(crypto, CRYPTO_AES_BLOCKS, BLOCK);
    cipher->unit->decrypt(&cipher->decrypt, in, out);
}

static void rekey(struct crypto *crypto, const uint8_t key[16])
{
    crypto->aes->set(&crypto->aes_key, key);
    memcpy(crypto->aes_bytes, key, sizeof crypto->aes_bytes);
}

void aes128_key(struct crypto *crypto, const uint8_t key[16])
{
    if (memcmp(crypto->aes_bytes, key, sizeof crypto->aes_bytes) == 0)
        return;
    crypto_count(crypto, CRYPTO_AES_KEY, 0);
    rekey(crypto, key);
}

void aes128_blocks(struct crypto *crypto, const uint8_t *in, uint8_t *out, unsigned blocks)
{
    crypto_count(crypto, CRYPTO_AES_BLOCKS, (size_t)blocks * BLOCK);
    crypto->aes->encrypt(&crypto->aes_key, in, out, blocks);
}

/* Big-endian, wraps around. */
static void counter_add_one(uint8_t counter[BLOCK])
{
    for (unsigned i = BLOCK; i-- > 0;)
        if (++counter[i] != 0)
            return;
}

/* The key stream in batches of blocks: EVP's own counter mode would need a second context, and costs 135 ns
 * for the 26 bytes of an MSK where batches under EVP cost 75. */
void aes128_ctr(struct crypto *crypto, const uint8_t key[16], const uint8_t iv[16], const uint8_t *in,
                uint8_t *out, size_t len)
{
    uint8_t stream[CTR_BATCH * BLOCK];
    uint8_t counter[BLOCK];

    crypto_count(crypto, CRYPTO_AES_CTR, len);
    rekey(crypto, key);
    memcpy(counter, iv, BLOCK);
    while (len > 0) {
        size_t run = len < sizeof stream ? len : sizeof stream;
        size_t blocks = (run + BLOCK - 1) / BLOCK;

        for (size_t i = 0; i < blocks; i++) {
            memcpy(stream + i * BLOCK, counter, BLOCK);
            counter_add_one(counter);
        }
        crypto->aes->encrypt(&crypto->aes_key, stream, stream, (unsigned)blocks);
        for (size_t i = 0; i < run; i++)
            out[i] = in[i] ^ stream[i];
        in += run;
        out += run;
        len -= run;
    }
}

/* What is compared is mostly a MAC or a digest: eight bytes at a time, the last eight of them once more. */
bool crypto_equal(const void *a, const void *b, size_t len)
{
    const uint8_t *x = a, *y = b;
    uint64_t difference = 0, word_x, word_y;

    if (len < sizeof word_x)
        return CRYPTO_memcmp(a, b, len) == 0;
    for (size_t i = 0;; i = len - i < 2 * sizeof word_x ? len - sizeof word_x : i + sizeof word_x) {
        memcpy(&word_x, x + i, sizeof word_x);
        memcpy(&word_y, y + i, sizeof word_y);
        difference |= word_x ^ word_y;
        if (i == len - sizeof word_x)
            return difference == 0;
    }
}
