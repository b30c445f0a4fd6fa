/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The ns3 engine against the native one: what differs when nothing is lost, and why; then what only it has:
 * attributes, captures of devices, nodes of the program's own. */
#include "sim/base/clock.h"
#include "sim/net/native/native.h"
#include "sim/net/ns3/ns3_network.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <sys/resource.h>

static struct storm *run_on(const struct scenario *scenario, const struct storm_options *options)
{
    GError *error = NULL;
    char *what = NULL;
    struct storm *storm = storm_new(scenario, options, &error);

    g_assert_no_error(error);
    g_assert_cmpint(storm_run(storm, &error), ==, STORM_DONE);
    g_assert_no_error(error);
    if (!storm_books_balance(storm, &what))
        g_error("books: %s", what);
    return storm;
}

static struct stats_value *summary_on(const struct scenario *scenario, const struct network_engine *engine)
{
    const struct storm_options options = {.engine = engine};
    struct storm *storm = run_on(scenario, &options);
    struct stats_value *values = g_new(struct stats_value, storm_metric_count);

    storm_summary(storm, values);
    storm_free(storm);
    return values;
}

/* What may differ, and by how much: ns-3's packets have 2 more bytes on a link, which takes time; it
 * acknowledges in packets of their own where the native engine lets the acknowledgment ride on the answer. */
static const struct {
    const char *what; /* a metric, or a unit for all that have it */
    double share;
} allowed[] = {{"packets_sent", 0.4}, {"s", 0.02}, {"ratio", 0.02}, {"bytes", 0.1}, {"1/s", 0.02}};

static double share_allowed(const struct stats_column *column)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(allowed); i++)
        if (strcmp(allowed[i].what, column->name) == 0 || strcmp(allowed[i].what, column->unit) == 0)
            return allowed[i].share;
    return 0;
}

static void compare_engines(struct scenario *scenario)
{
    g_autofree struct stats_value *native = summary_on(scenario, &native_engine);
    g_autofree struct stats_value *ns3 = summary_on(scenario, &ns3_engine);

    for (unsigned i = 0; i < storm_metric_count; i++) {
        double a = (double)native[i].integer + native[i].real, b = (double)ns3[i].integer + ns3[i].real;

        if (isnan(a) != isnan(b) || fabs(a - b) > share_allowed(&storm_metrics[i]) * a)
            g_error("%s: %g on the native engine, %g on ns3", storm_metrics[i].name, a, b);
    }
    scenario_free(scenario);
}

static void test_same(void)
{
    compare_engines(fixture_scenario(NULL, NULL));
    compare_engines(fixture_scenario("ue.count=100", "ue.cells=7", "run.regions=3", "pull.rate=50/s",
                                     "bmsc.workers=50", "bsf.workers=50", "hss.workers=50", NULL));
    compare_engines(fixture_scenario("ue.count=100", "ue.cells=7", "run.regions=3", "pull.rate=20/s",
                                     "ue.muk_expired=30%", "ue.muk_ahead=20%", "ue.sqn_ahead=10%",
                                     "bmsc.workers=50", "bsf.workers=50", "hss.workers=50",
                                     "access.ip_version=6", NULL));
    compare_engines(fixture_scenario("ue.count=100", "ue.cells=7", "run.regions=3", "pull.rate=20/s",
                                     "ue.placement=random", "ue.cell_variation=150%", "pull.order=by_cell",
                                     "pull.pacing=burst", "ue.muk_expired=30%", "bmsc.workers=50",
                                     "bsf.workers=50", "hss.workers=50", NULL));
}

/* A run that is interrupted in the middle keeps its books. */
static bool stop_soon(void *user, const struct storm *storm)
{
    (void)storm;
    return ++*(int *)user < 20;
}

static void test_interrupted(void)
{
    struct scenario *scenario =
        fixture_scenario("ue.count=300", "ue.cells=10", "ue.muk_expired=30%", "access.loss=5%", NULL);
    int windows = 0;
    const struct storm_options options = {.engine = &ns3_engine, .progress = stop_soon, .user = &windows};
    struct storm *storm = storm_new(scenario, &options, NULL);
    char *what = NULL;

    g_assert_cmpint(storm_run(storm, NULL), ==, STORM_INTERRUPTED);
    g_assert_cmpint(windows, ==, 20);
    if (!storm_books_balance(storm, &what))
        g_error("%s", what);
    g_assert_cmpint(fixture_metric(storm, "ues_keyed"), <, 300);
    g_assert_cmpint(fixture_metric(storm, "tcp_open"), >, 0);
    storm_free(storm);
    scenario_free(scenario);
}

