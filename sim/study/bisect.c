/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Bisection over the values of a range. */
#include "sim/study/bisect.h"

/* The range as the search sees it: turned round where the largest value is looked for, so that values that
 * fail are to come first. */
struct view {
    const enum verdict *verdicts;
    unsigned count;
    bool turned;
    struct bisect *out;
};

static unsigned place(const struct view *view, unsigned i)
{
    return view->turned ? view->count - 1 - i : i;
}

static enum verdict at(const struct view *view, unsigned i)
{
    return view->verdicts[place(view, i)];
}

/* True if the value is known; else it is asked for. */
static bool known(const struct view *view, unsigned i)
{
    if (at(view, i) != VERDICT_UNKNOWN)
        return true;
    view->out->needed[view->out->needed_count++] = place(view, i);
    return false;
}

/* The first value from `from` on with that verdict; count: none. */
static unsigned first(const struct view *view, enum verdict verdict, unsigned from)
{
    while (from < view->count && at(view, from) != verdict)
        from++;
    return from;
}

static void finish(const struct view *view, enum bisect_status status, unsigned answer, unsigned neighbour)
{
    unsigned meets = first(view, VERDICT_MEETS, 0), fails = first(view, VERDICT_FAILS, meets);

    view->out->status = status;
    view->out->answer = answer == BISECT_NONE ? answer : place(view, answer);
    view->out->neighbour = neighbour == BISECT_NONE ? neighbour : place(view, neighbour);
    if (fails < view->count) {
        view->out->status = BISECT_NOT_MONOTONE;
        view->out->meets = place(view, meets);
        view->out->fails = place(view, fails);
    }
}

/* Between the first value that meets and the last before it that fails. */
static void halve(const struct view *view)
{
    unsigned high = first(view, VERDICT_MEETS, 0), low = high;

    while (low > 0 && at(view, low) != VERDICT_FAILS)
        low--;
    if (high - low > 1) {
        known(view, low + (high - low) / 2);
        return;
    }
    /* What lies beside the search would never be seen to be otherwise. */
    bool below = known(view, low / 2), above = known(view, high + (view->count - 1 - high + 1) / 2);

    if (below && above)
        finish(view, BISECT_MET, high, low);
}

struct bisect bisect_look(const enum verdict *verdicts, unsigned count, bool largest)
{
    struct bisect out = {.status = BISECT_GOES_ON, .answer = BISECT_NONE, .neighbour = BISECT_NONE};
    struct view view = {verdicts, count, largest, &out};
    unsigned last = count - 1;
    bool low = known(&view, 0), high = last == 0 || known(&view, last);

    if (!low || !high)
        return out;
    /* Both ends alike: what lies between may still differ. */
    if (at(&view, 0) == at(&view, last) && !known(&view, last / 2))
        return out;
    if (at(&view, 0) == VERDICT_MEETS)
        finish(&view, BISECT_ALWAYS, 0, BISECT_NONE);
    else if (first(&view, VERDICT_MEETS, 0) == count)
        finish(&view, BISECT_NEVER, BISECT_NONE, last);
    else
        halve(&view);
    return out;
}
