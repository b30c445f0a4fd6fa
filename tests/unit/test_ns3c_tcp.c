/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP of libns3c on links that lose nothing but what a test names: times against the formula of a link, every
 * way for a connection to begin and to end, and what is left of it. */
#include "tests/tap/tap.h"
#include "tests/unit/ns3c_pair.h"

#define CHECK(call) g_assert_cmpint((call), ==, NS3C_OK)

/* SYN: IP 20 or 40, TCP 20 and 20 of options (timestamp, window scale, SACK permitted, MSS: 19, padded). */
static int64_t syn_way(int family)
{
    return ((family == 4 ? 20 : 40) + 40 + 2) * 800 + 10 * MS;
}

static void on_syn(void *user, const struct ns3c_packet *packet)
{
    const uint8_t *tcp = packet->head + (packet->head[0] >> 4 == 4 ? 20 : 40);
    unsigned *found = user;

    if (!(tcp[13] & 2))
        return;
    for (unsigned i = 20; i < (tcp[12] >> 4) * 4u && tcp[i]; i += tcp[i] == 1 ? 1 : tcp[i + 1])
        if (tcp[i] == 2 && tcp[i + 1] == 4 && tcp[i + 2] == 536 / 256 && tcp[i + 3] == 536 % 256)
            (*found)++;
}

static void test_handshake(gconstpointer data)
{
    int family = GPOINTER_TO_INT(data);
    struct pair pair;
    struct acceptor server = {0};
    struct end client = {0};
    struct ns3c_address local, remote;
    unsigned with_mss = 0;
    uint16_t local_port, remote_port;

    pair_new(&pair, 0, 1);
    ns3c_node_on_send(pair.a, on_syn, &with_mss);
    ns3c_node_on_send(pair.b, on_syn, &with_mss);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, family == 4 ? &pair.b4 : &pair.b6, 80);
    pair_run(&pair, SECOND);
    g_assert_cmpuint(with_mss, ==, 2);
    g_assert_cmpuint(client.connects, ==, 1);
    g_assert_cmpint(client.connected_at, ==, 2 * syn_way(family));
    g_assert_cmpuint(server.calls, ==, 1);
    struct end *accepted = server.ends->pdata[0];
    ns3c_tcp_addresses(client.tcp, &local, &local_port, &remote, &remote_port);
    g_assert_cmpmem(&local, sizeof local, family == 4 ? &pair.a4 : &pair.a6, sizeof local);
    g_assert_cmpmem(&remote, sizeof remote, family == 4 ? &pair.b4 : &pair.b6, sizeof remote);
    g_assert_cmpuint(remote_port, ==, 80);
    g_assert_cmpuint(local_port, >=, 49152);
    ns3c_tcp_addresses(accepted->tcp, NULL, NULL, &remote, &remote_port);
    g_assert_cmpmem(&local, sizeof local, &remote, sizeof remote);
    g_assert_cmpuint(local_port, ==, remote_port);
    ns3c_tcp_reset(client.tcp);
    pair_run(&pair, 2 * SECOND);
    g_assert_cmpuint(accepted->ends, ==, 1);
    g_assert_cmpint(accepted->why, ==, NS3C_TCP_RESET);
    g_assert_cmpuint(client.ends, ==, 0);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* 100 bytes as an answer to 50: data segments carry 12 bytes of timestamps; ns-3 waits 1 ns before it
 * sends. */
static void test_data_timing(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.to_send = 100}};
    struct end client = {.to_send = 50};
    int64_t ack = (20 + 32 + 2) * 800 + 10 * MS;

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, SECOND);
    struct end *accepted = server.ends->pdata[0];
    /* The ACK of the handshake leaves first, the 50 bytes behind it. */
    int64_t at_server = 2 * syn_way(4) + ack + (20 + 32 + 50 + 2) * 800;
    g_assert_cmpint(accepted->data_at, ==, at_server);
    g_assert_cmpuint(accepted->received, ==, 50);
    g_assert_cmpuint(client.received, ==, 100);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* 10 MB go through a buffer of 128 KB; the ends meet again as they should. */
static void test_partial(gconstpointer data)
{
    int family = GPOINTER_TO_INT(data);
    struct pair pair;
    struct acceptor server = {.like = {.to_send = 3000000, .shut_when_sent = true}};
    struct end client = {.to_send = 10000000, .shut_when_sent = true};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, family == 4 ? &pair.b4 : &pair.b6, 80);
    g_assert_cmpuint(client.sent, ==, 131072);
    pair_run(&pair, INT64_MAX);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(client.rooms, >, 10);
    g_assert_cmpuint(accepted->received, ==, 10000000);
    g_assert_cmpuint(client.received, ==, 3000000);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    g_assert_cmpuint(accepted->ends, ==, 1);
    g_assert_cmpint(accepted->why, ==, NS3C_TCP_DONE);
    g_assert_cmpuint(client.peer_closes + accepted->peer_closes, ==, 2);
    struct ns3c_tcp_counters counters = pair_counters(&pair);
    g_assert_cmpuint(counters.open, ==, 0);
    g_assert_cmpuint(counters.connects, ==, 1);
    g_assert_cmpuint(counters.accepts, ==, 1);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* The client has no more to send, and reads on for long; then TIME_WAIT, 2 * 120 s, at the side that closed
 * first. */
