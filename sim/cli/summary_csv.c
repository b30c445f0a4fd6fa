/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* summary.csv, latency.csv and distribution.csv. They depend on the scenario, seed and engine alone. */
#include "sim/cli/cli.h"
#include "sim/cli/columns.h"
#include "sim/cli/format.h"
#include "sim/cli/report.h"
#include "sim/stats/csv.h"

/* "exp(0.002)": the kind, and its parameters in seconds. */
static void distribution_cell(struct csv *csv, const struct distribution *d)
{
    char a[FORMAT_SIZE], b[FORMAT_SIZE], sigma[G_ASCII_DTOSTR_BUF_SIZE];
    char *text = NULL;

    format_exact_seconds(a, d->a_ns);
    switch (d->kind) {
    case DISTRIBUTION_FIXED:
        text = g_strdup_printf("fixed(%s)", a);
        break;
    case DISTRIBUTION_EXP:
        text = g_strdup_printf("exp(%s)", a);
        break;
    case DISTRIBUTION_UNIFORM:
        text = g_strdup_printf("uniform(%s, %s)", a, format_exact_seconds(b, d->b_ns));
        break;
    case DISTRIBUTION_LOGNORMAL:
        text =
            g_strdup_printf("lognormal(%s, %s)", a, g_ascii_formatd(sigma, sizeof sigma, "%.15g", d->sigma));
        break;
    }
    csv_text(csv, text);
    g_free(text);
}

/* "60, 600" */
static void durations_cell(struct csv *csv, const struct durations *durations)
{
    GString *text = g_string_new(NULL);
    char one[FORMAT_SIZE];

    for (unsigned i = 0; i < durations->count; i++)
        g_string_append_printf(text, "%s%s", i ? ", " : "", format_exact_seconds(one, durations->ns[i]));
    csv_text(csv, text->str);
    g_string_free(text, TRUE);
}

void summary_parameter_cell(struct csv *csv, const struct config *config, const struct config_key *key)
{
    const void *member = (const char *)config + key->offset;
    char *word;

    switch (key->type) {
    case CONFIG_COUNT:
    case CONFIG_BIT_RATE:
    case CONFIG_BYTES:
        csv_integer(csv, *(const int64_t *)member);
        break;
    case CONFIG_DURATION:
    case CONFIG_SECONDS:
        csv_seconds(csv, *(const config_DURATION *)member);
        break;
    case CONFIG_SEED:
        csv_unsigned(csv, *(const config_SEED *)member);
        break;
    case CONFIG_SHARE:
    case CONFIG_EVENT_RATE:
        csv_real(csv, *(const double *)member);
        break;
    case CONFIG_DURATIONS:
        durations_cell(csv, member);
        break;
    case CONFIG_DISTRIBUTION:
        distribution_cell(csv, member);
        break;
    case CONFIG_CHOICE:
        word = cli_choice(key, *(const config_CHOICE *)member);
        csv_text(csv, word);
        g_free(word);
        break;
    case CONFIG_DATE:
    case CONFIG_TEXT:
        csv_text(csv, config_value_text(config, key));
        break;
    }
}

static void value_cell(struct csv *csv, const struct stats_value *value)
{
    switch (value->type) {
    case STATS_INTEGER:
        csv_integer(csv, value->integer);
        break;
    case STATS_REAL:
        csv_real(csv, value->real);
        break;
    case STATS_TEXT:
        csv_text(csv, value->text);
        break;
    }
}

static bool summary_rows(const struct report *report, struct csv *csv, GError **error)
{
    for (unsigned i = 0; i < scenario_schema.count; i++) {
        char *name = config_key_name(&scenario_schema.keys[i]);

        csv_text(csv, name);
        g_free(name);
    }
    for (unsigned i = 0; i < storm_metric_count; i++)
        csv_text(csv, storm_metrics[i].name);
    if (!csv_row_end(csv, error))
        return false;
    for (unsigned i = 0; i < scenario_schema.count; i++)
        summary_parameter_cell(csv, &report->scenario->config, &scenario_schema.keys[i]);
    for (unsigned i = 0; i < storm_metric_count; i++)
        value_cell(csv, &report->values[i]);
    return csv_row_end(csv, error);
}

static bool latency_rows(const struct report *report, struct csv *csv, GError **error)
{
    static const double quantiles[] = {0.5, 0.9, 0.95, 0.99, 0.999};

    for (const struct stats_column *column = columns_latency; column->name; column++)
        csv_text(csv, column->name);
    for (unsigned i = 0; i < storm_procedure_count; i++) {
        const struct histogram *h = storm_latency(report->storm, i);

        if (!csv_row_end(csv, error))
            return false;
        csv_text(csv, storm_procedures[i].name);
        csv_unsigned(csv, h->count);
        csv_real(csv, histogram_mean_s(h));
        for (size_t q = 0; q < G_N_ELEMENTS(quantiles); q++)
            csv_real(csv, h->count > 0 ? storm_quantile_s(report->storm, i, quantiles[q]) : 0);
        csv_seconds(csv, h->max_ns);
    }
    return csv_row_end(csv, error);
}

struct distribution_writer {
    struct csv *csv;
    const char *procedure;
    GError **error;
    bool good;
};

static void distribution_row(void *user, int64_t from_ns, int64_t to_ns, uint64_t count)
{
    struct distribution_writer *writer = user;

    if (!writer->good || !csv_row_end(writer->csv, writer->error)) {
        writer->good = false;
        return;
    }
    csv_text(writer->csv, writer->procedure);
    csv_seconds(writer->csv, from_ns);
    csv_seconds(writer->csv, to_ns);
    csv_unsigned(writer->csv, count);
}

static bool distribution_rows(const struct report *report, struct csv *csv, GError **error)
{
    struct distribution_writer writer = {csv, NULL, error, true};

    for (const struct stats_column *column = columns_distribution; column->name; column++)
        csv_text(csv, column->name);
    for (unsigned i = 0; i < storm_procedure_count && writer.good; i++) {
        writer.procedure = storm_procedures[i].name;
        histogram_each(storm_latency(report->storm, i), HISTOGRAM_STEPS, distribution_row, &writer);
    }
    return writer.good && csv_row_end(csv, error);
}

/* Opens, writes by `rows`, closes; the first error is reported. */
static bool write_csv(const struct report *report, const char *path,
                      bool (*rows)(const struct report *, struct csv *, GError **), GError **error)
{
    struct csv *csv = csv_open(path, error);

    if (!csv)
        return false;
    if (!rows(report, csv, error)) {
        csv_close(csv, NULL);
        return false;
    }
    return csv_close(csv, error);
}

bool summary_csv_write(const struct report *report, const char *path, GError **error)
{
    return write_csv(report, path, summary_rows, error);
}

bool latency_csv_write(const struct report *report, const char *path, GError **error)
{
    return write_csv(report, path, latency_rows, error);
}

bool distribution_csv_write(const struct report *report, const char *path, GError **error)
{
    return write_csv(report, path, distribution_rows, error);
}
