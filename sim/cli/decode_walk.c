/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What pullstorm decode prints of the fields of a MIKEY message, as the parser finds them
 * (models/wire/mikey_walk.h). */
#include "models/wire/mikey_layout.h"
#include "models/wire/mikey_walk.h"
#include "sim/cli/decode_parts.h"

#include <inttypes.h>

#define SHOWN_MAX  18 /* bytes of a field that are printed whole */
#define SHOWN_HEAD 12 /* bytes that are printed of a longer one */

struct printer {
    GString *out;
    uint8_t data_type;
    uint8_t code; /* the last field that was a code: it says what the next ones mean */
    unsigned ids; /* ID payloads so far */
};

static const char *const encr_names[] = {"none (NULL)", "AES-CM-128 (AES in counter mode)", "AES key wrap"};
static const char *const mac_names[] = {"none (NULL)", "HMAC-SHA-1-160"};
static const char *const ts_names[] = {"NTP-UTC, 64 bits", "NTP, 64 bits", "COUNTER, 32 bits"};
static const char *const key_id_names[] = {"Key Domain ID", "MSK ID", "MTK ID"};
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

/* The row of a field: its bytes, its name, and what they mean. */
#define print_row(p, field, ...)                                                                             \
    decode_row((p)->out, (field)->offset, (field)->value, (field)->name, __VA_ARGS__)

static void print_start(struct printer *p, const struct mikey_field *field)
{
    decode_title(p->out, field->offset,
                 field->payload == 0 ? "HDR: common header" : mikey_payload_name(field->payload));
}

static void print_next(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "%u: %s", field->value.at[0], mikey_payload_name(field->value.at[0]));
}

static void print_data_type(struct printer *p, const struct mikey_field *field)
{
    const char *name = "of another key exchange method";

    p->data_type = field->value.at[0];
    if (p->data_type == MIKEY_PSK_INIT)
        name = "pre-shared key message of the initiator";
    else if (p->data_type == MIKEY_PSK_VERIFICATION)
        name = "verification message (ACK)";
    else if (p->data_type == MIKEY_ERROR)
        name = "error message";
    print_row(p, field, "%u: %s", p->data_type, name);
}

/* V says something in a message of the initiator only (§6.1). */
static void print_v_prf(struct printer *p, const struct mikey_field *field)
{
    const unsigned v = field->value.at[0] >> 7, prf = field->value.at[0] & 0x7f;
    const char *wanted = v ? "a verification message is wanted" : "no verification message is wanted";

    print_row(p, field, "V = %u: %s; PRF %u: %s", v,
              p->data_type == MIKEY_PSK_INIT ? wanted : "without meaning here", prf,
              prf ? "unknown" : "MIKEY-1 (HMAC-SHA-1)");
}

static void print_csb_id(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "%08x", (unsigned)decode_number(field->value));
}

static void print_cs(struct printer *p, const struct mikey_field *field)
{
    const uint8_t *at = field->value.at;

    print_row(p, field, "policy %u, SSRC %08x, ROC %u", at[0], (unsigned)decode_number(bytes_of(at + 1, 4)),
              (unsigned)decode_number(bytes_of(at + 5, 4)));
}

static void print_passed_over(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "passed over");
}

/* Three bytes of MCC and MNC digits as in TS 24.008: MCC2|MCC1, MNC3|MCC3, MNC2|MNC1, F for no digit. */
static void print_key_domain(struct printer *p, const struct mikey_field *field)
{
    const uint8_t *at = field->value.at;
    const unsigned digit[6] = {at[0] & 15u, at[0] >> 4, at[1] & 15u, at[2] & 15u, at[2] >> 4, at[1] >> 4};
    bool plmn = digit[5] < 10 || digit[5] == 15;

    for (unsigned i = 0; i < 5; i++)
        plmn = plmn && digit[i] < 10;
    if (!plmn)
        print_row(p, field, "no MCC and MNC in it");
    else if (digit[5] == 15)
        print_row(p, field, "MCC %u%u%u, MNC %u%u", digit[0], digit[1], digit[2], digit[3], digit[4]);
    else
        print_row(p, field, "MCC %u%u%u, MNC %u%u%u", digit[0], digit[1], digit[2], digit[3], digit[4],
                  digit[5]);
}

static void print_msk_id(struct printer *p, const struct mikey_field *field)
{
    const unsigned group = (unsigned)decode_number(field->value) >> 16;
    const unsigned number = (unsigned)decode_number(field->value) & 0xffff;

    if (number == 0)
        print_row(p, field, "Key Group %u, Key Number 0: request the current MSK (solicited pull)", group);
    else
        print_row(p, field, "Key Group %u, Key Number %u", group, number);
}

static void print_timestamp(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "%s%" PRIu64, p->code == MIKEY_TS_COUNTER ? "counter " : "",
              decode_number(field->value));
}

