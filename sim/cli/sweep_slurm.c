/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* A sweep as a job array of Slurm. DIR/slurm holds the job script, the share of each task, what the tasks
 * printed, and the number of the job while it may be at work. */
#include "sim/cli/cli.h"
#include "sim/cli/study_command.h"
#include "sim/cli/sweep.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TASKS_MAX 1000
/* Seconds between two questions to Slurm, unless the environment has SWEEP_SLURM_POLL. */
#define POLL_S 5.0
/* And so long a job that was cancelled may take to end: SWEEP_SLURM_PATIENCE. */
#define PATIENCE_S 120.0

static char *slurm_file(const struct sweep *sweep, const char *name)
{
    return g_build_filename(sweep->dir, "slurm", name, NULL);
}

static void forget_job(const struct sweep *sweep)
{
    char *path = slurm_file(sweep, "job");

    g_unlink(path);
    g_free(path);
}

/* --- the states of a job -------------------------------------------------------------------------------- */

static gint by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* "2 pending, 1 running" of a line a task; NULL: none. */
static char *count_states(const char *answer)
{
    char **lines = g_strsplit(answer, "\n", -1);
    GPtrArray *states = g_ptr_array_new();
    GString *text = g_string_new(NULL);

    for (char **line = lines; *line; line++)
        if (*g_strstrip(*line) &&
            !g_str_has_prefix(*line, "CLUSTER: ")) /* as it begins where there are several */
            g_ptr_array_add(states, *line);
    g_ptr_array_sort(states, by_name);
    for (unsigned i = 0, from = 0; i < states->len; i++) {
        char *state = g_ptr_array_index(states, i), *lower;

        if (i + 1 < states->len && strcmp(state, g_ptr_array_index(states, i + 1)) == 0)
            continue;
        lower = g_ascii_strdown(state, -1);
        g_string_append_printf(text, "%s%u %s", text->len ? ", " : "", i + 1 - from, lower);
        g_free(lower);
        from = i + 1;
    }
    g_ptr_array_unref(states);
    g_strfreev(lines);
    return g_string_free(text, text->len == 0);
}

/* How many tasks of a job are in which state; NULL: it has ended. */
static char *job_states(const char *job)
{
    const char *const words[] = {"squeue", "--noheader", "--array", "--jobs", job, "--format", "%T", NULL};
    int status;
    char *said = NULL, *answer = sweep_tool_output(words, &status, &said), *states = NULL;

    if (status == 0)
        states = count_states(answer);
    else if (!said ||
             !strstr(said, "Invalid job id")) /* else it ended so long ago that Slurm has forgotten it */
        states = g_strdup("unknown");         /* the controller does not answer: it may be back later */
    g_free(said);
    g_free(answer);
    return states;
}

/* JOB[;CLUSTER], as sbatch prints it; squeue and scancel need the cluster if it is not the default one.
 * g_free. */
static char *job_of(const char *text)
{
    char **parts = g_strsplit(text, ";", 2), *job = g_strstrip(g_strdup(parts[0] ? parts[0] : ""));

    if (parts[0] && parts[1])
        g_setenv("SLURM_CLUSTERS", g_strstrip(parts[1]), TRUE);
    g_strfreev(parts);
    return job;
}

bool sweep_slurm_free(const struct sweep *sweep)
{
    char *path = slurm_file(sweep, "job"), *text = NULL, *job, *states = NULL, *squeue;
    bool there = g_file_get_contents(path, &text, NULL, NULL) && *text, known = true;

    job = there ? job_of(text) : NULL;
    squeue = there ? g_find_program_in_path("squeue") : NULL;
    if (there && !squeue) {
        known = false;
        cli_error(
            "sweep: %s: Slurm's job %s may be at work here, and squeue is missing; if it is not, remove %s",
            sweep->dir, job, path);
    } else if (there && (states = job_states(job)))
        cli_error(
            "sweep: %s: Slurm's job %s is at work here (%s); call again when it has ended, or scancel %s",
            sweep->dir, job, states, job);
    else if (there)
        g_unlink(path);
    known = known && !states;
    g_free(squeue);
    g_free(states);
    g_free(job);
    g_free(text);
    g_free(path);
    return known;
}

