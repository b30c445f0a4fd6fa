/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The search of a plan, against targets whose answer is known everywhere: monotone, windows, and random
 * ones. */
#include "sim/study/plan_search.h"
#include "tests/tap/tap.h"

#include <math.h>

#define COUNT_MAX 400

/* A target of one or two parts over a range: margins[part][place], met from 0 on. */
struct truth {
    unsigned count, parts;
    double margins[2][COUNT_MAX];
};

static bool met(const struct truth *truth, unsigned place)
{
    bool all = true;

    for (unsigned p = 0; p < truth->parts; p++)
        all = all && truth->margins[p][place] >= 0;
    return all;
}

static void see(const struct truth *truth, unsigned place, struct search_seen *seen, double (*margins)[2])
{
    seen->verdict = met(truth, place) ? VERDICT_MEETS : VERDICT_FAILS;
    for (unsigned p = 0; p < truth->parts; p++) {
        (*margins)[p] = truth->margins[p][place];
        seen->failed |= (unsigned)(truth->margins[p][place] < 0) << p;
    }
    seen->margins = *margins;
}

/* Searches, and counts what was looked at. */
static struct search search_of(const struct truth *truth, bool largest, unsigned *looks)
{
    struct search_seen seen[COUNT_MAX] = {{VERDICT_UNKNOWN, 0, NULL}};
    double margins[COUNT_MAX][2];
    struct search search;

    *looks = 0;
    for (;;) {
        search = search_look(seen, truth->count, truth->parts, largest);
        if (search.needed_count == 0)
            break;
        g_assert_cmpint(search.status, ==, SEARCH_GOES_ON);
        for (unsigned i = 0; i < search.needed_count; i++) {
            unsigned place = search.needed[i];

            g_assert_cmpuint(place, <, truth->count);
            g_assert_cmpint(seen[place].verdict, ==, VERDICT_UNKNOWN); /* nothing twice */
            see(truth, place, &seen[place], &margins[place]);
            ++*looks;
        }
    }
    g_assert_cmpint(search.status, !=, SEARCH_GOES_ON);
    return search;
}

/* 'T' meets, 'F' fails: one part, which does not say by how much. */
static struct search search_text(const char *text, bool largest, unsigned *looks)
{
    struct truth truth = {.count = (unsigned)strlen(text), .parts = 1};

    for (unsigned i = 0; i < truth.count; i++)
        truth.margins[0][i] = text[i] == 'T' ? 1 : -1;
    return search_of(&truth, largest, looks);
}

/* What the outcome says must be so. */
static void check(const struct truth *truth, const struct search *search, bool largest)
{
    if (search->status == SEARCH_NEVER) {
        g_assert_cmpuint(search->answer, ==, SEARCH_NONE);
        g_assert_false(met(truth, search->neighbour));
        return;
    }
    g_assert_cmpuint(search->answer, ==, largest ? search->high : search->low);
    g_assert_cmpuint(search->neighbour, ==, largest ? search->above : search->below);
    g_assert_true(met(truth, search->low) && met(truth, search->high));
    /* What fails is next to the window, not somewhere. */
    if (search->below == SEARCH_NONE)
        g_assert_cmpuint(search->low, ==, 0);
    else
        g_assert_true(search->below + 1 == search->low && !met(truth, search->below));
    if (search->above == SEARCH_NONE)
        g_assert_cmpuint(search->high, ==, truth->count - 1);
    else
        g_assert_true(search->above == search->high + 1 && !met(truth, search->above));
    g_assert_true((search->status == SEARCH_NOT_MONOTONE) == (search->windows > 1));
    if (search->status == SEARCH_ALWAYS)
        g_assert_true(search->below == SEARCH_NONE && search->above == SEARCH_NONE);
    if (search->status == SEARCH_MET)
        g_assert_true(search->neighbour != SEARCH_NONE &&
                      (largest ? search->below : search->above) == SEARCH_NONE);
}

