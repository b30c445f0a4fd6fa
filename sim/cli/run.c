/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm run: one scenario, one result. */
#include "sim/base/memory.h"
#include "sim/cli/cli.h"
#include "sim/cli/format.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/needs.h"
#include "sim/cli/output_dir.h"
#include "sim/cli/progress.h"
#include "sim/cli/report.h"
#include "sim/cli/trace_option.h"
#include "sim/config/value.h"
#include "sim/net/ns3/ns3_network.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define THREADS_MAX 4096

struct run_options {
    char *output, *seed, *engine, *threads, *subscribers, *trace_ues;
    char **settings;
    gboolean pcap, pcap_devices, keylog, write_subscribers, force, ignore_needs, quiet;
    int thread_count;
};

struct run {
    struct run_options options;
    char **command_line;
    struct scenario *scenario;
    char *target; /* as the user named it */
    struct output_dir *dir;
    GArray *traced; /* uint32_t: numbers of UEs, sorted */
    struct storm *storm;
    struct progress progress;
    char *needs; /* what it takes, for the message if memory runs out */
};

static const char about[] = "Simulates one scenario, writes its result into a folder, and prints a summary.\n"
                            "The result does not depend on --threads; the ns3 engine runs on one. The first\n"
                            "Ctrl-C stops the run and removes its output, the second ends it at once.";

static enum cli_parsed run_options_parse(struct run_options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->output,
         "folder of the result (default results/<scenario name>)", "DIR"},
        {"set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->settings, "set a scenario key; may be given again",
         "SECTION.KEY=VALUE"},
        {"seed", 0, 0, G_OPTION_ARG_STRING, &o->seed, "run.seed: seed of every random draw", "N"},
        {"engine", 0, 0, G_OPTION_ARG_STRING, &o->engine,
         "run.engine: how the network is simulated (pullstorm --version names what is compiled in)",
         "native|ns3"},
        {"threads", 0, 0, G_OPTION_ARG_STRING, &o->threads,
         "threads of the native engine, at least 1 (default 1)", "N"},
        {"pcap", 0, 0, G_OPTION_ARG_NONE, &o->pcap, "write capture.pcap, for Wireshark", NULL},
        {"pcap-devices", 0, 0, G_OPTION_ARG_NONE, &o->pcap_devices,
         "write a capture of every device, device-*.pcap (engine ns3)", NULL},
        {"keylog", 0, 0, G_OPTION_ARG_NONE, &o->keylog, "write keylog.csv, every key that came to be", NULL},
        {"trace-ue", 0, 0, G_OPTION_ARG_STRING, &o->trace_ues,
         "write trace-ue-N.txt, all that happened to UE N; a list such as 3,8-10", "N"},
        {"subscribers", 0, 0, G_OPTION_ARG_FILENAME, &o->subscribers,
         "K, OPc and SQN of the UEs, instead of those that the seed gives", "FILE"},
        {"write-subscribers", 0, 0, G_OPTION_ARG_NONE, &o->write_subscribers,
         "write subscribers.csv: K, OPc and SQN of every UE", NULL},
        {"force", 0, 0, G_OPTION_ARG_NONE, &o->force, "replace an earlier result, once the new one is whole",
         NULL},
        {"ignore-needs", 0, 0, G_OPTION_ARG_NONE, &o->ignore_needs,
         "run although memory or disk will not do by what check says", NULL},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet, "print errors only", NULL},
        {.long_name = NULL}};

    return cli_parse("SCENARIO", about, entries, argc, argv);
}

/* Options that stand for a key are checked as that key, under their own name. */
static bool option_is_key(const char *option, const char *text, const char *name)
{
    struct config_value value;
    char *why = NULL;

    if (!text || config_value_parse(scenario_key("run", name), text, &value, &why))
        return true;
    cli_error("--%s: %s", option, why);
    g_free(why);
    return false;
}

static bool check_options(struct run_options *o)
{
    if (!option_is_key("seed", o->seed, "seed") || !option_is_key("engine", o->engine, "engine"))
        return false;
    o->thread_count = 1;
    if (o->threads) {
        char *end;
        int64_t threads = g_ascii_strtoll(o->threads, &end, 10);

        if (!g_ascii_isdigit(*o->threads) || *end || threads < 1 || threads > THREADS_MAX) {
            cli_error("--threads: \"%s\" is not right, expected a number from 1 to %d", o->threads,
                      THREADS_MAX);
            return false;
        }
        o->thread_count = (int)threads;
    }
    return true;
}

/* --trace-ue, which knows ue.count. */
static bool run_read_traced(struct run *run)
{
    char *why = NULL;

    if (!run->options.trace_ues ||
        trace_option_read(run->options.trace_ues, (uint32_t)run->scenario->ue_count, run->traced, &why))
        return true;
    cli_error("--trace-ue: %s", why);
    g_free(why);
    return false;
}

