/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Runs of a study: here, by GNU parallel on other hosts, and one by one for a scheduler. */
#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"
#include "sim/cli/sweep.h"
#include "sim/config/value.h"
#include "sim/study/folder.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

/* Of --one and --lines, which schedulers tell from a run that failed. */
#define STATUS_STOPPED 3

/* --- runs as children of ours --------------------------------------------------------------------------- */

struct work {
    struct jobs *jobs;
    struct sweep_progress progress;
    GError *error; /* what happened to a run could not be recorded */
};

static void run_ended(void *user, void *job, const char *reason, const char *said)
{
    struct work *work = user;
    char *folder = job;
    bool failed = false;

    if (!work->error && !result_conclude(folder, reason, said, &failed, &work->error))
        jobs_drop(work->jobs);
    work->progress.ended++;
    work->progress.failed += failed;
}

static bool work_succeeded(struct work *work)
{
    if (!work->error)
        return true;
    cli_error("sweep: %s", work->error->message);
    g_clear_error(&work->error);
    return false;
}

static void sweep_add_run(struct sweep *sweep, struct work *work, GPtrArray *folders,
                          const struct study_run *run)
{
    char *name = study_run_name(run->point, run->replication), *folder = folder_run(sweep->dir, name);
    char **words = run_command_words(sweep->study, sweep->program, run->point, NULL, run->seed, folder,
                                     run->result.state == RESULT_DAMAGED);

    jobs_add(work->jobs, words, folder);
    g_ptr_array_add(folders, folder);
    g_strfreev(words);
    g_free(name);
}

bool sweep_run_here(struct sweep *sweep)
{
    const struct jobs_limits limits = {.at_a_time = sweep_jobs_at_a_time(sweep->options->jobs),
                                       .timeout_ns = sweep->study->timeout_ns,
                                       .memory_bytes = sweep->study->memory_bytes,
                                       .memory_text = sweep->study->memory_text,
                                       .held = MAX(sweep->locks[0], 0),
                                       .held_too = MAX(sweep->locks[1], 0)};
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    struct work work = {.error = NULL};

    work.jobs = jobs_new(&limits, run_ended, &work);
    for (unsigned i = 0; i < sweep->chosen->len; i++)
        sweep_add_run(sweep, &work, folders, &g_array_index(sweep->chosen, struct study_run, i));
    sweep_progress_begin(&work.progress, sweep->chosen->len, !sweep->options->quiet);
    if (!jobs_run(work.jobs))
        sweep->stopped = true;
    sweep_progress_end(&work.progress);
    jobs_free(work.jobs);
    g_ptr_array_unref(folders);
    if (work_succeeded(&work))
        return true;
    sweep->status = CLI_FAILED;
    return false;
}

/* --- lines, for schedulers ------------------------------------------------------------------------------ */

/* A value of --timeout or --memory, as the study file has it; 0 for NULL. */
static bool read_limit(const struct config_key *key, const char *text, int64_t *out)
{
    struct config_value value = {.integer = 0};
    char *why = NULL;

    if (text && !config_value_parse(key, text, &value, &why)) {
        cli_error("sweep: --%s: %s", key->name, why);
        g_free(why);
        return false;
    }
    *out = value.integer;
    return true;
}

static bool read_limits(const struct sweep_options *o, struct jobs_limits *out)
{
    static const struct config_key timeout = {"", "timeout", CONFIG_DURATION, "", "1ns", "30d", "", 0, NULL};
    static const struct config_key memory = {"", "memory", CONFIG_BYTES, "", "1B", "1000TB", "", 0, NULL};

    *out = (struct jobs_limits){.at_a_time = o->lines ? sweep_jobs_at_a_time(o->jobs) : 1,
                                .memory_text = o->memory};
    return read_limit(&timeout, o->timeout, &out->timeout_ns) &&
           read_limit(&memory, o->memory, &out->memory_bytes);
}

/* The folder after -o. */
static const char *folder_of(char **words)
{
    const char *folder = NULL;

    for (; words[0] && words[1]; words++)
        if (strcmp(words[0], "-o") == 0)
            folder = words[1];
    return folder;
}

/* A line of "pullstorm expand". Only runs without a whole result are listed, so a folder that is there is
 * damaged. */
static bool add_line(struct work *work, GPtrArray *folders, const char *program, const char *line)
{
    char **words = NULL, *parent;
    const char *folder;
    GPtrArray *all;

    if (!g_shell_parse_argv(line, NULL, &words, NULL) || !(folder = folder_of(words))) {
        cli_error("sweep: \"%s\" is not right, expected a command line of pullstorm expand", line);
        g_strfreev(words);
        return false;
    }
    parent = g_path_get_dirname(folder);
    if (g_mkdir_with_parents(parent, 0777) != 0)
        cli_error("sweep: %s: cannot be made", parent); /* and the run will say why it fails */
    g_free(parent);
    all = g_ptr_array_new();
    g_ptr_array_add(all, (gpointer)program);
    for (char **word = words + 1; *word; word++)
        g_ptr_array_add(all, *word);
    if (g_file_test(folder, G_FILE_TEST_EXISTS))
        g_ptr_array_add(all, (gpointer) "--force");
    g_ptr_array_add(all, NULL);
    g_ptr_array_add(folders, g_strdup(folder));
    jobs_add(work->jobs, (char **)all->pdata, g_ptr_array_index(folders, folders->len - 1));
    g_ptr_array_unref(all);
    g_strfreev(words);
    return true;
}

