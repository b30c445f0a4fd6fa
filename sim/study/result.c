/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Reads summary.csv and manifest.json of a run, and distrusts them. The other files are held against their
 * sizes. */
#include "sim/study/result.h"

#include "sim/files/aside.h"
#include "sim/study/csv_rows.h"
#include "sim/study/summary.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What of a failed run's words is kept. */
#define SAID_BYTES_MAX 8192

static bool damaged(struct result *out, char *why)
{
    out->state = RESULT_DAMAGED;
    g_free(out->why);
    out->why = why;
    return false;
}

/* A file that is not there, or that we may not read, says something about the run; any other failure is about
 * this process. */
static bool tells_of_run(const GError *error)
{
    return g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT) ||
           g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ACCES) ||
           g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_ISDIR) ||
           g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR);
}

/* A file of the folder; NULL and damaged if it cannot be read, or error if that may be so this time only. */
static char *read_part(const char *folder, const char *name, struct result *out, GError **error)
{
    char *path = g_build_filename(folder, name, NULL), *text = NULL;
    GError *failure = NULL;

    if (!g_file_get_contents(path, &text, NULL, &failure)) {
        if (tells_of_run(failure))
            damaged(out, g_strdup(failure->message));
        else
            g_propagate_error(error, g_steal_pointer(&failure));
        g_clear_error(&failure);
    }
    g_free(path);
    return text;
}

/* NULL and damaged if there is none; manifest_free(). */
static struct manifest *result_read_manifest(const char *folder, struct result *out, GError **error)
{
    char *text = read_part(folder, "manifest.json", out, error), *why = NULL;
    struct manifest *manifest = text ? manifest_parse(text, &why) : NULL;

    if (why)
        damaged(out, why);
    g_free(text);
    return manifest;
}

static bool version_fits(const struct manifest *manifest, const struct result_wanted *wanted,
                         struct result *out)
{
    bool same = strcmp(manifest->version, wanted->host->version) == 0;

    out->wall_s = manifest->wall_s;
    out->state = same ? RESULT_WHOLE : RESULT_OTHER;
    if (!same)
        out->why = g_strdup(manifest->version);
    return same || wanted->any_version;
}

/* Earlier versions do not say a format; what they wrote is read by its columns. */
static bool format_fits(const struct manifest *manifest, struct result *out)
{
    out->other_format = manifest->format != 0 && manifest->format != RESULT_FORMAT;
    return !out->other_format || damaged(out, g_strdup_printf("manifest.json: format %" PRId64
                                                              ", expected %d: another version of pullstorm "
                                                              "made it",
                                                              manifest->format, RESULT_FORMAT));
}

/* Is the file there, all of it? NULL, or what is wrong. */
static char *file_wrong(const char *folder, const char *name, uint64_t bytes)
{
    char *path = g_build_filename(folder, name, NULL);
    GStatBuf about;
    bool there = g_stat(path, &about) == 0;

    g_free(path);
    if (!there)
        return g_strdup_printf("%s is missing", name);
    if ((uint64_t)about.st_size == bytes)
        return NULL;
    return g_strdup_printf("%s has %" PRIu64 " bytes, expected %" PRIu64, name, (uint64_t)about.st_size,
                           bytes);
}

char *result_files_wrong(const char *folder, const struct manifest *manifest, bool other_version)
{
    const GArray *files = manifest->files;
    char *why = NULL;

    if (!files)
        return other_version ? NULL : g_strdup("manifest.json has no sizes of files");
    for (unsigned i = 0; i < files->len && !why; i++) {
        const struct manifest_file *file = &g_array_index(files, struct manifest_file, i);

        why = file_wrong(folder, file->name, file->bytes);
    }
    return why;
}

static bool files_whole(const char *folder, const struct manifest *manifest, struct result *out)
{
    char *why = result_files_wrong(folder, manifest, out->state == RESULT_OTHER);

    return !why || damaged(out, why);
}

static bool same_columns(const struct study_host *host, char **header)
{
    for (unsigned i = 0; i < host->schema->count; i++, header++) {
        const struct config_key *key = &host->schema->keys[i];
        size_t length = strlen(key->section);

        if (!*header || strncmp(*header, key->section, length) != 0 || (*header)[length] != '.' ||
            strcmp(*header + length + 1, key->name) != 0)
            return false;
    }
    for (unsigned i = 0; i < host->metric_count; i++, header++)
        if (!*header || strcmp(*header, host->metrics[i].name) != 0)
            return false;
    return !*header;
}

/* Numbers are compared as such: another version may write them in another way. */
static bool same_cell(const char *a, const char *b)
{
    char *end_a, *end_b;
    double first = g_ascii_strtod(a, &end_a), second = g_ascii_strtod(b, &end_b);

    if (strcmp(a, b) == 0)
        return true;
    return *a && *b && !*end_a && !*end_b && fabs(first - second) <= 1e-9 * fabs(second);
}

