/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reading MIKEY messages, RFC 3830 §6 and RFC 4563 §4. The parser reads what the network brings before any
 * MAC has been verified: it refuses all that it does not understand exactly. All integers are big-endian,
 * payloads are not padded.
 *
 * The compiler makes two functions of this parser: mikey_walk(), which reports each field and puts the first
 * fault in words, and mikey_decode(), where the walk is NULL and all that serves it falls away. */
#include "models/wire/mikey_layout.h"
#include "models/wire/mikey_walk.h"
#include "models/wire/read.h"

#include <stdarg.h>
#include <stdio.h>

#define INLINE static inline __attribute__((always_inline))

static bool mikey_has_any_id(const struct mikey_message *m)
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
        return m->has_error && !m->has_kemac && !m->has_rand && !mikey_has_any_id(m);
    default:
        return false;
    }
}

/* What mikey_shape_ok() expects, in words. */
static const char *mikey_expected_shape(const struct mikey_message *m)
{
    if (m->map_type == MIKEY_MAP_EMPTY && m->sp_count > 0)
        return "no SP with an empty CS ID map (RFC 4563)";
    if (m->data_type == MIKEY_PSK_VERIFICATION)
        return "T, at most one ID, and V; no RAND, no SP";
    if (m->data_type == MIKEY_ERROR)
        return "T and ERR; no KEMAC, no RAND, no ID";
    return "T and KEMAC, no V, no ERR";
}

const char *mikey_payload_name(uint8_t code)
{
    static const char *const names[] = {
        [MIKEY_LAST] = "last payload",
        [MIKEY_KEMAC] = "KEMAC: key data transport",
        [MIKEY_PKE] = "PKE: envelope data",
        [MIKEY_DH] = "DH: Diffie-Hellman data",
        [MIKEY_SIGN] = "SIGN: signature",
        [MIKEY_T] = "T: timestamp",
        [MIKEY_ID] = "ID: identity",
        [MIKEY_CERT] = "CERT: certificate",
        [MIKEY_CHASH] = "CHASH: certificate hash",
        [MIKEY_V] = "V: verification message",
        [MIKEY_SP] = "SP: security policy",
        [MIKEY_RAND] = "RAND: random value",
        [MIKEY_ERR] = "ERR: error",
        [MIKEY_KEY_DATA] = "key data",
        [MIKEY_EXT] = "general extension",
    };

    return code < sizeof names / sizeof *names && names[code] != NULL ? names[code] : "unknown";
}

static const char *const field_names[] = {
#define FIELD_NAME(id, name) name,
    MIKEY_FIELDS(FIELD_NAME)
#undef FIELD_NAME
};

struct parser {
    struct wire_reader r;
    const uint8_t *start; /* of the message */
    struct mikey_message *m;
    enum wire_status status;   /* of what is wrong first; WIRE_TRUNCATED takes the place of any other */
    struct mikey_walk *walk;   /* NULL: nobody is told, or no more, behind a fault */
    const uint8_t *payload_at; /* where the payload that is being read begins */
    unsigned payloads;         /* how many have begun */
    uint8_t payload;           /* the code of this one, 0 in the common header */
    uint8_t next;              /* the code of what follows it, which stands at: */
    const uint8_t *next_at;
};

