/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reading MIKEY messages, RFC 3830 §6 and RFC 4563 §4. It meets whatever the network brings before any MAC
 * has been verified: whatever is not exactly understood is refused. All integers are big-endian, payloads are
 * not padded. */
#include "models/wire/mikey_layout.h"
#include "models/wire/read.h"

static bool has_any_id(const struct mikey_message *m)
{
    return m->has_idi || m->has_idr;
}

/*              HDR  EXT  T  RAND  IDi  IDr  SP  KEMAC  V  ERR        RFC 3830
 * PSK init      1    ?   1   ?     ?    ?   *     1    -   -         §3.1; RAND absent in an update, §4.5
 * PSK verif.    1    ?   1   -     -    ?   -     -    1   -         §3.1
 * error         1    ?   1   -     -    -   *     -    ?   1         §5.1.2 */
bool mikey_shape_ok(const struct mikey_message *m)
{
    if (!m->has_t || (m->map_type == MIKEY_MAP_EMPTY && m->sp_count > 0))
        return false;
    switch (m->data_type) {
    case MIKEY_PSK_INIT:
        return m->has_kemac && !m->has_verification && !m->has_error;
    case MIKEY_PSK_VERIFICATION:
        return m->has_verification && !m->has_kemac && !m->has_error && !m->has_rand && !m->has_idi &&
               m->sp_count == 0;
    case MIKEY_ERROR:
        return m->has_error && !m->has_kemac && !m->has_rand && !has_any_id(m);
    default:
        return false;
    }
}

/* Common header, §6.1:
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +---------------+---------------+---------------+-+-------------+
 *   |  version = 1  |   data type   | next payload  |V|  PRF func   |
 *   +---------------+---------------+---------------+-+-------------+
 *   |                            CSB ID                             |
 *   +---------------+---------------+-------------------------------+
 *   |      #CS      | CS ID map type|  map info: 9 * #CS or nothing ~
 *   +---------------+---------------+-------------------------------+ */
static enum wire_status decode_header(struct wire_reader *r, struct mikey_message *m, uint8_t *next)
{
    struct bytes head = wire_get(r, MIKEY_HEADER_BYTES);

    if (r->truncated)
        return WIRE_TRUNCATED;
    if (head.at[0] != MIKEY_VERSION)
        return WIRE_UNSUPPORTED;
    m->data_type = head.at[1];
    *next = head.at[2];
    m->v = (head.at[3] & 0x80) != 0;
    m->prf = head.at[3] & 0x7f;
    m->csb_id = wire_load_u32(head.at + 4);
    m->cs_count = head.at[8];
    m->map_type = head.at[9];
    if ((m->data_type != MIKEY_PSK_INIT && m->data_type != MIKEY_PSK_VERIFICATION &&
         m->data_type != MIKEY_ERROR) ||
        m->prf != 0 || m->map_type > MIKEY_MAP_EMPTY)
        return WIRE_UNSUPPORTED;
    if (m->map_type == MIKEY_MAP_SRTP_ID)
        m->cs_map = wire_get(r, (size_t)m->cs_count * MIKEY_CS_BYTES);
    return r->truncated ? WIRE_TRUNCATED : WIRE_OK;
}

/* RFC 4563 §4, each sub-payload:  | type 8 | length 8 | id ~     types 0 Key Domain ID, 1 MSK ID, 2 MTK ID;
 * others may be registered and are passed over. */
static enum wire_status decode_key_ids(struct bytes data, struct mikey_message *m)
{
    struct wire_reader r = wire_reader(data);

    if (m->has_ext || data.len == 0)
        return WIRE_MALFORMED;
    m->has_ext = true;
    while (wire_left(&r) > 0) {
        uint8_t type = wire_get_u8(&r);
        struct bytes id = wire_get(&r, wire_get_u8(&r));

        if (r.truncated)
            return WIRE_TRUNCATED;
        if (type == MIKEY_ID_KEY_DOMAIN) {
            if (m->has_key_domain_id || id.len != sizeof m->key_domain_id)
                return WIRE_MALFORMED;
            m->has_key_domain_id = true;
            memcpy(m->key_domain_id, id.at, sizeof m->key_domain_id);
        } else if (type == MIKEY_ID_MSK) {
            if (m->has_msk_id || id.len != 4)
                return WIRE_MALFORMED;
            m->has_msk_id = true;
            m->msk_id = wire_load_u32(id.at);
        } else if (type == MIKEY_ID_MTK) {
            if (m->has_mtk_id || id.len == 0 || id.len > MIKEY_MTK_ID_BYTES_MAX)
                return WIRE_MALFORMED;
            m->has_mtk_id = true;
            m->mtk_id = id;
        }
    }
    return WIRE_OK;
}

