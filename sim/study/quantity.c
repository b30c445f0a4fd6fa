/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Values with units, as fixed-point numbers. */
#include "sim/study/quantity.h"

#include "sim/config/number.h"

#include <float.h>
#include <math.h>
#include <string.h>

#define DECIMALS           12
#define SIGNIFICANT_DIGITS 6
/* Above what any key can hold, and small enough to be multiplied by a step's number. */
#define PARTS_MAX (QUANTITY_ONE * 1000000000 * 1000000000)

/* The first is the finest. */
static const struct config_unit share_units[] = {{"%", 1}, {"", 100}, {NULL, 0}};
static const struct config_unit rate_units[] = {{"/min", 1},
                                                {"/s", 60},
                                                {"", 60},
                                                {"k/min", 1000},
                                                {"k/s", 60000},
                                                {"k", 60000},
                                                {"M/min", 1000000},
                                                {"M/s", 60000000},
                                                {"M", 60000000},
                                                {"G/min", 1000000000},
                                                {"G/s", UINT64_C(60000000000)},
                                                {"G", UINT64_C(60000000000)},
                                                {NULL, 0}};

static const struct config_unit *units_of(enum config_type type)
{
    if (type == CONFIG_SHARE)
        return share_units;
    return type == CONFIG_EVENT_RATE ? rate_units : config_type_units(type);
}

bool quantity_type(enum config_type type)
{
    return units_of(type) != NULL;
}

bool quantity_whole(enum config_type type)
{
    return config_type_units(type) != NULL;
}

const struct config_unit *quantity_bare_unit(enum config_type type)
{
    const struct config_unit *units = units_of(type);

    for (const struct config_unit *unit = units; unit->name; unit++)
        if (!*unit->name)
            return unit;
    return units;
}

/* digits x scale / 10^fraction in parts; false if it is too large or too fine. */
static bool scale_number(const struct number *number, uint64_t scale, __int128 *out)
{
    __int128 value = 0;
    int power = DECIMALS - (int)number->fraction;

    for (unsigned i = 0; i < number->length; i++)
        value = value * 10 + (number->digits[i] - '0');
    if (value > PARTS_MAX / (__int128)scale)
        return false;
    value *= (__int128)scale;
    for (; power > 0; power--) {
        if (value > PARTS_MAX / 10)
            return false;
        value *= 10;
    }
    for (; power < 0; power++) {
        if (value % 10 != 0)
            return false;
        value /= 10;
    }
    *out = value;
    return true;
}

bool quantity_parse(enum config_type type, const char *text, struct quantity *out,
                    const struct config_unit **unit, char **why)
{
    const struct config_unit *known = units_of(type);
    struct number number;
    const char *at = text;

    if (number_scan(&at, &number) != NUMBER_OK) {
        *why = g_strdup_printf("\"%s\" is not a number", text);
        return false;
    }
    if ((type == CONFIG_DURATION || type == CONFIG_SECONDS) && *at == '\0' && number.length == 0) {
        out->parts = 0;
        *unit = NULL;
        return true;
    }
    while (known->name && strcmp(known->name, at) != 0)
        known++;
    if (!known->name)
        *why = g_strdup_printf(*at ? "\"%s\" has an unknown unit" : "\"%s\" has no unit", text);
    else if (!scale_number(&number, known->scale, &out->parts))
        *why = g_strdup_printf("\"%s\" is too large or has too many digits", text);
    else {
        *unit = number.length == 0 && *at == '\0' ? NULL : known;
        return true;
    }
    return false;
}

/* digits x 10^power */
static void set_decimal(mpq_t out, const char *digits, int power)
{
    mpq_t scale;

    mpq_init(scale);
    mpz_ui_pow_ui(mpq_numref(scale), 10, (unsigned)ABS(power));
    mpz_set_str(mpq_numref(out), digits, 10);
    mpz_set_ui(mpq_denref(out), 1);
    if (power < 0)
        mpq_div(out, out, scale);
    else
        mpq_mul(out, out, scale);
    mpq_clear(scale);
}

/* How many of its type's finest unit a base unit is. */
static uint64_t finest_of_base(enum config_type type)
{
    switch (type) {
    case CONFIG_DURATION:
    case CONFIG_SECONDS:
        return 1000000000;
    case CONFIG_SHARE:
        return 100;
    case CONFIG_EVENT_RATE:
        return 60;
    default:
        return 1;
    }
}

