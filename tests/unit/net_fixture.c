/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A small network for tests of an engine, see net_fixture.h. */
#include "tests/unit/net_fixture.h"

#include "sim/net/native/internal.h"
#ifdef FIXTURE_NS3
#include "sim/net/ns3/ns3_network.h"
#endif

static const char *const kind_names[KIND_COUNT] = {"ask", "answer", "other"};

static void hear(struct net_region *at, struct heard heard)
{
    struct net_fixture *f = at->model;

    heard.time_ns = at->now_ns;
    g_array_append_val(f->heard, heard);
}

static struct heard delivery_heard(enum heard_what what, const struct net_delivery *d)
{
    return (struct heard){
        .what = what,
        .host = d->host,
        .peer = d->peer,
        .mark_ns = d->mark_ns,
        .length = d->bytes.len,
        .hash = net_delivered_hash(d),
        .kind = d->kind,
    };
}

static enum net_verdict on_datagram(struct net_region *at, const struct net_delivery *d)
{
    hear(at, delivery_heard(HEARD_DATAGRAM, d));
    return d->kind == KIND_OTHER ? NET_REJECTED : NET_RECEIVED;
}

static enum net_verdict on_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn,
                                   uint64_t user)
{
    struct net_fixture *f = at->model;
    struct heard heard = delivery_heard(HEARD_MESSAGE, d);
    uint64_t before = net_delivered_hash(d);

    heard.conn = conn;
    heard.user = user;
    hear(at, heard);
    enum net_verdict verdict = f->on_message ? f->on_message(f, at, d, conn, user) : NET_RECEIVED;
    /* The bytes stay what they were, whatever the owner did to the connection. */
    g_assert_cmpuint(before, ==, net_delivered_hash(d));
    return verdict;
}

static void on_closed(struct net_region *at, uint32_t host, struct net_conn conn, uint64_t user,
                      enum net_close_reason reason)
{
    struct net_fixture *f = at->model;

    hear(at,
         (struct heard){.what = HEARD_CLOSED, .host = host, .conn = conn, .user = user, .reason = reason});
    if (f->on_closed)
        f->on_closed(f, at, host, conn, reason);
}

static void on_timer(struct net_region *at, uint32_t host, uint32_t kind, uint64_t argument)
{
    struct net_fixture *f = at->model;

    g_assert_cmpuint(argument, ==, UINT64_C(0xfedcba9876543210) + kind);
    g_array_index(f->steps, net_step *, kind)(f, at, host);
}

#ifdef FIXTURE_CONTENT
static void on_write(struct net_region *at, const struct net_message *message, uint8_t *out)
{
    (void)at;
    net_fill(out, message->kind, message->length);
}

/* The content is the hash of the bytes, once it is found. */
static unsigned on_work(void *user, unsigned thread, unsigned kind, struct net_message *const messages[],
                        unsigned count)
{
    struct net_fixture *f = user;

    g_assert_cmpuint(thread, ==, 0);
    g_assert_cmpuint(count, >, 0);
    g_assert_cmpuint(count, <=, NET_WORK_MAX);
    for (unsigned i = 0; i < count; i++) {
        uint64_t *content = (uint64_t *)(void *)messages[i]->bytes;

        g_assert_cmpuint(messages[i]->kind, ==, kind);
        g_assert_true(messages[i]->has_content && *content == 0);
        *content = net_made_hash(kind, messages[i]->length);
        f->worked++;
    }
    return count;
}
#endif

static const struct net_handlers handlers = {
    .datagram = on_datagram,
    .message = on_message,
    .closed = on_closed,
    .timer = on_timer,
#ifdef FIXTURE_CONTENT
    .write = on_write,
    .work = on_work,
#endif
};

static void assert_ledger(struct net_fixture *f)
{
    for (unsigned kind = 0; kind < KIND_COUNT; kind++) {
        struct network_ledger b = net_ledger(f, kind);
        g_assert_cmpint(b.sent + b.duplicated, ==, b.received + b.rejected + b.lost + b.in_flight);
        g_assert_cmpint(b.in_flight, >=, 0);
    }
}

static bool on_window(void *user, int64_t time_ns)
{
    struct net_fixture *f = user;

    (void)time_ns;
    f->windows++;
    assert_ledger(f);
    return true;
}

void net_set_up(struct net_fixture *f)
{
    *f = (struct net_fixture){.end_ns = 1000 * CLOCK_SECOND};
    f->listens[0] = (struct net_listen){SERVER, PORT, net_framer_prefix, 16, 16, 0};
    f->listens[1] = (struct net_listen){OTHER_SERVER, PORT, net_framer_prefix, 16, 16, 0};
    f->config = (struct network_config){
        .seed = 1,
        .topology = {.servers = 2, .ues = 4, .cells = 2, .regions = 2},
        .access_delay_ns = ACCESS_NS,
        .uplink_bit_per_s = UINT64_C(8000000000) / UPLINK_NS,
        .downlink_bit_per_s = UINT64_C(8000000000) / DOWNLINK_NS,
        .access_queue_bytes = 1000000,
        .core_delay_ns = CORE_DELAY_NS,
        .core_bit_per_s = UINT64_C(8000000000) / CORE_NS,
        .core_queue_bytes = 1000000,
        .mss = MSS,
        .initial_window = 10,
        .syn_retries = 6,
        .data_retries = 8,
        .rto_initial_ns = CLOCK_SECOND,
        .rto_min_ns = CLOCK_SECOND,
        .rto_max_ns = 60 * CLOCK_SECOND,
        .delayed_ack_ns = 200 * CLOCK_MILLISECOND,
        .time_wait_ns = CLOCK_SECOND,
        .udp_port = 2269,
        .kind_names = kind_names,
        .kinds = KIND_COUNT,
        .handlers = &handlers,
        .listens = f->listens,
        .listen_count = 2,
        .fault_delay_ns = 500 * CLOCK_MILLISECOND,
    };
    f->heard = g_array_new(FALSE, FALSE, sizeof(struct heard));
    f->steps = g_array_new(FALSE, FALSE, sizeof(net_step *));
}

