/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts put together in lanes, against the functions that take one at a time: every number of lanes, texts
 * that fit into a lane and texts that do not. */
#include "models/crypto/lanes_texts.h"
#include "models/crypto/mikey_keys.h"
#include "tests/tap/tap.h"

#include <string.h>

#define LONGEST 300 /* beyond what a lane has room for */

static struct crypto *crypto;
static uint8_t pool[LANES][LONGEST];

/* Of lane i; what is asked for in turn: one byte, a few, many, too many. */
static size_t length_of(unsigned turn, unsigned i)
{
    static const size_t lengths[] = {1, 16, 60, LONGEST};

    return turn == 3 && i > 0 ? 20 : lengths[turn];
}

static void set_up(void)
{
    crypto = crypto_new();
    for (unsigned i = 0; i < LANES; i++)
        for (unsigned at = 0; at < LONGEST; at++)
            pool[i][at] = (uint8_t)(at * 7 + i * 31);
}

static void test_verification(void)
{
    for (unsigned turn = 0; turn < 4; turn++)
        for (unsigned count = 1; count <= LANES; count++) {
            struct lanes_verification jobs[LANES];
            uint8_t expected[20];

            for (unsigned i = 0; i < count; i++)
                jobs[i] = (struct lanes_verification){.auth = pool[i],
                                                      .covered = bytes_of(pool[i], length_of(turn, i)),
                                                      .idi = bytes_of(pool[i] + 3, 11 + i),
                                                      .idr = bytes_of(pool[i] + 5, 40),
                                                      .ts = bytes_of(pool[i] + 9, 4)};
            lanes_verification_macs(crypto, count, jobs);
            for (unsigned i = 0; i < count; i++) {
                mikey_verification_mac(crypto, jobs[i].auth, jobs[i].covered, jobs[i].idi, jobs[i].idr,
                                       jobs[i].ts, expected);
                g_assert_cmpmem(jobs[i].mac, 20, expected, 20);
            }
        }
}

static void test_responses(void)
{
    for (unsigned turn = 0; turn < 4; turn++)
        for (unsigned count = 1; count <= LANES; count++) {
            struct lanes_response jobs[LANES];
            struct digest_hash ha1[LANES], expected;

            for (unsigned i = 0; i < count; i++) {
                ha1[i] = (struct digest_hash){.length = 32};
                memcpy(ha1[i].hex, pool[i], 32);
                jobs[i] = (struct lanes_response){.ha1 = ha1[i].hex,
                                                  .nonce = bytes_of(pool[i], length_of(turn, i)),
                                                  .cnonce = bytes_of(pool[i] + 1, 16 + i),
                                                  .qop = bytes_text("auth-int"),
                                                  .nc = 0x1234abcd + i,
                                                  .ha2 = {.length = 32}};
                memcpy(jobs[i].ha2.hex, pool[i] + 50, 32);
            }
            lanes_digest_responses(crypto, count, jobs);
            for (unsigned i = 0; i < count; i++) {
                digest_response(crypto, DIGEST_MD5, &ha1[i], jobs[i].nonce, jobs[i].nc, jobs[i].cnonce,
                                jobs[i].qop, &jobs[i].ha2, &expected);
                g_assert_cmpuint(jobs[i].response.length, ==, 32);
                g_assert_cmpmem(jobs[i].response.hex, 32, expected.hex, 32);
            }
        }
}

static void test_ha1s(void)
{
    for (unsigned turn = 0; turn < 4; turn++)
        for (unsigned count = 1; count <= LANES; count++) {
            struct lanes_ha1 jobs[LANES];
            struct digest_hash expected;

            for (unsigned i = 0; i < count; i++)
                jobs[i] = (struct lanes_ha1){.username = bytes_of(pool[i], length_of(turn, i)),
                                             .realm = bytes_text("realm"),
                                             .password = bytes_of(pool[i] + 2, 44)};
            lanes_digest_ha1s(crypto, count, jobs);
            for (unsigned i = 0; i < count; i++) {
                digest_ha1(crypto, DIGEST_MD5, jobs[i].username, jobs[i].realm, jobs[i].password, &expected);
                g_assert_cmpuint(jobs[i].ha1.length, ==, 32);
                g_assert_cmpmem(jobs[i].ha1.hex, 32, expected.hex, 32);
            }
        }
}

/* What is counted is the same, so that the floor of make bench is. */
static void test_counts(void)
{
    struct lanes_ha1 jobs[LANES];
    struct crypto_counts before = *crypto_counts(crypto), after;

    for (unsigned i = 0; i < LANES; i++)
        jobs[i] = (struct lanes_ha1){bytes_text("name"), bytes_text("realm"), bytes_text("word"), {0}};
    lanes_digest_ha1s(crypto, LANES, jobs);
    after = *crypto_counts(crypto);
    g_assert_cmpuint(after.calls[CRYPTO_MD5] - before.calls[CRYPTO_MD5], ==, LANES);
    g_assert_cmpuint(after.bytes[CRYPTO_MD5] - before.bytes[CRYPTO_MD5], ==,
                     LANES * strlen("name:realm:word"));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    set_up();
    g_test_add_func("/lanes/verification MACs", test_verification);
    g_test_add_func("/lanes/digest responses", test_responses);
    g_test_add_func("/lanes/HA1", test_ha1s);
    g_test_add_func("/lanes/counts", test_counts);
    int status = g_test_run();
    crypto_free(crypto);
    return status;
}
