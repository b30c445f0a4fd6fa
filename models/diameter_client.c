/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* One connection, many requests. */
#include "models/diameter_client.h"

#include "models/wire/diameter.h"

void diameter_client_init(struct diameter_client *client, uint32_t host, uint32_t peer,
                          struct station *station, const struct diameter_counters *counters)
{
    *client = (struct diameter_client){
        .host = host, .peer = peer, .conn = NET_CONN_NONE, .station = station, .counters = counters};
}

bool diameter_client_throttled(struct diameter_client *client, struct tally *tally, int64_t now_ns,
                               uint32_t ue, uint64_t bits)
{
    if (!overload_throttles(&client->limit, now_ns, bits))
        return false;
    tally_count(tally, ue, client->counters->throttled);
    worker_queue_refuses(&client->station->queue, now_ns);
    return true;
}

void diameter_client_asks(struct diameter_client *client, struct tally *tally, int64_t now_ns, uint32_t ue,
                          bool again, struct diameter_job *job)
{
    job->waiting = true;
    job->sent_ns = now_ns;
    tally_count(tally, ue, client->counters->requests);
    if (again)
        tally_count(tally, ue, client->counters->retried);
}

struct diameter_job *diameter_client_waiting(const struct diameter_client *client, uint32_t index,
                                             uint32_t serial)
{
    struct diameter_job *job;

    if (index >= client->station->jobs.top)
        return NULL;
    job = station_job_at(client->station, index);
    return job->waiting && job->station.serial == serial ? job : NULL;
}

struct diameter_job *diameter_client_answered(struct diameter_client *client, struct tally *tally,
                                              int64_t now_ns, const struct diameter_facts *facts)
{
    struct diameter_job *job;

    if (!facts->proper) {
        tally_count(tally, TALLY_NO_UE, COUNT_diameter_malformed);
        return NULL;
    }
    overload_heard(&client->limit, now_ns, &facts->overload);
    if (!facts->paired)
        return NULL; /* to no request of this client */
    job = diameter_client_waiting(client, facts->index, facts->serial);
    if (job == NULL || job->late)
        tally_count(tally, job == NULL ? TALLY_NO_UE : job->station.ue, client->counters->late);
    return job;
}

void diameter_client_has(struct diameter_client *client, struct tally *tally, int64_t now_ns,
                         struct diameter_job *job)
{
    tally_duration(tally, client->counters->procedure, now_ns - job->sent_ns);
    job->waiting = false;
}

struct diameter_job *diameter_client_timed_out(struct diameter_client *client, struct tally *tally,
                                               uint64_t argument, uint32_t *index)
{
    struct diameter_job *job =
        diameter_client_waiting(client, (uint32_t)argument, (uint32_t)(argument >> 32));

    *index = (uint32_t)argument;
    if (job != NULL)
        tally_count(tally, job->station.ue, client->counters->timeouts);
    return job;
}

void diameter_client_send(struct net_region *at, struct diameter_client *client, uint32_t index,
                          int64_t timeout_ns, struct net_message *request)
{
    struct diameter_job *job = station_job_at(client->station, index);

    if (client->conn.index == NET_CONN_NONE.index)
        client->conn = net_tcp_connect(at, client->host, client->peer, DIAMETER_PORT, diameter_frame);
    request->mark_ns = at->now_ns + timeout_ns;
    net_tcp_send(at, client->conn, request);
    job->timeout = net_timeout(at, client->host, timeout_ns, TIMER_ANSWER_TIMEOUT,
                               (uint64_t)job->station.serial << 32 | index);
}

void diameter_client_closed(struct diameter_client *client, struct net_conn conn)
{
    if (net_conn_equal(client->conn, conn))
        client->conn = NET_CONN_NONE;
}