/* Was the run made with this scenario? A key that another version did not have cannot tell. */
static bool scenario_fits(char **header, char **row, const struct result_wanted *wanted, struct result *out)
{
    char **expected = summary_keys(wanted->host, wanted->scenario);
    bool same = true;

    for (unsigned i = 0; i < wanted->host->schema->count && same; i++) {
        char *name = config_key_name(&wanted->host->schema->keys[i]);
        int column = strcmp(name, "run.seed") == 0 ? -1 : summary_column(header, name);

        same = column < 0 || same_cell(row[column], expected[i]);
        if (!same)
            damaged(out, g_strdup_printf("made with %s = %s, expected %s (in base units)", name, row[column],
                                         expected[i]));
        g_free(name);
    }
    g_strfreev(expected);
    return same;
}

static bool row_fits(char **header, char **row, const struct result_wanted *wanted, struct result *out)
{
    int column = summary_column(header, "run.seed");
    char *seed = g_strdup_printf("%" PRIu64, wanted->seed);
    bool right = column >= 0 && strcmp(row[column], seed) == 0;

    if (!right)
        damaged(out,
                g_strdup_printf("made with seed %s, expected %s", column < 0 ? "none" : row[column], seed));
    g_free(seed);
    return right && scenario_fits(header, row, wanted, out);
}

static bool result_take_metrics(char **header, char **row, const struct study_host *host, struct result *out)
{
    char *why;

    out->metrics = g_new(double, host->metric_count);
    if (summary_metrics(host, header, row, out->metrics, &why))
        return true;
    damaged(out, g_strdup_printf("summary.csv: %s", why));
    g_free(why);
    return false;
}

static bool result_read_summary(const char *folder, const struct result_wanted *wanted, struct result *out,
                                GError **error)
{
    char *text = read_part(folder, "summary.csv", out, error);
    const char *why = NULL;
    GPtrArray *rows = text ? csv_rows(text, &why) : NULL;
    char **header, **row;
    bool good = false;

    g_free(text);
    if (!rows)
        return why ? damaged(out, g_strdup_printf("summary.csv: %s", why)) : false;
    if (rows->len != 2)
        damaged(out, g_strdup_printf("summary.csv has %u rows, expected a header and one row", rows->len));
    else {
        header = g_ptr_array_index(rows, 0);
        row = g_ptr_array_index(rows, 1);
        if (g_strv_length(header) != g_strv_length(row) ||
            (out->state == RESULT_WHOLE && !same_columns(wanted->host, header)))
            damaged(out, g_strdup("summary.csv: its columns are not those of this program"));
        else
            good = row_fits(header, row, wanted, out) && result_take_metrics(header, row, wanted->host, out);
    }
    g_ptr_array_unref(rows);
    return good;
}

static char *failure_path(const char *folder)
{
    return g_strconcat(folder, ".failed", NULL);
}

static bool read_failure(const char *folder, struct result *out, GError **error)
{
    char *path = failure_path(folder), *text = NULL;
    GError *failure = NULL;

    if (g_file_get_contents(path, &text, NULL, &failure)) {
        text[strcspn(text, "\r\n")] = '\0';
        out->state = RESULT_FAILED;
        out->why = text;
    } else if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_clear_error(&failure);
    else
        g_propagate_error(error, failure);
    g_free(path);
    return !failure;
}

bool result_read(const char *folder, const struct result_wanted *wanted, struct result *out, GError **error)
{
    GStatBuf about;
    GError *failure = NULL;
    struct manifest *manifest;

    *out = (struct result){.state = RESULT_MISSING};
    if (g_stat(folder, &about) != 0) {
        if (errno == ENOENT)
            return read_failure(folder, out, error);
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", folder,
                    g_strerror(errno));
        return false;
    }
    if (!wanted->scenario) {
        damaged(out, g_strdup("there is no such run: its values contradict each other"));
        return true;
    }
    manifest = result_read_manifest(folder, out, &failure);
    if (manifest && version_fits(manifest, wanted, out) &&
        !(format_fits(manifest, out) && result_read_summary(folder, wanted, out, &failure) &&
          files_whole(folder, manifest, out)))
        g_clear_pointer(&out->metrics, g_free);
    manifest_free(manifest);
    if (!failure)
        return true;
    result_clear(out);
    out->state = RESULT_MISSING;
    g_propagate_error(error, failure);
    return false;
}

void result_clear(struct result *result)
{
    g_clear_pointer(&result->why, g_free);
    g_clear_pointer(&result->metrics, g_free);
}

bool result_write_failure(const char *folder, const char *reason, const char *said, GError **error)
{
    size_t length = strlen(said);
    char *path = failure_path(folder);
    char *text =
        g_strdup_printf("%s\n%s", reason, said + (length > SAID_BYTES_MAX ? length - SAID_BYTES_MAX : 0));
    bool good = aside_write(path, text, error);

    g_free(text);
    g_free(path);
    return good;
}

void result_forget_failure(const char *folder)
{
    char *path = failure_path(folder);

    g_unlink(path);
    g_free(path);
}

bool result_conclude(const char *folder, const char *reason, const char *said, bool *failed, GError **error)
{
    if (!reason && !g_file_test(folder, G_FILE_TEST_IS_DIR))
        reason = "exit 0";
    *failed = reason != NULL;
    if (reason)
        return result_write_failure(folder, reason, said, error);
    result_forget_failure(folder);
    return true;
}
