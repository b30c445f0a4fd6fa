/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP when packets are lost, doubled or overtaken: each failure by its name, at the time the RFCs give. */
#include "tests/tap/tap.h"
#include "tests/unit/net_talk.h"

/* The connection was up at that time: from then on the handshake's acknowledgment and the ask's segments are
 * on their way, back to back. To a microsecond, as ns-3 sends what it is given a nanosecond later. */
static void assert_asked(const struct net_fixture *f, int64_t up_ns)
{
    int64_t t = up_ns + (LINK_TCP + (SEGMENTS - 1) * (LINK_TCP + MSS)) * UPLINK_NS +
                (LINK_TCP + BYTES - (SEGMENTS - 1) * MSS) * UPLINK_NS;

    g_assert_cmpint(net_heard(f, HEARD_MESSAGE, SERVER, 0)->time_ns / CLOCK_MICROSECOND, ==,
                    (t + (LINK_TCP + BYTES - (SEGMENTS - 1) * MSS) * CORE_NS + ACCESS_NS + CORE_DELAY_NS) /
                        CLOCK_MICROSECOND);
}

static void test_lost_syn(void)
{
    for (int lost = 1; lost <= 4; lost++) {
        struct net_fixture f;
        char *fault = g_strdup_printf("syn@1-%d", lost);

        set_up(&f);
        f.config.fault_drop = fault;
        run(&f);
        /* The n-th retry comes 2^n - 1 seconds after the start. */
        int64_t t = ((INT64_C(1) << lost) - 1) * CLOCK_SECOND + up(LINK_SYN) + down(LINK_SYN);
        assert_asked(&f, t);
        g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, lost);
        g_assert_cmpint(net_counter(&f, NETWORK_packets_lost), ==, lost);
        assert_whole(&f);
        net_tear_down(&f);
        g_free(fault);
    }
}

/* rto_max is the native engine's: the seventh wait is no 64 s there. */
static void test_syn_longest_wait(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.fault_drop = "syn@1-100";
    run(&f);
    const struct heard *closed = net_heard(&f, HEARD_CLOSED, UE, 0);
    g_assert_cmpint(closed->reason, ==, NET_CLOSED_TIMEOUT);
    g_assert_cmpint(closed->time_ns, ==, (f.native ? 63 + 60 : 63 + 64) * CLOCK_SECOND);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_syn_retries(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.syn_retries = 3;
    f.config.fault_drop = "syn@1-100";
    run(&f);
    const struct heard *closed = net_heard(&f, HEARD_CLOSED, UE, 0);
    g_assert_cmpint(closed->reason, ==, NET_CLOSED_TIMEOUT);
    g_assert_cmpint(closed->time_ns, ==, (1 + 2 + 4 + 8) * CLOCK_SECOND);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_sent), ==, 4);
    /* The expiry at which the client gives up is one, too. */
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, 4);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 3);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_rto_max(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.syn_retries = 4;
    f.config.rto_max_ns = 3 * CLOCK_SECOND;
    f.config.fault_drop = "syn@1-100";
    run(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->time_ns, ==, (1 + 2 + 3 + 3 + 3) * CLOCK_SECOND);
    net_tear_down(&f);
}

static void test_lost_syn_ack(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.fault_drop = "synack@1";
    run(&f);
    /* The client's retry leaves first, the server's own timer expires half a round trip later, and the answer
     * to the retry comes at the same time as that: the server's timer is one arrival ahead. */
    assert_asked(&f, CLOCK_SECOND + up(LINK_SYN) + down(LINK_SYN));
    assert_whole(&f);
    net_tear_down(&f);
}

static void test_syn_ack_never(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.syn_retries = 2;
    f.config.fault_drop = "synack@1-100";
    run(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_TIMEOUT);
    /* The server's half-open end goes without its owner ever hearing of it. Both expire three times, and give
     * up at the third; the server answers each SYN besides. */
    g_assert_cmpuint(f.heard->len, ==, 1);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, 3 + 3);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 2 + 2 + 2);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_lost_handshake_ack(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.fault_drop = "ack@1";
    run(&f);
    /* The data says it again: no time is lost. */
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 0);
    assert_whole(&f);
    net_tear_down(&f);
}