/* --- submitting ----------------------------------------------------------------------------------------- */

static bool write_file(const char *path, const char *text)
{
    GError *error = NULL;

    if (g_file_set_contents(path, text, -1, &error))
        return true;
    cli_error("sweep: %s", error->message);
    g_error_free(error);
    return false;
}

static void remove_earlier(const struct sweep *sweep)
{
    char *path = slurm_file(sweep, NULL);
    GDir *folder = g_dir_open(path, 0, NULL);

    for (const char *name; folder && (name = g_dir_read_name(folder)) != NULL;)
        if (g_str_has_prefix(name, "share-") || g_str_has_prefix(name, "task-")) {
            char *file = slurm_file(sweep, name);

            g_unlink(file);
            g_free(file);
        }
    if (folder)
        g_dir_close(folder);
    g_free(path);
}

/* Deals the lines out to the tasks, one each in turn: the longest runs come first, so the shares are about
 * equal. */
static bool deal(const struct sweep *sweep, unsigned tasks)
{
    bool good = true;

    remove_earlier(sweep);
    for (unsigned task = 0; task < tasks && good; task++) {
        GString *share = g_string_new(NULL);
        char *name = g_strdup_printf("share-%u", task + 1), *path = slurm_file(sweep, name);

        for (unsigned i = task; i < sweep->chosen->len; i += tasks) {
            char *line = study_command_run_text(sweep->study, sweep->dir,
                                                &g_array_index(sweep->chosen, struct study_run, i));

            g_string_append_printf(share, "%s\n", line);
            g_free(line);
        }
        good = write_file(path, share->str);
        g_free(path);
        g_free(name);
        g_string_free(share, TRUE);
    }
    return good;
}

/* The same command as everywhere, with the file of the share in place of the line. */
static bool write_script(const struct sweep *sweep)
{
    char **wrapper = sweep_wrapper(sweep), *start, *shares = slurm_file(sweep, "share-"), *text;
    char *quoted = g_shell_quote(shares), *path = slurm_file(sweep, "job.sh");
    unsigned count = g_strv_length(wrapper);
    bool good;

    g_free(wrapper[count - 1]);
    wrapper[count - 1] = g_strdup("--lines");
    start = run_command_text(wrapper);
    text = g_strdup_printf(
        "#!/bin/bash -p\n"
        "# Made by pullstorm sweep --slurm: each task runs its share of the study's runs.\n"
        "# What Slurm ends is not a failed run: those at work clear up, and no other is begun.\n"
        "cpus=${SLURM_CPUS_PER_TASK:-1}\n"
        "exec %s %s\"$SLURM_ARRAY_TASK_ID\" --jobs \"$cpus\"\n",
        start, quoted);
    good = write_file(path, text);
    g_free(text);
    g_free(start);
    g_free(path);
    g_free(quoted);
    g_free(shares);
    g_strfreev(wrapper);
    return good;
}

/* Slurm's MaxArraySize, less one; TASKS_MAX at most. */
static unsigned most_tasks(void)
{
    const char *const words[] = {"scontrol", "show", "config", NULL};
    int status;
    char *answer = sweep_tool_output(words, &status, NULL);
    const char *found = answer ? strstr(answer, "MaxArraySize") : NULL;
    unsigned size = 0;

    if (found)
        found += strcspn(found, "=\n");
    if (found && *found == '=')
        size = (unsigned)strtoul(found + 1, NULL, 10);
    g_free(answer);
    return size > 1 ? MIN(size - 1, TASKS_MAX) : TASKS_MAX;
}

/* Slurm takes % in the name of a file for its own. */
static char *output_pattern(const struct sweep *sweep)
{
    char **parts = g_strsplit(sweep->dir, "%", -1), *escaped = g_strjoinv("%%", parts);
    char *pattern = g_strconcat("--output=", escaped, "/slurm/task-%a.out", NULL);

    g_free(escaped);
    g_strfreev(parts);
    return pattern;
}

