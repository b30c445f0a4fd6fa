/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm plan: the values of a key that meet a target; of two keys the cheapest combination. */
#include "sim/study/plan.h"

#include "sim/cli/cli.h"
#include "sim/cli/format.h"
#include "sim/cli/needs.h"
#include "sim/cli/plan.h"
#include "sim/cli/study_command.h"
#include "sim/cli/sweep.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define JOBS_MAX 4096
/* Without --replications: at least and at most. */
#define FIRST_STANDARD 3
#define LAST_STANDARD  10
#define PROGRESS_MS    500

struct options {
    char **settings, **vary;
    char *dir, *target, *cost, *replications, *jobs;
    gboolean largest, any_version, dry_run, quiet;
};

static enum cli_parsed plan_options_parse(struct options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"target", 0, 0, G_OPTION_ARG_STRING, &o->target,
         "what is to be met, e.g. 'time_to_key_p99_s <= 60 and ues_without_key <= 0'", "CONDITION"},
        {"vary", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &o->vary,
         "the key and its values, e.g. bmsc.workers=1..64; given twice: two keys, with --cost", "KEY=RANGE"},
        {"cost", 0, 0, G_OPTION_ARG_STRING, &o->cost,
         "of two keys: what is to be least, e.g. '3*bmsc.workers + 10*hss.workers'", "SUM"},
        {"set", 's', 0, G_OPTION_ARG_FILENAME_ARRAY, &o->settings,
         "set a key of a scenario; may be given again", "SECTION.KEY=VALUE"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "folder of the plan (default results/<study name>, or results/<scenario name>-plan)", "DIR"},
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &o->jobs, "runs at a time (default: as many as processors)",
         "N"},
        {"replications", 0, 0, G_OPTION_ARG_STRING, &o->replications,
         "replications of a value: at least A, at most B (default 3..10)", "A..B"},
        {"largest", 0, 0, G_OPTION_ARG_NONE, &o->largest, "look for the largest value, not the smallest",
         NULL},
        {"any-version", 0, 0, G_OPTION_ARG_NONE, &o->any_version, "take results of other versions, too",
         NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run, "only say what it will take", NULL},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet,
         "tell neither what it will take, nor each value that was decided, nor the time left", NULL},
        {.long_name = NULL}};

    return cli_parse(
        "STUDY|SCENARIO",
        "Finds for each point of a study, or for a scenario, the smallest value of a key that meets a\n"
        "target, or the window of values that do: a coarse grid of replicated runs first, then between\n"
        "its values. Of two keys with prices it finds the cheapest combination. Writes plan.csv and\n"
        "plan_curve.csv. What is in the folder is not run again. Exit status 1 when a run failed or\n"
        "Ctrl-C stopped it.",
        entries, argc, argv);
}

