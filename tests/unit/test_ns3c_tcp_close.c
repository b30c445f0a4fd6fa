/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP of libns3c: ends and listeners that are closed while something is under way, lost or overtaken. */
#include "tests/tap/tap.h"
#include "tests/unit/ns3c_pair.h"

#define CHECK(call) g_assert_cmpint((call), ==, NS3C_OK)

/* The client waits for room at a server that reads nothing, and lets go of it. */
static void test_full(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.lazy = true}};
    struct end client = {.to_send = 300000, .shut_when_sent = true};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, 20 * SECOND);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(client.sent, <, client.to_send);
    ns3c_tcp_close(accepted->tcp);
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(client.sent, ==, client.to_send);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    g_assert_cmpint(client.ended_at, <, 22 * SECOND);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

static unsigned drop_first_data(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    unsigned *count = user;

    (void)detail;
    return packet->size > 300 && !(*count)++ ? NS3C_FATE_DROP : 0;
}

enum at_end { SHUT, CLOSE, ANSWER };

/* An end of the server: when it has all, it closes at once, from received(). */
struct hasty {
    struct pair *pair;
    enum at_end how;
    size_t received;
    unsigned peer_closes, ends;
    enum ns3c_tcp_end why;
};

static void hasty_received(void *user, struct ns3c_tcp *tcp)
{
    struct hasty *hasty = user;
    uint8_t bytes[2000];

    hasty->received += ns3c_tcp_receive(tcp, bytes, sizeof bytes);
    if (hasty->received < 1072)
        return;
    if (hasty->how == ANSWER)
        g_assert_cmpuint(ns3c_tcp_send(tcp, "", 1), ==, 1); /* how the pattern begins */
    if (hasty->how == CLOSE)
        ns3c_tcp_close(tcp);
    else
        ns3c_tcp_shutdown(tcp);
}

static void hasty_peer_closed(void *user, struct ns3c_tcp *tcp)
{
    (void)tcp;
    ((struct hasty *)user)->peer_closes++;
}

static void hasty_closed(void *user, struct ns3c_tcp *tcp, enum ns3c_tcp_end why)
{
    struct hasty *hasty = user;

    (void)tcp;
    hasty->ends++;
    hasty->why = why;
}

static void hasty_incoming(void *user, struct ns3c_listener *listener)
{
    static const struct ns3c_tcp_events events = {
        .received = hasty_received, .peer_closed = hasty_peer_closed, .closed = hasty_closed};
    struct ns3c_tcp *tcp;

    CHECK(ns3c_tcp_accept(listener, &events, user, &tcp));
}

/* The first of two segments is lost, so that the FIN of the second one is there before it. */
static void test_overtaken(gconstpointer data)
{
    struct pair pair;
    struct hasty hasty = {.pair = &pair, .how = (enum at_end)GPOINTER_TO_INT(data)};
    struct end client = {.to_send = 1072, .shut_when_sent = true};
    struct ns3c_listener *listener;
    unsigned segments = 0;

    pair_new(&pair, 0, 1);
    CHECK(ns3c_device_on_transmit(pair.at_a, drop_first_data, &segments));
    CHECK(ns3c_tcp_listen(pair.b, NULL, 80, 1, hasty_incoming, &hasty, &listener));
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(segments, ==, 3);
    g_assert_cmpuint(hasty.received, ==, 1072);
    g_assert_cmpuint(hasty.ends, ==, hasty.how != CLOSE);
    g_assert_cmpuint(hasty.peer_closes, ==, hasty.how != CLOSE);
    g_assert_cmpint(hasty.why, ==, NS3C_TCP_DONE);
    g_assert_cmpuint(client.received, ==, hasty.how == ANSWER);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    pair_free(&pair);
}

static unsigned drop_resets(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    (void)user;
    (void)detail;
    return packet->head[20 + 13] & 4 ? NS3C_FATE_DROP : 0;
}

