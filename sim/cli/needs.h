/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What a run will take, said before it begins, and held against what there is. */
#ifndef SIM_CLI_NEEDS_H
#define SIM_CLI_NEEDS_H

#include "sim/cli/cli.h"

/* A line of memory, time and disk on standard output, and a note for each that there is not enough of. */
void needs_print(const struct scenario *scenario);

/* How much slower this machine is than that of README.md, on which storm_needs() was measured. */
double needs_slowness(void);

/* What a run may write besides its tables. */
struct needs_files {
    bool capture, device_captures, keylog;
};

/* What a run cannot do without and cannot have, as a sentence (g_free); NULL: all is there. `target` is where
 * the result goes. */
char *needs_missing(const struct scenario *scenario, const struct needs_files *files, const char *target);

/* "needs about 34 GB of memory (290 GB if all UEs wait at a time)", with what this process has already: to be
 * called before the run. g_free. */
char *needs_memory_text(const struct scenario *scenario);

#endif
