/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
#include "sim/study/summary.h"

#include "sim/study/csv_rows.h"
#include "sim/study/word.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int summary_column(char **header, const char *name)
{
    for (int i = 0; header[i]; i++)
        if (strcmp(header[i], name) == 0)
            return i;
    return -1;
}

/* The cells of so many keys of the schema, one behind the other; g_strfreev. */
static char **summary_cells(const struct study_host *host, const struct config *scenario,
                            const struct config_key *keys, unsigned count)
{
    char *text = NULL, **cells;
    const char *why = NULL;
    struct csv *csv = csv_open_text(&text);
    GPtrArray *rows;

    for (unsigned i = 0; i < count; i++)
        host->cell(csv, scenario, &keys[i]);
    csv_row_end(csv, NULL);
    csv_close(csv, NULL);
    rows = csv_rows(text, &why);
    free(text);
    g_assert(rows && rows->len == 1);
    cells = g_ptr_array_steal_index(rows, 0);
    g_ptr_array_unref(rows);
    return cells;
}

char **summary_keys(const struct study_host *host, const struct config *scenario)
{
    return summary_cells(host, scenario, host->schema->keys, host->schema->count);
}

char *summary_key(const struct study_host *host, const struct config *scenario, const struct config_key *key)
{
    char **cells = summary_cells(host, scenario, key, 1), *cell = cells[0];

    g_free(cells);
    return cell;
}

static bool read_metric(const struct study_host *host, unsigned metric, const char *cell, double *value)
{
    char *end = NULL;

    if (word_list(host, metric))
        return word_value(host, metric, cell, value);
    *value = g_ascii_strtod(cell, &end);
    return !*end && isfinite(*value);
}

static char *why_not(const struct study_host *host, unsigned metric, const char *cell)
{
    const char *const *words = word_list(host, metric);
    char *expected = words ? word_choice(words) : g_strdup("a number");
    char *why = g_strdup_printf("%s is \"%.40s\", expected %s", host->metrics[metric].name, cell, expected);

    g_free(expected);
    return why;
}

bool summary_metrics(const struct study_host *host, char **header, char **row, double *metrics, char **why)
{
    for (unsigned i = 0; i < host->metric_count; i++) {
        int column = summary_column(header, host->metrics[i].name);

        metrics[i] = (double)NAN;
        if (column < 0 || !*row[column] || read_metric(host, i, row[column], &metrics[i]))
            continue;
        *why = why_not(host, i, row[column]);
        return false;
    }
    return true;
}
