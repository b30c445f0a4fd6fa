/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Lists and ranges of values. */
#include "sim/study/axis.h"

#include "sim/study/quantity.h"

#include <math.h>
#include <string.h>

#define RANGE_SHAPES "A..B step S, A..B factor F, A..B in N, A..B in N geometric, or whole numbers A..B"
/* Keeps the product of a value and a factor within 128 bits. */
#define FACTOR_MAX 1000000

struct range {
    const struct config_key *key;
    struct quantity from, to;
    const struct config_unit *unit; /* the values are given in it */
    GPtrArray *texts;
    char **why;
};

static bool axis_wrong(char **why, char *text)
{
    *why = text;
    return false;
}

/* Appends a value; one that equals the last is left out if `once`, else refused. */
static bool add_value(struct range *range, struct quantity value, bool once)
{
    char *text = quantity_text(range->key->type, value, range->unit);
    guint length = range->texts->len;

    if (length > 0 && strcmp(text, g_ptr_array_index(range->texts, length - 1)) == 0) {
        if (!once)
            *range->why = g_strdup_printf("%s would be there twice, expected fewer values", text);
        g_free(text);
        return once;
    }
    if (length == AXIS_VALUES_MAX) {
        g_free(text);
        return axis_wrong(range->why, g_strdup_printf("more than %d values", AXIS_VALUES_MAX));
    }
    g_ptr_array_add(range->texts, text);
    return true;
}

static bool expand_step(struct range *range, struct quantity step)
{
    if (step.parts <= 0)
        return axis_wrong(range->why, g_strdup("a step of 0, expected more"));
    for (struct quantity at = range->from; at.parts <= range->to.parts; at.parts += step.parts)
        if (!add_value(range, at, false))
            return false;
    return true;
}

/* The factor as a fraction: over / under. */
static bool expand_factor(struct range *range, const char *text)
{
    struct quantity factor, at = range->from;
    const struct config_unit *unit;
    __int128 under = QUANTITY_ONE;

    if (!quantity_parse(CONFIG_SHARE, text, &factor, &unit, range->why))
        return false;
    under *= 100; /* shares count in per cent */
    if (factor.parts <= under || factor.parts > under * FACTOR_MAX)
        return axis_wrong(range->why, g_strdup_printf("the factor %s, expected a number above 1 and up to %d",
                                                      text, FACTOR_MAX));
    while (factor.parts % 10 == 0 && under % 10 == 0) {
        factor.parts /= 10;
        under /= 10;
    }
    if (factor.parts > FACTOR_MAX)
        return axis_wrong(range->why, g_strdup_printf("the factor %s has too many digits", text));
    if (at.parts == 0)
        return axis_wrong(range->why, g_strdup("a factor cannot lead away from 0, expected more"));
    bool exact = true;

    for (int i = 0; at.parts <= range->to.parts; i++) {
        struct quantity value = exact ? at : quantity_round(range->key->type, at, range->unit);

        /* Steps below what is stored add no value, and may go on for ever. */
        if (i == AXIS_VALUES_MAX)
            return axis_wrong(range->why, g_strdup_printf("more than %d steps", AXIS_VALUES_MAX));
        if (quantity_whole(range->key->type))
            value.parts = (at.parts + QUANTITY_ONE / 2) / QUANTITY_ONE * QUANTITY_ONE;
        if (!add_value(range, value, true))
            return false;
        exact = exact && at.parts * factor.parts % under == 0;
        at.parts = at.parts * factor.parts / under;
    }
    return true;
}

/* The i-th of `count` values, the ends being the first and the last. */
static struct quantity between(const struct range *range, int64_t i, int64_t count, bool geometric)
{
    struct quantity value = range->from;
    __int128 gaps = count - 1, sum = range->from.parts * gaps + (range->to.parts - range->from.parts) * i;

    if (i == 0 || count == 1)
        return value;
    if (i == count - 1)
        return range->to;
    if (geometric) {
        long double quotient = (long double)range->to.parts / (long double)range->from.parts;

        value.parts =
            (__int128)((long double)value.parts * powl(quotient, (long double)i / (long double)gaps));
        return quantity_round(range->key->type, value, range->unit);
    }
    value.parts = (sum + gaps / 2) / gaps;
    if (sum % gaps == 0 && (!quantity_whole(range->key->type) || value.parts % QUANTITY_ONE == 0))
        return value;
    return quantity_round(range->key->type, value, range->unit);
}

