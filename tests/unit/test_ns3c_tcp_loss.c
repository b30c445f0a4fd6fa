/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP of libns3c where packets are lost at random: all that was sent arrives as it was, both sides learn of
 * the end, and nothing is left over, whoever closes first and however. */
#include "tests/tap/tap.h"
#include "tests/unit/ns3c_pair.h"

enum { CONNECTIONS = 20 };

enum who { CLIENT_FIRST, SERVER_FIRST, BOTH_AT_ONCE, SERVER_LETS_GO };

static void set_up(struct end *client, struct end *server, enum who who, size_t bytes)
{
    client->to_send = bytes;
    server->to_send = bytes / 2;
    client->shut_when_sent = who == CLIENT_FIRST || who == BOTH_AT_ONCE || who == SERVER_LETS_GO;
    server->shut_when_sent = who == SERVER_FIRST || who == BOTH_AT_ONCE;
    client->close_when_peer = who == SERVER_FIRST;
    server->close_when_peer = who == SERVER_LETS_GO || who == CLIENT_FIRST;
}

static void run_one(enum who who, int family, size_t bytes, uint32_t seed)
{
    struct pair pair;
    struct acceptor server = {0};
    struct end clients[CONNECTIONS] = {0};
    size_t sent = 0, arrived = 0, back = 0, returned = 0;

    pair_new(&pair, 0.05, seed);
    set_up(&clients[0], &server.like, who, bytes);
    acceptor_listen(&server, &pair, 80, CONNECTIONS);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        clients[i] = clients[0].pair ? (struct end){.to_send = clients[0].to_send,
                                                    .shut_when_sent = clients[0].shut_when_sent,
                                                    .close_when_peer = clients[0].close_when_peer}
                                     : clients[0];
        end_connect(&clients[i], &pair, family == 4 ? &pair.b4 : &pair.b6, 80);
    }
    pair_run(&pair, INT64_MAX);
    for (unsigned i = 0; i < CONNECTIONS; i++) {
        g_assert_null(clients[i].tcp); /* let go, or told */
        g_assert_cmpuint(clients[i].connects, ==, 1);
        if (clients[i].ends)
            g_assert_cmpint(clients[i].why, ==, NS3C_TCP_DONE);
        sent += clients[i].sent;
        returned += clients[i].received;
    }
    g_assert_cmpuint(server.ends->len, ==, CONNECTIONS);
    for (unsigned i = 0; i < server.ends->len; i++) {
        struct end *end = server.ends->pdata[i];
        g_assert_null(end->tcp);
        if (end->ends)
            g_assert_cmpint(end->why, ==, NS3C_TCP_DONE);
        arrived += end->received;
        back += end->sent;
    }
    g_assert_cmpuint(sent, ==, bytes * CONNECTIONS);
    g_assert_cmpuint(arrived, ==, sent);
    g_assert_cmpuint(returned, ==, back);
    g_assert_cmpuint(back, ==, bytes / 2 * CONNECTIONS);
    g_assert_cmpuint(pair_counters(&pair).open, ==, 0);
    g_assert_cmpuint(pair_counters(&pair).retransmissions, >, 0);
    acceptor_clear(&server);
    pair_free(&pair);
}

static void test_who(gconstpointer data)
{
    enum who who = (enum who)GPOINTER_TO_INT(data);

    for (uint32_t seed = 1; seed <= 12; seed++)
        run_one(who, seed % 2 ? 4 : 6, seed % 3 ? 300 : 30000, seed);
}

static void test_bulk(gconstpointer family)
{
    for (uint32_t seed = 1; seed <= 3; seed++)
        run_one(CLIENT_FIRST, GPOINTER_TO_INT(family), 200000, seed);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_data_func("/ns3c/tcp/loss/client-first", GINT_TO_POINTER(CLIENT_FIRST), test_who);
    g_test_add_data_func("/ns3c/tcp/loss/server-first", GINT_TO_POINTER(SERVER_FIRST), test_who);
    g_test_add_data_func("/ns3c/tcp/loss/both-at-once", GINT_TO_POINTER(BOTH_AT_ONCE), test_who);
    g_test_add_data_func("/ns3c/tcp/loss/server-lets-go", GINT_TO_POINTER(SERVER_LETS_GO), test_who);
    g_test_add_data_func("/ns3c/tcp/loss/bulk-4", GINT_TO_POINTER(4), test_bulk);
    g_test_add_data_func("/ns3c/tcp/loss/bulk-6", GINT_TO_POINTER(6), test_bulk);
    return g_test_run();
}
