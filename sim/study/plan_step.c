/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
#include "sim/study/plan_step.h"

#include <glib.h>

struct search step_look(const struct step_rules *rules, const struct search_seen *seen, bool largest)
{
    if (rules->grid)
        return frontier_look(seen, rules->grid);
    return search_look(seen, rules->count, rules->parts, largest);
}

static void step_wish(struct step *step, unsigned place, unsigned replications)
{
    step->wishes[step->wish_count++] = (struct step_wish){place, replications};
}

/* The search is over: what its outcome rests on is to be sure, as far as replications go. */
static void step_settle(struct step *step, const struct step_rules *rules, const struct step_value *values)
{
    for (unsigned v = 0; v < rules->count; v++) {
        const struct step_value *value = &values[v];

        if (search_rests_on(&step->look, v) && value->seen.verdict != VERDICT_UNKNOWN && !value->sure &&
            value->replications < rules->last)
            step_wish(step, v, MIN(value->replications + rules->first, rules->last));
    }
}

struct step step_at(const struct step_rules *rules, const struct step_value *values,
                    const struct step_direction *direction)
{
    struct search_seen *seen = g_new(struct search_seen, rules->count);
    struct step step = {.wish_count = 0};

    for (unsigned v = 0; v < rules->count; v++)
        seen[v] = values[v].seen;
    step.look = step_look(rules, seen, direction->largest);
    g_free(seen);
    step.wishes = g_new(struct step_wish, MAX(rules->count, step.look.needed_count));
    for (unsigned i = 0; i < step.look.needed_count; i++)
        step_wish(&step, step.look.needed[i], rules->first);
    if (step.look.needed_count == 0 && direction->known)
        step_settle(&step, rules, values);
    return step;
}

void step_clear(struct step *step)
{
    g_clear_pointer(&step->wishes, g_free);
    step->wish_count = 0;
}

struct step_direction step_direction(const struct step_ends *points, unsigned count)
{
    struct step_direction out = {.known = false};

    for (unsigned p = 0; p < count; p++) {
        enum verdict low = points[p].low, high = points[p].high;

        if (points[p].failed)
            continue;
        if (low == VERDICT_UNKNOWN || high == VERDICT_UNKNOWN)
            return out;
        if (low == VERDICT_FAILS && high == VERDICT_MEETS && !out.rising)
            out.rising = p + 1;
        if (low == VERDICT_MEETS && high == VERDICT_FAILS && !out.falling)
            out.falling = p + 1;
    }
    out.known = true;
    out.largest = out.falling && !out.rising;
    return out;
}
