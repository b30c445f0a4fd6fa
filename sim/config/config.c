/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads a configuration: defaults, file, settings; and keeps the texts of its values. */
#include "sim/config/config.h"

#include "sim/config/file.h"
#include "sim/config/lines.h"
#include "sim/config/mistakes.h"
#include "sim/config/suggest.h"
#include "sim/config/timeline.h"
#include "sim/config/value.h"

#include <string.h>

G_DEFINE_QUARK(pullstorm - config - error - quark, config_error)

struct config_template {
    gatomicrefcount references; /* of who made it, and of the configurations made from it */
    struct config *config;      /* defaults and text */
    struct mistakes mistakes;   /* of the text; and origins */
    GStringChunk *strings;      /* of both */
};

struct loader {
    const struct config_schema *schema;
    const char *path;
    GKeyFile *file;
    struct config *config;
    struct mistakes mistakes;
    GStringChunk *strings; /* texts of values and origins live here */
    unsigned *line;        /* line of every key in the file; 0: not there */
    GHashTable *sections;  /* name to line, of those that were read */
    struct timeline_reader timeline;
};

static const char *line_origin(struct loader *loader, unsigned line)
{
    char *text = g_strdup_printf("%s:%u", loader->path, line);
    const char *kept = g_string_chunk_insert(loader->strings, text);

    g_free(text);
    return kept;
}

static bool section_exists(const struct config_schema *schema, const char *section)
{
    for (unsigned i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].section, section) == 0)
            return true;
    return false;
}

static void unknown_section(struct loader *loader, const char *origin, const char *section)
{
    const struct config_key *keys = loader->schema->keys;
    struct suggestion suggestion = {section, NULL, 0};

    for (unsigned i = 0; i < loader->schema->count; i++)
        if (i == 0 || strcmp(keys[i].section, keys[i - 1].section) != 0)
            suggest_offer(&suggestion, keys[i].section);
    mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, origin, "[%s]: unknown section, did you mean [%s]?",
                 section, suggestion.nearest);
}

/* A key of an earlier version: says why it is gone. */
static bool gone_key(struct loader *loader, const char *origin, const char *section, const char *name)
{
    g_autofree char *full = g_strconcat(section, ".", name, NULL);
    const char *why = config_key_gone(loader->schema, full);

    if (why)
        mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, origin, "%s: %s", full, why);
    return why != NULL;
}

/* Names the nearest key of the section, and the sections that have a key of just that name. */
static void unknown_key(struct loader *loader, const char *origin, const char *section, const char *name)
{
    struct suggestion suggestion = {name, NULL, 0};
    GString *elsewhere;

    if (gone_key(loader, origin, section, name))
        return;
    elsewhere = g_string_new(NULL);

    for (unsigned i = 0; i < loader->schema->count; i++) {
        const struct config_key *key = &loader->schema->keys[i];

        if (strcmp(key->section, section) == 0)
            suggest_offer(&suggestion, key->name);
        else if (strcmp(key->name, name) == 0)
            g_string_append_printf(elsewhere, "%s%s.%s", elsewhere->len ? ", " : "", key->section, name);
    }
    if (elsewhere->len)
        mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, origin,
                     "%s.%s: unknown key, did you mean %s.%s? There is %s", section, name, section,
                     suggestion.nearest, elsewhere->str);
    else
        mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, origin,
                     "%s.%s: unknown key, did you mean %s.%s?", section, name, section, suggestion.nearest);
    g_string_free(elsewhere, TRUE);
}

/* Takes one value, or notes what is wrong with it. */
static void take(struct loader *loader, const struct config_key *key, const char *text, const char *origin)
{
    size_t place = (size_t)(key - loader->schema->keys);
    struct config_value value;
    char *why = NULL;

    if (!config_value_parse(key, text, &value, &why)) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_VALUE, origin, "%s.%s: %s", key->section, key->name,
                     why);
        g_free(why);
        return;
    }
    loader->config->value[place] = g_string_chunk_insert(loader->strings, text);
    config_value_store(key, &value, loader->config->value[place], loader->config);
    loader->mistakes.origin[place] = origin;
}

