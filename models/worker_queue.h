/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A server of finite capacity: workers in parallel, a finite queue, first come first served unless
 * newest_first is set. It knows jobs as numbers only; who owns them draws the service time and sets the
 * timer.
 *
 * The number of workers may change, to 0 as well: then everybody waits, or is turned away where the queue is
 * full. Workers that go while they serve finish their job first. */
#ifndef MODELS_WORKER_QUEUE_H
#define MODELS_WORKER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct worker_queue_waiting {
    int64_t since_ns;
    uint32_t job;
    bool internal;
};

/* Another number of workers, from time_ns on. */
struct worker_queue_change {
    int64_t time_ns;
    uint32_t workers;
};

struct worker_queue {
    uint32_t workers, busy; /* busy > workers: while those that go finish their jobs */
    uint32_t workers_first; /* at the start */
    uint32_t change_count;
    struct worker_queue_change *changes;  /* by time; NULL: none yet */
    uint64_t limit;                       /* jobs that wait at most */
    struct worker_queue_waiting *waiting; /* ring of a power of two, grown when full */
    uint64_t head, tail;                  /* tail - head jobs wait */
    uint64_t newest_first; /* while more than this many wait, the newest is the next; 0: always the oldest */
    uint64_t capacity;
    uint64_t queue_max;
    /* Sum over workers of time spent busy, up to changed_ns: of many, more than 64 bits hold. */
    double busy_ns;
    double leaving_ns; /* part of it: of workers beyond the number that there was at the time */
    int64_t changed_ns;
    /* While first pulls go out: until span_end_ns, INT64_MAX as long as that is not known; what busy_ns and
     * leaving_ns were then. */
    int64_t span_end_ns;
    double span_busy_ns, span_leaving_ns;
    /* The whole second that changed_ns is in: its start, busy_ns and leaving_ns then; and the largest busy
     * share of any before it. */
    int64_t second_ns;
    double second_busy_ns, second_leaving_ns, second_ratio_max;
    /* When a job last was let in after a wait of WORKER_QUEUE_BACKLOG_NS, or refused; -1: never. */
    int64_t backlog_ns;
    uint64_t refused; /* jobs, for want of capacity */
};

/* Waits below this are of chance, as any server has them that is not idle. */
#define WORKER_QUEUE_BACKLOG_NS INT64_C(100000000)

/* An idle server of so many workers, where up to `limit` jobs wait. worker_queue_clear() is its end. */
void worker_queue_init(struct worker_queue *queue, uint32_t workers, uint64_t limit);
void worker_queue_clear(struct worker_queue *queue);

/* From now_ns on there are so many workers. Jobs that wait start by worker_queue_next() alone: it is to be
 * called until it returns false. */
void worker_queue_set_workers(struct worker_queue *queue, int64_t now_ns, uint32_t workers);
/* If a job waits and a worker is free for it, it starts now, *next; else false. */
bool worker_queue_next(struct worker_queue *queue, int64_t now_ns, struct worker_queue_waiting *next);

enum worker_queue_admission { WORKER_QUEUE_STARTS, WORKER_QUEUE_WAITS, WORKER_QUEUE_FULL };
/* A job arrives. internal: the server's own work, which no limit turns away. */
enum worker_queue_admission worker_queue_arrive(struct worker_queue *queue, int64_t now_ns, uint32_t job,
                                                bool internal);
/* A job is done; true: the next one starts now, *next. */
bool worker_queue_finish(struct worker_queue *queue, int64_t now_ns, struct worker_queue_waiting *next);

/* A job was refused for lack of capacity elsewhere. */
static inline void worker_queue_refuses(struct worker_queue *queue, int64_t now_ns)
{
    queue->backlog_ns = now_ns;
    queue->refused++;
}

static inline uint64_t worker_queue_queued(const struct worker_queue *queue)
{
    return queue->tail - queue->head;
}

/* Worker time spent busy until now_ns. */
double worker_queue_busy_ns(const struct worker_queue *queue, int64_t now_ns);

/* The last first pull is due: end_ns >= now is where the span ends whose busy share is told. */
void worker_queue_span_ends(struct worker_queue *queue, int64_t end_ns);
/* Share of worker time spent busy from start_ns, before which it was idle, until the span ends, or until
 * now_ns if it has not. Worker time is what there is by the number of workers at each time, and what those
 * that go take to finish; 0 if there is none. */
double worker_queue_span_ratio(const struct worker_queue *queue, int64_t start_ns, int64_t now_ns);
/* The largest such share of any whole second of simulated time: 0 s to 1 s, 1 s to 2 s, and so on; the one
 * that now_ns is in counts as if it went on idle. */
double worker_queue_second_ratio_max(const struct worker_queue *queue, int64_t now_ns);

#endif
