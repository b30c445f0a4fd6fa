/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* OpenSSL that does not give what it should: the program ends and says so, and does not go on with a context
 * that encrypts nothing. Each attempt is a process of its own, for it ends in one way or the other. */
#include "models/crypto/aes_unit.h"
#include "tests/tap/tap.h"

#include <openssl/crypto.h>
#include <openssl/provider.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALLOCATIONS_MAX 1000

enum { GIVEN, TOLD, OTHER }; /* exit statuses of an attempt */

/* Which allocation of OpenSSL, counted from now on, is the first to fail; all behind it do, too. -1: none. */
static long failing_at = -1;

static bool is_granted(void)
{
    if (failing_at > 0)
        failing_at--;
    return failing_at != 0;
}

static void *allocate(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return is_granted() ? malloc(size) : NULL;
}

static void *reallocate(void *at, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return is_granted() ? realloc(at, size) : NULL;
}

static void release(void *at, const char *file, int line)
{
    (void)file, (void)line;
    free(at);
}

static const char *expected = "OpenSSL does not give AES-128-ECB: it failed to allocate memory";

/* In the place of GLib's handler, behind which the process would be aborted, and what it covered be lost. */
static void on_message(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain, (void)data;
    if ((level & G_LOG_FLAG_FATAL) && strcmp(message, expected) == 0)
        exit(TOLD);
    exit(OTHER);
}

static int attempt(void (*use)(void))
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        g_log_set_default_handler(on_message, NULL);
        use();
        exit(GIVEN);
    }
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void use_crypto(void)
{
    crypto_free(crypto_new_on(&aes_evp));
}

static void use_cipher(void)
{
    static const uint8_t key[16];

    crypto_cipher_free(crypto_cipher_new_on(&aes_evp, key));
}

static void use_without_provider(void)
{
    OSSL_PROVIDER *null = OSSL_PROVIDER_load(NULL, "null"); /* else the default one is loaded by itself */

    use_crypto();
    OSSL_PROVIDER_unload(null);
}

/* An installation that is configured to have no AES. */
static void test_no_algorithm(void)
{
    const char *memory = expected;

    expected = "OpenSSL does not give AES-128-ECB: its configuration has none";
    g_assert_cmpint(attempt(use_without_provider), ==, TOLD);
    expected = memory;
}

/* Memory that ends at the first, the second, ... allocation of a context, until there is enough. OpenSSL sets
 * itself up at the first use, and does not outlive such an end then: so that comes before. */
static void check_memory(void (*use)(void))
{
    long failing = 0;
    int outcome;

    use();
    do {
        failing_at = ++failing;
        outcome = attempt(use);
        failing_at = -1;
    } while (outcome == TOLD && failing < ALLOCATIONS_MAX);
    g_assert_cmpint(outcome, ==, GIVEN);
    g_assert_cmpint(failing, >, 1);
}

static void test_no_memory(void)
{
    check_memory(use_crypto);
    check_memory(use_cipher);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_assert_cmpint(CRYPTO_set_mem_functions(allocate, reallocate, release), ==, 1);
    g_test_add_func("/crypto/failures/no algorithm", test_no_algorithm);
    g_test_add_func("/crypto/failures/no memory", test_no_memory);
    return g_test_run();
}
