/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Who camps where and who is pulled when: sizes of cells against their distributions, each order of
 * pulls, and what must not change with them. */
#include "models/bmsc/pull_order.h"
#include "models/deployment.h"
#include "models/placement.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>

/* --- cells ---------------------------------------------------------------------------------------------- */

/* Each UE in a cell, each cell in a region, regions in blocks. */
static void test_regions(void)
{
    static const struct net_topology shapes[] = {
        {.servers = 3, .ues = 20000, .cells = 100, .regions = 7},
        {.servers = 3, .ues = 1000, .cells = 999, .regions = 16, .placing = NET_RANDOM},
        {.servers = 3, .ues = 1, .cells = 1, .regions = 1, .placing = NET_RANDOM},
        {.servers = 3, .ues = 12345, .cells = 77, .regions = 77, .placing = NET_RANDOM, .key = 5},
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(shapes); i++) {
        const struct net_topology *t = &shapes[i];

        for (uint32_t cell = 0, last = 1; cell < t->cells; cell++) {
            uint32_t region = net_topology_region_of_cell(t, cell);

            g_assert_true(region == last || region == last + 1);
            last = region;
            if (cell == t->cells - 1)
                g_assert_cmpuint(region, ==, t->regions);
        }
        for (uint32_t ue = 0; ue < t->ues; ue++) {
            g_assert_cmpuint(net_topology_cell(t, ue), <, t->cells);
            g_assert_cmpuint(net_topology_region(t, 3 + ue), ==,
                             net_topology_region_of_cell(t, net_topology_cell(t, ue)));
        }
        g_assert_cmpuint(net_topology_region(t, 2), ==, 0);
    }
}

static uint32_t *populations(const struct net_topology *t)
{
    uint32_t *counts = g_new0(uint32_t, t->cells);

    for (uint32_t ue = 0; ue < t->ues; ue++)
        counts[net_topology_cell(t, ue)]++;
    return counts;
}

/* Even: no cell has two UEs more than another. Random: multinomial, and never the same with another seed. */
static void test_populations(void)
{
    enum { CELLS = 100, SEEDS = 20 };
    double chi_square = 0;

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        g_autofree char *setting = g_strdup_printf("run.seed=%" G_GUINT64_FORMAT, seed);
        struct scenario *s =
            fixture_scenario("ue.count=20050", "ue.cells=100", "ue.placement=random", setting, NULL);
        struct net_topology t = placement_topology(s);
        g_autofree uint32_t *counts = populations(&t);

        g_assert_null(placement_shares(s));
        for (uint32_t i = 0; i < CELLS; i++)
            chi_square += (counts[i] - 200.5) * (counts[i] - 200.5) / 200.5;
        t.placing = NET_EVEN;
        g_autofree uint32_t *even = populations(&t);
        for (uint32_t i = 0; i < CELLS; i++)
            g_assert_cmpuint(even[i], ==, i < 50 ? 201 : 200);
        scenario_free(s);
    }
    double freedom = SEEDS * (CELLS - 1);
    g_assert_cmpfloat(fabs(chi_square - freedom), <, 4 * sqrt(2 * freedom));
}

/* Where a UE camps says nothing of where the next one does. */
static void test_independent(void)
{
    enum { CELLS = 10, UES = 200000 };
    const struct net_topology t = {
        .servers = 3, .ues = UES, .cells = CELLS, .regions = 1, .placing = NET_RANDOM, .key = 77};
    uint32_t pairs[CELLS * CELLS] = {0};
    double expected = (UES - 1.0) / (CELLS * CELLS), chi_square = 0;

    for (uint32_t ue = 0; ue + 1 < UES; ue++)
        pairs[net_topology_cell(&t, ue) * CELLS + net_topology_cell(&t, ue + 1)]++;
    for (uint32_t i = 0; i < CELLS * CELLS; i++)
        chi_square += (pairs[i] - expected) * (pairs[i] - expected) / expected;
    g_assert_cmpfloat(fabs(chi_square - 99), <, 4 * sqrt(2 * 99.0));
}

/* What an alias table gives each cell, in parts of a mean cell. */
static double *table_shares(const struct net_cell_share *shares, uint32_t cells)
{
    double *out = g_new0(double, cells);

    for (uint32_t i = 0; i < cells; i++) {
        double keep = shares[i].keep / 4294967296.0;

        out[i] += keep;
        out[shares[i].other] += 1 - keep;
    }
    return out;
}

static void test_alias_table(void)
{
    static const struct {
        uint32_t cells;
        uint64_t weights[6];
    } cases[] = {{1, {5}},
                 {2, {1, 3}},
                 {3, {7, 7, 7}},
                 {6, {1, NET_CELL_WEIGHT_MAX, 1, 1, 1, 1}},
                 {6, {6, 5, 4, 3, 2, 1}},
                 {5, {NET_CELL_WEIGHT_MAX, NET_CELL_WEIGHT_MAX, 1, NET_CELL_WEIGHT_MAX - 1, 12345}}};

    for (unsigned c = 0; c < G_N_ELEMENTS(cases); c++) {
        uint32_t cells = cases[c].cells;
        g_autofree struct net_cell_share *shares = net_cell_shares_new(cases[c].weights, cells);
        g_autofree double *given = table_shares(shares, cells);
        double total = 0;

        for (uint32_t i = 0; i < cells; i++)
            total += (double)cases[c].weights[i];
        for (uint32_t i = 0; i < cells; i++)
            g_assert_cmpfloat(fabs(given[i] - cases[c].weights[i] * cells / total), <, cells * 3e-10);
    }
}

