/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Named faults: the texts, whose packet is meant, and what each action does. */
#include "sim/net/fault.h"
#include "tests/tap/tap.h"
#include "tests/unit/net_fixture.h"

static void assert_wrong(const char *text, const char *entry, const char *hint)
{
    struct net_fixture f;
    GError *error = NULL;

    net_set_up(&f);
    f.config.fault_corrupt = text;
    g_assert_null(network_new(&native_engine, &f.config, &error));
    g_assert_error(error, NETWORK_ERROR, 0);
    g_assert_nonnull(strstr(error->message, entry));
    g_assert_nonnull(strstr(error->message, hint));
    g_error_free(error);
    net_tear_down(&f);
}

static void test_wrong_texts(void)
{
    static const char known[] = "expected one of ask, answer, other, syn, synack, ack, fin, rst";

    assert_wrong("ask@1, aks/2@3", "\"aks/2@3\"", known);
    assert_wrong("@1", "\"@1\"", known);
    assert_wrong("ask@0", "\"ask@0\"", "1 <= N <= M");
    assert_wrong("ask@3-2", "\"ask@3-2\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask", "\"ask\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask@1,", "\"\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask/@1", "\"ask/@1\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask@1-", "\"ask@1-\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask@1x", "\"ask@1x\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask@-1", "\"ask@-1\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask@99999999999999999999", "\"ask@99999999999999999999\"", "KIND[/UE]@N[-M]");
    assert_wrong("ask/4@1", "\"ask/4@1\"", "names UE 4, expected at most 3");
}

static void test_counting(void)
{
    static const char *const names[] = {"ask", "answer"};
    struct fault_set set;

    fault_set_init(&set);
    g_assert_true(fault_set_parse(&set, NULL, FAULT_DROP, names, 2, 100, NULL));
    g_assert_true(fault_set_parse(&set, " ", FAULT_DROP, names, 2, 100, NULL));
    g_assert_cmpuint(set.ues, ==, 0);
    g_assert_true(fault_set_parse(&set, "ask/3@2-4 , syn/67@1", FAULT_DROP, names, 2, 100, NULL));
    g_assert_true(fault_set_parse(&set, "ask/3@3", FAULT_CORRUPT, names, 2, 100, NULL));
    /* Another UE, another kind: neither counted nor touched. UE 67 shares a bit of the filter with 3. */
    g_assert_cmpuint(fault_check(&set, 67, 0), ==, 0);
    g_assert_cmpuint(fault_check(&set, 3, 1), ==, 0);
    g_assert_cmpuint(fault_check(&set, 4, 0), ==, 0);
    g_assert_cmpuint(fault_check(&set, 3, 0), ==, 0);
    g_assert_cmpuint(fault_check(&set, 3, 0), ==, FAULT_DROP);
    g_assert_cmpuint(fault_check(&set, 3, 0), ==, FAULT_DROP | FAULT_CORRUPT);
    g_assert_cmpuint(fault_check(&set, 3, 0), ==, FAULT_DROP);
    g_assert_cmpuint(fault_check(&set, 3, 0), ==, 0);
    g_assert_cmpuint(fault_check(&set, 67, FAULT_SYN), ==, FAULT_DROP);
    fault_set_clear(&set);
}

static void send_up(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_udp_send(at, host, SERVER, net_made(at, KIND_ASK, 100));
    net_udp_send(at, host, SERVER, net_made(at, KIND_OTHER, 60));
}

static void send_down(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    (void)f;
    net_udp_send(at, host, UE, net_made(at, KIND_ASK, 100));
}

/* Three up from UE 0, one down to it, and the same from UE 1, a second apart. */
static void run_datagrams(struct net_fixture *f)
{
    net_start(f);
    for (int i = 0; i < 3; i++) {
        net_at(f, i * CLOCK_SECOND, UE, send_up);
        net_at(f, i * CLOCK_SECOND, UE + 1, send_up);
    }
    net_at(f, 3 * CLOCK_SECOND, SERVER, send_down);
    net_finish(f);
    net_assert_empty(f);
}

static void test_drop(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.fault_drop = "ask@2,ask@4,other/1@1-3";
    run_datagrams(&f);
    /* Both directions count together: the fourth is the one down. */
    g_assert_cmpint(net_counter(&f, NETWORK_packets_lost), ==, 5);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).lost, ==, 2);
    g_assert_cmpint(net_ledger(&f, KIND_OTHER).lost, ==, 3);
    g_assert_cmpuint(net_heard_count(&f, HEARD_DATAGRAM, UE), ==, 0);
    net_tear_down(&f);
}

static void test_duplicate(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.config.fault_duplicate = "ask@1,ask@4";
    run_datagrams(&f);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).duplicated, ==, 2);
    g_assert_cmpint(net_ledger(&f, KIND_ASK).received, ==, 9);
    g_assert_cmpuint(net_heard_count(&f, HEARD_DATAGRAM, UE), ==, 2);
    /* The copy is made on the air, behind the downlink: both come at once. */
    const struct heard *first = net_heard(&f, HEARD_DATAGRAM, UE, 0),
                       *second = net_heard(&f, HEARD_DATAGRAM, UE, 1);
    g_assert_cmpint(first->time_ns, ==, second->time_ns);
    g_assert_cmpuint(first->hash, ==, second->hash);
    net_tear_down(&f);
}

