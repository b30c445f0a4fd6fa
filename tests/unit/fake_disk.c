/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A disk for tests of the command line, in front of the C library's calls. In the environment of the process
 *   PULLSTORM_FAKE_READDIR=N    has its N-th readdir() fail, as on a disk with a bad block
 *   PULLSTORM_FAKE_RENAME=N     has it killed in its N-th rename() */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static bool is_turn(const char *variable, unsigned *calls)
{
    const char *turn = g_getenv(variable);

    return turn && strtoul(turn, NULL, 10) == ++*calls;
}

struct dirent *readdir(DIR *listing)
{
    static struct dirent *(*real)(DIR *);
    static unsigned calls;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "readdir");
    if (!is_turn("PULLSTORM_FAKE_READDIR", &calls))
        return real(listing);
    errno = EIO;
    return NULL;
}

int rename(const char *from, const char *to)
{
    static int (*real)(const char *, const char *);
    static unsigned calls;

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "rename");
    if (is_turn("PULLSTORM_FAKE_RENAME", &calls))
        raise(SIGKILL);
    return real(from, to);
}
