/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan found: plan.csv, plan_curve.csv, plan_target.csv. */
#include "sim/study/bound.h"
#include "sim/study/folder.h"
#include "sim/study/plan_private.h"
#include "sim/study/word.h"

#include <math.h>

static const char *status_text(const struct plan_point *point)
{
    static const char *const texts[] = {
        [SEARCH_GOES_ON] = "failed", [SEARCH_MET] = "met",       [SEARCH_WINDOW] = "window",
        [SEARCH_NEVER] = "never",    [SEARCH_ALWAYS] = "always", [SEARCH_NOT_MONOTONE] = "not_monotone"};

    return point->failure ? "failed" : texts[point->look.status];
}

/* words: metrics that are a word as well; they have their own columns in plan.csv. */
static void metric_headers(struct csv *csv, const struct plan *plan, const char *prefix, bool words)
{
    static const char *const suffixes[] = {"mean", "ci_low", "ci_high", "ci_note"};

    for (unsigned m = 0; m < plan->metrics->len; m++) {
        const char *metric = g_ptr_array_index(plan->metrics, m);
        bool word = plan_is_word(plan, metric);

        for (size_t i = 0; i < (word ? words : G_N_ELEMENTS(suffixes)); i++) {
            char *name = word ? g_strconcat(prefix, metric, NULL)
                              : g_strdup_printf("%s%s_%s", prefix, metric, suffixes[i]);

            csv_text(csv, name);
            g_free(name);
        }
    }
}

/* Of a word the worst that a run had. */
static void word_cell(struct csv *csv, const struct plan *plan, const struct plan_value *value,
                      const char *metric)
{
    const struct study_host *host = plan->study->host;
    const char *word = value ? word_worst(host, (unsigned)metric_place(host, metric),
                                          (const double *const *)value->metrics->pdata, value->metrics->len)
                             : NULL;

    csv_text(csv, word ? word : "");
}

/* value: NULL for empty cells. */
static bool metric_cells(struct csv *csv, const struct plan *plan, const struct plan_value *value, bool words,
                         GError **error)
{
    GError *unread = NULL;

    for (unsigned m = 0; m < plan->metrics->len && !unread; m++) {
        struct interval s = {0, (double)NAN, 0, (double)NAN, (double)NAN, ""};
        const char *metric = g_ptr_array_index(plan->metrics, m);

        if (plan_is_word(plan, metric)) {
            if (words)
                word_cell(csv, plan, value, metric);
            continue;
        }
        if (value)
            s = plan_interval(plan, value, metric, &unread);
        csv_real(csv, s.estimate);
        csv_real(csv, s.low);
        csv_real(csv, s.high);
        csv_text(csv, s.note ? s.note : "");
    }
    if (!unread)
        return true;
    g_propagate_error(error, unread);
    return false;
}

/* A value of an axis in base units; an empty cell for SEARCH_NONE. */
static bool value_cell(struct csv *csv, const struct plan *plan, unsigned axis, unsigned point,
                       unsigned place, GError **error)
{
    struct config *scenario;

    if (place == SEARCH_NONE) {
        csv_text(csv, "");
        return true;
    }
    scenario = plan_scenario(plan, point, place, error);
    if (!scenario)
        return false;
    plan->study->host->cell(csv, scenario, plan->axes[axis].key);
    config_free(scenario);
    return true;
}

static bool point_cells(struct csv *csv, const struct plan *plan, unsigned point, GError **error)
{
    struct config *scenario = study_point_scenario(plan->study, point, error);

    if (!scenario)
        return false;
    csv_unsigned(csv, point);
    study_point_cells(plan->study, scenario, point, csv);
    config_free(scenario);
    return true;
}

/* --- plan.csv: cells after those of answer and neighbour ------------------------------------------------ */

static void headers(struct csv *csv, const char *const *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        csv_text(csv, names[i]);
}

static void failed_cell(struct csv *csv, const struct plan *plan, const struct plan_value *value)
{
    char *parts = value ? plan_failed_text(plan, value) : g_strdup("");

    csv_text(csv, parts);
    g_free(parts);
}

static const char *const window_names[] = {"window_low", "window_high", "below_failed", "above_failed"};

