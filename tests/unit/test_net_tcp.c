/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP without loss: handshake, exchange, segments, acknowledgments, every way to close. */
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

static int64_t up(int64_t bytes)
{
    return bytes * (UPLINK_NS + CORE_NS) + ACCESS_NS + CORE_DELAY_NS;
}

static int64_t down(int64_t bytes)
{
    return bytes * (DOWNLINK_NS + CORE_NS) + ACCESS_NS + CORE_DELAY_NS;
}

static size_t ask_bytes, answer_bytes;

static void ask(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, ask_bytes)));
}

/* The server answers; the client closes when it has the answer. */
static enum net_verdict answer(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                               struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, answer_bytes)));
    else
        net_tcp_close(at, conn);
    return NET_RECEIVED;
}

static void run_exchange(struct net_fixture *f, size_t ask_length, size_t answer_length)
{
    ask_bytes = ask_length;
    answer_bytes = answer_length;
    f->on_opened = ask;
    f->on_message = answer;
    net_start(f);
    net_at(f, CLOCK_SECOND, UE, net_step_connect);
    net_finish(f);
    const struct heard *asked = net_heard(f, HEARD_MESSAGE, SERVER, 0);
    const struct heard *answered = net_heard(f, HEARD_MESSAGE, UE, 0);
    g_assert_nonnull(asked);
    g_assert_nonnull(answered);
    g_assert_cmpuint(asked->hash, ==, net_made_hash(KIND_ASK, ask_length));
    g_assert_cmpuint(answered->hash, ==, net_made_hash(KIND_ANSWER, answer_length));
    g_assert_cmpuint(asked->kind, ==, KIND_ASK);
    g_assert_cmpuint(answered->user, ==, 7);
    g_assert_cmpint(net_ledger(f, KIND_ASK).received, ==, 1);
    g_assert_cmpint(net_ledger(f, KIND_ANSWER).received, ==, 1);
    net_assert_empty(f);
}

static void test_exchange(void)
{
    struct net_fixture f;

    net_set_up(&f);
    run_exchange(&f, 400, 600);
    int64_t t = CLOCK_SECOND + up(LINK_SYN) + down(LINK_SYN);
    /* The acknowledgment of the handshake goes before the data. */
    t += LINK_TCP * UPLINK_NS + up(LINK_TCP + 400);
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, SERVER, 0)->time_ns, ==, t);
    /* The first segment is acknowledged at once, ahead of the answer. */
    t += LINK_TCP * CORE_NS + down(LINK_TCP + 600);
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, UE, 0)->time_ns, ==, t);
    /* The client's FIN tells the server's owner; the client asked for it itself and hears nothing. */
    t += up(LINK_TCP);
    const struct heard *closed = net_heard(&f, HEARD_CLOSED, SERVER, 0);
    g_assert_cmpint(closed->time_ns, ==, t);
    g_assert_cmpint(closed->reason, ==, NET_CLOSED_BY_PEER);
    g_assert_null(net_heard(&f, HEARD_CLOSED, UE, 0));
    /* SYN, SYN-ACK, ACK, ask, ACK, answer, FIN (acknowledges), FIN, ACK */
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 9);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_connections), ==, 1);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 0);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 0);
    /* Last of all, TIME_WAIT ends; late timers of the server came before. */
    g_assert_cmpint(f.reached_ns, ==, t + down(LINK_TCP) + CLOCK_SECOND);
    net_tear_down(&f);
}

static void test_segments(void)
{
    struct net_fixture f;

    net_set_up(&f);
    run_exchange(&f, 4000, 3500);
    int64_t t = CLOCK_SECOND + up(LINK_SYN) + down(LINK_SYN);
    /* Four segments leave back to back on the slow link. */
    t += (LINK_TCP + 3 * (LINK_TCP + MSS)) * UPLINK_NS + up(LINK_TCP + MSS);
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, SERVER, 0)->time_ns, ==, t);
    t += 3 * (LINK_TCP + MSS) * DOWNLINK_NS + (LINK_TCP + MSS) * CORE_NS + (LINK_TCP + 500) * DOWNLINK_NS +
         ACCESS_NS + CORE_DELAY_NS;
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, UE, 0)->time_ns, ==, t);
    /* Each side acknowledges the first segment and every second from there; the answer and the FIN
     * acknowledge the fourth: 3 + 4 + 2 + 4 + 2 + 3. */
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 18);
    net_tear_down(&f);
}

static void test_small_mss(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.mss = 200;
    f.config.initial_window = 1;
    run_exchange(&f, 4000, 4000);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 0);
    net_tear_down(&f);
}

static void test_ack_at_once(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.delayed_ack_ns = 0;
    run_exchange(&f, 4000, 600);
    /* 3 + 4 + 4 + 1 + 1 (after the FIN, which was under way first) + 3 */
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 16);
    net_tear_down(&f);
}

static enum net_verdict keep_quiet(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                                   struct net_conn conn, uint64_t user)
{
    (void)at;
    (void)d;
    (void)user;
    f->other = conn;
    return NET_REJECTED;
}

static void step_close(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_close(at, f->conn);
}

static void test_delayed_ack(void)
{
    struct net_fixture f;

    ask_bytes = 100;
    net_set_up(&f);
    f.on_opened = ask;
    f.on_message = keep_quiet;
    net_start(&f);
    net_at(&f, CLOCK_SECOND, UE, net_step_connect);
    f.end_ns = 1500 * CLOCK_MILLISECOND;
    net_finish(&f);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 5); /* three, ask, ACK after 200 ms */
    g_assert_cmpint(net_ledger(&f, KIND_ASK).rejected, ==, 1);
    f.end_ns = 100 * CLOCK_SECOND;
    net_at(&f, 10 * CLOCK_SECOND, UE, step_close);
    net_finish(&f);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 8);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 0);
    net_assert_empty(&f);
    net_tear_down(&f);
}

