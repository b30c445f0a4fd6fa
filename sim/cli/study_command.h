/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the commands on studies share: expand, collect and plan. */
#ifndef SIM_CLI_STUDY_COMMAND_H
#define SIM_CLI_STUDY_COMMAND_H

#include "sim/study/study.h"

/* The study, or NULL and every mistake on standard error. */
struct study *study_command_load(const char *path);

/* The folder of a study: as given, or results/NAME; g_free. */
char *study_command_dir(const struct study *study, const char *given);

/* "N", or "A..B" as *first and *last (N: 1 to N). False and a message naming --replications if it is
 * neither. */
bool study_command_replications(const char *text, unsigned *first, unsigned *last);

/* Clears away what killed runs of the study left in its folder. */
void study_command_clear(const char *dir);

/* Prints the message of an error and frees it; CLI_FAILED if a file could not be written, else CLI_WRONG. */
int study_command_give_up(GError *error);

#endif