static void test_half_close(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.close_when_peer = true}};
    struct end client = {.to_send = 10, .shut_when_sent = true};

    pair_new(&pair, 0, 1);
    server.like.close_when_peer = false;
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, 5 * SECOND);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(accepted->peer_closes, ==, 1);
    g_assert_cmpuint(ns3c_tcp_send(client.tcp, "x", 1), ==, 0);
    accepted->to_send = 100000;
    accepted->close_when_peer = true;
    end_push(accepted);
    g_assert_null(accepted->tcp);
    pair_run(&pair, 10 * SECOND);
    g_assert_cmpuint(client.received, ==, 100000);
    g_assert_cmpuint(client.peer_closes, ==, 1);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    g_assert_cmpuint(accepted->ends, ==, 0); /* it had let go */
    g_assert_cmpuint(pair_counters(&pair).open, ==, 1);
    g_assert_cmpuint(pair_counters(&pair).retransmissions, ==, 0);
    pair_run(&pair, client.ended_at + 240 * SECOND);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 1);
    pair_run(&pair, client.ended_at + 240 * SECOND + 1);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

static void test_refused(void)
{
    struct pair pair;
    struct end client = {0}, unreachable = {0};
    struct ns3c_address nowhere = {4, {198, 51, 100, 1}};

    pair_new(&pair, 0, 1);
    end_connect(&client, &pair, &pair.b4, 81);
    g_assert_cmpint(
        ns3c_tcp_connect(pair.a, NULL, 0, &nowhere, 80, &end_events, &unreachable, &unreachable.tcp), ==,
        NS3C_NO_ROUTE);
    g_assert_cmpint(
        ns3c_tcp_connect(pair.a, &nowhere, 0, &pair.b4, 80, &end_events, &unreachable, &unreachable.tcp), ==,
        NS3C_INVALID);
    g_assert_cmpint(
        ns3c_tcp_connect(pair.a, NULL, 0, &pair.b4, 0, &end_events, &unreachable, &unreachable.tcp), ==,
        NS3C_INVALID);
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_REFUSED);
    g_assert_cmpuint(client.connects, ==, 0);
    g_assert_cmpint(client.ended_at, ==, syn_way(4) + (20 + 20 + 2) * 800 + 10 * MS);
    g_assert_cmpuint(pair_counters(&pair).refusals, ==, 1);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    pair_free(&pair);
}

static unsigned drop_all(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    (void)user;
    (void)packet;
    (void)detail;
    return NS3C_FATE_DROP;
}

/* SYNs at 0, 3, 9, 21, 45, 93 s and the end at 189 s: ns-3's 3 s, doubled, six of them. */
static void test_connect_timeout(void)
{
    struct pair pair;
    struct end client = {0};

    pair_new(&pair, 0, 1);
    CHECK(ns3c_device_on_transmit(pair.at_a, drop_all, NULL));
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_TIMEOUT);
    g_assert_cmpint(client.ended_at, ==, 189 * SECOND);
    g_assert_cmpuint(pair_counters(&pair).retransmissions, ==, 5);
    g_assert_cmpuint(pair_counters(&pair).timeouts, ==, 6);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    pair_free(&pair);
}

/* The link dies under a connection; `closing`: under its FIN. */
static void test_timeout(gconstpointer closing)
{
    struct pair pair;
    struct acceptor server = {0};
    struct end client = {0};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, SECOND);
    CHECK(ns3c_device_on_transmit(pair.at_a, drop_all, NULL));
    if (closing) {
        ns3c_tcp_shutdown(client.tcp);
    } else {
        client.to_send = 10;
        end_push(&client);
    }
    pair_run(&pair, 3600 * SECOND);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_TIMEOUT);
    g_assert_cmpuint(pair_counters(&pair).retransmissions, ==, 6);
    g_assert_cmpuint(pair_counters(&pair).timeouts, ==, 7);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 1);
    acceptor_clear(&server);
    pair_free(&pair);
}

