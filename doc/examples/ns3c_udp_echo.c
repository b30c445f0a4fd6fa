/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The first example of ns-3's tutorial in C: two nodes, a point-to-point link of 5 Mbit/s and 2 ms; at 2 s a
 * client sends 1024 bytes to the echo port, and has them back. Prints what the tutorial prints.
 *
 *   cc ns3c_udp_echo.c $(pkg-config --cflags --libs ns3c) -o ns3c_udp_echo */
#include <inttypes.h>
#include <ns3c.h>
#include <stdio.h>
#include <stdlib.h>

enum { ECHO_PORT = 9, CLIENT_PORT = 49153, MESSAGE_BYTES = 1024 };

struct host {
    struct ns3c *sim;
    struct ns3c_udp *udp;
    struct ns3c_address peer;
};

static void must(enum ns3c_status status)
{
    if (status == NS3C_OK)
        return;
    fprintf(stderr, "%s: %s\n", ns3c_status_name(status), ns3c_error());
    exit(1);
}

static void say(const struct host *host, const char *what, size_t bytes, const char *way,
                const struct ns3c_address *address, unsigned port)
{
    char text[NS3C_ADDRESS_TEXT_BYTES];

    ns3c_address_format(address, text);
    printf("At time %+.6gs %s %zu bytes %s %s port %u\n", (double)ns3c_now(host->sim) / 1e9, what, bytes, way,
           text, port);
}

static void on_server(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    struct host *server = user;

    say(server, "server received", datagram->length, "from", datagram->from, datagram->from_port);
    must(ns3c_udp_send(udp, datagram->from, datagram->from_port, datagram->bytes, datagram->length, 0));
    say(server, "server sent", datagram->length, "to", datagram->from, datagram->from_port);
}

static void on_client(void *user, struct ns3c_udp *udp, const struct ns3c_datagram *datagram)
{
    (void)udp;
    say(user, "client received", datagram->length, "from", datagram->from, datagram->from_port);
}

static void send_message(void *user, uint64_t length)
{
    static const uint8_t message[MESSAGE_BYTES];
    struct host *client = user;

    must(ns3c_udp_send(client->udp, &client->peer, ECHO_PORT, message, (size_t)length, 0));
    say(client, "client sent", (size_t)length, "to", &client->peer, ECHO_PORT);
}

int main(void)
{
    struct ns3c_link_options link = {.rate_bit_per_s = 5000000, .delay_ns = INT64_C(2000000)};
    struct host client = {0}, server = {0};
    struct ns3c_device *at_client, *at_server;
    struct ns3c_node *nodes[2];
    struct ns3c *sim;

    must(ns3c_new(NULL, &sim));
    client.sim = server.sim = sim;
    must(ns3c_node_new(sim, &nodes[0]));
    must(ns3c_node_new(sim, &nodes[1]));
    must(ns3c_point_to_point(sim, nodes[0], nodes[1], &link, &at_client, &at_server));
    must(ns3c_address_parse("10.1.1.1", &server.peer));
    must(ns3c_address_parse("10.1.1.2", &client.peer));
    must(ns3c_device_add_address(at_client, &server.peer, 24));
    must(ns3c_device_add_address(at_server, &client.peer, 24));
    must(ns3c_udp_open(nodes[0], NULL, CLIENT_PORT, on_client, &client, &client.udp));
    must(ns3c_udp_open(nodes[1], NULL, ECHO_PORT, on_server, &server, &server.udp));
    must(ns3c_schedule(sim, INT64_C(2000000000), send_message, &client, MESSAGE_BYTES, NULL));
    must(ns3c_run(sim, INT64_MAX, NULL));
    ns3c_free(sim);
    return 0;
}
