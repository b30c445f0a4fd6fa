/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One side of a comparison: the folder of a run, or points of a study with their runs. */
#include "sim/study/compare.h"
#include "sim/study/csv_rows.h"
#include "sim/study/folder.h"
#include "sim/study/runs.h"
#include "sim/study/summary.h"

#include <inttypes.h>
#include <string.h>

static void side_clear_run(gpointer data)
{
    struct compare_run *run = data;

    g_free(run->folder);
    g_free(run->metrics);
}

static void free_point(gpointer data)
{
    struct compare_point *point = data;

    g_free(point->name);
    g_free(point->variant);
    for (unsigned i = 0; i < point->cell_count; i++)
        g_free(point->cells[i]);
    g_free(point->cells);
    g_array_free(point->runs, TRUE);
    g_free(point);
}

static struct compare_point *new_point(struct compare_side *side, unsigned number, char *name)
{
    struct compare_point *point = g_new0(struct compare_point, 1);

    point->number = number;
    point->name = name;
    point->runs = g_array_new(FALSE, TRUE, sizeof(struct compare_run));
    g_array_set_clear_func(point->runs, side_clear_run);
    g_ptr_array_add(side->points, point);
    return point;
}

void compare_side_free(struct compare_side *side)
{
    if (!side)
        return;
    g_ptr_array_unref(side->points);
    study_free(side->study);
    g_free(side->path);
    g_free(side->condition);
    g_free(side->known);
    g_free(side->version);
    g_free(side->damage);
    g_free(side);
}

/* --- a run by itself ------------------------------------------------------------------------------------ */

static bool side_wrong(GError **error, const char *path, const char *name, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

static bool side_wrong(GError **error, const char *path, const char *name, const char *format, ...)
{
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s%s%s: %s", path, G_DIR_SEPARATOR_S, name, message);
    g_free(message);
    return false;
}

/* A file of a folder; NULL and error. */
static char *read_text(const char *path, const char *name, GError **error)
{
    char *file = g_build_filename(path, name, NULL), *text = NULL;
    GError *failure = NULL;

    if (!g_file_get_contents(file, &text, NULL, &failure)) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_FILE, failure->message);
        g_error_free(failure);
    }
    g_free(file);
    return text;
}

/* The version that made it and the format of its files; NULL and error. manifest_free(). */
static struct manifest *side_read_manifest(struct compare_side *side, const char *path, GError **error)
{
    char *text = read_text(path, "manifest.json", error), *why = NULL;
    struct manifest *manifest = text ? manifest_parse(text, &why) : NULL;

    if (why)
        side_wrong(error, path, "manifest.json", "%s", why);
    g_free(why);
    g_free(text);
    if (!manifest)
        return NULL;
    side->version = g_strdup(manifest->version);
    if (manifest->format == 0 || manifest->format == RESULT_FORMAT)
        return manifest;
    side_wrong(error, path, "manifest.json",
               "format %" PRId64 ", expected %d: another version of pullstorm made it", manifest->format,
               RESULT_FORMAT);
    manifest_free(manifest);
    return NULL;
}

static void take_keys(const struct config_schema *schema, char **header, char **row,
                      struct compare_point *point)
{
    point->cells = g_new0(char *, schema->count);
    point->cell_count = schema->count;
    for (unsigned i = 0; i < schema->count; i++) {
        char *name = config_key_name(&schema->keys[i]);
        int column = summary_column(header, name);

        point->cells[i] = column < 0 ? NULL : g_strdup(row[column]);
        g_free(name);
    }
}

static void take_known(struct compare_side *side, char **header)
{
    for (unsigned i = 0; i < side->host->metric_count; i++)
        side->known[i] = side->known[i] && summary_column(header, side->host->metrics[i].name) >= 0;
}

/* Header and row of a summary.csv; NULL and error. g_ptr_array_unref(). */
static GPtrArray *side_read_summary(const char *path, GError **error)
{
    char *text = read_text(path, "summary.csv", error);
    const char *why = NULL;
    GPtrArray *rows = text ? csv_rows(text, &why) : NULL;

    g_free(text);
    if (why)
        side_wrong(error, path, "summary.csv", "%s", why);
    if (!rows)
        return NULL;
    if (rows->len == 2 &&
        g_strv_length(g_ptr_array_index(rows, 0)) == g_strv_length(g_ptr_array_index(rows, 1)))
        return rows;
    side_wrong(error, path, "summary.csv", "expected a header and one row of as many cells");
    g_ptr_array_unref(rows);
    return NULL;
}

