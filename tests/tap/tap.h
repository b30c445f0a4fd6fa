/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Starts GTest with TAP output, which automake's driver reads. */
#ifndef TESTS_TAP_TAP_H
#define TESTS_TAP_TAP_H

#include <glib.h>
#include <string.h>

static inline void tap_init(int argc, char **argv)
{
    static char **with_tap; /* static: GTest keeps pointers into it, and drops the argument */
    static char tap[] = "--tap";
    int count = argc + 1;

    with_tap = g_new0(char *, argc + 2);
    memcpy(with_tap, argv, sizeof *argv * (size_t)argc);
    with_tap[argc] = tap;
    g_test_init(&count, &with_tap, NULL);
}

/* Is this a build or a machine that tests are cut down for in that way (PULLSTORM_TESTS, tests/README.md)? */
static inline gboolean tap_is(const char *mode)
{
    return g_strcmp0(g_getenv("PULLSTORM_TESTS"), mode) == 0;
}

/* Adds a test that proves a mean or a chance by many draws, through code that other tests reach, too: left
 * out where the program itself is tried for faults. */
static inline void tap_add_chance(const char *path, GTestFunc test)
{
    if (!tap_is("quick") && !tap_is("program"))
        g_test_add_func(path, test);
}

#endif
