/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a sweep has to do with the programs underneath: their environment, their answers. */
#include "sim/cli/cli.h"
#include "sim/cli/sweep.h"

#include <inttypes.h>
#include <string.h>

static const char *const unwanted[] = {
    /* Shells, coreutils, Perl, GLib. */
    "LANGUAGE", "BASH_ENV", "CDPATH", "ENV", "GLOBIGNORE", "POSIXLY_CORRECT", "GREP_OPTIONS", "QUOTING_STYLE",
    "PERL5DB", "PERL5OPT", "PERLIO", "PERL_UNICODE", "G_DEBUG", "G_MESSAGES_DEBUG", "G_MESSAGES_PREFIXED",
    /* GNU parallel. */
    "PARALLEL", "PARALLEL_ENV", "PARALLEL_RSYNC_OPTS", "PARALLEL_SEQ", "PARALLEL_TMUX",
    /* Slurm: filters and formats of its answers, questions, and what we set for a job. */
    "SQUEUE_ACCOUNT", "SQUEUE_ALL", "SQUEUE_ARRAY", "SQUEUE_ARRAY_UNIQUE", "SQUEUE_FEDERATION",
    "SQUEUE_FORMAT", "SQUEUE_FORMAT2", "SQUEUE_LICENSES", "SQUEUE_LOCAL", "SQUEUE_NAMES", "SQUEUE_PARTITION",
    "SQUEUE_PRIORITY", "SQUEUE_QOS", "SQUEUE_SIBLING", "SQUEUE_SORT", "SQUEUE_STATES", "SQUEUE_USERS",
    "SLURM_TIME_FORMAT", "SLURM_BITSTR_LEN", "SLURM_DEBUG_FLAGS", "SLURM_JSON", "SLURM_YAML",
    "SCANCEL_ACCOUNT", "SCANCEL_BATCH", "SCANCEL_CRON", "SCANCEL_CTLD", "SCANCEL_FULL", "SCANCEL_HURRY",
    "SCANCEL_INTERACTIVE", "SCANCEL_NAME", "SCANCEL_PARTITION", "SCANCEL_QOS", "SCANCEL_STATE",
    "SCANCEL_USER", "SCANCEL_VERBOSE", "SCANCEL_WCKEY", "SCONTROL_ALL", "SCONTROL_FEDERATION",
    "SCONTROL_FUTURE", "SCONTROL_LOCAL", "SCONTROL_SIBLING", "SBATCH_ARRAY_INX", "SBATCH_DEBUG",
    "SBATCH_ERROR", "SBATCH_INPUT", "SBATCH_JOB_NAME", "SBATCH_OPEN_MODE", "SBATCH_OUTPUT", "SBATCH_WAIT",
    "SBATCH_WAIT_ALL_NODES", "SLURM_ARRAY_TASK_ID", "SLURM_CPUS_PER_TASK", NULL};

/* GNU parallel hands the name of its folder to a shell as it is, to "rm -rf" even; and a relative one counts
 * from our folder, not from those that tools go to. */
static void settle_temporary_folder(void)
{
    const char *given = g_getenv("TMPDIR");
    char *path = given && *given ? g_canonicalize_filename(given, NULL) : NULL;

    if (!path)
        return;
    g_setenv("TMPDIR",
             strspn(path, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "/._-") == strlen(path) ? path : "/tmp",
             TRUE);
    g_free(path);
}

void sweep_clean_environment(void)
{
    char **names = g_listenv();

    for (const char *const *name = unwanted; *name; name++)
        g_unsetenv(*name);
    for (char **name = names; *name; name++)
        if (g_str_has_prefix(*name, "BASH_FUNC_")) /* shell functions with the names of tools */
            g_unsetenv(*name);
    g_strfreev(names);
    g_unsetenv("SHELLOPTS");
    g_setenv("LC_ALL", "C.UTF-8", TRUE);
    g_setenv("PARALLEL_SHELL", "/bin/bash", TRUE);
    settle_temporary_folder();
}

char *sweep_tool_output(const char *const *words, int *status, char **said)
{
    char *out = NULL, *err = NULL;
    int wait_status = 0;
    GError *failure = NULL;
    bool started = g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &out, &err,
                                &wait_status, &failure);

    *status = 0;
    if (!started) {
        *status = -1;
        err = g_strdup(failure->message);
        g_clear_error(&failure);
    } else if (!g_spawn_check_wait_status(wait_status, NULL))
        *status = 1;
    if (said)
        *said = err;
    else
        g_free(err);
    return out;
}

bool sweep_need(const char *tool, const char *package)
{
    char *path = g_find_program_in_path(tool);
    bool there = path != NULL;

    if (!there)
        cli_error("sweep: %s is missing; on Debian: apt-get install %s", tool, package);
    g_free(path);
    return there;
}

static char *duration_text(int64_t ns)
{
    return ns % 1000000000 == 0 ? g_strdup_printf("%" PRId64 "s", ns / 1000000000)
                                : g_strdup_printf("%" PRId64 "ns", ns);
}

char **sweep_wrapper(const struct sweep *sweep)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, g_strdup(sweep->program));
    g_ptr_array_add(words, g_strdup("sweep"));
    g_ptr_array_add(words, g_strdup("--program"));
    g_ptr_array_add(words, g_strdup(sweep->program));
    if (sweep->study->timeout_ns) {
        g_ptr_array_add(words, g_strdup("--timeout"));
        g_ptr_array_add(words, duration_text(sweep->study->timeout_ns));
    }
    if (sweep->study->memory_text) {
        g_ptr_array_add(words, g_strdup("--memory"));
        g_ptr_array_add(words, g_strdup(sweep->study->memory_text));
    }
    g_ptr_array_add(words, g_strdup("--one"));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}