/* Are its files those that it was finished with? */
static bool files_right(const struct compare_side *side, const char *path, const struct manifest *manifest,
                        GError **error)
{
    char *why = result_files_wrong(path, manifest, strcmp(manifest->version, side->host->version) != 0);

    if (!why)
        return true;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s: damaged: %s", path, why);
    g_free(why);
    return false;
}

static bool take_summary(struct compare_side *side, const char *path, const GPtrArray *rows,
                         struct compare_point *point, struct compare_run *run, GError **error)
{
    char **header = g_ptr_array_index(rows, 0), **row = g_ptr_array_index(rows, 1);
    int seed = summary_column(header, "run.seed");
    char *why;

    take_keys(side->host->schema, header, row, point);
    if (seed < 0)
        return side_wrong(error, path, "summary.csv", "it has no column run.seed");
    run->seed = g_ascii_strtoull(row[seed], NULL, 10);
    take_known(side, header);
    if (summary_metrics(side->host, header, row, run->metrics, &why))
        return true;
    side_wrong(error, path, "summary.csv", "%s", why);
    g_free(why);
    return false;
}

static bool side_read_run(struct compare_side *side, const char *path, GError **error)
{
    struct manifest *manifest = side_read_manifest(side, path, error);
    GPtrArray *rows = manifest ? side_read_summary(path, error) : NULL;
    struct compare_point *point = new_point(side, 0, g_strdup(path));
    struct compare_run run = {.replication = 1, .folder = g_strdup(path)};
    bool good;

    run.metrics = g_new(double, side->host->metric_count);
    good = rows && take_summary(side, path, rows, point, &run, error) &&
           files_right(side, path, manifest, error);
    g_array_append_val(point->runs, run);
    g_clear_pointer(&rows, g_ptr_array_unref);
    g_clear_pointer(&manifest, manifest_free);
    return good;
}

/* --- a study -------------------------------------------------------------------------------------------- */

static struct study *read_study(const char *path, const struct study_host *host, GError **error)
{
    char *text = read_text(path, "study.ini", error),
         *base = text ? read_text(path, "base.ini", error) : NULL;
    char *file = g_build_filename(path, "study.ini", NULL);
    struct study *study = base ? study_parse(file, text, base, host, error) : NULL;

    g_free(file);
    g_free(base);
    g_free(text);
    return study;
}

/* The values of a point's keys, as summary.csv has them. */
static void take_scenario(const struct study *study, struct compare_point *point)
{
    struct config *scenario = study_point_scenario(study, point->number, NULL);

    g_assert(scenario); /* it was checked with the study */
    point->cells = summary_keys(study->host, scenario);
    point->cell_count = study->host->schema->count;
    config_free(scenario);
}

/* Which version made a run; which columns it has, if that is another one. */
static bool see_columns(struct compare_side *side, const struct study_run *run, GError **error)
{
    bool other = run->result.state == RESULT_OTHER;
    const char *version = other ? run->result.why : side->host->version;
    GPtrArray *rows = other ? side_read_summary(run->folder, error) : NULL;

    if (!side->version)
        side->version = g_strdup(version);
    side->other_version += strcmp(version, side->version) != 0;
    if (!other)
        return true;
    if (!rows)
        return false;
    take_known(side, g_ptr_array_index(rows, 0));
    g_ptr_array_unref(rows);
    return true;
}

static bool take_run(struct compare_side *side, struct compare_point *point, const struct study_run *from,
                     GError **error)
{
    struct compare_run run = {.replication = from->replication, .seed = from->seed};

    if (from->result.other_format) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s%s%s", from->folder, G_DIR_SEPARATOR_S,
                    from->result.why);
        return false;
    }
    if (!from->result.metrics) {
        side->missing++;
        if (from->result.state == RESULT_DAMAGED && !side->damage)
            side->damage = g_strdup_printf("%s: %s", from->folder, from->result.why);
        return true;
    }
    run.folder = g_strdup(from->folder);
    run.metrics = g_memdup2(from->result.metrics, side->host->metric_count * sizeof *run.metrics);
    g_array_append_val(point->runs, run);
    return see_columns(side, from, error);
}

