/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* What the parts of pullstorm compare share. */
#ifndef SIM_CLI_COMPARE_H
#define SIM_CLI_COMPARE_H

#include "sim/study/compare.h"

#include <stdio.h>

/* The comparison to read: what is compared, what differs in the scenario, the main figures, what really
 * differs (all: however many that are), the points. */
void compare_text_print(const struct comparison *comparison, bool all, FILE *to);

/* Has "pullstorm report DIR -o FILE" make the page of the tables in DIR. Status of the command. */
int compare_page(const char *dir, const char *file);

#endif
