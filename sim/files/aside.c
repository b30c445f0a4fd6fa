/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Whole files. */
#include "sim/files/aside.h"

#include "sim/base/memory.h"
#include "sim/files/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* One name for all: any of our commands clears away what any other left. */
#define PREFIX ".pullstorm.partial-"

struct aside {
    char *path; /* final */
    char *now;
    int file; /* open, locked */
    struct memory_guard guard;
};

static bool fail(GError **error, const char *path, int code)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(code), "%s: %s", path, g_strerror(code));
    return false;
}

bool aside_still_there(const char *path, int file)
{
    struct stat opened, named;

    return fstat(file, &opened) == 0 && lstat(path, &named) == 0 && opened.st_dev == named.st_dev &&
           opened.st_ino == named.st_ino;
}

int aside_take(const char *path, int flags)
{
    int file = open(path, flags | O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (file >= 0 && (flock(file, LOCK_EX | LOCK_NB) != 0 || !aside_still_there(path, file))) {
        close(file);
        return -1;
    }
    return file;
}

void aside_remove_abandoned(const char *folder)
{
    GPtrArray *names = listing_read(folder, NULL);

    for (unsigned i = 0; names && i < names->len; i++) {
        char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
        struct stat about;
        int file = -1;

        if (g_str_has_prefix(g_ptr_array_index(names, i), PREFIX) && lstat(path, &about) == 0 &&
            S_ISREG(about.st_mode))
            file = aside_take(path, 0);
        if (file >= 0) {
            unlink(path);
            close(file);
        }
        g_free(path);
    }
    if (names)
        g_ptr_array_unref(names);
}

/* False and errno if there can be none. */
static bool make_file(struct aside *aside)
{
    char *folder = g_path_get_dirname(aside->path);
    int code;

    do {
        if (aside->file >= 0)
            close(aside->file);
        g_free(aside->now);
        aside->now = g_build_filename(folder, PREFIX "XXXXXX", NULL);
        aside->file = g_mkstemp_full(aside->now, O_RDWR | O_CLOEXEC, 0666);
        if (aside->file < 0)
            break;
        /* Waits for a process that took the file for an abandoned one and is just removing it. Without locks
         * abandoned files cannot be recognised, and stay. */
        while (flock(aside->file, LOCK_EX) != 0 && errno == EINTR)
            ;
    } while (!aside_still_there(aside->now, aside->file));
    code = errno;
    g_free(folder);
    errno = code;
    return aside->file >= 0;
}

static void release(struct aside *aside)
{
    memory_guard_pop(&aside->guard);
    if (aside->file >= 0)
        close(aside->file);
    g_free(aside->path);
    g_free(aside->now);
    g_free(aside);
}

/* Memory has run out. */
static void undo(void *user)
{
    struct aside *aside = user;

    if (aside->now)
        unlink(aside->now);
}

struct aside *aside_begin(const char *path, GError **error)
{
    struct aside *aside = g_new0(struct aside, 1);
    char *folder = g_path_get_dirname(path);

    memory_guard_push(&aside->guard, undo, aside);
    aside->path = g_strdup(path);
    aside->file = -1;
    aside_remove_abandoned(folder);
    g_free(folder);
    if (make_file(aside))
        return aside;
    fail(error, path, errno);
    release(aside);
    return NULL;
}

const char *aside_path(const struct aside *aside)
{
    return aside->now;
}

bool aside_commit(struct aside *aside, GError **error)
{
    bool good = rename(aside->now, aside->path) == 0 || fail(error, aside->path, errno);

    if (good)
        release(aside);
    else
        aside_abort(aside);
    return good;
}

void aside_abort(struct aside *aside)
{
    unlink(aside->now);
    release(aside);
}

static bool write_all(int file, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(file, text, length);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        }
    }
    return true;
}

bool aside_write(const char *path, const char *text, GError **error)
{
    struct aside *aside = aside_begin(path, error);

    if (!aside)
        return false;
    if (write_all(aside->file, text, strlen(text)))
        return aside_commit(aside, error);
    fail(error, path, errno);
    aside_abort(aside);
    return false;
}