/* The user's options come last, so they win. */
static char **sbatch_words(const struct sweep *sweep, unsigned tasks)
{
    const struct sweep_options *o = sweep->options;
    GPtrArray *words = g_ptr_array_new();
    char *name = g_path_get_basename(sweep->dir), *here = g_get_current_dir(), **own = NULL;

    g_ptr_array_add(words, g_strdup("sbatch"));
    g_ptr_array_add(words, g_strdup("--parsable"));
    g_ptr_array_add(words, g_strdup_printf("--job-name=sweep-%s", name));
    g_ptr_array_add(words, g_strdup_printf("--chdir=%s", here));
    g_ptr_array_add(words,
                    g_strdup_printf("--array=1-%u%s%s", tasks, o->jobs ? "%" : "", o->jobs ? o->jobs : ""));
    g_ptr_array_add(words, output_pattern(sweep));
    if (o->slurm_options && g_shell_parse_argv(o->slurm_options, NULL, &own, NULL))
        for (char **word = own; *word; word++)
            g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, slurm_file(sweep, "job.sh"));
    g_ptr_array_add(words, NULL);
    g_strfreev(own);
    g_free(here);
    g_free(name);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* The job; NULL: refused, which was said. g_free. */
static char *submit(const struct sweep *sweep, unsigned tasks)
{
    char **words = sbatch_words(sweep, tasks), *said = NULL, *path = slurm_file(sweep, "job"), *job = NULL;
    int status;
    char *answer = sweep_tool_output((const char *const *)words, &status, &said);

    if (said && *said)
        fputs(said, stderr);
    if (status != 0)
        cli_error("sweep: sbatch refused the job (%s/slurm/job.sh)", sweep->dir);
    else if (write_file(path, answer))
        job = job_of(answer);
    g_free(answer);
    g_free(said);
    g_free(path);
    g_strfreev(words);
    return job;
}

/* --- waiting -------------------------------------------------------------------------------------------- */

static void cancel(const char *job)
{
    const char *const words[] = {"scancel", job, NULL};
    int status;

    g_free(sweep_tool_output(words, &status, NULL));
    if (status != 0)
        cli_error("sweep: Slurm's job %s could not be cancelled", job);
}

static gboolean slurm_on_time(gpointer user)
{
    *(bool *)user = true;
    return G_SOURCE_REMOVE;
}

static double seconds_of(const char *variable, double standard)
{
    const char *given = g_getenv(variable);

    return given ? g_ascii_strtod(given, NULL) : standard;
}

/* False if it should end and does not. */
static bool await_end(struct sweep *sweep, const char *job)
{
    double poll_s = MAX(seconds_of("SWEEP_SLURM_POLL", POLL_S), 0.05), waited_s = 0;
    bool cancelled = false;
    char *states;

    while ((states = job_states(job)) != NULL) {
        bool over = false;

        g_free(states);
        if (cancelled && waited_s > seconds_of("SWEEP_SLURM_PATIENCE", PATIENCE_S))
            return false;
        waited_s += cancelled ? poll_s : 0;
        g_timeout_add((guint)(poll_s * 1000), slurm_on_time, &over);
        while (!over) {
            if (sweep->stopped && !cancelled) {
                cancelled = true;
                cancel(job);
            }
            g_main_context_iteration(NULL, TRUE);
        }
    }
    return true;
}

static bool run_job(struct sweep *sweep)
{
    unsigned tasks = MIN(sweep->chosen->len, most_tasks());
    bool good = deal(sweep, tasks) && write_script(sweep);
    char *job = good ? submit(sweep, tasks) : NULL;

    if (!job)
        return false;
    if (!sweep->options->quiet) {
        printf("Slurm's job %s: %u runs in %u tasks\n", job, sweep->chosen->len, tasks);
        fflush(stdout);
    }
    if (!sweep->options->no_wait) {
        if (await_end(sweep, job))
            forget_job(sweep);
        else
            cli_error("sweep: Slurm's job %s should have ended and has not; call again when it has", job);
    }
    g_free(job);
    return true;
}

bool sweep_run_slurm(struct sweep *sweep)
{
    char *folder = slurm_file(sweep, NULL);
    bool good = false;

    if (strchr(sweep->dir, '\\'))
        cli_error("sweep: %s: expected a name without backslashes, which Slurm takes for its own",
                  sweep->dir);
    else if (g_mkdir_with_parents(folder, 0777) != 0)
        cli_error("sweep: %s: cannot be made", folder);
    else
        good = run_job(sweep);
    g_free(folder);
    return good;
}
