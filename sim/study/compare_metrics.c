/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* How far each metric differs, at each pair of points and over all of them, and which really do. */
#include "sim/study/compare_private.h"
#include "sim/study/metric.h"

#include <math.h>

#define ERROR_SHARE 0.05 /* of what is called different */

const char *compare_verdict_name(enum compare_verdict verdict)
{
    static const char *const names[] = {"alike", "within chance", "differs",  "too few runs",
                                        "lost",  "gained",        "no value", "not in both"};

    return names[verdict];
}

static const struct compare_pair *pair_of(const struct comparison *comparison, unsigned pair)
{
    return &g_array_index(comparison->pairs, struct compare_pair, pair);
}

static const struct compare_run *run_of(const GArray *runs, unsigned place)
{
    return g_array_index(runs, const struct compare_run *, place);
}

bool compare_metric(const struct study_host *host, const char *name, unsigned *metric, GError **error)
{
    int place = metric_place(host, name);

    if (place < 0)
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_UNKNOWN, "unknown metric \"%s\", did you mean %s?",
                    name, metric_nearest(host, name));
    else if (host->metrics[place].kind == STATS_WORD)
        g_set_error(
            error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
            "%s is a word, which has no difference; expected a number, such as overloaded or collapsed",
            name);
    else {
        *metric = (unsigned)place;
        return true;
    }
    return false;
}

/* --- values --------------------------------------------------------------------------------------------- */

static void add_values(struct compare_values *v, double a, double b)
{
    v->pairs++;
    v->empty_a += isnan(a);
    v->empty_b += isnan(b);
    if (isnan(a) || isnan(b))
        return;
    v->a[v->n] = a;
    v->b[v->n++] = b;
}

static struct compare_values new_values(unsigned most)
{
    return (struct compare_values){.a = g_new(double, MAX(most, 1)), .b = g_new(double, MAX(most, 1))};
}

static struct compare_values of_pair(const struct comparison *c, unsigned pair, unsigned metric)
{
    const struct compare_pair *p = pair_of(c, pair);
    struct compare_values v = new_values(p->runs_a->len);

    for (unsigned i = 0; i < p->runs_a->len; i++)
        add_values(&v, run_of(p->runs_a, i)->metrics[metric], run_of(p->runs_b, i)->metrics[metric]);
    return v;
}

/* Of a replication the means over all pairs of points: points share random numbers, replications do not. */
static struct compare_values of_all(const struct comparison *c, unsigned metric)
{
    const unsigned n = pair_of(c, 0)->everywhere->len;
    struct compare_values v = new_values(n);

    for (unsigned i = 0; i < n; i++) {
        double a = 0, b = 0;

        for (unsigned p = 0; p < c->pairs->len; p++) {
            const struct compare_pair *pair = pair_of(c, p);
            unsigned place = g_array_index(pair->everywhere, unsigned, i);

            a += run_of(pair->runs_a, place)->metrics[metric];
            b += run_of(pair->runs_b, place)->metrics[metric];
        }
        add_values(&v, a / c->pairs->len, b / c->pairs->len);
    }
    return v;
}

struct compare_values compare_values(const struct comparison *comparison, unsigned pair, unsigned metric)
{
    return pair == COMPARE_ALL_PAIRS ? of_all(comparison, metric) : of_pair(comparison, pair, metric);
}

void compare_values_clear(struct compare_values *values)
{
    g_clear_pointer(&values->a, g_free);
    g_clear_pointer(&values->b, g_free);
}

/* UEs, or what else shares are of, in a run of a pair. */
static double whole_of(const struct comparison *c, unsigned pair)
{
    double whole = metric_whole(c->host, run_of(pair_of(c, pair)->runs_a, 0)->metrics, c->host->ues);

    return whole > 0 ? whole : 1;
}

double compare_events(const struct comparison *comparison, unsigned pair, unsigned metric)
{
    bool share = comparison->host->metrics[metric].kind == STATS_SHARE;
    double events = 0;

    if (pair != COMPARE_ALL_PAIRS)
        return share ? whole_of(comparison, pair) : 1;
    for (unsigned i = 0; i < comparison->pairs->len; i++)
        events += share ? whole_of(comparison, i) : 1;
    return events;
}

/* --- differences ---------------------------------------------------------------------------------------- */

static bool equal(const struct compare_values *v)
{
    return memcmp(v->a, v->b, v->n * sizeof *v->a) == 0;
}

