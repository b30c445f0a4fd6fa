/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A small network for tests of an engine, native or (with FIXTURE_NS3 defined) ns3: two servers, four UEs
 * in two cells, rates that make a byte 1000 ns (uplink), 500 ns (downlink) and 100 ns (core), and a log of
 * everything its owners hear.
 *
 * With FIXTURE_CONTENT defined two of three messages have a content instead of bytes, and both sorts meet
 * in a stream; nothing that is heard may differ.
 *
 * A test fills in what it wants otherwise, calls net_start(), says what happens when with net_at(), runs
 * with net_finish(), which checks the ledger at every window, and looks at the log. */
#ifndef TESTS_UNIT_NET_FIXTURE_H
#define TESTS_UNIT_NET_FIXTURE_H

#include "sim/base/clock.h"
#include "sim/net/native/native.h"

enum { UPLINK_NS = 1000, DOWNLINK_NS = 500, CORE_NS = 100 }; /* per byte */
#define ACCESS_NS     (10 * CLOCK_MILLISECOND)
#define CORE_DELAY_NS (1 * CLOCK_MILLISECOND)
#define LINK_TCP      42 /* headers of a segment on a link: IPv4, TCP and the link's own 2 bytes */
#define LINK_SYN      46
#define MSS           1000

enum { SERVER = 0, OTHER_SERVER = 1, UE = 2 }; /* hosts; UE n is UE + n */
enum { KIND_ASK, KIND_ANSWER, KIND_OTHER, KIND_COUNT };
enum { PORT = 5000 };

enum heard_what { HEARD_DATAGRAM, HEARD_MESSAGE, HEARD_CLOSED };

struct heard {
    enum heard_what what;
    int64_t time_ns;
    uint32_t host, peer;
    struct net_conn conn;
    uint64_t user;
    int64_t mark_ns;
    size_t length;
    uint64_t hash; /* of the bytes */
    enum net_close_reason reason;
    uint8_t kind;
};

struct net_fixture;
typedef void net_step(struct net_fixture *f, struct net_region *at, uint32_t host);

struct net_fixture {
    struct network_config config;
    struct net_listen listens[2];
    struct network *network;
    struct native *native; /* the same from inside, NULL on the ns3 engine */
    GArray *heard;         /* struct heard, regions as they ran */
    GArray *steps;         /* net_step * */
    struct net_conn conn;  /* of the test's client */
    struct net_conn other; /* for the test's own use */
    int64_t end_ns, reached_ns;
    uint64_t windows;
    uint64_t worked; /* messages with a content that were worked on */
    int count;       /* for the test's own use */
    /* What net_step_connect() does on the connection, which is not up yet; may be NULL. */
    void (*on_opened)(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn);
    /* What owners do when they hear something; may be NULL. */
    enum net_verdict (*on_message)(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                                   struct net_conn conn, uint64_t user);
    void (*on_closed)(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn,
                      enum net_close_reason reason);
};

void net_set_up(struct net_fixture *f);
void net_start(struct net_fixture *f);
/* Schedules a step at a time of the run. */
void net_at(struct net_fixture *f, int64_t time_ns, uint32_t host, net_step *step);
void net_finish(struct net_fixture *f);
/* Ends must all be gone, nothing in flight. */
void net_assert_empty(struct net_fixture *f);
void net_tear_down(struct net_fixture *f);

/* A message of `length` bytes with a length prefix that net_framer_prefix() reads, filled from length and
 * kind. */
struct net_message *net_made(struct net_region *at, unsigned kind, size_t length);
void net_fill(uint8_t *out, unsigned kind, size_t length);
/* Of the bytes of a delivered message, which may have a content. */
uint64_t net_delivered_hash(const struct net_delivery *d);
uint64_t net_hash(struct bytes bytes);
/* What net_made() makes. */
uint64_t net_made_hash(unsigned kind, size_t length);
/* First two bytes: length of the whole message, 2 to NET_MESSAGE_BYTES_MAX. */
int64_t net_framer_prefix(struct bytes data);

/* The n-th thing of that sort that host heard, NULL if there are not so many. */
const struct heard *net_heard(const struct net_fixture *f, enum heard_what what, uint32_t host, unsigned n);
unsigned net_heard_count(const struct net_fixture *f, enum heard_what what, uint32_t host);
int64_t net_counter(const struct net_fixture *f, enum network_counter counter);
struct network_ledger net_ledger(const struct net_fixture *f, unsigned kind);
/* UE 0 opens a connection to the server, with user 7, and does on_opened(). */
void net_step_connect(struct net_fixture *f, struct net_region *at, uint32_t host);

/* A test that counts on what is the native engine's own: ACKs that ride on answers, times to the nanosecond,
 * what is both damaged and doubled, and its rto_max. */
#ifdef FIXTURE_NS3
#define net_add_native(path, test) ((void)(test))
#else
#define net_add_native(path, test) g_test_add_func(path, test)
#endif

#endif
