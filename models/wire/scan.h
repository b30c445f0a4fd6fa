/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Scanning text a block at a time. Heads of 500 bytes are scanned several times per UE, so the loop over
 * single characters would cost more than all the rest of the text codecs. A block is 16 bytes where the
 * machine has SSE2 (every x86-64 has), else 8 bytes in a word; SCAN_PORTABLE asks for the word anywhere, so
 * that both are tested. */
#ifndef MODELS_WIRE_SCAN_H
#define MODELS_WIRE_SCAN_H

#include "models/wire/wire.h"

/* A scan_mask has the bits of SCAN_STRIDE for each byte of the block, the first byte's lowest. */
#if defined __SSE2__ && !defined SCAN_PORTABLE

#include <emmintrin.h>

#define SCAN_BLOCK  16
#define SCAN_STRIDE 1
typedef __m128i scan_block;
typedef __m128i scan_set; /* of bytes in a block: 0xff, or 0 */
typedef uint32_t scan_mask;

static inline scan_block scan_load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

static inline scan_set scan_is(scan_block block, uint8_t c)
{
    return _mm_cmpeq_epi8(block, _mm_set1_epi8((char)c));
}

/* c: 1 to 0x80 */
static inline scan_set scan_below(scan_block block, uint8_t c)
{
    return _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8((char)(c - 1))), block);
}

static inline scan_set scan_letter(scan_block block)
{
    __m128i from_a = _mm_sub_epi8(_mm_or_si128(block, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));

    return _mm_cmpeq_epi8(_mm_min_epu8(from_a, _mm_set1_epi8('z' - 'a')), from_a);
}

static inline scan_set scan_or(scan_set a, scan_set b)
{
    return _mm_or_si128(a, b);
}

static inline scan_mask scan_members(scan_set set)
{
    return (scan_mask)_mm_movemask_epi8(set);
}

static inline scan_mask scan_others(scan_set set)
{
    return scan_members(set) ^ 0xffff;
}

#else

#define SCAN_BLOCK  8
#define SCAN_STRIDE 8
#define SCAN_ONES   UINT64_C(0x0101010101010101)
#define SCAN_LOW    UINT64_C(0x7f7f7f7f7f7f7f7f)
#define SCAN_HIGH   UINT64_C(0x8080808080808080)
typedef uint64_t scan_block;
typedef uint64_t scan_set; /* of bytes in a block: the high bit, or 0 */
typedef uint64_t scan_mask;

static inline scan_block scan_load(const uint8_t *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Sums of seven bits: no byte carries into the next. */
static inline scan_set scan_is(scan_block block, uint8_t c)
{
    uint64_t x = block ^ SCAN_ONES * c;

    return ~((x & SCAN_LOW) + SCAN_LOW) & ~x & SCAN_HIGH;
}

/* c: 1 to 0x80 */
static inline scan_set scan_below(scan_block block, uint8_t c)
{
    return ~((block & SCAN_LOW) + SCAN_ONES * (0x80U - c)) & ~block & SCAN_HIGH;
}

static inline scan_set scan_letter(scan_block block)
{
    uint64_t lower = block | SCAN_ONES * 0x20;

    return scan_below(lower, 'z' + 1) & ~scan_below(lower, 'a');
}

static inline scan_set scan_or(scan_set a, scan_set b)
{
    return a | b;
}

static inline scan_mask scan_members(scan_set set)
{
    return set;
}

static inline scan_mask scan_others(scan_set set)
{
    return set ^ SCAN_HIGH;
}

#endif

/* How many bytes precede the first member; the mask must have one. */
static inline unsigned scan_first(scan_mask mask)
{
    return (unsigned)__builtin_ctzll(mask) / SCAN_STRIDE;
}

static inline bool scan_is_control(uint8_t c)
{
    return c < 0x20 || c == 0x7f;
}

static inline scan_set scan_controls(scan_block block)
{
    return scan_or(scan_below(block, 0x20), scan_is(block, 0x7f));
}

/* The first control character (tab included) in [at, end), or end. */
static inline const uint8_t *scan_control(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= SCAN_BLOCK) {
        scan_mask mask = scan_members(scan_controls(scan_load(at)));

        if (mask != 0)
            return at + scan_first(mask);
        at += SCAN_BLOCK;
    }
    while (at < end && !scan_is_control(*at))
        at++;
    return at;
}

/* The first byte in [at, end) that is no visible ASCII character, or end. */
static inline const uint8_t *scan_visible(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= SCAN_BLOCK) {
        scan_block block = scan_load(at);
        scan_mask mask = scan_members(scan_below(block, 0x21)) | scan_others(scan_below(block, 0x7f));

        if (mask != 0)
            return at + scan_first(mask);
        at += SCAN_BLOCK;
    }
    while (at < end && (*at > 0x20 && *at < 0x7f))
        at++;
    return at;
}

/* The first '"', '\\' or control character in [at, end), or end: what may end a quoted string, or spoil
 * it. */
static inline const uint8_t *scan_quoted(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= SCAN_BLOCK) {
        scan_block block = scan_load(at);
        scan_set quotes = scan_or(scan_is(block, '"'), scan_is(block, '\\'));
        scan_mask mask = scan_members(scan_or(scan_controls(block), quotes));

        if (mask != 0)
            return at + scan_first(mask);
        at += SCAN_BLOCK;
    }
    while (at < end && !scan_is_control(*at) && *at != '"' && *at != '\\')
        at++;
    return at;
}

/* tchar of RFC 7230 §3.2.6. */
extern const uint8_t scan_token_table[256];

/* The first byte in [at, end) that cannot stand in a token, or end. Nearly every token is letters and '-'. */
static inline const uint8_t *scan_token(const uint8_t *at, const uint8_t *end)
{
    while (end - at >= SCAN_BLOCK) {
        scan_block block = scan_load(at);
        scan_mask mask = scan_others(scan_or(scan_letter(block), scan_is(block, '-')));

        if (mask != 0) {
            at += scan_first(mask);
            break;
        }
        at += SCAN_BLOCK;
    }
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
    if (memcmp(a.at, b, b_len) == 0)
        return true;
    for (size_t i = 0; i < b_len; i++)
        if (scan_lower(a.at[i]) != scan_lower((uint8_t)b[i]))
            return false;
    return true;
}

#endif
