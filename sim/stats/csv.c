/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* CSV writer. The first write that fails is remembered, and every later call reports it: the caller checks
 * once per row. Nothing here asks the locale. Rows are put together in a buffer of the writer's own, and
 * cells without printf(): files with a row for each key of each UE are of this sort, too. */
#include "sim/stats/csv.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_SECOND  UINT64_C(1000000000)
#define SECOND_DIGITS  9
#define DIGITS_MAX     20 /* of 2^64 */
#define CSV_BUFFER_MAX 65536

struct csv {
    FILE *file;     /* has no buffer of its own */
    char *name;     /* for messages */
    size_t length;  /* of what was written into memory */
    int failure;    /* errno of the first write that failed, 0 if none has */
    bool row_begun; /* the row has a cell */
    size_t used;    /* of the buffer */
    char buffer[CSV_BUFFER_MAX];
};

static void set_error(GError **error, const char *name, int failure)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(failure), "%s: %s", name,
                g_strerror(failure));
}

/* Not cleared as a whole: the buffer is large. */
static struct csv *csv_new(const char *name)
{
    struct csv *csv = g_new(struct csv, 1);

    csv->file = NULL;
    csv->name = g_strdup(name);
    csv->length = csv->used = 0;
    csv->failure = 0;
    csv->row_begun = false;
    return csv;
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
    setvbuf(file, NULL, _IONBF, 0);
    struct csv *csv = csv_new(name);
    csv->file = file;
    return csv;
}

struct csv *csv_open_text(char **text)
{
    struct csv *csv = csv_new("(memory)");

    csv->file = open_memstream(text, &csv->length);
    if (!csv->file)
        g_error("csv: failed to allocate a text");
    return csv;
}

static void note_failure(struct csv *csv)
{
    if (csv->failure == 0)
        csv->failure = errno ? errno : EIO;
}

static void csv_write(struct csv *csv, const char *bytes, size_t length)
{
    errno = 0;
    if (csv->failure == 0 && fwrite(bytes, 1, length, csv->file) != length)
        note_failure(csv);
}

static void csv_flush(struct csv *csv)
{
    csv_write(csv, csv->buffer, csv->used);
    csv->used = 0;
}

static void write_bytes(struct csv *csv, const char *bytes, size_t length)
{
    if (length > sizeof csv->buffer - csv->used)
        csv_flush(csv);
    if (length > sizeof csv->buffer) {
        csv_write(csv, bytes, length);
        return;
    }
    memcpy(csv->buffer + csv->used, bytes, length);
    csv->used += length;
}

static void write_cell(struct csv *csv, const char *text, size_t length)
{
    if (csv->row_begun)
        write_bytes(csv, ",", 1);
    csv->row_begun = true;
    write_bytes(csv, text, length);
}

void csv_text(struct csv *csv, const char *text)
{
    /* RFC 4180 clause 2 (5 to 7): in quotes if it holds a quote, a comma or a line break; quotes are
     * doubled. */
    size_t plain = strcspn(text, "\",\r\n");

    if (text[plain] == '\0') {
        write_cell(csv, text, plain);
        return;
    }
    write_cell(csv, "\"", 1);
    for (const char *quote; (quote = strchr(text, '"')); text = quote + 1) {
        write_bytes(csv, text, (size_t)(quote - text));
        write_bytes(csv, "\"\"", 2);
    }
    write_bytes(csv, text, strlen(text));
    write_bytes(csv, "\"", 1);
}

/* Writes the digits of a value so that they end before `end`; returns where they begin. */
static char *csv_put_digits(char *end, uint64_t value)
{
    do
        *--end = (char)('0' + value % 10);
    while ((value /= 10) > 0);
    return end;
}

void csv_integer(struct csv *csv, int64_t value)
{
    char text[DIGITS_MAX + 1];
    char *start = csv_put_digits(text + sizeof text, value < 0 ? -(uint64_t)value : (uint64_t)value);

    if (value < 0)
        *--start = '-';
    write_cell(csv, start, (size_t)(text + sizeof text - start));
}

void csv_unsigned(struct csv *csv, uint64_t value)
{
    char text[DIGITS_MAX];
    char *start = csv_put_digits(text + sizeof text, value);

    write_cell(csv, start, (size_t)(text + sizeof text - start));
}

void csv_hex(struct csv *csv, const uint8_t *bytes, size_t length)
{
    static const char digits[] = "0123456789abcdef";

    write_cell(csv, "", 0);
    for (size_t i = 0; i < length; i++) {
        const char pair[2] = {digits[bytes[i] >> 4], digits[bytes[i] & 15]};

        write_bytes(csv, pair, sizeof pair);
    }
}

void csv_real(struct csv *csv, double value)
{
    /* %g drops zeros at the end, so 15 digits, which every normal number can hold, are never too many. */
    int digits = fabs(value) < DBL_MIN ? 1 : DBL_DIG;
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    if (isnan(value)) {
        write_cell(csv, "", 0);
        return;
    }
    do {
        char format[8];
        g_snprintf(format, sizeof format, "%%.%dg", digits);
        g_ascii_formatd(text, sizeof text, format, value);
    } while (isfinite(value) && g_ascii_strtod(text, NULL) != value && digits++ < DBL_DECIMAL_DIG);
    write_cell(csv, text, strlen(text));
}

void csv_seconds(struct csv *csv, int64_t value_ns)
{
    uint64_t magnitude_ns = value_ns < 0 ? -(uint64_t)value_ns : (uint64_t)value_ns;
    char text[DIGITS_MAX + 2 + SECOND_DIGITS]; /* sign, seconds, point, fraction */
    char *point = text + DIGITS_MAX + 1, *end = text + sizeof text, *start;

    /* The 1 in front, which the point replaces, keeps the zeros behind it. */
    csv_put_digits(end, NS_PER_SECOND + magnitude_ns % NS_PER_SECOND);
    *point = '.';
    while (end[-1] == '0')
        end--;
    if (end[-1] == '.')
        end--;
    start = csv_put_digits(point, magnitude_ns / NS_PER_SECOND);
    if (value_ns < 0)
        *--start = '-';
    write_cell(csv, start, (size_t)(end - start));
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
    csv_flush(csv);
    errno = 0;
    if (fclose(csv->file) != 0)
        note_failure(csv);
    int failure = csv->failure;
    if (failure != 0)
        set_error(error, csv->name, failure);
    g_free(csv->name);
    g_free(csv);
    return failure == 0;
}
