/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan is to find: target, key and range, checked against the study. */
#include "sim/study/plan_private.h"

#include "sim/config/value.h"
#include "sim/study/axis.h"
#include "sim/study/parts.h"
#include "sim/study/word.h"

#include <string.h>
#include <unistd.h>

/* Values of one key, times points, that are all checked before anything runs. */
#define CHECKED_MOST 10000

static void job_free(gpointer data)
{
    g_free(((struct plan_job *)data)->folder);
    g_free(data);
}

/* --- options -------------------------------------------------------------------------------------------- */

bool plan_is_word(const struct plan *plan, const char *metric)
{
    return word_list(plan->study->host, (unsigned)metric_place(plan->study->host, metric)) != NULL;
}

/* A target is about metrics, and keys that are numbers. */
static enum expression_kind target_kind(const void *user, const char *name)
{
    const struct study_host *host = user;
    const struct expression_names keys = study_names(host->schema);
    int metric = metric_place(host, name);

    if (metric >= 0)
        return word_list(host, (unsigned)metric) ? EXPRESSION_TEXT : EXPRESSION_NUMBER;
    if (!config_key_named(host->schema, name) || keys.kind(keys.user, name) != EXPRESSION_NUMBER)
        return EXPRESSION_UNKNOWN;
    return EXPRESSION_NUMBER;
}

static const char *target_unit(const void *user, const char *name)
{
    const struct study_host *host = user;
    const struct expression_names keys = study_names(host->schema);
    int metric = metric_place(host, name);

    return metric >= 0 ? host->metrics[metric].unit : keys.unit(keys.user, name);
}

static const char *const *target_words(const void *user, const char *name)
{
    return word_list(user, (unsigned)metric_place(user, name));
}

static void offer_targets(const void *user, struct suggestion *suggestion)
{
    const struct study_host *host = user;

    metric_offer(host, suggestion);
    study_offer_keys(host->schema, suggestion);
}

static const char *gone_target(const void *user, const char *name)
{
    const struct study_host *host = user;

    return config_key_gone(host->schema, name);
}

static bool read_target(struct plan *plan, GError **error)
{
    const struct study_host *host = plan->study->host;
    const struct expression_names names = {target_kind,   target_unit, target_words,
                                           offer_targets, gone_target, host};
    GPtrArray *all;

    plan->target = expression_parse(plan->options.target, &names, error);
    if (!plan->target) {
        g_prefix_error(error, "--target: ");
        return false;
    }
    all = expression_list(plan->target);
    for (unsigned i = 0; i < all->len; i++)
        if (metric_place(host, g_ptr_array_index(all, i)) >= 0)
            g_ptr_array_add(plan->metrics, g_ptr_array_index(all, i));
    g_ptr_array_unref(all);
    plan->parts = expression_parts(plan->target, SEARCH_PARTS_MAX);
    if (plan->metrics->len > 0)
        return true;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                "--target: \"%s\" names no metric, expected one such "
                "as time_to_key_p99_s (pullstorm metrics)",
                plan->options.target);
    return false;
}

static bool has_key(const GArray *settings, const struct config_key *key)
{
    for (unsigned i = 0; i < settings->len; i++)
        if (g_array_index(settings, struct study_setting, i).key == key)
            return true;
    return false;
}

/* Where the study gives the key its own values; NULL: nowhere. */
static const char *place_in_study(const struct study *study, const struct config_key *key)
{
    for (unsigned a = 0; a < study->axes->len; a++) {
        const struct study_axis *axis = &g_array_index(study->axes, struct study_axis, a);

        for (unsigned k = 0; k < axis->keys->len; k++)
            if (g_array_index(axis->keys, struct study_axis_key, k).key == key)
                return axis->name;
    }
    for (unsigned v = 0; v < study->variants->len; v++)
        if (has_key(g_array_index(study->variants, struct study_variant, v).settings, key))
            return g_array_index(study->variants, struct study_variant, v).name;
    return NULL;
}

static bool vary_wrong(const struct plan_axis *axis, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
static bool vary_wrong(const struct plan_axis *axis, GError **error, const char *format, ...)
{
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "--vary %s: %s", axis->vary, message);
    g_free(message);
    return false;
}

/* Is a value above another one? */
static bool above(const struct config_key *key, const char *text, const char *than)
{
    mpq_t high, low;
    bool yes;

    mpq_inits(high, low, NULL);
    study_number(key, text, high);
    study_number(key, than, low);
    yes = mpq_cmp(high, low) > 0;
    mpq_clears(high, low, NULL);
    return yes;
}

