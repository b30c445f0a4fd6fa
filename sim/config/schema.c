/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Keys of a schema by their names, and what types are called. */
#include "sim/config/schema.h"

#include <string.h>

const struct config_key *config_key_find(const struct config_schema *schema, const char *section,
                                         const char *name)
{
    for (unsigned i = 0; i < schema->count; i++)
        if (strcmp(schema->keys[i].section, section) == 0 && strcmp(schema->keys[i].name, name) == 0)
            return &schema->keys[i];
    return NULL;
}

const struct config_key *config_key_named(const struct config_schema *schema, const char *name)
{
    const char *dot = strchr(name, '.');
    char *section = dot ? g_strndup(name, (gsize)(dot - name)) : NULL;
    const struct config_key *key = dot ? config_key_find(schema, section, dot + 1) : NULL;

    g_free(section);
    return key;
}

const char *config_key_gone(const struct config_schema *schema, const char *name)
{
    for (unsigned i = 0; i < schema->gone_count; i++)
        if (strcmp(schema->gone[i].name, name) == 0)
            return schema->gone[i].why;
    return NULL;
}

char *config_key_name(const struct config_key *key)
{
    return g_strdup_printf("%s.%s", key->section, key->name);
}

const char *config_type_name(enum config_type type)
{
    static const char *const names[] = {
        [CONFIG_COUNT] = "count",
        [CONFIG_SEED] = "seed",
        [CONFIG_DURATION] = "duration",
        [CONFIG_SECONDS] = "whole seconds",
        [CONFIG_DURATIONS] = "durations",
        [CONFIG_SHARE] = "share",
        [CONFIG_EVENT_RATE] = "event rate",
        [CONFIG_BIT_RATE] = "bit rate",
        [CONFIG_BYTES] = "bytes",
        [CONFIG_DISTRIBUTION] = "distribution",
        [CONFIG_DATE] = "date",
        [CONFIG_CHOICE] = "choice",
        [CONFIG_TEXT] = "text",
    };
    return names[type];
}

const char *config_type_unit(enum config_type type)
{
    static const char *const units[] = {
        [CONFIG_COUNT] = "1",        [CONFIG_SEED] = "1",         [CONFIG_DURATION] = "s",
        [CONFIG_SECONDS] = "s",      [CONFIG_SHARE] = "ratio",    [CONFIG_EVENT_RATE] = "1/s",
        [CONFIG_DURATIONS] = "s",    [CONFIG_BIT_RATE] = "bit/s", [CONFIG_BYTES] = "bytes",
        [CONFIG_DISTRIBUTION] = "s", [CONFIG_DATE] = "date",      [CONFIG_CHOICE] = "text",
        [CONFIG_TEXT] = "text",
    };
    return units[type];
}
