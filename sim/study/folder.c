/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The folder of a study. */
#include "sim/study/folder.h"

#include "sim/files/aside.h"
#include "sim/files/listing.h"
#include "sim/study/grow.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static void folder_file_error(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", path, g_strerror(errno));
}

/* The lines that say something, stripped. */
static GPtrArray *lines_of(const char *text)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    char **all = g_strsplit(text, "\n", -1);

    for (char **line = all; *line; line++)
        if (*g_strstrip(*line) && **line != '#')
            g_ptr_array_add(lines, g_strdup(*line));
    g_strfreev(all);
    return lines;
}

/* The first line that is not in the other text; NULL: all are. */
static const char *line_alone(const GPtrArray *lines, const GPtrArray *other)
{
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
    const char *alone = NULL;

    for (unsigned i = 0; i < other->len; i++)
        g_hash_table_add(known, g_ptr_array_index(other, i));
    for (unsigned i = 0; i < lines->len && !alone; i++)
        if (!g_hash_table_contains(known, g_ptr_array_index(lines, i)))
            alone = g_ptr_array_index(lines, i);
    g_hash_table_unref(known);
    return alone;
}

static const char *line_at(const GPtrArray *lines, unsigned place)
{
    return place < lines->len ? g_ptr_array_index(lines, place) : NULL;
}

/* What differs in two texts, not counting comments: 'there "A", now "B"' (g_free), of each the first line
 * that the other does not have, or of the same lines the first that is at another place; NULL: nothing. */
static char *difference(const char *before, const char *now)
{
    GPtrArray *old_lines = lines_of(before), *new_lines = lines_of(now);
    const char *old_line = line_alone(old_lines, new_lines), *new_line = line_alone(new_lines, old_lines);
    char *text = NULL;

    for (unsigned i = 0; i < MAX(old_lines->len, new_lines->len) && !old_line && !new_line; i++)
        if (g_strcmp0(line_at(old_lines, i), line_at(new_lines, i)) != 0) {
            old_line = line_at(old_lines, i);
            new_line = line_at(new_lines, i);
        }
    if (old_line || new_line)
        text = g_strdup_printf("there \"%s\", now \"%s\"", old_line ? old_line : "(nothing)",
                               new_line ? new_line : "(nothing)");
    g_ptr_array_unref(old_lines);
    g_ptr_array_unref(new_lines);
    return text;
}

/* --- what is in the folder, and what is asked now ------------------------------------------------------- */

struct copies {
    char *study, *base; /* texts; NULL: there is none */
    /* 'DIR/study.ini: the study has changed since its first runs: there ...'; NULL: nothing has. */
    char *changed;
};

static bool folder_read_copy(const char *dir, const char *name, char **text, GError **error)
{
    char *path = g_build_filename(dir, name, NULL);
    GError *failure = NULL;
    bool good = true;

    if (!g_file_get_contents(path, text, NULL, &failure) &&
        !g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_FILE, failure->message);
        good = false;
    }
    g_clear_error(&failure);
    g_free(path);
    return good;
}

static void folder_compare(struct copies *copies, const char *dir, const char *name, const char *before,
                           const char *now, const char *what)
{
    char *text = before && !copies->changed ? difference(before, now) : NULL;

    if (text)
        copies->changed = g_strdup_printf("%s%s%s: the %s has changed since its first runs: %s", dir,
                                          G_DIR_SEPARATOR_S, name, what, text);
    g_free(text);
}

static bool read_copies(const struct study *study, const char *dir, struct copies *copies, GError **error)
{
    *copies = (struct copies){.study = NULL};
    if (!folder_read_copy(dir, "study.ini", &copies->study, error) ||
        !folder_read_copy(dir, "base.ini", &copies->base, error))
        return false;
    folder_compare(copies, dir, "study.ini", copies->study, study->text, "study");
    folder_compare(copies, dir, "base.ini", copies->base, study->base_text, "base scenario");
    return true;
}

static void clear_copies(struct copies *copies)
{
    g_free(copies->study);
    g_free(copies->base);
    g_free(copies->changed);
}

static void folder_refuse(const struct copies *copies, const char *why, GError **error)
{
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                "%s; %s; take another folder with -o, or the study as it was", copies->changed, why);
}

/* What a changed study means for the runs in the folder. NULL and error if one has no place in the study. */
static struct grow *find_growth(const struct study *study, const char *dir, const struct copies *copies,
                                GError **error)
{
    GError *failure = NULL;
    struct study *before = study_parse(study->path, copies->study ? copies->study : study->text,
                                       copies->base ? copies->base : study->base_text, study->host, &failure);
    struct grow *grow = NULL;
    char *why = NULL;

    if (before)
        grow = grow_find(before, study, dir, &why, error);
    else
        why = g_strdup_printf("the copy cannot be read any more: %s", failure->message);
    if (why)
        folder_refuse(copies, why, error);
    g_clear_error(&failure);
    g_free(why);
    study_free(before);
    return grow;
}

/* A folder without the copies and without runs belongs to no study yet: it must not hold anything that a
 * study would replace or hide. */
