/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads tests/vectors/ for the tests of codecs, and lends them bytes in blocks of exactly their length, so
 * that AddressSanitizer sees a read past the end. Whatever is lent lives until the program ends. */
#ifndef TESTS_UNIT_WIRE_VECTORS_H
#define TESTS_UNIT_WIRE_VECTORS_H

#include "models/wire/wire.h"

#include <glib.h>

#define assert_status(call, expected) g_assert_cmpstr(wire_status_text(call), ==, wire_status_text(expected))
#define assert_bytes(a, b)                                                                                   \
    do {                                                                                                     \
        struct bytes a_ = (a), b_ = (b);                                                                     \
        g_assert_cmpmem(a_.at, a_.len, b_.at, b_.len);                                                       \
    } while (0)

static inline GKeyFile *vectors_open(const char *name)
{
    char *path = g_build_filename(VECTOR_DIR, name, NULL);
    GKeyFile *file = g_key_file_new();
    GError *error = NULL;

    g_key_file_load_from_file(file, path, G_KEY_FILE_NONE, &error);
    g_assert_no_error(error);
    g_free(path);
    return file;
}

static inline struct bytes vector_text(GKeyFile *file, const char *group, const char *key)
{
    GError *error = NULL;
    char *text = g_key_file_get_string(file, group, key, &error);

    g_assert_no_error(error);
    g_test_queue_free(text);
    return bytes_text(text);
}

static inline struct bytes vector_hex(GKeyFile *file, const char *group, const char *key)
{
    struct bytes text = vector_text(file, group, key);
    uint8_t *out = g_malloc(text.len / 2 + (text.len == 0));

    g_assert_cmpuint(text.len % 2, ==, 0);
    for (size_t i = 0; i < text.len / 2; i++)
        out[i] = (uint8_t)(g_ascii_xdigit_value((char)text.at[2 * i]) << 4 |
                           g_ascii_xdigit_value((char)text.at[2 * i + 1]));
    g_test_queue_free(out);
    return bytes_of(out, text.len / 2);
}

static inline uint64_t vector_number(GKeyFile *file, const char *group, const char *key)
{
    GError *error = NULL;
    uint64_t value = g_key_file_get_uint64(file, group, key, &error);

    g_assert_no_error(error);
    return value;
}

/* A copy in a block of its own; free(*block) after use. */
static inline struct bytes exact_copy(const void *at, size_t len, uint8_t **block)
{
    *block = g_malloc(len + (len == 0));
    if (len > 0)
        memcpy(*block, at, len);
    return bytes_of(*block, len);
}

/* Runs `check` over every proper prefix of `in`. */
static inline void for_each_truncation(struct bytes in, void (*check)(struct bytes cut))
{
    for (size_t len = 0; len < in.len; len++) {
        uint8_t *block;

        check(exact_copy(in.at, len, &block));
        g_free(block);
    }
}

/* Runs `check` over `in` with each bit of its bytes [from, to) flipped. */
static inline void for_each_bit_flip(struct bytes in, size_t from, size_t to,
                                     void (*check)(struct bytes changed))
{
    for (size_t bit = from * 8; bit < to * 8; bit++) {
        uint8_t *block;
        struct bytes copy = exact_copy(in.at, in.len, &block);

        block[bit / 8] ^= (uint8_t)(1U << bit % 8);
        check(copy);
        g_free(block);
    }
}

/* Is the view empty or inside `in`? */
static inline bool is_within(struct bytes view, struct bytes in)
{
    return view.len == 0 || (view.at >= in.at && view.len <= in.len && view.at + view.len <= in.at + in.len);
}

/* Runs an encoder, written with (out, room, &length), with just enough room, then with every smaller one. */
#define CHECK_ENCODER(expected, encode)                                                                      \
    do {                                                                                                     \
        struct bytes want = (expected);                                                                      \
        uint8_t *out = g_malloc(want.len);                                                                   \
        size_t length = 0, room = want.len;                                                                  \
        assert_status(encode, WIRE_OK);                                                                      \
        g_assert_cmpmem(out, length, want.at, want.len);                                                     \
        for (room = 0; room < want.len; room++)                                                              \
            assert_status(encode, WIRE_NO_SPACE);                                                            \
        g_free(out);                                                                                         \
    } while (0)

#endif
