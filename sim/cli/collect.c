/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm collect: tables of the runs of a study. */
#include "sim/study/collect.h"

#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"
#include "sim/study/folder.h"

#include <stdio.h>
#include <unistd.h>

struct options {
    char *dir, *replications, *until;
    gboolean any_version;
};

static enum cli_parsed collect_options_parse(struct options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "folder of the study (default results/<study name>)", "DIR"},
        {"replications", 0, 0, G_OPTION_ARG_STRING, &o->replications,
         "replications 1 to N only, or A to B (default: what the study says, and further ones in DIR)",
         "N|A..B"},
        {"check-until", 0, 0, G_OPTION_ARG_STRING, &o->until,
         "write nothing; print the points whose 95 % interval is not yet so narrow", "'ci(METRIC) < P%'"},
        {"any-version", 0, 0, G_OPTION_ARG_NONE, &o->any_version, "take results of other versions, too",
         NULL},
        {.long_name = NULL}};

    return cli_parse(
        "STUDY",
        "Makes runs.csv (a row per run) and study.csv (a row per point) of the finished runs of a\n"
        "study. Exit status 1 when runs are missing or failed; the tables are written all the same.",
        entries, argc, argv);
}

/* What the study lacks; the status of the command. */
static int collect_report(const GArray *runs, const char *dir)
{
    unsigned done = 0, failed = 0, missing = 0;

    for (unsigned i = 0; i < runs->len; i++) {
        const struct study_run *run = &g_array_index(runs, struct study_run, i);

        if (run->result.state == RESULT_DAMAGED) {
            char *name = study_run_name(run->point, run->replication);

            cli_error("%s/runs/%s: damaged, counts as missing: %s", dir, name, run->result.why);
            g_free(name);
        }
        if (run->result.metrics)
            done++;
        else if (run->result.state == RESULT_FAILED)
            failed++;
        else
            missing++;
    }
    if (failed + missing == 0)
        return CLI_OK;
    cli_error("collect: %u of %u runs are done, %u failed, %u missing", done, runs->len, failed, missing);
    return CLI_FAILED;
}

static int collect(const struct study *study, const GArray *runs, const char *dir)
{
    GError *error = NULL;
    int status = collect_report(runs, dir);

    if (!collect_write(study, runs, dir, &error))
        return study_command_give_up(error);
    return status;
}

/* Runs get other numbers only where nobody is at work. */
static int begin(const struct study *study, const char *dir)
{
    GError *error = NULL;
    bool renumbers = false, good;
    int lock = -1;

    good = folder_fits(study, dir, &error) && folder_renumbers(study, dir, &renumbers, &error) &&
           (!renumbers || (lock = folder_lock(dir, &error)) >= 0) && folder_begin(study, dir, &error);
    if (lock >= 0)
        close(lock);
    if (!good)
        return study_command_give_up(error);
    study_command_clear(dir);
    return CLI_OK;
}

static int check_until(const struct study *study, const GArray *runs, const struct collect_until *until)
{
    for (unsigned point = 1; point <= study->point_count; point++) {
        const struct study_run *failed = collect_given_up(runs, point);

        if (failed)
            study_command_given_up("", failed);
        else if (!collect_narrow(study, runs, point, until))
            printf("%u\n", point);
    }
    return cli_finish_output();
}

static int collect_options_run(const struct options *o, const struct study *study, const char *dir)
{
    struct runs_wanted wanted = {.first = 1,
                                 .last = study->replications,
                                 .further = !o->replications,
                                 .dir = dir,
                                 .any_version = o->any_version};
    struct collect_until until = {.metric = 0};
    GError *error = NULL;
    GArray *runs;
    char *other;
    int status;

    if (o->replications && !study_command_replications(o->replications, &wanted.first, &wanted.last))
        return CLI_WRONG;
    if (o->until && !collect_until_parse(o->until, study->host, &until, &error)) {
        cli_error("--check-until: %s", error->message);
        g_error_free(error);
        return CLI_WRONG;
    }
    status = o->until ? study_command_as_it_is(study, dir) : begin(study, dir);
    if (status != CLI_OK)
        return status;
    runs = runs_list(study, &wanted, &error);
    if (!runs)
        return study_command_give_up(error);
    other = o->any_version ? NULL : runs_other_version(runs);
    if (other) {
        study_command_other_version(dir, other);
        status = CLI_WRONG;
    } else
        status = o->until ? check_until(study, runs, &until) : collect(study, runs, dir);
    g_free(other);
    g_array_free(runs, TRUE);
    return status;
}

int collect_command(int argc, char **argv)
{
    struct options options = {.dir = NULL};
    enum cli_parsed parsed = collect_options_parse(&options, &argc, argv);
    struct study *study = NULL;
    int status = CLI_WRONG;

    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc != 2)
        cli_error("collect: expected one STUDY, got %d (pullstorm collect --help)", argc - 1);
    else if (parsed == CLI_GO && (study = study_command_load(argv[1])) != NULL) {
        char *dir = study_command_dir(study, options.dir);

        status = collect_options_run(&options, study, dir);
        g_free(dir);
    }
    study_free(study);
    g_free(options.dir);
    g_free(options.replications);
    g_free(options.until);
    return status;
}
