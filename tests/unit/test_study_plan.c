/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a plan asks for, on a made-up response: no simulator, no folder. A value has a margin, met from 0 on;
 * n replications show it with an error that becomes smaller as n grows, and are sure where it is far enough
 * from 0. */
#include "sim/study/plan_step.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <string.h>

#define COUNT_MAX  100
#define POINTS_MAX 3
#define FIRST      3
#define LAST       11

/* The margin of a value; `user` says where it changes its sign. */
typedef double margin_of(double user, unsigned place);

struct response {
    margin_of *margin;
    double user;  /* for it */
    double doubt; /* how far from 0 one replication is not sure yet */
};

struct trial {
    struct step_rules rules;
    const struct response *responses; /* of each point */
    unsigned points;
    struct step_value values[POINTS_MAX][COUNT_MAX];
    double margins[POINTS_MAX][COUNT_MAX];
    struct search looks[POINTS_MAX];
    bool failed[POINTS_MAX];
    struct step_direction direction;
    unsigned runs, rounds;
};

static double rising(double user, unsigned place)
{
    return place - user;
}

static double falling(double user, unsigned place)
{
    return user - place;
}

static struct trial trial_of(const struct response *responses, unsigned points, unsigned count)
{
    struct trial trial = {.rules = {count, 1, NULL, FIRST, LAST}, .responses = responses, .points = points};

    for (unsigned p = 0; p < points; p++)
        for (unsigned v = 0; v < count; v++)
            trial.values[p][v].seen = (struct search_seen){VERDICT_UNKNOWN, 0, NULL};
    return trial;
}

/* The runs of a wish, as the response has them. */
static void respond(struct trial *trial, unsigned p, struct step_wish wish)
{
    const struct response *response = &trial->responses[p];
    struct step_value *value = &trial->values[p][wish.place];
    double *margin = &trial->margins[p][wish.place];

    g_assert_cmpuint(wish.place, <, trial->rules.count);
    g_assert_cmpuint(wish.replications, >, value->replications); /* nothing twice */
    g_assert_cmpuint(wish.replications, <=, LAST);
    trial->runs += wish.replications - value->replications;
    *margin = response->margin(response->user, wish.place);
    value->replications = wish.replications;
    value->sure = fabs(*margin) > response->doubt / sqrt(wish.replications);
    value->seen = (struct search_seen){*margin >= 0 ? VERDICT_MEETS : VERDICT_FAILS, *margin < 0, margin};
}

/* One step at a point; false: it wishes nothing more. The same question has the same answer. */
static bool go_on(struct trial *trial, unsigned p)
{
    struct step step = step_at(&trial->rules, trial->values[p], &trial->direction);
    struct step again = step_at(&trial->rules, trial->values[p], &trial->direction);
    bool any = step.wish_count > 0;

    g_assert_cmpuint(step.wish_count, ==, again.wish_count);
    if (any)
        g_assert_cmpmem(step.wishes, step.wish_count * sizeof *step.wishes, again.wishes,
                        again.wish_count * sizeof *again.wishes);
    trial->looks[p] = step.look;
    for (unsigned i = 0; i < step.wish_count; i++)
        respond(trial, p, step.wishes[i]);
    step_clear(&step);
    step_clear(&again);
    return any;
}

static void find_direction(struct trial *trial)
{
    struct step_ends ends[POINTS_MAX];

    for (unsigned p = 0; p < trial->points; p++)
        ends[p] = (struct step_ends){trial->values[p][0].seen.verdict,
                                     trial->values[p][trial->rules.count - 1].seen.verdict, trial->failed[p]};
    trial->direction = step_direction(ends, trial->points);
}

/* Until no point wishes anything. backwards: the last point is asked first. */
static void run(struct trial *trial, bool backwards)
{
    bool more = true;

    while (more) {
        bool known = trial->direction.known;

        more = false;
        for (unsigned i = 0; i < trial->points; i++) {
            unsigned p = backwards ? trial->points - 1 - i : i;

            more = (!trial->failed[p] && go_on(trial, p)) || more;
        }
        if (!known)
            find_direction(trial);
        more = more || known != trial->direction.known;
        g_assert_cmpuint(++trial->rounds, <, 1000);
    }
}

