/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Hashes side by side against OpenSSL's one-shot functions: every unit that this processor has, every length,
 * every number of lanes. Messages and keys lie in allocations of just their size. */
#include "models/crypto/lanes.h"
#include "tests/tap/tap.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/mman.h>
#include <unistd.h>

#define LENGTH_MAX 300

static struct crypto *crypto;
static GRand *numbers;

static uint8_t *random_bytes_new(size_t len)
{
    uint8_t *bytes = g_malloc(len);

    for (size_t i = 0; i < len; i++)
        bytes[i] = (uint8_t)g_rand_int(numbers);
    return bytes;
}

/* The work of one call. */
struct group {
    unsigned count;
    size_t key_length;
    struct bytes messages[LANES];
    uint8_t *contents[LANES], *keys[LANES];
    uint8_t results[LANES][32];
    uint8_t *outs[LANES];
};

static void group_open(struct group *group, unsigned count, const size_t lengths[], size_t key_length)
{
    memset(group, 0, sizeof *group);
    group->count = count;
    group->key_length = key_length;
    for (unsigned i = 0; i < LANES; i++)
        group->outs[i] = group->results[i];
    for (unsigned i = 0; i < count; i++) {
        group->contents[i] = random_bytes_new(lengths[i]);
        group->messages[i] = bytes_of(group->contents[i], lengths[i]);
        group->keys[i] = random_bytes_new(key_length);
    }
}

static void group_close(struct group *group)
{
    for (unsigned i = 0; i < group->count; i++) {
        g_free(group->contents[i]);
        g_free(group->keys[i]);
    }
}

/* Every lane has its result, and lanes that were not used have none. */
static void group_check(struct group *group, const EVP_MD *algorithm, gboolean keyed)
{
    static const uint8_t nothing[32];
    static const uint8_t empty[1];

    for (unsigned i = 0; i < group->count; i++) {
        const struct bytes message = group->messages[i];
        const uint8_t *at = message.len > 0 ? message.at : empty;
        const uint8_t *key = group->key_length > 0 ? group->keys[i] : empty;
        uint8_t expected[EVP_MAX_MD_SIZE];
        unsigned len = 0;

        if (keyed)
            g_assert_nonnull(HMAC(algorithm, key, (int)group->key_length, at, message.len, expected, &len));
        else
            g_assert_cmpint(EVP_Digest(at, message.len, expected, &len, algorithm, NULL), ==, 1);
        g_assert_cmpmem(group->results[i], len, expected, len);
    }
    for (unsigned i = group->count; i < LANES; i++)
        g_assert_cmpmem(group->results[i], 32, nothing, 32);
}

static void group_try(struct group *group)
{
    const uint8_t *const *keys = (const uint8_t *const *)group->keys;
    struct lanes_hmac_sha1 prepared;

    memset(group->results, 0, sizeof group->results);
    lanes_md5(crypto, group->count, group->messages, group->outs);
    group_check(group, EVP_md5(), FALSE);
    memset(group->results, 0, sizeof group->results);
    lanes_hmac_sha256(crypto, group->count, keys, group->key_length, group->messages, group->outs);
    group_check(group, EVP_sha256(), TRUE);
    memset(group->results, 0, sizeof group->results);
    lanes_hmac_sha1_once(crypto, group->count, keys, group->key_length, group->messages, group->outs);
    group_check(group, EVP_sha1(), TRUE);
    memset(group->results, 0, sizeof group->results);
    lanes_hmac_sha1_prepare(crypto, group->count, keys, group->key_length, &prepared);
    lanes_hmac_sha1(crypto, &prepared, group->count, group->messages, group->outs);
    group_check(group, EVP_sha1(), TRUE);
}

static void try_lengths(unsigned count, const size_t lengths[], size_t key_length)
{
    struct group group;

    group_open(&group, count, lengths, key_length);
    group_try(&group);
    group_close(&group);
}

/* Calls `test` with lanes on each unit, used always and where it pays. */
static void each_unit(void (*test)(void))
{
    for (enum lanes_unit unit = LANES_SCALAR; unit <= lanes_best(); unit++) {
        g_test_message("unit %d", (int)unit);
        lanes_use_always(crypto, unit);
        test();
        lanes_use(crypto, unit);
        test();
    }
    lanes_use(crypto, lanes_best());
}

static void lengths_all_lanes(void)
{
    size_t lengths[LANES];

    for (size_t len = 0; len <= LENGTH_MAX; len++) {
        for (unsigned i = 0; i < LANES; i++)
            lengths[i] = len;
        try_lengths(LANES, lengths, len % 65);
    }
}

static void test_every_length(void)
{
    each_unit(lengths_all_lanes);
}

static void lengths_mixed(void)
{
    for (unsigned i = 0; i < 20 * LANES; i++) {
        size_t lengths[LANES];

        for (unsigned lane = 0; lane < LANES; lane++)
            lengths[lane] = (size_t)g_rand_int_range(numbers, 0, LENGTH_MAX + 1);
        lengths[g_rand_int_range(numbers, 0, LANES)] = 0;
        try_lengths(i % LANES + 1, lengths, (size_t)g_rand_int_range(numbers, 0, 65));
    }
}