static void print_rand(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "%zu bytes", field->value.len);
}

static void print_id(struct printer *p, const struct mikey_field *field)
{
    char *text = decode_quote(field->value);
    bool second = ++p->ids == 2;
    bool responder = p->data_type == MIKEY_PSK_VERIFICATION || (p->data_type == MIKEY_PSK_INIT && second);

    print_row(p, field, "%s; %s", text,
              responder ? "responder (IDr): the UE, by its B-TID" : "initiator (IDi): the BM-SC");
    g_free(text);
}

static void print_parameter(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "type %u, %u bytes", field->value.at[0], field->value.at[1]);
}

static void print_encr_data(struct printer *p, const struct mikey_field *field)
{
    static const char *const protections[] = {[MIKEY_ENCR_NULL] = "in plain, not encrypted",
                                              [MIKEY_ENCR_AES_CM_128] = "encrypted with AES-CM-128",
                                              [MIKEY_ENCR_AES_KW_128] = "wrapped with AES-KW-128"};

    print_row(p, field, "%s",
              field->value.len == 0 ? "none: the KEMAC carries the MAC alone" : protections[p->code]);
}

static void print_mac(struct printer *p, const struct mikey_field *field)
{
    print_row(p, field, "over bytes 0 to %zu%s", field->offset - 1,
              p->data_type == MIKEY_PSK_VERIFICATION ? ", IDi, IDr and timestamp" : "");
}

/* How a field is printed: a code by its name, others by a function, the rest as numbers. */
static const struct {
    void (*print)(struct printer *p, const struct mikey_field *field);
    const char *const *names;
    unsigned count;
} meanings[MIKEY_FIELD_COUNT] = {
#define CODE(array)                                                                                          \
    {                                                                                                        \
        NULL, (array), G_N_ELEMENTS(array)                                                                   \
    }
    [MIKEY_FIELD_START] = {.print = print_start},
    [MIKEY_FIELD_DATA_TYPE] = {.print = print_data_type},
    [MIKEY_FIELD_NEXT] = {.print = print_next},
    [MIKEY_FIELD_V_PRF] = {.print = print_v_prf},
    [MIKEY_FIELD_CSB_ID] = {.print = print_csb_id},
    [MIKEY_FIELD_MAP_TYPE] = CODE(map_names),
    [MIKEY_FIELD_CS] = {.print = print_cs},
    [MIKEY_FIELD_EXT_TYPE] = CODE(ext_names),
    [MIKEY_FIELD_EXT_DATA] = {.print = print_passed_over},
    [MIKEY_FIELD_KEY_ID_TYPE] = CODE(key_id_names),
    [MIKEY_FIELD_KEY_ID] = {.print = print_passed_over},
    [MIKEY_FIELD_KEY_DOMAIN_ID] = {.print = print_key_domain},
    [MIKEY_FIELD_MSK_ID] = {.print = print_msk_id},
    [MIKEY_FIELD_TS_TYPE] = CODE(ts_names),
    [MIKEY_FIELD_TS] = {.print = print_timestamp},
    [MIKEY_FIELD_RAND] = {.print = print_rand},
    [MIKEY_FIELD_ID_TYPE] = CODE(id_names),
    [MIKEY_FIELD_ID] = {.print = print_id},
    [MIKEY_FIELD_PARAMETER] = {.print = print_parameter},
    [MIKEY_FIELD_ERROR_NUMBER] = CODE(error_names),
    [MIKEY_FIELD_ENCR_ALG] = CODE(encr_names),
    [MIKEY_FIELD_ENCR_DATA] = {.print = print_encr_data},
    [MIKEY_FIELD_MAC_ALG] = CODE(mac_names),
    [MIKEY_FIELD_MAC] = {.print = print_mac},
#undef CODE
};

static void print_code(struct printer *p, const struct mikey_field *field)
{
    const unsigned code = p->code = field->value.at[0];

    print_row(p, field, "%u: %s", code,
              code < meanings[field->id].count ? meanings[field->id].names[code] : "unknown");
}

static void print_field(const struct mikey_field *field, void *user)
{
    struct printer *p = user;

    if (meanings[field->id].names != NULL)
        print_code(p, field);
    else if (meanings[field->id].print != NULL)
        meanings[field->id].print(p, field);
    else
        print_row(p, field, "%" PRIu64, decode_number(field->value));
}

bool decode_walk(struct bytes in, struct mikey_message *message, GString *out, GString *error)
{
    struct printer printer = {.out = out};
    struct mikey_walk walk = {.on_field = print_field, .user = &printer};

    if (mikey_walk(in, &walk, message) == WIRE_OK)
        return true;
    g_string_append_printf(error, "offset %zu: %s", walk.fault_offset, walk.fault);
    return false;
}
