/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Workers and a ring of waiting jobs. */
#include "models/server.h"

#include <glib.h>

#define RING_START 64

void server_init(struct server *server, uint32_t workers, uint64_t limit)
{
    *server = (struct server){.workers = workers, .limit = limit, .capacity = RING_START};
    server->waiting = g_new(struct server_waiting, RING_START);
}

void server_clear(struct server *server)
{
    g_free(server->waiting);
    server->waiting = NULL;
}

static void advance(struct server *server, int64_t now_ns)
{
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
    if (server_queued(server) >= server->limit && !internal)
        return SERVER_FULL;
    if (server_queued(server) == server->capacity)
        grow(server);
    server->waiting[server->tail++ & (server->capacity - 1)] =
        (struct server_waiting){.since_ns = now_ns, .job = job, .internal = internal};
    if (server_queued(server) > server->queue_max)
        server->queue_max = server_queued(server);
    return SERVER_WAITS;
}

bool server_finish(struct server *server, int64_t now_ns, struct server_waiting *next)
{
    if (server->head == server->tail) {
        advance(server, now_ns);
        server->busy--;
        return false;
    }
    *next = server->waiting[server->head++ & (server->capacity - 1)];
    return true;
}

double server_busy_ns(const struct server *server, int64_t now_ns)
{
    return server->busy_ns + (double)server->busy * (double)(now_ns - server->changed_ns);
}
