/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Where the two engines are known to part. */
#ifndef SIM_CLI_CHECK_ENGINE_H
#define SIM_CLI_CHECK_ENGINE_H

#include "models/scenario/scenario.h"

/* Notes on standard error, of a scenario that the engines would give different results for, and why. */
void check_note_engines(const struct scenario *scenario);

#endif
