/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Conditions on differences: "update_p99_s > +5%". What is judged is B - (1 + share) A - amount of each
 * pair of runs, as one number, so that what A itself leaves open is in its interval. */
#include "sim/study/compare_private.h"
#include "sim/study/dimension.h"
#include "sim/study/quantity.h"

#include <gmp.h>
#include <math.h>
#include <string.h>

struct compare_condition {
    char *text;
    unsigned metric;
    bool above, inclusive;
    bool relative; /* the amount is a share of A */
    mpq_t amount;
};

void compare_condition_free(struct compare_condition *condition)
{
    if (!condition)
        return;
    g_free(condition->text);
    mpq_clear(condition->amount);
    g_free(condition);
}

/* --- reading -------------------------------------------------------------------------------------------- */

static enum config_type type_of(const char *unit)
{
    static const struct {
        const char *unit;
        enum config_type type;
    } types[] = {{"s", CONFIG_DURATION},
                 {"1/s", CONFIG_EVENT_RATE},
                 {"bytes", CONFIG_BYTES},
                 {"bit/s", CONFIG_BIT_RATE},
                 {"ratio", CONFIG_SHARE}};

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i].unit, unit) == 0)
            return types[i].type;
    return CONFIG_COUNT;
}

/* Per cent of A, or an amount in the metric's unit; *text is after its sign. */
static bool read_size(struct compare_condition *c, const char *text, const struct stats_column *column)
{
    c->relative = g_str_has_suffix(text, "%");
    return quantity_exact(c->relative ? CONFIG_SHARE : type_of(column->unit), text, c->amount);
}

static bool read_amount(struct compare_condition *c, const char *text, const struct stats_column *column,
                        GError **error)
{
    char sign = *text, buffer[DIMENSION_TEXT_BYTES];
    struct dimension own = dimension_of_unit(column->unit);
    static const char *const examples[] = {"+0.02", "+2s", "+5/s", "+5MB", "+5Mbit/s", "+5"};
    const char *example = strcmp(column->unit, "ratio") == 0   ? examples[0]
                          : strcmp(column->unit, "s") == 0     ? examples[1]
                          : strcmp(column->unit, "1/s") == 0   ? examples[2]
                          : strcmp(column->unit, "bytes") == 0 ? examples[3]
                          : strcmp(column->unit, "bit/s") == 0 ? examples[4]
                                                               : examples[5];

    if ((sign == '+' || sign == '-' ? read_size(c, text + 1, column) : false) ||
        (strcmp(text, "0") == 0 && read_size(c, text, column))) {
        if (sign == '-')
            mpq_neg(c->amount, c->amount);
        return true;
    }
    g_set_error(
        error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
        "\"%s\" is no change of %s, which is %s; expected one with its sign, such as +5%% (of A) or %s", text,
        column->name, dimension_text(&own, buffer), example);
    return false;
}

/* NAME, then < <= > >=, then the rest. */
static bool split(struct compare_condition *c, char *text, char **name, char **rest)
{
    size_t length = strcspn(text, "<>");

    if (!text[length])
        return false;
    c->above = text[length] == '>';
    c->inclusive = text[length + 1] == '=';
    *rest = g_strstrip(text + length + 1 + c->inclusive);
    text[length] = '\0';
    *name = g_strstrip(text);
    return **name && **rest;
}

struct compare_condition *compare_condition_parse(const char *text, const struct study_host *host,
                                                  GError **error)
{
    struct compare_condition *c = g_new0(struct compare_condition, 1);
    char *copy = g_strdup(text), *name, *rest;
    bool good;

    mpq_init(c->amount);
    c->text = g_strstrip(g_strdup(text));
    if (!split(c, copy, &name, &rest)) {
        good = false;
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_SYNTAX,
                    "\"%s\" is not right, expected METRIC, < or >, and a change: 'update_p99_s > +5%%'",
                    text);
    } else
        good = compare_metric(host, name, &c->metric, error) &&
               read_amount(c, rest, &host->metrics[c->metric], error);
    g_free(copy);
    if (good)
        return c;
    compare_condition_free(c);
    return NULL;
}

