/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of "pullstorm sweep" share. */
#ifndef SIM_CLI_SWEEP_H
#define SIM_CLI_SWEEP_H

#include "sim/study/jobs.h"
#include "sim/study/rounds.h"
#include "sim/study/selection.h"

struct sweep_options {
    const char *study; /* NULL with one and lines */
    char *dir, *jobs, *only, *replications, *until, *shard, *sshlogin;
    char *slurm_options;              /* words for sbatch, as a shell has them; NULL: none */
    char *one, *lines;                /* for schedulers: a command line, and a file of them */
    char *program, *timeout, *memory; /* of these: as the wrapper says them */
    gboolean slurm, no_wait, retry_failed, any_version, dry_run, wrapper, quiet;
};

struct sweep {
    const struct sweep_options *options;
    struct study *study;
    char *dir;
    char *program; /* absolute */
    struct selection selection;
    struct rounds rounds; /* with --until only */
    GArray *runs;         /* struct study_run, as the folder had them at the last look */
    GArray *chosen;       /* of them those to be made, the longest first */
    int locks[2];         /* -1: none */
    bool stopped;         /* by a signal */
    int status;           /* of what could not be done at all */
};

/* --- options: sweep_options.c --------------------------------------------------------------------------- */

enum sweep_parsed { SWEEP_GO, SWEEP_SHOWN, SWEEP_REFUSED };
/* Reads the command line, or says what is wrong with it; sweep_options_clear() is due in any case. */
enum sweep_parsed sweep_options_parse(struct sweep_options *options, int argc, char **argv);
void sweep_options_clear(struct sweep_options *options);
/* -j: a number, or a share of the processors; all of them without. */
unsigned sweep_jobs_at_a_time(const char *text);

/* --- what is underneath: sweep_tools.c ------------------------------------------------------------------ */

/* Takes out of the environment what a user has there for the tools underneath: what says how they write, what
 * they leave out or ask. What says where things are and where jobs go (PATH, HOME, PARALLEL_SSH, SLURM_CONF,
 * SBATCH_PARTITION ...) stays. */
void sweep_clean_environment(void);
/* Runs a tool and returns what it printed (g_free); NULL if it could not be run. *status: its exit status;
 * *said (may be NULL): its standard error (g_free). */
char *sweep_tool_output(const char *const *words, int *status, char **said);
/* False and a message if a tool is not there. */
bool sweep_need(const char *tool, const char *package);

/* The command that runs one command line, its last word, under the study's limits; g_strfreev. */
char **sweep_wrapper(const struct sweep *sweep);

/* --- running the chosen runs ---------------------------------------------------------------------------- */

/* Here, or by GNU parallel on other hosts: sweep_run.c. False if it could not be done, which was said. */
bool sweep_run_here(struct sweep *sweep);
bool sweep_run_hosts(struct sweep *sweep);
/* For schedulers: one line, or those of a file; the exit status. 3: stopped by a signal. */
int sweep_run_lines(const struct sweep_options *options);

/* As a job array of Slurm: sweep_slurm.c. */
bool sweep_run_slurm(struct sweep *sweep);
/* False and a message while a job that an earlier call submitted is at work. */
bool sweep_slurm_free(const struct sweep *sweep);

/* --- progress: sweep_progress.c ------------------------------------------------------------------------- */

struct sweep_progress {
    unsigned total, ended, failed;
    const char *joblog; /* of GNU parallel: a line for each that has ended; NULL: `ended` is kept by others */
    int64_t start_us;
    guint source; /* 0: not shown */
};
void sweep_progress_begin(struct sweep_progress *progress, unsigned total, bool shown);
void sweep_progress_end(struct sweep_progress *progress);
/* Draws the line again. */
void sweep_progress_print(const struct sweep_progress *progress);

#endif
