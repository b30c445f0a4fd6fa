/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* The parts that are written in Python (scripts/pullstorm_results), found wherever the program was put:
 * beside a build, in its prefix, in a prefix that was moved, or where configure said. */
#ifndef SIM_CLI_PYTHON_H
#define SIM_CLI_PYTHON_H

/* Becomes Python, which goes on with these words: NULL-terminated, first the command (plot, report ...), then
 * its arguments as they were given. Returns only where that cannot be, after one message: the exit status.
 * Takes out of the environment what would change what Python writes. */
int cli_python(const char *const *words);

#endif