static void take_defaults(struct loader *loader)
{
    for (unsigned i = 0; i < loader->schema->count; i++) {
        take(loader, &loader->schema->keys[i], loader->schema->keys[i].standard, NULL);
        if (!loader->config->value[i])
            g_error("schema: %s", loader->mistakes.text->str);
    }
}

/* A line of a section [at TIME]. */
static void take_change(struct loader *loader, const struct config_line *line)
{
    char *text = g_key_file_get_value(loader->file, line->section, line->text, NULL);

    if (text)
        timeline_take_key(&loader->timeline, line->section, line->text, g_strstrip(text), line->number);
    g_free(text);
}

static void take_key(struct loader *loader, const struct config_line *line)
{
    const struct config_key *key = config_key_find(loader->schema, line->section, line->text);
    const char *origin = line_origin(loader, line->number);

    if (!key) {
        if (section_exists(loader->schema, line->section))
            unknown_key(loader, origin, line->section, line->text);
        return;
    }
    unsigned *first = &loader->line[key - loader->schema->keys];
    if (*first) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, origin,
                     "%s.%s: given twice, first on line %u; expected once", key->section, key->name, *first);
        return;
    }
    *first = line->number;
    char *text = g_key_file_get_value(loader->file, line->section, line->text, NULL);
    if (text)
        take(loader, key, g_strstrip(text), origin);
    g_free(text);
}

static void take_section(struct loader *loader, const struct config_line *line)
{
    if (timeline_is_section(loader->schema, line->section)) {
        timeline_take_section(&loader->timeline, line->section, line->number);
        return;
    }
    const char *origin = line_origin(loader, line->number);
    unsigned earlier = GPOINTER_TO_UINT(g_hash_table_lookup(loader->sections, line->section));

    if (earlier) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, origin,
                     "[%s]: given twice, first on line %u; expected once", line->section, earlier);
        return;
    }
    g_hash_table_insert(loader->sections, line->section, GUINT_TO_POINTER(line->number));
    if (!section_exists(loader->schema, line->section))
        unknown_section(loader, origin, line->section);
}

/* Is it a file of another sort? One mistake says so, and not one for each of its sections and keys. */
static bool is_other(struct loader *loader, const GArray *lines)
{
    const char *other = loader->schema->other_section;

    for (unsigned i = 0; i < lines->len; i++) {
        const struct config_line *line = &g_array_index(lines, struct config_line, i);

        if (other && line->kind == LINE_SECTION && strcmp(line->section, other) == 0) {
            mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, line_origin(loader, line->number),
                         "[%s]: %s", other, loader->schema->other_why);
            return true;
        }
    }
    return false;
}

static void take_lines(struct loader *loader, const GArray *lines)
{
    if (is_other(loader, lines))
        return;
    for (unsigned i = 0; i < lines->len; i++) {
        const struct config_line *line = &g_array_index(lines, struct config_line, i);

        switch (line->kind) {
        case LINE_SECTION:
            take_section(loader, line);
            break;
        case LINE_KEY:
            if (timeline_is_section(loader->schema, line->section))
                take_change(loader, line);
            else
                take_key(loader, line);
            break;
        case LINE_HOMELESS:
            mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, line_origin(loader, line->number),
                         "%s: stands before the first section, expected a line such as [%s] above it",
                         line->text, loader->schema->example);
            break;
        case LINE_NONSENSE:
            mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, line_origin(loader, line->number),
                         "\"%s\" is not understood, expected [section], key = value or # comment",
                         line->text);
            break;
        }
    }
}