static void test_every_answer(void)
{
    for (unsigned count = 2; count <= 70; count++)
        for (unsigned answer = 1; answer < count; answer++) {
            char *truth = g_strnfill(count, 'F'), *mirror = g_strnfill(count, 'T');
            unsigned looks;
            struct search search;

            memset(truth + answer, 'T', count - answer);
            memset(mirror + answer, 'F', count - answer);
            search = search_text(truth, false, &looks);
            g_assert_cmpint(search.status, ==, SEARCH_MET);
            g_assert_cmpuint(search.answer, ==, answer);
            g_assert_cmpuint(search.neighbour, ==, answer - 1);
            /* The grid, and the halvings of one of its gaps. */
            g_assert_cmpuint(looks, <=, search_grid_count(count) + (unsigned)ceil(log2(count / 8.0 + 5)));
            search = search_text(mirror, true, &looks);
            g_assert_cmpint(search.status, ==, SEARCH_MET);
            g_assert_cmpuint(search.answer, ==, answer - 1);
            g_assert_cmpuint(search.neighbour, ==, answer);
            /* The other end of the same window. */
            search = search_text(mirror, false, &looks);
            g_assert_cmpint(search.status, ==, SEARCH_WINDOW);
            g_assert_cmpuint(search.answer, ==, 0);
            g_assert_cmpuint(search.above, ==, answer);
            g_free(truth);
            g_free(mirror);
        }
}

static void test_ends_agree(void)
{
    unsigned looks;
    struct search search = search_text("FFFFFFFFF", false, &looks);

    g_assert_cmpint(search.status, ==, SEARCH_NEVER);
    g_assert_cmpuint(search.neighbour, ==, 8);
    g_assert_cmpuint(looks, ==, 9); /* few values: all of them */
    search = search_text("TTTTTTTTT", false, &looks);
    g_assert_cmpint(search.status, ==, SEARCH_ALWAYS);
    g_assert_cmpuint(search.answer, ==, 0);
    search = search_text("TTTTTTTTT", true, &looks);
    g_assert_cmpint(search.status, ==, SEARCH_ALWAYS);
    g_assert_cmpuint(search.answer, ==, 8);
    g_assert_cmpint(search_text("F", false, &looks).status, ==, SEARCH_NEVER);
    g_assert_cmpint(search_text("T", false, &looks).status, ==, SEARCH_ALWAYS);
    g_assert_cmpint(search_text("FF", false, &looks).status, ==, SEARCH_NEVER);
    g_assert_cmpint(search_text("FFTFF", false, &looks).status, ==, SEARCH_WINDOW);
}

/* The whole range is looked at before it is said that nothing of few values meets. */
static void test_few_values(void)
{
    for (unsigned count = 1; count <= SEARCH_LOOKS_LEAST; count++)
        for (unsigned bits = 0; bits < 1U << count; bits++) {
            char text[SEARCH_LOOKS_LEAST + 1] = "";
            unsigned looks;
            struct search search;

            for (unsigned i = 0; i < count; i++)
                text[i] = bits >> i & 1 ? 'T' : 'F';
            search = search_text(text, false, &looks);
            g_assert_true((search.status == SEARCH_NEVER) == (bits == 0));
            g_assert_true(search.status != SEARCH_ALWAYS || bits == (1U << count) - 1 || looks < count);
        }
}

/* One metric, too small on either side of its peak: anywhere, however narrow. */
static void test_narrow_windows(void)
{
    static const unsigned counts[] = {14, 49, 100, 400};

    for (size_t c = 0; c < G_N_ELEMENTS(counts); c++)
        for (unsigned peak = 1; peak + 1 < counts[c]; peak++) {
            struct truth truth = {.count = counts[c], .parts = 1};
            unsigned looks;
            struct search search;

            for (unsigned i = 0; i < truth.count; i++)
                truth.margins[0][i] = i < peak ? -(double)(peak - i) : -3 * (double)(i - peak);
            search = search_of(&truth, false, &looks);
            check(&truth, &search, false);
            /* Between the last two values of the grid at either end nothing shows a peak. */
            if (search.status == SEARCH_NEVER)
                g_assert_true(peak < search_grid_place(1, 9, truth.count) ||
                              peak > search_grid_place(7, 9, truth.count));
            else
                g_assert_true(search.low == peak && search.high == peak);
            g_assert_cmpuint(looks, <=, SEARCH_LOOKS_MOST + 2);
        }
}

/* Two parts, one that fails below and one that fails above: the ends of the window are exact, and where parts
 * overlap that nothing meets is said after few looks. */
