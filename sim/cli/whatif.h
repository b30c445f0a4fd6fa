/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* Behaviour that no standard has, section [whatif] of a scenario: who reads a result must know that it was
 * on. */
#ifndef SIM_CLI_WHATIF_H
#define SIM_CLI_WHATIF_H

#include "models/scenario/scenario.h"

/* "whatif.pull_backoff_max = 30s, ...": every key of the section that is not at its default; NULL: none is.
 * Free with g_free. */
char *whatif_text(const struct scenario *scenario);

#endif