/* --- judging -------------------------------------------------------------------------------------------- */

/* b - (1 + share) a - amount, exactly: 105 is not above +5 % of 100. */
static double excess(const struct compare_condition *c, double a, double b)
{
    mpq_t left, right;
    double out;

    mpq_inits(left, right, NULL);
    quantity_exact_real(a, left);
    quantity_exact_real(b, right);
    mpq_sub(right, right, left);
    if (c->relative)
        mpq_mul(left, left, c->amount);
    else
        mpq_set(left, c->amount);
    mpq_sub(right, right, left);
    out = quantity_nearest(right);
    mpq_clears(left, right, NULL);
    return out;
}

static bool condition_beyond(const struct compare_condition *c, double value)
{
    return c->above ? value > 0 || (c->inclusive && value == 0) : value < 0 || (c->inclusive && value == 0);
}

/* The end that lies nearer decides whether all of the interval is beyond. One pair has an estimate and
 * nothing more; several pairs that are too few for an interval may well be off by chance. */
static enum compare_met of_interval(const struct compare_condition *c, const struct interval *interval,
                                    unsigned pairs)
{
    if (!condition_beyond(c, interval->estimate))
        return COMPARE_NOT_MET;
    if (interval->note)
        return interval->note == interval_too_few && pairs > 1 ? COMPARE_NOT_SURE : COMPARE_MET;
    return condition_beyond(c, c->above ? interval->low : interval->high) ? COMPARE_MET : COMPARE_NOT_SURE;
}

struct judged {
    enum compare_met met;
    unsigned n, pairs, empty_a, empty_b;
    double a, b;
    const char *note; /* why there is no interval */
};

/* What the runs' own values say. */
static struct interval condition_of_values(const struct comparison *comparison,
                                           const struct compare_condition *c, unsigned pair, unsigned looks,
                                           struct judged *out)
{
    const struct stats_column *column = &comparison->host->metrics[c->metric];
    double events = compare_events(comparison, pair, c->metric);
    struct compare_values v = compare_values(comparison, pair, c->metric);
    struct difference all = difference_of(column, v.a, v.b, v.n, events);
    struct interval interval;

    *out = (struct judged){COMPARE_NOT_MET, v.n, v.pairs, v.empty_a, v.empty_b, all.a, all.b, NULL};
    for (unsigned i = 0; i < v.n; i++)
        v.b[i] = excess(c, v.a[i], v.b[i]);
    interval = interval_difference(column, v.b, v.n, events, looks);
    compare_values_clear(&v);
    return interval;
}

/* What the samples of a pair of points say; false if they are none. */
static bool of_samples(struct compare_samples *samples, const struct compare_condition *c, unsigned pair,
                       unsigned looks, struct judged *out, struct interval *interval)
{
    struct compare_quantile q;
    bool found = compare_quantile_of(samples, pair, c->metric, looks, &q);
    double amount = quantity_nearest(c->amount);

    if (found) {
        *interval = difference_of_pools(&q.a, &q.b, c->relative ? 1 + amount : 1, &q.pairs);
        interval->low -= c->relative ? 0 : amount;
        interval->high -= c->relative ? 0 : amount;
        interval->estimate = isnan(interval->estimate) ? (double)NAN : excess(c, q.a.estimate, q.b.estimate);
        out->a = q.a.estimate;
        out->b = q.b.estimate;
    }
    difference_pairs_clear(&q.pairs);
    return found;
}

/* Means over all pairs of points, as compare_metrics.c has them. */
static bool of_all_samples(struct compare_samples *samples, const struct compare_condition *c, unsigned pairs,
                           unsigned looks, struct judged *out, struct interval *interval)
{
    struct judged sum = *out;

    *interval = (struct interval){.n = 0};
    sum.a = sum.b = 0;
    for (unsigned pair = 0; pair < pairs; pair++) {
        struct judged at;
        struct interval one;

        if (!of_samples(samples, c, pair, looks, &at, &one))
            return false;
        sum.a += at.a / pairs;
        sum.b += at.b / pairs;
        difference_mean_add(interval, &one, pairs);
    }
    difference_mean_end(interval, out->n);
    *out = sum;
    return true;
}

