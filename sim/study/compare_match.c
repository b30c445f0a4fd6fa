/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Which points and runs of two sides belong together. A key that has several values on a side distinguishes
 * its points, so it must have the same value in both points of a pair; a key that has one value on each side
 * is what is compared, or the same anyway. */
#include "sim/study/compare_private.h"

#include <string.h>

static const struct compare_point *point_of(const struct compare_side *side, unsigned place)
{
    return g_ptr_array_index(side->points, place);
}

static bool is_seed(const struct config_key *key)
{
    return strcmp(key->section, "run") == 0 && strcmp(key->name, "seed") == 0;
}

/* --- by what points are matched ------------------------------------------------------------------------- */

struct matching {
    const struct config_schema *schema;
    bool variant;
    unsigned *keys, count; /* their places */
};

static bool varies(const struct compare_side *side, unsigned key)
{
    for (unsigned i = 1; i < side->points->len; i++)
        if (g_strcmp0(point_of(side, i)->cells[key], point_of(side, 0)->cells[key]) != 0)
            return true;
    return false;
}

static bool has_variants(const struct compare_side *side)
{
    return side->study && side->study->variants->len > 0;
}

static bool variant_varies(const struct compare_side *side)
{
    for (unsigned i = 1; i < side->points->len; i++)
        if (strcmp(point_of(side, i)->variant, point_of(side, 0)->variant) != 0)
            return true;
    return false;
}

/* Does a variant of the study set the key? */
static bool of_variant(const struct study *study, const struct config_key *key)
{
    for (unsigned v = 0; v < study->variants->len; v++) {
        const GArray *settings = g_array_index(study->variants, struct study_variant, v).settings;

        for (unsigned i = 0; i < settings->len; i++)
            if (g_array_index(settings, struct study_setting, i).key == key)
                return true;
    }
    return false;
}

/* Variants are matched by their names where both studies have some: what a variant sets may be what is
 * compared. */
static struct matching matching_of(const struct compare_side *a, const struct compare_side *b)
{
    const struct config_schema *schema = a->host->schema;
    struct matching m = {.schema = schema, .keys = g_new(unsigned, schema->count)};

    m.variant = has_variants(a) && has_variants(b) && (variant_varies(a) || variant_varies(b));
    for (unsigned i = 0; i < schema->count; i++) {
        const struct config_key *key = &schema->keys[i];

        if (!is_seed(key) && (varies(a, i) || varies(b, i)) &&
            !(m.variant && (of_variant(a->study, key) || of_variant(b->study, key))))
            m.keys[m.count++] = i;
    }
    return m;
}

static bool match(const struct matching *m, const struct compare_point *a, const struct compare_point *b)
{
    if (m->variant && strcmp(a->variant, b->variant) != 0)
        return false;
    for (unsigned i = 0; i < m->count; i++)
        if (g_strcmp0(a->cells[m->keys[i]], b->cells[m->keys[i]]) != 0)
            return false;
    return true;
}

/* "variant, pull.rate"; "" if there is none. g_free. */
static char *names_of(const struct matching *m)
{
    GString *names = g_string_new(m->variant ? "variant" : NULL);

    for (unsigned i = 0; i < m->count; i++) {
        const struct config_key *key = &m->schema->keys[m->keys[i]];

        g_string_append_printf(names, "%s%s.%s", names->len ? ", " : "", key->section, key->name);
    }
    return g_string_free(names, FALSE);
}

/* What all points that match this one have in common; g_free. */
static char *name_of(const struct matching *m, const struct compare_point *point)
{
    GString *name = g_string_new(NULL);

    if (m->variant)
        g_string_append_printf(name, "variant=%s", point->variant);
    for (unsigned i = 0; i < m->count; i++) {
        const struct config_key *key = &m->schema->keys[m->keys[i]];

        g_string_append_printf(name, "%s%s.%s=%s", name->len ? ", " : "", key->section, key->name,
                               point->cells[m->keys[i]]);
    }
    return g_string_free(name, FALSE);
}

/* --- pairs of runs -------------------------------------------------------------------------------------- */

static bool same_seed(const struct compare_run *a, const struct compare_run *b)
{
    return a->seed == b->seed;
}

static bool same_replication(const struct compare_run *a, const struct compare_run *b)
{
    return a->replication == b->replication;
}

static void match_add_runs(struct compare_pair *pair, const struct compare_run *a,
                           const struct compare_run *b)
{
    g_array_append_val(pair->runs_a, a);
    g_array_append_val(pair->runs_b, b);
}

