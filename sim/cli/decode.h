/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm decode: prints a MIKEY message field by field, and with a key log verifies and decrypts it. */
#ifndef SIM_CLI_DECODE_H
#define SIM_CLI_DECODE_H

#include "sim/base/bytes.h"

#include <glib.h>

struct decode_keylog;

struct decode_options {
    const struct decode_keylog *keylog; /* NULL: only print */
    const char *bmsc;  /* the IDi of the message that an ACK answers; NULL: derived from the B-TID */
    struct bytes rand; /* RAND for messages that carry none; at == NULL: not known */
};

/* Appends what `message` says to `out`, and one line on what is wrong with it to `error`. Returns 0
 * (decoded and, with a key log, verified) or 1 (malformed, or not verified). */
int decode_message(struct bytes message, const struct decode_options *options, GString *out, GString *error);

/* The bytes of a message that is given as hexadecimal text (white space and 0x allowed) or as it is. NULL,
 * and a line appended to `error`, if it is neither. Free with g_byte_array_unref(). */
GByteArray *decode_input(struct bytes input, GString *error);

/* Reads keylog.csv, and keeps what a message can need, each key once: MSKs, MTKs, and the MUKs of `b_tid`
 * (with at == NULL of all), for a log of millions of UEs need not fit into memory. NULL, and a line appended
 * to `error`, if it cannot be read or is not one. */
struct decode_keylog *decode_keylog_open(const char *path, struct bytes b_tid, GString *error);
void decode_keylog_close(struct decode_keylog *keylog);

#endif
