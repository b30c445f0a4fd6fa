/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine put together: create, run slice by slice, destroy. */
#include "sim/net/ns3/internal.h"

#include "sim/base/limits.h"

/* Between slices captures are written and the run can be interrupted. */
#define SLICE_NS (10 * CLOCK_MILLISECOND)

static uint64_t ns3_mix_hash(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9E3779B97F4A7C15);
    return hash ^ hash >> 29;
}

struct net_region *ns3_enter(struct ns3_net *net, uint32_t host, enum ns3_call call, uint64_t detail)
{
    struct ns3_region *region = &net->regions[net_topology_region(&net->config.topology, host)];
    int64_t now_ns = ns3c_now(net->sim);

    region->base.now_ns = now_ns;
    net->fingerprint =
        ns3_mix_hash(ns3_mix_hash(net->fingerprint, (uint64_t)now_ns), (uint64_t)call << 32 | host);
    net->fingerprint = ns3_mix_hash(net->fingerprint, detail);
    return &region->base;
}

/* --- create and destroy --------------------------------------------------------------------------------- */

static bool ns3_check_placement(const struct ns3_net *net, GError **error)
{
    if (!net->options.placement)
        return true;
    if (net->access.faults.ues || net->options.pcap_dir) {
        g_set_error(error, NETWORK_ERROR, 0,
                    "on the program's own nodes the ns3 engine has no faults and no captures of devices");
        return false;
    }
    /* The models' times count from 0: those of their start would be in the past. */
    int64_t now_ns = ns3c_now(net->options.placement->sim);
    if (now_ns == 0)
        return true;
    g_set_error(error, NETWORK_ERROR, 0,
                "the program's simulator is at %" G_GINT64_FORMAT " ns; the ns3 engine begins at 0", now_ns);
    return false;
}

static bool ns3_check_config(struct ns3_net *net, GError **error)
{
    const struct network_config *config = &net->config;
    /* 192.0.2.1 to .254, 10.0.0.1 to 10.255.255.254 */
    if (!config->ipv6 && !net->options.placement &&
        (config->topology.servers > 254 || config->topology.ues > LIMITS_IPV4_UES)) {
        g_set_error(error, NETWORK_ERROR, 0, "the ns3 engine has IPv4 addresses for %d UEs, not for %u",
                    LIMITS_IPV4_UES, config->topology.ues);
        return false;
    }
    return access_init(&net->access, &net->config, error) && ns3_check_placement(net, error);
}

/* ns-3's own draws: none of the engine's topology has any, but a program's may. */
static bool ns3_new_simulator(struct ns3_net *net, GError **error)
{
    const struct ns3c_options options = {
        .seed = (uint32_t)(net->config.seed % 4294944442U) + 1, /* what its generator takes */
        .checksums = net->config.capture || net->options.pcap_dir,
    };

    if (net->options.placement) {
        net->sim = net->options.placement->sim;
        return true;
    }
    if (ns3c_new(&options, &net->sim) != NS3C_OK)
        return ns3_set_error(error, "ns-3");
    net->owns_sim = true;
    return true;
}

static void ns3_init_regions(struct ns3_net *net)
{
    net->region_count = net->config.topology.regions + 1;
    net->regions = g_new0(struct ns3_region, net->region_count);
    for (uint32_t i = 0; i < net->region_count; i++) {
        struct ns3_region *region = &net->regions[i];
        region->net = net;
        region->base.engine = &net->engine;
        region->base.now_ns = ns3c_now(net->sim);
        region->base.index = i;
    }
}

static struct ns3_net *ns3_net_new(const struct network_config *config)
{
    struct ns3_net *net = g_new0(struct ns3_net, 1);

    net->network.engine = &ns3_engine;
    net->config = *config;
    if (config->engine_options)
        net->options = *(const struct ns3_options *)config->engine_options;
    net->engine = (struct net_engine){
        .message_new = ns3_message_new,
        .message_drop = ns3_message_drop,
        .udp_send = ns3_udp_send,
        .tcp_connect = ns3_tcp_connect,
        .tcp_set_user = ns3_tcp_set_user,
        .tcp_send = ns3_tcp_send,
        .tcp_close = ns3_tcp_close,
        .tcp_abort = ns3_tcp_abort,
        .timer_set = ns3_timer_set,
        .timeout_set = ns3_timeout_set,
        .timeout_cancel = ns3_timeout_cancel,
    };
    sampler_init(&net->sampler, config->sample_step_ns, config->sample, config->user);
    pool_init(&net->flights, sizeof(struct ns3_flight));
    pool_init(&net->timers, sizeof(struct ns3_timer));
    pool_init(&net->conns, sizeof(struct ns3_conn));
    net->clients = g_hash_table_new(NULL, NULL);
    net->end_nodes = g_ptr_array_new();
    net->scratch = g_malloc(NS3_SCRATCH_BYTES);
    net->wire = g_malloc(NS3_SCRATCH_BYTES);
    message_free_lists_init(net->messages);
    return net;
}

