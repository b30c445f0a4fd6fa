/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The directory that a run writes: all of it, or none of it. */
#include "sim/cli/output_dir.h"

#include "sim/files/listing.h"
#include "sim/kernel/memory.h"

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
    bool replaces; /* something that is to go stands at the final place */
    struct memory_guard guard;
};

/* All that a result consists of, and device-*.pcap; report.html and the pictures of plots/ are made from it
 * and go with it. Nothing else is ever deleted. */
static const char *const result_files[] = {"summary.csv",      "timeseries.csv", "latency.csv",
                                           "distribution.csv", "manifest.json",  "capture.pcap",
                                           "keylog.csv",       "report.html"};
static const char pictures[] = "plots";

static bool fail(GError **error, int code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool fail(GError **error, int code, const char *format, ...)
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
    return g_str_has_prefix(name, "device-") && g_str_has_suffix(name, ".pcap");
}

static bool is_picture(const char *name)
{
    return g_str_has_suffix(name, ".png") || g_str_has_suffix(name, ".svg");
}

/* Removes the files of a folder that `is_ours` knows, and the folder if that leaves it empty. */
static bool remove_folder(const char *path, bool (*is_ours)(const char *name))
{
    GPtrArray *names = listing_read(path, NULL);

    for (unsigned i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        char *file = g_build_filename(path, name, NULL);

        if (is_ours(name))
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
    return remove_folder(path, is_result_file);
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

/* May a directory that exists become the result? Pictures alone are as worth keeping as a result. */
static bool inspect(struct output_dir *dir, bool force, GError **error)
{
    GPtrArray *names = listing_read(dir->target, error);
    const char *foreign = NULL;
    bool result = false, plots = false, drawn = false, good = true;

    if (!names)
        return false;
    for (unsigned i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        if (is_result_file(name))
            result = true;
        else if (is_pictures_folder(dir->target, name))
            plots = true;
        else if (!foreign)
            foreign = name;
    }
    if (plots)
        good = find_pictures(dir->target, &drawn, error);
    if (!good)
        ; /* told */
    else if (foreign)
        good = fail(error, ENOTEMPTY,
                    "%s: holds \"%s\", which is not part of a result, and is left alone; give "
                    "another folder with -o",
                    dir->target, foreign);
    else if ((result || drawn) && !force)
        good = fail(error, EEXIST, "%s: holds a result already; --force replaces it, -o names another folder",
                    dir->target);
    dir->replaces = result || plots;
    g_ptr_array_unref(names);
    return good;
}

/* The final place, without links, so that the sibling is on the same file system. */
static bool resolve(struct output_dir *dir, const char *target, bool force, GError **error)
{
    struct stat about;

    if (!*target)
        return fail(error, EINVAL, "the output folder has no name");
    dir->target = g_canonicalize_filename(target, NULL);
    if (lstat(dir->target, &about) == 0) {
        char *real = realpath(dir->target, NULL);

        if (!real)
            return fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
        g_free(dir->target);
        dir->target = g_strdup(real);
        free(real);
        if (stat(dir->target, &about) != 0)
            return fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
        if (!S_ISDIR(about.st_mode))
            return fail(error, ENOTDIR, "%s: exists and is not a folder", dir->target);
        if (strcmp(dir->target, "/") == 0)
            return fail(error, EINVAL, "/: cannot be a result");
        if (!inspect(dir, force, error))
            return false;
    } else if (errno != ENOENT)
        return fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
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
           fail(error, errno, "%s: %s", dir->parent, g_strerror(errno));
}

/* Is what stands at the path what was opened? Another may have removed it, and somebody made it anew,
 * meanwhile. */
static bool still_there(const char *path, int file)
{
    struct stat opened, named;

    return fstat(file, &opened) == 0 && lstat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

/* A sibling whose lock is free belongs to a run that was killed. */
static void remove_abandoned(const struct output_dir *dir)
{
    char *name = g_path_get_basename(dir->target);
    char *prefix = g_strdup_printf(".%s.partial-", name);
    GPtrArray *names = listing_read(dir->parent, NULL);

    for (unsigned i = 0; names && i < names->len; i++) {
        const char *entry = g_ptr_array_index(names, i);

        if (!g_str_has_prefix(entry, prefix))
            continue;
        char *path = g_build_filename(dir->parent, entry, NULL);
        int lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) == 0 && still_there(path, lock))
            remove_result(path);
        if (lock >= 0)
            close(lock);
        g_free(path);
    }
    if (names)
        g_ptr_array_unref(names);
    g_free(prefix);
    g_free(name);
}

/* False if another run took the new sibling for an abandoned one before the lock was on it, and removed
 * it. */
static bool lock_partial(struct output_dir *dir)
{
    dir->lock = open(dir->partial, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir->lock < 0)
        return errno != ENOENT;
    /* Waits for one that is just removing it. Where there are no locks, abandoned siblings cannot be told and
     * stay; the run itself goes on. */
    while (flock(dir->lock, LOCK_EX) != 0 && errno == EINTR)
        ;
    if (still_there(dir->partial, dir->lock))
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
            return fail(error, code, "%s: cannot write there: %s", dir->parent, g_strerror(code));
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

    dir->lock = -1;
    memory_guard_push(&dir->guard, undo, dir);
    dir->named = g_strdup(target);
    for (size_t length = strlen(target); length > 1 && target[length - 1] == '/'; length--)
        dir->named[length - 1] = '\0';
    if (!resolve(dir, target, force, error) || !make_parents(dir, error)) {
        output_dir_abort(dir);
        return NULL;
    }
    remove_abandoned(dir);
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

/* True if it is on the disk, or cannot be told to go there (some file systems have no fsync of folders). */
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
    return good || fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
}

bool output_dir_commit(struct output_dir *dir, GError **error)
{
    if (!sync_partial(dir, error)) {
        output_dir_abort(dir);
        return false;
    }
    if (dir->replaces ? replace(dir) : rename(dir->partial, dir->target) == 0) {
        /* It stands there now, whatever the disk says of its name. */
        (void)sync_path(dir->parent);
        release(dir);
        return true;
    }
    if (errno == ENOTEMPTY || errno == EEXIST)
        fail(error, errno, "%s: another run has written its result there meanwhile", dir->target);
    else
        fail(error, errno, "%s: %s", dir->target, g_strerror(errno));
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
