/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* CSV as RFC 4180 has it: UTF-8, a header row, '.' as decimal point in every locale, LF line ends. Every
 * write is checked: a full disk is found when it happens, or at the latest by csv_close(). */
#ifndef SIM_STATS_CSV_H
#define SIM_STATS_CSV_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct csv;

/* Creates the file or truncates it; csv_close() is its end. NULL and error if it cannot be made. */
struct csv *csv_open(const char *path, GError **error);
/* A file that will be renamed: errors call it by `name`. */
struct csv *csv_open_as(const char *path, const char *name, GError **error);
/* Writes into memory: *text once it is closed; free(). */
struct csv *csv_open_text(char **text);
/* Cells of a row; csv_row_end() ends it. Text is quoted when it must be. */
void csv_text(struct csv *csv, const char *text);
void csv_integer(struct csv *csv, int64_t value);
void csv_unsigned(struct csv *csv, uint64_t value);
/* Shortest text that reads back as the same double; an empty cell for NaN, which is no value. */
void csv_real(struct csv *csv, double value);
/* Bytes as lower-case hexadecimal digits. */
void csv_hex(struct csv *csv, const uint8_t *bytes, size_t length);
/* A time in ns as seconds, exact: 1500000000 is "1.5". */
void csv_seconds(struct csv *csv, int64_t value_ns);
/* False and error once anything could not be written (sticky). */
bool csv_row_end(struct csv *csv, GError **error);
/* Flushes and closes; frees in any case. */
bool csv_close(struct csv *csv, GError **error);

#endif
