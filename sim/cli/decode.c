/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm decode: command line, input, and what kind of message it is. */
#include "sim/cli/decode.h"
#include "sim/cli/decode_parts.h"

#include <errno.h>
#include <stdio.h>

#define INPUT_BYTES_MAX 65536 /* a message of 2048 bytes in hexadecimal with generous white space */

enum { DECODED = 0, REFUSED = 1, WRONG = 2 };

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

/* The walk has found every payload to be right by itself: what is missing, or must not be there? */
static void say_shape(struct bytes message, const struct mikey_message *m, enum wire_status status,
                      GString *error)
{
    const char *expected = "T and KEMAC, no V, no ERR";

    if (m->data_type == MIKEY_PSK_VERIFICATION)
        expected = "T, at most one ID, and V; no RAND, no SP";
    else if (m->data_type == MIKEY_ERROR)
        expected = "T and ERR; no KEMAC, no RAND, no ID";
    if (m->map_type == MIKEY_MAP_EMPTY && m->sp_count > 0)
        expected = "no SP with an empty CS ID map (RFC 4563)";
    g_string_append_printf(
        error, "offset %zu: %s: these payloads do not make a message of data type %u, expected %s",
        message.len, wire_status_text(status), m->data_type, expected);
}

int decode_message(struct bytes bytes, const struct decode_options *options, GString *out, GString *error)
{
    struct mikey_message message;
    enum wire_status status = mikey_decode(bytes, &message);

    g_string_append_printf(out, "offset  %-36s  %-16s  meaning\n", "bytes", "field");
    if (!decode_walk(bytes, out, error))
        return REFUSED;
    if (status != WIRE_OK) {
        say_shape(bytes, &message, status, error);
        return REFUSED;
    }
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

static GByteArray *from_hex(struct bytes text, GString *error)
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
        return from_hex(input, error);
    for (size_t i = 0; i < input.len; i++)
        if (!g_ascii_isspace(input.at[i]))
            return g_byte_array_append(g_byte_array_new(), input.at, (guint)input.len);
    g_string_append(error, "empty input, expected a MIKEY message in hexadecimal or binary");
    return NULL;
}

/* All of a file, up to what a message can need; NULL and a message if it cannot be read. */
static GByteArray *read_file(const char *path, GString *error)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    GByteArray *bytes = g_byte_array_new();
    uint8_t piece[4096];
    size_t len;

    while (file != NULL && bytes->len <= INPUT_BYTES_MAX && (len = fread(piece, 1, sizeof piece, file)) > 0)
        g_byte_array_append(bytes, piece, (guint)len);
    if (file == NULL || ferror(file)) {
        g_string_append_printf(error, "cannot be read: %s", g_strerror(errno));
        g_byte_array_unref(bytes);
        bytes = NULL;
    }
    if (file != NULL && !standard)
        fclose(file);
    return bytes;
}

static int report(const char *name, const GString *error, int status)
{
    fprintf(stderr, "pullstorm: decode: %s%s%s\n", name, *name ? ": " : "", error->str);
    return status;
}

/* Prints what a message says; `name` is its file's, for messages. */
static int print(const char *name, struct bytes message, const struct decode_options *options)
{
    GString *out = g_string_new(NULL), *error = g_string_new(NULL);
    int status = decode_message(message, options, out, error);

    fputs(out->str, stdout);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        g_string_printf(error, "standard output could not be written: %s", g_strerror(errno));
        status = REFUSED;
    }
    if (error->len > 0)
        report(name, error, status);
    g_string_free(out, TRUE);
    g_string_free(error, TRUE);
    return status;
}

/* What the command line says. */
struct command {
    char *keys, *bmsc, *rand;
    const char *file;
    GByteArray *rand_bytes;
};

static bool read_rand(struct command *command, GString *error)
{
    GString *why = g_string_new(NULL);

    if (command->rand == NULL) {
        g_string_free(why, TRUE);
        return true;
    }
    command->rand_bytes = from_hex(bytes_text(command->rand), why);
    if (command->rand_bytes == NULL)
        g_string_append_printf(error, "--rand: %s", why->str);
    else if (command->rand_bytes->len < MIKEY_RAND_BYTES || command->rand_bytes->len > UINT8_MAX)
        g_string_append_printf(error, "--rand: %u bytes, expected %d to %d", command->rand_bytes->len,
                               MIKEY_RAND_BYTES, UINT8_MAX);
    g_string_free(why, TRUE);
    return error->len == 0;
}

