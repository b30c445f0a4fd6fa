/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP's timers where a second packet, or a second loss, meets them: what they count, when they begin anew,
 * how long they get. */
#include "tests/tap/tap.h"
#include "tests/unit/net_talk.h"

static void step_ask(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    ask(f, at, host, f->conn);
}

/* The timer is below the round trip of 22 ms. Neither side gives up: a SYN+ACK in answer to a SYN that comes
 * again is no retry. */
static void test_short_timeout(void)
{
    struct net_fixture f;

    set_up(&f);
    f.on_opened = NULL;
    f.config.rto_initial_ns = 12 * CLOCK_MILLISECOND;
    f.config.syn_retries = 1;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, 100 * CLOCK_MILLISECOND, UE, step_ask);
    net_finish(&f);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, 1 + 1);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 1 + 1 + 1);
    assert_whole(&f);
    net_tear_down(&f);
}

/* The client asks when it has the SYN-ACK, if nothing happens to the handshake. */
static int64_t sent_with(const char *drop, const char *duplicate, const char *delay)
{
    struct net_fixture f;

    set_up(&f);
    f.on_opened = NULL;
    f.config.fault_drop = drop;
    f.config.fault_duplicate = duplicate;
    f.config.fault_delay = delay;
    f.config.fault_delay_ns = 1025 * CLOCK_MILLISECOND;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, up(LINK_SYN) + down(LINK_SYN) + 1, UE, step_ask);
    net_finish(&f);
    assert_whole(&f);
    int64_t sent = net_counter(&f, NETWORK_packets_sent);
    net_tear_down(&f);
    return sent;
}

/* What is outside the window is acknowledged (RFC 9293, 3.10.7.4): a SYN+ACK that comes when data is out, and
 * a SYN that comes, sent again meanwhile, when the connection is up. */
static void test_old_syns(void)
{
    g_assert_cmpint(sent_with(NULL, "synack@1", NULL), ==, sent_with(NULL, NULL, NULL) + 1);
    g_assert_cmpint(sent_with(NULL, NULL, "syn@1"), ==, sent_with("syn@1", NULL, NULL) + 1);
}

enum { NINE = 9 };

static void ask_nine(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    for (int i = 0; i < NINE; i++)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, MSS)));
}

/* When the server heard of the n-th of nine messages, of a segment each; to a microsecond, as ns-3 sends what
 * it is given a nanosecond later. */
static int64_t heard_us(const struct net_fixture *f, unsigned n)
{
    return net_heard(f, HEARD_MESSAGE, SERVER, n)->time_ns / CLOCK_MICROSECOND;
}

static void run_nine(struct net_fixture *f, const char *drop)
{
    net_set_up(f);
    f->config.fault_drop = drop;
    f->on_opened = ask_nine;
    run(f);
    g_assert_cmpint(net_ledger(f, KIND_ASK).received, ==, NINE);
    g_assert_cmpint(net_counter(f, NETWORK_tcp_timeouts), ==, 1);
}

/* The first is lost, and so is what three duplicate acknowledgments send again: the timer has run from the
 * start (RFC 6298, 5.1). With every other one lost, and the third of them again, it has run from the first
 * partial acknowledgment (RFC 6582, 3.2), which had the second sent again. */
static void test_recovery_timer(void)
{
    const int64_t second_us = CLOCK_SECOND / CLOCK_MICROSECOND;
    struct net_fixture f;

    run_nine(&f, "ask@1,ask@10");
    g_assert_cmpint(heard_us(&f, 0), ==,
                    second_us + (up(LINK_SYN) + down(LINK_SYN) + up(LINK_TCP + MSS)) / CLOCK_MICROSECOND);
    net_tear_down(&f);
    run_nine(&f, "ask@2,ask@4,ask@6,ask@12");
    g_assert_cmpint(heard_us(&f, 5) - heard_us(&f, 3), ==, second_us);
    net_tear_down(&f);
}

static void send_other(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_OTHER, 100)));
}

static void step_send_ask(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    g_assert_true(net_tcp_send(at, f->conn, net_made(at, KIND_ASK, 100)));
}

static void step_send_answer(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    g_assert_true(net_tcp_send(at, f->other, net_made(at, KIND_ANSWER, 100)));
}

static enum net_verdict note_other(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                                   struct net_conn conn, uint64_t user)
{
    (void)at;
    (void)user;
    if (d->host == SERVER)
        f->other = conn;
    return NET_RECEIVED;
}

/* A message is lost three times, while the peer talks: that its messages are acknowledged does not undo the
 * doubling of the timeout. */
static void test_doubling(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.fault_drop = "ask@1-3";
    f.on_opened = send_other;
    f.on_message = note_other;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, 2 * CLOCK_SECOND, UE, step_send_ask);
    for (int i = 0; i < 10; i++)
        net_at(&f, (2500 + i * 700) * CLOCK_MILLISECOND, SERVER, step_send_answer);
    net_finish(&f);
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, SERVER, 1)->time_ns / CLOCK_MICROSECOND, ==,
                    ((2 + 1 + 2 + 4) * CLOCK_SECOND + up(LINK_TCP + 100)) / CLOCK_MICROSECOND);
    net_tear_down(&f);
}

/* The client's FIN is lost three times: it comes after 1, 2 and 4 seconds. */
static void test_fin_doubling(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.fault_drop = "fin@1-3";
    run(&f);
    int64_t closed_ns = net_heard(&f, HEARD_MESSAGE, UE, 0)->time_ns;
    g_assert_cmpint((net_heard(&f, HEARD_CLOSED, SERVER, 0)->time_ns - closed_ns) / CLOCK_MICROSECOND, ==,
                    ((1 + 2 + 4) * CLOCK_SECOND + up(LINK_TCP)) / CLOCK_MICROSECOND);
    assert_whole(&f);
    net_tear_down(&f);
}

/* The server's FIN comes again while the client is in TIME_WAIT, which begins anew (RFC 9293, 3.10.7.4): so
 * it answers the second of them, too. */
static void test_time_wait(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.time_wait_ns = 2500 * CLOCK_MILLISECOND;
    /* The client's last two ACKs: of the FIN, and of the FIN that comes a second later. */
    f.config.fault_drop = "ack@6-7";
    run(&f);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_lost), ==, 2);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, 2);
    g_assert_cmpint(f.reached_ns - net_heard(&f, HEARD_CLOSED, SERVER, 0)->time_ns, >=,
                    (1 + 2) * CLOCK_SECOND + f.config.time_wait_ns);
    assert_whole(&f);
    net_tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/tcp-timer/short-timeout", test_short_timeout);
    g_test_add_func("/net/tcp-timer/old-syns", test_old_syns);
    g_test_add_func("/net/tcp-timer/recovery-timer", test_recovery_timer);
    g_test_add_func("/net/tcp-timer/doubling", test_doubling);
    g_test_add_func("/net/tcp-timer/fin-doubling", test_fin_doubling);
    g_test_add_func("/net/tcp-timer/time-wait", test_time_wait);
    return g_test_run();
}