/* Before the connection is up: three messages in a row, then close; all arrive, then the FIN. */
static void connect_and_send(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    net_step_connect(f, at, host);
    for (size_t i = 1; i <= 3; i++)
        g_assert_true(net_tcp_send(at, f->conn, net_made(at, KIND_ASK, 1100 * i)));
    net_tcp_close(at, f->conn);
    g_assert_false(net_tcp_send(at, f->conn, net_made(at, KIND_OTHER, 10)));
}

/* The server goes on sending after the client's FIN was queued (half-close). */
static enum net_verdict answer_each(struct net_fixture *f, struct net_region *at,
                                    const struct net_delivery *d, struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, 2000)));
    return NET_RECEIVED;
}

static void test_half_close(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.on_message = answer_each;
    net_start(&f);
    net_at(&f, CLOCK_SECOND, UE + 3, connect_and_send);
    net_finish(&f);
    for (unsigned i = 0; i < 3; i++) {
        g_assert_cmpuint(net_heard(&f, HEARD_MESSAGE, SERVER, i)->hash, ==,
                         net_made_hash(KIND_ASK, 1100 * (i + 1)));
        g_assert_cmpuint(net_heard(&f, HEARD_MESSAGE, UE + 3, i)->hash, ==, net_made_hash(KIND_ANSWER, 2000));
    }
    g_assert_cmpint(net_ledger(&f, KIND_OTHER).sent, ==, 1);
    g_assert_cmpint(net_ledger(&f, KIND_OTHER).lost, ==, 1);
    g_assert_cmpuint(net_heard_count(&f, HEARD_CLOSED, SERVER), ==, 1);
    g_assert_cmpuint(net_heard_count(&f, HEARD_CLOSED, UE + 3), ==, 0);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void close_other(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_close(at, f->other);
}

static void test_simultaneous_close(void)
{
    struct net_fixture f;

    ask_bytes = 100;
    net_set_up(&f);
    f.on_opened = ask;
    f.on_message = keep_quiet;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, 10 * CLOCK_SECOND, SERVER, close_other); /* after keep_quiet() has set it */
    net_at(&f, 10 * CLOCK_SECOND, UE, step_close);
    net_finish(&f);
    g_assert_cmpuint(net_heard_count(&f, HEARD_CLOSED, SERVER) + net_heard_count(&f, HEARD_CLOSED, UE), ==,
                     0);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 9);
    /* Both ends wait. */
    g_assert_cmpint(f.reached_ns, >=, 11 * CLOCK_SECOND);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_worker_queue_closes(void)
{
    struct net_fixture f;

    ask_bytes = 100;
    net_set_up(&f);
    f.on_opened = ask;
    f.on_message = keep_quiet;
    f.config.time_wait_ns = 0;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, 10 * CLOCK_SECOND, SERVER, close_other);
    net_finish(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_BY_PEER);
    g_assert_cmpuint(net_heard_count(&f, HEARD_CLOSED, SERVER), ==, 0);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void abort_client(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_abort(at, f->conn);
    /* The handle is stale from now on; nothing comes of using it. */
    net_tcp_abort(at, f->conn);
    net_tcp_close(at, f->conn);
    net_tcp_set_user(at, f->conn, 9);
    g_assert_false(net_tcp_send(at, f->conn, net_made(at, KIND_OTHER, 10)));
}

static void test_abort(void)
{
    struct net_fixture f;

    ask_bytes = 4000;
    net_set_up(&f);
    f.on_opened = ask;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    /* In the middle of the message: it is lost. */
    net_at(&f, up(LINK_SYN) + down(LINK_SYN) + CLOCK_MILLISECOND, UE, abort_client);
    net_finish(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, SERVER, 0)->reason, ==, NET_CLOSED_RESET);
    g_assert_cmpuint(net_heard_count(&f, HEARD_CLOSED, UE), ==, 0);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 1);
    /* All four segments were on the link already, before the RST. */
    g_assert_cmpint(net_ledger(&f, KIND_ASK).received, ==, 1);
    g_assert_cmpint(net_ledger(&f, KIND_OTHER).lost, ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_abort_before_connected(void)
{
    struct net_fixture f;

    net_set_up(&f);
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, CLOCK_MILLISECOND, UE, abort_client);
    net_finish(&f);
    g_assert_cmpuint(f.heard->len, ==, 0);
    /* SYN, SYN-ACK, RST */
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 3);
    net_assert_empty(&f);
    net_tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    net_add_native("/net/tcp/exchange", test_exchange);
    net_add_native("/net/tcp/segments", test_segments);
    g_test_add_func("/net/tcp/small-mss", test_small_mss);
    net_add_native("/net/tcp/ack-at-once", test_ack_at_once);
    net_add_native("/net/tcp/delayed-ack", test_delayed_ack);
    g_test_add_func("/net/tcp/half-close", test_half_close);
    g_test_add_func("/net/tcp/simultaneous-close", test_simultaneous_close);
    g_test_add_func("/net/tcp/server-closes", test_worker_queue_closes);
    g_test_add_func("/net/tcp/abort", test_abort);
    net_add_native("/net/tcp/abort-before-connected", test_abort_before_connected);
    return g_test_run();
}
