/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The native engine put together: topology, regions, event handlers, run. */
#include "sim/net/native/tcp.h"

_Static_assert(sizeof(void *) >= sizeof(uint64_t), "events carry 64-bit arguments in their payload");

static void native_at_time(struct native_region *region, const struct kernel_event *event)
{
    region->base.now_ns = event->time_ns;
}

static void native_on_router(void *context, const struct kernel_event *event)
{
    native_at_time(context, event);
    packet_at_router(context, event->payload, event->entity, event->argument);
}

static void native_on_deliver(void *context, const struct kernel_event *event)
{
    struct packet *packet = event->payload;

    native_at_time(context, event);
    if (packet->flags & PACKET_UDP)
        udp_input(context, packet);
    else
        tcp_input(context, packet);
}

static void native_on_timer(void *context, const struct kernel_event *event)
{
    struct native_region *region = context;

    native_at_time(region, event);
    region->native->config.handlers->timer(&region->base, event->entity, event->argument,
                                           (uint64_t)(uintptr_t)event->payload);
}

static void native_on_tcp_timer(void *context, const struct kernel_event *event)
{
    native_at_time(context, event);
    tcp_timer_event(context, event);
}

static void native_on_accept(void *context, const struct kernel_event *event)
{
    native_at_time(context, event);
    tcp_listen_accept(context, event->argument);
}

static kernel_handler *const event_handlers[EVENT_KINDS] = {
    [EVENT_ROUTER] = native_on_router, [EVENT_DELIVER] = native_on_deliver,
    [EVENT_TIMER] = native_on_timer,   [EVENT_TCP_TIMER] = native_on_tcp_timer,
    [EVENT_ACCEPT] = native_on_accept,
};

/* --- fetching memory ahead ------------------------------------------------------------------------------ */

#define LINE_BYTES 64
#define LINES_MAX  16 /* of a message: about what the longest ones have */
#define HEAD_LINES 2  /* of a message, fetched before it is known how long it is */

static void native_fetch_lines(const void *at, size_t bytes)
{
    for (size_t i = 0; i < bytes && i < LINES_MAX * LINE_BYTES; i += LINE_BYTES)
        __builtin_prefetch((const char *)at + i);
}

static void native_fetch_model(struct native_region *region, uint32_t host, uint32_t kind, uint64_t argument,
                               unsigned stage)
{
    const struct net_handlers *handlers = region->native->config.handlers;

    if (handlers->prefetch)
        handlers->prefetch(&region->base, host, kind, argument, stage);
}

/* How much of a message its receiver will read, once its head is there. */
static size_t native_message_bytes(const struct packet *packet)
{
    const struct net_message *message = packet->message;

    return sizeof *message + (message->has_content ? message->capacity : packet->length);
}

static void native_fetch_message(const struct packet *packet, unsigned stage)
{
    const char *message = (const char *)packet->message;

    if (message == NULL)
        return;
    if (stage == 1)
        native_fetch_lines(message, HEAD_LINES * LINE_BYTES);
    else if (native_message_bytes(packet) > HEAD_LINES * LINE_BYTES)
        native_fetch_lines(message + HEAD_LINES * LINE_BYTES,
                           native_message_bytes(packet) - HEAD_LINES * LINE_BYTES);
}

static void native_fetch_deliver(void *context, const struct kernel_event *event, unsigned stage)
{
    struct native_region *region = context;
    const struct packet *packet = event->payload;

    native_fetch_model(region, event->entity, NET_NO_TIMER, 0, stage);
    if (stage == 0) {
        __builtin_prefetch(packet);
        return;
    }
    native_fetch_message(packet, stage);
    if (packet->flags & PACKET_UDP || packet->target.index >= region->conns.top)
        return;
    if (stage == 1)
        native_fetch_lines(tcp_at(region, packet->target.index), sizeof(struct tcp_conn));
    else
        __builtin_prefetch(tcp_at(region, packet->target.index)->head); /* what the packet may acknowledge */
}

static void native_fetch_timer(void *context, const struct kernel_event *event, unsigned stage)
{
    native_fetch_model(context, event->entity, event->argument, (uint64_t)(uintptr_t)event->payload, stage);
}

static void native_fetch_tcp_timer(void *context, const struct kernel_event *event, unsigned stage)
{
    if (stage == 0)
        native_fetch_lines(tcp_at(context, event->argument), sizeof(struct tcp_conn));
}

static kernel_prefetcher *const event_prefetchers[EVENT_KINDS] = {
    [EVENT_DELIVER] = native_fetch_deliver,
    [EVENT_TIMER] = native_fetch_timer,
    [EVENT_TCP_TIMER] = native_fetch_tcp_timer,
};

static void native_timer_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                             uint64_t argument)
{
    kernel_schedule(native_region_of(at)->kernel, delay_ns, host, EVENT_TIMER, kind,
                    (void *)(uintptr_t)argument);
}

static uint64_t native_timeout_set(struct net_region *at, uint32_t host, int64_t delay_ns, uint32_t kind,
                                   uint64_t argument)
{
    return kernel_timeout_set(native_region_of(at)->kernel, delay_ns, host, EVENT_TIMER, kind,
                              (void *)(uintptr_t)argument);
}

