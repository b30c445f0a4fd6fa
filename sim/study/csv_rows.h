/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads CSV as RFC 4180 has it; LF or CRLF ends a row. */
#ifndef SIM_STUDY_CSV_ROWS_H
#define SIM_STUDY_CSV_ROWS_H

#include <glib.h>

/* The rows, each a NULL-terminated char **; free with g_ptr_array_unref(). NULL and *why (a literal) if it is
 * not CSV, or does not end with a whole row. */
GPtrArray *csv_rows(const char *text, const char **why);

#endif
