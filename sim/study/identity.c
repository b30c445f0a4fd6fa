/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Points by their scenarios. */
#include "sim/study/identity.h"

#include "sim/config/timeline.h"
#include "sim/study/summary.h"

#include <string.h>

/* The changes of its timeline, whose values are written as those of the keys are. */
static void identity_add_changes(const struct study *study, const struct config *scenario, GString *to)
{
    const struct config_schema *schema = study->host->schema;
    struct config *then = g_memdup2(scenario, schema->size); /* shares what its pointers point to */

    for (unsigned i = 0; i < scenario->timeline.count; i++) {
        const struct timeline_entry *entry = &scenario->timeline.entries[i];
        char **cells;

        config_value_store(entry->key, &entry->value, entry->text, then);
        cells = summary_keys(study->host, then);
        g_string_append_printf(to, "at %" G_GINT64_FORMAT " %s.%s=%s\n", entry->time_ns, entry->key->section,
                               entry->key->name, cells[entry->key - schema->keys]);
        g_strfreev(cells);
    }
    g_free(then);
}

char *identity_of(const struct study *study, unsigned point)
{
    struct config *scenario = study_point_scenario(study, point, NULL);
    const struct config_schema *schema = study->host->schema;
    struct config *plain = config_parse(schema, "defaults", "", NULL, NULL, NULL);
    GString *text = g_string_new(NULL);
    const struct config_key *seed = config_key_find(schema, "run", "seed");
    char **cells, **defaults;

    g_assert(scenario && plain); /* it was checked with the study */
    cells = summary_keys(study->host, scenario);
    defaults = summary_keys(study->host, plain);
    for (unsigned i = 0; i < schema->count; i++) {
        const struct config_key *key = &schema->keys[i];

        if (key != seed && strcmp(cells[i], defaults[i]) != 0)
            g_string_append_printf(text, "%s.%s=%s\n", key->section, key->name, cells[i]);
    }
    identity_add_changes(study, scenario, text);
    g_strfreev(cells);
    g_strfreev(defaults);
    config_free(plain);
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