static struct judged judge_at(struct compare_samples *samples, const struct comparison *comparison,
                              const struct compare_condition *c, unsigned pair, unsigned looks)
{
    struct judged out = {.met = COMPARE_NOT_MET};
    struct interval interval = condition_of_values(comparison, c, pair, looks, &out), better = interval;
    bool sampled = pair == COMPARE_ALL_PAIRS
                       ? of_all_samples(samples, c, comparison->pairs->len, looks, &out, &better)
                       : of_samples(samples, c, pair, looks, &out, &better);

    if (sampled)
        interval = better;
    out.note = interval.note;
    if (out.empty_b > out.empty_a)
        out.met = COMPARE_MET;
    else if (out.empty_b == out.empty_a && out.n > 0 && !isnan(interval.estimate))
        out.met = of_interval(c, &interval, out.pairs);
    return out;
}

static void add_numbers(GString *to, const struct judged *at)
{
    char a[G_ASCII_DTOSTR_BUF_SIZE], b[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(to, "%s -> %s", g_ascii_formatd(a, sizeof a, "%.6g", at->a),
                           g_ascii_formatd(b, sizeof b, "%.6g", at->b));
}

static char *sentence(const struct comparison *comparison, const struct compare_condition *c, unsigned pair,
                      const struct judged *at)
{
    static const char *const words[] = {"not met", "not sure", "met"};
    GString *text = g_string_new(NULL);
    const char *name = pair == COMPARE_ALL_PAIRS
                           ? "over all points"
                           : g_array_index(comparison->pairs, struct compare_pair, pair).name;

    g_string_append_printf(text, "%s: %s%s%s: ", c->text, words[at->met], *name ? ", " : "", name);
    if (at->empty_b > at->empty_a)
        g_string_append_printf(text, "no value in %u of %u runs of B (A: %u), which counts as worse",
                               at->empty_b, at->n + MAX(at->empty_a, at->empty_b), at->empty_a);
    else if (at->n == 0 && at->empty_a == at->empty_b)
        g_string_append(text, "no value on either side");
    else if (at->empty_a > at->empty_b)
        g_string_append_printf(text, "no value in %u runs of A (B: %u), so that B is no worse", at->empty_a,
                               at->empty_b);
    else {
        add_numbers(text, at);
        if (at->note)
            g_string_append_printf(text, "; no interval (%s), so %s", at->note,
                                   at->met == COMPARE_NOT_SURE ? "it may be chance" : "the estimate decides");
        else if (at->met != COMPARE_NOT_MET)
            g_string_append(text, at->met == COMPARE_MET ? "; the 95 % interval lies wholly beyond"
                                                         : "; the 95 % interval reaches back");
    }
    return g_string_free(text, FALSE);
}

enum compare_met compare_condition_met(const struct comparison *comparison,
                                       const struct compare_condition *condition, char **why)
{
    unsigned pairs = comparison->pairs->len, looks = pairs > 1 ? pairs + 1 : 1, worst = 0;
    struct judged most = {.met = COMPARE_NOT_MET};
    struct compare_samples *samples, *everywhere;

    if (!comparison->a->known[condition->metric] || !comparison->b->known[condition->metric]) {
        *why = g_strdup_printf("%s: not met: results of one side do not have it, being of another version",
                               condition->text);
        return COMPARE_NOT_MET;
    }
    samples = compare_samples_new(comparison, false);
    everywhere = compare_samples_new(comparison, true);
    for (unsigned i = 0; i < looks; i++) {
        unsigned pair = i < pairs ? i : COMPARE_ALL_PAIRS;
        struct judged at = judge_at(i < pairs ? samples : everywhere, comparison, condition, pair, looks);

        if (i == 0 || at.met > most.met || (at.met == most.met && pair == COMPARE_ALL_PAIRS)) {
            most = at;
            worst = pair;
        }
    }
    compare_samples_free(samples);
    compare_samples_free(everywhere);
    *why = sentence(comparison, condition, worst, &most);
    return most.met;
}
