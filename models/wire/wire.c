/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the codecs share: appending integers and text to a buffer, base64 and decimal numbers. No printf: these
 * run several times per message, and a run has millions of messages. */
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

void wire_put_u8(struct wire_writer *w, uint8_t value)
{
    wire_put(w, &value, 1);
}

void wire_put_u16(struct wire_writer *w, uint16_t value)
{
    const uint8_t b[2] = {(uint8_t)(value >> 8), (uint8_t)value};

    wire_put(w, b, sizeof b);
}

void wire_put_u24(struct wire_writer *w, uint32_t value)
{
    const uint8_t b[3] = {(uint8_t)(value >> 16), (uint8_t)(value >> 8), (uint8_t)value};

    wire_put(w, b, sizeof b);
}

void wire_put_u32(struct wire_writer *w, uint32_t value)
{
    const uint8_t b[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16), (uint8_t)(value >> 8),
                          (uint8_t)value};

    wire_put(w, b, sizeof b);
}

void wire_put_u64(struct wire_writer *w, uint64_t value)
{
    wire_put_u32(w, (uint32_t)(value >> 32));
    wire_put_u32(w, (uint32_t)value);
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

void wire_put_hex32(struct wire_writer *w, uint32_t value, unsigned digits)
{
    char text[8];
    unsigned count = digits < sizeof text ? digits : (unsigned)sizeof text;

    for (unsigned i = 0; i < count; i++)
        text[i] = "0123456789abcdef"[value >> (4 * (count - 1 - i)) & 15];
    wire_put(w, text, count);
}

static const char base64_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void wire_put_base64(struct wire_writer *w, const void *bytes, size_t len)
{
    const uint8_t *in = bytes;
    uint8_t *out = w->at;

    if ((size_t)(w->end - w->at) / 4 < len / 3 + (len % 3 != 0)) {
        w->overflow = true;
        return;
    }
    for (; len >= 3; len -= 3, in += 3) {
        *out++ = (uint8_t)base64_alphabet[in[0] >> 2];
        *out++ = (uint8_t)base64_alphabet[(in[0] & 3) << 4 | in[1] >> 4];
        *out++ = (uint8_t)base64_alphabet[(in[1] & 15) << 2 | in[2] >> 6];
        *out++ = (uint8_t)base64_alphabet[in[2] & 63];
    }
    if (len > 0) {
        uint8_t second = len == 2 ? in[1] : 0;

        *out++ = (uint8_t)base64_alphabet[in[0] >> 2];
        *out++ = (uint8_t)base64_alphabet[(in[0] & 3) << 4 | second >> 4];
        *out++ = len == 2 ? (uint8_t)base64_alphabet[(second & 15) << 2] : '=';
        *out++ = '=';
    }
    w->at = out;
}

/* 0..63, or -1. */
static int base64_digit(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* RFC 4648 §4: quadruples of the alphabet, the last may end in one or two '='. §3.5: the bits that padding
 * leaves over must be zero, so that every octet string has one text. */
enum wire_status wire_base64_decode(struct bytes text, uint8_t *out, size_t capacity, size_t *len)
{
    size_t padding, written = 0;

    if (text.len % 4 != 0)
        return WIRE_MALFORMED;
    padding = text.len == 0 || text.at[text.len - 1] != '=' ? 0 : text.at[text.len - 2] != '=' ? 1 : 2;
    if (text.len / 4 * 3 - padding > capacity)
        return WIRE_NO_SPACE;
    for (size_t i = 0; i < text.len; i += 4) {
        size_t digits = i + 4 == text.len ? 4 - padding : 4;
        uint32_t group = 0;

        for (size_t j = 0; j < 4; j++) {
            int digit = j < digits ? base64_digit(text.at[i + j]) : 0;

            if (digit < 0)
                return WIRE_MALFORMED;
            group = group << 6 | (uint32_t)digit;
        }
        if ((digits == 3 && (group & 0xff) != 0) || (digits == 2 && (group & 0xffff) != 0))
            return WIRE_MALFORMED;
        for (size_t j = 0; j + 1 < digits; j++)
            out[written++] = (uint8_t)(group >> (16 - 8 * j));
    }
    *len = written;
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
        if (sum > (UINT64_MAX - digit) / 10)
            return WIRE_LIMIT;
        sum = sum * 10 + digit;
    }
    *value = sum;
    return WIRE_OK;
}
