/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the files of pullstorm decode share: rows of output, the walk over a message, the key log,
 * verification. */
#ifndef SIM_CLI_DECODE_PARTS_H
#define SIM_CLI_DECODE_PARTS_H

#include "models/wire/mikey.h"
#include "sim/cli/decode.h"

/* One field: offset, its bytes (long ones shortened), name, meaning. */
void decode_row(GString *out, size_t offset, struct bytes raw, const char *field, const char *format, ...)
    G_GNUC_PRINTF(5, 6);
/* A title line. */
void decode_title(GString *out, size_t offset, const char *title);
/* Appends all bytes in hexadecimal. */
void decode_append_hex(GString *out, struct bytes raw);
/* The text in quotes, what a terminal might take for a command escaped. Free with g_free(). */
char *decode_quote(struct bytes text);
/* The bytes of hexadecimal text, as decode_input() takes it. */
GByteArray *decode_hex(struct bytes text, GString *error);
/* Big-endian, of at most 8 bytes. */
uint64_t decode_number(struct bytes raw);

/* Decodes a message, and prints its fields as far as they are right. False, and a line in `error`, if
 * mikey_decode() refuses it. */
bool decode_walk(struct bytes in, struct mikey_message *message, GString *out, GString *error);

/* A key of a log; b_tid is empty for what is no MUK. */
struct decode_key {
    char *label, *b_tid, *id;
    struct bytes value;
};
unsigned decode_keylog_count(const struct decode_keylog *keylog);
const struct decode_key *decode_keylog_key(const struct decode_keylog *keylog, unsigned index);

/* Verifies and decrypts a message that mikey_decode() accepted; returns what decode_message() returns. */
int decode_verify(const struct mikey_message *message, const struct decode_options *options, GString *out,
                  GString *error);

#endif