static bool rising(const struct plan_axis *axis, GError **error)
{
    enum config_type type = axis->key->type;

    if (type == CONFIG_CHOICE || type == CONFIG_TEXT || type == CONFIG_DATE)
        return vary_wrong(axis, error, "%s has no smaller and larger values, expected a key that is a number",
                          axis->name);
    for (unsigned i = 1; i < axis->texts->len; i++) {
        const char *before = g_ptr_array_index(axis->texts, i - 1), *text = g_ptr_array_index(axis->texts, i);

        if (!above(axis->key, text, before))
            return vary_wrong(axis, error, "%s comes after %s, expected rising values", text, before);
    }
    return true;
}

static bool read_key(const struct plan *plan, struct plan_axis *axis, GError **error)
{
    const struct config_schema *schema = plan->study->host->schema;
    struct suggestion suggestion = {axis->name, NULL, 0};
    const char *place, *gone = config_key_gone(schema, axis->name);

    axis->key = config_key_named(schema, axis->name);
    if (!axis->key && gone)
        return vary_wrong(axis, error, "%s", gone);
    if (!axis->key) {
        study_offer_keys(schema, &suggestion);
        return vary_wrong(axis, error, "unknown key, did you mean %s?", suggestion.nearest);
    }
    if (strcmp(axis->name, "run.seed") == 0)
        return vary_wrong(axis, error, "a study gives every replication a seed, expected another key");
    place = place_in_study(plan->study, axis->key);
    if (place)
        return vary_wrong(axis, error,
                          "the study gives it values, too (%s), expected a key that it leaves alone", place);
    if (axis > plan->axes && axis->key == plan->axes[0].key)
        return vary_wrong(axis, error, "%s is varied already, expected another key", axis->name);
    return true;
}

static bool read_vary(const struct plan *plan, struct plan_axis *axis, GError **error)
{
    const char *equals = strchr(axis->vary, '=');
    char *why = NULL;

    if (!equals)
        return vary_wrong(axis, error, "expected KEY=RANGE such as bmsc.workers=1..64");
    axis->name = g_strstrip(g_strndup(axis->vary, (gsize)(equals - axis->vary)));
    if (!read_key(plan, axis, error))
        return false;
    axis->texts = axis_values(axis->key, equals + 1, &why);
    if (!axis->texts) {
        vary_wrong(axis, error, "%s", why);
        g_free(why);
        return false;
    }
    return rising(axis, error);
}

static bool read_axes(struct plan *plan, GError **error)
{
    plan->count = 1;
    for (unsigned a = 0; a < PLAN_KEYS_MAX && plan->options.vary[a]; a++) {
        struct plan_axis *axis = &plan->axes[plan->axis_count++];

        axis->vary = plan->options.vary[a];
        if (!read_vary(plan, axis, error))
            return false;
        plan->count *= axis->texts->len;
    }
    if (plan->axis_count > 1) {
        plan->direction.known = true; /* to what is cheap */
        plan->grid = (struct frontier_grid){plan->axes[0].texts->len, plan->axes[1].texts->len, NULL, 0};
    }
    return true;
}

/* --- values --------------------------------------------------------------------------------------------- */

const char *plan_text(const struct plan *plan, unsigned axis, unsigned place)
{
    if (plan->axis_count > 1)
        place = axis == 0 ? place / plan->axes[1].texts->len : place % plan->axes[1].texts->len;
    return g_ptr_array_index(plan->axes[axis].texts, place);
}

char *plan_value_name(const struct plan *plan, unsigned place)
{
    GString *name = g_string_new(NULL);

    for (unsigned a = 0; a < plan->axis_count; a++)
        g_string_append_printf(name, "%s%s = %s", a ? ", " : "", plan->axes[a].name,
                               plan_text(plan, a, place));
    return g_string_free(name, FALSE);
}

char **plan_varied(const struct plan *plan, unsigned place)
{
    char **varied = g_new0(char *, PLAN_KEYS_MAX + 1);

    for (unsigned a = 0; a < plan->axis_count; a++)
        varied[a] = g_strdup_printf("%s=%s", plan->axes[a].name, plan_text(plan, a, place));
    return varied;
}

/* Is it a setting of a varied key? */
static bool of_varied(const struct plan *plan, const char *setting)
{
    bool is = false;

    for (unsigned a = 0; a < plan->axis_count; a++) {
        size_t length = strlen(plan->axes[a].name);

        is = is || (strncmp(setting, plan->axes[a].name, length) == 0 && setting[length] == '=');
    }
    return is;
}

