/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* TCP servers: the listen queue, refusal, idle connections, streams that cannot be framed, and owners that do
 * what they like in the middle of a call. */
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

enum { UES = 12 };

static void ask(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ASK, 300)));
}

/* Answers and closes: a slot is free again at once. */
static enum net_verdict serve(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                              struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER) {
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, 200)));
        net_tcp_close(at, conn);
    }
    return NET_RECEIVED;
}

static void connect_all(struct net_fixture *f)
{
    for (uint32_t ue = 0; ue < UES; ue++)
        net_at(f, CLOCK_SECOND, UE + ue, net_step_connect);
}

static unsigned count_closed(const struct net_fixture *f, enum net_close_reason reason)
{
    unsigned count = 0;

    for (guint i = 0; i < f->heard->len; i++) {
        const struct heard *heard = &g_array_index(f->heard, struct heard, i);
        count += heard->what == HEARD_CLOSED && heard->reason == reason;
    }
    return count;
}

static void set_up(struct net_fixture *f)
{
    net_set_up(f);
    f->config.topology.ues = UES;
    f->on_opened = ask;
    f->on_message = serve;
}

static void test_refusal(void)
{
    struct net_fixture f;

    set_up(&f);
    f.listens[0].backlog = 5;
    net_start(&f);
    connect_all(&f);
    net_finish(&f);
    g_assert_cmpuint(count_closed(&f, NET_CLOSED_REFUSED), ==, UES - 5);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_refused), ==, UES - 5);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 0);
    g_assert_cmpint(net_ledger(&f, KIND_ANSWER).received, ==, 5);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void connect_nowhere(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    f->conn = net_tcp_connect(at, host, SERVER, PORT + 1, net_framer_prefix);
    g_assert_true(net_tcp_send(at, f->conn, net_made(at, KIND_ASK, 300)));
}

static void test_no_listener(void)
{
    struct net_fixture f;

    set_up(&f);
    net_start(&f);
    net_at(&f, 0, UE, connect_nowhere);
    net_finish(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_REFUSED);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost, ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

/* Answers after a second, so that two connections are served a second. */
static void answer_later(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    const struct heard *asked = net_heard(f, HEARD_MESSAGE, SERVER, (unsigned)f->count++);
    net_tcp_send(at, asked->conn, net_made(at, KIND_ANSWER, 200));
    net_tcp_close(at, asked->conn);
}

static enum net_verdict serve_later(struct net_fixture *f, struct net_region *at,
                                    const struct net_delivery *d, struct net_conn conn, uint64_t user)
{
    (void)user;
    (void)conn;
    if (d->host == SERVER)
        net_at(f, at->now_ns + CLOCK_SECOND, SERVER, answer_later);
    return NET_RECEIVED;
}

static void test_wait_to_be_accepted(void)
{
    struct net_fixture f;

    set_up(&f);
    f.listens[0].accepted_max = 2;
    f.on_message = serve_later;
    net_start(&f);
    connect_all(&f);
    net_finish(&f);
    g_assert_cmpint(net_ledger(&f, KIND_ANSWER).received, ==, UES);
    g_assert_cmpuint(net_heard_count(&f, HEARD_MESSAGE, SERVER), ==, UES);
    for (unsigned i = 2; i < UES; i++) {
        /* Two at a time: exactly when the one two before was answered and closed. */
        int64_t time_ns = net_heard(&f, HEARD_MESSAGE, SERVER, i)->time_ns;
        g_assert_cmpint(time_ns, ==, net_heard(&f, HEARD_MESSAGE, SERVER, i - 2)->time_ns + CLOCK_SECOND);
    }
    net_assert_empty(&f);
    net_tear_down(&f);
}

/* One that waits gives up (RST), one closes (FIN): the first is never heard of; the message of the second
 * is delivered, but a second later its connection is gone, and the answer with it. */
static void give_up(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_abort(at, f->other);
}

static void connect_other(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    f->other = net_tcp_connect(at, host, SERVER, PORT, net_framer_prefix);
    ask(f, at, host, f->other);
}

static void close_client(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    net_tcp_close(at, f->conn);
}

static void test_waiting_ends(void)
{
    struct net_fixture f;

    set_up(&f);
    f.listens[0].accepted_max = 1;
    f.on_message = serve_later;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_at(&f, 100 * CLOCK_MILLISECOND, UE + 2, connect_other);
    net_at(&f, 200 * CLOCK_MILLISECOND, UE, net_step_connect);
    net_at(&f, 400 * CLOCK_MILLISECOND, UE + 2, give_up);
    net_at(&f, 500 * CLOCK_MILLISECOND, UE, close_client);
    net_finish(&f);
    g_assert_cmpuint(net_heard_count(&f, HEARD_MESSAGE, SERVER), ==, 2);
    g_assert_cmpuint(net_heard_count(&f, HEARD_MESSAGE, UE), ==, 1);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost, ==, 1);
    g_assert_cmpint(net_ledger(&f, KIND_ANSWER).lost, ==, 1);
    g_assert_cmpint(count_closed(&f, NET_CLOSED_RESET), ==, 0);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_idle(void)
{
    struct net_fixture f;

    set_up(&f);
    f.listens[0].idle_timeout_ns = 5 * CLOCK_SECOND;
    f.on_message = NULL;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_finish(&f);
    const struct heard *closed = net_heard(&f, HEARD_CLOSED, SERVER, 0);
    g_assert_cmpint(closed->reason, ==, NET_CLOSED_TIMEOUT);
    g_assert_cmpint(closed->time_ns, ==, net_heard(&f, HEARD_MESSAGE, SERVER, 0)->time_ns + 5 * CLOCK_SECOND);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_RESET);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void send_more(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)host;
    g_assert_true(net_tcp_send(at, f->conn, net_made(at, KIND_OTHER, 20)));
}

