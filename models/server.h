/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A server of finite capacity: workers in parallel, a finite FIFO queue. It knows jobs as numbers only; who
 * owns them draws the service time and sets the timer. */
#ifndef MODELS_SERVER_H
#define MODELS_SERVER_H

#include <stdbool.h>
#include <stdint.h>

struct server_waiting {
    int64_t since_ns;
    uint32_t job;
    bool internal;
};

struct server {
    uint32_t workers, busy;
    uint64_t limit;                 /* jobs that wait at most */
    struct server_waiting *waiting; /* ring of a power of two, grown when full */
    uint64_t head, tail;            /* tail - head jobs wait */
    uint64_t capacity;
    uint64_t queue_max;
    double
        busy_ns; /* sum over workers of time spent busy, up to changed_ns: of many, more than 64 bits hold */
    int64_t changed_ns;
};

void server_init(struct server *server, uint32_t workers, uint64_t limit);
void server_clear(struct server *server);

enum server_admission { SERVER_STARTS, SERVER_WAITS, SERVER_FULL };
/* A job arrives. internal: the server's own work, which no limit turns away. */
enum server_admission server_arrive(struct server *server, int64_t now_ns, uint32_t job, bool internal);
/* A job is done; true: the longest waiting one starts now, *next. */
bool server_finish(struct server *server, int64_t now_ns, struct server_waiting *next);

static inline uint64_t server_queued(const struct server *server)
{
    return server->tail - server->head;
}

/* Worker time spent busy until now_ns. */
double server_busy_ns(const struct server *server, int64_t now_ns);

#endif
