/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Renames the runs of a study, all or none. Names may change in circles, so each run goes aside first. The
 * journal has the sum of the copies that are to be in the folder when all is done, then the names, a line
 * each: in turn that in runs/ and the one it is to have. As long as it is called .moves runs are on their
 * way aside; called .moves.placing, on their way to their places. */
#include "sim/study/grow.h"

#include "sim/files/aside.h"
#include "sim/study/folder.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#define JOURNAL ".moves"
#define PLACING ".moves.placing"
#define ASIDE   ".moving-"

static bool moves_file_error(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", path, g_strerror(errno));
    return false;
}

static char *aside_name(const char *name)
{
    return g_strconcat(ASIDE, name, NULL);
}

/* A run that is not there was renamed by the process that was killed. */
static bool rename_run(const char *dir, const char *from, const char *to, GError **error)
{
    char *old = folder_run(dir, from), *new = folder_run(dir, to);
    bool good = g_rename(old, new) == 0 || errno == ENOENT || moves_file_error(error, old);

    g_free(old);
    g_free(new);
    return good;
}

static bool there(const char *dir, const char *name)
{
    char *path = folder_run(dir, name);
    bool yes = g_file_test(path, G_FILE_TEST_EXISTS);

    g_free(path);
    return yes;
}

enum step { TO_ASIDE, TO_PLACES, BACK_ASIDE, BACK };

static bool move_one(const char *dir, enum step step, const char *old, const char *new, GError **error)
{
    char *aside = aside_name(new);
    bool good = true;

    switch (step) {
    case TO_ASIDE:
        good = rename_run(dir, old, aside, error);
        break;
    case TO_PLACES:
        good = rename_run(dir, aside, new, error);
        break;
    case BACK_ASIDE: /* what is not aside has its place already */
        good = there(dir, aside) || rename_run(dir, new, aside, error);
        break;
    case BACK:
        good = rename_run(dir, aside, old, error);
        break;
    }
    g_free(aside);
    return good;
}

static bool move_all(const char *dir, enum step step, char **names, GError **error)
{
    bool good = true;

    for (char **at = names; good && at[0] && at[1]; at += 2)
        good = move_one(dir, step, at[0], at[1], error);
    return good;
}

static bool rename_journal(const char *dir, const char *from, const char *to, GError **error)
{
    char *old = g_build_filename(dir, from, NULL), *new = g_build_filename(dir, to, NULL);
    bool good = g_rename(old, new) == 0 || moves_file_error(error, old);

    g_free(old);
    g_free(new);
    return good;
}

static void remove_file(const char *dir, const char *name)
{
    char *path = g_build_filename(dir, name, NULL);

    g_unlink(path);
    g_free(path);
}

static char *moves_sum_of(const char *study, const char *base)
{
    char *both = g_strconcat(study, "\n", base, NULL);
    char *sum = g_compute_checksum_for_string(G_CHECKSUM_SHA256, both, -1);

    g_free(both);
    return sum;
}

static char *moves_read_copy(const char *dir, const char *name)
{
    char *path = g_build_filename(dir, name, NULL), *text = NULL;

    if (!g_file_get_contents(path, &text, NULL, NULL))
        text = g_strdup("");
    g_free(path);
    return text;
}

/* Are the copies those that the journal was written for? */
static bool committed(const char *dir, const char *wanted)
{
    char *study = moves_read_copy(dir, "study.ini"), *base = moves_read_copy(dir, "base.ini"),
         *sum = moves_sum_of(study, base);
    bool same = strcmp(sum, wanted) == 0;

    g_free(sum);
    g_free(base);
    g_free(study);
    return same;
}

static bool write_journal(const char *dir, char **names, const struct study *now, GError **error)
{
    char *path = g_build_filename(dir, JOURNAL, NULL), *list = g_strjoinv("\n", names);
    char *sum = moves_sum_of(now->text, now->base_text), *text = g_strconcat(sum, "\n", list, NULL);
    bool good = aside_write(path, text, error);

    g_free(text);
    g_free(sum);
    g_free(list);
    g_free(path);
    return good;
}

/* NULL: there is none, or error. */
static char **read_journal(const char *dir, const char *name, GError **error)
{
    char *path = g_build_filename(dir, name, NULL), *text = NULL, **names = NULL;
    GError *failure = NULL;

    if (g_file_get_contents(path, &text, NULL, &failure))
        names = g_strsplit(text, "\n", -1);
    else if (g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_error_free(failure);
    else
        g_propagate_error(error, failure);
    g_free(text);
    g_free(path);
    return names;
}

bool grow_carry_out(const struct grow *grow, const struct study *now, const char *dir, GError **error)
{
    char **names;
    bool good;

    for (unsigned i = 0; i < grow->dropped->len; i++) {
        char *path = folder_run(dir, g_ptr_array_index(grow->dropped, i));

        g_unlink(path);
        g_free(path);
    }
    if (grow->moves->len == 0)
        return true;
    names = g_new0(char *, grow->moves->len + 1);
    for (unsigned i = 0; i < grow->moves->len; i++)
        names[i] = g_ptr_array_index(grow->moves, i);
    good = write_journal(dir, names, now, error) && move_all(dir, TO_ASIDE, names, error) &&
           rename_journal(dir, JOURNAL, PLACING, error) && move_all(dir, TO_PLACES, names, error);
    g_free(names);
    return good;
}

void grow_commit(const char *dir)
{
    remove_file(dir, PLACING);
}

bool grow_recover(const char *dir, GError **error)
{
    GError *failure = NULL;
    char **names = read_journal(dir, PLACING, &failure);
    bool good = !failure;

    if (names && names[0] && committed(dir, names[0]))
        grow_commit(dir);
    else if (names && names[0])
        good =
            move_all(dir, BACK_ASIDE, names + 1, &failure) && rename_journal(dir, PLACING, JOURNAL, &failure);
    g_strfreev(names);
    names = good ? read_journal(dir, JOURNAL, &failure) : NULL;
    if (names && names[0] && move_all(dir, BACK, names + 1, &failure))
        remove_file(dir, JOURNAL);
    g_strfreev(names);
    if (failure)
        g_propagate_error(error, failure);
    return !failure;
}

bool grow_interrupted(const char *dir)
{
    const char *const journals[] = {JOURNAL, PLACING};
    bool yes = false;

    for (size_t i = 0; i < G_N_ELEMENTS(journals); i++) {
        char *path = g_build_filename(dir, journals[i], NULL);

        yes = yes || g_file_test(path, G_FILE_TEST_EXISTS);
        g_free(path);
    }
    return yes;
}
