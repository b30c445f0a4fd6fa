/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* How often intervals hold what they are to hold: the truth is taken from all the runs in a file (five small
 * scenarios, hundreds of seeds each; tests/intervals makes it), then they are dealt into groups of n. Another
 * file of the kind: PULLSTORM_INTERVALS=FILE; more groups: PULLSTORM_INTERVALS_GROUPS=N. */
#include "sim/study/difference.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <string.h>

#define METRICS_MAX 16
/* Groups that are looked at for each number of replications; a deal takes all runs once. */
#define GROUPS 800

static unsigned groups(unsigned usual)
{
    const char *given = g_getenv("PULLSTORM_INTERVALS_GROUPS");

    return given ? (unsigned)g_ascii_strtoull(given, NULL, 10) : usual;
}

/* 95 % is meant, 93.75 % for the extremes of five runs; 400 seeds tell that to 1 or 2 %. Of 1500 seeds none
 * is below 93.5 % (tests/README.md). Student's t held 4 to 80 % of medians, percentiles and durations. */
#define HELD_LEAST 0.92

struct seed_run {
    double metrics[METRICS_MAX];
    char *text; /* as of distribution.csv */
};

struct scenario_runs {
    char *name;
    GArray *runs; /* struct seed_run */
};

static struct {
    char **metrics;
    GPtrArray *buckets;   /* char *, "FROM,TO" */
    GPtrArray *scenarios; /* struct scenario_runs * */
} data;

static const unsigned sizes[] = {2, 3, 5, 10, 20};

static struct scenario_runs *scenario_called(const char *name)
{
    struct scenario_runs *made;

    for (unsigned i = 0; i < data.scenarios->len; i++) {
        struct scenario_runs *known = g_ptr_array_index(data.scenarios, i);

        if (strcmp(known->name, name) == 0)
            return known;
    }
    made = g_new0(struct scenario_runs, 1);
    made->name = g_strdup(name);
    made->runs = g_array_new(FALSE, TRUE, sizeof(struct seed_run));
    g_ptr_array_add(data.scenarios, made);
    return made;
}

static void read_run(char **words)
{
    unsigned count = g_strv_length(data.metrics);
    struct seed_run run = {.text = NULL};
    GString *text = g_string_new("procedure,from_s,to_s,count\n");
    const char *procedure = NULL;

    g_assert_cmpuint(g_strv_length(words), >=, 2 + count);
    for (unsigned i = 0; i < count; i++)
        run.metrics[i] = g_ascii_strtod(words[2 + i], NULL);
    for (char **at = words + 2 + count; *at; at++) {
        char **parts = g_strsplit(*at, ":", 2);

        if (!parts[1])
            procedure = *at;
        else
            g_string_append_printf(
                text, "%s,%s,%s\n", procedure,
                (char *)g_ptr_array_index(data.buckets, (unsigned)g_ascii_strtoull(parts[0], NULL, 10)),
                parts[1]);
        g_strfreev(parts);
    }
    run.text = g_string_free(text, FALSE);
    g_array_append_val(scenario_called(words[0])->runs, run);
}

static void read_data(void)
{
    const char *given = g_getenv("PULLSTORM_INTERVALS");
    char *text = NULL, **lines;
    GError *error = NULL;

    g_file_get_contents(given ? given : VECTOR_DIR "/intervals/runs.txt", &text, NULL, &error);
    g_assert_no_error(error);
    lines = g_strsplit(text, "\n", -1);
    data.buckets = g_ptr_array_new_with_free_func(g_free);
    data.scenarios = g_ptr_array_new();
    for (char **line = lines; *line && **line; line++) {
        char **words = g_strsplit(*line, " ", -1);

        if (strcmp(words[0], "metrics") == 0)
            data.metrics = g_strdupv(words + 1);
        else if (strcmp(words[0], "bucket") == 0)
            g_ptr_array_add(data.buckets, g_strjoin(",", words[1], words[2], NULL));
        else
            read_run(words);
        g_strfreev(words);
    }
    g_strfreev(lines);
    g_free(text);
    g_assert_cmpuint(data.scenarios->len, ==, 5);
}

static unsigned metric_place(const char *name)
{
    for (unsigned i = 0; data.metrics[i]; i++)
        if (strcmp(data.metrics[i], name) == 0)
            return i;
    g_error("no metric %s", name);
}

