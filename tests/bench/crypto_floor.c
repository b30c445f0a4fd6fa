/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The floor under the cryptography of a run. Nothing here goes through models/crypto: messages lie ready
 * in one piece, lengths are known, nothing is counted or gathered. Low-level hashes are used although
 * OpenSSL 3 deprecates them, for they are the quickest it has. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "tests/bench/crypto_floor.h"

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/sha.h>
#include <stdalign.h>
#include <time.h>

#define KEYS       256
#define BYTES_MAX  4096
#define SLICES     20
#define SLICE_NS   10000000.0
#define SHA1_BYTES 20

struct bench {
    alignas(64) uint8_t message[64 + BYTES_MAX + 128]; /* a key block's place, the message, its padding */
    alignas(64) uint8_t out[BYTES_MAX + 128];
    alignas(64) uint8_t keys[KEYS][64]; /* 32 bytes, and zeros up to a block */
    alignas(64) uint8_t outer[128];
    SHA_CTX states[KEYS]; /* HMAC keys prepared */
    SHA_CTX sha1_start;   /* copied whole, which is quicker than SHA1_Init() */
    SHA256_CTX sha256_start;
    EVP_CIPHER_CTX *aes;
    size_t bytes, padded; /* of the message; with its padding */
};

/* Puts the padding behind `bytes` of message that follow `before` bytes; returns the length in whole
 * blocks. */
static size_t pad(uint8_t *message, size_t bytes, size_t before, bool big_endian)
{
    size_t end = (bytes + 9 + 63) & ~(size_t)63;
    uint64_t bits = (bytes + before) * 8;

    memset(message + bytes, 0, end - bytes);
    message[bytes] = 0x80;
    bits = big_endian ? GUINT64_TO_BE(bits) : GUINT64_TO_LE(bits);
    memcpy(message + end - 8, &bits, 8);
    return end;
}

typedef uint16_t half_lanes __attribute__((vector_size(16)));
typedef uint32_t lanes __attribute__((vector_size(16)));

static void key_block(uint8_t block[64], const uint8_t key[64], uint8_t with)
{
    const uint32_t word = with * 0x01010101U;
    const lanes all = {word, word, word, word};

    for (size_t i = 0; i < 64; i += 16) {
        lanes piece;

        memcpy(&piece, key + i, sizeof piece);
        piece ^= all;
        memcpy(block + i, &piece, sizeof piece);
    }
}

/* Four words to big-endian order in one load and one store: the hash reads its block in pieces of 16
 * bytes, and such a read waits for narrower stores. */
static void words_out(uint8_t *out, const void *words)
{
    half_lanes halves;
    lanes whole;

    memcpy(&halves, words, sizeof halves);
    halves = halves << 8 | halves >> 8;
    whole = (lanes)halves;
    whole = whole << 16 | whole >> 16;
    memcpy(out, &whole, sizeof whole);
}

/* The digest, in front of the padding that stands behind it already. */
static void sha1_out(const SHA_CTX *context, uint8_t *out)
{
    const lanes tail = {GUINT32_TO_BE(context->h4), GUINT32_TO_BE(0x80000000), 0, 0};

    words_out(out, context);
    memcpy(out + 16, &tail, sizeof tail);
}

static void sha256_out(const SHA256_CTX *context, uint8_t *out)
{
    words_out(out, context->h);
    words_out(out + 16, context->h + 4);
}

static void run_hmac_sha1_key(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        const uint8_t *key = b->keys[i % KEYS];
        SHA_CTX *states = b->states + (i & (KEYS - 2));

        key_block(b->out, key, 0x36);
        states[0] = b->sha1_start;
        SHA1_Transform(states, b->out);
        key_block(b->out, key, 0x5c);
        states[1] = b->sha1_start;
        SHA1_Transform(states + 1, b->out);
    }
}

static void run_hmac_sha1(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        SHA_CTX context = b->states[i & (KEYS - 2)];

        SHA1_Update(&context, b->message + 64, b->padded);
        sha1_out(&context, b->outer);
        context = b->states[(i & (KEYS - 2)) + 1];
        SHA1_Transform(&context, b->outer);
        sha1_out(&context, b->out);
    }
}

static void run_hmac_sha1_once(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        const uint8_t *key = b->keys[i % KEYS];
        SHA_CTX context = b->sha1_start;

        key_block(b->message, key, 0x36);
        SHA1_Update(&context, b->message, 64 + b->padded);
        key_block(b->outer, key, 0x5c);
        sha1_out(&context, b->outer + 64);
        context = b->sha1_start;
        SHA1_Update(&context, b->outer, 128);
        sha1_out(&context, b->out);
    }
}

static void run_hmac_sha256(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        const uint8_t *key = b->keys[i % KEYS];
        SHA256_CTX context = b->sha256_start;

        key_block(b->message, key, 0x36);
        SHA256_Update(&context, b->message, 64 + b->padded);
        key_block(b->outer, key, 0x5c);
        sha256_out(&context, b->outer + 64);
        context = b->sha256_start;
        SHA256_Update(&context, b->outer, 128);
        sha256_out(&context, b->out);
    }
}

static void run_sha256(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        SHA256_CTX context = b->sha256_start;

        SHA256_Update(&context, b->message + 64, b->padded);
        sha256_out(&context, b->out);
    }
}

static void run_md5(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++) {
        MD5_CTX context;
        uint32_t words[4];

        MD5_Init(&context);
        MD5_Update(&context, b->message + 64, b->padded);
        words[0] = GUINT32_TO_LE(context.A);
        words[1] = GUINT32_TO_LE(context.B);
        words[2] = GUINT32_TO_LE(context.C);
        words[3] = GUINT32_TO_LE(context.D);
        memcpy(b->out, words, sizeof words);
    }
}