/* --- attributes ----------------------------------------------------------------------------------------- */

static void assert_refused(const char *attributes, const char *hint)
{
    g_autofree char *setting = g_strdup_printf("ns3.attributes=%s", attributes);
    struct scenario *scenario = fixture_scenario(setting, NULL);
    const struct ns3_options ns3 = {.attributes = scenario->ns3_attributes};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    GError *error = NULL;

    g_assert_null(storm_new(scenario, &options, &error));
    g_assert_error(error, NETWORK_ERROR, 0);
    if (!strstr(error->message, hint))
        g_error("'%s' does not say '%s'", error->message, hint);
    g_error_free(error);
    scenario_free(scenario);
}

static void test_attributes(void)
{
    assert_refused("ns3::TcpSocket::SegmentSize", "expected NAME=VALUE");
    assert_refused("ns3::TcpSocket::SegmentSize=100; ns3::TcpSocket::Segmentation=1",
                   "ns3::TcpSocket::Segmentation");
    assert_refused("ns3::TcpSocket::SegmentSize=many", "ns3::TcpSocket::SegmentSize");
    struct scenario *plain = fixture_scenario(NULL, NULL);
    struct scenario *small = fixture_scenario("ns3.attributes= ns3::TcpSocket::SegmentSize = 100 ;", NULL);
    g_autofree struct stats_value *a = summary_on(plain, &ns3_engine);
    struct storm *storm = fixture_run(small);
    for (unsigned i = 0; i < storm_metric_count; i++)
        if (strcmp(storm_metrics[i].name, "packets_sent") == 0)
            g_assert_cmpint(fixture_metric(storm, "packets_sent"), >, a[i].integer + 10);
    storm_free(storm);
    scenario_free(plain);
    scenario_free(small);
}

/* --- captures of devices -------------------------------------------------------------------------------- */

static void test_devices(void)
{
    g_autofree char *folder = g_dir_make_tmp("ns3-devices-XXXXXX", NULL);
    struct scenario *scenario = fixture_scenario(NULL, NULL);
    const struct ns3_options ns3 = {.pcap_dir = folder};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    /* Three servers and one cell, each with a device of its own and one at the router. */
    static const char *const names[] = {"server0-0", "server1-0", "server2-0", "cell0-0",
                                        "router-0",  "router-1",  "router-2",  "router-3"};

    storm_free(run_on(scenario, &options));
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_strdup_printf("%s/device-%s.pcap", folder, names[i]);
        GStatBuf info;
        g_assert_cmpint(g_stat(path, &info), ==, 0);
        g_assert_cmpint(info.st_size, >=, 24);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_assert_cmpint(g_rmdir(folder), ==, 0); /* nothing else in it */
    scenario_free(scenario);
}

/* Puts another limit in the place of one, which is returned. */
static struct rlimit set_limit(int resource, rlim_t limit)
{
    struct rlimit before, now;

    g_assert_cmpint(getrlimit(resource, &before), ==, 0);
    now = (struct rlimit){.rlim_cur = limit, .rlim_max = before.rlim_max};
    g_assert_cmpint(setrlimit(resource, &now), ==, 0);
    return before;
}

static void remove_folder(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while ((name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_assert_cmpint(g_unlink(path), ==, 0);
    }
    g_dir_close(dir);
    g_assert_cmpint(g_rmdir(folder), ==, 0);
}

/* Captures that are cut off, or cannot be opened, are failures of files and not of the scenario. */
static void test_devices_fail(void)
{
    g_autofree char *folder = g_dir_make_tmp("ns3-devices-XXXXXX", NULL);
    struct scenario *scenario = fixture_scenario("ue.count=50", "ue.cells=10", NULL);
    const struct ns3_options ns3 = {.pcap_dir = folder};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    void (*handler)(int) = signal(SIGXFSZ, SIG_IGN);
    GError *error = NULL;
    struct storm *storm = storm_new(scenario, &options, &error);
    struct rlimit before;

    g_assert_no_error(error);
    before = set_limit(RLIMIT_FSIZE, 4096);
    g_assert_cmpint(storm_run(storm, &error), ==, STORM_FAILED);
    g_assert_cmpint(setrlimit(RLIMIT_FSIZE, &before), ==, 0);
    signal(SIGXFSZ, handler);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "device-"));
    g_clear_error(&error);
    storm_free(storm);
    before = set_limit(RLIMIT_NOFILE, 20);
    g_assert_null(storm_new(scenario, &options, &error));
    g_assert_cmpint(setrlimit(RLIMIT_NOFILE, &before), ==, 0);
    g_assert_error(error, G_FILE_ERROR, G_FILE_ERROR_FAILED);
    g_clear_error(&error);
    remove_folder(folder);
    scenario_free(scenario);
}

