/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Key data sub-payloads, the plain text of a KEMAC: RFC 3830 §6.13, with the key validity data of §6.14.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+-------+-------+-------------------------------+
 *   | next: 20 or 0 | type  |  KV   |         key data length       |
 *   +---------------+-------+-------+-------------------------------+
 *   ~ key data                                                      ~
 *   +-------------------------------+-------------------------------+
 *   | salt length (types 1 and 3)   | salt data                     ~
 *   +-------------------------------+-------------------------------+
 *   KV 1, SPI:       | SPI length 8 | SPI ~
 *   KV 2, interval:  | VF length 8 | valid from ~ | VT length 8 | valid to ~ */
#include "models/wire/mikey_layout.h"
#include "models/wire/read.h"

static bool has_salt(uint8_t type)
{
    return type == MIKEY_KEY_TGK_SALT || type == MIKEY_KEY_TEK_SALT;
}

enum wire_status mikey_key_data_decode(struct bytes in, struct mikey_key_data *out, struct bytes *rest)
{
    struct wire_reader r = wire_reader(in);
    uint8_t next = wire_get_u8(&r), type_kv = wire_get_u8(&r);

    wire_clear(out, sizeof *out);
    out->type = type_kv >> 4;
    out->kv = type_kv & 15;
    if (out->type > MIKEY_KEY_TEK_SALT || out->kv > MIKEY_KV_INTERVAL)
        return WIRE_UNSUPPORTED;
    out->key = wire_get(&r, wire_get_u16(&r));
    if (has_salt(out->type))
        out->salt = wire_get(&r, wire_get_u16(&r));
    if (out->kv == MIKEY_KV_SPI)
        out->spi = wire_get(&r, wire_get_u8(&r));
    if (out->kv == MIKEY_KV_INTERVAL) {
        out->valid_from = wire_get(&r, wire_get_u8(&r));
        out->valid_to = wire_get(&r, wire_get_u8(&r));
    }
    if (r.truncated)
        return WIRE_TRUNCATED;
    if ((out->key.len == 0 && out->kv != MIKEY_KV_INTERVAL) ||
        (next != MIKEY_LAST && next != MIKEY_KEY_DATA) || (next == MIKEY_LAST) != (wire_left(&r) == 0))
        return WIRE_MALFORMED;
    *rest = bytes_of(r.at, wire_left(&r));
    return WIRE_OK;
}

enum wire_status mikey_key_data_encode(const struct mikey_key_data *key_data, uint8_t *out, size_t capacity,
                                       size_t *length)
{
    struct wire_writer w = wire_writer(out, capacity);

    if (key_data->type > MIKEY_KEY_TEK_SALT || key_data->kv > MIKEY_KV_INTERVAL)
        return WIRE_UNSUPPORTED;
    if (key_data->key.len == 0 && key_data->kv != MIKEY_KV_INTERVAL)
        return WIRE_MALFORMED;
    if (key_data->key.len > UINT16_MAX || key_data->salt.len > UINT16_MAX || key_data->spi.len > UINT8_MAX ||
        key_data->valid_from.len > UINT8_MAX || key_data->valid_to.len > UINT8_MAX)
        return WIRE_LIMIT;
    wire_put_u8(&w, MIKEY_LAST);
    wire_put_u8(&w, (uint8_t)(key_data->type << 4 | key_data->kv));
    wire_put_u16(&w, (uint16_t)key_data->key.len);
    wire_put_bytes(&w, key_data->key);
    if (has_salt(key_data->type)) {
        wire_put_u16(&w, (uint16_t)key_data->salt.len);
        wire_put_bytes(&w, key_data->salt);
    }
    if (key_data->kv == MIKEY_KV_SPI) {
        wire_put_u8(&w, (uint8_t)key_data->spi.len);
        wire_put_bytes(&w, key_data->spi);
    }
    if (key_data->kv == MIKEY_KV_INTERVAL) {
        wire_put_u8(&w, (uint8_t)key_data->valid_from.len);
        wire_put_bytes(&w, key_data->valid_from);
        wire_put_u8(&w, (uint8_t)key_data->valid_to.len);
        wire_put_bytes(&w, key_data->valid_to);
    }
    if (w.overflow)
        return WIRE_NO_SPACE;
    *length = wire_written(&w);
    return WIRE_OK;
}
