/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Starts GTest with TAP output, which automake's driver reads. */
#ifndef TESTS_UNIT_TAP_H
#define TESTS_UNIT_TAP_H

#include <glib.h>
#include <string.h>

static inline void tap_init(int argc, char **argv)
{
    char **with_tap = g_new0(char *, argc + 2);
    int count = argc + 1;

    memcpy(with_tap, argv, sizeof *argv * (size_t)argc);
    with_tap[argc] = g_strdup("--tap");
    g_test_init(&count, &with_tap, NULL);
}

#endif