/* Puts a fault in words. */
static void mikey_set_fault(struct mikey_walk *walk, size_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void mikey_set_fault(struct mikey_walk *walk, size_t offset, const char *format, ...)
{
    va_list args;

    walk->fault_offset = offset;
    va_start(args, format);
    vsnprintf(walk->fault, sizeof walk->fault, format, args);
    va_end(args);
}

INLINE enum wire_status set_status(struct parser *p, enum wire_status status)
{
    if (p->status == WIRE_OK || status == WIRE_TRUNCATED)
        p->status = status;
    return status;
}

/* Refuses what stands at `at`, for the reason that a format and its arguments say. Only the first fault is
 * put in words. Gives `status_`. */
#define REFUSE(p, status_, at, ...)                                                                          \
    ((p)->walk != NULL                                                                                       \
         ? (mikey_set_fault((p)->walk, (size_t)((at) - (p)->start), __VA_ARGS__), (void)((p)->walk = NULL))  \
         : (void)0,                                                                                          \
     set_status((p), (status_)))

static void mikey_call_walk(const struct mikey_walk *walk, enum mikey_field_id id, uint8_t payload,
                            size_t offset, struct bytes value)
{
    const struct mikey_field field = {id, field_names[id], payload, offset, value};

    walk->on_field(&field, walk->user);
}

INLINE void tell(const struct parser *p, enum mikey_field_id id, struct bytes value)
{
    if (p->walk != NULL)
        mikey_call_walk(p->walk, id, p->payload, (size_t)(value.at - p->start), value);
}

/* The next `len` bytes, which are called `name`. None if there are not so many. */
INLINE struct bytes take(struct parser *p, const char *name, size_t len)
{
    if (wire_left(&p->r) < len)
        REFUSE(p, WIRE_TRUNCATED, p->r.at, "%s: expected %zu byte%s, %zu left", name, len,
               len == 1 ? "" : "s", wire_left(&p->r));
    return wire_get(&p->r, len);
}

/* A field that is right if its bytes are there. */
INLINE struct bytes get(struct parser *p, enum mikey_field_id id, size_t len)
{
    struct bytes value = take(p, field_names[id], len);

    tell(p, id, value);
    return value;
}

INLINE uint8_t get_u8(struct parser *p, enum mikey_field_id id)
{
    struct bytes value = get(p, id, 1);

    return value.len == 1 ? value.at[0] : 0;
}

INLINE uint16_t get_u16(struct parser *p, enum mikey_field_id id)
{
    struct bytes value = get(p, id, 2);

    return value.len == 2 ? (uint16_t)wire_load_u16(value.at) : 0;
}

INLINE uint32_t get_u32(struct parser *p, enum mikey_field_id id)
{
    struct bytes value = get(p, id, 4);

    return value.len == 4 ? wire_load_u32(value.at) : 0;
}

/* The code at `at` says what is not read here: codes up to `limit` are. */
INLINE enum wire_status mikey_refuse_code(struct parser *p, const uint8_t *at, const char *name,
                                          unsigned code, unsigned limit)
{
    return REFUSE(p, WIRE_UNSUPPORTED, at, "%s %u is not supported, expected 0 to %u", name, code, limit);
}

INLINE enum wire_status mikey_refuse_trailing(struct parser *p, const char *last)
{
    return REFUSE(p, WIRE_MALFORMED, p->r.at, "%zu byte%s after the %s, expected the end of the message",
                  wire_left(&p->r), wire_left(&p->r) == 1 ? "" : "s", last);
}

INLINE enum wire_status mikey_refuse_second(struct parser *p)
{
    return REFUSE(p, WIRE_MALFORMED, p->payload_at, "a second payload %s", mikey_payload_name(p->payload));
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
INLINE enum wire_status mikey_read_header(struct parser *p)
{
    struct mikey_message *m = p->m;
    uint8_t version, v_prf;

    tell(p, MIKEY_FIELD_START, bytes_of(p->start, 0));
    version = get_u8(p, MIKEY_FIELD_VERSION);
    if (version != MIKEY_VERSION)
        REFUSE(p, WIRE_UNSUPPORTED, p->start, "version %u is not MIKEY, expected 1", version);
    m->data_type = get_u8(p, MIKEY_FIELD_DATA_TYPE);
    if (m->data_type != MIKEY_PSK_INIT && m->data_type != MIKEY_PSK_VERIFICATION &&
        m->data_type != MIKEY_ERROR)
        REFUSE(p, WIRE_UNSUPPORTED, p->start + 1, "data type %u is not supported, expected 0, 1 or 6",
               m->data_type);
    p->next_at = p->r.at;
    p->next = get_u8(p, MIKEY_FIELD_NEXT);
    v_prf = get_u8(p, MIKEY_FIELD_V_PRF);
    m->v = (v_prf & 0x80) != 0;
    m->prf = v_prf & 0x7f;
    if (m->prf != 0)
        mikey_refuse_code(p, p->start + 3, "PRF", m->prf, 0);
    m->csb_id = get_u32(p, MIKEY_FIELD_CSB_ID);
    m->cs_count = get_u8(p, MIKEY_FIELD_CS_COUNT);
    m->map_type = get_u8(p, MIKEY_FIELD_MAP_TYPE);
    if (m->map_type > MIKEY_MAP_EMPTY)
        mikey_refuse_code(p, p->start + 9, "CS ID map type", m->map_type, MIKEY_MAP_EMPTY);
    return p->status;
}

/* The map info of the common header. */
INLINE enum wire_status mikey_read_cs_map(struct parser *p)
{
    struct mikey_message *m = p->m;
    const uint8_t *map = p->r.at;

    for (unsigned i = 0; i < m->cs_count && p->status == WIRE_OK; i++)
        tell(p, MIKEY_FIELD_CS, take(p, "CS ID map", MIKEY_CS_BYTES));
    if (p->status == WIRE_OK)
        m->cs_map = bytes_of(map, (size_t)m->cs_count * MIKEY_CS_BYTES);
    return p->status;
}

/* Goes back to the parts of `data`, which was read last. Returns what has to become r.end behind them. */
INLINE const uint8_t *enter(struct parser *p, struct bytes data)
{
    const uint8_t *end = p->r.end;

    p->r.at = data.at;
    p->r.end = data.at + data.len;
    return end;
}

static const struct key_id {
    enum mikey_field_id field;
    uint8_t min, max; /* bytes */
    const char *lengths;
} key_ids[] = {
    [MIKEY_ID_KEY_DOMAIN] = {MIKEY_FIELD_KEY_DOMAIN_ID, 3, 3, "3"},
    [MIKEY_ID_MSK] = {MIKEY_FIELD_MSK_ID, 4, 4, "4"},
    [MIKEY_ID_MTK] = {MIKEY_FIELD_MTK_ID, 1, MIKEY_MTK_ID_BYTES_MAX, "1 to 8"},
};

/* RFC 4563 §4, each sub-payload:  | type 8 | length 8 | id ~     types 0 Key Domain ID, 1 MSK ID, 2 MTK ID;
 * others may be registered and are passed over. */
INLINE enum wire_status mikey_read_key_id(struct parser *p)
{
    struct mikey_message *m = p->m;
    bool *const has[] = {&m->has_key_domain_id, &m->has_msk_id, &m->has_mtk_id};
    const uint8_t *start = p->r.at;
    uint8_t type = get_u8(p, MIKEY_FIELD_KEY_ID_TYPE);
    struct bytes id = take(p, "key ID", get_u8(p, MIKEY_FIELD_KEY_ID_LENGTH));
    const struct key_id *known = &key_ids[type <= MIKEY_ID_MTK ? type : 0];

    if (p->status != WIRE_OK)
        return p->status;
    if (type > MIKEY_ID_MTK) {
        tell(p, MIKEY_FIELD_KEY_ID, id);
        return WIRE_OK;
    }
    if (*has[type])
        return REFUSE(p, WIRE_MALFORMED, start, "a second %s", field_names[known->field]);
    if (id.len < known->min || id.len > known->max)
        return REFUSE(p, WIRE_MALFORMED, start + 1, "%s has length %zu, expected %s",
                      field_names[known->field], id.len, known->lengths);
    *has[type] = true;
    tell(p, known->field, id);
    if (type == MIKEY_ID_KEY_DOMAIN)
        memcpy(m->key_domain_id, id.at, sizeof m->key_domain_id);
    else if (type == MIKEY_ID_MSK)
        m->msk_id = wire_load_u32(id.at);
    else
        m->mtk_id = id;
    return WIRE_OK;
}

/* General Extension, §6.15:  | next 8 | type 8 | length 16 | data ~     other types are passed over */
INLINE enum wire_status mikey_read_ext(struct parser *p)
{
    uint8_t type = get_u8(p, MIKEY_FIELD_EXT_TYPE);
    struct bytes data = take(p, "extension", get_u16(p, MIKEY_FIELD_LENGTH));
    const uint8_t *end;

    if (p->status != WIRE_OK)
        return p->status;
    if (type != MIKEY_EXT_KEY_ID) {
        tell(p, MIKEY_FIELD_EXT_DATA, data);
        return WIRE_OK;
    }
    if (p->m->has_ext)
        return REFUSE(p, WIRE_MALFORMED, p->payload_at, "a second Key ID information extension");
    if (data.len == 0)
        return REFUSE(p, WIRE_MALFORMED, p->payload_at + 2, "Key ID information without any key ID");
    p->m->has_ext = true;
    end = enter(p, data);
    while (wire_left(&p->r) > 0)
        if (mikey_read_key_id(p) != WIRE_OK)
            return p->status;
    p->r.end = end;
    return WIRE_OK;
}

/* Timestamp, §6.6:  | next 8 | TS type 8 | TS value ~     64 bits, a COUNTER 32 */
INLINE enum wire_status mikey_read_t(struct parser *p)
{
    struct mikey_message *m = p->m;

    if (m->has_t)
        return mikey_refuse_second(p);
    m->has_t = true;
    m->ts_type = get_u8(p, MIKEY_FIELD_TS_TYPE);
    if (m->ts_type > MIKEY_TS_COUNTER)
        return mikey_refuse_code(p, p->payload_at + 1, "timestamp type", m->ts_type, MIKEY_TS_COUNTER);
    m->ts_raw = get(p, MIKEY_FIELD_TS, m->ts_type == MIKEY_TS_COUNTER ? 4 : 8);
    if (p->status != WIRE_OK)
        return p->status;
    m->ts = wire_load_u32(m->ts_raw.at);
    if (m->ts_raw.len == 8)
        m->ts = m->ts << 32 | wire_load_u32(m->ts_raw.at + 4);
    return WIRE_OK;
}

/* RAND, §6.11:  | next 8 | length 8 | RAND ~     16 bytes or more */
INLINE enum wire_status mikey_read_rand(struct parser *p)
{
    struct mikey_message *m = p->m;

    if (m->has_rand)
        return mikey_refuse_second(p);
    m->has_rand = true;
    m->rand = get(p, MIKEY_FIELD_RAND, get_u8(p, MIKEY_FIELD_LENGTH));
    if (p->status == WIRE_OK && m->rand.len < MIKEY_RAND_BYTES)
        return REFUSE(p, WIRE_MALFORMED, p->payload_at + 1, "RAND of %zu bytes, expected at least %d",
                      m->rand.len, MIKEY_RAND_BYTES);
    return p->status;
}

/* ID, §6.7:  | next 8 | ID type 8 | length 16 | ID ~
 * Of any type: a receiver has to ignore it (TS 33.246 §6.4.5.1). */
INLINE enum wire_status mikey_read_id(struct parser *p)
{
    struct mikey_message *m = p->m;
    uint8_t type = get_u8(p, MIKEY_FIELD_ID_TYPE);
    struct bytes id = get(p, MIKEY_FIELD_ID, get_u16(p, MIKEY_FIELD_LENGTH));

    if (p->status != WIRE_OK)
        return p->status;
    if (m->data_type == MIKEY_PSK_INIT && !m->has_idi) {
        m->has_idi = true;
        m->idi_type = type;
        m->idi = id;
        return WIRE_OK;
    }
    if (m->has_idr)
        return REFUSE(p, WIRE_MALFORMED, p->payload_at, "an ID payload too many");
    m->has_idr = true;
    m->idr_type = type;
    m->idr = id;
    return WIRE_OK;
}

/* Security Policy, §6.10:  | next 8 | policy no 8 | prot type 8 | length 16 | parameters ~
 * each parameter  | type 8 | length 8 | value ~  */
INLINE enum wire_status mikey_read_sp(struct parser *p)
{
    const uint8_t *end, *start;

    get_u8(p, MIKEY_FIELD_POLICY_NUMBER);
    get_u8(p, MIKEY_FIELD_PROTOCOL_TYPE);
    end = enter(p, take(p, "policy parameters", get_u16(p, MIKEY_FIELD_LENGTH)));
    while (p->status == WIRE_OK && wire_left(&p->r) > 0) {
        start = p->r.at;
        take(p, "parameter type", 1);
        if (take(p, "parameter length", 1).len == 1)
            take(p, "parameter", start[1]);
        tell(p, MIKEY_FIELD_PARAMETER, bytes_of(start, (size_t)(p->r.at - start)));
    }
    p->r.end = end;
    p->m->sp_count++;
    return p->status;
}

/* Error, §6.12:  | next 8 | error no 8 | reserved 16 | */
INLINE enum wire_status mikey_read_err(struct parser *p)
{
    struct mikey_message *m = p->m;

    if (m->has_error)
        return mikey_refuse_second(p);
    m->has_error = true;
    m->error_number = get_u8(p, MIKEY_FIELD_ERROR_NUMBER);
    get(p, MIKEY_FIELD_RESERVED, 2);
    if (p->status == WIRE_OK && m->error_number > MIKEY_ERROR_NUMBER_MAX)
        return mikey_refuse_code(p, p->payload_at + 1, "error number", m->error_number,
                                 MIKEY_ERROR_NUMBER_MAX);
    return p->status;
}

/* The MAC that ends a message: type byte, then MAC to the last byte. It covers what stands before it (§5.2).
 * Without a MAC there is nothing to believe, so NULL is refused. */
INLINE enum wire_status mikey_read_mac(struct parser *p, uint8_t *algorithm, struct bytes *mac)
{
    const uint8_t *at = p->r.at;

    *algorithm = get_u8(p, MIKEY_FIELD_MAC_ALG);
    p->m->covered = bytes_of(p->start, (size_t)(p->r.at - p->start));
    if (p->status == WIRE_OK && *algorithm != MIKEY_MAC_HMAC_SHA1_160)
        return REFUSE(p, WIRE_UNSUPPORTED, at, "MAC algorithm %u (%s), expected 1 (HMAC-SHA-1-160)",
                      *algorithm, *algorithm == MIKEY_MAC_NULL ? "none (NULL)" : "unknown");
    *mac = get(p, MIKEY_FIELD_MAC, MIKEY_MAC_BYTES);
    if (p->status != WIRE_OK)
        return p->status;
    if (wire_left(&p->r) > 0)
        return mikey_refuse_trailing(p, "MAC");
    if (p->next != MIKEY_LAST)
        return REFUSE(p, WIRE_MALFORMED, p->next_at,
                      "payload %u is announced after the MAC, expected none (0)", p->next);
    return WIRE_OK;
}

/* KEMAC, §6.2:  | next 8 = 0 | encr alg 8 | length 16 | encr data ~ | mac alg 8 | MAC 160 | */
INLINE enum wire_status mikey_read_kemac(struct parser *p)
{
    struct mikey_message *m = p->m;

    m->has_kemac = true;
    m->encr_alg = get_u8(p, MIKEY_FIELD_ENCR_ALG);
    if (m->encr_alg > MIKEY_ENCR_AES_KW_128)
        mikey_refuse_code(p, p->payload_at + 1, "encryption algorithm", m->encr_alg, MIKEY_ENCR_AES_KW_128);
    m->encr_data = get(p, MIKEY_FIELD_ENCR_DATA, get_u16(p, MIKEY_FIELD_LENGTH));
    return p->status != WIRE_OK ? p->status : mikey_read_mac(p, &m->mac_alg, &m->mac);
}

/* Verification, §6.9:  | next 8 = 0 | auth alg 8 | ver data 160 | */
INLINE enum wire_status mikey_read_v(struct parser *p)
{
    p->m->has_verification = true;
    return mikey_read_mac(p, &p->m->auth_alg, &p->m->ver_data);
}

/* The codes of the public-key and Diffie-Hellman methods, MIKEY_PKE to MIKEY_CHASH, are known, but not
 * read. The others are unassigned, or of key data outside a KEMAC. */
INLINE enum wire_status mikey_refuse_payload(struct parser *p)
{
    return REFUSE(p, p->next <= MIKEY_CHASH ? WIRE_UNSUPPORTED : WIRE_MALFORMED, p->next_at,
                  "next payload %u (%s) cannot stand here, expected one of the pre-shared key method",
                  p->next, mikey_payload_name(p->next));
}

/* What follows the code of the next payload. */
INLINE enum wire_status mikey_read_body(struct parser *p)
{
    switch (p->payload) {
    case MIKEY_KEMAC:
        return mikey_read_kemac(p);
    case MIKEY_V:
        return mikey_read_v(p);
    case MIKEY_T:
        return mikey_read_t(p);
    case MIKEY_ID:
        return mikey_read_id(p);
    case MIKEY_SP:
        return mikey_read_sp(p);
    case MIKEY_RAND:
        return mikey_read_rand(p);
    case MIKEY_ERR:
        return mikey_read_err(p);
    default:
        return mikey_read_ext(p);
    }
}

INLINE bool mikey_is_read(uint8_t code)
{
    const uint32_t codes = 1U << MIKEY_KEMAC | 1U << MIKEY_V | 1U << MIKEY_T | 1U << MIKEY_ID |
                           1U << MIKEY_SP | 1U << MIKEY_RAND | 1U << MIKEY_ERR | 1U << MIKEY_EXT;

    return code < 32 && codes >> code & 1;
}

/* The payload that is announced. Each begins with the code of the next. */
INLINE enum wire_status mikey_read_payload(struct parser *p)
{
    if (!mikey_is_read(p->next))
        mikey_refuse_payload(p);
    if (++p->payloads > MIKEY_PAYLOADS_MAX)
        return REFUSE(p, WIRE_LIMIT, p->next_at, "more than %d payloads", MIKEY_PAYLOADS_MAX);
    p->payload = p->next;
    p->payload_at = p->next_at = p->r.at;
    tell(p, MIKEY_FIELD_START, bytes_of(p->r.at, 0));
    p->next = get_u8(p, MIKEY_FIELD_NEXT);
    return p->status != WIRE_OK ? p->status : mikey_read_body(p);
}

/* All payloads are right by themselves: nothing may come behind them, and none may be missing. */
INLINE enum wire_status mikey_check_whole(struct parser *p)
{
    if (wire_left(&p->r) > 0)
        return mikey_refuse_trailing(p, "last payload");
    if (!mikey_shape_ok(p->m))
        return REFUSE(p, WIRE_MALFORMED, p->r.at,
                      "malformed: these payloads do not make a message of data type %u, expected %s",
                      p->m->data_type, mikey_expected_shape(p->m));
    return WIRE_OK;
}

INLINE enum wire_status parse(struct bytes in, struct mikey_walk *walk, struct mikey_message *out)
{
    struct parser p = {.r = wire_reader(in), .m = out, .walk = walk};
    enum wire_status status;

    wire_clear(out, sizeof *out);
    p.start = p.r.at;
    status = mikey_read_header(&p);
    if (status == WIRE_OK && out->map_type == MIKEY_MAP_SRTP_ID)
        status = mikey_read_cs_map(&p);
    if (in.len > MIKEY_MESSAGE_BYTES_MAX)
        return REFUSE(&p, WIRE_LIMIT, p.start, "a message of %zu bytes, expected at most %d", in.len,
                      MIKEY_MESSAGE_BYTES_MAX);
    while (status == WIRE_OK && p.next != MIKEY_LAST)
        status = mikey_read_payload(&p);
    return status == WIRE_OK ? mikey_check_whole(&p) : status;
}

enum wire_status mikey_decode(struct bytes in, struct mikey_message *out)
{
    return parse(in, NULL, out);
}

enum wire_status mikey_walk(struct bytes in, struct mikey_walk *walk, struct mikey_message *out)
{
    return parse(in, walk, out);
}
