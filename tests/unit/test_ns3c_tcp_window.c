/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP of libns3c where the receiver reads late, slowly or never: windows that fill, close and open again. */
#include "tests/tap/tap.h"
#include "tests/unit/ns3c_pair.h"

static void close_when_done(struct end *end)
{
    if (!end->peer_closes || ns3c_tcp_readable(end->tcp))
        return;
    ns3c_tcp_close(end->tcp);
    end->tcp = NULL;
}

/* Reads `bytes` from each accepted end, again and again. */
struct reader {
    struct acceptor *server;
    size_t bytes;
    int64_t every;
};

static void read_some(void *user, uint64_t argument)
{
    struct reader *reader = user;
    bool more = !reader->server->ends->len;

    (void)argument;
    for (unsigned i = 0; i < reader->server->ends->len; i++) {
        struct end *end = reader->server->ends->pdata[i];
        if (end->tcp) {
            end->read_most = reader->bytes;
            end_read(end);
            close_when_done(end);
            more = true;
        }
    }
    if (more)
        ns3c_schedule(reader->server->pair->sim, reader->every, read_some, reader, 0, NULL);
}

/* Counts down to segments with one of the flags `mask`, and loses `count` of them. */
struct loser {
    uint8_t mask;
    unsigned count;
};

static unsigned lose(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    struct loser *loser = user;

    (void)detail;
    if (loser->count && packet->head[20 + 13] & loser->mask) {
        loser->count--;
        return NS3C_FATE_DROP;
    }
    return 0;
}

/* One connection to a server that reads nothing by itself. */
struct lazy {
    struct pair pair;
    struct acceptor server;
    struct end client;
};

static struct end *accepted(struct lazy *lazy)
{
    g_assert_cmpuint(lazy->server.ends->len, ==, 1);
    return lazy->server.ends->pdata[0];
}

static void lazy_new(struct lazy *lazy, size_t to_send, double loss, uint32_t seed)
{
    *lazy = (struct lazy){.server.like = {.lazy = true}, .client.to_send = to_send};
    pair_new(&lazy->pair, loss, seed);
    acceptor_listen(&lazy->server, &lazy->pair, 80, 1);
}

static void lazy_free(struct lazy *lazy)
{
    acceptor_clear(&lazy->server);
    pair_free(&lazy->pair);
}

static void test_full(void)
{
    struct lazy lazy;

    lazy_new(&lazy, 131072, 0, 1); /* as much as the receiver holds */
    end_connect(&lazy.client, &lazy.pair, &lazy.pair.b4, 80);
    pair_run(&lazy.pair, INT64_MAX);
    g_assert_cmpuint(ns3c_tcp_readable(accepted(&lazy)->tcp), ==, 131072);
    g_assert_cmpuint(ns3c_tcp_unacknowledged(lazy.client.tcp), ==, 0);
    lazy.client.to_send += 100000;
    lazy.client.shut_when_sent = true;
    end_push(&lazy.client);
    pair_run(&lazy.pair, 1000 * SECOND);
    end_read(accepted(&lazy));
    lazy.server.like.lazy = accepted(&lazy)->lazy = false;
    pair_run(&lazy.pair, INT64_MAX);
    g_assert_cmpuint(accepted(&lazy)->received, ==, 231072);
    lazy_free(&lazy);
}

static void read_slowly(size_t to_send, double loss, size_t bytes, int64_t every, uint32_t seed, bool sack)
{
    struct lazy lazy;
    struct reader reader = {&lazy.server, bytes, every};

    lazy_new(&lazy, to_send, loss, seed);
    g_assert_cmpint(ns3c_set_default(lazy.pair.sim, "ns3::TcpSocketBase::Sack", sack ? "true" : "false"), ==,
                    NS3C_OK);
    lazy.client.shut_when_sent = true;
    end_connect(&lazy.client, &lazy.pair, &lazy.pair.b4, 80);
    read_some(&reader, 0);
    pair_run(&lazy.pair, 20000 * SECOND);
    g_assert_cmpuint(accepted(&lazy)->received, ==, to_send);
    g_assert_cmpuint(pair_counters(&lazy.pair).open, ==, 0);
    lazy_free(&lazy);
}

static void test_seldom(void)
{
    for (unsigned sack = 0; sack < 2; sack++)
        read_slowly(600000, 0, 0, 7 * SECOND, 1, sack);
}

