/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The points of a study: how axes cross, what a point is called, and what it sets. */
#include "sim/config/value.h"
#include "sim/study/identity.h"
#include "sim/study/quantity.h"
#include "sim/study/reader.h"
#include "sim/study/study.h"

#include <inttypes.h>
#include <string.h>

/* Points whose mistakes are reported; the others would say the same. */
#define MISTAKEN_POINTS_MAX 5
/* Purpose of the draws of independent seeds. */
#define SEED_PURPOSE 0x5eed

static unsigned dimensions(const struct study *study)
{
    return study->axes->len + (study->variants->len > 0);
}

/* How many values the i-th dimension has. */
static unsigned dimension_length(const struct study *study, unsigned i)
{
    if (study->variants->len > 0 && i-- == 0)
        return study->variants->len;
    return g_array_index(study->axes, struct study_axis, i).length;
}

static const char *setting_text(const GArray *settings, const struct config_key *key)
{
    for (unsigned i = 0; i < settings->len; i++)
        if (g_array_index(settings, struct study_setting, i).key == key)
            return g_array_index(settings, struct study_setting, i).text;
    return NULL;
}

/* The places of a crossing may not be in the study yet: it may still be dropped. */
static const char *text_at(const struct study *study, const unsigned *places, const struct config_key *key)
{
    unsigned first_axis = study->variants->len > 0;
    const char *text = NULL;

    for (unsigned a = 0; a < study->axes->len; a++) {
        const struct study_axis *axis = &g_array_index(study->axes, struct study_axis, a);

        for (unsigned k = 0; k < axis->keys->len; k++) {
            const struct study_axis_key *axis_key = &g_array_index(axis->keys, struct study_axis_key, k);

            if (axis_key->key == key)
                return g_ptr_array_index(axis_key->texts, places[first_axis + a]);
        }
    }
    if (first_axis)
        text = setting_text(g_array_index(study->variants, struct study_variant, places[0]).settings, key);
    if (!text)
        text = setting_text(study->set, key);
    return text ? text : config_value_text(study->base_scenario, key);
}

static const unsigned *places_of(const struct study *study, unsigned point)
{
    g_assert(point >= 1 && point <= study->point_count);
    if (dimensions(study) == 0)
        return study->places; /* may be NULL: a study of one point */
    return study->places + (size_t)(point - 1) * dimensions(study);
}

const char *study_point_text(const struct study *study, unsigned point, const struct config_key *key)
{
    return text_at(study, places_of(study, point), key);
}

const char *study_point_variant(const struct study *study, unsigned point)
{
    if (study->variants->len == 0)
        return NULL;
    return g_array_index(study->variants, struct study_variant, places_of(study, point)[0]).name;
}

static void add_setting(GPtrArray *to, const struct config_key *key, const char *text)
{
    g_ptr_array_add(to, g_strdup_printf("%s.%s=%s", key->section, key->name, text));
}

static void add_settings(GPtrArray *to, const GArray *settings)
{
    for (unsigned i = 0; i < settings->len; i++) {
        const struct study_setting *setting = &g_array_index(settings, struct study_setting, i);

        add_setting(to, setting->key, setting->text);
    }
}

/* Variant and axes of a point, without [set]. */
static GPtrArray *own_settings(const struct study *study, const unsigned *places, bool variant)
{
    GPtrArray *to = g_ptr_array_new();

    if (variant)
        add_settings(to, g_array_index(study->variants, struct study_variant, places[0]).settings);
    for (unsigned a = 0; a < study->axes->len; a++) {
        const struct study_axis *axis = &g_array_index(study->axes, struct study_axis, a);

        for (unsigned k = 0; k < axis->keys->len; k++) {
            const struct study_axis_key *key = &g_array_index(axis->keys, struct study_axis_key, k);

            add_setting(to, key->key, g_ptr_array_index(key->texts, places[(study->variants->len > 0) + a]));
        }
    }
    return to;
}

/* [set] without what the variant sets, so that each key is there once; then the variant; then the axes. */
char **study_point_settings(const struct study *study, unsigned point)
{
    const unsigned *places = places_of(study, point);
    GPtrArray *own = own_settings(study, places, study->variants->len > 0), *all = g_ptr_array_new();

    for (unsigned i = 0; i < study->set->len; i++) {
        const struct study_setting *setting = &g_array_index(study->set, struct study_setting, i);

        if (study->variants->len == 0 ||
            !setting_text(g_array_index(study->variants, struct study_variant, places[0]).settings,
                          setting->key))
            add_setting(all, setting->key, setting->text);
    }
    g_ptr_array_extend_and_steal(all, own);
    g_ptr_array_add(all, NULL);
    return (char **)g_ptr_array_free(all, FALSE);
}

