/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Puts a storm together and runs it. */
#include "models/storm.h"

#include "models/bmsc/bmsc.h"
#include "models/bmsc/pull_order.h"
#include "models/bsf/bsf.h"
#include "models/hss/hss.h"
#include "models/keylog.h"
#include "models/keys/table.h"
#include "models/placement.h"
#include "models/storm_private.h"
#include "models/trace.h"
#include "models/ue/ue.h"
#include "models/wire/diameter.h"
#include "models/wire/http.h"
#include "models/wire/mikey.h"
#include "sim/net/capture.h"
#include "sim/net/native/native.h"
#include "sim/net/topology.h"

#include <string.h>

/* --- dispatch by host ----------------------------------------------------------------------------------- */

/* A message has reached a server. */
static void count_arrival(struct net_region *at, uint32_t kind)
{
    static const int rate_of[MESSAGE_KIND_COUNT] = {
        [KIND_ua_post] = RATE_ua_post + 1, [KIND_ua_auth_post] = RATE_ua_post + 1,
        [KIND_ub_get] = RATE_ub + 1,       [KIND_ub_auth_get] = RATE_ub + 1,
        [KIND_zn_bir] = RATE_zn + 1,       [KIND_zh_mar] = RATE_zh + 1,
        [KIND_msk_ack] = RATE_msk_ack + 1,
    };

    if (rate_of[kind])
        tally_rate(&model_of(at)->tally, (enum model_rate)(rate_of[kind] - 1), at->now_ns);
}

static enum net_verdict on_datagram(struct net_region *at, const struct net_delivery *d)
{
    if (d->host >= HOST_UES)
        return ue_datagram(at, d);
    count_arrival(at, d->kind);
    return d->host == HOST_BMSC ? bmsc_datagram(at, d) : NET_REJECTED;
}

static enum net_verdict on_message(struct net_region *at, const struct net_delivery *d, struct net_conn conn,
                                   uint64_t user)
{
    if (d->host < HOST_UES && user == STATION_HUNG_UP)
        return NET_REJECTED;
    if (d->host < HOST_UES)
        count_arrival(at, d->kind);
    switch (d->host) {
    case HOST_BMSC:
        return bmsc_message(at, d, conn);
    case HOST_BSF:
        return bsf_message(at, d, conn);
    case HOST_HSS:
        return hss_message(at, d, conn);
    default:
        return ue_message(at, d, conn);
    }
}

static void on_closed(struct net_region *at, uint32_t host, struct net_conn conn, uint64_t user,
                      enum net_close_reason reason)
{
    if (reason == NET_CLOSED_BY_PEER)
        user = 0; /* who has said all may still wait for the answer */
    if (host == HOST_BMSC)
        bmsc_closed(at, conn, user);
    else if (host == HOST_BSF)
        bsf_closed(at, conn, user);
    else if (host >= HOST_UES) {
        storm_trace_closed(at, host - HOST_UES, reason);
        ue_closed(at, host, conn);
    }
}

/* "While first pulls go out" ends with the last that is due, or after a second, so that a handful of UEs
 * have a share as well. */
static void end_spans(struct net_region *at)
{
    struct model_region *m = model_of(at);
    int64_t end_ns = MAX(at->now_ns, m->deployment->scenario->pull_start + CLOCK_SECOND);

    worker_queue_span_ends(&bmsc_station(m->bmsc)->queue, end_ns);
    worker_queue_span_ends(&bsf_station(m->bsf)->queue, end_ns);
    worker_queue_span_ends(&hss_station(m->hss)->queue, end_ns);
}

static void on_timer(struct net_region *at, uint32_t host, uint32_t kind, uint64_t argument)
{
    switch (host) {
    case HOST_BMSC:
        if (kind == STORM_TIMER_CHANGE) {
            storm_timeline_change(at, argument);
            break;
        }
        bmsc_timer(at, kind, argument);
        if (kind == TIMER_NEXT_PULL && bmsc_all_due(model_of(at)->bmsc))
            end_spans(at);
        break;
    case HOST_BSF:
        bsf_timer(at, kind, argument);
        break;
    case HOST_HSS:
        hss_timer(at, kind, argument);
        break;
    default:
        ue_timer(at, host, argument);
    }
}

/* A packet names nothing of a server's yet; a server's timer does. */
static void on_prefetch(struct net_region *at, uint32_t host, uint32_t kind, uint64_t argument,
                        unsigned stage)
{
    if (host >= HOST_UES)
        ue_prefetch(at, host, stage);
    else if (host == HOST_BMSC && kind != NET_NO_TIMER)
        bmsc_prefetch(at, kind, argument, stage);
}

