/* SPDX-License-Identifier: GPL-2.0-or-later WITH cryptsetup-OpenSSL-exception */
/* --trace-ue: which UEs. */
#ifndef SIM_CLI_TRACE_OPTION_H
#define SIM_CLI_TRACE_OPTION_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Reads "17", "3,8-10": numbers of UEs below `ues`, each once. *out: of uint32_t, sorted; the caller's, also
 * if there is a mistake. False and *why (g_free), a sentence, if there is one. */
bool trace_option_read(const char *text, uint32_t ues, GArray *out, char **why);

#endif