/* The settings of -s, then those that --seed and --engine stand for. */
static bool run_load(struct run *run, const char *path)
{
    GPtrArray *settings = g_ptr_array_new_with_free_func(g_free);

    for (char **setting = run->options.settings; setting && *setting; setting++)
        g_ptr_array_add(settings, g_strdup(*setting));
    if (run->options.seed)
        g_ptr_array_add(settings, g_strconcat("run.seed=", run->options.seed, NULL));
    if (run->options.engine)
        g_ptr_array_add(settings, g_strconcat("run.engine=", run->options.engine, NULL));
    g_ptr_array_add(settings, NULL);
    run->scenario = cli_load(path, (const char *const *)settings->pdata, storm_check);
    g_ptr_array_free(settings, TRUE);
    if (!run->scenario)
        return false;
    if (!run_read_traced(run))
        return false;
    const struct network_engine *engine = cli_engine(run->scenario);
    if (run->options.pcap_devices && !engine->has_devices)
        cli_error("--pcap-devices: engine %s has no devices, --pcap captures all its packets", engine->name);
    return !run->options.pcap_devices || engine->has_devices;
}

/* A message for the user, below a progress line if there is one. */
static int give_up(struct run *run, int status, GError *error)
{
    char *message = run->dir ? output_dir_message(run->dir, error->message) : g_strdup(error->message);

    progress_end(&run->progress);
    cli_error("%s", message);
    g_free(message);
    g_error_free(error);
    return status;
}

static bool on_progress(void *user, const struct storm *storm)
{
    struct run *run = user;

    if (interrupt_pending())
        return false;
    if (progress_due(&run->progress)) {
        struct progress_state state = {.simulated_s = (double)storm_now_ns(storm) / 1e9,
                                       .end_s = (double)run->scenario->run_end / 1e9,
                                       .ues = storm_ues(storm),
                                       .ues_done = storm_ues_done(storm)};

        progress_show(&run->progress, &state, storm_events(storm));
    }
    return true;
}

static int make_storm(struct run *run)
{
    char *series = output_dir_path(run->dir, "timeseries.csv");
    char *capture = output_dir_path(run->dir, "capture.pcap");
    char *keylog = output_dir_path(run->dir, "keylog.csv");
    char *subscribers = output_dir_path(run->dir, "subscribers.csv");
    char *devices = output_dir_path(run->dir, "");
    char *traces = output_dir_path(run->dir, "trace-ue-");
    struct ns3_options ns3;
    const void *engine_options =
        cli_engine_options(run->scenario, run->options.pcap_devices ? devices : NULL, &ns3);
    const struct storm_options options = {.engine = cli_engine(run->scenario),
                                          .engine_options = engine_options,
                                          .threads = (unsigned)run->options.thread_count,
                                          .capture_path = run->options.pcap ? capture : NULL,
                                          .keylog_path = run->options.keylog ? keylog : NULL,
                                          .series_path = series,
                                          .subscribers_path = run->options.subscribers,
                                          .write_subscribers_path =
                                              run->options.write_subscribers ? subscribers : NULL,
                                          .trace_prefix = traces,
                                          .trace_ues = (const uint32_t *)(void *)run->traced->data,
                                          .trace_count = run->traced->len,
                                          .progress = on_progress,
                                          .user = run};
    GError *error = NULL;

    run->storm = storm_new(run->scenario, &options, &error);
    g_free(devices);
    g_free(traces);
    g_free(series);
    g_free(capture);
    g_free(keylog);
    g_free(subscribers);
    if (run->storm)
        return CLI_OK;
    /* A file that cannot be made and memory that is not there are the run's failure; all else is the
     * scenario's. */
    return give_up(run, error->domain == G_FILE_ERROR ? CLI_FAILED : CLI_WRONG, error);
}

static int run_storm(struct run *run)
{
    GError *error = NULL;
    char *what = NULL;

    switch (storm_run(run->storm, &error)) {
    case STORM_DONE:
        break;
    case STORM_INTERRUPTED:
        progress_end(&run->progress);
        cli_error("interrupted; the unfinished result was removed");
        return CLI_FAILED;
    case STORM_FAILED:
        return give_up(run, CLI_FAILED, error);
    }
    progress_end(&run->progress);
    if (!storm_books_balance(run->storm, &what)) {
        cli_error("the books of this run do not balance, so its result is not written: %s", what);
        g_free(what);
        return CLI_FAILED;
    }
    return CLI_OK;
}

