/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads a study file: sections, axes, variants. */
#include "sim/study/study.h"

#include "sim/config/file.h"
#include "sim/config/lines.h"
#include "sim/config/timeline.h"
#include "sim/config/value.h"
#include "sim/study/axis.h"
#include "sim/study/quantity.h"
#include "sim/study/reader.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void reader_mistake(struct reader *reader, unsigned line, const char *section, const char *name,
                    enum config_error code, const char *format, ...)
{
    char *origin =
        line ? g_strdup_printf("%s:%u", reader->mistakes.path, line) : g_strdup(reader->mistakes.path);
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    if (name)
        mistakes_add(&reader->mistakes, code, origin, "[%s] %s: %s", section, name, message);
    else if (section)
        mistakes_add(&reader->mistakes, code, origin, "[%s]: %s", section, message);
    else
        mistakes_add(&reader->mistakes, code, origin, "%s", message);
    g_free(message);
    g_free(origin);
}

char *reader_value(const struct reader *reader, const char *section, const char *name)
{
    char *text = g_key_file_get_value(reader->file, section, name, NULL);

    return text ? g_strstrip(text) : NULL;
}

/* "axis rate" -> "rate" if the first word is `word`; NULL if it is not, "" if there is no name. */
static const char *name_behind(const char *section, const char *word)
{
    size_t length = strlen(word);

    if (strncmp(section, word, length) != 0 || (section[length] && section[length] != ' '))
        return NULL;
    section += length;
    return section + strspn(section, " ");
}

/* --- keys ----------------------------------------------------------------------------------------------- */

static const struct config_schema *schema_of(const struct reader *reader)
{
    return reader->study->host->schema;
}

/* The place of the key in the schema. */
static size_t reader_place_of(const struct reader *reader, const struct config_key *key)
{
    return (size_t)(key - schema_of(reader)->keys);
}

/* The key of a line of [set], an axis or a variant; NULL and a mistake if it may not be there. */
static const struct config_key *key_of_line(struct reader *reader, const struct config_line *line)
{
    const struct config_schema *schema = schema_of(reader);
    const struct config_key *key = config_key_named(schema, line->text);
    const char *gone = config_key_gone(schema, line->text);
    struct suggestion suggestion = {line->text, NULL, 0};

    if (!key && gone) {
        reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_UNKNOWN, "%s", gone);
        return NULL;
    }
    if (!key) {
        study_offer_keys(schema, &suggestion);
        reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_UNKNOWN,
                       "unknown key, did you mean %s?", suggestion.nearest);
        return NULL;
    }
    if (strcmp(line->text, "run.seed") == 0) {
        reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_CONTRADICTION,
                       "a study gives every replication a seed, expected seed = N in [study]");
        return NULL;
    }
    return key;
}

/* False and a mistake if the key was given before; `lines` remembers. */
static bool first_time(struct reader *reader, const struct config_line *line, const struct config_key *key,
                       unsigned *lines)
{
    unsigned earlier = lines[reader_place_of(reader, key)];

    if (earlier) {
        reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_CONTRADICTION,
                       "stands on line %u, too, expected one place for each key", earlier);
        return false;
    }
    lines[reader_place_of(reader, key)] = line->number;
    return true;
}

static void take_setting(struct reader *reader, const struct config_line *line, GArray *settings)
{
    struct study_setting setting = {.key = key_of_line(reader, line)};
    struct config_value value;
    char *why = NULL;

    if (!setting.key)
        return;
    setting.text = reader_value(reader, line->section, line->text);
    if (config_value_parse(setting.key, setting.text, &value, &why)) {
        g_array_append_val(settings, setting);
        return;
    }
    reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_VALUE, "%s", why);
    g_free(why);
    g_free(setting.text);
}

static void set_line(struct reader *reader, const struct config_line *line)
{
    const struct config_key *key = config_key_named(schema_of(reader), line->text);

    if (!key || first_time(reader, line, key, reader->taken))
        take_setting(reader, line, reader->study->set);
}

static void variant_line(struct reader *reader, const struct config_line *line, struct study_variant *variant)
{
    const struct config_key *key = config_key_named(schema_of(reader), line->text);

    /* A variant may change what [set] says; that a section has a key twice is found elsewhere. */
    if (key && !reader->variant[reader_place_of(reader, key)])
        reader->variant[reader_place_of(reader, key)] = line->number;
    take_setting(reader, line, variant->settings);
}

