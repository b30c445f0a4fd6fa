/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The search for windows of values that meet a target. */
#include "sim/study/plan_search.h"

#include <math.h>
#include <stddef.h>

struct view {
    const struct search_seen *seen;
    unsigned count, parts;
    struct search *out;
};

static bool known(const struct view *view, unsigned place)
{
    return view->seen[place].verdict != VERDICT_UNKNOWN;
}

static void search_need(const struct view *view, unsigned place)
{
    view->out->needed[view->out->needed_count++] = place;
}

/* How often n values between two known ones can be halved. */
static unsigned halvings(unsigned between)
{
    unsigned n = 0;

    for (; between > 0; between /= 2)
        n++;
    return n;
}

/* --- the grid ------------------------------------------------------------------------------------------- */

unsigned search_grid_count(unsigned count)
{
    unsigned wanted = 3 + count / 4;

    if (wanted > SEARCH_GRID_MAX)
        wanted = SEARCH_GRID_MAX;
    return wanted < count ? wanted : count;
}

unsigned search_grid_place(unsigned i, unsigned grid, unsigned count)
{
    return grid > 1 ? (i * (count - 1) + (grid - 1) / 2) / (grid - 1) : 0;
}

static void search_need_grid(const struct view *view)
{
    unsigned grid = search_grid_count(view->count);

    for (unsigned i = 0; i < grid; i++) {
        unsigned place = search_grid_place(i, grid, view->count);

        if (!known(view, place))
            search_need(view, place);
    }
    view->out->left = grid > 1 ? halvings((view->count - 1) / (grid - 1) - 1) : 0;
}

/* --- windows -------------------------------------------------------------------------------------------- */

bool search_window(const struct search_seen *seen, unsigned count, unsigned from, unsigned *low,
                   unsigned *high)
{
    while (from < count && seen[from].verdict != VERDICT_MEETS)
        from++;
    *low = *high = from;
    for (; from < count && seen[from].verdict != VERDICT_FAILS; from++)
        if (seen[from].verdict == VERDICT_MEETS)
            *high = from;
    return *low < count;
}

/* The nearest known value below a place, above it; SEARCH_NONE: there is none. */
static unsigned before(const struct view *view, unsigned place)
{
    while (place > 0)
        if (known(view, --place))
            return place;
    return SEARCH_NONE;
}

static unsigned behind(const struct view *view, unsigned place)
{
    while (++place < view->count)
        if (known(view, place))
            return place;
    return SEARCH_NONE;
}

/* The middle between an end of a window and the value beside it that fails. */
static void halve(const struct view *view, unsigned a, unsigned b)
{
    if (a == SEARCH_NONE || b == SEARCH_NONE || b - a < 2)
        return;
    if (view->out->needed_count < SEARCH_NEEDED_MAX)
        search_need(view, a + (b - a) / 2);
    view->out->left += halvings(b - a - 1) - 1;
}

static void search_finish(const struct view *view, bool largest)
{
    struct search *out = view->out;
    unsigned low, high;

    for (unsigned from = 0; search_window(view->seen, view->count, from, &low, &high); from = high + 1) {
        out->windows++;
        if (out->windows > 1 && !largest)
            continue;
        out->low = low;
        out->high = high;
    }
    out->below = before(view, out->low);
    out->above = behind(view, out->high);
    out->answer = largest ? out->high : out->low;
    out->neighbour = largest ? out->above : out->below;
    if (out->windows > 1)
        out->status = SEARCH_NOT_MONOTONE;
    else if (out->below == SEARCH_NONE && out->above == SEARCH_NONE)
        out->status = SEARCH_ALWAYS;
    else
        out->status = (largest ? out->below : out->above) == SEARCH_NONE ? SEARCH_MET : SEARCH_WINDOW;
}

/* True if some value meets; the ends of windows that are not known are asked for. */
static bool find_windows(const struct view *view, bool largest)
{
    unsigned low, high;

    if (!search_window(view->seen, view->count, 0, &low, &high))
        return false;
    for (unsigned from = 0; search_window(view->seen, view->count, from, &low, &high); from = high + 1) {
        halve(view, before(view, low), low);
        halve(view, high, behind(view, high));
    }
    if (view->out->needed_count == 0)
        search_finish(view, largest);
    return true;
}

bool search_rests_on(const struct search *search, unsigned place)
{
    bool of_window = place == search->low || place == search->high;

    switch (search->status) {
    case SEARCH_MET:
        return place == search->answer || place == search->below || place == search->above;
    case SEARCH_WINDOW:
        return of_window || place == search->below || place == search->above;
    case SEARCH_ALWAYS:
        return of_window || place == search->answer;
    default:
        return true;
    }
}

