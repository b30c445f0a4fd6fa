/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm metrics: every column of the results, as a table to read or as CSV. */
#include "sim/cli/cli.h"
#include "sim/cli/columns.h"
#include "sim/cli/format.h"

#include <stdio.h>

#define WIDTH 79

const struct stats_column columns_latency[] = {
    {"procedure", "text", "what was measured, see below", STATS_OTHER},
    {"count", "1", "how often it was completed", STATS_OTHER},
    {"mean_s", "s", "mean duration", STATS_OTHER},
    {"p50_s", "s", "median: half of them took at most this long", STATS_OTHER},
    {"p90_s", "s", "90th percentile", STATS_OTHER},
    {"p95_s", "s", "95th percentile", STATS_OTHER},
    {"p99_s", "s", "99th percentile", STATS_OTHER},
    {"p999_s", "s", "99.9th percentile", STATS_OTHER},
    {"max_s", "s", "longest", STATS_OTHER},
    {NULL, NULL, NULL, STATS_OTHER},
};

const struct stats_column columns_distribution[] = {
    {"procedure", "text", "what was measured, as in latency.csv", STATS_OTHER},
    {"from_s", "s", "shortest duration of this row", STATS_OTHER},
    {"to_s", "s", "longest duration of this row, at most 1/1024 more; rows without a sample are left out",
     STATS_OTHER},
    {"count", "1", "how often it took from from_s to to_s", STATS_OTHER},
    {NULL, NULL, NULL, STATS_OTHER},
};

static const struct stats_column columns_keylog[] = {
    {"time_s", "s", "simulated time at which the key came to be", STATS_OTHER},
    {"impi", "text", "private identity of the UE", STATS_OTHER},
    {"b_tid", "text", "bootstrapping transaction identifier", STATS_OTHER},
    {"label", "text", "which key: K, OPC, KS, MUK, MRK, MSK or MTK", STATS_OTHER},
    {"id", "hex", "identifier of the MSK or MTK, where there is one", STATS_OTHER},
    {"value", "hex", "the key", STATS_OTHER},
    {NULL, NULL, NULL, STATS_OTHER},
};

static const struct stats_column columns_time = {"time_s", "s", "simulated time since the start of the run",
                                                 STATS_OTHER};

static void csv_row(const char *file, const struct stats_column *column)
{
    const char *cells[] = {file, column->name, column->unit, column->meaning};

    for (size_t cell = 0; cell < G_N_ELEMENTS(cells); cell++) {
        if (cell)
            putchar(',');
        format_csv_cell(stdout, cells[cell]);
    }
    putchar('\n');
}

static void metrics_print_csv(void)
{
    puts("file,column,unit,meaning");
    for (unsigned i = 0; i < scenario_schema.count; i++) {
        const struct config_key *key = &scenario_schema.keys[i];
        char *name = config_key_name(key);
        struct stats_column column = {name, config_type_unit(key->type), key->meaning, STATS_OTHER};

        csv_row("summary.csv", &column);
        g_free(name);
    }
    for (unsigned i = 0; i < storm_metric_count; i++)
        csv_row("summary.csv", &storm_metrics[i]);
    csv_row("timeseries.csv", &columns_time);
    for (unsigned i = 0; i < storm_series_count; i++)
        csv_row("timeseries.csv", &storm_series[i]);
    for (const struct stats_column *column = columns_latency; column->name; column++)
        csv_row("latency.csv", column);
    for (const struct stats_column *column = columns_distribution; column->name; column++)
        csv_row("distribution.csv", column);
    for (const struct stats_column *column = columns_keylog; column->name; column++)
        csv_row("keylog.csv", column);
}

static void print_column(const struct stats_column *column)
{
    printf("  %s (%s)\n", column->name, column->unit);
    format_wrapped(stdout, 6, WIDTH, column->meaning);
}

static void metrics_print_table(void)
{
    puts("summary.csv: a header and one row; first every scenario key as section.key\n"
         "(pullstorm keys) in base units, then");
    for (unsigned i = 0; i < storm_metric_count; i++)
        print_column(&storm_metrics[i]);
    puts("\ntimeseries.csv: a row per output.interval");
    print_column(&columns_time);
    for (unsigned i = 0; i < storm_series_count; i++)
        print_column(&storm_series[i]);
    puts("\nlatency.csv: a row per procedure");
    for (const struct stats_column *column = columns_latency; column->name; column++)
        print_column(column);
    puts("\n  Procedures:");
    for (unsigned i = 0; i < storm_procedure_count; i++) {
        printf("  %s\n", storm_procedures[i].name);
        format_wrapped(stdout, 6, WIDTH, storm_procedures[i].meaning);
    }
    puts("\ndistribution.csv: how often each procedure took how long");
    for (const struct stats_column *column = columns_distribution; column->name; column++)
        print_column(column);
    puts("\nkeylog.csv (--keylog): a row per key");
    for (const struct stats_column *column = columns_keylog; column->name; column++)
        print_column(column);
}

int metrics_command(int argc, char **argv)
{
    return cli_list(argc, argv,
                    "Lists every column of the CSV files that a run writes, with unit and meaning.",
                    metrics_print_table, metrics_print_csv);
}