/* Takes what a text says. What GKeyFile cannot read is a mistake of the whole file. */
static void take_text(struct loader *loader, const char *unchanged)
{
    char *text = g_strdup(unchanged); /* lines_index() works in it */
    GArray *lines = lines_index(text);
    GError *syntax = NULL;

    /* Without the flag GKeyFile would drop "key[xx]" without a word. */
    if (!g_key_file_load_from_data(loader->file, text, (gsize)-1, G_KEY_FILE_KEEP_TRANSLATIONS, &syntax)) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, loader->path, "%s", syntax->message);
        g_clear_error(&syntax);
    }
    loader->sections = g_hash_table_new(g_str_hash, g_str_equal);
    take_lines(loader, lines);
    g_hash_table_unref(loader->sections);
    g_array_free(lines, TRUE);
    g_free(text);
}

static void take_setting(struct loader *loader, const char *setting)
{
    char *shown = g_strconcat("-s ", setting, NULL);
    const char *origin = g_string_chunk_insert(loader->strings, shown);
    const char *equals = strchr(setting, '=');
    const char *dot = strchr(setting, '.');

    g_free(shown);
    if (!equals || !dot || dot > equals) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, origin, "expected SECTION.KEY=VALUE");
        return;
    }
    char *section = g_strstrip(g_strndup(setting, (gsize)(dot - setting)));
    char *name = g_strstrip(g_strndup(dot + 1, (gsize)(equals - dot - 1)));
    char *text = g_strstrip(g_strdup(equals + 1));
    const struct config_key *key = config_key_find(loader->schema, section, name);

    if (!g_utf8_validate(setting, -1, NULL))
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, "-s", "a setting is not UTF-8 text");
    else if (key)
        take(loader, key, text, origin);
    else if (timeline_is_section(loader->schema, section))
        mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, origin,
                     "a setting holds from the start of the run, expected changes in a section [at TIME] of "
                     "the file");
    else if (section_exists(loader->schema, section))
        unknown_key(loader, origin, section, name);
    else
        unknown_section(loader, origin, section);
    g_free(section);
    g_free(name);
    g_free(text);
}

/* What the configuration is called: its file without folder and ".ini". */
static char *name_of(const char *path)
{
    char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, ".ini") && strlen(name) > strlen(".ini"))
        name[strlen(name) - strlen(".ini")] = '\0';
    return name;
}

static struct config *config_new(const struct config_schema *schema)
{
    struct config *config = g_malloc0(schema->size);

    config->schema = schema;
    config->value = g_new0(const char *, schema->count + 1);
    return config;
}

static struct mistakes loader_mistakes(const struct config_schema *schema, const char *path)
{
    return (struct mistakes){.schema = schema,
                             .path = path,
                             .text = g_string_new(NULL),
                             .origin = g_new0(const char *, schema->count)};
}

struct config_template *config_template_new(const struct config_schema *schema, const char *path,
                                            const char *text)
{
    struct config_template *made = g_new0(struct config_template, 1);
    struct loader loader = {.schema = schema, .config = config_new(schema)};
    char *name = name_of(path);

    loader.file = g_key_file_new();
    loader.strings = g_string_chunk_new(4096);
    loader.line = g_new0(unsigned, schema->count);
    loader.path = g_string_chunk_insert(loader.strings, path);
    loader.config->name = g_string_chunk_insert(loader.strings, name);
    loader.mistakes = loader_mistakes(schema, loader.path);
    timeline_reader_begin(&loader.timeline, schema, &loader.mistakes);
    take_defaults(&loader);
    take_text(&loader, text);
    timeline_reader_end(&loader.timeline, &loader.config->timeline);
    g_atomic_ref_count_init(&made->references);
    made->config = loader.config;
    made->mistakes = loader.mistakes;
    made->strings = loader.strings;
    g_free(name);
    g_free(loader.line);
    g_key_file_free(loader.file);
    return made;
}

