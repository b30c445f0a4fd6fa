/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Two keys with prices: what a combination costs, and the table of all of them. */
#include "sim/study/folder.h"
#include "sim/study/parts.h"
#include "sim/study/plan_private.h"
#include "sim/study/quantity.h"

#include <stdlib.h>
#include <string.h>

static bool price_wrong(const struct plan *plan, GError **error, const char *message)
{
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "--cost \"%s\": %s", plan->options.cost, message);
    return false;
}

static bool is_varied(const struct plan *plan, const char *name)
{
    return strcmp(name, plan->axes[0].name) == 0 || strcmp(name, plan->axes[1].name) == 0;
}

static enum expression_kind price_kind(const void *user, const char *name)
{
    return is_varied(user, name) ? EXPRESSION_NUMBER : EXPRESSION_UNKNOWN;
}

static void offer_varied(const void *user, struct suggestion *suggestion)
{
    const struct plan *plan = user;

    suggest_offer(suggestion, plan->axes[0].name);
    suggest_offer(suggestion, plan->axes[1].name);
}

struct combination {
    const struct plan *plan;
    unsigned place;
};

static bool price_number(const void *user, const char *name, mpq_t out)
{
    const struct combination *c = user;
    unsigned axis = strcmp(name, c->plan->axes[1].name) == 0;

    study_number(c->plan->axes[axis].key, plan_text(c->plan, axis, c->place), out);
    return true;
}

static bool cost_of(const struct plan *plan, unsigned place, mpq_t out)
{
    const struct combination combination = {plan, place};
    const struct expression_values values = {price_number, NULL, &combination};

    return expression_sum(plan->price, &values, out);
}

double plan_cost_at(const struct plan *plan, unsigned place)
{
    double cost;
    mpq_t exact;

    mpq_init(exact);
    cost_of(plan, place, exact);
    cost = quantity_nearest(exact);
    mpq_clear(exact);
    return cost;
}

/* --- ranks ---------------------------------------------------------------------------------------------- */

struct priced {
    mpq_t cost;
    unsigned place;
};

static int by_cost(const void *a, const void *b)
{
    return mpq_cmp(((const struct priced *)a)->cost, ((const struct priced *)b)->cost);
}

static bool rank_all(struct plan *plan, GError **error)
{
    struct priced *all = g_new(struct priced, plan->count);
    bool good = true;

    plan->ranks = g_new0(unsigned, plan->count);
    for (unsigned p = 0; p < plan->count; p++) {
        mpq_init(all[p].cost);
        all[p].place = p;
        good = good && cost_of(plan, p, all[p].cost);
    }
    qsort(all, plan->count, sizeof *all, by_cost);
    for (unsigned i = 1; i < plan->count; i++)
        plan->ranks[all[i].place] =
            plan->ranks[all[i - 1].place] + (mpq_cmp(all[i].cost, all[i - 1].cost) != 0);
    for (unsigned p = 0; p < plan->count; p++)
        mpq_clear(all[p].cost);
    g_free(all);
    return good || price_wrong(plan, error, "divides by 0 at a combination, expected a cost for each");
}

static const char *gone_price(const void *user, const char *name)
{
    const struct plan *plan = user;

    return config_key_gone(plan->study->host->schema, name);
}

/* Both keys must be in it. */
static bool check_price(const struct plan *plan, GError **error)
{
    GPtrArray *names = expression_list(plan->price);
    bool both = names->len == 2;

    g_ptr_array_unref(names);
    return both || price_wrong(plan, error, "expected both varied keys in it, each with its price");
}

bool plan_read_price(struct plan *plan, GError **error)
{
    const struct expression_names names = {
        .kind = price_kind, .offer = offer_varied, .gone = gone_price, .user = plan};

    if (plan->axis_count < 2) {
        if (plan->options.cost)
            return price_wrong(plan, error, "prices two keys, expected --vary twice");
        return true;
    }
    if (!plan->options.cost) {
        g_set_error(
            error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
            "--vary %s: of two keys the cheapest combination is sought, expected --cost with the price of "
            "each",
            plan->axes[1].vary);
        return false;
    }
    plan->price = expression_parse_sum(plan->options.cost, &names, error);
    if (!plan->price) {
        g_prefix_error(error, "--cost ");
        return false;
    }
    return check_price(plan, error) && rank_all(plan, error);
}

bool plan_check_two(const struct plan *plan, GError **error)
{
    const char *wrong = NULL;

    if (plan->axis_count < 2)
        return true;
    if (plan->study->point_count > 1)
        wrong = "two keys are varied at one point, expected a scenario, or a study without axes and variants";
    else if (plan->options.largest)
        wrong = "of two keys the cheapest combination is sought, expected none of --largest";
    else if (plan->count > FRONTIER_PLACES_MAX)
        wrong = "more than 10000 combinations, expected fewer values";
    if (!wrong)
        return true;
    g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "--vary %s: %s", plan->axes[1].vary, wrong);
    return false;
}

/* --- frontier.csv --------------------------------------------------------------------------------------- */

static bool frontier_row(struct csv *csv, const struct plan *plan, unsigned place, enum verdict implied,
                         GError **error)
{
    const struct plan_point *point = &plan->points[0];
    struct config *scenario = plan_scenario(plan, point->number, place, error);

    if (!scenario)
        return false;
    for (unsigned a = 0; a < plan->axis_count; a++)
        plan->study->host->cell(csv, scenario, plan->axes[a].key);
    config_free(scenario);
    csv_real(csv, plan_cost_at(plan, place));
    csv_text(csv, implied == VERDICT_UNKNOWN ? "" : implied == VERDICT_MEETS ? "1" : "0");
    csv_text(csv, !point->failure && place == point->look.answer ? "1" : "0");
    return csv_row_end(csv, error);
}

static bool frontier_rows(struct csv *csv, const void *user, GError **error)
{
    const struct plan *plan = user;
    struct search_seen *seen = plan_seen(&plan->points[0]);
    enum verdict *implied = g_new0(enum verdict, plan->count);
    bool good;

    /* How far a search had come when a run failed is chance. */
    if (!plan->points[0].failure)
        frontier_implied(seen, &plan->grid, implied);
    for (unsigned a = 0; a < plan->axis_count; a++)
        csv_text(csv, plan->axes[a].name);
    csv_text(csv, "cost");
    csv_text(csv, "meets");
    csv_text(csv, "cheapest");
    good = csv_row_end(csv, error);
    for (unsigned p = 0; p < plan->count && good; p++)
        good = frontier_row(csv, plan, p, implied[p], error);
    g_free(implied);
    g_free(seen);
    return good;
}

bool plan_write_frontier(const struct plan *plan, GError **error)
{
    return plan->axis_count < 2 ||
           folder_write_csv(plan->options.dir, "frontier.csv", frontier_rows, plan, error);
}
