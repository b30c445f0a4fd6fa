/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Threads that do the items of a job together with the one that has it: regions of a window, groups of
 * messages. A job is short, some microseconds to milliseconds, and the next follows soon: threads look for
 * it for a while, then sleep. Nobody waits for a thread that has not begun; so one that gets no processor
 * delays nobody. */
#ifndef SIM_KERNEL_THREADS_H
#define SIM_KERNEL_THREADS_H

#ifdef __cplusplus
extern "C" {
#endif

struct threads;

/* `count` threads, the caller among them, so with 1 there is no other. threads_free() ends them. */
struct threads *threads_new(unsigned count);
/* Between jobs; NULL is ignored. */
void threads_free(struct threads *threads);
/* How many, the caller among them; NULL: 1. */
unsigned threads_count(const struct threads *threads);

/* One item of a job: `index` of it, done by thread number `thread`, 0 for the caller. */
typedef void threads_item(void *user, unsigned index, unsigned thread);
/* Does item(user, 0 .. count-1), each once, in the order in which threads become free; returns when all
 * are done, and what they wrote can be read. threads NULL: the caller does them. Called by one thread at a
 * time, never from within an item. */
void threads_run(struct threads *threads, unsigned count, threads_item *item, void *user);

#ifdef __cplusplus
}
#endif

#endif