static bool take_points(struct compare_side *side, const struct expression *condition, const GArray *runs,
                        GError **error)
{
    struct compare_point *point = NULL;
    unsigned number = 0;
    bool good = true;

    for (unsigned i = 0; i < runs->len && good; i++) {
        const struct study_run *run = &g_array_index(runs, struct study_run, i);

        if (run->point != number) {
            number = run->point;
            point = NULL;
            if (!condition || study_point_is(side->study, number, condition)) {
                point = new_point(side, number, study_point_name(side->study, number));
                point->variant = g_strdup(study_point_variant(side->study, number));
                take_scenario(side->study, point);
            }
        }
        good = !point || take_run(side, point, run, error);
    }
    return good;
}

static bool any_run(const struct compare_side *side)
{
    for (unsigned i = 0; i < side->points->len; i++)
        if (((const struct compare_point *)g_ptr_array_index(side->points, i))->runs->len > 0)
            return true;
    return false;
}

static bool read_points(struct compare_side *side, const struct expression *condition, GError **error)
{
    const struct runs_wanted wanted = {.first = 1,
                                       .last = side->study->replications,
                                       .further = true,
                                       .dir = side->path,
                                       .any_version = true};
    GArray *runs = runs_list(side->study, &wanted, error);
    bool good = runs && take_points(side, condition, runs, error);

    if (runs)
        g_array_free(runs, TRUE);
    if (!good)
        return false;
    if (side->points->len == 0)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "%s: \"%s\" is true at none of the %u points",
                    side->path, side->condition, side->study->point_count);
    else if (!any_run(side))
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s: no run is finished%s%s%s", side->path,
                    side->condition ? " where " : "", side->condition ? side->condition : "",
                    side->damage ? "; some are damaged" : "");
    else
        return true;
    return false;
}

static bool read_side_of_study(struct compare_side *side, GError **error)
{
    const struct expression_names names = study_names(side->host->schema);
    struct expression *condition = NULL;
    bool good;

    side->study = read_study(side->path, side->host, error);
    if (!side->study)
        return false;
    if (side->condition) {
        condition = expression_parse(side->condition, &names, error);
        if (!condition) {
            g_prefix_error(error, "condition \"%s\": ", side->condition);
            return false;
        }
    }
    good = read_points(side, condition, error);
    expression_free(condition);
    return good;
}

/* --- whichever it is ------------------------------------------------------------------------------------ */

static bool holds(const char *path, const char *name)
{
    char *file = g_build_filename(path, name, NULL);
    bool there = g_file_test(file, G_FILE_TEST_EXISTS);

    g_free(file);
    return there;
}

static bool side_read_folder(struct compare_side *side, GError **error)
{
    const char *path = side->path, *what = NULL;

    if (!g_file_test(path, G_FILE_TEST_EXISTS))
        what = "no such folder";
    else if (!g_file_test(path, G_FILE_TEST_IS_DIR))
        what = "not a folder; expected that of a run or of a study";
    else if (holds(path, "plan.csv"))
        what = "the folder of a plan; expected that of a run (the plan's are below its folder runs) or of a "
               "study";
    else if (holds(path, "study.ini"))
        return read_side_of_study(side, error);
    else if (!holds(path, "summary.csv"))
        what = "neither a run (it has no summary.csv) nor a study (no study.ini)";
    else if (side->condition)
        what = "a single run; conditions choose points of a study";
    else
        return side_read_run(side, path, error);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s: %s", path, what);
    return false;
}

struct compare_side *compare_side_read(const char *path, const char *condition, const struct study_host *host,
                                       GError **error)
{
    struct compare_side *side = g_new0(struct compare_side, 1);

    side->host = host;
    side->path = g_strdup(path);
    side->condition = g_strdup(condition);
    side->points = g_ptr_array_new_with_free_func(free_point);
    side->known = g_new(bool, host->metric_count);
    for (unsigned i = 0; i < host->metric_count; i++)
        side->known[i] = true;
    if (side_read_folder(side, error))
        return side;
    compare_side_free(side);
    return NULL;
}
