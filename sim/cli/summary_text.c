/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The screen that a run ends with. Metrics are looked up by name; one that does not exist, or has no value,
 * is left out. */
#include "sim/cli/format.h"
#include "sim/cli/load_notes.h"
#include "sim/cli/report.h"
#include "sim/cli/whatif.h"
#include "sim/config/value.h"

#include <math.h>
#include <string.h>

#define WIDTH  79
#define INDENT 13

enum show { SHOW_COUNT, SHOW_SECONDS, SHOW_BYTES, SHOW_RATIO };

struct item {
    const char *label, *metric;
    enum show show;
};

static bool lookup(const struct report *report, const char *name, double *value)
{
    for (unsigned i = 0; i < storm_metric_count; i++) {
        const struct stats_value *found = &report->values[i];

        if (strcmp(storm_metrics[i].name, name) != 0)
            continue;
        *value = found->type == STATS_INTEGER ? (double)found->integer : found->real;
        return !isnan(*value);
    }
    return false;
}

static char *show(char buffer[FORMAT_SIZE], enum show how, double value)
{
    switch (how) {
    case SHOW_COUNT:
        return format_count(buffer, (int64_t)value);
    case SHOW_SECONDS:
        return format_seconds(buffer, value);
    case SHOW_BYTES:
        return format_bytes(buffer, value);
    case SHOW_RATIO:
        g_snprintf(buffer, FORMAT_SIZE, "%.1f %%", value * 100);
        return buffer;
    }
    return buffer;
}

/* "Heading      label value, label value", in as many lines as it takes. */
struct paragraph {
    FILE *to;
    const char *heading;
    size_t column; /* 0: nothing printed yet */
};

static void summary_add(struct paragraph *p, const char *label, const char *value)
{
    size_t length = strlen(label) + strlen(value) + 1;

    if (p->column == 0) {
        fprintf(p->to, "%-*s", INDENT, p->heading);
        p->column = INDENT;
    } else if (p->column + 3 + length > WIDTH) {
        fprintf(p->to, ",\n%*s", INDENT, "");
        p->column = INDENT;
    } else {
        fputs(", ", p->to);
        p->column += 2;
    }
    fprintf(p->to, "%s%s%s", label, *label ? " " : "", value);
    p->column += length;
}

static void end(const struct paragraph *p)
{
    if (p->column)
        fputc('\n', p->to);
}

static void print_items(const struct report *report, FILE *to, const char *heading, const struct item *items)
{
    struct paragraph p = {to, heading, 0};
    char buffer[FORMAT_SIZE];
    double value;

    for (; items->metric; items++)
        if (lookup(report, items->metric, &value))
            summary_add(&p, items->label, show(buffer, items->show, value));
    if (p.column == 0)
        summary_add(&p, "", "-");
    end(&p);
}

static void print_title(const struct report *report, FILE *to)
{
    const struct scenario *s = report->scenario;
    char ues[FORMAT_SIZE], cells[FORMAT_SIZE];
    char *title =
        g_strdup_printf("%s: %s UEs in %s cells, pull rate %s, seed %" G_GUINT64_FORMAT ", %s",
                        s->config.name, format_count(ues, s->ue_count), format_count(cells, s->ue_cells),
                        scenario_value_text(s, scenario_key("pull", "rate")), s->run_seed, report->engine);

    format_wrapped(to, 0, WIDTH, title);
    fputc('\n', to);
    g_free(title);
}

static void print_whatif(const struct report *report, FILE *to)
{
    char *on = whatif_text(report->scenario);

    if (on) {
        char *line = g_strdup_printf("What if: %s. No standard has that.", on);

        format_wrapped(to, 0, WIDTH, line);
        fputc('\n', to);
        g_free(line);
    }
    g_free(on);
}

/* What could be said before the run. */
static void summary_print_load(const struct report *report, FILE *to)
{
    struct load load;

    load_of_scenario(report->scenario, &load);
    load_summary(&load, to);
    fputc('\n', to);
}

/* A share of the UEs in percent, and its complement to 100. Almost all is never shown as 100, almost none
 * never as 0. */
static char *format_share(char buffer[FORMAT_SIZE], double value, double whole)
{
    double percent = 100 * value / whole;

    if (percent > 50)
        percent = floor(percent * 1000) / 1000;
    else if (percent >= 1)
        percent = ceil(percent * 1000) / 1000;
    g_snprintf(buffer, FORMAT_SIZE, percent >= 1 ? "%.6g %%" : "%.3g %%", percent);
    return buffer;
}

/* UEs with and without key; why without, as far as the metrics say. The two sides count for themselves: a UE
 * that gave up is also one that did not answer. */
