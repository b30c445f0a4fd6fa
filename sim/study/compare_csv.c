/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A comparison as tables. */
#include "sim/study/compare.h"

#include <math.h>

static void header(struct csv *csv, const char *const *names)
{
    for (; *names; names++)
        csv_text(csv, *names);
}

static void result_cells(const struct comparison *c, const struct compare_result *result, struct csv *csv)
{
    const struct stats_column *column = &c->host->metrics[result->metric];
    const struct difference *d = &result->difference;
    const char *name = result->pair == COMPARE_ALL_PAIRS
                           ? "all"
                           : g_array_index(c->pairs, struct compare_pair, result->pair).name;

    csv_text(csv, name);
    csv_text(csv, column->name);
    csv_text(csv, column->unit);
    csv_unsigned(csv, result->pairs);
    csv_unsigned(csv, result->empty_a);
    csv_unsigned(csv, result->empty_b);
    csv_real(csv, d->a);
    csv_real(csv, d->b);
    csv_real(csv, d->interval.estimate);
    csv_real(csv, d->interval.low);
    csv_real(csv, d->interval.high);
    csv_real(csv, d->relative);
    csv_real(csv, d->relative_low);
    csv_real(csv, d->relative_high);
    csv_real(csv, d->p);
    csv_real(csv, result->adjusted);
    csv_text(csv, compare_verdict_name(result->verdict));
    csv_text(csv, d->interval.note ? d->interval.note : "");
}

static bool results_rows(const struct comparison *c, const GArray *results, struct csv *csv, GError **error)
{
    bool good = true;

    for (unsigned i = 0; i < results->len && good; i++) {
        result_cells(c, &g_array_index(results, struct compare_result, i), csv);
        good = csv_row_end(csv, error);
    }
    return good;
}

bool compare_csv_rows(struct csv *csv, const void *comparison, GError **error)
{
    static const char *const names[] = {
        "points", "metric",     "unit",    "pairs",   "empty_a",  "empty_b",         "a",
        "b",      "difference", "ci_low",  "ci_high", "relative", "relative_ci_low", "relative_ci_high",
        "p",      "p_adjusted", "verdict", "ci_note", NULL};
    const struct comparison *c = comparison;

    header(csv, names);
    return csv_row_end(csv, error) && results_rows(c, c->together, csv, error) &&
           results_rows(c, c->results, csv, error);
}

static void compare_run_cells(const char *name, const char *side, unsigned pair,
                              const struct compare_point *point, const struct compare_run *run,
                              struct csv *csv)
{
    char *folder = g_canonicalize_filename(run->folder, NULL);

    csv_text(csv, name);
    csv_unsigned(csv, pair + 1);
    csv_text(csv, side);
    csv_unsigned(csv, point->number);
    csv_unsigned(csv, run->replication);
    csv_unsigned(csv, run->seed);
    csv_text(csv, folder);
    g_free(folder);
}

bool compare_runs_rows(struct csv *csv, const void *comparison, GError **error)
{
    static const char *const names[] = {"points",      "pair", "side",   "point",
                                        "replication", "seed", "folder", NULL};
    const struct comparison *c = comparison;
    bool good;

    header(csv, names);
    good = csv_row_end(csv, error);
    for (unsigned p = 0; p < c->pairs->len && good; p++) {
        const struct compare_pair *pair = &g_array_index(c->pairs, struct compare_pair, p);

        for (unsigned i = 0; i < pair->runs_a->len && good; i++) {
            compare_run_cells(pair->name, "A", p, pair->a,
                              g_array_index(pair->runs_a, const struct compare_run *, i), csv);
            good = csv_row_end(csv, error);
            compare_run_cells(pair->name, "B", p, pair->b,
                              g_array_index(pair->runs_b, const struct compare_run *, i), csv);
            good = good && csv_row_end(csv, error);
        }
    }
    return good;
}

bool compare_keys_rows(struct csv *csv, const void *comparison, GError **error)
{
    static const char *const names[] = {"key", "unit", "a", "b", NULL};
    const struct comparison *c = comparison;
    bool good;

    header(csv, names);
    good = csv_row_end(csv, error);
    for (unsigned i = 0; i < c->keys->len && good; i++) {
        const struct compare_key *key = &g_array_index(c->keys, struct compare_key, i);
        char *name = config_key_name(key->key);

        csv_text(csv, name);
        csv_text(csv, config_type_unit(key->key->type));
        csv_text(csv, key->a);
        csv_text(csv, key->b);
        good = csv_row_end(csv, error);
        g_free(name);
    }
    return good;
}

static void side_cells(const char *name, const struct compare_side *side, struct csv *csv)
{
    csv_text(csv, name);
    csv_text(csv, side->path);
    csv_text(csv, side->condition ? side->condition : "");
    csv_text(csv, side->study ? "study" : "run");
    csv_unsigned(csv, side->points->len);
    csv_unsigned(csv, side->missing);
    csv_text(csv, side->version ? side->version : "");
    csv_unsigned(csv, side->other_version);
}

bool compare_sides_rows(struct csv *csv, const void *comparison, GError **error)
{
    static const char *const names[] = {"side",    "path",    "condition",     "kind", "points",
                                        "missing", "version", "other_version", NULL};
    const struct comparison *c = comparison;

    header(csv, names);
    if (!csv_row_end(csv, error))
        return false;
    side_cells("A", c->a, csv);
    if (!csv_row_end(csv, error))
        return false;
    side_cells("B", c->b, csv);
    return csv_row_end(csv, error);
}
