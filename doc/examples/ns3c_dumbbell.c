/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A dumbbell: N clients and N servers behind two routers, and between these one narrow link. At the same time
 * each client asks its server for a page by TCP, the way HTTP does it; prints when each of them has it all.
 *
 *   cc ns3c_dumbbell.c $(pkg-config --cflags --libs ns3c) -o ns3c_dumbbell
 *   ./ns3c_dumbbell [PAIRS [BYTES]] */
#include <inttypes.h>
#include <ns3c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORT = 80, PAIRS_MOST = 250 };

static const char request[] = "GET /page HTTP/1.1\r\nHost: server.example\r\n\r\n";

struct pair {
    struct ns3c *sim;
    unsigned number;
    struct ns3c_node *client_node;
    struct ns3c_address server;
    size_t page;     /* bytes that are asked for */
    size_t asked;    /* of the request, at the server */
    size_t answered; /* bytes that the server has sent */
    size_t received;
    int64_t begun;
};

static void must(enum ns3c_status status)
{
    if (status == NS3C_OK)
        return;
    fprintf(stderr, "%s: %s\n", ns3c_status_name(status), ns3c_error());
    exit(1);
}

/* --- server --- */

static void server_sendable(void *user, struct ns3c_tcp *tcp)
{
    static const uint8_t zeros[8192];
    struct pair *pair = user;

    while (pair->answered < pair->page) {
        size_t left = pair->page - pair->answered;
        size_t length = left < sizeof zeros ? left : sizeof zeros;
        size_t taken = ns3c_tcp_send(tcp, zeros, length);

        pair->answered += taken;
        if (taken < length)
            return; /* goes on when there is room again */
    }
    ns3c_tcp_shutdown(tcp);
}

static void server_received(void *user, struct ns3c_tcp *tcp)
{
    struct pair *pair = user;
    char bytes[256];

    pair->asked += ns3c_tcp_receive(tcp, bytes, sizeof bytes);
    if (pair->asked == sizeof request - 1)
        server_sendable(user, tcp);
}

static const struct ns3c_tcp_events server_events = {.received = server_received,
                                                     .sendable = server_sendable};

static void on_incoming(void *user, struct ns3c_listener *listener)
{
    struct ns3c_tcp *tcp;

    must(ns3c_tcp_accept(listener, &server_events, user, &tcp));
}

/* --- client --- */

static void client_received(void *user, struct ns3c_tcp *tcp)
{
    struct pair *pair = user;
    uint8_t bytes[8192];
    size_t length;

    while ((length = ns3c_tcp_receive(tcp, bytes, sizeof bytes)))
        pair->received += length;
}

static void client_peer_closed(void *user, struct ns3c_tcp *tcp)
{
    struct pair *pair = user;

    printf("client %u: %zu bytes in %.6f s\n", pair->number, pair->received,
           (double)(ns3c_now(pair->sim) - pair->begun) / 1e9);
    ns3c_tcp_close(tcp);
}

static const struct ns3c_tcp_events client_events = {.received = client_received,
                                                     .peer_closed = client_peer_closed};

static void begin(void *user, uint64_t argument)
{
    struct pair *pair = user;
    struct ns3c_tcp *tcp;

    (void)argument;
    pair->begun = ns3c_now(pair->sim);
    must(ns3c_tcp_connect(pair->client_node, NULL, 0, &pair->server, PORT, &client_events, pair, &tcp));
    ns3c_tcp_send(tcp, request, sizeof request - 1); /* waits for the connection */
}

/* --- the network --- */

static struct ns3c_address address(const char *format, unsigned number)
{
    struct ns3c_address out;
    char text[NS3C_ADDRESS_TEXT_BYTES];

    snprintf(text, sizeof text, format, number);
    must(ns3c_address_parse(text, &out));
    return out;
}

/* A host 10.<net>.<number>.1 behind its router. */
static struct ns3c_node *host(struct ns3c *sim, struct ns3c_node *router, const char *own,
                              const char *routers, unsigned number)
{
    struct ns3c_link_options access = {.rate_bit_per_s = 100000000, .delay_ns = 1000000};
    struct ns3c_address ours = address(own, number), theirs = address(routers, number),
                        any = address("0.0.0.0", 0);
    struct ns3c_device *here, *there;
    struct ns3c_node *node;

    must(ns3c_node_new(sim, &node));
    must(ns3c_point_to_point(sim, node, router, &access, &here, &there));
    must(ns3c_device_add_address(here, &ours, 24));
    must(ns3c_device_add_address(there, &theirs, 24));
    must(ns3c_node_add_route(node, &any, 0, here, NULL));
    return node;
}

static void routers(struct ns3c *sim, struct ns3c_node *router[2], struct ns3c_device *between[2])
{
    struct ns3c_link_options narrow = {
        .rate_bit_per_s = 10000000, .delay_ns = 20000000, .queue_bytes_max = 50000};
    struct ns3c_address ends[2] = {address("10.0.0.1", 0), address("10.0.0.2", 0)};
    struct ns3c_address beyond[2] = {address("10.2.0.0", 0), address("10.1.0.0", 0)};

    must(ns3c_node_new(sim, &router[0]));
    must(ns3c_node_new(sim, &router[1]));
    must(ns3c_point_to_point(sim, router[0], router[1], &narrow, &between[0], &between[1]));
    for (int i = 0; i < 2; i++) {
        must(ns3c_device_add_address(between[i], &ends[i], 30));
        must(ns3c_node_add_route(router[i], &beyond[i], 16, between[i], NULL));
    }
}

int main(int argc, char **argv)
{
    unsigned count = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 4;
    size_t page = argc > 2 ? (size_t)strtoul(argv[2], NULL, 10) : 200000;
    struct ns3c_device_counters counters;
    struct ns3c_device *between[2];
    struct ns3c_node *router[2];
    struct pair *pairs;
    struct ns3c *sim;

    if (!count || count > PAIRS_MOST) {
        fprintf(stderr, "usage: %s [PAIRS [BYTES]], at most %d pairs\n", argv[0], PAIRS_MOST);
        return 2;
    }
    pairs = calloc(count, sizeof *pairs);
    must(ns3c_new(NULL, &sim));
    must(ns3c_set_default(sim, "ns3::TcpSocket::SegmentSize", "1400"));
    routers(sim, router, between);
    for (unsigned i = 0; i < count; i++) {
        struct ns3c_listener *listener;
        struct ns3c_node *server = host(sim, router[1], "10.2.%u.1", "10.2.%u.2", i);

        pairs[i] = (struct pair){.sim = sim, .number = i, .page = page, .server = address("10.2.%u.1", i)};
        pairs[i].client_node = host(sim, router[0], "10.1.%u.1", "10.1.%u.2", i);
        must(ns3c_tcp_listen(server, NULL, PORT, 5, on_incoming, &pairs[i], &listener));
        must(ns3c_schedule(sim, 0, begin, &pairs[i], 0, NULL));
    }
    must(ns3c_run(sim, INT64_MAX, NULL));
    ns3c_device_counters(between[1], &counters);
    printf("bottleneck: %" PRIu64 " packets sent, %" PRIu64 " dropped\n", counters.sent_packets,
           counters.queue_drops);
    ns3c_free(sim);
    free(pairs);
    return 0;
}
