/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan will cost: runs and time. */
#include "sim/study/plan_private.h"

/* An answer, its neighbour, and the other end of a window with its own may need all replications. */
#define SETTLED_MOST 4

/* The runs of the grid of a point: how long one of them takes on average, and how many are there. */
struct grid_cost {
    double run_s;
    unsigned there;
};

static bool stands_there(const struct plan_value *value, unsigned replication)
{
    char *folder = plan_run_folder(value, replication);
    bool there = g_file_test(folder, G_FILE_TEST_IS_DIR);

    g_free(folder);
    return there;
}

static struct grid_cost grid_cost(const struct plan_point *point)
{
    const struct plan *plan = point->plan;
    struct search_seen *nothing = g_new0(struct search_seen, plan->count);
    struct search look = plan_look(plan, nothing);
    struct grid_cost cost = {0, 0};

    for (unsigned i = 0; i < look.needed_count; i++) {
        unsigned place = look.needed[i];
        struct config *scenario = plan_scenario(plan, point->number, place, NULL);

        if (scenario && plan->study->host->cost_s)
            cost.run_s += plan->study->host->cost_s(scenario) / look.needed_count;
        config_free(scenario);
        for (unsigned r = 1; r <= plan->options.first; r++)
            cost.there += stands_there(&point->values[place], r);
    }
    g_free(nothing);
    return cost;
}

/* Values that are looked at, usually at most: the grid, and both ends of a window. */
static unsigned plan_looks_most(const struct plan *plan)
{
    struct search_seen *nothing = g_new0(struct search_seen, plan->count);
    struct search look = plan_look(plan, nothing);
    unsigned most = plan->axis_count > 1 ? FRONTIER_LOOKS_MOST : look.needed_count + 2 * look.left;

    g_free(nothing);
    return MIN(MAX(most, plan->axis_count > 1 ? 0 : SEARCH_LOOKS_LEAST), plan->count);
}

struct plan_cost plan_cost(const struct plan *plan)
{
    struct search_seen *nothing = g_new0(struct search_seen, plan->count);
    struct search look = plan_look(plan, nothing);
    unsigned first = plan->options.first, last = plan->options.last;
    unsigned looks = MIN(look.needed_count + look.left, plan->count), looks_most = plan_looks_most(plan);
    struct plan_cost cost = {0, 0, 0, 0, 0};

    for (unsigned p = 0; p < plan->study->point_count; p++) {
        struct grid_cost grid = grid_cost(&plan->points[p]);
        unsigned least = looks * first;
        unsigned most = looks_most * first + MIN(looks, SETTLED_MOST) * (last - first);

        cost.runs += least;
        cost.runs_most += most;
        cost.there += grid.there;
        cost.cpu_s += (least - grid.there) * grid.run_s;
        cost.cpu_most_s += (most - grid.there) * grid.run_s;
    }
    g_free(nothing);
    return cost;
}

void plan_progress(const struct plan *plan, unsigned *ended, unsigned *total)
{
    *ended = plan->ended;
    *total = plan->ended + g_hash_table_size(plan->open);
    for (unsigned p = 0; p < plan->study->point_count; p++)
        if (!plan->points[p].failure)
            *total += plan->points[p].look.left * plan->options.first;
}
