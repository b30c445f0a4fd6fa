/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* pullstorm sweep: runs a parameter study. All state is in its folder, so that the same call goes on where an
 * interrupted or killed one ended. */
#include "sim/cli/sweep.h"

#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"
#include "sim/cli/verdicts.h"
#include "sim/study/folder.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Runs that come to nothing so often, neither to a result nor to a failure, are not tried again. */
#define TRIES_MAX 3
/* Of failed runs so many are named. */
#define NAMED_MAX 20
/* Without --replications, --until begins and ends with these. */
#define UNTIL_FIRST 4
#define UNTIL_LAST  100

/* --- what there is to run ------------------------------------------------------------------------------- */

static bool look(struct sweep *sweep)
{
    const struct sweep_options *o = sweep->options;
    const struct runs_wanted wanted = {.first = sweep->selection.first,
                                       .last = sweep->selection.last,
                                       .further = !o->replications && !o->until,
                                       .dir = sweep->dir,
                                       .any_version = o->any_version};
    GError *error = NULL;
    char *other;

    g_clear_pointer(&sweep->chosen, g_array_unref);
    g_clear_pointer(&sweep->runs, g_array_unref);
    sweep->runs = runs_list(sweep->study, &wanted, &error);
    if (!sweep->runs) {
        sweep->status = study_command_give_up(error);
        return false;
    }
    other = o->any_version ? NULL : runs_other_version(sweep->runs);
    if (!other)
        return true;
    study_command_other_version(sweep->dir, other);
    g_free(other);
    return false;
}

/* Those without a whole result, failed ones only if retry says so. */
static void choose(struct sweep *sweep, bool retry)
{
    struct selection selection = sweep->selection;

    selection.missing = true;
    selection.retry_failed = retry;
    g_clear_pointer(&sweep->chosen, g_array_unref);
    sweep->chosen = selection_of(sweep->study, sweep->runs, &selection);
    runs_longest_first(sweep->study, sweep->chosen, sweep->runs);
}

static void sweep_name_damaged(const struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->chosen->len; i++) {
        char *text = selection_damage(&g_array_index(sweep->chosen, struct study_run, i), sweep->dir);

        if (text)
            cli_error("%s", text);
        g_free(text);
    }
}

/* --- running it ----------------------------------------------------------------------------------------- */

static gboolean sweep_on_signal(gpointer user)
{
    ((struct sweep *)user)->stopped = true;
    return G_SOURCE_CONTINUE;
}

/* As jobs_run() does while it is at work; nohup means it. */
static void watch_signals(struct sweep *sweep)
{
    struct sigaction before;

    g_unix_signal_add(SIGINT, sweep_on_signal, sweep);
    g_unix_signal_add(SIGTERM, sweep_on_signal, sweep);
    if (sigaction(SIGHUP, NULL, &before) != 0 || before.sa_handler != SIG_IGN)
        g_unix_signal_add(SIGHUP, sweep_on_signal, sweep);
}

static bool run_chosen(struct sweep *sweep)
{
    while (g_main_context_iteration(NULL, FALSE))
        ; /* signals that came since */
    if (sweep->stopped || sweep->chosen->len == 0)
        return true;
    if (sweep->options->slurm)
        return sweep_run_slurm(sweep);
    if (sweep->options->sshlogin)
        return sweep_run_hosts(sweep);
    return sweep_run_here(sweep);
}

/* One pass over what is missing; with --until, rounds. False if it could not go on, which was said. */
static bool run_rounds(struct sweep *sweep)
{
    bool retry = sweep->options->retry_failed;
    unsigned tries = 0;

    while (look(sweep)) {
        choose(sweep, retry);
        sweep_name_damaged(sweep);
        retry = false;
        if (sweep->stopped || (sweep->chosen->len == 0 && !sweep->options->until))
            return true;
        if (sweep->chosen->len == 0) {
            tries = 0;
            if (!rounds_widen(&sweep->rounds, sweep->runs))
                return true;
            continue;
        }
        if (++tries > TRIES_MAX) {
            memset(sweep->rounds.wide, 0,
                   (sweep->rounds.points + 1) * sizeof(bool)); /* of the round before */
            return true;
        }
        if (!run_chosen(sweep))
            return false;
        if (!sweep->options->until)
            return sweep->options->no_wait || look(sweep);
    }
    return false;
}

/* --- how it ended --------------------------------------------------------------------------------------- */

static void tell_rounds(const struct sweep *sweep)
{
    for (unsigned p = 1; p <= sweep->rounds.points; p++) {
        const struct study_run *failed = sweep->rounds.goals[p] ? collect_given_up(sweep->runs, p) : NULL;

        if (failed)
            study_command_given_up("sweep: ", failed);
        else if (sweep->rounds.wide[p] && !sweep->stopped)
            cli_error("sweep: point %u: not yet %s after %u replications", p, sweep->options->until,
                      sweep->rounds.goals[p]);
    }
}

static void name_failed(const struct sweep *sweep, const struct study_run *run)
{
    char *name = study_run_name(run->point, run->replication);

    cli_error("sweep: %s/runs/%s.failed: %s", sweep->dir, name, run->result.why);
    g_free(name);
}