static void test_reset(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.reset_on_data = true}};
    struct end client = {.to_send = 5000}, early = {0};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    end_connect(&early, &pair, &pair.b4, 80);
    ns3c_tcp_reset(early.tcp); /* in SYN_SENT */
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_RESET);
    g_assert_cmpuint(early.ends + early.connects, ==, 0);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(accepted->ends, ==, 0);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* Closing with unread data sends FIN all the same, and what comes later is thrown away. */
static void test_close_unread(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.lazy = true, .to_send = 20000}};
    struct end client = {.to_send = 100000, .shut_when_sent = true};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, 70 * MS);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(ns3c_tcp_readable(accepted->tcp), >, 0);
    ns3c_tcp_close(accepted->tcp);
    pair_run(&pair, INT64_MAX);
    g_assert_cmpuint(client.received, ==, 20000);
    g_assert_cmpuint(client.ends, ==, 1);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    g_assert_cmpuint(accepted->ends, ==, 0);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* Two wait to be accepted, the third is refused; a close of the listener resets those that wait. */
static void test_backlog(void)
{
    struct pair pair;
    struct acceptor server = {.hold = true};
    struct end clients[4] = {{.to_send = 300}};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 2);
    for (int i = 0; i < 3; i++)
        end_connect(&clients[i], &pair, &pair.b4, 80);
    pair_run(&pair, SECOND);
    g_assert_cmpuint(clients[0].connects + clients[1].connects, ==, 2);
    g_assert_cmpuint(clients[2].ends, ==, 1);
    g_assert_cmpint(clients[2].why, ==, NS3C_TCP_REFUSED);
    g_assert_cmpuint(pair_counters(&pair).refusals, ==, 1);
    g_assert_cmpuint(server.calls, ==, 2);
    struct end *first = acceptor_take(&server);
    g_assert_cmpuint(first->received, ==, 0); /* announced later */
    pair_run(&pair, 2 * SECOND);
    g_assert_cmpuint(first->received, ==, 300);
    end_connect(&clients[3], &pair, &pair.b4, 80);
    pair_run(&pair, 3 * SECOND);
    g_assert_cmpuint(clients[3].connects, ==, 1);
    ns3c_listener_close(server.listener);
    pair_run(&pair, 4 * SECOND);
    for (int i = 1; i < 4; i += 2) {
        g_assert_cmpuint(clients[i].ends, ==, 1);
        g_assert_cmpint(clients[i].why, ==, NS3C_TCP_RESET);
    }
    g_assert_cmpuint(clients[0].ends, ==, 0);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 2);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* The Nth segment with data of the device is lost. */
static unsigned drop_nth(void *user, const struct ns3c_packet *packet, struct ns3c_fate_detail *detail)
{
    unsigned *nth = user;

    (void)detail;
    if (packet->size < 20 + 32 + 100 || --*nth)
        return 0;
    return NS3C_FATE_DROP;
}

