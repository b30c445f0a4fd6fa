/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads sections [at TIME], and writes them. */
#include "sim/config/timeline.h"

#include "sim/config/suggest.h"

#include <stdlib.h>
#include <string.h>

#define WORD      "at"    /* of [at TIME] */
#define TIME_LAST "3650d" /* far beyond any run */

void timeline_reader_begin(struct timeline_reader *reader, const struct config_schema *schema,
                           struct mistakes *mistakes)
{
    *reader = (struct timeline_reader){.schema = schema, .mistakes = mistakes};
    reader->entries = g_array_new(FALSE, FALSE, sizeof(struct timeline_entry));
    reader->times = g_hash_table_new(NULL, NULL);
    reader->lines = g_new0(unsigned, schema->count);
}

static int timeline_compare(const void *a, const void *b)
{
    const struct timeline_entry *x = a, *y = b;

    if (x->time_ns != y->time_ns)
        return x->time_ns < y->time_ns ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

void timeline_reader_end(struct timeline_reader *reader, struct timeline *out)
{
    out->count = reader->entries->len;
    out->entries = (struct timeline_entry *)(void *)g_array_free(reader->entries, out->count == 0);
    if (out->count > 0)
        qsort(out->entries, out->count, sizeof *out->entries, timeline_compare);
    g_hash_table_unref(reader->times);
    g_free(reader->time);
    g_free(reader->lines);
}

bool timeline_is_section(const struct config_schema *schema, const char *section)
{
    bool some = false;

    if (!g_str_has_prefix(section, WORD))
        return false;
    section += strlen(WORD);
    for (unsigned i = 0; i < schema->count; i++)
        some = some || schema->keys[i].changes_from != NULL;
    return some && (*section == '\0' || *section == ' ' || g_ascii_isdigit(*section));
}

/* A mistake of the section itself. */
static void G_GNUC_PRINTF(5, 6)
    timeline_wrong_section(struct timeline_reader *reader, enum config_error code, const char *section,
                           unsigned line, const char *format, ...)
{
    char *origin = g_strdup_printf("%s:%u", reader->mistakes->path, line), *message;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    mistakes_add(reader->mistakes, code, origin, "[%s]: %s", section, message);
    g_free(message);
    g_free(origin);
}

/* The time in "at 100s"; 0 and a mistake if there is none, or a wrong one. */
static int64_t timeline_read_time(struct timeline_reader *reader, const char *section, unsigned line)
{
    static const struct config_key any = {"", WORD, CONFIG_DURATION, "", "0s", TIME_LAST, "", 0, NULL};
    struct config_value value = {.integer = 0};
    const char *text = section + strlen(WORD);
    char *why = NULL;

    if (*text && *text != ' ')
        timeline_wrong_section(reader, CONFIG_ERROR_SYNTAX, section, line,
                               "has no blank before the time, expected [" WORD " %s]", text);
    else if (!*reader->time)
        timeline_wrong_section(reader, CONFIG_ERROR_SYNTAX, section, line,
                               "has no time, expected one from the start of the run, such as [" WORD
                               " 100s]");
    else if (!config_value_parse(&any, reader->time, &value, &why))
        timeline_wrong_section(reader, CONFIG_ERROR_VALUE, section, line, "%s", why);
    else if (value.integer == 0)
        timeline_wrong_section(reader, CONFIG_ERROR_VALUE, section, line,
                               "is the start of the run, whose values have sections of their own; expected "
                               "a time above 0s");
    g_free(why);
    return value.integer;
}

void timeline_take_section(struct timeline_reader *reader, const char *section, unsigned line)
{
    int64_t time_ns;
    gpointer key;
    unsigned earlier;

    g_free(reader->time);
    reader->time = g_strstrip(g_strdup(section + strlen(WORD)));
    reader->line = line;
    memset(reader->lines, 0, reader->schema->count * sizeof *reader->lines);
    time_ns = reader->time_ns = timeline_read_time(reader, section, line);
    if (time_ns == 0)
        return;
    key = GSIZE_TO_POINTER((gsize)time_ns);
    earlier = GPOINTER_TO_UINT(g_hash_table_lookup(reader->times, key));
    if (earlier)
        timeline_wrong_section(reader, CONFIG_ERROR_SYNTAX, section, line,
                               "has the time of line %u, expected one section for a time", earlier);
    else
        g_hash_table_insert(reader->times, key, GUINT_TO_POINTER(line));
}

/* A line of a section. */
struct timeline_line {
    const char *section, *name;
    unsigned number;
};

static void G_GNUC_PRINTF(4, 5) timeline_wrong_line(struct timeline_reader *reader, enum config_error code,
                                                    const struct timeline_line *line, const char *format, ...)
{
    char *origin = g_strdup_printf("%s:%u", reader->mistakes->path, line->number), *message;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    mistakes_add(reader->mistakes, code, origin, "[%s] %s: %s", line->section, line->name, message);
    g_free(message);
    g_free(origin);
}

/* No key has that name: names the nearest of those that change. */
static void timeline_unknown_key(struct timeline_reader *reader, const struct timeline_line *line)
{
    const char *gone = config_key_gone(reader->schema, line->name);
    struct suggestion suggestion = {line->name, NULL, 0};

    for (unsigned i = 0; i < reader->schema->count && !gone; i++) {
        char *name = config_key_name(&reader->schema->keys[i]);

        if (reader->schema->keys[i].changes_from)
            suggest_offer(&suggestion, g_intern_string(name)); /* it keeps what it was offered */
        g_free(name);
    }
    if (gone)
        timeline_wrong_line(reader, CONFIG_ERROR_UNKNOWN, line, "%s", gone);
    else
        timeline_wrong_line(reader, CONFIG_ERROR_UNKNOWN, line,
                            "unknown key, expected SECTION.KEY = VALUE, did you mean %s?",
                            suggestion.nearest);
}

/* The names of keys that change: of one section, or of all (NULL). */
static char *timeline_names(const struct config_schema *schema, const char *section)
{
    GString *names = g_string_new(NULL);

    for (unsigned i = 0; i < schema->count; i++) {
        const struct config_key *key = &schema->keys[i];

        if (key->changes_from && (!section || strcmp(key->section, section) == 0))
            g_string_append_printf(names, "%s%s.%s", names->len ? ", " : "", key->section, key->name);
    }
    return g_string_free(names, FALSE);
}

/* Those that change of its section, or of all sections if it has none. */
static void timeline_fixed_key(struct timeline_reader *reader, const struct timeline_line *line,
                               const struct config_key *key)
{
    char *names = timeline_names(reader->schema, key->section);

    if (!*names) {
        g_free(names);
        names = timeline_names(reader->schema, NULL);
    }
    timeline_wrong_line(reader, CONFIG_ERROR_CONTRADICTION, line,
                        "cannot change during a run, expected one of %s", names);
    g_free(names);
}

static void timeline_take_value(struct timeline_reader *reader, const struct timeline_line *line,
                                const struct config_key *key, const char *text)
{
    struct timeline_entry entry = {.time_ns = reader->time_ns, .key = key, .line = reader->line};
    struct config_key changed = *key;
    char *why = NULL;

    changed.minimum = key->changes_from;
    if (!config_value_parse(&changed, text, &entry.value, &why)) {
        timeline_wrong_line(reader, CONFIG_ERROR_VALUE, line, "%s", why);
        g_free(why);
        return;
    }
    entry.time = g_strdup(reader->time);
    entry.text = g_strdup(text);
    g_array_append_val(reader->entries, entry);
}

void timeline_take_key(struct timeline_reader *reader, const char *section, const char *name,
                       const char *text, unsigned line)
{
    const struct config_key *key = config_key_named(reader->schema, name);
    const struct timeline_line at = {section, name, line};
    unsigned *first = key ? &reader->lines[key - reader->schema->keys] : NULL;

    if (!key)
        timeline_unknown_key(reader, &at);
    else if (*first)
        timeline_wrong_line(reader, CONFIG_ERROR_SYNTAX, &at, "given twice, first on line %u; expected once",
                            *first);
    else if (!key->changes_from)
        timeline_fixed_key(reader, &at, key);
    else
        timeline_take_value(reader, &at, key, text);
    if (first && !*first)
        *first = line;
}

void timeline_print(const struct timeline *timeline, GString *to)
{
    for (unsigned i = 0; i < timeline->count; i++) {
        const struct timeline_entry *entry = &timeline->entries[i];

        if (i == 0 || entry->time_ns != entry[-1].time_ns)
            g_string_append_printf(to, "\n[" WORD " %s]\n", entry->time);
        g_string_append_printf(to, "%s.%s = %s\n", entry->key->section, entry->key->name, entry->text);
    }
}

void timeline_clear(struct timeline *timeline)
{
    for (unsigned i = 0; i < timeline->count; i++) {
        g_free(timeline->entries[i].time);
        g_free(timeline->entries[i].text);
    }
    g_free(timeline->entries);
    *timeline = (struct timeline){NULL, 0};
}
