/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* readdir() for tests of the command line, in front of the C library's: PULLSTORM_FAKE_READDIR=N in the
 * environment has the N-th call of the process fail, as on a disk with a bad block. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <glib.h>
#include <stdlib.h>

struct dirent *readdir(DIR *listing)
{
    static struct dirent *(*real)(DIR *);
    static unsigned calls;
    const char *failing = g_getenv("PULLSTORM_FAKE_READDIR");

    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "readdir");
    if (failing && strtoul(failing, NULL, 10) == ++calls) {
        errno = EIO;
        return NULL;
    }
    return real(listing);
}