/* Its ends, and what fails beside them. */
static bool window_cells(struct csv *csv, const struct plan *plan, const struct plan_point *point, bool there,
                         GError **error)
{
    const struct search *look = &point->look;

    there = there && plan->axis_count == 1;
    if (!value_cell(csv, plan, 0, point->number, there ? look->low : SEARCH_NONE, error) ||
        !value_cell(csv, plan, 0, point->number, there ? look->high : SEARCH_NONE, error))
        return false;
    failed_cell(csv, plan, plan_value_at(point, there ? look->below : SEARCH_NONE));
    failed_cell(csv, plan, plan_value_at(point, there ? look->above : SEARCH_NONE));
    return true;
}

static const char *const load_names[] = {
    "offered_ratio",           "bottleneck",           "verdict",          "neighbour_failed",
    "neighbour_offered_ratio", "neighbour_bottleneck", "neighbour_verdict"};

static bool load_cells(struct csv *csv, const struct plan *plan, const struct plan_value *value,
                       GError **error)
{
    struct study_load load = {(double)NAN, "", NULL};
    char *verdict = value ? plan_verdict_text(plan, value) : NULL;
    bool good = !value || plan_load(plan, value, &load, error);

    if (good) {
        csv_real(csv, load.offered_ratio);
        csv_text(csv, load.bottleneck);
        csv_text(csv, verdict ? verdict : "");
    }
    g_free(load.warning);
    g_free(verdict);
    return good;
}

static const char *const sure_names[] = {"sure", "met_runs", "met_low", "values"};

/* How sure the answer is: in how many runs it is met, in what share of all; how many values there are. */
static void sure_cells(struct csv *csv, const struct plan *plan, const struct plan_point *point,
                       const struct plan_value *at)
{
    struct interval share = {0};
    unsigned met = 0;

    csv_text(csv, point->failure ? "" : plan_point_sure(point) ? "yes" : "no");
    if (at) {
        char *text;

        share = plan_met(at, &met);
        text = g_strdup_printf("%u of %u", met, share.n);
        csv_text(csv, text);
        g_free(text);
    } else {
        csv_text(csv, "");
    }
    csv_real(csv, at ? share.low : (double)NAN);
    csv_unsigned(csv, plan->count);
}

static const char *const question_names[] = {"target", "vary", "sought", "replications"};

/* What was asked, the same in every row: enough to ask it again. */
static void question_cells(struct csv *csv, const struct plan *plan)
{
    char *replications = g_strdup_printf("%u..%u", plan->options.first, plan->options.last);

    csv_text(csv, plan->options.target);
    csv_text(csv, plan->axes[0].vary);
    csv_text(csv, plan_sought(plan));
    csv_text(csv, replications);
    g_free(replications);
}

static const char *const second_names[] = {"key2", "answer2", "neighbour2", "cost", "vary2", "price"};

/* Of the second key, and what the answer costs. */
static bool second_cells(struct csv *csv, const struct plan *plan, unsigned point, unsigned answer,
                         unsigned neighbour, GError **error)
{
    csv_text(csv, plan->axes[1].name);
    if (!value_cell(csv, plan, 1, point, answer, error) || !value_cell(csv, plan, 1, point, neighbour, error))
        return false;
    csv_real(csv, answer == SEARCH_NONE ? (double)NAN : plan_cost_at(plan, answer));
    csv_text(csv, plan->axes[1].vary);
    csv_text(csv, plan->options.cost);
    return true;
}

static bool plan_row(struct csv *csv, const struct plan *plan, const struct plan_point *point, GError **error)
{
    unsigned answer = point->failure ? SEARCH_NONE : point->look.answer;
    unsigned neighbour = point->failure ? SEARCH_NONE : point->look.neighbour;
    const struct plan_value *at = plan_value_at(point, answer), *beside = plan_value_at(point, neighbour);

    if (!point_cells(csv, plan, point->number, error))
        return false;
    csv_text(csv, plan->axes[0].name);
    if (!value_cell(csv, plan, 0, point->number, answer, error))
        return false;
    csv_text(csv, status_text(point));
    if (!metric_cells(csv, plan, at, false, error) ||
        !value_cell(csv, plan, 0, point->number, neighbour, error) ||
        !metric_cells(csv, plan, beside, false, error) ||
        !window_cells(csv, plan, point, at != NULL, error) || !load_cells(csv, plan, at, error))
        return false;
    failed_cell(csv, plan, beside);
    if (!load_cells(csv, plan, beside, error))
        return false;
    sure_cells(csv, plan, point, at);
    question_cells(csv, plan);
    if (plan->axis_count > 1 && !second_cells(csv, plan, point->number, answer, neighbour, error))
        return false;
    return csv_row_end(csv, error);
}

