/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm decode: command line, files, messages. */
#include "sim/cli/cli.h"
#include "sim/cli/decode_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define INPUT_BYTES_MAX 65536 /* a message of 2048 bytes in hexadecimal with generous white space */

/* What the command line says. */
struct command {
    char *keys, *bmsc, *rand;
    const char *file;
    GByteArray *rand_bytes;
};

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

/* The message of a file. NULL, *status and a line in `error` if there is none. */
static GByteArray *read_message(const char *path, int *status, GString *error)
{
    GByteArray *input = read_file(path, error), *message = NULL;

    *status = CLI_WRONG;
    if (input == NULL)
        return NULL;
    *status = CLI_FAILED;
    if (input->len > INPUT_BYTES_MAX)
        g_string_append_printf(error, "more than %d bytes, expected one MIKEY message", INPUT_BYTES_MAX);
    else
        message = decode_input(bytes_of(input->data, input->len), error);
    g_byte_array_unref(input);
    return message;
}

static bool read_rand(struct command *command)
{
    GString *why = g_string_new(NULL);

    if (command->rand == NULL) {
        g_string_free(why, TRUE);
        return true;
    }
    command->rand_bytes = decode_hex(bytes_text(command->rand), why);
    if (command->rand_bytes != NULL &&
        (command->rand_bytes->len < MIKEY_RAND_BYTES || command->rand_bytes->len > UINT8_MAX))
        g_string_append_printf(why, "%u bytes, expected %d to %d", command->rand_bytes->len, MIKEY_RAND_BYTES,
                               UINT8_MAX);

    bool right = why->len == 0;
    if (!right)
        cli_error("decode: --rand: %s", why->str);
    g_string_free(why, TRUE);
    return right;
}

/* Prints what a message says; `name` is its file's, for messages. */
static int print(const char *name, struct bytes message, const struct decode_options *options)
{
    GString *out = g_string_new(NULL), *error = g_string_new(NULL);
    int status = decode_message(message, options, out, error);

    fputs(out->str, stdout);
    if (cli_finish_output() != CLI_OK)
        status = CLI_FAILED;
    if (error->len > 0)
        cli_error("decode: %s: %s", name, error->str);
    g_string_free(out, TRUE);
    g_string_free(error, TRUE);
    return status;
}

static int decode_with_log(const struct command *command, const char *name, struct bytes bytes)
{
    struct decode_options options = {.bmsc = command->bmsc};
    struct decode_keylog *keylog = NULL;
    struct mikey_message message;
    GString *error = g_string_new(NULL);
    int status = CLI_WRONG;

    if (command->rand_bytes != NULL)
        options.rand = bytes_of(command->rand_bytes->data, command->rand_bytes->len);
    if (command->keys != NULL) {
        mikey_decode(bytes, &message); /* as far as it goes: for the B-TID */
        keylog = decode_keylog_open(command->keys, message.has_idr ? message.idr : bytes_text(""), error);
    }
    options.keylog = keylog;
    if (command->keys != NULL && keylog == NULL)
        cli_error("decode: %s", error->str);
    else
        status = print(name, bytes, &options);
    decode_keylog_close(keylog);
    g_string_free(error, TRUE);
    return status;
}

static int decode(const struct command *command)
{
    const char *name = strcmp(command->file, "-") == 0 ? "standard input" : command->file;
    GString *error = g_string_new(NULL);
    int status;
    GByteArray *message = read_message(command->file, &status, error);

    if (message == NULL)
        cli_error("decode: %s: %s", name, error->str);
    else {
        status = decode_with_log(command, name, bytes_of(message->data, message->len));
        g_byte_array_unref(message);
    }
    g_string_free(error, TRUE);
    return status;
}

int decode_command(int argc, char **argv)
{
    struct command command = {.file = "-"};
    const GOptionEntry entries[] = {
        {"keys", 0, 0, G_OPTION_ARG_FILENAME, &command.keys, "verify and decrypt with the keys of a key log",
         "keylog.csv"},
        {"bmsc", 0, 0, G_OPTION_ARG_STRING, &command.bmsc, "name of the BM-SC, to verify an ACK", "NAME"},
        {"rand", 0, 0, G_OPTION_ARG_STRING, &command.rand,
         "RAND of the message that an ACK answers, or that the MSK of an MTK message came with", "HEX"},
        {.long_name = NULL}};
    enum cli_parsed parsed = cli_parse(
        "[FILE|-]", "Prints a MIKEY message, hexadecimal or binary, field by field.", entries, &argc, argv);
    int status = CLI_WRONG;

    if (argc > 1)
        command.file = argv[1];
    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc > 2)
        cli_error("decode: expected one FILE or - for standard input, got %d (pullstorm decode --help)",
                  argc - 1);
    else if (parsed == CLI_GO && read_rand(&command))
        status = decode(&command);
    if (command.rand_bytes != NULL)
        g_byte_array_unref(command.rand_bytes);
    g_free(command.keys);
    g_free(command.bmsc);
    g_free(command.rand);
    return status;
}
