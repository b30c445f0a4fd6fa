/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of "pullstorm plan" share. */
#ifndef SIM_CLI_PLAN_H
#define SIM_CLI_PLAN_H

#include "sim/study/study.h"

/* Has the file a section [study]? True as well if it cannot be read. */
bool plan_is_study(const char *path);

/* A study of one point, NAME-plan, of a scenario and settings ("section.key=value", NULL-terminated, may
 * be NULL). NULL and every mistake on standard error. */
struct study *plan_study_of(const char *path, char **settings);

#endif