/* What can be said without p. COMPARE_UNTOLD: p has to say more, if there is one. */
static enum compare_verdict first_verdict(const struct comparison *c, unsigned metric,
                                          const struct compare_values *v)
{
    if (!c->a->known[metric] || !c->b->known[metric])
        return COMPARE_ABSENT;
    if (v->empty_b != v->empty_a)
        return v->empty_b > v->empty_a ? COMPARE_LOST : COMPARE_GAINED;
    if (v->n == 0)
        return COMPARE_NO_VALUE;
    return equal(v) ? COMPARE_ALIKE : COMPARE_UNTOLD;
}

/* Of the runs' own values, which is all there is for what is no quantile. */
static struct difference metric_of_values(const struct comparison *c, unsigned pair, unsigned metric,
                                          const struct compare_values *v)
{
    return difference_of(&c->host->metrics[metric], v->a, v->b, v->n, compare_events(c, pair, metric));
}

/* Adds a metric; d: the difference, NULL: of the runs' own values. */
static void add_result(struct comparison *c, unsigned pair, unsigned metric, const struct difference *d,
                       GArray *to)
{
    struct compare_values v = compare_values(c, pair, metric);
    struct compare_result result = {
        .pair = pair, .metric = metric, .pairs = v.pairs, .empty_a = v.empty_a, .empty_b = v.empty_b};

    result.difference = d ? *d : metric_of_values(c, pair, metric, &v);
    result.verdict = first_verdict(c, metric, &v);
    if (result.verdict == COMPARE_UNTOLD && isnan(result.difference.interval.estimate))
        result.verdict = COMPARE_NO_VALUE; /* of runs that have one each, pooled: not reached */
    if (result.verdict == COMPARE_ABSENT || result.verdict == COMPARE_NO_VALUE)
        result.difference.p = (double)NAN;
    g_array_append_val(to, result);
    compare_values_clear(&v);
}

/* Means over pairs of points of what their samples say of a quantile, of the replications that all of them
 * have. The intervals' ends as well: points share random numbers, so that what is off at one is off at
 * all. */
struct mean_quantile {
    struct difference difference;
    double *contrasts; /* of each replication */
    unsigned n;
    unsigned pairs; /* of points; 0: not all have samples */
};

static void add_quantile(struct mean_quantile *to, const struct compare_quantile *q, unsigned pairs)
{
    struct interval interval = difference_of_pools(&q->a, &q->b, 1, &q->pairs);

    if (to->pairs++ == 0) {
        to->n = q->pairs.n;
        to->contrasts = g_new0(double, MAX(q->pairs.n, 1));
    }
    g_assert(to->n == q->pairs.n);
    for (unsigned i = 0; i < to->n; i++)
        to->contrasts[i] += q->pairs.contrasts[i] / pairs;
    to->difference.a += q->a.estimate / pairs;
    to->difference.b += q->b.estimate / pairs;
    difference_mean_add(&to->difference.interval, &interval, pairs);
}

static void end_quantile(struct mean_quantile *m)
{
    struct difference *d = &m->difference;

    difference_mean_end(&d->interval, m->n);
    d->relative = d->a > 0 && d->b >= 0 ? d->b / d->a - 1 : (double)NAN;
    d->relative_low = d->relative_high = (double)NAN;
    d->p = difference_p_of_contrasts(m->contrasts, m->n, &d->interval);
}

/* Words have no difference; what they say is in columns of 0 and 1, too. */
static bool left_out(const struct comparison *c, unsigned metric, const bool *metrics)
{
    return c->host->metrics[metric].kind == STATS_WORD || (metrics && !metrics[metric]);
}

/* own: the quantile of all runs of the pair; NULL: none. */
static void measure_mean(const struct comparison *c, unsigned pair, unsigned metric,
                         struct compare_samples *everywhere, const struct compare_quantile *own,
                         struct mean_quantile *mean)
{
    const struct compare_pair *p = pair_of(c, pair);
    struct compare_quantile q = {.pairs = {.n = 0}};

    if (c->pairs->len == 1)
        return;
    if (p->everywhere->len == p->runs_a->len) {
        if (own)
            add_quantile(mean, own, c->pairs->len);
    } else if (compare_quantile_of(everywhere, pair, metric, 1, &q))
        add_quantile(mean, &q, c->pairs->len);
    difference_pairs_clear(&q.pairs);
}

static void measure_pair(struct comparison *c, unsigned pair, const bool *metrics,
                         struct mean_quantile *means)
{
    struct compare_samples *samples = compare_samples_new(c, false),
                           *everywhere = compare_samples_new(c, true);