/* The client lets go, and its peer's FIN never comes: it resets unheard, or leaves. */
static void test_orphan(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.lazy = true}};
    struct end client = {.to_send = 100};

    pair_new(&pair, 0, 1);
    CHECK(ns3c_device_on_transmit(pair.at_b, drop_resets, NULL));
    acceptor_listen(&server, &pair, 80, 1);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, SECOND);
    ns3c_tcp_close(client.tcp);
    pair_run(&pair, 2 * SECOND);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(accepted->peer_closes, ==, 1);
    ns3c_tcp_reset(accepted->tcp);
    pair_run(&pair, 50 * SECOND);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 1);
    pair_run(&pair, 62 * SECOND);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    g_assert_cmpint(ns3c_next(pair.sim), ==, INT64_MAX);
    acceptor_clear(&server);
    pair_free(&pair);
}

static void send_more(void *user, uint64_t nth)
{
    struct end *end = user;

    end->to_send += 1000;
    end->shut_when_sent = nth == 5;
    end_push(end);
}

/* A peer that goes on is waited for, one that pauses is answered by RST. */
static void test_orphan_of_slow_peer(void)
{
    for (unsigned pause = 0; pause < 2; pause++) {
        struct pair pair;
        struct acceptor server = {0};
        struct end client = {0};
        pair_new(&pair, 0, 1);
        acceptor_listen(&server, &pair, 80, 1);
        end_connect(&client, &pair, &pair.b4, 80);
        pair_run(&pair, SECOND);
        ns3c_tcp_close(client.tcp);
        struct end *accepted = server.ends->pdata[0];
        for (int i = 1; i <= 5; i++)
            CHECK(ns3c_schedule(pair.sim, i * (pause ? 70 : 50) * SECOND, send_more, accepted, i, NULL));
        pair_run(&pair, INT64_MAX);
        g_assert_cmpuint(accepted->sent, ==, pause ? 1000 : 5000);
        g_assert_cmpuint(accepted->ends, ==, 1);
        g_assert_cmpint(accepted->why, ==, pause ? NS3C_TCP_RESET : NS3C_TCP_DONE);
        g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
        acceptor_clear(&server);
        pair_free(&pair);
    }
}

static void reopen(void *user, uint64_t times)
{
    struct acceptor *server = user;

    for (uint64_t i = 0; i < times; i++) {
        GPtrArray *ends = server->ends;
        ns3c_listener_close(server->listener);
        acceptor_listen(server, server->pair, 80, 2);
        g_ptr_array_unref(ends);
    }
}

/* The listener is replaced in the instant in which a SYN has come to the old one. */
static void test_reopen(void)
{
    for (uint64_t times = 1; times < 4; times++) {
        struct pair pair;
        struct acceptor server = {0};
        struct end clients[4] = {{.to_send = 0}};
        pair_new(&pair, 0, 1);
        acceptor_listen(&server, &pair, 80, 2);
        end_connect(&clients[0], &pair, &pair.b4, 80);
        pair_run(&pair, 5 * MS);
        CHECK(
            ns3c_schedule(pair.sim, ns3c_next(pair.sim) - ns3c_now(pair.sim), reopen, &server, times, NULL));
        pair_run(&pair, 30 * SECOND);
        for (unsigned i = 1; i < 4; i++) {
            end_connect(&clients[i], &pair, &pair.b4, 80);
            pair_run(&pair, (30 + i) * SECOND);
        }
        for (unsigned i = 0; i < 4; i++)
            g_assert_cmpuint(clients[i].connects, ==, 1);
        g_assert_cmpuint(pair_counters(&pair).accepts, ==, 4);
        acceptor_clear(&server);
        pair_free(&pair);
    }
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3c/tcp/close/full", test_full);
    g_test_add_data_func("/ns3c/tcp/close/overtaken/shut", GINT_TO_POINTER(SHUT), test_overtaken);
    g_test_add_data_func("/ns3c/tcp/close/overtaken/close", GINT_TO_POINTER(CLOSE), test_overtaken);
    g_test_add_data_func("/ns3c/tcp/close/overtaken/answer", GINT_TO_POINTER(ANSWER), test_overtaken);
    g_test_add_func("/ns3c/tcp/close/orphan", test_orphan);
    g_test_add_func("/ns3c/tcp/close/orphan-of-slow-peer", test_orphan_of_slow_peer);
    g_test_add_func("/ns3c/tcp/close/reopen", test_reopen);
    return g_test_run();
}