/* Each segment of each message lost in turn, once and twice. */
static void test_lost_segment(void)
{
    for (int segment = 1; segment <= SEGMENTS; segment++)
        for (int kind = KIND_ASK; kind <= KIND_ANSWER; kind++) {
            struct net_fixture f;
            char *fault = g_strdup_printf("%s@%d", kind == KIND_ASK ? "ask" : "answer", segment);

            set_up(&f);
            f.config.fault_drop = fault;
            run(&f);
            assert_whole(&f);
            /* The first is missed by three others: sent again at once. Of the later ones, a timeout tells. */
            g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, segment == 1 ? 0 : 1);
            if (segment == 1)
                g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 1);
            net_tear_down(&f);
            g_free(fault);
        }
}

static void test_lost_last_segment_time(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.fault_drop = "ask@4";
    run(&f);
    /* The third segment is acknowledged at once (after the first, every second is); that restarts the timer,
     * and one RTO (its minimum) later the fourth goes again. */
    int64_t third =
        up(LINK_SYN) + down(LINK_SYN) + (LINK_TCP + 2 * (LINK_TCP + MSS)) * UPLINK_NS + up(LINK_TCP + MSS);
    int64_t acked = third + down(LINK_TCP);
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, SERVER, 0)->time_ns, ==,
                    acked + CLOCK_SECOND + up(LINK_TCP + 500));
    net_tear_down(&f);
}

/* Every segment of the ask is lost n times over: 1, 2, 4 ... seconds. */
static void test_data_retries(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.data_retries = 3;
    f.config.fault_drop = "ask@1-1000";
    run(&f);
    const struct heard *closed = net_heard(&f, HEARD_CLOSED, UE, 0);
    int64_t sent = up(LINK_SYN) + down(LINK_SYN);
    g_assert_cmpint(closed->reason, ==, NET_CLOSED_TIMEOUT);
    g_assert_cmpint(closed->time_ns, ==, sent + (1 + 2 + 4 + 8) * CLOCK_SECOND);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost, ==, 1);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 1);
    /* The server knows nothing of it and waits: it has no idle timeout here. */
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_open), ==, 1);
    net_tear_down(&f);
}

static void ask_small(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    for (int i = 0; i < 9; i++)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, 2 * MSS / 5)));
}

/* Five small messages fill the window, and the first is lost. The first two duplicates make room for an MSS
 * each (RFC 3042): for the other four. So everything is there when the third has the first sent again. */
static void test_duplicates_make_room(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.initial_window = 2;
    f.config.fault_drop = "ask@1";
    f.on_opened = ask_small;
    run(&f);
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, SERVER, 8)->time_ns, ==,
                    net_heard(&f, HEARD_MESSAGE, SERVER, 0)->time_ns);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 1);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, 0);
    net_tear_down(&f);
}

static void test_lost_acks(void)
{
    for (int ack = 1; ack <= 8; ack++) {
        struct net_fixture f;
        char *fault = g_strdup_printf("ack@%d", ack);

        set_up(&f);
        f.config.fault_drop = fault;
        run(&f);
        assert_whole(&f);
        net_tear_down(&f);
        g_free(fault);
    }
}

static void test_lost_fin(void)
{
    for (int fin = 1; fin <= 3; fin++) {
        struct net_fixture f;
        char *fault = g_strdup_printf("fin@%d", fin);

        set_up(&f);
        f.config.fault_drop = fault;
        run(&f);
        /* The first is the client's; the second, the server's, also acknowledges the first: both ends send
         * again. */
        g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, fin <= 2 ? fin : 0);
        g_assert_cmpint(net_heard(&f, HEARD_CLOSED, SERVER, 0)->reason, ==, NET_CLOSED_BY_PEER);
        assert_whole(&f);
        net_tear_down(&f);
        g_free(fault);
    }
}

static void test_fin_never(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.data_retries = 2;
    f.config.fault_drop = "fin@1-1000";
    run(&f);
    /* The owner has closed, but it failed: it hears so. */
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_TIMEOUT);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 1);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_open), ==, 1); /* the server's: nobody told it */
    net_tear_down(&f);
}

