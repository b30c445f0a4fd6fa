/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The directory that a run writes: all of it, or none of it. */
#include "sim/cli/output_dir.h"

#include "sim/base/memory.h"
#include "sim/files/aside.h"
#include "sim/files/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct output_dir {
    char *named;  /* as the user wrote it, without slashes at the end */
    char *target; /* final place, absolute */
    char *parent;
    char *partial; /* hidden sibling */
    char *made;    /* topmost parent that was missing; NULL: none was */
    int lock;      /* open on the sibling: tells other runs that it is in use */
    bool replaces; /* something that has to go is at the final place */
    struct memory_guard guard;
};

/* All that a result consists of, and device-*.pcap, trace-ue-*.txt; report.html and the pictures of plots/
 * are made from it and go with it. Nothing else is ever deleted. */
static const char *const result_files[] = {"summary.csv",      "timeseries.csv",  "latency.csv",
                                           "distribution.csv", "manifest.json",   "capture.pcap",
                                           "keylog.csv",       "subscribers.csv", "report.html"};
static const char pictures[] = "plots";

static bool output_fail(GError **error, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool output_fail(GError **error, int code, const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), text);
    g_free(text);
    return false;
}

static bool is_result_file(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(result_files); i++)
        if (strcmp(result_files[i], name) == 0)
            return true;
    return (g_str_has_prefix(name, "device-") && g_str_has_suffix(name, ".pcap")) ||
           (g_str_has_prefix(name, "trace-ue-") && g_str_has_suffix(name, ".txt"));
}

static bool is_lock(const char *name)
{
    return g_str_has_prefix(name, ".sweep.") && g_str_has_suffix(name, "lock");
}

static bool is_ours(const char *name)
{
    return is_result_file(name) || is_lock(name);
}

static bool is_picture(const char *name)
{
    return g_str_has_suffix(name, ".png") || g_str_has_suffix(name, ".svg");
}

/* Removes the files of a folder that `removed` knows and what killed writers left there, and the folder
 * if that leaves it empty. */
static bool remove_folder(const char *path, bool (*removed)(const char *name))
{
    aside_remove_abandoned(path);

    GPtrArray *names = listing_read(path, NULL);

    for (unsigned i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        char *file = g_build_filename(path, name, NULL);

        if (removed(name))
            unlink(file);
        g_free(file);
    }
    if (names)
        g_ptr_array_unref(names);
    return rmdir(path) == 0;
}

static bool remove_result(const char *path)
{
    char *folder = g_build_filename(path, pictures, NULL);

    remove_folder(folder, is_picture);
    g_free(folder);
    return remove_folder(path, is_ours);
}

/* plots/ itself, no link to a folder elsewhere. */
static bool is_pictures_folder(const char *path, const char *name)
{
    char *folder = g_build_filename(path, pictures, NULL);
    struct stat about;
    bool yes = strcmp(name, pictures) == 0 && lstat(folder, &about) == 0 && S_ISDIR(about.st_mode);

    g_free(folder);
    return yes;
}

/* *any: plots/ is not empty. */
static bool find_pictures(const char *path, bool *any, GError **error)
{
    char *folder = g_build_filename(path, pictures, NULL);
    GPtrArray *names = listing_read(folder, error);

    *any = names && names->len > 0;
    if (names)
        g_ptr_array_unref(names);
    g_free(folder);
    return names != NULL;
}

/* The lock of a sweep or plan (sim/study/folder_lock.c) that nobody holds: one was killed before it
 * had made anything. */
static bool is_free_lock(const char *folder, const char *name)
{
    char *path = g_build_filename(folder, name, NULL);
    int file = is_lock(name) ? aside_take(path, 0) : -1;

    if (file >= 0)
        close(file);
    g_free(path);
    return file >= 0;
}

/* May a directory that exists become the result? Pictures alone are as worth keeping as a result. */
static bool inspect(struct output_dir *dir, bool force, GError **error)
{
    GPtrArray *names = listing_read(dir->target, error);
    const char *foreign = NULL;
    bool result = false, plots = false, drawn = false, locks = false, good = true;

    if (!names)
        return false;
    for (unsigned i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (is_result_file(name))
            result = true;
        else if (is_pictures_folder(dir->target, name))
            plots = true;
        else if (is_free_lock(dir->target, name))
            locks = true;
        else if (!foreign)
            foreign = name;
    }
    if (plots)
        good = find_pictures(dir->target, &drawn, error);
    if (!good)
        ; /* reported already */
    else if (foreign)
        good = output_fail(error, ENOTEMPTY,
                           "%s: holds \"%s\", which is not part of a result, and is left alone; give "
                           "another folder with -o",
                           dir->target, foreign);
    else if ((result || drawn) && !force)
        good = output_fail(error, EEXIST,
                           "%s: holds a result already; --force replaces it, -o names another folder",
                           dir->target);
    dir->replaces = result || plots || locks;
    g_ptr_array_unref(names);
    return good;
}