/* General Extension, §6.15:  | next 8 | type 8 | length 16 | data ~     other types say nothing to us */
static enum wire_status decode_ext(struct wire_reader *r, struct mikey_message *m)
{
    uint8_t type = wire_get_u8(r);
    struct bytes data = wire_get(r, wire_get_u16(r));

    if (r->truncated)
        return WIRE_TRUNCATED;
    return type == MIKEY_EXT_KEY_ID ? decode_key_ids(data, m) : WIRE_OK;
}

/* Timestamp, §6.6:  | next 8 | TS type 8 | TS value ~     64 bits, a COUNTER 32 */
static enum wire_status decode_t(struct wire_reader *r, struct mikey_message *m)
{
    if (m->has_t)
        return WIRE_MALFORMED;
    m->has_t = true;
    m->ts_type = wire_get_u8(r);
    if (m->ts_type > MIKEY_TS_COUNTER)
        return WIRE_UNSUPPORTED;
    m->ts_raw = wire_get(r, m->ts_type == MIKEY_TS_COUNTER ? 4 : 8);
    if (r->truncated)
        return WIRE_TRUNCATED;
    m->ts = wire_load_u32(m->ts_raw.at);
    if (m->ts_raw.len == 8)
        m->ts = m->ts << 32 | wire_load_u32(m->ts_raw.at + 4);
    return WIRE_OK;
}

/* RAND, §6.11:  | next 8 | length 8 | RAND ~     16 bytes or more */
static enum wire_status decode_rand(struct wire_reader *r, struct mikey_message *m)
{
    if (m->has_rand)
        return WIRE_MALFORMED;
    m->has_rand = true;
    m->rand = wire_get(r, wire_get_u8(r));
    if (r->truncated)
        return WIRE_TRUNCATED;
    return m->rand.len < MIKEY_RAND_BYTES ? WIRE_MALFORMED : WIRE_OK;
}

/* ID, §6.7:  | next 8 | ID type 8 | length 16 | ID ~
 * Of any type: a receiver has to ignore it (TS 33.246 §6.4.5.1). */
static enum wire_status decode_id(struct wire_reader *r, struct mikey_message *m)
{
    uint8_t type = wire_get_u8(r);
    struct bytes id = wire_get(r, wire_get_u16(r));

    if (r->truncated)
        return WIRE_TRUNCATED;
    if (m->data_type == MIKEY_PSK_INIT && !m->has_idi) {
        m->has_idi = true;
        m->idi_type = type;
        m->idi = id;
        return WIRE_OK;
    }
    if (m->has_idr)
        return WIRE_MALFORMED;
    m->has_idr = true;
    m->idr_type = type;
    m->idr = id;
    return WIRE_OK;
}

/* Security Policy, §6.10:  | next 8 | policy no 8 | prot type 8 | length 16 | parameters ~
 * each parameter  | type 8 | length 8 | value ~  */
static enum wire_status decode_sp(struct wire_reader *r, struct mikey_message *m)
{
    struct wire_reader parameters;

    wire_get(r, 2);
    parameters = wire_reader(wire_get(r, wire_get_u16(r)));
    while (!r->truncated && wire_left(&parameters) > 0) {
        wire_get_u8(&parameters);
        wire_get(&parameters, wire_get_u8(&parameters));
        r->truncated |= parameters.truncated;
    }
    m->sp_count++;
    return r->truncated ? WIRE_TRUNCATED : WIRE_OK;
}

