/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The table of scenario keys, made from keys.def, and what its types are called. */
#include "sim/config/schema.h"

#include <stddef.h>
#include <string.h>

const struct config_key config_keys[] = {
#define KEY(section, name, type, standard, minimum, maximum, meaning)                                        \
    {#section, #name,   CONFIG_##type, standard,                                                             \
     minimum,  maximum, meaning,       offsetof(struct scenario, section##_##name)},
#include "sim/config/keys.def"
#undef KEY
};
const unsigned config_key_count = G_N_ELEMENTS(config_keys);

static const struct {
    const char *name, *why;
} gone[] = {
#define KEY(section, name, type, standard, minimum, maximum, meaning)
#define KEY_GONE(section, name, why) {#section "." #name, why},
#include "sim/config/keys.def"
#undef KEY
};

const char *config_key_gone(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(gone); i++)
        if (strcmp(gone[i].name, name) == 0)
            return gone[i].why;
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
