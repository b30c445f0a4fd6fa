/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What tests of TCP have happen: a client connects, asks in some segments, gets an answer of as many, and
 * closes. */
#ifndef TESTS_UNIT_NET_TALK_H
#define TESTS_UNIT_NET_TALK_H

#include "tests/unit/net_fixture.h"

enum { BYTES = 3500, SEGMENTS = 4 };

static inline int64_t up(int64_t bytes)
{
    return bytes * (UPLINK_NS + CORE_NS) + ACCESS_NS + CORE_DELAY_NS;
}

static inline int64_t down(int64_t bytes)
{
    return bytes * (DOWNLINK_NS + CORE_NS) + ACCESS_NS + CORE_DELAY_NS;
}

static inline void ask(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, BYTES)));
}

static inline enum net_verdict answer(struct net_fixture *f, struct net_region *at,
                                      const struct net_delivery *d, struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, BYTES)));
    else
        net_tcp_close(at, conn);
    return NET_RECEIVED;
}

static inline void set_up(struct net_fixture *f)
{
    net_set_up(f);
    f->on_opened = ask;
    f->on_message = answer;
}

static inline void run(struct net_fixture *f)
{
    net_start(f);
    net_at(f, 0, UE, net_step_connect);
    net_finish(f);
}

/* Whatever happened on the way: both messages came whole, once, and nothing is left. */
static inline void assert_whole(struct net_fixture *f)
{
    g_assert_cmpuint(net_heard_count(f, HEARD_MESSAGE, SERVER), ==, 1);
    g_assert_cmpuint(net_heard_count(f, HEARD_MESSAGE, UE), ==, 1);
    g_assert_cmpuint(net_heard(f, HEARD_MESSAGE, SERVER, 0)->hash, ==, net_made_hash(KIND_ASK, BYTES));
    g_assert_cmpuint(net_heard(f, HEARD_MESSAGE, UE, 0)->hash, ==, net_made_hash(KIND_ANSWER, BYTES));
    g_assert_cmpint(net_ledger(f, KIND_ASK).received, ==, 1);
    g_assert_cmpint(net_ledger(f, KIND_ANSWER).received, ==, 1);
    g_assert_cmpint(net_counter(f, NETWORK_tcp_failed), ==, 0);
    net_assert_empty(f);
}

#endif
