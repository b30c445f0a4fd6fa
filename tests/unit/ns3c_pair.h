/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* For the tests of libns3c's transport: two nodes with a link between them, and ends of TCP connections that
 * write down what happens to them, send a pattern and check the one that they receive. */
#ifndef TESTS_UNIT_NS3C_PAIR_H
#define TESTS_UNIT_NS3C_PAIR_H

#include "sim/ns3/ns3c.h"

#include <glib.h>

#define MS     INT64_C(1000000)
#define SECOND (1000 * MS)

struct pair {
    struct ns3c *sim;
    struct ns3c_node *a, *b;
    struct ns3c_device *at_a, *at_b;
    struct ns3c_address a4, b4, a6, b6;
};

/* 10 Mbit/s and 10 ms both ways; `loss` at both receivers. */
void pair_new(struct pair *pair, double loss, uint32_t seed);
void pair_free(struct pair *pair);
/* Runs until `until`, or to the end by INT64_MAX. */
void pair_run(struct pair *pair, int64_t until);
struct ns3c_tcp_counters pair_counters(const struct pair *pair);

struct end {
    struct pair *pair;
    struct ns3c_tcp *tcp; /* NULL once it is gone */
    size_t to_send, sent; /* of the pattern */
    size_t received;
    size_t read_most;     /* bytes to read at each received(); 0: all */
    bool lazy;            /* reads nothing by itself */
    bool shut_when_sent;  /* FIN after the pattern */
    bool close_when_peer; /* closes when the peer has, all being sent */
    bool reset_on_data;
    unsigned connects, data, rooms, peer_closes, ends;
    int64_t connected_at, data_at, peer_closed_at, ended_at;
    enum ns3c_tcp_end why;
};

extern const struct ns3c_tcp_events end_events;

void end_connect(struct end *end, struct pair *pair, const struct ns3c_address *to, uint16_t port);
/* Sends what there is room for of the pattern. */
void end_push(struct end *end);
void end_read(struct end *end);

/* Accepts all that comes, into `ends`, which are set up like `like`. */
struct acceptor {
    struct pair *pair;
    struct end like;
    GPtrArray *ends;
    struct ns3c_listener *listener;
    bool hold; /* accepts nothing by itself */
    unsigned calls;
};
void acceptor_listen(struct acceptor *acceptor, struct pair *pair, uint16_t port, unsigned backlog);
struct end *acceptor_take(struct acceptor *acceptor);
void acceptor_clear(struct acceptor *acceptor);

#endif
