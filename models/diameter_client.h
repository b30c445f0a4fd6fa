/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The Diameter client of a server that asks another: a kept connection (RFC 6733 §2.1; the capabilities
 * exchange is not simulated), opened when first needed and again when it was lost; the requests that wait
 * for an answer, and their timeouts. Requests that a lost connection takes with it are found by these.
 *
 * A request is a job of the server, which waits meanwhile. Its index stands as the optional value at the
 * end of the Session-Id (RFC 6733 §8.8), which an answer echoes. (Not in the hop-by-hop identifier, which
 * must not come again while an answer may still be under way: that is the job's serial.) */
#ifndef MODELS_DIAMETER_CLIENT_H
#define MODELS_DIAMETER_CLIENT_H

#include "models/overload.h"
#include "models/station.h"
#include "models/tally.h"
#include "models/wire/facts.h"

/* What such jobs begin with. */
struct diameter_job {
    struct station_job station;
    int64_t sent_ns;  /* of the request */
    uint64_t timeout; /* for its answer */
    bool waiting;     /* for an answer */
    bool late;        /* ... for which nobody waits any more: the asker was refused */
};

/* Under what a client counts. */
struct diameter_counters {
    enum model_counter requests, retried, timeouts, late, throttled;
    enum model_procedure procedure;
};

struct diameter_client {
    uint32_t host, peer; /* us, them */
    struct net_conn conn;
    struct station *station; /* whose jobs wait */
    struct overload_limit limit;
    const struct diameter_counters *counters;
};

/* A client on `host` whose requests go to the server `peer`, with no request under way. It keeps station and
 * counters by pointer, and needs no end. */
void diameter_client_init(struct diameter_client *client, uint32_t host, uint32_t peer,
                          struct station *station, const struct diameter_counters *counters);

/* --- deciding ------------------------------------------------------------------------------------------- */

/* What an answer was found to say, whatever it is about. */
struct diameter_facts {
    bool proper;     /* an answer of the command that the client sends */
    bool paired;     /* with identifiers as the client sets them */
    uint32_t index;  /* the value at the end of the Session-Id; UINT32_MAX: none */
    uint32_t serial; /* end-to-end identifier */
    uint32_t result;
    struct overload_facts overload;
};

/* Is a request for a UE kept back, as the peer has reported overload? bits: a draw. Then the server counts
 * as one that has refused for want of capacity. */
bool diameter_client_throttled(struct diameter_client *client, struct tally *tally, int64_t now_ns,
                               uint32_t ue, uint64_t bits);
/* A request of a job for a UE is sent. again: the one before for that UE failed. */
void diameter_client_asks(struct diameter_client *client, struct tally *tally, int64_t now_ns, uint32_t ue,
                          bool again, struct diameter_job *job);

/* The job that waits for an answer with these identifiers; NULL: none (any more). */
struct diameter_job *diameter_client_waiting(const struct diameter_client *client, uint32_t index,
                                             uint32_t serial);
/* The job that an answer is to; NULL: to none that waits (counted if it is late). A malformed answer is
 * counted. The job still waits, until diameter_client_has(). */
struct diameter_job *diameter_client_answered(struct diameter_client *client, struct tally *tally,
                                              int64_t now_ns, const struct diameter_facts *facts);
/* The answer holds what it has to: its job waits no more. */
void diameter_client_has(struct diameter_client *client, struct tally *tally, int64_t now_ns,
                         struct diameter_job *job);
/* The job whose timeout has come, by the timer's argument, counted; NULL: it waits no more. */
struct diameter_job *diameter_client_timed_out(struct diameter_client *client, struct tally *tally,
                                               uint64_t argument, uint32_t *index);

/* --- the network --------------------------------------------------------------------------------------- */

/* Sends an encoded request of a job over the kept connection, and sets its timeout, by timer
 * TIMER_ANSWER_TIMEOUT of the client's host. The message's mark says when that ends. */
void diameter_client_send(struct net_region *at, struct diameter_client *client, uint32_t job,
                          int64_t timeout_ns, struct net_message *request);
/* A connection has ended: if it was the kept one, the next request opens another. */
void diameter_client_closed(struct diameter_client *client, struct net_conn conn);

#endif