/* --- nothing met: gaps where a window may lie ----------------------------------------------------------- */

static double margin(const struct view *view, unsigned place, unsigned part)
{
    const double *margins = view->seen[place].margins;

    return margins ? margins[part] : 0;
}

/* Does the margin of a part have its peak between a and b, as far as the values around tell? */
static bool peaks(const struct view *view, unsigned part, unsigned a, unsigned b)
{
    unsigned l = before(view, a), r = behind(view, b);
    double at_a = margin(view, a, part), at_b = margin(view, b, part);
    bool rises = l == SEARCH_NONE ? at_b > at_a : at_a > margin(view, l, part);
    bool falls = r == SEARCH_NONE ? at_a > at_b : at_b > margin(view, r, part);

    return rises && falls;
}

static struct search_gap gap_between(const struct view *view, unsigned a, unsigned b)
{
    unsigned failed = view->seen[a].failed & view->seen[b].failed;
    struct search_gap gap = {.a = a, .b = b, .may = true};
    double at_a = INFINITY, at_b = INFINITY;

    for (unsigned part = 0; part < view->parts; part++)
        if (failed >> part & 1) {
            gap.common++;
            gap.may = gap.may && peaks(view, part, a, b);
            at_a = fmin(at_a, margin(view, a, part));
            at_b = fmin(at_b, margin(view, b, part));
        }
    gap.best = fmax(at_a, at_b);
    return gap;
}

bool search_gap_better(const struct search_gap *one, const struct search_gap *other)
{
    unsigned width = one->b - one->a, other_width = other->b - other->a;

    if (one->may != other->may)
        return one->may;
    if (one->may && one->common != other->common)
        return one->common < other->common;
    if (one->may && one->best != other->best)
        return one->best > other->best;
    return width > other_width || (width == other_width && one->best > other->best);
}

unsigned search_nearest_miss(const struct search_seen *seen, unsigned count, unsigned parts, bool first)
{
    const struct view view = {seen, count, parts, NULL};
    unsigned best = SEARCH_NONE;
    struct search_gap best_miss = {.common = SEARCH_NONE};

    for (unsigned i = 0; i < count; i++) {
        unsigned place = first ? i : count - 1 - i;
        struct search_gap miss;

        if (!known(&view, place))
            continue;
        miss = gap_between(&view, place, place);
        if (best != SEARCH_NONE && (miss.common > best_miss.common ||
                                    (miss.common == best_miss.common && miss.best <= best_miss.best)))
            continue;
        best = place;
        best_miss = miss;
    }
    return best;
}

bool search_gap(const struct search_seen *seen, unsigned count, unsigned parts, struct search_gap *out)
{
    const struct view view = {seen, count, parts, NULL};
    bool any = false;

    for (unsigned a = behind(&view, SEARCH_NONE), b; a != SEARCH_NONE; a = b) {
        struct search_gap gap;

        b = behind(&view, a);
        if (b == SEARCH_NONE || b - a < 2)
            continue;
        gap = gap_between(&view, a, b);
        if (!any || search_gap_better(&gap, out))
            *out = gap;
        any = true;
    }
    return any;
}

static void look_between(const struct view *view, bool largest)
{
    struct search_gap best;
    unsigned looked = 0;

    for (unsigned place = 0; place < view->count; place++)
        looked += known(view, place);
    if (search_gap(view->seen, view->count, view->parts, &best) &&
        looked < (best.may ? SEARCH_LOOKS_MOST : SEARCH_LOOKS_LEAST)) {
        search_need(view, best.a + (best.b - best.a) / 2);
        if (looked + 1 < SEARCH_LOOKS_LEAST)
            view->out->left = SEARCH_LOOKS_LEAST - looked - 1;
        return;
    }
    view->out->status = SEARCH_NEVER;
    view->out->neighbour = search_nearest_miss(view->seen, view->count, view->parts, largest);
}

struct search search_begun(void)
{
    return (struct search){.status = SEARCH_GOES_ON,
                           .answer = SEARCH_NONE,
                           .neighbour = SEARCH_NONE,
                           .low = SEARCH_NONE,
                           .high = SEARCH_NONE,
                           .below = SEARCH_NONE,
                           .above = SEARCH_NONE};
}

struct search search_look(const struct search_seen *seen, unsigned count, unsigned parts, bool largest)
{
    struct search out = search_begun();
    const struct view view = {seen, count, parts, &out};

    search_need_grid(&view);
    if (out.needed_count > 0)
        return out;
    out.left = 0;
    if (!find_windows(&view, largest))
        look_between(&view, largest);
    return out;
}
