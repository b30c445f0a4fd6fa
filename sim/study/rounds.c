/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Rounds of --until. */
#include "sim/study/rounds.h"

#include "sim/study/folder.h"

/* The number that comes after n. */
static unsigned rounds_following(unsigned n, unsigned last)
{
    return MIN(n + (n + 3) / 4, last);
}

struct begun {
    unsigned *highest;
    unsigned points;
};

static void note_highest(void *user, const char *name)
{
    const struct begun *begun = user;
    unsigned point, replication;

    if (folder_run_numbers(name, &point, &replication) && point >= 1 && point <= begun->points)
        begun->highest[point] = MAX(begun->highest[point], replication);
}

bool rounds_begin(struct rounds *rounds, const struct study *study, const struct selection *selection,
                  const char *dir, GError **error)
{
    struct begun begun = {g_new0(unsigned, study->point_count + 1), study->point_count};
    bool good = folder_each_run(dir, note_highest, &begun, error);

    rounds->study = study;
    rounds->points = study->point_count;
    rounds->goals = g_new0(unsigned, rounds->points + 1);
    rounds->wide = g_new0(bool, rounds->points + 1);
    for (unsigned p = 1; p <= rounds->points && good; p++) {
        unsigned goal = rounds->first;

        while (goal < begun.highest[p] && goal < rounds->last)
            goal = rounds_following(goal, rounds->last);
        rounds->goals[p] = selection_has(study, selection, p) ? goal : 0;
    }
    g_free(begun.highest);
    return good;
}

bool rounds_widen(struct rounds *rounds, const GArray *runs)
{
    bool more = false;

    for (unsigned p = 1; p <= rounds->points; p++) {
        rounds->wide[p] = rounds->goals[p] > 0 && !collect_given_up(runs, p) &&
                          !collect_narrow(rounds->study, runs, p, &rounds->until);
        if (!rounds->wide[p] || rounds->goals[p] == rounds->last)
            continue;
        rounds->goals[p] = rounds_following(rounds->goals[p], rounds->last);
        more = true;
    }
    return more;
}

void rounds_clear(struct rounds *rounds)
{
    g_clear_pointer(&rounds->goals, g_free);
    g_clear_pointer(&rounds->wide, g_free);
}
