/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Chooses runs. */
#include "sim/study/selection.h"

#include "sim/study/folder.h"

bool selection_has(const struct study *study, const struct selection *selection, unsigned point)
{
    return !selection->only || study_point_is(study, point, selection->only);
}

/* Is a run to be made, by what is in its folder? */
static bool to_be_run(const struct selection *selection, const struct study_run *run)
{
    switch (run->result.state) {
    case RESULT_MISSING:
    case RESULT_DAMAGED:
        return true;
    case RESULT_FAILED:
        return selection->retry_failed;
    default:
        return false;
    }
}

/* A shard does not depend on what is in the folder, so runs are counted as if the folder were empty. */
static bool in_shard(const struct selection *selection, const struct study_run *run)
{
    uint64_t place = (uint64_t)(run->point - 1) * (selection->last - selection->first + 1) +
                     (run->replication - selection->first);

    return selection->shards == 0 || place % selection->shards == selection->shard;
}

GArray *selection_of(const struct study *study, const GArray *runs, const struct selection *selection)
{
    GArray *chosen = g_array_new(FALSE, FALSE, sizeof(struct study_run));
    unsigned point = 0;
    bool meant = false;

    for (unsigned i = 0; i < runs->len; i++) {
        const struct study_run *run = &g_array_index(runs, struct study_run, i);

        if (run->point != point) {
            point = run->point;
            meant = selection_has(study, selection, point);
        }
        if (meant && run->replication >= selection->first &&
            run->replication <= (selection->rounds ? selection->rounds[point] : selection->last) &&
            in_shard(selection, run) && (!selection->missing || to_be_run(selection, run)))
            g_array_append_vals(chosen, run, 1);
    }
    return chosen;
}

char *selection_damage(const struct study_run *run, const char *dir)
{
    char *name, *folder, *text;

    if (run->result.state != RESULT_DAMAGED)
        return NULL;
    name = study_run_name(run->point, run->replication);
    folder = folder_run(dir, name);
    text = g_strdup_printf("%s: damaged, to be run again: %s", folder, run->result.why);
    g_free(folder);
    g_free(name);
    return text;
}