/* Lognormal cells: mean and standard deviation as asked, the logarithm's median in its place, and UEs in
 * these shares. */
static void test_variation(void)
{
    enum { CELLS = 5000 };
    struct scenario *s = fixture_scenario("ue.count=500k", "ue.cells=5000", "ue.placement=random",
                                          "ue.cell_variation=80%", NULL);
    struct net_topology t = placement_topology(s);
    g_autofree struct net_cell_share *shares = placement_shares(s);
    g_autofree double *given = table_shares(shares, CELLS);
    double square = 0, chi_square = 0, sigma = sqrt(log(1 + 0.8 * 0.8));
    uint32_t below = 0;

    t.shares = shares;
    g_autofree uint32_t *counts = populations(&t);
    for (uint32_t i = 0; i < CELLS; i++) {
        double expected = given[i] * 100;

        square += (given[i] - 1) * (given[i] - 1);
        below += given[i] < exp(-sigma * sigma / 2);
        chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
    }
    g_assert_cmpfloat(fabs(sqrt(square / CELLS) - 0.8), <, 0.06);
    g_assert_cmpfloat(fabs(below - CELLS / 2.0), <, 4 * sqrt(CELLS / 4.0));
    g_assert_cmpfloat(fabs(chi_square - (CELLS - 1)), <, 4 * sqrt(2.0 * CELLS));
    scenario_free(s);
}

/* --- orders of pulls ------------------------------------------------------------------------------------ */

static void test_order(void)
{
    static const char *const orders[] = {"pull.order=random", "pull.order=by_number", "pull.order=by_cell"};
    enum { UES = 3000 };

    for (unsigned i = 0; i < G_N_ELEMENTS(orders); i++) {
        struct scenario *s =
            fixture_scenario("ue.count=3000", "ue.cells=70", "ue.placement=random", orders[i], NULL);
        g_autofree uint8_t *pulled = g_malloc0(UES);
        uint32_t last_cell = 0, in_place = 0;
        struct pull_order order;
        struct deployment deployment;

        deployment_init(&deployment, s);
        g_assert_true(pull_order_init(&order, &deployment, 0));
        for (uint32_t k = 0; k < UES; k++) {
            uint32_t ue = pull_order_at(&order, k), cell = net_topology_cell(&deployment.topology, ue);

            g_assert_false(pulled[ue]);
            pulled[ue] = 1;
            in_place += ue == k;
            if (i == 2)
                g_assert_cmpuint(cell, >=, last_cell);
            last_cell = cell;
        }
        if (i == 1)
            g_assert_cmpuint(in_place, ==, UES);
        else
            g_assert_cmpuint(in_place, <, 10);
        g_assert_cmpuint(pull_order_ue_bytes(s), ==, i == 2 ? 4 : 0);
        pull_order_clear(&order);
        scenario_free(s);
    }
}

/* --- storms --------------------------------------------------------------------------------------------- */

/* What depends on who the UEs are. */
static const char *const everywhere[] = {"msk_requests", "gba_runs", "gba_resyncs", "zn_requests",
                                         "ues_keyed"};

/* Who a UE is does not change with its place or its turn: runs are comparable in pairs. */
static void test_same_ues(void)
{
    static const char *const rules[][3] = {
        {"ue.placement=even", "pull.order=by_number", "pull.pacing=uniform"},
        {"ue.placement=random", "pull.order=random", "pull.pacing=uniform"},
        {"ue.placement=random", "pull.order=by_cell", "pull.pacing=burst"}};
    int64_t expected[G_N_ELEMENTS(everywhere)];

    for (unsigned r = 0; r < G_N_ELEMENTS(rules); r++) {
        struct scenario *s =
            fixture_scenario("ue.count=500", "ue.cells=20", "ue.muk_expired=30%", "ue.sqn_ahead=20%",
                             "ue.muk_ahead=10%", "bmsc.workers=500", "bsf.workers=500", "hss.workers=500",
                             "core.rate=1Tbit/s", "access.uplink_rate=1Tbit/s",
                             "access.downlink_rate=1Tbit/s", rules[r][0], rules[r][1], rules[r][2], NULL);
        struct storm *storm = fixture_run(s);

        for (unsigned i = 0; i < G_N_ELEMENTS(everywhere); i++)
            if (r == 0)
                expected[i] = fixture_metric(storm, everywhere[i]);
            else
                fixture_equal(storm, everywhere[i], expected[i]);
        storm_free(storm);
        scenario_free(s);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/placement/regions", test_regions);
    g_test_add_func("/placement/populations", test_populations);
    g_test_add_func("/placement/independent", test_independent);
    g_test_add_func("/placement/alias table", test_alias_table);
    g_test_add_func("/placement/variation", test_variation);
    g_test_add_func("/placement/order of pulls", test_order);
    g_test_add_func("/placement/same UEs", test_same_ues);
    return g_test_run();
}
