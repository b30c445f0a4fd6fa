/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm expand: the runs of a study, one command line each. Reads the study's folder, and writes
 * nothing. */
#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"
#include "sim/study/folder.h"
#include "sim/study/runs.h"

#include <stdio.h>

#define SHARDS_MAX 100000

struct options {
    char *dir, *only, *replications, *shard;
    gboolean count, missing, longest_first, retry_failed, any_version;
};

struct expansion {
    const struct options *options;
    struct study *study;
    char *dir;
    struct expression *only;
    unsigned first, last;   /* replications */
    unsigned shard, shards; /* of them the shard-th, from 0 */
    GArray *runs;           /* all, read if need be */
    GArray *chosen;
};

static enum cli_parsed parse_options(struct options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "folder of the study (default results/<study name>)", "DIR"},
        {"count", 0, 0, G_OPTION_ARG_NONE, &o->count, "print how many runs it would list", NULL},
        {"only", 0, 0, G_OPTION_ARG_STRING, &o->only,
         "only points for which this is true, e.g. 'pull.rate < 5k/s and variant == poisson'", "CONDITION"},
        {"replications", 0, 0, G_OPTION_ARG_STRING, &o->replications,
         "replications 1 to N instead of what the study says, or A to B only", "N|A..B"},
        {"missing", 0, 0, G_OPTION_ARG_NONE, &o->missing, "only runs without a whole result in DIR", NULL},
        {"retry-failed", 0, 0, G_OPTION_ARG_NONE, &o->retry_failed, "with --missing: failed runs again, too",
         NULL},
        {"any-version", 0, 0, G_OPTION_ARG_NONE, &o->any_version,
         "with --missing: results of other versions of pullstorm count", NULL},
        {"longest-first", 0, 0, G_OPTION_ARG_NONE, &o->longest_first, "the costliest runs first", NULL},
        {"shard", 0, 0, G_OPTION_ARG_STRING, &o->shard, "every N-th run, beginning with the I-th", "I/N"},
        {.long_name = NULL}};

    return cli_parse(
        "STUDY",
        "Lists the runs of a parameter study, one \"pullstorm run\" command line each. Makes nothing.",
        entries, argc, argv);
}

static bool read_shard(struct expansion *e, const char *text)
{
    int length = 0;

    e->shards = 1;
    if (!text)
        return true;
    if (sscanf(text, "%5u/%6u%n", &e->shard, &e->shards, &length) == 2 && text[length] == '\0' &&
        e->shard >= 1 && e->shard <= e->shards && e->shards <= SHARDS_MAX) {
        e->shard--;
        return true;
    }
    cli_error("--shard: \"%s\" is not right, expected I/N such as 1/4", text);
    return false;
}

/* A condition that no point fulfils is a mistake, of a variant's name most likely. */
static bool only_holds(const struct expansion *e)
{
    for (unsigned point = 1; point <= e->study->point_count; point++)
        if (study_point_is(e->study, point, e->only))
            return true;
    cli_error("--only: \"%s\" is true at none of the %u points", e->options->only, e->study->point_count);
    return false;
}

static bool read_options(struct expansion *e)
{
    const struct options *o = e->options;
    GError *error = NULL;

    e->first = 1;
    e->last = e->study->replications;
    if (o->replications && !study_command_replications(o->replications, &e->first, &e->last))
        return false;
    if (!read_shard(e, o->shard))
        return false;
    if ((o->retry_failed || o->any_version) && !o->missing) {
        cli_error("expand: --%s needs --missing", o->retry_failed ? "retry-failed" : "any-version");
        return false;
    }
    if (!o->only)
        return true;
    e->only = expression_parse(o->only, &study_names, &error);
    if (error) {
        cli_error("--only: %s", error->message);
        g_error_free(error);
        return false;
    }
    return only_holds(e);
}

/* Is the run to be listed, for what stands in its folder? */
static bool to_be_run(const struct expansion *e, const struct study_run *run)
{
    switch (run->result.state) {
    case RESULT_MISSING:
        return true;
    case RESULT_FAILED:
        return e->options->retry_failed;
    case RESULT_DAMAGED:
        return true;
    default:
        return false;
    }
}

