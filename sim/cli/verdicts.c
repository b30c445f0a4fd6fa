/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
#include "sim/cli/verdicts.h"

#include "sim/study/metric.h"

/* Points beyond these are counted only. */
#define NAMED_MAX 8

struct verdict_column {
    const char *name, *words;
};

static const struct verdict_column columns[] = {
    {"overloaded", "overloaded"},
    {"collapsed", "collapsed"},
    {"cut_off", "cut off by run.end"},
};

/* "3 collapsed (points 7, 8)": nothing where there are none. */
static void verdicts_add(GString *line, const GArray *runs, unsigned place, const char *words)
{
    GString *points = g_string_new(NULL);
    unsigned count = 0, named = 0, last = 0;

    for (unsigned i = 0; i < runs->len; i++) {
        const struct study_run *run = &g_array_index(runs, struct study_run, i);

        if (!run->result.metrics || !(run->result.metrics[place] > 0))
            continue;
        count++;
        if (run->point == last)
            continue;
        last = run->point;
        if (++named <= NAMED_MAX)
            g_string_append_printf(points, "%s%u", named > 1 ? ", " : "", run->point);
    }
    if (count > 0)
        g_string_append_printf(line, "%s%u %s (point%s %s%s)", line->len > 0 ? "; " : "", count, words,
                               named > 1 ? "s" : "", points->str, named > NAMED_MAX ? ", ..." : "");
    g_string_free(points, TRUE);
}

char *verdicts_line(const struct study *study, const GArray *runs)
{
    GString *line = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        int metric = metric_place(study->host, columns[i].name);

        if (metric >= 0)
            verdicts_add(line, runs, (unsigned)metric, columns[i].words);
    }
    return g_string_free(line, line->len == 0);
}