/* Each run of A with the first of B that is the same; false if none is. */
static bool pair_runs_by(struct compare_pair *pair,
                         bool (*same)(const struct compare_run *a, const struct compare_run *b))
{
    const GArray *b = pair->b->runs;

    for (unsigned i = 0; i < pair->a->runs->len; i++) {
        const struct compare_run *run = &g_array_index(pair->a->runs, struct compare_run, i), *other = NULL;

        for (unsigned k = 0; k < b->len && !other; k++)
            if (same(run, &g_array_index(b, struct compare_run, k)))
                other = &g_array_index(b, struct compare_run, k);
        if (other)
            match_add_runs(pair, run, other);
    }
    return pair->runs_a->len > 0;
}

/* By their seeds. Where no two runs have the same they are as good as any others, and go by the number of
 * their replication, so that those of one number belong together at all points; or in their order. */
static void pair_runs(struct compare_pair *pair)
{
    const GArray *a = pair->a->runs, *b = pair->b->runs;

    pair->runs_a = g_array_new(FALSE, FALSE, sizeof(struct compare_run *));
    pair->runs_b = g_array_new(FALSE, FALSE, sizeof(struct compare_run *));
    pair->by_seed = pair_runs_by(pair, same_seed);
    if (!pair->by_seed && !pair_runs_by(pair, same_replication))
        for (unsigned i = 0; i < MIN(a->len, b->len); i++)
            match_add_runs(pair, &g_array_index(a, struct compare_run, i),
                           &g_array_index(b, struct compare_run, i));
    pair->left_over = a->len + b->len - 2 * pair->runs_a->len;
}

static void clear_pair(gpointer data)
{
    struct compare_pair *pair = data;

    g_array_free(pair->runs_a, TRUE);
    g_array_free(pair->runs_b, TRUE);
    g_array_free(pair->everywhere, TRUE);
    g_free(pair->name);
}

/* --- pairs of points ------------------------------------------------------------------------------------ */

/* The one point of B that belongs to a point of A; *several: there is another. NULL: none. */
static const struct compare_point *partner(const struct matching *m, const struct compare_point *a,
                                           const struct compare_side *b, bool *several)
{
    const struct compare_point *found = NULL;

    *several = false;
    for (unsigned i = 0; i < b->points->len; i++)
        if (match(m, a, point_of(b, i))) {
            *several = found != NULL;
            found = found ? found : point_of(b, i);
        }
    return found;
}

static bool ambiguous(const struct compare_point *point, const struct compare_side *other, GError **error)
{
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                "point %u (%s) belongs to several points of %s: their scenarios are the same", point->number,
                point->name, other->path);
    return false;
}

static bool match_points(struct comparison *c, const struct matching *m, GError **error)
{
    for (unsigned i = 0; i < c->a->points->len; i++) {
        bool several, back;
        struct compare_pair pair = {.a = point_of(c->a, i)};

        pair.b = partner(m, pair.a, c->b, &several);
        if (several)
            return ambiguous(pair.a, c->b, error);
        if (!pair.b)
            continue;
        partner(m, pair.b, c->a, &back);
        if (back)
            return ambiguous(pair.b, c->a, error);
        pair_runs(&pair);
        pair.name = name_of(m, pair.a);
        pair.everywhere = g_array_new(FALSE, FALSE, sizeof(unsigned));
        g_array_append_val(c->pairs, pair);
    }
    c->alone_a = c->a->points->len - c->pairs->len;
    c->alone_b = c->b->points->len - c->pairs->len;
    return true;
}

static void drop_without_runs(struct comparison *c)
{
    for (unsigned i = c->pairs->len; i-- > 0;)
        if (g_array_index(c->pairs, struct compare_pair, i).runs_a->len == 0) {
            g_array_remove_index(c->pairs, i);
            c->alone_a++;
            c->alone_b++;
        }
}

/* The place of such a pair of runs at a pair of points; its number of runs: it has none. */
static unsigned match_place_of(const struct compare_pair *pair, unsigned replication_a,
                               unsigned replication_b)
{
    unsigned i = 0;

    while (i < pair->runs_a->len &&
           (g_array_index(pair->runs_a, const struct compare_run *, i)->replication != replication_a ||
            g_array_index(pair->runs_b, const struct compare_run *, i)->replication != replication_b))
        i++;
    return i;
}

/* Points share random numbers, replications do not: means over all points are of those that each point
 * has. */
