/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Nodes, links, routes, and hosts on them: the engine's own, or on the nodes of a placement.
 *
 * A cell's node needs no address of its own: all addresses of its UEs are local to it, and its link is
 * reached by routes to them. */
#include "sim/net/ns3/internal.h"

const char *ns3_why(void)
{
    if (ns3c_out_of_memory())
        g_error("%s", ns3c_error());
    return ns3c_error();
}

bool ns3_set_error(GError **error, const char *what)
{
    g_set_error(error, NETWORK_ERROR, 0, "%s: %s", what, ns3_why());
    return false;
}

static unsigned ns3_topology_host_bits(const struct ns3_net *net)
{
    return net->config.ipv6 ? 128 : 32;
}

/* --- own topology --------------------------------------------------------------------------------------- */

/* Everything goes to the router that is not here. */
static bool ns3_topology_add_default_route(const struct ns3_net *net, struct ns3c_node *node,
                                           struct ns3c_device *device)
{
    const struct ns3c_address any = {.family = net->config.ipv6 ? 6 : 4};

    return ns3c_node_add_route(node, &any, 0, device, NULL) == NS3C_OK;
}

/* Opens the capture of a device. number: UINT32_MAX if there is one such node. */
static bool ns3_topology_capture_device(const struct ns3_net *net, struct ns3c_device *device,
                                        const char *node, uint32_t number, uint32_t place, GError **error)
{
    g_autofree char *file = NULL, *path = NULL;

    file = number == UINT32_MAX ? g_strdup_printf("device-%s-%u.pcap", node, place)
                                : g_strdup_printf("device-%s%u-%u.pcap", node, number, place);
    path = g_build_filename(net->options.pcap_dir, file, NULL);
    if (ns3c_device_pcap(device, path) == NS3C_OK)
        return true;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, ns3_why());
    return false;
}

static bool ns3_topology_capture_devices(const struct ns3_net *net, GError **error)
{
    const struct net_topology *t = &net->config.topology;

    for (uint32_t i = 0; i < t->servers; i++)
        if (!ns3_topology_capture_device(net, net->servers[i].egress, "server", i, 0, error) ||
            !ns3_topology_capture_device(net, net->servers[i].ingress, "router", UINT32_MAX, i, error))
            return false;
    for (uint32_t i = 0; i < t->cells; i++)
        if (!ns3_topology_capture_device(net, net->cells[i].up, "cell", i, 0, error) ||
            !ns3_topology_capture_device(net, net->cells[i].down, "router", UINT32_MAX, t->servers + i,
                                         error))
            return false;
    return true;
}

static bool ns3_topology_build_server(struct ns3_net *net, struct ns3c_node *router, uint32_t index)
{
    const struct network_config *config = &net->config;
    struct ns3_server *server = &net->servers[index];
    const struct ns3c_link_options link = {.rate_bit_per_s = config->core_bit_per_s,
                                           .delay_ns = config->core_delay_ns,
                                           .queue_bytes_max = config->core_queue_bytes};
    struct ns3c_address address;

    ns3_host_address(net, index, &address);
    return ns3c_node_new(net->sim, &server->node) == NS3C_OK &&
           ns3c_point_to_point(net->sim, server->node, router, &link, &server->egress, &server->ingress) ==
               NS3C_OK &&
           ns3c_device_add_address(server->egress, &address, ns3_topology_host_bits(net)) == NS3C_OK &&
           ns3_topology_add_default_route(net, server->node, server->egress) &&
           ns3c_node_add_route(router, &address, ns3_topology_host_bits(net), server->ingress, NULL) ==
               NS3C_OK;
}

static bool ns3_topology_build_cell(struct ns3_net *net, struct ns3c_node *router, uint32_t index)
{
    const struct network_config *config = &net->config;
    struct ns3_cell *cell = &net->cells[index];
    const struct ns3c_link_options link = {.rate_bit_per_s = config->uplink_bit_per_s,
                                           .rate_back_bit_per_s = config->downlink_bit_per_s,
                                           .delay_ns = config->access_delay_ns,
                                           .queue_bytes_max = config->access_queue_bytes};

    if (ns3c_node_new(net->sim, &cell->node) != NS3C_OK ||
        ns3c_point_to_point(net->sim, cell->node, router, &link, &cell->up, &cell->down) != NS3C_OK ||
        !ns3_topology_add_default_route(net, cell->node, cell->up))
        return false;
    ns3_access_open(net, index);
    return true;
}

static bool ns3_topology_settle_ue(struct ns3_net *net, struct ns3c_node *router, uint32_t ue)
{
    const struct net_topology *t = &net->config.topology;
    const struct ns3_cell *cell = &net->cells[net_topology_cell(t, ue)];
    struct ns3c_address address;

    ns3_host_address(net, t->servers + ue, &address);
    return ns3c_node_add_local(cell->node, &address, ns3_topology_host_bits(net)) == NS3C_OK &&
           ns3c_node_add_route(router, &address, ns3_topology_host_bits(net), cell->down, NULL) == NS3C_OK;
}