/* A progress line may be on the screen. */
static void plan_note_tell(const char *text)
{
    fprintf(stderr, "%s%s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "", text);
}

struct watched {
    const struct plan *plan;
    struct sweep_progress progress;
};

static gboolean plan_progress_on_time(gpointer user)
{
    struct watched *watched = user;

    plan_progress(watched->plan, &watched->progress.ended, &watched->progress.total);
    sweep_progress_print(&watched->progress);
    return G_SOURCE_CONTINUE;
}

/* plan_run() with a line on a terminal: runs that have ended, time left. */
static enum plan_outcome run_watched(struct plan *plan, bool shown, GError **error)
{
    struct watched watched = {plan, {.start_us = g_get_monotonic_time()}};
    guint source =
        shown && isatty(STDERR_FILENO) ? g_timeout_add(PROGRESS_MS, plan_progress_on_time, &watched) : 0;
    enum plan_outcome outcome = plan_run(plan, error);

    if (source) {
        g_source_remove(source);
        fputs("\r\033[K", stderr);
    }
    return outcome;
}

/* "about 33 runs (3 are there), usually at most 81; about 2 min on 2 processors, ..." */
static void say_cost(const struct plan *plan, unsigned at_a_time, FILE *to)
{
    struct plan_cost cost = plan_cost(plan);
    unsigned processors = MIN(at_a_time, g_get_num_processors());
    double slowness = needs_slowness();
    char least[FORMAT_SIZE], most[FORMAT_SIZE];

    fprintf(to, "about %u runs", cost.runs);
    if (cost.there > 0)
        fprintf(to, " (%u of them are there)", cost.there);
    fprintf(to,
            ", usually at most %u; about %s on %u processor%s, at most %s, if each UE is served at its first "
            "try\n",
            cost.runs_most, format_seconds(least, cost.cpu_s * slowness / processors), processors,
            processors == 1 ? "" : "s", format_seconds(most, cost.cpu_most_s * slowness / processors));
}

static bool read_jobs(const char *text, unsigned *out)
{
    char *end;
    int64_t jobs;

    *out = g_get_num_processors();
    if (!text)
        return true;
    jobs = g_ascii_strtoll(text, &end, 10);
    if (!g_ascii_isdigit(*text) || *end || jobs < 1 || jobs > JOBS_MAX) {
        cli_error("--jobs: \"%s\" is not right, expected a number from 1 to %d", text, JOBS_MAX);
        return false;
    }
    *out = (unsigned)jobs;
    return true;
}

/* A lone N is both bounds. */
static bool read_replications(const char *text, const struct study *study, struct plan_options *out)
{
    out->first = MAX(FIRST_STANDARD, study->replications);
    out->last = MAX(LAST_STANDARD, out->first);
    if (!text)
        return true;
    if (!study_command_replications(text, &out->first, &out->last))
        return false;
    if (!g_strstr_len(text, -1, ".."))
        out->first = out->last;
    return true;
}

static int give_answers(const struct plan *plan, const struct study *study, const char *dir, bool two)
{
    GError *error = NULL;
    char *remark;

    if (!plan_write(plan, &error))
        return study_command_give_up(error);
    for (unsigned point = 1; point <= study->point_count; point++) {
        char *text = plan_answer_text(plan, point);

        puts(text);
        g_free(text);
    }
    remark = plan_remark_text(plan);
    if (remark)
        puts(remark);
    g_free(remark);
    printf("%u runs made, %u found; %s/plan.csv, %s/plan_curve.csv", plan_runs_made(plan),
           plan_runs_found(plan), dir, dir);
    if (two)
        printf(", %s/frontier.csv", dir);
    putchar('\n');
    if (cli_finish_output() != CLI_OK)
        return CLI_FAILED;
    return plan_failures(plan) > 0 ? CLI_FAILED : CLI_OK;
}

static int search(const struct study *study, const struct plan_options *options, bool dry_run)
{
    GError *error = NULL;
    struct plan *plan = plan_new(study, options, &error);
    int status = CLI_FAILED;

    if (!plan) {
        cli_error("%s", error->message);
        g_error_free(error);
        return CLI_WRONG;
    }
    if (dry_run) {
        say_cost(plan, options->at_a_time, stdout);
        plan_free(plan);
        return cli_finish_output();
    }
    study_command_clear(options->dir);
    study_command_tell_limit(study);
    if (options->note)
        say_cost(plan, options->at_a_time, stderr);
    switch (run_watched(plan, options->note != NULL, &error)) {
    case PLAN_DONE:
        status = give_answers(plan, study, options->dir, options->vary[1] != NULL);
        break;
    case PLAN_INTERRUPTED:
        cli_error("interrupted; finished runs are kept, and the same command goes on from there");
        break;
    case PLAN_REFUSED:
        status = study_command_give_up(error);
        break;
    }
    plan_free(plan);
    return status;
}

static bool read_vary(const struct options *o, struct plan_options *out)
{
    unsigned count = o->vary ? g_strv_length(o->vary) : 0;

    if (!o->target || count == 0) {
        cli_error("plan: expected --%s (pullstorm plan --help)", o->target ? "vary" : "target");
        return false;
    }
    if (count > PLAN_KEYS_MAX) {
        cli_error("--vary: given %u times, expected at most %d keys", count, PLAN_KEYS_MAX);
        return false;
    }
    for (unsigned i = 0; i < count; i++)
        out->vary[i] = o->vary[i];
    return true;
}

/* The study, or one of the scenario and what is set; NULL and a message. */
static struct study *plan_study_load(const struct options *o, const char *path)
{
    if (!plan_is_study(path))
        return plan_study_of(path, o->settings);
    if (!o->settings)
        return study_command_load(path);
    cli_error("plan: -s %s: sets a key of a scenario, and %s is a study, expected it in its [set]",
              o->settings[0], path);
    return NULL;
}

static int plan_options_run(const struct options *o, const struct study *study)
{
    struct plan_options options = {.target = o->target,
                                   .cost = o->cost,
                                   .largest = o->largest,
                                   .any_version = o->any_version,
                                   .note = o->quiet ? NULL : plan_note_tell};
    char *dir, *program;
    int status;

    if (!read_vary(o, &options) || !read_jobs(o->jobs, &options.at_a_time) ||
        !read_replications(o->replications, study, &options))
        return CLI_WRONG;
    program = g_file_read_link("/proc/self/exe", NULL);
    if (!program) {
        cli_error("plan: /proc/self/exe: cannot find this program to run it");
        return CLI_FAILED;
    }
    dir = study_command_dir(study, o->dir);
    options.program = program;
    options.dir = dir;
    status = search(study, &options, o->dry_run);
    g_free(program);
    g_free(dir);
    return status;
}

int plan_command(int argc, char **argv)
{
    struct options options = {.dir = NULL};
    enum cli_parsed parsed = plan_options_parse(&options, &argc, argv);
    struct study *study = NULL;
    int status = CLI_WRONG;

    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc != 2)
        cli_error("plan: expected one STUDY or SCENARIO, got %d (pullstorm plan --help)", argc - 1);
    else if (parsed == CLI_GO && (study = plan_study_load(&options, argv[1])) != NULL)
        status = plan_options_run(&options, study);
    study_free(study);
    g_free(options.dir);
    g_free(options.target);
    g_free(options.cost);
    g_strfreev(options.vary);
    g_strfreev(options.settings);
    g_free(options.replications);
    g_free(options.jobs);
    return status;
}
