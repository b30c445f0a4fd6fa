/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Quantiles of the samples of several runs. */
#include "sim/study/interval.h"
#include "sim/study/statistics.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <string.h>

/* Samples beyond a quantile from which on the spread of the runs alone tells of it. */
#define BEYOND_FEW 30
/* A row of distribution.csv is shorter. */
#define LINE_MAX_BYTES 200

struct row {
    unsigned run;
    double from, to;
    double count;
};

struct pool {
    GArray *rows;   /* struct row */
    GArray *wholes; /* double, of each run */
    bool in_order;
};

struct pool *pool_new(void)
{
    struct pool *pool = g_new0(struct pool, 1);

    pool->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
    pool->wholes = g_array_new(FALSE, FALSE, sizeof(double));
    return pool;
}

void pool_free(struct pool *pool)
{
    g_array_free(pool->rows, TRUE);
    g_array_free(pool->wholes, TRUE);
    g_free(pool);
}

/* "from,to,count"; the line ends there. */
static bool read_row(const char *line, struct row *row)
{
    char *end;

    row->from = g_ascii_strtod(line, &end);
    if (end == line || *end != ',')
        return false;
    line = end + 1;
    row->to = g_ascii_strtod(line, &end);
    if (end == line || *end != ',' || !(row->to >= row->from))
        return false;
    line = end + 1;
    row->count = (double)g_ascii_strtoull(line, &end, 10);
    return end != line && !*end && isfinite(row->from) && isfinite(row->to);
}

bool pool_add(struct pool *pool, const char *text, const char *procedure, double whole)
{
    const char *end = text + strlen(text);
    size_t length = strlen(procedure);
    double count = 0;
    struct row row = {.run = pool->wholes->len};

    for (const char *at = text, *next; at < end; at = next) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        char line[LINE_MAX_BYTES];
        size_t rest;

        if (!stop || stop - at >= (ptrdiff_t)sizeof line)
            return false;
        next = stop + 1;
        if ((size_t)(stop - at) <= length || memcmp(at, procedure, length) != 0 || at[length] != ',')
            continue;
        rest = (size_t)(stop - at) - length - 1;
        memcpy(line, at + length + 1,
               rest); /* g_strlcpy() would look for the end of the whole text each time */
        line[rest] = '\0';
        if (!read_row(line, &row))
            return false;
        g_array_append_val(pool->rows, row);
        count += row.count;
    }
    whole = MAX(whole, count);
    g_array_append_val(pool->wholes, whole);
    pool->in_order = false;
    return true;
}

bool pool_empty(const struct pool *pool)
{
    return pool->rows->len == 0;
}

static int by_end(gconstpointer a, gconstpointer b)
{
    const struct row *left = a, *right = b;

    if (left->to != right->to)
        return left->to < right->to ? -1 : 1;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return (left->run > right->run) - (left->run < right->run);
}

/* --- how much is below ---------------------------------------------------------------------------------- */

/* Samples up to a value: of each run, and sums over the runs. */
struct below {
    double *of_run;
    double all, squares, products; /* products: with the run's whole */
    double wholes, whole_squares;
    unsigned n;
};

static struct below below_none(const struct pool *pool)
{
    struct below b = {.n = pool->wholes->len};

    b.of_run = g_new0(double, b.n);
    for (unsigned i = 0; i < b.n; i++) {
        double whole = g_array_index(pool->wholes, double, i);

        b.wholes += whole;
        b.whole_squares += whole * whole;
    }
    return b;
}

static void below_add(struct below *b, const struct row *row, double whole)
{
    double before = b->of_run[row->run], now = before + row->count;

    b->of_run[row->run] = now;
    b->all += row->count;
    b->squares += now * now - before * before;
    b->products += row->count * whole;
}

/* Standard error of the share below, the runs being clusters (a ratio estimate). */
static double below_error(const struct below *b)
{
    double share = b->all / b->wholes;
    double squares = b->squares - 2 * share * b->products + share * share * b->whole_squares;

    return sqrt(MAX(squares, 0) * b->n / (b->n - 1)) / b->wholes;
}

/* --- the interval --------------------------------------------------------------------------------------- */

/* The first value at which something that grows with the share below reaches the share wanted. */
struct crossing {
    double reached; /* so far, the most */
    double value;   /* NaN: not yet */
};

