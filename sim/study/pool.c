/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The samples of several runs. */
#include "sim/study/pool_private.h"

#include <math.h>
#include <string.h>

/* A row of distribution.csv is shorter. */
#define LINE_MAX_BYTES 200

struct pool *pool_new(void)
{
    struct pool *pool = g_new0(struct pool, 1);

    pool->rows = g_array_new(FALSE, FALSE, sizeof(struct pool_row));
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
static bool read_row(const char *line, struct pool_row *row)
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
    struct pool_row row = {.run = pool->wholes->len};

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
    const struct pool_row *left = a, *right = b;

    if (left->to != right->to)
        return left->to < right->to ? -1 : 1;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return (left->run > right->run) - (left->run < right->run);
}

const struct pool_row *pool_rows(struct pool *pool)
{
    if (!pool->in_order)
        g_array_sort(pool->rows, by_end);
    pool->in_order = true;
    return (const struct pool_row *)(void *)pool->rows->data;
}

const struct crossing crossing_nowhere = {0, (double)NAN};

void crossing_look(struct crossing *c, double wanted, double now, double from, double to)
{
    if (!isnan(c->value))
        return;
    if (now >= wanted)
        c->value = from + (to - from) * (now > c->reached ? (wanted - c->reached) / (now - c->reached) : 1);
    c->reached = MAX(c->reached, now);
}

double pool_whole(const struct pool *pool, unsigned run)
{
    return g_array_index(pool->wholes, double, run);
}

double pool_all(const struct pool *pool)
{
    double all = 0;

    for (unsigned i = 0; i < pool->wholes->len; i++)
        all += pool_whole(pool, i);
    return all;
}

double pool_quantile(struct pool *pool, double share)
{
    struct crossing crossing = crossing_nowhere;
    const struct pool_row *rows = pool_rows(pool);
    double all = pool_all(pool), below = 0;

    for (unsigned i = 0; i < pool->rows->len;) {
        unsigned first = i;

        for (; i < pool->rows->len && rows[i].to == rows[first].to; i++)
            below += rows[i].count;
        crossing_look(&crossing, share, below / all, rows[first].from, rows[first].to);
    }
    return crossing.value;
}

/* Samples are added up whole before they are shares: runs with as many have the same to the last bit. */
void pool_shares(const struct pool *pool, double value, double *shares)
{
    memset(shares, 0, pool->wholes->len * sizeof *shares);
    for (unsigned i = 0; i < pool->rows->len; i++) {
        const struct pool_row *row = &g_array_index(pool->rows, struct pool_row, i);

        if (row->to <= value)
            shares[row->run] += row->count;
        else if (row->from < value)
            shares[row->run] += row->count * ((value - row->from) / (row->to - row->from));
    }
    for (unsigned i = 0; i < pool->wholes->len; i++)
        shares[i] = pool_whole(pool, i) > 0 ? shares[i] / pool_whole(pool, i) : (double)NAN;
}
