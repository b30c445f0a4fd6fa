/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan found, in words. */
#include "sim/study/parts.h"
#include "sim/study/plan_private.h"
#include "sim/study/word.h"

#include <math.h>

/* So many windows are described one by one. */
#define WINDOWS_TOLD 4

/* --- what tables say, too ------------------------------------------------------------------------------- */

const struct plan_value *plan_value_at(const struct plan_point *point, unsigned place)
{
    return place == SEARCH_NONE ? NULL : &point->values[place];
}

bool plan_point_sure(const struct plan_point *point)
{
    bool sure = true;

    for (unsigned v = 0; v < point->plan->count; v++)
        if (point->values[v].verdict != VERDICT_UNKNOWN && search_rests_on(&point->look, v))
            sure = sure && point->values[v].sure;
    return sure;
}

const char *plan_sought(const struct plan *plan)
{
    return plan->axis_count > 1 ? "cheapest" : plan->direction.largest ? "largest" : "smallest";
}

/* How many values were looked at. */
static unsigned plan_looked(const struct plan_point *point)
{
    unsigned looked = 0;

    for (unsigned v = 0; v < point->plan->count; v++)
        looked += point->values[v].verdict != VERDICT_UNKNOWN;
    return looked;
}

char *plan_failed_text(const struct plan *plan, const struct plan_value *value)
{
    GString *to = g_string_new(NULL);

    for (unsigned p = 0; p < plan->parts->len && value->verdict == VERDICT_FAILS; p++)
        if (value->failed >> p & 1) {
            char *part = expression_text(g_ptr_array_index(plan->parts, p));

            g_string_append_printf(to, "%s%s", to->len ? " and " : "", part);
            g_free(part);
        }
    return g_string_free(to, FALSE);
}

char *plan_verdict_text(const struct plan *plan, const struct plan_value *value)
{
    const struct study_host *host = plan->study->host;
    GString *to = g_string_new(NULL);
    unsigned runs = value->metrics->len;
    bool told = true;

    for (const struct study_verdict *v = host->verdicts; v && v->metric; v++) {
        int place = metric_place(host, v->metric);
        unsigned count = 0;

        for (unsigned i = 0; i < runs && place >= 0; i++) {
            double is = ((const double *)g_ptr_array_index(value->metrics, i))[place];

            told = told && !isnan(is);
            count += is == 1;
        }
        if (count > 0)
            g_string_append_printf(to, "%s%s in %u of %u runs", to->len ? "; " : "", v->words, count, runs);
    }
    if (!told)
        g_string_truncate(to, 0);
    else if (to->len == 0 && host->calm)
        g_string_append_printf(to, "%s in %u of %u runs", host->calm, runs, runs);
    return g_string_free(to, FALSE);
}

bool plan_load(const struct plan *plan, const struct plan_value *value, struct study_load *out,
               GError **error)
{
    struct config *scenario = plan_scenario(plan, value->point->number, value->place, error);

    *out = (struct study_load){(double)NAN, "", NULL};
    if (scenario && plan->study->host->load)
        plan->study->host->load(scenario, out);
    config_free(scenario);
    return scenario != NULL;
}

/* --- an answer ------------------------------------------------------------------------------------------ */

static void add_words(GString *to, const struct plan *plan, const struct plan_value *value,
                      const char *metric)
{
    const struct study_host *host = plan->study->host;
    char *counts = word_counts(host, (unsigned)metric_place(host, metric),
                               (const double *const *)value->metrics->pdata, value->metrics->len);

    g_string_append(to, *counts ? counts : "without a value");
    g_free(counts);
}

