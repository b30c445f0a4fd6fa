/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads decimal numbers exactly. */
#include "sim/config/number.h"

#include <glib.h>
#include <stdbool.h>

/* One run of digits with single '_' between them; adds them to the number. False if there is none. */
static bool scan_digits(const char **text, struct number *out, unsigned *count, bool *too_long)
{
    const char *at = *text;

    if (!g_ascii_isdigit(*at))
        return false;
    for (;; at++) {
        if (*at == '_' && g_ascii_isdigit(at[1]))
            at++;
        if (!g_ascii_isdigit(*at))
            break;
        (*count)++;
        if (out->length == 0 && *at == '0')
            continue;
        if (out->length == NUMBER_DIGITS_MAX)
            *too_long = true;
        else
            out->digits[out->length++] = *at;
    }
    *text = at;
    return true;
}

enum number_status number_scan(const char **text, struct number *out)
{
    const char *at = *text;
    unsigned whole = 0;
    bool too_long = false;

    *out = (struct number){.length = 0};
    if (!scan_digits(&at, out, &whole, &too_long))
        return NUMBER_NONE;
    if (*at == '.') {
        at++;
        if (!scan_digits(&at, out, &out->fraction, &too_long))
            return NUMBER_NONE;
    }
    if (too_long || out->fraction > NUMBER_DIGITS_MAX)
        return NUMBER_LONG;
    *text = at;
    return NUMBER_OK;
}

enum number_status number_integer(const struct number *number, uint64_t scale, uint64_t limit, uint64_t *out)
{
    /* 10^24 x 10^14 fits into 128 bits. */
    unsigned __int128 value = 0, divisor = 1;

    for (unsigned i = 0; i < number->length; i++)
        value = value * 10 + (unsigned)(number->digits[i] - '0');
    for (unsigned i = 0; i < number->fraction; i++)
        divisor *= 10;
    value *= scale;
    if (value / divisor > limit)
        return NUMBER_OVERFLOW;
    if (value % divisor != 0)
        return NUMBER_NOT_WHOLE;
    *out = (uint64_t)(value / divisor);
    return NUMBER_OK;
}

double number_real(const struct number *number, int power)
{
    char text[NUMBER_DIGITS_MAX + 16];

    g_snprintf(text, sizeof text, "0%se%d", number->digits, power - (int)number->fraction);
    return g_ascii_strtod(text, NULL);
}
