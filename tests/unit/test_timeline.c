/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Storms whose scenario changes on the way: every key that may change, and what an outage does to one UE, on
 * either engine. */
#include "sim/base/clock.h"
#include "tests/tap/tap.h"
#include "tests/unit/storm_fixture.h"

#include <math.h>
#include <string.h>

/* What metrics in seconds keep of a nanosecond. */
#define NEARLY 1e-8

/* A storm with bootstraps, Zn requests and losses, from 10 s on, that each key matters to. */
static const char *const busy[] = {"ue.count=60",
                                   "ue.cells=2",
                                   "ue.muk_expired=50%",
                                   "ue.muk_ahead=20%",
                                   "ue.attempts=50",
                                   "pull.start=10s",
                                   "pull.rate=100/s",
                                   "access.loss=5%",
                                   "access.duplicate=2%",
                                   "access.late=2%",
                                   "access.uplink_rate=400kbit/s",
                                   "access.downlink_rate=400kbit/s",
                                   "core.rate=4Mbit/s",
                                   NULL};
/* One UE that bootstraps first. */
static const char *const lone[] = {"ue.muk_expired=1", NULL};

/* The fixture's scenario with settings, one more (NULL: none), and sections [at TIME]. */
static struct scenario *changing(const char *const *settings, const char *more, const char *sections)
{
    g_autofree char *text = g_strconcat(FIXTURE_BASE, sections, NULL);
    g_autoptr(GPtrArray) all = g_ptr_array_new();
    struct scenario *scenario;
    GError *error = NULL;

    for (; *settings; settings++)
        g_ptr_array_add(all, (gpointer)*settings);
    g_ptr_array_add(all, (gpointer)more);
    g_ptr_array_add(all, NULL);
    scenario = scenario_parse("timeline.ini", text, (const char *const *)all->pdata, NULL, &error);
    g_assert_no_error(error);
    return scenario;
}

/* What is left of a storm: ns-3 can have one at a time. */
static struct stats_value *metrics(const char *const *settings, const char *more, const char *sections)
{
    struct scenario *scenario = changing(settings, more, sections);
    struct storm *storm = fixture_run(scenario);
    struct stats_value *values = g_new0(struct stats_value, storm_metric_count);

    storm_summary(storm, values);
    storm_free(storm);
    scenario_free(scenario);
    return values;
}

static double metric(const struct stats_value *values, const char *name)
{
    unsigned i = 0;

    while (strcmp(storm_metrics[i].name, name) != 0)
        g_assert_cmpuint(++i, <, storm_metric_count);
    return values[i].type == STATS_INTEGER ? (double)values[i].integer : values[i].real;
}

static unsigned differences(const struct stats_value *a, const struct stats_value *b)
{
    unsigned count = 0;

    for (unsigned i = 0; i < storm_metric_count; i++)
        count += a[i].integer != b[i].integer ||
                 (a[i].real != b[i].real && !(isnan(a[i].real) && isnan(b[i].real)));
    return count;
}

/* A value that is another one than `busy` has. */
static const char *other_value(const struct config_key *key)
{
    switch (key->type) {
    case CONFIG_COUNT:
        return "1";
    case CONFIG_DISTRIBUTION:
        return "fixed(13ms)";
    case CONFIG_BIT_RATE:
        return "250kbit/s";
    case CONFIG_SHARE:
        return "15%";
    case CONFIG_EVENT_RATE:
        return "30/s";
    default:
        g_error("no other value for %s.%s", key->section, key->name);
    }
}

static char *text_of(const struct config_key *key)
{
    struct scenario *scenario = changing(busy, NULL, "");
    char *text = g_strdup(scenario_value_text(scenario, key));

    scenario_free(scenario);
    return text;
}

/* What changes before the first pull does as if it had been there from the start; what changes back before it
 * does nothing. */
static void try_key(const struct config_key *key, const struct stats_value *plain)
{
    g_autofree char *before = text_of(key), *name = config_key_name(key);
    g_autofree char *setting = g_strdup_printf("%s=%s", name, other_value(key));
    g_autofree char *sections = g_strdup_printf("[at 1s]\n%s\n", setting);
    g_autofree char *and_back = g_strdup_printf("%s[at 9s]\n%s = %s\n", sections, name, before);
    g_autofree struct stats_value *set = metrics(busy, setting, "");
    g_autofree struct stats_value *changed = metrics(busy, NULL, sections);
    g_autofree struct stats_value *back = metrics(busy, NULL, and_back);

    g_test_message("%s", name);
    g_assert_cmpuint(differences(set, plain), >, 0);
    g_assert_cmpuint(differences(changed, set), ==, 0);
    g_assert_cmpuint(differences(back, plain), ==, 0);
}

static void test_every_key(void)
{
    g_autofree struct stats_value *plain = metrics(busy, NULL, "");
    unsigned tried = 0;

    for (unsigned i = 0; i < scenario_schema.count; i++)
        if (scenario_schema.keys[i].changes_from) {
            try_key(&scenario_schema.keys[i], plain);
            tried++;
        }
    g_assert_cmpuint(tried, ==, 18);
}