static void test_traffic_is_not_idle(void)
{
    struct net_fixture f;

    set_up(&f);
    f.listens[0].idle_timeout_ns = 5 * CLOCK_SECOND;
    f.on_message = NULL;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    for (int i = 1; i <= 5; i++)
        net_at(&f, 4 * i * CLOCK_SECOND, UE, send_more);
    net_finish(&f);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, SERVER, 0)->time_ns, ==,
                    net_heard(&f, HEARD_MESSAGE, SERVER, 5)->time_ns + 5 * CLOCK_SECOND);
    net_assert_empty(&f);
    net_tear_down(&f);
}

/* Framing */

static struct net_message *raw(struct net_region *at, const uint8_t *bytes, size_t length)
{
    struct net_message *message = net_message(at, KIND_ASK, length);

    memcpy(message->bytes, bytes, length);
    message->length = (uint32_t)length;
    return message;
}

/* 5-byte messages: two in one of the sender's, then one in three pieces of which the last begins another. */
static void send_pieces(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    static const uint8_t bytes[] = {0, 5, 1, 2, 3, 0, 5, 4, 5, 6, 0, 5, 7, 8, 9, 0, 5, 10, 11, 12};

    (void)f;
    (void)host;
    net_tcp_send(at, conn, raw(at, bytes, 10));
    net_tcp_send(at, conn, raw(at, bytes + 10, 1));
    net_tcp_send(at, conn, raw(at, bytes + 11, 3));
    net_tcp_send(at, conn, raw(at, bytes + 14, 4));
    net_tcp_send(at, conn, raw(at, bytes + 18, 2));
    net_tcp_close(at, conn);
}

