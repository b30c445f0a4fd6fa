/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Scanning text eight bytes at a time. Heads of 500 bytes are scanned several times per UE, so the loop over
 * single characters would cost more than all the rest of the text codecs. */
#ifndef MODELS_WIRE_SCAN_H
#define MODELS_WIRE_SCAN_H

#include "models/wire/wire.h"

#define SCAN_ONES UINT64_C(0x0101010101010101)
#define SCAN_HIGH UINT64_C(0x8080808080808080)

/* Eight bytes, the first in the lowest place whatever the machine: in that order the lowest mark that scan_has() sets
 * is a true one. */
static inline uint64_t scan_load(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* How many bytes precede the lowest mark. */
static inline unsigned scan_before(uint64_t marks)
{
    return (unsigned)__builtin_ctzll(marks) / 8;
}

/* Marks the bytes of `word` that are `c`, each by its high bit; a mark above the lowest may be false (the borrow). */
static inline uint64_t scan_has(uint64_t word, uint8_t c)
{
    uint64_t x = word ^ SCAN_ONES * c;

    return (x - SCAN_ONES) & ~x & SCAN_HIGH;
}

static inline bool scan_is_control(uint8_t c)
{
    return c < 0x20 || c == 0x7f;
}

/* The first control character (tab included) in [at, end), or end. */
static inline const uint8_t *scan_control(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8) {
        uint64_t word = scan_load(at);
        uint64_t below_20 = (word - SCAN_ONES * 0x20) & ~word & SCAN_HIGH;
        uint64_t marks = below_20 | scan_has(word, 0x7f);

        if (marks != 0)
            return at + scan_before(marks);
        at += 8;
    }
    while (at < end && !scan_is_control(*at))
        at++;
    return at;
}

/* The first '"', '\' or control character in [at, end), or end: what may end a quoted string, or spoil it. */
static inline const uint8_t *scan_quoted(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= 8) {
        uint64_t word = scan_load(at);
        uint64_t below_20 = (word - SCAN_ONES * 0x20) & ~word & SCAN_HIGH;
        uint64_t marks = below_20 | scan_has(word, 0x7f) | scan_has(word, '"') | scan_has(word, '\\');

        if (marks != 0)
            return at + scan_before(marks);
        at += 8;
    }
    while (at < end && !scan_is_control(*at) && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* tchar of RFC 7230 §3.2.6. */
extern const uint8_t scan_token_table[256];

/* The first byte in [at, end) that cannot stand in a token, or end. */
static inline const uint8_t *scan_token(const uint8_t *at, const uint8_t *end)
{
    while (at < end && scan_token_table[*at])
        at++;
    return at;
}

static inline uint8_t scan_lower(uint8_t c)
{
    return c >= 'A' && c <= 'Z' ? (uint8_t)(c | 0x20) : c;
}

/* Equal without regard to the case of ASCII letters. */
static inline bool scan_equal_nocase(struct bytes a, const char *b, size_t b_len)
{
    if (a.len != b_len)
        return false;
    for (size_t i = 0; i < b_len; i++)
        if (a.at[i] != (uint8_t)b[i] && scan_lower(a.at[i]) != scan_lower((uint8_t)b[i]))
            return false;
    return true;
}

#endif