/* From the text that was read with the study: the file may have changed since, or be wrong the next time. */
struct config *study_base_with(const struct study *study, char **settings, GError **error)
{
    return config_from_template(study->base_template, (const char *const *)settings, study->host->rule,
                                error);
}

struct config *study_point_scenario(const struct study *study, unsigned point, GError **error)
{
    char **settings = study_point_settings(study, point);
    struct config *scenario = study_base_with(study, settings, error);

    g_strfreev(settings);
    return scenario;
}

char *study_point_name(const struct study *study, unsigned point)
{
    GPtrArray *own = own_settings(study, places_of(study, point), false);
    char *axes, *name;

    g_ptr_array_add(own, NULL);
    axes = g_strjoinv(", ", (char **)own->pdata);
    if (study->variants->len > 0)
        name = g_strdup_printf("variant=%s%s%s", study_point_variant(study, point), *axes ? ", " : "", axes);
    else
        name = g_strdup(*axes ? axes : "the base");
    g_free(axes);
    g_strfreev((char **)g_ptr_array_free(own, FALSE));
    return name;
}

/* --- names in conditions -------------------------------------------------------------------------------- */

void study_offer_keys(const struct config_schema *schema, struct suggestion *suggestion)
{
    /* A suggestion keeps the name it was offered, so the name has to stay. */
    for (unsigned i = 0; i < schema->count; i++) {
        char *name = config_key_name(&schema->keys[i]);

        suggest_offer(suggestion, g_intern_string(name));
        g_free(name);
    }
}

/* All parameters are whole nanoseconds. */
static void exact_mean(const struct distribution *d, mpq_t out)
{
    if (d->kind == DISTRIBUTION_UNIFORM)
        mpq_set_si(out, d->a_ns + d->b_ns, UINT64_C(2000000000));
    else
        mpq_set_si(out, distribution_mean(d), 1000000000);
    mpq_canonicalize(out);
}

void study_number(const struct config_key *key, const char *text, mpq_t out)
{
    struct config_value value;
    char *why = NULL;

    mpq_set_ui(out, 0, 1);
    if (!config_value_parse(key, text, &value, &why))
        g_free(why);
    else if (quantity_type(key->type))
        quantity_exact(key->type, text, out);
    else if (key->type == CONFIG_DISTRIBUTION)
        exact_mean(&value.distribution, out);
    else if (key->type == CONFIG_SEED)
        mpq_set_ui(out, value.seed, 1);
}

static enum expression_kind kind_of(const void *user, const char *name)
{
    const struct config_key *key = config_key_named(user, name);

    if (strcmp(name, "point") == 0)
        return EXPRESSION_NUMBER;
    if (strcmp(name, "variant") == 0)
        return EXPRESSION_TEXT;
    if (!key)
        return EXPRESSION_UNKNOWN;
    switch (key->type) {
    case CONFIG_CHOICE:
    case CONFIG_TEXT:
    case CONFIG_DATE:
    case CONFIG_DURATIONS:
        return EXPRESSION_TEXT;
    default:
        return EXPRESSION_NUMBER;
    }
}

static const char *unit_of(const void *user, const char *name)
{
    const struct config_key *key = config_key_named(user, name);

    return key ? config_type_unit(key->type) : NULL;
}

static void offer_names(const void *user, struct suggestion *suggestion)
{
    suggest_offer(suggestion, "variant");
    suggest_offer(suggestion, "point");
    study_offer_keys(user, suggestion);
}

static const char *gone_name(const void *user, const char *name)
{
    return config_key_gone(user, name);
}

struct expression_names study_names(const struct config_schema *schema)
{
    return (struct expression_names){
        .kind = kind_of, .unit = unit_of, .offer = offer_names, .gone = gone_name, .user = schema};
}

struct crossing {
    const struct study *study;
    const unsigned *places;
    unsigned point;
};

static bool crossing_number(const void *user, const char *name, mpq_t out)
{
    const struct crossing *crossing = user;
    const struct config_key *key = config_key_named(crossing->study->host->schema, name);

    if (key)
        study_number(key, text_at(crossing->study, crossing->places, key), out);
    else
        mpq_set_ui(out, crossing->point, 1);
    return true;
}

static const char *crossing_text(const void *user, const char *name)
{
    const struct crossing *crossing = user;
    const struct study *study = crossing->study;

    if (strcmp(name, "variant") != 0)
        return text_at(study, crossing->places, config_key_named(study->host->schema, name));
    if (study->variants->len == 0)
        return "";
    return g_array_index(study->variants, struct study_variant, crossing->places[0]).name;
}

bool study_point_is(const struct study *study, unsigned point, const struct expression *condition)
{
    const struct crossing crossing = {study, places_of(study, point), point};
    const struct expression_values values = {crossing_number, crossing_text, &crossing};

    return expression_true(condition, &values);
}

/* --- making them ---------------------------------------------------------------------------------------- */

