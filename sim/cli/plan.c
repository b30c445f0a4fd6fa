/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm plan: the smallest value of a key that meets a target. */
#include "sim/study/plan.h"

#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"

#include <stdio.h>

#define JOBS_MAX 4096
/* Without --replications: at least and at most. */
#define FIRST_STANDARD 3
#define LAST_STANDARD  10

struct options {
    char *dir, *target, *vary, *replications, *jobs;
    gboolean largest, any_version, quiet;
};

static enum cli_parsed parse_options(struct options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"target", 0, 0, G_OPTION_ARG_STRING, &o->target,
         "what is to be met, e.g. 'time_to_key_p99_s <= 60 and ues_without_key <= 0'", "CONDITION"},
        {"vary", 0, 0, G_OPTION_ARG_STRING, &o->vary, "the key and its values, e.g. bmsc.workers=1..64",
         "KEY=RANGE"},
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "folder of the study (default results/<study name>)", "DIR"},
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &o->jobs, "runs at a time (default: as many as processors)",
         "N"},
        {"replications", 0, 0, G_OPTION_ARG_STRING, &o->replications,
         "replications of a value: at least A, at most B (default 3..10)", "A..B"},
        {"largest", 0, 0, G_OPTION_ARG_NONE, &o->largest, "look for the largest value, not the smallest",
         NULL},
        {"any-version", 0, 0, G_OPTION_ARG_NONE, &o->any_version, "take results of other versions, too",
         NULL},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet, "do not tell each value that was decided", NULL},
        {.long_name = NULL}};

    return cli_parse(
        "STUDY",
        "Finds for each point of a study the smallest value of a key that meets a target, by\n"
        "bisection over replicated runs, and writes plan.csv and plan_curve.csv. What stands in the\n"
        "folder is not run again. Exit status 1 when a run failed or Ctrl-C stopped it.",
        entries, argc, argv);
}

static void tell(const char *text)
{
    fprintf(stderr, "%s\n", text);
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

static int give_answers(const struct plan *plan, const struct study *study, const char *dir)
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
    printf("%u runs made, %u found; %s/plan.csv, %s/plan_curve.csv\n", plan_runs_made(plan),
           plan_runs_found(plan), dir, dir);
    if (cli_finish_output() != CLI_OK)
        return CLI_FAILED;
    return plan_failures(plan) > 0 ? CLI_FAILED : CLI_OK;
}

static int search(const struct study *study, const struct plan_options *options)
{
    GError *error = NULL;
    struct plan *plan = plan_new(study, options, &error);
    int status = CLI_FAILED;

    if (!plan) {
        cli_error("%s", error->message);
        g_error_free(error);
        return CLI_WRONG;
    }
    switch (plan_run(plan, &error)) {
    case PLAN_DONE:
        status = give_answers(plan, study, options->dir);
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

static int command(const struct options *o, const struct study *study)
{
    struct plan_options options = {.target = o->target,
                                   .vary = {o->vary},
                                   .largest = o->largest,
                                   .any_version = o->any_version,
                                   .note = o->quiet ? NULL : tell};
    char *dir, *program;
    int status;

    if (!o->target || !o->vary) {
        cli_error("plan: expected --%s (pullstorm plan --help)", o->target ? "vary" : "target");
        return CLI_WRONG;
    }
    if (!read_jobs(o->jobs, &options.at_a_time) || !read_replications(o->replications, study, &options))
        return CLI_WRONG;
    program = g_file_read_link("/proc/self/exe", NULL);
    if (!program) {
        cli_error("plan: /proc/self/exe: cannot find this program to run it");
        return CLI_FAILED;
    }
    dir = study_command_dir(study, o->dir);
    options.program = program;
    options.dir = dir;
    study_command_clear(dir);
    study_command_tell_limit(study);
    status = search(study, &options);
    g_free(program);
    g_free(dir);
    return status;
}

int plan_command(int argc, char **argv)
{
    struct options options = {.dir = NULL};
    enum cli_parsed parsed = parse_options(&options, &argc, argv);
    struct study *study = NULL;
    int status = CLI_WRONG;

    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc != 2)
        cli_error("plan: expected one STUDY, got %d (pullstorm plan --help)", argc - 1);
    else if (parsed == CLI_GO && (study = study_command_load(argv[1])) != NULL)
        status = command(&options, study);
    study_free(study);
    g_free(options.dir);
    g_free(options.target);
    g_free(options.vary);
    g_free(options.replications);
    g_free(options.jobs);
    return status;
}