/* Our own files, into the hidden sibling. */
static bool write_files(const struct run *run, const struct report *report, GError **error)
{
    static const struct {
        const char *name;
        bool (*write)(const struct report *, const char *, GError **);
    } files[] = {{"summary.csv", summary_csv_write},
                 {"latency.csv", latency_csv_write},
                 {"distribution.csv", distribution_csv_write},
                 {"manifest.json", manifest_write}};
    bool good = true;

    for (size_t i = 0; i < G_N_ELEMENTS(files) && good; i++) {
        char *path = output_dir_path(run->dir, files[i].name);

        good = files[i].write(report, path, error);
        g_free(path);
    }
    return good;
}

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Writes what was measured, renames the folder to its final place, and prints the summary. */
static int run_finish(struct run *run, char *started, int64_t start_us)
{
    struct stats_value *values = g_new0(struct stats_value, storm_metric_count);
    char *engine = cli_choice(scenario_key("run", "engine"), run->scenario->run_engine);
    struct report report = {.scenario = run->scenario,
                            .storm = run->storm,
                            .values = values,
                            .command_line = run->command_line,
                            .engine = engine,
                            .target = run->target,
                            .threads = run->options.thread_count,
                            .started = started,
                            .wall_s = (double)(g_get_monotonic_time() - start_us) / 1e6};
    struct rusage usage;
    GError *error = NULL;
    int status = CLI_OK;
    bool good;

    getrusage(RUSAGE_SELF, &usage);
    report.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    report.peak_memory_bytes = (int64_t)usage.ru_maxrss * 1024;
    storm_summary(run->storm, values);
    good = write_files(run, &report, &error);
    if (good && interrupt_pending()) {
        cli_error("interrupted; the unfinished result was removed");
        status = CLI_FAILED;
    } else if (good) {
        good = output_dir_commit(run->dir, &error);
        run->dir = NULL;
        memory_set_reporter(NULL, NULL); /* nothing is removed any more */
    }
    if (!good)
        status = give_up(run, CLI_FAILED, error);
    else if (status == CLI_OK && !run->options.quiet) {
        summary_text_print(&report, stdout);
        status = cli_finish_output();
    }
    g_free(engine);
    g_free(values);
    return status;
}

/* Memory has run out in mid-run. */
static void tell_needs(void *user, size_t bytes)
{
    struct run *run = user;
    char more[FORMAT_SIZE];

    progress_end(&run->progress);
    if (bytes > 0)
        cli_error("out of memory, there are no %s more: this run %s; the unfinished result was removed",
                  format_bytes(more, (double)bytes), run->needs);
    else
        cli_error("out of memory: this run %s; the unfinished result was removed", run->needs);
}

/* False and a message if it is known before the run that it cannot be done. */
static bool can_be_done(struct run *run)
{
    const struct run_options *o = &run->options;
    const struct needs_files files = {o->pcap, o->pcap_devices, o->keylog};
    char *missing;

    run->needs = needs_memory_text(run->scenario);
    missing = o->ignore_needs ? NULL : needs_missing(run->scenario, &files, run->target);

    if (!missing)
        return true;
    cli_error("%s; --ignore-needs tries it all the same", missing);
    g_free(missing);
    return false;
}

static int simulate(struct run *run)
{
    int64_t start_us = g_get_monotonic_time();
    GDateTime *now = g_date_time_new_now_utc();
    char *started = g_date_time_format(now, "%Y-%m-%dT%H:%M:%SZ");
    GError *error = NULL;
    int status = CLI_OK;

    g_date_time_unref(now);
    interrupt_install();
    memory_set_reporter(tell_needs, run);
    run->dir = output_dir_begin(run->target, run->options.force, &error);
    if (!run->dir)
        status = give_up(run, CLI_FAILED, error);
    if (status == CLI_OK)
        status = make_storm(run);
    progress_start(&run->progress, !run->options.quiet);
    if (status == CLI_OK)
        status = run_storm(run);
    if (status == CLI_OK)
        status = run_finish(run, started, start_us);
    if (run->storm)
        storm_free(run->storm);
    if (run->dir)
        output_dir_abort(run->dir);
    memory_set_reporter(NULL, NULL);
    g_free(started);
    return status;
}

int run_command(int argc, char **argv)
{
    struct run run = {.command_line = g_new0(char *, argc + 2),
                      .traced = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
    enum cli_parsed parsed;
    int status = CLI_WRONG;

    run.command_line[0] = g_strdup("pullstorm");
    for (int i = 0; i < argc; i++)
        run.command_line[i + 1] = g_strdup(argv[i]);
    parsed = run_options_parse(&run.options, &argc, argv);
    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc != 2)
        cli_error("run: expected one SCENARIO, got %d (pullstorm run --help)", argc - 1);
    else if (parsed == CLI_GO && check_options(&run.options) && run_load(&run, argv[1])) {
        run.target = run.options.output ? g_strdup(run.options.output)
                                        : g_build_filename("results", run.scenario->config.name, NULL);
        status = can_be_done(&run) ? simulate(&run) : CLI_FAILED;
    }
    scenario_free(run.scenario);
    g_strfreev(run.command_line);
    g_strfreev(run.options.settings);
    g_free(run.options.output);
    g_free(run.options.seed);
    g_free(run.options.engine);
    g_free(run.options.threads);
    g_free(run.options.subscribers);
    g_free(run.options.trace_ues);
    g_array_free(run.traced, TRUE);
    g_free(run.target);
    g_free(run.needs);
    return status;
}
