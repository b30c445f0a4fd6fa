/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Ctrl-C and its kind: the first asks the run to stop at its next window, the second ends the program at
 * once. */
#ifndef SIM_CLI_INTERRUPT_H
#define SIM_CLI_INTERRUPT_H

#include <stdbool.h>

/* Takes SIGINT, SIGTERM and SIGHUP; lets writes to a full quota or a closed pipe fail instead of kill. */
void interrupt_install(void);
/* The signal that came, 0: none. */
int interrupt_pending(void);

/* For commands without the above: Ctrl-C has to wait from here on, also in programs that are started. */
void interrupt_hold(void);
/* Did it come since then? It does not have to wait any more, and is forgotten. */
bool interrupt_held(void);

#endif
