/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Collects the mistakes of a configuration. */
#include "sim/config/mistakes.h"

#include <stdarg.h>

void mistakes_add(struct mistakes *mistakes, enum config_error code, const char *origin, const char *format,
                  ...)
{
    va_list arguments;

    if (mistakes->text->len == 0)
        mistakes->code = code;
    else
        g_string_append_c(mistakes->text, '\n');
    g_string_append_printf(mistakes->text, "%s: ", origin);
    va_start(arguments, format);
    g_string_append_vprintf(mistakes->text, format, arguments);
    va_end(arguments);
}

void mistakes_add_at(struct mistakes *mistakes, enum config_error code, const char *section, const char *name,
                     const char *format, ...)
{
    const char *origin = mistakes_origin(mistakes, section, name);
    va_list arguments;
    char *message;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    mistakes_add(mistakes, code, origin ? origin : mistakes->path, "%s.%s: %s", section, name, message);
    g_free(message);
}

const char *mistakes_origin(const struct mistakes *mistakes, const char *section, const char *name)
{
    if (!mistakes->origin)
        return NULL;
    return mistakes->origin[config_key_find(mistakes->schema, section, name) - mistakes->schema->keys];
}
