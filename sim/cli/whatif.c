/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which what-ifs are on: values are compared, not texts, so that 0ms is 0s. */
#include "sim/cli/whatif.h"

#include "sim/config/value.h"

#include <string.h>

static bool is_default(const struct config_key *key, const char *text)
{
    struct config_value value, standard;
    char *why = NULL;
    bool right = config_value_parse(key, text, &value, &why) &&
                 config_value_parse(key, key->standard, &standard, &why);

    g_assert(right); /* a scenario holds no other */
    return value.integer == standard.integer && value.real == standard.real;
}

char *whatif_text(const struct scenario *scenario)
{
    GString *text = g_string_new(NULL);

    for (unsigned i = 0; i < scenario_schema.count; i++) {
        const struct config_key *key = &scenario_schema.keys[i];
        const char *value = scenario_value_text(scenario, key);

        if (strcmp(key->section, "whatif") == 0 && !is_default(key, value))
            g_string_append_printf(text, "%swhatif.%s = %s", text->len ? ", " : "", key->name, value);
    }
    if (text->len > 0)
        return g_string_free(text, FALSE);
    g_string_free(text, TRUE);
    return NULL;
}
