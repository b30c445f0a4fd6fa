/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Numbers for a reader at a screen. Each writes into the caller's buffer and returns it. */
#ifndef SIM_CLI_FORMAT_H
#define SIM_CLI_FORMAT_H

#include <stdint.h>
#include <stdio.h>

#define FORMAT_SIZE 48

/* 1234567 as "1 234 567". */
char *format_count(char buffer[FORMAT_SIZE], int64_t value);
/* Three digits and the unit that fits: "12.3 ms", "4.50 s"; from two minutes on "3 min 20 s" and so on. */
char *format_seconds(char buffer[FORMAT_SIZE], double seconds);
/* "12.3 MB". */
char *format_bytes(char buffer[FORMAT_SIZE], double bytes);
/* "1.23 M", for rates. */
char *format_short(char buffer[FORMAT_SIZE], double value);
/* Nanoseconds as seconds, exactly, without trailing zeros: "0.0025". */
char *format_exact_seconds(char buffer[FORMAT_SIZE], int64_t value_ns);

/* Prints `text` broken between words into lines of at most `width` columns, each after `indent` blanks. */
void format_wrapped(FILE *to, unsigned indent, unsigned width, const char *text);
/* Prints a cell of a CSV row (RFC 4180), quoted where it must be. */
void format_csv_cell(FILE *to, const char *text);

#endif
