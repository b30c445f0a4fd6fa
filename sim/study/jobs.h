/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Child processes, a number of them at a time, with limits; each in its own process group, whose other
 * members end with it when it is stopped. A child is ended when its parent dies. */
#ifndef SIM_STUDY_JOBS_H
#define SIM_STUDY_JOBS_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct jobs;

struct jobs_limits {
    unsigned at_a_time;
    int64_t timeout_ns;      /* 0: none */
    int64_t memory_bytes;    /* of address space; 0: no limit. Our own hard limit counts if it is lower */
    const char *memory_text; /* as the study has it, for messages */
    int held;                /* a file that children keep open while they live, for its lock; 0: none */
    int held_too;            /* another one */
    bool tool;               /* it ends its children itself: only it gets the signal, twice, and has longer */
};

/* How a child ended. reason: NULL if with status 0, however late; else "exit 1", "timeout 600s", "memory
 * 4GB", "killed by signal 9". said: its standard error, at most the last 64 kB. If a child fails by itself,
 * this comes half a second later: what ends all processes at once (Ctrl-C, a scheduler) may reach this one a
 * little later. */
typedef void jobs_ended(void *user, void *job, const char *reason, const char *said);

/* An empty queue; `ended` is called for each child, with `user`. jobs_free() is its end. */
struct jobs *jobs_new(const struct jobs_limits *limits, jobs_ended *ended, void *user);
/* Puts a child into the queue. words: NULL-terminated, copied; the first is the path of the program. */
void jobs_add(struct jobs *jobs, char **words, void *job);
/* Drops what waits in the queue, without ended(); what runs goes on to its end. */
void jobs_drop(struct jobs *jobs);
/* Runs until the queue is empty, calling ended() for each child; ended() may add more. False if it was
 * interrupted: at SIGINT, SIGTERM and SIGHUP (unless that was ignored, as under nohup) children are stopped,
 * the queue is dropped, and ended() is not called any more. */
bool jobs_run(struct jobs *jobs);
void jobs_free(struct jobs *jobs);

/* The hard limit of address space in kB if it is below so many bytes (0: no limit), and so counts instead;
 * else 0. */
uint64_t jobs_lower_limit_kb(int64_t memory_bytes);

#endif
