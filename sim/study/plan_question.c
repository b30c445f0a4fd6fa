/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What an earlier plan in the folder asked: its plan.csv must not be replaced by the answer to something
 * else. */
#include "sim/study/csv_rows.h"
#include "sim/study/plan_private.h"

#include <string.h>

enum { TARGET, KEY, SOUGHT, STATUS, COLUMN_COUNT };
static const char *const column_names[COLUMN_COUNT] = {"target", "key", "sought", "status"};

/* Places of the columns in the header; false if one is not there. */
static bool find_columns(char **header, unsigned columns[COLUMN_COUNT])
{
    for (unsigned c = 0; c < COLUMN_COUNT; c++) {
        columns[c] = 0;
        while (header[columns[c]] && strcmp(header[columns[c]], column_names[c]) != 0)
            columns[c]++;
        if (!header[columns[c]])
            return false;
    }
    return true;
}

/* The rows and columns of a plan.csv as we write it. */
static bool is_plan(GPtrArray *rows, unsigned columns[COLUMN_COUNT])
{
    if (!rows || rows->len < 2 || !find_columns(g_ptr_array_index(rows, 0), columns))
        return false;
    for (unsigned i = 1; i < rows->len; i++)
        if (g_strv_length(g_ptr_array_index(rows, i)) != g_strv_length(g_ptr_array_index(rows, 0)))
            return false;
    return true;
}

/* Targets that differ in blanks ask the same. */
static bool same_target(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " \t\r\n");
        b += strspn(b, " \t\r\n");
        if (*a != *b || !*a)
            return *a == *b;
    }
}

/* The cell of a column that only plans of two keys have; "": there is none. */
static const char *second_cell(GPtrArray *rows, const char *name)
{
    char **header = g_ptr_array_index(rows, 0), **row = g_ptr_array_index(rows, 1);

    for (unsigned c = 0; header[c]; c++)
        if (strcmp(header[c], name) == 0)
            return row[c];
    return "";
}

static bool same_second(const struct plan *plan, GPtrArray *rows)
{
    const char *key = plan->axis_count > 1 ? plan->axes[1].name : "";
    const char *price = plan->axis_count > 1 ? plan->options.cost : "";

    return strcmp(second_cell(rows, "key2"), key) == 0 && same_target(second_cell(rows, "price"), price);
}

/* What was not asked for, but found, binds only if some point was met that way. */
static bool same_direction(const struct plan *plan, GPtrArray *rows, const unsigned columns[COLUMN_COUNT])
{
    const char *const *row = g_ptr_array_index(rows, 1);
    bool earlier = strcmp(row[columns[SOUGHT]], "largest") == 0, met = false;

    if (!plan->direction.known || plan->direction.largest == earlier)
        return true;
    for (unsigned i = 1; i < rows->len; i++) {
        row = g_ptr_array_index(rows, i);
        met = met || strcmp(row[columns[STATUS]], "met") == 0 || strcmp(row[columns[STATUS]], "window") == 0;
    }
    return !plan->options.largest && !earlier && !met;
}

static bool question_compare(const struct plan *plan, const char *path, const char *text, GError **error)
{
    const char *why = NULL;
    GPtrArray *rows = csv_rows(text, &why);
    unsigned columns[COLUMN_COUNT];
    const char *const *row;
    bool same = false;

    if (!is_plan(rows, columns))
        g_set_error(
            error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
            "%s: not the table of a plan of this version, and would be replaced; take another folder with "
            "-o, or remove it",
            path);
    else {
        row = g_ptr_array_index(rows, 1);
        same = same_target(row[columns[TARGET]], plan->options.target) &&
               strcmp(row[columns[KEY]], plan->axes[0].name) == 0 && same_direction(plan, rows, columns) &&
               same_second(plan, rows);
        if (!same)
            g_set_error(
                error, CONFIG_ERROR, CONFIG_ERROR_CONTRADICTION,
                "%s: answers another question: the %s %s with '%s'; asked is the %s %s with '%s'; take "
                "another folder with -o (runs/ may be copied)",
                path, row[columns[SOUGHT]], row[columns[KEY]], row[columns[TARGET]],
                plan->axis_count > 1      ? "cheapest"
                : plan->direction.largest ? "largest"
                : plan->direction.known   ? "smallest"
                                          : "smallest (or largest)",
                plan->axes[0].name, plan->options.target);
    }
    if (rows)
        g_ptr_array_unref(rows);
    return same;
}

bool plan_same_question(const struct plan *plan, GError **error)
{
    char *path = g_build_filename(plan->options.dir, "plan.csv", NULL), *text = NULL;
    GError *failure = NULL;
    bool same = true;

    if (g_file_get_contents(path, &text, NULL, &failure))
        same = question_compare(plan, path, text, error);
    else if (!g_error_matches(failure, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
        g_set_error_literal(error, CONFIG_ERROR, CONFIG_ERROR_FILE, failure->message);
        same = false;
    }
    g_clear_error(&failure);
    g_free(text);
    g_free(path);
    return same;
}