static void test_pieces(void)
{
    for (int delayed = 0; delayed < 2; delayed++) {
        struct net_fixture f;

        set_up(&f);
        f.on_opened = send_pieces;
        f.on_message = NULL;
        f.config.fault_delay = delayed ? "ask@3" : NULL;
        net_start(&f);
        net_at(&f, 0, UE, net_step_connect);
        net_finish(&f);
        g_assert_cmpuint(net_heard_count(&f, HEARD_MESSAGE, SERVER), ==, 4);
        for (uint8_t i = 0; i < 4; i++) {
            uint8_t expected[5] = {0, 5, (uint8_t)(3 * i + 1), (uint8_t)(3 * i + 2), (uint8_t)(3 * i + 3)};
            g_assert_cmpuint(net_heard(&f, HEARD_MESSAGE, SERVER, i)->hash, ==,
                             net_hash(bytes_of(expected, 5)));
        }
        /* The ledger counts what the sender called a message. */
        g_assert_cmpint(net_ledger(&f, KIND_ASK).received, ==, 5);
        net_assert_empty(&f);
        net_tear_down(&f);
    }
}

static const uint8_t *stream_bytes;
static size_t stream_length;
static bool stream_closes;

static void send_stream(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    for (size_t sent = 0; sent < stream_length;) {
        size_t part = stream_length - sent < 2500 ? stream_length - sent : 2500;
        net_tcp_send(at, conn, raw(at, stream_bytes + sent, part));
        sent += part;
    }
    if (stream_closes)
        net_tcp_close(at, conn);
}

static void check_protocol(const uint8_t *bytes, size_t length, bool closes)
{
    struct net_fixture f;

    set_up(&f);
    stream_bytes = bytes;
    stream_length = length;
    stream_closes = closes;
    f.on_opened = send_stream;
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_finish(&f);
    g_assert_cmpuint(net_heard_count(&f, HEARD_MESSAGE, SERVER), ==, 0);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, SERVER, 0)->reason, ==, NET_CLOSED_PROTOCOL);
    g_assert_cmpint(net_heard(&f, HEARD_CLOSED, UE, 0)->reason, ==, NET_CLOSED_RESET);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost, ==, net_ledger(&f, KIND_ASK).sent);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_failed), ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

static void test_protocol(void)
{
    static const uint8_t bad[] = {0, 1, 2, 3};
    static const uint8_t cut_short[] = {0, 9, 2, 3};
    static const uint8_t too_long[5000] = {0x13, 0x88};

    check_protocol(bad, sizeof bad, false);
    check_protocol(cut_short, sizeof cut_short, true);
    check_protocol(too_long, sizeof too_long, false);
}

/* Owners that abort, close or open connections in the middle of a call */

enum mischief { ABORT, CLOSE, ABORT_AND_CONNECT, SEND_AND_ABORT, MISCHIEFS };
static enum mischief mischief;
static uint32_t mischief_host;

static void make_mischief(struct net_region *at, uint32_t host, struct net_conn conn)
{
    switch (mischief) {
    case SEND_AND_ABORT:
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_OTHER, 3000)));
        net_tcp_abort(at, conn);
        break;
    case ABORT_AND_CONNECT:
        net_tcp_abort(at, conn);
        /* Takes the control block that has just become free. */
        conn = net_tcp_connect(at, host, OTHER_SERVER, PORT, net_framer_prefix);
        net_tcp_close(at, conn);
        break;
    case ABORT:
        net_tcp_abort(at, conn);
        break;
    default:
        net_tcp_close(at, conn);
        break;
    }
}

static enum net_verdict mischief_on_message(struct net_fixture *f, struct net_region *at,
                                            const struct net_delivery *d, struct net_conn conn, uint64_t user)
{
    (void)f;
    (void)user;
    if (d->host == SERVER && mischief_host != SERVER)
        g_assert_true(net_tcp_send(at, conn, net_made(at, KIND_ANSWER, 3000)));
    if (d->host == mischief_host)
        make_mischief(at, d->host, conn);
    return NET_RECEIVED;
}

static void ask_twice(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    net_tcp_send(at, conn, net_made(at, KIND_ASK, 3000));
    net_tcp_send(at, conn, net_made(at, KIND_ASK, 10));
    if (host == mischief_host)
        return;
    net_tcp_close(at, conn);
}

static void mischief_step(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    make_mischief(at, host, f->conn);
}

