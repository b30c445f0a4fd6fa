/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The cheapest combination of two keys. */
#include "sim/study/plan_frontier.h"

#include <glib.h>
#include <string.h>

/* Values of each key in the grid of combinations. */
#define SIDE_MOST 3

/* The combinations turned so that more of either index is better: row i of the view is row i, or row i from
 * the end. */
struct view {
    const struct search_seen *seen;
    const struct frontier_grid *grid;
    bool rows_turned, columns_turned;
    enum verdict *implied; /* in the order of the view */
};

static unsigned place(const struct view *view, unsigned i, unsigned j)
{
    unsigned row = view->rows_turned ? view->grid->rows - 1 - i : i;
    unsigned column = view->columns_turned ? view->grid->columns - 1 - j : j;

    return row * view->grid->columns + column;
}

static enum verdict seen_at(const struct view *view, unsigned i, unsigned j)
{
    return view->seen[place(view, i, j)].verdict;
}

static enum verdict *implied_at(const struct view *view, unsigned i, unsigned j)
{
    return &view->implied[i * view->grid->columns + j];
}

static unsigned looked(const struct view *view)
{
    unsigned count = view->grid->rows * view->grid->columns, known = 0;

    for (unsigned p = 0; p < count; p++)
        known += view->seen[p].verdict != VERDICT_UNKNOWN;
    return known;
}

/* The cheapest known combination that meets, of equal ones the first; SEARCH_NONE: there is none. */
static unsigned cheapest(const struct view *view)
{
    unsigned best = SEARCH_NONE, count = view->grid->rows * view->grid->columns;

    for (unsigned p = 0; p < count; p++)
        if (view->seen[p].verdict == VERDICT_MEETS &&
            (best == SEARCH_NONE || view->grid->ranks[p] < view->grid->ranks[best]))
            best = p;
    return best;
}

/* --- what follows from what ----------------------------------------------------------------------------- */

/* What meets makes all that has more of either meet. */
static void imply_upwards(const struct view *view)
{
    for (unsigned i = 0; i < view->grid->rows; i++)
        for (unsigned j = 0; j < view->grid->columns; j++) {
            bool meets = seen_at(view, i, j) == VERDICT_MEETS ||
                         (i > 0 && *implied_at(view, i - 1, j) == VERDICT_MEETS) ||
                         (j > 0 && *implied_at(view, i, j - 1) == VERDICT_MEETS);

            *implied_at(view, i, j) = meets ? VERDICT_MEETS : VERDICT_UNKNOWN;
        }
}

/* What fails makes all that has less fail. False: something that is to meet fails. */
static bool imply_downwards(const struct view *view)
{
    bool monotone = true;

    for (unsigned i = view->grid->rows; i-- > 0;)
        for (unsigned j = view->grid->columns; j-- > 0;) {
            bool fails = seen_at(view, i, j) == VERDICT_FAILS ||
                         (i + 1 < view->grid->rows && *implied_at(view, i + 1, j) == VERDICT_FAILS) ||
                         (j + 1 < view->grid->columns && *implied_at(view, i, j + 1) == VERDICT_FAILS);

            monotone = monotone && !(fails && *implied_at(view, i, j) == VERDICT_MEETS);
            if (fails)
                *implied_at(view, i, j) = VERDICT_FAILS;
        }
    return monotone;
}

/* Turns the view so that what is known is monotone; more of both is taken to be better if nothing speaks
 * against it. False: it is not monotone any way. */
static bool orient(struct view *view)
{
    for (unsigned turn = 0; turn < 4; turn++) {
        view->rows_turned = turn & 1;
        view->columns_turned = turn >> 1;
        imply_upwards(view);
        if (imply_downwards(view))
            return true;
    }
    view->rows_turned = view->columns_turned = false;
    return false;
}

