/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What all codecs share: the outcome of decoding, and a writer that cannot overrun.
 *
 * Codecs are pure: bytes in, struct out (views into those bytes, valid as long as they are), and back. No
 * heap, no clock, no abort; every length is checked before the read, every list has a limit. */
#ifndef MODELS_WIRE_WIRE_H
#define MODELS_WIRE_WIRE_H

#include "sim/base/bytes.h"

#ifdef __cplusplus
extern "C" {
#endif

enum wire_status {
    WIRE_OK,
    WIRE_TRUNCATED,   /* ends before its own lengths say */
    WIRE_MALFORMED,   /* against the grammar */
    WIRE_UNSUPPORTED, /* well-formed, but a version, type or algorithm we do not have */
    WIRE_LIMIT,       /* more headers, payloads, depth than a codec takes */
    WIRE_NO_SPACE     /* encoding: the caller's buffer is too small */
};

/* "truncated", ... for messages to people. */
const char *wire_status_text(enum wire_status status);

/* Zeros. Where it sees the size, GCC writes the few hundred bytes of our structs by "rep stos", which starts
 * slowly: it is not shown, and memset() picks a better way. */
void wire_clear(void *bytes, size_t len);

/* Appends to a buffer of the caller's; past its end nothing is written and `overflow` is set. */
struct wire_writer {
    uint8_t *at;
    uint8_t *end;
    uint8_t *start;
    bool overflow;
};

static inline struct wire_writer wire_writer(void *buffer, size_t capacity)
{
    return (struct wire_writer){(uint8_t *)buffer, (uint8_t *)buffer + capacity, (uint8_t *)buffer, false};
}

static inline void wire_put(struct wire_writer *w, const void *bytes, size_t len)
{
    if ((size_t)(w->end - w->at) < len) {
        w->overflow = true;
        return;
    }
    if (len > 0)
        memcpy(w->at, bytes, len);
    w->at += len;
}

static inline void wire_put_bytes(struct wire_writer *w, struct bytes b)
{
    wire_put(w, b.at, b.len);
}

/* A string literal. */
#define wire_put_literal(w, text) wire_put((w), (text), sizeof(text) - 1)

static inline size_t wire_written(const struct wire_writer *w)
{
    return (size_t)(w->at - w->start);
}

/* A number as it lies in memory where the highest byte comes first, and back. */
static inline uint64_t wire_big_endian(uint64_t value)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return value;
#else
    return __builtin_bswap64(value);
#endif
}

/* The low `bytes` bytes of value, the highest first. */
static inline void wire_put_integer(struct wire_writer *w, uint64_t value, size_t bytes)
{
    uint64_t raw = wire_big_endian(value << (64 - 8 * bytes));

    wire_put(w, &raw, bytes);
}

static inline void wire_put_u8(struct wire_writer *w, uint8_t value)
{
    wire_put_integer(w, value, 1);
}

static inline void wire_put_u16(struct wire_writer *w, uint16_t value)
{
    wire_put_integer(w, value, 2);
}

static inline void wire_put_u24(struct wire_writer *w, uint32_t value)
{
    wire_put_integer(w, value, 3);
}

static inline void wire_put_u32(struct wire_writer *w, uint32_t value)
{
    wire_put_integer(w, value, 4);
}

static inline void wire_put_u64(struct wire_writer *w, uint64_t value)
{
    wire_put_integer(w, value, 8);
}

/* In decimal digits, no sign. */
void wire_put_decimal(struct wire_writer *w, uint64_t value);
/* Lower-case, `digits` wide. */
void wire_put_hex32(struct wire_writer *w, uint32_t value, unsigned digits);
void wire_put_base64(struct wire_writer *w, const void *bytes, size_t len);

/* Strict RFC 4648 §4 base64 with padding. Writes at most capacity bytes and sets *len. */
enum wire_status wire_base64_decode(struct bytes text, uint8_t *out, size_t capacity, size_t *len);
/* Decimal digits only, no sign, at most UINT64_MAX. */
enum wire_status wire_decimal_decode(struct bytes text, uint64_t *value);

/* HTTP date (RFC 7231 §7.1.1.1, IMF-fixdate, 29 characters) and XML dateTime in UTC (20 characters) of Unix
 * seconds, years 1970..9999. No locale, no time zone, no libc call. */
#define WIRE_HTTP_DATE_LENGTH 29
#define WIRE_XML_TIME_LENGTH  20
void wire_http_date(int64_t unix_s, char out[WIRE_HTTP_DATE_LENGTH]);
void wire_xml_time(int64_t unix_s, char out[WIRE_XML_TIME_LENGTH]);
enum wire_status wire_http_date_decode(struct bytes text, int64_t *unix_s);
enum wire_status wire_xml_time_decode(struct bytes text, int64_t *unix_s);

#ifdef __cplusplus
}
#endif

#endif