void config_template_free(struct config_template *from)
{
    if (!from || !g_atomic_ref_count_dec(&from->references))
        return;
    timeline_clear(&from->config->timeline);
    g_free(from->config->value);
    g_free(from->config);
    g_string_free(from->mistakes.text, TRUE);
    g_free(from->mistakes.origin);
    g_string_chunk_free(from->strings);
    g_free(from);
}

/* A configuration that has no settings yet, and the mistakes of its text. */
static void loader_begin(struct loader *loader, struct config_template *from)
{
    const struct config_schema *schema = from->config->schema;
    const char **value;

    *loader = (struct loader){.schema = schema, .path = from->mistakes.path, .config = config_new(schema)};
    value = loader->config->value;
    memcpy(value, from->config->value, schema->count * sizeof *value);
    memcpy(loader->config, from->config, schema->size);
    loader->config->value = value;
    loader->config->from = from;
    g_atomic_ref_count_inc(&from->references);
    loader->mistakes = loader_mistakes(schema, loader->path);
    loader->mistakes.code = from->mistakes.code;
    g_string_append_len(loader->mistakes.text, from->mistakes.text->str, (gssize)from->mistakes.text->len);
    memcpy(loader->mistakes.origin, from->mistakes.origin, schema->count * sizeof *loader->mistakes.origin);
}

/* The configuration, or NULL and error if there is any mistake. */
static struct config *loader_end(struct loader *loader, GError **error)
{
    if (loader->mistakes.text->len) {
        g_set_error_literal(error, CONFIG_ERROR, (int)loader->mistakes.code, loader->mistakes.text->str);
        g_clear_pointer(&loader->config, config_free);
    }
    g_string_free(loader->mistakes.text, TRUE);
    g_free(loader->mistakes.origin);
    return loader->config;
}

struct config *config_from_template(struct config_template *from, const char *const *settings,
                                    config_rule *rule, GError **error)
{
    struct loader loader;

    loader_begin(&loader, from);
    if (settings && *settings)
        loader.strings = loader.config->strings = g_string_chunk_new(256);
    for (; settings && *settings; settings++)
        take_setting(&loader, *settings);
    loader.mistakes.values_right = loader.mistakes.text->len == 0;
    if (loader.mistakes.values_right && loader.schema->rule)
        loader.schema->rule(loader.config, &loader.mistakes);
    if (rule)
        rule(loader.config, &loader.mistakes);
    return loader_end(&loader, error);
}

struct config *config_parse(const struct config_schema *schema, const char *path, const char *text,
                            const char *const *settings, config_rule *rule, GError **error)
{
    struct config_template *from = config_template_new(schema, path, text);
    struct config *config = config_from_template(from, settings, rule, error);

    config_template_free(from);
    return config;
}

struct config *config_load(const struct config_schema *schema, const char *path, const char *const *settings,
                           config_rule *rule, GError **error)
{
    char *text = config_file_read(path, schema->example, error);
    struct config *config = text ? config_parse(schema, path, text, settings, rule, error) : NULL;

    g_free(text);
    return config;
}

void config_free(struct config *config)
{
    if (!config)
        return;
    if (config->strings)
        g_string_chunk_free(config->strings);
    config_template_free(config->from);
    g_free(config->value);
    g_free(config);
}

char *config_text(const struct config *config)
{
    GString *text = g_string_new(NULL);
    const char *section = "";

    for (unsigned i = 0; i < config->schema->count; i++) {
        const struct config_key *key = &config->schema->keys[i];

        if (strcmp(section, key->section) != 0) {
            section = key->section;
            g_string_append_printf(text, "%s[%s]\n", i ? "\n" : "", section);
        }
        g_string_append_printf(text, "%s = %s\n", key->name, config->value[i]);
    }
    timeline_print(&config->timeline, text);
    return g_string_free(text, FALSE);
}

const char *config_value_text(const struct config *config, const struct config_key *key)
{
    return config->value[key - config->schema->keys];
}