/* Error, §6.12:  | next 8 | error no 8 | reserved 16 | */
static enum wire_status decode_err(struct wire_reader *r, struct mikey_message *m)
{
    if (m->has_error)
        return WIRE_MALFORMED;
    m->has_error = true;
    m->error_number = wire_get_u8(r);
    wire_get(r, 2);
    if (r->truncated)
        return WIRE_TRUNCATED;
    return m->error_number > MIKEY_ERROR_NUMBER_MAX ? WIRE_UNSUPPORTED : WIRE_OK;
}

/* The MAC that ends a message: type byte, then MAC to the last byte. `start`: of the message, where the
 * covered bytes begin (§5.2). Without a MAC there is nothing to believe, so NULL is refused. */
static enum wire_status decode_mac(struct wire_reader *r, const uint8_t *start, struct mikey_message *m,
                                   uint8_t *algorithm, struct bytes *mac)
{
    *algorithm = wire_get_u8(r);
    m->covered = bytes_of(start, (size_t)(r->at - start));
    if (!r->truncated && *algorithm != MIKEY_MAC_HMAC_SHA1_160)
        return WIRE_UNSUPPORTED;
    *mac = wire_get(r, MIKEY_MAC_BYTES);
    if (r->truncated)
        return WIRE_TRUNCATED;
    return wire_left(r) > 0 ? WIRE_MALFORMED : WIRE_OK;
}

/* KEMAC, §6.2:  | next 8 = 0 | encr alg 8 | length 16 | encr data ~ | mac alg 8 | MAC 160 | */
static enum wire_status decode_kemac(struct wire_reader *r, const uint8_t *start, struct mikey_message *m)
{
    m->has_kemac = true;
    m->encr_alg = wire_get_u8(r);
    m->encr_data = wire_get(r, wire_get_u16(r));
    if (r->truncated)
        return WIRE_TRUNCATED;
    if (m->encr_alg > MIKEY_ENCR_AES_KW_128)
        return WIRE_UNSUPPORTED;
    return decode_mac(r, start, m, &m->mac_alg, &m->mac);
}

static enum wire_status decode_payload(uint8_t code, struct wire_reader *r, const uint8_t *start,
                                       struct mikey_message *m)
{
    switch (code) {
    case MIKEY_KEMAC:
        return decode_kemac(r, start, m);
    case MIKEY_V: /* §6.9:  | next 8 = 0 | auth alg 8 | ver data 160 | */
        m->has_verification = true;
        return decode_mac(r, start, m, &m->auth_alg, &m->ver_data);
    case MIKEY_T:
        return decode_t(r, m);
    case MIKEY_ID:
        return decode_id(r, m);
    case MIKEY_SP:
        return decode_sp(r, m);
    case MIKEY_RAND:
        return decode_rand(r, m);
    case MIKEY_ERR:
        return decode_err(r, m);
    case MIKEY_EXT:
        return decode_ext(r, m);
    case MIKEY_PKE: /* of the public-key and Diffie-Hellman methods */
    case MIKEY_DH:
    case MIKEY_SIGN:
    case MIKEY_CERT:
    case MIKEY_CHASH:
        return WIRE_UNSUPPORTED;
    default: /* unassigned, or Key data outside a KEMAC */
        return WIRE_MALFORMED;
    }
}

enum wire_status mikey_decode(struct bytes in, struct mikey_message *out)
{
    struct wire_reader r = wire_reader(in);
    enum wire_status status;
    unsigned payloads = 0;
    uint8_t next = MIKEY_LAST;

    wire_clear(out, sizeof *out);
    if (in.len > MIKEY_MESSAGE_BYTES_MAX)
        return WIRE_LIMIT;
    status = decode_header(&r, out, &next);
    while (status == WIRE_OK && next != MIKEY_LAST) {
        uint8_t code = next;

        if (out->has_kemac || out->has_verification)
            return WIRE_MALFORMED; /* these two come last */
        if (++payloads > MIKEY_PAYLOADS_MAX)
            return WIRE_LIMIT;
        next = wire_get_u8(&r);
        status = r.truncated ? WIRE_TRUNCATED : decode_payload(code, &r, in.at, out);
    }
    if (status != WIRE_OK)
        return status;
    return wire_left(&r) == 0 && mikey_shape_ok(out) ? WIRE_OK : WIRE_MALFORMED;
}