void net_start(struct net_fixture *f)
{
    GError *error = NULL;

    f->config.window = on_window;
    f->config.user = f;
#ifdef FIXTURE_NS3
    f->network = network_new(&ns3_engine, &f->config, &error);
#else
    f->network = network_new(&native_engine, &f->config, &error);
    f->native = (struct native *)f->network;
#endif
    g_assert_no_error(error);
    for (uint32_t i = 0; i <= f->config.topology.regions; i++)
        network_region(f->network, i)->model = f;
}

void net_at(struct net_fixture *f, int64_t time_ns, uint32_t host, net_step *step)
{
    struct net_region *at = network_region(f->network, net_topology_region(&f->config.topology, host));
    uint32_t index = f->steps->len;

    g_array_append_val(f->steps, step);
    net_timer(at, host, time_ns - at->now_ns, index, UINT64_C(0xfedcba9876543210) + index);
}

void net_finish(struct net_fixture *f)
{
    f->reached_ns = network_run(f->network, f->end_ns);
    g_assert_cmpuint(f->windows, >, 0);
    assert_ledger(f);
}

void net_assert_empty(struct net_fixture *f)
{
    g_assert_cmpint(net_counter(f, NETWORK_tcp_open), ==, 0);
    if (f->native)
        g_assert_cmpuint(kernel_pending(f->native->kernel), ==, 0);
    for (unsigned kind = 0; kind < KIND_COUNT; kind++)
        g_assert_cmpint(net_ledger(f, kind).in_flight, ==, 0);
}

void net_tear_down(struct net_fixture *f)
{
    network_free(f->network);
    g_array_unref(f->heard);
    g_array_unref(f->steps);
}

void net_fill(uint8_t *out, unsigned kind, size_t length)
{
    for (size_t i = 0; i < length; i++)
        out[i] = (uint8_t)(i * 31 + (i >> 8) + kind * 7 + length);
    if (length >= 2) {
        out[0] = (uint8_t)(length >> 8);
        out[1] = (uint8_t)length;
    }
}

struct net_message *net_made(struct net_region *at, unsigned kind, size_t length)
{
    struct net_message *message = net_message(at, kind, length);

    g_assert_cmpuint(message->capacity, >=, length);
    g_assert_cmpuint(message->length, ==, 0);
    net_fill(message->bytes, kind, length);
    message->length = (uint32_t)length;
    message->mark_ns = at->now_ns;
    if (at->contents && length % 3 != 0) {
        message->has_content = true;
        *(uint64_t *)(void *)message->bytes = 0; /* to be found */
    }
    return message;
}

uint64_t net_delivered_hash(const struct net_delivery *d)
{
    if (!d->content)
        return net_hash(d->bytes);
    g_assert_null(d->bytes.at);
    return *(const uint64_t *)d->content;
}

uint64_t net_hash(struct bytes bytes)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

    for (size_t i = 0; i < bytes.len; i++)
        hash = (hash ^ bytes.at[i]) * UINT64_C(0x100000001b3);
    return hash;
}

uint64_t net_made_hash(unsigned kind, size_t length)
{
    uint8_t bytes[NET_MESSAGE_BYTES_MAX];

    net_fill(bytes, kind, length);
    return net_hash(bytes_of(bytes, length));
}

int64_t net_framer_prefix(struct bytes data)
{
    if (data.len < 2)
        return 0;
    size_t length = (size_t)data.at[0] << 8 | data.at[1];
    if (length < 2)
        return -1;
    return length <= data.len ? (int64_t)length : 0;
}

const struct heard *net_heard(const struct net_fixture *f, enum heard_what what, uint32_t host, unsigned n)
{
    for (guint i = 0; i < f->heard->len; i++) {
        const struct heard *heard = &g_array_index(f->heard, struct heard, i);
        if (heard->what == what && heard->host == host && n-- == 0)
            return heard;
    }
    return NULL;
}

unsigned net_heard_count(const struct net_fixture *f, enum heard_what what, uint32_t host)
{
    unsigned count = 0;

    while (net_heard(f, what, host, count))
        count++;
    return count;
}

int64_t net_counter(const struct net_fixture *f, enum network_counter counter)
{
    int64_t counters[NETWORK_COUNTER_COUNT];

    network_counters_sum(f->network, counters);
    return counters[counter];
}

struct network_ledger net_ledger(const struct net_fixture *f, unsigned kind)
{
    struct network_ledger ledger;

    network_ledger_sum(f->network, kind, &ledger);
    return ledger;
}

void net_step_connect(struct net_fixture *f, struct net_region *at, uint32_t host)
{
    f->conn = net_tcp_connect(at, host, SERVER, PORT, net_framer_prefix);
    net_tcp_set_user(at, f->conn, 7);
    if (f->on_opened)
        f->on_opened(f, at, host, f->conn);
}
