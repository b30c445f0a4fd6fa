/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the storms of many runs came to. */
#ifndef SIM_CLI_VERDICTS_H
#define SIM_CLI_VERDICTS_H

#include "sim/study/runs.h"

/* One line of those of `runs` (of runs_list()) that are done and were not calm (models/LOAD.md), and of those
 * that run.end cut off, with their points; NULL: there are none. g_free. */
char *verdicts_line(const struct study *study, const GArray *runs);

#endif
