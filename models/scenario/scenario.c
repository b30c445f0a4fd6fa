/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The schema of scenarios, made from keys.def, and the reader that is given it. */
#include "models/scenario/scenario.h"

#include "models/scenario/contradictions.h"
#include "sim/config/timeline.h"

#include <stddef.h>

static const struct config_key scenario_keys[] = {
#define KEY(section, name, type, standard, minimum, maximum, meaning)                                        \
    KEY_CHANGES(section, name, type, standard, minimum, maximum, NULL, meaning)
#define KEY_CHANGES(section, name, type, standard, minimum, maximum, least, meaning)                         \
    {#section, #name,   CONFIG_##type, standard,                                                             \
     minimum,  maximum, meaning,       offsetof(struct scenario, section##_##name),                          \
     least},
#include "models/scenario/keys.def"
#undef KEY
};

static const struct config_gone scenario_keys_gone[] = {
#define KEY(section, name, type, standard, minimum, maximum, meaning)
#define KEY_GONE(section, name, why) {#section "." #name, why},
#include "models/scenario/keys.def"
#undef KEY
};

const struct config_schema scenario_schema = {
    .keys = scenario_keys,
    .count = G_N_ELEMENTS(scenario_keys),
    .gone = scenario_keys_gone,
    .gone_count = G_N_ELEMENTS(scenario_keys_gone),
    .size = sizeof(struct scenario),
    .rule = contradictions_find,
    .example = "ue",
    .other_section = "study",
    .other_why = "this is a study, expected a scenario (a study is run by pullstorm sweep)",
};

/* The struct config is the first member of the scenario. */
static struct scenario *scenario_from(struct config *config)
{
    return (struct scenario *)(void *)config;
}

const struct config_key *scenario_key(const char *section, const char *name)
{
    return config_key_find(&scenario_schema, section, name);
}

struct scenario *scenario_load(const char *path, const char *const *settings, GError **error)
{
    return scenario_load_with(path, settings, NULL, error);
}

struct scenario *scenario_load_with(const char *path, const char *const *settings, config_rule *rule,
                                    GError **error)
{
    return scenario_from(config_load(&scenario_schema, path, settings, rule, error));
}

struct scenario *scenario_parse(const char *path, const char *text, const char *const *settings,
                                config_rule *rule, GError **error)
{
    return scenario_from(config_parse(&scenario_schema, path, text, settings, rule, error));
}

void scenario_free(struct scenario *scenario)
{
    if (scenario)
        config_free(&scenario->config);
}

void scenario_change(struct scenario *copy, const struct timeline_entry *entry)
{
    config_value_store(entry->key, &entry->value, entry->text, &copy->config);
}

const char *scenario_value_text(const struct scenario *scenario, const struct config_key *key)
{
    return config_value_text(&scenario->config, key);
}