static void print_keyed(const struct report *report, FILE *to)
{
    static const struct item reason_items[] = {
        {"the UEs: gave up", "ues_gave_up", SHOW_COUNT},
        {"the BM-SC: no request accepted", "ues_unanswered", SHOW_COUNT},
        {NULL, NULL, SHOW_COUNT}};
    const struct item *reasons = reason_items;
    static const char *const names[] = {"ues_keyed", "ues_without_key"};
    static const char *const labels[] = {"with key", "without key"};
    struct paragraph p = {to, "UEs", 0};
    char buffer[FORMAT_SIZE], share[FORMAT_SIZE];
    double value, ues;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (!lookup(report, names[i], &value))
            continue;
        char *text = lookup(report, "ues", &ues) && ues > 0
                         ? g_strdup_printf("%s (%s)", format_count(buffer, (int64_t)value),
                                           format_share(share, value, ues))
                         : g_strdup(format_count(buffer, (int64_t)value));

        summary_add(&p, labels[i], text);
        g_free(text);
    }
    end(&p);

    p = (struct paragraph){to, "  seen by", 0};
    if (lookup(report, "ues", &ues) && lookup(report, "ues_solicited", &value) && value < ues)
        summary_add(&p, "the BM-SC: not pulled", format_count(buffer, (int64_t)(ues - value)));
    for (; reasons->metric; reasons++)
        if (lookup(report, reasons->metric, &value) && value != 0)
            summary_add(&p, reasons->label, format_count(buffer, (int64_t)value));
    end(&p);
}

static bool cut_off(const struct report *report)
{
    double value;

    return lookup(report, "cut_off", &value) && value != 0;
}

/* The share of all UEs that held the key at each deadline; a deadline after the end of the run has none. */
static void print_deadlines(const struct report *report, FILE *to)
{
    const struct config_key *key = scenario_key("output", "deadlines");
    char **deadlines = g_strsplit(scenario_value_text(report->scenario, key), ",", -1);
    struct paragraph p = {to, "  with key", 0};
    char buffer[FORMAT_SIZE], name[32];
    double value;

    for (unsigned i = 0; deadlines[i]; i++) {
        char *label = g_strdup_printf("within %s", g_strstrip(deadlines[i]));

        g_snprintf(name, sizeof name, "keyed_within_%u_ratio", i + 1);
        if (lookup(report, name, &value))
            summary_add(&p, label, format_share(buffer, value, 1));
        g_free(label);
    }
    end(&p);
    g_strfreev(deadlines);
}

/* When a share of all UEs held the key. */
static void print_update(const struct report *report, FILE *to)
{
    static const struct item shares[] = {{"50 % of all UEs after", "update_p50_s", SHOW_SECONDS},
                                         {"90 %", "update_p90_s", SHOW_SECONDS},
                                         {"99 %", "update_p99_s", SHOW_SECONDS},
                                         {"99.9 %", "update_p999_s", SHOW_SECONDS}};
    const char *none = cut_off(report) ? "not by the end" : "never";
    struct paragraph p = {to, "Update", 0};
    char buffer[FORMAT_SIZE];
    double value;

    for (size_t i = 0; i < G_N_ELEMENTS(shares); i++)
        summary_add(&p, shares[i].label,
                    lookup(report, shares[i].metric, &value) ? show(buffer, SHOW_SECONDS, value) : none);
    end(&p);
    print_deadlines(report, to);
}

/* The run ended before the storm: what is said is only about its beginning. */
/* What became of the storm, in a line. */
static void print_verdict(const struct report *report, FILE *to)
{
    enum load_verdict verdict = storm_verdict(report->storm);
    struct paragraph p = {to, "Verdict", 0};
    char buffer[FORMAT_SIZE];
    double value, late_s = 0;

    summary_add(&p, "", load_verdict_names[verdict]);
    if (verdict == LOAD_COLLAPSED) {
        static const char *const late[] = {"bmsc_late_max_s", "bsf_late_max_s", "hss_late_max_s"};

        for (size_t i = 0; i < G_N_ELEMENTS(late); i++)
            if (lookup(report, late[i], &value) && value > late_s)
                late_s = value;
        summary_add(&p, "nothing useful was served for", show(buffer, SHOW_SECONDS, late_s));
    }
    if (verdict != LOAD_CALM && lookup(report, "recovery_s", &value))
        summary_add(&p, "recovered by itself, from the last pull on in", show(buffer, SHOW_SECONDS, value));
    end(&p);
}

static void print_cut_off(const struct report *report, FILE *to)
{
    char *line;

    if (!cut_off(report))
        return;
    line = g_strdup_printf(
        "Cut off by run.end = %s, before the storm had ended: what came after is not in any number.",
        scenario_value_text(report->scenario, scenario_key("run", "end")));
    format_wrapped(to, 0, WIDTH, line);
    fputc('\n', to);
    g_free(line);
}

