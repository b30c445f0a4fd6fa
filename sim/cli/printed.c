/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Texts of g_strdup_printf() and of GErrors, where there is no memory for them. GLib prints them by
 * vasprintf(), and goes on with NULL where that fails: a message would have "(null)" in it, a name of a file
 * would be none. A program's own function stands before that of the C library, for the libraries that it is
 * linked with, too; here it ends as all memory that runs out does. */
#include "sim/base/memory.h"

#include <glib.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What vasprintf() is called by code that is compiled with _FORTIFY_SOURCE, as GLib mostly is. */
int __vasprintf_chk(char **out, int flag, const char *format, va_list values) G_GNUC_PRINTF(3, 0);

int vasprintf(char **out, const char *format, va_list values)
{
    va_list again;
    int length;

    va_copy(again, values);
    length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0)
        return length;
    *out = malloc((size_t)length + 1);
    if (!*out)
        memory_out((size_t)length + 1);
    return vsnprintf(*out, (size_t)length + 1, format, values);
}

int __vasprintf_chk(char **out, int flag, const char *format, va_list values)
{
    (void)flag;
    return vasprintf(out, format, values);
}
