/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Does a value meet the target, and how sure is that? */
#include "sim/study/parts.h"
#include "sim/study/plan_private.h"
#include "sim/study/quantity.h"
#include "sim/study/word.h"

#include <math.h>
#include <string.h>

/* A condition that is about single runs is met where so large a share of them meets it. */
#define RUNS_SHARE 0.95

struct sample {
    const struct plan_value *value;
    const double *metrics;
};

static bool sample_number(const void *user, const char *name, mpq_t out)
{
    const struct sample *sample = user;
    const struct plan *plan = sample->value->point->plan;
    int metric = metric_place(plan->study->host, name);
    const struct config_key *key;

    if (metric >= 0)
        return quantity_exact_real(sample->metrics[metric], out);
    key = config_key_named(plan->study->host->schema, name);
    for (unsigned a = 0; a < plan->axis_count; a++)
        if (key == plan->axes[a].key) {
            study_number(key, plan_text(plan, a, sample->value->place), out);
            return true;
        }
    study_number(key, study_point_text(plan->study, sample->value->point->number, key), out);
    return true;
}

/* Keys of a target are numbers: this is a metric. */
static const char *sample_text(const void *user, const char *name)
{
    const struct sample *sample = user;
    const struct study_host *host = sample->value->point->plan->study->host;
    unsigned metric = (unsigned)metric_place(host, name);

    return word_text(host, metric, sample->metrics[metric]);
}

struct case_at_hand {
    const struct plan_value *value;
    struct evidence *evidence;
    unsigned looks;
};

/* --- comparisons of one metric -------------------------------------------------------------------------- */

/* The place of the only metric in it; -1: none; -2: several. */
static int only_metric(const struct plan *plan, const struct expression *comparison)
{
    GPtrArray *names = expression_list(comparison);
    int only = -1;

    for (unsigned i = 0; i < names->len; i++) {
        int place = metric_place(plan->study->host, g_ptr_array_index(names, i));

        if (place >= 0)
            only = only == -1 ? place : -2;
    }
    g_ptr_array_unref(names);
    return only;
}

/* Left minus right where the metric is `at`; false: it has no value there. */
static bool difference_at(const struct case_at_hand *c, const struct expression *comparison, int metric,
                          double at, mpq_t out)
{
    unsigned count = c->value->point->plan->study->host->metric_count;
    double *metrics = g_memdup2(g_ptr_array_index(c->value->metrics, 0), count * sizeof *metrics);
    const struct sample sample = {c->value, metrics};
    const struct expression_values values = {sample_number, NULL, &sample};
    bool known;

    metrics[metric] = at;
    known = expression_difference(comparison, &values, out);
    g_free(metrics);
    return known;
}

struct line {
    mpq_t at_0, slope;
};

static bool on_line(const struct case_at_hand *c, const struct expression *comparison, int metric, double at,
                    const struct line *line)
{
    mpq_t value, expected;
    bool on;

    mpq_inits(value, expected, NULL);
    on = quantity_exact_real(at, expected) && difference_at(c, comparison, metric, at, value);
    mpq_mul(expected, expected, line->slope);
    mpq_add(expected, expected, line->at_0);
    on = on && mpq_equal(value, expected);
    mpq_clears(value, expected, NULL);
    return on;
}

/* Is left minus right a straight line in the metric? Then an interval of one is an interval of the other. */
static bool find_line(const struct case_at_hand *c, const struct expression *comparison, int metric,
                      struct line *line)
{
    bool good = difference_at(c, comparison, metric, 0, line->at_0) &&
                difference_at(c, comparison, metric, 1, line->slope);

    if (!good)
        return false;
    mpq_sub(line->slope, line->slope, line->at_0);
    good = on_line(c, comparison, metric, 2, line) && on_line(c, comparison, metric, -1, line);
    for (unsigned i = 0; i < c->value->metrics->len && good; i++)
        good = on_line(c, comparison, metric,
                       ((const double *)g_ptr_array_index(c->value->metrics, i))[metric], line);
    return good;
}

static double along(const struct line *line, double metric)
{
    return quantity_nearest(line->at_0) + quantity_nearest(line->slope) * metric;
}

static enum answer answer_along(const struct line *line, const char *comparison,
                                const struct interval *interval)
{
    double a = along(line, interval->low), b = along(line, interval->high);

    return interval->note ? ANSWER_UNSURE : statistics_interval_answer(comparison, MIN(a, b), MAX(a, b));
}

/* --- comparisons of runs -------------------------------------------------------------------------------- */