static bool is_free(const char *dir, GError **error)
{
    static const struct {
        const char *name, *why;
    } others[] = {{"summary.csv", "this is the folder of a run"},
                  {"plan.csv", "this is a table of no plan in this folder"},
                  {"runs.csv", "this is no table of a study in this folder, and would be replaced"},
                  {"study.csv", "this is no table of a study in this folder, and would be replaced"}};

    char *runs = g_build_filename(dir, "runs", NULL);
    bool there = g_file_test(runs, G_FILE_TEST_IS_DIR);

    g_free(runs);
    if (there)
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(others) && !there; i++) {
        char *path = g_build_filename(dir, others[i].name, NULL);

        there = g_file_test(path, G_FILE_TEST_EXISTS);
        if (there)
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION, "%s: %s, expected another folder",
                        path, others[i].why);
        g_free(path);
    }
    return !there;
}

bool folder_fits(const struct study *study, const char *dir, GError **error)
{
    struct copies copies = {.study = NULL};
    struct grow *grow = NULL;
    bool good = !g_file_test(dir, G_FILE_TEST_EXISTS) || g_file_test(dir, G_FILE_TEST_IS_DIR);

    if (!good)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION, "%s: exists and is not a folder", dir);
    good = good && read_copies(study, dir, &copies, error) && (copies.study || is_free(dir, error));

    if (good && copies.changed && !grow_interrupted(dir)) { /* else names say nothing */
        grow = find_growth(study, dir, &copies, error);
        good = grow != NULL;
    }
    if (grow)
        grow_free(grow);
    clear_copies(&copies);
    return good;
}

bool folder_renumbers(const struct study *study, const char *dir, bool *renumbers, GError **error)
{
    struct copies copies;
    struct grow *grow = NULL;
    bool good = read_copies(study, dir, &copies, error);

    *renumbers = grow_interrupted(dir);
    if (good && copies.changed && !*renumbers) {
        grow = find_growth(study, dir, &copies, error);
        good = grow != NULL;
    }
    if (grow) {
        *renumbers = grow->moves->len > 0;
        grow_free(grow);
    }
    clear_copies(&copies);
    return good;
}

/* --- beginning ------------------------------------------------------------------------------------------ */

static bool write_copy(const char *dir, const char *name, const char *text, GError **error)
{
    char *path = g_build_filename(dir, name, NULL);
    bool good = aside_write(path, text, error);

    g_free(path);
    return good;
}

/* Of a study that has changed both: runs were moved for these, and the next change is held against them. */
static bool write_copies(const struct study *study, const char *dir, const struct copies *copies,
                         GError **error)
{
    return ((copies->base && !copies->changed) || write_copy(dir, "base.ini", study->base_text, error)) &&
           ((copies->study && !copies->changed) || write_copy(dir, "study.ini", study->text, error));
}

static bool make_runs(const char *dir, GError **error)
{
    char *runs = g_build_filename(dir, "runs", NULL);
    bool good = g_mkdir_with_parents(runs, 0777) == 0;

    if (!good)
        folder_file_error(error, runs);
    aside_remove_abandoned(dir);
    aside_remove_abandoned(runs);
    g_free(runs);
    return good;
}

static bool bring_in_order(const struct study *study, const char *dir, GError **error)
{
    struct copies copies;
    struct grow *grow = NULL;
    bool good = read_copies(study, dir, &copies, error);

    if (good && copies.changed) {
        grow = find_growth(study, dir, &copies, error);
        good = grow && grow_carry_out(grow, study, dir, error);
    }
    good = good && write_copies(study, dir, &copies, error);
    if (good && grow)
        grow_commit(dir);
    if (grow)
        grow_free(grow);
    clear_copies(&copies);
    return good;
}

bool folder_begin(const struct study *study, const char *dir, GError **error)
{
    return folder_fits(study, dir, error) && make_runs(dir, error) && grow_recover(dir, error) &&
           bring_in_order(study, dir, error);
}

char *folder_run(const char *dir, const char *name)
{
    return g_build_filename(dir, "runs", name, NULL);
}

bool folder_each_run(const char *dir, void (*each)(void *user, const char *name), void *user, GError **error)
{
    char *path = g_build_filename(dir, "runs", NULL);
    GError *failure = NULL;
    GPtrArray *names = listing_read(path, &failure);
    bool good = names || g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT);

    for (unsigned i = 0; names && i < names->len; i++)
        each(user, g_ptr_array_index(names, i));
    if (names)
        g_ptr_array_unref(names);
    else if (good)
        g_error_free(failure);
    else
        g_propagate_error(error, failure);
    g_free(path);
    return good;
}

bool folder_run_numbers(const char *name, unsigned *point, unsigned *replication)
{
    int length = 0;

    return sscanf(name, "p%6u-r%4u%n", point, replication, &length) == 2 &&
           (name[length] == '\0' || strcmp(name + length, ".failed") == 0);
}

bool folder_write_csv(const char *dir, const char *name,
                      bool (*rows)(struct csv *csv, const void *user, GError **error), const void *user,
                      GError **error)
{
    char *path = g_build_filename(dir, name, NULL);
    struct aside *aside = aside_begin(path, error);
    struct csv *csv = aside ? csv_open_as(aside_path(aside), path, error) : NULL;
    bool good = csv && rows(csv, user, error);

    if (csv && !csv_close(csv, good ? error : NULL))
        good = false;
    if (good)
        good = aside_commit(aside, error);
    else if (aside)
        aside_abort(aside);
    g_free(path);
    return good;
}