/* What was made in ns-3, up to where creation has come. */
static void ns3_clear_simulator(struct ns3_net *net)
{
    if (!net->sim)
        return;
    ns3_trace_hooks_clear(net);
    ns3_conns_clear(net);
    ns3_listen_clear(net);
    ns3_timers_clear(net);
    ns3_topology_clear(net);
    if (net->owns_sim)
        ns3c_free(net->sim);
}

static void ns3_destroy(struct network *network)
{
    struct ns3_net *net = ns3_net_of_network(network);

    ns3_clear_simulator(net);
    access_clear(&net->access);
    g_hash_table_unref(net->clients);
    g_ptr_array_unref(net->end_nodes);
    pool_clear(&net->flights);
    pool_clear(&net->timers);
    pool_clear(&net->conns);
    message_free_lists_clear(net->messages);
    g_free(net->regions);
    g_free(net->scratch);
    g_free(net->wire);
    g_free(net);
}

static struct network *ns3_create(const struct network_config *config, GError **error)
{
    g_assert(config->topology.cells > 0 && config->topology.regions > 0 && config->kinds <= NET_KINDS_MAX);
    struct ns3_net *net = ns3_net_new(config);

    if (!ns3_check_config(net, error) || !ns3_new_simulator(net, error) || !ns3_settings_apply(net, error) ||
        !ns3_topology_build(net, error) || !ns3_listen_open(net, error)) {
        ns3_destroy(&net->network);
        return NULL;
    }
    ns3_init_regions(net);
    ns3_trace_hooks_set(net);
    return &net->network;
}

/* --- run ------------------------------------------------------------------------------------------------ */

static bool ns3_after_slice(struct ns3_net *net, int64_t time_ns)
{
    const struct network_config *config = &net->config;

    /* A file that cannot be written ends the run; capture_close() reports why. */
    if (config->capture && !capture_flush(config->capture, time_ns, NULL))
        return false;
    return !config->window || config->window(config->user, time_ns);
}

/* Slice after slice, past idle times; returns the time reached. */
static int64_t ns3_run_slices(struct ns3_net *net, int64_t end_ns)
{
    for (;;) {
        int64_t start_ns = ns3c_next(net->sim);
        if (start_ns == CLOCK_NEVER)
            return ns3c_now(net->sim);
        if (!sampler_pass(&net->sampler, MIN(start_ns, end_ns)))
            return net->sampler.last_ns;
        if (start_ns >= end_ns)
            return end_ns;
        ns3_change_to(net, start_ns);
        int64_t slice_ns = start_ns < CLOCK_NEVER - SLICE_NS ? start_ns + SLICE_NS : CLOCK_NEVER;
        enum ns3c_run_end how;

        slice_ns = MIN(MIN(slice_ns, end_ns), MIN(net->sampler.next_ns, ns3_change_next_ns(net)));
        net->sampler.stale = true;
        if (ns3c_run(net->sim, slice_ns, &how) != NS3C_OK)
            g_error("ns-3 does not run: %s", ns3_why());
        if (how == NS3C_RUN_STOPPED)
            return ns3c_now(net->sim);
        if (!ns3_after_slice(net, slice_ns))
            return slice_ns;
    }
}

static int64_t ns3_run(struct network *network, int64_t end_ns)
{
    struct ns3_net *net = ns3_net_of_network(network);
    int64_t reached_ns = ns3_run_slices(net, MAX(end_ns, ns3c_now(net->sim)));

    sampler_end(&net->sampler, reached_ns);
    for (uint32_t i = 0; i < net->region_count; i++)
        net->regions[i].base.now_ns = reached_ns;
    return reached_ns;
}

static bool ns3_finish(struct network *network, GError **error)
{
    struct ns3_net *net = ns3_net_of_network(network);

    if (!net->owns_sim || ns3c_pcap_close(net->sim) == NS3C_OK)
        return true;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, ns3_why());
    return false;
}

/* --- the table ------------------------------------------------------------------------------------------ */

static struct net_region *ns3_region_at(struct network *network, uint32_t index)
{
    return &ns3_net_of_network(network)->regions[index].base;
}

static uint64_t ns3_events(const struct network *network)
{
    return ns3c_events(ns3_net_of_network(network)->sim);
}

static uint64_t ns3_fingerprint(const struct network *network)
{
    return ns3_net_of_network(network)->fingerprint;
}

const struct network_engine ns3_engine = {
    .name = "ns3",
    .cost = {.setup_bytes = 10e6,
             .region_bytes = 0.2e6,
             .cell_bytes = 25e3,
             .host_bytes = 1800,
             .busy_bytes = 11.2e3,
             .packet_s = 40e-6},
    .has_devices = true,
    .backend_version = ns3c_version,
    .create = ns3_create,
    .destroy = ns3_destroy,
    .region = ns3_region_at,
    .run = ns3_run,
    .finish = ns3_finish,
    .events = ns3_events,
    .fingerprint = ns3_fingerprint,
    .counters = ns3_counters,
    .ledger = ns3_ledger,
    .queues = ns3_queues,
    .peaks = ns3_peaks,
};