static void run_aes_key(struct bench *b, unsigned calls)
{
    for (unsigned i = 0; i < calls; i++)
        EVP_EncryptInit_ex2(b->aes, NULL, b->keys[i % KEYS], NULL, NULL);
}

static void run_aes_blocks(struct bench *b, unsigned calls)
{
    int written;

    for (unsigned i = 0; i < calls; i++)
        EVP_EncryptUpdate(b->aes, b->out, &written, b->message, (int)b->bytes);
}

/* ECB over ready counter blocks: quicker than EVP's counter mode for what a MIKEY message carries. */
static void run_aes_ctr(struct bench *b, unsigned calls)
{
    int written, whole = (int)((b->bytes + 15) & ~(size_t)15);

    for (unsigned i = 0; i < calls; i++) {
        EVP_EncryptInit_ex2(b->aes, NULL, b->keys[i % KEYS], NULL, NULL);
        EVP_EncryptUpdate(b->aes, b->out, &written, b->message, whole);
        for (size_t at = 0; at < b->bytes; at++)
            b->out[at] ^= b->message[at];
    }
}

typedef void run_function(struct bench *bench, unsigned calls);

static run_function *const runs[CRYPTO_OPERATIONS] = {
    [CRYPTO_HMAC_SHA1_KEY] = run_hmac_sha1_key,
    [CRYPTO_HMAC_SHA1] = run_hmac_sha1,
    [CRYPTO_HMAC_SHA1_ONCE] = run_hmac_sha1_once,
    [CRYPTO_HMAC_SHA256] = run_hmac_sha256,
    [CRYPTO_MD5] = run_md5,
    [CRYPTO_SHA256] = run_sha256,
    [CRYPTO_AES_KEY] = run_aes_key,
    [CRYPTO_AES_BLOCKS] = run_aes_blocks,
    [CRYPTO_AES_CTR] = run_aes_ctr,
};

static double cpu_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* How far the key block in front of the message counts in the padding. */
static size_t bytes_before(enum crypto_operation operation)
{
    return operation == CRYPTO_HMAC_SHA1 || operation == CRYPTO_HMAC_SHA1_ONCE ||
                   operation == CRYPTO_HMAC_SHA256
               ? 64
               : 0;
}

static struct bench *bench_new(enum crypto_operation operation, size_t bytes)
{
    struct bench *b = aligned_alloc(64, (sizeof *b + 63) & ~(size_t)63);
    EVP_CIPHER *ecb = EVP_CIPHER_fetch(NULL, "AES-128-ECB", NULL);

    g_assert(b != NULL && ecb != NULL && bytes <= BYTES_MAX);
    memset(b, 0, sizeof *b);
    for (size_t i = 0; i < KEYS * 32; i++)
        b->keys[i / 32][i % 32] = (uint8_t)(i * 131 + i / 32);
    for (size_t i = 0; i < bytes; i++)
        b->message[64 + i] = (uint8_t)(i * 37);
    b->bytes = operation == CRYPTO_AES_BLOCKS ? MAX((bytes + 8) & ~(size_t)15, 16) : bytes;
    b->padded = pad(b->message + 64, bytes, bytes_before(operation), operation != CRYPTO_MD5);
    if (operation == CRYPTO_HMAC_SHA1)
        pad(b->outer, SHA1_BYTES, 64, true);
    else
        pad(b->outer + 64, operation == CRYPTO_HMAC_SHA256 ? 32 : SHA1_BYTES, 64, true);
    b->aes = EVP_CIPHER_CTX_new();
    g_assert(b->aes != NULL && EVP_EncryptInit_ex2(b->aes, ecb, b->keys[0], NULL, NULL) == 1);
    EVP_CIPHER_free(ecb);
    SHA1_Init(&b->sha1_start);
    SHA256_Init(&b->sha256_start);
    run_hmac_sha1_key(b, KEYS);
    return b;
}

static void bench_free(struct bench *b)
{
    EVP_CIPHER_CTX_free(b->aes);
    free(b);
}

static double time_calls(struct bench *b, run_function *run, unsigned calls)
{
    double start = cpu_ns();

    run(b, calls);
    return cpu_ns() - start;
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double crypto_floor_operation_ns(enum crypto_operation operation, size_t bytes)
{
    struct bench *b = bench_new(operation, bytes);
    run_function *run = runs[operation];
    unsigned calls = 256;
    double slices[SLICES];

    while (time_calls(b, run, calls) < SLICE_NS / 2)
        calls *= 2;
    for (unsigned i = 0; i < SLICES; i++)
        slices[i] = time_calls(b, run, calls) / calls;
    bench_free(b);
    qsort(slices, SLICES, sizeof *slices, compare_doubles);
    return (slices[SLICES / 2 - 1] + slices[SLICES / 2]) / 2;
}

void crypto_floor_measure(const struct crypto_counts *counts, struct crypto_floor *out)
{
    out->seconds = 0;
    for (unsigned i = 0; i < CRYPTO_OPERATIONS; i++) {
        uint64_t calls = counts->calls[i];

        out->operation_ns[i] = 0;
        if (calls == 0)
            continue;
        out->operation_ns[i] = crypto_floor_operation_ns((enum crypto_operation)i,
                                                         (size_t)((counts->bytes[i] + calls / 2) / calls));
        out->seconds += out->operation_ns[i] * (double)calls * 1e-9;
    }
}

double crypto_floor_seconds(const struct crypto_counts *counts)
{
    struct crypto_floor floor;

    crypto_floor_measure(counts, &floor);
    return floor.seconds;
}