static char **sweep_read_lines(const struct sweep_options *o)
{
    char *text = NULL, **lines;
    GError *error = NULL;

    if (o->one) {
        lines = g_new0(char *, 2);
        lines[0] = g_strdup(o->one);
        return lines;
    }
    if (!g_file_get_contents(o->lines, &text, NULL, &error)) {
        cli_error("sweep: --lines: %s", error->message);
        g_error_free(error);
        return NULL;
    }
    lines = g_strsplit(text, "\n", -1);
    g_free(text);
    return lines;
}

static int run_all(const struct sweep_options *o, struct work *work, char **lines, const char *program)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    bool good = true, whole = true;
    int status;

    for (char **line = lines; *line && good; line++)
        good = **line == '\0' || add_line(work, folders, program, *line);
    if (good)
        whole = jobs_run(work->jobs);
    if (!good || !work_succeeded(work))
        status = CLI_WRONG;
    else if (!whole)
        status = STATUS_STOPPED;
    else /* runs of a file that failed are recorded; the scheduler need not know */
        status = o->one && work->progress.failed > 0 ? CLI_FAILED : CLI_OK;
    g_ptr_array_unref(folders);
    return status;
}

int sweep_run_lines(const struct sweep_options *o)
{
    struct jobs_limits limits;
    struct work work = {.error = NULL};
    char **lines, *program;
    int status = CLI_WRONG;

    if (!read_limits(o, &limits))
        return CLI_WRONG;
    program = o->program ? g_find_program_in_path(o->program) : g_file_read_link("/proc/self/exe", NULL);
    lines = sweep_read_lines(o);
    /* Not the run's fault, so it is not recorded: on this machine it could not be tried. */
    if (!program)
        cli_error("sweep: %s: not found on %s", o->program ? o->program : "this program", g_get_host_name());
    else if (lines) {
        work.jobs = jobs_new(&limits, run_ended, &work);
        status = run_all(o, &work, lines, program);
        jobs_free(work.jobs);
    }
    g_strfreev(lines);
    g_free(program);
    return status;
}

/* --- other hosts ---------------------------------------------------------------------------------------- */

/* Whole commands: in one that it is to fill in, GNU parallel takes {}, {.}, {1} of a folder's name for its
 * own. */
static bool write_commands(const struct sweep *sweep, const char *path)
{
    char **wrapper = sweep_wrapper(sweep), *start = run_command_text(wrapper);
    GString *text = g_string_new(NULL);
    GError *error = NULL;

    for (unsigned i = 0; i < sweep->chosen->len; i++) {
        char *line = study_command_run_text(sweep->study, sweep->dir,
                                            &g_array_index(sweep->chosen, struct study_run, i));
        char *quoted = g_shell_quote(line);

        g_string_append_printf(text, "%s %s\n", start, quoted);
        g_free(quoted);
        g_free(line);
    }
    if (!g_file_set_contents(path, text->str, (gssize)text->len, &error))
        cli_error("sweep: %s", error->message);
    g_string_free(text, TRUE);
    g_free(start);
    g_strfreev(wrapper);
    if (!error)
        return true;
    g_error_free(error);
    return false;
}

static void parallel_ended(void *user, void *job, const char *reason, const char *said)
{
    (void)user;
    (void)job;
    (void)reason; /* how many of its runs failed; the folder says more */
    if (*said)
        fputs(said, stderr);
}

static char **parallel_words(const struct sweep *sweep, const char *commands, const char *joblog)
{
    GPtrArray *words = g_ptr_array_new();
    const char *const options[] = {"--plain", "--will-cite", "--termseq", "TERM,12000,KILL,25", NULL};
    const char *const pairs[][2] = {{"--jobs", sweep->options->jobs},
                                    {"--sshlogin", sweep->options->sshlogin},
                                    {"--joblog", joblog},
                                    {"--arg-file", commands}};
    char *here = g_get_current_dir();

    g_ptr_array_add(words, g_find_program_in_path("parallel"));
    for (const char *const *option = options; *option; option++)
        g_ptr_array_add(words, g_strdup(*option));
    g_ptr_array_add(words, g_strdup("--workdir"));
    g_ptr_array_add(words, here);
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++) {
        if (!pairs[i][1])
            continue;
        g_ptr_array_add(words, g_strdup(pairs[i][0]));
        g_ptr_array_add(words, g_strdup(pairs[i][1]));
    }
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* Runs in its own folder, for files that nobody needs later. */
static bool run_parallel(struct sweep *sweep, const char *tmp)
{
    const struct jobs_limits limits = {
        .at_a_time = 1, .held = MAX(sweep->locks[0], 0), .held_too = MAX(sweep->locks[1], 0), .tool = true};
    char *commands = g_build_filename(tmp, "commands", NULL), *joblog = g_build_filename(tmp, "joblog", NULL);
    struct sweep_progress progress = {.joblog = joblog};
    bool good = write_commands(sweep, commands);

    if (good) {
        char **words = parallel_words(sweep, commands, joblog);
        struct jobs *jobs = jobs_new(&limits, parallel_ended, NULL);

        jobs_add(jobs, words, NULL);
        sweep_progress_begin(&progress, sweep->chosen->len, !sweep->options->quiet);
        if (!jobs_run(jobs))
            sweep->stopped = true;
        sweep_progress_end(&progress);
        jobs_free(jobs);
        g_strfreev(words);
    }
    g_unlink(commands);
    g_unlink(joblog);
    g_free(commands);
    g_free(joblog);
    return good;
}

bool sweep_run_hosts(struct sweep *sweep)
{
    GError *error = NULL;
    char *tmp = g_dir_make_tmp("pullstorm-XXXXXX", &error);
    bool good;

    if (!tmp) {
        cli_error("sweep: %s", error->message);
        g_error_free(error);
        return false;
    }
    good = run_parallel(sweep, tmp);
    g_rmdir(tmp);
    g_free(tmp);
    return good;
}