    for (unsigned metric = 0; metric < c->host->metric_count; metric++) {
        struct compare_quantile q = {.pairs = {.n = 0}};
        struct difference d;
        bool found;

        if (left_out(c, metric, metrics))
            continue;
        found = compare_quantile_of(samples, pair, metric, 1, &q);
        if (found)
            d = difference_of_quantile(&q.a, &q.b, &q.pairs);
        add_result(c, pair, metric, found ? &d : NULL, c->results);
        measure_mean(c, pair, metric, everywhere, found ? &q : NULL, &means[metric]);
        difference_pairs_clear(&q.pairs);
    }
    compare_samples_free(samples);
    compare_samples_free(everywhere);
}

static void measure_all(struct comparison *c, const bool *metrics, struct mean_quantile *means)
{
    for (unsigned metric = 0; metric < c->host->metric_count; metric++) {
        bool quantile = means[metric].pairs == c->pairs->len;

        if (left_out(c, metric, metrics))
            continue;
        if (quantile)
            end_quantile(&means[metric]);
        add_result(c, COMPARE_ALL_PAIRS, metric, quantile ? &means[metric].difference : NULL, c->together);
    }
}

/* What is the same in each pair cannot come out as different, so it does not count among those looked at; nor
 * does what the scenario says. */
static bool is_test(const struct comparison *c, const struct compare_result *result)
{
    return result->verdict == COMPARE_UNTOLD && c->host->metrics[result->metric].kind != STATS_FIXED;
}

static void judge(const struct comparison *c, GArray *results)
{
    double *p = g_new(double, MAX(results->len, 1));

    for (unsigned i = 0; i < results->len; i++) {
        const struct compare_result *result = &g_array_index(results, struct compare_result, i);

        p[i] = is_test(c, result) ? result->difference.p : (double)NAN;
    }
    difference_adjust(p, results->len);
    for (unsigned i = 0; i < results->len; i++) {
        struct compare_result *result = &g_array_index(results, struct compare_result, i);

        result->adjusted = p[i];
        if (result->verdict == COMPARE_UNTOLD && c->host->metrics[result->metric].kind == STATS_FIXED)
            result->verdict = COMPARE_DIFFERS;
        else if (!isnan(p[i]))
            result->verdict = p[i] < ERROR_SHARE ? COMPARE_DIFFERS : COMPARE_CHANCE;
    }
    g_free(p);
}

void compare_measure(struct comparison *comparison, const bool *metrics)
{
    struct mean_quantile *means = g_new0(struct mean_quantile, comparison->host->metric_count);

    for (unsigned pair = 0; pair < comparison->pairs->len; pair++)
        measure_pair(comparison, pair, metrics, means);
    if (comparison->pairs->len > 1)
        measure_all(comparison, metrics, means);
    judge(comparison, comparison->results);
    judge(comparison, comparison->together);
    for (unsigned metric = 0; metric < comparison->host->metric_count; metric++)
        g_free(means[metric].contrasts);
    g_free(means);
}

/* --- order ---------------------------------------------------------------------------------------------- */

static unsigned rank_of(enum compare_verdict verdict)
{
    static const unsigned ranks[] = {
        [COMPARE_LOST] = 0,   [COMPARE_GAINED] = 1, [COMPARE_DIFFERS] = 2,  [COMPARE_UNTOLD] = 3,
        [COMPARE_CHANCE] = 4, [COMPARE_ALIKE] = 5,  [COMPARE_NO_VALUE] = 6, [COMPARE_ABSENT] = 7};

    return ranks[verdict];
}

/* From 0 (alike) to 1 (one side is 0). */
static double size_of(const struct compare_result *result)
{
    double all = fabs(result->difference.a) + fabs(result->difference.b);

    return all > 0 ? fabs(result->difference.b - result->difference.a) / all : 0;
}

static int in_order(gconstpointer a, gconstpointer b)
{
    const struct compare_result *left = a, *right = b;
    unsigned first = rank_of(left->verdict), second = rank_of(right->verdict);

    if (first != second)
        return first < second ? -1 : 1;
    if (left->verdict == COMPARE_DIFFERS || left->verdict == COMPARE_UNTOLD) {
        double size = size_of(left), other = size_of(right);

        if (size != other)
            return size > other ? -1 : 1;
    }
    if (left->pair != right->pair)
        return left->pair < right->pair ? -1 : 1;
    return left->metric < right->metric ? -1 : left->metric > right->metric;
}

GArray *compare_in_order(const GArray *results)
{
    GArray *order = g_array_sized_new(FALSE, FALSE, sizeof(struct compare_result), results->len);

    g_array_append_vals(order, results->data, results->len);
    g_array_sort(order, in_order);
    return order;
}
