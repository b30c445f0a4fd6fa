/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* CSV reader. */
#include "sim/study/csv_rows.h"

#include <stdbool.h>
#include <string.h>

/* Takes one cell and moves *at to its end. NULL: there is a quote where none may be. */
static char *take_cell(const char **at)
{
    const char *start = *at;
    GString *cell;

    if (*start != '"') {
        *at += strcspn(start, ",\r\n\"");
        return **at == '"' ? NULL : g_strndup(start, (gsize)(*at - start));
    }
    cell = g_string_new(NULL);
    for (++*at; **at; ++*at) {
        if (**at == '"' && *++*at != '"')
            return g_string_free(cell, FALSE);
        g_string_append_c(cell, **at);
    }
    g_string_free(cell, TRUE);
    return NULL;
}

/* Moves past the end of a row; false if there is none. */
static bool take_line_end(const char **at)
{
    if (**at == '\r')
        ++*at;
    return *(*at)++ == '\n';
}

GPtrArray *csv_rows(const char *text, const char **why)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    const char *at = text;

    while (*at) {
        GPtrArray *row = g_ptr_array_new();
        char *cell;

        while ((cell = take_cell(&at)) != NULL) {
            g_ptr_array_add(row, cell);
            if (*at != ',')
                break;
            at++;
        }
        g_ptr_array_add(row, NULL);
        g_ptr_array_add(rows, g_ptr_array_free(row, FALSE));
        if (cell && take_line_end(&at))
            continue;
        *why = cell ? "its last row is cut off" : "a quotation mark is where none may be";
        g_ptr_array_unref(rows);
        return NULL;
    }
    return rows;
}