static void find_everywhere(struct comparison *c)
{
    const struct compare_pair *first = &g_array_index(c->pairs, struct compare_pair, 0);
    unsigned *places = g_new(unsigned, c->pairs->len);

    for (unsigned i = 0; i < first->runs_a->len; i++) {
        unsigned a = g_array_index(first->runs_a, const struct compare_run *, i)->replication;
        unsigned b = g_array_index(first->runs_b, const struct compare_run *, i)->replication;
        bool everywhere = true;

        for (unsigned p = 0; p < c->pairs->len && everywhere; p++) {
            const struct compare_pair *pair = &g_array_index(c->pairs, struct compare_pair, p);

            places[p] = match_place_of(pair, a, b);
            everywhere = places[p] < pair->runs_a->len;
        }
        for (unsigned p = 0; p < c->pairs->len && everywhere; p++)
            g_array_append_val(g_array_index(c->pairs, struct compare_pair, p).everywhere, places[p]);
    }
    g_free(places);
}

/* --- keys that differ ----------------------------------------------------------------------------------- */

static void key_add_text(GString *to, const char *text, GHashTable *seen)
{
    if (g_hash_table_add(seen, (gpointer)text))
        g_string_append_printf(to, "%s%s", to->len ? ", " : "", *text ? text : "(none)");
}

static char *texts_of(const struct comparison *c, unsigned key, bool of_b)
{
    GString *text = g_string_new(NULL);
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (unsigned i = 0; i < c->pairs->len; i++) {
        const struct compare_pair *pair = &g_array_index(c->pairs, struct compare_pair, i);

        key_add_text(text, (of_b ? pair->b : pair->a)->cells[key], seen);
    }
    g_hash_table_unref(seen);
    return g_string_free(text, FALSE);
}

/* A key that one side does not know, being of another version, does not differ. */
static bool differs(const struct comparison *c, unsigned key)
{
    bool differs = false;

    for (unsigned i = 0; i < c->pairs->len; i++) {
        const struct compare_pair *pair = &g_array_index(c->pairs, struct compare_pair, i);

        if (!pair->a->cells[key] || !pair->b->cells[key])
            return false;
        differs = differs || strcmp(pair->a->cells[key], pair->b->cells[key]) != 0;
    }
    return differs;
}

static void find_keys(struct comparison *c)
{
    const struct config_schema *schema = c->host->schema;

    for (unsigned key = 0; key < schema->count; key++)
        if (!is_seed(&schema->keys[key]) && differs(c, key)) {
            struct compare_key one = {&schema->keys[key], texts_of(c, key, false), texts_of(c, key, true)};

            g_array_append_val(c->keys, one);
        }
}

static void clear_key(gpointer data)
{
    struct compare_key *key = data;

    g_free(key->a);
    g_free(key->b);
}

/* --- all of it ------------------------------------------------------------------------------------------ */

struct comparison *compare_sides(const struct compare_side *a, const struct compare_side *b,
                                 const bool *metrics, GError **error)
{
    struct comparison *c = g_new0(struct comparison, 1);
    struct matching m = matching_of(a, b);
    bool good;

    c->host = a->host;
    c->a = a;
    c->b = b;
    c->pairs = g_array_new(FALSE, TRUE, sizeof(struct compare_pair));
    g_array_set_clear_func(c->pairs, clear_pair);
    c->keys = g_array_new(FALSE, TRUE, sizeof(struct compare_key));
    g_array_set_clear_func(c->keys, clear_key);
    c->results = g_array_new(FALSE, TRUE, sizeof(struct compare_result));
    c->together = g_array_new(FALSE, TRUE, sizeof(struct compare_result));
    c->names = names_of(&m);
    good = match_points(c, &m, error);
    if (good && c->pairs->len == 0)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                    "no point of A has its like in B: points belong together where they have the same %s",
                    c->names);
    drop_without_runs(c);
    if (good && c->pairs->len == 0 && error && !*error)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                    "no two points that belong together have a finished run each");
    g_free(m.keys);
    if (c->pairs->len == 0)
        good = false;
    if (good) {
        find_everywhere(c);
        find_keys(c);
        compare_measure(c, metrics);
        return c;
    }
    comparison_free(c);
    return NULL;
}

void comparison_free(struct comparison *comparison)
{
    if (!comparison)
        return;
    g_array_free(comparison->pairs, TRUE);
    g_array_free(comparison->keys, TRUE);
    g_array_free(comparison->results, TRUE);
    g_array_free(comparison->together, TRUE);
    g_free(comparison->names);
    g_free(comparison);
}
