/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* CSV writer. The first write that fails is remembered, and every later call reports it: the caller checks
 * once per row. Nothing here asks the locale. */
#include "sim/stats/csv.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_SECOND UINT64_C(1000000000)

struct csv {
    FILE *file;
    char *name;     /* for messages */
    size_t length;  /* of what was written into memory */
    int failure;    /* errno of the first write that failed, 0 if none has */
    bool row_begun; /* the row has a cell */
};

static void set_error(GError **error, const char *name, int failure)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(failure), "%s: %s", name,
                g_strerror(failure));
}

struct csv *csv_open(const char *path, GError **error)
{
    return csv_open_as(path, path, error);
}

struct csv *csv_open_as(const char *path, const char *name, GError **error)
{
    FILE *file = fopen(path, "wbe");

    if (!file) {
        set_error(error, name, errno);
        return NULL;
    }
    struct csv *csv = g_new0(struct csv, 1);
    csv->file = file;
    csv->name = g_strdup(name);
    return csv;
}

struct csv *csv_open_text(char **text)
{
    struct csv *csv = g_new0(struct csv, 1);

    csv->file = open_memstream(text, &csv->length);
    if (!csv->file)
        g_error("csv: failed to allocate a text");
    csv->name = g_strdup("(memory)");
    return csv;
}

static void note_failure(struct csv *csv)
{
    if (csv->failure == 0)
        csv->failure = errno ? errno : EIO;
}

static void write_bytes(struct csv *csv, const char *bytes, size_t length)
{
    if (csv->failure == 0 && fwrite(bytes, 1, length, csv->file) != length)
        note_failure(csv);
}

static void write_cell(struct csv *csv, const char *text)
{
    if (csv->row_begun)
        write_bytes(csv, ",", 1);
    csv->row_begun = true;
    write_bytes(csv, text, strlen(text));
}

/* RFC 4180 clause 2 (5 to 7): in quotes if it holds a quote, a comma or a line break; quotes are doubled. */
static bool must_quote(const char *text)
{
    return strpbrk(text, "\",\r\n") != NULL;
}

void csv_text(struct csv *csv, const char *text)
{
    if (!must_quote(text)) {
        write_cell(csv, text);
        return;
    }
    write_cell(csv, "\"");
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        write_bytes(csv, text, (size_t)(quote - text));
        write_bytes(csv, "\"\"", 2);
    }
    write_bytes(csv, text, strlen(text));
    write_bytes(csv, "\"", 1);
}

void csv_integer(struct csv *csv, int64_t value)
{
    char text[32];

    g_snprintf(text, sizeof text, "%" G_GINT64_FORMAT, value);
    write_cell(csv, text);
}

void csv_unsigned(struct csv *csv, uint64_t value)
{
    char text[32];

    g_snprintf(text, sizeof text, "%" G_GUINT64_FORMAT, value);
    write_cell(csv, text);
}

void csv_real(struct csv *csv, double value)
{
    /* %g drops zeros at the end, so 15 digits, which every normal number can hold, are never too many. */
    int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(value)) {
        write_cell(csv, "");
        return;
    }
    do {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(text, sizeof text, format, value);
    } while (isfinite(value) && g_ascii_strtod(text, NULL) != value && digits++ < DBL_DECIMAL_DIG);
    write_cell(csv, text);
}

void csv_seconds(struct csv *csv, int64_t value_ns)
{
    uint64_t magnitude_ns = value_ns < 0 ? -(uint64_t)value_ns : (uint64_t)value_ns;
    char text[40];
    int length = g_snprintf(text, sizeof text, "%s%" G_GUINT64_FORMAT ".%09u", value_ns < 0 ? "-" : "",
                            magnitude_ns / NS_PER_SECOND, (unsigned)(magnitude_ns % NS_PER_SECOND));

    while (text[length - 1] == '0')
        length--;
    if (text[length - 1] == '.')
        length--;
    text[length] = '\0';
    write_cell(csv, text);
}

bool csv_row_end(struct csv *csv, GError **error)
{
    write_bytes(csv, "\n", 1);
    csv->row_begun = false;
    if (csv->failure == 0)
        return true;
    set_error(error, csv->name, csv->failure);
    return false;
}

bool csv_close(struct csv *csv, GError **error)
{
    if (fclose(csv->file) != 0)
        note_failure(csv);
    int failure = csv->failure;
    if (failure != 0)
        set_error(error, csv->name, failure);
    g_free(csv->name);
    g_free(csv);
    return failure == 0;
}
