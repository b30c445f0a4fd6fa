/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm decode: input, and what kind of message it is. */
#include "sim/cli/decode.h"
#include "sim/cli/decode_parts.h"

enum { DECODED = 0, REFUSED = 1 };

static const char *kind_of(const struct mikey_message *m)
{
    if (m->data_type == MIKEY_ERROR)
        return "an error message";
    if (m->data_type == MIKEY_PSK_VERIFICATION)
        return "an ACK (verification message)";
    if (m->has_mtk_id)
        return "an MTK message";
    if (m->has_msk_id && (m->msk_id & 0xffff) == 0 && m->encr_data.len == 0)
        return "a solicited pull: the BM-SC asks the UE to request the current MSK of the Key Group";
    if (m->has_msk_id && m->encr_data.len > 0)
        return "an MSK message (push)";
    return "a pre-shared key message of no kind that MBMS has";
}

int decode_message(struct bytes bytes, const struct decode_options *options, GString *out, GString *error)
{
    struct mikey_message message;

    g_string_append_printf(out, "offset  %-36s  %-16s  meaning\n", "bytes", "field");
    if (!decode_walk(bytes, &message, out, error))
        return REFUSED;
    g_string_append_printf(out, "\n%zu bytes: %s\n", bytes.len, kind_of(&message));
    return options->keylog == NULL ? DECODED : decode_verify(&message, options, out, error);
}

/* A MIKEY message begins with its version, 1, which no text does. */
static bool is_text(struct bytes input)
{
    size_t i = 0;

    while (i < input.len && g_ascii_isspace(input.at[i]))
        i++;
    return i < input.len && g_ascii_isgraph(input.at[i]);
}

GByteArray *decode_hex(struct bytes text, GString *error)
{
    GByteArray *out = g_byte_array_new();
    unsigned digits = 0;
    uint8_t byte = 0;

    for (size_t i = 0; i < text.len; i++) {
        int digit = g_ascii_xdigit_value((char)text.at[i]);

        if (digits % 2 == 0 && g_ascii_isspace(text.at[i]))
            continue;
        if (digits % 2 == 0 && digit == 0 && i + 1 < text.len && (text.at[i + 1] | 0x20) == 'x') {
            i++;
            continue;
        }
        if (digit < 0) {
            g_string_append_printf(error, "character %zu is 0x%02x, expected a hexadecimal digit%s", i + 1,
                                   text.at[i], digits % 2 ? " to end a byte" : ", white space or 0x");
            g_byte_array_unref(out);
            return NULL;
        }
        byte = (uint8_t)(byte << 4 | digit);
        if (++digits % 2 == 0)
            g_byte_array_append(out, &byte, 1);
    }
    if (digits % 2 == 0)
        return out;
    g_string_append_printf(error, "%u hexadecimal digits, expected an even number", digits);
    g_byte_array_unref(out);
    return NULL;
}

GByteArray *decode_input(struct bytes input, GString *error)
{
    if (is_text(input))
        return decode_hex(input, error);
    for (size_t i = 0; i < input.len; i++)
        if (!g_ascii_isspace(input.at[i]))
            return g_byte_array_append(g_byte_array_new(), input.at, (guint)input.len);
    g_string_append(error, "empty input, expected a MIKEY message in hexadecimal or binary");
    return NULL;
}