static void expect(const struct trial *trial, unsigned p, enum search_status status, unsigned answer)
{
    g_assert_cmpint(trial->looks[p].status, ==, status);
    g_assert_cmpuint(trial->looks[p].answer, ==, answer);
}

/* Every place where the target may begin or end to be met, and no doubt: no value has more runs than at
 * first. */
static void test_every_place(void)
{
    for (unsigned at = 1; at < COUNT_MAX; at++) {
        const struct response up = {rising, at - 0.5, 0}, down = {falling, at - 0.5, 0};
        struct trial trial = trial_of(&up, 1, COUNT_MAX);

        run(&trial, false);
        expect(&trial, 0, SEARCH_MET, at);
        g_assert_false(trial.direction.largest);
        g_assert_cmpuint(trial.direction.rising, ==, 1);
        g_assert_cmpuint(trial.runs, <=, FIRST * (SEARCH_GRID_MAX + 4));

        trial = trial_of(&down, 1, COUNT_MAX);
        run(&trial, false);
        expect(&trial, 0, SEARCH_MET, at - 1);
        g_assert_true(trial.direction.largest);
        g_assert_cmpuint(trial.direction.falling, ==, 1);
        g_assert_cmpuint(trial.runs % FIRST, ==, 0);
    }
}

/* Values near the border are in doubt: those that the outcome rests on get runs until they are sure, or all
 * there are, and nobody else does. */
static void test_doubt(void)
{
    const struct response near = {rising, 41.5, 1.3}, hopeless = {rising, 41.5, 100};
    struct trial trial = trial_of(&near, 1, COUNT_MAX);

    run(&trial, false);
    expect(&trial, 0, SEARCH_MET, 42);
    for (unsigned v = 0; v < COUNT_MAX; v++) {
        const struct step_value *value = &trial.values[0][v];
        bool rests = search_rests_on(&trial.looks[0], v);

        /* 0.5 from the border takes more than (1.3 / 0.5)^2 = 6.8 runs, so a third batch. */
        g_assert_cmpuint(value->replications, ==,
                         rests                                    ? 9
                         : value->seen.verdict == VERDICT_UNKNOWN ? 0
                                                                  : FIRST);
        g_assert_true(!rests || value->sure);
    }

    trial = trial_of(&hopeless, 1, COUNT_MAX);
    run(&trial, false);
    expect(&trial, 0, SEARCH_MET, 42);
    g_assert_cmpuint(trial.values[0][41].replications, ==, LAST);
    g_assert_cmpuint(trial.values[0][42].replications, ==, LAST);
    g_assert_cmpuint(trial.values[0][0].replications, ==, FIRST);
    g_assert_false(trial.values[0][42].sure);
}

/* Nothing is made sure before it is known which end is sought: that needs the ends of all points. */
static void test_direction_first(void)
{
    const struct response responses[] = {{falling, 20.5, 100}, {falling, 7.5, 100}};
    struct trial trial = trial_of(responses, 2, COUNT_MAX);

    while (go_on(&trial, 0))
        find_direction(&trial);
    g_assert_false(trial.direction.known);
    for (unsigned v = 0; v < COUNT_MAX; v++)
        g_assert_cmpuint(trial.values[0][v].replications, <=, FIRST);
    run(&trial, false);
    g_assert_true(trial.direction.known && trial.direction.largest);
    expect(&trial, 0, SEARCH_MET, 20);
    expect(&trial, 1, SEARCH_MET, 7);
    g_assert_cmpuint(trial.values[0][20].replications, ==, LAST);
}

/* Points that contradict each other: the smallest is sought, and both are named. Without the first, which has
 * failed, the largest. */