/* --- damage --------------------------------------------------------------------------------------------- */

/* A flipped bit gets past UDP and TCP also when they look at checksums, which they do for a capture: the
 * models see the same either way. */
static void check_damage(const char *fault, const char *ip_version)
{
    struct scenario *scenario = fixture_scenario(fault, ip_version, "ue.muk_expired=100%", NULL);
    g_autofree struct stats_value *plain = summary_on(scenario, &ns3_engine);
    g_autofree struct stats_value *captured = g_new(struct stats_value, storm_metric_count);
    g_autofree char *path = NULL;

    g_close(g_file_open_tmp("ns3-damage-XXXXXX.pcap", &path, NULL), NULL);
    const struct storm_options options = {.engine = &ns3_engine, .capture_path = path};
    struct storm *storm = run_on(scenario, &options);
    fixture_equal(storm, "packets_corrupted", 1);
    fixture_equal(storm, "ues_keyed", 1);
    storm_summary(storm, captured);
    storm_free(storm);
    for (unsigned i = 0; i < storm_metric_count; i++)
        g_assert_true(
            plain[i].integer == captured[i].integer &&
            (plain[i].real == captured[i].real || (isnan(plain[i].real) && isnan(captured[i].real))));
    g_unlink(path);
    scenario_free(scenario);
}

static void test_damage(void)
{
    static const char *const faults[] = {"fault.corrupt=pull@1", "fault.corrupt=msk@1",
                                         "fault.corrupt=ua_post@1", "fault.corrupt=ub_401@1"};

    for (unsigned i = 0; i < G_N_ELEMENTS(faults); i++) {
        check_damage(faults[i], "access.ip_version=4");
        check_damage(faults[i], "access.ip_version=6");
    }
}

/* --- placement ------------------------------------------------------------------------------------------ */

/* Servers on one node, all UEs on another, one link. */
struct deployment {
    struct ns3c *sim;
    struct ns3c_node *core, *field;
    unsigned asked;
    bool same_address;
};

static bool place(void *user, uint32_t host, struct ns3c_node **node, struct ns3c_address *address)
{
    struct deployment *deployment = user;

    deployment->asked++;
    *node = host < 3 ? deployment->core : deployment->field;
    if (deployment->same_address)
        address->bytes[3] = 1;
    return ns3c_node_add_local(*node, address, 32) == NS3C_OK;
}

static void build_world(struct deployment *deployment)
{
    const struct ns3c_link_options link = {.rate_bit_per_s = 100000000, .delay_ns = 5 * CLOCK_MILLISECOND};
    const struct ns3c_address any = {.family = 4};
    struct ns3c_device *a, *b;

    *deployment = (struct deployment){0};
    g_assert_cmpint(ns3c_new(NULL, &deployment->sim), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_new(deployment->sim, &deployment->core), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_new(deployment->sim, &deployment->field), ==, NS3C_OK);
    g_assert_cmpint(ns3c_point_to_point(deployment->sim, deployment->core, deployment->field, &link, &a, &b),
                    ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_add_route(deployment->core, &any, 0, a, NULL), ==, NS3C_OK);
    g_assert_cmpint(ns3c_node_add_route(deployment->field, &any, 0, b, NULL), ==, NS3C_OK);
}