void frontier_implied(const struct search_seen *seen, const struct frontier_grid *grid, enum verdict *out)
{
    struct view view = {seen, grid, false, false, g_new(enum verdict, grid->rows * grid->columns)};
    bool follows = orient(&view) && cheapest(&view) != SEARCH_NONE;

    for (unsigned i = 0; i < grid->rows; i++)
        for (unsigned j = 0; j < grid->columns; j++)
            out[place(&view, i, j)] = follows ? *implied_at(&view, i, j) : seen_at(&view, i, j);
    g_free(view.implied);
}

/* --- the next look -------------------------------------------------------------------------------------- */

/* Combinations among which a look is to be chosen, and how many lie below and to the left of each of
 * them, and above and to the right (with itself). */
struct choice {
    bool *open;
    unsigned *below, *above;
    unsigned *dearer; /* by rank: how many of them cost as much or more */
};

static void count_quadrants(const struct view *view, struct choice *c)
{
    unsigned rows = view->grid->rows, columns = view->grid->columns;

    for (unsigned i = 0; i < rows; i++)
        for (unsigned j = 0; j < columns; j++)
            c->below[i * columns + j] = c->open[i * columns + j] + (i ? c->below[(i - 1) * columns + j] : 0) +
                                        (j ? c->below[i * columns + j - 1] : 0) -
                                        (i && j ? c->below[(i - 1) * columns + j - 1] : 0);
    for (unsigned i = rows; i-- > 0;)
        for (unsigned j = columns; j-- > 0;) {
            bool up = i + 1 < rows, right = j + 1 < columns;

            c->above[i * columns + j] = c->open[i * columns + j] +
                                        (up ? c->above[(i + 1) * columns + j] : 0) +
                                        (right ? c->above[i * columns + j + 1] : 0) -
                                        (up && right ? c->above[(i + 1) * columns + j + 1] : 0);
        }
}

static void count_dearer(const struct view *view, struct choice *c)
{
    unsigned count = view->grid->rows * view->grid->columns;

    memset(c->dearer, 0, (count + 1) * sizeof *c->dearer);
    for (unsigned i = 0; i < view->grid->rows; i++)
        for (unsigned j = 0; j < view->grid->columns; j++)
            c->dearer[view->grid->ranks[place(view, i, j)]] += c->open[i * view->grid->columns + j];
    for (unsigned rank = count; rank-- > 0;)
        c->dearer[rank] += c->dearer[rank + 1];
}

/* The open combination that leaves fewest open, if it meets and if it fails: if it fails, those below are
 * done; if it meets, those that are not cheaper are (by cost), or those above. */
static unsigned most_telling(const struct view *view, struct choice *c, bool by_cost)
{
    unsigned best = SEARCH_NONE, most = 0;

    count_quadrants(view, c);
    count_dearer(view, c);
    for (unsigned i = 0; i < view->grid->rows; i++)
        for (unsigned j = 0; j < view->grid->columns; j++) {
            unsigned at = i * view->grid->columns + j;
            unsigned met = by_cost ? c->dearer[view->grid->ranks[place(view, i, j)]] : c->above[at];
            /* That one meets which is to meet needs no luck. */
            unsigned least = view->implied[at] == VERDICT_MEETS ? met : MIN(met, c->below[at]);
            unsigned told = least * (FRONTIER_PLACES_MAX + 1) + MAX(met, c->below[at]);

            if (!c->open[at] || told <= most)
                continue;
            most = told;
            best = place(view, i, j);
        }
    return best;
}

/* What may be cheaper than `best`; SEARCH_NONE: nothing. */
static unsigned cheaper(const struct view *view, struct choice *c, unsigned best)
{
    for (unsigned i = 0; i < view->grid->rows; i++)
        for (unsigned j = 0; j < view->grid->columns; j++) {
            unsigned at = i * view->grid->columns + j, p = place(view, i, j);

            c->open[at] = view->seen[p].verdict == VERDICT_UNKNOWN && view->implied[at] != VERDICT_FAILS &&
                          (best == SEARCH_NONE || view->grid->ranks[p] < view->grid->ranks[best]);
        }
    return most_telling(view, c, true);
}