bool quantity_exact(enum config_type type, const char *text, mpq_t out)
{
    const struct config_unit *known = units_of(type);
    struct number number;
    mpq_t scale;

    if (number_scan(&text, &number) != NUMBER_OK)
        return false;
    if (!*text && number.length == 0) {
        mpq_set_ui(out, 0, 1);
        return true;
    }
    while (known->name && strcmp(known->name, text) != 0)
        known++;
    if (!known->name)
        return false;
    set_decimal(out, number.length ? number.digits : "0", -(int)number.fraction);
    mpq_init(scale);
    mpq_set_ui(scale, known->scale, finest_of_base(type));
    mpq_canonicalize(scale);
    mpq_mul(out, out, scale);
    mpq_clear(scale);
    return true;
}

bool quantity_exact_real(double value, mpq_t out)
{
    char text[G_ASCII_DTOSTR_BUF_SIZE], format[8], *digits = text + (signbit(value) != 0), *exponent;
    int places = DBL_DIG - 1;

    if (!isfinite(value))
        return false;
    do {
        g_snprintf(format, sizeof format, "%%.%de", places);
        g_ascii_formatd(text, sizeof text, format, value);
    } while (g_ascii_strtod(text, NULL) != value && places++ < DBL_DECIMAL_DIG);
    exponent = strchr(text, 'e');
    *exponent = '\0';
    /* 1.25e3 is 125e1 */
    memmove(digits + 1, digits + 2, strlen(digits + 2) + 1);
    set_decimal(out, text, (int)g_ascii_strtoll(exponent + 1, NULL, 10) - places);
    return true;
}

double quantity_nearest(const mpq_t exact)
{
    double cut = mpq_get_d(exact), next = nextafter(cut, mpq_sgn(exact) < 0 ? -INFINITY : INFINITY);
    mpq_t middle, other;
    bool beyond;

    if (!isfinite(next))
        return cut;
    mpq_inits(middle, other, NULL);
    mpq_set_d(middle, cut);
    mpq_set_d(other, next);
    mpq_add(middle, middle, other);
    mpq_div_2exp(middle, middle, 1);
    beyond = mpq_cmp(exact, middle) * mpq_sgn(exact) > 0;
    mpq_clears(middle, other, NULL);
    return beyond ? next : cut;
}

static char *whole_text(__int128 value)
{
    char digits[48];
    size_t at = sizeof digits - 1;

    digits[at] = '\0';
    do
        digits[--at] = (char)('0' + (int)(value % 10));
    while ((value /= 10) != 0);
    return g_strdup(digits + at);
}

char *quantity_text(enum config_type type, struct quantity value, const struct config_unit *unit)
{
    const struct config_unit *units = units_of(type);
    __int128 divisor = QUANTITY_ONE * (__int128)unit->scale;
    __int128 rest = value.parts % divisor;
    char *whole = whole_text(value.parts / divisor);
    GString *text = g_string_new(whole);

    g_free(whole);
    /* 24 decimals are what the reader of scenarios takes. */
    for (int i = 0; rest != 0 && i < NUMBER_DIGITS_MAX; i++) {
        if (i == 0)
            g_string_append_c(text, '.');
        rest *= 10;
        g_string_append_c(text, (char)('0' + (int)(rest / divisor)));
        rest %= divisor;
    }
    if (rest != 0) {
        g_string_free(text, TRUE);
        return quantity_text(type, value, units);
    }
    g_string_append(text, unit->name);
    return g_string_free(text, FALSE);
}

static __int128 to_multiple(__int128 value, __int128 of)
{
    return (value + of / 2) / of * of;
}

struct quantity quantity_round(enum config_type type, struct quantity value, const struct config_unit *unit)
{
    __int128 digit = QUANTITY_ONE * (__int128)unit->scale;
    __int128 significant = 1;

    for (int i = 0; i < SIGNIFICANT_DIGITS; i++)
        significant *= 10;
    while (value.parts / digit >= significant)
        digit *= 10;
    while (digit % 10 == 0 && value.parts / digit < significant / 10)
        digit /= 10;
    value.parts = to_multiple(value.parts, digit);
    if (quantity_whole(type))
        value.parts = to_multiple(value.parts, QUANTITY_ONE);
    return value;
}
