/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The scenario: keys.def expanded into a struct and a schema, and the reader of scenario files. How values
 * are written, and what reads them: sim/config/schema.h. */
#ifndef MODELS_SCENARIO_SCENARIO_H
#define MODELS_SCENARIO_SCENARIO_H

#include "sim/config/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One scenario: scenario->bmsc_workers and so on, one member a key. */
struct scenario {
    struct config config; /* its name, and its text; first, see scenario_of() */
#define KEY(section, name, type, standard, minimum, maximum, meaning) config_##type section##_##name;
#include "models/scenario/keys.def"
#undef KEY
};

/* All keys, those of earlier versions, and what must hold between values (contradictions.c). */
extern const struct config_schema scenario_schema;

/* The scenario that a configuration of scenario_schema is, for those who are handed it as such. */
static inline const struct scenario *scenario_of(const struct config *config)
{
    return (const struct scenario *)(const void *)config;
}

/* The key of that name; NULL: there is none. */
const struct config_key *scenario_key(const char *section, const char *name);

/* Reads a scenario: config_load() without a further rule, see there. Free with scenario_free(). */
struct scenario *scenario_load(const char *path, const char *const *settings, GError **error);
/* The same with one more rule, such as storm_check() (models/storm.h), whose mistakes are reported with all
 * others. */
struct scenario *scenario_load_with(const char *path, const char *const *settings, config_rule *rule,
                                    GError **error);
/* The same of a text that has been read already; messages call it `path`. */
struct scenario *scenario_parse(const char *path, const char *text, const char *const *settings,
                                config_rule *rule, GError **error);
/* Takes NULL, too. */
void scenario_free(struct scenario *scenario);

struct timeline_entry;
/* Gives a key the value that a section [at TIME] has for it. Of a copy of the scenario's struct, which shares
 * all that its pointers point to: not to be freed with scenario_free(), and its texts stay as they were. */
void scenario_change(struct scenario *copy, const struct timeline_entry *entry);

/* The value of a key as text: as it was written, or its default. Owned by the scenario. */
const char *scenario_value_text(const struct scenario *scenario, const struct config_key *key);

#ifdef __cplusplus
}
#endif

#endif