static unsigned on_frontier(const struct view *view, struct choice *c)
{
    unsigned count = view->grid->rows * view->grid->columns;

    for (unsigned at = 0; at < count; at++)
        c->open[at] = view->implied[at] == VERDICT_UNKNOWN;
    return most_telling(view, c, false);
}

/* Without any order: what is cheaper than the cheapest known, the dearest first. */
static unsigned a_step_cheaper(const struct view *view, unsigned best)
{
    unsigned next = SEARCH_NONE, count = view->grid->rows * view->grid->columns;

    for (unsigned p = 0; p < count; p++)
        if (view->seen[p].verdict == VERDICT_UNKNOWN && view->grid->ranks[p] < view->grid->ranks[best] &&
            (next == SEARCH_NONE || view->grid->ranks[p] > view->grid->ranks[next]))
            next = p;
    return next;
}

/* Without any order, in a row or a column of the cheapest known: the middle between that and the next known
 * one, if it is cheaper. step: to the next place; so many are left that way. */
static unsigned half_the_way(const struct view *view, unsigned best, int step, unsigned left)
{
    unsigned length = 1, middle;

    while (length <= left && view->seen[best + (unsigned)(step * (int)length)].verdict == VERDICT_UNKNOWN)
        length++;
    if (length > left || length < 2)
        return SEARCH_NONE;
    middle = best + (unsigned)(step * (int)(length / 2));
    return view->grid->ranks[middle] < view->grid->ranks[best] ? middle : SEARCH_NONE;
}

static unsigned half_cheaper(const struct view *view, unsigned best)
{
    unsigned columns = view->grid->columns, row = best / columns, column = best % columns, next = SEARCH_NONE;
    const int steps[] = {-(int)columns, -1, (int)columns, 1};
    const unsigned left[] = {row, column, view->grid->rows - 1 - row, columns - 1 - column};

    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        unsigned middle = half_the_way(view, best, steps[i], left[i]);

        if (middle != SEARCH_NONE &&
            (next == SEARCH_NONE || view->grid->ranks[middle] < view->grid->ranks[next]))
            next = middle;
    }
    return next;
}

/* --- nothing met ---------------------------------------------------------------------------------------- */

/* The best gap of a row or a column: `count` places from `from`, each `step` after the one before. */
static void gap_of_line(const struct view *view, unsigned from, unsigned step, unsigned count,
                        struct search_gap *best, unsigned *middle)
{
    struct search_seen *line = g_new(struct search_seen, count);
    struct search_gap gap;

    for (unsigned i = 0; i < count; i++)
        line[i] = view->seen[from + i * step];
    if (search_gap(line, count, view->grid->parts, &gap) &&
        (*middle == SEARCH_NONE || search_gap_better(&gap, best))) {
        *best = gap;
        *middle = from + (gap.a + (gap.b - gap.a) / 2) * step;
    }
    g_free(line);
}

/* The middle of the best gap of all rows and columns, as long as there is reason to look there. */
static unsigned in_a_gap(const struct view *view)
{
    unsigned rows = view->grid->rows, columns = view->grid->columns, middle = SEARCH_NONE;
    struct search_gap best = {.may = false};

    for (unsigned i = 0; i < rows; i++)
        gap_of_line(view, i * columns, 1, columns, &best, &middle);
    for (unsigned j = 0; j < columns; j++)
        gap_of_line(view, j, columns, rows, &best, &middle);
    return looked(view) < (best.may ? FRONTIER_LOOKS_MOST : FRONTIER_LOOKS_LEAST) ? middle : SEARCH_NONE;
}

/* --- the search ----------------------------------------------------------------------------------------- */

static void frontier_need(struct search *out, const struct view *view, unsigned p)
{
    if (p != SEARCH_NONE && view->seen[p].verdict == VERDICT_UNKNOWN)
        out->needed[out->needed_count++] = p;
}

