/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reading tests/vectors/ *.ini in the tests of the crypto room. A file, group or key that is missing ends the test. */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include "sim/net/bytes.h"

#include <glib.h>

/* VECTORS_DIR comes from the make fragment. */
static inline GKeyFile *vectors_open(const char *name)
{
    GKeyFile *file = g_key_file_new();
    char *path = g_build_filename(VECTORS_DIR, name, NULL);
    GError *error = NULL;

    if (!g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error))
        g_error("%s: %s", path, error->message);
    g_free(path);
    return file;
}

static inline char *vectors_text(GKeyFile *file, const char *group, const char *key)
{
    GError *error = NULL;
    char *text = g_key_file_get_string(file, group, key, &error);

    if (text == NULL)
        g_error("%s", error->message);
    return text;
}

/* A hex value; free `at` with vectors_free(). */
static inline struct bytes vectors_hex(GKeyFile *file, const char *group, const char *key)
{
    char *hex = vectors_text(file, group, key);
    size_t digits = strlen(hex), len = digits / 2;
    uint8_t *at = g_malloc(len + 1);

    if (digits % 2 != 0)
        g_error("[%s] %s has an odd number of digits", group, key);
    for (size_t i = 0; i < digits; i++)
        if (!g_ascii_isxdigit(hex[i]))
            g_error("[%s] %s is not hex", group, key);
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(g_ascii_xdigit_value(hex[2 * i]) << 4 | g_ascii_xdigit_value(hex[2 * i + 1]));
    g_free(hex);
    return bytes_of(at, len);
}

static inline void vectors_free(struct bytes bytes)
{
    g_free((void *)(uintptr_t)bytes.at);
}

/* Fails the test unless the value is exactly these bytes. */
static inline void vectors_assert(GKeyFile *file, const char *group, const char *key, const void *got,
                                  size_t len)
{
    struct bytes expected = vectors_hex(file, group, key);

    g_test_message("[%s] %s", group, key);
    g_assert_cmpmem(got, len, expected.at, expected.len);
    vectors_free(expected);
}

#endif
