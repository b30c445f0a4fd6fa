/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What other commands say of the offered load. */
#ifndef SIM_CLI_LOAD_NOTES_H
#define SIM_CLI_LOAD_NOTES_H

#include "models/load.h"

#include <stdio.h>

/* What is wrong, a note each on standard error. */
void load_notes(const struct load *load);
/* Offered load, and what to expect: two sentences. */
void load_summary(const struct load *load, FILE *to);

#endif