/* Steps to the next crossing, the last dimension fastest; false after the last. */
static bool next_crossing(const struct study *study, unsigned *places)
{
    for (unsigned i = dimensions(study); i-- > 0;) {
        if (++places[i] < dimension_length(study, i))
            return true;
        places[i] = 0;
    }
    return false;
}

static void check_point(struct reader *reader, unsigned point)
{
    const struct study *study = reader->study;
    GError *error = NULL;
    struct config *scenario = study_point_scenario(study, point, &error);
    char *refusal = scenario && study->host->refuse ? study->host->refuse(scenario) : NULL;
    char *name = error || refusal ? study_point_name(study, point) : NULL;
    char **lines = error ? g_strsplit(error->message, "\n", -1) : NULL;

    for (char **line = lines; line && *line; line++)
        reader_mistake(reader, 0, NULL, NULL, (enum config_error)error->code, "point %u (%s): %s", point,
                       name, *line);
    if (refusal)
        reader_mistake(reader, 0, NULL, NULL, CONFIG_ERROR_VALUE, "point %u (%s): %s", point, name, refusal);
    g_strfreev(lines);
    g_free(name);
    g_free(refusal);
    config_free(scenario);
    g_clear_error(&error);
}

static void check_points(struct reader *reader)
{
    unsigned mistaken = 0;

    for (unsigned point = 1; point <= reader->study->point_count; point++) {
        gsize before = reader->mistakes.text->len;

        check_point(reader, point);
        mistaken += reader->mistakes.text->len > before;
        if (mistaken == MISTAKEN_POINTS_MAX) {
            reader_mistake(reader, 0, NULL, NULL, CONFIG_ERROR_VALUE, "points behind %u were not looked at",
                           point);
            return;
        }
    }
}

void reader_points(struct reader *reader)
{
    struct study *study = reader->study;
    unsigned count = dimensions(study);
    unsigned *places = g_new0(unsigned, count + 1);
    GArray *kept = g_array_new(FALSE, FALSE, sizeof(unsigned));
    double crossings = 1;

    for (unsigned i = 0; i < count; i++)
        crossings *= dimension_length(study, i);
    if (crossings > STUDY_POINTS_MAX)
        reader_mistake(reader, 0, NULL, NULL, CONFIG_ERROR_VALUE,
                       "the axes cross in %.0f points, expected at most %d", crossings, STUDY_POINTS_MAX);
    else
        do {
            const struct crossing crossing = {study, places, study->point_count + 1};
            const struct expression_values values = {crossing_number, crossing_text, &crossing};

            if (study->constraint && !expression_true(study->constraint, &values))
                continue;
            g_array_append_vals(kept, places, count);
            study->point_count++;
        } while (next_crossing(study, places));
    study->places = (unsigned *)(void *)g_array_free(kept, FALSE);
    g_free(places);
    if (crossings <= STUDY_POINTS_MAX && study->point_count == 0)
        reader_mistake(reader, 0, "study", "constraint", CONFIG_ERROR_CONTRADICTION,
                       "is false at each of the %.0f points, expected some to be left", crossings);
    check_points(reader);
    if (study->independent && reader->mistakes.text->len == 0)
        identity_number_points(study);
}

/* --- runs ----------------------------------------------------------------------------------------------- */

uint64_t study_seed(const struct study *study, unsigned point, unsigned replication)
{
    if (study->independent) {
        uint64_t identity = study->identities[point];

        return random_u64(study->seed, (uint32_t)identity, SEED_PURPOSE,
                          (identity >> 32 << 32) | replication);
    }
    return (study->seed - 1) * (STUDY_REPLICATIONS_MAX + 1) + replication;
}

char *study_run_name(unsigned point, unsigned replication)
{
    return g_strdup_printf("p%04u-r%02u", point, replication);
}

void study_header_cells(const struct study *study, struct csv *csv)
{
    if (study->variants->len > 0)
        csv_text(csv, "variant");
    for (unsigned a = 0; a < study->axes->len; a++) {
        const struct study_axis *axis = &g_array_index(study->axes, struct study_axis, a);

        for (unsigned k = 0; k < axis->keys->len; k++) {
            const struct config_key *key = g_array_index(axis->keys, struct study_axis_key, k).key;
            char *name = config_key_name(key);

            csv_text(csv, name);
            g_free(name);
        }
    }
}

void study_point_cells(const struct study *study, const struct config *scenario, unsigned point,
                       struct csv *csv)
{
    if (study->variants->len > 0)
        csv_text(csv, study_point_variant(study, point));
    for (unsigned a = 0; a < study->axes->len; a++) {
        const struct study_axis *axis = &g_array_index(study->axes, struct study_axis, a);

        for (unsigned k = 0; k < axis->keys->len; k++)
            study->host->cell(csv, scenario, g_array_index(axis->keys, struct study_axis_key, k).key);
    }
}