static bool parse(int argc, char **argv, struct command *command, GString *error)
{
    const GOptionEntry entries[] = {
        {"keys", 0, 0, G_OPTION_ARG_FILENAME, &command->keys, "verify and decrypt with the keys of a key log",
         "keylog.csv"},
        {"bmsc", 0, 0, G_OPTION_ARG_STRING, &command->bmsc, "name of the BM-SC, to verify an ACK", "NAME"},
        {"rand", 0, 0, G_OPTION_ARG_STRING, &command->rand,
         "RAND of the message that an ACK answers, or that the MSK of an MTK message came with", "HEX"},
        G_OPTION_ENTRY_NULL};
    GOptionContext *context = g_option_context_new("[FILE|-] - print a MIKEY message field by field");
    char **words = g_new0(char *, (gsize)argc + 1), **kept = g_new0(char *, (gsize)argc + 1);
    GError *problem = NULL;
    bool right;

    for (int i = 0; i < argc; i++)
        kept[i] = words[i] = g_strdup(argv[i]);
    g_set_prgname("pullstorm decode"); /* for "Usage:" */
    g_option_context_add_main_entries(context, entries, NULL);
    right = g_option_context_parse(context, &argc, &words, &problem);
    if (!right)
        g_string_append_printf(error, "%s (pullstorm decode --help)", problem->message);
    else if (argc > 2)
        g_string_append_printf(error, "%d files, expected one or - for standard input", argc - 1);
    command->file = argc > 1 && error->len == 0 ? g_intern_string(words[1]) : "-";
    g_clear_error(&problem);
    g_option_context_free(context);
    g_free(words);
    g_strfreev(kept);
    return error->len == 0 && read_rand(command, error);
}

/* The message of the file that the command line names. NULL, *status and a line in `error` if there is none. */
static GByteArray *read_message(const char *path, int *status, GString *error)
{
    GByteArray *input = read_file(path, error), *message = NULL;

    *status = WRONG;
    if (input == NULL)
        return NULL;
    *status = REFUSED;
    if (input->len > INPUT_BYTES_MAX)
        g_string_append_printf(error, "more than %d bytes, expected one MIKEY message", INPUT_BYTES_MAX);
    else
        message = decode_input(bytes_of(input->data, input->len), error);
    g_byte_array_unref(input);
    return message;
}

static int decode_with_log(const struct command *command, const char *name, struct bytes bytes,
                           GString *error)
{
    struct decode_options options = {.bmsc = command->bmsc};
    struct decode_keylog *keylog = NULL;
    struct mikey_message message;
    int status = WRONG;

    if (command->rand_bytes != NULL)
        options.rand = bytes_of(command->rand_bytes->data, command->rand_bytes->len);
    if (command->keys != NULL) {
        mikey_decode(bytes, &message); /* as far as it goes: for the B-TID */
        keylog = decode_keylog_open(command->keys, message.has_idr ? message.idr : bytes_text(""), error);
    }
    options.keylog = keylog;
    if (command->keys != NULL && keylog == NULL)
        report("", error, WRONG);
    else
        status = print(name, bytes, &options);
    decode_keylog_close(keylog);
    return status;
}

static int run(const struct command *command, GString *error)
{
    const char *name = strcmp(command->file, "-") == 0 ? "standard input" : command->file;
    int status;
    GByteArray *message = read_message(command->file, &status, error);

    if (message == NULL)
        return report(name, error, status);
    status = decode_with_log(command, name, bytes_of(message->data, message->len), error);
    g_byte_array_unref(message);
    return status;
}

int decode_command(int argc, char **argv)
{
    struct command command = {NULL, NULL, NULL, NULL, NULL};
    GString *error = g_string_new(NULL);
    int status;

    if (!parse(argc, argv, &command, error))
        status = report("", error, WRONG);
    else
        status = run(&command, error);
    if (command.rand_bytes != NULL)
        g_byte_array_unref(command.rand_bytes);
    g_free(command.keys);
    g_free(command.bmsc);
    g_free(command.rand);
    g_string_free(error, TRUE);
    return status;
}