static void axis_line(struct reader *reader, const struct config_line *line, struct study_axis *axis)
{
    const struct config_key *key = key_of_line(reader, line);
    struct study_axis_key axis_key = {.key = key};
    char *text, *why = NULL;

    if (!key || !first_time(reader, line, key, reader->taken))
        return;
    text = reader_value(reader, line->section, line->text);
    axis_key.texts = axis_values(key, text, &why);
    g_free(text);
    if (!axis_key.texts) {
        reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_VALUE, "%s", why);
        g_free(why);
        return;
    }
    if (axis->keys->len == 0)
        axis->length = axis_key.texts->len;
    else if (axis->length != axis_key.texts->len)
        reader_mistake(reader, line->number, line->section, line->text, CONFIG_ERROR_VALUE,
                       "%u values, and %s.%s of the same axis has %u, expected as many", axis_key.texts->len,
                       g_array_index(axis->keys, struct study_axis_key, 0).key->section,
                       g_array_index(axis->keys, struct study_axis_key, 0).key->name, axis->length);
    g_array_append_val(axis->keys, axis_key);
}

/* --- sections ------------------------------------------------------------------------------------------- */

static void clear_setting(gpointer data)
{
    g_free(((struct study_setting *)data)->text);
}

static void clear_axis_key(gpointer data)
{
    g_ptr_array_unref(((struct study_axis_key *)data)->texts);
}

static void clear_axis(gpointer data)
{
    struct study_axis *axis = data;

    g_free(axis->name);
    g_array_free(axis->keys, TRUE);
}

static void clear_variant(gpointer data)
{
    struct study_variant *variant = data;

    g_free(variant->name);
    g_array_free(variant->settings, TRUE);
}

static GArray *array_of(guint size, GDestroyNotify clear)
{
    GArray *array = g_array_new(FALSE, TRUE, size);

    g_array_set_clear_func(array, clear);
    return array;
}

static void unknown_section(struct reader *reader, const struct config_line *line)
{
    static const char *const known[] = {"study", "set", "axis NAME", "variant NAME"};
    struct suggestion suggestion = {line->section, NULL, 0};

    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        suggest_offer(&suggestion, known[i]);
    if (timeline_is_section(schema_of(reader), line->section)) {
        reader_mistake(reader, line->number, line->section, NULL, CONFIG_ERROR_UNKNOWN,
                       "a section of scenarios, expected it in the base scenario");
        return;
    }
    for (unsigned i = 0; i < schema_of(reader)->count; i++)
        if (strcmp(schema_of(reader)->keys[i].section, line->section) == 0) {
            reader_mistake(reader, line->number, line->section, NULL, CONFIG_ERROR_UNKNOWN,
                           "a section of scenarios; here its keys stand in [set], as %s.%s = ...",
                           line->section, schema_of(reader)->keys[i].name);
            return;
        }
    reader_mistake(reader, line->number, line->section, NULL, CONFIG_ERROR_UNKNOWN,
                   "unknown section, did you mean [%s]?", suggestion.nearest);
}

static void section_line(struct reader *reader, const struct config_line *line)
{
    const char *axis_name = name_behind(line->section, "axis");
    const char *variant_name = name_behind(line->section, "variant");

    if (axis_name && *axis_name) {
        struct study_axis axis = {.name = g_strdup(axis_name)};

        axis.keys = array_of(sizeof(struct study_axis_key), clear_axis_key);
        g_array_append_val(reader->study->axes, axis);
    } else if (variant_name && *variant_name) {
        struct study_variant variant = {.name = g_strdup(variant_name)};

        variant.settings = array_of(sizeof(struct study_setting), clear_setting);
        g_array_append_val(reader->study->variants, variant);
    } else if (axis_name || variant_name)
        reader_mistake(reader, line->number, line->section, NULL, CONFIG_ERROR_SYNTAX,
                       "has no name, expected [%s NAME]", axis_name ? "axis" : "variant");
    else if (strcmp(line->section, "study") != 0 && strcmp(line->section, "set") != 0)
        unknown_section(reader, line);
    if (((axis_name && *axis_name) || (variant_name && *variant_name)) &&
        g_str_has_suffix(line->section, " "))
        reader_mistake(reader, line->number, line->section, NULL, CONFIG_ERROR_SYNTAX,
                       "its name ends with a blank, expected one without");
}

/* The line that has the same section, or the same key of it, earlier; 0: none, and this one is noted. */
static unsigned given_before(struct reader *reader, const struct config_line *line)
{
    /* No name has a line end in it. */
    char *name = line->kind == LINE_SECTION ? g_strdup(line->section)
                                            : g_strconcat(line->section, "\n", line->text, NULL);
    unsigned earlier = GPOINTER_TO_UINT(g_hash_table_lookup(reader->given, name));

    if (!earlier)
        g_hash_table_insert(reader->given, g_strdup(name), GUINT_TO_POINTER(line->number));
    g_free(name);
    return earlier;
}

