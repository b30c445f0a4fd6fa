/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Numbers and paragraphs for people. */
#include "sim/cli/format.h"

#include <glib.h>
#include <inttypes.h>
#include <string.h>

char *format_count(char buffer[FORMAT_SIZE], int64_t value)
{
    char digits[24];
    int length = g_snprintf(digits, sizeof digits, "%" PRIu64,
                            value < 0 ? UINT64_C(0) - (uint64_t)value : (uint64_t)value);
    char *out = buffer;

    if (value < 0)
        *out++ = '-';
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *out++ = ' ';
        *out++ = digits[i];
    }
    *out = '\0';
    return buffer;
}

/* Three significant digits of a value below 1000 (or what is left of it). */
static void three_digits(char buffer[FORMAT_SIZE], double value, const char *unit)
{
    int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;

    g_snprintf(buffer, FORMAT_SIZE, "%.*f %s", decimals, value, unit);
}

char *format_seconds(char buffer[FORMAT_SIZE], double seconds)
{
    if (seconds == 0)
        g_strlcpy(buffer, "0 s", FORMAT_SIZE);
    else if (seconds < 999.5e-9)
        three_digits(buffer, seconds * 1e9, "ns");
    else if (seconds < 999.5e-6)
        three_digits(buffer, seconds * 1e6, "us");
    else if (seconds < 999.5e-3)
        three_digits(buffer, seconds * 1e3, "ms");
    else if (seconds < 120)
        three_digits(buffer, seconds, "s");
    else {
        int64_t whole = seconds < 1e15 ? (int64_t)(seconds + 0.5) : INT64_C(1000000000000000);

        if (whole < 7200)
            g_snprintf(buffer, FORMAT_SIZE, "%d min %d s", (int)(whole / 60), (int)(whole % 60));
        else if (whole < 172800)
            g_snprintf(buffer, FORMAT_SIZE, "%d h %d min", (int)(whole / 3600), (int)(whole / 60 % 60));
        else
            g_snprintf(buffer, FORMAT_SIZE, "%" PRId64 " d %d h", whole / 86400, (int)(whole / 3600 % 24));
    }
    return buffer;
}

static char *with_prefix(char buffer[FORMAT_SIZE], double value, const char *const units[5])
{
    unsigned step = 0;

    while (value >= 999.5 && step < 4) {
        value /= 1000;
        step++;
    }
    if (step == 0)
        g_snprintf(buffer, FORMAT_SIZE, "%.0f%s%s", value, *units[0] ? " " : "", units[0]);
    else
        three_digits(buffer, value, units[step]);
    return buffer;
}

char *format_bytes(char buffer[FORMAT_SIZE], double bytes)
{
    static const char *const units[5] = {"B", "kB", "MB", "GB", "TB"};

    return with_prefix(buffer, bytes, units);
}

char *format_short(char buffer[FORMAT_SIZE], double value)
{
    static const char *const units[5] = {"", "k", "M", "G", "T"};

    return with_prefix(buffer, value, units);
}

char *format_exact_seconds(char buffer[FORMAT_SIZE], int64_t value_ns)
{
    int length = g_snprintf(buffer, FORMAT_SIZE, "%" PRId64 ".%09d", value_ns / 1000000000,
                            (int)(value_ns % 1000000000));

    while (buffer[length - 1] == '0')
        length--;
    if (buffer[length - 1] == '.')
        length--;
    buffer[length] = '\0';
    return buffer;
}

void format_wrapped(FILE *to, unsigned indent, unsigned width, const char *text)
{
    char **words = g_strsplit(text, " ", -1);
    size_t column = 0;

    for (char **word = words; *word; word++) {
        size_t length = strlen(*word);

        if (column > 0 && column + 1 + length > width) {
            fputc('\n', to);
            column = 0;
        }
        if (column == 0)
            fprintf(to, "%*s%s", (int)indent, "", *word);
        else
            fprintf(to, " %s", *word);
        column = column == 0 ? indent + length : column + 1 + length;
    }
    fputc('\n', to);
    g_strfreev(words);
}

void format_csv_cell(FILE *to, const char *text)
{
    if (!strpbrk(text, ",\"\r\n")) {
        fputs(text, to);
        return;
    }
    fputc('"', to);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', to);
        fputc(*text, to);
    }
    fputc('"', to);
}
