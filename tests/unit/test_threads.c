/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Threads for short jobs: each item is done once, by a thread of the pool, and all are done when the job
 * is. */
#include "sim/kernel/threads.h"

#include "tests/tap/tap.h"

#include <stdatomic.h>
#include <stdbool.h>

#define ITEMS_MAX 500

struct job {
    unsigned done[ITEMS_MAX]; /* how often */
    unsigned threads;
    atomic_bool both; /* two threads were at it at a time */
    atomic_uint at_it;
};

static void count(void *user, unsigned index, unsigned thread)
{
    struct job *job = user;

    g_assert_cmpuint(thread, <, job->threads);
    job->done[index]++;
}

static void run_jobs(struct threads *threads, unsigned jobs)
{
    for (unsigned k = 0; k < jobs; k++) {
        struct job job = {.threads = threads_count(threads)};
        unsigned items = k * 7 % ITEMS_MAX;

        threads_run(threads, items, count, &job);
        for (unsigned i = 0; i < ITEMS_MAX; i++)
            g_assert_cmpuint(job.done[i], ==, i < items);
    }
}

static void test_once(void)
{
    for (unsigned n = 1; n <= 9; n += 2) {
        struct threads *threads = threads_new(n);

        g_assert_cmpuint(threads_count(threads), ==, n);
        run_jobs(threads, 2000);
        threads_free(threads);
    }
}

static void test_none(void)
{
    g_assert_cmpuint(threads_count(NULL), ==, 1);
    run_jobs(NULL, 200);
    threads_free(NULL);
}

/* An item of each of two threads: each waits until the other is at its own. */
static void meet(void *user, unsigned index, unsigned thread)
{
    struct job *job = user;

    (void)index;
    (void)thread;
    atomic_fetch_add(&job->at_it, 1);
    while (atomic_load(&job->at_it) < 2)
        g_usleep(100);
    atomic_store(&job->both, true);
}

static void test_at_a_time(void)
{
    struct threads *threads = threads_new(2);

    for (unsigned k = 0; k < 20; k++) {
        struct job job = {.threads = 2};

        threads_run(threads, 2, meet, &job);
        g_assert_true(atomic_load(&job.both));
    }
    threads_free(threads);
}

/* A pause between jobs sends the others to sleep; the next job wakes them. */
static void test_sleep(void)
{
    struct threads *threads = threads_new(2);

    for (unsigned k = 0; k < 5; k++) {
        struct job job = {.threads = 2};

        g_usleep(20000);
        threads_run(threads, 2, meet, &job);
        g_assert_true(atomic_load(&job.both));
    }
    g_usleep(20000);
    threads_free(threads);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/threads/each item once", test_once);
    g_test_add_func("/threads/without a pool", test_none);
    g_test_add_func("/threads/two at a time", test_at_a_time);
    g_test_add_func("/threads/asleep between jobs", test_sleep);
    return g_test_run();
}
