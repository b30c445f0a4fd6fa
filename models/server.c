/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Workers and a ring of waiting jobs. */
#include "models/server.h"

#include "sim/base/clock.h"

#include <glib.h>

#define RING_START 64

void server_init(struct server *server, uint32_t workers, uint64_t limit)
{
    *server = (struct server){.workers = workers,
                              .limit = limit,
                              .capacity = RING_START,
                              .span_end_ns = INT64_MAX,
                              .backlog_ns = -1};
    server->waiting = g_new(struct server_waiting, RING_START);
}

void server_clear(struct server *server)
{
    g_free(server->waiting);
    server->waiting = NULL;
}

/* Closes the whole second that ended, and those after it, in which nothing changed. */
static void close_seconds(struct server *server, int64_t now_ns)
{
    double end_busy_ns = server_busy_ns(server, server->second_ns + CLOCK_SECOND);
    double steady_ns = (double)server->busy * (double)CLOCK_SECOND;
    int64_t steady = (now_ns - server->second_ns) / CLOCK_SECOND - 1;

    server->second_busy_max_ns = MAX(server->second_busy_max_ns, end_busy_ns - server->second_busy_ns);
    if (steady > 0)
        server->second_busy_max_ns = MAX(server->second_busy_max_ns, steady_ns);
    server->second_ns += (1 + steady) * CLOCK_SECOND;
    server->second_busy_ns = end_busy_ns + (double)steady * steady_ns;
}

static void advance(struct server *server, int64_t now_ns)
{
    if (now_ns >= server->second_ns + CLOCK_SECOND)
        close_seconds(server, now_ns);
    if (now_ns > server->span_end_ns && server->changed_ns <= server->span_end_ns)
        server->span_busy_ns = server_busy_ns(server, server->span_end_ns);
    server->busy_ns = server_busy_ns(server, now_ns);
    server->changed_ns = now_ns;
}

/* Doubling keeps growth off the steady state. */
static void grow(struct server *server)
{
    struct server_waiting *larger = g_new(struct server_waiting, server->capacity * 2);

    for (uint64_t i = server->head; i < server->tail; i++)
        larger[i & (server->capacity * 2 - 1)] = server->waiting[i & (server->capacity - 1)];
    g_free(server->waiting);
    server->waiting = larger;
    server->capacity *= 2;
}

enum server_admission server_arrive(struct server *server, int64_t now_ns, uint32_t job, bool internal)
{
    if (server->busy < server->workers) {
        advance(server, now_ns);
        server->busy++;
        return SERVER_STARTS;
    }
    if (server_queued(server) >= server->limit && !internal) {
        server_refuses(server, now_ns);
        return SERVER_FULL;
    }
    if (server_queued(server) == server->capacity)
        grow(server);
    server->waiting[server->tail++ & (server->capacity - 1)] =
        (struct server_waiting){.since_ns = now_ns, .job = job, .internal = internal};
    if (server_queued(server) > server->queue_max)
        server->queue_max = server_queued(server);
    return SERVER_WAITS;
}

static uint64_t take_place(struct server *server)
{
    if (server->newest_first > 0 && server_queued(server) > server->newest_first)
        return --server->tail;
    return server->head++;
}

bool server_finish(struct server *server, int64_t now_ns, struct server_waiting *next)
{
    if (server->head == server->tail) {
        advance(server, now_ns);
        server->busy--;
        return false;
    }
    *next = server->waiting[take_place(server) & (server->capacity - 1)];
    if (now_ns - next->since_ns >= SERVER_BACKLOG_NS)
        server->backlog_ns = now_ns;
    return true;
}

double server_busy_ns(const struct server *server, int64_t now_ns)
{
    return server->busy_ns + (double)server->busy * (double)(now_ns - server->changed_ns);
}

void server_span_ends(struct server *server, int64_t end_ns)
{
    server->span_end_ns = end_ns;
}

double server_span_ratio(const struct server *server, int64_t start_ns, int64_t now_ns)
{
    int64_t end_ns = MIN(server->span_end_ns, now_ns);
    double busy_ns =
        server->changed_ns > server->span_end_ns ? server->span_busy_ns : server_busy_ns(server, end_ns);

    return end_ns <= start_ns ? 0 : busy_ns / ((double)server->workers * (double)(end_ns - start_ns));
}

double server_second_ratio_max(const struct server *server, int64_t now_ns)
{
    struct server copy = *server;

    if (now_ns >= copy.second_ns + CLOCK_SECOND)
        close_seconds(&copy, now_ns);
    return MAX(copy.second_busy_max_ns, server_busy_ns(&copy, now_ns) - copy.second_busy_ns) /
           ((double)server->workers * (double)CLOCK_SECOND);
}
