/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The cheapest combination of two keys, against targets whose answer is known everywhere. */
#include "sim/study/plan_frontier.h"
#include "tests/tap/tap.h"

#define SIDE_MAX 40

struct truth {
    unsigned rows, columns;
    bool meets[SIDE_MAX * SIDE_MAX];
    unsigned cost[SIDE_MAX * SIDE_MAX], ranks[SIDE_MAX * SIDE_MAX];
    unsigned failed[SIDE_MAX * SIDE_MAX]; /* where it fails: bits of two parts; 0 as 1 */
    double margins[SIDE_MAX * SIDE_MAX][2];
};

static int by_number(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

/* Ranks of the costs: 0 for the least, equal ones alike. */
static void rank(struct truth *truth)
{
    unsigned count = truth->rows * truth->columns, *sorted = g_memdup2(truth->cost, count * sizeof *sorted);

    qsort(sorted, count, sizeof *sorted, by_number);
    for (unsigned p = 0; p < count; p++) {
        truth->ranks[p] = 0;
        for (unsigned i = 1; i < count && sorted[i - 1] < truth->cost[p]; i++)
            truth->ranks[p] += sorted[i] != sorted[i - 1];
    }
    g_free(sorted);
}

/* By trying all of them; the least cost, or SEARCH_NONE. */
static unsigned least_cost(const struct truth *truth)
{
    unsigned least = SEARCH_NONE;

    for (unsigned p = 0; p < truth->rows * truth->columns; p++)
        if (truth->meets[p] && truth->cost[p] < least)
            least = truth->cost[p];
    return least;
}

static struct search search_of(const struct truth *truth, unsigned *looks, enum verdict *implied)
{
    static struct search_seen seen[SIDE_MAX * SIDE_MAX];
    const struct frontier_grid grid = {truth->rows, truth->columns, truth->ranks, 2};
    struct search search;

    memset(seen, 0, sizeof seen);
    *looks = 0;
    while ((search = frontier_look(seen, &grid)).needed_count > 0)
        for (unsigned i = 0; i < search.needed_count; i++) {
            unsigned p = search.needed[i];

            g_assert_cmpuint(p, <, truth->rows * truth->columns);
            g_assert_cmpint(seen[p].verdict, ==, VERDICT_UNKNOWN);
            seen[p].verdict = truth->meets[p] ? VERDICT_MEETS : VERDICT_FAILS;
            seen[p].failed = truth->meets[p] ? 0 : MAX(truth->failed[p], 1);
            seen[p].margins = truth->margins[p];
            ++*looks;
        }
    frontier_implied(seen, &grid, implied);
    return search;
}

/* A monotone staircase: row i meets from column steps[i] on; turned as asked. */
static void staircase(struct truth *truth, GRand *random, bool turn_rows, bool turn_columns)
{
    unsigned step = truth->columns + 1;

    for (unsigned i = 0; i < truth->rows; i++) {
        if (g_rand_int_range(random, 0, 4) == 0)
            step = (unsigned)g_rand_int_range(random, 0, (gint32)step + 1);
        for (unsigned j = 0; j < truth->columns; j++) {
            unsigned row = turn_rows ? truth->rows - 1 - i : i;
            unsigned column = turn_columns ? truth->columns - 1 - j : j;

            truth->meets[row * truth->columns + column] = j >= step;
        }
    }
}

static void check_monotone(const struct truth *truth)
{
    enum verdict implied[SIDE_MAX * SIDE_MAX];
    unsigned looks, least = least_cost(truth);
    struct search search = search_of(truth, &looks, implied);

    g_assert_cmpint(search.status, !=, SEARCH_NOT_MONOTONE);
    g_assert_true((search.status == SEARCH_NEVER) == (least == SEARCH_NONE));
    if (least != SEARCH_NONE)
        g_assert_true(truth->meets[search.answer] && truth->cost[search.answer] == least);
    if (search.neighbour != SEARCH_NONE)
        g_assert_false(truth->meets[search.neighbour]);
    for (unsigned p = 0; p < truth->rows * truth->columns; p++)
        if (implied[p] != VERDICT_UNKNOWN)
            g_assert_true((implied[p] == VERDICT_MEETS) == truth->meets[p]);
    g_assert_cmpuint(looks, <=, MIN(truth->rows * truth->columns, FRONTIER_LOOKS_MOST + 25));
}

static void test_monotone(void)
{
    GRand *random = g_rand_new_with_seed(11);

    for (unsigned trial = 0; trial < 1500; trial++) {
        struct truth truth = {.rows = (unsigned)g_rand_int_range(random, 1, SIDE_MAX / 2),
                              .columns = (unsigned)g_rand_int_range(random, 1, SIDE_MAX / 2)};
        unsigned a = (unsigned)g_rand_int_range(random, 1, 12), b = (unsigned)g_rand_int_range(random, 1, 12);

        for (unsigned p = 0; p < truth.rows * truth.columns; p++)
            truth.cost[p] = a * (p / truth.columns) + b * (p % truth.columns);
        rank(&truth);
        staircase(&truth, random, false, false);
        check_monotone(&truth);
    }
    g_rand_free(random);
}

/* Two servers that need so many workers each, independently: the usual case, in few looks. */
static void test_corner(void)
{
    for (unsigned row = 0; row < SIDE_MAX; row += 3)
        for (unsigned column = 0; column < SIDE_MAX; column += 3) {
            struct truth truth = {.rows = SIDE_MAX, .columns = SIDE_MAX};
            enum verdict implied[SIDE_MAX * SIDE_MAX];
            unsigned looks;
            struct search search;

            for (unsigned p = 0; p < SIDE_MAX * SIDE_MAX; p++) {
                truth.cost[p] = 3 * (p / SIDE_MAX + 1) + 10 * (p % SIDE_MAX + 1);
                truth.meets[p] = p / SIDE_MAX >= row && p % SIDE_MAX >= column;
            }
            rank(&truth);
            check_monotone(&truth);
            search = search_of(&truth, &looks, implied);
            g_assert_cmpuint(search.answer, ==, row * SIDE_MAX + column);
            g_assert_true(search.below == SEARCH_NONE || search.below == search.answer - SIDE_MAX);
            g_assert_true(search.above == SEARCH_NONE || search.above == search.answer - 1);
            g_assert_cmpuint(looks, <=, FRONTIER_LOOKS_MOST);
        }
}

/* Less of a key is better: the grid shows it, where it has both. */
static void test_turned(void)
{
    GRand *random = g_rand_new_with_seed(12);

    for (unsigned turn = 1; turn < 4; turn++)
        for (unsigned trial = 0; trial < 300; trial++) {
            struct truth truth = {.rows = 17, .columns = 13};
            enum verdict implied[SIDE_MAX * SIDE_MAX];
            unsigned looks, best_row = turn & 1 ? 0 : 16, best_column = turn >> 1 ? 0 : 12;
            struct search search;

            for (unsigned p = 0; p < 17 * 13; p++)
                truth.cost[p] = 2 * (p / 13) + 5 * (p % 13);
            rank(&truth);
            staircase(&truth, random, turn & 1, turn >> 1);
            search = search_of(&truth, &looks, implied);
            /* Only the far corner shows the direction, and two opposite ones must differ. */
            if (!truth.meets[best_row * 13 + best_column] ||
                truth.meets[(16 - best_row) * 13 + 12 - best_column])
                continue;
            g_assert_true(truth.meets[search.answer]);
            if (search.status != SEARCH_NOT_MONOTONE)
                g_assert_cmpuint(truth.cost[search.answer], ==, least_cost(&truth));
        }
    g_rand_free(random);
}

/* Where no direction is known, beside the answer is what has a step less of either key. */
static void check_beside(const struct truth *truth, const struct search *search)
{
    unsigned row = search->answer / truth->columns, column = search->answer % truth->columns;

    g_assert_cmpuint(search->below, ==, row > 0 ? search->answer - truth->columns : SEARCH_NONE);
    g_assert_cmpuint(search->above, ==, column > 0 ? search->answer - 1 : SEARCH_NONE);
}

/* A band: too little of both fails, and too much. */
static void test_band(void)
{
    struct truth truth = {.rows = 9, .columns = 9};
    enum verdict implied[SIDE_MAX * SIDE_MAX];
    unsigned looks;
    struct search search;

    for (unsigned p = 0; p < 81; p++) {
        truth.cost[p] = p / 9 + p % 9;
        truth.meets[p] = truth.cost[p] >= 4 && truth.cost[p] <= 6;
    }
    rank(&truth);
    search = search_of(&truth, &looks, implied);
    g_assert_cmpint(search.status, ==, SEARCH_NOT_MONOTONE);
    g_assert_cmpuint(truth.cost[search.answer], ==, 4);
    check_beside(&truth, &search);
    for (unsigned i = 0; i < 2; i++) {
        unsigned beside = i ? search.above : search.below;

        g_assert_true(beside == SEARCH_NONE || implied[beside] == VERDICT_FAILS); /* looked at, too */
    }
}

/* Too little of the first key fails one part, too much another one, and the grid may miss the window. */
static void check_window(unsigned low, unsigned high)
{
    struct truth truth = {.rows = 21, .columns = 2};
    enum verdict implied[SIDE_MAX * SIDE_MAX];
    unsigned looks, known = 0;
    struct search search;

    for (unsigned p = 0; p < 42; p++) {
        unsigned i = p / 2;

        truth.cost[p] = i + 10 * (p % 2);
        truth.failed[p] = (unsigned)(i < low) | (unsigned)(i > high) << 1;
        truth.meets[p] = truth.failed[p] == 0;
    }
    rank(&truth);
    search = search_of(&truth, &looks, implied);
    g_assert_true((search.status == SEARCH_NEVER) == (low > high));
    g_assert_cmpuint(looks, <=, FRONTIER_LOOKS_MOST + 2);
    if (low <= high) {
        g_assert_cmpuint(search.answer, ==, 2 * low);
        return;
    }
    /* Nothing is said of what was not looked at. */
    for (unsigned p = 0; p < 42; p++)
        known += implied[p] != VERDICT_UNKNOWN;
    g_assert_cmpuint(known, ==, looks);
}

static void test_windows(void)
{
    for (unsigned low = 0; low < 21; low++)
        for (unsigned high = 0; high < 21; high++)
            check_window(low, high);
}

/* Nothing meets: that is not said after the grid alone, and the nearest miss is named at any place. */
static void test_nearest_miss(void)
{
    enum verdict implied[SIDE_MAX * SIDE_MAX];
    unsigned looks;
    struct truth fewest = {.rows = 2, .columns = 2, .failed = {3, 1, 3, 3}};
    struct truth least = {.rows = 2, .columns = 2, .margins = {{-5, 0}, {-1, 0}, {-3, 0}, {-2, 0}}};
    struct truth far = {.rows = 12, .columns = 12};
    struct search search = search_of(&fewest, &looks, implied);

    g_assert_true(search.status == SEARCH_NEVER && search.neighbour == 1);
    search = search_of(&least, &looks, implied);
    g_assert_true(search.status == SEARCH_NEVER && search.neighbour == 1);
    search = search_of(&far, &looks, implied);
    g_assert_true(search.status == SEARCH_NEVER && search.neighbour == 143);
    g_assert_cmpuint(looks, ==, FRONTIER_LOOKS_LEAST);
}

/* With any truth: it ends, what is said of combinations is so, and what is not monotone is not taken to
 * be. */
static void test_ragged(void)
{
    GRand *random = g_rand_new_with_seed(13);

    for (unsigned trial = 0; trial < 1500; trial++) {
        struct truth truth = {.rows = (unsigned)g_rand_int_range(random, 1, 15),
                              .columns = (unsigned)g_rand_int_range(random, 1, 15)};
        enum verdict implied[SIDE_MAX * SIDE_MAX];
        double share = g_rand_double(random);
        unsigned looks;
        struct search search;

        for (unsigned p = 0; p < truth.rows * truth.columns; p++) {
            truth.cost[p] = (unsigned)g_rand_int_range(random, 0, 50);
            truth.meets[p] = g_rand_double(random) < share;
        }
        rank(&truth);
        search = search_of(&truth, &looks, implied);
        g_assert_true(search.answer == SEARCH_NONE || truth.meets[search.answer]);
        g_assert_true(search.neighbour == SEARCH_NONE || !truth.meets[search.neighbour]);
        g_assert_true((search.status == SEARCH_NEVER) == (search.answer == SEARCH_NONE));
        if (search.status == SEARCH_NOT_MONOTONE)
            check_beside(&truth, &search);
        if (search.status == SEARCH_NOT_MONOTONE)
            for (unsigned p = 0; p < truth.rows * truth.columns; p++)
                g_assert_true(implied[p] == VERDICT_UNKNOWN ||
                              (implied[p] == VERDICT_MEETS) == truth.meets[p]);
    }
    g_rand_free(random);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/frontier/monotone", test_monotone);
    g_test_add_func("/study/frontier/corner", test_corner);
    g_test_add_func("/study/frontier/turned", test_turned);
    g_test_add_func("/study/frontier/ragged", test_ragged);
    g_test_add_func("/study/frontier/band", test_band);
    g_test_add_func("/study/frontier/windows", test_windows);
    g_test_add_func("/study/frontier/nearest-miss", test_nearest_miss);
    return g_test_run();
}
