/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm expand: the runs of a study, one command line each. Reads the study's folder, and writes
 * nothing. */
#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"
#include "sim/study/folder.h"
#include "sim/study/selection.h"

#include <stdio.h>

struct options {
    char *dir, *only, *replications, *shard;
    gboolean count, points, missing, longest_first, retry_failed, any_version;
};

struct expansion {
    const struct options *options;
    struct study *study;
    char *dir;
    struct selection selection;
    GArray *runs; /* all, read if need be */
    GArray *chosen;
};

static enum cli_parsed expand_options_parse(struct options *o, int *argc, char **argv)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "folder of the study (default results/<study name>)", "DIR"},
        {"count", 0, 0, G_OPTION_ARG_NONE, &o->count, "print how many runs it would list", NULL},
        {"points", 0, 0, G_OPTION_ARG_NONE, &o->points,
         "print the numbers of the points of these runs instead", NULL},
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
        "Lists the runs of a parameter study, one \"pullstorm run\" command line each. Makes nothing.\n"
        "With --points STUDY may be the folder of a study.",
        entries, argc, argv);
}

static bool read_options(struct expansion *e)
{
    const struct options *o = e->options;
    struct selection *selection = &e->selection;

    selection->first = 1;
    selection->last = e->study->replications;
    selection->missing = o->missing;
    selection->retry_failed = o->retry_failed;
    if (o->replications && !study_command_replications(o->replications, &selection->first, &selection->last))
        return false;
    if (o->shard && !study_command_shard(o->shard, &selection->shard, &selection->shards))
        return false;
    if ((o->retry_failed || o->any_version) && !o->missing) {
        cli_error("expand: --%s needs --missing", o->retry_failed ? "retry-failed" : "any-version");
        return false;
    }
    if ((o->points || o->longest_first) && o->count) {
        cli_error("expand: --%s and --count do not go together", o->points ? "points" : "longest-first");
        return false;
    }
    if (o->points && o->longest_first) {
        cli_error("expand: --points, which go by their numbers, and --longest-first do not go together");
        return false;
    }
    return !o->only || (selection->only = study_command_only(e->study, o->only)) != NULL;
}

static void expand_name_damaged(const struct expansion *e)
{
    for (unsigned i = 0; e->options->missing && i < e->chosen->len; i++) {
        char *text = selection_damage(&g_array_index(e->chosen, struct study_run, i), e->dir);

        if (text)
            cli_error("%s", text);
        g_free(text);
    }
}

/* What is in the folder, if that is asked for. */
static int read_runs(struct expansion *e)
{
    struct runs_wanted wanted = {
        .first = e->selection.first, .last = e->selection.last, .any_version = e->options->any_version};
    GError *error = NULL;
    char *other;

    if (e->options->missing || e->options->longest_first) {
        int status = study_command_as_it_is(e->study, e->dir);

        if (status != CLI_OK)
            return status;
    } else if (!folder_fits(e->study, e->dir, &error))
        return study_command_give_up(error);
    if (e->options->missing || e->options->longest_first)
        wanted.dir = e->dir;
    e->runs = runs_list(e->study, &wanted, &error);
    if (!e->runs)
        return study_command_give_up(error);
    other = e->options->missing && !e->options->any_version ? runs_other_version(e->runs) : NULL;
    if (!other)
        return CLI_OK;
    study_command_other_version(e->dir, other);
    g_free(other);
    return CLI_WRONG;
}

/* Runs are chosen in the order of their points. */
static void expand_print_points(const GArray *chosen)
{
    unsigned last = 0;

    for (unsigned i = 0; i < chosen->len; i++) {
        unsigned point = g_array_index(chosen, struct study_run, i).point;

        if (point != last)
            printf("%u\n", point);
        last = point;
    }
}

static int expand(struct expansion *e)
{
    int status = study_command_one_line("expand", e->study, e->dir) ? read_runs(e) : CLI_WRONG;

    if (status != CLI_OK)
        return status;
    e->chosen = selection_of(e->study, e->runs, &e->selection);
    expand_name_damaged(e);
    if (e->options->points) {
        expand_print_points(e->chosen);
        return cli_finish_output();
    }
    if (e->options->longest_first)
        runs_longest_first(e->study, e->chosen, e->runs);
    if (e->options->count)
        printf("%u\n", e->chosen->len);
    else
        for (unsigned i = 0; i < e->chosen->len; i++)
            study_command_print_run(e->study, e->dir, &g_array_index(e->chosen, struct study_run, i));
    return cli_finish_output();
}

static bool expand_load(struct expansion *e, const char *path)
{
    bool folder = e->options->points && g_file_test(path, G_FILE_TEST_IS_DIR);

    e->study = folder ? study_command_load_folder(path) : study_command_load(path);
    if (!e->study || !read_options(e))
        return false;
    e->dir = folder && !e->options->dir ? g_strdup(path) : study_command_dir(e->study, e->options->dir);
    return true;
}

int expand_command(int argc, char **argv)
{
    struct options options = {.dir = NULL};
    struct expansion e = {.options = &options};
    enum cli_parsed parsed = expand_options_parse(&options, &argc, argv);
    int status = CLI_WRONG;

    if (parsed == CLI_HELP_SHOWN)
        status = cli_finish_output();
    else if (parsed == CLI_GO && argc != 2)
        cli_error("expand: expected one STUDY, got %d (pullstorm expand --help)", argc - 1);
    else if (parsed == CLI_GO && expand_load(&e, argv[1]))
        status = expand(&e);
    if (e.chosen)
        g_array_free(e.chosen, TRUE);
    if (e.runs)
        g_array_free(e.runs, TRUE);
    expression_free(e.selection.only);
    study_free(e.study);
    g_free(e.dir);
    g_free(options.dir);
    g_free(options.only);
    g_free(options.replications);
    g_free(options.shard);
    return status;
}
