/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Two nodes and the ends of connections between them. */
#include "tests/unit/ns3c_pair.h"

#define CHECK(call) g_assert_cmpint((call), ==, NS3C_OK)

static uint8_t pattern(size_t at)
{
    return (uint8_t)(at ^ (at >> 8) * 31 ^ (at >> 16) * 7);
}

static struct ns3c_address address(const char *text)
{
    struct ns3c_address out;

    CHECK(ns3c_address_parse(text, &out));
    return out;
}

void pair_new(struct pair *pair, double loss, uint32_t seed)
{
    struct ns3c_options options = {.seed = seed, .checksums = true};
    struct ns3c_link_options link = {.rate_bit_per_s = 10000000, .delay_ns = 10 * MS, .loss = loss};

    *pair = (struct pair){.a4 = address("10.0.0.1"),
                          .b4 = address("10.0.0.2"),
                          .a6 = address("2001:db9::1"),
                          .b6 = address("2001:db9::2")};
    CHECK(ns3c_new(&options, &pair->sim));
    CHECK(ns3c_node_new(pair->sim, &pair->a));
    CHECK(ns3c_node_new(pair->sim, &pair->b));
    CHECK(ns3c_point_to_point(pair->sim, pair->a, pair->b, &link, &pair->at_a, &pair->at_b));
    CHECK(ns3c_device_add_address(pair->at_a, &pair->a4, 24));
    CHECK(ns3c_device_add_address(pair->at_b, &pair->b4, 24));
    CHECK(ns3c_device_add_address(pair->at_a, &pair->a6, 64));
    CHECK(ns3c_device_add_address(pair->at_b, &pair->b6, 64));
}

void pair_free(struct pair *pair)
{
    ns3c_free(pair->sim);
}

void pair_run(struct pair *pair, int64_t until)
{
    CHECK(ns3c_run(pair->sim, until, NULL));
}

struct ns3c_tcp_counters pair_counters(const struct pair *pair)
{
    struct ns3c_tcp_counters counters;

    ns3c_tcp_counters(pair->sim, &counters);
    return counters;
}

void end_push(struct end *end)
{
    uint8_t bytes[4096];

    if (!end->tcp)
        return;
    while (end->sent < end->to_send) {
        size_t length = MIN(sizeof bytes, end->to_send - end->sent);
        for (size_t i = 0; i < length; i++)
            bytes[i] = pattern(end->sent + i);
        size_t taken = ns3c_tcp_send(end->tcp, bytes, length);
        g_assert_cmpuint(taken, <=, length);
        end->sent += taken;
        if (taken < length)
            return;
    }
    if (end->close_when_peer && end->peer_closes) {
        ns3c_tcp_close(end->tcp);
        end->tcp = NULL;
    } else if (end->shut_when_sent) {
        ns3c_tcp_shutdown(end->tcp);
    }
}

void end_read(struct end *end)
{
    uint8_t bytes[4096];
    size_t left = end->read_most ? end->read_most : SIZE_MAX, length;

    while (left && (length = ns3c_tcp_receive(end->tcp, bytes, MIN(sizeof bytes, left)))) {
        for (size_t i = 0; i < length; i++)
            g_assert_cmpuint(bytes[i], ==, pattern(end->received + i));
        end->received += length;
        left -= length;
    }
}

static void connected(void *user, struct ns3c_tcp *tcp)
{
    struct end *end = user;

    g_assert_true(end->tcp == tcp);
    end->connects++;
    end->connected_at = ns3c_now(end->pair->sim);
}

static void received(void *user, struct ns3c_tcp *tcp)
{
    struct end *end = user;

    g_assert_true(end->tcp == tcp);
    g_assert_cmpuint(ns3c_tcp_readable(tcp), >, 0);
    g_assert_cmpuint(end->peer_closes, ==, 0);
    if (!end->data++)
        end->data_at = ns3c_now(end->pair->sim);
    if (end->reset_on_data) {
        ns3c_tcp_reset(tcp);
        end->tcp = NULL;
    } else if (!end->lazy) {
        end_read(end);
    }
}

static void sendable(void *user, struct ns3c_tcp *tcp)
{
    struct end *end = user;

    g_assert_true(end->tcp == tcp);
    end->rooms++;
    end_push(end);
}

static void peer_closed(void *user, struct ns3c_tcp *tcp)
{
    struct end *end = user;

    g_assert_true(end->tcp == tcp);
    end->peer_closes++;
    end->peer_closed_at = ns3c_now(end->pair->sim);
    if (end->close_when_peer && end->sent == end->to_send) {
        ns3c_tcp_close(tcp);
        end->tcp = NULL;
    }
}

static void closed(void *user, struct ns3c_tcp *tcp, enum ns3c_tcp_end why)
{
    struct end *end = user;

    g_assert_true(end->tcp == tcp);
    end->ends++;
    end->ended_at = ns3c_now(end->pair->sim);
    end->why = why;
    end->tcp = NULL;
}

const struct ns3c_tcp_events end_events = {connected, received, sendable, peer_closed, closed};

void end_connect(struct end *end, struct pair *pair, const struct ns3c_address *to, uint16_t port)
{
    end->pair = pair;
    CHECK(ns3c_tcp_connect(pair->a, NULL, 0, to, port, &end_events, end, &end->tcp));
    end_push(end);
}

struct end *acceptor_take(struct acceptor *acceptor)
{
    struct end *end = g_new(struct end, 1);

    *end = acceptor->like;
    end->pair = acceptor->pair;
    if (ns3c_tcp_accept(acceptor->listener, &end_events, end, &end->tcp) != NS3C_OK) {
        g_free(end);
        return NULL;
    }
    g_ptr_array_add(acceptor->ends, end);
    end_push(end);
    return end;
}

static void incoming(void *user, struct ns3c_listener *listener)
{
    struct acceptor *acceptor = user;

    g_assert_true(acceptor->listener == listener);
    acceptor->calls++;
    if (!acceptor->hold)
        g_assert_nonnull(acceptor_take(acceptor));
}

void acceptor_listen(struct acceptor *acceptor, struct pair *pair, uint16_t port, unsigned backlog)
{
    acceptor->pair = pair;
    acceptor->ends = g_ptr_array_new_with_free_func(g_free);
    CHECK(ns3c_tcp_listen(pair->b, NULL, port, backlog, incoming, acceptor, &acceptor->listener));
}

void acceptor_clear(struct acceptor *acceptor)
{
    g_ptr_array_unref(acceptor->ends);
}