static void test_delay(void)
{
    struct net_fixture plain, f;

    net_set_up(&plain);
    run_datagrams(&plain);
    int64_t plain_ns = net_heard(&plain, HEARD_DATAGRAM, UE, 0)->time_ns;
    net_tear_down(&plain);
    net_set_up(&f);
    f.config.fault_delay = "ask@4";
    f.config.fault_delay_ns = 123456789;
    run_datagrams(&f);
    g_assert_cmpint(net_heard(&f, HEARD_DATAGRAM, UE, 0)->time_ns, ==, plain_ns + 123456789);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_late), ==, 1);
    net_tear_down(&f);
}

static void test_corrupt_and_double(void)
{
    struct net_fixture f;
    unsigned damaged = 0;

    net_set_up(&f);
    f.config.fault_corrupt = "ask@2";
    f.config.fault_duplicate = "ask@2";
    run_datagrams(&f);
    for (unsigned i = 0; i < net_heard_count(&f, HEARD_DATAGRAM, SERVER); i++) {
        const struct heard *h = net_heard(&f, HEARD_DATAGRAM, SERVER, i);
        if (h->kind == KIND_ASK)
            damaged += h->hash != net_made_hash(KIND_ASK, 100);
    }
    g_assert_cmpuint(damaged, ==, 2);
    g_assert_cmpint(net_counter(&f, NETWORK_packets_corrupted), ==, 1);
    net_tear_down(&f);
}

static void ask(struct net_fixture *f, struct net_region *at, uint32_t host, struct net_conn conn)
{
    (void)f;
    (void)host;
    net_tcp_send(at, conn, net_made(at, KIND_ASK, 3500));
    net_tcp_send(at, conn, net_made(at, KIND_ASK, 3500));
    net_tcp_close(at, conn);
}

static enum net_verdict count_bits(struct net_fixture *f, struct net_region *at, const struct net_delivery *d,
                                   struct net_conn conn, uint64_t user)
{
    uint8_t expected[3500];

    (void)at;
    (void)conn;
    (void)user;
    g_assert_cmpuint(d->bytes.len, ==, sizeof expected);
    net_fill(expected, KIND_ASK, sizeof expected);
    for (size_t i = 0; i < d->bytes.len && !d->content; i++)
        f->count += __builtin_popcount((unsigned)(d->bytes.at[i] ^ expected[i]));
    return f->count ? NET_REJECTED : NET_RECEIVED;
}

/* One bit of one segment of the first message; the second comes as it was sent. */
static void test_corrupt_stream(void)
{
    for (int segment = 2; segment <= 4; segment++) {
        struct net_fixture f;
        char *fault = g_strdup_printf("ask@%d", segment);

        net_set_up(&f);
        f.config.fault_corrupt = fault;
        f.on_opened = ask;
        f.on_message = count_bits;
        net_start(&f);
        net_at(&f, 0, UE, net_step_connect);
        net_finish(&f);
        g_assert_cmpint(f.count, ==, 1);
        g_assert_cmpuint(net_heard(&f, HEARD_MESSAGE, SERVER, 1)->hash, ==, net_made_hash(KIND_ASK, 3500));
        g_assert_cmpint(net_ledger(&f, KIND_ASK).rejected, ==, 2);
        g_assert_cmpint(net_counter(&f, NETWORK_tcp_retransmissions), ==, 0);
        net_assert_empty(&f);
        net_tear_down(&f);
        g_free(fault);
    }
}

static void test_lost_reset(void)
{
    struct net_fixture f;

    net_set_up(&f);
    f.listens[0].backlog = 0;
    f.config.fault_drop = "rst@1-2";
    net_start(&f);
    net_at(&f, 0, UE, net_step_connect);
    net_finish(&f);
    /* Refused at the third attempt, after 1 and 2 seconds. */
    const struct heard *closed = net_heard(&f, HEARD_CLOSED, UE, 0);
    g_assert_cmpint(closed->reason, ==, NET_CLOSED_REFUSED);
    g_assert_cmpint(closed->time_ns / CLOCK_SECOND, ==, 3);
    g_assert_cmpint(net_counter(&f, NETWORK_tcp_refused), ==, 1);
    net_assert_empty(&f);
    net_tear_down(&f);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/net/fault/wrong-texts", test_wrong_texts);
    g_test_add_func("/net/fault/counting", test_counting);
    g_test_add_func("/net/fault/drop", test_drop);
    g_test_add_func("/net/fault/duplicate", test_duplicate);
    g_test_add_func("/net/fault/delay", test_delay);
    net_add_native("/net/fault/corrupt-and-double", test_corrupt_and_double);
    net_add_native("/net/fault/corrupt-stream", test_corrupt_stream);
    g_test_add_func("/net/fault/lost-reset", test_lost_reset);
    return g_test_run();
}