/* What is measured: a metric, or with a share above 0 a quantile of a procedure. */
struct subject {
    const char *metric;
    double share;
    enum stats_kind kind;
    const char *unit;
};

static struct interval interval_over(const struct subject *subject, const GArray *runs, const unsigned *order,
                                     unsigned n)
{
    const struct stats_column column = {subject->metric, subject->unit, "", subject->kind};
    double *values = g_new0(double, n),
           ues = g_array_index(runs, struct seed_run, 0).metrics[metric_place("ues")];
    struct pool *pool = pool_new();
    struct interval out;

    for (unsigned i = 0; i < n; i++) {
        const struct seed_run *run = &g_array_index(runs, struct seed_run, order[i]);

        if (subject->share > 0)
            g_assert_true(pool_add(pool, run->text, subject->metric, 0));
        else
            values[i] = run->metrics[metric_place(subject->metric)];
    }
    out = subject->share > 0 ? pool_interval(pool, subject->share, values, 1)
                             : interval_of(&column, values, n, ues, 1);
    pool_free(pool);
    g_free(values);
    return out;
}

static void shuffle(unsigned *order, unsigned n, GRand *random)
{
    for (unsigned i = n - 1; i > 0; i--) {
        unsigned other = (unsigned)g_rand_int_range(random, 0, (gint32)i + 1), kept = order[i];

        order[i] = order[other];
        order[other] = kept;
    }
}

struct measured {
    unsigned intervals, held, none;
};

static struct measured deal(const struct subject *subject, const GArray *runs, unsigned n, double truth)
{
    struct measured m = {0, 0, 0};
    unsigned *order = g_new(unsigned, runs->len);
    GRand *random = g_rand_new_with_seed(2024);

    for (unsigned i = 0; i < runs->len; i++)
        order[i] = i;
    for (unsigned d = 0; d * (runs->len / n) < groups(GROUPS); d++) {
        shuffle(order, runs->len, random);
        for (unsigned at = 0; at + n <= runs->len; at += n) {
            struct interval interval = interval_over(subject, runs, order + at, n);

            if (interval.note) {
                g_assert_true(isnan(interval.low) && isnan(interval.high));
                m.none++;
                continue;
            }
            g_assert_cmpfloat(interval.low, <, interval.high);
            m.intervals++;
            m.held += interval.low <= truth && truth <= interval.high;
        }
    }
    g_rand_free(random);
    g_free(order);
    return m;
}

/* least: replications from which on there is an interval; none for fewer, in any group. */
static void cover(const struct scenario_runs *scenario, const struct subject *subject, unsigned least)
{
    unsigned *order = g_new(unsigned, scenario->runs->len);
    GString *line = g_string_new(NULL);
    double truth;

    for (unsigned i = 0; i < scenario->runs->len; i++)
        order[i] = i;
    truth = interval_over(subject, scenario->runs, order, scenario->runs->len).estimate;
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct measured m = deal(subject, scenario->runs, sizes[i], truth);
        double held = m.intervals ? (double)m.held / m.intervals : 0;

        if (m.intervals)
            g_string_append_printf(line, " %.1f", 100 * held);
        else
            g_string_append(line, " -");
        g_test_message("%s %s %g, n = %u: %.1f %% of %u hold %g, %u none", scenario->name, subject->metric,
                       subject->share, sizes[i], 100 * held, m.intervals, truth, m.none);
        if (sizes[i] < least)
            g_assert_cmpuint(m.intervals, ==, 0);
        else
            g_assert_cmpfloat(held, >=, HELD_LEAST);
    }
    g_test_message("| %s, %s %g |%s", scenario->name, subject->metric, subject->share, line->str);
    g_string_free(line, TRUE);
    g_free(order);
}

static void cover_all(const struct subject *subject, unsigned least)
{
    for (unsigned i = 0; i < data.scenarios->len; i++)
        cover(g_ptr_array_index(data.scenarios, i), subject, least);
}

static void test_quantiles(void)
{
    const struct subject median = {"time_to_key", 0.5, STATS_QUANTILE, "s"};
    const struct subject p99 = {"time_to_key", 0.99, STATS_QUANTILE, "s"};

    cover_all(&median, 3);
    cover_all(&p99, 3);
}

