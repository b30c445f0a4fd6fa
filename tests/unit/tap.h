/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Starts GTest with TAP output, which automake's driver reads. */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

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

#endif