static bool ns3_topology_build_network(struct ns3_net *net, GError **error)
{
    const struct net_topology *t = &net->config.topology;
    struct ns3c_node *router;

    net->servers = g_new0(struct ns3_server, t->servers);
    net->cells = g_new0(struct ns3_cell, t->cells);
    if (ns3c_node_new(net->sim, &router) != NS3C_OK)
        return ns3_set_error(error, "core router");
    for (uint32_t i = 0; i < t->servers; i++)
        if (!ns3_topology_build_server(net, router, i))
            return ns3_set_error(error, "server");
    for (uint32_t i = 0; i < t->cells; i++)
        if (!ns3_topology_build_cell(net, router, i))
            return ns3_set_error(error, "cell");
    for (uint32_t i = 0; i < t->ues; i++)
        if (!ns3_topology_settle_ue(net, router, i))
            return ns3_set_error(error, "UE");
    for (uint32_t i = 0; i < t->servers; i++)
        g_ptr_array_add(net->end_nodes, net->servers[i].node);
    for (uint32_t i = 0; i < t->cells; i++)
        g_ptr_array_add(net->end_nodes, net->cells[i].node);
    return !net->options.pcap_dir || ns3_topology_capture_devices(net, error);
}

/* --- hosts ---------------------------------------------------------------------------------------------- */

static guint ns3_topology_hash_address(gconstpointer key)
{
    const struct ns3c_address *address = key;
    guint hash = address->family;

    for (unsigned i = 0; i < sizeof address->bytes; i++)
        hash = hash * 31 + address->bytes[i];
    return hash;
}

static gboolean ns3_topology_equal_address(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct ns3c_address)) == 0;
}

/* Asks the program; its answer is checked as far as it can be. */
static bool ns3_topology_ask_placement(struct ns3_net *net, struct ns3_host *host, GError **error)
{
    const struct ns3_placement *placement = net->options.placement;
    char text[NS3C_ADDRESS_TEXT_BYTES];

    if (!placement->host(placement->user, host->index, &host->node, &host->address) || !host->node) {
        g_set_error(error, NETWORK_ERROR, 0, "the placement has no node for host %u", host->index);
        return false;
    }
    if (host->address.family != (net->config.ipv6 ? 6 : 4)) {
        g_set_error(error, NETWORK_ERROR, 0, "the placement gives host %u an address of family %u",
                    host->index, host->address.family);
        return false;
    }
    /* Equal addresses are to be equal bytes. */
    if (host->address.family == 4)
        memset(host->address.bytes + 4, 0, sizeof host->address.bytes - 4);
    if (g_hash_table_insert(net->by_address, &host->address, host))
        return true;
    ns3c_address_format(&host->address, text);
    g_set_error(error, NETWORK_ERROR, 0, "the placement gives host %u the address %s, which another one has",
                host->index, text);
    return false;
}

static bool ns3_topology_place_hosts(struct ns3_net *net, GError **error)
{
    g_autoptr(GHashTable) nodes = g_hash_table_new(NULL, NULL);

    net->by_address = g_hash_table_new(ns3_topology_hash_address, ns3_topology_equal_address);
    for (uint32_t i = 0; i < net->host_count; i++) {
        struct ns3_host *host = &net->hosts[i];
        if (!ns3_topology_ask_placement(net, host, error))
            return false;
        if (!g_hash_table_add(nodes, host->node))
            continue;
        g_ptr_array_add(net->end_nodes, host->node);
        if (!ns3_settings_node(net, host->node, error))
            return false;
    }
    return true;
}

static void ns3_topology_init_hosts(struct ns3_net *net)
{
    net->host_count = net->config.topology.servers + net->config.topology.ues;
    net->hosts = g_new0(struct ns3_host, net->host_count);
    for (uint32_t i = 0; i < net->host_count; i++) {
        struct ns3_host *host = &net->hosts[i];
        host->net = net;
        host->index = i;
        ns3_host_address(net, i, &host->address);
    }
}

static void ns3_topology_settle_hosts(struct ns3_net *net)
{
    const struct net_topology *t = &net->config.topology;

    for (uint32_t i = 0; i < net->host_count; i++)
        net->hosts[i].node =
            i < t->servers ? net->servers[i].node : net->cells[net_topology_cell(t, i - t->servers)].node;
}

bool ns3_topology_build(struct ns3_net *net, GError **error)
{
    ns3_topology_init_hosts(net);
    if (net->options.placement) {
        if (!ns3_topology_place_hosts(net, error))
            return false;
    } else {
        if (!ns3_topology_build_network(net, error))
            return false;
        ns3_topology_settle_hosts(net);
    }
    for (uint32_t i = 0; i < net->host_count; i++)
        if (!ns3_udp_open(&net->hosts[i], error))
            return false;
    return true;
}

void ns3_topology_clear(struct ns3_net *net)
{
    for (uint32_t i = 0; i < net->host_count; i++)
        if (net->hosts[i].udp)
            ns3c_udp_close(net->hosts[i].udp);
    if (net->by_address)
        g_hash_table_unref(net->by_address);
    g_free(net->hosts);
    g_free(net->servers);
    g_free(net->cells);
}
