/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The walk of pullstorm decode over a MIKEY message (RFC 3830 §6, RFC 4563 §4). It is apart from the codec
 * because it has to say at which offset a message goes wrong, and to print what is good until there. */
#include "models/wire/mikey_layout.h"
#include "sim/cli/decode_parts.h"

#include <inttypes.h>

#define SHOWN_MAX  18 /* bytes of a field that are printed whole */
#define SHOWN_HEAD 12 /* bytes that are printed of a longer one */

struct walk {
    struct bytes in;
    size_t at;
    GString *out, *error;
    bool failed;
    uint8_t data_type;
    unsigned ids;     /* ID payloads seen */
    uint32_t payload; /* codes seen, a bit each */
};

static const char *const payload_names[] = {
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

static const char *const encr_names[] = {"none (NULL)", "AES-CM-128 (AES in counter mode)", "AES key wrap"};
static const char *const mac_names[] = {"none (NULL)", "HMAC-SHA-1-160"};
static const char *const ts_names[] = {"NTP-UTC, 64 bits", "NTP, 64 bits", "COUNTER, 32 bits"};
static const char *const id_names[] = {"NAI", "URI"};
static const char *const map_names[] = {"SRTP-ID", "empty map"};
static const char *const ext_names[] = {"vendor ID",          "SDP IDs", "TESLA I-Key",
                                        "Key ID information", "CSB ID",  "OMA BCAST"};
static const char *const error_names[] = {"authentication failure",
                                          "invalid timestamp",
                                          "PRF not supported",
                                          "MAC not supported",
                                          "encryption not supported",
                                          "hash not supported",
                                          "DH group not supported",
                                          "ID not supported",
                                          "certificate not supported",
                                          "SP type not supported",
                                          "SP parameters not supported",
                                          "data type not supported",
                                          "unspecified error"};

#define NAME(names, code) ((code) < G_N_ELEMENTS(names) && (names)[code] ? (names)[code] : "unknown")

void decode_append_hex(GString *out, struct bytes raw)
{
    for (size_t i = 0; i < raw.len; i++)
        g_string_append_printf(out, "%02x", raw.at[i]);
}

char *decode_quote(struct bytes text)
{
    GString *quoted = g_string_new("\"");

    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= 0x20 && text.at[i] < 0x7f && text.at[i] != '"' && text.at[i] != '\\')
            g_string_append_c(quoted, (char)text.at[i]);
        else
            g_string_append_printf(quoted, "\\x%02x", text.at[i]);
    g_string_append_c(quoted, '"');
    return g_string_free(quoted, FALSE);
}

uint64_t decode_number(struct bytes raw)
{
    uint64_t value = 0;

    for (size_t i = 0; i < raw.len; i++)
        value = value << 8 | raw.at[i];
    return value;
}

void decode_row(GString *out, size_t offset, struct bytes raw, const char *field, const char *format, ...)
{
    GString *hex = g_string_new(NULL);
    va_list args;

    decode_append_hex(hex, raw.len <= SHOWN_MAX ? raw : bytes_of(raw.at, SHOWN_HEAD));
    if (raw.len > SHOWN_MAX)
        g_string_append_printf(hex, "... %zu bytes", raw.len);
    g_string_append_printf(out, "%6zu  %-36s  %-16s  ", offset, hex->str, field);
    va_start(args, format);
    g_string_append_vprintf(out, format, args);
    va_end(args);
    g_string_append_c(out, '\n');
    g_string_free(hex, TRUE);
}

void decode_title(GString *out, size_t offset, const char *title)
{
    g_string_append_printf(out, "%6zu  -- %s\n", offset, title);
}

