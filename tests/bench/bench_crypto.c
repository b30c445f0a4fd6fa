/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Prints as CSV what the cryptography of a storm costs: each primitive at the lengths it is used with,
 * straight from OpenSSL (floor) and through models/crypto, the compound operations of one UE, and lanes.
 * Nanoseconds of CPU time a call (of lanes: a lane). */
#include "models/crypto/digest_auth.h"
#include "models/crypto/gba_keys.h"
#include "models/crypto/mikey_keys.h"
#include "models/crypto/milenage.h"
#include "tests/bench/crypto_floor.h"
#include "tests/bench/crypto_lanes.h"

#include <glib.h>
#include <stdio.h>
#include <time.h>

#define KEYS     256
#define SLICES   20
#define SLICE_NS 5000000.0

struct bench {
    struct crypto *crypto;
    struct crypto_cipher *cipher;
    struct bytes message;
    uint8_t keys[KEYS][32];
    uint8_t text[1024];
    uint8_t out[1024];
    struct hmac_sha1_key hmac_keys[KEYS];
    struct digest_hash ha1, ha2;
};

typedef void run_function(struct bench *bench, const uint8_t *key);

static void run_hmac_sha1_key(struct bench *b, const uint8_t *key)
{
    hmac_sha1_prepare(b->crypto, bytes_of(key, 32), b->hmac_keys);
}

static void run_hmac_sha1(struct bench *b, const uint8_t *key)
{
    hmac_sha1(b->crypto, b->hmac_keys + key[1], &b->message, 1, b->out);
}

static void run_hmac_sha1_once(struct bench *b, const uint8_t *key)
{
    hmac_sha1_once(b->crypto, bytes_of(key, 20), &b->message, 1, b->out);
}

static void run_hmac_sha256(struct bench *b, const uint8_t *key)
{
    hmac_sha256(b->crypto, bytes_of(key, 32), &b->message, 1, b->out);
}

static void run_md5(struct bench *b, const uint8_t *key)
{
    (void)key;
    md5(b->crypto, &b->message, 1, b->out);
}

static void run_sha256(struct bench *b, const uint8_t *key)
{
    (void)key;
    sha256(b->crypto, &b->message, 1, b->out);
}

static void run_aes_key(struct bench *b, const uint8_t *key)
{
    aes128_key(b->crypto, key);
}

static void run_aes_blocks(struct bench *b, const uint8_t *key)
{
    (void)key;
    aes128_blocks(b->crypto, b->message.at, b->out, (unsigned)(b->message.len / 16));
}

static void run_aes_ctr(struct bench *b, const uint8_t *key)
{
    aes128_ctr(b->crypto, key, key + 16, b->message.at, b->out, b->message.len);
}

static void run_cipher_encrypt(struct bench *b, const uint8_t *key)
{
    crypto_cipher_encrypt(b->crypto, b->cipher, key, b->out);
}

static void run_cipher_decrypt(struct bench *b, const uint8_t *key)
{
    crypto_cipher_decrypt(b->crypto, b->cipher, key, b->out);
}

static void run_milenage_all(struct bench *b, const uint8_t *key)
{
    struct milenage_vector vector;

    milenage_all(b->crypto, key, b->text, b->text + 16, 0x123456789abc, b->text + 32, &vector);
}

static void run_milenage_usim(struct bench *b, const uint8_t *key)
{
    struct milenage_vector vector;

    milenage_f2345(b->crypto, key, b->text, b->text + 16, &vector);
    milenage_f1(b->crypto, key, b->text, b->text + 16, 0x123456789abc, b->text + 32, vector.mac_a,
                vector.mac_s);
}

static void run_milenage_ck_ik(struct bench *b, const uint8_t *key)
{
    milenage_ck_ik(b->crypto, key, b->text, b->text + 16, b->out, b->out + 16);
}

static void run_ks_naf(struct bench *b, const uint8_t *key)
{
    gba_ks_naf(b->crypto, key, b->text, bytes_of(b->text + 16, 49), bytes_of(b->text + 65, 43), b->out);
}

static void run_mrk(struct bench *b, const uint8_t *key)
{
    mbms_mrk(b->crypto, key, b->out);
}

static void run_auth_key(struct bench *b, const uint8_t *key)
{
    mikey_auth_key(b->crypto, bytes_of(key, 32), 0, bytes_of(b->text, 16), b->out);
}

static void run_mikey_keys(struct bench *b, const uint8_t *key)
{
    struct mikey_keys keys;

    mikey_keys(b->crypto, bytes_of(key, 32), 0, bytes_of(b->text, 16), &keys);
}

static void run_mikey_mac(struct bench *b, const uint8_t *key)
{
    mikey_mac(b->crypto, key, b->message, b->out);
}

static void run_ha1(struct bench *b, const uint8_t *key)
{
    digest_ha1(b->crypto, DIGEST_MD5, bytes_of(b->text, 62), bytes_of(b->text + 62, 57), bytes_of(key, 32),
               &b->ha1);
}