static unsigned runs_that_meet(const char *comparison, const struct expression_differences *differences)
{
    unsigned met = 0;

    for (unsigned i = 0; i < differences->count; i++) {
        int sign = (differences->values[i] > 0) - (differences->values[i] < 0);

        met += statistics_answer_mean(comparison, sign) == ANSWER_YES;
    }
    return met;
}

static enum answer by_runs(const char *comparison, const struct expression_differences *differences,
                           unsigned looks)
{
    struct interval met = interval_met(runs_that_meet(comparison, differences), differences->count, looks);

    return met.low >= RUNS_SHARE ? ANSWER_YES : met.high < RUNS_SHARE ? ANSWER_NO : ANSWER_UNSURE;
}

static enum answer by_share_of_runs(const char *comparison, const struct expression_differences *differences)
{
    return runs_that_meet(comparison, differences) >= RUNS_SHARE * differences->count ? ANSWER_YES
                                                                                      : ANSWER_NO;
}

/* Are all the metrics in it means? Then so is what they come to, near enough. */
static bool of_means(const struct plan *plan, const struct expression *comparison)
{
    GPtrArray *names = expression_list(comparison);
    bool means = true;

    for (unsigned i = 0; i < names->len; i++) {
        int place = metric_place(plan->study->host, g_ptr_array_index(names, i));
        enum stats_kind kind = place < 0 ? STATS_FIXED : plan->study->host->metrics[place].kind;

        means = means && (kind == STATS_MEAN || kind == STATS_FIXED);
    }
    g_ptr_array_unref(names);
    return means;
}

/* --- judges --------------------------------------------------------------------------------------------- */

static enum answer of_one_metric(const struct case_at_hand *c, const char *comparison, int metric,
                                 const struct line *line, const struct expression_differences *differences)
{
    enum stats_kind kind = c->value->point->plan->study->host->metrics[metric].kind;
    struct interval interval, further;
    enum answer answer;

    if (kind == STATS_EXTREME)
        return by_runs(comparison, differences, c->looks);
    interval = evidence_interval(c->evidence, (unsigned)metric, c->looks);
    answer = answer_along(line, comparison, &interval);
    if (answer == ANSWER_NO || (kind != STATS_COUNT && kind != STATS_SHARE && kind != STATS_FLAG))
        return answer;
    /* The mean may be below 1 where one run in five has a failure: a run is to meet it, too. */
    further = evidence_further(c->evidence, (unsigned)metric, c->looks);
    if (answer == ANSWER_YES && answer_along(line, comparison, &further) == ANSWER_YES)
        return ANSWER_YES;
    /* That no run of all ever has one ("== 0") nobody can show; that 95 % have none, 59 alike do. */
    return statistics_alike(differences->values, differences->count)
               ? by_runs(comparison, differences, c->looks)
               : ANSWER_UNSURE;
}

/* Each batch of replications is one more look: the error is shared among all that there may be. */
static enum answer by_intervals(const void *user, const char *comparison,
                                const struct expression_differences *differences)
{
    const struct case_at_hand *c = user;
    const struct plan *plan = c->value->point->plan;
    int metric = only_metric(plan, differences->comparison);
    enum answer answer;
    struct line line;

    if (metric == -1)
        return statistics_answer_mean(comparison, differences->sum_sign);
    if (metric >= 0 && plan->study->host->metrics[metric].kind == STATS_WORD)
        return by_runs(comparison, differences, c->looks);
    mpq_inits(line.at_0, line.slope, NULL);
    if (metric >= 0 && find_line(c, differences->comparison, metric, &line))
        answer = of_one_metric(c, comparison, metric, &line, differences);
    else if (of_means(plan, differences->comparison) &&
             !statistics_alike(differences->values, differences->count))
        answer = statistics_answer(comparison, differences->values, differences->count, c->looks);
    else
        answer = by_runs(comparison, differences, c->looks);
    mpq_clears(line.at_0, line.slope, NULL);
    return answer;
}

/* By the estimates alone. */
static enum answer by_estimates(const void *user, const char *comparison,
                                const struct expression_differences *differences)
{
    const struct case_at_hand *c = user;
    const struct plan *plan = c->value->point->plan;
    int metric = only_metric(plan, differences->comparison), sign = differences->sum_sign;
    enum stats_kind kind = metric < 0 ? STATS_MEAN : plan->study->host->metrics[metric].kind;
    struct line line;

    if (metric == -2 && !of_means(plan, differences->comparison))
        return by_share_of_runs(comparison, differences);
    if (kind == STATS_EXTREME || kind == STATS_WORD)
        return by_share_of_runs(comparison, differences);
    mpq_inits(line.at_0, line.slope, NULL);
    if (kind == STATS_QUANTILE && find_line(c, differences->comparison, metric, &line)) {
        double at = along(&line, evidence_interval(c->evidence, (unsigned)metric, 1).estimate);

        sign = (at > 0) - (at < 0);
    }
    mpq_clears(line.at_0, line.slope, NULL);
    return statistics_answer_mean(comparison, sign);
}

