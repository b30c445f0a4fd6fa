/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan found: plan.csv, plan_curve.csv, plan_target.csv, and in words. */
#include "sim/study/bound.h"
#include "sim/study/folder.h"
#include "sim/study/plan_private.h"

#include <math.h>

static const char *status_text(const struct plan_point *point)
{
    static const char *const texts[] = {[BISECT_GOES_ON] = "failed",
                                        [BISECT_MET] = "met",
                                        [BISECT_NEVER] = "never",
                                        [BISECT_ALWAYS] = "always",
                                        [BISECT_NOT_MONOTONE] = "not_monotone"};

    return point->failure ? "failed" : texts[point->look.status];
}

static void metric_headers(struct csv *csv, const struct plan *plan, const char *prefix)
{
    static const char *const suffixes[] = {"mean", "ci_low", "ci_high", "ci_note"};

    for (unsigned m = 0; m < plan->metrics->len; m++)
        for (size_t i = 0; i < G_N_ELEMENTS(suffixes); i++) {
            char *name = g_strdup_printf("%s%s_%s", prefix, (const char *)g_ptr_array_index(plan->metrics, m),
                                         suffixes[i]);

            csv_text(csv, name);
            g_free(name);
        }
}

/* value: NULL for empty cells. */
static bool metric_cells(struct csv *csv, const struct plan *plan, const struct plan_value *value,
                         GError **error)
{
    GError *unread = NULL;

    for (unsigned m = 0; m < plan->metrics->len && !unread; m++) {
        struct interval s = {0, (double)NAN, 0, (double)NAN, (double)NAN, ""};

        if (value)
            s = plan_interval(plan, value, g_ptr_array_index(plan->metrics, m), &unread);
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

/* A value of the range in base units; an empty cell for BISECT_NONE. */
static bool value_cell(struct csv *csv, const struct plan *plan, unsigned point, unsigned place,
                       GError **error)
{
    struct scenario *scenario;

    if (place == BISECT_NONE) {
        csv_text(csv, "");
        return true;
    }
    scenario = plan_scenario(plan, point, place, error);
    if (!scenario)
        return false;
    plan->study->host->cell(csv, scenario, plan->key);
    scenario_free(scenario);
    return true;
}

static bool point_cells(struct csv *csv, const struct plan *plan, unsigned point, GError **error)
{
    struct scenario *scenario = study_point_scenario(plan->study, point, error);

    if (!scenario)
        return false;
    csv_unsigned(csv, point);
    study_point_cells(plan->study, scenario, point, csv);
    scenario_free(scenario);
    return true;
}

static const struct plan_value *value_at(const struct plan_point *point, unsigned place)
{
    return place == BISECT_NONE ? NULL : &point->values[place];
}

/* Did the intervals decide? That nothing meets the target, or everything, rests on all that was looked at; an
 * answer rests on itself and its neighbour. */
static bool point_sure(const struct plan_point *point)
{
    const struct plan_value *at = value_at(point, point->look.answer);
    const struct plan_value *beside = value_at(point, point->look.neighbour);
    bool sure = (!at || at->sure) && (!beside || beside->sure);

    if (at && beside)
        return sure;
    for (unsigned v = 0; v < point->plan->texts->len; v++)
        sure = sure && (point->values[v].verdict == VERDICT_UNKNOWN || point->values[v].sure);
    return sure;
}

/* What was asked, the same in every row: enough to ask it again. */
static void question_cells(struct csv *csv, const struct plan *plan)
{
    char *replications = g_strdup_printf("%u..%u", plan->options.first, plan->options.last);

    csv_text(csv, plan->options.target);
    csv_text(csv, plan->options.vary);
    csv_text(csv, plan->largest ? "largest" : "smallest");
    csv_text(csv, replications);
    g_free(replications);
}

static bool plan_row(struct csv *csv, const struct plan *plan, const struct plan_point *point, GError **error)
{
    unsigned answer = point->failure ? BISECT_NONE : point->look.answer;
    unsigned neighbour = point->failure ? BISECT_NONE : point->look.neighbour;
    const struct plan_value *at = value_at(point, answer), *beside = value_at(point, neighbour);

    if (!point_cells(csv, plan, point->number, error))
        return false;
    csv_text(csv, plan->key_name);
    if (!value_cell(csv, plan, point->number, answer, error))
        return false;
    csv_text(csv, status_text(point));
    if (!metric_cells(csv, plan, at, error))
        return false;
    if (!value_cell(csv, plan, point->number, neighbour, error))
        return false;
    if (!metric_cells(csv, plan, beside, error))
        return false;
    csv_text(csv, point->failure ? "" : point_sure(point) ? "yes" : "no");
    question_cells(csv, plan);
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
    metric_headers(csv, plan, "");
    csv_text(csv, "neighbour");
    metric_headers(csv, plan, "neighbour_");
    csv_text(csv, "sure");
    csv_text(csv, "target");
    csv_text(csv, "vary");
    csv_text(csv, "sought");
    csv_text(csv, "replications");
    good = csv_row_end(csv, error);
    for (unsigned p = 0; p < plan->study->point_count && good; p++)
        good = plan_row(csv, plan, &plan->points[p], error);
    return good;
}

static bool curve_row(struct csv *csv, const struct plan *plan, const struct plan_value *value,
                      GError **error)
{
    if (!point_cells(csv, plan, value->point->number, error) ||
        !value_cell(csv, plan, value->point->number, value->place, error))
        return false;
    csv_unsigned(csv, value->metrics->len);
    if (!metric_cells(csv, plan, value, error))
        return false;
    csv_text(csv, !value->sure ? "unsure" : value->verdict == VERDICT_MEETS ? "yes" : "no");
    return csv_row_end(csv, error);
}

static bool curve_rows(struct csv *csv, const void *user, GError **error)
{
    const struct plan *plan = user;
    bool good;

    csv_text(csv, "point");
    study_header_cells(plan->study, csv);
    csv_text(csv, "value");
    csv_text(csv, "n");
    metric_headers(csv, plan, "");
    csv_text(csv, "meets");
    good = csv_row_end(csv, error);
    for (unsigned p = 0; p < plan->study->point_count; p++)
        for (unsigned v = 0; v < plan->texts->len && good; v++)
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

        if (plan_metric_place(plan->study->host, bound->name) < 0)
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
           folder_write_csv(plan->options.dir, "plan_target.csv", target_rows, plan, error);
}

/* --- in words ------------------------------------------------------------------------------------------- */

static const char *text_of(const struct plan *plan, unsigned place)
{
    return g_ptr_array_index(plan->texts, place);
}

/* "time_to_key_p99_s 12.3 [11.9, 12.7]" for each metric of the target. */
static char *metrics_text(const struct plan *plan, const struct plan_value *value)
{
    GString *text = g_string_new(NULL);

    for (unsigned m = 0; m < plan->metrics->len; m++) {
        struct interval s = plan_interval(plan, value, g_ptr_array_index(plan->metrics, m), NULL);

        g_string_append_printf(text, "%s%s ", m ? ", " : "",
                               (const char *)g_ptr_array_index(plan->metrics, m));
        if (isnan(s.estimate))
            g_string_append(text, "without a value");
        else if (s.note)
            g_string_append_printf(text, "%.6g, no interval: %s", s.estimate, s.note);
        else
            g_string_append_printf(text, "%.6g [%.6g, %.6g]", s.estimate, s.low, s.high);
    }
    return g_string_free(text, FALSE);
}

/* "met in 10 of 10 runs": what that says of all runs. */
static void add_met(GString *to, const struct plan_value *value)
{
    unsigned met;
    struct interval share = plan_met(value, &met);

    g_string_append_printf(to,
                           "\n  met in %u of %u runs: by at least %.0f %% of all runs, with 95 %% confidence",
                           met, share.n, floor(100 * share.low));
}

static void add_answer(GString *to, const struct plan *plan, const struct plan_point *point)
{
    const struct bisect *look = &point->look;
    char *metrics = metrics_text(plan, &point->values[look->answer]);

    g_string_append_printf(to, "%s %s that meets the target: %s (%s", plan->largest ? "largest" : "smallest",
                           plan->key_name, text_of(plan, look->answer), metrics);
    g_free(metrics);
    if (look->neighbour != BISECT_NONE) {
        metrics = metrics_text(plan, &point->values[look->neighbour]);
        g_string_append_printf(to, "; at %s %s", text_of(plan, look->neighbour), metrics);
        g_free(metrics);
    }
    g_string_append_c(to, ')');
    if (!point_sure(point))
        add_met(to, &point->values[look->answer]);
}

/* "A / B < 1 has no value at KEY = 1, 8" for each such comparison. */
static void add_missing(GString *to, const struct plan *plan, const struct plan_point *point)
{
    GHashTable *told = g_hash_table_new(NULL, NULL);

    for (unsigned v = 0; v < plan->texts->len; v++) {
        const char *missing = point->values[v].missing;

        if (!missing || !g_hash_table_add(told, (gpointer)missing))
            continue;
        g_string_append_printf(to, "\n  %s has no value at %s = %s", missing, plan->key_name,
                               text_of(plan, v));
        for (unsigned w = v + 1; w < plan->texts->len; w++)
            if (point->values[w].missing == missing)
                g_string_append_printf(to, ", %s", text_of(plan, w));
        g_string_append(to, " in some run, which counts as a failure to meet it");
    }
    g_hash_table_unref(told);
}

char *plan_answer_text(const struct plan *plan, unsigned number)
{
    const struct plan_point *point = &plan->points[number - 1];
    char *name = study_point_name(plan->study, number);
    GString *to = g_string_new(NULL);

    g_string_append_printf(to, "point %u (%s): ", number, name);
    g_free(name);
    if (point->failure)
        g_string_append_printf(to, "no answer, a run failed: %s", point->failure);
    else if (point->look.answer == BISECT_NONE)
        g_string_append_printf(to, "no %s from %s to %s meets the target, as far as was looked",
                               plan->key_name, text_of(plan, 0), text_of(plan, plan->texts->len - 1));
    else
        add_answer(to, plan, point);
    if (!point->failure && !point_sure(point))
        g_string_append_printf(to, "\n  unsure: after %u replications it is still open with 95 %% confidence",
                               plan->options.last);
    add_missing(to, plan, point);
    if (!point->failure && point->look.status == BISECT_ALWAYS)
        g_string_append_printf(to, "\n  always: it is met over all of the range, as far as was looked");
    if (!point->failure && point->look.status == BISECT_NOT_MONOTONE)
        g_string_append_printf(to,
                               "\n  not monotone: %s = %s meets the target and %s does not; other values may "
                               "meet it, see plan_curve.csv",
                               plan->key_name, text_of(plan, point->look.meets),
                               text_of(plan, point->look.fails));
    return g_string_free(to, FALSE);
}

char *plan_remark_text(const struct plan *plan)
{
    if (!plan->rising || !plan->falling)
        return NULL;
    return g_strdup_printf(
        "not monotone over the study: point %u meets the target at %s = %s and not at %s, point %u "
        "the other way round; the smallest was looked for everywhere (--largest: the largest)",
        plan->falling, plan->key_name, text_of(plan, 0), text_of(plan, plan->texts->len - 1), plan->rising);
}