static void test_two_parts(void)
{
    for (unsigned low = 0; low < 60; low++)
        for (unsigned high = 0; high < 60; high++) {
            struct truth truth = {.count = 60, .parts = 2};
            unsigned looks;
            struct search search;

            for (unsigned i = 0; i < truth.count; i++) {
                truth.margins[0][i] = i >= low ? 0 : -1; /* how far is not to be seen */
                truth.margins[1][i] = i <= high ? 0 : -1;
            }
            for (int largest = 0; largest <= 1; largest++) {
                search = search_of(&truth, largest, &looks);
                check(&truth, &search, largest);
                g_assert_true((search.status == SEARCH_NEVER) == (low > high));
                if (low <= high)
                    g_assert_true(search.low == low && search.high == high && search.windows == 1);
                g_assert_cmpuint(looks, <=, SEARCH_LOOKS_MOST);
            }
        }
}

/* With any truth: what is said of values is so, and the number of looks is bounded. */
static void test_ragged(void)
{
    GRand *random = g_rand_new_with_seed(7);

    for (unsigned trial = 0; trial < 20000; trial++) {
        struct truth truth = {.count = (unsigned)g_rand_int_range(random, 1, 120),
                              .parts = (unsigned)g_rand_int_range(random, 1, 3)};
        double share = g_rand_double(random);
        bool largest = g_rand_boolean(random);
        unsigned looks;
        struct search search;

        for (unsigned p = 0; p < truth.parts; p++)
            for (unsigned i = 0; i < truth.count; i++)
                truth.margins[p][i] = share - g_rand_double(random);
        search = search_of(&truth, largest, &looks);
        check(&truth, &search, largest);
        /* The grid and the halvings of each of its gaps; or the most of a search that finds nothing, then one
         * window in a gap that has been halved. */
        g_assert_cmpuint(looks, <=, 45);
    }
    g_rand_free(random);
}

/* Evidence of an earlier call counts: what is known is not asked for, and the outcome is the same. */
static void test_earlier(void)
{
    struct search_seen seen[40] = {{VERDICT_UNKNOWN, 0, NULL}};
    struct search search;
    unsigned looks = 0;

    for (unsigned i = 0; i < 40; i++)
        if (i % 2 == 0 || i == 21)
            seen[i].verdict = i >= 21 ? VERDICT_MEETS : VERDICT_FAILS;
    while ((search = search_look(seen, 40, 1, false)).needed_count > 0)
        for (unsigned i = 0; i < search.needed_count; i++, looks++)
            seen[search.needed[i]].verdict = search.needed[i] >= 21 ? VERDICT_MEETS : VERDICT_FAILS;
    g_assert_cmpint(search.status, ==, SEARCH_MET);
    g_assert_cmpuint(search.answer, ==, 21);
    g_assert_cmpuint(looks, <=, 9);
    g_assert_true(search_rests_on(&search, 21) && search_rests_on(&search, 20));
    g_assert_false(search_rests_on(&search, 22) || search_rests_on(&search, 39));
}

/* The grid: both ends, rising, never further apart than the rest. */
static void test_grid(void)
{
    for (unsigned count = 1; count <= 5000; count++) {
        unsigned grid = search_grid_count(count), before = 0;

        g_assert_cmpuint(grid, <=, MIN(count, SEARCH_GRID_MAX));
        g_assert_cmpuint(search_grid_place(0, grid, count), ==, 0);
        for (unsigned i = 1; i < grid; i++) {
            unsigned place = search_grid_place(i, grid, count);

            g_assert_cmpuint(place, >, before);
            g_assert_cmpuint(place - before, <=, (count - 1) / (grid - 1) + 1);
            before = place;
        }
        if (count > 1)
            g_assert_cmpuint(before, ==, count - 1);
    }
    g_assert_cmpuint(search_grid_count(49), ==, 9);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/search/every-answer", test_every_answer);
    g_test_add_func("/study/search/ends-agree", test_ends_agree);
    g_test_add_func("/study/search/few-values", test_few_values);
    g_test_add_func("/study/search/narrow-windows", test_narrow_windows);
    g_test_add_func("/study/search/two-parts", test_two_parts);
    g_test_add_func("/study/search/ragged", test_ragged);
    g_test_add_func("/study/search/earlier", test_earlier);
    g_test_add_func("/study/search/grid", test_grid);
    return g_test_run();
}
