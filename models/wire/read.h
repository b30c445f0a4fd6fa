/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reading for the binary codecs: a cursor that cannot pass the end. After a read past it every further read
 * gives zeros and `truncated` stays set, so a decoder may check once per structure. */
#ifndef MODELS_WIRE_READ_H
#define MODELS_WIRE_READ_H

#include "models/wire/wire.h"

struct wire_reader {
    const uint8_t *at;
    const uint8_t *end;
    bool truncated;
};

static inline struct wire_reader wire_reader(struct bytes in)
{
    const uint8_t *at = in.len > 0 ? in.at : (const uint8_t *)""; /* never NULL: pointers are subtracted */

    return (struct wire_reader){at, at + in.len, false};
}

static inline size_t wire_left(const struct wire_reader *r)
{
    return (size_t)(r->end - r->at);
}

/* The next `len` bytes; on truncation an empty view at the end, which is safe to keep. */
static inline struct bytes wire_get(struct wire_reader *r, size_t len)
{
    if (wire_left(r) < len) {
        r->truncated = true;
        r->at = r->end;
        return (struct bytes){r->end, 0};
    }
    r->at += len;
    return (struct bytes){r->at - len, len};
}

static inline uint32_t wire_load_u16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t wire_load_u24(const uint8_t *at)
{
    return (uint32_t)at[0] << 16 | (uint32_t)at[1] << 8 | at[2];
}

static inline uint32_t wire_load_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | wire_load_u24(at + 1);
}

static inline uint8_t wire_get_u8(struct wire_reader *r)
{
    struct bytes b = wire_get(r, 1);

    return b.len == 1 ? b.at[0] : 0;
}

static inline uint16_t wire_get_u16(struct wire_reader *r)
{
    struct bytes b = wire_get(r, 2);

    return b.len == 2 ? (uint16_t)wire_load_u16(b.at) : 0;
}

static inline uint32_t wire_get_u32(struct wire_reader *r)
{
    struct bytes b = wire_get(r, 4);

    return b.len == 4 ? wire_load_u32(b.at) : 0;
}

#endif
