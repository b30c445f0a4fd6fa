/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A view of bytes that somebody else owns. */
#ifndef SIM_BASE_BYTES_H
#define SIM_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

struct bytes {
    const uint8_t *at;
    size_t len;
};

static inline struct bytes bytes_of(const void *at, size_t len)
{
    return (struct bytes){(const uint8_t *)at, len};
}

/* The characters of a C string, without its terminator. */
static inline struct bytes bytes_text(const char *text)
{
    return bytes_of(text, strlen(text));
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

#ifdef __cplusplus
}
#endif

#endif