static void print_servers(const struct report *report, FILE *to)
{
    static const struct {
        const char *label, *prefix;
    } servers[] = {{"BM-SC", "bmsc"}, {"BSF", "bsf"}, {"HSS", "hss"}};
    static const struct item columns[] = {{"utilisation", "_utilisation_ratio", SHOW_RATIO},
                                          {"busiest second", "_utilisation_peak_ratio", SHOW_RATIO},
                                          {"longest queue", "_queue_max", SHOW_COUNT},
                                          {"mean wait", "_wait_mean_s", SHOW_SECONDS}};

    fprintf(to, "\n%-*s", INDENT, "Servers");
    for (size_t c = 0; c < G_N_ELEMENTS(columns); c++)
        fprintf(to, "%16s", columns[c].label);
    fputc('\n', to);
    for (size_t i = 0; i < G_N_ELEMENTS(servers); i++) {
        fprintf(to, "  %-*s", INDENT - 2, servers[i].label);
        for (size_t c = 0; c < G_N_ELEMENTS(columns); c++) {
            char *name = g_strconcat(servers[i].prefix, columns[c].metric, NULL);
            char buffer[FORMAT_SIZE];
            double value;

            fprintf(to, "%16s", lookup(report, name, &value) ? show(buffer, columns[c].show, value) : "-");
            g_free(name);
        }
        fputc('\n', to);
    }
    fputc('\n', to);
}

static void print_speed(const struct report *report, FILE *to)
{
    struct paragraph p = {to, "Speed", 0};
    char buffer[FORMAT_SIZE];
    double events = (double)storm_events(report->storm);

    summary_add(&p, "events", format_short(buffer, events));
    summary_add(&p, "events/s", format_short(buffer, report->wall_s > 0 ? events / report->wall_s : 0));
    summary_add(&p, "wall time", format_seconds(buffer, report->wall_s));
    summary_add(&p, "memory", format_bytes(buffer, (double)report->peak_memory_bytes));
    end(&p);
}

void summary_text_print(const struct report *report, FILE *to)
{
    static const struct item storm[] = {{"duration", "storm_duration_s", SHOW_SECONDS},
                                        {"pulls sent", "pulls_sent", SHOW_COUNT},
                                        {"received", "pulls_received", SHOW_COUNT},
                                        {"rejected", "pulls_rejected", SHOW_COUNT},
                                        {NULL, NULL, SHOW_COUNT}};
    static const struct item time_to_key[] = {{"of those with key: mean", "time_to_key_mean_s", SHOW_SECONDS},
                                              {"p50", "time_to_key_p50_s", SHOW_SECONDS},
                                              {"p99", "time_to_key_p99_s", SHOW_SECONDS},
                                              {"max", "time_to_key_max_s", SHOW_SECONDS},
                                              {NULL, NULL, SHOW_COUNT}};
    static const struct item refused[] = {{"BM-SC: 401", "http_401", SHOW_COUNT},
                                          {"503", "http_503", SHOW_COUNT},
                                          {"504", "http_504", SHOW_COUNT},
                                          {"BSF: 503", "ub_503", SHOW_COUNT},
                                          {"connections refused", "tcp_refused", SHOW_COUNT},
                                          {"failed", "tcp_failed", SHOW_COUNT},
                                          {NULL, NULL, SHOW_COUNT}};
    static const struct item again[] = {{"pulls", "pull_retransmissions", SHOW_COUNT},
                                        {"MSK messages", "msk_retransmissions", SHOW_COUNT},
                                        {"TCP segments", "tcp_retransmissions", SHOW_COUNT},
                                        {NULL, NULL, SHOW_COUNT}};
    static const struct item gba[] = {{"runs", "gba_runs", SHOW_COUNT},
                                      {"resyncs", "gba_resyncs", SHOW_COUNT},
                                      {"Zn requests", "zn_requests", SHOW_COUNT},
                                      {"Zh requests", "zh_requests", SHOW_COUNT},
                                      {NULL, NULL, SHOW_COUNT}};
    static const struct item traffic[] = {{"downlink", "downlink_bytes", SHOW_BYTES},
                                          {"uplink", "uplink_bytes", SHOW_BYTES},
                                          {"core", "core_bytes", SHOW_BYTES},
                                          {NULL, NULL, SHOW_COUNT}};

    print_title(report, to);
    print_whatif(report, to);
    summary_print_load(report, to);
    print_verdict(report, to);
    print_cut_off(report, to);
    print_items(report, to, "Storm", storm);
    print_keyed(report, to);
    print_update(report, to);
    print_items(report, to, "Time to key", time_to_key);
    print_servers(report, to);
    print_items(report, to, "Refused", refused);
    print_items(report, to, "Sent again", again);
    print_items(report, to, "GBA", gba);
    print_items(report, to, "Traffic", traffic);
    print_speed(report, to);
    fprintf(to, "%-*s%s/summary.csv, timeseries.csv, latency.csv ...\n", INDENT, "Files", report->target);
}
