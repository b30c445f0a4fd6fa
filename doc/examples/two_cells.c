/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A storm on a topology of one's own: two cells whose backhaul is one CSMA segment that other traffic
 * crosses, too.
 *
 *   BM-SC, BSF, HSS -- core router ==== 10 Mbit/s segment ==== cell 0, cell 1, and two hosts with traffic
 *                                                            of their own
 *
 *   cc two_cells.c -o two_cells $(pkg-config --cflags --libs pullstorm)
 *   ./two_cells SCENARIO [MBIT_PER_S]
 *
 * prints how long UEs waited for their keys beside that much other traffic. Keys access.* and core.* of the
 * scenario mean nothing here: the links are ours. */
#include <models/storm.h>
#include <sim/net/ns3/ns3_network.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SERVERS = 3, CELLS = 2, DATAGRAM_BYTES = 1000 };

struct town {
    struct ns3c *sim;
    struct ns3c_node *router, *server[SERVERS], *cell[CELLS], *talker, *listener;
    struct ns3c_device *at_router; /* of the segment */
    struct ns3c_address gateway[CELLS], destination;
    struct ns3c_udp *traffic;
    struct storm *storm;
    int64_t gap_ns; /* between two datagrams of other traffic; 0: none */
};

static void must(enum ns3c_status status)
{
    if (status == NS3C_OK)
        return;
    fprintf(stderr, "two_cells: %s\n", ns3c_error());
    exit(1);
}

static struct ns3c_address address_of(const char *text)
{
    struct ns3c_address address;

    must(ns3c_address_parse(text, &address));
    return address;
}

/* A node on the segment; the rest of the world lies behind the router. */
static struct ns3c_node *join(struct town *town, struct ns3c_csma *segment, const char *text)
{
    struct ns3c_address own = address_of(text), router = address_of("172.16.0.1"), all = {.family = 4};
    struct ns3c_device *device;
    struct ns3c_node *node;

    must(ns3c_node_new(town->sim, &node));
    must(ns3c_csma_attach(segment, node, &device));
    must(ns3c_device_add_address(device, &own, 24));
    must(ns3c_node_add_route(node, &all, 0, device, &router));
    return node;
}

static void build(struct town *town)
{
    const struct ns3c_link_options shared = {
        .rate_bit_per_s = 10000000, .delay_ns = 100000, .queue_bytes_max = 200000};
    struct ns3c_address router = address_of("172.16.0.1");
    struct ns3c_csma *segment;

    must(ns3c_new(NULL, &town->sim));
    must(ns3c_csma_new(town->sim, &shared, &segment));
    must(ns3c_node_new(town->sim, &town->router));
    must(ns3c_csma_attach(segment, town->router, &town->at_router));
    must(ns3c_device_add_address(town->at_router, &router, 24));
    for (int i = 0; i < CELLS; i++) {
        char text[] = "172.16.0.2";

        text[sizeof text - 2] += (char)i;
        town->gateway[i] = address_of(text);
        town->cell[i] = join(town, segment, text);
    }
    town->destination = address_of("172.16.0.9");
    town->talker = join(town, segment, "172.16.0.8");
    town->listener = join(town, segment, "172.16.0.9");
    must(ns3c_udp_open(town->listener, NULL, 9, NULL, NULL, &(struct ns3c_udp *){NULL}));
    must(ns3c_udp_open(town->talker, NULL, 9, NULL, NULL, &town->traffic));
}

/* A server stands behind a link of its own, a UE in one cell or the other; the router knows the way to
 * each. */
static bool place(void *user, uint32_t host, struct ns3c_node **node, struct ns3c_address *address)
{
    const struct ns3c_link_options link = {.rate_bit_per_s = 1000000000, .delay_ns = 5000000};
    struct town *town = user;
    struct ns3c_address all = {.family = 4};
    struct ns3c_device *near, *far;

    if (host < SERVERS) {
        must(ns3c_node_new(town->sim, node));
        must(ns3c_point_to_point(town->sim, town->router, *node, &link, &near, &far));
        must(ns3c_node_add_route(town->router, address, 32, near, NULL));
        must(ns3c_node_add_route(*node, &all, 0, far, NULL));
    } else {
        *node = town->cell[host % CELLS];
        must(ns3c_node_add_route(town->router, address, 32, town->at_router, &town->gateway[host % CELLS]));
    }
    must(ns3c_node_add_local(*node, address, 32));
    return true;
}

static void send_traffic(void *user, uint64_t argument)
{
    static const char filler[DATAGRAM_BYTES];
    struct town *town = user;

    if (storm_ues_done(town->storm) == storm_ues(town->storm))
        return; /* else the run would never end */
    must(ns3c_udp_send(town->traffic, &town->destination, 9, filler, sizeof filler, 0));
    must(ns3c_schedule(town->sim, town->gap_ns, send_traffic, town, argument, NULL));
}

int main(int argc, char **argv)
{
    struct town town = {.gap_ns = argc > 2 ? (int64_t)(DATAGRAM_BYTES * 8 * 1e3 / atof(argv[2])) : 0};
    struct ns3_placement placement = {.host = place, .user = &town};
    const struct ns3_options ns3 = {.placement = &placement};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    GError *error = NULL;
    struct scenario *scenario = argc > 1 ? scenario_load(argv[1], NULL, &error) : NULL;

    if (!scenario) {
        fprintf(stderr, "%s\n", error ? error->message : "usage: two_cells SCENARIO [MBIT_PER_S]");
        return 2;
    }
    build(&town);
    placement.sim = town.sim;
    town.storm = storm_new(scenario, &options, &error);
    if (town.storm && town.gap_ns > 0)
        must(ns3c_schedule(town.sim, 0, send_traffic, &town, 0, NULL));
    if (!town.storm || storm_run(town.storm, &error) != STORM_DONE) {
        fprintf(stderr, "two_cells: %s\n", error->message);
        return 1;
    }
    printf("%.0f of %.0f UEs hold the key; time to key: mean %.3f s, 99 %% within %.3f s\n",
           storm_metric(town.storm, "ues_keyed"), storm_metric(town.storm, "ues"),
           storm_metric(town.storm, "time_to_key_mean_s"), storm_metric(town.storm, "time_to_key_p99_s"));
    storm_free(town.storm);
    ns3c_free(town.sim);
    scenario_free(scenario);
    return 0;
}
