/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the commands on studies share: expand, collect, plan, sweep and compare. */
#ifndef SIM_CLI_STUDY_COMMAND_H
#define SIM_CLI_STUDY_COMMAND_H

#include "sim/study/runs.h"

/* What this program is to a study. */
struct study_host study_command_host(void);

/* The study, or NULL and every mistake on standard error. */
struct study *study_command_load(const char *path);
/* The same of a text; the path stands for that of the study. */
struct study *study_command_parse(const char *path, const char *text);

/* The same for the study whose folder this is, from the copies in the folder: its base may have moved
 * since. */
struct study *study_command_load_folder(const char *dir);

/* The folder of a study: as given, or results/NAME; g_free. */
char *study_command_dir(const struct study *study, const char *given);

/* "N", or "A..B" as *first and *last (N: 1 to N). False and a message naming --replications if it is
 * neither. */
bool study_command_replications(const char *text, unsigned *first, unsigned *last);

/* "I/N" as *shard, from 0, and *shards. False and a message naming --shard if it is not one. */
bool study_command_shard(const char *text, unsigned *shard, unsigned *shards);

/* A condition on points. NULL and a message naming --only if it is none, or true at no point: that is a
 * mistake, of a variant's name most likely. expression_free(). */
struct expression *study_command_only(const struct study *study, const char *text);

/* False and a message if a path holds a control character: a command must be one line for every program that
 * reads it. */
bool study_command_one_line(const char *command, const struct study *study, const char *dir);

/* The command line of a run, "pullstorm run ...", for a shell; g_free. */
char *study_command_run_text(const struct study *study, const char *dir, const struct study_run *run);
void study_command_print_run(const struct study *study, const char *dir, const struct study_run *run);

/* Says that a run was made by another version; which: of runs_other_version(). */
void study_command_other_version(const char *dir, const char *which);

/* Says that a point gets no more replications; failed: of collect_given_up(). */
void study_command_given_up(const char *before, const struct study_run *failed);

/* Says it if the hard limit of memory is below that of the study. */
void study_command_tell_limit(const struct study *study);

/* For commands that write nothing: the study fits the folder, and nothing there is to get another number.
 * CLI_OK, or a message and another status. */
int study_command_as_it_is(const struct study *study, const char *dir);

/* Clears away what killed runs of the study left in its folder. */
void study_command_clear(const char *dir);

/* Prints the message of an error and frees it; CLI_FAILED if a file could not be written, else CLI_WRONG. */
int study_command_give_up(GError *error);

#endif