struct samples {
    struct sample *of;
    struct expression_values *values;
    unsigned count;
};

static struct samples samples_of(const struct plan_value *value)
{
    struct samples s = {.count = value->metrics->len};

    s.of = g_new(struct sample, s.count);
    s.values = g_new0(struct expression_values, s.count);
    for (unsigned i = 0; i < s.count; i++) {
        s.of[i] = (struct sample){value, g_ptr_array_index(value->metrics, i)};
        s.values[i] = (struct expression_values){sample_number, sample_text, &s.of[i]};
    }
    return s;
}

static void samples_free(struct samples *samples)
{
    g_free(samples->of);
    g_free(samples->values);
}

/* The replications at a value. */
static struct evidence *plan_evidence(const struct plan_value *value)
{
    struct evidence *evidence = evidence_new(value->point->plan->study->host);

    for (unsigned i = 0; i < value->metrics->len; i++) {
        char *folder = plan_run_folder(value, i + 1);

        evidence_add(evidence, g_ptr_array_index(value->metrics, i), folder);
        g_free(folder);
    }
    return evidence;
}

enum answer plan_judge(struct plan_value *value, bool intervals, GError **error)
{
    const struct plan *plan = value->point->plan;
    struct evidence *evidence = plan_evidence(value);
    const struct case_at_hand at_hand = {value, evidence,
                                         statistics_looks(plan->options.first, plan->options.last)};
    const struct expression_judge judge = {intervals ? by_intervals : by_estimates, &at_hand};
    struct samples samples = samples_of(value);
    enum answer answer = expression_answer(plan->target, samples.values, samples.count, &judge);

    value->missing = expression_missing(plan->target, samples.values, samples.count);
    evidence_read(evidence, error);
    samples_free(&samples);
    evidence_free(evidence);
    return answer;
}

/* Margins in one order: first those that have no value, by how far the runs came, then those that have
 * one. Each is squeezed into an interval of length 2. */
static double margin_of(const struct plan *plan, const struct samples *samples, const struct expression *part)
{
    double margin = expression_margin(part, samples->values, samples->count), progress = 0;
    int metric = metric_place(plan->study->host, plan->study->host->progress);

    if (!isnan(margin))
        return margin / (1 + fabs(margin));
    for (unsigned i = 0; i < samples->count && metric >= 0; i++)
        progress += samples->of[i].metrics[metric] / samples->count;
    return isfinite(progress) ? -3 + progress / (1 + fabs(progress)) : -4;
}

void plan_judge_parts(struct plan_value *value)
{
    const struct plan *plan = value->point->plan;
    struct evidence *evidence = plan_evidence(value);
    const struct case_at_hand at_hand = {value, evidence,
                                         statistics_looks(plan->options.first, plan->options.last)};
    const struct expression_judge surely = {by_intervals, &at_hand}, likely = {by_estimates, &at_hand};
    struct samples samples = samples_of(value);

    g_free(value->margins);
    value->margins = g_new(double, plan->parts->len);
    value->failed = 0;
    for (unsigned p = 0; p < plan->parts->len; p++) {
        const struct expression *part = g_ptr_array_index(plan->parts, p);
        enum answer answer = expression_answer(part, samples.values, samples.count, &surely);

        if (answer == ANSWER_UNSURE)
            answer = expression_answer(part, samples.values, samples.count, &likely);
        value->failed |= (unsigned)(answer == ANSWER_NO) << p;
        value->margins[p] = margin_of(plan, &samples, part);
    }
    samples_free(&samples);
    evidence_free(evidence);
}

struct interval plan_met(const struct plan_value *value, unsigned *met)
{
    struct samples samples = samples_of(value);
    struct interval out;

    *met = 0;
    for (unsigned i = 0; i < samples.count; i++)
        *met += expression_true(value->point->plan->target, &samples.values[i]);
    out = interval_met(*met, samples.count, 1);
    samples_free(&samples);
    return out;
}

struct interval plan_interval(const struct plan *plan, const struct plan_value *value, const char *metric,
                              GError **error)
{
    struct evidence *evidence = plan_evidence(value);
    struct interval out = evidence_interval(evidence, (unsigned)metric_place(plan->study->host, metric), 1);

    evidence_read(evidence, error);
    evidence_free(evidence);
    return out;
}
