/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A server of finite capacity: workers in parallel, a finite queue, first come first
 * served unless newest_first is set. It knows jobs as numbers only; who
 * owns them draws the service time and sets the timer. */
#ifndef MODELS_WORKER_QUEUE_H
#define MODELS_WORKER_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

struct worker_queue_waiting {
    int64_t since_ns;
    uint32_t job;
    bool internal;
};

struct worker_queue {
    uint32_t workers, busy;
    uint64_t limit;                       /* jobs that wait at most */
    struct worker_queue_waiting *waiting; /* ring of a power of two, grown when full */
    uint64_t head, tail;                  /* tail - head jobs wait */
    uint64_t newest_first; /* while more than this many wait, the newest is the next; 0: always the oldest */
    uint64_t capacity;
    uint64_t queue_max;
    /* Sum over workers of time spent busy, up to changed_ns: of many, more than 64 bits hold. */
    double busy_ns;
    int64_t changed_ns;
    /* While first pulls go out: until span_end_ns, INT64_MAX as long as that is not known; what busy_ns
     * was then. */
    int64_t span_end_ns;
    double span_busy_ns;
    /* The whole second that changed_ns is in: its start, busy_ns then; and the most of any before it. */
    int64_t second_ns;
    double second_busy_ns, second_busy_max_ns;
    /* When a job last was let in after a wait of WORKER_QUEUE_BACKLOG_NS, or refused; -1: never. */
    int64_t backlog_ns;
    uint64_t refused; /* jobs, for want of capacity */
};

/* Waits below this are of chance, as any server has them that is not idle. */
#define WORKER_QUEUE_BACKLOG_NS INT64_C(100000000)

void worker_queue_init(struct worker_queue *queue, uint32_t workers, uint64_t limit);
void worker_queue_clear(struct worker_queue *queue);

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
 * now_ns if it has not. */
double worker_queue_span_ratio(const struct worker_queue *queue, int64_t start_ns, int64_t now_ns);
/* The largest share of any whole second of simulated time: 0 s to 1 s, 1 s to 2 s, and so on; the one
 * that now_ns is in counts as if it went on idle. */
double worker_queue_second_ratio_max(const struct worker_queue *queue, int64_t now_ns);

#endif