/* "section.key=value" of a point without the keys that are varied, then plan_varied(); g_strfreev. */
static char **plan_settings(const struct plan *plan, unsigned point, unsigned place)
{
    GPtrArray *all = g_ptr_array_new();
    char **own = study_point_settings(plan->study, point), **varied = plan_varied(plan, place);

    for (char **at = own; *at; at++)
        if (!of_varied(plan, *at))
            g_ptr_array_add(all, g_strdup(*at));
    for (char **at = varied; *at; at++)
        g_ptr_array_add(all, g_strdup(*at));
    g_ptr_array_add(all, NULL);
    g_strfreev(varied);
    g_strfreev(own);
    return (char **)g_ptr_array_free(all, FALSE);
}

struct config *plan_scenario(const struct plan *plan, unsigned point, unsigned place, GError **error)
{
    char **settings = plan_settings(plan, point, place);
    struct config *scenario = study_base_with(plan->study, settings, error);

    g_strfreev(settings);
    return scenario;
}

/* False and error if a value makes no scenario at a point. */
static bool check_value(const struct plan *plan, unsigned point, unsigned place, GError **error)
{
    struct config *scenario = plan_scenario(plan, point, place, error);
    char *name;

    if (scenario) {
        config_free(scenario);
        return true;
    }
    name = plan_value_name(plan, place);
    g_prefix_error(error, "point %u, %s: ", point, name);
    g_free(name);
    return false;
}

/* Each value must be right at every point, for keys bound each other: of two each combination. Of one key
 * over a large study the ends of the range must do. */
static bool check_values(const struct plan *plan, GError **error)
{
    bool all = plan->axis_count > 1 || plan->count <= CHECKED_MOST / plan->study->point_count, good = true;
    unsigned step = all ? 1 : MAX(plan->count - 1, 1);

    for (unsigned point = 1; point <= plan->study->point_count && good; point++)
        for (unsigned place = 0; place < plan->count && good; place += step)
            good = check_value(plan, point, place, error);
    return good;
}

static void make_points(struct plan *plan)
{
    plan->points = g_new0(struct plan_point, plan->study->point_count);
    for (unsigned p = 0; p < plan->study->point_count; p++) {
        struct plan_point *point = &plan->points[p];

        *point = (struct plan_point){.plan = plan, .number = p + 1};
        point->values = g_new0(struct plan_value, plan->count);
        for (unsigned v = 0; v < plan->count; v++) {
            point->values[v] = (struct plan_value){.point = point, .place = v};
            point->values[v].metrics = g_ptr_array_new_with_free_func(g_free);
        }
    }
}

struct plan *plan_new(const struct study *study, const struct plan_options *options, GError **error)
{
    struct plan *plan = g_new0(struct plan, 1);

    plan->study = study;
    plan->options = *options;
    plan->lock = -1;
    plan->direction = (struct step_direction){.known = options->largest, .largest = options->largest};
    plan->metrics = g_ptr_array_new();
    plan->open = g_hash_table_new_full(NULL, NULL, job_free, NULL);
    if (!read_target(plan, error) || !read_axes(plan, error) || !plan_check_two(plan, error) ||
        !plan_read_price(plan, error) || !check_values(plan, error)) {
        plan_free(plan);
        return NULL;
    }
    plan->grid.ranks = plan->ranks;
    plan->grid.parts = plan->parts->len;
    make_points(plan);
    return plan;
}

void plan_free(struct plan *plan)
{
    for (unsigned p = 0; plan->points && p < plan->study->point_count; p++) {
        for (unsigned v = 0; v < plan->count; v++) {
            g_ptr_array_unref(plan->points[p].values[v].metrics);
            g_free(plan->points[p].values[v].margins);
        }
        g_free(plan->points[p].values);
        g_free(plan->points[p].failure);
    }
    g_free(plan->points);
    expression_free(plan->target);
    expression_free(plan->price);
    g_free(plan->ranks);
    g_ptr_array_unref(plan->metrics);
    g_hash_table_unref(plan->open);
    if (plan->parts)
        g_ptr_array_unref(plan->parts);
    for (unsigned a = 0; a < plan->axis_count; a++) {
        if (plan->axes[a].texts)
            g_ptr_array_unref(plan->axes[a].texts);
        g_free(plan->axes[a].name);
    }
    if (plan->lock >= 0)
        close(plan->lock);
    g_clear_error(&plan->refusal);
    g_free(plan);
}