static void test_shifting(void)
{
    static const char *const procedures[] = {"gba", "update"};
    static const double shares[] = {0.5, 0.9, 0.99};

    for (size_t i = 0; i < G_N_ELEMENTS(procedures); i++)
        for (size_t k = 0; k < G_N_ELEMENTS(shares); k++) {
            const struct subject subject = {procedures[i], shares[k], STATS_QUANTILE, "s"};

            cover(scenario_called("shifting"), &subject, 3);
        }
}

static void test_means(void)
{
    const struct subject mean = {"time_to_key_mean_s", 0, STATS_MEAN, "s"};

    cover_all(&mean, 2);
}

/* Nothing holds below five. */
static void test_extremes(void)
{
    const struct subject duration = {"storm_duration_s", 0, STATS_EXTREME, "s"};
    const struct subject longest = {"time_to_key_max_s", 0, STATS_EXTREME, "s"};

    cover_all(&duration, 5);
    cover_all(&longest, 5);
}

static void test_counts(void)
{
    const struct subject without = {"ues_without_key", 0, STATS_COUNT, "1"};
    const struct subject keyed = {"ues_keyed_ratio", 0, STATS_SHARE, "ratio"};
    const struct subject pulls = {"pull_retransmissions", 0, STATS_COUNT, "1"};

    cover_all(&without, 2);
    cover_all(&keyed, 2);
    cover_all(&pulls, 2);
}

/* --- differences ---------------------------------------------------------------------------------------- */

/* Of what does not differ a test finds a difference in 5 % of cases at most. 800 groups have 6.5 % at
 * most, and the intervals hold 93 %; fewer are dealt here, for time. */
#define FEWER_GROUPS          200
#define FALSE_ALARMS_MOST     0.08
#define DIFFERENCE_HELD_LEAST 0.91

/* Runs of two scenarios; the i-th of both are a pair. */
struct sides {
    const struct subject *subject;
    const struct seed_run *a, *b;
    unsigned count;
};

static struct pool *pool_of(const struct sides *s, const unsigned *order, unsigned n, bool of_a, bool of_b)
{
    struct pool *pool = pool_new();

    for (unsigned i = 0; i < n && of_a; i++)
        g_assert_true(pool_add(pool, s->a[order[i]].text, s->subject->metric, 0));
    for (unsigned i = 0; i < n && of_b; i++)
        g_assert_true(pool_add(pool, s->b[order[i]].text, s->subject->metric, 0));
    return pool;
}

static struct difference quantile_difference(const struct sides *s, const unsigned *order, unsigned n)
{
    struct pool *pools[] = {pool_of(s, order, n, true, false), pool_of(s, order, n, false, true),
                            pool_of(s, order, n, true, true)};
    double *of = g_new0(double, 2 * n), share = s->subject->share;
    struct interval a = pool_interval(pools[0], share, of, 1), b = pool_interval(pools[1], share, of, 1);
    struct difference_pairs pairs = difference_pairs_of(pools[0], pools[1], pools[2], share, 1);
    struct difference found = difference_of_quantile(&a, &b, &pairs);

    difference_pairs_clear(&pairs);
    for (size_t i = 0; i < G_N_ELEMENTS(pools); i++)
        pool_free(pools[i]);
    g_free(of);
    return found;
}

static struct difference difference_over(const struct sides *s, const unsigned *order, unsigned n)
{
    const struct subject *subject = s->subject;
    const struct stats_column column = {subject->metric, subject->unit, "", subject->kind};
    double *a, *b;
    struct difference found;
    unsigned place;

    if (subject->share > 0)
        return quantile_difference(s, order, n);
    a = g_new(double, n);
    b = g_new(double, n);
    place = metric_place(subject->metric);
    for (unsigned i = 0; i < n; i++) {
        a[i] = s->a[order[i]].metrics[place];
        b[i] = s->b[order[i]].metrics[place];
    }
    found = difference_of(&column, a, b, n,
                          subject->kind == STATS_SHARE ? s->a[0].metrics[metric_place("ues")] : 1);
    g_free(a);
    g_free(b);
    return found;
}

struct differing {
    unsigned intervals, held, tests, alarms;
};

/* Groups of n pairs; truth: what their intervals are to hold. */
static struct differing deal_pairs(const struct sides *s, unsigned n, double truth)
{
    struct differing m = {0, 0, 0, 0};
    unsigned *order = g_new(unsigned, s->count);
    GRand *random = g_rand_new_with_seed(2024);

