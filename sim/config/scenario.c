/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Loads a scenario: defaults, file, settings; and keeps the texts of its values. */
#include "sim/config/file.h"
#include "sim/config/lines.h"
#include "sim/config/mistakes.h"
#include "sim/config/suggest.h"
#include "sim/config/value.h"

#include <string.h>

G_DEFINE_QUARK(pullstorm - config - error - quark, config_error)

/* What scenario_load() makes: the scenario comes first, so that a pointer to it finds the texts. */
struct loaded {
    struct scenario scenario;
    char **value; /* text of every key, in table order */
};

struct loader {
    const char *path;
    GKeyFile *file;
    struct loaded *loaded;
    struct mistakes mistakes;
    GStringChunk *strings; /* the origins live here */
    unsigned *line;        /* line of every key in the file; 0: not there */
    GHashTable *sections;  /* name to line, of those that were read */
};

static const char *line_origin(struct loader *loader, unsigned line)
{
    char *text = g_strdup_printf("%s:%u", loader->path, line);
    const char *kept = g_string_chunk_insert(loader->strings, text);

    g_free(text);
    return kept;
}

static bool section_exists(const char *section)
{
    for (unsigned i = 0; i < config_key_count; i++)
        if (strcmp(config_keys[i].section, section) == 0)
            return true;
    return false;
}

static void unknown_section(struct loader *loader, const char *origin, const char *section)
{
    struct suggestion suggestion = {section, NULL, 0};

    for (unsigned i = 0; i < config_key_count; i++)
        if (i == 0 || strcmp(config_keys[i].section, config_keys[i - 1].section) != 0)
            suggest_offer(&suggestion, config_keys[i].section);
    mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, origin, "[%s]: unknown section, did you mean [%s]?",
                 section, suggestion.nearest);
}

/* A key of an earlier version: says why it is gone. */
static bool gone_key(struct loader *loader, const char *origin, const char *section, const char *name)
{
    g_autofree char *full = g_strconcat(section, ".", name, NULL);
    const char *why = config_key_gone(full);

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

    for (unsigned i = 0; i < config_key_count; i++) {
        const struct config_key *key = &config_keys[i];

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
    struct config_value value;
    char *why = NULL;

    if (!config_value_parse(key, text, &value, &why)) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_VALUE, origin, "%s.%s: %s", key->section, key->name,
                     why);
        g_free(why);
        return;
    }
    config_value_store(key, &value, text, &loader->loaded->scenario);
    g_free(loader->loaded->value[key - config_keys]);
    loader->loaded->value[key - config_keys] = g_strdup(text);
    loader->mistakes.origin[key - config_keys] = origin;
}

static void take_defaults(struct loader *loader)
{
    for (unsigned i = 0; i < config_key_count; i++) {
        take(loader, &config_keys[i], config_keys[i].standard, NULL);
        if (!loader->loaded->value[i])
            g_error("keys.def: %s", loader->mistakes.text->str);
    }
}

static void take_key(struct loader *loader, const struct config_line *line)
{
    const struct config_key *key = config_key_find(line->section, line->text);
    const char *origin = line_origin(loader, line->number);

    if (!key) {
        if (section_exists(line->section))
            unknown_key(loader, origin, line->section, line->text);
        return;
    }
    unsigned *first = &loader->line[key - config_keys];
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
    const char *origin = line_origin(loader, line->number);
    unsigned earlier = GPOINTER_TO_UINT(g_hash_table_lookup(loader->sections, line->section));

    if (earlier) {
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, origin,
                     "[%s]: given twice, first on line %u; expected once", line->section, earlier);
        return;
    }
    g_hash_table_insert(loader->sections, line->section, GUINT_TO_POINTER(line->number));
    if (!section_exists(line->section))
        unknown_section(loader, origin, line->section);
}

/* One mistake, and not one for each of its sections and keys. */
static bool is_study(struct loader *loader, const GArray *lines)
{
    for (unsigned i = 0; i < lines->len; i++) {
        const struct config_line *line = &g_array_index(lines, struct config_line, i);

        if (line->kind == LINE_SECTION && strcmp(line->section, "study") == 0) {
            mistakes_add(&loader->mistakes, CONFIG_ERROR_UNKNOWN, line_origin(loader, line->number),
                         "[study]: this is a study, expected a scenario (a study is run by pullstorm sweep)");
            return true;
        }
    }
    return false;
}