static void test_peer_never_closes(void)
{
    struct net_fixture f;

    set_up(&f);
    f.config.data_retries = 2;
    /* The client's arrives when sent again, and is acknowledged; the server's never does. */
    f.config.fault_drop = "fin@2,fin@4-1000";
    run(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->time_ns, >, f.config.rto_max_ns);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_TIMEOUT);
    /* The server was told of the client's FIN; it hears no second time. */
    g_assert_cmpuint(net_heard_count(&f, HEARD_CLOSED, SERVER), ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_duplicates(void)
{
    static const char *const faults[] = {"syn@1", "synack@1", "ack@1-9", "ask@1-4", "answer@1-4", "fin@1-2"};

    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        struct net_fixture f;

        set_up(&f);
        f.config.fault_duplicate = faults[i];
        run(&f);
        g_assert_cmpint(net_counter(&f, NETWORK_packets_duplicated), >, 0);
        g_assert_cmpint(net_counter(&f, NETWORK_tcp_connections), ==, 1);
        g_assert_cmpint(net_counter(&f, NETWORK_tcp_timeouts), ==, 0);
        assert_whole(&f);
        net_tear_down(&f);
    }
}

/* Held up for longer than the connection lives: what comes then belongs to nobody. */
static void test_late(void)
{
    static const char *const faults[] = {"syn@1", "synack@1", "ack@1",    "ask@1", "ask@2",
                                         "ask@4", "answer@1", "answer@3", "fin@1", "fin@2"};

    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++)
        for (int64_t delay_ms = 50; delay_ms <= 50000; delay_ms *= 10) {
            struct net_fixture f;

            set_up(&f);
            f.config.fault_delay = faults[i];
            f.config.fault_delay_ns = delay_ms * CLOCK_MILLISECOND;
            run(&f);
            g_assert_cmpint(net_counter(&f, NETWORK_packets_late), ==, 1);
            assert_whole(&f);
            net_tear_down(&f);
        }
}

/* A long stream over a bad link, both ways at once: everything arrives, in order. */
enum { STREAM = 300 };

static void send_stream(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    for (size_t i = 0; i < STREAM; i++)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, 2 + i * 13)));
    net_tcp_close(at, conn);
}

static enum net_verdict echo(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                             struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, d->bytes.len)));
    return NET_RECEIVED;
}

static void run_stream(struct net_fixture *f, uint64_t seed)
{
    net_set_up(f);
    f->config.seed = seed;
    f->config.access_loss = 0.03;
    f->config.access_duplicate = 0.02;
    f->config.access_late = 0.03;
    f->config.access_late_ns = 15 * CLOCK_MILLISECOND;
    f->config.data_retries = 20;
    f->on_opened = send_stream;
    f->on_message = echo;
    run(f);
    for (unsigned i = 0; i < STREAM; i++) {
        g_assert_cmpuint(net_heard(f, HEARD_MESSAGE, SERVER, i)->hash, ==,
                         net_made_hash(KIND_ASK, 2 + i * 13));
        g_assert_cmpuint(net_heard(f, HEARD_MESSAGE, UE, i)->hash, ==,
                         net_made_hash(KIND_ANSWER, 2 + i * 13));
    }
    g_assert_cmpint(net_ledger(f, KIND_ASK).received, ==, STREAM);
    g_assert_cmpint(net_ledger(f, KIND_ANSWER).received, ==, STREAM);
    g_assert_cmpint(net_counter(f, NETWORK_tcp_retransmissions), >, 0);
    net_assert_empty(f);
}

static void test_stream(void)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct net_fixture f, again;

        run_stream(&f, seed);
        uint64_t print = network_fingerprint(f.network);
        net_tear_down(&f);
        run_stream(&again, seed);
        g_assert_cmpuint(print, ==, network_fingerprint(again.network));
        net_tear_down(&again);
    }
}

/* Everything at once: a bad link, a server that is short of everything, owners that lose patience. */
enum { STORM_UES = 60, STORM_ROUNDS = 5 };
static struct net_conn storm_conns[STORM_UES];

static void storm_connect(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    net_tcp_abort(at, storm_conns[host - UE]);
    storm_conns[host - UE] = net_tcp_connect(at, host, SERVER, PORT, net_framer_prefix);
    net_tcp_set_user(at, storm_conns[host - UE], host);
    ask(f, at, host, storm_conns[host - UE]);
}

static void storm_abort(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_tcp_abort(at, storm_conns[host - UE]);
}