static void native_timeout_cancel(struct net_region *at, uint64_t timeout)
{
    kernel_timeout_cancel(native_region_of(at)->kernel, timeout);
}

static const struct net_engine native_net_engine = {
    .message_new = message_new,
    .message_drop = message_drop,
    .udp_send = udp_send,
    .tcp_connect = tcp_connect,
    .tcp_set_user = tcp_set_user,
    .tcp_send = tcp_send,
    .tcp_close = tcp_close,
    .tcp_abort = tcp_abort,
    .timer_set = native_timer_set,
    .timeout_set = native_timeout_set,
    .timeout_cancel = native_timeout_cancel,
};

static void native_level_free_lists(struct native *native)
{
    for (uint32_t r = 0; r < native->region_count; r++) {
        struct native_region *region = &native->regions[r];
        free_list_level(&region->packets, &native->packet_depot);
        for (unsigned i = 0; i < MESSAGE_CLASSES; i++)
            free_list_level(&region->messages[i], &native->message_depots[i]);
    }
}

static void native_on_begin(void *user, int64_t start_ns, int64_t end_ns)
{
    native_work_begin(user, start_ns, end_ns);
}

static bool native_on_window(void *user, int64_t time_ns)
{
    struct native *native = user;
    const struct network_config *config = &native->config;

    native->reached_ns = time_ns;
    native_level_free_lists(native);
    /* A file that cannot be written ends the run; capture_close() reports why. */
    if (config->capture && !capture_flush(config->capture, time_ns, NULL))
        return false;
    return !config->window || config->window(config->user, time_ns);
}

static bool native_on_sample(void *user, int64_t time_ns)
{
    struct native *native = user;

    native->reached_ns = time_ns;
    return native->config.sample(native->config.user, time_ns);
}

/* The changes of one rate, for link_rate; NULL: it has none. */
static struct link_change *native_link_changes(const struct network_config *config, enum network_value what)
{
    const struct link_change never = {CLOCK_NEVER, 0};
    GArray *changes = g_array_new(FALSE, FALSE, sizeof(struct link_change));

    for (uint32_t i = 0; i < config->change_count; i++) {
        const struct link_change change = {config->changes[i].time_ns, config->changes[i].bit_per_s};
        if (config->changes[i].what == what)
            g_array_append_val(changes, change);
    }
    if (changes->len > 0)
        g_array_append_val(changes, never);
    return (struct link_change *)(void *)g_array_free(changes, changes->len == 0);
}

static void native_init_rates(struct native *native)
{
    const struct network_config *config = &native->config;

    native->uplink = (struct link_rate){config->uplink_bit_per_s, config->access_queue_bytes,
                                        native_link_changes(config, NETWORK_UPLINK_RATE)};
    native->downlink = (struct link_rate){config->downlink_bit_per_s, config->access_queue_bytes,
                                          native_link_changes(config, NETWORK_DOWNLINK_RATE)};
    native->core = (struct link_rate){config->core_bit_per_s, config->core_queue_bytes,
                                      native_link_changes(config, NETWORK_CORE_RATE)};
}

static void native_init_links(struct native *native)
{
    const struct network_config *config = &native->config;

    native_init_rates(native);
    native->connections = g_new0(uint16_t, config->topology.servers + (gsize)config->topology.ues);
    native->cells = g_new0(struct cell, config->topology.cells);
    for (uint32_t i = 0; i < config->topology.cells; i++) {
        link_init(&native->cells[i].uplink);
        link_init(&native->cells[i].downlink);
        native->cells[i].up = (struct access_link){.cell = i, .up = true};
        native->cells[i].down = (struct access_link){.cell = i, .up = false};
        native->cells[i].region = net_topology_region_of_cell(&config->topology, i);
    }
    native->servers = g_new0(struct server_links, config->topology.servers);
    for (uint32_t i = 0; i < config->topology.servers; i++) {
        link_init(&native->servers[i].egress);
        link_init(&native->servers[i].ingress);
    }
}

static void native_clear_links(struct native *native)
{
    for (uint32_t i = 0; i < native->config.topology.cells; i++) {
        link_clear(&native->cells[i].uplink);
        link_clear(&native->cells[i].downlink);
    }
    for (uint32_t i = 0; i < native->config.topology.servers; i++) {
        link_clear(&native->servers[i].egress);
        link_clear(&native->servers[i].ingress);
    }
    g_free(native->cells);
    g_free(native->servers);
    g_free((gpointer)native->uplink.changes);
    g_free((gpointer)native->downlink.changes);
    g_free((gpointer)native->core.changes);
}

static void native_init_regions(struct native *native)
{
    native->region_count = native->config.topology.regions + 1;
    native->regions = g_new0(struct native_region, native->region_count);
    for (uint32_t i = 0; i < native->region_count; i++) {
        struct native_region *region = &native->regions[i];
        region->native = native;
        region->kernel = kernel_region(native->kernel, i);
        region->base.engine = &native_net_engine;
        region->base.now_ns = kernel_now(region->kernel);
        region->base.index = i;
        /* A capture wants the bytes when they are sent. */
        region->base.contents = native->config.handlers->work != NULL && native->config.capture == NULL;
        kernel_region_set_context(region->kernel, region);
        free_list_init(&region->packets, sizeof(struct packet));
        message_free_lists_init(region->messages);
        tcp_init(region);
    }
}