static void run_ha2(struct bench *b, const uint8_t *key)
{
    (void)key;
    digest_ha2(b->crypto, DIGEST_MD5, bytes_text("POST"), bytes_of(b->text, 39), true, b->message, &b->ha2);
}

static void run_response(struct bench *b, const uint8_t *key)
{
    digest_response(b->crypto, DIGEST_MD5, &b->ha1, bytes_of(b->text, 32), key[0], bytes_of(b->text, 16),
                    bytes_text("auth-int"), &b->ha2, &b->ha1);
}

struct line {
    const char *what;
    size_t bytes;
    run_function *run;
};

/* Primitives, in the order of enum crypto_operation, at a length they are used with. */
static const struct line primitives[CRYPTO_OPERATIONS] = {
    [CRYPTO_HMAC_SHA1_KEY] = {"hmac_sha1_key", 32, run_hmac_sha1_key},
    [CRYPTO_HMAC_SHA1] = {"hmac_sha1", 45, run_hmac_sha1},
    [CRYPTO_HMAC_SHA1_ONCE] = {"hmac_sha1_once", 162, run_hmac_sha1_once},
    [CRYPTO_HMAC_SHA256] = {"hmac_sha256", 124, run_hmac_sha256},
    [CRYPTO_MD5] = {"md5", 150, run_md5},
    [CRYPTO_SHA256] = {"sha256", 150, run_sha256},
    [CRYPTO_AES_KEY] = {"aes_key", 16, run_aes_key},
    [CRYPTO_AES_BLOCKS] = {"aes_blocks", 64, run_aes_blocks},
    [CRYPTO_AES_CTR] = {"aes_ctr", 26, run_aes_ctr},
};

static const struct line compounds[] = {
    {"cipher_encrypt", 16, run_cipher_encrypt},
    {"cipher_decrypt", 16, run_cipher_decrypt},
    {"milenage_all", 16, run_milenage_all},
    {"milenage_f2345_then_f1", 16, run_milenage_usim},
    {"milenage_ck_ik", 16, run_milenage_ck_ik},
    {"gba_ks_naf", 116, run_ks_naf},
    {"mbms_mrk", 11, run_mrk},
    {"mikey_auth_key", 25, run_auth_key},
    {"mikey_keys", 25, run_mikey_keys},
    {"mikey_mac_pull", 162, run_mikey_mac},
    {"digest_ha1", 153, run_ha1},
    {"digest_ha2_auth_int", 169, run_ha2},
    {"digest_response", 140, run_response},
};

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static double time_calls(struct bench *b, run_function *run, unsigned calls)
{
    double start = cpu_ns();

    for (unsigned i = 0; i < calls; i++)
        run(b, b->keys[i % KEYS]);
    return cpu_ns() - start;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double line_ns(struct bench *b, const struct line *line)
{
    unsigned calls = 256;
    double slices[SLICES];

    b->message = bytes_of(b->text, line->bytes);
    while (time_calls(b, line->run, calls) < SLICE_NS / 2)
        calls *= 2;
    for (unsigned i = 0; i < SLICES; i++)
        slices[i] = time_calls(b, line->run, calls) / calls;
    qsort(slices, SLICES, sizeof *slices, compare_doubles);
    return (slices[SLICES / 2 - 1] + slices[SLICES / 2]) / 2;
}

static void bench_fill(struct bench *b)
{
    b->crypto = crypto_new();
    for (size_t i = 0; i < sizeof b->keys; i++)
        b->keys[i / 32][i % 32] = (uint8_t)(i % 32 == 1 ? i / 32 : i * 131 + i / 32);
    for (size_t i = 0; i < sizeof b->text; i++)
        b->text[i] = (uint8_t)(i * 37);
    for (unsigned i = 0; i < KEYS; i++)
        hmac_sha1_prepare(b->crypto, bytes_of(b->keys[i], 32), b->hmac_keys + i);
    b->cipher = crypto_cipher_new(b->keys[0]);
    b->ha1.length = b->ha2.length = 32;
}

int main(void)
{
    struct bench *b = g_new0(struct bench, 1);

    bench_fill(b);
    puts("what,value,unit");
    for (unsigned i = 0; i < CRYPTO_OPERATIONS; i++) {
        const struct line *line = primitives + i;

        printf("floor_%s_%zu,%.1f,ns\n", line->what, line->bytes,
               crypto_floor_operation_ns((enum crypto_operation)i, line->bytes));
        printf("%s_%zu,%.1f,ns\n", line->what, line->bytes, line_ns(b, line));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(compounds); i++)
        printf("%s,%.1f,ns\n", compounds[i].what, line_ns(b, compounds + i));
    crypto_lanes_print();
    crypto_cipher_free(b->cipher);
    crypto_free(b->crypto);
    g_free(b);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