/* It is `now` at the end of a row. */
static void cross(struct crossing *c, double wanted, double now, double from, double to)
{
    if (!isnan(c->value))
        return;
    if (now >= wanted)
        c->value = from + (to - from) * (now > c->reached ? (wanted - c->reached) / (now - c->reached) : 1);
    c->reached = MAX(c->reached, now);
}

/* How far the share below may be off to either side by the order of the samples; high is infinite where they
 * are too few. */
struct ranks {
    double low, high;
};

/* The least k that a binomial variable exceeds in at most `miss` of cases. */
static unsigned exceeded_in(unsigned n, double share, double miss)
{
    unsigned low = 0, high = n;

    while (low < high) {
        unsigned middle = low + (high - low) / 2;

        if (gsl_cdf_binomial_Q(middle, share, n) <= miss)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static struct ranks ranks_of(double share, double count, double miss)
{
    unsigned n = (unsigned)count;
    unsigned low = n - exceeded_in(n, 1 - share, miss / 2), high = exceeded_in(n, share, miss / 2) + 1;

    return (struct ranks){share - low / count, high > n ? INFINITY : high / count - share};
}

struct search {
    double share, t;
    struct ranks ranks;
    struct crossing low, high, middle;
};

/* Rows of the same end are of all runs together. */
static void look_at(struct search *s, const struct below *b, double from, double to)
{
    double share = b->all / b->wholes, half = b->n > 1 ? s->t * below_error(b) : 0;

    cross(&s->low, s->share, share + MAX(half, s->ranks.low), from, to);
    cross(&s->high, s->share, share - MAX(half, s->ranks.high), from, to);
    cross(&s->middle, s->share, share, from, to);
}

static void search(struct pool *pool, struct search *s)
{
    struct below b = below_none(pool);
    const struct row *rows = (const struct row *)(void *)pool->rows->data;

    for (unsigned i = 0; i < pool->rows->len;) {
        unsigned first = i;

        for (; i < pool->rows->len && rows[i].to == rows[first].to; i++)
            below_add(&b, &rows[i], g_array_index(pool->wholes, double, rows[i].run));
        look_at(s, &b, rows[first].from, rows[first].to);
    }
    g_free(b.of_run);
}

static double beyond(const struct pool *pool, double share)
{
    double all = 0;

    for (unsigned i = 0; i < pool->wholes->len; i++)
        all += g_array_index(pool->wholes, double, i);
    return all * MIN(share, 1 - share);
}

static struct interval verdict(const struct search *s, unsigned n)
{
    struct interval out = {n, s->middle.value, 0, (double)NAN, (double)NAN, NULL};

    if (isnan(out.estimate))
        out.note = "not reached";
    else if (n < 2 || isnan(s->high.value))
        out.note = interval_too_few;
    else if (!(s->low.value < s->high.value))
        out.note = interval_alike;
    else {
        out.low = s->low.value;
        out.high = s->high.value;
    }
    return out;
}

struct interval pool_interval(struct pool *pool, double share, const double *of, unsigned looks)
{
    unsigned n = pool->wholes->len;
    const struct crossing nowhere = {0, (double)NAN};
    struct search s = {.share = share, .low = nowhere, .high = nowhere, .middle = nowhere};
    struct interval out;

    if (!pool->in_order)
        g_array_sort(pool->rows, by_end);
    pool->in_order = true;
    if (n > 1)
        s.t = statistics_t(n - 1, looks);
    if (n > 0 && (n == 2 || beyond(pool, share) < BEYOND_FEW) && beyond(pool, share) > 0)
        s.ranks = ranks_of(share, round(beyond(pool, share) / MIN(share, 1 - share)), 0.05 / looks);
    search(pool, &s);
    out = verdict(&s, n);
    out.sd = statistics_of(of, n).sd;
    return out;
}

/* Samples are added up whole before they are shares: runs with as many have the same to the last bit. */
void pool_shares(const struct pool *pool, double value, double *shares)
{
    memset(shares, 0, pool->wholes->len * sizeof *shares);
    for (unsigned i = 0; i < pool->rows->len; i++) {
        const struct row *row = &g_array_index(pool->rows, struct row, i);

        if (row->to <= value)
            shares[row->run] += row->count;
        else if (row->from < value)
            shares[row->run] += row->count * ((value - row->from) / (row->to - row->from));
    }
    for (unsigned i = 0; i < pool->wholes->len; i++)
        if (shares[i] > 0)
            shares[i] /= g_array_index(pool->wholes, double, i);
}