static void key_line(struct reader *reader, const struct config_line *line)
{
    struct study *study = reader->study;
    const char *axis = name_behind(line->section, "axis"), *variant = name_behind(line->section, "variant");

    if (strcmp(line->section, "study") == 0)
        reader_head_line(reader, line->number, line->text);
    else if (strcmp(line->section, "set") == 0)
        set_line(reader, line);
    else if (axis && *axis)
        axis_line(reader, line, &g_array_index(study->axes, struct study_axis, study->axes->len - 1));
    else if (variant && *variant)
        variant_line(reader, line,
                     &g_array_index(study->variants, struct study_variant, study->variants->len - 1));
}

static void take_line(struct reader *reader, const struct config_line *line)
{
    unsigned earlier = line->kind == LINE_SECTION || line->kind == LINE_KEY ? given_before(reader, line) : 0;

    if (earlier)
        reader_mistake(reader, line->number, line->section, line->kind == LINE_KEY ? line->text : NULL,
                       CONFIG_ERROR_SYNTAX, "given twice, first on line %u; expected once", earlier);
    else if (line->kind == LINE_SECTION)
        section_line(reader, line);
    else if (line->kind == LINE_KEY)
        key_line(reader, line);
    else if (line->kind == LINE_HOMELESS)
        reader_mistake(reader, line->number, NULL, NULL, CONFIG_ERROR_SYNTAX,
                       "%s: stands before the first section, expected [study] above it", line->text);
    else
        reader_mistake(reader, line->number, NULL, NULL, CONFIG_ERROR_SYNTAX,
                       "\"%s\" is not understood, expected [section], key = value or # comment", line->text);
}

static void add_number(GString *to, const struct config_key *key, const char *text)
{
    mpq_t number;
    char *digits;

    mpq_init(number);
    study_number(key, text, number);
    digits = mpq_get_str(NULL, 10, number);
    g_string_append(to, digits);
    free(digits);
    mpq_clear(number);
}

/* Adds a value so that all its spellings come out the same: 0.1 and 10%. */
static void add_meaning(GString *to, const struct config_key *key, const char *text)
{
    struct config_value value = {.integer = 0};
    char *why = NULL;

    if (!config_value_parse(key, text, &value, &why))
        g_free(why); /* reported already */
    else if (quantity_type(key->type))
        add_number(to, key, text);
    else if (key->type == CONFIG_DISTRIBUTION)
        g_string_append_printf(to, "%d %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %.17g",
                               (int)value.distribution.kind, value.distribution.a_ns, value.distribution.b_ns,
                               value.distribution.sigma);
    else if (key->type == CONFIG_DURATIONS)
        for (unsigned i = 0; i < value.durations.count; i++)
            g_string_append_printf(to, "%" G_GINT64_FORMAT " ", value.durations.ns[i]);
    else if (key->type == CONFIG_TEXT)
        g_string_append(to, text);
    else
        g_string_append_printf(to, "%" G_GINT64_FORMAT, value.integer);
    g_string_append_c(to, '\n');
}

/* Two places of an axis that set all its keys alike are one point run twice, under two numbers. */
static void check_repeats(struct reader *reader, const struct study_axis *axis, const char *section)
{
    GHashTable *places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    const struct study_axis_key *first = &g_array_index(axis->keys, struct study_axis_key, 0);
    char *name = config_key_name(first->key);
    bool repeats = false;

    for (unsigned i = 0; i < axis->length && !repeats; i++) {
        GString *meaning = g_string_new(NULL);
        unsigned earlier;

        for (unsigned k = 0; k < axis->keys->len; k++) {
            const struct study_axis_key *key = &g_array_index(axis->keys, struct study_axis_key, k);

            add_meaning(meaning, key->key, g_ptr_array_index(key->texts, i));
        }
        earlier = GPOINTER_TO_UINT(g_hash_table_lookup(places, meaning->str));
        repeats = earlier > 0;
        if (repeats)
            reader_mistake(reader, reader->taken[reader_place_of(reader, first->key)], section, name,
                           CONFIG_ERROR_VALUE,
                           "value %u (%s) is value %u again%s, expected points that differ", i + 1,
                           (const char *)g_ptr_array_index(first->texts, i), earlier,
                           axis->keys->len > 1 ? ", and so are the other keys of the axis" : "");
        g_hash_table_insert(places, g_string_free(meaning, FALSE), GUINT_TO_POINTER(i + 1));
    }
    g_hash_table_unref(places);
    g_free(name);
}

