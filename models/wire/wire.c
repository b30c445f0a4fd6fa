/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the codecs share: appending integers and text to a buffer, base64 and decimal numbers. No printf:
 * these run several times per message, and a run has millions of messages. */
#include "models/wire/wire.h"

const char *wire_status_text(enum wire_status status)
{
    static const char *const texts[] = {
        [WIRE_OK] = "ok",
        [WIRE_TRUNCATED] = "truncated",
        [WIRE_MALFORMED] = "malformed",
        [WIRE_UNSUPPORTED] = "unsupported",
        [WIRE_LIMIT] = "over a limit",
        [WIRE_NO_SPACE] = "no space",
    };

    return (unsigned)status < sizeof texts / sizeof *texts ? texts[status] : "unknown";
}

void wire_clear(void *bytes, size_t len)
{
    memset(bytes, 0, len);
}

void wire_put_decimal(struct wire_writer *w, uint64_t value)
{
    char digits[20]; /* UINT64_MAX has 20 */
    size_t first = sizeof digits;

    do {
        digits[--first] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    wire_put(w, digits + first, sizeof digits - first);
}

/* The digits of `value`, the first in the highest byte: each nibble into a byte of its own, '0' added to all,
 * and what lies between '9' and 'a' to those above 9. */
static uint64_t hex_digits(uint32_t value)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t x = value, above_9;

    x = (x << 16 | x) & UINT64_C(0x0000ffff0000ffff);
    x = (x << 8 | x) & UINT64_C(0x00ff00ff00ff00ff);
    x = (x << 4 | x) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    above_9 = (x + 6 * ones) >> 4 & ones;
    return x + '0' * ones + ('a' - '9' - 1) * above_9;
}

void wire_put_hex32(struct wire_writer *w, uint32_t value, unsigned digits)
{
    uint64_t text = wire_big_endian(hex_digits(value));
    size_t count = digits < sizeof text ? digits : sizeof text;

    wire_put(w, (const uint8_t *)&text + sizeof text - count, count);
}

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Four digits of 24 bits. */
static inline void put_digits(uint8_t *out, uint32_t group)
{
    out[0] = (uint8_t)base64_alphabet[group >> 18];
    out[1] = (uint8_t)base64_alphabet[group >> 12 & 63];
    out[2] = (uint8_t)base64_alphabet[group >> 6 & 63];
    out[3] = (uint8_t)base64_alphabet[group & 63];
}

void wire_put_base64(struct wire_writer *w, const void *bytes, size_t len)
{
    const uint8_t *in = bytes;
    uint8_t *out = w->at;

    if ((size_t)(w->end - w->at) / 4 < len / 3 + (len % 3 != 0)) {
        w->overflow = true;
        return;
    }
    for (; len >= 8; len -= 6, in += 6, out += 8) { /* 8: so many are loaded */
        uint64_t word;

        memcpy(&word, in, sizeof word);
        word = wire_big_endian(word);
        out[0] = (uint8_t)base64_alphabet[word >> 58];
        out[1] = (uint8_t)base64_alphabet[word >> 52 & 63];
        out[2] = (uint8_t)base64_alphabet[word >> 46 & 63];
        out[3] = (uint8_t)base64_alphabet[word >> 40 & 63];
        out[4] = (uint8_t)base64_alphabet[word >> 34 & 63];
        out[5] = (uint8_t)base64_alphabet[word >> 28 & 63];
        out[6] = (uint8_t)base64_alphabet[word >> 22 & 63];
        out[7] = (uint8_t)base64_alphabet[word >> 16 & 63];
    }
    for (; len >= 3; len -= 3, in += 3, out += 4)
        put_digits(out, (uint32_t)in[0] << 16 | (uint32_t)in[1] << 8 | in[2]);
    if (len > 0) {
        put_digits(out, (uint32_t)in[0] << 16 | (len == 2 ? (uint32_t)in[1] << 8 : 0));
        out[3] = '=';
        if (len == 1)
            out[2] = '=';
        out += 4;
    }
    w->at = out;
}

/* Values of the alphabet. What is not of it is negative, and so is, in its highest bit, any group with such a
 * digit. */
#define NO  -1
#define BAD UINT32_C(0x80000000)
/* clang-format off */
static const int8_t base64_digits[256] = {
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* 00 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* 10 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, 62, NO, NO, NO, 63, /* 20 */
    52, 53, 54, 55, 56, 57, 58, 59, 60, 61, NO, NO, NO, NO, NO, NO, /* 30 */
    NO,  0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, /* 40 */
    15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, NO, NO, NO, NO, NO, /* 50 */
    NO, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, /* 60 */
    41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, NO, NO, NO, NO, NO, /* 70 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* 80 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* 90 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* a0 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* b0 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* c0 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* d0 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* e0 */
    NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, NO, /* f0 */
};
/* clang-format on */

static inline uint32_t digit_of(uint8_t c)
{
    return (uint32_t)base64_digits[c];
}

/* A last quadruple with '='. RFC 4648 §3.5: the bits that padding leaves over must be zero, so that every
 * octet string has one text. */
static bool decode_padded(const uint8_t *text, uint8_t *out)
{
    uint32_t a = digit_of(text[0]), b = digit_of(text[1]), c = text[2] != '=' ? digit_of(text[2]) : 0;

    if (((a | b | c) & BAD) || (text[2] == '=' ? b & 15 : c & 3) != 0)
        return false;
    out[0] = (uint8_t)(a << 2 | b >> 4);
    if (text[2] != '=')
        out[1] = (uint8_t)(b << 4 | c >> 2);
    return true;
}

/* RFC 4648 §4: quadruples of the alphabet, the last may end in one or two '='. */
enum wire_status wire_base64_decode(struct bytes text, uint8_t *out, size_t capacity, size_t *len)
{
    const uint8_t *at = text.at;
    size_t padding, whole;
    uint32_t met = 0;

    if (text.len % 4 != 0)
        return WIRE_MALFORMED;
    padding = text.len == 0 || at[text.len - 1] != '=' ? 0 : at[text.len - 2] != '=' ? 1 : 2;
    *len = text.len / 4 * 3 - padding;
    if (*len > capacity)
        return WIRE_NO_SPACE;
    for (whole = text.len / 4 - (padding > 0); whole > 0; whole--, at += 4, out += 3) {
        uint32_t group =
            digit_of(at[0]) << 18 | digit_of(at[1]) << 12 | digit_of(at[2]) << 6 | digit_of(at[3]);

        met |= group;
        out[0] = (uint8_t)(group >> 16);
        out[1] = (uint8_t)(group >> 8);
        out[2] = (uint8_t)group;
    }
    if ((met & BAD) || (padding > 0 && !decode_padded(at, out)))
        return WIRE_MALFORMED;
    return WIRE_OK;
}

enum wire_status wire_decimal_decode(struct bytes text, uint64_t *value)
{
    uint64_t sum = 0;

    if (text.len == 0)
        return WIRE_MALFORMED;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = (unsigned)text.at[i] - '0';

        if (digit > 9)
            return WIRE_MALFORMED;
        if (i >= 19 && sum > (UINT64_MAX - digit) / 10) /* 19 nines are below 2^64 */
            return WIRE_LIMIT;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return WIRE_OK;
}