static void test_slow(void)
{
    for (uint32_t seed = 1; seed <= 16; seed++)
        read_slowly(400000, 0.01, seed % 2 ? 5000 : 1000, 50 * MS, seed, seed % 4);
}

/* The last update of the window is lost: nothing but the sender can bring it up again. */
static void test_lost_update(void)
{
    struct loser loser = {.mask = 0x10, .count = 0};

    for (unsigned wait = 0; wait < 2; wait++) {
        struct lazy lazy;
        lazy_new(&lazy, 150000 + wait * 1000, 0, 1);
        lazy.client.shut_when_sent = true;
        end_connect(&lazy.client, &lazy.pair, &lazy.pair.b4, 80);
        pair_run(&lazy.pair, wait ? 100 * SECOND : SECOND);
        g_assert_cmpint(ns3c_device_on_transmit(lazy.pair.at_b, lose, &loser), ==, NS3C_OK);
        loser.count = 1;
        end_read(accepted(&lazy));
        g_assert_cmpuint(loser.count, ==, 0);
        accepted(&lazy)->lazy = false;
        pair_run(&lazy.pair, 1000 * SECOND);
        close_when_done(accepted(&lazy));
        pair_run(&lazy.pair, INT64_MAX);
        g_assert_cmpuint(accepted(&lazy)->received, ==, lazy.client.to_send);
        g_assert_cmpuint(pair_counters(&lazy.pair).open, ==, 0);
        lazy_free(&lazy);
    }
}

/* The receiver forgets the connection, and its RST is lost: the next probe meets another one. */
static void test_lost_reset(void)
{
    for (unsigned i = 0; i < 4; i++) {
        struct loser loser = {.mask = 0x04, .count = i / 2};
        struct lazy lazy;
        lazy_new(&lazy, 300000, 0, 1);
        if (i % 2)
            g_assert_cmpint(ns3c_set_default(lazy.pair.sim, "ns3::TcpSocket::SegmentSize", "1024"), ==,
                            NS3C_OK);
        end_connect(&lazy.client, &lazy.pair, &lazy.pair.b4, 80);
        pair_run(&lazy.pair, 20 * SECOND);
        g_assert_cmpint(ns3c_device_on_transmit(lazy.pair.at_b, lose, &loser), ==, NS3C_OK);
        ns3c_tcp_reset(accepted(&lazy)->tcp);
        pair_run(&lazy.pair, INT64_MAX);
        g_assert_cmpuint(lazy.client.ends, ==, 1);
        g_assert_cmpint(lazy.client.why, ==, NS3C_TCP_RESET);
        g_assert_cmpuint(pair_counters(&lazy.pair).open, ==, 0);
        lazy_free(&lazy);
    }
}

/* Probes go on as long as they are answered, and end when nobody is there. */
static void test_probes(void)
{
    struct lazy lazy;

    lazy_new(&lazy, 300000, 0, 1);
    end_connect(&lazy.client, &lazy.pair, &lazy.pair.b4, 80);
    pair_run(&lazy.pair, 10000 * SECOND);
    g_assert_cmpuint(lazy.client.ends, ==, 0);
    g_assert_cmpuint(ns3c_events(lazy.pair.sim), <, 10000);
    g_assert_cmpint(ns3c_device_set_loss(lazy.pair.at_a, 1), ==, NS3C_OK);
    pair_run(&lazy.pair, INT64_MAX);
    g_assert_cmpuint(lazy.client.ends, ==, 1);
    g_assert_cmpint(lazy.client.why, ==, NS3C_TCP_TIMEOUT);
    g_assert_cmpint(lazy.client.ended_at, <, 11000 * SECOND);
    g_assert_cmpuint(pair_counters(&lazy.pair).open, ==, 1); /* the server's, which waits for more */
    lazy_free(&lazy);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/tcp/window/full", test_full);
    g_test_add_func("/ns3c/tcp/window/seldom", test_seldom);
    g_test_add_func("/ns3c/tcp/window/slow", test_slow);
    g_test_add_func("/ns3c/tcp/window/lost-update", test_lost_update);
    g_test_add_func("/ns3c/tcp/window/lost-reset", test_lost_reset);
    g_test_add_func("/ns3c/tcp/window/probes", test_probes);
    return g_test_run();
}