/* NAME of ".NAME.partial-PID", and of the same with ".old" at the end, where an earlier result is kept for
 * the moment; NULL if it is neither. g_free. */
static char *name_of_partial(const char *entry, bool *old)
{
    const char *mark = g_strrstr(entry, ".partial-"), *pid = mark ? mark + strlen(".partial-") : NULL;
    size_t digits = pid ? strspn(pid, "0123456789") : 0;

    *old = pid && strcmp(pid + digits, ".old") == 0;
    if (entry[0] != '.' || digits == 0 || mark == entry || (pid[digits] && !*old))
        return NULL;
    return g_strndup(entry + 1, (gsize)(mark - entry - 1));
}

/* A hidden sibling whose lock is free belongs to a run that was killed. An earlier result may be all that
 * there is: it goes if there is a new one. */
static void remove_if_abandoned(const char *parent, const char *entry, const char *name, bool old)
{
    char *path = g_build_filename(parent, entry, NULL), *target = g_build_filename(parent, name, NULL);
    int lock = old ? -1 : aside_take(path, O_DIRECTORY);

    if (lock >= 0 || (old && access(target, F_OK) == 0))
        remove_result(path);
    if (lock >= 0)
        close(lock);
    g_free(target);
    g_free(path);
}

void output_dir_remove_abandoned(const char *parent, const char *only)
{
    GPtrArray *names = listing_read(parent, NULL);

    for (unsigned i = 0; names && i < names->len; i++) {
        const char *entry = g_ptr_array_index(names, i);
        bool old;
        char *name = name_of_partial(entry, &old);

        if (name && (!only || strcmp(name, only) == 0))
            remove_if_abandoned(parent, entry, name, old);
        g_free(name);
    }
    if (names)
        g_ptr_array_unref(names);
}

/* What killed commands have left in a folder makes it no less fit for a result. */
static void clear_leftovers(const char *folder)
{
    char *plots = g_build_filename(folder, pictures, NULL);

    output_dir_remove_abandoned(folder, NULL);
    aside_remove_abandoned(folder);
    aside_remove_abandoned(plots);
    g_free(plots);
}

/* The final place, without links, so that the sibling is on the same file system. */
static bool resolve(struct output_dir *dir, const char *target, bool force, GError **error)
{
    struct stat about;

    if (!*target)
        return output_fail(error, EINVAL, "the output folder has no name");
    dir->target = g_canonicalize_filename(target, NULL);
    if (lstat(dir->target, &about) == 0) {
        char *real = realpath(dir->target, NULL);

        if (!real)
            return output_fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
        g_free(dir->target);
        dir->target = g_strdup(real);
        free(real);
        if (stat(dir->target, &about) != 0)
            return output_fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
        if (!S_ISDIR(about.st_mode))
            return output_fail(error, ENOTDIR, "%s: exists and is not a folder", dir->target);
        if (strcmp(dir->target, "/") == 0)
            return output_fail(error, EINVAL, "/: cannot be a result");
        clear_leftovers(dir->target);
        if (!inspect(dir, force, error))
            return false;
    } else if (errno != ENOENT)
        return output_fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
    dir->parent = g_path_get_dirname(dir->target);
    return true;
}

/* Makes the parents that are missing and remembers the topmost, so that a failed run can take them back. */
static bool make_parents(struct output_dir *dir, GError **error)
{
    char *missing = NULL;

    for (char *at = g_strdup(dir->parent); at;) {
        if (access(at, F_OK) == 0 || errno != ENOENT) {
            g_free(at);
            break;
        }
        char *above = g_path_get_dirname(at);

        g_free(missing);
        missing = at;
        at = above;
    }
    dir->made = missing; /* some of them may be, when making them fails */
    return !missing || g_mkdir_with_parents(dir->parent, 0777) == 0 ||
           output_fail(error, errno, "%s: %s", dir->parent, g_strerror(errno));
}

/* False if another run took the new sibling for an abandoned one before the lock was on it, and removed
 * it. */
static bool lock_partial(struct output_dir *dir)
{
    dir->lock = open(dir->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir->lock < 0)
        return errno != ENOENT;
    /* Waits for one that is just removing it. Without locks abandoned siblings cannot be recognised and stay;
     * the run itself goes on. */
    while (flock(dir->lock, LOCK_EX) != 0 && errno == EINTR)
        ;
    if (aside_still_there(dir->partial, dir->lock))
        return true;
    close(dir->lock);
    dir->lock = -1;
    return false;
}

static bool make_partial(struct output_dir *dir, GError **error)
{
    char *name = g_path_get_basename(dir->target);

    dir->partial = g_strdup_printf("%s/.%s.partial-%ld", dir->parent, name, (long)getpid());
    g_free(name);
    do {
        if (mkdir(dir->partial, 0777) != 0) {
            int code = errno;

            g_clear_pointer(&dir->partial, g_free);
            return output_fail(error, code, "%s: cannot write there: %s", dir->parent, g_strerror(code));
        }
    } while (!lock_partial(dir));
    return true;
}