static unsigned on_work(void *user, unsigned thread, unsigned kind, struct net_message *const messages[],
                        unsigned count)
{
    struct storm *storm = user;

    return content_work(&storm->workers[thread], kind, messages, count);
}

static const struct net_handlers handlers = {on_datagram, on_message,    on_closed, on_timer,
                                             on_prefetch, content_write, on_work};

/* --- between windows ------------------------------------------------------------------------------------ */

static bool write_captures(struct storm *storm, int64_t time_ns)
{
    return (storm->capture == NULL || capture_flush(storm->capture, time_ns, &storm->failure)) &&
           (storm->keylog == NULL || keylog_flush(storm->keylog, time_ns, &storm->failure)) &&
           (storm->trace == NULL || trace_flush(storm->trace, time_ns, &storm->failure));
}

static bool goes_on(struct storm *storm)
{
    if (storm->failure || storm->interrupted)
        return false;
    if (storm->options.progress && !storm->options.progress(storm->options.user, storm))
        storm->interrupted = true;
    return !storm->interrupted;
}

static bool on_window(void *user, int64_t time_ns)
{
    struct storm *storm = user;

    storm->now_ns = time_ns;
    return write_captures(storm, time_ns) && goes_on(storm);
}

static bool on_sample(void *user, int64_t time_ns)
{
    struct storm *storm = user;

    if (storm->series)
        storm_series_row(storm, time_ns);
    return goes_on(storm);
}

/* --- assembly ------------------------------------------------------------------------------------------- */

static void fill_network(struct network_config *c, const struct scenario *s)
{
    c->access_delay_ns = s->access_rtt / 2;
    c->access_loss = s->access_loss;
    c->access_duplicate = s->access_duplicate;
    c->access_late = s->access_late;
    c->access_late_ns = s->access_late_delay;
    c->uplink_bit_per_s = (uint64_t)s->access_uplink_rate;
    c->downlink_bit_per_s = (uint64_t)s->access_downlink_rate;
    c->access_queue_bytes = (uint64_t)s->access_queue_limit;
    c->core_delay_ns = s->core_delay;
    c->core_bit_per_s = (uint64_t)s->core_rate;
    c->core_queue_bytes = (uint64_t)s->core_queue_limit;
    c->mss = (uint32_t)s->tcp_mss;
    c->initial_window = (uint32_t)s->tcp_initial_window;
    c->syn_retries = (uint32_t)s->tcp_syn_retries;
    c->data_retries = (uint32_t)s->tcp_data_retries;
    c->rto_initial_ns = s->tcp_rto_initial;
    c->rto_min_ns = s->tcp_rto_min;
    c->rto_max_ns = s->tcp_rto_max;
    c->delayed_ack_ns = s->tcp_delayed_ack;
    c->time_wait_ns = s->tcp_time_wait;
    const int64_t timeouts_ns[] = {s->ue_response_timeout, s->ue_msk_timeout, s->pull_timeout, s->msk_timeout,
                                   s->diameter_timeout};
    for (unsigned i = 0; i < G_N_ELEMENTS(timeouts_ns); i++)
        c->timeout_delays_ns[c->timeout_delay_count++] = timeouts_ns[i];
    c->fault_drop = s->fault_drop;
    c->fault_duplicate = s->fault_duplicate;
    c->fault_delay = s->fault_delay;
    c->fault_corrupt = s->fault_corrupt;
    c->fault_delay_ns = s->fault_delay_time;
}

static struct network *new_network(struct storm *storm, GError **error)
{
    const struct scenario *s = storm->deployment.scenario;
    struct net_listen listens[] = {
        {HOST_BMSC, HTTP_PORT, http_frame, (uint32_t)s->bmsc_listen_queue, (uint32_t)s->bmsc_connections,
         s->bmsc_idle_timeout},
        {HOST_BSF, HTTP_PORT, http_frame, (uint32_t)s->bsf_listen_queue, (uint32_t)s->bsf_connections,
         s->bsf_idle_timeout},
        {HOST_BSF, DIAMETER_PORT, diameter_frame, 16, 16, 0},
        {HOST_HSS, DIAMETER_PORT, diameter_frame, 16, 16, 0},
    };
    struct network_config c = {.seed = s->run_seed,
                               .topology = storm->deployment.topology,
                               .ipv6 = storm->deployment.ipv6,
                               .udp_port = MIKEY_UDP_PORT,
                               .kind_names = storm_kind_names,
                               .kinds = MESSAGE_KIND_COUNT,
                               .threads = storm->threads,
                               .handlers = &handlers,
                               .listens = listens,
                               .listen_count = G_N_ELEMENTS(listens),
                               .capture = storm->capture,
                               .trace = storm->trace ? &storm->network_trace : NULL,
                               .engine_options = storm->options.engine_options,
                               .sample_step_ns = s->output_interval,
                               .sample = on_sample,
                               .window = on_window,
                               .user = storm};

