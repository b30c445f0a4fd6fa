/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The command line of "pullstorm sweep". */
#include "sim/cli/cli.h"
#include "sim/cli/sweep.h"

#include <stdio.h>
#include <string.h>

#define JOBS_MAX 100000

static const char about[] =
    "Runs a parameter study: every run that has no result yet in the output folder, the longest first.\n"
    "Then it writes runs.csv, a row per run, and study.csv, a row per point. Called again it goes on with\n"
    "what is missing, however the earlier call ended. A run that fails, takes longer than the study's\n"
    "timeout or needs more than its memory does not stop the others: DIR/runs/pXXXX-rYY.failed says why.\n"
    "Exit status: 0 all is done, 1 runs failed or are missing, 2 the call is wrong or nothing could be done.";

/* --slurm stands alone or with =OPTIONS, which is the other one to GOption. g_strfreev. */
static char **split_slurm(int argc, char **argv)
{
    char **words = g_new0(char *, (gsize)argc + 1);

    for (int i = 0; i < argc; i++)
        words[i] = g_str_has_prefix(argv[i], "--slurm=")
                       ? g_strconcat("--slurm-options=", argv[i] + strlen("--slurm="), NULL)
                       : g_strdup(argv[i]);
    return words;
}

static enum cli_parsed parse(struct sweep_options *o, int *argc, char **words)
{
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &o->dir,
         "folder of the study (default results/<study name>)", "DIR"},
        {"jobs", 'j', 0, G_OPTION_ARG_STRING, &o->jobs,
         "runs at a time, or a share of the processors (default: as many as processors; with --slurm: array "
         "tasks at a time)",
         "N|N%"},
        {"only", 0, 0, G_OPTION_ARG_STRING, &o->only,
         "only points for which this is true, e.g. 'pull.rate >= 500/s and variant == poisson'", "CONDITION"},
        {"replications", 0, 0, G_OPTION_ARG_STRING, &o->replications,
         "replications of each point, instead of the study's; with --until at least A, at most B (4..100)",
         "N|A..B"},
        {"until", 0, 0, G_OPTION_ARG_STRING, &o->until,
         "more replications, about a quarter a round, where the 95 % interval is not so narrow",
         "'ci(METRIC) < P%'"},
        {"retry-failed", 0, 0, G_OPTION_ARG_NONE, &o->retry_failed, "also run again what failed earlier",
         NULL},
        {"any-version", 0, 0, G_OPTION_ARG_NONE, &o->any_version, "take results of other versions, too",
         NULL},
        {"shard", 0, 0, G_OPTION_ARG_STRING, &o->shard, "only the I-th of N parts of the runs", "I/N"},
        {"sshlogin", 0, 0, G_OPTION_ARG_STRING, &o->sshlogin,
         "on these hosts, as GNU parallel has it: 8/alpha,8/beta,4/: (: is this machine)", "HOSTS"},
        {"slurm", 0, 0, G_OPTION_ARG_NONE, &o->slurm,
         "as a job array of Slurm; --slurm='--partition=long --mem=4G' hands options to sbatch", NULL},
        {"slurm-options", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &o->slurm_options, "", "OPTIONS"},
        {"no-wait", 0, 0, G_OPTION_ARG_NONE, &o->no_wait, "with --slurm: submit and return", NULL},
        {"dry-run", 0, 0, G_OPTION_ARG_NONE, &o->dry_run, "print the command lines that would be run", NULL},
        {"wrapper", 0, 0, G_OPTION_ARG_NONE, &o->wrapper,
         "print the command that runs one command line, its last word, under the study's limits", NULL},
        {"one", 0, 0, G_OPTION_ARG_STRING, &o->one,
         "instead of STUDY: run this command line (of expand), as a sweep does", "LINE"},
        {"lines", 0, 0, G_OPTION_ARG_FILENAME, &o->lines, "instead of STUDY: run the lines of this file",
         "FILE"},
        {"program", 0, 0, G_OPTION_ARG_FILENAME, &o->program, "with --one and --lines: pullstorm", "PROGRAM"},
        {"timeout", 0, 0, G_OPTION_ARG_STRING, &o->timeout, "with --one and --lines: of a run", "DURATION"},
        {"memory", 0, 0, G_OPTION_ARG_STRING, &o->memory, "with --one and --lines: of a run", "SIZE"},
        {"quiet", 0, 0, G_OPTION_ARG_NONE, &o->quiet, "print errors only", NULL},
        {.long_name = NULL}};

    return cli_parse("STUDY", about, entries, argc, words);
}