/* Only the first failure is reported. */
static void walk_fail(struct walk *w, size_t offset, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void walk_fail(struct walk *w, size_t offset, const char *format, ...)
{
    va_list args;

    if (w->failed)
        return;
    w->failed = true;
    g_string_append_printf(w->error, "offset %zu: ", offset);
    va_start(args, format);
    g_string_append_vprintf(w->error, format, args);
    va_end(args);
}

/* The next `len` bytes; none after a failure, so that callers look at `failed` only before they print. */
static struct bytes take(struct walk *w, size_t len, const char *what)
{
    struct bytes taken = bytes_of(w->in.at + w->at, len);

    if (!w->failed && w->in.len - w->at < len)
        walk_fail(w, w->at, "%s: expected %zu byte%s, %zu left", what, len, len == 1 ? "" : "s",
                  w->in.len - w->at);
    if (w->failed)
        return bytes_of(NULL, 0);
    w->at += len;
    return taken;
}

/* A field that is a code: its row, and the code. */
static uint8_t take_code(struct walk *w, const char *field, const char *const *names, unsigned count)
{
    size_t offset = w->at;
    struct bytes raw = take(w, 1, field);

    if (w->failed)
        return 0;
    decode_row(w->out, offset, raw, field, "%u: %s", raw.at[0],
               raw.at[0] < count && names[raw.at[0]] ? names[raw.at[0]] : "unknown");
    return raw.at[0];
}

#define TAKE_CODE(w, field, names) take_code((w), (field), (names), G_N_ELEMENTS(names))

static size_t take_length(struct walk *w, unsigned width, const char *field)
{
    size_t offset = w->at;
    struct bytes raw = take(w, width, field);

    if (w->failed)
        return 0;
    decode_row(w->out, offset, raw, field, "%" PRIu64, decode_number(raw));
    return (size_t)decode_number(raw);
}

static uint8_t take_next(struct walk *w)
{
    return TAKE_CODE(w, "next payload", payload_names);
}

/* `offset` of the code, `value` outside 0..`limit`. */
static void check_code(struct walk *w, size_t offset, const char *what, unsigned value, unsigned limit)
{
    if (value > limit)
        walk_fail(w, offset, "%s %u is not supported, expected 0 to %u", what, value, limit);
}

static void walk_cs_map(struct walk *w, unsigned count)
{
    for (unsigned i = 0; i < count && !w->failed; i++) {
        size_t offset = w->at;
        struct bytes raw = take(w, MIKEY_CS_BYTES, "CS ID map");

        if (!w->failed)
            decode_row(w->out, offset, raw, "crypto session", "policy %u, SSRC %08x, ROC %u", raw.at[0],
                       (unsigned)decode_number(bytes_of(raw.at + 1, 4)),
                       (unsigned)decode_number(bytes_of(raw.at + 5, 4)));
    }
}

static const char *data_type_name(uint8_t type)
{
    switch (type) {
    case MIKEY_PSK_INIT:
        return "pre-shared key message of the initiator";
    case MIKEY_PSK_VERIFICATION:
        return "verification message (ACK)";
    case MIKEY_ERROR:
        return "error message";
    default:
        return "of another key exchange method";
    }
}

/* V says something in a message of the initiator only (§6.1). */
static const char *v_meaning(const struct walk *w, unsigned v)
{
    if (w->data_type != MIKEY_PSK_INIT)
        return "without meaning here";
    return v ? "a verification message is wanted" : "no verification message is wanted";
}

/* The first four bytes of the common header; returns the code of the first payload. */
static uint8_t walk_header_start(struct walk *w)
{
    struct bytes raw = take(w, 1, "version");
    uint8_t next;

    if (w->failed)
        return MIKEY_LAST;
    decode_row(w->out, 0, raw, "version", "%u", raw.at[0]);
    if (raw.at[0] != MIKEY_VERSION)
        walk_fail(w, 0, "version %u is not MIKEY, expected 1", raw.at[0]);
    raw = take(w, 1, "data type");
    if (w->failed)
        return MIKEY_LAST;
    w->data_type = raw.at[0];
    decode_row(w->out, 1, raw, "data type", "%u: %s", raw.at[0], data_type_name(raw.at[0]));
    if (raw.at[0] != MIKEY_PSK_INIT && raw.at[0] != MIKEY_PSK_VERIFICATION && raw.at[0] != MIKEY_ERROR)
        walk_fail(w, 1, "data type %u is not supported, expected 0, 1 or 6", raw.at[0]);
    next = take_next(w);
    raw = take(w, 1, "V and PRF");
    if (w->failed)
        return MIKEY_LAST;
    decode_row(w->out, 3, raw, "V and PRF", "V = %u: %s; PRF %u: %s", raw.at[0] >> 7,
               v_meaning(w, raw.at[0] >> 7), raw.at[0] & 0x7f,
               raw.at[0] & 0x7f ? "unknown" : "MIKEY-1 (HMAC-SHA-1)");
    check_code(w, 3, "PRF", raw.at[0] & 0x7f, 0);
    return next;
}

static uint8_t walk_header(struct walk *w)
{
    uint8_t next, map_type;
    struct bytes raw;
    size_t count;

    decode_title(w->out, 0, "HDR: common header");
    next = walk_header_start(w);
    raw = take(w, 4, "CSB ID");
    if (!w->failed)
        decode_row(w->out, 4, raw, "CSB ID", "%08x", (unsigned)decode_number(raw));
    count = take_length(w, 1, "#CS");
    map_type = TAKE_CODE(w, "CS ID map type", map_names);
    if (w->failed)
        return MIKEY_LAST;
    check_code(w, 9, "CS ID map type", map_type, MIKEY_MAP_EMPTY);
    if (map_type == MIKEY_MAP_SRTP_ID)
        walk_cs_map(w, (unsigned)count);
    return next;
}

/* Three bytes of MCC and MNC digits as in TS 24.008: MCC2|MCC1, MNC3|MCC3, MNC2|MNC1, F for no digit. */
static void row_key_domain(struct walk *w, size_t offset, struct bytes id)
{
    const unsigned digit[6] = {id.at[0] & 15u, id.at[0] >> 4, id.at[1] & 15u,
                               id.at[2] & 15u, id.at[2] >> 4, id.at[1] >> 4};
    bool plmn = digit[5] < 10 || digit[5] == 15;

    for (unsigned i = 0; i < 5; i++)
        plmn = plmn && digit[i] < 10;
    if (!plmn)
        decode_row(w->out, offset, id, "Key Domain ID", "no MCC and MNC in it");
    else if (digit[5] == 15)
        decode_row(w->out, offset, id, "Key Domain ID", "MCC %u%u%u, MNC %u%u", digit[0], digit[1], digit[2],
                   digit[3], digit[4]);
    else
        decode_row(w->out, offset, id, "Key Domain ID", "MCC %u%u%u, MNC %u%u%u", digit[0], digit[1],
                   digit[2], digit[3], digit[4], digit[5]);
}

static void row_msk_id(struct walk *w, size_t offset, struct bytes id)
{
    unsigned group = (unsigned)decode_number(bytes_of(id.at, 2));
    unsigned number = (unsigned)decode_number(bytes_of(id.at + 2, 2));

    if (number == 0)
        decode_row(w->out, offset, id, "MSK ID",
                   "Key Group %u, Key Number 0: request the current MSK (solicited pull)", group);
    else
        decode_row(w->out, offset, id, "MSK ID", "Key Group %u, Key Number %u", group, number);
}

/* One sub-payload of the Key ID information; `seen` has a bit for each type met. */
static void walk_key_id(struct walk *w, unsigned *seen)
{
    static const char *const names[] = {"Key Domain ID", "MSK ID", "MTK ID"};
    static const unsigned lengths[] = {3, 4, 0};
    size_t start = w->at;
    uint8_t type = TAKE_CODE(w, "key ID type", names);
    size_t len = take_length(w, 1, "key ID length"), offset = w->at;
    struct bytes id = take(w, len, "key ID");

    if (w->failed)
        return;
    if (type > MIKEY_ID_MTK) {
        decode_row(w->out, offset, id, "key ID", "passed over");
        return;
    }
    if (*seen & 1u << type)
        walk_fail(w, start, "a second %s", names[type]);
    else if (lengths[type] != 0 && len != lengths[type])
        walk_fail(w, start + 1, "%s has length %zu, expected %u", names[type], len, lengths[type]);
    else if (len == 0 || len > MIKEY_MTK_ID_BYTES_MAX)
        walk_fail(w, start + 1, "MTK ID has length %zu, expected 1 to %d", len, MIKEY_MTK_ID_BYTES_MAX);
    *seen |= 1u << type;
    if (w->failed)
        return;
    if (type == MIKEY_ID_KEY_DOMAIN)
        row_key_domain(w, offset, id);
    else if (type == MIKEY_ID_MSK)
        row_msk_id(w, offset, id);
    else
        decode_row(w->out, offset, id, "MTK ID", "%" PRIu64, decode_number(id));
}

static void walk_ext(struct walk *w)
{
    size_t start = w->at - 1;
    uint8_t type = TAKE_CODE(w, "extension type", ext_names);
    size_t len = take_length(w, 2, "length"), offset = w->at;
    struct bytes data = take(w, len, "extension");
    struct walk inner = *w;
    unsigned seen = 0;

    if (w->failed)
        return;
    if (type != MIKEY_EXT_KEY_ID) {
        decode_row(w->out, offset, data, "extension data", "passed over");
        return;
    }
    if (w->payload & 1u << MIKEY_EXT)
        walk_fail(w, start, "a second Key ID information extension");
    else if (len == 0)
        walk_fail(w, start + 2, "Key ID information without any key ID");
    w->payload |= 1u << MIKEY_EXT;
    inner.in.len = w->at; /* a key ID must end within the extension */
    inner.at = offset;
    while (!w->failed && inner.at < inner.in.len) {
        walk_key_id(&inner, &seen);
        w->failed = inner.failed;
    }
}

static void walk_t(struct walk *w)
{
    size_t type_at = w->at, offset;
    uint8_t type = TAKE_CODE(w, "timestamp type", ts_names);
    struct bytes raw;

    check_code(w, type_at, "timestamp type", type, MIKEY_TS_COUNTER);
    offset = w->at;
    raw = take(w, type == MIKEY_TS_COUNTER ? 4 : 8, "timestamp");
    if (!w->failed)
        decode_row(w->out, offset, raw, "timestamp", "%s%" PRIu64, type == MIKEY_TS_COUNTER ? "counter " : "",
                   decode_number(raw));
}

static void walk_rand(struct walk *w)
{
    size_t length_at = w->at, len = take_length(w, 1, "length"), offset = w->at;
    struct bytes raw = take(w, len, "RAND");

    if (w->failed)
        return;
    decode_row(w->out, offset, raw, "RAND", "%zu bytes", len);
    if (len < MIKEY_RAND_BYTES)
        walk_fail(w, length_at, "RAND of %zu bytes, expected at least %d", len, MIKEY_RAND_BYTES);
}

static const char *id_role(const struct walk *w)
{
    if (w->data_type == MIKEY_PSK_VERIFICATION || (w->data_type == MIKEY_PSK_INIT && w->ids == 2))
        return "responder (IDr): the UE, by its B-TID";
    return "initiator (IDi): the BM-SC";
}

static void walk_id(struct walk *w)
{
    size_t start = w->at - 1, len, offset;
    struct bytes raw;
    char *text;

    TAKE_CODE(w, "ID type", id_names);
    len = take_length(w, 2, "length");
    offset = w->at;
    raw = take(w, len, "ID");
    if (w->failed)
        return;
    if (++w->ids > (w->data_type == MIKEY_PSK_INIT ? 2 : 1))
        walk_fail(w, start, "an ID payload too many");
    text = decode_quote(raw);
    decode_row(w->out, offset, raw, "ID", "%s; %s", text, id_role(w));
    g_free(text);
}

static void walk_sp(struct walk *w)
{
    size_t end, offset;
    struct walk inner;

    take_length(w, 1, "policy number");
    take_length(w, 1, "protocol type");
    end = take_length(w, 2, "length");
    offset = w->at;
    take(w, end, "policy parameters");
    inner = *w;
    inner.in.len = w->at;
    inner.at = offset;
    while (!w->failed && inner.at < inner.in.len) {
        size_t at = inner.at;
        struct bytes type = take(&inner, 1, "parameter type"), length = take(&inner, 1, "parameter length");
        struct bytes value = take(&inner, inner.failed ? 0 : length.at[0], "parameter");

        w->failed = inner.failed;
        if (!w->failed)
            decode_row(w->out, at, bytes_of(type.at, value.len + 2), "parameter", "type %u, %u bytes",
                       type.at[0], length.at[0]);
    }
}

static void walk_err(struct walk *w)
{
    size_t offset = w->at;
    uint8_t number = TAKE_CODE(w, "error number", error_names);
    struct bytes raw = take(w, 2, "reserved");

    if (!w->failed)
        decode_row(w->out, offset + 1, raw, "reserved", "%" PRIu64, decode_number(raw));
    check_code(w, offset, "error number", number, MIKEY_ERROR_NUMBER_MAX);
}

/* Algorithm and MAC, which end a message; `next` is the payload's next-payload code, which stands at
 * `start`. */
static void walk_mac(struct walk *w, size_t start, uint8_t next, const char *field)
{
    size_t algorithm_at = w->at, offset;
    uint8_t algorithm = TAKE_CODE(w, field, mac_names);
    struct bytes raw;

    if (!w->failed && algorithm != MIKEY_MAC_HMAC_SHA1_160)
        walk_fail(w, algorithm_at, "%s %u (%s), expected 1 (HMAC-SHA-1-160)", field, algorithm,
                  NAME(mac_names, algorithm));
    offset = w->at;
    raw = take(w, MIKEY_MAC_BYTES, "MAC");
    if (w->failed)
        return;
    decode_row(w->out, offset, raw, "MAC", "over bytes 0 to %zu%s", offset - 1,
               w->data_type == MIKEY_PSK_VERIFICATION ? ", IDi, IDr and timestamp" : "");
    if (w->at < w->in.len)
        walk_fail(w, w->at, "%zu byte%s after the MAC, expected the end of the message", w->in.len - w->at,
                  w->in.len - w->at == 1 ? "" : "s");
    else if (next != MIKEY_LAST)
        walk_fail(w, start, "payload %u is announced after the MAC, expected none (0)", next);
}

static void walk_kemac(struct walk *w, size_t start, uint8_t next)
{
    static const char *const protections[] = {[MIKEY_ENCR_NULL] = "in plain, not encrypted",
                                              [MIKEY_ENCR_AES_CM_128] = "encrypted with AES-CM-128",
                                              [MIKEY_ENCR_AES_KW_128] = "wrapped with AES-KW-128"};
    size_t encr_at = w->at, len, offset;
    uint8_t encr = TAKE_CODE(w, "encryption", encr_names);
    struct bytes raw;

    check_code(w, encr_at, "encryption algorithm", encr, MIKEY_ENCR_AES_KW_128);
    len = take_length(w, 2, "length");
    offset = w->at;
    raw = take(w, len, "key data");
    if (!w->failed)
        decode_row(w->out, offset, raw, "key data", "%s",
                   len == 0 ? "none: the KEMAC carries the MAC alone" : protections[encr]);
    walk_mac(w, start, next, "MAC algorithm");
}

static uint8_t walk_payload(struct walk *w, uint8_t code)
{
    size_t start = w->at;
    uint8_t next;

    decode_title(w->out, start, NAME(payload_names, code));
    next = take_next(w);
    if (!w->failed && code != MIKEY_EXT && code != MIKEY_ID && code != MIKEY_SP) {
        if (w->payload & 1u << code)
            walk_fail(w, start, "a second payload %s", NAME(payload_names, code));
        w->payload |= 1u << code;
    }
    if (w->failed)
        return MIKEY_LAST;
    switch (code) {
    case MIKEY_KEMAC:
        walk_kemac(w, start, next);
        break;
    case MIKEY_V:
        walk_mac(w, start, next, "MAC algorithm");
        break;
    case MIKEY_T:
        walk_t(w);
        break;
    case MIKEY_ID:
        walk_id(w);
        break;
    case MIKEY_SP:
        walk_sp(w);
        break;
    case MIKEY_RAND:
        walk_rand(w);
        break;
    case MIKEY_ERR:
        walk_err(w);
        break;
    default:
        walk_ext(w);
        break;
    }
    return next;
}

static bool is_readable(uint8_t code)
{
    return code == MIKEY_KEMAC || code == MIKEY_T || code == MIKEY_ID || code == MIKEY_V ||
           code == MIKEY_SP || code == MIKEY_RAND || code == MIKEY_ERR || code == MIKEY_EXT;
}

bool decode_walk(struct bytes in, GString *out, GString *error)
{
    struct walk w = {.in = in, .out = out, .error = error};
    size_t next_at = 2;
    unsigned payloads = 0;
    uint8_t next = walk_header(&w);

    if (in.len > MIKEY_MESSAGE_BYTES_MAX)
        walk_fail(&w, 0, "a message of %zu bytes, expected at most %d", in.len, MIKEY_MESSAGE_BYTES_MAX);
    while (!w.failed && next != MIKEY_LAST) {
        uint8_t code = next;

        if (!is_readable(code))
            walk_fail(&w, next_at,
                      "next payload %u (%s) cannot stand here, expected one of the pre-shared key method",
                      code, NAME(payload_names, code));
        else if (++payloads > MIKEY_PAYLOADS_MAX)
            walk_fail(&w, next_at, "more than %d payloads", MIKEY_PAYLOADS_MAX);
        if (w.failed)
            break;
        next_at = w.at;
        next = walk_payload(&w, code);
    }
    if (!w.failed && w.at < in.len)
        walk_fail(&w, w.at, "%zu byte%s after the last payload, expected the end of the message",
                  in.len - w.at, in.len - w.at == 1 ? "" : "s");
    return !w.failed;
}
