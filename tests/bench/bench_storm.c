/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The storm of a million UEs: wall time, memory, set-up, and how far it is above the floor that its own
 * cryptography sets. Floor and storm are measured in one process, before and after each other, since machines
 * are shared.
 *
 *   bench_storm SCENARIO [SECTION.KEY=VALUE ...]       prints CSV: what,value,unit,ratio
 * The ratio of a row is value / target, or for the floor storm / floor. */
#include "models/storm.h"
#include "tests/bench/crypto_floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double cpu_s(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static double wall_s(void)
{
    return (double)g_get_monotonic_time() / 1e6;
}

/* Stamps the moment the first window ends: what lies before it is set-up. */
static bool first_window(void *user, const struct storm *storm)
{
    double *first_s = user;

    if (*first_s == 0 && storm_events(storm) > 0)
        *first_s = wall_s();
    return true;
}

static void row(const char *what, double value, const char *unit, double ratio)
{
    if (ratio > 0)
        printf("%s,%.4g,%s,%.3f\n", what, value, unit, ratio);
    else
        printf("%s,%.4g,%s,\n", what, value, unit);
    fflush(stdout);
}

static void fail(GError *error)
{
    fprintf(stderr, "bench_storm: %s\n", error->message);
    exit(1);
}

int main(int argc, char **argv)
{
    GError *error = NULL;
    struct scenario *scenario;
    struct storm *storm;
    struct crypto_counts counts;
    struct crypto_floor before, after;
    struct rusage usage;
    double first_s = 0;
    const struct storm_options options = {.progress = first_window, .user = &first_s};

    if (argc < 2) {
        fprintf(stderr, "usage: bench_storm SCENARIO [SECTION.KEY=VALUE ...]\n");
        return 2;
    }
    scenario = scenario_load(argv[1], (const char *const *)argv + 2, &error);
    if (scenario == NULL)
        fail(error);

    double start_s = wall_s(), start_cpu_s = cpu_s();
    storm = storm_new(scenario, &options, &error);
    if (storm == NULL || storm_run(storm, &error) != STORM_DONE)
        fail(error);
    double storm_s = wall_s() - start_s, storm_cpu_s = cpu_s() - start_cpu_s;

    getrusage(RUSAGE_SELF, &usage);
    storm_crypto_counts(storm, &counts);
    crypto_floor_measure(&counts, &before);
    crypto_floor_measure(&counts, &after);
    double floor_s = (before.seconds + after.seconds) / 2;
    double million = storm_metric(storm, "ues") / 1e6;

    row("storm_ues", storm_metric(storm, "ues"), "1", 0);
    row("storm_ues_keyed", storm_metric(storm, "ues_keyed"), "1",
        storm_metric(storm, "ues_keyed") / storm_metric(storm, "ues"));
    row("storm_wall", storm_s, "s", storm_s / (40 * million));
    row("storm_cpu", storm_cpu_s, "s", storm_cpu_s / (40 * million));
    row("storm_crypto_floor", floor_s, "s", storm_cpu_s / floor_s);
    row("storm_peak_memory", (double)usage.ru_maxrss * 1024 / 1e6, "MB",
        (double)usage.ru_maxrss * 1024 / 1e6 / (600 * million));
    row("storm_set_up", first_s - start_s, "s", (first_s - start_s) / (2 * million));
    row("storm_events", (double)storm_events(storm), "1", 0);
    row("storm_events_per_s", (double)storm_events(storm) / storm_cpu_s, "1/s", 0);
    row("storm_time_per_ue", storm_cpu_s / storm_metric(storm, "ues") * 1e6, "us", 0);
    for (unsigned i = 0; i < CRYPTO_OPERATIONS; i++) {
        g_autofree char *name = g_strdup_printf("floor_%s_per_ue", crypto_operation_names[i]);

        row(name, (double)counts.calls[i] / storm_metric(storm, "ues"), "1", 0);
    }
    storm_free(storm);
    scenario_free(scenario);
    return 0;
}