static void test_retransmission(void)
{
    struct pair pair;
    struct acceptor server = {0};
    struct end client = {.to_send = 20000};
    unsigned nth = 5;

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    CHECK(ns3c_device_on_transmit(pair.at_a, drop_nth, &nth));
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, 10 * SECOND);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(accepted->received, ==, 20000);
    g_assert_cmpuint(pair_counters(&pair).retransmissions, ==, 1); /* by duplicate acknowledgements */
    g_assert_cmpuint(pair_counters(&pair).timeouts, ==, 0);
    nth = 1;
    client.to_send += 200;
    end_push(&client);
    pair_run(&pair, 20 * SECOND);
    g_assert_cmpuint(accepted->received, ==, 20200);
    g_assert_cmpuint(pair_counters(&pair).retransmissions, ==, 2); /* by the timer */
    g_assert_cmpuint(pair_counters(&pair).timeouts, ==, 1);
    g_assert_cmpuint(ns3c_tcp_unacknowledged(client.tcp), ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* A reader that is slow stops the sender, and misses nothing at the end. */
static void test_slow_reader(void)
{
    struct pair pair;
    struct acceptor server = {.like = {.lazy = true, .shut_when_sent = true}};
    struct end client = {.to_send = 600000, .shut_when_sent = true};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    end_connect(&client, &pair, &pair.b4, 80);
    pair_run(&pair, 30 * SECOND);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(ns3c_tcp_readable(accepted->tcp), <=, 131072);
    g_assert_cmpuint(client.sent, <, 600000);
    for (int64_t t = 31; accepted->tcp && t < 2000; t++) {
        end_read(accepted);
        pair_run(&pair, t * SECOND);
    }
    g_assert_cmpuint(accepted->received, ==, 600000);
    g_assert_cmpint(accepted->why, ==, NS3C_TCP_DONE);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    acceptor_clear(&server);
    pair_free(&pair);
}

static void test_set(void)
{
    struct pair pair;
    struct acceptor server = {0};
    struct end client = {0};
    struct ns3c_listener *again;

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    g_assert_cmpint(ns3c_tcp_listen(pair.b, NULL, 80, 1, NULL, NULL, &again), ==, NS3C_IN_USE);
    g_assert_cmpint(ns3c_tcp_listen(pair.b, NULL, 82, 0, NULL, NULL, &again), ==, NS3C_INVALID);
    g_assert_cmpint(ns3c_tcp_accept(server.listener, &end_events, NULL, &client.tcp), ==, NS3C_AGAIN);
    end_connect(&client, &pair, &pair.b4, 80);
    CHECK(ns3c_tcp_set(client.tcp, "MaxSegLifetime", "1"));
    CHECK(ns3c_tcp_set(client.tcp, "SndBufSize", "1000"));
    g_assert_cmpint(ns3c_tcp_set(client.tcp, "SegmentSize", "1400"), ==, NS3C_STATE);
    g_assert_cmpint(ns3c_tcp_set(client.tcp, "NoSuch", "1"), ==, NS3C_UNKNOWN);
    g_assert_cmpint(ns3c_tcp_set(client.tcp, "SndBufSize", "many"), ==, NS3C_INVALID);
    client.to_send = 5000;
    end_push(&client);
    g_assert_cmpuint(client.sent, ==, 1000);
    client.shut_when_sent = true;
    pair_run(&pair, SECOND);
    struct end *accepted = server.ends->pdata[0];
    g_assert_cmpuint(accepted->received, ==, 5000);
    ns3c_tcp_close(accepted->tcp);
    pair_run(&pair, 2 * SECOND);
    g_assert_cmpint(client.why, ==, NS3C_TCP_DONE);
    pair_run(&pair, client.ended_at + 2 * SECOND + 1);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

/* The same ports again while the peer is in TIME_WAIT: RFC 9293, 3.6.1. */
static void test_port_again(void)
{
    struct pair pair;
    struct acceptor server = {0};
    struct end clients[2] = {{0}};

    pair_new(&pair, 0, 1);
    acceptor_listen(&server, &pair, 80, 5);
    for (int i = 0; i < 2; i++) {
        clients[i].pair = &pair;
        CHECK(ns3c_tcp_connect(pair.a, NULL, 5000, &pair.b4, 80, &end_events, &clients[i], &clients[i].tcp));
        pair_run(&pair, (4 * i + 1) * SECOND);
        g_assert_cmpuint(clients[i].connects, ==, 1);
        g_assert_cmpuint(server.ends->len, ==, i + 1);
        g_assert_cmpuint(pair_counters(&pair).open, ==, 2);
        g_assert_cmpuint(pair_counters(&pair).retransmissions, ==, 0);
        struct end *accepted = server.ends->pdata[i];
        ns3c_tcp_close(accepted->tcp);
        pair_run(&pair, (4 * i + 2) * SECOND);
        g_assert_cmpuint(clients[i].peer_closes, ==, 1);
        ns3c_tcp_close(clients[i].tcp);
        pair_run(&pair, (4 * i + 3) * SECOND);
        g_assert_cmpuint(pair_counters(&pair).open, ==, 1);
    }
    acceptor_clear(&server);
    pair_free(&pair);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_data_func("/ns3c/tcp/handshake-4", GINT_TO_POINTER(4), test_handshake);
    g_test_add_data_func("/ns3c/tcp/handshake-6", GINT_TO_POINTER(6), test_handshake);
    g_test_add_func("/ns3c/tcp/data-timing", test_data_timing);
    g_test_add_data_func("/ns3c/tcp/partial-4", GINT_TO_POINTER(4), test_partial);
    g_test_add_data_func("/ns3c/tcp/partial-6", GINT_TO_POINTER(6), test_partial);
    g_test_add_func("/ns3c/tcp/half-close", test_half_close);
    g_test_add_func("/ns3c/tcp/refused", test_refused);
    g_test_add_func("/ns3c/tcp/connect-timeout", test_connect_timeout);
    g_test_add_data_func("/ns3c/tcp/timeout", NULL, test_timeout);
    g_test_add_data_func("/ns3c/tcp/timeout-of-fin", GINT_TO_POINTER(1), test_timeout);
    g_test_add_func("/ns3c/tcp/reset", test_reset);
    g_test_add_func("/ns3c/tcp/close-unread", test_close_unread);
    g_test_add_func("/ns3c/tcp/backlog", test_backlog);
    g_test_add_func("/ns3c/tcp/retransmission", test_retransmission);
    g_test_add_func("/ns3c/tcp/slow-reader", test_slow_reader);
    g_test_add_func("/ns3c/tcp/set", test_set);
    g_test_add_func("/ns3c/tcp/port-again", test_port_again);
    return g_test_run();
}
