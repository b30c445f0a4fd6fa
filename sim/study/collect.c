/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* runs.csv and study.csv. */
#include "sim/study/collect.h"

#include "sim/study/evidence.h"
#include "sim/study/folder.h"
#include "sim/study/metric.h"
#include "sim/study/word.h"

#include <math.h>
#include <string.h>

struct collection {
    const struct study *study;
    const GArray *runs;
};

static bool finished(const struct study_run *run)
{
    return run->result.metrics != NULL;
}

/* Whole numbers of any size as such: 1000000, not 1e+06. */
static void number_cell(struct csv *csv, double value)
{
    if (isnan(value))
        csv_text(csv, "");
    else if (value == rint(value) && fabs(value) < 9e15)
        csv_integer(csv, (int64_t)value);
    else
        csv_real(csv, value);
}

static void metric_cell(const struct study_host *host, struct csv *csv, unsigned metric, double value)
{
    if (!isnan(value) && word_list(host, metric))
        csv_text(csv, word_text(host, metric, value));
    else
        number_cell(csv, value);
}

static void collect_run_cells(const struct study *study, const struct config *scenario,
                              const struct study_run *run, struct csv *csv)
{
    char *status = finished(run) ? g_strdup("done") : g_strdup_printf("failed: %s", run->result.why);

    csv_unsigned(csv, run->point);
    csv_unsigned(csv, run->replication);
    csv_unsigned(csv, run->seed);
    csv_text(csv, status);
    g_free(status);
    study_point_cells(study, scenario, run->point, csv);
    for (unsigned i = 0; i < study->host->metric_count; i++)
        metric_cell(study->host, csv, i, finished(run) ? run->result.metrics[i] : (double)NAN);
}

static bool runs_rows(struct csv *csv, const void *user, GError **error)
{
    const struct collection *c = user;
    struct config *scenario = NULL;
    unsigned of = 0;
    bool good;

    for (const char *const *name = (const char *const[]){"point", "replication", "seed", "status", NULL};
         *name; name++)
        csv_text(csv, *name);
    study_header_cells(c->study, csv);
    for (unsigned i = 0; i < c->study->host->metric_count; i++)
        csv_text(csv, c->study->host->metrics[i].name);
    good = csv_row_end(csv, error);
    for (unsigned i = 0; i < c->runs->len && good; i++) {
        const struct study_run *run = &g_array_index(c->runs, struct study_run, i);

        if (!finished(run) && run->result.state != RESULT_FAILED)
            continue;
        if (of != run->point) {
            config_free(scenario);
            scenario = study_point_scenario(c->study, run->point, error);
            of = run->point;
        }
        good = scenario != NULL;
        if (good) {
            collect_run_cells(c->study, scenario, run, csv);
            good = csv_row_end(csv, error);
        }
    }
    config_free(scenario);
    return good;
}

/* The runs of a point, which come together, and the points in order. */
struct point_runs {
    const struct study_run *first;
    unsigned count;
};

