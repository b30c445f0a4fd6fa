/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A configuration that has been read from a GKeyFile (INI): the values of all keys of a schema.
 *
 * The values are in a struct of the room that has the schema. The struct begins with a struct config: this
 * room, and rooms that know no keys, hold it by that. The room that knows the keys casts the pointer back, as
 * scenario_of() does. */
#ifndef SIM_CONFIG_CONFIG_H
#define SIM_CONFIG_CONFIG_H

#include "sim/config/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What changes during a run: the lines of the sections [at TIME], by time, those of one time in table order;
 * entries: timeline.h. Without such sections it is empty. */
struct timeline_entry;
struct timeline {
    struct timeline_entry *entries;
    unsigned count;
};

struct config_template;

struct config {
    const struct config_schema *schema;
    const char *name;   /* file name without folder and .ini */
    const char **value; /* the text of each key, in table order */
    struct timeline timeline;
    struct config_template *from; /* owns name, timeline, and the texts that no setting has replaced */
    GStringChunk *strings;        /* the other texts; NULL: there are none */
};

/* Reads a file: defaults, then the file, then `settings` ("section.key=value", NULL-terminated, may be NULL).
 * Then the rule of the schema is applied, if every value is right. `rule`, if it is not NULL, is one more
 * rule, applied even if there are mistakes already: then a value that could not be read has its default. All
 * mistakes are collected: one message a line, each with file, line, key, what was expected, and for an
 * unknown name the nearest known one. NULL and error (CONFIG_ERROR) if there is any. Free with
 * config_free(). */
struct config *config_load(const struct config_schema *schema, const char *path, const char *const *settings,
                           config_rule *rule, GError **error);

/* The same of a text that has been read already, by config_file_read(); messages call it `path`. */
struct config *config_parse(const struct config_schema *schema, const char *path, const char *text,
                            const char *const *settings, config_rule *rule, GError **error);

/* A text that is read once for many configurations, which differ by their settings: each costs what its
 * settings cost. Free with config_template_free(), at any time: configurations keep what they share. Mistakes
 * in the text are those of each configuration. */
struct config_template *config_template_new(const struct config_schema *schema, const char *path,
                                            const char *text);
/* Takes NULL, too. */
void config_template_free(struct config_template *from);
/* As config_parse() of that text. */
struct config *config_from_template(struct config_template *from, const char *const *settings,
                                    config_rule *rule, GError **error);

/* Takes NULL, too. */
void config_free(struct config *config);

/* The canonical text: every key with its value as given or its default, sections in table order; then the
 * timeline, if there is one. g_free. */
char *config_text(const struct config *config);

/* The value of a key as text: as it was written, or its default. Owned by the configuration. */
const char *config_value_text(const struct config *config, const struct config_key *key);

#ifdef __cplusplus
}
#endif

#endif