static bool plan_rows(struct csv *csv, const void *user, GError **error)
{
    const struct plan *plan = user;
    bool good;

    csv_text(csv, "point");
    study_header_cells(plan->study, csv);
    csv_text(csv, "key");
    csv_text(csv, "answer");
    csv_text(csv, "status");
    metric_headers(csv, plan, "", false);
    csv_text(csv, "neighbour");
    metric_headers(csv, plan, "neighbour_", false);
    headers(csv, window_names, G_N_ELEMENTS(window_names));
    headers(csv, load_names, G_N_ELEMENTS(load_names));
    headers(csv, sure_names, G_N_ELEMENTS(sure_names));
    headers(csv, question_names, G_N_ELEMENTS(question_names));
    if (plan->axis_count > 1)
        headers(csv, second_names, G_N_ELEMENTS(second_names));
    good = csv_row_end(csv, error);
    for (unsigned p = 0; p < plan->study->point_count && good; p++)
        good = plan_row(csv, plan, &plan->points[p], error);
    return good;
}

static bool curve_row(struct csv *csv, const struct plan *plan, const struct plan_value *value,
                      GError **error)
{
    if (!point_cells(csv, plan, value->point->number, error) ||
        !value_cell(csv, plan, 0, value->point->number, value->place, error))
        return false;
    if (plan->axis_count > 1 && !value_cell(csv, plan, 1, value->point->number, value->place, error))
        return false;
    csv_unsigned(csv, value->metrics->len);
    if (!metric_cells(csv, plan, value, true, error))
        return false;
    csv_text(csv, !value->sure ? "unsure" : value->verdict == VERDICT_MEETS ? "yes" : "no");
    failed_cell(csv, plan, value);
    return csv_row_end(csv, error);
}

static bool curve_rows(struct csv *csv, const void *user, GError **error)
{
    const struct plan *plan = user;
    bool good;

    csv_text(csv, "point");
    study_header_cells(plan->study, csv);
    csv_text(csv, "value");
    if (plan->axis_count > 1)
        csv_text(csv, "value2");
    csv_text(csv, "n");
    metric_headers(csv, plan, "", true);
    csv_text(csv, "meets");
    csv_text(csv, "failed");
    good = csv_row_end(csv, error);
    for (unsigned p = 0; p < plan->study->point_count; p++)
        for (unsigned v = 0; v < plan->count && good; v++)
            /* How far a search had come when a run failed is chance: the same plan has the same table. */
            if (!plan->points[p].failure && plan->points[p].values[v].verdict != VERDICT_UNKNOWN)
                good = curve_row(csv, plan, &plan->points[p].values[v], error);
    return good;
}

static bool target_rows(struct csv *csv, const void *user, GError **error)
{
    const struct plan *plan = user;
    GArray *bounds = expression_bounds(plan->target);
    bool good;

    csv_text(csv, "metric");
    csv_text(csv, "comparison");
    csv_text(csv, "bound");
    good = csv_row_end(csv, error);
    for (unsigned i = 0; i < bounds->len && good; i++) {
        const struct bound *bound = &g_array_index(bounds, struct bound, i);

        if (metric_place(plan->study->host, bound->name) < 0)
            continue; /* a key */
        csv_text(csv, bound->name);
        csv_text(csv, bound->comparison);
        csv_real(csv, bound->value);
        good = csv_row_end(csv, error);
    }
    g_array_unref(bounds);
    return good;
}

bool plan_write(const struct plan *plan, GError **error)
{
    return folder_write_csv(plan->options.dir, "plan.csv", plan_rows, plan, error) &&
           folder_write_csv(plan->options.dir, "plan_curve.csv", curve_rows, plan, error) &&
           folder_write_csv(plan->options.dir, "plan_target.csv", target_rows, plan, error) &&
           plan_write_frontier(plan, error);
}