static void take_lines(struct loader *loader, const GArray *lines)
{
    if (is_study(loader, lines))
        return;
    for (unsigned i = 0; i < lines->len; i++) {
        const struct config_line *line = &g_array_index(lines, struct config_line, i);

        switch (line->kind) {
        case LINE_SECTION:
            take_section(loader, line);
            break;
        case LINE_KEY:
            take_key(loader, line);
            break;
        case LINE_HOMELESS:
            mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, line_origin(loader, line->number),
                         "%s: stands before the first section, expected a line such as [ue] above it",
                         line->text);
            break;
        case LINE_NONSENSE:
            mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, line_origin(loader, line->number),
                         "\"%s\" is not understood, expected [section], key = value or # comment",
                         line->text);
            break;
        }
    }
}

/* False and error if the file as a whole cannot be read. */
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
    char *shown = g_strdup_printf("-s %s", setting);
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
    const struct config_key *key = config_key_find(section, name);

    if (!g_utf8_validate(setting, -1, NULL))
        mistakes_add(&loader->mistakes, CONFIG_ERROR_SYNTAX, "-s", "a setting is not UTF-8 text");
    else if (key)
        take(loader, key, text, origin);
    else if (section_exists(section))
        unknown_key(loader, origin, section, name);
    else
        unknown_section(loader, origin, section);
    g_free(section);
    g_free(name);
    g_free(text);
}

/* What the scenario is called: its file without folder and ".ini". */
static char *name_of(const char *path)
{
    char *name = g_path_get_basename(path);

    if (g_str_has_suffix(name, ".ini") && strlen(name) > strlen(".ini"))
        name[strlen(name) - strlen(".ini")] = '\0';
    return name;
}

static char *canonical_text(const struct loaded *loaded)
{
    GString *text = g_string_new(NULL);
    const char *section = "";

    for (unsigned i = 0; i < config_key_count; i++) {
        if (strcmp(section, config_keys[i].section) != 0) {
            section = config_keys[i].section;
            g_string_append_printf(text, "%s[%s]\n", i ? "\n" : "", section);
        }
        g_string_append_printf(text, "%s = %s\n", config_keys[i].name, loaded->value[i]);
    }
    return g_string_free(text, FALSE);
}

struct scenario *scenario_load(const char *path, const char *const *settings, GError **error)
{
    return scenario_load_with(path, settings, NULL, error);
}

struct scenario *scenario_load_with(const char *path, const char *const *settings, scenario_rule *rule,
                                    GError **error)
{
    char *text = scenario_file_read(path, error);
    struct scenario *scenario = text ? scenario_parse(path, text, settings, rule, error) : NULL;

    g_free(text);
    return scenario;
}

struct scenario *scenario_parse(const char *path, const char *text, const char *const *settings,
                                scenario_rule *rule, GError **error)
{
    struct loaded *loaded = g_new0(struct loaded, 1);
    struct loader loader = {.path = path, .loaded = loaded};

    loaded->value = g_new0(char *, config_key_count + 1);
    loader.file = g_key_file_new();
    loader.strings = g_string_chunk_new(256);
    loader.line = g_new0(unsigned, config_key_count);
    loader.mistakes = (struct mistakes){.path = path, .text = g_string_new(NULL)};
    loader.mistakes.origin = g_new0(const char *, config_key_count);

    loaded->scenario.name = name_of(path);
    take_defaults(&loader);
    take_text(&loader, text);
    for (; settings && *settings; settings++)
        take_setting(&loader, *settings);
    loader.mistakes.values_right = loader.mistakes.text->len == 0;
    if (loader.mistakes.values_right)
        contradictions_find(&loaded->scenario, &loader.mistakes);
    if (rule)
        rule(&loaded->scenario, &loader.mistakes);

    bool good = loader.mistakes.text->len == 0;
    if (!good)
        g_set_error_literal(error, CONFIG_ERROR, (int)loader.mistakes.code, loader.mistakes.text->str);
    g_string_free(loader.mistakes.text, TRUE);
    g_free(loader.mistakes.origin);
    g_free(loader.line);
    g_string_chunk_free(loader.strings);
    g_key_file_free(loader.file);
    if (!good) {
        scenario_free(&loaded->scenario);
        return NULL;
    }
    loaded->scenario.text = canonical_text(loaded);
    return &loaded->scenario;
}

void scenario_free(struct scenario *scenario)
{
    struct loaded *loaded = (struct loaded *)scenario;

    if (!scenario)
        return;
    for (unsigned i = 0; i < config_key_count; i++)
        if (config_keys[i].type == CONFIG_TEXT)
            g_free(*(config_TEXT *)((char *)scenario + config_keys[i].offset));
    g_strfreev(loaded->value);
    g_free(scenario->name);
    g_free(scenario->text);
    g_free(loaded);
}

const char *scenario_value_text(const struct scenario *scenario, const struct config_key *key)
{
    return ((const struct loaded *)scenario)->value[key - config_keys];
}
