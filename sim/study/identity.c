/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Points by their scenarios. */
#include "sim/study/identity.h"

#include "sim/config/timeline.h"
#include "sim/study/summary.h"

#include <string.h>

void identity_begin(struct study *study)
{
    struct config *plain = config_parse(study->host->schema, "defaults", "", NULL, NULL, NULL);

    g_assert(plain); /* defaults are right */
    study->base_cells = summary_keys(study->host, study->base_scenario);
    study->default_cells = summary_keys(study->host, plain);
    config_free(plain);
}

/* The changes of its timeline, whose values are written as those of the keys are. */
static void identity_add_changes(const struct study *study, const struct config *scenario, GString *to)
{
    const struct config_schema *schema = study->host->schema;
    struct config *then = g_memdup2(scenario, schema->size); /* shares what its pointers point to */

    for (unsigned i = 0; i < scenario->timeline.count; i++) {
        const struct timeline_entry *entry = &scenario->timeline.entries[i];
        char *cell;

        config_value_store(entry->key, &entry->value, entry->text, then);
        cell = summary_key(study->host, then, entry->key);
        g_string_append_printf(to, "at %" G_GINT64_FORMAT " %s.%s=%s\n", entry->time_ns, entry->key->section,
                               entry->key->name, cell);
        g_free(cell);
    }
    g_free(then);
}

static void identity_add_key(const struct study *study, const struct config *scenario,
                             const struct config_key *key, GString *to)
{
    size_t place = (size_t)(key - study->host->schema->keys);
    /* A point shares with the base the texts that it does not set. */
    bool set = scenario->value[place] != study->base_scenario->value[place];
    char *own = set ? summary_key(study->host, scenario, key) : NULL;
    const char *cell = set ? own : study->base_cells[place];

    if (strcmp(cell, study->default_cells[place]) != 0)
        g_string_append_printf(to, "%s.%s=%s\n", key->section, key->name, cell);
    g_free(own);
}

char *identity_of(const struct study *study, unsigned point)
{
    struct config *scenario = study_point_scenario(study, point, NULL);
    const struct config_schema *schema = study->host->schema;
    const struct config_key *seed = config_key_find(schema, "run", "seed");
    GString *text = g_string_new(NULL);

    g_assert(scenario); /* it was checked with the study */
    for (unsigned i = 0; i < schema->count; i++)
        if (&schema->keys[i] != seed)
            identity_add_key(study, scenario, &schema->keys[i], text);
    identity_add_changes(study, scenario, text);
    config_free(scenario);
    return g_string_free(text, FALSE);
}

static uint64_t number_of(const char *text, unsigned earlier)
{
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    guint8 bytes[32];
    gsize length = sizeof bytes;
    uint64_t number = 0;

    g_checksum_update(sum, (const guchar *)text, -1);
    g_checksum_get_digest(sum, bytes, &length);
    g_checksum_free(sum);
    for (unsigned i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return number + earlier;
}

void identity_number_points(struct study *study)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    g_free(study->identities);
    study->identities = g_new0(uint64_t, study->point_count + 1);
    for (unsigned p = 1; p <= study->point_count; p++) {
        char *text = identity_of(study, p);
        unsigned earlier = GPOINTER_TO_UINT(g_hash_table_lookup(seen, text));

        study->identities[p] = number_of(text, earlier);
        g_hash_table_insert(seen, text, GUINT_TO_POINTER(earlier + 1));
    }
    g_hash_table_unref(seen);
}