static unsigned side(unsigned count)
{
    return MIN(count, SIDE_MOST);
}

static void frontier_need_grid(struct search *out, const struct view *view)
{
    unsigned rows = view->grid->rows, columns = view->grid->columns;

    for (unsigned i = 0; i < side(rows); i++)
        for (unsigned j = 0; j < side(columns); j++)
            frontier_need(out, view,
                          search_grid_place(i, side(rows), rows) * columns +
                              search_grid_place(j, side(columns), columns));
    for (unsigned n = MAX(rows, columns); n > 1; n /= 2)
        out->left += 2;
}

/* The combinations with a step less of either key; where less is better, a step more. */
static void beside(struct search *out, const struct view *view)
{
    unsigned columns = view->grid->columns, row = out->answer / columns, column = out->answer % columns;
    unsigned less_row = view->rows_turned ? row + 1 : row - 1;
    unsigned less_column = view->columns_turned ? column + 1 : column - 1;

    if (less_row < view->grid->rows)
        out->below = less_row * columns + column;
    if (less_column < columns)
        out->above = row * columns + less_column;
}

static void frontier_finish(struct search *out, const struct view *view, bool monotone)
{
    bool any_fails = false;

    for (unsigned p = 0; p < view->grid->rows * view->grid->columns; p++)
        any_fails = any_fails || view->seen[p].verdict == VERDICT_FAILS;
    out->status = out->answer == SEARCH_NONE ? SEARCH_NEVER
                  : !monotone                ? SEARCH_NOT_MONOTONE
                  : any_fails                ? SEARCH_MET
                                             : SEARCH_ALWAYS;
    out->turned[0] = view->rows_turned;
    out->turned[1] = view->columns_turned;
    if (out->answer == SEARCH_NONE)
        out->neighbour =
            search_nearest_miss(view->seen, view->grid->rows * view->grid->columns, view->grid->parts, false);
    if (out->below != SEARCH_NONE && view->seen[out->below].verdict == VERDICT_FAILS)
        out->neighbour = out->below;
    else if (out->above != SEARCH_NONE && view->seen[out->above].verdict == VERDICT_FAILS)
        out->neighbour = out->above;
}

static void look_on(struct search *out, const struct view *view, struct choice *c, bool monotone)
{
    unsigned next = SEARCH_NONE;
    bool few = looked(view) < FRONTIER_LOOKS_MOST;

    out->answer = cheapest(view);
    if (out->answer == SEARCH_NONE)
        next = in_a_gap(view);
    else if (monotone)
        next = cheaper(view, c, out->answer);
    else if (few)
        next = half_cheaper(view, out->answer);
    if (!monotone && few && next == SEARCH_NONE)
        next = a_step_cheaper(view, out->answer);
    if (next == SEARCH_NONE && out->answer != SEARCH_NONE) {
        beside(out, view);
        frontier_need(out, view, out->below);
        frontier_need(out, view, out->above);
    }
    if (next == SEARCH_NONE && out->needed_count == 0 && out->answer != SEARCH_NONE && monotone && few)
        next = on_frontier(view, c);
    frontier_need(out, view, next);
    if (out->needed_count == 0)
        frontier_finish(out, view, monotone);
    else
        out->answer = out->below = out->above = SEARCH_NONE;
}

struct search frontier_look(const struct search_seen *seen, const struct frontier_grid *grid)
{
    unsigned count = grid->rows * grid->columns;
    struct view view = {seen, grid, false, false, g_new(enum verdict, count)};
    struct choice choice = {g_new(bool, count), g_new(unsigned, count), g_new(unsigned, count),
                            g_new(unsigned, count + 1)};
    struct search out = search_begun();

    frontier_need_grid(&out, &view);
    if (out.needed_count == 0) {
        out.left = 0;
        look_on(&out, &view, &choice, orient(&view));
    }
    g_free(choice.open);
    g_free(choice.below);
    g_free(choice.above);
    g_free(choice.dearer);
    g_free(view.implied);
    return out;
}