static void test_mixed(void)
{
    each_unit(lengths_mixed);
}

/* The last byte of each message and key is the last that can be read. */
static void ends_of_page(void)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    uint8_t *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct group group = {.count = LANES};

    g_assert_true(pages != MAP_FAILED);
    g_assert_cmpint(mprotect(pages + page, page, PROT_NONE), ==, 0);
    for (size_t i = 0; i < page; i++)
        pages[i] = (uint8_t)g_rand_int(numbers);
    for (size_t len = 0; len <= 130; len++) {
        group.key_length = len % 65;
        for (unsigned lane = 0; lane < LANES; lane++) {
            const size_t own = lane % 2 == 0 ? len : 130 - len;

            group.messages[lane] = bytes_of(pages + page - own, own);
            group.keys[lane] = pages + page - group.key_length;
            group.outs[lane] = group.results[lane];
        }
        group_try(&group);
    }
    g_assert_cmpint(munmap(pages, 2 * page), ==, 0);
}

static void test_ends_of_page(void)
{
    each_unit(ends_of_page);
}

/* A message of no bytes may be nowhere. */
static void messages_nowhere(void)
{
    const struct bytes nowhere[2] = {bytes_of(NULL, 0), bytes_of("abc", 3)};
    uint8_t digests[2][16], *const outs[2] = {digests[0], digests[1]};
    uint8_t expected[EVP_MAX_MD_SIZE];

    lanes_md5(crypto, 2, nowhere, outs);
    g_assert_cmpint(EVP_Digest("", 0, expected, NULL, EVP_md5(), NULL), ==, 1);
    g_assert_cmpmem(digests[0], 16, expected, 16);
    g_assert_cmpint(EVP_Digest("abc", 3, expected, NULL, EVP_md5(), NULL), ==, 1);
    g_assert_cmpmem(digests[1], 16, expected, 16);
}

static void test_nowhere(void)
{
    each_unit(messages_nowhere);
}

/* An output may lie over its key, as that of mbms_mrk() does, or over its message. */
static void outputs_over_inputs(void)
{
    uint8_t keys[LANES][32], expected[LANES][EVP_MAX_MD_SIZE], *places[LANES];
    struct bytes messages[LANES];

    for (unsigned lane = 0; lane < LANES; lane++) {
        memset(keys[lane], (int)(lane * 7 + 1), sizeof keys[lane]);
        places[lane] = keys[lane];
        messages[lane] = bytes_of(keys[lane], 32);
        g_assert_nonnull(HMAC(EVP_sha256(), keys[lane], 32, keys[lane], 32, expected[lane], NULL));
    }
    lanes_hmac_sha256(crypto, LANES, (const uint8_t *const *)places, 32, messages, places);
    for (unsigned lane = 0; lane < LANES; lane++)
        g_assert_cmpmem(keys[lane], 32, expected[lane], 32);
}

static void test_outputs_over_inputs(void)
{
    each_unit(outputs_over_inputs);
}

/* What is counted does not depend on the unit. */
static void test_counts(void)
{
    const size_t lengths[LANES] = {0, 1, 2, 3, 100, 101, 64, 63, 62, 61, 60, 59, 58, 57, 56, 55};
    struct crypto_counts first;

    for (enum lanes_unit unit = LANES_SCALAR; unit <= lanes_best(); unit++) {
        struct crypto *kept = crypto;

        crypto = crypto_new();
        lanes_use_always(crypto, unit);
        try_lengths(11, lengths, 20);
        if (unit == LANES_SCALAR)
            first = *crypto_counts(crypto);
        g_assert_cmpmem(crypto_counts(crypto), sizeof first, &first, sizeof first);
        crypto_free(crypto);
        crypto = kept;
    }
    g_assert_cmpuint(first.calls[CRYPTO_MD5], ==, 11);
    g_assert_cmpuint(first.bytes[CRYPTO_MD5], ==, 517);
    g_assert_cmpuint(first.calls[CRYPTO_HMAC_SHA1_KEY], ==, 11);
    g_assert_cmpuint(first.bytes[CRYPTO_HMAC_SHA1_KEY], ==, 220);
    g_assert_cmpuint(first.calls[CRYPTO_HMAC_SHA1], ==, 11);
    g_assert_cmpuint(first.bytes[CRYPTO_HMAC_SHA1_ONCE], ==, 517);
    g_assert_cmpuint(first.bytes[CRYPTO_HMAC_SHA256], ==, 517);
}

int main(int argc, char **argv)
{
    int failed;

    tap_init(argc, argv);
    crypto = crypto_new();
    numbers = g_rand_new_with_seed(35206);
    g_test_add_func("/lanes/every-length", test_every_length);
    g_test_add_func("/lanes/mixed-lengths-and-counts", test_mixed);
    g_test_add_func("/lanes/ends-of-page", test_ends_of_page);
    g_test_add_func("/lanes/nowhere", test_nowhere);
    g_test_add_func("/lanes/outputs-over-inputs", test_outputs_over_inputs);
    g_test_add_func("/lanes/counts", test_counts);
    failed = g_test_run();
    g_rand_free(numbers);
    crypto_free(crypto);
    return failed;
}