static void mischief_on_closed(struct net_fixture *f, struct net_region *at, uint32_t host,
                               struct net_conn conn, enum net_close_reason reason)
{
    (void)reason;
    if (f->count++ == 0)
        make_mischief(at, host, conn);
}

/* at_ns: of mischief_step(), if that is to make it. */
static void run_mischief(struct net_fixture *f, int64_t at_ns)
{
    f->listens[0].idle_timeout_ns = f->listens[1].idle_timeout_ns = 30 * CLOCK_SECOND;
    net_start(f);
    net_at(f, 0, UE, net_step_connect);
    if (at_ns != CLOCK_NEVER)
        net_at(f, at_ns, UE, mischief_step);
    net_finish(f);
    g_assert_cmpint(net_counter(f, NETWORK_packets_sent), >, 3); /* more than the handshake */
    net_assert_empty(f);
    net_tear_down(f);
}

static void test_calls_in_message(void)
{
    for (int i = 0; i < 2 * MISCHIEFS; i++) {
        struct net_fixture f;

        mischief = (enum mischief)(i / 2);
        mischief_host = i % 2 ? SERVER : UE;
        set_up(&f);
        f.on_opened = ask_twice;
        f.on_message = mischief_on_message;
        run_mischief(&f, CLOCK_NEVER);
    }
}

/* The client has the SYN-ACK; the server does not have the acknowledgment yet, or has it. */
static void test_calls_when_up(void)
{
    for (int i = 0; i < 2 * MISCHIEFS; i++) {
        struct net_fixture f;

        mischief = (enum mischief)(i / 2);
        set_up(&f);
        f.on_opened = NULL;
        run_mischief(&f, (2 + i % 2) * (ACCESS_NS + CORE_DELAY_NS) + CLOCK_MILLISECOND);
    }
}

static void test_calls_in_closed(void)
{
    for (int i = 0; i < MISCHIEFS; i++) {
        struct net_fixture f;

        mischief = (enum mischief)i;
        set_up(&f);
        f.on_opened = send_pieces;
        f.on_message = NULL;
        f.on_closed = mischief_on_closed;
        run_mischief(&f, CLOCK_NEVER);
    }
}

/* Server to server, both directions on one connection. */
static void test_between_servers(void)
{
    struct net_fixture f;

    set_up(&f);
    net_start(&f);
    net_at(&f, 0, OTHER_SERVER, net_step_connect);
    net_finish(&f);
    int64_t hop = 2 * CORE_DELAY_NS;
    g_assert_cmpint(net_heard(&f, HEARD_MESSAGE, SERVER, 0)->time_ns, ==,
                    3 * hop + 2 * 2 * LINK_SYN * CORE_NS + LINK_TCP * CORE_NS +
                        2 * (LINK_TCP + 300) * CORE_NS);
    g_assert_cmpuint(net_heard_count(&f, HEARD_MESSAGE, OTHER_SERVER), ==, 1);
    g_assert_cmpint(net_counter(&f, NETWORK_uplink_bytes) + net_counter(&f, NETWORK_downlink_bytes), ==, 0);
    net_assert_empty(&f);
    net_tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/listen/refusal", test_refusal);
    g_test_add_func("/net/listen/no-listener", test_no_listener);
    g_test_add_func("/net/listen/wait-to-be-accepted", test_wait_to_be_accepted);
    g_test_add_func("/net/listen/waiting-ends", test_waiting_ends);
    g_test_add_func("/net/listen/idle", test_idle);
    g_test_add_func("/net/listen/traffic-is-not-idle", test_traffic_is_not_idle);
    g_test_add_func("/net/listen/pieces", test_pieces);
    g_test_add_func("/net/listen/protocol", test_protocol);
    g_test_add_func("/net/listen/calls-in-message", test_calls_in_message);
    g_test_add_func("/net/listen/calls-when-up", test_calls_when_up);
    g_test_add_func("/net/listen/calls-in-closed", test_calls_in_closed);
    g_test_add_func("/net/listen/between-servers", test_between_servers);
    return g_test_run();
}
