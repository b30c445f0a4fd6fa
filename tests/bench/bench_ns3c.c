/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A workload by libns3c: PAIRS clients and servers behind two routers; each client makes exchanges one after
 * another, by TCP (connect, request, response, close) or by UDP (datagram, echo). bench_ns3c_plain.cc does
 * the same in C++. Prints "exchanges seconds", of processor time. Arguments: tcp or udp, exchanges of each
 * client. */
#include "sim/ns3/ns3c.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PAIRS = 20, PORT = 80, REQUEST_BYTES = 200, RESPONSE_BYTES = 2000, DATAGRAM_BYTES = 200 };

struct pair {
    struct ns3c *sim;
    struct ns3c_node *client;
    struct ns3c_udp *udp;
    struct ns3c_address address; /* of the server */
    size_t requested, responded;
    unsigned left, done;
};

static const uint8_t bytes[RESPONSE_BYTES];

static void must(enum ns3c_status status)
{
    if (status == NS3C_OK)
        return;
    fprintf(stderr, "%s: %s\n", ns3c_status_name(status), ns3c_error());
    exit(1);
}

static void begin_tcp(void *user, uint64_t argument);

static void server_received(void *user, struct ns3c_tcp *tcp)
{
    struct pair *pair = user;
    uint8_t in[4096];

    pair->requested += ns3c_tcp_receive(tcp, in, sizeof in);
    if (pair->requested < REQUEST_BYTES)
        return;
    ns3c_tcp_send(tcp, bytes, RESPONSE_BYTES);
    ns3c_tcp_close(tcp);
}

static const struct ns3c_tcp_events server_events = {.received = server_received};

static void on_incoming(void *user, struct ns3c_listener *listener)
{
    struct ns3c_tcp *tcp;

    must(ns3c_tcp_accept(listener, &server_events, user, &tcp));
}

static void client_received(void *user, struct ns3c_tcp *tcp)
{
    struct pair *pair = user;
    uint8_t in[4096];

    pair->responded += ns3c_tcp_receive(tcp, in, sizeof in);
}

static void client_peer_closed(void *user, struct ns3c_tcp *tcp)
{
    struct pair *pair = user;

    ns3c_tcp_close(tcp);
    pair->done += pair->responded == RESPONSE_BYTES;
    if (pair->left)
        must(ns3c_schedule(pair->sim, 0, begin_tcp, pair, 0, NULL));
}

static const struct ns3c_tcp_events client_events = {.received = client_received,
                                                     .peer_closed = client_peer_closed};

static void begin_tcp(void *user, uint64_t argument)
{
    struct pair *pair = user;
    struct ns3c_tcp *tcp;

    (void)argument;
    pair->left--;
    pair->requested = pair->responded = 0;
    must(ns3c_tcp_connect(pair->client, NULL, 0, &pair->address, PORT, &client_events, pair, &tcp));
    ns3c_tcp_send(tcp, bytes, REQUEST_BYTES);
}

static void on_server(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    (void)user;
    must(ns3c_udp_send(udp, datagram->from, datagram->from_port, datagram->bytes, datagram->length, 0));
}

static void begin_udp(void *user, uint64_t argument)
{
    struct pair *pair = user;

    (void)argument;
    pair->left--;
    must(ns3c_udp_send(pair->udp, &pair->address, PORT, bytes, DATAGRAM_BYTES, 0));
}

static void on_client(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    struct pair *pair = user;

    (void)udp;
    pair->done += datagram->length == DATAGRAM_BYTES;
    if (pair->left)
        begin_udp(pair, 0);
}

static struct ns3c_address address(const char *format, unsigned number)
{
    struct ns3c_address out;
    char text[NS3C_ADDRESS_TEXT_BYTES];

    snprintf(text, sizeof text, format, number);
    must(ns3c_address_parse(text, &out));
    return out;
}

static struct ns3c_node *host(struct ns3c *sim, struct ns3c_node *router, const char *own,
                              const char *routers, unsigned number)
{
    struct ns3c_link_options access = {.rate_bit_per_s = 100000000, .delay_ns = 1000000};
    struct ns3c_address ours = address(own, number), theirs = address(routers, number);
    struct ns3c_address any = address("0.0.0.0", 0);
    struct ns3c_device *here, *there;
    struct ns3c_node *node;

    must(ns3c_node_new(sim, &node));
    must(ns3c_point_to_point(sim, node, router, &access, &here, &there));
    must(ns3c_device_add_address(here, &ours, 24));
    must(ns3c_device_add_address(there, &theirs, 24));
    must(ns3c_node_add_route(node, &any, 0, here, NULL));
    return node;
}

static void make_pair(struct pair *pair, struct ns3c_node *router[2], unsigned number, bool tcp)
{
    struct ns3c_node *server = host(pair->sim, router[1], "10.2.%u.1", "10.2.%u.2", number);
    struct ns3c_listener *listener;
    struct ns3c_udp *udp;

    pair->client = host(pair->sim, router[0], "10.1.%u.1", "10.1.%u.2", number);
    pair->address = address("10.2.%u.1", number);
    if (tcp) {
        must(ns3c_tcp_listen(server, NULL, PORT, 16, on_incoming, pair, &listener));
    } else {
        must(ns3c_udp_open(server, NULL, PORT, on_server, pair, &udp));
        must(ns3c_udp_open(pair->client, NULL, 5000, on_client, pair, &pair->udp));
    }
    must(ns3c_schedule(pair->sim, 0, tcp ? begin_tcp : begin_udp, pair, 0, NULL));
}

int main(int argc, char **argv)
{
    bool tcp = argc > 1 && !strcmp(argv[1], "tcp");
    unsigned each = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200, done = 0;
    struct ns3c_link_options middle = {.rate_bit_per_s = 1000000000, .delay_ns = 5000000};
    struct ns3c_address ends[2], beyond[2];
    static struct pair pairs[PAIRS];
    struct ns3c_device *between[2];
    struct ns3c_node *router[2];
    struct timespec from, to;
    struct ns3c *sim;

    must(ns3c_new(NULL, &sim));
    must(ns3c_set_default(sim, "ns3::TcpSocketBase::MaxSegLifetime", "0.5"));
    must(ns3c_set_default(sim, "ns3::TcpSocket::SegmentSize", "1400"));
    must(ns3c_node_new(sim, &router[0]));
    must(ns3c_node_new(sim, &router[1]));
    must(ns3c_point_to_point(sim, router[0], router[1], &middle, &between[0], &between[1]));
    for (unsigned i = 0; i < 2; i++) {
        ends[i] = address("10.0.0.%u", i + 1);
        beyond[i] = address("10.%u.0.0", 2 - i);
        must(ns3c_device_add_address(between[i], &ends[i], 30));
        must(ns3c_node_add_route(router[i], &beyond[i], 16, between[i], NULL));
    }
    for (unsigned i = 0; i < PAIRS; i++) {
        pairs[i] = (struct pair){.sim = sim, .left = each};
        make_pair(&pairs[i], router, i, tcp);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
    must(ns3c_run(sim, INT64_MAX, NULL));
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
    for (unsigned i = 0; i < PAIRS; i++)
        done += pairs[i].done;
    printf("%u %.6f\n", done, (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9);
    if (getenv("BENCH_EVENTS"))
        printf("events %" PRIu64 " at %" PRId64 "\n", ns3c_events(sim), ns3c_now(sim));
    ns3c_free(sim);
    return done == each * PAIRS ? 0 : 1;
}
