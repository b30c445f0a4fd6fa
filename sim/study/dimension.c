/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Units of numbers, as exponents. */
#include "sim/study/dimension.h"

#include "sim/study/quantity.h"

#include <string.h>

static const struct {
    const char *unit, *name;
    struct dimension dimension;
} units[] = {
    {"1", "a count", {DIMENSION_COUNT, 0, 0, 0}},
    {"ratio", "a share", {DIMENSION_SHARE, 0, 0, 0}},
    {"s", "a time (s)", {DIMENSION_WITH_UNIT, 1, 0, 0}},
    {"1/s", "a rate (1/s)", {DIMENSION_WITH_UNIT, -1, 0, 0}},
    {"bytes", "a number of bytes", {DIMENSION_WITH_UNIT, 0, 1, 0}},
    {"bit/s", "a bit rate (bit/s)", {DIMENSION_WITH_UNIT, -1, 0, 1}},
};

struct dimension dimension_of_unit(const char *unit)
{
    for (size_t i = 0; unit && i < G_N_ELEMENTS(units); i++)
        if (strcmp(units[i].unit, unit) == 0)
            return units[i].dimension;
    return (struct dimension){DIMENSION_ANY, 0, 0, 0};
}

struct dimension dimension_of_number(const char *text)
{
    static const enum config_type with_unit[] = {CONFIG_DURATION, CONFIG_EVENT_RATE, CONFIG_BIT_RATE,
                                                 CONFIG_BYTES, CONFIG_SHARE};
    struct dimension any = {DIMENSION_ANY, 0, 0, 0};
    mpq_t value;
    bool read;

    mpq_init(value);
    read = quantity_exact(CONFIG_COUNT, text, value);
    for (size_t i = 0; !read && i < G_N_ELEMENTS(with_unit); i++) {
        read = quantity_exact(with_unit[i], text, value);
        if (read && !g_ascii_isdigit(text[strlen(text) - 1])) /* 0.5 is no share yet, nor a rate */
            any = dimension_of_unit(config_type_unit(with_unit[i]));
    }
    mpq_clear(value);
    return any;
}

bool dimension_alike(const struct dimension *a, const struct dimension *b, struct dimension *out)
{
    *out = a->sort == DIMENSION_ANY ? *b : *a;
    if (a->sort == DIMENSION_ANY || b->sort == DIMENSION_ANY)
        return true;
    return a->sort == b->sort && a->time == b->time && a->bytes == b->bytes && a->bits == b->bits;
}

static struct dimension made_of(const struct dimension *a, const struct dimension *b, int sign)
{
    struct dimension d = {DIMENSION_WITH_UNIT, a->time + sign * b->time, a->bytes + sign * b->bytes,
                          a->bits + sign * b->bits};

    if (a->sort == DIMENSION_ANY ||
        b->sort == DIMENSION_ANY) /* of 500 * bmsc.workers the 500 may be a rate */
        return (struct dimension){DIMENSION_ANY, 0, 0, 0};
    if (d.time == 0 && d.bytes == 0 && d.bits == 0)
        d.sort = DIMENSION_ANY;
    return d;
}

struct dimension dimension_product(const struct dimension *a, const struct dimension *b)
{
    struct dimension d = made_of(a, b, 1);

    if (a->sort == DIMENSION_COUNT && (b->sort == DIMENSION_COUNT || b->sort == DIMENSION_SHARE))
        d.sort = DIMENSION_COUNT;
    else if (a->sort == DIMENSION_SHARE && (b->sort == DIMENSION_COUNT || b->sort == DIMENSION_SHARE))
        d.sort = b->sort;
    return d;
}

struct dimension dimension_quotient(const struct dimension *a, const struct dimension *b)
{
    struct dimension d = made_of(a, b, -1);

    if (a->sort == DIMENSION_COUNT && b->sort == DIMENSION_SHARE)
        d.sort = DIMENSION_COUNT; /* so many that this share of them are these */
    return d;
}

static void append_power(GString *text, const char *unit, int power)
{
    if (power != 0)
        g_string_append_printf(text, power == 1 ? "%s%s" : "%s%s^%d", text->len ? " " : "", unit, power);
}

const char *dimension_text(const struct dimension *d, char buffer[DIMENSION_TEXT_BYTES])
{
    GString *text;

    for (size_t i = 0; i < G_N_ELEMENTS(units); i++)
        if (memcmp(&units[i].dimension, d, sizeof *d) == 0)
            return units[i].name;
    text = g_string_new(NULL);
    append_power(text, "byte", d->bytes);
    append_power(text, "bit", d->bits);
    append_power(text, "s", d->time);
    g_strlcpy(buffer, text->len ? text->str : "a number", DIMENSION_TEXT_BYTES);
    g_string_free(text, TRUE);
    return buffer;
}