static void undo(void *user)
{
    output_dir_abort(user);
}

struct output_dir *output_dir_begin(const char *target, bool force, GError **error)
{
    struct output_dir *dir = g_new0(struct output_dir, 1);
    char *name;

    dir->lock = -1;
    memory_guard_push(&dir->guard, undo, dir);
    dir->named = g_strdup(target);
    for (size_t length = strlen(target); length > 1 && target[length - 1] == '/'; length--)
        dir->named[length - 1] = '\0';
    if (!resolve(dir, target, force, error) || !make_parents(dir, error)) {
        output_dir_abort(dir);
        return NULL;
    }
    name = g_path_get_basename(dir->target);
    output_dir_remove_abandoned(dir->parent, name);
    g_free(name);
    if (!make_partial(dir, error)) {
        output_dir_abort(dir);
        return NULL;
    }
    return dir;
}

char *output_dir_path(const struct output_dir *dir, const char *name)
{
    return g_build_filename(dir->partial, name, NULL);
}

char *output_dir_message(const struct output_dir *dir, const char *message)
{
    char **parts = g_strsplit(message, dir->partial, -1);
    char *shown = g_strjoinv(dir->named, parts);

    g_strfreev(parts);
    return shown;
}

static void release(struct output_dir *dir)
{
    memory_guard_pop(&dir->guard);
    if (dir->lock >= 0)
        close(dir->lock);
    g_free(dir->named);
    g_free(dir->target);
    g_free(dir->parent);
    g_free(dir->partial);
    g_free(dir->made);
    g_free(dir);
}

/* Puts the new result in place of the earlier one. Where the file system can, both change places in one
 * step; elsewhere there is a moment without either name, and the way back if the second step fails. */
static bool replace(struct output_dir *dir)
{
    char *aside;
    int code;

    if (renameat2(AT_FDCWD, dir->partial, AT_FDCWD, dir->target, RENAME_EXCHANGE) == 0) {
        if (!remove_result(dir->partial))
            fprintf(stderr, "pullstorm: the earlier result is kept in %s\n", dir->partial);
        return true;
    }
    if (errno == ENOENT)
        return rename(dir->partial, dir->target) == 0;
    aside = g_strdup_printf("%s.old", dir->partial);
    if (rename(dir->target, aside) != 0) {
        g_free(aside);
        return false;
    }
    if (rename(dir->partial, dir->target) != 0) {
        code = errno;
        if (rename(aside, dir->target) != 0)
            fprintf(stderr, "pullstorm: the earlier result is kept in %s\n", aside);
        errno = code;
        g_free(aside);
        return false;
    }
    if (!remove_result(aside))
        fprintf(stderr, "pullstorm: the earlier result is kept in %s\n", aside);
    g_free(aside);
    return true;
}

/* True if it is on the disk, or if nothing can send it there (some file systems have no fsync of folders). */
static bool sync_path(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool good = file >= 0 && (fsync(file) == 0 || errno == EINVAL || errno == ENOTSUP);
    int code = errno;

    if (file >= 0)
        close(file);
    errno = code;
    return good;
}

/* The files first, then the folder that names them: a machine that stops leaves no whole-looking half
 * result. */
static bool sync_partial(const struct output_dir *dir, GError **error)
{
    GError *failure = NULL;
    GPtrArray *names = listing_read(dir->partial, &failure);
    bool good = true;

    if (!names) {
        g_set_error(error, failure->domain, failure->code, "%s: %s", dir->target, failure->message);
        g_error_free(failure);
        return false;
    }
    for (unsigned i = 0; i < names->len && good; i++) {
        char *file = g_build_filename(dir->partial, g_ptr_array_index(names, i), NULL);

        good = sync_path(file);
        g_free(file);
    }
    g_ptr_array_unref(names);
    good = good && sync_path(dir->partial);
    return good || output_fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
}

bool output_dir_commit(struct output_dir *dir, GError **error)
{
    if (!sync_partial(dir, error)) {
        output_dir_abort(dir);
        return false;
    }
    if (dir->replaces ? replace(dir) : rename(dir->partial, dir->target) == 0) {
        /* It is in place now, even if the disk could not sync its name. */
        (void)sync_path(dir->parent);
        release(dir);
        return true;
    }
    if (errno == ENOTEMPTY || errno == EEXIST)
        output_fail(error, errno, "%s: another run has written its result there since", dir->target);
    else
        output_fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
    output_dir_abort(dir);
    return false;
}

/* Parents that were made for this run go, as long as they are empty. */
static void remove_made_parents(const struct output_dir *dir)
{
    char *at = g_strdup(dir->parent);

    while (strlen(at) >= strlen(dir->made) && rmdir(at) == 0) {
        char *above = g_path_get_dirname(at);

        g_free(at);
        at = above;
    }
    g_free(at);
}

void output_dir_abort(struct output_dir *dir)
{
    if (dir->partial)
        remove_result(dir->partial);
    if (dir->made)
        remove_made_parents(dir);
    release(dir);
}
