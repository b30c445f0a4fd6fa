/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Threads for short jobs.
 *
 * One word says all: the number of the job, whether it is open, and how many threads have joined it. Who
 * finds an open job joins by adding itself, takes items from a counter until there are none, and leaves.
 * The caller does the same, then closes the job, and waits for those who have joined. */
#include "sim/kernel/threads.h"

#include <glib.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define JOINED_MASK UINT64_C(0xffff)
#define OPEN        UINT64_C(0x10000)
#define JOB_ONE     UINT64_C(0x20000) /* the number of the job stands above */
#define LOOKS       4000              /* for a job, until a thread sleeps: some 10 us */

struct threads {
    unsigned count;
    pthread_t *others;
    /* The job. */
    threads_item *item;
    void *user;
    unsigned items;
    _Alignas(64) atomic_uint next; /* item */
    _Alignas(64) atomic_uint_fast64_t job;
    atomic_uint sleeping; /* threads, or the caller */
    atomic_bool quit;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

struct threads_start {
    struct threads *threads;
    unsigned number;
};

static inline void threads_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

static void threads_do_items(struct threads *threads, unsigned thread)
{
    unsigned index;

    while ((index = atomic_fetch_add_explicit(&threads->next, 1, memory_order_relaxed)) < threads->items)
        threads->item(threads->user, index, thread);
}

/* Wakes who sleeps, after `job` or `quit` was changed. */
static void threads_wake(struct threads *threads)
{
    if (atomic_load(&threads->sleeping) == 0)
        return;
    pthread_mutex_lock(&threads->lock);
    pthread_cond_broadcast(&threads->changed);
    pthread_mutex_unlock(&threads->lock);
}

typedef bool threads_condition(struct threads *threads, uint64_t seen);

/* Returns once the condition holds: looks for a while, then sleeps. */
static void threads_wait(struct threads *threads, threads_condition *holds, uint64_t seen)
{
    for (unsigned i = 0; i < LOOKS; i++) {
        if (holds(threads, seen))
            return;
        threads_pause();
    }
    pthread_mutex_lock(&threads->lock);
    atomic_fetch_add(&threads->sleeping, 1);
    while (!holds(threads, seen))
        pthread_cond_wait(&threads->changed, &threads->lock);
    atomic_fetch_sub(&threads->sleeping, 1);
    pthread_mutex_unlock(&threads->lock);
}

static bool threads_job_open(struct threads *threads, uint64_t seen)
{
    uint64_t job = atomic_load(&threads->job);

    return (job & OPEN && job / JOB_ONE != seen) || atomic_load(&threads->quit);
}

static bool threads_all_left(struct threads *threads, uint64_t seen)
{
    (void)seen;
    return (atomic_load(&threads->job) & JOINED_MASK) == 0;
}

/* False if the job is over already. */
static bool threads_join(struct threads *threads, uint64_t *number)
{
    uint64_t job = atomic_load(&threads->job);

    do {
        *number = job / JOB_ONE;
        if (!(job & OPEN))
            return false;
    } while (!atomic_compare_exchange_weak(&threads->job, &job, job + 1));
    return true;
}

static void *threads_main(void *user)
{
    struct threads_start start = *(struct threads_start *)user;
    struct threads *threads = start.threads;
    uint64_t seen = 0;

    g_free(user);
    for (;;) {
        threads_wait(threads, threads_job_open, seen);
        if (atomic_load(&threads->quit))
            return NULL;
        if (!threads_join(threads, &seen))
            continue;
        threads_do_items(threads, start.number);
        if ((atomic_fetch_sub(&threads->job, 1) & (JOINED_MASK | OPEN)) == 1) /* the last of a closed job */
            threads_wake(threads);
    }
}

struct threads *threads_new(unsigned count)
{
    struct threads *threads = aligned_alloc(_Alignof(struct threads), sizeof *threads);

    g_assert(threads != NULL && count >= 1 && count <= JOINED_MASK);
    *threads = (struct threads){.count = count, .others = g_new0(pthread_t, count - 1)};
    pthread_mutex_init(&threads->lock, NULL);
    pthread_cond_init(&threads->changed, NULL);
    for (unsigned i = 1; i < count; i++) {
        struct threads_start *start = g_new(struct threads_start, 1);

        *start = (struct threads_start){threads, i};
        if (pthread_create(&threads->others[i - 1], NULL, threads_main, start) != 0)
            g_error("thread %u of %u could not be made", i + 1, count);
    }
    return threads;
}

void threads_free(struct threads *threads)
{
    if (threads == NULL)
        return;
    atomic_store(&threads->quit, true);
    threads_wake(threads);
    for (unsigned i = 1; i < threads->count; i++)
        pthread_join(threads->others[i - 1], NULL);
    pthread_mutex_destroy(&threads->lock);
    pthread_cond_destroy(&threads->changed);
    g_free(threads->others);
    free(threads);
}

unsigned threads_count(const struct threads *threads)
{
    return threads ? threads->count : 1;
}

void threads_run(struct threads *threads, unsigned count, threads_item *item, void *user)
{
    if (threads_count(threads) == 1 || count < 2) {
        for (unsigned i = 0; i < count; i++)
            item(user, i, 0);
        return;
    }
    threads->item = item;
    threads->user = user;
    threads->items = count;
    atomic_store_explicit(&threads->next, 0, memory_order_relaxed);
    atomic_fetch_add(&threads->job, JOB_ONE + OPEN);
    threads_wake(threads);
    threads_do_items(threads, 0);
    atomic_fetch_sub(&threads->job, OPEN);
    threads_wait(threads, threads_all_left, 0);
}
