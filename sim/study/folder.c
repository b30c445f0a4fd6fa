/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The folder of a study. */
#include "sim/study/folder.h"

#include "sim/files/aside.h"
#include "sim/files/listing.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

static void file_error(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", path, g_strerror(errno));
}

/* The next line that says something, stripped; NULL behind the last. g_free. */
static char *next_line(const char **at)
{
    while (**at) {
        size_t length = strcspn(*at, "\n");
        char *line = g_strstrip(g_strndup(*at, length));

        *at += length + ((*at)[length] == '\n');
        if (*line && *line != '#')
            return line;
        g_free(line);
    }
    return NULL;
}

static bool compare(const char *path, const char *before, const char *now, const char *what, GError **error)
{
    bool same = true;

    for (bool more = true; same && more;) {
        char *old_line = next_line(&before), *new_line = next_line(&now);

        same = g_strcmp0(old_line, new_line) == 0;
        more = old_line != NULL;
        if (!same)
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                        "%s: the %s has changed since its first runs: there \"%s\", now \"%s\"; take another "
                        "folder with -o, or the %s as it was",
                        path, what, old_line ? old_line : "(nothing)", new_line ? new_line : "(nothing)",
                        what);
        g_free(old_line);
        g_free(new_line);
    }
    return same;
}

/* Compares a copy with the text; a missing one is written if `make`. */
static bool check_copy(const char *dir, const char *name, const char *text, const char *what, bool make,
                       GError **error)
{
    char *path = g_build_filename(dir, name, NULL), *copy = NULL;
    GError *failure = NULL;
    bool good = true;

    if (g_file_get_contents(path, &copy, NULL, &failure))
        good = compare(path, copy, text, what, error);
    else if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_FILE, failure->message);
        good = false;
    } else if (make)
        good = aside_write(path, text, error);
    g_clear_error(&failure);
    g_free(copy);
    g_free(path);
    return good;
}

static bool check_copies(const struct study *study, const char *dir, bool make, GError **error)
{
    return check_copy(dir, "study.ini", study->text, "study", make, error) &&
           check_copy(dir, "base.ini", study->base_text, "base scenario", make, error);
}

bool folder_fits(const struct study *study, const char *dir, GError **error)
{
    return check_copies(study, dir, false, error);
}

bool folder_begin(const struct study *study, const char *dir, GError **error)
{
    char *runs = g_build_filename(dir, "runs", NULL);
    bool good = folder_fits(study, dir, error);

    aside_remove_abandoned(dir);
    aside_remove_abandoned(runs);
    if (good && g_mkdir_with_parents(runs, 0777) != 0) {
        file_error(error, runs);
        good = false;
    }
    g_free(runs);
    return good && check_copies(study, dir, true, error);
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