static void tell_verdicts(const struct sweep *sweep, const GArray *selected)
{
    char *line = verdicts_line(sweep->study, selected);

    if (line)
        printf("not calm: %s\n", line);
    g_free(line);
}

static int sweep_report(struct sweep *sweep)
{
    GArray *all = selection_of(sweep->study, sweep->runs, &sweep->selection);
    unsigned left = 0, failed = 0, total = all->len;

    choose(sweep, true);
    for (unsigned i = 0; i < sweep->chosen->len; i++) {
        const struct study_run *run = &g_array_index(sweep->chosen, struct study_run, i);

        if (run->result.state != RESULT_FAILED)
            left++;
        else if (++failed <= NAMED_MAX)
            name_failed(sweep, run);
    }
    if (!sweep->options->quiet)
        printf("%u runs: %u done, %u failed, %u missing; %s/study.csv\n", total, total - left - failed,
               failed, left, sweep->dir);
    if (!sweep->options->quiet)
        tell_verdicts(sweep, all);
    g_array_unref(all);
    if (sweep->options->until)
        tell_rounds(sweep);
    if (sweep->stopped)
        cli_error("sweep: interrupted; the same call goes on from here");
    else if (left > 0)
        cli_error("sweep: %u runs could not be run to their end; the same call tries them again", left);
    if (failed > 0)
        cli_error("sweep: failed runs are tried again with --retry-failed");
    if (cli_finish_output() != CLI_OK)
        return CLI_FAILED;
    return left + failed > 0 || sweep->stopped ? CLI_FAILED : CLI_OK;
}

/* Of runs that are whole: failures of a time when they could not be started, or read. */
static void forget_failures(const struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->runs->len; i++) {
        const struct study_run *run = &g_array_index(sweep->runs, struct study_run, i);
        char *name = study_run_name(run->point, run->replication), *folder = folder_run(sweep->dir, name);

        if (run->result.metrics)
            result_forget_failure(folder);
        g_free(folder);
        g_free(name);
    }
}

/* Tables, and words. */
static int sweep_finish(struct sweep *sweep)
{
    GError *error = NULL;

    if (sweep->options->no_wait && !sweep->stopped)
        return cli_finish_output();
    if (sweep->stopped && !look(sweep))
        return sweep->status;
    forget_failures(sweep);
    if (!collect_write(sweep->study, sweep->runs, sweep->dir, &error)) {
        return study_command_give_up(error);
    }
    return sweep_report(sweep);
}

/* --- the whole of it ------------------------------------------------------------------------------------ */

static bool read_until(struct sweep *sweep)
{
    struct rounds *rounds = &sweep->rounds;
    const struct sweep_options *o = sweep->options;
    GError *error = NULL;

    rounds->first = UNTIL_FIRST;
    rounds->last = UNTIL_LAST;
    if (o->replications && (!study_command_replications(o->replications, &rounds->first, &rounds->last) ||
                            rounds->first < 2 || !strstr(o->replications, ".."))) {
        cli_error("sweep: --replications: \"%s\" is not right, expected A..B with --until, 2 <= A <= B",
                  o->replications);
        return false;
    }
    if (!collect_until_parse(o->until, sweep->study->host, &rounds->until, &error)) {
        cli_error("sweep: --until: %s", error->message);
        g_error_free(error);
        return false;
    }
    sweep->selection.first = 1;
    sweep->selection.last = rounds->last;
    return true;
}

static bool read_selection(struct sweep *sweep)
{
    const struct sweep_options *o = sweep->options;
    struct selection *selection = &sweep->selection;

    selection->first = 1;
    selection->last = sweep->study->replications;
    if (o->until && !read_until(sweep))
        return false;
    if (!o->until && o->replications &&
        !study_command_replications(o->replications, &selection->first, &selection->last))
        return false;
    if (o->shard && !study_command_shard(o->shard, &selection->shard, &selection->shards))
        return false;
    return !o->only || (selection->only = study_command_only(sweep->study, o->only)) != NULL;
}

static bool begin_rounds(struct sweep *sweep)
{
    GError *error = NULL;

    if (!sweep->options->until)
        return true;
    if (!rounds_begin(&sweep->rounds, sweep->study, &sweep->selection, sweep->dir, &error)) {
        sweep->status = study_command_give_up(error);
        return false;
    }
    sweep->selection.rounds = sweep->rounds.goals;
    return true;
}

/* In front of a build the script names it; other hosts and schedulers need a name that holds there. */
static bool find_program(struct sweep *sweep)
{
    const char *given = g_getenv("PULLSTORM");
    char *found = given && *given ? g_find_program_in_path(given) : g_file_read_link("/proc/self/exe", NULL);

    if (!found) {
        cli_error("sweep: %s is not there: build it (scripts/build), or name it in the environment variable "
                  "PULLSTORM",
                  given && *given ? given : "this program");
        return false;
    }
    sweep->program = g_canonicalize_filename(found, NULL);
    g_free(found);
    return true;
}