static void native_timeout_delay(struct kernel_config *kernel, int64_t delay_ns)
{
    if (delay_ns > 0 && kernel->timeout_delay_count < KERNEL_TIMEOUT_DELAYS_MAX)
        kernel->timeout_delays_ns[kernel->timeout_delay_count++] = delay_ns;
}

/* The constant delays of timeouts: TCP's own, and those of the models. */
static void native_timeout_delays(struct kernel_config *kernel, const struct network_config *config)
{
    native_timeout_delay(kernel, config->rto_initial_ns);
    if (config->rto_min_ns != config->rto_initial_ns)
        native_timeout_delay(kernel, config->rto_min_ns);
    native_timeout_delay(kernel, config->delayed_ack_ns);
    native_timeout_delay(kernel, config->time_wait_ns);
    for (uint32_t i = 0; i < config->timeout_delay_count; i++)
        native_timeout_delay(kernel, config->timeout_delays_ns[i]);
    for (uint32_t i = 0; i < config->listen_count; i++)
        native_timeout_delay(kernel, config->listens[i].idle_timeout_ns);
}

static void native_init_kernel(struct native *native)
{
    const struct network_config *config = &native->config;
    int64_t core_ns = config->core_delay_ns, access_ns = config->access_delay_ns;
    struct kernel_config kernel_config = {
        .regions = config->topology.regions + 1,
        .lookahead_ns = core_ns < access_ns ? core_ns : access_ns,
        .handlers = event_handlers,
        .handler_count = EVENT_KINDS,
        .prefetchers = event_prefetchers,
        .sample_step_ns = config->sample ? config->sample_step_ns : 0,
        .sample = config->sample ? native_on_sample : NULL,
        .threads = native->threads,
        .begin = native_on_begin,
        .window = native_on_window,
        .user = native,
    };

    native_timeout_delays(&kernel_config, config);
    native->kernel = kernel_new(&kernel_config);
}

static void native_destroy(struct network *network)
{
    struct native *native = native_of(network);

    for (uint32_t i = 0; i < native->region_count; i++) {
        struct native_region *region = &native->regions[i];
        tcp_clear(region);
        message_free_lists_clear(region->messages);
        free_list_clear(&region->packets);
    }
    native_work_clear(native);
    threads_free(native->threads);
    kernel_free(native->kernel);
    access_clear(&native->access);
    g_free(native->regions);
    native_clear_links(native);
    g_free(native->listeners);
    g_free(native->connections);
    g_free(native);
}

static struct network *native_create(const struct network_config *config, GError **error)
{
    g_assert(config->topology.cells > 0 && config->topology.regions > 0 && config->kinds <= NET_KINDS_MAX);
    g_assert(config->uplink_bit_per_s && config->downlink_bit_per_s && config->core_bit_per_s);

    if (config->engine_options) {
        g_set_error(error, NETWORK_ERROR, 0,
                    "the native engine has no devices to capture, and no nodes to place hosts on");
        return NULL;
    }
    struct native *native = g_new0(struct native, 1);
    native->network.engine = &native_engine;
    native->config = *config;
    if (!access_init(&native->access, &native->config, error)) {
        access_clear(&native->access);
        g_free(native);
        return NULL;
    }
    native->ip_header_bytes = config->ipv6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES;
    if (config->threads > 1)
        native->threads = threads_new(config->threads);
    native_work_init(native);
    native_init_links(native);
    native_init_kernel(native);
    native_init_regions(native);
    native->reached_ns = native->regions[0].base.now_ns;
    tcp_listen_init(native);
    return &native->network;
}

/* --- the table of network.h ----------------------------------------------------------------------------- */

static struct net_region *native_region_at(struct network *network, uint32_t index)
{
    return &native_of(network)->regions[index].base;
}

static int64_t native_run(struct network *network, int64_t end_ns)
{
    return kernel_run(native_of(network)->kernel, end_ns);
}

static uint64_t native_events(const struct network *network)
{
    return kernel_events(native_of(network)->kernel);
}

static uint64_t native_fingerprint(const struct network *network)
{
    return kernel_fingerprint(native_of(network)->kernel);
}

const struct network_engine native_engine = {
    .name = "native",
    .cost = {.setup_bytes = 2.5e6,
             .region_bytes = 0.5e6,
             .cell_bytes = 100,
             .host_bytes = 0,
             .busy_bytes = 1900,
             .packet_s = 0.27e-6},
    .create = native_create,
    .destroy = native_destroy,
    .region = native_region_at,
    .run = native_run,
    .events = native_events,
    .fingerprint = native_fingerprint,
    .counters = native_counters,
    .ledger = native_ledger,
    .queues = native_queues,
    .peaks = native_peaks,
};