/* --- what goes together --------------------------------------------------------------------------------- */

static bool wrong(const char *message)
{
    cli_error("sweep: %s", message);
    return false;
}

/* A number, or one with %: false if it is neither. */
static bool read_number(const char *text, unsigned *number, bool *percent)
{
    char *end;
    uint64_t value = g_ascii_isdigit(*text) ? g_ascii_strtoull(text, &end, 10) : 0;

    if (value < 1 || value > JOBS_MAX)
        return false;
    *percent = *end == '%';
    *number = (unsigned)value;
    return end[*percent] == '\0';
}

unsigned sweep_jobs_at_a_time(const char *text)
{
    unsigned number = 100;
    bool percent = true;

    if (text)
        read_number(text, &number, &percent);
    return percent ? MAX(1, g_get_num_processors() * number / 100) : number;
}

static bool check_jobs(const struct sweep_options *o)
{
    unsigned number;
    bool percent = false;

    if (o->jobs && !read_number(o->jobs, &number, &percent)) {
        cli_error(
            "sweep: --jobs: \"%s\" is not right, expected a number, or a share of the processors like 50%%",
            o->jobs);
        return false;
    }
    return !(o->slurm && percent) || wrong("--jobs: expected a number of tasks with --slurm");
}

static bool check_slurm_options(const struct sweep_options *o)
{
    GError *error = NULL;

    if (!o->slurm_options || g_shell_parse_argv(o->slurm_options, NULL, NULL, &error))
        return true;
    cli_error("sweep: --slurm: %s", error->message);
    g_error_free(error);
    return false;
}

static bool check_lines(const struct sweep_options *o)
{
    if (o->one && o->lines)
        return wrong("--one and --lines do not go together");
    if (o->study || o->dir || o->only || o->replications || o->until || o->shard || o->sshlogin || o->slurm ||
        o->no_wait || o->retry_failed || o->any_version || o->dry_run || o->wrapper)
        return wrong("--one and --lines take the place of a STUDY and its options");
    return true;
}

static bool check_together(const struct sweep_options *o)
{
    if (o->slurm && o->sshlogin)
        return wrong("--slurm and --sshlogin do not go together");
    if (o->no_wait && !o->slurm)
        return wrong("--no-wait goes with --slurm only");
    if (o->until && o->shard)
        return wrong("--until needs all replications of a point at one place; it does not go with --shard");
    if (o->until && o->no_wait)
        return wrong("--until has to wait for each round; it does not go with --no-wait");
    if (o->program || o->timeout || o->memory)
        return wrong("--program, --timeout and --memory go with --one and --lines only; a study has its own");
    return true;
}

static bool check(struct sweep_options *o, int argc, char **words)
{
    o->slurm = o->slurm || o->slurm_options;
    if (argc > 1)
        o->study = g_intern_string(words[1]);
    if (!check_jobs(o) || !check_slurm_options(o))
        return false;
    if (o->one || o->lines)
        return check_lines(o);
    if (argc != 2) {
        cli_error("sweep: expected one STUDY, got %d (pullstorm sweep --help)", argc - 1);
        return false;
    }
    return check_together(o);
}

enum sweep_parsed sweep_options_parse(struct sweep_options *options, int argc, char **argv)
{
    char **words, **all;
    enum sweep_parsed parsed = SWEEP_REFUSED;

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--slurm=") == 0) {
            cli_error(
                "sweep: --slurm: its value is empty, expected options of sbatch, or none after --slurm");
            return SWEEP_REFUSED;
        }
    words = split_slurm(argc, argv);
    all = g_memdup2(words, ((gsize)argc + 1) * sizeof *words); /* the parser moves them */
    switch (parse(options, &argc, words)) {
    case CLI_HELP_SHOWN:
        parsed = SWEEP_SHOWN;
        break;
    case CLI_GO:
        parsed = check(options, argc, words) ? SWEEP_GO : SWEEP_REFUSED;
        break;
    case CLI_REFUSED:
        break;
    }
    g_strfreev(all);
    g_free(words);
    return parsed;
}

void sweep_options_clear(struct sweep_options *o)
{
    char *const texts[] = {o->dir,     o->jobs,     o->only,          o->replications, o->until,
                           o->shard,   o->sshlogin, o->slurm_options, o->one,          o->lines,
                           o->program, o->timeout,  o->memory};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++)
        g_free(texts[i]);
}