    for (unsigned i = 0; i < s->count; i++)
        order[i] = i;
    for (unsigned d = 0; d * (s->count / n) < groups(FEWER_GROUPS); d++) {
        shuffle(order, s->count, random);
        for (unsigned at = 0; at + n <= s->count; at += n) {
            struct difference found = difference_over(s, order + at, n);

            m.intervals += !found.interval.note;
            m.held += !found.interval.note && found.interval.low <= truth && truth <= found.interval.high;
            m.tests += !isnan(found.p);
            m.alarms += found.p < 0.05;
        }
    }
    g_rand_free(random);
    g_free(order);
    return m;
}

static bool too_few(const struct subject *subject, unsigned n)
{
    return (subject->kind == STATS_EXTREME && n < 5) || (subject->kind == STATS_QUANTILE && n < 3);
}

/* Two halves of the runs of one scenario differ by chance alone. */
static void alarm_at(const struct scenario_runs *scenario, const struct subject *subject)
{
    const struct seed_run *runs = (const struct seed_run *)(void *)scenario->runs->data;
    const unsigned half = scenario->runs->len / 2;
    const struct sides sides = {subject, runs, runs + half, half};

    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct differing m = deal_pairs(&sides, sizes[i], 0);

        g_test_message("%s %s %g, n = %u: %u alarms of %u", scenario->name, subject->metric, subject->share,
                       sizes[i], m.alarms, m.tests);
        g_assert_cmpuint(m.tests == 0, ==, too_few(subject, sizes[i]));
        g_assert_cmpfloat(m.alarms, <=, FALSE_ALARMS_MOST * m.tests);
    }
}

/* Two scenarios whose i-th runs have the same seed. */
static void hold_between(const struct scenario_runs *a, const struct scenario_runs *b,
                         const struct subject *subject)
{
    const struct sides sides = {subject, (const struct seed_run *)(void *)a->runs->data,
                                (const struct seed_run *)(void *)b->runs->data,
                                MIN(a->runs->len, b->runs->len)};
    unsigned *order = g_new(unsigned, sides.count);
    double truth;

    for (unsigned i = 0; i < sides.count; i++)
        order[i] = i;
    truth = difference_over(&sides, order, sides.count).interval.estimate;
    g_free(order);
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        struct differing m = deal_pairs(&sides, sizes[i], truth);
        double held = m.intervals ? (double)m.held / m.intervals : 1;

        g_test_message("%s to %s, %s %g, n = %u: %.1f %% of %u hold %g", a->name, b->name, subject->metric,
                       subject->share, sizes[i], 100 * held, m.intervals, truth);
        if (too_few(subject, sizes[i]))
            g_assert_cmpuint(m.intervals, ==, 0);
        g_assert_cmpfloat(held, >=, DIFFERENCE_HELD_LEAST);
    }
}

static const struct subject compared[] = {
    {"time_to_key", 0.5, STATS_QUANTILE, "s"},     {"time_to_key", 0.99, STATS_QUANTILE, "s"},
    {"time_to_key_mean_s", 0, STATS_MEAN, "s"},    {"storm_duration_s", 0, STATS_EXTREME, "s"},
    {"time_to_key_max_s", 0, STATS_EXTREME, "s"},  {"bmsc_queue_max", 0, STATS_EXTREME, "1"},
    {"pull_retransmissions", 0, STATS_COUNT, "1"}, {"ues_without_key", 0, STATS_COUNT, "1"},
};

static void test_false_alarms(void)
{
    for (unsigned s = 0; s < data.scenarios->len; s++)
        for (size_t i = 0; i < G_N_ELEMENTS(compared); i++)
            alarm_at(g_ptr_array_index(data.scenarios, s), &compared[i]);
}

static void test_differences(void)
{
    for (unsigned s = 1; s < data.scenarios->len; s++)
        for (size_t i = 0; i < G_N_ELEMENTS(compared); i++)
            hold_between(scenario_called("calm"), g_ptr_array_index(data.scenarios, s), &compared[i]);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    read_data();
    tap_add_chance("/study/coverage/quantiles", test_quantiles);
    tap_add_chance("/study/coverage/shifting", test_shifting);
    tap_add_chance("/study/coverage/means", test_means);
    tap_add_chance("/study/coverage/extremes", test_extremes);
    tap_add_chance("/study/coverage/counts", test_counts);
    tap_add_chance("/study/coverage/false-alarms", test_false_alarms);
    tap_add_chance("/study/coverage/differences", test_differences);
    return g_test_run();
}