/* The place of the first run of this point, or of a later one. */
static unsigned collect_place_of(const GArray *runs, unsigned point)
{
    unsigned low = 0, high = runs->len;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (g_array_index(runs, struct study_run, middle).point < point)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct point_runs runs_of(const GArray *runs, unsigned point)
{
    unsigned from = collect_place_of(runs, point), to = collect_place_of(runs, point + 1);

    return (struct point_runs){&g_array_index(runs, struct study_run, from), to - from};
}

/* The finished runs of a point. Where one has no value of a metric, neither has their mean: over the others
 * it would be that of runs picked by how they ended. */
static struct evidence *point_evidence(const struct study *study, const struct point_runs *runs)
{
    struct evidence *evidence = evidence_new(study->host);

    for (unsigned i = 0; i < runs->count; i++)
        if (finished(&runs->first[i]))
            evidence_add(evidence, runs->first[i].result.metrics, runs->first[i].folder);
    return evidence;
}

static void interval_cells(struct csv *csv, const struct interval *interval)
{
    number_cell(csv, interval->estimate);
    number_cell(csv, interval->n > 1 ? interval->sd : (double)NAN);
    number_cell(csv, interval->low);
    number_cell(csv, interval->high);
    csv_text(csv, interval->note && interval->n > 0 ? interval->note : "");
}

/* Of a word the worst: the shares of the others are means of the columns that have it in numbers. */
static void estimate_cells(struct csv *csv, const struct study_host *host, struct evidence *evidence,
                           unsigned metric)
{
    struct interval interval;

    if (word_list(host, metric)) {
        const char *word = evidence_word(evidence, metric);

        csv_text(csv, word ? word : "");
        return;
    }
    interval = evidence_interval(evidence, metric, 1);
    interval_cells(csv, &interval);
}

static void point_header(const struct study *study, struct csv *csv)
{
    static const char *const suffixes[] = {"mean", "sd", "ci_low", "ci_high", "ci_note"};

    csv_text(csv, "point");
    study_header_cells(study, csv);
    csv_text(csv, "n");
    for (unsigned i = 0; i < study->host->metric_count; i++) {
        const char *metric = study->host->metrics[i].name;
        bool word = word_list(study->host, i) != NULL;

        if (word)
            csv_text(csv, metric);
        for (size_t k = 0; !word && k < G_N_ELEMENTS(suffixes); k++) {
            char *name = g_strdup_printf("%s_%s", metric, suffixes[k]);

            csv_text(csv, name);
            g_free(name);
        }
    }
}

static bool point_row(struct csv *csv, const struct collection *c, unsigned point, GError **error)
{
    struct config *scenario = study_point_scenario(c->study, point, error);
    const struct point_runs runs = runs_of(c->runs, point);
    struct evidence *evidence;
    bool read;

    if (!scenario)
        return false;
    evidence = point_evidence(c->study, &runs);
    csv_unsigned(csv, point);
    study_point_cells(c->study, scenario, point, csv);
    csv_unsigned(csv, evidence_count(evidence));
    for (unsigned i = 0; i < c->study->host->metric_count; i++)
        estimate_cells(csv, c->study->host, evidence, i);
    read = evidence_read(evidence, error);
    evidence_free(evidence);
    config_free(scenario);
    return read && csv_row_end(csv, error);
}

static bool study_rows(struct csv *csv, const void *user, GError **error)
{
    const struct collection *c = user;
    bool good;

    point_header(c->study, csv);
    good = csv_row_end(csv, error);
    for (unsigned point = 1; point <= c->study->point_count && good; point++)
        good = point_row(csv, c, point, error);
    return good;
}

bool collect_write(const struct study *study, const GArray *runs, const char *dir, GError **error)
{
    const struct collection collection = {study, runs};

    return folder_write_csv(dir, "runs.csv", runs_rows, &collection, error) &&
           folder_write_csv(dir, "study.csv", study_rows, &collection, error);
}

/* --- how wide intervals are ----------------------------------------------------------------------------- */

/* A bare number could be meant as a share or as per cent. */
#define UNTIL_SHAPE "^\\s*ci\\(\\s*(\\w+)\\s*\\)\\s*(<=?)\\s*([0-9]+(?:\\.[0-9]+)?)\\s*%\\s*$"

static bool find_number(const struct study_host *host, const char *name, unsigned *metric, GError **error)
{
    int place = metric_place(host, name);

    if (place < 0)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_UNKNOWN, "%s: unknown metric, did you mean %s?", name,
                    metric_nearest(host, name));
    else if (word_list(host, (unsigned)place))
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                    "%s: a word, which has no interval, expected a metric that is a number", name);
    else {
        *metric = (unsigned)place;
        return true;
    }
    return false;
}

bool collect_until_parse(const char *text, const struct study_host *host, struct collect_until *out,
                         GError **error)
{
    GRegex *shape = g_regex_new(UNTIL_SHAPE, 0, 0, NULL);
    GMatchInfo *match = NULL;
    bool good = false;

    if (!g_regex_match(shape, text, 0, &match))
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                    "\"%s\" is not understood, expected ci(METRIC) < P%%, e.g. 'ci(time_to_key_p99_s) < 2%%'",
                    text);
    else {
        char *name = g_match_info_fetch(match, 1), *comparison = g_match_info_fetch(match, 2);
        char *number = g_match_info_fetch(match, 3);

        out->inclusive = comparison[1] == '=';
        out->share = g_ascii_strtod(number, NULL) / 100;
        good = out->share > 0;
        if (!good)
            g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                        "\"%s\": no interval is narrower than that, expected more than 0 %%", text);
        good = good && find_number(host, name, &out->metric, error);
        g_free(name);
        g_free(comparison);
        g_free(number);
    }
    g_match_info_free(match);
    g_regex_unref(shape);
    return good;
}

bool collect_narrow(const struct study *study, const GArray *runs, unsigned point,
                    const struct collect_until *until)
{
    const struct point_runs some = runs_of(runs, point);
    struct evidence *evidence = point_evidence(study, &some);
    struct interval s = evidence_interval(evidence, until->metric, 1);
    double half = (s.high - s.low) / 2, limit = until->share * fabs(s.estimate);

    evidence_free(evidence);
    /* Of runs that are all alike others differ in at most 3 / n of cases. */
    if (s.note == interval_alike) {
        half = 3.0 / s.n;
        limit = until->share;
    }
    return s.n >= 2 && (half < limit || (half == limit && until->inclusive));
}

const struct study_run *collect_given_up(const GArray *runs, unsigned point)
{
    const struct point_runs some = runs_of(runs, point);
    unsigned in_a_row = 0;

    for (unsigned i = 0; i < some.count; i++) {
        in_a_row = some.first[i].result.state == RESULT_FAILED ? in_a_row + 1 : 0;
        if (in_a_row == COLLECT_FAILURES_MAX)
            return &some.first[i];
    }
    return NULL;
}