/* "time_to_key_p99_s 12.3 [11.9, 12.7]" for each metric of the target. */
static char *metrics_text(const struct plan *plan, const struct plan_value *value)
{
    GString *text = g_string_new(NULL);

    for (unsigned m = 0; m < plan->metrics->len; m++) {
        const char *metric = g_ptr_array_index(plan->metrics, m);
        struct interval s;

        g_string_append_printf(text, "%s%s ", m ? ", " : "", metric);
        if (plan_is_word(plan, metric)) {
            add_words(text, plan, value, metric);
            continue;
        }
        s = plan_interval(plan, value, metric, NULL);
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

/* "A <= 1 and B > 2", which fail at a value; and the value itself. */
static void add_failed(GString *to, const char *before, const struct plan_value *value)
{
    const struct plan *plan = value->point->plan;
    char *parts = plan_failed_text(plan, value), *name = plan_value_name(plan, value->place);
    bool several = (value->failed & (value->failed - 1)) != 0;

    if (*parts)
        g_string_append_printf(to, "%s%s: %s fail%s", before, name, parts, several ? "" : "s");
    g_free(name);
    g_free(parts);
}

static void add_window(GString *to, const struct plan *plan, const struct plan_point *point,
                       const struct search *window)
{
    char *low = plan_value_name(plan, window->low);

    if (window->low == window->high)
        g_string_append_printf(to, "\n  window: met at %s only", low);
    else
        g_string_append_printf(to, "\n  window: met from %s to %s", low, plan_text(plan, 0, window->high));
    g_free(low);
    if (window->below != SEARCH_NONE)
        add_failed(to, "; below, at ", &point->values[window->below]);
    if (window->above != SEARCH_NONE)
        add_failed(to, "; above, at ", &point->values[window->above]);
}

static void add_windows(GString *to, const struct plan *plan, const struct plan_point *point)
{
    unsigned told = 0, low, high, below = SEARCH_NONE;
    struct search_seen *seen = plan_seen(point);

    for (unsigned from = 0; told < WINDOWS_TOLD && search_window(seen, plan->count, from, &low, &high);
         told++) {
        struct search window = {.low = low, .high = high, .below = below, .above = SEARCH_NONE};

        for (unsigned v = from; v < low; v++)
            if (seen[v].verdict == VERDICT_FAILS)
                window.below = v;
        for (unsigned v = plan->count; v-- > high + 1;)
            if (seen[v].verdict == VERDICT_FAILS)
                window.above = v;
        add_window(to, plan, point, &window);
        from = high + 1;
    }
    if (point->look.windows > told)
        g_string_append_printf(to, "\n  and %u more windows: plan_curve.csv", point->look.windows - told);
    g_free(seen);
}

static void add_answer(GString *to, const struct plan *plan, const struct plan_point *point)
{
    const struct search *look = &point->look;
    char *metrics = metrics_text(plan, &point->values[look->answer]);

    g_string_append_printf(to, "%s %s that meets the target: %s (%s", plan_sought(plan), plan->axes[0].name,
                           plan_text(plan, 0, look->answer), metrics);
    g_free(metrics);
    if (look->neighbour != SEARCH_NONE) {
        metrics = metrics_text(plan, &point->values[look->neighbour]);
        g_string_append_printf(to, "; at %s %s", plan_text(plan, 0, look->neighbour), metrics);
        g_free(metrics);
    }
    g_string_append_c(to, ')');
    if (look->status == SEARCH_MET)
        add_failed(to, "\n  at ", &point->values[look->neighbour]);
    else if (look->status != SEARCH_ALWAYS)
        add_windows(to, plan, point);
}

/* --- of two keys ---------------------------------------------------------------------------------------- */

/* Is there a cheaper one than the answer that was not looked at? */
static bool cheaper_left(const struct plan *plan, const struct plan_point *point)
{
    bool left = false;

    for (unsigned v = 0; v < plan->count; v++)
        left = left || (point->values[v].verdict == VERDICT_UNKNOWN &&
                        plan->ranks[v] < plan->ranks[point->look.answer]);
    return left;
}

/* What is known of the combinations that were not looked at. */
static void add_others(GString *to, const struct plan *plan, const struct plan_point *point)
{
    const bool *turned = point->look.turned;

    if (point->look.status == SEARCH_NOT_MONOTONE)
        g_string_append(to, cheaper_left(plan, point)
                                ? "; more of a key hurts somewhere: cheaper ones that were not looked at may "
                                  "meet it"
                                : "; more of a key hurts somewhere, and all cheaper ones were looked at");
    else if (turned[0] == turned[1])
        g_string_append_printf(to, "; the others follow from these if %s of a key never hurts",
                               turned[0] ? "less" : "more");
    else
        g_string_append_printf(to, "; the others follow from these if more of %s never hurts, nor less of %s",
                               plan->axes[turned[0]].name, plan->axes[turned[1]].name);
}

static void add_cheapest(GString *to, const struct plan *plan, const struct plan_point *point)
{
    const struct search *look = &point->look;
    const struct plan_value *at = &point->values[look->answer];
    char *metrics = metrics_text(plan, at), *name = plan_value_name(plan, look->answer);

    g_string_append_printf(to, "cheapest that meets the target: %s, cost %.6g (%s)", name,
                           plan_cost_at(plan, look->answer), metrics);
    g_free(metrics);
    g_free(name);
    if (look->below != SEARCH_NONE)
        add_failed(to, "\n  at ", &point->values[look->below]);
    if (look->above != SEARCH_NONE)
        add_failed(to, "\n  at ", &point->values[look->above]);
    g_string_append_printf(to, "\n  %u of %u combinations were looked at", plan_looked(point), plan->count);
    add_others(to, plan, point);
}

/* --- no answer ------------------------------------------------------------------------------------------ */

/* The longest stretch of values that were not looked at. */
static void add_not_looked(GString *to, const struct plan *plan, const struct plan_point *point)
{
    unsigned at = 0, length = 0;

    for (unsigned from = 0, to_place; from < plan->count; from = to_place + 1) {
        for (to_place = from; to_place < plan->count; to_place++)
            if (point->values[to_place].verdict != VERDICT_UNKNOWN)
                break;
        if (to_place - from <= length)
            continue;
        at = from;
        length = to_place - from;
    }
    if (length > 0)
        g_string_append_printf(
            to, "\n  %u values were not looked at, the most of them in a row from %s to %s",
            plan->count - plan_looked(point), plan_text(plan, 0, at), plan_text(plan, 0, at + length - 1));
}

static void add_never(GString *to, const struct plan *plan, const struct plan_point *point)
{
    unsigned looked = plan_looked(point);
    const struct plan_value *nearest = plan_value_at(point, point->look.neighbour);
    char *metrics;

    if (plan->axis_count > 1)
        g_string_append_printf(to, "none of the %u combinations of %s and %s meets the target", plan->count,
                               plan->axes[0].name, plan->axes[1].name);
    else
        g_string_append_printf(to, "none of the %u values of %s from %s to %s meets the target", plan->count,
                               plan->axes[0].name, plan_text(plan, 0, 0),
                               plan_text(plan, 0, plan->count - 1));
    if (looked < plan->count)
        g_string_append_printf(to, " as far as was looked: at %u of them", looked);
    if (plan->axis_count == 1)
        add_not_looked(to, plan, point);
    add_failed(to, "\n  nearest: ", nearest);
    metrics = metrics_text(plan, nearest);
    g_string_append_printf(to, " (%s)", metrics);
    g_free(metrics);
}

/* --- all of a point ------------------------------------------------------------------------------------- */

/* Near 100 % the text says on which side. */
static const char *load_format(double percent)
{
    return percent != 100 && fabs(percent - 100) < 0.5 ? "%.2f" : "%.0f";
}

static void add_load(GString *to, const struct plan *plan, const struct plan_value *value, bool warn)
{
    char *name = plan_value_name(plan, value->place), *verdict = plan_verdict_text(plan, value);
    struct study_load load;

    if (plan_load(plan, value, &load, NULL) && isfinite(load.offered_ratio)) {
        double percent = 100 * load.offered_ratio;
        char offered[G_ASCII_DTOSTR_BUF_SIZE];

        g_ascii_formatd(offered, sizeof offered, load_format(percent), percent);
        g_string_append_printf(to, "\n  at %s: offered load %s %% (%s)%s%s", name, offered, load.bottleneck,
                               *verdict ? "; " : "", verdict);
        if (warn && load.warning)
            g_string_append_printf(to, "\n  note: %s", load.warning);
    }
    g_free(load.warning);
    g_free(verdict);
    g_free(name);
}

/* "A / B < 1 has no value at KEY = 1, 8" for each such comparison. */
static void add_missing(GString *to, const struct plan *plan, const struct plan_point *point)
{
    GHashTable *told = g_hash_table_new(NULL, NULL);

    for (unsigned v = 0; v < plan->count; v++) {
        const char *missing = point->values[v].missing;
        char *name;

        if (!missing || !g_hash_table_add(told, (gpointer)missing))
            continue;
        name = plan_value_name(plan, v);
        g_string_append_printf(to, "\n  %s has no value at %s", missing, name);
        g_free(name);
        for (unsigned w = v + 1; w < plan->count; w++)
            if (point->values[w].missing == missing) {
                name = plan->axis_count > 1 ? plan_value_name(plan, w) : g_strdup(plan_text(plan, 0, w));
                g_string_append_printf(to, "%s%s", plan->axis_count > 1 ? "; " : ", ", name);
                g_free(name);
            }
        g_string_append(to, " in some run, which counts as a failure to meet it");
    }
    g_hash_table_unref(told);
}

static void add_found(GString *to, const struct plan *plan, const struct plan_point *point)
{
    const struct plan_value *at = plan_value_at(point, point->look.answer);
    const struct plan_value *beside = plan_value_at(point, point->look.neighbour);
    bool sure = plan_point_sure(point);

    if (at && plan->axis_count > 1)
        add_cheapest(to, plan, point);
    else if (at)
        add_answer(to, plan, point);
    else
        add_never(to, plan, point);
    if (at && !at->sure)
        add_met(to, at);
    if (!sure)
        g_string_append_printf(to, "\n  unsure: after %u replications it is still open with 95 %% confidence",
                               plan->options.last);
    if (at)
        add_load(to, plan, at, true);
    if (beside)
        add_load(to, plan, beside, false);
    add_missing(to, plan, point);
    if (point->look.status == SEARCH_ALWAYS)
        g_string_append_printf(to, "\n  always: it is met over all of the range, as far as was looked");
    if (point->look.status == SEARCH_NOT_MONOTONE && plan->axis_count == 1)
        g_string_append_printf(to,
                               "\n  not monotone: %u windows; other values may meet it, see plan_curve.csv",
                               point->look.windows);
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
    else
        add_found(to, plan, point);
    return g_string_free(to, FALSE);
}

char *plan_remark_text(const struct plan *plan)
{
    if (!plan->direction.rising || !plan->direction.falling)
        return NULL;
    return g_strdup_printf(
        "not monotone over the study: point %u meets the target at %s = %s and not at %s, point %u "
        "the other way round; the smallest was looked for everywhere (--largest: the largest)",
        plan->direction.falling, plan->axes[0].name, plan_text(plan, 0, 0),
        plan_text(plan, 0, plan->count - 1), plan->direction.rising);
}