/* A key of an axis must not be in a variant; axes must have keys, and values that differ. */
static void check_axes(struct reader *reader)
{
    for (unsigned i = 0; i < reader->study->axes->len; i++) {
        const struct study_axis *axis = &g_array_index(reader->study->axes, struct study_axis, i);
        char *section = g_strdup_printf("axis %s", axis->name);

        if (axis->keys->len == 0 && reader->mistakes.text->len == 0)
            reader_mistake(reader, 0, section, NULL, CONFIG_ERROR_SYNTAX,
                           "has no key, expected one such as pull.rate = 1k/s, 2k/s");
        for (unsigned k = 0; k < axis->keys->len; k++) {
            const struct config_key *key = g_array_index(axis->keys, struct study_axis_key, k).key;
            unsigned line = reader->taken[reader_place_of(reader, key)],
                     other = reader->variant[reader_place_of(reader, key)];
            char *name = config_key_name(key);

            if (other)
                reader_mistake(reader, line, section, name, CONFIG_ERROR_CONTRADICTION,
                               "stands in a variant, too (line %u), expected one place for each key", other);
            g_free(name);
        }
        if (axis->keys->len > 0 && reader->mistakes.text->len == 0)
            check_repeats(reader, axis, section);
        g_free(section);
    }
}

static void read_file(struct reader *reader, char *text)
{
    GError *syntax = NULL;

    reader->lines = lines_index(text);
    if (!g_key_file_load_from_data(reader->file, text, (gsize)-1, G_KEY_FILE_KEEP_TRANSLATIONS, &syntax)) {
        reader_mistake(reader, 0, NULL, NULL, CONFIG_ERROR_SYNTAX, "%s", syntax->message);
        g_clear_error(&syntax);
        return;
    }
    for (unsigned i = 0; i < reader->lines->len; i++)
        take_line(reader, &g_array_index(reader->lines, struct config_line, i));
    check_axes(reader);
    reader_finish_head(reader);
    if (reader->mistakes.text->len == 0)
        reader_points(reader);
}

static struct study *study_new(const char *path, const struct study_host *host)
{
    struct study *study = g_new0(struct study, 1);

    study->host = g_memdup2(host, sizeof *host);
    study->path = g_strdup(path);
    study->name = g_path_get_basename(path);
    if (g_str_has_suffix(study->name, ".ini") && strlen(study->name) > strlen(".ini"))
        study->name[strlen(study->name) - strlen(".ini")] = '\0';
    study->replications = 1;
    study->seed = 1;
    study->set = array_of(sizeof(struct study_setting), clear_setting);
    study->axes = array_of(sizeof(struct study_axis), clear_axis);
    study->variants = array_of(sizeof(struct study_variant), clear_variant);
    return study;
}

struct study *study_load(const char *path, const struct study_host *host, GError **error)
{
    char *text = config_file_read(path, "study", error);
    struct study *study = text ? study_parse(path, text, NULL, host, error) : NULL;

    g_free(text);
    return study;
}

struct study *study_parse(const char *path, const char *text, const char *base_text,
                          const struct study_host *host, GError **error)
{
    struct reader reader = {.mistakes = {.path = path}, .base_text = base_text};
    char *own = g_strdup(text); /* its lines are cut */
    bool good;

    reader.study = study_new(path, host);
    reader.study->text = g_strdup(text);
    reader.file = g_key_file_new();
    reader.given = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reader.mistakes.text = g_string_new(NULL);
    reader.taken = g_new0(unsigned, host->schema->count);
    reader.variant = g_new0(unsigned, host->schema->count);
    read_file(&reader, own);
    good = reader.mistakes.text->len == 0;
    if (!good) {
        g_set_error_literal(error, CONFIG_ERROR, (int)reader.mistakes.code, reader.mistakes.text->str);
        g_clear_pointer(&reader.study, study_free);
    }
    g_string_free(reader.mistakes.text, TRUE);
    g_array_free(reader.lines, TRUE);
    g_key_file_free(reader.file);
    g_hash_table_unref(reader.given);
    g_free(reader.taken);
    g_free(reader.variant);
    g_free(own);
    return reader.study;
}

void study_free(struct study *study)
{
    if (!study)
        return;
    config_free(study->base_scenario);
    g_strfreev(study->base_cells);
    g_strfreev(study->default_cells);
    config_template_free(study->base_template);
    expression_free(study->constraint);
    g_array_free(study->set, TRUE);
    g_array_free(study->axes, TRUE);
    g_array_free(study->variants, TRUE);
    g_strfreev(study->metrics);
    g_free(study->places);
    g_free(study->identities);
    g_free((gpointer)study->host);
    g_free(study->path);
    g_free(study->name);
    g_free(study->text);
    g_free(study->title);
    g_free(study->description);
    g_free(study->base);
    g_free(study->base_text);
    g_free(study->memory_text);
    g_free(study);
}
