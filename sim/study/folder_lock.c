/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Who works in the folder of a study: one plan, one sweep, or several shards of a sweep. */
#include "sim/study/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void lock_file_error(GError **error, const char *path)
{
    g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "%s: %s", path, g_strerror(errno));
}

/* The file says who has the lock: "PID on HOST". */
static bool sign_lock(int lock, const char *path, GError **error)
{
    char *text = g_strdup_printf("%ld on %s\n", (long)getpid(), g_get_host_name());
    bool good = ftruncate(lock, 0) == 0 && pwrite(lock, text, strlen(text), 0) == (ssize_t)strlen(text);

    if (!good)
        lock_file_error(error, path);
    g_free(text);
    return good;
}

static void lock_refuse(const char *dir, const char *path, GError **error)
{
    char *holder = NULL;

    if (g_file_get_contents(path, &holder, NULL, NULL))
        g_strstrip(holder);
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                "%s: another plan or sweep (process %s) or a run that it started is at work here", dir,
                holder && *holder ? holder : "unknown");
    g_free(holder);
}

/* how: LOCK_EX or LOCK_SH. Where there are no locks we go on, as a run does. */
static int take_lock(const char *dir, const char *path, int how, GError **error)
{
    int lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (lock < 0) {
        lock_file_error(error, path);
        return -1;
    }
    if (flock(lock, how | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        lock_refuse(dir, path, error);
    else if (sign_lock(lock, path, error))
        return lock;
    close(lock);
    return -1;
}

static bool make_folder(const char *dir, GError **error)
{
    if (g_mkdir_with_parents(dir, 0777) == 0)
        return true;
    lock_file_error(error, dir);
    return false;
}

int folder_lock(const char *dir, GError **error)
{
    char *path = g_build_filename(dir, ".sweep.lock", NULL);
    int lock = make_folder(dir, error) ? take_lock(dir, path, LOCK_EX, error) : -1;

    g_free(path);
    return lock;
}

bool folder_lock_shard(const char *dir, unsigned shard, unsigned shards, int locks[2], GError **error)
{
    char *name = g_strdup_printf(".sweep.%u-of-%u.lock", shard, shards);
    char *own = g_build_filename(dir, name, NULL), *common = g_build_filename(dir, ".sweep.lock", NULL);

    locks[0] = locks[1] = -1;
    if (make_folder(dir, error) && (locks[0] = take_lock(dir, common, LOCK_SH, error)) >= 0 &&
        (locks[1] = take_lock(dir, own, LOCK_EX, error)) < 0) {
        close(locks[0]);
        locks[0] = -1;
    }
    g_free(common);
    g_free(own);
    g_free(name);
    return locks[1] >= 0;
}

bool folder_lock_alone(const char *dir, int lock, GError **error)
{
    char *path = g_build_filename(dir, ".sweep.lock", NULL);
    bool alone = flock(lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;

    if (!alone)
        lock_refuse(dir, path, error);
    g_free(path);
    return alone;
}

void folder_lock_together(int lock)
{
    flock(lock, LOCK_SH | LOCK_NB);
}