static void test_placement(void)
{
    struct scenario *scenario = fixture_scenario("ue.count=50", "ue.cells=5", "ue.muk_expired=50%", NULL);
    struct deployment deployment;

    build_world(&deployment);
    const struct ns3_placement placement = {.sim = deployment.sim, .host = place, .user = &deployment};
    const struct ns3_options ns3 = {.placement = &placement};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    struct storm *storm = run_on(scenario, &options);

    g_assert_cmpuint(deployment.asked, ==, 53);
    fixture_equal(storm, "ues_keyed", 50);
    fixture_equal(storm, "tcp_failed", 0);
    /* Between servers, on one node: loopback, but sent. */
    g_assert_cmpint(fixture_metric(storm, "core_bytes"), >, 0);
    g_assert_cmpint(fixture_metric(storm, "uplink_bytes"), >, 50 * 1000);
    g_assert_cmpint(fixture_metric(storm, "downlink_bytes"), >, 50 * 1000);
    storm_free(storm);
    /* The simulator is still the program's. */
    g_assert_cmpint(ns3c_run(deployment.sim, INT64_MAX, NULL), ==, NS3C_OK);
    g_assert_cmpuint(ns3c_pending(deployment.sim), ==, 0);
    ns3c_free(deployment.sim);
    scenario_free(scenario);
}

static uint64_t fingerprint_on_placement(const char *attributes)
{
    /* Many small segments, so that the congestion window counts. */
    struct scenario *scenario = fixture_scenario("ue.count=5", "ue.muk_expired=100%", "tcp.mss=200B",
                                                 "tcp.initial_window=1", attributes, NULL);
    struct deployment deployment;

    build_world(&deployment);
    const struct ns3_placement placement = {.sim = deployment.sim, .host = place, .user = &deployment};
    const struct ns3_options ns3 = {.attributes = scenario->ns3_attributes, .placement = &placement};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    struct storm *storm = run_on(scenario, &options);
    uint64_t fingerprint = storm_fingerprint(storm);

    storm_free(storm);
    ns3c_free(deployment.sim);
    scenario_free(scenario);
    return fingerprint;
}

/* The nodes were there before the attributes: those of their TCP hold all the same. */
static void test_placement_attributes(void)
{
    uint64_t plain = fingerprint_on_placement("ns3.attributes=");

    g_assert_cmphex(fingerprint_on_placement("ns3.attributes=ns3::TcpL4Protocol::SocketType=ns3::TcpNewReno"),
                    ==, plain);
    g_assert_cmphex(fingerprint_on_placement("ns3.attributes=ns3::TcpL4Protocol::SocketType=ns3::TcpBbr"), !=,
                    plain);
}

static void test_placement_refused(void)
{
    struct scenario *scenario = fixture_scenario("ue.count=50", NULL);
    struct scenario *faulty = fixture_scenario("fault.drop=pull@1", NULL);
    struct deployment deployment;
    GError *error = NULL;

    build_world(&deployment);
    const struct ns3_placement placement = {.sim = deployment.sim, .host = place, .user = &deployment};
    const struct ns3_options ns3 = {.placement = &placement};
    const struct storm_options options = {.engine = &ns3_engine, .engine_options = &ns3};
    deployment.same_address = true;
    g_assert_null(storm_new(scenario, &options, &error));
    g_assert_nonnull(strstr(error->message, "which another one has"));
    g_clear_error(&error);
    g_assert_null(storm_new(faulty, &options, &error));
    g_assert_nonnull(strstr(error->message, "no faults"));
    g_clear_error(&error);
    ns3c_free(deployment.sim);
    scenario_free(scenario);
    scenario_free(faulty);
}

static void test_one_at_a_time(void)
{
    struct scenario *scenario = fixture_scenario(NULL, NULL);
    const struct storm_options options = {.engine = &ns3_engine};
    struct storm *storm = storm_new(scenario, &options, NULL);
    GError *error = NULL;

    g_assert_nonnull(storm);
    g_assert_null(storm_new(scenario, &options, &error));
    g_assert_error(error, NETWORK_ERROR, 0);
    g_error_free(error);
    storm_free(storm);
    storm_free(fixture_run(scenario));
    scenario_free(scenario);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/ns3 engine/same as native", test_same);
    g_test_add_func("/ns3 engine/interrupted", test_interrupted);
    g_test_add_func("/ns3 engine/attributes", test_attributes);
    g_test_add_func("/ns3 engine/captures of devices", test_devices);
    g_test_add_func("/ns3 engine/captures that fail", test_devices_fail);
    g_test_add_func("/ns3 engine/damage", test_damage);
    g_test_add_func("/ns3 engine/placement", test_placement);
    g_test_add_func("/ns3 engine/placement attributes", test_placement_attributes);
    g_test_add_func("/ns3 engine/placement refused", test_placement_refused);
    g_test_add_func("/ns3 engine/one at a time", test_one_at_a_time);
    return g_test_run();
}