static bool expand_count(struct range *range, const char *text, bool geometric)
{
    char *end;
    int64_t count = g_ascii_strtoll(text, &end, 10);

    if (!g_ascii_isdigit(*text) || *end || count < 2 || count > AXIS_VALUES_MAX)
        return axis_wrong(range->why, g_strdup_printf("\"in %s\", expected a number of values from 2 to %d",
                                                      text, AXIS_VALUES_MAX));
    if (geometric && range->from.parts == 0)
        return axis_wrong(range->why, g_strdup("a geometric range cannot begin at 0, expected more"));
    for (int64_t i = 0; i < count; i++)
        if (!add_value(range, between(range, i, count, geometric), false))
            return false;
    return true;
}

/* The finer of two units; NULL says nothing. */
static const struct config_unit *finer(const struct config_unit *a, const struct config_unit *b)
{
    if (!a || !b)
        return a ? a : b;
    return b->scale < a->scale ? b : a;
}

static bool expand_words(struct range *range, char **words)
{
    guint count = g_strv_length(words);

    if (count == 1) {
        const struct quantity one = {QUANTITY_ONE};

        if (range->key->type == CONFIG_COUNT && range->from.parts % QUANTITY_ONE == 0)
            return expand_step(range, one);
    } else if (count == 3 && strcmp(words[1], "step") == 0) {
        const struct config_unit *unit;
        struct quantity step;

        if (!quantity_parse(range->key->type, words[2], &step, &unit, range->why))
            return false;
        range->unit = finer(range->unit, unit);
        return expand_step(range, step);
    } else if (count == 3 && strcmp(words[1], "factor") == 0)
        return expand_factor(range, words[2]);
    else if (count == 3 && strcmp(words[1], "in") == 0)
        return expand_count(range, words[2], false);
    else if (count == 4 && strcmp(words[1], "in") == 0 && strcmp(words[3], "geometric") == 0)
        return expand_count(range, words[2], true);
    return axis_wrong(range->why, g_strdup("not a range, expected " RANGE_SHAPES));
}

/* Words that single blanks separate. */
static char **words_of(const char *text)
{
    GStrvBuilder *builder = g_strv_builder_new();
    char **parts = g_strsplit_set(text, " \t", -1), **words;

    for (char **part = parts; *part; part++)
        if (**part)
            g_strv_builder_add(builder, *part);
    words = g_strv_builder_end(builder);
    g_strv_builder_unref(builder);
    g_strfreev(parts);
    return words;
}

static bool expand_range(struct range *range, const char *text, const char *dots)
{
    enum config_type type = range->key->type;
    char *from = g_strstrip(g_strndup(text, (gsize)(dots - text)));
    char **words = words_of(dots + 2);
    const struct config_unit *units[2];
    bool good = false;

    if (!*words)
        *range->why = g_strdup("a range without an end, expected " RANGE_SHAPES);
    else if (quantity_parse(type, from, &range->from, &units[0], range->why) &&
             quantity_parse(type, words[0], &range->to, &units[1], range->why)) {
        range->unit = finer(units[0], units[1]);
        if (!range->unit)
            range->unit = quantity_bare_unit(type);
        if (range->from.parts > range->to.parts)
            *range->why = g_strdup_printf("the range is empty: %s is above %s", from, words[0]);
        else
            good = expand_words(range, words);
    }
    g_strfreev(words);
    g_free(from);
    return good;
}

/* One item of a list: a value or a range. */
static bool expand_item(const struct config_key *key, const char *item, GPtrArray *texts, char **why)
{
    struct range range = {.key = key, .texts = texts, .why = why};
    const char *dots = strstr(item, "..");
    guint first = texts->len;

    if (!*item)
        return axis_wrong(why, g_strdup("an empty place in the list, expected a value"));
    if (texts->len >= AXIS_VALUES_MAX)
        return axis_wrong(why, g_strdup_printf("more than %d values", AXIS_VALUES_MAX));
    if (!dots || !quantity_type(key->type))
        g_ptr_array_add(texts, g_strdup(item));
    else if (!expand_range(&range, item, dots)) {
        char *reason = *why;

        *why = g_strdup_printf("\"%s\": %s", item, reason);
        g_free(reason);
        return false;
    }
    for (guint i = first; i < texts->len; i++) {
        struct config_value value;

        if (!config_value_parse(key, g_ptr_array_index(texts, i), &value, why))
            return false;
    }
    return true;
}

GPtrArray *axis_values(const struct config_key *key, const char *text, char **why)
{
    GPtrArray *texts = g_ptr_array_new_with_free_func(g_free);
    bool good = true;
    int depth = 0;

    for (const char *start = text, *at = text; good; at++) {
        depth += (*at == '(') - (*at == ')');
        if (*at && (*at != ',' || depth > 0))
            continue;
        char *item = g_strstrip(g_strndup(start, (gsize)(at - start)));

        good = expand_item(key, item, texts, why);
        g_free(item);
        if (!*at)
            break;
        start = at + 1;
    }
    if (good)
        return texts;
    g_ptr_array_unref(texts);
    return NULL;
}