    fill_network(&c, s);
    c.changes = storm->changes = storm_timeline_network(s, &c.change_count);
    return network_new(storm->options.engine ? storm->options.engine : &native_engine, &c, error);
}

/* Two outputs in one file would write over each other. */
static bool files_differ(const struct storm_options *o, GError **error)
{
    const char *paths[] = {o->capture_path, o->keylog_path, o->series_path, o->write_subscribers_path};

    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++)
        for (unsigned j = 0; j < i; j++) {
            if (paths[i] == NULL || paths[j] == NULL || strcmp(paths[i], paths[j]) != 0)
                continue;
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
                        "%s: of capture, key log, time series and subscribers two are to go there", paths[i]);
            return false;
        }
    return true;
}

static bool read_subscribers(struct storm *storm, GError **error)
{
    const struct storm_options *o = &storm->options;

    if (o->subscribers_path) {
        storm->key_table = key_table_read(&storm->deployment, o->subscribers_path, error);
        storm->deployment.key_table = storm->key_table;
        if (storm->key_table == NULL)
            return false;
    }
    return o->write_subscribers_path == NULL ||
           key_table_write(&storm->deployment, o->write_subscribers_path, error);
}

static bool open_files(struct storm *storm, GError **error)
{
    const struct storm_options *o = &storm->options;

    if (!files_differ(o, error) || !read_subscribers(storm, error))
        return false;
    if (o->capture_path) {
        storm->capture =
            capture_new(o->capture_path, storm->regions + 1, HOST_UES, storm->deployment.ipv6, error);
        if (storm->capture == NULL)
            return false;
    }
    if (o->keylog_path) {
        storm->keylog = keylog_new(&storm->deployment, o->keylog_path, storm->regions + 1, error);
        if (storm->keylog == NULL)
            return false;
    }
    if (!storm_trace_open(storm, error))
        return false;
    if (o->series_path) {
        storm->series = csv_open(o->series_path, error);
        if (storm->series == NULL)
            return false;
        storm_series_header(storm);
    }
    return true;
}

size_t storm_ue_bytes(const struct deployment *deployment)
{
    unsigned services = deployment->service_count;

    return bmsc_ue_bytes(services) + services * pull_order_ue_bytes(deployment->scenario) + bsf_ue_bytes +
           hss_ue_bytes + ue_bytes(services);
}

static void no_memory(const struct storm *storm, GError **error)
{
    const struct scenario *s = storm->deployment.scenario;

    g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                "ue.count = %s: out of memory, that many UEs need tables of %.0f MB",
                scenario_value_text(s, scenario_key("ue", "count")),
                (double)s->ue_count * (double)storm_ue_bytes(&storm->deployment) / 1e6);
}

static void storm_new_workers(struct storm *storm)
{
    content_shared_init(&storm->shared, &storm->deployment);
    storm->workers = g_new0(struct content_worker, storm->threads);
    for (unsigned i = 0; i < storm->threads; i++)
        content_worker_init(&storm->workers[i], &storm->deployment, &storm->shared, i);
}

/* False and error: no memory for the tables with an entry a UE, all that grows with ue.count. */
static bool new_models(struct storm *storm, GError **error)
{
    const struct deployment *deployment = &storm->deployment;
    struct model_region *core;
    bool whole = ue_states_init(&storm->ue_states, deployment);

    storm_new_workers(storm);
    storm->models = g_new0(struct model_region, storm->regions + 1);
    for (uint32_t r = 0; r <= storm->regions; r++) {
        struct model_region *m = &storm->models[r];

        m->deployment = deployment;
        m->contents = &storm->shared.table;
        key_store_init(&m->keys, deployment);
        tally_init(&m->tally, deployment->service_count);
        m->keylog = storm->keylog ? keylog_buffer(storm->keylog, r) : NULL;
        if (r > 0)
            m->ues = ue_table_new(deployment, &storm->ue_states);
    }
    core = &storm->models[0];
    core->now = g_memdup2(deployment->scenario, sizeof *core->now);
    core->bmsc = bmsc_new(deployment, core->now);
    core->bsf = bsf_new(deployment, core->now);
    core->hss = hss_new(deployment, core->now);
    whole = whole && core->bmsc && core->bsf && core->hss;
    if (!whole)
        no_memory(storm, error);
    return whole;
}

struct storm *storm_new(const struct scenario *scenario, const struct storm_options *options, GError **error)
{
    struct storm *storm;