static void name_damaged(const struct expansion *e, const struct study_run *run)
{
    char *name = study_run_name(run->point, run->replication);
    char *folder = folder_run(e->dir, name);

    cli_error("%s: damaged, to be run again: %s", folder, run->result.why);
    g_free(folder);
    g_free(name);
}

static void choose(struct expansion *e)
{
    e->chosen = g_array_new(FALSE, FALSE, sizeof(struct study_run));
    for (unsigned i = 0; i < e->runs->len; i++) {
        const struct study_run *run = &g_array_index(e->runs, struct study_run, i);

        if (i % e->shards != e->shard || (e->only && !study_point_is(e->study, run->point, e->only)) ||
            (e->options->missing && !to_be_run(e, run)))
            continue;
        if (e->options->missing && run->result.state == RESULT_DAMAGED)
            name_damaged(e, run);
        g_array_append_vals(e->chosen, run, 1);
    }
}

/* What stands in the folder, if that is asked for. */
static int read_runs(struct expansion *e)
{
    struct runs_wanted wanted = {.first = e->first, .last = e->last, .any_version = e->options->any_version};
    GError *error = NULL;
    char *other;

    if (!folder_fits(e->study, e->dir, &error))
        return study_command_give_up(error);
    if (e->options->missing || e->options->longest_first)
        wanted.dir = e->dir;
    e->runs = runs_list(e->study, &wanted, &error);
    if (!e->runs)
        return study_command_give_up(error);
    other = e->options->missing && !e->options->any_version ? runs_other_version(e->runs) : NULL;
    if (!other)
        return CLI_OK;
    cli_error(
        "%s/runs/%s; results of different versions do not belong in one table: --any-version takes them "
        "all the same, -o names another folder",
        e->dir, other);
    g_free(other);
    return CLI_WRONG;
}

static void print_run(const struct expansion *e, const struct study_run *run)
{
    char *name = study_run_name(run->point, run->replication), *folder = folder_run(e->dir, name);
    char **words = run_command_words(e->study, "pullstorm", run->point, NULL, run->seed, folder,
                                     run->result.state == RESULT_DAMAGED);
    char *line = run_command_text(words);

    puts(line);
    g_free(line);
    g_strfreev(words);
    g_free(folder);
    g_free(name);
}

static bool one_line(const char *path)
{
    while (*path && !g_ascii_iscntrl(*path))
        path++;
    return *path == '\0';
}

/* A command line must be one line, whatever reads it. */
static bool paths_are_right(const struct expansion *e)
{
    const char *wrong = !one_line(e->dir) ? "folder of the study" : "base scenario";

    if (one_line(e->dir) && one_line(e->study->base))
        return true;
    cli_error(
        "expand: the path of the %s holds a control character, expected one without: a command is one line",
        wrong);
    return false;
}

static int expand(struct expansion *e)
{
    int status = paths_are_right(e) ? read_runs(e) : CLI_WRONG;

    if (status != CLI_OK)
        return status;
    choose(e);
    if (e->options->longest_first)
        runs_longest_first(e->study, e->chosen, e->runs);
    if (e->options->count)
        printf("%u\n", e->chosen->len);
    else
        for (unsigned i = 0; i < e->chosen->len; i++)
            print_run(e, &g_array_index(e->chosen, struct study_run, i));
    return cli_finish_output();
}

int expand_command(int argc, char **argv)
{
    struct options options = {.dir = NULL};
    struct expansion e = {.options = &options};
    enum cli_parsed parsed = parse_options(&options, &argc, argv);
    int status = CLI_WRONG;

    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc != 2)
        cli_error("expand: expected one STUDY, got %d (pullstorm expand --help)", argc - 1);
    else if (parsed == CLI_GO && (e.study = study_command_load(argv[1])) != NULL && read_options(&e)) {
        e.dir = study_command_dir(e.study, options.dir);
        status = expand(&e);
    }
    if (e.chosen)
        g_array_free(e.chosen, TRUE);
    if (e.runs)
        g_array_free(e.runs, TRUE);
    expression_free(e.only);
    study_free(e.study);
    g_free(e.dir);
    g_free(options.dir);
    g_free(options.only);
    g_free(options.replications);
    g_free(options.shard);
    return status;
}