static void test_contradiction(void)
{
    const struct response responses[] = {{rising, 30.5, 0}, {rising, 200, 0}, {falling, 60.5, 0}};
    struct trial trial = trial_of(responses, 3, COUNT_MAX);

    run(&trial, false);
    g_assert_true(trial.direction.known && !trial.direction.largest);
    g_assert_cmpuint(trial.direction.rising, ==, 1);
    g_assert_cmpuint(trial.direction.falling, ==, 3);
    expect(&trial, 0, SEARCH_MET, 31);
    expect(&trial, 1, SEARCH_NEVER, SEARCH_NONE);
    expect(&trial, 2, SEARCH_WINDOW, 0);

    trial = trial_of(responses, 3, COUNT_MAX);
    trial.failed[0] = true;
    run(&trial, false);
    g_assert_true(trial.direction.known && trial.direction.largest);
    g_assert_cmpuint(trial.direction.rising, ==, 0);
    expect(&trial, 2, SEARCH_MET, 60);
}

/* The order in which points are asked changes nothing; nor does it if the search was broken off and starts
 * again with what is known. */
static void test_order(void)
{
    const struct response responses[] = {{falling, 30.5, 2}, {rising, -1, 5}, {falling, 70.2, 9}};
    struct trial forwards = trial_of(responses, 3, COUNT_MAX), backwards = forwards, broken = forwards;

    run(&forwards, false);
    run(&backwards, true);
    go_on(&broken, 1);
    go_on(&broken, 2);
    go_on(&broken, 2);
    run(&broken, false);
    g_assert_cmpuint(forwards.runs, ==, backwards.runs);
    g_assert_cmpuint(forwards.runs, ==, broken.runs);
    for (unsigned p = 0; p < 3; p++)
        for (unsigned v = 0; v < COUNT_MAX; v++) {
            unsigned replications = forwards.values[p][v].replications;

            g_assert_cmpuint(backwards.values[p][v].replications, ==, replications);
            g_assert_cmpuint(broken.values[p][v].replications, ==, replications);
        }
}

#define ROWS    8
#define COLUMNS 12

/* Met from a diagonal on. */
static double diagonal(double user, unsigned place)
{
    return place / COLUMNS + place % COLUMNS - user;
}

/* Two keys: the cheapest combination that meets, with more runs where it is in doubt. */
static void test_two_keys(void)
{
    unsigned ranks[ROWS * COLUMNS], cheapest = 0;
    const struct frontier_grid grid = {ROWS, COLUMNS, ranks, 1};
    const struct response response = {diagonal, 8.5, 1};
    struct trial trial = trial_of(&response, 1, ROWS * COLUMNS);

    for (unsigned v = 0; v < ROWS * COLUMNS; v++) /* a step of the first key costs three of the second */
        ranks[v] = 3 * (v / COLUMNS) + v % COLUMNS;
    for (unsigned v = 1; v < ROWS * COLUMNS; v++)
        if (diagonal(8.5, v) >= 0 && (diagonal(8.5, cheapest) < 0 || ranks[v] < ranks[cheapest]))
            cheapest = v;
    trial.rules.grid = &grid;
    trial.direction.known = true; /* to what is cheap */
    run(&trial, false);
    expect(&trial, 0, SEARCH_MET, cheapest);
    g_assert_true(trial.values[0][cheapest].sure);
    g_assert_cmpuint(trial.values[0][cheapest].replications, ==, 6); /* 1 / sqrt(6) < 0.5 */
    g_assert_cmpuint(trial.runs, <, FIRST * ROWS * COLUMNS / 2);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/study/plan/every-place", test_every_place);
    g_test_add_func("/study/plan/doubt", test_doubt);
    g_test_add_func("/study/plan/direction-first", test_direction_first);
    g_test_add_func("/study/plan/contradiction", test_contradiction);
    g_test_add_func("/study/plan/order", test_order);
    g_test_add_func("/study/plan/two-keys", test_two_keys);
    return g_test_run();
}
