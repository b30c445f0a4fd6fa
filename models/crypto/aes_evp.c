/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* AES-128 by OpenSSL.
 *
 * EVP is used with contexts that live as long as their owner, because AES_encrypt() does not use the
 * processor's AES instructions and EVP does (OpenSSL 3.0, x86-64, per call: re-key and 5 blocks 70 ns
 * against 480 ns, one block under a long-lived key 11 ns against 84 ns). Padding stays on where only whole
 * blocks are encrypted: it never shows there, and to switch it off makes every re-key 35 ns slower, since
 * EVP then sets that parameter again. */
#include "models/crypto/aes_unit.h"

#include <assert.h>
#include <glib.h>
#include <openssl/err.h>

#define BLOCK 16

/* OpenSSL's configuration, or memory: not our input. */
static void aes_evp_refuse(void)
{
    const bool absent = ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED;

    g_error("OpenSSL does not give AES-128-ECB: %s",
            absent ? "its configuration has none" : "it failed to allocate memory");
}

static void aes_evp_open(struct aes_key *key, const uint8_t bytes[16], bool encrypting)
{
    EVP_CIPHER *algorithm = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);

    key->evp = EVP_CIPHER_CTX_new();
    if (algorithm == NULL || key->evp == NULL ||
        EVP_CipherInit_ex2(key->evp, algorithm, bytes, NULL, encrypting, NULL) != 1)
        aes_evp_refuse();
    EVP_CIPHER_free(algorithm);
    /* With padding, decryption would hold the last block back. */
    if (!encrypting)
        EVP_CIPHER_CTX_set_padding(key->evp, 0);
}

static void aes_evp_set(struct aes_key *key, const uint8_t bytes[16])
{
    int done = EVP_EncryptInit_ex2(key->evp, NULL, bytes, NULL, NULL);

    assert(done == 1);
}

/* The contexts are ours and the lengths whole blocks: nothing is left that could fail. */
static void aes_evp_run(const struct aes_key *key, const uint8_t *in, uint8_t *out, unsigned blocks)
{
    int len = (int)blocks * BLOCK, written = 0, done = EVP_CipherUpdate(key->evp, out, &written, in, len);

    assert(done == 1 && written == len);
}

static void aes_evp_decrypt(const struct aes_key *key, const uint8_t in[16], uint8_t out[16])
{
    aes_evp_run(key, in, out, 1);
}

const struct aes_unit aes_evp = {
    .open = aes_evp_open,
    .set = aes_evp_set,
    .encrypt = aes_evp_run,
    .decrypt = aes_evp_decrypt,
};