static enum net_verdict storm_message(struct net_fixture *f, struct net_region *at,
                                      const struct net_delivery *d, struct net_conn conn, uint64_t user)
{
    f->count++;
    g_assert_cmpuint(net_delivered_hash(d), ==, net_made_hash(d->kind, d->bytes.len));
    if (d->host != SERVER) {
        g_assert_cmpuint(user, ==, d->host);
        net_tcp_close(at, conn);
        return NET_RECEIVED;
    }
    net_tcp_send(at, conn, net_made(at, KIND_ANSWER, 100 + (size_t)f->count * 37 % 3900));
    if (f->count % 7 == 0)
        net_tcp_abort(at, conn);
    else if (f->count % 5 == 0)
        net_tcp_close(at, conn);
    return f->count % 2 ? NET_RECEIVED : NET_REJECTED;
}

static uint64_t run_storm(uint64_t seed)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.seed = seed;
    f.config.topology.ues = STORM_UES;
    f.config.topology.cells = 5;
    f.config.topology.regions = 3;
    f.config.access_loss = 0.1;
    f.config.access_duplicate = 0.1;
    f.config.access_late = 0.1;
    f.config.access_late_ns = 3 * CLOCK_SECOND;
    f.config.access_queue_bytes = 4000;
    f.config.core_queue_bytes = 4000;
    f.config.syn_retries = 2;
    f.config.data_retries = 3;
    f.config.rto_max_ns = 10 * CLOCK_SECOND;
    f.listens[0].backlog = 8;
    f.listens[0].accepted_max = 4;
    f.listens[0].idle_timeout_ns = 3 * CLOCK_SECOND;
    f.on_message = storm_message;
    net_start(&f);
    for (uint32_t ue = 0; ue < STORM_UES; ue++) {
        storm_conns[ue] = NET_CONN_NONE;
        for (int round = 0; round < STORM_ROUNDS; round++)
            net_at(&f, round * 20 * CLOCK_SECOND + ue * 7 * CLOCK_MILLISECOND, UE + ue, storm_connect);
        net_at(&f, 200 * CLOCK_SECOND, UE + ue, storm_abort);
    }
    net_finish(&f);
    net_assert_empty(&f);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_connections), ==, STORM_UES * STORM_ROUNDS);
    g_assert_cmpint(net_ledger(&f, KIND_ANSWER).received, >, 0);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_refused), >, 0);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), >, 0);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_dropped), >, 0);
    uint64_t print = network_fingerprint(f.network);
    net_tear_down(&f);
    return print;
}

static void test_storm(void)
{
    for (uint64_t seed = 1; seed <= 5; seed++)
        g_assert_cmpuint(run_storm(seed), ==, run_storm(seed));
    g_assert_cmpuint(run_storm(1), !=, run_storm(2));
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/tcp-loss/syn", test_lost_syn);
    g_test_add_func("/net/tcp-loss/syn-retries", test_syn_retries);
    g_test_add_func("/net/tcp-loss/syn-longest-wait", test_syn_longest_wait);
    net_add_native("/net/tcp-loss/rto-max", test_rto_max);
    g_test_add_func("/net/tcp-loss/syn-ack", test_lost_syn_ack);
    g_test_add_func("/net/tcp-loss/syn-ack-never", test_syn_ack_never);
    g_test_add_func("/net/tcp-loss/handshake-ack", test_lost_handshake_ack);
    g_test_add_func("/net/tcp-loss/segment", test_lost_segment);
    g_test_add_func("/net/tcp-loss/last-segment-time", test_lost_last_segment_time);
    net_add_native("/net/tcp-loss/data-retries", test_data_retries);
    g_test_add_func("/net/tcp-loss/duplicates-make-room", test_duplicates_make_room);
    g_test_add_func("/net/tcp-loss/acks", test_lost_acks);
    g_test_add_func("/net/tcp-loss/fin", test_lost_fin);
    g_test_add_func("/net/tcp-loss/fin-never", test_fin_never);
    g_test_add_func("/net/tcp-loss/peer-never-closes", test_peer_never_closes);
    g_test_add_func("/net/tcp-loss/duplicates", test_duplicates);
    g_test_add_func("/net/tcp-loss/late", test_late);
    g_test_add_func("/net/tcp-loss/stream", test_stream);
    g_test_add_func("/net/tcp-loss/storm", test_storm);
    return g_test_run();
}
