/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* AES-128 and the life of a struct crypto.
 *
 * EVP is used with contexts that live as long as their owner, because AES_encrypt() does not use the
 * processor's AES instructions and EVP does (OpenSSL 3.0, x86-64, per call: re-key and 5 blocks 70 ns
 * against 480 ns, one block under a long-lived key 11 ns against 84 ns). Padding stays on where only whole
 * blocks are encrypted: it never shows there, and to switch it off makes every re-key 35 ns slower, since
 * EVP then sets that parameter again. */
#include "models/crypto/counts.h"

#include <assert.h>
#include <glib.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#define BLOCK     16
#define CTR_BATCH 16 /* counter blocks per EVP call */

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
    EVP_CIPHER_CTX *encrypt, *decrypt;
};

/* OpenSSL's configuration, or memory: not our input. */
static void refuse(void)
{
    const bool absent = ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED;

    g_error("OpenSSL does not give AES-128-ECB: %s",
            absent ? "its configuration has none" : "it failed to allocate memory");
}

/* An AES-128-ECB context under `key`. */
static EVP_CIPHER_CTX *ecb_new(const uint8_t key[16], int encrypt)
{
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();

    if (algorithm == NULL || context == NULL ||
        EVP_CipherInit_ex2(context, algorithm, key, NULL, encrypt, NULL) != 1)
        refuse();
    EVP_CIPHER_free(algorithm);
    return context;
}

/* The contexts are ours and the lengths whole blocks: nothing is left that could fail. */
static void ecb_run(EVP_CIPHER_CTX *context, const uint8_t *in, uint8_t *out, size_t len)
{
    int written = 0, done = EVP_CipherUpdate(context, out, &written, in, (int)len);

    assert(done == 1 && (size_t)written == len);
}

struct crypto *crypto_new(void)
{
    struct crypto *crypto = g_new0(struct crypto, 1);

    crypto->aes = ecb_new(crypto->aes_key, 1);
    lanes_use(crypto, lanes_best());
    return crypto;
}

void crypto_free(struct crypto *crypto)
{
    if (crypto == NULL)
        return;
    EVP_CIPHER_CTX_free(crypto->aes);
    OPENSSL_cleanse(crypto->aes_key, sizeof crypto->aes_key);
    g_free(crypto);
}

const struct crypto_counts *crypto_counts(const struct crypto *crypto)
{
    return &crypto->counts;
}

struct crypto_cipher *crypto_cipher_new(const uint8_t key[16])
{
    struct crypto_cipher *cipher = g_new(struct crypto_cipher, 1);

    cipher->encrypt = ecb_new(key, 1);
    cipher->decrypt = ecb_new(key, 0);
    /* With padding, decryption would hold the last block back. */
    EVP_CIPHER_CTX_set_padding(cipher->decrypt, 0);
    return cipher;
}

void crypto_cipher_free(struct crypto_cipher *cipher)
{
    if (cipher == NULL)
        return;
    EVP_CIPHER_CTX_free(cipher->encrypt);
    EVP_CIPHER_CTX_free(cipher->decrypt);
    g_free(cipher);
}

void crypto_cipher_encrypt(struct crypto *crypto, struct crypto_cipher *cipher, const uint8_t in[16],
                           uint8_t out[16])
{
    crypto_count(crypto, CRYPTO_AES_BLOCKS, BLOCK);
    ecb_run(cipher->encrypt, in, out, BLOCK);
}

void crypto_cipher_decrypt(struct crypto *crypto, struct crypto_cipher *cipher, const uint8_t in[16],
                           uint8_t out[16])
{
    crypto_count(crypto, CRYPTO_AES_BLOCKS, BLOCK);
    ecb_run(cipher->decrypt, in, out, BLOCK);
}

static void rekey(struct crypto *crypto, const uint8_t key[16])
{
    int done = EVP_EncryptInit_ex2(crypto->aes, NULL, key, NULL, NULL);

    assert(done == 1);
    memcpy(crypto->aes_key, key, sizeof crypto->aes_key);
}

void aes128_key(struct crypto *crypto, const uint8_t key[16])
{
    if (memcmp(crypto->aes_key, key, sizeof crypto->aes_key) == 0)
        return;
    crypto_count(crypto, CRYPTO_AES_KEY, 0);
    rekey(crypto, key);
}

void aes128_blocks(struct crypto *crypto, const uint8_t *in, uint8_t *out, unsigned blocks)
{
    crypto_count(crypto, CRYPTO_AES_BLOCKS, (size_t)blocks * BLOCK);
    ecb_run(crypto->aes, in, out, (size_t)blocks * BLOCK);
}

/* Big-endian, wraps around. */
static void counter_add_one(uint8_t counter[BLOCK])
{
    for (unsigned i = BLOCK; i-- > 0;)
        if (++counter[i] != 0)
            return;
}

/* The key stream in batches under ECB: it needs no second context, and EVP's own counter mode costs 135 ns
 * for the 26 bytes of an MSK where this costs 75. */
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
        ecb_run(crypto->aes, stream, stream, blocks * BLOCK);
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