/* The HSS has no worker from the start of the storm until a time T: the one request waits until T exactly,
 * and the UE gets its key as much later. It is not the request that is sent again: all wait long enough. */
static void test_outage(void)
{
    g_autofree struct stats_value *plain = metrics(lone, NULL, "");
    g_autofree struct stats_value *two =
        metrics(lone, NULL, "[at 1ms]\nhss.workers = 0\n[at 2s]\nhss.workers = 20\n");
    g_autofree struct stats_value *three =
        metrics(lone, NULL, "[at 1ms]\nhss.workers = 0\n[at 3s]\nhss.workers = 1\n");
    double wait_s = metric(two, "hss_wait_mean_s");

    g_assert_cmpfloat(metric(plain, "hss_wait_mean_s"), ==, 0);
    g_assert_cmpfloat(wait_s, >, 1);
    g_assert_cmpfloat(wait_s, <, 2);
    g_assert_cmpfloat_with_epsilon(metric(two, "time_to_key_mean_s"),
                                   metric(plain, "time_to_key_mean_s") + wait_s, NEARLY);
    g_assert_cmpfloat_with_epsilon(metric(three, "hss_wait_mean_s"), wait_s + 1, NEARLY);
    g_assert_cmpfloat_with_epsilon(metric(three, "time_to_key_mean_s"), metric(two, "time_to_key_mean_s") + 1,
                                   NEARLY);
    g_assert_cmpfloat(metric(two, "hss_queue_max"), ==, 1);
    g_assert_cmpfloat(metric(two, "zh_timeouts"), ==, 0);
}

/* Of one time the values come first, then the workers: the job that starts takes 50 ms instead of 10. */
static void test_one_time(void)
{
    g_autofree struct stats_value *old =
        metrics(lone, NULL, "[at 1ms]\nhss.workers = 0\n[at 2s]\nhss.workers = 20\n");
    g_autofree struct stats_value *new = metrics(
        lone, NULL, "[at 1ms]\nhss.workers = 0\n[at 2s]\nhss.workers = 20\nhss.service_time = fixed(50ms)\n");

    g_assert_cmpfloat_with_epsilon(metric(new, "time_to_key_mean_s"),
                                   metric(old, "time_to_key_mean_s") + 0.04, NEARLY);
}

/* A service that has begun is not changed: the HSS serves for a second, begun before 500 ms. */
static void test_under_way(void)
{
    g_autofree struct stats_value *plain = metrics(lone, "hss.service_time=fixed(1s)", "");
    g_autofree struct stats_value *changed = metrics(
        lone, "hss.service_time=fixed(1s)", "[at 500ms]\nhss.service_time = fixed(1ms)\nhss.workers = 0\n");

    g_assert_cmpfloat(metric(plain, "time_to_key_mean_s"), >, 1);
    g_assert_cmpfloat(metric(changed, "time_to_key_mean_s"), ==, metric(plain, "time_to_key_mean_s"));
}

/* Ten pulls at 1/s, 10/s from 4.5 s on: the last is due at 4.95 s. */
static void test_pull_rate(void)
{
    static const char *const ten[] = {"ue.count=10", "pull.rate=1/s", NULL};
    g_autofree struct stats_value *values = metrics(ten, NULL, "[at 4500ms]\npull.rate = 10/s\n");

    g_assert_cmpfloat_with_epsilon(metric(values, "pull_rate_kept_per_s"), 9 / 4.95, NEARLY);
}

/* All jobs of the HSS wait, one in the queue; it says so in each refusal, and is asked no more. */
static void test_reports_overload(void)
{
    static const char *const reporting[] = {"ue.count=50",
                                            "ue.cells=5",
                                            "ue.muk_expired=1",
                                            "pull.rate=20/s",
                                            "hss.queue_limit=1",
                                            "hss.overload_wait=1s",
                                            "diameter.timeout=1h",
                                            "ue.response_timeout=1min",
                                            NULL};
    g_autofree struct stats_value *values =
        metrics(reporting, NULL, "[at 1ms]\nhss.workers = 0\n[at 1min]\nhss.workers = 20\n");

    g_assert_cmpfloat(metric(values, "zh_throttled"), >, 20);
    g_assert_cmpfloat(metric(values, "ues_without_key"), ==, 0);
}

/* A run has all of its changes, the last of the network as well. */
static void test_last_change(void)
{
    g_autofree struct stats_value *values = metrics(lone, NULL, "[at 10min]\ncore.rate = 1Mbit/s\n");

    g_assert_cmpfloat(metric(values, "simulated_s"), ==, 600);
    g_assert_cmpfloat(metric(values, "time_to_key_mean_s"), <, 1);
}

int main(int argc, char **argv)
{
    tap_init(argc, argv);
    g_test_add_func("/timeline/every-key", test_every_key);
    g_test_add_func("/timeline/outage", test_outage);
    g_test_add_func("/timeline/one-time", test_one_time);
    g_test_add_func("/timeline/under-way", test_under_way);
    g_test_add_func("/timeline/pull-rate", test_pull_rate);
    g_test_add_func("/timeline/reports-overload", test_reports_overload);
    g_test_add_func("/timeline/last-change", test_last_change);
    return g_test_run();
}