    if (!storm_scenario_right(scenario, error))
        return NULL;
    storm = g_new0(struct storm, 1);
    deployment_init(&storm->deployment, scenario);
    storm->options = *options;
    storm->row_ns = -1;
    storm->threads = MAX(options->threads, 1);
    storm->regions = storm->deployment.topology.regions;
    storm->deployment.topology.shares = storm->shares = placement_shares(scenario);
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        histogram_init(&storm->latency[i]);
    if (!open_files(storm, error)) {
        storm_free(storm);
        return NULL;
    }
    if (new_models(storm, error))
        storm->network = new_network(storm, error);
    if (storm->network == NULL) {
        storm_free(storm);
        return NULL;
    }
    for (uint32_t r = 0; r <= storm->regions; r++)
        network_region(storm->network, r)->model = &storm->models[r];
    storm_trace_attach(storm);
    return storm;
}

static void free_models(struct storm *storm)
{
    if (storm->models == NULL)
        return;
    for (uint32_t r = 0; r <= storm->regions; r++) {
        struct model_region *m = &storm->models[r];

        key_store_clear(&m->keys);
        tally_clear(&m->tally);
        ue_table_free(m->ues);
        bmsc_free(m->bmsc);
        bsf_free(m->bsf);
        hss_free(m->hss);
        g_free(m->now);
    }
    g_free(storm->models);
    for (unsigned i = 0; i < storm->threads; i++)
        content_worker_clear(&storm->workers[i]);
    g_free(storm->workers);
    content_shared_clear(&storm->shared);
}

/* Closes what is open; the first failure is kept. */
static void close_files(struct storm *storm)
{
    GError **error = storm->failure ? NULL : &storm->failure;

    if (storm->capture && !capture_close(storm->capture, error))
        error = NULL;
    if (storm->keylog && !keylog_close(storm->keylog, error))
        error = NULL;
    if (storm->trace && !trace_close(storm->trace, error))
        error = NULL;
    if (storm->series) {
        storm_series_flush(storm);
        csv_close(storm->series, error);
    }
    storm->capture = NULL;
    storm->keylog = NULL;
    storm->trace = NULL;
    storm->series = NULL;
}

void storm_free(struct storm *storm)
{
    if (storm == NULL)
        return;
    network_free(storm->network);
    close_files(storm);
    free_models(storm);
    for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
        histogram_clear(&storm->latency[i]);
    ue_states_clear(&storm->ue_states);
    key_table_free(storm->key_table);
    g_free(storm->shares);
    g_free(storm->changes);
    g_free(storm->trace_buffers);
    g_clear_error(&storm->failure);
    g_free(storm->row);
    g_free(storm);
}

/* --- run ------------------------------------------------------------------------------------------------ */

enum storm_outcome storm_run(struct storm *storm, GError **error)
{
    const struct deployment *deployment = &storm->deployment;

    for (unsigned i = 0; storm->keylog && i < deployment->service_count; i++)
        keylog_msk(&storm->models[0], 0, deployment_new_msk_id(deployment, i), deployment->services[i].msk);
    storm_timeline_start(network_region(storm->network, 0));
    bmsc_start(network_region(storm->network, 0));
    storm->now_ns = network_run(storm->network, deployment->scenario->run_end);
    if (storm->series)
        storm_series_row(storm, storm->now_ns);
    for (uint32_t r = 0; r <= storm->regions; r++)
        for (unsigned i = 0; i < MODEL_PROCEDURE_COUNT; i++)
            histogram_merge(&storm->latency[i], &storm->models[r].tally.latency[i]);
    if (storm->failure == NULL)
        network_finish(storm->network, &storm->failure);
    close_files(storm);
    if (storm->failure) {
        g_propagate_error(error, g_steal_pointer(&storm->failure));
        return STORM_FAILED;
    }
    return storm->interrupted ? STORM_INTERRUPTED : STORM_DONE;
}

int64_t storm_now_ns(const struct storm *storm)
{
    return storm->now_ns;
}

uint64_t storm_events(const struct storm *storm)
{
    return network_events(storm->network);
}

uint64_t storm_fingerprint(const struct storm *storm)
{
    return network_fingerprint(storm->network);
}

int64_t storm_ues(const struct storm *storm)
{
    return storm->deployment.ues;
}

/* A UE can have given up on its side and be unanswered on the BM-SC's: never more than there are. Of several
 * services each has its share. */
int64_t storm_ues_done(const struct storm *storm)
{
    int64_t done = storm_counter(storm, COUNT_ues_keyed) + storm_counter(storm, COUNT_ues_gave_up) +
                   storm_counter(storm, COUNT_ues_unanswered);

    return MIN(done / storm->deployment.service_count, storm_ues(storm));
}