static bool find_tools(const struct sweep_options *o)
{
    const char *const version[] = {"parallel", "--plain", "--version", NULL};
    char *answer;
    int status;
    bool good;

    if (o->dry_run || o->wrapper)
        return true;
    if (o->slurm)
        return sweep_need("sbatch", "slurm-client") && sweep_need("squeue", "slurm-client");
    if (!o->sshlogin)
        return true;
    if (!sweep_need("parallel", "parallel"))
        return false;
    answer = sweep_tool_output(version, &status, NULL);
    good = answer && g_str_has_prefix(answer, "GNU parallel");
    g_free(answer);
    if (!good)
        cli_error("sweep: parallel is not GNU parallel; on Debian: apt-get install parallel");
    return good;
}

static int print_wrapper(const struct sweep *sweep)
{
    char **words = sweep_wrapper(sweep), *text = run_command_text(words);

    puts(text);
    g_free(text);
    g_strfreev(words);
    return cli_finish_output();
}

static int print_lines(struct sweep *sweep)
{
    if (study_command_as_it_is(sweep->study, sweep->dir) != CLI_OK || !begin_rounds(sweep) || !look(sweep))
        return sweep->status;
    choose(sweep, sweep->options->retry_failed);
    sweep_name_damaged(sweep);
    for (unsigned i = 0; i < sweep->chosen->len; i++)
        study_command_print_run(sweep->study, sweep->dir, &g_array_index(sweep->chosen, struct study_run, i));
    return cli_finish_output();
}

static bool lock(struct sweep *sweep, GError **error)
{
    if (sweep->selection.shards > 0)
        return folder_lock_shard(sweep->dir, sweep->selection.shard + 1, sweep->selection.shards,
                                 sweep->locks, error);
    sweep->locks[0] = folder_lock(sweep->dir, error);
    return sweep->locks[0] >= 0;
}

/* Runs get other numbers only where no other shard is at work. */
static bool begin_folder(struct sweep *sweep, GError **error)
{
    bool renumbers = false, shared = sweep->selection.shards > 0;

    if (!folder_renumbers(sweep->study, sweep->dir, &renumbers, error) ||
        (renumbers && shared && !folder_lock_alone(sweep->dir, sweep->locks[0], error)) ||
        !folder_begin(sweep->study, sweep->dir, error))
        return false;
    if (renumbers && shared)
        folder_lock_together(sweep->locks[0]);
    return true;
}

/* Takes the folder, and has the copies of study and base in it before the first run. */
static int take_folder(struct sweep *sweep)
{
    GError *error = NULL;

    if (!lock(sweep, &error))
        return study_command_give_up(error);
    if (!sweep_slurm_free(sweep))
        return CLI_WRONG;
    if (!begin_folder(sweep, &error))
        return study_command_give_up(error);
    study_command_clear(sweep->dir);
    return CLI_OK;
}

static int sweep_study(struct sweep *sweep)
{
    GError *error = NULL;
    int status;

    if (!folder_fits(sweep->study, sweep->dir, &error)) /* before there is a folder */
        return study_command_give_up(error);
    if (sweep->options->wrapper)
        return print_wrapper(sweep);
    if (sweep->options->dry_run)
        return print_lines(sweep);
    status = take_folder(sweep);
    if (status != CLI_OK)
        return status;
    if (!sweep->options->slurm && !sweep->options->sshlogin)
        study_command_tell_limit(sweep->study);
    watch_signals(sweep);
    if (!begin_rounds(sweep) || !run_rounds(sweep))
        return sweep->status;
    return sweep_finish(sweep);
}

static int sweep_options_run(const struct sweep_options *options)
{
    struct sweep sweep = {.options = options, .locks = {-1, -1}, .status = CLI_WRONG};
    int status = CLI_WRONG;

    sweep.study = study_command_load(options->study);
    if (sweep.study) {
        sweep.dir = study_command_dir(sweep.study, options->dir);
        if (read_selection(&sweep) && find_program(&sweep) && find_tools(options) &&
            study_command_one_line("sweep", sweep.study, sweep.dir))
            status = sweep_study(&sweep);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sweep.locks); i++)
        if (sweep.locks[i] >= 0)
            close(sweep.locks[i]);
    rounds_clear(&sweep.rounds);
    g_clear_pointer(&sweep.chosen, g_array_unref);
    g_clear_pointer(&sweep.runs, g_array_unref);
    expression_free(sweep.selection.only);
    study_free(sweep.study);
    g_free(sweep.program);
    g_free(sweep.dir);
    return status;
}

int sweep_command(int argc, char **argv)
{
    struct sweep_options options = {.study = NULL};
    int status = CLI_WRONG;

    sweep_clean_environment();
    switch (sweep_options_parse(&options, argc, argv)) {
    case SWEEP_SHOWN:
        status = cli_finish_output();
        break;
    case SWEEP_GO:
        status = options.study ? sweep_options_run(&options) : sweep_run_lines(&options);
        break;
    case SWEEP_REFUSED:
        break;
    }
    sweep_options_clear(&options);
    return status;
}
